/* The model: what is true about the mesh, as one plain struct, and nothing else. update() alone
 * changes it; the screen, the reports and the exit code only read it.
 *
 * Times are of the events that brought the facts: *_us monotonic microseconds, *_wall microseconds
 * since the epoch; 0 means never. All strings are clean (base/text.h) unless said otherwise. */
#ifndef MESH_MODEL_H
#define MESH_MODEL_H

#include "base/origin.h"
#include "base/refs.h"
#include "heddle/config.h"
#include "heddle/env.h"
#include "heddle/fleet.h"
#include "heddle/message.h"
#include "mesh/timeline.h"
#include "nats/ladder.h"
#include "nats/roster.h"
#include "nats/tap.h"

typedef enum Tier { TIER_LOCAL, TIER_STANDARD, TIER_FRONTIER, TIER_OWN, TIER_COUNT } Tier;

/* "local", "standard", "frontier", "own". */
const char *tier_word(Tier tier);
/* TIER_COUNT for any other word. */
Tier tier_from_word(const char *word);

/* As origin_word(), but an environment is named by its variable: NATS_URL. */
const char *url_origin_word(Origin origin);

typedef enum SmokeMode { SMOKE_TASK, SMOKE_DIRECT, SMOKE_GOAL, SMOKE_MODES } SmokeMode;
const char *smoke_mode_word(SmokeMode mode);

typedef struct Settings {
    char *url; /* as typed, with its password: never shown */
    Origin origin;
    Access *access; /* beside the URL; never NULL, and never changed */
    Tier tier;
    int timeout_ms;       /* of a NATS check */
    int smoke_timeout_ms; /* after which the silent hop is named */
    char *worker_type;    /* of the smoke; one plain subject token */
    char *payload;        /* of the smoke; a JSON object */
    SmokeMode mode;
    gboolean read_only; /* nothing is published */
} Settings;

/* The NATS check of one URL. Actors with the same URL share it. */
typedef struct Probe {
    char *url;           /* as typed */
    char *shown;         /* masked */
    unsigned generation; /* of the climb under way; a ladder with another one is late */
    gboolean running;
    gint64 started_us, done_us;
    Ladder *ladder; /* the last that was climbed to its end; NULL: none yet */
    Track seen[RUNG_COUNT], seen_addresses; /* what the timeline saw last */
} Probe;

typedef enum LinkState {
    LINK_NONE,       /* no URL yet */
    LINK_CONNECTING, /* first try under way */
    LINK_UP,
    LINK_SILENT, /* up, but the server has not answered for over a second */
    LINK_DOWN,   /* lost, or never made; being tried again */
    LINK_STATES
} LinkState;

enum { RTT_KEPT = 10 };

typedef struct LinkView {
    unsigned number; /* of the link in force; news of another are late. 0: none */
    LinkState state;
    gint64 since_us, since_wall; /* of this state */
    gint64 heard_us;             /* the server's last word */
    gint64 up_us, up_wall;       /* when this connection was made */
    gint64 retry_us;             /* when the next try begins; 0: it runs or none is needed */
    unsigned tries, lost;        /* tries since it was last up; connections lost so far */
    double rtt_ms[RTT_KEPT];
    unsigned rtt_count;
    guint64 dropped; /* messages libnats dropped because we were slow */
    Cause cause;     /* of LINK_DOWN and LINK_SILENT */
    char *text;      /* of these; may be NULL */
} LinkView;

/* A URL that the operator has entered and that is not proved yet: the old one is in force. */
typedef struct Proving {
    char *url, *shown;
    unsigned link; /* number of the link being tried; 0: nothing is being proved */
    gint64 since_us;
    Ladder *ladder; /* of its last climb; NULL: none yet */
} Proving;

typedef struct Actor {
    unsigned id;
    char *path;           /* of its config */
    ActorKind forced;     /* kind the operator wrote in front of the path */
    gboolean named;       /* the operator named this very file */
    ConfigReport *config; /* NULL: not checked yet */
    gboolean checking;
    gint64 checked_us;
    char *url;     /* override as typed, or NULL */
    Tier tier;     /* override, or TIER_COUNT */
    Probe *probe;  /* of the URL it uses; borrowed from the model; NULL until it is known */
    Track seen[4]; /* what the timeline saw last, by CheckId (mesh/verdict.h) */
} Actor;

typedef struct Skip {
    char *path, *reason;
} Skip;

typedef enum HopId { HOP_PUBLISHED, HOP_ROUTED, HOP_ANSWERED, HOP_COUNT } HopId;

typedef enum SmokeVerdict {
    VERDICT_RUNNING,
    VERDICT_COMPLETED,
    VERDICT_FAILED,
    VERDICT_DEAD_LETTERED,
    VERDICT_NO_ROUTER,
    VERDICT_NO_WORKER,
    VERDICT_WORKER_SILENT,
    VERDICT_DENIED,
    VERDICT_NOT_CONNECTED,
    VERDICT_DUPLICATE,
    VERDICT_TIMED_OUT,
    VERDICT_COUNT
} SmokeVerdict;

typedef struct Hop {
    gint64 at_us; /* 0: not seen */
    char *text;   /* evidence; may be NULL */
} Hop;

typedef struct Smoke {
    unsigned number; /* 1 for the first */
    char *task_id;
    SmokeMode mode;
    char *worker_type;
    char *tier;    /* asked for */
    char *subject; /* published to */
    gint64 asked_us, sent_us, sent_wall, deadline_us;
    Hop hops[HOP_COUNT];
    char *routed_tier; /* seen on the bus; NULL: not */
    unsigned results;  /* answers seen */
    SmokeVerdict verdict;
    char *text;    /* the verdict in one sentence */
    double ms;     /* round trip; -1 none */
    gboolean late; /* the answer came after the deadline */
} Smoke;

enum { SMOKES_KEPT = 100 };

typedef struct WatchRow {
    Refs refs;
    guint64 seq;
    gint64 wall_us;
    TapClass class;
    gsize size, len;         /* bytes the message has, and has left here */
    char *subject;           /* clean */
    char *bytes;             /* raw: for reading it whole */
    TaskResult *result;      /* what it says, when it is a result; NULL otherwise */
    DeadLetter *dead_letter; /* likewise */
    char *trouble;           /* why it is neither; NULL otherwise */
} WatchRow;

WatchRow *watch_row_ref(WatchRow *row);
void watch_row_unref(WatchRow *row);

enum { WATCH_KEPT = 1000 };

typedef struct Watch {
    GPtrArray *rows; /* of WatchRow *, oldest first, at most WATCH_KEPT */
    TapCounts counts;
    guint64 last_seq; /* sampled up to here; 0: nothing since the start or another server */
    guint64 not_kept; /* seen, but gone before they could be sampled, or pushed out of `rows` */
    double rate[TAP_CLASSES]; /* messages a second */
    gint64 rate_us;           /* when it was last worked out, from the counts then */
    TapCounts rate_counts;
} Watch;

typedef enum RosterState { ROSTER_NOT_ASKED, ROSTER_KNOWN, ROSTER_CANNOT_TELL } RosterState;

typedef struct RosterView {
    RosterState state;
    Roster *roster; /* NULL unless known */
    Roster *coming; /* replies of the round under way; it ends when no more come */
    gint64 at_us, asked_us, reply_us;
    gboolean running;
    char *why; /* of ROSTER_CANNOT_TELL */
} RosterView;

typedef struct Model {
    gint64 now_us, now_wall; /* of the last event */
    Settings settings;
    char *url_shown;
    Probe *probe;      /* of the link's URL, fed by its own climbs; never NULL */
    GPtrArray *probes; /* of Probe *: the other URLs that actors use */
    LinkView link;
    Proving proving;
    char *former; /* as typed: in force before an edit that came while nothing was connected, and is
                     not proved yet; NULL: nothing to go back to */
    Origin former_origin;
    EnvReport *env[HEDDLE_TIERS]; /* by tier; NULL: not looked at yet */
    GPtrArray *actors;            /* of Actor *: every file, in the order of the fleet */
    GPtrArray *panels;            /* of Actor *, borrowed: those that are actors, for the screen */
    GPtrArray *skipped;           /* of Skip * */
    char *fleet_source;           /* where the configs come from; NULL: nowhere */
    gboolean fleet_known;         /* the folders have been walked */
    gint64 fleet_us;              /* when they were last walked */
    gboolean fleet_running;
    Smoke *smokes[SMOKES_KEPT]; /* ring: number N is at N % SMOKES_KEPT */
    unsigned smoke_count;
    gboolean smoke_repeat;
    gint64 smoke_next_us; /* when the next repeated one is due */
    Watch watch;
    RosterView roster;
    gboolean paused; /* the process is about to be stopped: nothing is sampled */
    char *notice;    /* the server's last complaint while up; NULL none */
    gint64 notice_wall;
    Cause notice_cause;
    Timeline *timeline; /* what has changed so far; never NULL */
    unsigned next_id;   /* of actors, links and climbs */
} Model;

typedef struct ModelHow {
    const char *url;
    Origin origin;
    Access *access; /* referenced; NULL: nothing */
    Tier tier;
    int timeout_ms, smoke_timeout_ms;
    const char *worker_type, *payload;
    SmokeMode mode;
    gboolean read_only;
} ModelHow;

/* All strings are copied. Free with model_free(). */
Model *model_new(const ModelHow *how);
void model_free(Model *model);

/* The newest smoke, or NULL; the one with `number`, or NULL if it is not kept any more. */
Smoke *model_smoke(const Model *model, unsigned number);
Smoke *model_last_smoke(const Model *model);

/* A new smoke, numbered; the oldest kept one makes room. For update() only. */
Smoke *model_add_smoke(Model *model);

/* Actor by id, or NULL. */
Actor *model_actor(const Model *model, unsigned id);

Probe *probe_new(const char *url);
void probe_free(void *probe);
void actor_free(void *actor);

#endif
