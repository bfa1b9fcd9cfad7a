/* The dashboard: the loop that turns keys, news and time into events, and the model into frames. */
#ifndef UI_MODE_DASHBOARD_H
#define UI_MODE_DASHBOARD_H

#include "mesh/engine.h"
#include "src/options.h"

/* Runs until the operator quits or a signal ends it. Returns the exit status: 0, or 128 and the
 * signal's number, or 3 when the terminal cannot be used. The terminal is as it was found. Waits
 * for no thread. */
int mode_dashboard(const Options *options, Model *model, Engine *engine);

#endif
