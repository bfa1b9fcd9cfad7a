/* An example of a payload from a worker's input_schema, and what else is read of a config below its
 * top level: heddle/schema, heddle/config_detail. */
#include <glib/gstdio.h>
#include <string.h>

#include "heddle/config.h"
#include "heddle/message.h"
#include "heddle/schema.h"
#include "tests/support/suite.h"

static char *example_of(const char *schema)
{
    json_t *root = json_loads(schema, 0, NULL);
    char *text;

    ck_assert_msg(root != NULL, "no JSON: %s", schema);
    text = schema_example(root);
    json_decref(root);
    return text;
}

START_TEST(an_example_is_the_smallest_that_fits)
{
    static const struct {
        const char *schema, *example; /* NULL: none */
    } rows[] = {
        {"{}", "{}"},
        {"{\"type\":\"object\"}", "{}"},
        {"{\"required\":[\"text\"]}", "{\"text\":\"preflight\"}"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}", "{}"},
        {"{\"type\":\"object\",\"required\":[\"a\",\"b\"],\"properties\":{\"a\":{\"type\":"
         "\"integer\",\"minimum\":3},\"b\":{\"type\":\"string\",\"minLength\":12}}}",
         "{\"a\":3,\"b\":\"preflightxxx\"}"},
        {"{\"required\":[\"s\"],\"properties\":{\"s\":{\"type\":\"string\",\"maxLength\":3}}}",
         "{\"s\":\"pre\"}"},
        {"{\"required\":[\"e\"],\"properties\":{\"e\":{\"enum\":[\"de\",\"fr\"]}}}",
         "{\"e\":\"de\"}"},
        {"{\"required\":[\"c\"],\"properties\":{\"c\":{\"const\":7}}}", "{\"c\":7}"},
        {"{\"required\":[\"d\"],\"properties\":{\"d\":{\"type\":\"string\",\"default\":\"x\","
         "\"enum\":[\"y\",\"x\"]}}}",
         "{\"d\":\"x\"}"},
        {"{\"required\":[\"x\"],\"properties\":{\"x\":{\"examples\":[\"like this\"]}}}",
         "{\"x\":\"like this\"}"},
        {"{\"required\":[\"l\"],\"properties\":{\"l\":{\"type\":\"array\",\"minItems\":2,"
         "\"items\":{\"type\":\"boolean\"}}}}",
         "{\"l\":[true,true]}"},
        {"{\"required\":[\"o\"],\"properties\":{\"o\":{\"type\":\"object\",\"required\":[\"i\"],"
         "\"properties\":{\"i\":{\"type\":\"number\",\"exclusiveMinimum\":0}}}}}",
         "{\"o\":{\"i\":0.5}}"},
        {"{\"required\":[\"n\"],\"properties\":{\"n\":{\"type\":[\"null\",\"integer\"],"
         "\"maximum\":-2}}}",
         "{\"n\":-2}"},
        {"{\"required\":[\"m\"],\"properties\":{\"m\":{\"type\":\"integer\",\"minimum\":4,"
         "\"multipleOf\":5}}}",
         "{\"m\":5}"},
        {"{\"required\":[\"r\"],\"properties\":{\"r\":{\"$ref\":\"#/x\"}}}", "{\"r\":{}}"},
        {"{\"required\":[\"w\"],\"properties\":{\"w\":{\"anyOf\":[{\"type\":\"boolean\"}]}}}",
         "{\"w\":true}"},
        {"{\"required\":[\"t\"],\"properties\":{\"t\":{\"type\":\"string\",\"format\":\"date\"}}}",
         "{\"t\":\"2026-01-01\"}"},
        {"{\"type\":\"object\",\"minProperties\":1,\"properties\":{\"a\":{\"type\":\"null\"}}}",
         "{\"a\":null}"},
        {"{\"type\":\"array\"}", NULL},
        {"[1]", "{}"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *example = example_of(rows[i].schema);

        ck_assert_msg(g_strcmp0(example, rows[i].example) == 0, "%s: %s", rows[i].schema, example);
    }
}
END_TEST

START_TEST(a_schema_without_end_gives_none)
{
    GString *deep = g_string_new(NULL), *wide = g_string_new("{\"required\":[");
    g_autofree char *of_deep = NULL, *of_wide = NULL;

    for (int i = 0; i < 40; i++)
        g_string_append(deep, "{\"required\":[\"a\"],\"properties\":{\"a\":");
    g_string_append(deep, "{}");
    for (int i = 0; i < 40; i++)
        g_string_append(deep, "}}");
    for (int i = 0; i < 3000; i++)
        g_string_append_printf(wide, "%s\"k%d\"", i > 0 ? "," : "", i);
    g_string_append(wide, "]}");
    of_deep = example_of(deep->str);
    of_wide = example_of(wide->str);
    ck_assert_ptr_null(of_deep);
    ck_assert_ptr_null(of_wide);
    g_string_free(deep, TRUE);
    g_string_free(wide, TRUE);
}
END_TEST

static ConfigReport *check_text(const char *text)
{
    g_autofree char *folder = g_dir_make_tmp("preflight-schema-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "x.yaml", NULL);
    ConfigReport *report;

    ck_assert(g_file_set_contents(path, text, -1, NULL));
    report = config_check(path, KIND_UNKNOWN);
    g_remove(path);
    g_rmdir(folder);
    return report;
}

START_TEST(a_config_gives_its_example)
{
    ConfigReport *report = check_text("name: sum\nsystem_prompt: do\ninput_schema:\n"
                                      "  type: object\n  required: [text, n, ok]\n"
                                      "  properties:\n    text: {type: string, minLength: 2}\n"
                                      "    n: {type: integer, minimum: 2}\n"
                                      "    ok: {type: boolean, default: no}\n");
    char *why = NULL;

    ck_assert_int_eq(report->kind, KIND_WORKER);
    ck_assert_str_eq(report->example, "{\"text\":\"preflight\",\"n\":2,\"ok\":false}");
    ck_assert(message_payload_ok(report->example, &why));
    config_report_free(report);
}
END_TEST

START_TEST(a_config_without_a_schema_gives_none)
{
    ConfigReport *plain = check_text("name: sum\nsystem_prompt: do\n");
    ConfigReport *odd = check_text("name: sum\nsystem_prompt: do\ninput_schema: [1]\n");

    ck_assert_ptr_null(plain->example);
    ck_assert_ptr_null(odd->example);
    config_report_free(plain);
    config_report_free(odd);
}
END_TEST

/* Three lines of anchors may stand for a billion values. */
START_TEST(aliases_do_not_multiply)
{
    GString *bomb = g_string_new("name: sum\nsystem_prompt: do\na0: &a0 [1,1,1,1,1,1,1,1,1]\n");
    ConfigReport *report;

    for (int i = 1; i < 14; i++)
        g_string_append_printf(bomb, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1,
                               i - 1, i - 1, i - 1, i - 1, i - 1);
    g_string_append(bomb, "input_schema: {type: object, default: {x: *a13}}\n");
    report = check_text(bomb->str);
    ck_assert_ptr_null(report->example);
    config_report_free(report);
    g_string_free(bomb, TRUE);
}
END_TEST

START_TEST(a_routers_limits_are_read)
{
    ConfigReport *report = check_text("rate_limits:\n  local: {max_concurrent: 4}\n"
                                      "  standard: {tokens_per_minute: 5}\n");

    ck_assert_int_eq(report->kind, KIND_ROUTER);
    ck_assert(report->limits[0] == 4);
    ck_assert(report->limits[1] == 10); /* Heddle's own */
    ck_assert(report->limits[2] == 0);
    config_report_free(report);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("schema");

    tcase_add_test(tcase, an_example_is_the_smallest_that_fits);
    tcase_add_test(tcase, a_schema_without_end_gives_none);
    tcase_add_test(tcase, a_config_gives_its_example);
    tcase_add_test(tcase, a_config_without_a_schema_gives_none);
    tcase_add_test(tcase, aliases_do_not_multiply);
    tcase_add_test(tcase, a_routers_limits_are_read);
    return suite_run("schema", tcase, 20);
}
