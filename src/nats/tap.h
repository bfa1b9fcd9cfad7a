/* The tap on a busy subject: the only thing a message delivery does besides returning.
 *
 * tap_put() runs on libnats' delivery thread, up to a million times a second: it counts, copies the
 * first bytes into a ring of fixed slots and looks for one mark. The main thread samples the ring
 * once a frame, so a flood costs it what one frame shows and no more. Messages too long for a slot
 * are also kept whole while a small budget lasts, so that a 1 MiB result can be opened. */
#ifndef NATS_TAP_H
#define NATS_TAP_H

#include <glib.h>

typedef enum TapClass {
    TAP_RESULT,
    TAP_DEAD_LETTER,
    TAP_TASK,     /* counted and looked through, never kept */
    TAP_BUS,      /* anything on a wide subscription: goes to a tap and a traffic of its own */
    TAP_SENTINEL, /* looked at for what does harm: goes to no tap */
    TAP_CLASSES
} TapClass;

typedef struct TapRecord { /* one message, as it was sampled; owned by the taker */
    guint64 seq;           /* 1 for the first message ever put */
    gint64 wall_us;        /* when it came, to some 4 ms, or exactly (tap_time_exactly) */
    TapClass class;
    char *subject; /* raw: clean before showing */
    gsize size;    /* bytes the message has */
    gsize len;     /* bytes kept of it; less than size when cut */
    char bytes[];  /* `len` of them, raw, and a NUL after */
} TapRecord;

typedef struct TapCounts {
    guint64 seen[TAP_CLASSES];  /* messages */
    guint64 bytes[TAP_CLASSES]; /* payload bytes */
    guint64 last_seq;
} TapCounts;

typedef struct Tap Tap;

/* `slots` messages of `slot_bytes` each (subject and payload together). Memory is touched as it is
 * used. Never NULL. */
Tap *tap_new(unsigned slots, unsigned slot_bytes);
Tap *tap_ref(Tap *tap);
void tap_unref(Tap *tap); /* the last one frees; any thread */

/* Forget all messages and counts: another server is watched from now on. Sequence numbers go on. */
void tap_reset(Tap *tap);

/* Report messages that hold `mark` (at most 63 bytes) from now on; NULL: none. */
void tap_set_mark(Tap *tap, const char *mark);

/* From now on take the time of each message exactly, for some 20 ns: where the time between two of
 * them matters. */
void tap_time_exactly(Tap *tap);

/* Take one message in. Any thread. TRUE if it holds the mark, so the caller is to post it whole.
 * Tasks are only counted and looked through: a busy worker must not push the results out. */
gboolean tap_put(Tap *tap, TapClass class, const char *subject, const void *bytes, gsize size);

/* The newest records after `seq`, oldest first, at most `most`; what was overwritten or left out
 * shows as a gap in the sequence. Free the array with g_ptr_array_unref(): it owns the records. */
GPtrArray *tap_take(Tap *tap, guint64 seq, unsigned most);

TapCounts tap_counts(Tap *tap);

/* Readable once a message is kept; tap_take() makes it unreadable again. So one frame's messages
 * wake the main thread once, however many they are. Owned by the tap. */
int tap_fd(const Tap *tap);

#endif
