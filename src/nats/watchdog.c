#include "nats/watchdog.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include <glib.h>

#include "nats/ladder.h"

struct Watchdog {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t called_off;
    gboolean stopped, bitten;
    char *address;
    GHashTable *before; /* inodes of the sockets to that address that were there at the start */
    int timeout_ms;
};

static gboolean peer_is(int fd, const char *address)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    char host[INET6_ADDRSTRLEN] = "", text[INET6_ADDRSTRLEN + 16];

    if (getpeername(fd, (struct sockaddr *)&peer, &len) != 0)
        return FALSE;
    if (peer.ss_family == AF_INET) {
        struct sockaddr_in *in = (struct sockaddr_in *)&peer;

        inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        g_snprintf(text, sizeof text, "%s:%u", host, ntohs(in->sin_port));
    } else if (peer.ss_family == AF_INET6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&peer;

        inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
        g_snprintf(text, sizeof text, "[%s]:%u", host, ntohs(in6->sin6_port));
    } else {
        return FALSE;
    }
    return g_str_equal(text, address);
}

typedef void (*SocketVisit)(Watchdog *dog, int fd, gint64 inode);

/* Visit this process's sockets to the address. /proc rather than a list of our own, since it is
 * libnats that opened the one in question. */
static void visit_sockets(Watchdog *dog, SocketVisit visit)
{
    DIR *fds = opendir("/proc/self/fd");
    struct dirent *entry;

    if (fds == NULL)
        return;
    while ((entry = readdir(fds)) != NULL) {
        int fd = atoi(entry->d_name);
        struct stat st;

        /* By its name in /proc: most of these descriptors are other threads' business. */
        if (entry->d_name[0] != '.' && fstatat(dirfd(fds), entry->d_name, &st, 0) == 0 &&
            S_ISSOCK(st.st_mode) && peer_is(fd, dog->address))
            visit(dog, fd, (gint64)st.st_ino);
    }
    closedir(fds);
}

static void remember(Watchdog *dog, int fd, gint64 inode)
{
    (void)fd;
    g_hash_table_add(dog->before, g_memdup2(&inode, sizeof inode));
}

static void bite(Watchdog *dog, int fd, gint64 inode)
{
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
        visit_sockets(dog, bite);
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
    visit_sockets(dog, remember);
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
