#include "nats/tap.h"

#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/refs.h"

/* Messages longer than a slot are kept whole up to this many bytes in sum. */
enum { LARGE_BUDGET = 2 * 1024 * 1024, LARGE_MOST = 1024 * 1024 };

typedef struct Slot {
    guint64 seq; /* 0: empty */
    gint64 wall_us;
    TapClass class;
    gsize size, len, subject_len;
    char *large; /* the whole message when it did not fit and the budget allowed; else NULL */
} Slot;

struct Tap {
    Refs refs;
    pthread_mutex_t lock;
    Slot *slots;
    char *store; /* slots * slot_bytes: subject, then payload */
    unsigned count, slot_bytes;
    TapCounts counts;
    gsize large_bytes;
    guint64 large_oldest; /* no slot before this sequence number holds a large message */
    char mark[64];
    gsize mark_len;
    int fd;        /* eventfd */
    gboolean told; /* it has been written since the last take */
    clockid_t clock;
};

Tap *tap_new(unsigned slots, unsigned slot_bytes)
{
    Tap *tap = g_new0(Tap, 1);

    refs_init(&tap->refs);
    pthread_mutex_init(&tap->lock, NULL);
    tap->clock = CLOCK_REALTIME_COARSE;
    tap->count = slots;
    tap->slot_bytes = slot_bytes;
    tap->slots = g_new0(Slot, slots);
    tap->store = g_malloc((gsize)slots * slot_bytes);
    tap->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return tap;
}

static void drop_large(Tap *tap, Slot *slot)
{
    if (slot->large == NULL)
        return;
    tap->large_bytes -= slot->size;
    g_clear_pointer(&slot->large, g_free);
}

static void clear_slots(Tap *tap)
{
    for (unsigned i = 0; i < tap->count; i++) {
        drop_large(tap, &tap->slots[i]);
        tap->slots[i].seq = 0;
    }
}

Tap *tap_ref(Tap *tap)
{
    refs_take(&tap->refs);
    return tap;
}

void tap_unref(Tap *tap)
{
    if (!refs_drop(&tap->refs))
        return;
    clear_slots(tap);
    close(tap->fd);
    pthread_mutex_destroy(&tap->lock);
    g_free(tap->slots);
    g_free(tap->store);
    g_free(tap);
}

void tap_reset(Tap *tap)
{
    guint64 last;

    pthread_mutex_lock(&tap->lock);
    clear_slots(tap);
    last = tap->counts.last_seq;
    tap->counts = (TapCounts){.last_seq = last};
    pthread_mutex_unlock(&tap->lock);
}

void tap_set_mark(Tap *tap, const char *mark)
{
    pthread_mutex_lock(&tap->lock);
    tap->mark_len = mark == NULL ? 0 : g_strlcpy(tap->mark, mark, sizeof tap->mark);
    pthread_mutex_unlock(&tap->lock);
}

void tap_time_exactly(Tap *tap)
{
    pthread_mutex_lock(&tap->lock);
    tap->clock = CLOCK_REALTIME;
    pthread_mutex_unlock(&tap->lock);
}

/* Room for `size` more bytes of large messages, at the cost of the oldest ones. */
static void make_room(Tap *tap, gsize size)
{
    guint64 first = tap->counts.last_seq >= tap->count ? tap->counts.last_seq - tap->count + 1 : 1;

    for (guint64 seq = MAX(first, tap->large_oldest);
         tap->large_bytes + size > LARGE_BUDGET && seq < tap->counts.last_seq; seq++) {
        drop_large(tap, &tap->slots[seq % tap->count]);
        tap->large_oldest = seq + 1;
    }
}

static void fill_slot(Tap *tap, TapClass class, const char *subject, const void *bytes, gsize size)
{
    Slot *slot = &tap->slots[++tap->counts.last_seq % tap->count];
    struct timespec now;
    char *store = tap->store + (gsize)(slot - tap->slots) * tap->slot_bytes;

    clock_gettime(tap->clock, &now);
    drop_large(tap, slot);
    slot->seq = tap->counts.last_seq;
    slot->wall_us = (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
    slot->class = class;
    slot->size = size;
    slot->subject_len = MIN(strlen(subject), tap->slot_bytes / 4);
    slot->len = MIN(size, tap->slot_bytes - slot->subject_len);
    memcpy(store, subject, slot->subject_len);
    memcpy(store + slot->subject_len, bytes, slot->len);
    if (slot->len < size && size <= LARGE_MOST) {
        make_room(tap, size);
        slot->large = g_memdup2(bytes, size);
        tap->large_bytes += size;
    }
}

gboolean tap_put(Tap *tap, TapClass class, const char *subject, const void *bytes, gsize size)
{
    gboolean marked, tell;

    if (bytes == NULL)
        bytes = "";
    pthread_mutex_lock(&tap->lock);
    tap->counts.seen[class]++;
    tap->counts.bytes[class] += size;
    if (class != TAP_TASK)
        fill_slot(tap, class, subject, bytes, size);
    tell = class != TAP_TASK && !tap->told;
    tap->told = tap->told || tell;
    marked = tap->mark_len != 0 && memmem(bytes, size, tap->mark, tap->mark_len) != NULL;
    pthread_mutex_unlock(&tap->lock);
    if (tell)
        eventfd_write(tap->fd, 1);
    return marked;
}

static void record_free(void *data)
{
    TapRecord *record = data;

    g_free(record->subject);
    g_free(record);
}

static TapRecord *copy_slot(const Tap *tap, const Slot *slot)
{
    const char *store = tap->store + (gsize)(slot - tap->slots) * tap->slot_bytes;
    gsize len = slot->large != NULL ? slot->size : slot->len;
    TapRecord *record = g_malloc(sizeof(TapRecord) + len + 1);

    record->seq = slot->seq;
    record->wall_us = slot->wall_us;
    record->class = slot->class;
    record->subject = g_strndup(store, slot->subject_len);
    record->size = slot->size;
    record->len = len;
    memcpy(record->bytes, slot->large != NULL ? slot->large : store + slot->subject_len, len);
    record->bytes[len] = '\0';
    return record;
}

GPtrArray *tap_take(Tap *tap, guint64 seq, unsigned most)
{
    GPtrArray *records = g_ptr_array_new_with_free_func(record_free);
    eventfd_t count;
    guint64 last;

    eventfd_read(tap->fd, &count);
    pthread_mutex_lock(&tap->lock);
    tap->told = FALSE;
    last = tap->counts.last_seq;
    most = MIN(most, tap->count);
    if (last - seq > most)
        seq = last - most;
    while (++seq <= last)
        if (tap->slots[seq % tap->count].seq == seq)
            g_ptr_array_add(records, copy_slot(tap, &tap->slots[seq % tap->count]));
    pthread_mutex_unlock(&tap->lock);
    return records;
}

TapCounts tap_counts(Tap *tap)
{
    TapCounts counts;

    pthread_mutex_lock(&tap->lock);
    counts = tap->counts;
    pthread_mutex_unlock(&tap->lock);
    return counts;
}

int tap_fd(const Tap *tap)
{
    return tap->fd;
}
