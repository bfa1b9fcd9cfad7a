/* What the whole adds up to: the ladder of the link's URL, the router, the smokes, all together. */
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "heddle/url_view.h"
#include "mesh/findings.h"
#include "mesh/verdict.h"
#include "mesh/verdict_parts.h"

/* --- ladder --- */

/* Where the server does not say whether this login may publish, a smoke that went out does. */
static void settle_rights(const Model *model, Rung *rung)
{
    const Smoke *smoke = model_last_smoke(model);

    if (rung->state != STATE_UNKNOWN || rung->cause != CAUSE_NONE || smoke == NULL ||
        smoke->mode != SMOKE_TASK || smoke->hops[HOP_PUBLISHED].at_us == 0 ||
        smoke->sent_us < model->link.up_us || smoke->verdict == VERDICT_DENIED)
        return;
    rung->state = STATE_OK;
    g_free(rung->text);
    rung->text = g_strdup_printf("may listen; may publish, as smoke #%u did", smoke->number);
}

/* Is a login set beside the URL? */
static gboolean has_login(const Access *access)
{
    static const AccessField logins[] = {ACCESS_USER, ACCESS_TOKEN, ACCESS_CREDS, ACCESS_NKEY};

    for (gsize i = 0; i < G_N_ELEMENTS(logins); i++)
        if (access_get(access, logins[i]) != NULL)
            return TRUE;
    return FALSE;
}

static gboolean has_tls_files(const Access *access)
{
    static const AccessField files[] = {ACCESS_TLS_CERT, ACCESS_TLS_CA, ACCESS_TLS_NAME};

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
        if (access_get(access, files[i]) != NULL)
            return TRUE;
    return FALSE;
}

/* The URL rung is ours; what it is worth to the actors is how Heddle's own client takes the same
 * text. It warns at most: the session that the other rungs prove is there. `access` is what we have
 * beside the URL; NULL: nothing, as the actors. */
static void view_url(const char *url, const Access *access, Ladder *ladder)
{
    const Rung *tcp = &ladder->rungs[RUNG_TCP];
    Rung *rung = &ladder->rungs[RUNG_URL];
    HeddleUrlFacts facts = {
        .silent = ladder->silent,
        .refused = tcp->state == STATE_FAIL && tcp->cause == CAUSE_REFUSED,
        .has_info = ladder->info.version != NULL,
        .tls_required = ladder->info.tls_required,
        .auth_required = ladder->info.auth_required,
        .login_beside = has_login(access),
        .tls_beside = has_tls_files(access),
        .tls_first = g_strcmp0(access_get(access, ACCESS_TLS_FIRST), "true") == 0,
    };
    char *text;

    if (heddle_url_view(url, &facts, &text) == STATE_OK)
        return;
    if (rung->evidence == NULL)
        rung->evidence = g_ptr_array_new_with_free_func(g_free);
    if (rung->state != STATE_OK) {
        g_ptr_array_add(rung->evidence, text);
        return;
    }
    if (rung->text != NULL) /* the URL as we take it */
        g_ptr_array_add(rung->evidence, rung->text);
    g_ptr_array_add(rung->evidence, g_strdup(text));
    rung->state = STATE_WARN;
    rung->cause = CAUSE_HEDDLE_URL;
    rung->text = text;
}

/* What a server says of its own accord, or ends a connection with, and which rung it is about. All
 * else is about the last rung of the session. */
static const struct {
    Cause cause;
    RungId rung;
} places[] = {
    {CAUSE_LAME_DUCK, RUNG_INFO},       {CAUSE_TLS_FAILED, RUNG_TLS},
    {CAUSE_TLS_FIRST_HERE, RUNG_TLS},   {CAUSE_AUTH_EXPIRED, RUNG_LOGIN},
    {CAUSE_AUTH_FAILED, RUNG_LOGIN},    {CAUSE_MAX_CONNECTIONS, RUNG_LOGIN},
    {CAUSE_PERMISSIONS, RUNG_RIGHTS},   {CAUSE_SLOW_CONSUMER, RUNG_HEADROOM},
    {CAUSE_MAX_PAYLOAD, RUNG_HEADROOM},
};

static RungId place_of(Cause cause)
{
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
        if (places[i].cause == cause)
            return places[i].rung;
    return RUNG_PING;
}

/* It stands until the connection is another one, unless the rung is worse off already. */
static void heed_complaint(const Model *model, Ladder *ladder)
{
    RungId place = place_of(model->notice_cause);
    Rung *rung = &ladder->rungs[place];

    if (model->notice == NULL || place == RUNG_PING || model->notice_wall < model->link.up_wall ||
        rung->state == STATE_FAIL || rung->state == STATE_WARN)
        return;
    rung->state = STATE_WARN;
    rung->cause = model->notice_cause;
    g_free(rung->text);
    rung->text = g_strdup(model->notice);
}

/* "127.0.0.1" of "127.0.0.1:4222", "[::1]" of "[::1]:4222", as Ladder.addresses has them. */
static char *without_port(const char *address)
{
    const char *colon = strrchr(address, ':');

    return colon != NULL ? g_strndup(address, (gsize)(colon - address)) : g_strdup(address);
}

/* "addresses changed 12 s ago: 10.0.3.6 -> 10.0.3.7", for ten minutes after; NULL: they did not.
 * Caller frees. */
static char *change_of_addresses(const Model *model, const char *now)
{
    const Probe *probe = model->probe;
    g_autofree char *ago = NULL;

    if (probe->moved_us == 0 || model->now_us - probe->moved_us > TIMELINE_FLAP_US)
        return NULL;
    ago = clock_span(model->now_us - probe->moved_us);
    return g_strdup_printf("addresses changed %s ago: %s -> %s", ago, probe->moved_from, now);
}

/* A look at the name since the connection was made may have found that it leads elsewhere now. Of a
 * list it is not known which of its names the connection is by. */
static void view_resolve(const Model *model, Ladder *ladder)
{
    Rung *rung = &ladder->rungs[RUNG_RESOLVE];
    char **addresses = model->probe->addresses;
    g_autofree char *here = NULL, *now = NULL, *change = NULL;

    if (rung->state != STATE_OK || model->link.server.address == NULL || addresses == NULL ||
        nats_url_servers(model->settings.url) > 1)
        return;
    here = without_port(model->link.server.address);
    now = g_strjoinv(", ", addresses);
    change = change_of_addresses(model, now);
    if (g_strv_contains((const char *const *)addresses, here)) {
        if (change != NULL) {
            g_free(rung->text);
            rung->text = g_steal_pointer(&change);
        }
        return;
    }
    rung->state = STATE_WARN;
    rung->cause = CAUSE_ADDRESS_MOVED;
    g_free(rung->text);
    rung->text = g_strdup_printf("the name is %s now, and this connection is to %s%s%s", now, here,
                                 change != NULL ? "; " : "", change != NULL ? change : "");
}

/* The certificate may have been swapped since: what the rung says of it is about whoever connects
 * now. Another address may well show another one. */
static void view_tls(const Model *model, Ladder *ladder)
{
    const LinkServer *server = &model->link.server;
    Rung *rung = &ladder->rungs[RUNG_TLS];
    g_autofree char *said = NULL, *since = NULL;

    if (server->certificate == NULL || ladder->certificate == NULL ||
        g_str_equal(server->certificate, ladder->certificate) ||
        g_strcmp0(server->address, ladder->address) != 0)
        return;
    said = rung->text;
    since = clock_local(model->link.up_wall);
    rung->text =
        g_strdup_printf("%s%sthe certificate is another one now, and this connection stands since "
                        "%s by the one before",
                        said != NULL ? said : "", said != NULL ? "; " : "", since);
}

/* The way there held, and the connection has been lost since or has fallen silent. */
static void break_by_link(const Model *model, Ladder *ladder)
{
    const LinkView *link = &model->link;
    Cause cause = link->cause;
    g_autofree char *silence = link->state == LINK_SILENT ? verdict_silence(model, &cause) : NULL;
    const char *text = silence != NULL                               ? silence
                       : link->text != NULL && link->text[0] != '\0' ? link->text
                                                                     : "connection lost";
    Rung *rung = &ladder->rungs[place_of(cause)];

    ladder->broken = place_of(cause);
    rung->state = STATE_FAIL;
    rung->cause = cause;
    g_free(rung->text);
    rung->text = g_strdup(text);
}

Ladder *verdict_ladder(const Model *model)
{
    LinkState state = model->link.state;
    Ladder *ladder;

    if (model->probe->ladder == NULL)
        return NULL;
    ladder = ladder_copy(model->probe->ladder);
    settle_rights(model, &ladder->rungs[RUNG_RIGHTS]);
    view_url(model->settings.url, model->settings.access, ladder);
    if (state == LINK_UP) {
        heed_complaint(model, ladder);
        view_resolve(model, ladder);
        view_tls(model, ladder);
    } else if (ladder_connects(ladder) && state != LINK_CONNECTING) {
        break_by_link(model, ladder);
    }
    return ladder;
}

Ladder *verdict_probe_ladder(const Model *model, const Probe *probe)
{
    Ladder *ladder;

    if (probe == model->probe)
        return verdict_ladder(model);
    ladder = ladder_copy(probe->ladder);
    if (ladder != NULL)
        view_url(probe->url, NULL, ladder);
    return ladder;
}

RungId verdict_worst_rung(const Ladder *ladder)
{
    for (State state = STATE_FAIL; state >= STATE_WARN; state--)
        for (RungId id = 0; id < RUNG_COUNT; id++)
            if (ladder->rungs[id].state == state)
                return id;
    return RUNG_COUNT;
}

/* --- router --- */

State verdict_router(const Model *model, char **text)
{
    unsigned routers, all;

    if (model->link.state != LINK_UP || model->roster.state != ROSTER_KNOWN) {
        *text = g_strdup(model->roster.state == ROSTER_CANNOT_TELL ? "cannot tell" : "");
        return model->link.state != LINK_UP                ? STATE_NOT_REACHED
               : model->roster.state == ROSTER_CANNOT_TELL ? STATE_UNKNOWN
                                                           : STATE_PENDING;
    }
    routers = roster_count(model->roster.roster, SUBJECT_INCOMING, "router");
    all = roster_count(model->roster.roster, SUBJECT_INCOMING, "*");
    *text = all == 0   ? g_strdup("nobody listens")
            : all == 1 ? g_strdup("")
                       : g_strdup_printf("%u listen", all);
    /* Heddle from git subscribes in no queue group: one is a router, two do each task twice. */
    return all == 0 ? STATE_FAIL : all - routers > 1 ? STATE_WARN : STATE_OK;
}

/* --- smoke --- */

static const struct {
    const char *word;
    State state;
    const char *remedy;
} smoke_verdicts[VERDICT_COUNT] = {
    [VERDICT_RUNNING] = {"running", STATE_PENDING, NULL},
    [VERDICT_COMPLETED] = {"completed", STATE_OK, NULL},
    [VERDICT_FAILED] = {"failed", STATE_FAIL, "failed"},
    [VERDICT_DEAD_LETTERED] = {"dead_lettered", STATE_FAIL, "dead_lettered"},
    [VERDICT_NO_ROUTER] = {"no_router", STATE_FAIL, "no_router"},
    [VERDICT_NO_WORKER] = {"no_worker", STATE_FAIL, "no_worker"},
    [VERDICT_WORKER_SILENT] = {"worker_silent", STATE_FAIL, "worker_silent"},
    [VERDICT_DENIED] = {"denied", STATE_FAIL, "denied"},
    [VERDICT_NOT_CONNECTED] = {"not_connected", STATE_FAIL, "not_connected"},
    [VERDICT_DUPLICATE] = {"duplicate", STATE_WARN, "duplicate"},
    [VERDICT_TIMED_OUT] = {"timed_out", STATE_FAIL, "router_silent"},
    [VERDICT_TOO_LARGE] = {"too_large", STATE_FAIL, "max_payload"},
};

const char *smoke_word(SmokeVerdict verdict)
{
    return smoke_verdicts[verdict].word;
}

State smoke_state(SmokeVerdict verdict)
{
    return smoke_verdicts[verdict].state;
}

const char *smoke_verdict_remedy(SmokeVerdict verdict)
{
    return smoke_verdicts[verdict].remedy;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Nearest rank, so that a percentile is always a time that was measured. */
static double percentile(const double *sorted, unsigned count, double share)
{
    return count == 0 ? -1 : sorted[MIN(count - 1, (unsigned)ceil(share * count) - 1)];
}

SmokeStats smoke_stats(const Model *model)
{
    SmokeStats stats = {0, 0, -1, -1};
    double ms[SMOKES_KEPT];
    unsigned timed = 0;

    for (unsigned n = model->smoke_count; n > 0; n--) {
        const Smoke *smoke = model_smoke(model, n);

        if (smoke == NULL)
            break;
        if (smoke->verdict == VERDICT_RUNNING)
            continue;
        stats.done++;
        stats.ok += smoke->verdict == VERDICT_COMPLETED;
        if (smoke->ms >= 0)
            ms[timed++] = smoke->ms;
    }
    qsort(ms, timed, sizeof *ms, compare);
    stats.p50 = percentile(ms, timed, 0.50);
    stats.p99 = percentile(ms, timed, 0.99);
    return stats;
}

/* --- overall --- */

/* The worst finding that is not dismissed, where no row of an actor says it already. */
static const Finding *worst_finding(const Model *model)
{
    for (unsigned i = 0; i < model->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(model->findings, i);

        if (!finding->dismissed)
            return finding;
    }
    return NULL;
}

/* "rights: may not publish …" of the rung that counts, if it is in `state`; NULL if not. Caller
 * frees. What a rung cannot tell is no warning: the session that the others prove is there. */
static char *rung_in(const Ladder *ladder, State state)
{
    RungId worst = verdict_worst_rung(ladder);

    if (worst == RUNG_COUNT || ladder->rungs[worst].state != state)
        return NULL;
    return g_strdup_printf("%s: %s", rung_label(worst), ladder->rungs[worst].text);
}

/* Nobody tells who listens, and no smoke has shown that a router does. */
static gboolean is_router_untold(const Model *model)
{
    const Smoke *smoke = model_last_smoke(model);
    g_autofree char *unused = NULL;

    if (verdict_router(model, &unused) != STATE_UNKNOWN)
        return FALSE;
    return smoke == NULL || smoke->mode == SMOKE_DIRECT || smoke->verdict != VERDICT_COMPLETED ||
           smoke->sent_us < model->link.up_us;
}

static char *summarize(const Model *model, const Check *nats, const Ladder *ladder, unsigned bad,
                       unsigned warned)
{
    const Smoke *smoke = model_last_smoke(model);
    const Finding *finding = worst_finding(model);
    g_autofree char *broken = NULL, *warning = NULL;

    if (ladder == NULL || !ladder_connects(ladder) || nats->state == STATE_PENDING ||
        model->link.state != LINK_UP)
        return g_strdup(nats->text);
    broken = rung_in(ladder, STATE_FAIL);
    warning = rung_in(ladder, STATE_WARN);
    if (broken != NULL)
        return g_strdup_printf("NATS connects, but %s", broken);
    if (finding != NULL && finding->state == STATE_FAIL && finding->told)
        return g_strdup_printf("NATS holds; %s", finding->text);
    if (bad > 0)
        return g_strdup_printf("NATS holds; %u of %u actors have a failed check", bad,
                               model->panels->len);
    if (smoke != NULL && smoke_state(smoke->verdict) == STATE_FAIL)
        return g_strdup_printf("NATS holds; smoke: %s", smoke->text);
    if (is_router_untold(model))
        return g_strdup_printf("NATS holds; cannot tell who listens%s%s",
                               model->roster.why != NULL ? ": " : "",
                               model->roster.why != NULL ? model->roster.why : "");
    if (warning != NULL)
        return g_strdup_printf("NATS holds; %s", warning);
    if (warned > 0)
        return g_strdup_printf("NATS holds; %u of %u actors have a warning", warned,
                               model->panels->len);
    if (finding != NULL)
        return g_strdup_printf("NATS holds; %s", finding->text);
    return g_strdup(model->panels->len > 0 ? "all checks hold"
                                           : "NATS holds; no configs were checked");
}

State verdict_overall(const Model *model, char **summary)
{
    const Smoke *smoke = model_last_smoke(model);
    Check nats = verdict_link(model);
    Ladder *ladder = verdict_ladder(model);
    State worst = state_worse(STATE_OK, nats.state); /* the worst of the rungs is in it */
    unsigned bad = 0, warned = 0;
    State found;

    for (unsigned i = 0; i < model->panels->len; i++) {
        State state = verdict_actor(model, g_ptr_array_index(model->panels, i));

        bad += state == STATE_FAIL;
        warned += state == STATE_WARN;
        worst = state_worse(worst, state);
    }
    if (smoke != NULL)
        worst = state_worse(worst, smoke_state(smoke->verdict));
    findings_count(model, &found);
    worst = state_worse(worst, found);
    if (is_router_untold(model))
        worst = state_worse(worst, STATE_UNKNOWN);
    *summary = summarize(model, &nats, ladder, bad, warned);
    check_clear(&nats);
    if (ladder != NULL)
        ladder_free(ladder);
    return worst;
}
