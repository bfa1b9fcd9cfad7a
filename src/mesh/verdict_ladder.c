/* What the ladder of a URL shows now: its last climb, put right by what is known besides. */
#include <string.h>

#include "base/clock.h"
#include "heddle/url_view.h"
#include "mesh/verdict.h"
#include "mesh/verdict_parts.h"

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
