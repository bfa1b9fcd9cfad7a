/* Gathers the replies of one round of the roster until they are read, so that megabytes of JSON
 * touch neither the main thread nor an event. Filled by libnats' threads, emptied by the main one.
 */
#ifndef MESH_GATHER_H
#define MESH_GATHER_H

#include <glib.h>

typedef struct Gather Gather;

Gather *gather_new(void);
void gather_free(Gather *gather);

/* A round begins: replies to another one are dropped from now on, and those that are here too
 * unless it is the same one. */
void gather_begin(Gather *gather, unsigned round);

/* Take one reply in; takes `bytes`. A round of more than 64 MiB drops what comes after. Any
 * thread. */
void gather_add(Gather *gather, unsigned round, char *bytes, gsize len);

/* All replies of `round` so far, of GBytes *. Free with g_ptr_array_unref(). */
GPtrArray *gather_take(Gather *gather, unsigned round);

#endif
