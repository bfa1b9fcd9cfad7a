/* Traffic: how many messages and bytes each subject of a wide subscription carries. The busy half
 * of the bus watch, beside its tap: traffic_put() runs on libnats' delivery thread, up to a million
 * times a second, and the main thread takes a copy of the counters once a second, however many
 * messages they stand for.
 *
 * Bounded: so many subjects of so many bytes; what does not fit is counted as one, "other". Looking
 * a subject up takes a bounded number of probes, whatever subjects somebody makes up. */
#ifndef NATS_TRAFFIC_H
#define NATS_TRAFFIC_H

#include <glib.h>

enum {
    TRAFFIC_SUBJECTS = 4096,
    TRAFFIC_SUBJECT_BYTES = 128, /* with the NUL; a longer one is "other" */
    TRAFFIC_BRANCHES = 32,       /* first two tokens of a subject: "heddle.tasks" */
};

typedef struct TrafficRow {
    char subject[TRAFFIC_SUBJECT_BYTES]; /* raw: clean before showing */
    guint64 messages, bytes;             /* payload bytes */
    gint64 wall_us;                      /* of the last one, to some 4 ms */
    unsigned branch;                     /* index of its branch; TRAFFIC_BRANCHES: none */
} TrafficRow;

typedef struct TrafficBranch {
    char name[TRAFFIC_SUBJECT_BYTES]; /* raw */
    guint64 messages, bytes;
} TrafficBranch;

/* A copy of the counters. A subject keeps its place among the rows until the next reset, which
 * gives the sample another `era`. */
typedef struct TrafficSample {
    unsigned era, count;
    guint64 messages, bytes;             /* all of them */
    guint64 other_messages, other_bytes; /* of subjects that are not among the rows */
    TrafficRow *rows;                    /* `count` of them, in the same block */
} TrafficSample;

typedef struct Traffic Traffic;

Traffic *traffic_new(void); /* never NULL */
Traffic *traffic_ref(Traffic *traffic);
void traffic_unref(Traffic *traffic); /* the last one frees; any thread */

/* Forget all. */
void traffic_reset(Traffic *traffic);

/* Count one message of `size` bytes. Any thread; some 60 ns. */
void traffic_put(Traffic *traffic, const char *subject, gsize size);

/* All rows, in the order in which their subjects came. Free with g_free(). */
TrafficSample *traffic_take(Traffic *traffic);

/* The branches so far, at most TRAFFIC_BRANCHES; returns how many. They keep their places. */
unsigned traffic_branches(Traffic *traffic, TrafficBranch *branches);

#endif
