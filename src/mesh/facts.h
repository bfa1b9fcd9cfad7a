/* What follows from the model about one actor: which URL, kind, name and tier count for it. Nothing
 * here is stored, so nothing of it can be out of date. */
#ifndef MESH_FACTS_H
#define MESH_FACTS_H

#include "mesh/model.h"

/* The URL that counts, as typed (never shown): its own override, an mcp's nats_url, the model's.
 * Borrowed, never NULL. */
const char *actor_url(const Model *model, const Actor *actor);

/* What its config shows, else what the operator wrote. */
ActorKind actor_kind(const Actor *actor);

/* Its name in the config, else the file's without folder and ending. Caller frees. */
char *actor_name(const Actor *actor);

/* The tier that counts: its override, the one set for all, else its own (the config's
 * default_model_tier, else Heddle's default for the kind). "" for kinds without one. Borrowed. */
const char *actor_tier(const Model *model, const Actor *actor);

/* Its own tier, whatever is set; "" for kinds without one. Borrowed. */
const char *actor_own_tier(const Actor *actor);

/* Has it no config here, but was seen on the bus? */
gboolean actor_is_stranger(const Actor *actor);

/* What the newest roster shows of it, tier and all; NULL: it is not there, or no roster is known.
 * Borrowed from the roster. Where the bus tells no names (router, pipeline, orchestrator) it is all
 * of that kind. */
const BusActor *actor_on_bus(const Model *model, const Actor *actor);
unsigned actor_replicas(const Model *model, const Actor *actor);

/* Is there a server that does not tell: one that answered before and not in the newest roster, or
 * one of the cluster that takes connections and says nothing? */
gboolean roster_is_partial(const Model *model);

/* May any connection of the newest roster get what is published on `subject`, but our own, which
 * takes nothing of ours? FALSE too when no roster is known. */
gboolean roster_has_taker(const Model *model, const char *subject);

/* Has somebody taken a smoke whom the roster does not show? Then there is another account. */
gboolean roster_is_of_part(const Model *model);

/* Those of its kind and name on any tier; *count is how many; NULL: none. */
BusActor *const *actor_tiers_on_bus(const Model *model, const Actor *actor, unsigned *count);

/* The command that starts it, as it must be typed: kind, config, URL (masked ones as $NATS_URL) and
 * --tier where Heddle's default is another. NULL for an unknown kind. Caller frees. */
char *actor_command(const Model *model, const Actor *actor);

/* What the environment check says of it for `tier`: its own source's, else the model's. NULL: not
 * looked at yet, or Heddle asks nothing for the tier. Borrowed. */
const EnvReport *actor_env(const Model *model, const Actor *actor, Tier tier);

/* Where that is from: "/etc/heddle/echo.env"; NULL: this process's environment. Clean; caller
 * frees. */
char *actor_env_source(const Model *model, const Actor *actor);

/* The command that puts what its tier misses into its env file and, where that is known, restarts
 * it. Of one that is up, from no file, what to set before its next start. NULL: its environment is
 * from no file. Caller frees. */
char *actor_env_command(const Model *model, const Actor *actor);

/* What brings it back: the command of its profile where there is one, else the one that starts it.
 * NULL for an unknown kind. Caller frees. */
char *actor_restart(const Model *model, const Actor *actor);

/* The same as one of several that are pasted together: what would keep the terminal goes to the
 * background. *asks becomes TRUE where it needs $NATS_URL to be set before. Caller frees. */
char *actor_restart_among(const Model *model, const Actor *actor, gboolean *asks);

/* Did it go with a lost connection, and has had the time to come back since? A client that
 * reconnects has done so by then (nats-py tries every two seconds); Heddle 0.9.2's do not. */
gboolean actor_is_left_behind(const Model *model, const Actor *actor);

/* FALSE for a valid file in a folder that is no actor's config: it is listed as skipped. */
gboolean actor_is_shown(const Actor *actor);

/* May a smoke of this mode ask an LLM, which may have to be paid: a task for somebody that is known
 * as a worker here or on the bus, or a goal where there is an orchestrator or any such worker? */
gboolean smoke_may_cost(const Model *model, SmokeMode mode, const char *worker_type);

/* Median of the round trips kept, milliseconds; -1 when there is none. */
double link_rtt(const LinkView *link);

#endif
