#include "mesh/timeline.h"

#include <string.h>

#include "base/text.h"

static void entry_free(void *data)
{
    TimelineEntry *entry = data;

    g_free(entry->track);
    g_free(entry->from);
    g_free(entry->to);
    g_free(entry->text);
    g_free(entry);
}

Timeline *timeline_new(void)
{
    Timeline *timeline = g_new0(Timeline, 1);

    timeline->ring = g_ptr_array_new_with_free_func(entry_free);
    return timeline;
}

void track_clear(Track *track)
{
    g_free(track->word);
    *track = (Track){0};
}

void timeline_free(Timeline *timeline)
{
    track_clear(&timeline->link);
    track_clear(&timeline->url);
    track_clear(&timeline->server);
    track_clear(&timeline->listeners);
    track_clear(&timeline->notice);
    track_clear(&timeline->smoke);
    track_clear(&timeline->poison);
    track_clear(&timeline->reload);
    for (gsize i = 0; i < G_N_ELEMENTS(timeline->streams); i++)
        track_clear(&timeline->streams[i]);
    g_ptr_array_unref(timeline->ring);
    g_free(timeline);
}

guint64 timeline_oldest(const Timeline *timeline)
{
    if (timeline->count == 0)
        return 0;
    return timeline->count > TIMELINE_KEPT ? timeline->count - TIMELINE_KEPT + 1 : 1;
}

TimelineEntry *timeline_entry(const Timeline *timeline, guint64 number)
{
    if (number == 0 || number > timeline->count || number < timeline_oldest(timeline))
        return NULL;
    return g_ptr_array_index(timeline->ring, (guint)((number - 1) % TIMELINE_KEPT));
}

static void push(Timeline *timeline, TimelineEntry *entry)
{
    guint place = (guint)(timeline->count % TIMELINE_KEPT);

    entry->number = ++timeline->count;
    if (place < timeline->ring->len) {
        entry_free(timeline->ring->pdata[place]);
        timeline->ring->pdata[place] = entry;
    } else {
        g_ptr_array_add(timeline->ring, entry);
    }
}

/* Walks back along the track's own entries: costs what is counted. */
static unsigned count_flaps(const Timeline *timeline, const TimelineEntry *entry)
{
    const TimelineEntry *at = timeline_entry(timeline, entry->before);
    unsigned flaps = entry->turn;

    for (; at != NULL && entry->at_us - at->at_us <= TIMELINE_FLAP_US;
         at = timeline_entry(timeline, at->before))
        flaps += at->turn;
    return flaps;
}

static gboolean holds(State state)
{
    return state == STATE_OK || state == STATE_SKIPPED;
}

static char *bounded(const char *clean, gsize most)
{
    return text_clean(raw_text(clean), most);
}

gboolean track_differs(const Track *track, State state, const char *word)
{
    return track->word == NULL || track->state != state || strcmp(track->word, word) != 0;
}

void track_take(Track *track, const Change *change)
{
    char *word = g_strdup(change->word);

    g_free(track->word);
    track->word = word;
    track->state = change->state;
    track->since_us = change->at_us;
}

TimelineEntry *timeline_append(Timeline *timeline, Track *track, const Change *change)
{
    TimelineEntry *entry = g_new0(TimelineEntry, 1);

    entry->before = track->last;
    entry->at_us = change->at_us;
    entry->wall_us = change->wall_us;
    entry->state = change->state;
    entry->track = bounded(change->track, TIMELINE_WORD);
    entry->from = bounded(track->word, TIMELINE_WORD);
    entry->to = bounded(change->word, TIMELINE_WORD);
    entry->text = bounded(change->text, TIMELINE_TEXT);
    entry->lasted_us = track->word != NULL ? MAX(change->at_us - track->since_us, 0) : -1;
    entry->turn = track->word != NULL && (holds(change->state) || holds(track->state));
    entry->flaps = count_flaps(timeline, entry);
    push(timeline, entry);
    track_take(track, change);
    track->last = entry->number;
    return entry;
}

TimelineEntry *timeline_note(Timeline *timeline, Track *track, const Change *change)
{
    if (!track_differs(track, change->state, change->word))
        return NULL;
    if (track->word != NULL)
        return timeline_append(timeline, track, change);
    track_take(track, change);
    return NULL;
}
