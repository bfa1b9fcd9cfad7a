/* Verdicts: what the model's facts add up to. Worked out anew each time somebody looks, so that a
 * screen and a report never disagree and nothing of it can be stale. */
#ifndef MESH_VERDICT_H
#define MESH_VERDICT_H

#include "base/cause.h"
#include "mesh/facts.h"

typedef enum CheckId { CHECK_NATS, CHECK_ENV, CHECK_CONFIG, CHECK_LIVE, CHECK_COUNT } CheckId;

typedef struct Check {
    State state;
    char *brief;        /* for a panel row, under 40 columns */
    char *text;         /* the whole sentence; Heddle's own where it has one */
    double ms;          /* -1: not timed */
    const char *cause;  /* stable word, NULL when nothing is wrong */
    const char *remedy; /* id in the remedy table, NULL: none */
    int replicas;       /* of CHECK_LIVE; -1 cannot tell */
} Check;

/* The parts of a remedy (heddle/remedy.h). */
typedef enum RemedyPart { REMEDY_WHY, REMEDY_NEXT, REMEDY_VERIFY } RemedyPart;

/* "nats", "env", "config", "live". */
const char *check_word(CheckId id);

/* One row of an actor's panel. Clear with check_clear(). */
Check verdict_check(const Model *model, const Actor *actor, CheckId id);
void check_clear(Check *check);

/* The worst of an actor's rows. */
State verdict_actor(const Model *model, const Actor *actor);

/* What the ladder of the link's URL shows now: a copy of the last climb, put right by what the
 * heartbeat has told since (a server that fell silent breaks the last rung; one that ended the
 * connection breaks the rung that its reason is about) and by how Heddle's own
 * client takes the URL (heddle/url_view.h: then the URL rung warns). NULL: none yet. Caller frees
 * with ladder_free(). */
Ladder *verdict_ladder(const Model *model);

/* The same for any probe of the model: the link's, or one of the other URLs that actors use, whose
 * URL rung is Heddle's view of that URL with nothing beside it. NULL: none yet. Caller frees with
 * ladder_free(). */
Ladder *verdict_probe_ladder(const Model *model, const Probe *probe);

/* Since when `rung` of a ladder that verdict_ladder() or verdict_probe_ladder() made for `probe` is
 * as it is, monotonic microseconds; 0: not known, or it is in no state that lasts. A change is told
 * by the climb that finds it, so it may be as much older as climbs are apart. */
gint64 verdict_rung_since(const Model *model, const Probe *probe, RungId id, const Rung *rung);

/* The rung that counts: the first that broke, else the first that warns; RUNG_COUNT: none does. */
RungId verdict_worst_rung(const Ladder *ladder);

/* Is a router subscribed? That none is warns only where no actor is declared or seen. *text is what
 * to say (caller frees). */
State verdict_router(const Model *model, char **text);

/* All together, with one sentence (caller frees): the worst of the rungs, the actors, the findings
 * (of which a router that is missing is one) and the last smoke, when one was sent. What a rung
 * cannot tell is no warning: the session that the others prove is there. */
State verdict_overall(const Model *model, char **summary);

/* What to say where nothing was found: that all is well, or, where who is subscribed or what this
 * login may do is not known, that this cannot be told, and why. Caller frees. */
char *verdict_nothing_found(const Model *model);

/* Smoke verdicts as reports spell them, and how bad each is. */
const char *smoke_word(SmokeVerdict verdict);
State smoke_state(SmokeVerdict verdict);

/* Remedy id of a verdict whose circumstances are not known; NULL when none is needed. */
const char *smoke_verdict_remedy(SmokeVerdict verdict);

/* One part of the remedy of a smoke (REMEDY_NEXT: the command to type), filled in for the very
 * worker type, tier and configs that it is about. NULL: there is none, or the roster of now shows
 * whom the smoke missed. Caller frees. */
char *smoke_remedy(const Model *model, const Smoke *smoke, RemedyPart part);

typedef struct SmokeStats {
    unsigned done, ok; /* decided smokes that are kept, and how many of them completed */
    double p50, p99;   /* milliseconds over those with an answer; -1 none */
} SmokeStats;
SmokeStats smoke_stats(const Model *model);

/* One part of a remedy, filled in for a broken thing: an actor's row, or (NULL) the link or the
 * smoke. REMEDY_NEXT is the command to type. NULL: there is none. Caller frees. */
char *verdict_remedy(const Model *model, const Actor *actor, const char *remedy_id,
                     RemedyPart part);

/* Its REMEDY_NEXT. */
char *verdict_next(const Model *model, const Actor *actor, const char *remedy_id);

#endif
