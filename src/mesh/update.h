/* update(): the only function that changes the model. Pure: it reads no clock, does no I/O, and the
 * same model and event always give the same model and effects. */
#ifndef MESH_UPDATE_H
#define MESH_UPDATE_H

#include "mesh/effect.h"
#include "mesh/event.h"

/* What a fresh model asks for: walk, look at the environment, connect. */
void update_start(Model *model, Effects *effects);

/* Take `event` in (the caller still owns it) and append what is to be done. */
void update(Model *model, const Event *event, Effects *effects);

/* When the model next wants a tick (monotonic microseconds): at the latest a second after its last
 * event, sooner when something falls due before. */
gint64 update_due(const Model *model);

#endif
