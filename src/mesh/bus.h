/* Who lives on the bus: Heddle's actors, recognized from what their connections subscribe, since
 * these carry no name (../shared/facts-heddle.md, "Kind from subscriptions"). Pure. */
#ifndef MESH_BUS_H
#define MESH_BUS_H

#include "heddle/kind.h"
#include "nats/roster.h"

typedef struct BusActor {
    ActorKind kind;
    char *name;         /* "" where no subject tells it: router, pipeline, orchestrator */
    char *tier;         /* "" for kinds without one */
    GPtrArray *clients; /* of RosterClient *, borrowed from the roster: its replicas */
} BusActor;

/* All of them, sorted by kind, name and tier; of BusActor *. Borrows from `roster`, so it must not
 * outlive it. Free with g_ptr_array_unref(). */
GPtrArray *bus_actors(const Roster *roster);

/* What one subscription shows: the kind, KIND_UNKNOWN for none. *name and *tier ("" where there is
 * none; callers free) are set when it is not unknown. */
ActorKind bus_kind_of(const RosterSub *sub, char **name, char **tier);

#endif
