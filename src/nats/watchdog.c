#include "nats/watchdog.h"

#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#include <glib.h>

#include "nats/ladder.h"
#include "nats/sockets.h"

struct Watchdog {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t called_off;
    gboolean stopped, bitten;
    char *address;
    GHashTable *before; /* inodes of the sockets to that address that were there at the start */
    int timeout_ms;
};

static void remember(void *data, int fd, gint64 inode)
{
    Watchdog *dog = data;

    (void)fd;
    g_hash_table_add(dog->before, g_memdup2(&inode, sizeof inode));
}

static void bite(void *data, int fd, gint64 inode)
{
    Watchdog *dog = data;

    if (!g_hash_table_contains(dog->before, &inode) && !ladder_owns_socket(fd))
        shutdown(fd, SHUT_RDWR);
}

static void add_ms(struct timespec *t, int ms)
{
    t->tv_sec += ms / 1000;
    t->tv_nsec += ms % 1000 * 1000000L;
    if (t->tv_nsec >= 1000000000L) {
        t->tv_sec++;
        t->tv_nsec -= 1000000000L;
    }
}

static void *watch(void *data)
{
    Watchdog *dog = data;
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    add_ms(&until, dog->timeout_ms);
    pthread_mutex_lock(&dog->lock);
    while (!dog->stopped) {
        if (pthread_cond_timedwait(&dog->called_off, &dog->lock, &until) == 0)
            continue;
        dog->bitten = TRUE;
        sockets_visit(dog->address, bite, dog);
        add_ms(&until, 100);
    }
    pthread_mutex_unlock(&dog->lock);
    return NULL;
}

static void dog_free(Watchdog *dog)
{
    pthread_cond_destroy(&dog->called_off);
    pthread_mutex_destroy(&dog->lock);
    g_hash_table_unref(dog->before);
    g_free(dog->address);
    g_free(dog);
}

Watchdog *watchdog_start(const char *address, int timeout_ms)
{
    Watchdog *dog = g_new0(Watchdog, 1);
    pthread_condattr_t monotonic;

    pthread_mutex_init(&dog->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&dog->called_off, &monotonic);
    pthread_condattr_destroy(&monotonic);
    dog->address = g_strdup(address);
    dog->timeout_ms = timeout_ms;
    dog->before = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    sockets_visit(dog->address, remember, dog);
    if (pthread_create(&dog->thread, NULL, watch, dog) != 0) {
        dog_free(dog);
        return NULL;
    }
    return dog;
}

int watchdog_stop(Watchdog *dog)
{
    gboolean bitten;

    if (dog == NULL)
        return FALSE;
    pthread_mutex_lock(&dog->lock);
    dog->stopped = TRUE;
    pthread_cond_signal(&dog->called_off);
    pthread_mutex_unlock(&dog->lock);
    pthread_join(dog->thread, NULL);
    bitten = dog->bitten;
    dog_free(dog);
    return bitten;
}
