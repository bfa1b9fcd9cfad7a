/* Who is on the bus, told as stories: rounds of the roster, strangers, who has gone and since when.
 */
#include <string.h>

#include "mesh/verdict.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

static const char *const echo_only[] = {"processor:echo", NULL};
static const char *const echo_here[] = {"heddle.tasks.echo.local processors-echo", NULL};
static const char *const nobody[] = {NULL};

static Story *mesh(const char *const *files)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_env(story, TRUE);
    story_fleet(story, files);
    return story;
}

static Actor *panel(const Story *story, unsigned index)
{
    ck_assert_uint_lt(index, story->model->panels->len);
    return g_ptr_array_index(story->model->panels, index);
}

static Check live(const Story *story, unsigned index)
{
    return verdict_check(story->model, panel(story, index), CHECK_LIVE);
}

static void live_is(const Story *story, unsigned index, State state, const char *words)
{
    Check check = live(story, index);

    ck_assert_int_eq(check.state, state);
    ck_assert_msg(strstr(check.text, words) != NULL, "%s", check.text);
    check_clear(&check);
}

START_TEST(an_actor_without_a_config_here_is_seen_on_the_bus)
{
    static const char *const all[] = {"heddle.tasks.echo.local processors-echo",
                                      "heddle.tasks.sum.standard workers-sum",
                                      "heddle.tasks.sum.standard workers-sum",
                                      "heddle.tasks.incoming router",
                                      "heddle.goals.incoming pipelines",
                                      "heddle.scheduler.nightly",
                                      "heddle.results.default",
                                      NULL};
    Story *story = mesh(echo_only);
    g_autofree char *name = NULL;
    const Actor *sum;

    story_roster(story, all);
    ck_assert_uint_eq(story->model->panels->len, 5); /* echo has its own panel */
    sum = panel(story, 2);
    ck_assert(actor_is_stranger(sum));
    ck_assert_int_eq(actor_kind(sum), KIND_WORKER);
    name = actor_name(sum);
    ck_assert_str_eq(name, "sum");
    ck_assert_str_eq(actor_tier(story->model, sum), "standard");
    live_is(story, 2, STATE_OK, "2 subscribed on heddle.tasks.sum.standard");
    ck_assert_ptr_eq(model_actor(story->model, sum->id), sum);
    story_free(story);
}
END_TEST

START_TEST(a_stranger_that_goes_is_told_with_its_time_and_then_forgotten)
{
    Story *story = mesh(nobody);
    unsigned id;

    story_roster(story, echo_here);
    ck_assert_uint_eq(story->model->panels->len, 1);
    id = panel(story, 0)->id;
    story_roster(story, nobody);
    live_is(story, 0, STATE_FAIL, "since 14:02:0");
    ck_assert_uint_eq(panel(story, 0)->id, id); /* the selection stays on it */
    ck_assert_int_ne(panel(story, 0)->presence.gone_us, 0);
    story_roster(story, echo_here);
    live_is(story, 0, STATE_OK, "1 subscribed");
    ck_assert_int_eq(panel(story, 0)->presence.gone_us, 0);
    story_roster(story, nobody);
    story->now_us += 601 * G_USEC_PER_SEC;
    story_rtt(story, 0.3);
    story_roster(story, nobody);
    ck_assert_uint_eq(story->model->panels->len, 0);
    story_free(story);
}
END_TEST

START_TEST(a_stranger_that_gets_a_config_is_none)
{
    Story *story = mesh(nobody);

    story_roster(story, echo_here);
    ck_assert(actor_is_stranger(panel(story, 0)));
    story_fleet(story, echo_only);
    story_roster(story, echo_here);
    ck_assert_uint_eq(story->model->panels->len, 1);
    ck_assert(!actor_is_stranger(panel(story, 0)));
    live_is(story, 0, STATE_OK, "1 subscribed");
    story_free(story);
}
END_TEST

START_TEST(another_tier_or_another_command_is_no_stranger)
{
    static const char *const other_tier[] = {"heddle.tasks.echo.frontier processors-echo", NULL};
    static const char *const other_kind[] = {"heddle.tasks.echo.local workers-echo", NULL};
    Story *story = mesh(echo_only);

    story_roster(story, other_tier);
    ck_assert_uint_eq(story->model->panels->len, 1);
    live_is(story, 0, STATE_WARN, "it runs on tier frontier");
    story_roster(story, other_kind);
    ck_assert_uint_eq(story->model->panels->len, 1);
    live_is(story, 0, STATE_WARN, "not in queue group processors-echo");
    story_free(story);
}
END_TEST

/* Pipelines and orchestrators meet on one subject: who is there does not take the other's place. */
START_TEST(a_pipeline_that_runs_is_no_orchestrator_started_wrongly)
{
    static const char *const files[] = {"pipeline:digest", "orchestrator:planner", NULL};
    static const char *const pipeline[] = {"heddle.goals.incoming pipelines", NULL};
    Story *story = mesh(files);
    g_autofree char *next = NULL;
    Check check;

    story_roster(story, pipeline);
    live_is(story, 0, STATE_OK, "1 subscribed");
    live_is(story, 1, STATE_FAIL,
            "nobody is subscribed on heddle.goals.incoming in queue group orchestrators");
    check = live(story, 1);
    ck_assert_str_eq(check.cause, "not_running");
    next = verdict_next(story->model, panel(story, 1), check.remedy);
    ck_assert_str_eq(next, "heddle orchestrator --config configs/planner.yaml "
                           "--nats-url nats://127.0.0.1:4222");
    check_clear(&check);
    story_free(story);
}
END_TEST

/* Which tier the operator asks about changes nothing of who was there, and since when. */
START_TEST(another_tier_in_force_is_no_departure)
{
    Story *story = mesh(echo_only);
    Event *event = event_new(EVENT_SET_TIER);

    story_roster(story, echo_here);
    event->id = panel(story, 0)->id;
    event->tier = TIER_FRONTIER;
    story_post(story, event);
    story_roster(story, echo_here);
    live_is(story, 0, STATE_WARN, "it runs on tier local");
    ck_assert_int_eq(panel(story, 0)->presence.gone_us, 0);
    ck_assert_uint_eq(panel(story, 0)->presence.replicas, 1);
    story_free(story);
}
END_TEST

START_TEST(a_roster_that_is_asked_anew_keeps_its_age)
{
    Story *story = mesh(echo_only);
    const Finding *finding;
    Event *event = event_new(EVENT_RECHECK);

    story_roster(story, nobody);
    story_post(story, event);
    story_keep_alive(story, 1);
    finding = story_finding(story, "no_router");
    ck_assert_ptr_nonnull(finding);
    ck_assert_ptr_null(strstr(g_ptr_array_index(finding->evidence, 0), " m ago"));
    story_free(story);
}
END_TEST

START_TEST(what_was_seen_on_the_old_bus_is_not_told_of_the_new)
{
    Story *story = mesh(nobody);

    story_roster(story, echo_here);
    story_set_url(story, "nats://127.0.0.2:4222");
    story_link_up(story, story->model->proving.link);
    ck_assert_uint_eq(story->model->panels->len, 0);
    story_free(story);
}
END_TEST

START_TEST(a_lost_connection_is_remembered_with_who_went)
{
    Story *story = mesh(echo_only);

    story_roster(story, echo_here);
    story_lost(story, CAUSE_CLOSED, NULL);
    live_is(story, 0, STATE_UNKNOWN, "last seen ");
    story_link_up(story, story->model->link.number);
    live_is(story, 0, STATE_PENDING, "asking who is subscribed"); /* not what was true before */
    story_roster(story, nobody);
    ck_assert(panel(story, 0)->presence.with_link);
    live_is(story, 0, STATE_PENDING, "may be on its way back");
    story_keep_alive(story, 5);
    live_is(story, 0, STATE_FAIL, "has not come back");
    story_free(story);
}
END_TEST

/* Each went with the loss that took it, and is not counted among those that are not running. */
START_TEST(a_second_loss_does_not_rewrite_the_first)
{
    Story *story = mesh(echo_only);
    gint64 lost;

    story_roster(story, echo_here);
    story_lost(story, CAUSE_CLOSED, NULL);
    lost = story->model->link.lost_wall;
    story_link_up(story, story->model->link.number);
    story_roster(story, nobody);
    story_keep_alive(story, 60);
    ck_assert_ptr_nonnull(story_finding(story, "zombie"));
    ck_assert_ptr_null(story_finding(story, "not_running"));
    story_lost(story, CAUSE_CLOSED, NULL);
    story_link_up(story, story->model->link.number);
    story_roster(story, nobody);
    ck_assert_int_eq(panel(story, 0)->presence.lost_wall, lost);
    ck_assert_ptr_nonnull(story_finding(story, "zombie")); /* at once: it is none that may come */
    live_is(story, 0, STATE_FAIL, "has not come back");
    story_free(story);
}
END_TEST

/* --- rounds --- */

static void await_heddle(Story *story)
{
    for (int i = 0; i < 50 && story->model->roster.round != ROUND_HEDDLE; i++)
        story_keep_alive(story, 1);
    ck_assert_int_eq(story->model->roster.round, ROUND_HEDDLE);
}

static void refuse(Story *story)
{
    await_heddle(story);
    story_tell(story, LINK_NEWS_NO_ROSTER, CAUSE_NONE, "no right to ask");
}

static Event *answer(const Story *story, const char *json, const char *text)
{
    Event *event = event_new(EVENT_ROSTER);

    event->generation = story->model->roster.number;
    event->text = g_strdup(text);
    if (json == NULL)
        return event;
    event->roster = roster_new();
    ck_assert(roster_read(event->roster, raw_text(json), &event->text));
    event->bus = bus_read(event->roster);
    return event;
}

static const char one_echo[] =
    "{\"data\":{\"connections\":[{\"subscriptions_list_detail\":[{\"subject\":"
    "\"heddle.tasks.echo.local\",\"qgroup\":\"processors-echo\"}]}]}}";

START_TEST(where_the_bus_does_not_tell_the_monitoring_port_is_asked)
{
    Story *story = mesh(echo_only);
    int asked;

    refuse(story);
    ck_assert_int_eq(story->model->roster.round, ROUND_MONITOR);
    ck_assert_str_eq(story_last(story, EFFECT_ASK_MONITOR)->text, "127.0.0.1");
    story_post(story, answer(story, one_echo, NULL));
    live_is(story, 0, STATE_OK, "1 subscribed");
    ck_assert(story->model->roster.by_monitor);
    asked = story_effects(story, EFFECT_ASK_MONITOR);
    story_keep_alive(story, 2.5); /* from then on it is the monitoring port that is asked */
    ck_assert_int_eq(story_effects(story, EFFECT_ASK_MONITOR), asked + 1);
    story_free(story);
}
END_TEST

START_TEST(where_nobody_tells_it_is_never_nobody)
{
    Story *story = mesh(echo_only);

    refuse(story);
    story_post(story, answer(story, NULL, "monitoring port http://127.0.0.1:8222: refused"));
    live_is(story, 0, STATE_UNKNOWN, "no right to ask; monitoring port http://127.0.0.1:8222");
    story_free(story);
}
END_TEST

START_TEST(a_late_round_is_dropped)
{
    Story *story = mesh(echo_only);
    Event *late;

    story_roster(story, nobody);
    late = answer(story, one_echo, NULL);
    story_keep_alive(story, 2.5);
    late->generation = story->model->roster.number - 1;
    story_post(story, late);
    live_is(story, 0, STATE_FAIL, "nobody");
    story_free(story);
}
END_TEST

/* A reply that takes long is followed by a pause ten times as long. */
START_TEST(a_dear_round_is_not_asked_so_often)
{
    Story *story = mesh(echo_only);
    int asked;

    story_roster(story, nobody);
    story_idle(story, "{\"data\":{\"connections\":[]}}");
    await_heddle(story);
    story->model->roster.reply_us = story->model->roster.asked_us + G_USEC_PER_SEC;
    story_post(story, answer(story, one_echo, NULL));
    asked = story_effects(story, EFFECT_ASK_ROSTER);
    for (int i = 0; i < 90; i++) {
        story_keep_alive(story, 0.1);
        if (i % 10 == 9)
            story_rtt(story, 0.3);
        if (story->model->roster.round == ROUND_IDLE)
            story_post(story, answer(story, one_echo, NULL));
    }
    ck_assert_int_le(story_effects(story, EFFECT_ASK_ROSTER), asked + 1); /* that of the idle */
    ck_assert_int_eq(story->model->roster.round, ROUND_NONE);
    story_free(story);
}
END_TEST

START_TEST(a_full_page_is_followed_by_the_next)
{
    Story *story = mesh(echo_only);
    const Effect *ask;

    await_heddle(story);
    story_post(story,
               answer(story, "{\"data\":{\"limit\":1,\"offset\":0,\"connections\":[{}]}}", NULL));
    ask = story_last(story, EFFECT_ASK_ROSTER);
    ck_assert(ask->on);
    ck_assert_ptr_nonnull(strstr(ask->bytes, "\"offset\":1,"));
    ck_assert_int_eq(story->model->roster.state, ROSTER_NOT_ASKED);
    story_free(story);
}
END_TEST

/* --- what the roster cannot see --- */

static const char two_servers[] =
    "{\"server\":{\"id\":\"A\"},\"data\":{\"connections\":[{\"subscriptions_list_detail\":[{"
    "\"subject\":\"heddle.tasks.echo.local\",\"qgroup\":\"processors-echo\"}]}]}}";
static const char one_server[] = "{\"server\":{\"id\":\"B\"},\"data\":{\"connections\":[]}}";

START_TEST(a_server_that_does_not_answer_takes_nobody_with_it_at_once)
{
    Story *story = mesh(echo_only);
    Event *event;

    await_heddle(story);
    event = answer(story, two_servers, NULL);
    ck_assert(roster_read(event->roster, raw_text(one_server), &event->text));
    story_post(story, event);
    live_is(story, 0, STATE_OK, "1 subscribed");
    story_connz(story, one_server);
    live_is(story, 0, STATE_UNKNOWN, "a server of the cluster does not answer");
    ck_assert_int_eq(panel(story, 0)->presence.gone_us, 0);
    for (int i = 0; i < 8; i++) /* it does not come back */
        story_connz(story, one_server);
    live_is(story, 0, STATE_FAIL, "nobody");
    story_free(story);
}
END_TEST

/* Exports and imports carry a task to where CONNZ does not look. */
START_TEST(a_smoke_that_is_answered_by_nobody_shows_another_account)
{
    Story *story = mesh(echo_only);

    story_roster(story, nobody);
    live_is(story, 0, STATE_FAIL, "nobody");
    story_smoke(story);
    story_sent(story, 0.2);
    story_result(story, "completed", 2);
    story_roster(story, nobody);
    live_is(story, 0, STATE_UNKNOWN, "another account");
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("presence");

    tcase_add_test(tcase, an_actor_without_a_config_here_is_seen_on_the_bus);
    tcase_add_test(tcase, a_stranger_that_goes_is_told_with_its_time_and_then_forgotten);
    tcase_add_test(tcase, a_stranger_that_gets_a_config_is_none);
    tcase_add_test(tcase, another_tier_or_another_command_is_no_stranger);
    tcase_add_test(tcase, a_pipeline_that_runs_is_no_orchestrator_started_wrongly);
    tcase_add_test(tcase, another_tier_in_force_is_no_departure);
    tcase_add_test(tcase, a_roster_that_is_asked_anew_keeps_its_age);
    tcase_add_test(tcase, what_was_seen_on_the_old_bus_is_not_told_of_the_new);
    tcase_add_test(tcase, a_lost_connection_is_remembered_with_who_went);
    tcase_add_test(tcase, a_second_loss_does_not_rewrite_the_first);
    tcase_add_test(tcase, where_the_bus_does_not_tell_the_monitoring_port_is_asked);
    tcase_add_test(tcase, where_nobody_tells_it_is_never_nobody);
    tcase_add_test(tcase, a_late_round_is_dropped);
    tcase_add_test(tcase, a_dear_round_is_not_asked_so_often);
    tcase_add_test(tcase, a_full_page_is_followed_by_the_next);
    tcase_add_test(tcase, a_server_that_does_not_answer_takes_nobody_with_it_at_once);
    tcase_add_test(tcase, a_smoke_that_is_answered_by_nobody_shows_another_account);
    return suite_run("presence", tcase, 20);
}
