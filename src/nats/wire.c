#include "nats/wire_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "nats/sockets.h"
#include "nats/watchdog.h"
#include "nats/wire_login.h"
#include "nats/wire_words.h"

enum { WRITE_DEADLINE_MS = 2000, FULL_WAIT_MS = 50 };

void wire_unref(Wire *wire)
{
    if (!refs_drop(&wire->refs))
        return;
    wire->hooks.release(wire->hooks.data);
    g_free(wire->inbox_prefix);
    g_free(wire->address);
    g_free(wire);
}

static const char *last_error(natsConnection *nc)
{
    const char *text = NULL;

    natsConnection_GetLastError(nc, &text);
    return text != NULL ? text : "";
}

static void on_error(natsConnection *nc, natsSubscription *sub, natsStatus status, void *data)
{
    Wire *wire = data;
    const char *text = last_error(nc);
    g_autofree char *sentence = NULL;
    Cause cause;

    (void)sub; /* may be gone already (libnats before 3.7.0) */
    cause = wire_words(text[0] != '\0' ? text : natsStatus_GetText(status), &sentence);
    wire->hooks.error(wire->hooks.data, cause, sentence);
}

/* Only the connected are told, by an INFO with `ldm`: whoever comes later is refused. */
static void on_lame_duck(natsConnection *nc, void *data)
{
    Wire *wire = data;

    (void)nc;
    wire->hooks.error(wire->hooks.data, CAUSE_LAME_DUCK,
                      "lame duck: the server is being shut down and sends its clients away");
}

static void on_closed(natsConnection *nc, void *data)
{
    Wire *wire = data;
    g_autofree char *sentence = NULL;
    Cause cause = wire_words(last_error(nc), &sentence);

    wire->hooks.lost(wire->hooks.data, cause, sentence);
    wire_unref(wire);
}

static void on_reply(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *data)
{
    Wire *wire = data;
    const char *id = natsMsg_GetSubject(msg) + strlen(wire->inbox_prefix) + 1;

    (void)nc;
    (void)sub;
    if (natsMsg_IsNoResponders(msg))
        wire->hooks.no_responders(wire->hooks.data, id);
    else
        wire->hooks.reply(wire->hooks.data, id, natsMsg_GetData(msg),
                          (gsize)natsMsg_GetDataLength(msg));
    natsMsg_Destroy(msg);
}

static void on_inbox_done(void *data)
{
    wire_unref(data);
}

/* The address is dialled, not the name: the ladder has resolved it, and libnats' own look-up is not
 * bounded. The certificate is still held against the name. */
static natsStatus set_options(natsOptions *opts, const char *address, int timeout_ms, Wire *wire)
{
    g_autofree char *dial = g_strdup_printf("nats://%s", address);
    natsStatus s = natsOptions_SetURL(opts, dial);

#define SET(call)                                                                                  \
    if (s == NATS_OK)                                                                              \
    s = (call)
    SET(natsOptions_SetName(opts, "heddle-preflight"));
    SET(natsOptions_SetTimeout(opts, timeout_ms));
    SET(natsOptions_SetAllowReconnect(opts, false));
    SET(natsOptions_SetIgnoreDiscoveredServers(opts, true));
    SET(natsOptions_SetPingInterval(opts, 1000));
    SET(natsOptions_SetMaxPingsOut(opts, 2));
    SET(natsOptions_SetNoEcho(opts, true));
    SET(natsOptions_SetSendAsap(opts, true));
    SET(natsOptions_SetWriteDeadline(opts, WRITE_DEADLINE_MS));
    SET(natsOptions_UseGlobalMessageDelivery(opts, true));
    SET(natsOptions_SetErrorHandler(opts, on_error, wire));
    SET(natsOptions_SetClosedCB(opts, on_closed, wire));
    SET(natsOptions_SetLameDuckModeCB(opts, on_lame_duck, wire));
#undef SET
    return s;
}

/* libnats makes a name nobody else has, but with its own prefix: only that is exchanged. */
static natsStatus open_inbox(Wire *wire, const char *prefix)
{
    g_autofree char *all = NULL;
    natsInbox *inbox = NULL;
    natsStatus s = natsInbox_Create(&inbox);

    if (s != NATS_OK)
        return s;
    wire->inbox_prefix = g_strconcat(prefix != NULL ? prefix : "_INBOX", strrchr(inbox, '.'), NULL);
    natsInbox_Destroy(inbox);
    all = g_strconcat(wire->inbox_prefix, ".*", NULL);
    s = natsConnection_Subscribe(&wire->inbox, wire->nc, all, on_reply, wire);
    if (s == NATS_OK) {
        refs_take(&wire->refs);
        natsSubscription_SetOnCompleteCB(wire->inbox, on_inbox_done, wire);
    }
    return s;
}

/* One connect under a watchdog. A closed callback comes for a connection that stood, and only then.
 */
static natsStatus connect_once(Wire *wire, natsOptions *opts, const char *address, int timeout_ms)
{
    Watchdog *dog = watchdog_start(address, timeout_ms);
    natsStatus s;

    refs_take(&wire->refs); /* for on_closed() */
    s = natsConnection_Connect(&wire->nc, opts);
    if (watchdog_stop(dog) && s != NATS_OK)
        s = NATS_TIMEOUT;
    if (s != NATS_OK)
        (void)refs_drop(&wire->refs);
    return s;
}

/* Is this refusal a passing one? libnats before 3.8.0 now and then sends a signature that is
 * refused. And a server with one place left may still count the ladder's connection, which was
 * closed just before: it is given the time to notice. */
static gboolean is_passing(natsStatus s, const Login *login)
{
    g_autofree char *sentence = NULL;
    const char *text = s != NATS_OK && s != NATS_TIMEOUT ? nats_GetLastError(NULL) : NULL;
    Cause cause = text != NULL ? wire_words(text, &sentence) : CAUSE_NONE;

    if (s == NATS_CONNECTION_AUTH_FAILED && login->creds != NULL)
        return TRUE;
    /* Whoever sends CONNECT at once may lose the server's word to the reset that follows it. */
    if (cause != CAUSE_MAX_CONNECTIONS && cause != CAUSE_CLOSED && cause != CAUSE_RESET)
        return FALSE;
    g_usleep(FULL_WAIT_MS * 1000);
    return TRUE;
}

/* With a login and a TLS session that were just seen to work: what may pass is tried once more. */
static natsStatus connect_with(Wire *wire, const WireHow *how, const Login *login)
{
    const char *prefix = access_get(how->access, ACCESS_INBOX_PREFIX);
    natsOptions *opts = NULL;
    natsStatus s = natsOptions_Create(&opts);

    if (s == NATS_OK)
        s = set_options(opts, how->address, how->timeout_ms, wire);
    if (s == NATS_OK)
        s = wire_set_login(opts, login);
    if (s == NATS_OK && how->tls)
        s = wire_set_tls(opts, how->url, how->access);
    if (s == NATS_OK && prefix != NULL)
        s = natsOptions_SetCustomInboxPrefix(opts, prefix);
    if (s == NATS_OK) {
        s = connect_once(wire, opts, how->address, how->timeout_ms);
        if (is_passing(s, login))
            s = connect_once(wire, opts, how->address, how->timeout_ms);
    }
    natsOptions_Destroy(opts);
    return s;
}

/* The climb before it held, so that a connection which comes to nothing without a word is news. */
static void tell_failure(natsStatus s, int timeout_ms, Cause *cause, char **why)
{
    const char *text = nats_GetLastError(NULL);
    char *sentence = NULL;

    if (s == NATS_TIMEOUT) {
        *cause = CAUSE_SILENT;
        *why = g_strdup_printf("the check held, the connection after it got no answer, %.1f s",
                               timeout_ms / 1000.0);
        return;
    }
    *cause = wire_words(text != NULL && text[0] != '\0' ? text : natsStatus_GetText(s), &sentence);
    *why = *cause == CAUSE_CLOSED  ? g_strdup("the check held, the connection after it was closed")
           : *cause == CAUSE_RESET ? g_strdup("the check held, the connection after it was reset")
                                   : g_steal_pointer(&sentence);
    g_free(sentence);
}

Wire *wire_connect(const WireHow *how, const WireHooks *hooks, Cause *cause, char **why)
{
    Wire *wire = g_new0(Wire, 1);
    natsStatus s = NATS_OK;
    Login login;

    refs_init(&wire->refs);
    wire->hooks = *hooks;
    wire->address = g_strdup(how->address);
    if (access_tls_first(how->access) && !wire_can_begin_with_tls()) {
        *cause = CAUSE_TLS_FIRST_HERE;
        *why = g_strdup("this libnats is too old to begin with TLS: that needs 3.9");
        wire_unref(wire);
        return NULL;
    }
    if (!login_prepare(&login, how->url, how->access, cause, why)) {
        login_clear(&login);
        wire_unref(wire);
        return NULL;
    }
    s = connect_with(wire, how, &login);
    login_clear(&login);
    if (s != NATS_OK) {
        tell_failure(s, how->timeout_ms, cause, why);
        wire_unref(wire);
        return NULL;
    }
    natsConnection_GetClientID(wire->nc, &wire->client_id);
    s = open_inbox(wire, access_get(how->access, ACCESS_INBOX_PREFIX));
    if (s != NATS_OK) {
        wire_close(wire);
        *cause = CAUSE_CLOSED;
        *why = g_strdup(natsStatus_GetText(s));
        return NULL;
    }
    return wire;
}

/* Unsubscribe and flush first: a message for a subscription that another thread removes can crash
 * libnats before 3.6.1. The flush is short, since a dead server answers none. */
void wire_close(Wire *wire)
{
    wire_unsubscribe_all(wire);
    if (wire->inbox != NULL) {
        natsSubscription_Unsubscribe(wire->inbox);
        natsSubscription_Destroy(wire->inbox);
    }
    natsConnection_FlushTimeout(wire->nc, 100);
    natsConnection_Close(wire->nc);
    natsConnection_Destroy(wire->nc);
    wire_unref(wire);
}

double wire_round_trip(Wire *wire, int timeout_ms)
{
    gint64 start = clock_now();

    if (natsConnection_FlushTimeout(wire->nc, timeout_ms) != NATS_OK)
        return -1;
    return (double)(clock_now() - start) / 1000;
}

Cause wire_silence(Wire *wire, char **text)
{
    char *ip = NULL;
    int port = 0;
    unsigned quiet_ms = 0;
    PathState path = PATH_UNKNOWN;

    if (natsConnection_GetLocalIPAndPort(wire->nc, &ip, &port) == NATS_OK)
        path = sockets_path(wire->address, (unsigned)port, &quiet_ms);
    free(ip); /* libnats allocates it with malloc() */
    if (path == PATH_CUT) {
        *text = g_strdup_printf("%s acknowledges nothing any more, %.1f s", wire->address,
                                quiet_ms / 1000.0);
        return CAUSE_PATH_LOST;
    }
    if (path == PATH_UNKNOWN)
        return CAUSE_NONE;
    *text = g_strdup("its host acknowledges what is sent, the server says nothing");
    return CAUSE_SILENT;
}

gboolean wire_request(Wire *wire, const char *id, const char *subject, const char *bytes)
{
    g_autofree char *reply = g_strdup_printf("%s.%s", wire->inbox_prefix, id);

    return natsConnection_PublishRequest(wire->nc, subject, reply, bytes, (int)strlen(bytes)) ==
           NATS_OK;
}

guint64 wire_client_id(Wire *wire)
{
    return wire->client_id;
}

gboolean wire_request_traced(Wire *wire, const char *id, const char *subject, const char *bytes)
{
    g_autofree char *reply = g_strdup_printf("%s.%s", wire->inbox_prefix, id);
    g_autofree char *to = g_strdup_printf("%s." WIRE_TRACE_ID "%s", wire->inbox_prefix, id);
    natsMsg *msg = NULL;
    natsStatus s = natsMsg_Create(&msg, subject, reply, bytes, (int)strlen(bytes));

    if (s == NATS_OK)
        s = natsMsgHeader_Set(msg, "Nats-Trace-Dest", to);
    if (s == NATS_OK)
        s = natsConnection_PublishMsg(wire->nc, msg);
    natsMsg_Destroy(msg);
    return s == NATS_OK;
}
