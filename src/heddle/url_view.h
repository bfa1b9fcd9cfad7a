/* How Heddle's own client takes a NATS URL. Heddle 0.9.2 hands the text as it is to nats-py's
 * connect() (bus/nats_adapter.py, cli/preflight.py), with no other login, file or option; and
 * nats-py 2.16 reads some of it otherwise than we do (../shared/facts-nats.md, "The same URL, three
 * clients"). Each row of the table was run, but for those said to be read:
 * tests/interop/url_view.sh runs them again. */
#ifndef HEDDLE_URL_VIEW_H
#define HEDDLE_URL_VIEW_H

#include <glib.h>

#include "base/state.h"

/* What is known of the server behind the URL. All zero: nothing is. Strings are clean, and
 * borrowed. */
typedef struct HeddleUrlFacts {
    const char *silent;    /* address of the host that comes before the one that connected, in the
                              resolver's order, and gave no answer; NULL: none such */
    gboolean refused;      /* no address of the host took a connection */
    gboolean has_info;     /* the server's INFO was read, so that the next two count */
    gboolean tls_required; /* nats-py heeds this alone, never the scheme or tls_available */
    gboolean auth_required;
    gboolean login_beside; /* we hold a login that is not in the URL */
    gboolean tls_beside;   /* we hold a certificate, an authority or a server's name for TLS */
    gboolean tls_first;    /* we began TLS before the server's INFO */
} HeddleUrlFacts;

/* STATE_OK: Heddle takes it as we do. STATE_WARN: it connects, but not as meant, or
 * perhaps not. STATE_FAIL: it
 * does not connect. *text is one short clean sentence that holds nothing of the URL (caller frees),
 * NULL with STATE_OK. Looks nothing up; `url` is as typed. */
State heddle_url_view(const char *url, const HeddleUrlFacts *facts, char **text);

#endif
