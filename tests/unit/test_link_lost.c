/* How a connection of the link ends: what is told of it, whose fault it is, and that the link comes
 * back. */
#include <linux/filter.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nats/sockets.h"
#include "tests/support/ear.h"
#include "tests/support/fake.h"
#include "tests/support/moody.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

/* From here on the kernel hands the socket nothing that arrives, as if a cable were pulled. */
static void deafen(void *data, int fd, gint64 inode)
{
    struct sock_filter nothing[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
    struct sock_fprog filter = {1, nothing};

    (void)inode;
    *(int *)data += setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

START_TEST(a_cut_path_is_told_from_a_silent_server)
{
    TestServer *server = server_start(NULL);
    const char *address = strstr(server->url, "//") + 2;
    int deaf = 0;
    Ear ear;
    LinkNews *news;

    ear_open_up(&ear, server->url);
    server_stop(server);
    news = ear_wait(&ear, LINK_NEWS_SILENT, 4000);
    ck_assert_ptr_nonnull(news);
    ck_assert_int_eq(news->cause, CAUSE_SILENT);
    ck_assert(strstr(news->text, "its host acknowledges") != NULL);
    link_news_free(news);
    server_cont(server);
    ear_expect(&ear, LINK_NEWS_RTT, 10000);

    sockets_visit(address, deafen, &deaf);
    ck_assert_int_ge(deaf, 1);
    news = ear_wait(&ear, LINK_NEWS_SILENT, 4000);
    ck_assert_ptr_nonnull(news);
    ck_assert_int_eq(news->cause, CAUSE_PATH_LOST);
    ck_assert(strstr(news->text, "acknowledges nothing any more") != NULL);
    link_news_free(news);
    ear_expect(&ear, LINK_NEWS_LOST, 6000);
    ear_expect(&ear, LINK_NEWS_UP, 6000); /* by another socket */
    ear_close(&ear);
    server_free(server);
}
END_TEST

START_TEST(a_lame_duck_says_so_before_it_goes)
{
    TestServer *server = server_start_conf("lame_duck_duration: \"30s\"\n");
    Ear ear;
    LinkNews *news;

    ear_open_up(&ear, server->url);
    kill(server->pid, SIGUSR2); /* nats-server --signal ldm */
    news = ear_wait(&ear, LINK_NEWS_ERROR, 5000);
    ck_assert_ptr_nonnull(news);
    ck_assert_int_eq(news->cause, CAUSE_LAME_DUCK);
    link_news_free(news);
    ear_close(&ear);
    server_free(server);
}
END_TEST

START_TEST(killed_server_is_told_at_once_and_come_back_to)
{
    TestServer *server = server_start(NULL);
    Ear ear;

    ear_open_up(&ear, server->url);
    server_kill(server);
    ear_expect(&ear, LINK_NEWS_LOST, 2000);
    ear_expect(&ear, LINK_NEWS_WAIT, 2000);
    server_restart_same_port(server);
    ear_expect(&ear, LINK_NEWS_UP, 8000);
    ear_close(&ear);
    server_free(server);
}
END_TEST

START_TEST(frozen_server_falls_silent_is_lost_and_come_back_to)
{
    TestServer *server = server_start(NULL);
    Ear ear;

    ear_open(&ear, server->url, 1000);
    ear_expect(&ear, LINK_NEWS_UP, 3000);
    server_stop(server);
    ear_expect(&ear, LINK_NEWS_LOST, 5000);
    server_cont(server);
    ear_expect(&ear, LINK_NEWS_UP, 8000);
    ear_close(&ear);
    server_free(server);
}
END_TEST

START_TEST(a_server_that_stalls_or_raves_later_is_lost)
{
    MoodyPlan plan[] = {MOODY_HEALTHY, _i == 0 ? MOODY_STALL_LATER : MOODY_GARBAGE, MOODY_HEALTHY};
    Moody *fake = moody_start(plan, 3);
    Ear ear;

    ear_open(&ear, moody_url(fake), 1000);
    ear_expect(&ear, LINK_NEWS_LOST, 8000);
    ear_close(&ear);
    moody_free(fake);
}
END_TEST

/* Answers PINGs; the link's connection, which says its name, is left after the third. */
static void talk_three_pings(int fd)
{
    char bytes[4096];
    gboolean is_link = FALSE;
    int pings = 0;

    fake_say(fd, "INFO {\"server_id\":\"X\",\"version\":\"2.9.10\",\"max_payload\":1048576,"
                 "\"headers\":true,\"proto\":1,\"client_id\":7} \r\n");
    while (!is_link || pings < 3) {
        gssize got = read(fd, bytes, sizeof bytes - 1);

        if (got <= 0)
            return;
        bytes[got] = '\0';
        is_link = is_link || strstr(bytes, "\"heddle-preflight\"") != NULL;
        for (const char *at = bytes; (at = strstr(at, "PING\r\n")) != NULL; at++, pings++)
            fake_say(fd, "PONG\r\n");
    }
}

/* Between two heartbeats: a write that meets the reset takes the kernel's word of it, and what is
 * read after that is a mere end. */
static void talk_and_reset(int fd)
{
    struct linger at_once = {1, 0};
    struct pollfd in = {.fd = fd, .events = POLLIN};
    char bytes[4096];

    talk_three_pings(fd);
    while (poll(&in, 1, 200) > 0 && read(fd, bytes, sizeof bytes) > 0)
        ;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void talk_and_rave(int fd)
{
    talk_three_pings(fd);
    for (int i = 0; i < 640; i++)
        fake_say(fd, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    fake_be_silent(fd);
}

static const struct {
    FakeTalk talk;
    Cause cause;
    const char *text;
} endings[] = {
    {talk_three_pings, CAUSE_CLOSED, "closed by the server without a word"},
    {talk_and_reset, CAUSE_RESET, "connection reset"},
    {talk_and_rave, CAUSE_NOT_NATS, "the server sent what is no NATS protocol"},
};

START_TEST(a_reset_is_told_from_a_close_and_both_from_garbage)
{
    Fake *fake = fake_start(endings[_i].talk);
    LinkNews *news;
    Ear ear;

    ear_open_up(&ear, fake->url);
    news = ear_wait(&ear, LINK_NEWS_LOST, 5000);
    ck_assert_ptr_nonnull(news);
    ck_assert_str_eq(news->text, endings[_i].text);
    ck_assert_int_eq(news->cause, endings[_i].cause);
    link_news_free(news);
    ear_close(&ear);
    fake_free(fake);
}
END_TEST

static const char *closed_reply; /* of the monitoring port; set before it starts */

static void talk_http(int fd)
{
    char bytes[4096];

    if (read(fd, bytes, sizeof bytes) > 0)
        fake_say(fd, closed_reply);
}

#define CLOSED(id, cid, reason)                                                                    \
    "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"server_id\":\"" id "\","          \
    "\"connections\":[{\"cid\":" cid ",\"reason\":\"" reason "\"}]}"

static const struct {
    const char *reply, *text; /* NULL: nothing more is told */
    Cause cause;
} closings[] = {
    {CLOSED("X", "7", "Slow Consumer (Pending Bytes)"),
     "ended, says the server: Slow Consumer (Pending Bytes)", CAUSE_SLOW_CONSUMER},
    {CLOSED("X", "7", "Authentication Expired\\u001b"),
     "ended, says the server: Authentication Expired␛", CAUSE_AUTH_EXPIRED},
    {CLOSED("X", "7", "Client Closed"), NULL, CAUSE_NONE},
    {CLOSED("Y", "7", "Slow Consumer (Pending Bytes)"), NULL, CAUSE_NONE}, /* another server */
    {"HTTP/1.0 404 Not Found\r\n\r\n", NULL, CAUSE_NONE},
};

START_TEST(a_bare_end_gets_its_reason_from_the_monitoring_port)
{
    Fake *nats = fake_start(talk_three_pings), *http;
    g_autofree char *base = NULL;
    LinkNews *news;
    Ear ear;

    closed_reply = closings[_i].reply;
    http = fake_start(talk_http);
    base = g_strdup_printf("http://127.0.0.1:%u", http->port);
    ear_open_with(&ear, nats->url, NULL, 2000, base);
    ear_expect(&ear, LINK_NEWS_UP, 3000);
    ear_expect(&ear, LINK_NEWS_LOST, 5000);
    if (closings[_i].text == NULL) {
        ck_assert_int_eq(ear_either(&ear, LINK_NEWS_LOST, LINK_NEWS_WAIT), LINK_NEWS_WAIT);
    } else {
        news = ear_wait(&ear, LINK_NEWS_LOST, 2000);
        ck_assert_ptr_nonnull(news);
        ck_assert_str_eq(news->text, closings[_i].text);
        ck_assert_int_eq(news->cause, closings[_i].cause);
        link_news_free(news);
    }
    ear_close(&ear);
    fake_free(nats);
    fake_free(http);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("link_lost");

    tcase_add_checked_fixture(tcase, NULL, ear_threads_end);
    tcase_add_test(tcase, a_cut_path_is_told_from_a_silent_server);
    tcase_add_test(tcase, a_lame_duck_says_so_before_it_goes);
    tcase_add_test(tcase, killed_server_is_told_at_once_and_come_back_to);
    tcase_add_test(tcase, frozen_server_falls_silent_is_lost_and_come_back_to);
    tcase_add_loop_test(tcase, a_server_that_stalls_or_raves_later_is_lost, 0, 2);
    tcase_add_loop_test(tcase, a_reset_is_told_from_a_close_and_both_from_garbage, 0,
                        G_N_ELEMENTS(endings));
    tcase_add_loop_test(tcase, a_bare_end_gets_its_reason_from_the_monitoring_port, 0,
                        G_N_ELEMENTS(closings));
    return suite_run("link_lost", tcase, 60);
}
