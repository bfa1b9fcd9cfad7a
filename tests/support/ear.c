#include "tests/support/ear.h"

#include <check.h>
#include <poll.h>

#include "base/clock.h"

static const LinkWatch watches[] = {
    {"heddle.results.default", TAP_RESULT},
    {NULL, TAP_RESULT},
};

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

static void free_news(void *news)
{
    link_news_free(news);
}

static void hear(void *data, LinkNews *news)
{
    queue_post(((Ear *)data)->queue, news, QUEUE_DECISIVE);
}

LinkHow ear_how(Ear *ear, const char *url, int timeout_ms)
{
    *ear = (Ear){
        .queue = queue_new(4096, free_news),
        .tap = tap_new(64, 512),
        .bus = tap_new(64, 512),
        .traffic = traffic_new(),
    };
    return (LinkHow){
        .number = 1,
        .url = url,
        .timeout_ms = timeout_ms,
        .watch = watches,
        .tap = ear->tap,
        .post = hear,
        .data = ear,
        .streams = streams,
        .bus = ear->bus,
        .traffic = ear->traffic,
        .suspect = is_array,
    };
}

void ear_open_with(Ear *ear, const char *url, Access *access, int timeout_ms,
                   const char *monitor_url)
{
    LinkHow how = ear_how(ear, url, timeout_ms);

    how.access = access;
    how.monitor_url = monitor_url;
    ear->link = link_open(&how);
    link_set_floor(ear->link, TRUE);
}

void ear_open(Ear *ear, const char *url, int timeout_ms)
{
    ear_open_with(ear, url, NULL, timeout_ms, NULL);
}

void ear_open_up(Ear *ear, const char *url)
{
    ear_open(ear, url, 2000);
    ear_expect(ear, LINK_NEWS_UP, 3000);
}

void ear_free(Ear *ear)
{
    queue_free(ear->queue);
    tap_unref(ear->tap);
    tap_unref(ear->bus);
    traffic_unref(ear->traffic);
}

void ear_close(Ear *ear)
{
    gint64 begin = clock_now();

    link_close(ear->link);
    ck_assert_int_lt(clock_now() - begin, 500 * 1000); /* never waits */
    ear_free(ear);
}

LinkNews *ear_wait(Ear *ear, LinkNewsKind kind, int wait_ms)
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

void ear_expect(Ear *ear, LinkNewsKind kind, int wait_ms)
{
    LinkNews *news = ear_wait(ear, kind, wait_ms);

    ck_assert_msg(news != NULL, "news %d did not come", kind);
    link_news_free(news);
}

LinkNewsKind ear_either(Ear *ear, LinkNewsKind a, LinkNewsKind b)
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

void ear_threads_end(void)
{
    for (int i = 0; i < 500 && link_threads() > 0; i++)
        poll(NULL, 0, 10);
    ck_assert_uint_eq(link_threads(), 0);
}
