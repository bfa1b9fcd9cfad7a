/* The whole bus at the edge: which subjects are listened to, and the work on it that takes long.
 * The jobs block and are for a runner; each gives an event to be posted. */
#ifndef MESH_BUS_JOBS_H
#define MESH_BUS_JOBS_H

#include "mesh/event.h"

/* The watch of heddle.> and the sentinel, with the limits of their guards. */
extern const LinkStreamHow bus_streams[LINK_STREAMS];

/* LinkHow's `suspect`: poison_suspect(). */
int bus_is_suspect(const char *subject, const char *bytes, gsize len);

/* Look at a LINK_NEWS_SUSPECT exactly: an EVENT_POISON of the time at which it came. */
Event *bus_job_judge(const LinkNews *news);

/* Write a message to a new file: an EVENT_SAVED. */
Event *bus_job_save(const char *path, const char *bytes, gsize len);

#endif
