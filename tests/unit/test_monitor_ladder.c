/* What the ladder makes of a refusal with the help of a monitoring port: nats/ladder_reason. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "nats/ladder_internal.h"
#include "tests/support/fake.h"
#include "tests/support/jwt.h"
#include "tests/support/ladder_check.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

#define HTTP_OK     "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"
#define CLOSED_LIST "{\"server_id\":\"S1\",\"connections\":[{\"cid\":7,\"reason\":"

enum { TIMEOUT_MS = 5000 };

static char *base_of(unsigned port)
{
    return g_strdup_printf("http://127.0.0.1:%u", port);
}

static Ladder *climb_asking(const TestServer *server, const char *login)
{
    g_autofree char *url = g_strdup_printf("nats://%s127.0.0.1:%u", login, server->port);
    g_autofree char *base = base_of(server->monitor_port);

    return ladder_climb(&(LadderHow){.url = url, .timeout_ms = TIMEOUT_MS, .monitor_url = base});
}

/* The last line of evidence of the rung that broke. */
static const char *told(const Ladder *ladder)
{
    const GPtrArray *lines = ladder->rungs[ladder->broken].evidence;

    ck_assert_ptr_nonnull(lines);
    ck_assert_uint_ge(lines->len, 1);
    return g_ptr_array_index(lines, lines->len - 1);
}

/* --- real servers --- */

START_TEST(the_ladder_tells_why_a_login_was_refused)
{
    const char *const args[] = {"-m", "-1", "--user", "me", "--pass", "right", NULL};
    TestServer *server = server_start(args);
    Ladder *wrong = climb_asking(server, "me:wrong@"), *none = climb_asking(server, "");

    ck_broken(wrong, RUNG_LOGIN, CAUSE_AUTH_FAILED, "login refused: Authorization Violation");
    ck_assert_str_eq(told(wrong), "the server's reason: Authentication Failure, user me");
    ck_broken(none, RUNG_LOGIN, CAUSE_AUTH_REQUIRED, "login required: Authorization Violation");
    ck_assert_str_eq(told(none), "the server's reason: Authentication Failure");
    ladder_free(wrong);
    ladder_free(none);
    server_free(server);
}
END_TEST

START_TEST(a_token_is_told_by_no_server)
{
    const char *const args[] = {"-m", "-1", "--auth", "right", NULL};
    TestServer *server = server_start(args);
    Ladder *ladder = climb_asking(server, "s3cret@");

    ck_broke_at(ladder, RUNG_LOGIN, CAUSE_AUTH_FAILED);
    ck_assert_str_eq(told(ladder), "the server's reason: Authentication Failure");
    ladder_free(ladder);
    server_free(server);
}
END_TEST

START_TEST(the_ladder_tells_that_a_server_is_full)
{
    TestServer *server = server_start_conf("http: \"127.0.0.1:-1\"\nmax_connections: 1\n");
    int fd = fake_dial(server->port);
    Ladder *ladder;

    fake_hear_line(fd);
    fake_say(fd, "CONNECT {\"verbose\":false}\r\nPING\r\n");
    fake_hear_line(fd);
    ladder = climb_asking(server, "");
    ck_broke_at(ladder, RUNG_LOGIN, CAUSE_MAX_CONNECTIONS);
    ck_assert_str_eq(told(ladder), "the server's reason: Maximum Connections Exceeded");
    ladder_free(ladder);
    close(fd);
    server_free(server);
}
END_TEST

START_TEST(varz_is_of_the_server_that_was_climbed)
{
    const char *const args[] = {"-m", "-1", NULL};
    TestServer *server = server_start(args);
    g_autofree char *base = base_of(server->monitor_port);
    Ladder *ladder = climb_asking(server, "");
    Climb climb = {.ladder = ladder,
                   .monitor_url = base,
                   .deadline_us = clock_now() + TIMEOUT_MS * 1000,
                   .addresses = {{.to.v4.sin_family = AF_INET}}};
    MonitorVarz *varz = climb_varz(&climb);

    ck_holds(ladder);
    ck_assert_ptr_nonnull(varz);
    ck_assert_int_eq(varz->max_connections, 65536);
    monitor_varz_free(varz);
    g_free(ladder->info.id);
    ladder->info.id = g_strdup("ANOTHER");
    ck_assert_ptr_null(climb_varz(&climb));
    climb.deadline_us = 0;
    ck_assert_ptr_null(climb_varz(&climb));
    ladder_free(ladder);
    server_free(server);
}
END_TEST

/* --- who pretends --- */

static const char *closed_reply; /* of the fakes below; set before they start */

static void talk_http(int fd)
{
    for (int i = 0; i < 5; i++) /* GET, Host, User-Agent, Accept, the empty one */
        fake_hear_line(fd);
    fake_say(fd, closed_reply);
}

/* A NATS port that closes without a word after CONNECT, and a monitoring port that knows better. */
static void talk_closing(int fd)
{
    fake_say(fd, "INFO {\"server_id\":\"S1\",\"version\":\"2.11.0\",\"client_id\":7}\r\n");
    fake_hear_line(fd);
    fake_hear_line(fd); /* what is left unread when it closes would make it a reset */
}

static gint64 their_clock_s; /* minus ours */

static void talk_varz(int fd)
{
    gint64 now_us = clock_wall() + their_clock_s * G_USEC_PER_SEC;
    g_autofree char *iso = clock_iso(now_us);
    g_autofree char *reply =
        g_strdup_printf(HTTP_OK "{\"server_id\":\"S1\",\"connections\":1,\"now\":\"%s\"}", iso);

    for (int i = 0; i < 5; i++)
        fake_hear_line(fd);
    fake_say(fd, reply);
}

/* It takes the login, whatever it is. */
static void talk_taking(int fd)
{
    fake_say(fd, "INFO {\"server_id\":\"S1\",\"version\":\"2.11.0\",\"nonce\":\"abc\"}\r\n");
    fake_hear_line(fd);
    fake_hear_line(fd);
    fake_say(fd, "PONG\r\n");
    fake_hear_line(fd);
    fake_say(fd, "PONG\r\n");
}

static const struct {
    gint64 left_s, their_clock_s;
    gboolean ours_holds;
    const char *text; /* NULL: nothing of another clock */
} clocks[] = {
    {-60, -600, FALSE, "behind ours, the JWT is good for another 8 m"},
    {300, 600, TRUE, "ahead of ours, the JWT expired "},
    {-60, 0, FALSE, NULL},
    {300, 0, TRUE, NULL},
};

START_TEST(a_jwt_is_judged_by_both_clocks_where_they_differ)
{
    g_autofree char *folder = folder_new(), *path = g_build_filename(folder, "u.creds", NULL);
    g_autofree char *creds = jwt_creds(&(JwtUser){
        .name = "ops", .expires_s = clock_wall() / G_USEC_PER_SEC + clocks[_i].left_s, .key = 7});
    Fake *nats = fake_start(talk_taking), *http;
    Access *access = access_new();
    g_autofree char *base = NULL, *url = NULL;
    const Rung *login;
    Ladder *ladder;

    their_clock_s = clocks[_i].their_clock_s;
    http = fake_start(talk_varz);
    base = base_of(http->port);
    url = g_strdup_printf("nats://127.0.0.1:%u", nats->port);
    ck_assert(g_file_set_contents_full(path, creds, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    access_set(access, ACCESS_CREDS, path, ORIGIN_FLAG);
    ladder = ladder_climb(&(LadderHow){.url = url,
                                       .access = access,
                                       .timeout_ms = TIMEOUT_MS,
                                       .thorough = TRUE,
                                       .monitor_url = base});
    login = &ladder->rungs[RUNG_LOGIN];
    ck_assert_msg((login->state == STATE_OK) == clocks[_i].ours_holds, "%s", login->text);
    if (clocks[_i].text != NULL)
        ck_assert_msg(strstr(login->text, clocks[_i].text) != NULL, "%s", login->text);
    else
        ck_assert_msg(strstr(login->text, "clock") == NULL, "%s", login->text);
    ladder_free(ladder);
    access_unref(access);
    fake_free(nats);
    fake_free(http);
    folder_remove(folder);
}
END_TEST

static void check_bare_close(const char *reply, Cause cause, const char *text)
{
    Fake *nats, *http;
    g_autofree char *base = NULL;
    Ladder *ladder;

    closed_reply = reply;
    nats = fake_start(talk_closing);
    http = fake_start(talk_http);
    base = base_of(http->port);
    ladder =
        ladder_climb(&(LadderHow){.url = nats->url, .timeout_ms = TIMEOUT_MS, .monitor_url = base});
    ck_broke_at(ladder, RUNG_LOGIN, cause);
    if (text != NULL)
        ck_assert_str_eq(ladder->rungs[RUNG_LOGIN].text, text);
    else
        ck_assert_ptr_null(ladder->rungs[RUNG_LOGIN].evidence);
    ladder_free(ladder);
    fake_free(nats);
    fake_free(http);
}

START_TEST(a_bare_close_gets_its_cause)
{
    check_bare_close(HTTP_OK CLOSED_LIST "\"Credentials Revoked\",\"authorized_user\":\"a\"}]}",
                     CAUSE_AUTH_EXPIRED, "refused, says the server: Credentials Revoked");
    check_bare_close(HTTP_OK CLOSED_LIST "\"Authentication Timeout\"}]}", CAUSE_AUTH_REQUIRED,
                     "refused, says the server: Authentication Timeout");
    check_bare_close(HTTP_OK CLOSED_LIST "\"TLS Handshake Failure\"}]}", CAUSE_TLS_FAILED,
                     "refused, says the server: TLS Handshake Failure");
    /* An escape is made visible. */
    check_bare_close(HTTP_OK CLOSED_LIST "\"Authentication Expired\\u001b[2J\"}]}",
                     CAUSE_AUTH_EXPIRED,
                     "refused, says the server: Authentication Expired\xe2\x90\x9b[2J");
}
END_TEST

START_TEST(a_token_that_a_server_tells_is_not_shown)
{
    Fake *nats = fake_start(talk_closing), *http;
    g_autofree char *url = g_strdup_printf("nats://s3cret@127.0.0.1:%u", nats->port);
    g_autofree char *base = NULL;
    Ladder *ladder;

    closed_reply =
        HTTP_OK CLOSED_LIST "\"Authentication Failure\",\"authorized_user\":\"s3cret\"}]}";
    http = fake_start(talk_http);
    base = base_of(http->port);
    ladder = ladder_climb(&(LadderHow){.url = url, .timeout_ms = TIMEOUT_MS, .monitor_url = base});
    ck_broken(ladder, RUNG_LOGIN, CAUSE_AUTH_FAILED,
              "refused, says the server: Authentication Failure");
    ck_assert_str_eq(told(ladder), "the server's reason: Authentication Failure");
    ladder_free(ladder);
    fake_free(nats);
    fake_free(http);
}
END_TEST

START_TEST(a_bare_close_stays_one_when_nobody_knows)
{
    check_bare_close(HTTP_OK "{\"server_id\":\"S2\",\"connections\":[{\"cid\":7,\"reason\":"
                             "\"Credentials Revoked\"}]}",
                     CAUSE_CLOSED, NULL); /* another server's number 7 */
    check_bare_close(HTTP_OK CLOSED_LIST "\"Client Closed\"}]}", CAUSE_CLOSED, NULL);
    check_bare_close(HTTP_OK "[]", CAUSE_CLOSED, NULL);
    check_bare_close("HTTP/1.0 404 Not Found\r\n\r\n", CAUSE_CLOSED, NULL);
}
END_TEST

static void talk_silent(int fd)
{
    fake_be_silent(fd);
}

START_TEST(a_silent_monitoring_port_holds_a_climb_up_for_less_than_a_second)
{
    const char *const args[] = {"--user", "me", "--pass", "right", NULL};
    TestServer *server = server_start(args);
    Fake *fake = fake_start(talk_silent);
    g_autofree char *base = base_of(fake->port);
    Ladder *ladder = ladder_climb(
        &(LadderHow){.url = server->url, .timeout_ms = TIMEOUT_MS, .monitor_url = base});

    ck_broken(ladder, RUNG_LOGIN, CAUSE_AUTH_REQUIRED, "login required: Authorization Violation");
    ck_assert_ptr_null(ladder->rungs[RUNG_LOGIN].evidence);
    ck_assert(ladder->total_ms >= 290 && ladder->total_ms < 3000);
    ladder_free(ladder);
    fake_free(fake);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("monitor_ladder");

    tcase_add_test(tcase, the_ladder_tells_why_a_login_was_refused);
    tcase_add_test(tcase, a_token_is_told_by_no_server);
    tcase_add_test(tcase, a_token_that_a_server_tells_is_not_shown);
    tcase_add_test(tcase, the_ladder_tells_that_a_server_is_full);
    tcase_add_test(tcase, varz_is_of_the_server_that_was_climbed);
    tcase_add_loop_test(tcase, a_jwt_is_judged_by_both_clocks_where_they_differ, 0,
                        G_N_ELEMENTS(clocks));
    tcase_add_test(tcase, a_bare_close_gets_its_cause);
    tcase_add_test(tcase, a_bare_close_stays_one_when_nobody_knows);
    tcase_add_test(tcase, a_silent_monitoring_port_holds_a_climb_up_for_less_than_a_second);
    return suite_run("monitor_ladder", tcase, 60);
}
