/* The streams of a link: the whole bus and the sentinel, taken up, narrowed, left and refused. */
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "nats/roster.h"
#include "tests/support/ear.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

/* Publish through another link until the stream of `ear` carries it: when a subscription is in
 * force nobody tells. */
static void publish_until_counted(Ear *ear, Ear *other, const LinkSend *send)
{
    guint64 before = tap_counts(ear->bus).seen[TAP_BUS];

    for (int i = 0; i < 200 && tap_counts(ear->bus).seen[TAP_BUS] == before; i++) {
        link_send(other->link, send);
        poll(NULL, 0, 20);
    }
    ck_assert_uint_gt(tap_counts(ear->bus).seen[TAP_BUS], before);
}

/* Nobody received this one; what was sent before may have gone the same way. */
static void expect_nobody(Ear *ear, const char *id)
{
    gboolean found = FALSE;

    while (!found) {
        LinkNews *news = ear_wait(ear, LINK_NEWS_NO_RESPONDERS, 2000);

        ck_assert_msg(news != NULL, "somebody received %s", id);
        found = g_str_equal(news->id, id);
        link_news_free(news);
    }
}

static void listen_pair(Ear *ear, Ear *other, const TestServer *server)
{
    ear_open_up(ear, server->url);
    ear_open_up(other, server->url);
}

START_TEST(the_whole_bus_is_heard_on_request_and_left_again)
{
    TestServer *server = server_start(NULL);
    LinkSend send = {"x", "heddle.goals.incoming", "{}", NULL, TAP_TASK, 0, FALSE};
    g_autofree TrafficSample *sample = NULL;
    LinkNews *news;
    Ear ear, other;

    listen_pair(&ear, &other, server);
    link_send(other.link, &send);
    ear_expect(&other, LINK_NEWS_NO_RESPONDERS, 2000); /* not yet */
    link_listen(ear.link, STREAM_BUS, TRUE);
    publish_until_counted(&ear, &other, &send);
    sample = traffic_take(ear.traffic);
    ck_assert_str_eq(sample->rows[0].subject, "heddle.goals.incoming");
    ck_assert_uint_eq(tap_counts(ear.tap).seen[TAP_RESULT], 0);
    link_pause(ear.link, 5000);
    g_clear_pointer(&sample, g_free);
    while ((news = ear_wait(&other, LINK_NEWS_NO_RESPONDERS, 20)) != NULL)
        link_news_free(news);
    link_send(other.link, &send);
    ear_expect(&other, LINK_NEWS_NO_RESPONDERS, 2000);
    link_resume(ear.link);
    publish_until_counted(&ear, &other, &send);
    server_kill(server);
    ear_expect(&ear, LINK_NEWS_LOST, 2000);
    server_restart_same_port(server);
    ear_expect(&ear, LINK_NEWS_UP, 8000);
    ear_expect(&other, LINK_NEWS_UP, 8000);
    publish_until_counted(&ear, &other, &send); /* taken up again by itself */
    link_listen(ear.link, STREAM_BUS, FALSE);
    for (int i = 0; i < 100; i++) {
        link_send(other.link, &send);
        if ((news = ear_wait(&other, LINK_NEWS_NO_RESPONDERS, 50)) != NULL) {
            link_news_free(news);
            break;
        }
        ck_assert_int_lt(i, 99);
    }
    ear_close(&other);
    ear_close(&ear);
    server_free(server);
}
END_TEST

/* A raw publisher: the link's own sends wait for the server, and no_echo hides them. */
static void publish_raw(const TestServer *server, const char *subject, int count)
{
    GString *bytes = g_string_new("CONNECT {\"verbose\":false}\r\n");
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((guint16)server->port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char in[4096];
    gssize got;

    for (int i = 0; i < count; i++)
        g_string_append_printf(bytes, "PUB %s 2\r\n{}\r\n", subject);
    g_string_append(bytes, "PING\r\n");
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    ck_assert_int_eq(send(fd, bytes->str, bytes->len, MSG_NOSIGNAL), (gssize)bytes->len);
    do
        got = recv(fd, in, sizeof in - 1, 0);
    while (got > 0 && memmem(in, (gsize)got, "PONG", 4) == NULL);
    ck_assert_int_gt(got, 0);
    close(fd);
    g_string_free(bytes, TRUE);
}

/* Until the guard has spoken; a publisher that is fast enough for it, and no faster. */
static LinkNews *flood_until_narrowed(Ear *ear, const TestServer *server, const char *subject)
{
    LinkNews *news = NULL;

    for (int i = 0; i < 100 && news == NULL; i++) {
        publish_raw(server, subject, 500);
        news = ear_wait(ear, LINK_NEWS_NARROWED, 50);
    }
    ck_assert_ptr_nonnull(news);
    return news;
}

START_TEST(a_flood_narrows_the_bus_by_its_heaviest_branch_then_leaves_it)
{
    TestServer *server = server_start(NULL);
    LinkSend quiet = {"x", "heddle.odd.thing", "{}", NULL, TAP_TASK, 0, FALSE};
    LinkSend loud = {"y", "heddle.tasks.x.local", "{}", NULL, TAP_TASK, 0, FALSE};
    LinkNews *news;
    Ear ear, other;

    listen_pair(&ear, &other, server);
    link_listen(ear.link, STREAM_BUS, TRUE);
    publish_until_counted(&ear, &other, &quiet);
    news = flood_until_narrowed(&ear, server, "heddle.tasks.x.local");
    ck_assert_int_eq(news->stream, STREAM_BUS);
    ck_assert_uint_eq(news->count, STREAM_NARROWED);
    ck_assert_ptr_nonnull(strstr(news->text, "without heddle.tasks.>: "));
    link_news_free(news);
    publish_until_counted(&ear, &other, &quiet); /* a branch nobody knew beforehand is kept */
    link_send(other.link, &loud);
    expect_nobody(&other, "y"); /* and the loud one is left */
    news = flood_until_narrowed(&ear, server, "heddle.odd.thing");
    ck_assert_uint_eq(news->count, STREAM_LEFT);
    link_news_free(news);
    quiet.id = "z";
    link_send(other.link, &quiet);
    expect_nobody(&other, "z");
    ck_assert_ptr_null(ear_wait(&ear, LINK_NEWS_NARROWED, 700)); /* it does not flap */
    link_listen(ear.link, STREAM_BUS, TRUE);
    publish_until_counted(&ear, &other, &loud); /* whole again when asked for */
    ear_close(&other);
    ear_close(&ear);
    server_free(server);
}
END_TEST

START_TEST(the_sentinel_tells_what_is_suspect_within_a_budget)
{
    TestServer *server = server_start(NULL);
    LinkSend good = {"x", "heddle.tasks.echo.local", "{}", NULL, TAP_TASK, 0, FALSE};
    LinkSend bad = {"y", "heddle.tasks.echo.local", "[1]", NULL, TAP_TASK, 0, FALSE};
    LinkNews *news = NULL;
    gint64 begin;
    Ear ear, other;

    listen_pair(&ear, &other, server);
    link_listen(ear.link, STREAM_SENTINEL, TRUE);
    for (int i = 0; i < 200 && news == NULL; i++) {
        link_send(other.link, &good);
        link_send(other.link, &bad);
        news = ear_wait(&ear, LINK_NEWS_SUSPECT, 20);
    }
    ck_assert_ptr_nonnull(news);
    ck_assert_str_eq(news->subject, "heddle.tasks.echo.local");
    ck_assert_str_eq(news->bytes, "[1]");
    link_news_free(news);
    begin = clock_now();
    for (int i = 0; i < 40; i++)
        link_send(other.link, &bad);
    for (int i = 0; i < 40; i++)
        ear_expect(&other, LINK_NEWS_SENT, 2000);
    for (int told = 0;; told++) {
        /* It fills up again. */
        ck_assert_int_le(told, 8 + 2 + (clock_now() - begin) / (500 * 1000));
        if ((news = ear_wait(&ear, LINK_NEWS_SUSPECT, 200)) == NULL)
            break;
        link_news_free(news);
    }
    for (int i = 0; i < 100 && (news = ear_wait(&ear, LINK_NEWS_SUSPECT, 50)) == NULL; i++)
        link_send(other.link, &bad);
    ck_assert_ptr_nonnull(news);
    ck_assert_uint_gt(news->count, 0); /* those that were not told */
    link_news_free(news);
    ear_close(&other);
    ear_close(&ear);
    server_free(server);
}
END_TEST

START_TEST(the_sentinel_hides_neither_our_own_503_nor_an_empty_roster)
{
    TestServer *server = server_start(NULL);
    LinkSend send = {"task-1", "heddle.tasks.incoming", "{}", NULL, TAP_TASK, 0, FALSE};
    LinkSend other_send = {"task-2", "heddle.tasks.incoming", "[1]", NULL, TAP_TASK, 0, FALSE};
    g_autofree char *why = NULL;
    Roster *roster = roster_new();
    LinkNews *news = NULL;
    Ear ear, other;

    listen_pair(&ear, &other, server);
    link_listen(ear.link, STREAM_SENTINEL, TRUE);
    for (int i = 0; i < 200 && news == NULL; i++) {
        link_send(other.link, &other_send);
        news = ear_wait(&ear, LINK_NEWS_SUSPECT, 20);
    }
    ck_assert_ptr_nonnull(news); /* it is in force */
    link_news_free(news);
    link_send(ear.link, &send);
    news = ear_wait(&ear, LINK_NEWS_NO_RESPONDERS, 2000);
    ck_assert_ptr_nonnull(news);
    ck_assert_str_eq(news->id, "task-1");
    link_news_free(news);
    link_ask_roster(ear.link, 1, "{\"subscriptions_detail\":true,\"filter_subject\":\"heddle.>\"}");
    news = ear_wait(&ear, LINK_NEWS_ROSTER, 3000);
    ck_assert_ptr_nonnull(news);
    ck_assert(roster_read(roster, raw_bytes(news->bytes, news->len), &why));
    ck_assert_ptr_nonnull(strstr(news->bytes, "heddle.*.incoming"));
    ck_assert_uint_eq(roster_count(roster, "heddle.*.incoming", "*"), 0); /* ours: no part of it */
    ck_assert_uint_eq(roster_count(roster, "heddle.tasks.incoming", "*"), 0);
    link_news_free(news);
    roster_free(roster);
    ear_close(&other);
    ear_close(&ear);
    server_free(server);
}
END_TEST

/* A login without the right to listen wide is none the worse: it is a fact about the stream. */
START_TEST(a_stream_that_the_server_refuses_is_told_as_such)
{
    TestServer *server = server_start_conf(
        "authorization { users: [ {user: me, password: pw, permissions: { subscribe: { deny: "
        "[\"heddle.control.*\"] } } } ] }\n");
    g_autofree char *url = g_strdup_printf("nats://me:pw@127.0.0.1:%u", server->port);
    LinkNews *news;
    Ear ear;

    ear_open_up(&ear, url);
    link_listen(ear.link, STREAM_SENTINEL, TRUE);
    news = ear_wait(&ear, LINK_NEWS_STREAM_DENIED, 3000);
    ck_assert_ptr_nonnull(news);
    ck_assert_int_eq(news->stream, STREAM_SENTINEL);
    ck_assert_ptr_nonnull(strstr(news->text, "heddle.control.*"));
    link_news_free(news);
    ck_assert_ptr_null(ear_wait(&ear, LINK_NEWS_ERROR, 300));
    ear_close(&ear);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("link_streams");

    tcase_add_checked_fixture(tcase, NULL, ear_threads_end);
    tcase_add_test(tcase, the_whole_bus_is_heard_on_request_and_left_again);
    tcase_add_test(tcase, a_flood_narrows_the_bus_by_its_heaviest_branch_then_leaves_it);
    tcase_add_test(tcase, the_sentinel_tells_what_is_suspect_within_a_budget);
    tcase_add_test(tcase, the_sentinel_hides_neither_our_own_503_nor_an_empty_roster);
    tcase_add_test(tcase, a_stream_that_the_server_refuses_is_told_as_such);
    return suite_run("link_streams", tcase, 60);
}
