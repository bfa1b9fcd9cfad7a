/* What the ladder of a URL shows since its climb: each rung's state, since when, and whose it is.
 */
#include <string.h>

#include "base/clock.h"
#include "mesh/report.h"
#include "mesh/verdict.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

static const char *const gateway[] = {"mcp:gateway", NULL};

static Probe *other_probe(const Story *story)
{
    return g_ptr_array_index(story->model->probes, 0);
}

START_TEST(an_actors_own_url_gets_heddles_view_too)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    Ladder *ladder;

    story_fleet(story, gateway);
    story_own_url(story, 0, "NATS://127.0.0.1:4222");
    ck_assert_uint_eq(story->model->probes->len, 1);
    ck_assert_ptr_null(verdict_probe_ladder(story->model, other_probe(story)));
    story_climbed(story, other_probe(story), story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
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
    Story *story = story_well(story_pair);
    Probe *link = story->model->probe;

    story_climbed(story, link, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
    story_keep_alive(story, 60);
    story_climbed(story, link,
                  story_rung(RUNG_TLS, STATE_WARN, CAUSE_TLS_EXPIRED, "expires in 5 days"));
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
    story_own_url(story, 0, "nats://10.0.3.7:4222");
    other = other_probe(story);
    story_climbed(story, other, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
    story_keep_alive(story, 30);
    story_climbed(story, other, story_ladder(RUNG_TCP, CAUSE_REFUSED, "refused"));
    story_keep_alive(story, 5);
    story_climbed(story, other, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
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
    Ladder *ladder = story_rung(RUNG_TLS, state, CAUSE_NONE, text);

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
    Story *story = story_well(story_pair);
    LinkServer *server = &story->model->link.server;
    g_autofree char *since = clock_local(story->model->link.up_wall);
    g_autofree char *both = g_strdup_printf("90 days; the certificate is another one now, and this "
                                            "connection stands since %s by the one before",
                                            since);

    server->certificate = g_strdup("aa");
    story_climbed(story, story->model->probe, under("aa", STATE_OK, "90 days"));
    tls_says(story, "90 days");
    story_climbed(story, story->model->probe, under("bb", STATE_OK, "90 days"));
    tls_says(story, both);
    g_free(server->address); /* another server of the same name may have another one */
    server->address = g_strdup("127.0.0.2:4222");
    tls_says(story, "90 days");
    story_free(story);
}
END_TEST

/* The link has the last place, so the probe that follows it is refused. */
START_TEST(a_full_server_is_a_matter_of_room_while_the_link_stands)
{
    Story *story = story_well(story_pair);
    Ladder *ladder;

    story_climbed(
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
    story_climbed(story, story->model->probe,
                  story_ladder(RUNG_LOGIN, CAUSE_AUTH_FAILED, "login refused"));
    ladder = verdict_ladder(story->model);
    ck_assert(!ladder_connects(ladder));
    ladder_free(ladder);
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
    story_own_url(story, 0, spellings[_i].url);
    actor = g_ptr_array_index(story->model->panels, 0);
    ck_assert_int_eq(actor->probe == story->model->probe, spellings[_i].shared);
    ck_assert_uint_eq(story->model->probes->len, spellings[_i].shared ? 0 : 1);
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("verdict_ladder");

    tcase_add_test(tcase, an_actors_own_url_gets_heddles_view_too);
    tcase_add_test(tcase, a_rung_says_since_when_it_is_so);
    tcase_add_test(tcase, a_rung_that_was_not_reached_begins_anew);
    tcase_add_test(tcase, a_certificate_that_was_swapped_is_told_from_the_one_of_the_connection);
    tcase_add_test(tcase, a_full_server_is_a_matter_of_room_while_the_link_stands);
    tcase_add_loop_test(tcase, urls_of_one_server_share_one_probe, 0, G_N_ELEMENTS(spellings));
    return suite_run("verdict_ladder", tcase, 30);
}
