/* The monitoring port of real nats-servers, and of servers that only pretend: nats/monitor
 * and nats/http. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "nats/monitor.h"
#include "nats/roster.h"
#include "tests/support/cert.h"
#include "tests/support/fake.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

enum { TIMEOUT_MS = 5000 };

static char *base_of(unsigned port)
{
    return g_strdup_printf("http://127.0.0.1:%u", port);
}

/* --- URLs --- */

START_TEST(a_base_url_is_read)
{
    static const struct {
        const char *text, *base;
    } cases[] = {
        {"http://h:8222", "http://h:8222"},
        {" https://h:8443/nats/ ", "https://h:8443/nats"},
        {"h:8222", "http://h:8222"},
        {"HTTP://[::1]:8222/", "http://[::1]:8222"},
        {"ftp://h", NULL},
        {"nats://h:4222", NULL},
        {"file:///etc/passwd", NULL},
        {"http://me:secret@h:8222", NULL},
        {"http://h:8222/?x=1", NULL},
        {"http://h:8222/#x", NULL},
        {"http://h:99999", NULL},
        {"", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *why = NULL;
        g_autofree char *base = monitor_url_read(cases[i].text, &why);

        ck_assert_msg(g_strcmp0(base, cases[i].base) == 0, "%s gave %s", cases[i].text, base);
        ck_assert((base == NULL) == (why != NULL));
        ck_assert(why == NULL || strstr(why, "secret") == NULL);
    }
}
END_TEST

START_TEST(the_usual_port_is_guessed_where_none_is_given)
{
    static const struct {
        const char *host, *given, *base;
    } cases[] = {
        {"10.0.3.7", NULL, "http://10.0.3.7:8222"},
        {"::1", NULL, "http://[::1]:8222"},
        {"[::1]", NULL, "http://[::1]:8222"},
        {"h", "other:1", "http://other:1"},
        {"h", "ftp://x", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *why = NULL;
        g_autofree char *base = monitor_find(cases[i].host, cases[i].given, &why);

        ck_assert_str_eq(base != NULL ? base : "", cases[i].base != NULL ? cases[i].base : "");
    }
}
END_TEST

/* --- a real server --- */

START_TEST(varz_of_a_real_server_is_read)
{
    const char *const args[] = {"--name", "n1", "-m", "-1", "--user", "me", "--pass", "x", NULL};
    TestServer *server = server_start(args);
    g_autofree char *base = base_of(server->monitor_port), *why = NULL;
    MonitorVarz *varz = monitor_varz(&(Monitor){.url = base, .timeout_ms = TIMEOUT_MS}, &why);

    ck_assert_msg(varz != NULL, "%s", why);
    ck_assert_str_eq(varz->name, "n1");
    ck_assert(g_str_has_prefix(varz->version, "2."));
    ck_assert_uint_eq(strlen(varz->id), 56);
    ck_assert_ptr_nonnull(varz->uptime);
    ck_assert_int_eq(varz->connections, 0);
    ck_assert_int_eq(varz->max_connections, 65536);
    ck_assert_int_eq(varz->slow_consumers, 0);
    ck_assert_int_eq(varz->max_payload, 1024 * 1024);
    ck_assert_int_gt(varz->mem, 0);
    ck_assert(varz->auth_required && !varz->tls_required);
    ck_assert(varz->knows_time && varz->skew_s > -5 && varz->skew_s < 5); /* one clock */
    monitor_varz_free(varz);
    server_free(server);
}
END_TEST

START_TEST(connz_is_what_the_roster_reads)
{
    const char *const args[] = {"-m", "-1", NULL};
    TestServer *server = server_start(args);
    g_autofree char *base = base_of(server->monitor_port), *why = NULL;
    int fd = fake_dial(server->port);
    Roster *roster = roster_new();
    gsize len;
    const char *bytes;
    GBytes *page;

    fake_hear_line(fd);
    fake_say(fd, "CONNECT {\"verbose\":false}\r\nSUB heddle.tasks.incoming router 1\r\nPING\r\n");
    fake_hear_line(fd);
    page = monitor_connz(&(Monitor){.url = base, .timeout_ms = TIMEOUT_MS}, 0, 1024, &why);
    ck_assert_msg(page != NULL, "%s", why);
    bytes = g_bytes_get_data(page, &len);
    ck_assert(roster_read(roster, raw_bytes(bytes, len), &why));
    ck_assert_uint_eq(roster_count(roster, "heddle.tasks.incoming", "router"), 1);
    ck_assert_uint_eq(roster->connections, 1);
    roster_free(roster);
    g_bytes_unref(page);
    close(fd);
    server_free(server);
}
END_TEST

START_TEST(a_monitoring_port_with_tls_is_read_if_it_is_trusted)
{
    g_autofree char *folder = folder_new();
    g_autofree char *cert = g_build_filename(folder, "cert.pem", NULL);
    g_autofree char *key = g_build_filename(folder, "key.pem", NULL);
    g_autofree char *conf = g_strdup_printf("https: \"127.0.0.1:-1\"\n"
                                            "tls { cert_file: \"%s\", key_file: \"%s\" }\n",
                                            cert, key);
    g_autofree char *base = NULL, *plain = NULL, *why = NULL;
    Monitor monitor = {.timeout_ms = TIMEOUT_MS, .ca_file = cert};
    TestServer *server;
    MonitorVarz *varz;

    cert_make(folder, "DNS:localhost,IP:127.0.0.1", -1, 90);
    unsetenv("SSL_CERT_FILE");
    server = server_start_conf(conf);
    monitor.url = base = g_strdup_printf("https://127.0.0.1:%u", server->monitor_port);
    varz = monitor_varz(&monitor, &why);
    ck_assert_msg(varz != NULL, "%s", why);
    ck_assert(varz->tls_required);
    ck_assert(varz->cert_ends == 0 || varz->cert_ends > clock_wall() / G_USEC_PER_SEC);
    monitor_varz_free(varz);

    monitor.ca_file = NULL;
    ck_assert_ptr_null(monitor_varz(&monitor, &why));
    ck_assert_str_eq(why, "its certificate is not trusted");
    g_clear_pointer(&why, g_free);

    monitor.url = plain = base_of(server->monitor_port);
    ck_assert_ptr_null(monitor_varz(&monitor, &why));
    ck_assert(g_str_has_prefix(why, "HTTP 400")); /* of Go: client sent HTTP to HTTPS */
    server_free(server);
    folder_remove(folder);
}
END_TEST

/* --- who pretends --- */

#define HTTP_OK "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"

static const char *closed_reply; /* of the fakes below; set before they start */

static void talk_http(int fd)
{
    for (int i = 0; i < 5; i++) /* GET, Host, User-Agent, Accept, the empty one */
        fake_hear_line(fd);
    fake_say(fd, closed_reply);
}

static void talk_silent(int fd)
{
    fake_be_silent(fd);
}

static void talk_endless(int fd)
{
    char block[4096];

    memset(block, '7', sizeof block - 1);
    block[sizeof block - 1] = '\0';
    talk_http(fd);
    for (int i = 0; i < 16 * 1024; i++) /* 64 MiB, then silent */
        fake_say(fd, block);
    fake_be_silent(fd);
}

static void talk_endless_header(int fd)
{
    talk_http(fd);
    for (int i = 0; i < 100 * 1000; i++)
        fake_say(fd, "X-More: and more and more and more and more\r\n");
    fake_be_silent(fd);
}

static void check_refused(FakeTalk talk, const char *reply, const char *sentence)
{
    Fake *fake;
    g_autofree char *base = NULL, *why = NULL;
    gint64 start = clock_now();

    closed_reply = reply;
    fake = fake_start(talk);
    base = base_of(fake->port);
    ck_assert_ptr_null(monitor_varz(&(Monitor){.url = base, .timeout_ms = TIMEOUT_MS}, &why));
    ck_assert_str_eq(why, sentence);
    ck_assert(clock_now() - start < (TIMEOUT_MS - 500) * 1000);
    fake_free(fake);
}

START_TEST(an_answer_that_is_none_is_told)
{
    static const struct {
        const char *reply, *sentence;
    } cases[] = {
        {HTTP_OK "{\"connections\":", "its answer is no JSON"},
        {HTTP_OK "<html>", "its answer is no JSON"},
        {HTTP_OK "[1]", "its answer is no JSON object"},
        {HTTP_OK "{}", "no /varz of a nats-server"},
        {HTTP_OK "", "its answer is no JSON"},
        {HTTP_OK "{\"connections\":-5}", "no /varz of a nats-server"},
        {"HTTP/1.0 400 Bad Request\r\n\r\ninvalid sorting option: \x1b[2Jx\nmore",
         "HTTP 400: invalid sorting option: \xe2\x90\x9b[2Jx"},
        {"HTTP/1.0 404 Not Found\r\n\r\n<html>nothing", "HTTP 404"},
        {"HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
         "it leads elsewhere (HTTP 302), which is not followed"},
        {"HTTP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n{}",
         "its answer is longer than 8192 KiB"},
        {"HTTP/1.0 200 OK\r\nContent-Length: 99\r\n\r\n{}",
         "it closed in the middle of its answer"},
        {"INFO {\"server_id\":\"a NATS port\"}\r\n", "it speaks no HTTP"},
        {"", "it closed without a word"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        check_refused(talk_http, cases[i].reply, cases[i].sentence);
}
END_TEST

START_TEST(an_answer_without_end_is_cut_off)
{
    check_refused(talk_endless, HTTP_OK, "its answer is longer than 8192 KiB");
    check_refused(talk_endless_header, "HTTP/1.0 200 OK\r\n", "its answer is longer than 8192 KiB");
}
END_TEST

START_TEST(the_clock_is_taken_from_the_header_where_the_body_has_none)
{
    g_autofree char *base = NULL, *why = NULL;
    MonitorVarz *varz;
    Fake *fake;

    closed_reply = "HTTP/1.0 200 OK\r\nDate: Thu, 01 Jan 1970 00:01:40 GMT\r\n\r\n"
                   "{\"connections\":1}";
    fake = fake_start(talk_http);
    base = base_of(fake->port);
    varz = monitor_varz(&(Monitor){.url = base, .timeout_ms = TIMEOUT_MS}, &why);
    ck_assert_msg(varz != NULL, "%s", why);
    ck_assert(varz->knows_time);
    ck_assert(varz->skew_s + (double)clock_wall() / G_USEC_PER_SEC - 100 < 10);
    ck_assert_int_eq(varz->max_connections, MONITOR_UNKNOWN);
    ck_assert_int_eq(varz->slow_clients, MONITOR_UNKNOWN);
    ck_assert_ptr_null(varz->name);
    monitor_varz_free(varz);
    fake_free(fake);
}
END_TEST

START_TEST(silence_ends_with_the_time_given)
{
    Fake *fake = fake_start(talk_silent);
    g_autofree char *base = base_of(fake->port), *why = NULL;
    gint64 start = clock_now();

    ck_assert_ptr_null(monitor_varz(&(Monitor){.url = base, .timeout_ms = 200}, &why));
    ck_assert_str_eq(why, "no answer in 0.2 s");
    ck_assert(clock_now() - start >= 190 * 1000);
    ck_assert(clock_now() - start < 3000 * 1000);
    fake_free(fake);
}
END_TEST

START_TEST(a_port_that_refuses_is_told_at_once)
{
    int holder;
    g_autofree char *base = base_of(refusing_port(&holder)), *why = NULL;

    ck_assert_ptr_null(monitor_varz(&(Monitor){.url = base, .timeout_ms = TIMEOUT_MS}, &why));
    ck_assert_str_eq(why, "refused");
    close(holder);
}
END_TEST

START_TEST(whoever_cancels_waits_no_longer)
{
    Fake *fake = fake_start(talk_silent);
    g_autofree char *base = base_of(fake->port), *why = NULL;
    gint64 start = clock_now();
    int cancelled = 1;
    Monitor monitor = {.url = base, .timeout_ms = TIMEOUT_MS, .cancelled = &cancelled};

    ck_assert_ptr_null(monitor_varz(&monitor, &why));
    ck_assert_str_eq(why, "cancelled");
    ck_assert(clock_now() - start < 3000 * 1000);
    fake_free(fake);
}
END_TEST

START_TEST(no_proxy_stands_before_loopback)
{
    const char *const args[] = {"-m", "-1", NULL};
    TestServer *server = server_start(args);
    g_autofree char *base = base_of(server->monitor_port), *why = NULL;
    MonitorVarz *varz;
    int holder;
    g_autofree char *proxy = base_of(refusing_port(&holder));

    setenv("http_proxy", proxy, 1);
    setenv("all_proxy", proxy, 1);
    varz = monitor_varz(&(Monitor){.url = base, .timeout_ms = TIMEOUT_MS}, &why);
    ck_assert_msg(varz != NULL, "%s", why);
    monitor_varz_free(varz);
    /* 192.0.2.1 is nobody's (RFC 5737): only the proxy can refuse at once. */
    ck_assert_ptr_null(
        monitor_varz(&(Monitor){.url = "http://192.0.2.1:8222", .timeout_ms = TIMEOUT_MS}, &why));
    ck_assert_str_eq(why, "refused");
    close(holder);
    server_free(server);
}
END_TEST

/* --- which connection --- */

START_TEST(the_closed_connection_is_found)
{
    static const char list[] =
        "{\"server_id\":\"S1\",\"now\":\"2026-11-24T17:35:03.2Z\",\"connections\":["
        "{\"cid\":9,\"ip\":\"10.0.0.9\",\"port\":9,\"stop\":\"2026-11-24T17:35:02.9Z\","
        "\"reason\":\"nine\",\"name\":\"us\"},"
        "{\"cid\":8,\"ip\":\"10.0.0.8\",\"port\":8,\"stop\":\"2026-11-24T17:35:01Z\","
        "\"reason\":\"eight\",\"authorized_user\":\"bob\"},"
        "{\"cid\":3,\"ip\":\"10.0.0.8\",\"port\":8,\"stop\":\"2026-11-24T16:35:01Z\","
        "\"reason\":\"three\",\"name\":\"old\"}]}";
    static const struct {
        MonitorSought sought;
        const char *reason;
    } cases[] = {
        {{"S1", 8, NULL, 0, NULL, 0}, "eight"},
        {{"S1", 8, "10.0.0.8", 8, "us", 5}, "eight"},  /* before one of our name */
        {{NULL, 8, NULL, 0, NULL, 0}, NULL},           /* a number counts on its server */
        {{NULL, 0, "10.0.0.8", 8, NULL, 0}, "eight"},  /* the newest at that address */
        {{"S1", 77, "10.0.0.8", 8, NULL, 0}, "eight"}, /* it may be new to the server's count */
        {{NULL, 0, "10.0.0.8", 9, NULL, 0}, NULL},     /* another port */
        {{"S1", 77, "1.2.3.4", 5, "us", 5}, "nine"},   /* by name, just now */
        {{"S1", 77, "1.2.3.4", 5, "old", 5}, NULL},    /* an hour ago */
        {{"S2", 8, "10.0.0.8", 8, "us", 5}, NULL},     /* another server */
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *why = NULL;
        MonitorReason *found = monitor_reason_read(raw_text(list), &cases[i].sought, &why);
        const char *reason = found != NULL ? found->reason : NULL;

        ck_assert_msg(g_strcmp0(reason, cases[i].reason) == 0, "case %zu: %s", i, reason);
        ck_assert((found == NULL) == (why != NULL));
        monitor_reason_free(found);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("monitor");

    tcase_add_test(tcase, a_base_url_is_read);
    tcase_add_test(tcase, the_usual_port_is_guessed_where_none_is_given);
    tcase_add_test(tcase, varz_of_a_real_server_is_read);
    tcase_add_test(tcase, connz_is_what_the_roster_reads);
    tcase_add_test(tcase, a_monitoring_port_with_tls_is_read_if_it_is_trusted);
    tcase_add_test(tcase, an_answer_that_is_none_is_told);
    tcase_add_test(tcase, an_answer_without_end_is_cut_off);
    tcase_add_test(tcase, the_clock_is_taken_from_the_header_where_the_body_has_none);
    tcase_add_test(tcase, silence_ends_with_the_time_given);
    tcase_add_test(tcase, a_port_that_refuses_is_told_at_once);
    tcase_add_test(tcase, whoever_cancels_waits_no_longer);
    tcase_add_test(tcase, no_proxy_stands_before_loopback);
    tcase_add_test(tcase, the_closed_connection_is_found);
    return suite_run("monitor", tcase, 60);
}
