/* The smokes of a story: hop by hop to their verdicts, and one after the other. */
#include <string.h>

#include "tests/support/story.h"
#include "tests/support/suite.h"

START_TEST(smoke_that_completes_has_its_hops_in_order)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_sent(story, 0.2); /* news of different threads come in any order */
    story_result(story, "completed", 2.0);
    ck_assert_int_eq(smoke->verdict, VERDICT_COMPLETED);
    ck_assert_str_eq(smoke->routed_tier, "local");
    ck_assert(smoke->hops[HOP_PUBLISHED].at_us <= smoke->hops[HOP_ROUTED].at_us);
    ck_assert(smoke->hops[HOP_ROUTED].at_us <= smoke->hops[HOP_ANSWERED].at_us);
    ck_assert(smoke->ms > 0);
    story_free(story);
}
END_TEST

START_TEST(smoke_without_router_is_told_by_the_server)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_no_responders(story);
    ck_assert_int_eq(smoke->verdict, VERDICT_NO_ROUTER);
    ck_assert_ptr_nonnull(strstr(smoke->text, "heddle.tasks.incoming"));
    story_free(story);
}
END_TEST

START_TEST(smoke_without_worker_names_the_silent_hop)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 5.5);
    ck_assert_int_eq(smoke->verdict, VERDICT_WORKER_SILENT);
    ck_assert_ptr_nonnull(strstr(smoke->text, "heddle.tasks.echo.local"));
    story_free(story);
}
END_TEST

START_TEST(smoke_that_nobody_routes_times_out)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_keep_alive(story, 4.8);
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    story_keep_alive(story, 0.5);
    ck_assert_int_eq(smoke->verdict, VERDICT_TIMED_OUT);
    story_free(story);
}
END_TEST

START_TEST(a_late_answer_is_taken_and_shown_as_late)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_keep_alive(story, 6.0);
    ck_assert_int_eq(smoke->verdict, VERDICT_TIMED_OUT);
    story_result(story, "completed", 6100);
    ck_assert_int_eq(smoke->verdict, VERDICT_COMPLETED);
    ck_assert(smoke->late);
    ck_assert_ptr_nonnull(strstr(smoke->text, "late"));
    story_free(story);
}
END_TEST

START_TEST(a_second_answer_says_two_routers_or_two_workers)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_result(story, "completed", 2.0);
    story_result(story, "completed", 2.5);
    ck_assert_int_eq(smoke->verdict, VERDICT_DUPLICATE);
    ck_assert_ptr_nonnull(strstr(smoke->text, "two routers or two workers"));
    story_free(story);
}
END_TEST

START_TEST(a_dead_letter_gives_its_reason)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);
    g_autofree char *body = g_strdup_printf(
        "{\"reason\":\"rate_limited: tier 'local' has no available capacity\",\"task_id\":\"%s\"}",
        smoke->task_id);

    story_sent(story, 0.2);
    story_match(story, TAP_DEAD_LETTER, SUBJECT_DEAD_LETTER, body, 0.5);
    ck_assert_int_eq(smoke->verdict, VERDICT_DEAD_LETTERED);
    ck_assert_ptr_nonnull(strstr(smoke->text, "rate_limited"));
    story_free(story);
}
END_TEST

START_TEST(a_failing_worker_gives_its_error)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_result(story, "failed", 2.0);
    ck_assert_int_eq(smoke->verdict, VERDICT_FAILED);
    ck_assert_ptr_nonnull(strstr(smoke->text, "backend on fire"));
    story_free(story);
}
END_TEST

START_TEST(a_smoke_without_link_is_not_sent)
{
    Story *story = story_new("nats://127.0.0.1:4222");

    story_smoke(story);
    ck_assert_int_eq(model_last_smoke(story->model)->verdict, VERDICT_NOT_CONNECTED);
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 0);
    story_free(story);
}
END_TEST

START_TEST(read_only_publishes_nothing)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story->model->settings.read_only = TRUE;
    story_smoke(story);
    ck_assert_int_eq(model_last_smoke(story->model)->verdict, VERDICT_DENIED);
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 0);
    story_free(story);
}
END_TEST

START_TEST(a_task_never_carries_a_parent)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const char *bytes;

    story_smoke(story);
    bytes = story_last(story, EFFECT_SEND)->bytes;
    ck_assert_ptr_null(strstr(bytes, "parent_task_id"));
    ck_assert_ptr_nonnull(strstr(bytes, "\"source\":\"heddle-preflight\""));
    ck_assert_str_eq(story_last(story, EFFECT_SEND)->text, "heddle.tasks.incoming");
    story_free(story);
}
END_TEST

START_TEST(repeating_sends_one_smoke_every_five_seconds)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    Event *event = event_new(EVENT_REPEAT);

    event->at_us = story->model->now_us;
    event->on = TRUE;
    story_post(story, event);
    story_keep_alive(story, 10.5);
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 3);
    story_free(story);
}
END_TEST

static void repeat_smokes(Story *story)
{
    Event *event = event_new(EVENT_REPEAT);

    event->on = TRUE;
    story_post(story, event);
}

START_TEST(repeating_ends_where_nobody_was_asked)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    int sent;

    repeat_smokes(story);
    story_set_url(story, "nats://127.0.0.1:5222");
    story_link_up(story, story->model->proving.link);
    ck_assert(story->model->smoke_repeat); /* one's own server needs no asking */
    story_set_url(story, "nats://prod:4222");
    ck_assert(story->model->smoke_repeat); /* the old one is in force */
    story_link_up(story, story->model->proving.link);
    ck_assert(!story->model->smoke_repeat);
    sent = story_effects(story, EFFECT_SEND);
    story_keep_alive(story, 6);
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), sent);
    repeat_smokes(story); /* the operator was asked by now */
    story_set_url(story, "nats://other:4222");
    story_link_up(story, story->model->proving.link);
    ck_assert(!story->model->smoke_repeat);
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("update_smoke");

    tcase_add_test(tcase, smoke_that_completes_has_its_hops_in_order);
    tcase_add_test(tcase, smoke_without_router_is_told_by_the_server);
    tcase_add_test(tcase, smoke_without_worker_names_the_silent_hop);
    tcase_add_test(tcase, smoke_that_nobody_routes_times_out);
    tcase_add_test(tcase, a_late_answer_is_taken_and_shown_as_late);
    tcase_add_test(tcase, a_second_answer_says_two_routers_or_two_workers);
    tcase_add_test(tcase, a_dead_letter_gives_its_reason);
    tcase_add_test(tcase, a_failing_worker_gives_its_error);
    tcase_add_test(tcase, a_smoke_without_link_is_not_sent);
    tcase_add_test(tcase, read_only_publishes_nothing);
    tcase_add_test(tcase, a_task_never_carries_a_parent);
    tcase_add_test(tcase, repeating_sends_one_smoke_every_five_seconds);
    tcase_add_test(tcase, repeating_ends_where_nobody_was_asked);
    return suite_run("update_smoke", tcase, 20);
}
