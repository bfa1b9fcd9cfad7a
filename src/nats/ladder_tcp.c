/* The third rung: a TCP connection to one of the addresses. They are dialled in the resolver's
 * order, the next one as soon as one fails, or after 250 ms of no answer beside it (RFC 8305), so
 * that a dead
 * ::1 does not hide a live 127.0.0.1. The first that stands wins. */
#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "nats/ladder_internal.h"

enum {
    NEXT_AFTER_MS = 250, /* RFC 8305, section 5 */
    SLICE_MS = 50,
    SHOWN_ADDRESSES = 3, /* in a sentence; the rest are counted */
};

typedef struct Dial {
    int fd; /* -1 once it has failed */
    int error;
    gint64 begun_us, ended_us; /* ended 0: no answer yet */
} Dial;

typedef struct Dialling {
    Climb *climb;
    Dial dials[MAX_ADDRESSES];
    unsigned begun;   /* dials that were */
    unsigned waiting; /* of them have no answer yet */
    gint64 next_us;   /* when to begin another one */
} Dialling;

/* Most telling first: where several addresses fail in several ways, a host that refuses is alive.
 */
static const struct {
    int error;
    Cause cause;
    const char *word;
} failures[] = {
    {ECONNREFUSED, CAUSE_REFUSED, "refused"},
    {ECONNRESET, CAUSE_RESET, "reset"},
    {ETIMEDOUT, CAUSE_TIMED_OUT, "no answer"},
    {EHOSTUNREACH, CAUSE_UNREACHABLE, "unreachable"},
    {ENETUNREACH, CAUSE_UNREACHABLE, "unreachable"},
    {EADDRNOTAVAIL, CAUSE_UNREACHABLE, "no local address for it"},
    {0, CAUSE_UNREACHABLE, "cannot be dialled"}, /* any other */
};

static gsize failure_of(int error)
{
    gsize i = 0;

    while (failures[i].error != error && failures[i].error != 0)
        i++;
    return i;
}

static void fail_dial(Dialling *all, Dial *dial, int error)
{
    io_close_socket(dial->fd);
    dial->fd = -1;
    dial->error = error;
    dial->ended_us = clock_now();
    all->next_us = 0; /* the next one at once */
}

static void begin_next(Dialling *all)
{
    Dial *dial = &all->dials[all->begun];

    dial->fd = io_start_connect(&all->climb->addresses[all->begun]);
    all->begun++;
    dial->begun_us = clock_now();
    all->next_us = clock_now() + NEXT_AFTER_MS * 1000;
    if (dial->fd < 0)
        fail_dial(all, dial, errno);
    else
        all->waiting++;
}

/* Wait at most `ms` for an answer to any dial. Returns its index if it stands, -1 if none does yet.
 */
static int wait_for_any(Dialling *all, int ms)
{
    struct pollfd wanted[MAX_ADDRESSES];

    for (unsigned i = 0; i < all->begun; i++)
        wanted[i] = (struct pollfd){all->dials[i].fd, POLLOUT, 0}; /* poll() skips a -1 */
    if (poll(wanted, all->begun, ms) <= 0)
        return -1;
    for (unsigned i = 0; i < all->begun; i++) {
        int error;

        if (wanted[i].fd < 0 || wanted[i].revents == 0)
            continue;
        error = io_connected(wanted[i].fd);
        if (error == 0)
            return (int)i;
        fail_dial(all, &all->dials[i], error);
        all->waiting--;
    }
    return -1;
}

/* Dial until one stands (its index), all have failed or the time is over (-1). */
static int dial_all(Dialling *all)
{
    const Climb *climb = all->climb;

    for (;;) {
        gint64 now = clock_now();
        gint64 wake_us = climb->deadline_us;
        int won;

        if (io_is_cancelled(climb->cancelled) || now >= climb->deadline_us)
            return -1;
        if (all->begun < climb->address_count) {
            if (now >= all->next_us) {
                begin_next(all);
                continue;
            }
            wake_us = MIN(wake_us, all->next_us);
        } else if (all->waiting == 0) {
            return -1;
        }
        won = wait_for_any(all, (int)CLAMP((wake_us - now + 999) / 1000, 0, SLICE_MS));
        if (won >= 0)
            return won;
    }
}

/* --- sentences --- */

/* "[::1]:4222 refused, 10.0.0.7:4222 no answer" for the first `count` dials but `but`. */
static char *tell_failures(const Dialling *all, unsigned count)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < MIN(count, SHOWN_ADDRESSES); i++)
        g_string_append_printf(text, "%s%s %s", i > 0 ? ", " : "", all->climb->addresses[i].text,
                               failures[failure_of(all->dials[i].error)].word);
    if (count > SHOWN_ADDRESSES)
        g_string_append_printf(text, " and %u more", count - SHOWN_ADDRESSES);
    return g_string_free(text, FALSE);
}

/* Each address, in the order it was dialled. */
static void show_dials(const Dialling *all, Rung *rung, int won)
{
    for (unsigned i = 0; i < all->climb->address_count; i++) {
        const Dial *dial = &all->dials[i];
        const char *address = all->climb->addresses[i].text;

        if (i >= all->begun)
            rung_shows(rung, "%s not tried", address);
        else if ((int)i == won)
            rung_shows(rung, "%s connected, %.1f ms", address,
                       (double)(clock_now() - dial->begun_us) / 1000);
        else
            rung_shows(rung, "%s %s, %.1f ms", address, failures[failure_of(dial->error)].word,
                       (double)(dial->ended_us - dial->begun_us) / 1000);
    }
}

static void tell_broken(const Dialling *all, Rung *rung, gint64 start_us)
{
    gsize worst = G_N_ELEMENTS(failures) - 1;
    g_autofree char *text = tell_failures(all, all->begun);

    for (unsigned i = 0; i < all->begun; i++)
        worst = MIN(worst, failure_of(all->dials[i].error));
    if (all->begun == 1 && failures[worst].cause == CAUSE_TIMED_OUT)
        rung_breaks(rung, CAUSE_TIMED_OUT, "%s for %.1f s", text,
                    (double)(clock_now() - start_us) / G_USEC_PER_SEC);
    else
        rung_breaks(rung, failures[worst].cause, "%s", text);
}

/* A client that dials one after the other never comes past an address like this. */
static void keep_silent(const Dialling *all, unsigned won)
{
    Ladder *ladder = all->climb->ladder;

    for (unsigned i = 0; i < won && ladder->silent == NULL; i++)
        if (all->dials[i].error == ETIMEDOUT)
            ladder->silent = g_strdup(all->climb->addresses[i].text);
}

void climb_tcp(Climb *climb, Rung *rung)
{
    Dialling all = {.climb = climb};
    gint64 start = clock_now();
    int won = dial_all(&all);

    for (unsigned i = 0; i < all.begun; i++)
        if ((int)i != won && all.dials[i].fd >= 0)
            fail_dial(&all, &all.dials[i], ETIMEDOUT);
    show_dials(&all, rung, won);
    if (won < 0 && io_is_cancelled(climb->cancelled)) {
        rung_breaks(rung, CAUSE_CANCELLED, "cancelled");
    } else if (won < 0) {
        tell_broken(&all, rung, start);
    } else {
        const char *address = climb->addresses[won].text;

        climb->won = (unsigned)won;
        climb->ladder->address = g_strdup(address);
        io_open(&climb->io, all.dials[won].fd, climb->cancelled);
        if (won > 0) {
            g_autofree char *others = tell_failures(&all, (unsigned)won);

            keep_silent(&all, (unsigned)won);
            rung_holds(rung, "%s; %s", address, others);
        } else {
            rung_holds(rung, "%s", address);
        }
    }
}
