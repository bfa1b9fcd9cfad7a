/* Climbs to a list of servers: nats/ladder_list. */
#include <string.h>
#include <unistd.h>

#include "tests/support/fake.h"
#include "tests/support/ladder_check.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

enum { TIMEOUT_MS = 5000 };

static const char *line_with(const Rung *rung, const char *part)
{
    for (guint i = 0; rung->evidence != NULL && i < rung->evidence->len; i++)
        if (strstr(g_ptr_array_index(rung->evidence, i), part) != NULL)
            return g_ptr_array_index(rung->evidence, i);
    ck_abort_msg("no line with: %s", part);
}

START_TEST(a_dead_first_one_is_told_and_the_second_is_used)
{
    TestServer *server = server_start(NULL);
    int holder;
    unsigned dead = refusing_port(&holder);
    g_autofree char *url = g_strdup_printf("nats://127.0.0.1:%u , %s", dead, server->url);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = url, .timeout_ms = TIMEOUT_MS});
    const Rung *rung = &ladder->rungs[RUNG_URL];

    ck_holds(ladder);
    ck_assert_int_eq(ladder->server, 1);
    ck_assert_int_eq(rung->state, STATE_WARN);
    ck_assert_int_eq(rung->cause, CAUSE_SERVER_DOWN);
    ck_assert(strstr(rung->text, "1 of 2 servers down") != NULL);
    ck_assert(g_str_has_prefix(url, ladder->down));
    ck_assert(g_str_has_suffix(line_with(rung, "is down"), "refused"));
    ck_assert(strstr(line_with(rung, "and is used"), server->url) != NULL);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

START_TEST(the_others_are_tried_only_when_asked)
{
    TestServer *a = server_start(NULL), *b = server_start(NULL);
    g_autofree char *url = g_strdup_printf("%s,%s,", a->url, b->url);
    LadderHow how = {.url = url, .timeout_ms = TIMEOUT_MS};
    Ladder *ladder = ladder_climb(&how);

    ck_holds(ladder);
    ck_assert_int_eq(ladder->server, 0);
    ck_assert(strstr(line_with(&ladder->rungs[RUNG_URL], b->url), "not tried") != NULL);
    ladder_free(ladder);

    how.thorough = TRUE;
    ladder = ladder_climb(&how);
    ck_holds(ladder);
    ck_assert_int_eq(ladder->rungs[RUNG_URL].state, STATE_OK);
    ck_assert(g_str_has_suffix(line_with(&ladder->rungs[RUNG_URL], b->url), " holds"));
    ladder_free(ladder);

    server_kill(b);
    ladder = ladder_climb(&how);
    ck_holds(ladder);
    ck_assert_int_eq(ladder->rungs[RUNG_URL].state, STATE_WARN);
    ladder_free(ladder);
    server_free(a);
    server_free(b);
}
END_TEST

/* A list is looked at anew while the connection is on its second server. */
START_TEST(the_ladder_is_about_the_one_in_use)
{
    TestServer *a = server_start(NULL), *b = server_start(NULL);
    g_autofree char *url = g_strdup_printf("%s,%s", a->url, b->url);
    LadderHow how = {.url = url, .timeout_ms = TIMEOUT_MS, .thorough = TRUE, .in_use = 2};
    Ladder *ladder = ladder_climb(&how);

    ck_holds(ladder);
    ck_assert_int_eq(ladder->server, 1);
    ck_assert(strstr(line_with(&ladder->rungs[RUNG_URL], "and is used"), b->url) != NULL);
    ck_assert(g_str_has_suffix(line_with(&ladder->rungs[RUNG_URL], a->url), " holds"));
    ladder_free(ladder);

    how.in_use = 0; /* nobody says which: none is claimed to be used */
    ladder = ladder_climb(&how);
    ck_assert_int_eq(ladder->server, 0);
    for (guint i = 0; i < 2; i++)
        ck_assert(
            g_str_has_suffix(g_ptr_array_index(ladder->rungs[RUNG_URL].evidence, i), " holds"));
    ladder_free(ladder);

    server_kill(b);
    how.in_use = 2;
    ladder = ladder_climb(&how);
    ck_assert_int_eq(ladder->server, 0);
    ladder_free(ladder);
    server_free(a);
    server_free(b);
}
END_TEST

START_TEST(where_none_holds_the_one_that_came_furthest_is_told)
{
    const char *const args[] = {"--user", "me", "--pass", "secret", NULL};
    TestServer *server = server_start(args);
    int holder;
    unsigned dead = refusing_port(&holder);
    g_autofree char *url =
        g_strdup_printf("nats://127.0.0.1:%u,nats://me:wrong@127.0.0.1:%u", dead, server->port);

    for (int all = 0; all < 2; all++) {
        Ladder *ladder =
            ladder_climb(&(LadderHow){.url = url, .timeout_ms = TIMEOUT_MS, .thorough = all == 1});

        ck_broke_at(ladder, RUNG_LOGIN, CAUSE_AUTH_FAILED);
        ck_assert_int_eq(ladder->server, 1);
        ck_assert(strstr(ladder->url_shown, "wrong") == NULL);
        for (guint i = 0; i < ladder->rungs[RUNG_URL].evidence->len; i++)
            ck_assert(strstr(g_ptr_array_index(ladder->rungs[RUNG_URL].evidence, i), "wrong") ==
                      NULL);
        ladder_free(ladder);
    }
    server_free(server);
}
END_TEST

START_TEST(a_bad_one_in_the_list_is_named)
{
    Ladder *ladder =
        ladder_climb(&(LadderHow){.url = "nats://a:1,http://b", .timeout_ms = TIMEOUT_MS});

    ck_broken(
        ladder, RUNG_URL, CAUSE_BAD_URL,
        "server 2 of 2: http:// is for the monitoring port: clients use nats:// and its port");
    ladder_free(ladder);
}
END_TEST

/* Both wait for a word: each has its share of the time, or the same time. */
START_TEST(a_silent_first_one_leaves_time_for_the_second)
{
    TestServer *silent = server_start(NULL), *server = server_start(NULL);
    g_autofree char *url = g_strdup_printf("%s,%s", silent->url, server->url);
    Ladder *ladder;

    server_stop(silent);
    ladder = ladder_climb(&(LadderHow){.url = url, .timeout_ms = 3000});
    ck_holds(ladder);
    ck_assert_int_eq(ladder->server, 1);
    ck_assert_ptr_nonnull(line_with(&ladder->rungs[RUNG_URL], "is down"));
    ladder_free(ladder);
    server_free(silent);
    server_free(server);
}
END_TEST

/* A port that was free a moment ago. */
static unsigned free_port(void)
{
    int holder;
    unsigned port = refusing_port(&holder);

    close(holder);
    return port;
}

static TestServer *start_member(const char *name, unsigned own, unsigned other)
{
    g_autofree char *conf =
        g_strdup_printf("server_name: %s\ncluster { name: C, listen: \"127.0.0.1:%u\", "
                        "routes: [\"nats://127.0.0.1:%u\"] }\n"
                        "authorization { user: me, password: secret }\n",
                        name, own, other);

    return server_start_conf(conf);
}

static gboolean has_line(const Ladder *ladder, const char *part)
{
    const GPtrArray *lines = ladder->rungs[RUNG_INFO].evidence;

    for (guint i = 0; lines != NULL && i < lines->len; i++)
        if (strstr(g_ptr_array_index(lines, i), part) != NULL)
            return TRUE;
    return FALSE;
}

/* They need a moment to find each other. */
START_TEST(the_others_of_a_cluster_are_looked_at)
{
    unsigned route_a = free_port(), route_b = free_port();
    TestServer *a = start_member("A", route_a, route_b), *b = start_member("B", route_b, route_a);
    g_autofree char *url = g_strdup_printf("nats://me:secret@127.0.0.1:%u", a->port);
    g_autofree char *answers = g_strdup_printf("cluster: 127.0.0.1:%u answers, B", b->port);
    LadderHow how = {.url = url, .timeout_ms = TIMEOUT_MS, .thorough = TRUE};
    gint64 until = g_get_monotonic_time() + 8 * G_USEC_PER_SEC;
    Ladder *ladder = ladder_climb(&how);

    while (!has_line(ladder, answers) && g_get_monotonic_time() < until) {
        ladder_free(ladder);
        ladder = ladder_climb(&how);
    }
    ck_holds(ladder);
    ck_assert(has_line(ladder, answers));
    ck_assert(!has_line(ladder, "answers, A")); /* which is this one */
    ladder_free(ladder);
    server_free(a);
    server_free(b);
}
END_TEST

static void talk_of_others(int fd)
{
    fake_say(fd, "INFO {\"server_id\":\"X\",\"version\":\"2.9.10\",\"max_payload\":1048576,"
                 "\"headers\":true,\"connect_urls\":[\"127.0.0.1:1\",\"nats.example:4222\",7,"
                 "\"127.0.0.1:1\\u001b[2J\",\"\",\"127.0.0.1:99999\",\"[::1]:2\"]} \r\n");
    for (;;) {
        char byte;
        static const char ping[] = "PING\r\n";
        static gsize at;

        if (read(fd, &byte, 1) != 1)
            return;
        at = byte == ping[at] ? at + 1 : byte == ping[0];
        if (at == sizeof ping - 1) {
            fake_say(fd, "PONG\r\n");
            at = 0;
        }
    }
}

START_TEST(only_numeric_addresses_of_a_cluster_are_dialled)
{
    Fake *fake = fake_start(talk_of_others);
    Ladder *ladder =
        ladder_climb(&(LadderHow){.url = fake->url, .timeout_ms = TIMEOUT_MS, .thorough = TRUE});

    ck_holds(ladder);
    ck_assert_uint_eq(g_strv_length(ladder->info.others), 2);
    ck_assert_str_eq(ladder->info.others[1], "[::1]:2");
    ck_assert(has_line(ladder, "cluster: 127.0.0.1:1 does not answer here: 127.0.0.1:1 refused"));
    ladder_free(ladder);
    fake_free(fake);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("ladder_list");

    tcase_add_test(tcase, a_dead_first_one_is_told_and_the_second_is_used);
    tcase_add_test(tcase, the_others_are_tried_only_when_asked);
    tcase_add_test(tcase, the_ladder_is_about_the_one_in_use);
    tcase_add_test(tcase, where_none_holds_the_one_that_came_furthest_is_told);
    tcase_add_test(tcase, a_bad_one_in_the_list_is_named);
    tcase_add_test(tcase, a_silent_first_one_leaves_time_for_the_second);
    tcase_add_test(tcase, the_others_of_a_cluster_are_looked_at);
    tcase_add_test(tcase, only_numeric_addresses_of_a_cluster_are_dialled);
    return suite_run("ladder_list", tcase, 30);
}
