/* One connection of libnats, from Connect to Destroy: the only file beside the link's that knows
 * nats.h. All calls block and belong to one thread; the hooks are called on libnats' threads. */
#ifndef NATS_WIRE_H
#define NATS_WIRE_H

#include "base/cause.h"
#include "nats/access.h"
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

/* Connect to `address` (which a ladder has proved), with the login and TLS of `url`, and what it
 * does not say from `access` (may be NULL; not kept). At most about twice `timeout_ms`: a watchdog
 * sees to it. NULL with *cause and *why (clean, caller frees); hooks.release is called in any case,
 * once. */
Wire *wire_connect(const NatsUrl *url, const Access *access, const char *address, int timeout_ms,
                   const WireHooks *hooks, Cause *cause, char **why);

/* Unsubscribe, close, destroy. */
void wire_close(Wire *wire);

/* Listen to `subject`. Returns a number for wire_unsubscribe(), 0 on failure. */
unsigned wire_subscribe(Wire *wire, const char *subject, TapClass class);
void wire_unsubscribe(Wire *wire, unsigned number);
void wire_unsubscribe_all(Wire *wire);

/* PING and wait for the PONG at most `timeout_ms`. Milliseconds, or -1. */
double wire_round_trip(Wire *wire, int timeout_ms);

/* Why does the server not answer? Whether its host does, by the kernel's word. *text: clean, one
 * sentence, the caller's. CAUSE_NONE and no text when the connection is gone: lost() tells why. */
Cause wire_silence(Wire *wire, char **text);

/* Publish with a reply subject made from `id` (no dots), so that no_responders() or reply() tells.
 */
gboolean wire_request(Wire *wire, const char *id, const char *subject, const char *bytes);

/* Messages that libnats had to drop because we were too slow. */
gint64 wire_dropped(Wire *wire);

#endif
