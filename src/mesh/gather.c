#include "mesh/gather.h"

#include <pthread.h>

enum { MOST_BYTES = 64 * 1024 * 1024 };

struct Gather {
    pthread_mutex_t lock;
    unsigned round;
    GPtrArray *replies; /* of GBytes * */
    gsize bytes;
};

static GPtrArray *replies_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

Gather *gather_new(void)
{
    Gather *gather = g_new0(Gather, 1);

    pthread_mutex_init(&gather->lock, NULL);
    gather->replies = replies_new();
    return gather;
}

void gather_free(Gather *gather)
{
    pthread_mutex_destroy(&gather->lock);
    g_ptr_array_unref(gather->replies);
    g_free(gather);
}

void gather_begin(Gather *gather, unsigned round)
{
    pthread_mutex_lock(&gather->lock);
    if (gather->round != round) {
        g_ptr_array_set_size(gather->replies, 0);
        gather->bytes = 0;
    }
    gather->round = round;
    pthread_mutex_unlock(&gather->lock);
}

void gather_add(Gather *gather, unsigned round, char *bytes, gsize len)
{
    gboolean taken;

    pthread_mutex_lock(&gather->lock);
    taken = gather->round == round && gather->bytes + len <= MOST_BYTES;
    if (taken) {
        g_ptr_array_add(gather->replies, g_bytes_new_take(bytes, len));
        gather->bytes += len;
    }
    pthread_mutex_unlock(&gather->lock);
    if (!taken)
        g_free(bytes);
}

GPtrArray *gather_take(Gather *gather, unsigned round)
{
    GPtrArray *taken = replies_new();

    pthread_mutex_lock(&gather->lock);
    if (gather->round == round)
        for (unsigned i = 0; i < gather->replies->len; i++)
            g_ptr_array_add(taken, g_bytes_ref(g_ptr_array_index(gather->replies, i)));
    pthread_mutex_unlock(&gather->lock);
    return taken;
}
