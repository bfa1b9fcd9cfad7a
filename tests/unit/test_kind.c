/* Kinds of actor: the table, and what a config's content says of its actor. */
#include <string.h>

#include "heddle/config.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

/* Check `text` as a file of the folder `in` ("": none of a telling name). */
static ConfigReport *check_in(const char *in, const char *text, ActorKind forced)
{
    g_autofree char *dir = scratch_path(in);
    g_autofree char *path = g_build_filename(dir, "x.yaml", NULL);

    ck_assert_int_eq(g_mkdir_with_parents(dir, 0700), 0);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    return config_check(path, forced);
}

static ConfigReport *check(const char *text)
{
    return check_in("", text, KIND_UNKNOWN);
}

static const struct {
    const char *text;
    ActorKind kind;
} contents[] = {
    {"pipeline_stages: []\nschedules: []\n", KIND_PIPELINE},
    {"tier_overrides: {}\nschedules: []\n", KIND_SCHEDULER},
    {"tier_overrides: {}\ntools: {}\n", KIND_ROUTER},
    {"rate_limits: {}\n", KIND_ROUTER},
    {"tools: {}\nprocessing_backend: x\n", KIND_MCP},
    {"tools: [x]\n", KIND_UNKNOWN},
    {"tools: [x]\nsystem_prompt: y\n", KIND_WORKER},
    {"worker_kind: processor\nsystem_prompt: y\n", KIND_PROCESSOR},
    {"worker_kind: 'processor'\n", KIND_PROCESSOR},
    {"processing_backend: x\ncheckpoint: {}\n", KIND_PROCESSOR},
    {"checkpoint: {}\nworker_kind: llm\n", KIND_ORCHESTRATOR},
    {"max_concurrent_goals: 1\n", KIND_ORCHESTRATOR},
    {"max_concurrent_tasks: 1\n", KIND_ORCHESTRATOR},
    {"available_workers: []\n", KIND_ORCHESTRATOR},
    {"worker_kind: llm\n", KIND_WORKER},
    {"system_prompt: y\n", KIND_WORKER},
    {"{\"system_prompt\":\"y\"}\n", KIND_WORKER},
    {"a: {system_prompt: y}\n", KIND_UNKNOWN},
    {"- system_prompt: y\n", KIND_UNKNOWN},
    {"b: &b {schedules: []}\n<<: *b\n", KIND_SCHEDULER},
    {"<<: [{schedules: []}, {x: 1}]\n", KIND_SCHEDULER},
    {"name: x\n", KIND_UNKNOWN},
};

START_TEST(content_tells_the_kind)
{
    ConfigReport *report = check(contents[_i].text);

    ck_assert_int_eq(report->outcome, CONFIG_VALID);
    ck_assert_msg(report->kind == contents[_i].kind, "%s: %s", contents[_i].text,
                  kind_info(report->kind)->word);
    ck_assert((report->why_no_kind != NULL) == (report->kind == KIND_UNKNOWN));
    config_report_free(report);
}
END_TEST

START_TEST(folder_tells_the_kind_when_content_does_not)
{
    static const struct {
        const char *folder;
        ActorKind kind;
    } rows[] = {{"workers", KIND_WORKER},
                {"orchestrators", KIND_ORCHESTRATOR},
                {"schedulers", KIND_SCHEDULER},
                {"mcp", KIND_MCP},
                {"other", KIND_UNKNOWN}};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        ConfigReport *report = check_in(rows[i].folder, "name: x\n", KIND_UNKNOWN);

        ck_assert_int_eq(report->kind, rows[i].kind);
        config_report_free(report);
        report = check_in(rows[i].folder, "a: [\n", KIND_UNKNOWN);
        ck_assert_int_eq(report->kind, rows[i].kind);
        ck_assert((report->why_no_kind != NULL) == (rows[i].kind == KIND_UNKNOWN));
        config_report_free(report);
    }
    ConfigReport *report = check_in("workers", "schedules: []\nname: x\n", KIND_UNKNOWN);

    ck_assert_int_eq(report->kind, KIND_SCHEDULER);
    config_report_free(report);
}
END_TEST

START_TEST(forced_kind_wins)
{
    ConfigReport *report = check_in("mcp", "schedules: []\nname: x\n", KIND_PIPELINE);

    ck_assert_int_eq(report->kind, KIND_PIPELINE);
    ck_assert_ptr_null(report->why_no_kind);
    config_report_free(report);
    report = config_check("/nonexistent/x.yaml", KIND_ROUTER);
    ck_assert_int_eq(report->kind, KIND_ROUTER);
    config_report_free(report);
}
END_TEST

START_TEST(values_are_the_ones_that_python_would_see)
{
    ConfigReport *report = check("name: old\nname: \"n\\x65w\"\nsystem_prompt: x\n"
                                 "default_model_tier: local\nnats_url: nats://u:p@h:1\n");

    ck_assert_str_eq(report->name, "new");
    ck_assert_str_eq(report->default_tier, "local");
    ck_assert_str_eq(report->nats_url, "nats://u:p@h:1");
    ck_assert_ptr_null(report->warning);
    ck_assert_int_eq(report->state, STATE_OK);
    config_report_free(report);
    report = check("b: &b {name: base, default_model_tier: local}\n<<: *b\nname: own\n"
                   "worker_kind: llm\n");
    ck_assert_str_eq(report->name, "own");
    ck_assert_str_eq(report->default_tier, "local");
    config_report_free(report);
    report = check("name: &n x\nnats_url: *n\ntools: {}\n");
    ck_assert_str_eq(report->nats_url, "x");
    config_report_free(report);
    report = check("system_prompt: x\nname: [a]\n");
    ck_assert_ptr_null(report->name);
    ck_assert_ptr_null(report->default_tier);
    config_report_free(report);
}
END_TEST

static const struct {
    const char *text, *warning; /* NULL: none */
} warnings[] = {
    {"name: x\nsystem_prompt: y\n", NULL},
    {"name: a.b\nsystem_prompt: y\n", NULL},
    {"name: a b\nsystem_prompt: y\n", "makes no subject"},
    {"name: \"a\tb\"\nsystem_prompt: y\n", "makes no subject"},
    {"name: ''\nsystem_prompt: y\n", "makes no subject"},
    {"name: a..b\nsystem_prompt: y\n", "makes no subject"},
    {"name: .a\nsystem_prompt: y\n", "makes no subject"},
    {"name: '>'\nsystem_prompt: y\n", "makes no subject"},
    {"name: a*\nsystem_prompt: y\n", "makes no subject"},
    {"name: '*'\nsystem_prompt: y\n", "is a wildcard"},
    {"name: a b\nmax_concurrent_goals: 1\n", NULL}, /* its name is in no subject */
    {"name: a b\nschedules: []\n", "makes no subject"},
    {"system_prompt: y\n", "missing required key 'name'"},
    {"name: 1\nsystem_prompt: y\n", "key 'name' expected str, got int"},
    {"name: 2024-01-01\nsystem_prompt: y\n", "key 'name' expected str, got date"},
    {"name:\nsystem_prompt: y\n", "key 'name' expected str, got NoneType"},
    {"name: x\nsystem_prompt: y\ndefault_model_tier: big\n", "got 'big'"},
    {"name: x\nsystem_prompt: y\ndefault_model_tier: [a]\n", "got 'list'"},
    {"name: x\nsystem_prompt: y\ndefault_model_tier:\n", NULL},
    {"name: x\nschedules: []\ndefault_model_tier: big\n", NULL},
    {"tier_overrides: {}\n", NULL},
    {"tier_overrides:\n", "dies at its first task"},
    {"rate_limits: ~\n", "dies at its start"},
    {"- a\n", "expected dict, got list"},
    {"text\n", "expected dict, got str"},
    {"2024-01-01 00:00:00\n", "expected dict, got datetime"},
    {"!!set {a}\n", "expected dict, got set"},
    {"1.5\n", "expected dict, got float"},
};

START_TEST(valid_file_that_will_not_work_is_a_warning)
{
    ConfigReport *report = check(warnings[_i].text);

    ck_assert_int_eq(report->outcome, CONFIG_VALID);
    if (warnings[_i].warning == NULL) {
        ck_assert_msg(report->warning == NULL, "%s: %s", warnings[_i].text, report->warning);
        ck_assert_int_eq(report->state, STATE_OK);
    } else {
        ck_assert_msg(report->warning != NULL &&
                          strstr(report->warning, warnings[_i].warning) != NULL,
                      "%s: %s", warnings[_i].text, report->warning);
        ck_assert_int_eq(report->state, STATE_WARN);
    }
    config_report_free(report);
}
END_TEST

START_TEST(table_says_what_each_kind_subscribes)
{
    static const struct {
        ActorKind kind;
        const char *subject, *queue;
    } rows[] = {
        {KIND_WORKER, "heddle.tasks.a.b.local", "workers-a.b"},
        {KIND_PROCESSOR, "heddle.tasks.a.b.local", "processors-a.b"},
        {KIND_PIPELINE, "heddle.goals.incoming", "pipelines"},
        {KIND_ORCHESTRATOR, "heddle.goals.incoming", "orchestrators"},
        {KIND_SCHEDULER, "heddle.scheduler.a.b", NULL},
        {KIND_ROUTER, "heddle.tasks.incoming", "router"},
        {KIND_MCP, NULL, NULL},
        {KIND_UNKNOWN, NULL, NULL},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *subject = kind_subject(rows[i].kind, "a.b", "local");
        g_autofree char *queue = kind_queue(rows[i].kind, "a.b");

        ck_assert_pstr_eq(subject, rows[i].subject);
        ck_assert_pstr_eq(queue, rows[i].queue);
        if (rows[i].kind != KIND_UNKNOWN)
            ck_assert_int_eq(kind_from_word(kind_info(rows[i].kind)->word), rows[i].kind);
    }
    ck_assert_int_eq(kind_from_word("unknown"), KIND_UNKNOWN);
    ck_assert_int_eq(kind_from_word("Worker"), KIND_UNKNOWN);
    ck_assert_int_eq(kind_from_word(NULL), KIND_UNKNOWN);
    ck_assert_str_eq(kind_info((ActorKind)99)->word, "unknown");
    ck_assert_str_eq(kind_info(KIND_WORKER)->default_tier, "standard");
    ck_assert_str_eq(kind_info(KIND_PROCESSOR)->default_tier, "local");
    ck_assert(!kind_info(KIND_MCP)->checks_nats && kind_info(KIND_ROUTER)->checks_nats);
    ck_assert(!kind_info(KIND_ROUTER)->checks_env && kind_info(KIND_WORKER)->checks_env);
}
END_TEST

START_TEST(one_plain_token_and_nothing_else)
{
    static const char *const good[] = {"echo", "a-b_c", "é", "1"};
    static const char *const bad[] = {"",    " ",   "a b",  "a.b",  "*",         ">",    "a*",
                                      "a\t", "a\n", "\x7f", "\xff", "a\xc2\xa0", "\x1b["};

    for (unsigned i = 0; i < G_N_ELEMENTS(good); i++)
        ck_assert(subject_token_ok(good[i]));
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
        ck_assert_msg(!subject_token_ok(bad[i]), "%s", bad[i]);
    ck_assert(!subject_token_ok(NULL));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("kind");

    scratch_add(tcase);
    tcase_add_loop_test(tcase, content_tells_the_kind, 0, G_N_ELEMENTS(contents));
    tcase_add_test(tcase, folder_tells_the_kind_when_content_does_not);
    tcase_add_test(tcase, forced_kind_wins);
    tcase_add_test(tcase, values_are_the_ones_that_python_would_see);
    tcase_add_loop_test(tcase, valid_file_that_will_not_work_is_a_warning, 0,
                        G_N_ELEMENTS(warnings));
    tcase_add_test(tcase, table_says_what_each_kind_subscribes);
    tcase_add_test(tcase, one_plain_token_and_nothing_else);
    return suite_run("kind", tcase, 20);
}
