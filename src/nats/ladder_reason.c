/* What a climb asks of the server's monitoring port: how full it is, and why it refused us. To a
 * client it says little about that ("Authorization Violation") or nothing, and just closes; there
 * it lists the reason beside each connection that it closed (../shared/facts-nats.md). */
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "nats/ladder_internal.h"

enum {
    ASK_MS = 300, /* for all of it: the climb has failed, and its owner waits */
    MAX_TRIES = 3,
    NOT_YET_MS = 20,    /* the list is written by another thread of the server */
    RECENT_SECONDS = 5, /* for connections known by their name alone */
    NKEY_CHARS = 56,    /* a public NKey, U and base32 */
};

/* --- what to ask --- */

static gboolean worth_asking(const Climb *climb, const Rung *rung)
{
    switch (rung->cause) {
    case CAUSE_AUTH_REQUIRED:
    case CAUSE_AUTH_FAILED:
    case CAUSE_AUTH_EXPIRED:
    case CAUSE_MAX_CONNECTIONS:
    case CAUSE_CLOSED:
    case CAUSE_RESET:
        return climb->io.fd >= 0;
    default:
        return FALSE;
    }
}

/* The address without its port. FALSE if it cannot be told. */
static gboolean tell_host(const struct sockaddr *address, socklen_t len, char *host, gsize size)
{
    return getnameinfo(address, len, host, (socklen_t)size, NULL, 0, NI_NUMERICHOST) == 0;
}

/* The one that refused us, not another of the same name: so by its address. Caller frees. */
static char *find_monitor(const Climb *climb)
{
    const LadderAddress *there = &climb->addresses[climb->won];
    g_autofree char *why = NULL;
    char host[NI_MAXHOST];

    if (!tell_host(&there->to.any, sizeof there->to, host, sizeof host))
        return NULL;
    return monitor_find(host, climb->monitor_url, &why);
}

static Monitor to_ask(const Climb *climb, const char *url, gint64 until_us)
{
    return (Monitor){
        .url = url,
        .ca_file = access_get(climb->access, ACCESS_TLS_CA),
        .direct = climb->monitor_url == NULL,
        .timeout_ms = (int)((until_us - clock_now()) / 1000),
        .cancelled = climb->cancelled,
    };
}

MonitorVarz *climb_varz(const Climb *climb)
{
    g_autofree char *url = find_monitor(climb), *why = NULL;
    Monitor monitor = to_ask(climb, url, MIN(climb->deadline_us, clock_now() + ASK_MS * 1000));
    MonitorVarz *varz = NULL;

    if (url != NULL && monitor.timeout_ms > 0)
        varz = monitor_varz(&monitor, &why);
    if (varz != NULL && g_strcmp0(varz->id, climb->ladder->info.id) != 0)
        g_clear_pointer(&varz, monitor_varz_free);
    return varz;
}

static MonitorReason *ask(const Climb *climb, const char *url)
{
    struct sockaddr_storage here = {0};
    socklen_t len = sizeof here;
    char ip[NI_MAXHOST];
    MonitorSought sought = {
        .server_id = climb->ladder->info.id,
        .cid = climb->ladder->info.client_id,
        .name = LADDER_CLIENT_NAME,
        .seconds = RECENT_SECONDS,
    };
    gint64 until = MIN(climb->deadline_us, clock_now() + ASK_MS * 1000);
    MonitorReason *reason = NULL;
    gboolean again = TRUE;

    if (getsockname(climb->io.fd, (struct sockaddr *)&here, &len) == 0 &&
        tell_host((struct sockaddr *)&here, len, ip, sizeof ip)) {
        sought.ip = ip;
        sought.port =
            g_ntohs(here.ss_family == AF_INET ? ((struct sockaddr_in *)&here)->sin_port
                                              : ((struct sockaddr_in6 *)&here)->sin6_port);
    }
    for (int tries = 0; tries < MAX_TRIES && again && reason == NULL; tries++) {
        g_autofree char *why = NULL;
        Monitor monitor = to_ask(climb, url, until);

        if (monitor.timeout_ms <= 0 || io_is_cancelled(climb->cancelled))
            break;
        if (tries > 0)
            g_usleep(NOT_YET_MS * 1000);
        reason = monitor_closed_reason(&monitor, &sought, &again, &why);
    }
    return reason;
}

/* --- what it means --- */

/* Not every server is known to keep a token to itself here: only what is no secret is shown. */
static gboolean is_public(const Climb *climb, const char *user)
{
    const char *ours =
        climb->url->user != NULL ? climb->url->user : access_get(climb->access, ACCESS_USER);
    g_autofree char *clean = text_clean(raw_text(ours), 0);

    if (climb->url->user != NULL && climb->url->password == NULL)
        return FALSE; /* it is the token */
    return (ours != NULL && g_str_equal(user, clean)) ||
           (strlen(user) == NKEY_CHARS && user[0] == 'U' &&
            strspn(user, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == NKEY_CHARS);
}

static gboolean gave_login(const Climb *climb)
{
    static const AccessField logins[] = {ACCESS_USER, ACCESS_TOKEN, ACCESS_CREDS, ACCESS_NKEY};

    for (gsize i = 0; i < G_N_ELEMENTS(logins); i++)
        if (access_get(climb->access, logins[i]) != NULL)
            return TRUE;
    return climb->url->user != NULL;
}

static Cause cause_of(const Climb *climb, const MonitorReason *reason)
{
    Cause cause = monitor_cause(reason);

    return cause == CAUSE_AUTH_FAILED && !gave_login(climb) ? CAUSE_AUTH_REQUIRED : cause;
}

/* Does `told` say more than what the client saw? */
static gboolean says_more(Cause seen, Cause told)
{
    if (seen == CAUSE_CLOSED || seen == CAUSE_RESET)
        return told != CAUSE_NONE;
    return told == CAUSE_AUTH_EXPIRED || told == CAUSE_MAX_CONNECTIONS;
}

static void take_reason(const Climb *climb, Rung *rung, const MonitorReason *reason)
{
    Cause told = cause_of(climb, reason);

    if (told == CAUSE_NONE && strcmp(reason->reason, "Client Closed") == 0)
        return; /* our end did: nothing new */
    if (reason->user != NULL && is_public(climb, reason->user))
        rung_shows(rung, "the server's reason: %s, user %s", reason->reason, reason->user);
    else
        rung_shows(rung, "the server's reason: %s", reason->reason);
    if (told != rung->cause && says_more(rung->cause, told))
        rung_breaks(rung, told, "refused, says the server: %s", reason->reason);
}

void login_true_reason(const Climb *climb, Rung *rung)
{
    g_autofree char *url = NULL;
    MonitorReason *reason;

    if (!worth_asking(climb, rung))
        return;
    url = find_monitor(climb);
    reason = url != NULL ? ask(climb, url) : NULL;
    if (reason != NULL)
        take_reason(climb, rung, reason);
    monitor_reason_free(reason);
}
