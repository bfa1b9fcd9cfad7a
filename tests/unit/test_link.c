/* The link lives through everything a server can do to it, and leaves nothing behind. Real
 * nats-servers where they can be made to misbehave, fakes where they cannot. */
#include <dirent.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/queue.h"
#include "nats/link_parts.h"
#include "nats/roster.h"
#include "nats/sockets.h"
#include "tests/support/cert.h"
#include "tests/support/fake.h"
#include "tests/support/moody.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

static const LinkWatch watches[] = {
    {"heddle.results.default", TAP_RESULT},
    {NULL, TAP_RESULT},
};

/* Small limits, so that a flood need not be one. */
static const char *const whole[] = {"heddle.>", NULL};
static const char *const branches[] = {"heddle.tasks.>", "heddle.results.>", NULL};
static const char *const guarded[] = {"heddle.*.incoming", "heddle.control.*", "heddle.tasks.*.*",
                                      NULL};
static const LinkStreamHow streams[LINK_STREAMS] = {
    [STREAM_BUS] = {whole, branches, TAP_BUS, {1000, 100e6, 16384, 4 * 1024 * 1024}},
    [STREAM_SENTINEL] = {guarded, NULL, TAP_SENTINEL, {1000, 100e6, 16384, 4 * 1024 * 1024}},
};

static int is_array(const char *subject, const char *bytes, gsize len)
{
    return subject[0] != '\0' && len > 0 && bytes[0] == '[' ? 2 : 0;
}

typedef struct Ear { /* what a test hears of its link */
    Queue *queue;
    Tap *tap, *bus;
    Traffic *traffic;
    Link *link;
} Ear;

static void free_news(void *news)
{
    link_news_free(news);
}

static void hear(void *data, LinkNews *news)
{
    queue_post(((Ear *)data)->queue, news, QUEUE_DECISIVE);
}

static void listen_asking(Ear *ear, const char *url, Access *access, int timeout_ms,
                          const char *monitor_url)
{
    LinkHow how = {
        .number = 1,
        .url = url,
        .access = access,
        .timeout_ms = timeout_ms,
        .watch = watches,
        .post = hear,
        .data = ear,
        .streams = streams,
        .suspect = is_array,
        .monitor_url = monitor_url,
    };

    ear->queue = queue_new(4096, free_news);
    how.tap = ear->tap = tap_new(64, 512);
    how.bus = ear->bus = tap_new(64, 512);
    how.traffic = ear->traffic = traffic_new();
    ear->link = link_open(&how);
    link_set_floor(ear->link, TRUE);
}

static void listen_with(Ear *ear, const char *url, Access *access, int timeout_ms)
{
    listen_asking(ear, url, access, timeout_ms, NULL);
}

static void listen_to(Ear *ear, const char *url, int timeout_ms)
{
    listen_with(ear, url, NULL, timeout_ms);
}

/* The next news of a kind, or NULL when none comes in time. */
static LinkNews *wait_news(Ear *ear, LinkNewsKind kind, int wait_ms)
{
    gint64 until = clock_now() + wait_ms * 1000LL;

    while (clock_now() < until) {
        struct pollfd in = {.fd = queue_fd(ear->queue), .events = POLLIN};
        LinkNews *news;

        poll(&in, 1, 20);
        while ((news = queue_take(ear->queue)) != NULL) {
            if (news->kind == kind)
                return news;
            link_news_free(news);
        }
    }
    return NULL;
}

static void expect(Ear *ear, LinkNewsKind kind, int wait_ms)
{
    LinkNews *news = wait_news(ear, kind, wait_ms);

    ck_assert_msg(news != NULL, "news %d did not come", kind);
    link_news_free(news);
}

/* The kind of the next news that is one of two. */
static LinkNewsKind either(Ear *ear, LinkNewsKind a, LinkNewsKind b)
{
    for (;;) {
        struct pollfd in = {.fd = queue_fd(ear->queue), .events = POLLIN};
        LinkNews *news;

        ck_assert_int_gt(poll(&in, 1, 5000), 0);
        while ((news = queue_take(ear->queue)) != NULL) {
            LinkNewsKind kind = news->kind;

            link_news_free(news);
            if (kind == a || kind == b)
                return kind;
        }
    }
}

static void wait_threads_end(void)
{
    for (int i = 0; i < 500 && link_threads() > 0; i++)
        poll(NULL, 0, 10);
    ck_assert_uint_eq(link_threads(), 0);
}

static void stop_listening(Ear *ear)
{
    gint64 begin = clock_now();

    link_close(ear->link);
    ck_assert_int_lt(clock_now() - begin, 100 * 1000); /* never waits */
    queue_free(ear->queue);
    tap_unref(ear->tap);
    tap_unref(ear->bus);
    traffic_unref(ear->traffic);
}

static int count_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;

    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

/* --- whose silence it is --- */

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

    listen_to(&ear, server->url, 2000);
    expect(&ear, LINK_NEWS_UP, 3000);
    server_stop(server);
    news = wait_news(&ear, LINK_NEWS_SILENT, 4000);
    ck_assert_ptr_nonnull(news);
    ck_assert_int_eq(news->cause, CAUSE_SILENT);
    ck_assert(strstr(news->text, "its host acknowledges") != NULL);
    link_news_free(news);
    server_cont(server);
    expect(&ear, LINK_NEWS_RTT, 10000);

    sockets_visit(address, deafen, &deaf);
    ck_assert_int_ge(deaf, 1);
    news = wait_news(&ear, LINK_NEWS_SILENT, 4000);
    ck_assert_ptr_nonnull(news);
    ck_assert_int_eq(news->cause, CAUSE_PATH_LOST);
    ck_assert(strstr(news->text, "acknowledges nothing any more") != NULL);
    link_news_free(news);
    expect(&ear, LINK_NEWS_LOST, 6000);
    expect(&ear, LINK_NEWS_UP, 6000); /* by another socket */
    stop_listening(&ear);
    server_free(server);
}
END_TEST

START_TEST(link_comes_up_and_answers_every_second)
{
    TestServer *server = server_start(NULL);
    Ear ear;
    LinkNews *rtt;

    listen_to(&ear, server->url, 2000);
    expect(&ear, LINK_NEWS_UP, 3000);
    rtt = wait_news(&ear, LINK_NEWS_RTT, 2500);
    ck_assert_ptr_nonnull(rtt);
    ck_assert(rtt->ms > 0 && rtt->ms < 500);
    link_news_free(rtt);
    expect(&ear, LINK_NEWS_RTT, 2500);
    stop_listening(&ear);
    server_free(server);
}
END_TEST

/* With a client certificate and an authority of its own, though the URL says nats://. */
START_TEST(a_lame_duck_says_so_before_it_goes)
{
    TestServer *server = server_start_conf("lame_duck_duration: \"30s\"\n");
    Ear ear;
    LinkNews *news;

    listen_to(&ear, server->url, 2000);
    expect(&ear, LINK_NEWS_UP, 3000);
    kill(server->pid, SIGUSR2); /* nats-server --signal ldm */
    news = wait_news(&ear, LINK_NEWS_ERROR, 5000);
    ck_assert_ptr_nonnull(news);
    ck_assert_int_eq(news->cause, CAUSE_LAME_DUCK);
    link_news_free(news);
    stop_listening(&ear);
    server_free(server);
}
END_TEST

START_TEST(link_goes_under_tls_where_its_ladder_did)
{
    g_autofree char *folder = folder_new(), *cert = g_build_filename(folder, "cert.pem", NULL);
    g_autofree char *key = g_build_filename(folder, "key.pem", NULL);
    const char *const args[] = {"--tlsverify", "--tlscert",   cert, "--tlskey",
                                key,           "--tlscacert", cert, NULL};
    Access *access = access_new();
    TestServer *server;
    Ear ear;

    cert_make(folder, "IP:127.0.0.1", -1, 90);
    server = server_start(args);
    access_set(access, ACCESS_TLS_CA, cert, ORIGIN_FLAG);
    access_set(access, ACCESS_TLS_CERT, cert, ORIGIN_FLAG);
    access_set(access, ACCESS_TLS_KEY, key, ORIGIN_FLAG);
    listen_with(&ear, server->url, access, 5000);
    expect(&ear, LINK_NEWS_UP, 8000);
    stop_listening(&ear);
    wait_threads_end();
    access_unref(access);
    server_free(server);
    folder_remove(folder);
}
END_TEST

/* Heddle's client does so by itself; the trust is the system's. */
START_TEST(link_goes_under_tls_where_the_server_demands_it)
{
    g_autofree char *folder = folder_new(), *cert = g_build_filename(folder, "cert.pem", NULL);
    g_autofree char *key = g_build_filename(folder, "key.pem", NULL);
    const char *const args[] = {"--tls", "--tlscert", cert, "--tlskey", key, NULL};
    TestServer *server;
    Ear ear;

    cert_make(folder, "IP:127.0.0.1", -1, 90);
    g_setenv("SSL_CERT_FILE", cert, TRUE);
    server = server_start(args);
    listen_to(&ear, server->url, 5000);
    expect(&ear, LINK_NEWS_UP, 8000);
    stop_listening(&ear);
    wait_threads_end();
    server_free(server);
    folder_remove(folder);
}
END_TEST

START_TEST(killed_server_is_told_at_once_and_come_back_to)
{
    TestServer *server = server_start(NULL);
    Ear ear;

    listen_to(&ear, server->url, 2000);
    expect(&ear, LINK_NEWS_UP, 3000);
    server_kill(server);
    expect(&ear, LINK_NEWS_LOST, 1000);
    expect(&ear, LINK_NEWS_WAIT, 1000);
    server_restart_same_port(server);
    expect(&ear, LINK_NEWS_UP, 8000);
    stop_listening(&ear);
    server_free(server);
}
END_TEST

static const struct {
    unsigned tries;
    int most_ms;
} pauses[] = {{0, 250},  {1, 500},  {2, 1000},  {3, 2000},        {4, 4000},
              {5, 5000}, {6, 5000}, {40, 5000}, {G_MAXUINT, 5000}};

START_TEST(the_pause_grows_to_five_seconds_and_is_never_the_same)
{
    int least = G_MAXINT, most = 0;

    for (int i = 0; i < 2000; i++) {
        int ms = link_backoff_ms(pauses[_i].tries);

        least = MIN(least, ms);
        most = MAX(most, ms);
    }
    ck_assert_int_ge(least, pauses[_i].most_ms * 3 / 4);
    ck_assert_int_le(most, pauses[_i].most_ms);
    /* Spread over that quarter: it is missed at either end once in 10^40 times. */
    ck_assert_int_lt(least, pauses[_i].most_ms * 8 / 10);
    ck_assert_int_gt(most, pauses[_i].most_ms * 95 / 100);
}
END_TEST

/* What the news say is what is waited. */
START_TEST(a_refused_link_tries_again_after_the_pause_it_tells)
{
    int holder;
    unsigned port = refusing_port(&holder);
    g_autofree char *url = g_strdup_printf("nats://127.0.0.1:%u", port);
    Ear ear;

    listen_to(&ear, url, 1000);
    for (unsigned tries = 1; tries <= 2; tries++) {
        LinkNews *wait = wait_news(&ear, LINK_NEWS_WAIT, 3000), *again;

        ck_assert_ptr_nonnull(wait);
        ck_assert_uint_eq(wait->count, tries + 1);
        ck_assert(wait->ms <= 250 << tries && wait->ms >= (250 << tries) * 3 / 4);
        again = wait_news(&ear, LINK_NEWS_LADDER, 3000);
        ck_assert_ptr_nonnull(again);
        ck_assert_int_ge(again->at_us - wait->at_us, (gint64)(wait->ms * 1000));
        link_news_free(wait);
        link_news_free(again);
    }
    stop_listening(&ear);
    close(holder);
}
END_TEST

START_TEST(frozen_server_falls_silent_is_lost_and_come_back_to)
{
    TestServer *server = server_start(NULL);
    Ear ear;

    listen_to(&ear, server->url, 1000);
    expect(&ear, LINK_NEWS_UP, 3000);
    server_stop(server);
    expect(&ear, LINK_NEWS_LOST, 5000);
    server_cont(server);
    expect(&ear, LINK_NEWS_UP, 8000);
    stop_listening(&ear);
    server_free(server);
}
END_TEST

/* The ladder is answered well, and the connection of libnats that follows is not. Without the
 * watchdog each of these hangs or spins for ever (../shared/facts-nats.md). */
static const MoodyPlan after_a_good_climb[] = {MOODY_SILENT,  MOODY_INFO_SILENT,
                                               MOODY_NO_PONG, MOODY_ENDLESS_LINE,
                                               MOODY_BREAK,   MOODY_TLS_STALL};

START_TEST(connect_is_bounded_whatever_the_server_does)
{
    /* One that is closed without a word is tried once more before it is told. */
    gboolean twice = after_a_good_climb[_i] == MOODY_BREAK;
    MoodyPlan plan[] = {MOODY_HEALTHY, after_a_good_climb[_i], twice ? MOODY_BREAK : MOODY_HEALTHY,
                        MOODY_HEALTHY};
    Moody *fake = moody_start(plan, 4);
    struct rusage before, after;
    Ear ear;

    getrusage(RUSAGE_SELF, &before);
    listen_to(&ear, moody_url(fake), 600);
    expect(&ear, LINK_NEWS_LADDER, 2000);
    expect(&ear, LINK_NEWS_LOST, 3000);
    expect(&ear, LINK_NEWS_UP, 5000);
    getrusage(RUSAGE_SELF, &after);
    ck_assert_int_lt((after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000 +
                         (after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1000,
                     1500);
    ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 64 * 1024);
    stop_listening(&ear);
    moody_free(fake);
}
END_TEST

START_TEST(closing_is_bounded_while_a_connect_hangs)
{
    MoodyPlan plan[] = {MOODY_HEALTHY, MOODY_INFO_SILENT};
    Moody *fake = moody_start(plan, 2);
    Ear ear;

    listen_to(&ear, moody_url(fake), 800);
    expect(&ear, LINK_NEWS_LADDER, 2000);
    for (int i = 0; i < 200 && moody_connections(fake) < 2; i++)
        poll(NULL, 0, 10);
    stop_listening(&ear);
    moody_free(fake);
}
END_TEST

START_TEST(a_server_that_stalls_or_raves_later_is_lost)
{
    MoodyPlan plan[] = {MOODY_HEALTHY, _i == 0 ? MOODY_STALL_LATER : MOODY_GARBAGE, MOODY_HEALTHY};
    Moody *fake = moody_start(plan, 3);
    Ear ear;

    listen_to(&ear, moody_url(fake), 1000);
    expect(&ear, LINK_NEWS_LOST, 8000);
    stop_listening(&ear);
    moody_free(fake);
}
END_TEST

/* --- how a connection ends --- */

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

    listen_to(&ear, fake->url, 2000);
    expect(&ear, LINK_NEWS_UP, 3000);
    news = wait_news(&ear, LINK_NEWS_LOST, 5000);
    ck_assert_ptr_nonnull(news);
    ck_assert_str_eq(news->text, endings[_i].text);
    ck_assert_int_eq(news->cause, endings[_i].cause);
    link_news_free(news);
    stop_listening(&ear);
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
    listen_asking(&ear, nats->url, NULL, 2000, base);
    expect(&ear, LINK_NEWS_UP, 3000);
    expect(&ear, LINK_NEWS_LOST, 5000);
    if (closings[_i].text == NULL) {
        ck_assert_int_eq(either(&ear, LINK_NEWS_LOST, LINK_NEWS_WAIT), LINK_NEWS_WAIT);
    } else {
        news = wait_news(&ear, LINK_NEWS_LOST, 2000);
        ck_assert_ptr_nonnull(news);
        ck_assert_str_eq(news->text, closings[_i].text);
        ck_assert_int_eq(news->cause, closings[_i].cause);
        link_news_free(news);
    }
    stop_listening(&ear);
    fake_free(nats);
    fake_free(http);
}
END_TEST

START_TEST(a_send_without_listener_is_told_by_the_server)
{
    TestServer *server = server_start(NULL);
    LinkSend send = {"task-1", "heddle.tasks.incoming", "{}", NULL, TAP_TASK, 0, FALSE};
    LinkNews *news;
    Ear ear;

    listen_to(&ear, server->url, 2000);
    expect(&ear, LINK_NEWS_UP, 3000);
    link_send(ear.link, &send);
    news = wait_news(&ear, LINK_NEWS_NO_RESPONDERS, 2000);
    ck_assert_ptr_nonnull(news);
    ck_assert_str_eq(news->id, "task-1");
    link_news_free(news);
    stop_listening(&ear);
    server_free(server);
}
END_TEST

START_TEST(a_marked_result_is_posted_and_kept)
{
    TestServer *server = server_start(NULL);
    LinkSend send = {"x",  "heddle.results.default", "{\"task_id\":\"MARK-1\"}", NULL, TAP_TASK, 0,
                     FALSE};
    LinkNews *news;
    Ear ear, other;

    listen_to(&ear, server->url, 2000);
    tap_set_mark(ear.tap, "MARK");
    expect(&ear, LINK_NEWS_UP, 3000);
    listen_to(&other, server->url, 2000);
    expect(&other, LINK_NEWS_UP, 3000);
    link_send(other.link, &send);
    news = wait_news(&ear, LINK_NEWS_MATCH, 2000);
    ck_assert_ptr_nonnull(news);
    ck_assert_str_eq(news->bytes, "{\"task_id\":\"MARK-1\"}");
    ck_assert_int_eq(news->class, TAP_RESULT);
    ck_assert_uint_eq(tap_counts(ear.tap).seen[TAP_RESULT], 1);
    link_news_free(news);
    stop_listening(&other);
    stop_listening(&ear);
    server_free(server);
}
END_TEST

START_TEST(a_paused_link_takes_nothing_and_comes_back)
{
    TestServer *server = server_start(NULL);
    LinkSend send = {"x", "heddle.results.default", "{}", NULL, TAP_TASK, 0, FALSE};
    Ear ear, other;

    listen_to(&ear, server->url, 2000);
    expect(&ear, LINK_NEWS_UP, 3000);
    listen_to(&other, server->url, 2000);
    expect(&other, LINK_NEWS_UP, 3000);
    link_pause(ear.link, 1000);
    link_send(other.link, &send);
    expect(&other, LINK_NEWS_NO_RESPONDERS, 2000); /* the other's own does not count: no_echo */
    ck_assert_uint_eq(tap_counts(ear.tap).seen[TAP_RESULT], 0);
    link_resume(ear.link);
    for (int i = 0; i < 100 && tap_counts(ear.tap).seen[TAP_RESULT] == 0; i++) {
        link_send(other.link, &send);
        poll(NULL, 0, 20);
    }
    ck_assert_uint_gt(tap_counts(ear.tap).seen[TAP_RESULT], 0);
    stop_listening(&other);
    stop_listening(&ear);
    server_free(server);
}
END_TEST

/* The server may still count the ladder's connection, just closed, when the link's comes. */
START_TEST(the_last_place_of_a_server_is_enough)
{
    TestServer *server = server_start_conf("max_connections: 1\n");

    for (int i = 0; i < 30; i++) {
        Ear ear;

        listen_to(&ear, server->url, 2000);
        ck_assert_int_eq(either(&ear, LINK_NEWS_UP, LINK_NEWS_LOST), LINK_NEWS_UP);
        stop_listening(&ear);
        wait_threads_end();
    }
    server_free(server);
}
END_TEST

START_TEST(the_roster_of_a_real_server_names_its_subscribers)
{
    TestServer *server = server_start(NULL);
    LinkNews *news;
    Ear ear;

    listen_to(&ear, server->url, 2000);
    expect(&ear, LINK_NEWS_UP, 3000);
    link_ask_roster(ear.link, 1, "{\"subscriptions_detail\":true,\"filter_subject\":\"heddle.>\"}");
    news = wait_news(&ear, LINK_NEWS_ROSTER, 3000);
    ck_assert_ptr_nonnull(news);
    ck_assert_ptr_nonnull(strstr(news->bytes, "heddle.results.default"));
    link_news_free(news);
    stop_listening(&ear);
    server_free(server);
}
END_TEST

/* The config of `server` changes, it is told, and it has said so in its log. */
static void reload(const TestServer *server, const char *conf)
{
    g_autofree char *path = g_build_filename(server->folder, "conf", NULL);
    gint64 until = clock_now() + 5 * (gint64)G_USEC_PER_SEC;
    gboolean done = FALSE;

    ck_assert(g_file_set_contents(path, conf, -1, NULL));
    kill(server->pid, SIGHUP);
    while (!done) {
        g_autofree char *log = NULL;

        ck_assert(clock_now() < until);
        g_usleep(2000);
        done = g_file_get_contents(server->log, &log, NULL, NULL) &&
               strstr(log, "Reloaded server configuration") != NULL;
    }
}

/* Debian's 2.9.10 answers nobody after it: that is said, and not that it never could. */
START_TEST(a_server_that_loses_its_answers_by_a_reload_is_told_from_one_without)
{
    static const char ask[] = "{\"subscriptions_detail\":true}";
    TestServer *server = server_start_conf("max_payload: 1000000\n");
    LinkNews *news;
    Ear ear;
    gboolean old;

    listen_to(&ear, server->url, 2000);
    news = wait_news(&ear, LINK_NEWS_LADDER, 3000);
    old = g_str_has_prefix(news->ladder->info.version, "2.9.1");
    link_news_free(news);
    expect(&ear, LINK_NEWS_UP, 3000);
    link_ask_roster(ear.link, 1, ask);
    expect(&ear, LINK_NEWS_ROSTER, 3000);
    reload(server, "max_payload: 900000\n");
    link_ask_roster(ear.link, 2, ask);
    news = wait_news(&ear, old ? LINK_NEWS_NO_ROSTER : LINK_NEWS_ROSTER, 3000);
    ck_assert_ptr_nonnull(news);
    if (old)
        ck_assert_ptr_nonnull(strstr(news->text, "no more, as one before August 2023"));
    link_news_free(news);
    stop_listening(&ear);
    server_free(server);
}
END_TEST

/* --- streams --- */

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
        LinkNews *news = wait_news(ear, LINK_NEWS_NO_RESPONDERS, 2000);

        ck_assert_msg(news != NULL, "somebody received %s", id);
        found = g_str_equal(news->id, id);
        link_news_free(news);
    }
}

static void listen_pair(Ear *ear, Ear *other, const TestServer *server)
{
    listen_to(ear, server->url, 2000);
    expect(ear, LINK_NEWS_UP, 3000);
    listen_to(other, server->url, 2000);
    expect(other, LINK_NEWS_UP, 3000);
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
    expect(&other, LINK_NEWS_NO_RESPONDERS, 2000); /* not yet */
    link_listen(ear.link, STREAM_BUS, TRUE);
    publish_until_counted(&ear, &other, &send);
    sample = traffic_take(ear.traffic);
    ck_assert_str_eq(sample->rows[0].subject, "heddle.goals.incoming");
    ck_assert_uint_eq(tap_counts(ear.tap).seen[TAP_RESULT], 0);
    link_pause(ear.link, 1000);
    g_clear_pointer(&sample, g_free);
    while ((news = wait_news(&other, LINK_NEWS_NO_RESPONDERS, 20)) != NULL)
        link_news_free(news);
    link_send(other.link, &send);
    expect(&other, LINK_NEWS_NO_RESPONDERS, 2000);
    link_resume(ear.link);
    publish_until_counted(&ear, &other, &send);
    server_kill(server);
    expect(&ear, LINK_NEWS_LOST, 2000);
    server_restart_same_port(server);
    expect(&ear, LINK_NEWS_UP, 8000);
    expect(&other, LINK_NEWS_UP, 8000);
    publish_until_counted(&ear, &other, &send); /* taken up again by itself */
    link_listen(ear.link, STREAM_BUS, FALSE);
    for (int i = 0; i < 100; i++) {
        link_send(other.link, &send);
        if ((news = wait_news(&other, LINK_NEWS_NO_RESPONDERS, 50)) != NULL) {
            link_news_free(news);
            break;
        }
        ck_assert_int_lt(i, 99);
    }
    stop_listening(&other);
    stop_listening(&ear);
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
        news = wait_news(ear, LINK_NEWS_NARROWED, 50);
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
    ck_assert_ptr_null(wait_news(&ear, LINK_NEWS_NARROWED, 700)); /* it does not flap */
    link_listen(ear.link, STREAM_BUS, TRUE);
    publish_until_counted(&ear, &other, &loud); /* whole again when asked for */
    stop_listening(&other);
    stop_listening(&ear);
    server_free(server);
}
END_TEST

START_TEST(the_sentinel_tells_what_is_suspect_within_a_budget)
{
    TestServer *server = server_start(NULL);
    LinkSend good = {"x", "heddle.tasks.echo.local", "{}", NULL, TAP_TASK, 0, FALSE};
    LinkSend bad = {"y", "heddle.tasks.echo.local", "[1]", NULL, TAP_TASK, 0, FALSE};
    LinkNews *news = NULL;
    Ear ear, other;

    listen_pair(&ear, &other, server);
    link_listen(ear.link, STREAM_SENTINEL, TRUE);
    for (int i = 0; i < 200 && news == NULL; i++) {
        link_send(other.link, &good);
        link_send(other.link, &bad);
        news = wait_news(&ear, LINK_NEWS_SUSPECT, 20);
    }
    ck_assert_ptr_nonnull(news);
    ck_assert_str_eq(news->subject, "heddle.tasks.echo.local");
    ck_assert_str_eq(news->bytes, "[1]");
    link_news_free(news);
    for (int i = 0; i < 40; i++)
        link_send(other.link, &bad);
    for (int i = 0; i < 40; i++)
        expect(&other, LINK_NEWS_SENT, 2000);
    for (int told = 0;; told++) {
        ck_assert_int_le(told, 8 + 2);
        if ((news = wait_news(&ear, LINK_NEWS_SUSPECT, 200)) == NULL)
            break;
        link_news_free(news);
    }
    for (int i = 0; i < 100 && (news = wait_news(&ear, LINK_NEWS_SUSPECT, 50)) == NULL; i++)
        link_send(other.link, &bad);
    ck_assert_ptr_nonnull(news);
    ck_assert_uint_gt(news->count, 0); /* those that were not told */
    link_news_free(news);
    stop_listening(&other);
    stop_listening(&ear);
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
        news = wait_news(&ear, LINK_NEWS_SUSPECT, 20);
    }
    ck_assert_ptr_nonnull(news); /* it is in force */
    link_news_free(news);
    link_send(ear.link, &send);
    news = wait_news(&ear, LINK_NEWS_NO_RESPONDERS, 2000);
    ck_assert_ptr_nonnull(news);
    ck_assert_str_eq(news->id, "task-1");
    link_news_free(news);
    link_ask_roster(ear.link, 1, "{\"subscriptions_detail\":true,\"filter_subject\":\"heddle.>\"}");
    news = wait_news(&ear, LINK_NEWS_ROSTER, 3000);
    ck_assert_ptr_nonnull(news);
    ck_assert(roster_read(roster, raw_bytes(news->bytes, news->len), &why));
    ck_assert_ptr_nonnull(strstr(news->bytes, "heddle.*.incoming"));
    ck_assert_uint_eq(roster_count(roster, "heddle.*.incoming", "*"), 0); /* ours: no part of it */
    ck_assert_uint_eq(roster_count(roster, "heddle.tasks.incoming", "*"), 0);
    link_news_free(news);
    roster_free(roster);
    stop_listening(&other);
    stop_listening(&ear);
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

    listen_to(&ear, url, 2000);
    expect(&ear, LINK_NEWS_UP, 3000);
    link_listen(ear.link, STREAM_SENTINEL, TRUE);
    news = wait_news(&ear, LINK_NEWS_STREAM_DENIED, 3000);
    ck_assert_ptr_nonnull(news);
    ck_assert_int_eq(news->stream, STREAM_SENTINEL);
    ck_assert_ptr_nonnull(strstr(news->text, "heddle.control.*"));
    link_news_free(news);
    ck_assert_ptr_null(wait_news(&ear, LINK_NEWS_ERROR, 300));
    stop_listening(&ear);
    server_free(server);
}
END_TEST

START_TEST(two_hundred_links_leave_no_thread_and_no_descriptor)
{
    TestServer *server = server_start(NULL);
    Tap *tap = tap_new(8, 128);
    Queue *queue = queue_new(100000, free_news);
    Ear ear = {.queue = queue, .tap = tap};
    LinkHow how = {
        .url = server->url,
        .timeout_ms = 1000,
        .watch = watches,
        .tap = tap,
        .post = hear,
        .data = &ear,
    };
    int fds, threads;

    link_close(link_open(&how)); /* what libnats opens once for good */
    wait_threads_end();
    ear.link = link_open(&how);
    expect(&ear, LINK_NEWS_UP, 3000);
    link_close(ear.link);
    wait_threads_end();
    fds = count_entries("/proc/self/fd");
    threads = count_entries("/proc/self/task");
    for (unsigned i = 1; i <= 200; i++) {
        how.number = i;
        link_close(link_open(&how));
    }
    wait_threads_end();
    for (int i = 0; i < 300 && (count_entries("/proc/self/fd") > fds ||
                                count_entries("/proc/self/task") > threads);
         i++)
        poll(NULL, 0, 10);
    ck_assert_int_le(count_entries("/proc/self/fd"), fds);
    ck_assert_int_le(count_entries("/proc/self/task"), threads);
    queue_free(queue);
    tap_unref(tap);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("link");

    /* However a test leaves its links, their threads end by themselves. */
    tcase_add_checked_fixture(tcase, NULL, wait_threads_end);
    tcase_add_test(tcase, link_comes_up_and_answers_every_second);
    tcase_add_test(tcase, a_cut_path_is_told_from_a_silent_server);
    tcase_add_test(tcase, a_lame_duck_says_so_before_it_goes);
    tcase_add_test(tcase, link_goes_under_tls_where_its_ladder_did);
    tcase_add_test(tcase, link_goes_under_tls_where_the_server_demands_it);
    tcase_add_test(tcase, killed_server_is_told_at_once_and_come_back_to);
    tcase_add_loop_test(tcase, the_pause_grows_to_five_seconds_and_is_never_the_same, 0,
                        G_N_ELEMENTS(pauses));
    tcase_add_test(tcase, a_refused_link_tries_again_after_the_pause_it_tells);
    tcase_add_test(tcase, frozen_server_falls_silent_is_lost_and_come_back_to);
    tcase_add_loop_test(tcase, connect_is_bounded_whatever_the_server_does, 0,
                        G_N_ELEMENTS(after_a_good_climb));
    tcase_add_test(tcase, closing_is_bounded_while_a_connect_hangs);
    tcase_add_loop_test(tcase, a_server_that_stalls_or_raves_later_is_lost, 0, 2);
    tcase_add_loop_test(tcase, a_reset_is_told_from_a_close_and_both_from_garbage, 0,
                        G_N_ELEMENTS(endings));
    tcase_add_loop_test(tcase, a_bare_end_gets_its_reason_from_the_monitoring_port, 0,
                        G_N_ELEMENTS(closings));
    tcase_add_test(tcase, a_send_without_listener_is_told_by_the_server);
    tcase_add_test(tcase, a_marked_result_is_posted_and_kept);
    tcase_add_test(tcase, a_paused_link_takes_nothing_and_comes_back);
    tcase_add_test(tcase, the_last_place_of_a_server_is_enough);
    tcase_add_test(tcase, the_roster_of_a_real_server_names_its_subscribers);
    tcase_add_test(tcase, a_server_that_loses_its_answers_by_a_reload_is_told_from_one_without);
    tcase_add_test(tcase, the_whole_bus_is_heard_on_request_and_left_again);
    tcase_add_test(tcase, a_flood_narrows_the_bus_by_its_heaviest_branch_then_leaves_it);
    tcase_add_test(tcase, the_sentinel_tells_what_is_suspect_within_a_budget);
    tcase_add_test(tcase, the_sentinel_hides_neither_our_own_503_nor_an_empty_roster);
    tcase_add_test(tcase, a_stream_that_the_server_refuses_is_told_as_such);
    tcase_add_test(tcase, two_hundred_links_leave_no_thread_and_no_descriptor);
    return suite_run("link", tcase, 60);
}
