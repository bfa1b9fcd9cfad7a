/* One of Heddle's processes, read from its folder in /proc: internal to procs_scan(). */
#ifndef HEDDLE_PROCS_ONE_H
#define HEDDLE_PROCS_ONE_H

#include "heddle/procs.h"

/* Read the process of the open `folder`, all but its connections. `boot`: when the machine started,
 * in seconds since the epoch; 0: unknown. NULL when it is none of Heddle's, or has just ended. */
HeddleProc *procs_one_read(int folder, int pid, gint64 boot);
void procs_one_free(gpointer proc); /* wipes its URL */

#endif
