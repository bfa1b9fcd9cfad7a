/* What the verdicts' files share, and nobody else includes. */
#ifndef MESH_VERDICT_PARTS_H
#define MESH_VERDICT_PARTS_H

#include "mesh/verdict.h"

/* The NATS row of whoever uses the link's URL: what the last climb and the heartbeat since have
 * told. Clear with check_clear(). */
Check verdict_link(const Model *model);

/* Of a link that is silent: since when, and on whose side; caller frees. */
char *verdict_silence(const Model *model, Cause *cause);

/* A check without a cause, a time or a count; takes the strings. */
Check check_of(State state, char *brief, char *text);

/* A text of remedy `remedy_id`, filled in for an actor (NULL: the link). `name` and `tier` instead
 * of its own; NULL: its own. Caller frees. */
char *verdict_fill(const Model *model, const Actor *actor, const char *name, const char *tier,
                   const char *remedy_id, const char *pattern);

/* verdict_live.c: the live row. */
Check verdict_live(const Model *model, const Actor *actor);

#endif
