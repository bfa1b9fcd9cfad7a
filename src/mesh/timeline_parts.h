/* The parts of timeline_observe(): what only they call among each other. */
#ifndef MESH_TIMELINE_PARTS_H
#define MESH_TIMELINE_PARTS_H

#include "mesh/timeline_observe.h"

/* A change of now, without a sentence. The strings are borrowed. */
Change timeline_change(const Model *model, const char *track, State state, const char *word);

/* What a state is called: by its cause where it has one. Static or borrowed. */
const char *timeline_word(State state, const char *cause);

/* Is it a state to tell, or does somebody still look? */
gboolean timeline_is_known(State state);

/* timeline_bus.c: what the guard did to the watches, poison, reloads. */
void timeline_observe_bus(Model *model);

/* timeline_actors.c */
void timeline_observe_actors(Model *model, Scope scope);

#endif
