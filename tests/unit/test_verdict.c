/* What the facts add up to: mesh/verdict, over stories without a server. */
#include <string.h>

#include "mesh/report.h"
#include "mesh/verdict.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

static const struct {
    RungId rung;
    State state;
    Cause cause;
    const char *text;
    int exit;
} sessions[] = {
    {RUNG_RIGHTS, STATE_FAIL, CAUSE_PERMISSIONS, "may not listen to heddle.results.default", 2},
    {RUNG_HEADROOM, STATE_FAIL, CAUSE_MAX_PAYLOAD, "max_payload is 64 bytes", 2},
    {RUNG_TLS, STATE_WARN, CAUSE_TLS_EXPIRED, "expires in 5 days", 1},
    {RUNG_URL, STATE_WARN, CAUSE_SERVER_DOWN, "1 of 2 servers down", 1},
    {RUNG_RIGHTS, STATE_UNKNOWN, CAUSE_NONE, "cannot tell; the smoke will", 0},
};

START_TEST(every_rung_counts_where_the_session_stands)
{
    Story *story = story_well(story_pair);
    g_autofree char *summary = NULL;
    Check check;

    story_climbed(
        story, story->model->probe,
        story_rung(sessions[_i].rung, sessions[_i].state, sessions[_i].cause, sessions[_i].text));
    verdict_overall(story->model, &summary);
    check = verdict_check(story->model, g_ptr_array_index(story->model->panels, 1), CHECK_NATS);
    ck_assert_int_eq(report_exit(story->model), sessions[_i].exit);
    if (sessions[_i].exit == 0) {
        ck_assert_str_eq(summary, "all checks hold");
        ck_assert_int_eq(check.state, STATE_OK);
    } else {
        ck_assert_msg(strstr(summary, sessions[_i].text) != NULL, "%s", summary);
        ck_assert_int_eq(check.state, sessions[_i].state);
        ck_assert_str_eq(check.cause, cause_word(sessions[_i].cause));
        ck_assert(strstr(check.text, sessions[_i].text) != NULL);
    }
    check_clear(&check);
    story_free(story);
}
END_TEST

/* The exit status is that of the worst row. */
START_TEST(an_empty_bus_with_nothing_declared_warns_in_rung_and_status)
{
    static const char *const nobody[] = {NULL};
    Story *story = story_up("nats://127.0.0.1:4222"), *declared = story_well(story_pair);
    g_autofree char *text = NULL, *missing = NULL;

    story_climbed(story, story->model->probe, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
    story_roster(story, nobody);
    ck_assert_int_eq(verdict_router(story->model, &text), STATE_WARN);
    ck_assert_str_eq(text, "nobody listens");
    ck_assert_int_eq(report_exit(story->model), 1);
    story_rtt(declared, 0.3);
    story_roster(declared, nobody);
    ck_assert_int_eq(verdict_router(declared->model, &missing), STATE_FAIL);
    story_free(story);
    story_free(declared);
}
END_TEST

/* Its YAML is not what is wrong. */
START_TEST(a_config_that_may_not_be_read_is_mended_by_its_rights)
{
    Story *story = story_well(story_pair);
    Actor *actor = g_ptr_array_index(story->model->panels, 1);
    g_autofree char *next = NULL;
    Check check;

    actor->config->outcome = CONFIG_DIES;
    actor->config->state = STATE_FAIL;
    actor->config->unreadable = TRUE;
    check = verdict_check(story->model, actor, CHECK_CONFIG);
    next = verdict_next(story->model, actor, check.remedy);
    ck_assert_msg(g_str_has_prefix(next, "ls -l "), "%s", next);
    check_clear(&check);
    story_free(story);
}
END_TEST

START_TEST(nothing_found_is_good_news_only_where_all_is_seen)
{
    Story *story = story_well(story_pair);
    g_autofree char *well = verdict_nothing_found(story->model), *limited = NULL, *blind = NULL;

    ck_assert_msg(strstr(well, "as it should be") != NULL, "%s", well);
    story_climbed(story, story->model->probe,
                  story_rung(RUNG_RIGHTS, STATE_FAIL, CAUSE_PERMISSIONS, "may not listen"));
    limited = verdict_nothing_found(story->model);
    ck_assert_str_eq(limited, "nothing found, but this login does not see all: may not listen");
    story->model->roster.state = ROSTER_CANNOT_TELL;
    g_free(story->model->roster.why);
    story->model->roster.why = g_strdup("no right to ask");
    blind = verdict_nothing_found(story->model);
    ck_assert_msg(strstr(blind, "cannot be told: ") != NULL, "%s", blind);
    story_free(story);
}
END_TEST

START_TEST(a_rung_is_named_where_no_actor_is)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    g_autofree char *summary = NULL;

    story_roster(story, story_listening);
    story_climbed(story, story->model->probe,
                  story_rung(RUNG_RIGHTS, STATE_FAIL, CAUSE_PERMISSIONS, "may not listen"));
    ck_assert_int_eq(verdict_overall(story->model, &summary), STATE_FAIL);
    ck_assert_str_eq(summary, "NATS connects, but rights: may not listen");
    story_free(story);
}
END_TEST

/* The server refuses the question, and no monitoring port is known. */
static void untold(Story *story)
{
    Event *event = event_new(EVENT_ROSTER);

    story->model->roster.at_us = 0;
    story->model->roster.round = ROUND_NONE;
    story_keep_alive(story, 0.2);
    story_tell(story, LINK_NEWS_NO_ROSTER, CAUSE_NONE, "no answer");
    event->generation = story->model->roster.number;
    event->text = g_strdup("no monitoring port");
    story_post(story, event);
    ck_assert_int_eq(story->model->roster.state, ROSTER_CANNOT_TELL);
}

START_TEST(nobody_who_tells_who_listens_is_no_mesh_that_holds)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    g_autofree char *summary = NULL;

    story_climbed(story, story->model->probe, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
    untold(story);
    ck_assert_int_eq(verdict_overall(story->model, &summary), STATE_UNKNOWN);
    ck_assert_int_eq(report_exit(story->model), 3);
    ck_assert_str_eq(summary, "NATS holds; cannot tell who listens: no answer; no monitoring port");
    story_free(story);
}
END_TEST

START_TEST(a_smoke_that_came_back_shows_the_router_that_nobody_tells_of)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_climbed(story, story->model->probe, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
    untold(story);
    story_smoke(story);
    story_sent(story, 1);
    story_result(story, "completed", 5);
    ck_assert_int_eq(report_exit(story->model), 0);
    story_free(story);
}
END_TEST

/* A later climb ends on another server of the list, or at another address of the name. */
START_TEST(the_server_of_the_link_is_the_one_it_was_made_to)
{
    Story *story = story_well(story_pair);
    Ladder *other = story_ladder(RUNG_COUNT, CAUSE_NONE, NULL);
    g_autofree char *table = NULL, *json = NULL;

    g_free(other->address);
    g_free(other->info.name);
    g_free(other->info.version);
    other->address = g_strdup("127.0.0.2:4222");
    other->info.name = g_strdup("elsewhere");
    other->info.version = g_strdup("2.15.1");
    story_climbed(story, story->model->probe, other);
    ck_assert_str_eq(story->model->link.server.address, "127.0.0.1:4222");
    table = report_text(story->model, REPORT_TABLE, (ReportLook){FALSE, FALSE});
    ck_assert(strstr(table, "server 2.9.10") != NULL);
    json = report_text(story->model, REPORT_JSON, (ReportLook){FALSE, FALSE});
    ck_assert(strstr(json, "\"version\": \"2.9.10\"") != NULL);
    ck_assert(strstr(json, "elsewhere") == NULL);
    story_free(story);
}
END_TEST

START_TEST(the_url_of_the_link_is_looked_at_where_the_link_is)
{
    Story *story = story_new("nats://a:4222,nats://b:4222");
    Ladder *second = story_ladder(RUNG_COUNT, CAUSE_NONE, NULL);

    second->server = 1;
    story_climb(story, story->model->link.number, second);
    story_tell(story, LINK_NEWS_UP, CAUSE_NONE, NULL);
    ck_assert_uint_eq(story_last(story, EFFECT_PROBE)->server, 2);
    story_free(story);
}
END_TEST

static const struct {
    Cause cause;
    RungId rung;
} ends[] = {
    {CAUSE_CLOSED, RUNG_PING},
    {CAUSE_RESET, RUNG_PING},
    {CAUSE_AUTH_EXPIRED, RUNG_LOGIN},
    {CAUSE_MAX_CONNECTIONS, RUNG_LOGIN},
    {CAUSE_SLOW_CONSUMER, RUNG_HEADROOM},
    {CAUSE_MAX_PAYLOAD, RUNG_HEADROOM},
    {CAUSE_TLS_FIRST_HERE, RUNG_TLS},
};

START_TEST(a_lost_link_breaks_the_rung_that_its_reason_is_about)
{
    Story *story = story_well(story_pair);
    g_autofree char *summary = NULL;
    Ladder *ladder;

    story_lost(story, ends[_i].cause, "as the server says");
    ladder = verdict_ladder(story->model);
    ck_assert_int_eq(ladder->broken, ends[_i].rung);
    ck_assert_int_eq(ladder->rungs[ends[_i].rung].state, STATE_FAIL);
    ck_assert_int_eq(ladder->rungs[ends[_i].rung].cause, ends[_i].cause);
    ck_assert_str_eq(ladder->rungs[ends[_i].rung].text, "as the server says");
    ladder_free(ladder);
    ck_assert_int_eq(verdict_overall(story->model, &summary), STATE_FAIL);
    ck_assert_str_eq(summary,
                     "Cannot connect to NATS at nats://127.0.0.1:4222. as the server says");
    story_free(story);
}
END_TEST

START_TEST(the_remedy_of_a_list_is_about_the_one_that_is_down)
{
    Story *story = story_up("nats://op:secret@a:4222,nats://op:secret@b:4333");
    Ladder *ladder = story_rung(RUNG_URL, STATE_WARN, CAUSE_SERVER_DOWN, "1 of 2 servers down");
    g_autofree char *next = NULL;

    ladder->down = g_strdup("nats://b:4333");
    story_climbed(story, story->model->probe, ladder);
    next = verdict_next(story->model, NULL, "server_down");
    ck_assert(g_str_has_prefix(next, "heddle-preflight --once --nats-url nats://b:4333 "));
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("verdict");

    tcase_add_loop_test(tcase, every_rung_counts_where_the_session_stands, 0,
                        G_N_ELEMENTS(sessions));
    tcase_add_test(tcase, a_config_that_may_not_be_read_is_mended_by_its_rights);
    tcase_add_test(tcase, an_empty_bus_with_nothing_declared_warns_in_rung_and_status);
    tcase_add_test(tcase, nothing_found_is_good_news_only_where_all_is_seen);
    tcase_add_test(tcase, a_rung_is_named_where_no_actor_is);
    tcase_add_test(tcase, nobody_who_tells_who_listens_is_no_mesh_that_holds);
    tcase_add_test(tcase, a_smoke_that_came_back_shows_the_router_that_nobody_tells_of);
    tcase_add_test(tcase, the_server_of_the_link_is_the_one_it_was_made_to);
    tcase_add_test(tcase, the_url_of_the_link_is_looked_at_where_the_link_is);
    tcase_add_loop_test(tcase, a_lost_link_breaks_the_rung_that_its_reason_is_about, 0,
                        G_N_ELEMENTS(ends));
    tcase_add_test(tcase, the_remedy_of_a_list_is_about_the_one_that_is_down);
    return suite_run("verdict", tcase, 30);
}
