/* Events: everything that happens, as values. An event never points to a live connection, so a list
 * of them can be written down and played again. */
#ifndef MESH_EVENT_H
#define MESH_EVENT_H

#include "heddle/fleet.h"
#include "mesh/model.h"
#include "nats/link.h"

typedef enum EventKind {
    /* from outside */
    EVENT_TICK,    /* time has passed */
    EVENT_FLEET,   /* folders walked: `fleet` */
    EVENT_CONFIG,  /* config of actor `id` checked: `config`, or unchanged (NULL) */
    EVENT_ENV,     /* environment `generation` of all, or of actor `id`, looked at: `env`, or
                      unchanged (NULL) */
    EVENT_PROBE,   /* climb `generation` of `url` ended: `ladder` */
    EVENT_ADDRESS, /* look-up `generation` of a name: `addresses`, or NULL: it came to nothing */
    EVENT_LINK,    /* `link` */
    EVENT_ROSTER,  /* round `generation` was read: `roster` and `bus`, or NULL with `text` */
    EVENT_PROCS,   /* the processes of this machine were looked at: `procs` */
    EVENT_LOG,     /* log `text` of actor `id` was read: `log`, or nothing new (NULL) */
    EVENT_SAMPLE,  /* the tap was sampled: `rows`, `counts` */
    EVENT_BUS,     /* the bus was: `rows`, `counts`, and perhaps `traffic` */
    EVENT_POISON,  /* link `id` saw a suspect message: `poison`, `count` that nobody looked at */
    EVENT_SAVED,   /* a message was saved, or was not: `on`, `text` */
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
    EVENT_DISMISS,     /* the finding with key `text`, or take that back: `on` */
    EVENT_LISTEN,      /* take `stream` up, whole, or leave it: `on` */
    EVENT_SAVE,        /* `bytes` to a new file at `text` */
    EVENT_PAUSE,       /* the process is about to be stopped, or has come back: `on` */
    EVENT_AIM,         /* smokes are for actor `id` from now on: `mode`, payload `text` (NULL: as it
                          is) */
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
    EnvView *env;
    Ladder *ladder;
    LinkNews *link;
    Roster *roster;
    ProcScan *procs;
    LogSummary *log;
    Bus *bus;        /* borrows from `roster`; NULL when nobody looks for actors in it */
    GPtrArray *rows; /* of TapRecord * */
    TapCounts counts;
    TrafficSample *traffic; /* NULL: not sampled this time */
    Poison *poison;         /* NULL: it was harmless */
    LinkStream stream;
    unsigned count;
    char **addresses;
    char *bytes; /* raw */
    gsize len;
} Event;

/* An event of now. Free with event_free(). */
Event *event_new(EventKind kind);
void event_free(void *event);

#endif
