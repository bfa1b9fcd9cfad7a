/* The seventh rung: PING to PONG, ten times for the spread. */
#include <stdlib.h>

#include "base/clock.h"
#include "nats/ladder_internal.h"

enum {
    PINGS = 10,
    PINGS_MS = 150, /* no more are begun after this: over a slow path fewer must do */
};

/* One round trip in milliseconds; -1 when the rung broke. */
static double ping_once(Climb *climb, Rung *rung)
{
    gint64 start = clock_now();
    IoEnd end = io_send(&climb->io, "PING\r\n", 6, climb_patience(climb));

    if (end != IO_DONE && end != IO_RESET) {
        rung_breaks_io(rung, end, "login", start);
        return -1;
    }
    if (!session_pong(climb, rung, "login", start))
        return -1;
    return (double)(clock_now() - start) / 1000;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

void climb_ping(Climb *climb, Rung *rung)
{
    gint64 until = clock_now() + PINGS_MS * 1000;
    double ms[PINGS];
    int count = 0;

    do {
        double trip = ping_once(climb, rung);

        if (trip < 0)
            return;
        ms[count++] = trip;
    } while (count < PINGS && clock_now() < until);
    qsort(ms, (gsize)count, sizeof *ms, compare);
    climb->ladder->rtt_ms = ms[count / 2];
    rung_holds(rung, count > 1 ? "%.2f ms, %.2f to %.2f over %d" : "%.2f ms", ms[count / 2], ms[0],
               ms[count - 1], count);
}
