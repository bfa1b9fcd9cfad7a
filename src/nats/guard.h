/* The guard of a wide subscription: says when it is too much for a reader that must not hurt the
 * bus. A reader that lags is cut off by the server, and until then stalls every publisher
 * (../shared/facts-nats.md, "Speed on two cores"). Pure: it is told the time and the load. */
#ifndef NATS_GUARD_H
#define NATS_GUARD_H

#include <glib.h>

typedef struct Load {        /* of one subscription, or of several added up */
    guint64 messages, bytes; /* delivered so far; bytes of payload */
    gint64 pending, pending_bytes;
    gint64 dropped; /* by libnats, since we were too slow */
} Load;

typedef struct GuardLimits {
    double messages, bytes; /* a second, as the mean of GUARD_WINDOW_US */
    gint64 pending, pending_bytes;
} GuardLimits;

typedef enum GuardVerdict {
    GUARD_HOLDS,
    GUARD_DROPPED,
    GUARD_PENDING,
    GUARD_MESSAGES,
    GUARD_BYTES
} GuardVerdict;

/* Rates are means over up to a second, and no word is said before half a second has passed: a burst
 * is no flood. Drops and a full buffer are told at once. */
#define GUARD_WINDOW_US (G_USEC_PER_SEC)
#define GUARD_FIRST_US  (G_USEC_PER_SEC / 2)
enum { GUARD_SAMPLES = 8, GUARD_EVERY_MS = 200 };

typedef struct Guard {
    struct {
        gint64 at_us;
        guint64 messages, bytes;
    } samples[GUARD_SAMPLES]; /* ring */
    unsigned count;
    gint64 dropped;         /* before it began */
    double messages, bytes; /* a second, as last worked out; 0: not yet */
} Guard;

/* Begin, or begin anew, with the load as it is now. */
void guard_begin(Guard *guard, gint64 now_us, const Load *load);

/* Take in the load of now. Sets guard->messages and guard->bytes. */
GuardVerdict guard_judge(Guard *guard, const GuardLimits *limits, gint64 now_us, const Load *load);

/* Why, in words with the rate: "912,000 messages a second". Caller frees. */
char *guard_words(const Guard *guard, GuardVerdict verdict);

void load_add(Load *to, const Load *load);

#endif
