/* What goes onto the timeline: compares what is true now with what was seen last. update() calls it
 * after every event, so it looks only at what that kind of event can have changed. */
#ifndef MESH_TIMELINE_OBSERVE_H
#define MESH_TIMELINE_OBSERVE_H

#include "mesh/event.h"

/* What an event may change. Worked out before it is taken in, since update() takes parts of it. */
typedef struct Scope {
    unsigned what;  /* 0: nothing that is watched */
    unsigned actor; /* whose checks; 0: all actors' */
} Scope;

Scope timeline_scope(const Event *event);

/* Append an entry for every change within `scope` to model->timeline.
 *
 * What is not a change: a state that is not known yet (pending, not reached, a live row without a
 * connection) keeps the last one that was; the first state of a thing is only taken, but for the
 * link's and a smoke's. The nats row of an actor on the link's own URL is the link's track. Actors
 * whose same row changes in the same way by the same event share one entry. */
void timeline_observe(Model *model, Scope scope);

#endif
