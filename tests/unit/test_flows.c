/* Messages that belong together are tied by their ids, with the time between them. */
#include "heddle/message.h"
#include "mesh/flows.h"
#include "tests/support/suite.h"

static void say(Flows *flows, const char *subject, const char *json, double ms)
{
    g_autofree char *why = NULL;
    Note *note = note_read(subject, raw_text(json), &why);

    ck_assert_ptr_nonnull(note);
    flows_note(flows, note, 1000000 + (gint64)(ms * 1000));
    note_free(note);
}

static void assert_sentence(const Flows *flows, const char *id, const char *sentence)
{
    const Flow *flow = flows_find(flows, id);
    g_autofree char *is = flow != NULL ? flow_sentence(flow) : g_strdup("no such flow");

    ck_assert_str_eq(is, sentence);
}

#define TASK(id) "{\"task_id\":\"" id "\",\"worker_type\":\"echo\",\"parent_task_id\":\"g1\"}"

START_TEST(a_task_is_followed_to_its_result)
{
    Flows *flows = flows_new();

    say(flows, SUBJECT_INCOMING, TASK("t1"), 0);
    assert_sentence(flows, "t1", "not routed yet");
    say(flows, "heddle.tasks.echo.local", TASK("t1"), 0.4);
    assert_sentence(flows, "t1", "routed to local after 0.4 ms, no result yet");
    say(flows, "heddle.results.g1", "{\"task_id\":\"t1\",\"status\":\"processing\"}", 1);
    say(flows, "heddle.results.g1", "{\"task_id\":\"t1\",\"status\":\"completed\"}", 2.1);
    assert_sentence(flows, "t1", "routed to local after 0.4 ms, completed after 2.1 ms");
    ck_assert_double_eq_tol(flow_ms(flows_find(flows, "t1")), 2.1, 0.001);
    say(flows, "heddle.results.g1", "{\"task_id\":\"t1\",\"status\":\"completed\"}", 3);
    assert_sentence(flows, "t1",
                    "routed to local after 0.4 ms, completed more than once after 2.1 ms");
    flows_free(flows);
}
END_TEST

START_TEST(a_dead_letter_ends_a_task)
{
    Flows *flows = flows_new();

    say(flows, SUBJECT_INCOMING, TASK("t1"), 0);
    say(flows, SUBJECT_DEAD_LETTER,
        "{\"task_id\":\"t1\",\"reason\":\"rate_limited: tier 'local' has no available capacity\"}",
        0.3);
    assert_sentence(flows, "t1", "dead letter after 0.3 ms");
    ck_assert_str_eq(flows_find(flows, "t1")->reason,
                     "the router's limiter had no token left: tier 'local' has no available "
                     "capacity");
    flows_free(flows);
}
END_TEST

START_TEST(a_goal_has_its_tasks)
{
    Flows *flows = flows_new();
    GPtrArray *tasks;

    say(flows, SUBJECT_GOALS, "{\"goal_id\":\"g1\",\"instruction\":\"x\"}", 0);
    say(flows, SUBJECT_INCOMING, TASK("t1"), 1);
    say(flows, SUBJECT_INCOMING, TASK("t2"), 2);
    say(flows, SUBJECT_INCOMING, "{\"task_id\":\"t3\",\"parent_task_id\":\"g2\"}", 3);
    tasks = flows_of_goal(flows, "g1");
    ck_assert_uint_eq(tasks->len, 2);
    ck_assert_str_eq(((const Flow *)g_ptr_array_index(tasks, 0))->id, "t1");
    g_ptr_array_unref(tasks);
    say(flows, "heddle.results.g1", "{\"task_id\":\"g1\",\"status\":\"failed\"}", 9);
    assert_sentence(flows, "g1", "failed after 9.0 ms");
    flows_free(flows);
}
END_TEST

START_TEST(a_result_alone_says_what_is_not_known)
{
    Flows *flows = flows_new();

    say(flows, SUBJECT_RESULTS, "{\"task_id\":\"t1\",\"status\":\"completed\"}", 0);
    assert_sentence(flows, "t1", "its way was not seen, completed");
    say(flows, "heddle.odd", "{\"task_id\":\"t9\"}", 0);
    ck_assert_ptr_null(flows_find(flows, "t9"));
    ck_assert_ptr_null(flows_find(flows, NULL));
    flows_free(flows);
}
END_TEST

START_TEST(only_the_last_are_kept)
{
    Flows *flows = flows_new();
    g_autofree char *long_id = g_strnfill(5000, 'x');
    g_autofree char *long_task = g_strdup_printf("{\"task_id\":\"%s\"}", long_id);

    for (int i = 0; i < FLOWS_KEPT + 5; i++) {
        g_autofree char *task = g_strdup_printf("{\"task_id\":\"t%d\"}", i);

        say(flows, SUBJECT_INCOMING, task, i);
    }
    ck_assert_ptr_null(flows_find(flows, "t4"));
    ck_assert_ptr_nonnull(flows_find(flows, "t5"));
    say(flows, SUBJECT_INCOMING, long_task, 0);
    ck_assert_uint_le(g_utf8_strlen(flows_find(flows, long_id)->id, -1), FLOW_ID + 1);
    flows_clear(flows);
    ck_assert_ptr_null(flows_find(flows, "t7"));
    flows_free(flows);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("flows");

    tcase_add_test(tcase, a_task_is_followed_to_its_result);
    tcase_add_test(tcase, a_dead_letter_ends_a_task);
    tcase_add_test(tcase, a_goal_has_its_tasks);
    tcase_add_test(tcase, a_result_alone_says_what_is_not_known);
    tcase_add_test(tcase, only_the_last_are_kept);
    return suite_run("flows", tcase, 30);
}
