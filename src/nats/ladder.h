/* The ladder: every thing that must hold between here and a working NATS session, tried in order on
 * a short-lived connection of our own, each with its time. The first that breaks says why; those
 * after it are not reached. It is Heddle's NATS check with the cause named.
 *
 * The rungs are a table in ladder.c; each rung's work is in a file of its own (ladder_resolve.c,
 * ladder_tcp.c, ladder_info.c, ladder_tls.c, ladder_login.c). */
#ifndef NATS_LADDER_H
#define NATS_LADDER_H

#include "base/cause.h"
#include "base/state.h"
#include "nats/access.h"
#include "nats/url.h"

typedef enum RungId {
    RUNG_URL,
    RUNG_RESOLVE,
    RUNG_TCP,
    RUNG_INFO,
    RUNG_TLS,
    RUNG_LOGIN,
    RUNG_PING,
    RUNG_RIGHTS,
    RUNG_HEADROOM,
    RUNG_COUNT,
    /* Up to here a rung that breaks leaves no session; after it the session stands all the same. */
    RUNG_SESSION = RUNG_RIGHTS
} RungId;

typedef struct Rung {
    State state; /* ok, warn, fail, skipped (not needed), not reached, unknown */
    double ms;   /* time this rung took; 0 when not tried */
    Cause cause; /* CAUSE_NONE unless it broke or warns */
    char *text;  /* one clean line: evidence or cause ("2 addresses", "10.0.3.7 refused"); may be
                    NULL */
    GPtrArray
        *evidence; /* of char *: clean lines with all that was seen; NULL: no more than text */
} Rung;

typedef struct ServerInfo { /* from the INFO line; strings clean, NULL when absent */
    char *name, *version, *cluster, *id;
    char **others; /* addresses of the cluster's servers, with port, perhaps this one's too: those
                      of connect_urls that are numbers, at most 16; NULL: none */
    gint64 max_payload; /* bytes; 0 unknown */
    guint64 client_id;
    gboolean auth_required, tls_required, tls_available, jetstream, headers;
} ServerInfo;

typedef struct Ladder {
    Rung rungs[RUNG_COUNT];
    RungId broken;     /* first rung that broke; RUNG_COUNT when all hold */
    char *url_shown;   /* masked; for messages */
    char *address;     /* the address that won, "10.0.3.7:4222" or "[::1]:4222"; NULL before TCP */
    char *silent;      /* an address before that one in the resolver's order that gave no answer,
                          likewise;    NULL: none */
    char *certificate; /* SHA-256 of the one that the server showed, in hex; NULL: none */
    ServerInfo info;
    double total_ms;  /* from the first rung to the last one tried */
    double rtt_ms;    /* PING to PONG, the median; 0 when not reached */
    char *down;       /* of a list: the first server that is down, "nats://host:4222"; clean; NULL:
                         none, or no list */
    unsigned hung;    /* servers of its cluster that take a connection and say nothing */
    unsigned server;  /* of a list: which one this is about, from 0 */
    char **addresses; /* that the name resolved to, without port, sorted; NULL before that */
} Ladder;

typedef struct LadderHow {
    const char *url;      /* as the operator typed it: a bad one breaks the first rung */
    const Access *access; /* may be NULL */
    int timeout_ms;
    gboolean thorough; /* look at all servers of a list, and at the monitoring port; else only at
                          what connecting needs */
    unsigned in_use;   /* with `thorough`: the server of a list that a connection is on, from 1; the
                          ladder is about that one if it holds. 0: there is none */
    gboolean look_only;   /* no further than INFO: nothing of ours is sent */
    gsize payload_bytes;  /* of the largest message that the session is wanted for; 0: unknown */
    const int *cancelled; /* see ladder_climb(); may be NULL */
    /* HTTP monitoring port, asked why the server refused us; NULL: port 8222 of the server is
     * tried. No more than 300 ms are spent on it. */
    const char *monitor_url;
} LadderHow;

/* Short name of a rung as the screen shows it ("url", "dns", "tcp", "info", "tls", "auth", "ping",
 * "rights", "room"), and its word in a report ("url", "resolve", "tcp", "info", "tls", "login",
 * "ping", "rights", "headroom"). */
const char *rung_label(RungId rung);
const char *rung_word(RungId rung);

/* Climb to the first server of the list that holds; where none does, the ladder is of the one that
 * came furthest. The rung of the URL tells of the others. Blocks for at most about `timeout_ms` in
 * all (a refused port or a refused login is told at once): call on a runner. `cancelled` is read
 * with __atomic_load_n at least every 50 ms; when it turns non-zero the climb ends with
 * CAUSE_CANCELLED. Never NULL; free with ladder_free(). */
Ladder *ladder_climb(const LadderHow *how);
Ladder *ladder_copy(const Ladder *ladder);
void ladder_free(Ladder *ladder);

/* What the name in `url` (one server's) resolves to now, as Ladder.addresses; NULL: nothing, or the
 * resolver gave no answer in `timeout_ms`, at most 3 s. Nothing is dialled. Blocks: call on a
 * runner. Free with g_strfreev(). */
char **ladder_addresses(const char *url, int timeout_ms);

/* The cause of the first broken rung; CAUSE_NONE when all hold. */
Cause ladder_cause(const Ladder *ladder);

/* Did the rungs up to the PONG hold? Then there is a session, whatever its rights. */
gboolean ladder_connects(const Ladder *ladder);

/* Did its connection go under TLS, asked for by the URL or not? A link must do likewise. */
gboolean ladder_used_tls(const Ladder *ladder);

/* TRUE if `fd` is a socket that a climb in this process owns now: the watchdog of the link must
 * leave those alone. */
gboolean ladder_owns_socket(int fd);

#endif
