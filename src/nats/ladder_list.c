/* A climb to a list of servers. In order, as whoever connects does: the first that holds will do.
 * Or to all at once, each on a thread of its own, for whoever wants to know how the others are. The
 * others of a cluster are known only from what one of its servers says: they are looked at, and
 * nothing is sent there, no login least of all. */
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "nats/ladder_internal.h"

enum { MAX_SERVERS = 16, LOOK_MS = 700 };

#define SCHEME "nats://"

typedef struct Attempt {
    LadderHow how;  /* its `url` is ours, to be wiped */
    Ladder *ladder; /* NULL: not tried */
    pthread_t thread;
    gboolean threaded;
} Attempt;

static void *run_attempt(void *data)
{
    Attempt *attempt = data;

    attempt->ladder = ladder_climb_one(&attempt->how);
    return NULL;
}

static void try_all(Attempt *attempts, unsigned count)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (unsigned i = 0; i < count; i++)
        attempts[i].threaded =
            pthread_create(&attempts[i].thread, NULL, run_attempt, &attempts[i]) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    for (unsigned i = 0; i < count; i++)
        if (attempts[i].threaded)
            pthread_join(attempts[i].thread, NULL);
        else
            run_attempt(&attempts[i]);
}

/* Each gets its share of what is left, so that a dead first one leaves time for the others. */
static void try_in_order(Attempt *attempts, unsigned count, int timeout_ms)
{
    gint64 end_us = clock_now() + timeout_ms * 1000LL;

    for (unsigned i = 0; i < count; i++) {
        gint64 left_ms = (end_us - clock_now()) / 1000;

        attempts[i].how.timeout_ms = (int)MAX(left_ms / (count - i), 1);
        run_attempt(&attempts[i]);
        if (ladder_connects(attempts[i].ladder) || io_is_cancelled(attempts[i].how.cancelled))
            return;
    }
}

/* The one in use if that holds, else the first that does, else the one that came furthest. */
static unsigned choose(const Attempt *attempts, unsigned count, unsigned in_use)
{
    unsigned best = 0;

    if (in_use > 0 && in_use <= count && ladder_connects(attempts[in_use - 1].ladder))
        return in_use - 1;
    for (unsigned i = 1; i < count && !ladder_connects(attempts[best].ladder); i++)
        if (attempts[i].ladder != NULL &&
            attempts[i].ladder->broken > attempts[best].ladder->broken)
            best = i;
    return best;
}

static const char *trouble(const Ladder *ladder)
{
    const char *text = ladder->rungs[ladder->broken].text;

    return text != NULL ? text : cause_word(ladder_cause(ladder));
}

/* Without its login. NULL if it cannot be read; caller frees. */
static char *plain_of(const char *text)
{
    g_autofree char *why = NULL;
    NatsUrl *url = nats_url_parse(text, &why);
    char *plain = url != NULL ? g_strdup(url->plain) : NULL;

    nats_url_free(url);
    return plain;
}

/* What became of each, as evidence of the URL's rung; a warning when some are down. */
static void tell(const Attempt *attempts, unsigned count, unsigned won, unsigned in_use)
{
    Ladder *ladder = attempts[won].ladder;
    Rung *rung = &ladder->rungs[RUNG_URL];
    unsigned down = 0, first_down = 0;

    for (unsigned i = 0; i < count; i++) {
        const Ladder *one = attempts[i].ladder;
        g_autofree char *shown = nats_url_mask(attempts[i].how.url);

        if (one == NULL) {
            rung_shows(rung, "%s not tried", shown);
        } else if (ladder_connects(one)) {
            rung_shows(rung, "%s holds%s", shown, i + 1 == in_use ? ", and is used" : "");
        } else {
            rung_shows(rung, "%s is down: %s", shown, trouble(one));
            first_down = down == 0 ? i : first_down;
            down++;
        }
    }
    if (ladder->broken == RUNG_URL || ladder_cause(ladder) == CAUSE_CANCELLED)
        return;
    if (down == 0 || !ladder_connects(ladder)) {
        rung_holds(rung, "%u of %u servers: %s", won + 1, count, ladder->url_shown);
    } else {
        g_autofree char *shown = nats_url_mask(attempts[first_down].how.url);

        ladder->down = plain_of(attempts[first_down].how.url);
        rung_warns(rung, CAUSE_SERVER_DOWN, "%u of %u servers down: %s: %s", down, count, shown,
                   trouble(attempts[first_down].ladder));
    }
}

static Ladder *climb_list(const LadderHow *how, unsigned count)
{
    Attempt attempts[MAX_SERVERS] = {0};
    Ladder *ladder;
    unsigned won, in_use = how->thorough ? how->in_use : 0;

    for (unsigned i = 0; i < count; i++) {
        attempts[i].how = *how;
        attempts[i].how.url = g_strstrip(nats_url_server(how->url, i));
    }
    if (how->thorough)
        try_all(attempts, count);
    else
        try_in_order(attempts, count, MAX(how->timeout_ms, 1));
    won = choose(attempts, count, in_use);
    /* Whoever climbs to connect goes where the climb ended. */
    tell(attempts, count, won, how->thorough ? in_use : won + 1);
    ladder = g_steal_pointer(&attempts[won].ladder);
    ladder->server = won;
    g_free(ladder->url_shown);
    ladder->url_shown = nats_url_mask(how->url);
    for (unsigned i = 0; i < count; i++) {
        nats_url_text_free((char *)attempts[i].how.url);
        ladder_free(attempts[i].ladder);
    }
    return ladder;
}

/* What became of each, as evidence of the INFO rung. An address that does not answer may be meant
 * for others than us, so it is no warning. */
static void tell_cluster(const Attempt *attempts, unsigned count, Ladder *ladder)
{
    Rung *rung = &ladder->rungs[RUNG_INFO];

    for (unsigned i = 0; i < count; i++) {
        const Ladder *one = attempts[i].ladder;
        const char *address = attempts[i].how.url + strlen(SCHEME);

        ladder->hung += one->broken < RUNG_COUNT && ladder_cause(one) == CAUSE_SILENT;
        if (one->broken < RUNG_COUNT)
            rung_shows(rung, "cluster: %s does not answer here: %s", address, trouble(one));
        else if (g_strcmp0(one->info.id, ladder->info.id) != 0)
            rung_shows(rung, "cluster: %s answers, %s %s", address,
                       one->info.name != NULL ? one->info.name : "without a name",
                       one->info.version != NULL ? one->info.version : "");
    }
}

static void look_at_cluster(const LadderHow *how, Ladder *ladder)
{
    Attempt attempts[MAX_SERVERS] = {0};
    unsigned count = 0;

    for (char **other = ladder->info.others; *other != NULL && count < MAX_SERVERS; other++) {
        if (g_strcmp0(*other, ladder->address) == 0)
            continue;
        attempts[count++].how = (LadderHow){
            .url = g_strconcat(SCHEME, *other, NULL),
            .timeout_ms = MIN(how->timeout_ms, LOOK_MS),
            .look_only = TRUE,
            .cancelled = how->cancelled,
        };
    }
    try_all(attempts, count);
    tell_cluster(attempts, count, ladder);
    for (unsigned i = 0; i < count; i++) {
        g_free((char *)attempts[i].how.url);
        ladder_free(attempts[i].ladder);
    }
}

Ladder *ladder_climb(const LadderHow *how)
{
    unsigned count = nats_url_servers(how->url);
    g_autofree char *why = NULL;
    NatsUrl *url = count > 1 ? nats_url_parse(how->url, &why) : NULL;
    /* The first tells what is wrong with it, if something is. */
    Ladder *ladder = url == NULL ? ladder_climb_one(how) : climb_list(how, MIN(count, MAX_SERVERS));

    nats_url_free(url);
    if (how->thorough && ladder->info.others != NULL && ladder_connects(ladder))
        look_at_cluster(how, ladder);
    return ladder;
}
