/* The link comes up whatever it meets on the way, carries what it is given, and leaves nothing
 * behind. Real nats-servers where they can be made to misbehave, fakes where they cannot. */
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "nats/link_parts.h"
#include "tests/support/cert.h"
#include "tests/support/ear.h"
#include "tests/support/fake.h"
#include "tests/support/moody.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

static int count_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;

    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

START_TEST(link_comes_up_and_answers_every_second)
{
    TestServer *server = server_start(NULL);
    Ear ear;
    LinkNews *rtt;

    ear_open_up(&ear, server->url);
    rtt = ear_wait(&ear, LINK_NEWS_RTT, 2500);
    ck_assert_ptr_nonnull(rtt);
    ck_assert(rtt->ms > 0 && rtt->ms < 2000);
    link_news_free(rtt);
    ear_expect(&ear, LINK_NEWS_RTT, 2500);
    ear_close(&ear);
    server_free(server);
}
END_TEST

/* With a client certificate and an authority of its own, though the URL says nats://. */
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
    ear_open_with(&ear, server->url, access, 5000, NULL);
    ear_expect(&ear, LINK_NEWS_UP, 8000);
    ear_close(&ear);
    ear_threads_end();
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
    ear_open(&ear, server->url, 5000);
    ear_expect(&ear, LINK_NEWS_UP, 8000);
    ear_close(&ear);
    ear_threads_end();
    server_free(server);
    folder_remove(folder);
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

    ear_open(&ear, url, 1000);
    for (unsigned tries = 1; tries <= 2; tries++) {
        LinkNews *wait = ear_wait(&ear, LINK_NEWS_WAIT, 3000), *again;

        ck_assert_ptr_nonnull(wait);
        ck_assert_uint_eq(wait->count, tries + 1);
        ck_assert(wait->ms <= 250 << tries && wait->ms >= (250 << tries) * 3 / 4);
        again = ear_wait(&ear, LINK_NEWS_LADDER, 3000);
        ck_assert_ptr_nonnull(again);
        ck_assert_int_ge(again->at_us - wait->at_us, (gint64)(wait->ms * 1000));
        link_news_free(wait);
        link_news_free(again);
    }
    ear_close(&ear);
    close(holder);
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
    ear_open(&ear, moody_url(fake), 600);
    ear_expect(&ear, LINK_NEWS_LADDER, 2000);
    ear_expect(&ear, LINK_NEWS_LOST, 3000);
    ear_expect(&ear, LINK_NEWS_UP, 5000);
    getrusage(RUSAGE_SELF, &after);
    ck_assert_int_lt((after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000 +
                         (after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1000,
                     1500);
    ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 64 * 1024);
    ear_close(&ear);
    moody_free(fake);
}
END_TEST

START_TEST(closing_is_bounded_while_a_connect_hangs)
{
    MoodyPlan plan[] = {MOODY_HEALTHY, MOODY_INFO_SILENT};
    Moody *fake = moody_start(plan, 2);
    Ear ear;

    ear_open(&ear, moody_url(fake), 800);
    ear_expect(&ear, LINK_NEWS_LADDER, 2000);
    for (int i = 0; i < 200 && moody_connections(fake) < 2; i++)
        poll(NULL, 0, 10);
    ear_close(&ear);
    moody_free(fake);
}
END_TEST

START_TEST(a_send_without_listener_is_told_by_the_server)
{
    TestServer *server = server_start(NULL);
    LinkSend send = {"task-1", "heddle.tasks.incoming", "{}", NULL, TAP_TASK, 0, FALSE};
    LinkNews *news;
    Ear ear;

    ear_open_up(&ear, server->url);
    link_send(ear.link, &send);
    news = ear_wait(&ear, LINK_NEWS_NO_RESPONDERS, 2000);
    ck_assert_ptr_nonnull(news);
    ck_assert_str_eq(news->id, "task-1");
    link_news_free(news);
    ear_close(&ear);
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

    ear_open(&ear, server->url, 2000);
    tap_set_mark(ear.tap, "MARK");
    ear_expect(&ear, LINK_NEWS_UP, 3000);
    ear_open_up(&other, server->url);
    link_send(other.link, &send);
    news = ear_wait(&ear, LINK_NEWS_MATCH, 2000);
    ck_assert_ptr_nonnull(news);
    ck_assert_str_eq(news->bytes, "{\"task_id\":\"MARK-1\"}");
    ck_assert_int_eq(news->class, TAP_RESULT);
    ck_assert_uint_eq(tap_counts(ear.tap).seen[TAP_RESULT], 1);
    link_news_free(news);
    ear_close(&other);
    ear_close(&ear);
    server_free(server);
}
END_TEST

START_TEST(a_paused_link_takes_nothing_and_comes_back)
{
    TestServer *server = server_start(NULL);
    LinkSend send = {"x", "heddle.results.default", "{}", NULL, TAP_TASK, 0, FALSE};
    Ear ear, other;

    ear_open_up(&ear, server->url);
    ear_open_up(&other, server->url);
    link_pause(ear.link, 5000);
    link_send(other.link, &send);
    ear_expect(&other, LINK_NEWS_NO_RESPONDERS, 2000); /* the other's own does not count: no_echo */
    ck_assert_uint_eq(tap_counts(ear.tap).seen[TAP_RESULT], 0);
    link_resume(ear.link);
    for (int i = 0; i < 100 && tap_counts(ear.tap).seen[TAP_RESULT] == 0; i++) {
        link_send(other.link, &send);
        poll(NULL, 0, 20);
    }
    ck_assert_uint_gt(tap_counts(ear.tap).seen[TAP_RESULT], 0);
    ear_close(&other);
    ear_close(&ear);
    server_free(server);
}
END_TEST

/* The server may still count the ladder's connection, just closed, when the link's comes. */
START_TEST(the_last_place_of_a_server_is_enough)
{
    TestServer *server = server_start_conf("max_connections: 1\n");

    for (int i = 0; i < 30; i++) {
        Ear ear;

        ear_open(&ear, server->url, 2000);
        ck_assert_int_eq(ear_either(&ear, LINK_NEWS_UP, LINK_NEWS_LOST), LINK_NEWS_UP);
        ear_close(&ear);
        ear_threads_end();
    }
    server_free(server);
}
END_TEST

START_TEST(the_roster_of_a_real_server_names_its_subscribers)
{
    TestServer *server = server_start(NULL);
    LinkNews *news;
    Ear ear;

    ear_open_up(&ear, server->url);
    link_ask_roster(ear.link, 1, "{\"subscriptions_detail\":true,\"filter_subject\":\"heddle.>\"}");
    news = ear_wait(&ear, LINK_NEWS_ROSTER, 3000);
    ck_assert_ptr_nonnull(news);
    ck_assert_ptr_nonnull(strstr(news->bytes, "heddle.results.default"));
    link_news_free(news);
    ear_close(&ear);
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

    ear_open(&ear, server->url, 2000);
    news = ear_wait(&ear, LINK_NEWS_LADDER, 3000);
    old = g_str_has_prefix(news->ladder->info.version, "2.9.1");
    link_news_free(news);
    ear_expect(&ear, LINK_NEWS_UP, 3000);
    link_ask_roster(ear.link, 1, ask);
    ear_expect(&ear, LINK_NEWS_ROSTER, 3000);
    reload(server, "max_payload: 900000\n");
    link_ask_roster(ear.link, 2, ask);
    news = ear_wait(&ear, old ? LINK_NEWS_NO_ROSTER : LINK_NEWS_ROSTER, 3000);
    ck_assert_ptr_nonnull(news);
    if (old)
        ck_assert_ptr_nonnull(strstr(news->text, "no more, as one before August 2023"));
    link_news_free(news);
    ear_close(&ear);
    server_free(server);
}
END_TEST

START_TEST(two_hundred_links_leave_no_thread_and_no_descriptor)
{
    TestServer *server = server_start(NULL);
    Ear ear;
    LinkHow how = ear_how(&ear, server->url, 1000);
    int fds, threads;

    link_close(link_open(&how)); /* what libnats opens once for good */
    ear_threads_end();
    ear.link = link_open(&how);
    ear_expect(&ear, LINK_NEWS_UP, 3000);
    link_close(ear.link);
    ear_threads_end();
    fds = count_entries("/proc/self/fd");
    threads = count_entries("/proc/self/task");
    for (unsigned i = 1; i <= 200; i++) {
        how.number = i;
        link_close(link_open(&how));
    }
    ear_threads_end();
    for (int i = 0; i < 300 && (count_entries("/proc/self/fd") > fds ||
                                count_entries("/proc/self/task") > threads);
         i++)
        poll(NULL, 0, 10);
    ck_assert_int_le(count_entries("/proc/self/fd"), fds);
    ck_assert_int_le(count_entries("/proc/self/task"), threads);
    ear_free(&ear);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("link");

    tcase_add_checked_fixture(tcase, NULL, ear_threads_end);
    tcase_add_test(tcase, link_comes_up_and_answers_every_second);
    tcase_add_test(tcase, link_goes_under_tls_where_its_ladder_did);
    tcase_add_test(tcase, link_goes_under_tls_where_the_server_demands_it);
    tcase_add_loop_test(tcase, the_pause_grows_to_five_seconds_and_is_never_the_same, 0,
                        G_N_ELEMENTS(pauses));
    tcase_add_test(tcase, a_refused_link_tries_again_after_the_pause_it_tells);
    tcase_add_loop_test(tcase, connect_is_bounded_whatever_the_server_does, 0,
                        G_N_ELEMENTS(after_a_good_climb));
    tcase_add_test(tcase, closing_is_bounded_while_a_connect_hangs);
    tcase_add_test(tcase, a_send_without_listener_is_told_by_the_server);
    tcase_add_test(tcase, a_marked_result_is_posted_and_kept);
    tcase_add_test(tcase, a_paused_link_takes_nothing_and_comes_back);
    tcase_add_test(tcase, the_last_place_of_a_server_is_enough);
    tcase_add_test(tcase, the_roster_of_a_real_server_names_its_subscribers);
    tcase_add_test(tcase, a_server_that_loses_its_answers_by_a_reload_is_told_from_one_without);
    tcase_add_test(tcase, two_hundred_links_leave_no_thread_and_no_descriptor);
    return suite_run("link", tcase, 60);
}
