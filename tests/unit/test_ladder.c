/* The ladder against real nats-servers: nats/ladder. */
#include <netdb.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/fake.h"
#include "tests/support/ladder_check.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

enum { TIMEOUT_MS = 5000 };

/* `url` with `login` before its host. Caller frees. */
static char *with_login(const TestServer *server, const char *login)
{
    return g_strdup_printf("nats://%s@127.0.0.1:%u", login, server->port);
}

static Ladder *climb_with(const TestServer *server, const char *login)
{
    g_autofree char *url = with_login(server, login);

    return ladder_climb(&(LadderHow){.url = url, .timeout_ms = TIMEOUT_MS});
}

START_TEST(a_server_that_works_holds_on_every_rung)
{
    const char *const args[] = {"--name", "n1", NULL};
    TestServer *server = server_start(args);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = server->url, .timeout_ms = TIMEOUT_MS});
    g_autofree char *address = g_strdup_printf("127.0.0.1:%u", server->port);

    ck_holds(ladder);
    ck_assert_str_eq(ladder->url_shown, server->url);
    ck_assert_str_eq(ladder->address, address);
    ck_assert_str_eq(ladder->rungs[RUNG_URL].text, server->url);
    ck_assert_str_eq(ladder->rungs[RUNG_RESOLVE].text, "127.0.0.1");
    ck_assert_str_eq(ladder->rungs[RUNG_TCP].text, address);
    ck_assert(g_str_has_prefix(ladder->rungs[RUNG_INFO].text, "nats-server 2."));
    ck_assert(g_str_has_suffix(ladder->rungs[RUNG_INFO].text, ", n1"));
    ck_assert_int_eq(ladder->rungs[RUNG_TLS].state, STATE_SKIPPED);
    ck_assert_str_eq(ladder->rungs[RUNG_LOGIN].text, "no login");
    ck_assert_int_eq(ladder->rungs[RUNG_PING].state, STATE_OK);
    ck_assert_str_eq(ladder->info.name, "n1");
    ck_assert_int_eq(ladder->info.max_payload, 1024 * 1024);
    ck_assert(ladder->info.headers);
    ck_assert(ladder->rtt_ms > 0 && ladder->rtt_ms <= ladder->total_ms);
    ck_assert(ladder->total_ms < 4000);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

START_TEST(a_copy_is_whole_and_its_own)
{
    TestServer *server = server_start(NULL);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = server->url, .timeout_ms = TIMEOUT_MS});
    Ladder *copy = ladder_copy(ladder);

    ck_assert_str_eq(copy->info.version, ladder->info.version);
    ck_assert_ptr_ne(copy->info.version, ladder->info.version);
    ck_assert_str_eq(copy->rungs[RUNG_TCP].text, ladder->rungs[RUNG_TCP].text);
    ladder_free(ladder);
    ck_holds(copy);
    ck_assert_ptr_nonnull(copy->address);
    ladder_free(copy);
    ck_assert_ptr_null(ladder_copy(NULL));
    server_free(server);
}
END_TEST

START_TEST(a_login_is_taken_refused_or_missed)
{
    const char *const args[] = {"--user", "me", "--pass", "p@ss\"w", NULL};
    TestServer *server = server_start(args);
    Ladder *right = climb_with(server, "me:p%40ss%22w"), *wrong = climb_with(server, "me:wrong");
    Ladder *none = ladder_climb(&(LadderHow){.url = server->url, .timeout_ms = TIMEOUT_MS});

    ck_holds(right);
    ck_assert_str_eq(right->rungs[RUNG_LOGIN].text, "by user and password");
    ck_assert(right->info.auth_required);
    ck_broken(wrong, RUNG_LOGIN, CAUSE_AUTH_FAILED, "login refused: Authorization Violation");
    ck_broken(none, RUNG_LOGIN, CAUSE_AUTH_REQUIRED, "login required: Authorization Violation");
    ck_assert(wrong->total_ms < 4000 && none->total_ms < 4000);
    ck_assert_ptr_null(strstr(wrong->url_shown, "wrong"));
    ck_assert_ptr_null(strstr(wrong->rungs[RUNG_URL].text, "wrong"));
    ladder_free(right);
    ladder_free(wrong);
    ladder_free(none);
    server_free(server);
}
END_TEST

START_TEST(a_token_is_taken_or_refused)
{
    const char *const args[] = {"--auth", "tok", NULL};
    TestServer *server = server_start(args);
    Ladder *right = climb_with(server, "tok"), *wrong = climb_with(server, "kot");

    ck_holds(right);
    ck_assert_str_eq(right->rungs[RUNG_LOGIN].text, "by token");
    ck_broken(wrong, RUNG_LOGIN, CAUSE_AUTH_FAILED, "login refused: Authorization Violation");
    ladder_free(right);
    ladder_free(wrong);
    server_free(server);
}
END_TEST

START_TEST(a_server_that_takes_nkeys_says_so)
{
    TestServer *server =
        server_start_conf("authorization { users: [{ nkey: "
                          "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4 }] }");
    Ladder *ladder = ladder_climb(&(LadderHow){.url = server->url, .timeout_ms = TIMEOUT_MS});

    ck_broken(ladder, RUNG_LOGIN, CAUSE_AUTH_REQUIRED,
              "login required (it takes NKeys too): Authorization Violation");
    ladder_free(ladder);
    server_free(server);
}
END_TEST

START_TEST(the_monitoring_port_is_recognized_and_names_the_client_port)
{
    const char *const args[] = {"-m", "-1", NULL};
    TestServer *server = server_start(args);
    g_autofree char *url = g_strdup_printf("127.0.0.1:%u", server->monitor_port);
    g_autofree char *text =
        g_strdup_printf("the HTTP monitoring port; clients use port %u", server->port);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = url, .timeout_ms = TIMEOUT_MS});

    ck_broken(ladder, RUNG_INFO, CAUSE_MONITORING_PORT, text);
    ck_assert(ladder->total_ms < 4000);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

static const struct {
    const char *conf, *text;
} other_ports[] = {
    {"cluster { name: c, host: 127.0.0.1, port: %u }",
     "the route port, for other servers, not for clients"},
    {"leafnodes { host: 127.0.0.1, port: %u }",
     "the leafnode port, for other servers, not for clients"},
    {"gateway { name: g, host: 127.0.0.1, port: %u }",
     "the gateway port, for other servers, not for clients"},
};

START_TEST(ports_for_other_servers_are_recognized)
{
    int holder;
    unsigned port = refusing_port(&holder);
    g_autofree char *conf = g_strdup_printf(other_ports[_i].conf, port);
    g_autofree char *url = g_strdup_printf("127.0.0.1:%u", port);
    TestServer *server;
    Ladder *ladder;

    close(holder);
    server = server_start_conf(conf);
    ladder = ladder_climb(&(LadderHow){.url = url, .timeout_ms = TIMEOUT_MS});
    ck_broken(ladder, RUNG_INFO, CAUSE_ROUTE_PORT, other_ports[_i].text);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

START_TEST(a_websocket_port_is_no_port_for_us)
{
    int holder;
    unsigned port = refusing_port(&holder);
    g_autofree char *conf =
        g_strdup_printf("websocket { host: 127.0.0.1, port: %u, no_tls: true }", port);
    g_autofree char *url = g_strdup_printf("127.0.0.1:%u", port);
    TestServer *server;
    Ladder *ladder;

    close(holder);
    server = server_start_conf(conf);
    ladder = ladder_climb(&(LadderHow){.url = url, .timeout_ms = TIMEOUT_MS});
    ck_broken(ladder, RUNG_INFO, CAUSE_NOT_NATS, "not NATS: a web server or a WebSocket port");
    ladder_free(ladder);
    server_free(server);
}
END_TEST

/* Ten times, since the server's words are easily lost to its reset. */
START_TEST(a_full_server_is_seen_to_be_full_every_time)
{
    TestServer *server = server_start_conf("max_connections: 1");
    int holder = fake_dial(server->port);

    /* The server says INFO before it counts the newcomer: its PONG shows that the place is taken.
     */
    fake_hear_line(holder);
    fake_say(holder, "CONNECT {\"verbose\":false}\r\nPING\r\n");
    fake_hear_line(holder);
    for (int i = 0; i < 10; i++) {
        Ladder *ladder = ladder_climb(&(LadderHow){.url = server->url, .timeout_ms = TIMEOUT_MS});

        ck_broken(ladder, RUNG_LOGIN, CAUSE_MAX_CONNECTIONS,
                  "refused: maximum connections exceeded");
        ladder_free(ladder);
    }
    close(holder);
    server_free(server);
}
END_TEST

START_TEST(a_stopped_server_is_silent_until_it_goes_on)
{
    TestServer *server = server_start(NULL);
    Ladder *ladder;

    server_stop(server);
    ladder = ladder_climb(&(LadderHow){.url = server->url, .timeout_ms = TIMEOUT_MS});
    ck_broke_at(ladder, RUNG_INFO, CAUSE_SILENT);
    ck_assert_int_eq(ladder->rungs[RUNG_INFO].state, STATE_FAIL);
    ck_assert(
        g_str_has_prefix(ladder->rungs[RUNG_INFO].text, "connected, but it said nothing for "));
    ck_assert(ladder->total_ms > 1900 && ladder->total_ms < 4000);
    ladder_free(ladder);
    ladder = ladder_climb(&(LadderHow){.url = server->url, .timeout_ms = 200});
    ck_assert_int_eq(ladder_cause(ladder), CAUSE_SILENT);
    ck_assert(ladder->total_ms > 190 && ladder->total_ms < 2500);
    ladder_free(ladder);
    server_cont(server);
    ladder = ladder_climb(&(LadderHow){.url = server->url, .timeout_ms = TIMEOUT_MS});
    ck_holds(ladder);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

START_TEST(a_killed_server_refuses_until_it_is_back)
{
    TestServer *server = server_start(NULL);
    g_autofree char *text = g_strdup_printf("127.0.0.1:%u refused", server->port);
    Ladder *ladder;

    server_kill(server);
    ladder = ladder_climb(&(LadderHow){.url = server->url, .timeout_ms = TIMEOUT_MS});
    ck_broken(ladder, RUNG_TCP, CAUSE_REFUSED, text);
    ck_assert(ladder->total_ms < 3000);
    ck_assert_ptr_null(ladder->address);
    ladder_free(ladder);
    server_restart_same_port(server);
    ladder = ladder_climb(&(LadderHow){.url = server->url, .timeout_ms = TIMEOUT_MS});
    ck_holds(ladder);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

/* What a resolver cannot tell depends on the machine, so it is asked too. */
START_TEST(an_unknown_host_is_told_from_a_silent_resolver)
{
    struct addrinfo *found;
    int error = getaddrinfo("no-such-host.invalid", NULL, NULL, &found);
    Ladder *ladder = ladder_climb(
        &(LadderHow){.url = "nats://no-such-host.invalid:4222", .timeout_ms = TIMEOUT_MS});

    if (error == EAI_NONAME)
        ck_broken(ladder, RUNG_RESOLVE, CAUSE_UNKNOWN_HOST, "no such host: no-such-host.invalid");
    else
        ck_assert_int_eq(ladder_cause(ladder), CAUSE_RESOLVER_SILENT);
    ck_assert_int_eq(ladder->broken, RUNG_RESOLVE);
    ck_assert(ladder->total_ms < 3500);
    ladder_free(ladder);
}
END_TEST

START_TEST(a_name_is_resolved)
{
    TestServer *server = server_start(NULL);
    g_autofree char *url = g_strdup_printf("localhost:%u", server->port);
    g_autofree char *address = g_strdup_printf("127.0.0.1:%u", server->port);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = url, .timeout_ms = TIMEOUT_MS});

    ck_holds(ladder);
    ck_assert_str_eq(ladder->address, address);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

START_TEST(a_bad_url_breaks_the_first_rung_and_shows_no_password)
{
    Ladder *ladder =
        ladder_climb(&(LadderHow){.url = "ws://me:secret@h", .timeout_ms = TIMEOUT_MS});

    ck_broken(ladder, RUNG_URL, CAUSE_BAD_URL,
              "ws:// is NATS over WebSocket, which this client lacks: use nats:// and its port");
    ck_assert_str_eq(ladder->url_shown, "ws://me:•••@h");
    ck_assert(ladder->total_ms < 2000);
    ladder_free(ladder);
}
END_TEST

START_TEST(a_climb_that_is_cancelled_before_it_begins_does_nothing)
{
    int cancelled = 1;
    Ladder *ladder = ladder_climb(&(LadderHow){
        .url = "nats://127.0.0.1:1", .timeout_ms = TIMEOUT_MS, .cancelled = &cancelled});

    ck_assert_int_eq(ladder->broken, RUNG_URL);
    ck_assert_int_eq(ladder_cause(ladder), CAUSE_CANCELLED);
    ck_assert_int_eq(ladder->rungs[RUNG_URL].state, STATE_UNKNOWN);
    ladder_free(ladder);
}
END_TEST

START_TEST(words_and_labels_are_those_of_the_report)
{
    static const char *const words[] = {"url",   "resolve", "tcp",    "info",    "tls",
                                        "login", "ping",    "rights", "headroom"};
    static const char *const labels[] = {"url",  "dns",  "tcp",    "info", "tls",
                                         "auth", "ping", "rights", "room"};

    for (RungId id = 0; id < RUNG_COUNT; id++) {
        ck_assert_str_eq(rung_word(id), words[id]);
        ck_assert_str_eq(rung_label(id), labels[id]);
    }
}
END_TEST

/* --- many at once --- */

static void *climb_often(void *data)
{
    const char *const *urls = data;

    for (int i = 0; i < 20; i++) {
        Ladder *ladder = ladder_climb(&(LadderHow){.url = urls[i % 3], .timeout_ms = TIMEOUT_MS});

        ck_assert_int_eq(ladder->broken, i % 3 == 1 ? RUNG_TCP : RUNG_COUNT);
        ladder_free(ladder);
    }
    return NULL;
}

START_TEST(climbs_at_once_do_not_meet_and_leave_no_socket)
{
    TestServer *server = server_start(NULL);
    int holder, fd;
    g_autofree char *refused = g_strdup_printf("127.0.0.1:%u", refusing_port(&holder));
    g_autofree char *name = g_strdup_printf("localhost:%u", server->port);
    const char *urls[] = {server->url, refused, name};
    pthread_t threads[4];

    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, climb_often, urls), 0);
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        pthread_join(threads[i], NULL);
    fd = dup(holder);
    ck_assert_int_lt(fd, holder + 4); /* all numbers above are free again */
    for (int i = 0; i < 64; i++)
        ck_assert(!ladder_owns_socket(i));
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("ladder");

    tcase_add_test(tcase, a_server_that_works_holds_on_every_rung);
    tcase_add_test(tcase, a_copy_is_whole_and_its_own);
    tcase_add_test(tcase, a_login_is_taken_refused_or_missed);
    tcase_add_test(tcase, a_token_is_taken_or_refused);
    tcase_add_test(tcase, a_server_that_takes_nkeys_says_so);
    tcase_add_test(tcase, the_monitoring_port_is_recognized_and_names_the_client_port);
    tcase_add_loop_test(tcase, ports_for_other_servers_are_recognized, 0,
                        G_N_ELEMENTS(other_ports));
    tcase_add_test(tcase, a_websocket_port_is_no_port_for_us);
    tcase_add_test(tcase, a_full_server_is_seen_to_be_full_every_time);
    tcase_add_test(tcase, a_stopped_server_is_silent_until_it_goes_on);
    tcase_add_test(tcase, a_killed_server_refuses_until_it_is_back);
    tcase_add_test(tcase, an_unknown_host_is_told_from_a_silent_resolver);
    tcase_add_test(tcase, a_name_is_resolved);
    tcase_add_test(tcase, a_bad_url_breaks_the_first_rung_and_shows_no_password);
    tcase_add_test(tcase, a_climb_that_is_cancelled_before_it_begins_does_nothing);
    tcase_add_test(tcase, words_and_labels_are_those_of_the_report);
    tcase_add_test(tcase, climbs_at_once_do_not_meet_and_leave_no_socket);
    return suite_run("ladder", tcase, 30);
}
