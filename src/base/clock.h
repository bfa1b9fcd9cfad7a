/* The two clocks. Only the edges read them; update() gets its time with the event. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <glib.h>

/* Microseconds of CLOCK_MONOTONIC: for every duration. libnats 3.4.1 takes round trips from the
 * wall clock, which jumps, so ours never come from it. */
gint64 clock_now(void);

/* Microseconds since the Unix epoch: only to tell the operator when something was. */
gint64 clock_wall(void);

/* "14:02:11" in local time. Caller frees. */
char *clock_local(gint64 wall_us);

/* "21:03:27Z" in UTC. Caller frees. */
char *clock_utc(gint64 wall_us);

/* "2026-11-23T14:02:11.123Z", as the report and Heddle's messages have it. Caller frees. */
char *clock_iso(gint64 wall_us);

/* A length of time for people: "0.3 ms", "2.1 s", "4 m", "2 h 14 m", "3 d". Caller frees. */
char *clock_span(gint64 us);

#endif
