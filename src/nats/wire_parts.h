/* What the halves of a wire share: wire.c is the connection, wire_listen.c its subscriptions. */
#ifndef NATS_WIRE_PARTS_H
#define NATS_WIRE_PARTS_H

#include <nats/nats.h>

#include "base/refs.h"
#include "nats/wire.h"

enum { MAX_LISTENERS = 64 };

typedef struct Listener Listener;

typedef struct Place {
    natsSubscription *sub; /* NULL: free */
    Listener *listener;
    unsigned number;
    gint64 dropped; /* as last told: it cannot be asked once it is unsubscribed */
} Place;

/* Referenced by its owner, by the closed callback to come, and by each subscription until libnats
 * has said that its last message is delivered: libnats may call back after Destroy has returned. */
struct Wire {
    Refs refs;
    WireHooks hooks;
    natsConnection *nc;
    natsSubscription *inbox;
    char *inbox_prefix;
    char *address; /* that was dialled */
    uint64_t client_id;
    Place places[MAX_LISTENERS];
    unsigned last_number;
    gint64 dropped; /* by subscriptions that are gone */
};

void wire_unref(Wire *wire);

#endif
