#include "nats/ladder.h"

#include <string.h>

#include "base/clock.h"
#include "nats/ladder_internal.h"

/* A silent server is given two fifths of the whole time, and no less than this: 2 of 5 s. */
enum { PATIENCE_MIN_MS = 2000 };

static const struct {
    const char *label, *word;
    void (*climb)(Climb *climb, Rung *rung);
} table[RUNG_COUNT] = {
    [RUNG_URL] = {"url", "url", NULL}, /* alone gets the text */
    [RUNG_RESOLVE] = {"dns", "resolve", climb_resolve},
    [RUNG_TCP] = {"tcp", "tcp", climb_tcp},
    [RUNG_INFO] = {"info", "info", climb_info},
    [RUNG_TLS] = {"tls", "tls", climb_tls},
    [RUNG_LOGIN] = {"auth", "login", climb_login},
    [RUNG_PING] = {"ping", "ping", climb_ping},
    [RUNG_RIGHTS] = {"rights", "rights", climb_rights},
    [RUNG_HEADROOM] = {"room", "headroom", climb_headroom},
};

const char *rung_label(RungId rung)
{
    return table[rung].label;
}

const char *rung_word(RungId rung)
{
    return table[rung].word;
}

/* --- outcomes --- */

static void rung_clear(Rung *rung)
{
    g_free(rung->text);
    if (rung->evidence != NULL)
        g_ptr_array_unref(rung->evidence);
    *rung = (Rung){0};
}

void rung_shows(Rung *rung, const char *format, ...)
{
    va_list args;

    if (rung->evidence == NULL)
        rung->evidence = g_ptr_array_new_with_free_func(g_free);
    va_start(args, format);
    g_ptr_array_add(rung->evidence, g_strdup_vprintf(format, args));
    va_end(args);
}

static void set_rung(Rung *rung, State state, Cause cause, const char *format, va_list args)
{
    g_free(rung->text);
    rung->state = state;
    rung->cause = cause;
    rung->text = format != NULL ? g_strdup_vprintf(format, args) : NULL;
}

#define SET_RUNG(state, cause)                                                                     \
    do {                                                                                           \
        va_list args;                                                                              \
        va_start(args, format);                                                                    \
        set_rung(rung, state, cause, format, args);                                                \
        va_end(args);                                                                              \
    } while (0)

void rung_holds(Rung *rung, const char *format, ...)
{
    SET_RUNG(STATE_OK, CAUSE_NONE);
}

void rung_warns(Rung *rung, Cause cause, const char *format, ...)
{
    SET_RUNG(STATE_WARN, cause);
}

void rung_skips(Rung *rung, const char *format, ...)
{
    SET_RUNG(STATE_SKIPPED, CAUSE_NONE);
}

void rung_cannot_tell(Rung *rung, const char *format, ...)
{
    SET_RUNG(STATE_UNKNOWN, CAUSE_NONE);
}

void rung_breaks(Rung *rung, Cause cause, const char *format, ...)
{
    /* Whoever cancels does not learn whether the rung would have held. */
    SET_RUNG(cause == CAUSE_CANCELLED ? STATE_UNKNOWN : STATE_FAIL, cause);
}

void rung_breaks_io(Rung *rung, IoEnd end, const char *stage, gint64 since_us)
{
    switch (end) {
    case IO_LATE:
        rung_breaks(rung, CAUSE_SILENT, "silent after %s, %.1f s", stage,
                    (double)(clock_now() - since_us) / G_USEC_PER_SEC);
        break;
    case IO_CANCELLED:
        rung_breaks(rung, CAUSE_CANCELLED, "cancelled");
        break;
    case IO_RESET:
        rung_breaks(rung, CAUSE_RESET, "connection reset after %s", stage);
        break;
    case IO_TOO_LONG:
        rung_breaks(rung, CAUSE_NOT_NATS, "a line without end after %s", stage);
        break;
    case IO_TLS:
        rung_breaks(rung, CAUSE_TLS_FAILED, "TLS session broke after %s", stage);
        break;
    case IO_CLOSED:
    case IO_DONE:
        rung_breaks(rung, CAUSE_CLOSED, "closed without a word after %s", stage);
        break;
    }
}

/* --- the climb --- */

gint64 climb_patience(const Climb *climb)
{
    return MIN(climb->deadline_us, clock_now() + climb->patience_us);
}

void climb_url(Climb *climb, Rung *rung, const char *text)
{
    g_autofree char *why = NULL;

    climb->url = nats_url_parse(text, &why);
    if (climb->url == NULL)
        rung_breaks(rung, CAUSE_BAD_URL, "%s", why);
    else if (climb->url->changed != NULL)
        rung_holds(rung, "%s (%s)", climb->url->shown, climb->url->changed);
    else
        rung_holds(rung, "%s", climb->url->shown);
}

static gboolean broke(const Rung *rung)
{
    return rung->state == STATE_FAIL || rung->cause == CAUSE_CANCELLED;
}

/* Which rung comes at `step`; and at which step comes a rung: it is its own inverse. Most servers
 * say INFO before TLS, some (handshake_first) after it. */
static RungId in_order(const Climb *climb, RungId step)
{
    if (!access_tls_first(climb->access))
        return step;
    return step == RUNG_INFO ? RUNG_TLS : step == RUNG_TLS ? RUNG_INFO : step;
}

/* A later rung may prove an earlier one broken (TLS), so all up to the step `last` are looked at.
 */
static RungId first_broken(const Climb *climb, RungId last)
{
    for (RungId step = 0; step <= last; step++)
        if (broke(&climb->ladder->rungs[in_order(climb, step)]))
            return in_order(climb, step);
    return RUNG_COUNT;
}

static void climb_rungs(Climb *climb, const char *url_text, RungId last)
{
    Ladder *ladder = climb->ladder;

    for (RungId step = 0; step <= last && ladder->broken >= RUNG_SESSION; step++) {
        RungId id = in_order(climb, step);
        Rung *rung = &ladder->rungs[id];
        gint64 start = clock_now();

        if (io_is_cancelled(climb->cancelled))
            rung_breaks(rung, CAUSE_CANCELLED, "cancelled");
        else if (id == RUNG_URL)
            climb_url(climb, rung, url_text);
        else
            table[id].climb(climb, rung);
        rung->ms = (double)(clock_now() - start) / 1000;
        ladder->broken = first_broken(climb, step);
    }
    if (ladder->broken >= RUNG_SESSION)
        return;
    for (RungId step = in_order(climb, ladder->broken) + 1; step < RUNG_COUNT; step++) {
        Rung *rung = &ladder->rungs[in_order(climb, step)];

        rung_clear(rung);
        rung->state = STATE_NOT_REACHED;
    }
}

/* Up to the rung `last`. */
static Ladder *climb_to(const LadderHow *how, RungId last)
{
    int timeout_ms = MAX(how->timeout_ms, 1);
    Ladder *ladder = g_new0(Ladder, 1);
    gint64 start = clock_now();
    g_autofree Climb *climb = g_new0(Climb, 1);

    *climb = (Climb){
        .ladder = ladder,
        .access = how->access,
        .payload_bytes = how->payload_bytes,
        .thorough = how->thorough,
        .monitor_url = how->monitor_url,
        .cancelled = how->cancelled,
        .deadline_us = start + (gint64)timeout_ms * 1000,
        .patience_us = MAX((gint64)timeout_ms * 1000 * 2 / 5, PATIENCE_MIN_MS * 1000),
        .io = {.fd = -1},
    };
    ladder->broken = RUNG_COUNT;
    ladder->url_shown = nats_url_mask(how->url);
    for (RungId id = 0; id < RUNG_COUNT; id++)
        ladder->rungs[id].state = STATE_NOT_REACHED;
    climb_rungs(climb, how->url, last);
    if (ladder->broken < RUNG_SESSION && last > RUNG_INFO)
        login_true_reason(climb, &ladder->rungs[ladder->broken]);
    ladder->total_ms = (double)(clock_now() - start) / 1000;
    io_close(&climb->io);
    nats_url_free(climb->url);
    g_free(climb->nonce);
    return ladder;
}

Ladder *ladder_climb_one(const LadderHow *how)
{
    return climb_to(how, how->look_only ? RUNG_INFO : RUNG_COUNT - 1);
}

char **ladder_addresses(const char *url, int timeout_ms)
{
    Ladder *ladder = climb_to(&(LadderHow){.url = url, .timeout_ms = timeout_ms}, RUNG_RESOLVE);
    char **addresses = g_steal_pointer(&ladder->addresses);

    ladder_free(ladder);
    return addresses;
}

Cause ladder_cause(const Ladder *ladder)
{
    return ladder->broken < RUNG_COUNT ? ladder->rungs[ladder->broken].cause : CAUSE_NONE;
}

gboolean ladder_connects(const Ladder *ladder)
{
    return ladder->broken >= RUNG_SESSION;
}

gboolean ladder_used_tls(const Ladder *ladder)
{
    State tls = ladder->rungs[RUNG_TLS].state;

    return tls == STATE_OK || tls == STATE_WARN;
}

/* --- copies --- */

static char *copy_line(const char *line, gpointer unused)
{
    (void)unused;
    return g_strdup(line);
}

Ladder *ladder_copy(const Ladder *ladder)
{
    Ladder *copy;

    if (ladder == NULL)
        return NULL;
    copy = g_memdup2(ladder, sizeof *ladder);
    for (RungId id = 0; id < RUNG_COUNT; id++) {
        const Rung *rung = &ladder->rungs[id];

        copy->rungs[id].text = g_strdup(rung->text);
        if (rung->evidence != NULL)
            copy->rungs[id].evidence = g_ptr_array_copy(rung->evidence, (GCopyFunc)copy_line, NULL);
    }
    copy->url_shown = g_strdup(ladder->url_shown);
    copy->address = g_strdup(ladder->address);
    copy->silent = g_strdup(ladder->silent);
    copy->certificate = g_strdup(ladder->certificate);
    copy->down = g_strdup(ladder->down);
    copy->info.name = g_strdup(ladder->info.name);
    copy->info.version = g_strdup(ladder->info.version);
    copy->info.cluster = g_strdup(ladder->info.cluster);
    copy->info.id = g_strdup(ladder->info.id);
    copy->info.others = g_strdupv(ladder->info.others);
    copy->addresses = g_strdupv(ladder->addresses);
    return copy;
}

void ladder_free(Ladder *ladder)
{
    if (ladder == NULL)
        return;
    for (RungId id = 0; id < RUNG_COUNT; id++)
        rung_clear(&ladder->rungs[id]);
    g_strfreev(ladder->addresses);
    g_free(ladder->url_shown);
    g_free(ladder->address);
    g_free(ladder->silent);
    g_free(ladder->certificate);
    g_free(ladder->down);
    g_free(ladder->info.name);
    g_free(ladder->info.version);
    g_free(ladder->info.cluster);
    g_free(ladder->info.id);
    g_strfreev(ladder->info.others);
    g_free(ladder);
}
