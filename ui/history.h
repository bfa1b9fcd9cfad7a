/* URLs entered before, kept in $XDG_STATE_HOME/heddle-preflight/history, without any that holds a
 * password. Files are read and written on the engine's threads. */
#ifndef UI_HISTORY_H
#define UI_HISTORY_H

#include "mesh/engine.h"

typedef struct History History;

/* Begin to load. `path` NULL: the usual one. */
History *history_new(Engine *engine, const char *path);
void history_free(History *history);

/* What is known now, oldest first; borrowed until the next call. */
GPtrArray *history_lines(History *history);

/* Add `url`, unless it holds a password or token, and save. */
void history_add(History *history, const char *url);

#endif
