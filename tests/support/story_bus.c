/* What goes over the bus of a story: smokes and what becomes of them, and all the rest. */
#include <string.h>

#include "tests/support/story.h"

const Smoke *story_smoke(Story *story)
{
    Event *event = event_new(EVENT_SMOKE);

    event->text = g_strdup_printf("00000000-0000-4000-8000-%012u", story->model->smoke_count + 1);
    story_post(story, event);
    return model_last_smoke(story->model);
}

static LinkNews *smoke_news(const Story *story, LinkNewsKind kind, double ms)
{
    const Smoke *smoke = model_last_smoke(story->model);
    LinkNews *news = story_news(story, story->model->link.number, kind);

    news->at_us = smoke->asked_us + (gint64)(ms * 1000);
    news->id = g_strdup(smoke->task_id);
    return news;
}

void story_sent(Story *story, double ms)
{
    LinkNews *news = smoke_news(story, LINK_NEWS_SENT, 0);

    news->ms = ms;
    story_post_news(story, news);
}

void story_no_responders(Story *story)
{
    story_post_news(story, smoke_news(story, LINK_NEWS_NO_RESPONDERS, 0.1));
}

void story_match(Story *story, TapClass class, const char *subject, const char *body, double ms)
{
    LinkNews *news = smoke_news(story, LINK_NEWS_MATCH, ms);

    news->class = class;
    news->subject = g_strdup(subject);
    news->bytes = g_strconcat(body, body[0] == '\0' ? news->id : "", NULL);
    news->len = strlen(news->bytes);
    g_clear_pointer(&news->id, g_free);
    story_post_news(story, news);
}

void story_result(Story *story, const char *status, double ms)
{
    g_autofree char *body = g_strdup_printf(
        "{\"task_id\":\"%s\",\"worker_type\":\"echo\",\"status\":\"%s\",\"output\":{\"echo\":"
        "\"preflight\"},\"error\":%s,\"processing_time_ms\":2}",
        model_last_smoke(story->model)->task_id, status,
        g_str_equal(status, "failed") ? "\"backend on fire\"" : "null");

    story_match(story, TAP_RESULT, SUBJECT_RESULTS, body, ms);
    story_message(story, TAP_RESULT, body);
}

static void free_record(void *data)
{
    TapRecord *record = data;

    g_free(record->subject);
    g_free(record);
}

/* A message as a tap keeps it, and as all there was of a sample. */
static TapRecord *record_of(const Story *story, TapClass class, const char *subject,
                            const char *bytes)
{
    gsize len = strlen(bytes);
    TapRecord *record = g_malloc0(sizeof(TapRecord) + len + 1);

    record->wall_us = story->now_wall;
    record->class = class;
    record->subject = g_strdup(subject);
    record->size = record->len = len;
    memcpy(record->bytes, bytes, len);
    return record;
}

static GPtrArray *rows_of(TapRecord *record)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(free_record);

    g_ptr_array_add(rows, record);
    return rows;
}

void story_message(Story *story, TapClass class, const char *bytes)
{
    TapRecord *record =
        record_of(story, class, class == TAP_RESULT ? SUBJECT_RESULTS : SUBJECT_DEAD_LETTER, bytes);
    Event *event = event_new(EVENT_SAMPLE);

    record->seq = story->model->watch.last_seq + 1;
    event->rows = rows_of(record);
    event->counts = story->model->watch.counts;
    event->counts.seen[class]++;
    event->counts.bytes[class] += record->len;
    event->counts.last_seq = record->seq;
    story_post(story, event);
}

/* --- the watch of the whole bus --- */

void story_listen(Story *story, LinkStream stream, gboolean on)
{
    Event *event = event_new(EVENT_LISTEN);

    event->stream = stream;
    event->on = on;
    story_post(story, event);
}

void story_bus(Story *story, const char *subject, const char *bytes)
{
    TapRecord *record = record_of(story, TAP_BUS, subject, bytes);
    Event *event = event_new(EVENT_BUS);

    if (story->traffic == NULL)
        story->traffic = traffic_new();
    traffic_put(story->traffic, subject, record->len);
    record->seq = story->model->bus.last_seq + 1;
    event->rows = rows_of(record);
    event->counts.last_seq = record->seq;
    event->traffic = traffic_take(story->traffic);
    for (unsigned i = 0; i < event->traffic->count; i++) /* as all times of a story */
        event->traffic->rows[i].wall_us = story->now_wall;
    story_post(story, event);
}

void story_narrowed(Story *story, LinkStream stream, StreamWidth width, const char *why)
{
    LinkNews *news = story_news(story, story->model->link.number, LINK_NEWS_NARROWED);

    news->stream = stream;
    news->count = width;
    news->text = g_strdup(why);
    story_post_news(story, news);
}

void story_suspect(Story *story, const char *subject, const char *bytes)
{
    Event *event = event_new(EVENT_POISON);

    event->id = story->model->link.number;
    event->poison = poison_judge(subject, raw_text(bytes), TRUE);
    story_post(story, event);
}
