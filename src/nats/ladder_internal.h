/* What the rungs' files share, and nobody else includes. A climb belongs to the thread that climbs;
 * each rung's function writes its outcome with exactly one of the rung_… calls below and leaves
 * what the next ones need in the Climb. */
#ifndef NATS_LADDER_INTERNAL_H
#define NATS_LADDER_INTERNAL_H

#include "nats/ladder.h"
#include "nats/ladder_io.h"
#include "nats/monitor.h"

enum {
    MAX_ADDRESSES = 16,           /* of one name */
    MAX_INFO_BYTES = 1024 * 1024, /* of the INFO line; one with a thousand servers has 60 KiB */
    MAX_LINE_BYTES = 64 * 1024,   /* of any line after it */
    SNIPPET_CHARS = 32,           /* shown of what a stranger says */
};

typedef struct Climb {
    Ladder *ladder;
    NatsUrl *url;         /* set by the first rung */
    const Access *access; /* may be NULL */
    gsize payload_bytes;
    gboolean thorough;
    const char *monitor_url;
    const int *cancelled; /* may be NULL */
    gint64 deadline_us;   /* monotonic: end of the whole climb */
    gint64 patience_us;   /* how long a connected server may stay silent */
    LadderAddress addresses[MAX_ADDRESSES];
    unsigned address_count; /* set by resolve */
    unsigned won;           /* index of the address that is connected; set by TCP */
    LadderIo io;            /* open after TCP */
    gboolean takes_nkeys;   /* INFO holds a nonce */
    char *nonce;            /* that one; raw; NULL without */
    gboolean gave_login;    /* CONNECT held one */
    gboolean wants_cert;    /* the server asked for a client certificate */
} Climb;

/* ladder_climb() to one server, not a list. */
Ladder *ladder_climb_one(const LadderHow *how);

void climb_url(Climb *climb, Rung *rung, const char *text);
void climb_resolve(Climb *climb, Rung *rung);
void climb_tcp(Climb *climb, Rung *rung);
void climb_info(Climb *climb, Rung *rung);
void climb_tls(Climb *climb, Rung *rung);
void climb_login(Climb *climb, Rung *rung);
void climb_ping(Climb *climb, Rung *rung);
void climb_rights(Climb *climb, Rung *rung);
void climb_headroom(Climb *climb, Rung *rung);

/* When a server that is silent from now on is called silent. */
gint64 climb_patience(const Climb *climb);

/* The outcome of a rung. Texts are printf formats whose arguments are clean; a NULL format is no
 * text. The last: what `end` means for a connection after `stage` ("INFO", "CONNECT"); `since_us`
 * is when it was last heard of. */
void rung_holds(Rung *rung, const char *format, ...) G_GNUC_PRINTF(2, 3);
void rung_warns(Rung *rung, Cause cause, const char *format, ...) G_GNUC_PRINTF(3, 4);
void rung_skips(Rung *rung, const char *format, ...) G_GNUC_PRINTF(2, 3);
void rung_cannot_tell(Rung *rung, const char *format, ...) G_GNUC_PRINTF(2, 3);
void rung_breaks(Rung *rung, Cause cause, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* One more line of evidence, whatever the outcome. */
void rung_shows(Rung *rung, const char *format, ...) G_GNUC_PRINTF(2, 3);
void rung_breaks_io(Rung *rung, IoEnd end, const char *stage, gint64 since_us);

/* Read an INFO line's JSON into `climb` (info, takes_nkeys). NULL, or what is wrong with it: clean,
 * the caller's. *other is set to the name of the port when it is one for other servers; static. */
char *info_read(RawText json, Climb *climb, const char **other);

/* If `line` is the server's -ERR: TRUE, with the cause of it and the server's words (clean, caller
 * frees). `gave_login` tells a wrong login from a missing one. */
gboolean refusal_read(RawText line, gboolean gave_login, Cause *cause, char **words);

/* After CONNECT: read lines until PONG. TRUE when it came; else the rung is broken. */
gboolean session_pong(Climb *climb, Rung *rung, const char *stage, gint64 since_us);

/* A server that is full refuses right after its INFO, even where TLS should begin: listen for it, 2
 * ms. TRUE if the connection is over; the rung is broken then. */
gboolean refused_early(Climb *climb, Rung *rung);

/* The name that we give in CONNECT; servers list it. */
#define LADDER_CLIENT_NAME "heddle-preflight check"

/* /varz of the server that the climb is connected to, from its monitoring port; NULL when there is
 * none, or another server's. At most 300 ms. Caller frees with monitor_varz_free(). */
MonitorVarz *climb_varz(const Climb *climb);

/* If the rung broke because the server refused us: ask its monitoring port why, at most 300 ms, and
 * put the answer into the rung, whose cause and text become those of it where they say more. */
void login_true_reason(const Climb *climb, Rung *rung);

/* Begin TLS on `io`, whosever the certificate is, and hear what comes under it: the second look at
 * a port that may begin with TLS. IO_DONE: it speaks TLS, and io_pending() has its first words. A
 * client certificate that it wanted shows in climb->wants_cert. */
IoEnd tls_try(Climb *climb, LadderIo *io, gint64 until_us);

/* On a second connection: who is it that says nothing, or nothing that NATS says? TRUE if it showed
 * itself: the rung is broken then. */
gboolean stranger_ask(Climb *climb, Rung *rung);

/* Break the rung with the bytes that a stranger said. */
void stranger_named(Rung *rung, RawText said);

/* A TLS session that broke after its handshake: with TLS 1.3 that is how a server refuses a client
 * certificate. TRUE if it was so; the TLS rung is broken then instead of the present one. */
gboolean tls_refused_late(Climb *climb, IoEnd end);

#endif
