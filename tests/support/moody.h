/* A server that misbehaves on purpose, for what no real nats-server does when asked: it answers
 * each connection by a plan, the first by plan[0] and so on, the last one for all that follow. */
#ifndef TESTS_SUPPORT_MOODY_H
#define TESTS_SUPPORT_MOODY_H

#include <glib.h>

typedef enum MoodyPlan {
    MOODY_HEALTHY,      /* INFO, PONG for PING */
    MOODY_SILENT,       /* accepts, says nothing */
    MOODY_INFO_SILENT,  /* INFO, then nothing */
    MOODY_NO_PONG,      /* INFO, reads everything, answers nothing */
    MOODY_ENDLESS_LINE, /* INFO, then a line that never ends */
    MOODY_BREAK,        /* INFO, then closes when CONNECT has come */
    MOODY_GARBAGE,      /* INFO, PONG, then bytes that are no protocol */
    MOODY_TLS_STALL,    /* INFO with tls_required, then nothing */
    MOODY_STALL_LATER,  /* healthy for the first two PINGs, then silent */
} MoodyPlan;

typedef struct Moody Moody;

/* Listens on a free loopback port. `plan` of `count` (at most 16). */
Moody *moody_start(const MoodyPlan *plan, int count);
void moody_free(Moody *fake); /* ends its threads and connections */
const char *moody_url(const Moody *fake);
int moody_connections(const Moody *fake); /* accepted so far */

#endif
