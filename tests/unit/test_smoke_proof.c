/* What a smoke's hops are proved by: the server's trace of it, and how reports show the proofs. */
#include <jansson.h>
#include <string.h>

#include "mesh/report.h"
#include "mesh/report_json.h"
#include "tests/support/smoke_check.h"
#include "tests/support/suite.h"

/* --- traces --- */

static const char to_router[] =
    "{\"server\":{\"name\":\"n1\"},\"events\":[{\"type\":\"in\"},{\"type\":\"eg\",\"kind\":0,"
    "\"cid\":6,\"name\":\"mon\",\"sub\":\"heddle.>\"},{\"type\":\"eg\",\"kind\":0,\"cid\":5,"
    "\"sub\":\"heddle.tasks.incoming\",\"queue\":\"router\"}]}";
static const char to_monitor[] =
    "{\"server\":{\"name\":\"n1\"},\"events\":[{\"type\":\"in\"},{\"type\":\"eg\",\"kind\":0,"
    "\"cid\":6,\"name\":\"mon\",\"sub\":\"heddle.>\"},{\"type\":\"eg\",\"kind\":0,\"cid\":7,"
    "\"sub\":\"heddle.*.incoming\",\"error\":\"Not delivered because of no echo\"}]}";
static const char to_route[] = "{\"server\":{\"name\":\"n1\"},\"events\":[{\"type\":\"in\"},"
                               "{\"type\":\"eg\",\"kind\":0,\"cid\":6,\"sub\":\"heddle.>\"},"
                               "{\"type\":\"eg\",\"kind\":1,\"cid\":9}]}";

START_TEST(only_a_server_that_can_is_asked_for_a_trace)
{
    Story *story = smoke_story(story_listening);

    story_smoke(story);
    ck_assert(!story_last(story, EFFECT_SEND)->on);
    smoke_traces(story);
    story_smoke(story);
    ck_assert(story_last(story, EFFECT_SEND)->on);
    story_free(story);
}
END_TEST

START_TEST(a_trace_names_the_connection_that_got_it)
{
    Story *story = smoke_story(story_listening);
    const Smoke *smoke;

    smoke_traces(story);
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    smoke_news(story, LINK_NEWS_TRACE, CAUSE_NONE, to_router);
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    ck_assert(smoke_has_evidence(smoke, HOP_PUBLISHED, SOURCE_TRACE,
                                 "connection 5 on n1: heddle.tasks.incoming, queue group router"));
    ck_assert(!smoke_has_evidence(smoke, HOP_PUBLISHED, SOURCE_TRACE, "connection 6"));
    story_free(story);
}
END_TEST

START_TEST(a_trace_shows_no_router_behind_a_wildcard_at_once)
{
    Story *story = smoke_story(smoke_monitor);
    const Smoke *smoke;

    smoke_traces(story);
    smoke = story_smoke(story);
    smoke_news(story, LINK_NEWS_TRACE, CAUSE_NONE, to_monitor);
    smoke_expect(smoke, VERDICT_NO_ROUTER, "only a listener on a wildcard", "no_router");
    ck_assert(smoke_has_evidence(smoke, HOP_ROUTED, SOURCE_TRACE, "to 1 on a wildcard"));
    story_free(story);
}
END_TEST

START_TEST(what_went_to_another_server_is_not_given_up_early)
{
    Story *story = smoke_story(smoke_monitor);
    const Smoke *smoke;

    smoke_traces(story);
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    smoke_news(story, LINK_NEWS_TRACE, CAUSE_NONE, to_route);
    story_keep_alive(story, 0.4);
    story_roster(story, smoke_monitor);
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    story_free(story);
}
END_TEST

START_TEST(a_refused_trace_costs_no_more_than_a_second_try)
{
    Story *story = smoke_story(story_listening);
    const Smoke *smoke;

    smoke_traces(story);
    smoke = story_smoke(story);
    smoke_news(story, LINK_NEWS_NO_TRACE, CAUSE_PERMISSIONS,
               "Permissions Violation for Publish to \"_INBOX.x.trace-1\"");
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 2);
    ck_assert(!story_last(story, EFFECT_SEND)->on);
    ck_assert_str_eq(story_last(story, EFFECT_SEND)->task_id, smoke->task_id);
    story_sent(story, 0.4);
    story_result(story, "completed", 2);
    smoke_expect(smoke, VERDICT_COMPLETED, "completed", NULL);
    ck_assert_ptr_null(story->model->notice); /* nothing for the operator to mend */
    story_smoke(story);
    ck_assert(!story_last(story, EFFECT_SEND)->on);
    story_free(story);
}
END_TEST

START_TEST(hostile_traces_are_bounded)
{
    Story *story = smoke_story(story_listening);
    GString *many = g_string_new("{\"events\":[");
    const Smoke *smoke;

    smoke_traces(story);
    smoke = story_smoke(story);
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(many,
                               "%s{\"type\":\"eg\",\"cid\":%d,\"sub\":\"heddle.tasks.incoming\"}",
                               i > 0 ? "," : "", i);
    g_string_append(many, "]}");
    smoke_news(story, LINK_NEWS_TRACE, CAUSE_NONE, "no trace");
    smoke_news(story, LINK_NEWS_TRACE, CAUSE_NONE, many->str);
    ck_assert_uint_eq(smoke->hops[HOP_PUBLISHED].evidence->len, EVIDENCE_KEPT);
    g_string_free(many, TRUE);
    story_free(story);
}
END_TEST

/* --- the report --- */

START_TEST(the_report_gives_each_hop_its_source)
{
    Story *story = smoke_story(smoke_monitor);
    g_autofree char *text = NULL;
    json_t *root, *hops;

    story_smoke(story);
    story_sent(story, 0.2);
    story_keep_alive(story, 0.4);
    story_roster(story, smoke_monitor);
    text = report_json(story->model);
    root = json_loads(text, 0, NULL);
    hops = json_object_get(json_object_get(root, "smoke"), "hops");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(hops, 0), "source")),
                     "server");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(hops, 1), "source")),
                     "roster");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(hops, 1), "state")),
                     "skipped");
    ck_assert_uint_eq(json_array_size(json_object_get(json_array_get(hops, 1), "evidence")), 1);
    ck_assert(json_is_null(json_object_get(json_array_get(hops, 2), "source")));
    json_decref(root);
    story_free(story);
}
END_TEST

START_TEST(the_table_shows_what_stands_behind_a_bad_verdict)
{
    Story *story = smoke_story(smoke_nobody);
    g_autofree char *text = NULL;

    story_smoke(story);
    story_sent(story, 0.2);
    story_no_responders(story);
    text = report_text(story->model, REPORT_TABLE, (ReportLook){0});
    ck_assert_ptr_nonnull(strstr(text, "0.2 ms server: the server took it on"));
    ck_assert_ptr_nonnull(strstr(text, "0.1 ms server: no responders on heddle.tasks.incoming"));
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("smoke_proof");

    tcase_add_test(tcase, only_a_server_that_can_is_asked_for_a_trace);
    tcase_add_test(tcase, a_trace_names_the_connection_that_got_it);
    tcase_add_test(tcase, a_trace_shows_no_router_behind_a_wildcard_at_once);
    tcase_add_test(tcase, what_went_to_another_server_is_not_given_up_early);
    tcase_add_test(tcase, a_refused_trace_costs_no_more_than_a_second_try);
    tcase_add_test(tcase, hostile_traces_are_bounded);
    tcase_add_test(tcase, the_report_gives_each_hop_its_source);
    tcase_add_test(tcase, the_table_shows_what_stands_behind_a_bad_verdict);
    return suite_run("smoke_proof", tcase, 20);
}
