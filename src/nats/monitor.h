/* What a nats-server tells on its HTTP monitoring port (../shared/facts-nats.md, "HTTP monitoring
 * port"): how full it is, and why it closed a connection, which it does not always tell the client.
 * The port has no login of its own.
 *
 * All calls that take a Monitor block, at most about its timeout_ms: call them on a runner. Where
 * one returns NULL, *why is set to one clean line (caller frees). */
#ifndef NATS_MONITOR_H
#define NATS_MONITOR_H

#include "base/cause.h"
#include "base/text.h"

typedef struct Monitor {
    const char *url;      /* as monitor_find() or monitor_url_read() gave it */
    const char *ca_file;  /* PEM, for an https URL; NULL: $SSL_CERT_FILE, else the system's */
    gboolean direct;      /* no proxy, whatever the environment says: for a guessed URL */
    int timeout_ms;       /* of one call */
    const int *cancelled; /* see http.h; may be NULL */
} Monitor;

/* The base URL that `text` means: "host:8222" and "http://host:8222/" are "http://host:8222". A
 * path stays (http_base_path of the server). NULL for what is no http or https URL, or holds a
 * login. Caller frees. */
char *monitor_url_read(const char *text, char **why);

/* The base URL to ask: `given` if there is one, else http://HOST:8222, where it is most often, and
 * only worth trying. `host` is a name or an address, with or without brackets. Looks nothing up.
 * Caller frees. */
char *monitor_find(const char *host, const char *given, char **why);

enum { MONITOR_UNKNOWN = -1 }; /* for a number that the server does not tell */

typedef struct MonitorVarz {
    char *id, *name, *version, *uptime; /* clean; NULL when not told. uptime: "1h2m3s" */
    gint64 connections, max_connections;
    gint64 slow_consumers; /* cut off since the start, of all sorts */
    gint64 slow_clients, slow_routes, slow_gateways, slow_leafs; /* of those; told since 2.10 */
    gint64 max_payload, mem;                                     /* bytes */
    double cpu;                                                  /* per cent of one core */
    gboolean auth_required, tls_required;
    gint64 cert_ends; /* seconds since the epoch; 0: not told (before 2.14, or no TLS) */
    gboolean knows_time;
    double skew_s; /* the server's clock minus ours, if knows_time; good to half the time the
                      request took, and to 1 s where only the Date header tells */
} MonitorVarz;

MonitorVarz *monitor_varz(const Monitor *monitor, char **why);
void monitor_varz_free(MonitorVarz *varz);

/* Which closed connection? By number on the server of this id, which holds behind NAT as well; by
 * its address; failing both, the newest of that name that ended in the last seconds. */
typedef struct MonitorSought {
    const char *server_id; /* as INFO has it; NULL: any. Another server's answer is no answer */
    guint64 cid;           /* INFO's client_id; 0: not known. Counts only with server_id */
    const char *ip;        /* our end; NULL: not known */
    guint16 port;
    const char *name; /* that CONNECT gave; NULL: do not go by it */
    int seconds;
} MonitorSought;

typedef struct MonitorReason {
    char *reason; /* "Authentication Failure"; clean, never NULL */
    char *user;   /* what it logged in with, clean; NULL: nothing. For a token 2.9.10
                     has nothing here and 2.15.1 "[REDACTED]" (tried); what others have is not known,
                     so show it only if it is known to be a name */
} MonitorReason;

/* Why the server closed it. A closed connection is listed some microseconds after the client sees
 * it closed: NULL with *answered may mean "not yet". */
MonitorReason *monitor_closed_reason(const Monitor *monitor, const MonitorSought *sought,
                                     gboolean *answered, char **why);
void monitor_reason_free(MonitorReason *reason);

/* What it amounts to: its words are those of nats-server's ClosedState (server/monitor.go).
 * CAUSE_NONE: the server does not know better than we. */
Cause monitor_cause(const MonitorReason *reason);

/* One page of open connections with their subscriptions, in the form of a reply on the bus, as
 * roster_read() takes it. Caller drops the reference. */
GBytes *monitor_connz(const Monitor *monitor, unsigned offset, unsigned limit, char **why);

/* The reading of replies, apart from fetching them. */
MonitorVarz *monitor_varz_read(RawText body, char **why);
MonitorReason *monitor_reason_read(RawText body, const MonitorSought *sought, char **why);

#endif
