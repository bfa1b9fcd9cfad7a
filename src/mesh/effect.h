/* Effects: what update() asks the edges to do. Plain values, like events. */
#ifndef MESH_EFFECT_H
#define MESH_EFFECT_H

#include "mesh/model.h"

typedef enum EffectKind {
    EFFECT_WALK,         /* walk the folders that the operator named */
    EFFECT_CHECK_CONFIG, /* check `text` for actor `id`; `forced`; skip if its stamp is `stamp` */
    EFFECT_CHECK_ENV,    /* look at env file `text` (NULL: this process's environment) for all, or
                            for actor `id`, as `generation`; skip if its stamp is `stamp` */
    EFFECT_PROBE,        /* climb to `text` as `generation`; `on`: with our own access, and about
                            server `server` of a list, if that holds */
    EFFECT_CANCEL_PROBE, /* climb `generation` is of no interest any more */
    EFFECT_LOOK_UP,      /* the name in URL `text`, as number `generation` */
    EFFECT_OPEN_LINK,    /* to `text`, as number `id`; for `payload_bytes` */
    EFFECT_CLOSE_LINK,   /* number `id` */
    EFFECT_GIVE_FLOOR,   /* number `id` feeds the tap from now on; `on`: which starts anew */
    EFFECT_SEND,         /* `bytes` on `text` by link `id` as `task_id`, watching `also`; `on`: the
                            server is asked for a trace */
    EFFECT_ASK_ROSTER,   /* by link `id` as round `generation` with `bytes`; `on`: the replies so
                            far stay, since this is their next page */
    EFFECT_READ_ROSTER,  /* what was replied in round `generation`; `on`: look for actors in it */
    EFFECT_ASK_MONITOR,  /* the monitoring port at host `text`, as round `generation`; `bytes`: id
                            of the server that it must be of */
    EFFECT_SCAN_PROCS,   /* look at the processes of this machine */
    EFFECT_READ_LOG,     /* what is new in log `text` of actor `id` */
    EFFECT_LISTEN,       /* link `id` takes `stream` up, whole, or leaves it: `on` */
    EFFECT_SAVE,         /* `bytes` (`len` of them) to a new file at `text` */
    EFFECT_PAUSE,        /* link `id` leaves its subscriptions, or takes them up: `on` */
    EFFECT_KINDS
} EffectKind;

typedef struct Effect {
    EffectKind kind;
    unsigned id, generation;
    char *text, *bytes, *task_id, *also;
    TapClass also_class;
    int watch_ms;
    ActorKind forced;
    FileStamp stamp;
    gboolean on;
    LinkStream stream;
    gsize len;
    unsigned server;     /* from 1; 0: whichever holds */
    gsize payload_bytes; /* of the largest message to be sent there */
} Effect;

/* What one update() asks for, in order. */
typedef GPtrArray Effects; /* of Effect * */

Effects *effects_new(void);

/* Append an empty effect of this kind and return it, to be filled in. Owned by `effects`. */
Effect *effects_add(Effects *effects, EffectKind kind);

#endif
