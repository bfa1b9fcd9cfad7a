/* The model: what is true about the mesh, as one plain struct, and nothing else. update() alone
 * changes it; the screen, the reports and the exit code only read it.
 *
 * Times are of the events that brought the facts: *_us monotonic microseconds, *_wall microseconds
 * since the epoch; 0 means never. All strings are clean (base/text.h) unless said otherwise. */
#ifndef MESH_MODEL_H
#define MESH_MODEL_H

#include "base/origin.h"
#include "base/refs.h"
#include "heddle/actor_log.h"
#include "heddle/config.h"
#include "heddle/env.h"
#include "heddle/fleet.h"
#include "heddle/message.h"
#include "heddle/note.h"
#include "heddle/poison.h"
#include "heddle/procs.h"
#include "heddle/profile.h"
#include "mesh/bus.h"
#include "mesh/flows.h"
#include "mesh/subject_tree.h"
#include "mesh/timeline.h"
#include "nats/ladder.h"
#include "nats/link.h"
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

/* Settings that have no place of their own for where they come from. */
typedef enum SettingId {
    SETTING_TIER,
    SETTING_TIMEOUT,
    SETTING_SMOKE_TIMEOUT,
    SETTING_MODE,
    SETTING_WORKER,
    SETTING_PAYLOAD,
    SETTING_MONITOR,
    SETTING_CONFIGS,
    SETTING_ENV_FILE,
    SETTING_COUNT
} SettingId;

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
    unsigned aimed; /* id of the actor that the smoke is for, which sets its tier; 0: whoever has
                       the name */
    gboolean read_only; /* nothing is published */
    char *monitor_url;  /* NULL: the usual port is tried */
    Profile *profile;   /* NULL: none */
    Origin origins[SETTING_COUNT];
} Settings;

/* Where variables are looked up for the environment check, and what was seen there. */
typedef struct EnvSource {
    char *path;    /* of an env file; NULL: this process's environment, or for an actor none */
    EnvView *view; /* NULL: not looked at yet */
    gboolean checking;
    gint64 checked_us;
    unsigned generation; /* of the look under way; one with another is late */
} EnvSource;

void env_source_clear(EnvSource *source);

/* The NATS check of one URL. Actors with the same URL share it. */
typedef struct Probe {
    char *url;           /* as typed */
    char *shown;         /* masked */
    unsigned generation; /* of the climb under way; a ladder with another one is late */
    gboolean running;
    gint64 started_us, done_us;
    Ladder *ladder; /* the last that was climbed to its end; NULL: none yet */
    Track seen[RUNG_COUNT], seen_addresses; /* what the timeline saw last */
    gboolean looking;                       /* its name is being looked up, as number `look` */
    unsigned look;
    gint64 looked_us;
    char **addresses; /* that its name was last found to have, sorted; NULL: not known */
    char *moved_from; /* those before; NULL: it has always had these */
    gint64 moved_us;  /* when the change was found */
    gint64 reached_us[RUNG_COUNT]; /* since when each climb has come to it; 0: the last did not */
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

/* The server that a connection was made to, as the climb before it saw it. Later probes of the same
 * URL may end on another one: those tell of the way there, these of where we are. */
typedef struct LinkServer {
    char *address;             /* that was dialled, "10.0.3.7:4222"; NULL: none yet */
    char *name, *version, *id; /* may be NULL */
    unsigned index;            /* of a list: which one, from 0 */
    gint64 max_payload;        /* bytes; 0: unknown */
    gboolean jetstream;
    char *certificate; /* Ladder.certificate; may be NULL */
} LinkServer;

typedef struct LinkView {
    unsigned number; /* of the link in force; news of another are late. 0: none */
    LinkState state;
    gint64 since_us, since_wall; /* of this state */
    gint64 heard_us;             /* the server's last word */
    gint64 up_us, up_wall;       /* when this connection was made, or the last one to its URL; 0:
                                    none was */
    gint64 retry_us;             /* when the next try begins; 0: it runs or none is needed */
    unsigned tries, lost;        /* tries since it was last up; connections lost so far */
    gint64 lost_us, lost_wall;   /* when one was last lost; 0: never */
    double rtt_ms[RTT_KEPT];
    unsigned rtt_count;
    guint64 cid;       /* the server's number for this connection; 0: not told */
    guint64 dropped;   /* messages libnats dropped because we were slow */
    Cause cause;       /* of LINK_DOWN and LINK_SILENT */
    char *text;        /* of these; may be NULL */
    LinkServer server; /* of the last connection */
    gboolean deaf;     /* the server lets us not listen on heddle.results.default */
    gboolean untraced; /* nor have a trace */
} LinkView;

/* A URL that the operator has entered and that is not proved yet: the old one is in force. */
typedef struct Proving {
    char *url, *shown;
    unsigned link; /* number of the link being tried; 0: nothing is being proved */
    gint64 since_us;
    Ladder *ladder; /* of its last climb; NULL: none yet */
} Proving;

/* Since when an actor is, or is not, subscribed: what the rosters so far have shown. */
typedef struct Presence {
    unsigned replicas;         /* at the last roster */
    unsigned most;             /* before it was gone, or now */
    gint64 seen_us;            /* when a roster last showed it; 0: none did so far */
    gint64 since_us;           /* of its presence without a gap */
    gint64 gone_us, gone_wall; /* when one first showed it no more; 0: it is there, or never was */
    gboolean with_link;        /* it went with a connection of ours that was lost … */
    gint64 lost_us, lost_wall; /* … then; 0 otherwise */
} Presence;

/* The log that an actor writes, when one is known. */
typedef struct LogView {
    char *path;          /* raw; NULL: none is known */
    LogSummary *summary; /* NULL: not read yet */
    gboolean reading;
    gint64 asked_us;
} LogView;

typedef struct Actor {
    unsigned id;
    char *path;           /* of its config; NULL: it has none here, but was seen on the bus */
    char *bus_name;       /* of one without a config; NULL otherwise */
    char *bus_tier;       /* likewise */
    ActorKind forced;     /* kind the operator wrote in front of the path */
    gboolean named;       /* the operator named this very file */
    ConfigReport *config; /* NULL: not checked yet */
    gboolean checking;
    gint64 checked_us;
    char *url;                   /* override as typed, or NULL */
    Tier tier;                   /* override, or TIER_COUNT */
    EnvSource env;               /* its own; neither path nor view: the model's */
    char *log_path, *restart;    /* of the profile, as they were typed; NULL: not known */
    const ProfileActor *profile; /* what the profile says of it, and was taken; NULL: nothing */
    Probe *probe; /* of the URL it uses; borrowed from the model; NULL until it is known */
    Presence presence;
    LogView log;
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
    VERDICT_TOO_LARGE,
    VERDICT_COUNT
} SmokeVerdict;

typedef enum HopSource { /* who tells of a hop */
                         SOURCE_NONE,
                         SOURCE_SERVER, /* what the server answered us */
                         SOURCE_BUS,    /* a message that was seen */
                         SOURCE_ROSTER, /* who is subscribed */
                         SOURCE_TRACE,  /* the server's message trace */
                         HOP_SOURCES
} HopSource;

/* "server", "bus", "roster", "trace"; NULL for none. */
const char *hop_source_word(HopSource source);

typedef struct Evidence {
    HopSource source;
    gint64 at_us; /* as of when it is true */
    char *text;
} Evidence;

enum { EVIDENCE_KEPT = 12 };

typedef struct Hop {
    gint64 at_us;        /* 0: not seen */
    char *text;          /* how it was seen; NULL: it was not */
    HopSource source;    /* of text */
    GPtrArray *evidence; /* of Evidence *: what else is known of it, or shows why it was not
                            reached, in the order it came, at most EVIDENCE_KEPT; NULL: nothing */
} Hop;

/* Who served the smoke's worker type when it was sent, as the roster then in hand told. */
typedef struct Served {
    gboolean known;
    unsigned clients[HEDDLE_TIERS];
    guint64 msgs[HEDDLE_TIERS]; /* delivered to them so far */
} Served;

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
    unsigned routed;   /* times that was seen */
    unsigned results;  /* answers seen */
    gboolean traced;   /* the server was asked for a trace */
    unsigned takers;   /* actors that it says it gave the message to */
    gboolean beyond;   /* it says that the message went where the roster does not reach */
    Served before;
    SmokeVerdict verdict;
    const char *remedy; /* id of what mends it (heddle/remedy.h); static; NULL: nothing to mend */
    char *text;         /* the verdict in one sentence */
    double ms;          /* round trip; -1 none */
    gboolean late;      /* the answer came after the deadline */
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
    Note *note;              /* what it says, when it came by the watch of the whole bus */
    char *trouble;           /* why it is none of these; NULL otherwise */
} WatchRow;

WatchRow *watch_row_ref(WatchRow *row);
void watch_row_unref(WatchRow *row);

void poison_seen_free(void *seen);

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

/* A wide subscription, as the operator wants it and as the guard has left it (nats/link.h). */
typedef struct StreamView {
    gboolean wanted;
    StreamWidth width; /* of what is wanted */
    gint64 wall_us;    /* when it was narrowed */
    char *text;        /* why; NULL while it is whole */
    char *denied;      /* the server's word that it refuses (a part of) it; NULL: it does not */
} StreamView;

/* The watch of heddle.>: subscribed only while the operator has turned to it. */
typedef struct BusWatch {
    GPtrArray *rows; /* of WatchRow *, oldest first, at most WATCH_KEPT; none of them in Watch */
    guint64 last_seq, not_kept; /* as in Watch */
    SubjectTree *subjects;      /* never NULL */
    Flows *flows;               /* never NULL */
} BusWatch;

/* A message that takes Heddle's actors down, or harms `heddle ui`, seen by the sentinel, which
 * listens on heddle.*.incoming, heddle.control.* and heddle.tasks.*.* while the link is up. Who
 * vanished after it is for others to find: compare at_us. Reloads that are asked for as they should
 * be are told by the timeline and are not among these. */
typedef struct PoisonSeen {
    guint64 number;        /* 1 for the first */
    gint64 at_us, wall_us; /* when it came */
    Poison *poison;        /* never POISON_RELOAD */
} PoisonSeen;

enum { POISONS_KEPT = 100 };

/* What runs on this machine. */
typedef struct LocalView {
    ProcScan *scan; /* NULL: not looked yet */
    gint64 at_us, asked_us, cost_us;
    gint64 logs_us; /* when logs were last thought of */
    GHashTable
        *cut; /* pid -> when it was first seen without a connection, in gint64 *; never NULL */
    gboolean running;
} LocalView;

typedef enum RosterState { ROSTER_NOT_ASKED, ROSTER_KNOWN, ROSTER_CANNOT_TELL } RosterState;

/* What is being asked. A round ends when no more replies come: each server gives its own. */
typedef enum RosterRound {
    ROUND_NONE,
    ROUND_HEDDLE,  /* who may get a message of Heddle's */
    ROUND_IDLE,    /* who has subscribed least */
    ROUND_MONITOR, /* as ROUND_HEDDLE, from the monitoring port */
} RosterRound;

typedef struct RosterView {
    RosterState state;
    Roster *roster;  /* NULL unless known */
    Bus *bus;        /* the actors in it, likewise */
    gint64 at_us;    /* when it was known, or refused; 0: ask at once */
    gint64 as_of_us; /* when what is known was asked for */
    Roster *idle;    /* those with the fewest subscriptions; NULL: not asked */
    gint64 idle_us;

    RosterRound round;
    unsigned number, offset; /* of the round; of the page that is being asked for */
    gboolean reading;        /* its replies are being read */
    gint64 asked_us, reply_us;
    gint64 cost_us;    /* from asking to the last reply, in the last round of ROUND_HEDDLE */
    unsigned servers;  /* the most that answered, not long ago */
    gint64 router_us;  /* when a roster last showed a router; 0: none did */
    gint64 servers_us; /* when so many last did */
    unsigned rounds;   /* of ROUND_HEDDLE and ROUND_MONITOR that were read since the link came up */

    gboolean by_monitor; /* the bus does not tell, the monitoring port does */
    char *why;           /* why the bus does not tell; NULL: it does */
} RosterView;

typedef struct Finding Finding; /* mesh/findings.h */

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
    EnvSource env;        /* for all actors without their own */
    GPtrArray *actors;    /* of Actor *: every file, in the order of the fleet */
    GPtrArray *strangers; /* of Actor *: seen on the bus, without a config here */
    GPtrArray *panels;    /* of Actor *, borrowed: those that are actors, for the screen */
    gboolean panels_due;  /* configs have come that panels, probes and findings do not show yet */
    gint64 panels_us;     /* when these were last put right */
    GPtrArray *skipped;   /* of Skip * */
    char *fleet_source;   /* where the configs come from; NULL: nowhere */
    gboolean fleet_known; /* the folders have been walked */
    gint64 fleet_us;      /* when they were last walked */
    gboolean fleet_running;
    unsigned poll_turn;         /* whose environment file is looked at next */
    Smoke *smokes[SMOKES_KEPT]; /* ring: number N is at N % SMOKES_KEPT */
    unsigned smoke_count;
    gboolean smoke_repeat;
    gboolean smoke_repeat_paid; /* the operator has agreed to what it may cost */
    gint64 smoke_next_us;       /* when the next repeated one is due */
    Watch watch;
    BusWatch bus;
    StreamView streams[LINK_STREAMS];
    GPtrArray *poisons;     /* of PoisonSeen *, oldest first, the last POISONS_KEPT; never NULL */
    guint64 poison_count;   /* of all that came, as numbered */
    guint64 poisons_untold; /* suspect messages that were too many to look at */
    gint64 reload_wall;     /* when heddle.control.reload was last asked for; 0: never seen */
    RosterView roster;
    LocalView local;
    gboolean paused; /* the process is about to be stopped: nothing is sampled */
    char *notice;    /* the server's last complaint while up; NULL none */
    gint64 notice_wall;
    Cause notice_cause;
    gint64 rights_us;           /* when the server last said that a right is missing; 0: never */
    Timeline *timeline;         /* what has changed so far; never NULL */
    GPtrArray *findings;        /* of Finding *, worst first; never NULL */
    GPtrArray *findings_unseen; /* of Finding *: those that the roster would show; never NULL */
    gint64 findings_us;         /* when they were last worked out */
    unsigned next_id;           /* of actors, links and climbs */
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
    const char *monitor_url, *env_file; /* NULL: not given */
    Profile *profile;                   /* referenced; NULL: none */
    const Origin *origins;              /* SETTING_COUNT of them; NULL: all are defaults */
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

/* From the climb that a connection begins with, or (NULL) forget. */
void link_server_set(LinkServer *server, const Ladder *ladder);

Probe *probe_new(const char *url);
void probe_free(void *probe);
void actor_free(void *actor);

#endif
