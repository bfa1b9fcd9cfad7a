#include "mesh/bus_jobs.h"

#include "base/save.h"

/* The watch of heddle.> and the sentinel. Wildcards everywhere, so that nobody takes us for a
 * router or a worker; none of one stream covers another of it, so that nothing comes twice. */
static const char *const bus_subjects[] = {"heddle.>", NULL};
static const char *const bus_branches[] = {"heddle.*",
                                           "heddle.tasks.>",
                                           "heddle.results.>",
                                           "heddle.goals.>",
                                           "heddle.control.>",
                                           "heddle.scheduler.>",
                                           NULL};
static const char *const sentinel_subjects[] = {"heddle.*.incoming", "heddle.control.*",
                                                "heddle.tasks.*.*", NULL};
const LinkStreamHow bus_streams[LINK_STREAMS] = {
    [STREAM_BUS] = {bus_subjects, bus_branches, TAP_BUS, {200000, 100e6, 16384, 4 << 20}},
    [STREAM_SENTINEL] = {sentinel_subjects, NULL, TAP_SENTINEL, {20000, 20e6, 8192, 4 << 20}},
};

int bus_is_suspect(const char *subject, const char *bytes, gsize len)
{
    return (int)poison_suspect(subject, bytes, len);
}

Event *bus_job_judge(const LinkNews *news)
{
    Poison *poison =
        poison_judge(news->subject, raw_bytes(news->bytes, news->len), news->len == news->size);
    Event *event = event_new(EVENT_POISON);

    event->id = news->link;
    event->poison = poison;
    event->count = news->count;
    event->at_us = news->at_us; /* when it came, not when it was read */
    event->wall_us = news->wall_us;
    return event;
}

Event *bus_job_save(const char *path, const char *bytes, gsize len)
{
    g_autofree char *why = NULL, *shown = text_clean(raw_text(path), 0);
    gboolean saved = save_new_file(path, bytes, len, &why);
    Event *event = event_new(EVENT_SAVED);

    event->on = saved;
    event->text = saved ? g_strdup_printf("saved %zu bytes to %s", len, shown)
                        : g_strdup_printf("not saved to %s: %s", shown, why);
    return event;
}
