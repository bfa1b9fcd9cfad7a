/* What goes on the wire is what Heddle takes; what comes from it is data from a stranger. */
#include <jansson.h>
#include <string.h>

#include "heddle/message.h"
#include "tests/support/suite.h"

static const gint64 at = 1795442531123456LL; /* 2026-11-23T14:02:11.123Z */

START_TEST(task_has_the_common_fields_and_no_parent)
{
    g_autofree char *text = message_task("id-1", "echo", "local", "{\"a\":1}", at);
    json_t *task = json_loads(text, 0, NULL);

    ck_assert_str_eq(json_string_value(json_object_get(task, "task_id")), "id-1");
    ck_assert_str_eq(json_string_value(json_object_get(task, "worker_type")), "echo");
    ck_assert_str_eq(json_string_value(json_object_get(task, "model_tier")), "local");
    ck_assert_str_eq(json_string_value(json_object_get(task, "priority")), "normal");
    ck_assert_str_eq(json_string_value(json_object_get(task, "created_at")),
                     "2026-11-23T14:02:11.123Z");
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(task, "payload"), "a")), 1);
    ck_assert(json_is_null(json_object_get(task, "request_id")));
    ck_assert_str_eq(
        json_string_value(json_object_get(json_object_get(task, "metadata"), "source")),
        "heddle-preflight");
    /* null there takes down every open `heddle ui` */
    ck_assert_ptr_null(json_object_get(task, "parent_task_id"));
    json_decref(task);
}
END_TEST

static const struct {
    const char *worker_type, *tier, *payload;
} harmful[] = {
    {"a b", "local", "{}"}, {"", "local", "{}"},       {"a.b", "local", "{}"},
    {"*", "local", "{}"},   {">", "local", "{}"},      {"a\n", "local", "{}"},
    {"echo", "a b", "{}"},  {"echo", "local", "[1]"},  {"echo", "local", "1"},
    {"echo", "local", ""},  {"echo", "local", "null"}, {"echo", "local", "{\"a\":"},
};

START_TEST(what_would_harm_the_mesh_is_not_written)
{
    g_autofree char *text =
        message_task("id", harmful[_i].worker_type, harmful[_i].tier, harmful[_i].payload, at);

    ck_assert_ptr_null(text);
}
END_TEST

START_TEST(goal_is_what_heddle_submit_publishes)
{
    g_autofree char *text = message_goal("goal-1", "echo", at);
    json_t *goal = json_loads(text, 0, NULL);

    ck_assert_str_eq(json_string_value(json_object_get(goal, "goal_id")), "goal-1");
    ck_assert_str_eq(json_string_value(json_object_get(goal, "instruction")), "echo");
    ck_assert(json_is_object(json_object_get(goal, "context")));
    json_decref(goal);
}
END_TEST

START_TEST(result_is_read_and_cleaned)
{
    static const char bytes[] =
        "{\"task_id\":\"t\",\"worker_type\":\"e\\u001b[31mcho\",\"status\":\"completed\","
        "\"output\":{\"a\":[1]},\"error\":null,\"processing_time_ms\":2.5}";
    g_autofree char *why = NULL;
    TaskResult *result = message_result(raw_text(bytes), &why);

    ck_assert_ptr_nonnull(result);
    ck_assert_str_eq(result->task_id, "t");
    ck_assert_str_eq(result->worker_type, "e␛[31mcho");
    ck_assert_str_eq(result->output, "{\"a\":[1]}");
    ck_assert_ptr_null(result->error);
    ck_assert(result->ms == 2.5);
    message_result_free(result);
}
END_TEST

static const struct {
    const char *bytes;
    size_t len;
    const char *why;
} strange[] = {
    {"", 0, "empty"},
    {"not json", 8, "not JSON"},
    {"[1,2]", 5, "not an object"},
    {"null", 4, "not an object"},
    {"\xff\xfe\x00", 3, "not JSON"},
    {"{\"a\":", 5, "not JSON"},
    {"\"x\"", 3, "not an object"},
    {"{\"a\":1000000000000000000000000000000}", 37, "too large to be read here"},
    {"{\"a\":1e999}", 11, "too large to be read here"},
};

START_TEST(strange_bytes_have_a_reason)
{
    g_autofree char *why = NULL, *again = NULL;

    ck_assert_ptr_null(message_result(raw_bytes(strange[_i].bytes, strange[_i].len), &why));
    ck_assert_ptr_nonnull(strstr(why, strange[_i].why));
    ck_assert_ptr_null(message_dead_letter(raw_bytes(strange[_i].bytes, strange[_i].len), &again));
}
END_TEST

START_TEST(deep_nesting_is_refused_not_followed)
{
    char *deep = g_strnfill(200000, '[');
    g_autofree char *why = NULL;
    g_autofree char *pretty = NULL;

    ck_assert_ptr_null(message_result(raw_text(deep), &why));
    ck_assert_str_eq(why, "nested more than 2,048 deep");
    pretty = message_pretty(raw_text(deep));
    ck_assert_uint_eq(strlen(pretty), 200000);
    g_free(deep);
}
END_TEST

START_TEST(fields_of_the_wrong_kind_are_shown_as_they_are)
{
    g_autofree char *why = NULL;
    TaskResult *result = message_result(
        raw_text("{\"status\":7,\"worker_type\":[1],\"processing_time_ms\":\"x\"}"), &why);

    ck_assert_str_eq(result->status, "7");
    ck_assert_str_eq(result->worker_type, "[1]");
    ck_assert(result->ms == -1);
    message_result_free(result);
}
END_TEST

START_TEST(pretty_lays_json_out_and_cleans_the_rest)
{
    g_autofree char *json = message_pretty(raw_text("{\"a\":{\"b\":\"\\u001b\"}}"));
    g_autofree char *other = message_pretty(raw_text("a\033b\nc"));

    ck_assert_str_eq(json, "{\n  \"a\": {\n    \"b\": \"\\u001B\"\n  }\n}");
    ck_assert_str_eq(other, "a␛b\nc");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("message");

    tcase_add_test(tcase, task_has_the_common_fields_and_no_parent);
    tcase_add_loop_test(tcase, what_would_harm_the_mesh_is_not_written, 0, G_N_ELEMENTS(harmful));
    tcase_add_test(tcase, goal_is_what_heddle_submit_publishes);
    tcase_add_test(tcase, result_is_read_and_cleaned);
    tcase_add_loop_test(tcase, strange_bytes_have_a_reason, 0, G_N_ELEMENTS(strange));
    tcase_add_test(tcase, deep_nesting_is_refused_not_followed);
    tcase_add_test(tcase, fields_of_the_wrong_kind_are_shown_as_they_are);
    tcase_add_test(tcase, pretty_lays_json_out_and_cleans_the_rest);
    return suite_run("message", tcase, 20);
}
