/* Events: everything that happens, as values. An event never points to a live connection, so a list
 * of them can be written down and played again. */
#ifndef MESH_EVENT_H
#define MESH_EVENT_H

#include "heddle/fleet.h"
#include "mesh/model.h"
#include "nats/link.h"

typedef enum EventKind {
    /* from outside */
    EVENT_TICK,   /* time has passed */
    EVENT_FLEET,  /* folders walked: `fleet` */
    EVENT_CONFIG, /* config of actor `id` checked: `config`, or unchanged (NULL) */
    EVENT_ENV,    /* environment looked at: `env`, by tier */
    EVENT_PROBE,  /* climb `generation` of `url` ended: `ladder` */
    EVENT_LINK,   /* `link` */
    EVENT_ROSTER, /* `roster`, or NULL with `text` */
    EVENT_SAMPLE, /* the tap was sampled: `rows`, `counts` */
    /* from the operator */
    EVENT_SET_URL,     /* `url` for all, or for actor `id`; an empty one takes an override back */
    EVENT_LET_GO,      /* drop the URL that is being proved, or else take the former one back */
    EVENT_SET_TIER,    /* `tier` for all, or for actor `id`; TIER_COUNT takes an override back */
    EVENT_RECHECK,     /* everything, or actor `id` */
    EVENT_SMOKE,       /* publish one; `text` is its fresh task id */
    EVENT_REPEAT,      /* repeat smokes, or stop repeating: `on` */
    EVENT_SET_MODE,    /* `mode` */
    EVENT_SET_PAYLOAD, /* `text` */
    EVENT_SET_WORKER,  /* `text` */
    EVENT_PAUSE,       /* the process is about to be stopped, or has come back: `on` */
    EVENT_KINDS
} EventKind;

typedef struct Event {
    EventKind kind;
    gint64 at_us, wall_us;
    unsigned id, generation;
    char *url, *text;
    Tier tier;
    SmokeMode mode;
    gboolean on;
    Fleet *fleet;
    ConfigReport *config;
    EnvReport *env[HEDDLE_TIERS];
    Ladder *ladder;
    LinkNews *link;
    Roster *roster;
    GPtrArray *rows; /* of TapRecord * */
    TapCounts counts;
} Event;

/* An event of now. Free with event_free(). */
Event *event_new(EventKind kind);
void event_free(void *event);

#endif
