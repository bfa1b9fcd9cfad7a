/* A server's message trace, as 2.15.1 sends it, read and asked for: nats/trace, nats/link. */
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/queue.h"
#include "nats/link.h"
#include "nats/trace.h"
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

typedef struct Ear {
    Queue *queue;
    Tap *tap;
    Link *link;
} Ear;

static void free_news(void *news)
{
    link_news_free(news);
}

static void hear(void *data, LinkNews *news)
{
    queue_post(data, news, QUEUE_DECISIVE);
}

static LinkNews *await(Ear *ear, LinkNewsKind kind)
{
    gint64 until = clock_now() + 5 * G_USEC_PER_SEC;

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
    ck_abort_msg("news %d did not come", kind);
}

static Ear listen_to(const char *url)
{
    Ear ear = {queue_new(256, free_news), tap_new(8, 512), NULL};
    LinkHow how = {
        .number = 1,
        .url = url,
        .timeout_ms = 3000,
        .watch = watches,
        .tap = ear.tap,
        .post = hear,
        .data = ear.queue,
    };

    ear.link = link_open(&how);
    link_set_floor(ear.link, TRUE);
    link_news_free(await(&ear, LINK_NEWS_UP));
    return ear;
}

static void leave(Ear *ear)
{
    link_close(ear->link);
    for (int i = 0; i < 500 && link_threads() > 0; i++)
        poll(NULL, 0, 10);
    queue_free(ear->queue);
    tap_unref(ear->tap);
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
    listener = listen_to(server->url);
    ear = listen_to(server->url);
    send_traced(&ear);
    news = await(&ear, LINK_NEWS_TRACE);
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
    leave(&ear);
    leave(&listener);
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
    listener = listen_to(server->url);
    ear = listen_to(server->url);
    send_traced(&ear);
    link_news_free(await(&ear, LINK_NEWS_NO_TRACE));
    link_news_free(await(&ear, LINK_NEWS_RTT)); /* the server has had its time */
    ck_assert_uint_eq(tap_counts(listener.tap).seen[TAP_RESULT], 0);
    leave(&ear);
    leave(&listener);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("trace");

    tcase_add_test(tcase, a_trace_names_whom_it_went_to);
    tcase_add_test(tcase, a_trace_tells_what_went_elsewhere_and_what_went_wrong);
    tcase_add_test(tcase, other_bytes_are_no_trace);
    tcase_add_test(tcase, servers_trace_from_2_11_on);
    tcase_add_test(tcase, a_real_server_traces_what_is_asked_for);
    tcase_add_test(tcase, a_login_that_may_not_write_to_its_inbox_is_told_and_nothing_is_sent);
    return suite_run("trace", tcase, 20);
}
