/* The roster's work that takes long: reading replies, and asking the monitoring port. Both block
 * and are for a runner; both give an EVENT_ROSTER to be posted. */
#ifndef MESH_ROSTER_JOBS_H
#define MESH_ROSTER_JOBS_H

#include "mesh/event.h"

/* Read `replies` (of GBytes *; borrowed). One that cannot be read is passed over while another can:
 * a cluster of mixed versions. `with_bus`: look for Heddle's actors. */
Event *roster_job_read(const GPtrArray *replies, gboolean with_bus);

/* Ask the monitoring port at `given` (a URL, or NULL: the usual port of `host`) page by page. Only
 * the server with this id counts (NULL or "": any). `ca_file`: see Monitor. Bounded by some 4 s. */
Event *roster_job_monitor(const char *host, const char *given, const char *server_id,
                          const char *ca_file);

#endif
