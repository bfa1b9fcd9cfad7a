/* The timeline: every change of what is watched, with its time and how long the state before it
 * lasted, in a ring. It knows no model: mesh/timeline_observe.h tells it what is true. Pure: no
 * input, no clock. */
#ifndef MESH_TIMELINE_H
#define MESH_TIMELINE_H

#include <glib.h>

#include "base/state.h"

enum {
    TIMELINE_KEPT = 10000, /* entries; about 4 MiB at most */
    TIMELINE_REPORTED = 100,
    TIMELINE_WORD = 60,  /* characters that are kept of a track or a state */
    TIMELINE_TEXT = 200, /* … of a sentence */
};

/* A track with more changes than this within TIMELINE_FLAP_US flaps. One incident is two: it stops
 * to hold and holds again, however often its cause changes between. */
#define TIMELINE_FLAP_US (600 * (gint64)G_USEC_PER_SEC)
enum { TIMELINE_FLAPS = 2 };

typedef struct TimelineEntry {
    guint64 number; /* 1 for the first */
    guint64 before; /* number of the track's entry before this one; 0: none */
    gint64 at_us, wall_us;
    State state;      /* that it came to */
    char *track;      /* "link", "dns", "echo config" */
    char *from, *to;  /* words of the states; `from` is "" when nothing was known before */
    char *text;       /* a sentence, or "" */
    gint64 lasted_us; /* how long `from` lasted; -1: not known */
    gboolean turn;    /* it held before or holds now: neither its first state nor another cause */
    unsigned flaps;   /* such changes of the track in the ten minutes up to this one, with it */
    unsigned times;   /* tries of a link that is down, or how often a notice came; 0: not counted */
} TimelineEntry;

/* What was last seen of one watched thing, kept beside that thing. All zero: nothing yet. */
typedef struct Track {
    State state;
    char *word;      /* NULL: nothing was seen yet */
    gint64 since_us; /* of this state */
    guint64 last;    /* its newest entry; 0: none */
} Track;

typedef struct Timeline {
    GPtrArray *ring; /* of TimelineEntry *: number N is at (N - 1) % TIMELINE_KEPT */
    guint64 count;   /* numbers given so far */
    /* What is watched of the mesh as a whole; the rest is kept in probes and actors. */
    Track link, url, server, listeners, notice, smoke, poison, reload, streams[2];
    gint64 link_up_us;             /* of the connection whose server was noted */
    gint64 notice_wall, roster_us; /* of the last complaint and of the last roster seen */
    gint64 reload_wall;            /* of the last reload seen */
    guint64 poisons;               /* number of the last poison seen */
} Timeline;

Timeline *timeline_new(void);
void timeline_free(Timeline *timeline);

/* The entry with this number; NULL if there is none or it is not kept any more. Borrowed: it lives
 * until TIMELINE_KEPT more have come. */
TimelineEntry *timeline_entry(const Timeline *timeline, guint64 number);

/* Number of the oldest entry that is kept; 0 when there are none. */
guint64 timeline_oldest(const Timeline *timeline);

/* A change, as it goes into an entry. All strings are clean, borrowed, and may be NULL. */
typedef struct Change {
    gint64 at_us, wall_us;
    const char *track, *text;
    State state;
    const char *word; /* of the state it came to */
} Change;

/* Is this another state than the track's last? */
gboolean track_differs(const Track *track, State state, const char *word);

/* Take it as the track's last state, without an entry. */
void track_take(Track *track, const Change *change);

/* Append an entry, and take the state as the track's last. */
TimelineEntry *timeline_append(Timeline *timeline, Track *track, const Change *change);

/* As timeline_append() if the track differs. A first state is no change: it is only taken. NULL
 * when nothing was appended. */
TimelineEntry *timeline_note(Timeline *timeline, Track *track, const Change *change);

void track_clear(Track *track);

#endif
