/* The rungs after the login, against real servers of both ages: PONG, rights, headroom. */
#include <stdio.h>
#include <string.h>

#include "tests/support/ladder_check.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

enum { TIMEOUT_MS = 5000 };

static const char users[] =
    "authorization { users = [\n"
    " {user: all, password: pw}\n"
    " {user: listener, password: pw, permissions: {publish: {deny: [\"heddle.tasks.incoming\"]}}}\n"
    " {user: sender, password: pw, permissions: {publish: [\"heddle.tasks.*\", \"$SYS.REQ.>\"],"
    "   subscribe: {allow: [\"_INBOX.>\"]}}}\n"
    " {user: actor, password: pw, permissions: {publish: [\"heddle.>\", \"$SYS.REQ.>\"],"
    "   subscribe: {allow: [\"_INBOX.>\", \"heddle.results.*\"]}}}\n"
    " {user: mute, password: pw, permissions: {publish: [\"none\"]}}\n"
    "]}\n";

/* Debian's server is too old to list rights; a newer one, where there is one, is not. */
static const struct {
    const char *user;
    gboolean newer;
    State state;
    const char *text;
    const char *evidence; /* one of the lines */
} cases[] = {
    {"all", FALSE, STATE_UNKNOWN, "may listen; whether it may publish, the smoke will tell",
     "publish heddle.tasks.incoming: cannot tell on this server; the smoke will"},
    {"all", TRUE, STATE_OK, "may listen and publish", "may publish heddle.tasks.incoming"},
    {"listener", FALSE, STATE_UNKNOWN, "may listen; whether it may publish, the smoke will tell",
     "may subscribe heddle.>"},
    {"listener", TRUE, STATE_FAIL, "may not publish heddle.tasks.incoming",
     "in the user's permissions: publish: { allow: [\"heddle.tasks.incoming\"] }"},
    {"sender", FALSE, STATE_FAIL, "may not subscribe heddle.results.default",
     "may NOT subscribe heddle.>: the whole bus cannot be watched"},
    {"sender", TRUE, STATE_FAIL, "may not subscribe heddle.results.default",
     "may publish heddle.tasks.incoming"},
    {"actor", FALSE, STATE_WARN, "may not subscribe heddle.tasks.dead_letter",
     "in the user's permissions: subscribe: { allow: [\"heddle.>\"] }"},
    {"actor", TRUE, STATE_WARN, "may not subscribe heddle.tasks.dead_letter",
     "account $G, user actor"},
    {"mute", FALSE, STATE_UNKNOWN, "may listen; whether it may publish, the smoke will tell",
     "may subscribe heddle.results.default"},
    {"mute", TRUE, STATE_UNKNOWN, "may listen; whether it may publish, the smoke will tell",
     "may subscribe heddle.results.default"},
};

static gboolean shows(const Rung *rung, const char *line)
{
    for (guint i = 0; rung->evidence != NULL && i < rung->evidence->len; i++)
        if (strcmp(g_ptr_array_index(rung->evidence, i), line) == 0)
            return TRUE;
    return FALSE;
}

START_TEST(rights_are_tried_or_asked_for)
{
    TestServer *server;
    g_autofree char *url = NULL;
    Ladder *ladder;
    const Rung *rung;

    if (cases[_i].newer && !server_use_newer())
        return;
    server = server_start_conf(users);
    url = g_strdup_printf("nats://%s:pw@127.0.0.1:%u", cases[_i].user, server->port);
    ladder = ladder_climb(&(LadderHow){.url = url, .timeout_ms = TIMEOUT_MS});
    rung = &ladder->rungs[RUNG_RIGHTS];
    ck_assert(ladder_connects(ladder));
    ck_assert_str_eq(rung->text, cases[_i].text);
    ck_assert_int_eq(rung->state, cases[_i].state);
    ck_assert_msg(shows(rung, cases[_i].evidence), "no line: %s", cases[_i].evidence);
    ck_assert_int_eq(ladder->broken, rung->state == STATE_FAIL ? RUNG_RIGHTS : RUNG_COUNT);
    /* The one after it is looked at whatever this one says. */
    ck_assert_int_eq(ladder->rungs[RUNG_HEADROOM].state, STATE_OK);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

START_TEST(a_message_larger_than_the_server_takes_has_no_room)
{
    TestServer *server = server_start_conf("max_payload: 1024\n");
    LadderHow how = {.url = server->url, .timeout_ms = TIMEOUT_MS, .payload_bytes = 1024};
    Ladder *fits = ladder_climb(&how), *larger;

    how.payload_bytes++;
    larger = ladder_climb(&how);
    ck_assert_int_eq(fits->broken, RUNG_COUNT);
    ck_assert_str_eq(fits->rungs[RUNG_HEADROOM].text, "max_payload 1024 bytes");
    ck_assert_int_eq(larger->broken, RUNG_HEADROOM);
    ck_assert_int_eq(ladder_cause(larger), CAUSE_MAX_PAYLOAD);
    ck_assert(ladder_connects(larger));
    ladder_free(fits);
    ladder_free(larger);
    server_free(server);
}
END_TEST

START_TEST(a_server_that_is_nearly_full_warns_where_a_monitoring_port_tells)
{
    TestServer *server = server_start_conf("max_connections: 1\nhttp: \"127.0.0.1:-1\"\n");
    g_autofree char *monitor = g_strdup_printf("http://127.0.0.1:%u", server->monitor_port);
    LadderHow how = {
        .url = server->url, .timeout_ms = TIMEOUT_MS, .monitor_url = monitor, .thorough = TRUE};
    Ladder *ladder = ladder_climb(&how);

    ck_assert_int_eq(ladder->broken, RUNG_COUNT);
    ck_assert_int_eq(ladder->rungs[RUNG_HEADROOM].state, STATE_WARN);
    ck_assert_int_eq(ladder->rungs[RUNG_HEADROOM].cause, CAUSE_MAX_CONNECTIONS);
    ck_assert_str_eq(ladder->rungs[RUNG_HEADROOM].text, "1 of 1 connections taken");
    ladder_free(ladder);
    server_free(server);
}
END_TEST

START_TEST(round_trips_have_a_spread)
{
    TestServer *server = server_start(NULL);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = server->url, .timeout_ms = TIMEOUT_MS});
    double median, least, most;
    int count = 0;

    ck_assert_int_eq(sscanf(ladder->rungs[RUNG_PING].text, "%lf ms, %lf to %lf over %d", &median,
                            &least, &most, &count),
                     4);
    ck_assert(least <= median && median <= most);
    ck_assert(count >= 2 && count <= 10);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("ladder_rights");

    tcase_add_loop_test(tcase, rights_are_tried_or_asked_for, 0, G_N_ELEMENTS(cases));
    tcase_add_test(tcase, a_message_larger_than_the_server_takes_has_no_room);
    tcase_add_test(tcase, a_server_that_is_nearly_full_warns_where_a_monitoring_port_tells);
    tcase_add_test(tcase, round_trips_have_a_spread);
    return suite_run("ladder_rights", tcase, 30);
}
