/* Where a smoke died, proved from what the server, the bus and the roster tell: every verdict as a
 * story. */
#include <string.h>

#include "tests/support/smoke_check.h"
#include "tests/support/suite.h"

#define URL "nats://127.0.0.1:4222"

/* --- no router --- */

START_TEST(no_router_is_the_servers_word)
{
    Story *story = smoke_story(smoke_nobody);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_no_responders(story);
    smoke_expect(smoke, VERDICT_NO_ROUTER, "nothing subscribes heddle.tasks.incoming", "no_router");
    ck_assert(smoke_has_evidence(smoke, HOP_ROUTED, SOURCE_SERVER, "no responders"));
    smoke_expect_next(story, smoke, "heddle router --config configs/router_rules.yaml");
    story_free(story);
}
END_TEST

/* What would have mended it then would end the router that is there now. */
START_TEST(who_is_back_since_is_not_mended_again)
{
    static const char *const only_router[] = {"heddle.tasks.incoming router", NULL};
    Story *story = smoke_story(smoke_nobody);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_no_responders(story);
    story_keep_alive(story, 2);
    story_roster(story, smoke_nobody);
    smoke_expect_next(story, smoke, "heddle router --config");
    story_keep_alive(story, 420);
    story_roster(story, only_router);
    ck_assert_int_eq(smoke->verdict, VERDICT_NO_ROUTER);
    for (RemedyPart part = REMEDY_WHY; part <= REMEDY_VERIFY; part++)
        ck_assert_ptr_null(smoke_remedy(story->model, smoke, part));
    story_keep_alive(story, 2);
    story_roster(story, smoke_nobody);
    smoke_expect_next(story, smoke, "heddle router --config");
    story_free(story);
}
END_TEST

/* `heddle ui` and the like listen to all: then the server says nothing, and the roster does. */
START_TEST(a_wildcard_hides_no_router_until_the_roster_is_asked)
{
    Story *story = smoke_story(smoke_monitor);
    const Smoke *smoke;
    int asked;

    story_idle(story, "{\"data\":{\"connections\":[]}}"); /* no round is under way */
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    asked = story_effects(story, EFFECT_ASK_ROSTER);
    story_keep_alive(story, 0.1);
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    ck_assert_int_eq(story_effects(story, EFFECT_ASK_ROSTER), asked); /* it may still come back */
    story_keep_alive(story, 0.3);
    ck_assert_int_eq(story_effects(story, EFFECT_ASK_ROSTER), asked + 1);
    story_roster(story, smoke_monitor);
    smoke_expect(smoke, VERDICT_NO_ROUTER, "only a listener on a wildcard", "no_router");
    ck_assert(smoke_has_evidence(smoke, HOP_ROUTED, SOURCE_ROSTER, "nobody subscribes"));
    ck_assert_int_lt(story->now_us, smoke->deadline_us);
    story_free(story);
}
END_TEST

START_TEST(a_roster_from_before_the_send_decides_nothing)
{
    Story *story = smoke_story(smoke_monitor);
    const Smoke *smoke;

    story->model->roster.round = ROUND_NONE;
    story->model->roster.at_us = 0;
    story_keep_alive(story, 0.1);
    ck_assert_int_eq(story->model->roster.round, ROUND_HEDDLE);
    story_pass_ms(story, 1);
    smoke = story_smoke(story); /* while one is under way */
    story_sent(story, 0.2);
    story_roster(story, smoke_monitor); /* which ends */
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    story_free(story);
}
END_TEST

/* The port tells of one server; the router may be on another. */
START_TEST(one_servers_monitoring_port_proves_nothing_of_a_cluster)
{
    Story *story = smoke_story(smoke_monitor);
    const Smoke *smoke;

    story->model->probe->ladder->info.cluster = g_strdup("c1");
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    story_keep_alive(story, 0.4);
    story->model->roster.round = ROUND_NONE;
    story->model->roster.by_monitor = TRUE;
    story->model->roster.as_of_us = story->now_us;
    story_keep_alive(story, 0.1);
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    story_keep_alive(story, 5);
    smoke_expect(smoke, VERDICT_TIMED_OUT, "routed nothing", "router_silent");
    story_free(story);
}
END_TEST

START_TEST(a_router_that_passes_nothing_on_is_named)
{
    Story *story = smoke_story(story_listening);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_keep_alive(story, 0.4);
    story_roster(story, story_listening);
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    story_keep_alive(story, 5);
    smoke_expect(smoke, VERDICT_TIMED_OUT, "routed nothing", "router_silent");
    ck_assert(smoke_has_evidence(smoke, HOP_ROUTED, SOURCE_ROSTER, "1 subscribed"));
    story_free(story);
}
END_TEST

/* --- dead letters --- */

static const Smoke *dead(Story *story, const char *reason)
{
    const Smoke *smoke = story_smoke(story);
    g_autofree char *body =
        g_strdup_printf("{\"reason\":\"%s\",\"task_id\":\"%s\"}", reason, smoke->task_id);

    story_sent(story, 0.2);
    story_match(story, TAP_DEAD_LETTER, SUBJECT_DEAD_LETTER, body, 0.5);
    return smoke;
}

START_TEST(an_exhausted_limiter_says_when_the_next_token_comes)
{
    static const char limited[] = "rate_limited: tier 'standard' has no available capacity";
    Story *story = smoke_story(story_listening);
    const Actor *router = g_ptr_array_index(story->model->panels, 0);
    const Smoke *smoke;

    smoke_expect(dead(story, limited), VERDICT_DEAD_LETTERED, "every 60/max_concurrent s",
                 "rate_limited");
    router->config->limits[TIER_STANDARD] = 4;
    smoke = dead(story, limited);
    smoke_expect(smoke, VERDICT_DEAD_LETTERED, "rate_limited", "rate_limited");
    ck_assert_ptr_nonnull(
        strstr(smoke->text, "max_concurrent 4 in configs/router_rules.yaml: one every 15 s"));
    ck_assert_ptr_nonnull(strstr(smoke->text, "the next token comes by "));
    ck_assert(smoke_has_evidence(smoke, HOP_ROUTED, SOURCE_BUS, "turned it down"));
    story_free(story);
}
END_TEST

START_TEST(an_invalid_task_names_the_field)
{
    Story *story = smoke_story(story_listening);
    const Smoke *smoke = dead(
        story, "invalid_task_message: 1 validation error for TaskMessage\\nmodel_tier\\n  Input "
               "should be 'local' [type=enum, input_value='x']\\n    For further information");

    smoke_expect(smoke, VERDICT_DEAD_LETTERED, "model_tier: Input should be", "invalid_task");
    ck_assert_ptr_nonnull(strstr(smoke->text, "invalid_task_message"));
    smoke_expect(dead(story, "unknown_tier: x"), VERDICT_DEAD_LETTERED, "unknown_tier",
                 "unknown_tier");
    smoke_expect(dead(story, "other"), VERDICT_DEAD_LETTERED, "dead letter: other",
                 "dead_lettered");
    story_free(story);
}
END_TEST

/* --- no worker --- */

START_TEST(routed_and_nobody_listens_is_told_before_the_deadline)
{
    static const char *const elsewhere[] = {"heddle.tasks.incoming router",
                                            "heddle.tasks.echo.standard processors-echo", NULL};
    Story *story = smoke_story(elsewhere);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 0.4);
    story_roster(story, elsewhere);
    smoke_expect(smoke, VERDICT_NO_WORKER, "routed, but nobody listens on heddle.tasks.echo.local",
                 "no_worker");
    ck_assert_ptr_nonnull(strstr(smoke->text, "it is served on standard (1)"));
    ck_assert_int_lt(story->now_us, smoke->deadline_us);
    ck_assert(smoke_has_evidence(smoke, HOP_ANSWERED, SOURCE_ROSTER, "nobody subscribes"));
    smoke_expect_next(story, smoke, "heddle processor --config configs/echo.yaml");
    story_free(story);
}
END_TEST

START_TEST(a_worker_named_by_a_wildcard_is_somebody)
{
    static const char *const wide[] = {"heddle.tasks.incoming router",
                                       "heddle.tasks.*.local workers-*", NULL};
    Story *story = smoke_story(wide);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 0.4);
    story_roster(story, wide);
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    story_free(story);
}
END_TEST

START_TEST(a_worker_that_is_gone_since_may_have_died_of_it)
{
    static const char *const after[] = {"heddle.tasks.incoming router", NULL};
    Story *story = smoke_story(story_listening);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 0.4);
    story_roster(story, after);
    smoke_expect(smoke, VERDICT_NO_WORKER, "1 did just before it was sent", "no_worker");
    story_free(story);
}
END_TEST

START_TEST(a_router_that_moves_the_task_names_both_tiers)
{
    Story *story = smoke_story(story_listening);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.standard", "", 0.4);
    ck_assert_str_eq(smoke->hops[HOP_ROUTED].text, "a router moved it from tier local to tier "
                                                   "standard (tier_overrides): "
                                                   "heddle.tasks.echo.standard");
    story_keep_alive(story, 0.4);
    story_roster(story, story_listening);
    smoke_expect(smoke, VERDICT_NO_WORKER, "moved from tier local to standard", "moved_tier");
    ck_assert_ptr_nonnull(strstr(smoke->text, "served on local (1)"));
    smoke_expect_next(story, smoke,
                      "heddle processor --config configs/echo.yaml --nats-url "
                      "nats://127.0.0.1:4222 --tier standard");
    story_free(story);
}
END_TEST

/* --- silence --- */

static const char silent_worker[] =
    "{\"server\":{\"id\":\"A\",\"name\":\"n1\"},\"data\":{\"total\":2,\"connections\":["
    "{\"cid\":5,\"ip\":\"10.0.0.7\",\"port\":4001,\"rtt\":\"300µs\",\"pending_bytes\":%d,"
    "\"subscriptions_list_detail\":[{\"subject\":\"heddle.tasks.echo.local\",\"qgroup\":"
    "\"processors-echo\",\"msgs\":%d}]},{\"cid\":6,\"subscriptions_list_detail\":[{\"subject\":"
    "\"heddle.tasks.incoming\",\"qgroup\":\"router\"}]}]}}";

static const Smoke *silent(Story *story, int pending, int msgs)
{
    g_autofree char *before = g_strdup_printf(silent_worker, 0, 7);
    g_autofree char *after = g_strdup_printf(silent_worker, pending, msgs);
    const Smoke *smoke;

    story_connz(story, before);
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 0.4);
    story_connz(story, after);
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    while (smoke->verdict == VERDICT_RUNNING)
        story_keep_alive(story, 0.5);
    return smoke;
}

START_TEST(a_silent_worker_that_got_it_is_told_from_one_that_did_not)
{
    Story *story = smoke_story(story_listening);
    const Smoke *smoke = silent(story, 0, 8);

    smoke_expect(
        smoke, VERDICT_WORKER_SILENT,
        "connected, RTT 0.3 ms when the server last pinged it, 0 bytes wait for it, 1 delivered",
        "worker_silent");
    ck_assert(
        smoke_has_evidence(smoke, HOP_ANSWERED, SOURCE_ROSTER, "connection 5 from 10.0.0.7:4001"));
    smoke = silent(story, 300, 7);
    smoke_expect(smoke, VERDICT_WORKER_SILENT, "300 bytes wait for it, nothing delivered",
                 "worker_silent");
    story_free(story);
}
END_TEST

START_TEST(without_a_roster_silence_is_still_a_verdict)
{
    Story *story = story_up(SMOKE_URL);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 5.5);
    smoke_expect(smoke, VERDICT_WORKER_SILENT,
                 "the worker on heddle.tasks.echo.local does not answer", "worker_silent");
    story_free(story);
}
END_TEST

/* --- answers --- */

START_TEST(a_failure_says_how_it_is_mended)
{
    Story *story = smoke_story(story_listening);
    const Smoke *smoke = story_smoke(story);
    g_autofree char *body = NULL;

    story_sent(story, 0.2);
    story_result(story, "failed", 2);
    smoke_expect(smoke, VERDICT_FAILED, "backend on fire", "failed");
    smoke = story_smoke(story);
    body = g_strdup_printf(
        "{\"task_id\":\"%s\",\"status\":\"failed\",\"error\":\"'system_prompt'\"}", smoke->task_id);
    story_match(story, TAP_RESULT, SUBJECT_RESULTS, body, 2);
    smoke_expect(smoke, VERDICT_FAILED, "heddle worker", "started_as_worker");
    smoke_expect_next(story, smoke, "heddle processor --config configs/echo.yaml");
    story_free(story);
}
END_TEST

START_TEST(a_late_answer_takes_an_early_verdict_back)
{
    Story *story = smoke_story(smoke_monitor);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_keep_alive(story, 0.4);
    story_roster(story, smoke_monitor);
    ck_assert_int_eq(smoke->verdict, VERDICT_NO_ROUTER);
    story_result(story, "completed", 900);
    smoke_expect(smoke, VERDICT_COMPLETED, "completed by echo", NULL);
    story_free(story);
}
END_TEST

static void expect_twice(const char *const *subscribers, unsigned routed, const char *who,
                         const char *remedy)
{
    Story *story = smoke_story(subscribers);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    for (unsigned i = 0; i < routed; i++)
        story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_result(story, "completed", 2.0);
    story_result(story, "completed", 2.5);
    smoke_expect(smoke, VERDICT_DUPLICATE, who, remedy);
    ck_assert(smoke_has_evidence(smoke, HOP_ANSWERED, SOURCE_BUS, "answer 2: completed by echo"));
    story_free(story);
}

START_TEST(what_came_back_twice_says_who_did_it)
{
    static const char *const routers[] = {"heddle.tasks.incoming", "heddle.tasks.incoming",
                                          "heddle.tasks.echo.local processors-echo", NULL};
    static const char *const groups[] = {"heddle.tasks.incoming router",
                                         "heddle.tasks.echo.local processors-echo",
                                         "heddle.tasks.echo.local workers-echo", NULL};
    static const char *const wide[] = {"heddle.tasks.incoming router",
                                       "heddle.tasks.echo.local processors-echo",
                                       "heddle.tasks.*.local workers-*", NULL};

    expect_twice(routers, 2, "routed 2 times: 2 routers in no queue group", "many_routers");
    expect_twice(groups, 1, "a worker (1) and a processor group (1) both serve echo/local",
                 "double_workers");
    expect_twice(wide, 1, "an actor named *", "wide_name");
    expect_twice(story_listening, 1, "two routers or two workers", "duplicate");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("smoke");

    tcase_add_test(tcase, no_router_is_the_servers_word);
    tcase_add_test(tcase, who_is_back_since_is_not_mended_again);
    tcase_add_test(tcase, a_wildcard_hides_no_router_until_the_roster_is_asked);
    tcase_add_test(tcase, a_roster_from_before_the_send_decides_nothing);
    tcase_add_test(tcase, one_servers_monitoring_port_proves_nothing_of_a_cluster);
    tcase_add_test(tcase, a_router_that_passes_nothing_on_is_named);
    tcase_add_test(tcase, an_exhausted_limiter_says_when_the_next_token_comes);
    tcase_add_test(tcase, an_invalid_task_names_the_field);
    tcase_add_test(tcase, routed_and_nobody_listens_is_told_before_the_deadline);
    tcase_add_test(tcase, a_worker_named_by_a_wildcard_is_somebody);
    tcase_add_test(tcase, a_worker_that_is_gone_since_may_have_died_of_it);
    tcase_add_test(tcase, a_router_that_moves_the_task_names_both_tiers);
    tcase_add_test(tcase, a_silent_worker_that_got_it_is_told_from_one_that_did_not);
    tcase_add_test(tcase, without_a_roster_silence_is_still_a_verdict);
    tcase_add_test(tcase, a_failure_says_how_it_is_mended);
    tcase_add_test(tcase, a_late_answer_takes_an_early_verdict_back);
    tcase_add_test(tcase, what_came_back_twice_says_who_did_it);
    return suite_run("smoke", tcase, 20);
}
