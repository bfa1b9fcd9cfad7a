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
    GPtrArray *clients; /* of const RosterClient *, borrowed from the roster: its replicas */
    guint64 msgs;       /* delivered to all of them on its subject */
    gboolean grouped;   /* in the queue group that Heddle 0.9.2 gives it */
} BusActor;

typedef struct Bus {
    GPtrArray *actors; /* of BusActor *, sorted by kind, name and tier */
    GPtrArray *stuck;  /* of const RosterClient *: nothing but heddle.control.reload, which every
                          actor takes last: its main subscription was refused */
    unsigned monitors; /* that listen to all of heddle, as `heddle ui` and this program may */
} Bus;

/* All of them. Borrows from `roster`, so it must not outlive it. Free with bus_free(). */
Bus *bus_read(const Roster *roster);
void bus_free(Bus *bus);

/* The first of this kind and name, in the order of the list; its other tiers follow it. *count is
 * how many there are; NULL for none. */
BusActor *const *bus_find(const Bus *bus, ActorKind kind, const char *name, unsigned *count);

/* What one subscription shows: the kind, KIND_UNKNOWN for none. *name and *tier ("" where there is
 * none; callers free) are set when it is not unknown. */
ActorKind bus_kind_of(const RosterSub *sub, char **name, char **tier);

#endif
