#include "nats/traffic.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/refs.h"

/* A hash of open addressing over the rows, at most a quarter full. */
enum { SLOTS = 4 * TRAFFIC_SUBJECTS, PROBES = 16 };

struct Traffic {
    Refs refs;
    pthread_mutex_t lock;
    guint16 slots[SLOTS]; /* index of a row and 1; 0: empty */
    TrafficRow *rows;
    TrafficBranch branches[TRAFFIC_BRANCHES];
    unsigned branch_count;
    TrafficSample sums; /* without rows */
    guint64 seed;
};

Traffic *traffic_new(void)
{
    Traffic *traffic = g_new0(Traffic, 1);

    refs_init(&traffic->refs);
    pthread_mutex_init(&traffic->lock, NULL);
    traffic->rows = g_new(TrafficRow, TRAFFIC_SUBJECTS);
    traffic->sums.era = 1;
    traffic->seed = (guint64)g_random_int() << 32 | g_random_int();
    return traffic;
}

Traffic *traffic_ref(Traffic *traffic)
{
    refs_take(&traffic->refs);
    return traffic;
}

void traffic_unref(Traffic *traffic)
{
    if (traffic == NULL || !refs_drop(&traffic->refs))
        return;
    pthread_mutex_destroy(&traffic->lock);
    g_free(traffic->rows);
    g_free(traffic);
}

void traffic_reset(Traffic *traffic)
{
    unsigned era;

    pthread_mutex_lock(&traffic->lock);
    memset(traffic->slots, 0, sizeof traffic->slots);
    memset(traffic->branches, 0, sizeof traffic->branches);
    traffic->branch_count = 0;
    era = traffic->sums.era + 1;
    traffic->sums = (TrafficSample){.era = era};
    pthread_mutex_unlock(&traffic->lock);
}

/* Eight bytes at a time: subjects are short, and this is done for every message. */
static guint64 hash_of(guint64 seed, const char *subject, gsize len)
{
    guint64 hash = seed ^ len, word;

    for (; len >= sizeof word; subject += sizeof word, len -= sizeof word) {
        memcpy(&word, subject, sizeof word);
        hash = (hash ^ word) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, subject, len);
    hash = (hash ^ word) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

/* The first two tokens of a subject; only for one that is new. */
static unsigned branch_of(Traffic *traffic, const char *subject)
{
    gsize len = strcspn(subject, ".");

    if (subject[len] == '.')
        len += 1 + strcspn(subject + len + 1, ".");
    for (unsigned i = 0; i < traffic->branch_count; i++)
        if (strlen(traffic->branches[i].name) == len &&
            memcmp(traffic->branches[i].name, subject, len) == 0)
            return i;
    if (traffic->branch_count == TRAFFIC_BRANCHES)
        return TRAFFIC_BRANCHES;
    memcpy(traffic->branches[traffic->branch_count].name, subject, len); /* the rest is 0 */
    return traffic->branch_count++;
}

static TrafficRow *add_row(Traffic *traffic, guint16 *slot, const char *subject, gsize len)
{
    TrafficRow *row;

    if (traffic->sums.count == TRAFFIC_SUBJECTS)
        return NULL;
    row = &traffic->rows[traffic->sums.count++];
    *slot = (guint16)traffic->sums.count;
    memset(row, 0, sizeof *row);
    memcpy(row->subject, subject, len);
    row->branch = branch_of(traffic, row->subject);
    return row;
}

/* NULL when it does not fit. */
static TrafficRow *find_row(Traffic *traffic, const char *subject, gsize len)
{
    guint64 hash = hash_of(traffic->seed, subject, len);

    for (unsigned i = 0; i < PROBES; i++) {
        guint16 *slot = &traffic->slots[(hash + i) % SLOTS];
        TrafficRow *row;

        if (*slot == 0)
            return add_row(traffic, slot, subject, len);
        row = &traffic->rows[*slot - 1];
        if (memcmp(row->subject, subject, len) == 0 && row->subject[len] == '\0')
            return row;
    }
    return NULL;
}

void traffic_put(Traffic *traffic, const char *subject, gsize size)
{
    gsize len = strlen(subject);
    TrafficRow *row = NULL;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    pthread_mutex_lock(&traffic->lock);
    traffic->sums.messages++;
    traffic->sums.bytes += size;
    if (len < TRAFFIC_SUBJECT_BYTES)
        row = find_row(traffic, subject, len);
    if (row == NULL) {
        traffic->sums.other_messages++;
        traffic->sums.other_bytes += size;
    } else {
        row->messages++;
        row->bytes += size;
        row->wall_us = (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
        if (row->branch < TRAFFIC_BRANCHES) {
            traffic->branches[row->branch].messages++;
            traffic->branches[row->branch].bytes += size;
        }
    }
    pthread_mutex_unlock(&traffic->lock);
}

TrafficSample *traffic_take(Traffic *traffic)
{
    TrafficSample *sample;

    /* Room for all of them is made before the lock: the delivery waits for it. */
    sample = g_malloc(sizeof *sample + TRAFFIC_SUBJECTS * sizeof(TrafficRow));
    pthread_mutex_lock(&traffic->lock);
    *sample = traffic->sums;
    sample->rows = (TrafficRow *)(sample + 1);
    memcpy(sample->rows, traffic->rows, sample->count * sizeof(TrafficRow));
    pthread_mutex_unlock(&traffic->lock);
    return sample;
}

unsigned traffic_branches(Traffic *traffic, TrafficBranch *branches)
{
    unsigned count;

    pthread_mutex_lock(&traffic->lock);
    count = traffic->branch_count;
    memcpy(branches, traffic->branches, count * sizeof *branches);
    pthread_mutex_unlock(&traffic->lock);
    return count;
}
