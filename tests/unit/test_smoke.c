/* Where a smoke died, proved from what the server, the bus, the roster and a trace tell: every
 * verdict as a story. */
#include <jansson.h>
#include <string.h>

#include "mesh/report.h"
#include "mesh/report_json.h"
#include "mesh/verdict.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

#define URL "nats://127.0.0.1:4222"

static const char *const mesh[] = {"heddle.tasks.incoming router",
                                   "heddle.tasks.echo.local processors-echo", NULL};
static const char *const fleet[] = {"router:router_rules", "processor:echo", "pipeline:digest",
                                    NULL};

static Story *on_mesh(const char *const *subscribers)
{
    Story *story = story_up(URL);

    story_fleet(story, fleet);
    story_roster(story, subscribers);
    return story;
}

static void post(Story *story, LinkNewsKind kind, Cause cause, const char *text)
{
    Event *event = event_new(EVENT_LINK);

    event->link = g_new0(LinkNews, 1);
    event->link->kind = kind;
    event->link->link = story->model->link.number;
    event->link->at_us = story->now_us;
    event->link->wall_us = story->now_wall;
    event->link->cause = cause;
    event->link->text = g_strdup(text);
    event->link->id = g_strdup(model_last_smoke(story->model)->task_id);
    if (kind == LINK_NEWS_TRACE) {
        event->link->bytes = g_strdup(text);
        event->link->len = strlen(text);
    }
    story_post(story, event);
}

/* A server that traces. */
static void make_newer(Story *story)
{
    LinkServer *server = &story->model->link.server;

    g_free(server->version);
    server->version = g_strdup("2.15.1");
    story->model->probe->ladder->info.headers = TRUE;
}

static void ask_mode(Story *story, SmokeMode mode)
{
    Event *event = event_new(EVENT_SET_MODE);

    event->mode = mode;
    story_post(story, event);
}

static gboolean has_evidence(const Smoke *smoke, HopId id, HopSource source, const char *text)
{
    const GPtrArray *all = smoke->hops[id].evidence;

    for (guint i = 0; all != NULL && i < all->len; i++) {
        const Evidence *evidence = g_ptr_array_index(all, i);

        if (evidence->source == source && strstr(evidence->text, text) != NULL)
            return TRUE;
    }
    return FALSE;
}

static void expect(const Smoke *smoke, SmokeVerdict verdict, const char *text, const char *remedy)
{
    ck_assert_msg(smoke->verdict == verdict, "%s: %s", smoke_word(smoke->verdict), smoke->text);
    ck_assert_msg(strstr(smoke->text, text) != NULL, "%s", smoke->text);
    ck_assert_msg(g_strcmp0(smoke->remedy, remedy) == 0, "%s", smoke->remedy);
}

/* What the operator is told to type. */
static void expect_next(const Story *story, const Smoke *smoke, const char *begin)
{
    g_autofree char *next = smoke_remedy(story->model, smoke, REMEDY_NEXT);

    ck_assert_msg(next != NULL && g_str_has_prefix(next, begin), "%s", next);
}

/* --- no router --- */

START_TEST(no_router_is_the_servers_word)
{
    static const char *const nobody[] = {NULL};
    Story *story = on_mesh(nobody);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_no_responders(story);
    expect(smoke, VERDICT_NO_ROUTER, "nothing subscribes heddle.tasks.incoming", "no_router");
    ck_assert(has_evidence(smoke, HOP_ROUTED, SOURCE_SERVER, "no responders"));
    expect_next(story, smoke, "heddle router --config configs/router_rules.yaml");
    story_free(story);
}
END_TEST

/* `heddle ui` and the like listen to all: then the server says nothing, and the roster does. */
START_TEST(a_wildcard_hides_no_router_until_the_roster_is_asked)
{
    static const char *const monitor[] = {"heddle.>", NULL};
    Story *story = on_mesh(monitor);
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
    story_roster(story, monitor);
    expect(smoke, VERDICT_NO_ROUTER, "only a listener on a wildcard", "no_router");
    ck_assert(has_evidence(smoke, HOP_ROUTED, SOURCE_ROSTER, "nobody subscribes"));
    ck_assert_int_lt(story->now_us, smoke->deadline_us);
    story_free(story);
}
END_TEST

START_TEST(a_roster_from_before_the_send_decides_nothing)
{
    static const char *const monitor[] = {"heddle.>", NULL};
    Story *story = on_mesh(monitor);
    const Smoke *smoke;

    story->model->roster.round = ROUND_NONE;
    story->model->roster.at_us = 0;
    story_keep_alive(story, 0.1);
    ck_assert_int_eq(story->model->roster.round, ROUND_HEDDLE);
    story_pass_ms(story, 1);
    smoke = story_smoke(story); /* while one is under way */
    story_sent(story, 0.2);
    story_roster(story, monitor); /* which ends */
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    story_free(story);
}
END_TEST

/* The port tells of one server; the router may be on another. */
START_TEST(one_servers_monitoring_port_proves_nothing_of_a_cluster)
{
    static const char *const monitor[] = {"heddle.>", NULL};
    Story *story = on_mesh(monitor);
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
    expect(smoke, VERDICT_TIMED_OUT, "routed nothing", "router_silent");
    story_free(story);
}
END_TEST

START_TEST(a_router_that_passes_nothing_on_is_named)
{
    Story *story = on_mesh(mesh);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_keep_alive(story, 0.4);
    story_roster(story, mesh);
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    story_keep_alive(story, 5);
    expect(smoke, VERDICT_TIMED_OUT, "routed nothing", "router_silent");
    ck_assert(has_evidence(smoke, HOP_ROUTED, SOURCE_ROSTER, "1 subscribed"));
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
    Story *story = on_mesh(mesh);
    const Actor *router = g_ptr_array_index(story->model->panels, 0);
    const Smoke *smoke;

    expect(dead(story, limited), VERDICT_DEAD_LETTERED, "every 60/max_concurrent s",
           "rate_limited");
    router->config->limits[TIER_STANDARD] = 4;
    smoke = dead(story, limited);
    expect(smoke, VERDICT_DEAD_LETTERED, "rate_limited", "rate_limited");
    ck_assert_ptr_nonnull(
        strstr(smoke->text, "max_concurrent 4 in configs/router_rules.yaml: one every 15 s"));
    ck_assert_ptr_nonnull(strstr(smoke->text, "the next token comes by "));
    ck_assert(has_evidence(smoke, HOP_ROUTED, SOURCE_BUS, "turned it down"));
    story_free(story);
}
END_TEST

START_TEST(an_invalid_task_names_the_field)
{
    Story *story = on_mesh(mesh);
    const Smoke *smoke = dead(
        story, "invalid_task_message: 1 validation error for TaskMessage\\nmodel_tier\\n  Input "
               "should be 'local' [type=enum, input_value='x']\\n    For further information");

    expect(smoke, VERDICT_DEAD_LETTERED, "model_tier: Input should be", "invalid_task");
    ck_assert_ptr_nonnull(strstr(smoke->text, "invalid_task_message"));
    expect(dead(story, "unknown_tier: x"), VERDICT_DEAD_LETTERED, "unknown_tier", "unknown_tier");
    expect(dead(story, "other"), VERDICT_DEAD_LETTERED, "dead letter: other", "dead_lettered");
    story_free(story);
}
END_TEST

/* --- no worker --- */

START_TEST(routed_and_nobody_listens_is_told_before_the_deadline)
{
    static const char *const elsewhere[] = {"heddle.tasks.incoming router",
                                            "heddle.tasks.echo.standard processors-echo", NULL};
    Story *story = on_mesh(elsewhere);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 0.4);
    story_roster(story, elsewhere);
    expect(smoke, VERDICT_NO_WORKER, "routed, but nobody listens on heddle.tasks.echo.local",
           "no_worker");
    ck_assert_ptr_nonnull(strstr(smoke->text, "it is served on standard (1)"));
    ck_assert_int_lt(story->now_us, smoke->deadline_us);
    ck_assert(has_evidence(smoke, HOP_ANSWERED, SOURCE_ROSTER, "nobody subscribes"));
    expect_next(story, smoke, "heddle processor --config configs/echo.yaml");
    story_free(story);
}
END_TEST

START_TEST(a_worker_named_by_a_wildcard_is_somebody)
{
    static const char *const wide[] = {"heddle.tasks.incoming router",
                                       "heddle.tasks.*.local workers-*", NULL};
    Story *story = on_mesh(wide);
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
    Story *story = on_mesh(mesh);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 0.4);
    story_roster(story, after);
    expect(smoke, VERDICT_NO_WORKER, "1 did just before it was sent", "no_worker");
    story_free(story);
}
END_TEST

START_TEST(a_router_that_moves_the_task_names_both_tiers)
{
    Story *story = on_mesh(mesh);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.standard", "", 0.4);
    ck_assert_str_eq(smoke->hops[HOP_ROUTED].text, "a router moved it from tier local to tier "
                                                   "standard (tier_overrides): "
                                                   "heddle.tasks.echo.standard");
    story_keep_alive(story, 0.4);
    story_roster(story, mesh);
    expect(smoke, VERDICT_NO_WORKER, "moved from tier local to standard", "moved_tier");
    ck_assert_ptr_nonnull(strstr(smoke->text, "served on local (1)"));
    expect_next(story, smoke,
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
    Story *story = on_mesh(mesh);
    const Smoke *smoke = silent(story, 0, 8);

    expect(smoke, VERDICT_WORKER_SILENT, "alive, RTT 0.3 ms, 0 bytes wait for it, 1 delivered",
           "worker_silent");
    ck_assert(has_evidence(smoke, HOP_ANSWERED, SOURCE_ROSTER, "connection 5 from 10.0.0.7:4001"));
    smoke = silent(story, 300, 7);
    expect(smoke, VERDICT_WORKER_SILENT, "300 bytes wait for it, nothing delivered",
           "worker_silent");
    story_free(story);
}
END_TEST

START_TEST(without_a_roster_silence_is_still_a_verdict)
{
    Story *story = story_up(URL);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 5.5);
    expect(smoke, VERDICT_WORKER_SILENT, "the worker on heddle.tasks.echo.local does not answer",
           "worker_silent");
    story_free(story);
}
END_TEST

/* --- answers --- */

START_TEST(a_failure_says_how_it_is_mended)
{
    Story *story = on_mesh(mesh);
    const Smoke *smoke = story_smoke(story);
    g_autofree char *body = NULL;

    story_sent(story, 0.2);
    story_result(story, "failed", 2);
    expect(smoke, VERDICT_FAILED, "backend on fire", "failed");
    smoke = story_smoke(story);
    body = g_strdup_printf(
        "{\"task_id\":\"%s\",\"status\":\"failed\",\"error\":\"'system_prompt'\"}", smoke->task_id);
    story_match(story, TAP_RESULT, SUBJECT_RESULTS, body, 2);
    expect(smoke, VERDICT_FAILED, "heddle worker", "started_as_worker");
    expect_next(story, smoke, "heddle processor --config configs/echo.yaml");
    story_free(story);
}
END_TEST

START_TEST(a_late_answer_takes_an_early_verdict_back)
{
    static const char *const monitor[] = {"heddle.>", NULL};
    Story *story = on_mesh(monitor);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_keep_alive(story, 0.4);
    story_roster(story, monitor);
    ck_assert_int_eq(smoke->verdict, VERDICT_NO_ROUTER);
    story_result(story, "completed", 900);
    expect(smoke, VERDICT_COMPLETED, "completed by echo", NULL);
    story_free(story);
}
END_TEST

static void expect_twice(const char *const *subscribers, unsigned routed, const char *who,
                         const char *remedy)
{
    Story *story = on_mesh(subscribers);
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    for (unsigned i = 0; i < routed; i++)
        story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_result(story, "completed", 2.0);
    story_result(story, "completed", 2.5);
    expect(smoke, VERDICT_DUPLICATE, who, remedy);
    ck_assert(has_evidence(smoke, HOP_ANSWERED, SOURCE_BUS, "answer 2: completed by echo"));
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
    expect_twice(mesh, 1, "two routers or two workers", "duplicate");
}
END_TEST

/* --- rights and size --- */

START_TEST(a_refused_publication_was_not_published)
{
    Story *story = on_mesh(mesh);
    const Smoke *smoke = story_smoke(story);

    post(story, LINK_NEWS_ERROR, CAUSE_PERMISSIONS,
         "Permissions Violation for Publish to \"heddle.tasks.incoming\"");
    story_sent(story, 0.2); /* the PONG that comes after it */
    expect(smoke, VERDICT_DENIED, "the server refuses", "denied");
    ck_assert_int_eq(smoke->hops[HOP_PUBLISHED].at_us, 0);
    ck_assert(has_evidence(smoke, HOP_PUBLISHED, SOURCE_SERVER, "Permissions Violation"));
    story_free(story);
}
END_TEST

START_TEST(an_answer_that_may_not_be_heard_is_no_silent_worker)
{
    Story *story = on_mesh(mesh);
    const Smoke *smoke;

    story_smoke(story);
    post(story, LINK_NEWS_ERROR, CAUSE_PERMISSIONS,
         "Permissions Violation for Subscription to \"heddle.results.default\"");
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 5.5);
    expect(smoke, VERDICT_DENIED, "may not listen on heddle.results.default", "deaf");
    story_free(story);
}
END_TEST

START_TEST(a_goal_whose_answer_may_not_be_heard_is_told_at_once)
{
    static const char *const pipelines[] = {"heddle.goals.incoming pipelines", NULL};
    Story *story = on_mesh(pipelines);
    const Smoke *smoke;
    g_autofree char *denied = NULL;

    ask_mode(story, SMOKE_GOAL);
    smoke = story_smoke(story);
    denied = g_strdup_printf("Permissions Violation for Subscription to \"heddle.results.%s\"",
                             smoke->task_id);
    post(story, LINK_NEWS_ERROR, CAUSE_PERMISSIONS, denied);
    expect(smoke, VERDICT_DENIED, "may not listen on heddle.results.0000", "deaf");
    story_free(story);
}
END_TEST

START_TEST(what_the_server_would_not_take_is_not_sent)
{
    Story *story = on_mesh(mesh);
    Event *event = event_new(EVENT_SET_PAYLOAD);
    g_autofree char *much = g_strnfill(2000, 'x');
    const Smoke *smoke;

    event->text = g_strdup_printf("{\"x\":\"%s\"}", much);
    story_post(story, event);
    story->model->link.server.max_payload = 1500;
    smoke = story_smoke(story);
    expect(smoke, VERDICT_TOO_LARGE, "the server takes at most 1500", "max_payload");
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
    static const char *const monitor[] = {"heddle.>", NULL};
    static const char *const pipelines[] = {"heddle.goals.incoming pipelines", NULL};
    Story *story = on_mesh(monitor);
    const Smoke *smoke;

    ask_mode(story, SMOKE_GOAL);
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    story_keep_alive(story, 0.4);
    story_roster(story, monitor);
    expect(smoke, VERDICT_NO_WORKER, "no pipeline or orchestrator", "no_goal_taker");
    expect_next(story, smoke, "heddle pipeline --config configs/digest.yaml");
    story_roster(story, pipelines);
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    story_keep_alive(story, 6);
    expect(smoke, VERDICT_TIMED_OUT, "the goal was taken", "goal_silent");
    expect_next(story, smoke, "pgrep -af heddle");
    story_free(story);
}
END_TEST

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
    Story *story = on_mesh(mesh);

    story_smoke(story);
    ck_assert(!story_last(story, EFFECT_SEND)->on);
    make_newer(story);
    story_smoke(story);
    ck_assert(story_last(story, EFFECT_SEND)->on);
    story_free(story);
}
END_TEST

START_TEST(a_trace_names_the_connection_that_got_it)
{
    Story *story = on_mesh(mesh);
    const Smoke *smoke;

    make_newer(story);
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    post(story, LINK_NEWS_TRACE, CAUSE_NONE, to_router);
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    ck_assert(has_evidence(smoke, HOP_PUBLISHED, SOURCE_TRACE,
                           "connection 5 on n1: heddle.tasks.incoming, queue group router"));
    ck_assert(!has_evidence(smoke, HOP_PUBLISHED, SOURCE_TRACE, "connection 6"));
    story_free(story);
}
END_TEST

START_TEST(a_trace_shows_no_router_behind_a_wildcard_at_once)
{
    static const char *const monitor[] = {"heddle.>", NULL};
    Story *story = on_mesh(monitor);
    const Smoke *smoke;

    make_newer(story);
    smoke = story_smoke(story);
    post(story, LINK_NEWS_TRACE, CAUSE_NONE, to_monitor);
    expect(smoke, VERDICT_NO_ROUTER, "only a listener on a wildcard", "no_router");
    ck_assert(has_evidence(smoke, HOP_ROUTED, SOURCE_TRACE, "to 1 on a wildcard"));
    story_free(story);
}
END_TEST

START_TEST(what_went_to_another_server_is_not_given_up_early)
{
    static const char *const monitor[] = {"heddle.>", NULL};
    Story *story = on_mesh(monitor);
    const Smoke *smoke;

    make_newer(story);
    smoke = story_smoke(story);
    story_sent(story, 0.2);
    post(story, LINK_NEWS_TRACE, CAUSE_NONE, to_route);
    story_keep_alive(story, 0.4);
    story_roster(story, monitor);
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    story_free(story);
}
END_TEST

START_TEST(a_refused_trace_costs_no_more_than_a_second_try)
{
    Story *story = on_mesh(mesh);
    const Smoke *smoke;

    make_newer(story);
    smoke = story_smoke(story);
    post(story, LINK_NEWS_NO_TRACE, CAUSE_PERMISSIONS,
         "Permissions Violation for Publish to \"_INBOX.x.trace-1\"");
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 2);
    ck_assert(!story_last(story, EFFECT_SEND)->on);
    ck_assert_str_eq(story_last(story, EFFECT_SEND)->task_id, smoke->task_id);
    story_sent(story, 0.4);
    story_result(story, "completed", 2);
    expect(smoke, VERDICT_COMPLETED, "completed", NULL);
    ck_assert_ptr_null(story->model->notice); /* nothing for the operator to mend */
    story_smoke(story);
    ck_assert(!story_last(story, EFFECT_SEND)->on);
    story_free(story);
}
END_TEST

START_TEST(hostile_traces_are_bounded)
{
    Story *story = on_mesh(mesh);
    GString *many = g_string_new("{\"events\":[");
    const Smoke *smoke;

    make_newer(story);
    smoke = story_smoke(story);
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(many,
                               "%s{\"type\":\"eg\",\"cid\":%d,\"sub\":\"heddle.tasks.incoming\"}",
                               i > 0 ? "," : "", i);
    g_string_append(many, "]}");
    post(story, LINK_NEWS_TRACE, CAUSE_NONE, "no trace");
    post(story, LINK_NEWS_TRACE, CAUSE_NONE, many->str);
    ck_assert_uint_eq(smoke->hops[HOP_PUBLISHED].evidence->len, EVIDENCE_KEPT);
    g_string_free(many, TRUE);
    story_free(story);
}
END_TEST

/* --- any actor --- */

START_TEST(a_smoke_is_aimed_at_an_actor_its_tier_and_its_payload)
{
    static const char *const two[] = {"worker:sum", "router:router_rules", NULL};
    Story *story = story_up(URL);
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
    Story *story = story_up(URL);
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
    Story *story = story_up(URL);

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

/* --- the report --- */

START_TEST(the_report_gives_each_hop_its_source)
{
    static const char *const monitor[] = {"heddle.>", NULL};
    Story *story = on_mesh(monitor);
    g_autofree char *text = NULL;
    json_t *root, *hops;

    story_smoke(story);
    story_sent(story, 0.2);
    story_keep_alive(story, 0.4);
    story_roster(story, monitor);
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
    static const char *const nobody[] = {NULL};
    Story *story = on_mesh(nobody);
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
    TCase *tcase = tcase_create("smoke");

    tcase_add_test(tcase, no_router_is_the_servers_word);
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
    tcase_add_test(tcase, a_refused_publication_was_not_published);
    tcase_add_test(tcase, an_answer_that_may_not_be_heard_is_no_silent_worker);
    tcase_add_test(tcase, a_goal_whose_answer_may_not_be_heard_is_told_at_once);
    tcase_add_test(tcase, what_the_server_would_not_take_is_not_sent);
    tcase_add_test(tcase, a_goal_is_mended_by_a_pipeline_never_by_a_processor);
    tcase_add_test(tcase, only_a_server_that_can_is_asked_for_a_trace);
    tcase_add_test(tcase, a_trace_names_the_connection_that_got_it);
    tcase_add_test(tcase, a_trace_shows_no_router_behind_a_wildcard_at_once);
    tcase_add_test(tcase, what_went_to_another_server_is_not_given_up_early);
    tcase_add_test(tcase, a_refused_trace_costs_no_more_than_a_second_try);
    tcase_add_test(tcase, hostile_traces_are_bounded);
    tcase_add_test(tcase, a_smoke_is_aimed_at_an_actor_its_tier_and_its_payload);
    tcase_add_test(tcase, repeating_never_goes_over_to_an_llm_by_itself);
    tcase_add_test(tcase, what_may_ask_an_llm_may_cost);
    tcase_add_test(tcase, the_report_gives_each_hop_its_source);
    tcase_add_test(tcase, the_table_shows_what_stands_behind_a_bad_verdict);
    return suite_run("smoke", tcase, 20);
}
