/* What runs on this machine (heddle/procs.h), held against the panels: which process is which
 * actor. Nothing of it is stored, so nothing can be out of date beyond the age of the scan. */
#ifndef MESH_LOCAL_H
#define MESH_LOCAL_H

#include "mesh/model.h"

/* The processes that are this actor: started with its very config, or (a stranger) holding one of
 * its connections. Of const HeddleProc *, borrowed from the model's scan; free with
 * g_ptr_array_unref(). Empty when there are none, or none can be seen. */
GPtrArray *local_procs(const Model *model, const Actor *actor);

/* Was it told another server than this actor is looked for on, as far as can be seen? Then it is
 * another mesh's, which has the same configs: not to be restarted, and no example of anything. */
gboolean local_is_elsewhere(const Model *model, const Actor *actor, const HeddleProc *proc);

/* The first of them that runs as the actor's own kind, and is not elsewhere; NULL: none. Borrowed.
 */
const HeddleProc *local_proc(const Model *model, const Actor *actor);

/* Alive, and without a TCP connection or one being made, as far as can be seen. */
gboolean local_is_cut_off(const HeddleProc *proc);

/* For how long that has been so, microseconds; 0 when it is not. */
gint64 local_cut_off_us(const Model *model, const HeddleProc *proc);

/* "pid 4711", with its unit or container where it has one. Caller frees. */
char *local_name(const HeddleProc *proc);

/* What restarts it: its unit or container, else kill and `command` (may be NULL). Caller frees. */
char *local_restart(const HeddleProc *proc, const char *command);

#endif
