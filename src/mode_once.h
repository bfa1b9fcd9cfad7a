/* Mode --once: every check, perhaps a smoke, one report on standard output. */
#ifndef MODE_ONCE_H
#define MODE_ONCE_H

#include "mesh/engine.h"
#include "options.h"

/* Runs until everything is known, or until all hold when --wait was given: that ends with its time,
 * or with the first SIGINT or SIGTERM, and the report tells what is known by then. Returns the exit
 * status. */
int mode_once(const Options *options, Model *model, Engine *engine);

#endif
