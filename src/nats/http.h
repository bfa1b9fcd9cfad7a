/* One HTTP GET over libcurl, for what a nats-server tells on its monitoring port. The answer is a
 * stranger's: its size, its time and where it may lead to (nowhere else) are bounded here. */
#ifndef NATS_HTTP_H
#define NATS_HTTP_H

#include <glib.h>

#include "base/cause.h"

typedef struct HttpAsk {
    const char *url;      /* http or https */
    const char *ca_file;  /* PEM of the authorities to trust; NULL: $SSL_CERT_FILE, else the
                             system's */
    gboolean direct;      /* no proxy, whatever the environment says; loopback never has one */
    int timeout_ms;       /* of all of it, name look-up included */
    gsize most_bytes;     /* of the body */
    const int *cancelled; /* read with __atomic_load_n at least every 50 ms; may be NULL */
} HttpAsk;

typedef struct HttpReply {
    GByteArray *body; /* raw */
    gint64 date_us;   /* of the Date header, microseconds since the epoch, whole seconds; 0: none */
} HttpReply;

/* Blocks, at most about timeout_ms: call on a runner. CAUSE_NONE when the status was 200: then
 * `reply` is filled in and http_reply_clear() is due. Else why not, with *why (one clean line,
 * caller frees), and `reply` is empty. Redirects are not followed. */
Cause http_get(const HttpAsk *ask, HttpReply *reply, char **why);

/* Wipes the body first: CONNZ may hold what clients have logged in with. */
void http_reply_clear(HttpReply *reply);

#endif
