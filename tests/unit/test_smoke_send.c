/* What is published as a smoke, and for whom: what the server lets through, goals, any actor. */
#include <string.h>

#include "tests/support/smoke_check.h"
#include "tests/support/suite.h"

/* --- rights and size --- */

START_TEST(a_refused_publication_was_not_published)
{
    Story *story = smoke_story(story_listening);
    const Smoke *smoke = story_smoke(story);

    smoke_news(story, LINK_NEWS_ERROR, CAUSE_PERMISSIONS,
               "Permissions Violation for Publish to \"heddle.tasks.incoming\"");
    story_sent(story, 0.2); /* the PONG that comes after it */
    smoke_expect(smoke, VERDICT_DENIED, "the server refuses", "denied");
    ck_assert_int_eq(smoke->hops[HOP_PUBLISHED].at_us, 0);
    ck_assert(smoke_has_evidence(smoke, HOP_PUBLISHED, SOURCE_SERVER, "Permissions Violation"));
    story_free(story);
}
END_TEST

START_TEST(an_answer_that_may_not_be_heard_is_no_silent_worker)
{
    Story *story = smoke_story(story_listening);
    const Smoke *smoke;

    story_smoke(story);
    smoke_news(story, LINK_NEWS_ERROR, CAUSE_PERMISSIONS,
               "Permissions Violation for Subscription to \"heddle.results.default\"");
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 5.5);
    smoke_expect(smoke, VERDICT_DENIED, "may not listen on heddle.results.default", "deaf");
    story_free(story);
}
END_TEST

START_TEST(a_goal_whose_answer_may_not_be_heard_is_told_at_once)
{
    static const char *const pipelines[] = {"heddle.goals.incoming pipelines", NULL};
    Story *story = smoke_story(pipelines);
    const Smoke *smoke;
    g_autofree char *denied = NULL;

    smoke_set_mode(story, SMOKE_GOAL);
    smoke = story_smoke(story);
    denied = g_strdup_printf("Permissions Violation for Subscription to \"heddle.results.%s\"",
                             smoke->task_id);
    smoke_news(story, LINK_NEWS_ERROR, CAUSE_PERMISSIONS, denied);
    smoke_expect(smoke, VERDICT_DENIED, "may not listen on heddle.results.0000", "deaf");
    story_free(story);
}
END_TEST

START_TEST(what_the_server_would_not_take_is_not_sent)
{
    Story *story = smoke_story(story_listening);
    Event *event = event_new(EVENT_SET_PAYLOAD);
    g_autofree char *much = g_strnfill(2000, 'x');
    const Smoke *smoke;

    event->text = g_strdup_printf("{\"x\":\"%s\"}", much);
    story_post(story, event);
    story->model->link.server.max_payload = 1500;
    smoke = story_smoke(story);
    smoke_expect(smoke, VERDICT_TOO_LARGE, "the server takes at most 1500", "max_payload");
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 0);
    story->model->link.server.max_payload = 4096;
    story_smoke(story);
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 1);
    story_free(story);
}
END_TEST

/* --- goals --- */

START_TEST(a_goal_is_mended_by_a_pipeline_never_by_a_processor)
{
    static const char *const pipelines[] = {"heddle.goals.incoming pipelines", NULL};
    Story *story = smoke_story(smoke_monitor);
    const Smoke *smoke;

    smoke_set_mode(story, SMOKE_GOAL);
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    story_keep_alive(story, 0.4);
    story_roster(story, smoke_monitor);
    smoke_expect(smoke, VERDICT_NO_WORKER, "no pipeline or orchestrator", "no_goal_taker");
    smoke_expect_next(story, smoke, "heddle pipeline --config configs/digest.yaml");
    story_roster(story, pipelines);
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    story_keep_alive(story, 6);
    smoke_expect(smoke, VERDICT_TIMED_OUT, "the goal was taken", "goal_silent");
    smoke_expect_next(story, smoke, "pgrep -af heddle");
    story_free(story);
}
END_TEST

/* --- any actor --- */

START_TEST(a_smoke_is_aimed_at_an_actor_its_tier_and_its_payload)
{
    static const char *const two[] = {"worker:sum", "router:router_rules", NULL};
    Story *story = story_up(SMOKE_URL);
    const Actor *worker;
    Event *event = event_new(EVENT_AIM);

    story_fleet(story, two);
    worker = g_ptr_array_index(story->model->actors, 0);
    event->id = worker->id;
    event->text = g_strdup("{\"text\":\"x\"}");
    story_post(story, event);
    story_smoke(story);
    ck_assert_str_eq(model_last_smoke(story->model)->worker_type, "sum");
    ck_assert_str_eq(model_last_smoke(story->model)->tier, "standard");
    ck_assert_ptr_nonnull(strstr(story_last(story, EFFECT_SEND)->bytes, "{\"text\":\"x\"}"));
    event = event_new(EVENT_SET_TIER);
    event->id = worker->id;
    event->tier = TIER_FRONTIER;
    story_post(story, event);
    story_smoke(story);
    ck_assert_str_eq(model_last_smoke(story->model)->tier, "frontier");
    event = event_new(EVENT_SET_WORKER);
    event->text = g_strdup("echo");
    story_post(story, event);
    story_smoke(story);
    ck_assert_str_eq(model_last_smoke(story->model)->tier, "local");
    story_free(story);
}
END_TEST

START_TEST(repeating_never_goes_over_to_an_llm_by_itself)
{
    static const char *const two[] = {"worker:sum", "processor:echo", NULL};
    Story *story = story_up(SMOKE_URL);
    Event *event = event_new(EVENT_REPEAT);

    story_fleet(story, two);
    event->on = TRUE;
    story_post(story, event);
    story_keep_alive(story, 6);
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 2);
    event = event_new(EVENT_SET_WORKER);
    event->text = g_strdup("sum");
    story_post(story, event);
    story_keep_alive(story, 11);
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 2);
    ck_assert(!story->model->smoke_repeat);
    event = event_new(EVENT_REPEAT); /* the operator was asked */
    event->on = TRUE;
    story_post(story, event);
    story_keep_alive(story, 6);
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 4);
    story_free(story);
}
END_TEST

START_TEST(what_may_ask_an_llm_may_cost)
{
    static const char *const two[] = {"worker:sum", "processor:echo", NULL};
    static const char *const one[] = {"processor:echo", NULL};
    Story *story = story_up(SMOKE_URL);

    story_fleet(story, one);
    ck_assert(!smoke_may_cost(story->model, SMOKE_GOAL, "echo"));
    story_fleet(story, two);
    ck_assert(smoke_may_cost(story->model, SMOKE_TASK, "sum"));
    ck_assert(smoke_may_cost(story->model, SMOKE_DIRECT, "sum"));
    ck_assert(smoke_may_cost(story->model, SMOKE_GOAL, "echo"));
    ck_assert(!smoke_may_cost(story->model, SMOKE_TASK, "echo"));
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("smoke_send");

    tcase_add_test(tcase, a_refused_publication_was_not_published);
    tcase_add_test(tcase, an_answer_that_may_not_be_heard_is_no_silent_worker);
    tcase_add_test(tcase, a_goal_whose_answer_may_not_be_heard_is_told_at_once);
    tcase_add_test(tcase, what_the_server_would_not_take_is_not_sent);
    tcase_add_test(tcase, a_goal_is_mended_by_a_pipeline_never_by_a_processor);
    tcase_add_test(tcase, a_smoke_is_aimed_at_an_actor_its_tier_and_its_payload);
    tcase_add_test(tcase, repeating_never_goes_over_to_an_llm_by_itself);
    tcase_add_test(tcase, what_may_ask_an_llm_may_cost);
    return suite_run("smoke_send", tcase, 20);
}
