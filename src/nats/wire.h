/* One connection of libnats, from Connect to Destroy: the only file beside the link's that knows
 * nats.h. All calls block and belong to one thread; the hooks are called on libnats' threads. */
#ifndef NATS_WIRE_H
#define NATS_WIRE_H

#include "base/cause.h"
#include "nats/access.h"
#include "nats/guard.h"
#include "nats/tap.h"
#include "nats/url.h"

typedef struct WireHooks { /* texts are raw, and owned by the caller of the hook */
    void (*message)(void *data, TapClass class, const char *subject, const char *bytes, gsize len);
    void (*no_responders)(void *data, const char *id);
    void (*reply)(void *data, const char *id, const char *bytes, gsize len); /* to wire_request() */
    void (*error)(void *data, Cause cause, const char *text);
    void (*lost)(void *data, Cause cause, const char *text);
    void (*release)(void *data); /* the last hook has been called */
    void *data;
} WireHooks;

typedef struct Wire Wire;

typedef struct WireHow { /* nothing of it is kept */
    const NatsUrl *url;
    const Access *access; /* what the URL does not say; may be NULL */
    const char *address;  /* "10.0.3.7:4222", which a ladder has proved */
    gboolean tls; /* ladder_used_tls(): the server may demand what the URL does not ask for */
    int timeout_ms;
} WireHow;

/* Connect. At most about twice the time given: a watchdog sees to it. NULL with *cause and *why
 * (clean, caller frees); hooks.release is called in any case, once. */
Wire *wire_connect(const WireHow *how, const WireHooks *hooks, Cause *cause, char **why);

/* Unsubscribe, close, destroy. */
void wire_close(Wire *wire);

/* Listen to `subject`. Returns a number for wire_unsubscribe(), 0 on failure. */
unsigned wire_subscribe(Wire *wire, const char *subject, TapClass class);
void wire_unsubscribe(Wire *wire, unsigned number);
void wire_unsubscribe_all(Wire *wire);

/* Leave `count` busy subscriptions: as wire_unsubscribe(), but what is on its way to them is waited
 * for, at most `wait_ms`. */
void wire_leave(Wire *wire, const unsigned *numbers, unsigned count, int wait_ms);

/* What subscription `number` has carried and what waits for us. FALSE when it is gone. */
gboolean wire_load(Wire *wire, unsigned number, Load *load);

/* PING and wait for the PONG at most `timeout_ms`. Milliseconds, or -1. */
double wire_round_trip(Wire *wire, int timeout_ms);

/* Why does the server not answer? Whether its host does, by the kernel's word. *text: clean, one
 * sentence, the caller's. CAUSE_NONE and no text when the connection is gone: lost() tells why. */
Cause wire_silence(Wire *wire, char **text);

/* Publish with a reply subject made from `id` (no dots), so that no_responders() or reply() tells.
 */
gboolean wire_request(Wire *wire, const char *id, const char *subject, const char *bytes);

/* The number by which the server knows the connection; 0: it does not tell (before 1.2). */
guint64 wire_client_id(Wire *wire);

/* Likewise, and the server is asked to trace it: what it tells comes as a reply to
 * WIRE_TRACE_ID "ID", once from each server that the message goes through. Needs a server of 2.11
 * (nats/trace.h); a login that may not publish on its own inbox is refused the whole publication,
 * and error() then names the subject of the trace. */
#define WIRE_TRACE_ID "trace-"
gboolean wire_request_traced(Wire *wire, const char *id, const char *subject, const char *bytes);

/* Messages that libnats had to drop because we were too slow. */
gint64 wire_dropped(Wire *wire);

#endif
