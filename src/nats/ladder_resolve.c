/* The second rung: from a name to addresses, in bounded time. getaddrinfo() cannot be called off
 * (with a silent resolver it takes 10 s and more), so it runs on a thread of its own that nobody
 * joins; whoever gives up first leaves the other to clean up. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <pthread.h>
#include <resolv.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "nats/ladder_internal.h"

enum {
    RESOLVE_MAX_MS = 3000,
    SLICE_MS = 50, /* how often the wait looks whether it is cancelled */
    MAX_LOOKUPS = 8,
};

/* Look-ups that have not come back, over all climbs: process-wide, since it bounds the threads that
 * a resolver which never answers can pile up. */
static unsigned lookups;

typedef struct Lookup { /* shared by the climb and the look-up thread; the last one frees */
    int refs;           /* atomic; not GLib's, which ThreadSanitizer cannot see into */
    pthread_mutex_t lock;
    pthread_cond_t answered;
    gboolean done;
    int error; /* of getaddrinfo() */
    struct addrinfo *found;
    char *host, *port;
} Lookup;

static void lookup_unref(Lookup *lookup)
{
    if (__atomic_sub_fetch(&lookup->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (lookup->found != NULL)
        freeaddrinfo(lookup->found);
    pthread_cond_destroy(&lookup->answered);
    pthread_mutex_destroy(&lookup->lock);
    g_free(lookup->host);
    g_free(lookup->port);
    g_free(lookup);
}

static int look_up(const char *host, const char *port, int flags, struct addrinfo **found)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV};
    int error = getaddrinfo(host, port, &hints, found);

    if (error != 0)
        *found = NULL;
    return error;
}

static void *run_lookup(void *data)
{
    Lookup *lookup = data;
    struct addrinfo *found;
    int error = look_up(lookup->host, lookup->port, 0, &found);

    pthread_mutex_lock(&lookup->lock);
    lookup->error = error;
    lookup->found = found;
    lookup->done = TRUE;
    pthread_cond_signal(&lookup->answered);
    pthread_mutex_unlock(&lookup->lock);
    __atomic_sub_fetch(&lookups, 1, __ATOMIC_RELAXED);
    lookup_unref(lookup);
    return NULL;
}

/* With all signals blocked, so that none of the process's is handled there. */
static int start_detached(Lookup *lookup)
{
    pthread_t thread;
    pthread_attr_t detached;
    sigset_t all, before;
    int error;

    sigfillset(&all);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&thread, &detached, run_lookup, lookup);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&detached);
    return error;
}

/* NULL when the resolver is busy with too many already, or there is no thread to be had. */
static Lookup *lookup_start(const char *host, const char *port)
{
    Lookup *lookup;
    pthread_condattr_t monotonic;

    if (__atomic_add_fetch(&lookups, 1, __ATOMIC_RELAXED) > MAX_LOOKUPS) {
        __atomic_sub_fetch(&lookups, 1, __ATOMIC_RELAXED);
        return NULL;
    }
    lookup = g_new0(Lookup, 1);
    lookup->refs = 2;
    lookup->host = g_strdup(host);
    lookup->port = g_strdup(port);
    pthread_mutex_init(&lookup->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&lookup->answered, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (start_detached(lookup) != 0) {
        __atomic_sub_fetch(&lookups, 1, __ATOMIC_RELAXED);
        lookup_unref(lookup);
        lookup_unref(lookup);
        return NULL;
    }
    return lookup;
}

static IoEnd lookup_wait(Lookup *lookup, gint64 until_us, const int *cancelled)
{
    IoEnd end = IO_DONE;

    pthread_mutex_lock(&lookup->lock);
    while (!lookup->done && end == IO_DONE) {
        gint64 slice_us = MIN(until_us, clock_now() + SLICE_MS * 1000);
        struct timespec slice = {slice_us / G_USEC_PER_SEC, slice_us % G_USEC_PER_SEC * 1000};

        pthread_cond_timedwait(&lookup->answered, &lookup->lock, &slice);
        if (lookup->done)
            break;
        if (io_is_cancelled(cancelled))
            end = IO_CANCELLED;
        else if (clock_now() >= until_us)
            end = IO_LATE;
    }
    pthread_mutex_unlock(&lookup->lock);
    return end;
}

/* --- the rung --- */

/* /etc/hosts may name one address twice. */
static gboolean is_known(const Climb *climb, const LadderAddress *address)
{
    for (unsigned i = 0; i < climb->address_count; i++)
        if (strcmp(climb->addresses[i].text, address->text) == 0)
            return TRUE;
    return FALSE;
}

static void keep_addresses(Climb *climb, const struct addrinfo *found)
{
    for (; found != NULL && climb->address_count < MAX_ADDRESSES; found = found->ai_next) {
        LadderAddress *address = &climb->addresses[climb->address_count];
        char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];

        if (found->ai_addrlen > sizeof address->to ||
            (found->ai_family != AF_INET && found->ai_family != AF_INET6) ||
            getnameinfo(found->ai_addr, found->ai_addrlen, host, sizeof host, NULL, 0,
                        NI_NUMERICHOST) != 0)
            continue;
        memcpy(&address->to, found->ai_addr, found->ai_addrlen);
        g_snprintf(address->text, sizeof address->text,
                   found->ai_family == AF_INET6 ? "[%s]:%u" : "%s:%u", host, climb->url->port);
        climb->address_count += !is_known(climb, address);
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, since resolvers turn the order round at each answer; without the port. */
static void show_addresses(Climb *climb, Rung *rung)
{
    char **names = g_new0(char *, climb->address_count + 1);

    for (unsigned i = 0; i < climb->address_count; i++) {
        const LadderAddress *address = &climb->addresses[i];

        names[i] = g_strndup(address->text, (gsize)(strrchr(address->text, ':') - address->text));
        rung_shows(rung, "%s (%s)", names[i],
                   address->to.any.sa_family == AF_INET6 ? "IPv6" : "IPv4");
    }
    qsort(names, climb->address_count, sizeof *names, compare_names);
    climb->ladder->addresses = names;
}

/* Whom the resolver asks and what it adds to a name, for when that did not do. */
static void show_resolver(Rung *rung)
{
    struct __res_state state = {0};
    g_autoptr(GString) servers = g_string_new(NULL), search = g_string_new(NULL);

    if (res_ninit(&state) != 0)
        return;
    for (int i = 0; i < state.nscount; i++) {
        char text[INET_ADDRSTRLEN];

        if (state.nsaddr_list[i].sin_family == AF_INET &&
            inet_ntop(AF_INET, &state.nsaddr_list[i].sin_addr, text, sizeof text) != NULL)
            g_string_append_printf(servers, " %s", text);
    }
    for (int i = 0; i < MAXDNSRCH && state.dnsrch[i] != NULL; i++) {
        g_autofree char *domain = text_clean(raw_text(state.dnsrch[i]), SNIPPET_CHARS);

        g_string_append_printf(search, " %s", domain);
    }
    rung_shows(rung, "name servers:%s", servers->len > 0 ? servers->str : " none of IPv4");
    rung_shows(rung, "search domains:%s", search->len > 0 ? search->str : " none");
    res_nclose(&state);
}

static void judge(Climb *climb, Rung *rung, int error, const struct addrinfo *found)
{
    const char *host = climb->url->host;

    keep_addresses(climb, found);
    if (climb->address_count > 0)
        show_addresses(climb, rung);
    else
        show_resolver(rung);
    if (error == EAI_NONAME || error == EAI_NODATA || error == EAI_ADDRFAMILY)
        rung_breaks(rung, CAUSE_UNKNOWN_HOST, "no such host: %s", host);
    else if (error == EAI_AGAIN)
        rung_breaks(rung, CAUSE_RESOLVER_SILENT, "the resolver has no answer for %s", host);
    else if (error != 0)
        rung_breaks(rung, CAUSE_RESOLVER_SILENT, "cannot resolve %s: %s", host,
                    gai_strerror(error));
    else if (climb->address_count == 0)
        rung_breaks(rung, CAUSE_UNKNOWN_HOST, "%s has no IP address", host);
    else if (climb->address_count > 1)
        rung_holds(rung, "%u addresses", climb->address_count);
    else /* "[::1]:4222" and "127.0.0.1:4222", less the port */
        rung_holds(rung, "%.*s",
                   (int)(strrchr(climb->addresses[0].text, ':') - climb->addresses[0].text),
                   climb->addresses[0].text);
}

void climb_resolve(Climb *climb, Rung *rung)
{
    g_autofree char *port = g_strdup_printf("%u", climb->url->port);
    gint64 start = clock_now();
    struct addrinfo *found;
    Lookup *lookup;
    IoEnd end;

    if (look_up(climb->url->host, port, AI_NUMERICHOST, &found) == 0) {
        judge(climb, rung, 0, found);
        freeaddrinfo(found);
        return;
    }
    lookup = lookup_start(climb->url->host, port);
    if (lookup == NULL) {
        rung_breaks(rung, CAUSE_RESOLVER_SILENT, "the resolver is busy: %u look-ups hang",
                    (unsigned)MAX_LOOKUPS);
        return;
    }
    end = lookup_wait(lookup, MIN(climb->deadline_us, start + RESOLVE_MAX_MS * 1000),
                      climb->cancelled);
    if (end == IO_DONE) {
        judge(climb, rung, lookup->error, lookup->found);
    } else if (end == IO_CANCELLED) {
        rung_breaks(rung, CAUSE_CANCELLED, "cancelled");
    } else {
        show_resolver(rung);
        rung_breaks(rung, CAUSE_RESOLVER_SILENT, "the resolver is silent, %.1f s",
                    (double)(clock_now() - start) / G_USEC_PER_SEC);
    }
    lookup_unref(lookup);
}
