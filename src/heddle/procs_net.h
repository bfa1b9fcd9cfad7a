/* TCP connections of the processes that procs.c has found: internal to procs_scan(). */
#ifndef HEDDLE_PROCS_NET_H
#define HEDDLE_PROCS_NET_H

#include "heddle/procs.h"

typedef struct ProcsNet ProcsNet;

ProcsNet *procs_net_new(void);

/* Note which sockets `proc` holds; `folder` is its folder in /proc. Sets sockets_readable. `proc`
 * must live until procs_net_match(). */
void procs_net_add(ProcsNet *net, int folder, HeddleProc *proc);

/* Fill in the connections of all that were added, reading each network's table once. `root` is the
 * folder of /proc. */
void procs_net_match(ProcsNet *net, int root);
void procs_net_free(ProcsNet *net);

/* One line of /proc/net/tcp or tcp6. FALSE when it is none (its heading is none). */
gboolean procs_net_line(const char *line, ProcSocket *socket, unsigned *state, guint64 *inode);

#endif
