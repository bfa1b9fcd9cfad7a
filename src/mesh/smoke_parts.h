/* The parts of a smoke's proof, one file each: what only they and update_smoke.c call. */
#ifndef MESH_SMOKE_PARTS_H
#define MESH_SMOKE_PARTS_H

#include "mesh/model.h"

/* smoke_proof.c: the only way to a verdict. FALSE, and nothing is changed, when the move is not
 * legal: late news of a smoke that is decided. `remedy`: static; NULL: the verdict's own. Takes
 * `text`. */
gboolean smoke_decide(Smoke *smoke, SmokeVerdict verdict, const char *remedy, char *text);

/* A hop was seen; the first time counts. What else is known of one, or shows why it was not
 * reached: nothing twice. Both take `text`. */
void smoke_hop(Smoke *smoke, HopId id, HopSource source, gint64 at_us, char *text);
void smoke_evidence(Smoke *smoke, HopId id, HopSource source, gint64 at_us, char *text);

/* smoke_served.c: who serves the smoke's worker type. */
typedef struct Serving {
    unsigned clients; /* workers and processors of that name, and those named * */
    guint64 msgs;     /* delivered to them */
    guint64 pending_bytes;
    double rtt_ms;                       /* the longest; -1 not told */
    unsigned workers, processors, wides; /* of `clients`: by kind, and named * */
    const RosterClient *some[4];         /* the first of them */
} Serving;

/* Does the roster tell who listened at `since_us` and after? What one server's monitoring port says
 * is not the whole of a cluster, nor is what is told without one of its servers. */
gboolean smoke_roster_tells(const Model *model, gint64 since_us);

/* On a tier, as the roster in hand tells; its bus must be known. */
Serving smoke_serving(const Model *model, const char *worker_type, const char *tier);

/* "local (2), frontier (1)": the tiers but `except` that somebody serves it on. NULL: none. Caller
 * frees. */
char *smoke_other_tiers(const Model *model, const char *worker_type, const char *except);

/* A process of this machine that is the smoke's worker and is stopped (SIGSTOP, ^Z); NULL: none is,
 * as far as the last scan saw. Borrowed from the model. */
const HeddleProc *smoke_stopped(const Model *model, const Smoke *smoke);

/* Remember who serves it, just before it is sent. */
void smoke_note_served(const Model *model, Smoke *smoke);

/* smoke_judge.c: the server said that nobody took it; what the roster shows while it is under way;
 * the deadline has passed. */
void smoke_no_responders(const Model *model, Smoke *smoke, gint64 at_us);
void smoke_judge(const Model *model, Smoke *smoke);
void smoke_give_up(const Model *model, Smoke *smoke);

/* smoke_answer.c: what came back. */
void smoke_dead_letter(const Model *model, Smoke *smoke, const LinkNews *news);
void smoke_result(const Model *model, Smoke *smoke, const LinkNews *news);

/* smoke_trace.c */
void smoke_trace(Smoke *smoke, const LinkNews *news);

#endif
