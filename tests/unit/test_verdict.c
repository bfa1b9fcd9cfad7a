/* What the facts add up to: mesh/verdict, over stories without a server. */
#include <string.h>

#include "base/clock.h"
#include "mesh/report.h"
#include "mesh/verdict.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

static const char *const pair[] = {"router:router_rules", "processor:echo", NULL};
static const char *const gateway[] = {"mcp:gateway", NULL};
static const char *const listening[] = {"heddle.tasks.incoming router",
                                        "heddle.tasks.echo.local processors-echo", NULL};

static Story *all_well(void)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_env(story, TRUE);
    story_fleet(story, pair);
    story_roster(story, listening);
    return story;
}

static Probe *other_probe(const Story *story)
{
    return g_ptr_array_index(story->model->probes, 0);
}

/* The climb of `probe` ends with `ladder`, which is taken. */
static void climbed(Story *story, Probe *probe, Ladder *ladder)
{
    Event *event = event_new(EVENT_PROBE);

    probe->running = TRUE;
    event->generation = probe->generation;
    event->ladder = ladder;
    story_post(story, event);
}

/* Actor `index` uses `url` from now on. */
static void set_own_url(Story *story, unsigned index, const char *url)
{
    Event *event = event_new(EVENT_SET_URL);

    event->id = ((Actor *)g_ptr_array_index(story->model->panels, index))->id;
    event->url = g_strdup(url);
    story_post(story, event);
}

START_TEST(an_actors_own_url_gets_heddles_view_too)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    Ladder *ladder;

    story_fleet(story, gateway);
    set_own_url(story, 0, "NATS://127.0.0.1:4222");
    ck_assert_uint_eq(story->model->probes->len, 1);
    ck_assert_ptr_null(verdict_probe_ladder(story->model, other_probe(story)));
    climbed(story, other_probe(story), story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
    ladder = verdict_probe_ladder(story->model, other_probe(story));
    ck_assert_int_eq(ladder->rungs[RUNG_URL].state, STATE_WARN);
    ck_assert_int_eq(ladder->rungs[RUNG_URL].cause, CAUSE_HEDDLE_URL);
    ck_assert(strstr(ladder->rungs[RUNG_URL].text, "takes this scheme") != NULL);
    ladder_free(ladder);
    /* The climb itself is as it was. */
    ck_assert_int_eq(other_probe(story)->ladder->rungs[RUNG_URL].state, STATE_OK);
    story_free(story);
}
END_TEST

/* A rung that broke or warns after the session stood. */
static Ladder *with_rung(RungId id, State state, Cause cause, const char *text)
{
    Ladder *ladder = story_ladder(RUNG_COUNT, CAUSE_NONE, NULL);

    ladder->rungs[id].state = state;
    ladder->rungs[id].cause = cause;
    ladder->rungs[id].text = g_strdup(text);
    if (state == STATE_FAIL)
        ladder->broken = id;
    return ladder;
}

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
    Story *story = all_well();
    g_autofree char *summary = NULL;
    Check check;

    climbed(
        story, story->model->probe,
        with_rung(sessions[_i].rung, sessions[_i].state, sessions[_i].cause, sessions[_i].text));
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

START_TEST(a_rung_is_named_where_no_actor_is)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    g_autofree char *summary = NULL;

    story_roster(story, listening);
    climbed(story, story->model->probe,
            with_rung(RUNG_RIGHTS, STATE_FAIL, CAUSE_PERMISSIONS, "may not listen"));
    ck_assert_int_eq(verdict_overall(story->model, &summary), STATE_FAIL);
    ck_assert_str_eq(summary, "NATS connects, but rights: may not listen");
    story_free(story);
}
END_TEST

/* How old the state of a rung is, in seconds; -1: not known. */
static double age_of(const Story *story, const Probe *probe, RungId id)
{
    Ladder *ladder = verdict_probe_ladder(story->model, probe);
    gint64 since_us = verdict_rung_since(story->model, probe, id, &ladder->rungs[id]);

    ladder_free(ladder);
    return since_us != 0 ? (double)(story->model->now_us - since_us) / G_USEC_PER_SEC : -1;
}

#define ck_assert_age(story, probe, id, seconds)                                                   \
    ck_assert_double_eq_tol(age_of(story, probe, id), seconds, 0.3)

START_TEST(a_rung_says_since_when_it_is_so)
{
    Story *story = all_well();
    Probe *link = story->model->probe;

    climbed(story, link, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
    story_keep_alive(story, 60);
    climbed(story, link, with_rung(RUNG_TLS, STATE_WARN, CAUSE_TLS_EXPIRED, "expires in 5 days"));
    story_keep_alive(story, 10);
    ck_assert_age(story, link, RUNG_TLS, 10);
    ck_assert_double_ge(age_of(story, link, RUNG_PING), 70);
    story_lost(story, CAUSE_CLOSED, "gone");
    story_wait(story, 2);
    ck_assert_age(story, link, RUNG_PING, 2); /* broken by the link, not by a climb */
    ck_assert_double_ge(age_of(story, link, RUNG_RESOLVE), 70);
    story_broken(story, RUNG_TCP, CAUSE_REFUSED, "127.0.0.1:4222 refused");
    story_wait(story, 5);
    ck_assert_age(story, link, RUNG_TCP, 5);
    ck_assert_double_eq(age_of(story, link, RUNG_PING), -1);
    story_link_up(story, story->model->link.number);
    story_keep_alive(story, 3);
    ck_assert_age(story, link, RUNG_TCP, 3);
    ck_assert_age(story, link, RUNG_PING, 3); /* of this connection, not since the first */
    ck_assert_double_ge(age_of(story, link, RUNG_RESOLVE), 80);
    story_free(story);
}
END_TEST

START_TEST(a_rung_that_was_not_reached_begins_anew)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    Probe *other;

    story_fleet(story, gateway);
    set_own_url(story, 0, "nats://10.0.3.7:4222");
    other = other_probe(story);
    climbed(story, other, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
    story_keep_alive(story, 30);
    climbed(story, other, story_ladder(RUNG_TCP, CAUSE_REFUSED, "refused"));
    story_keep_alive(story, 5);
    climbed(story, other, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
    story_keep_alive(story, 2);
    ck_assert_age(story, other, RUNG_TCP, 2);
    ck_assert_age(story, other, RUNG_LOGIN, 2);
    ck_assert_age(story, other, RUNG_RESOLVE, 37);
    story_free(story);
}
END_TEST

/* The way to the link's server as a climb finds it that meets this certificate. */
static Ladder *under(const char *certificate, State state, const char *text)
{
    Ladder *ladder = with_rung(RUNG_TLS, state, CAUSE_NONE, text);

    ladder->certificate = g_strdup(certificate);
    return ladder;
}

static void tls_says(const Story *story, const char *text)
{
    Ladder *ladder = verdict_ladder(story->model);

    ck_assert_str_eq(ladder->rungs[RUNG_TLS].text, text);
    ladder_free(ladder);
}

START_TEST(a_certificate_that_was_swapped_is_told_from_the_one_of_the_connection)
{
    Story *story = all_well();
    LinkServer *server = &story->model->link.server;
    g_autofree char *since = clock_local(story->model->link.up_wall);
    g_autofree char *both = g_strdup_printf("90 days; the certificate is another one now, and this "
                                            "connection stands since %s by the one before",
                                            since);

    server->certificate = g_strdup("aa");
    climbed(story, story->model->probe, under("aa", STATE_OK, "90 days"));
    tls_says(story, "90 days");
    climbed(story, story->model->probe, under("bb", STATE_OK, "90 days"));
    tls_says(story, both);
    g_free(server->address); /* another server of the same name may have another one */
    server->address = g_strdup("127.0.0.2:4222");
    tls_says(story, "90 days");
    story_free(story);
}
END_TEST

/* The server refuses the question, and no monitoring port is known. */
static void untold(Story *story)
{
    Event *event;

    story->model->roster.at_us = 0;
    story->model->roster.round = ROUND_NONE;
    story_keep_alive(story, 0.2);
    event = event_new(EVENT_LINK);
    event->link = g_new0(LinkNews, 1);
    event->link->link = story->model->link.number;
    event->link->kind = LINK_NEWS_NO_ROSTER;
    event->link->text = g_strdup("no answer");
    story_post(story, event);
    event = event_new(EVENT_ROSTER);
    event->generation = story->model->roster.number;
    event->text = g_strdup("no monitoring port");
    story_post(story, event);
    ck_assert_int_eq(story->model->roster.state, ROSTER_CANNOT_TELL);
}

START_TEST(nobody_who_tells_who_listens_is_no_mesh_that_holds)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    g_autofree char *summary = NULL;

    climbed(story, story->model->probe, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
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

    climbed(story, story->model->probe, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
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
    Story *story = all_well();
    Ladder *other = story_ladder(RUNG_COUNT, CAUSE_NONE, NULL);
    g_autofree char *table = NULL, *json = NULL;

    g_free(other->address);
    g_free(other->info.name);
    g_free(other->info.version);
    other->address = g_strdup("127.0.0.2:4222");
    other->info.name = g_strdup("elsewhere");
    other->info.version = g_strdup("2.15.1");
    climbed(story, story->model->probe, other);
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
    Event *event = event_new(EVENT_LINK);

    second->server = 1;
    event->link = g_new0(LinkNews, 1);
    event->link->kind = LINK_NEWS_LADDER;
    event->link->link = story->model->link.number;
    event->link->ladder = second;
    story_post(story, event);
    event = event_new(EVENT_LINK);
    event->link = g_new0(LinkNews, 1);
    event->link->kind = LINK_NEWS_UP;
    event->link->link = story->model->link.number;
    story_post(story, event);
    ck_assert_uint_eq(story_last(story, EFFECT_PROBE)->server, 2);
    story_free(story);
}
END_TEST

/* The link has the last place, so the probe that follows it is refused. */
START_TEST(a_full_server_is_a_matter_of_room_while_the_link_stands)
{
    Story *story = all_well();
    Ladder *ladder;

    climbed(
        story, story->model->probe,
        story_ladder(RUNG_LOGIN, CAUSE_MAX_CONNECTIONS, "refused: maximum connections exceeded"));
    ladder = verdict_ladder(story->model);
    ck_assert(ladder_connects(ladder));
    ck_assert_int_eq(ladder->rungs[RUNG_LOGIN].state, STATE_OK);
    ck_assert_int_eq(ladder->rungs[RUNG_HEADROOM].state, STATE_WARN);
    ck_assert_int_eq(ladder->rungs[RUNG_HEADROOM].cause, CAUSE_MAX_CONNECTIONS);
    ck_assert_int_eq(report_exit(story->model), 1);
    ladder_free(ladder);
    /* Of a login that is refused the same is not said. */
    climbed(story, story->model->probe,
            story_ladder(RUNG_LOGIN, CAUSE_AUTH_FAILED, "login refused"));
    ladder = verdict_ladder(story->model);
    ck_assert(!ladder_connects(ladder));
    ladder_free(ladder);
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
    Story *story = all_well();
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
    Ladder *ladder = with_rung(RUNG_URL, STATE_WARN, CAUSE_SERVER_DOWN, "1 of 2 servers down");
    g_autofree char *next = NULL;

    ladder->down = g_strdup("nats://b:4333");
    climbed(story, story->model->probe, ladder);
    next = verdict_next(story->model, NULL, "server_down");
    ck_assert(g_str_has_prefix(next, "heddle-preflight --once --nats-url nats://b:4333 "));
    story_free(story);
}
END_TEST

static const struct {
    const char *url;
    gboolean shared;
} spellings[] = {
    {"nats://127.0.0.1:4222", TRUE},
    {"127.0.0.1:4222", TRUE},
    {"nats://127.0.0.1", TRUE},
    {"nats://127.0.0.1:4222/", TRUE},
    {"NATS://127.0.0.1:4222", FALSE}, /* Heddle takes it for the host NATS */
    {"tls://127.0.0.1:4222", FALSE},
    {"nats://me:pw@127.0.0.1:4222", FALSE},
    {"nats://127.0.0.1:4223", FALSE},
    {"nats://127.0.0.1:4222,nats://b:4222", FALSE},
    {"nats://", FALSE},
};

START_TEST(urls_of_one_server_share_one_probe)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Actor *actor;

    story_fleet(story, gateway);
    set_own_url(story, 0, spellings[_i].url);
    actor = g_ptr_array_index(story->model->panels, 0);
    ck_assert_int_eq(actor->probe == story->model->probe, spellings[_i].shared);
    ck_assert_uint_eq(story->model->probes->len, spellings[_i].shared ? 0 : 1);
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("verdict");

    tcase_add_test(tcase, an_actors_own_url_gets_heddles_view_too);
    tcase_add_loop_test(tcase, every_rung_counts_where_the_session_stands, 0,
                        G_N_ELEMENTS(sessions));
    tcase_add_test(tcase, a_rung_is_named_where_no_actor_is);
    tcase_add_test(tcase, a_rung_says_since_when_it_is_so);
    tcase_add_test(tcase, a_rung_that_was_not_reached_begins_anew);
    tcase_add_test(tcase, a_certificate_that_was_swapped_is_told_from_the_one_of_the_connection);
    tcase_add_test(tcase, nobody_who_tells_who_listens_is_no_mesh_that_holds);
    tcase_add_test(tcase, a_smoke_that_came_back_shows_the_router_that_nobody_tells_of);
    tcase_add_test(tcase, the_server_of_the_link_is_the_one_it_was_made_to);
    tcase_add_test(tcase, the_url_of_the_link_is_looked_at_where_the_link_is);
    tcase_add_test(tcase, a_full_server_is_a_matter_of_room_while_the_link_stands);
    tcase_add_loop_test(tcase, a_lost_link_breaks_the_rung_that_its_reason_is_about, 0,
                        G_N_ELEMENTS(ends));
    tcase_add_test(tcase, the_remedy_of_a_list_is_about_the_one_that_is_down);
    tcase_add_loop_test(tcase, urls_of_one_server_share_one_probe, 0, G_N_ELEMENTS(spellings));
    return suite_run("verdict", tcase, 30);
}
