/* A server's message trace, as 2.15.1 sends it, read and asked for: nats/trace, nats/link. */
#include <string.h>

#include "nats/trace.h"
#include "tests/support/ear.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

/* As it came, but for the ids. */
static const char recorded[] =
    "{\"server\":{\"name\":\"n1\",\"host\":\"127.0.0.1\",\"id\":\"NCPN\",\"ver\":\"2.15.1\","
    "\"feature_flags\":{\"js_ack_fc_v2\":false},\"jetstream\":false,\"flags\":0,\"seq\":11,"
    "\"time\":\"2026-11-24T22:42:40.257896895Z\"},\"request\":{\"header\":{\"Nats-Trace-Dest\":"
    "[\"_INBOX.x.trace-1\"]},\"msgsize\":62},\"events\":[{\"type\":\"in\",\"ts\":"
    "\"2026-11-24T22:42:40.25779279Z\",\"kind\":0,\"cid\":7,\"name\":\"pub\",\"acc\":\"$G\","
    "\"subj\":\"heddle.tasks.incoming\"},{\"type\":\"eg\",\"ts\":"
    "\"2026-11-24T22:42:40.257810166Z\",\"kind\":0,\"cid\":6,\"name\":\"mon\",\"sub\":"
    "\"heddle.\\u003e\"},{\"type\":\"eg\",\"ts\":\"2026-11-24T22:42:40.25783286Z\",\"kind\":0,"
    "\"cid\":5,\"name\":\"w\",\"sub\":\"heddle.tasks.incoming\",\"queue\":\"router\"}]}";

START_TEST(a_trace_names_whom_it_went_to)
{
    char *why = NULL;
    Trace *trace = trace_read(raw_text(recorded), &why);
    const TraceEgress *first, *second;

    ck_assert_ptr_nonnull(trace);
    ck_assert_str_eq(trace->server, "n1");
    ck_assert_str_eq(trace->error, "");
    ck_assert(!trace->mapped);
    ck_assert_uint_eq(trace->egress->len, 2);
    first = g_ptr_array_index(trace->egress, 0);
    second = g_ptr_array_index(trace->egress, 1);
    ck_assert(first->client && second->client);
    ck_assert_str_eq(first->subject, "heddle.>");
    ck_assert_str_eq(first->queue, "");
    ck_assert_uint_eq(second->cid, 5);
    ck_assert_str_eq(second->queue, "router");
    trace_free(trace);
}
END_TEST

START_TEST(a_trace_tells_what_went_elsewhere_and_what_went_wrong)
{
    static const char bytes[] =
        "{\"server\":{},\"events\":[{\"type\":\"in\",\"error\":\"no\\u001b[2J\"},{\"type\":\"si\"},"
        "{\"type\":\"eg\",\"kind\":1,\"cid\":-4,\"error\":\"gone\"},7,{\"type\":3}]}";
    char *why = NULL;
    Trace *trace = trace_read(raw_text(bytes), &why);
    const TraceEgress *egress;

    ck_assert_ptr_nonnull(trace);
    ck_assert_ptr_null(strchr(trace->error, '\033'));
    ck_assert(trace->mapped);
    ck_assert_uint_eq(trace->egress->len, 1);
    egress = g_ptr_array_index(trace->egress, 0);
    ck_assert(!egress->client);
    ck_assert_uint_eq(egress->cid, 0);
    ck_assert_str_eq(egress->error, "gone");
    trace_free(trace);
}
END_TEST

START_TEST(other_bytes_are_no_trace)
{
    static const char *const rows[] = {"", "{}", "[]", "{\"events\":{}}", "\xff"};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *why = NULL;

        ck_assert_ptr_null(trace_read(raw_text(rows[i]), &why));
        ck_assert_ptr_nonnull(why);
        g_free(why);
    }
}
END_TEST

START_TEST(servers_trace_from_2_11_on)
{
    ck_assert(trace_offered("2.11.0"));
    ck_assert(trace_offered("2.15.1"));
    ck_assert(trace_offered("3.0.0"));
    ck_assert(!trace_offered("2.10.29"));
    ck_assert(!trace_offered("2.9.10"));
    ck_assert(!trace_offered("nightly"));
    ck_assert(!trace_offered(NULL));
}
END_TEST

/* --- a real server --- */

static const LinkWatch watches[] = {{"heddle.tasks.echo.local", TAP_RESULT}, {NULL, TAP_RESULT}};

/* A link that is up, and listens to what is traced here. */
static void listen_to(Ear *ear, const char *url)
{
    LinkHow how = ear_how(ear, url, 3000);

    how.watch = watches;
    ear->link = link_open(&how);
    link_set_floor(ear->link, TRUE);
    ear_expect(ear, LINK_NEWS_UP, 5000);
}

static void send_traced(Ear *ear)
{
    LinkSend send = {"task-1", "heddle.tasks.echo.local", "{}", NULL, TAP_TASK, 0, TRUE};

    link_send(ear->link, &send);
}

START_TEST(a_real_server_traces_what_is_asked_for)
{
    TestServer *server;
    Ear ear, listener;
    LinkNews *news;
    unsigned delivered = 0, withheld = 0;
    Trace *trace;
    char *why = NULL;

    if (!server_use_newer())
        return;
    server = server_start(NULL);
    listen_to(&listener, server->url);
    listen_to(&ear, server->url);
    send_traced(&ear);
    news = ear_wait(&ear, LINK_NEWS_TRACE, 5000);
    ck_assert_ptr_nonnull(news);
    ck_assert_str_eq(news->id, "task-1");
    trace = trace_read(raw_bytes(news->bytes, news->len), &why);
    ck_assert_msg(trace != NULL, "%s", why);
    ck_assert_uint_eq(trace->egress->len, 2); /* the sender, which asked for no echo, too */
    for (unsigned i = 0; i < trace->egress->len; i++) {
        const TraceEgress *egress = g_ptr_array_index(trace->egress, i);

        ck_assert(egress->client);
        ck_assert_str_eq(egress->subject, "heddle.tasks.echo.local");
        ck_assert_str_eq(egress->name, "heddle-preflight");
        delivered += egress->error[0] == '\0';
        withheld += strstr(egress->error, "no echo") != NULL;
    }
    ck_assert_uint_eq(delivered, 1);
    ck_assert_uint_eq(withheld, 1);
    trace_free(trace);
    link_news_free(news);
    ear_close(&ear);
    ear_close(&listener);
    server_free(server);
}
END_TEST

START_TEST(a_login_that_may_not_write_to_its_inbox_is_told_and_nothing_is_sent)
{
    static const char conf[] =
        "no_auth_user: u\n"
        "authorization { users: [{user: u, password: p, permissions: {publish: [\"heddle.>\", "
        "\"$SYS.>\"], subscribe: \">\"}}] }\n";
    TestServer *server;
    Ear ear, listener;

    if (!server_use_newer())
        return;
    server = server_start_conf(conf);
    listen_to(&listener, server->url);
    listen_to(&ear, server->url);
    send_traced(&ear);
    ear_expect(&ear, LINK_NEWS_NO_TRACE, 5000);
    ear_expect(&ear, LINK_NEWS_RTT, 5000); /* the server has had its time */
    ck_assert_uint_eq(tap_counts(listener.tap).seen[TAP_RESULT], 0);
    ear_close(&ear);
    ear_close(&listener);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("trace");

    tcase_add_checked_fixture(tcase, NULL, ear_threads_end);
    tcase_add_test(tcase, a_trace_names_whom_it_went_to);
    tcase_add_test(tcase, a_trace_tells_what_went_elsewhere_and_what_went_wrong);
    tcase_add_test(tcase, other_bytes_are_no_trace);
    tcase_add_test(tcase, servers_trace_from_2_11_on);
    tcase_add_test(tcase, a_real_server_traces_what_is_asked_for);
    tcase_add_test(tcase, a_login_that_may_not_write_to_its_inbox_is_told_and_nothing_is_sent);
    return suite_run("trace", tcase, 20);
}
