/* A server that misbehaves on purpose, for what no real nats-server does when asked: it answers each
 * connection by a plan, the first by plan[0] and so on, the last one for all that follow. */
#ifndef TESTS_SUPPORT_FAKE_H
#define TESTS_SUPPORT_FAKE_H

#include <glib.h>

typedef enum FakePlan {
    FAKE_HEALTHY,      /* INFO, PONG for PING */
    FAKE_SILENT,       /* accepts, says nothing */
    FAKE_INFO_SILENT,  /* INFO, then nothing */
    FAKE_NO_PONG,      /* INFO, reads everything, answers nothing */
    FAKE_ENDLESS_LINE, /* INFO, then a line that never ends */
    FAKE_BREAK,        /* INFO, then closes when CONNECT has come */
    FAKE_GARBAGE,      /* INFO, PONG, then bytes that are no protocol */
    FAKE_TLS_STALL,    /* INFO with tls_required, then nothing */
    FAKE_STALL_LATER,  /* healthy for the first two PINGs, then silent */
} FakePlan;

typedef struct Fake Fake;

/* Listens on a free loopback port. `plan` of `count` (at most 16). */
Fake *fake_start(const FakePlan *plan, int count);
void fake_free(Fake *fake); /* ends its threads and connections */
const char *fake_url(const Fake *fake);
int fake_connections(const Fake *fake); /* accepted so far */

#endif
