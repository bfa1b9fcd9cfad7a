/* This process's own TCP sockets, found by where they lead: for those that libnats has opened and
 * gives nobody. */
#ifndef NATS_SOCKETS_H
#define NATS_SOCKETS_H

#include <glib.h>

typedef void (*SocketVisit)(void *data, int fd, gint64 inode);

/* Visit those whose other end is `address` ("10.0.3.7:4222", "[::1]:4222"), in no order. Any of
 * them may be closed by another thread at any time. */
void sockets_visit(const char *address, SocketVisit visit, void *data);

typedef enum PathState {
    PATH_UNKNOWN, /* there is no such socket */
    PATH_HOLDS,   /* the other host has acknowledged all that was sent */
    PATH_CUT,     /* it has not, though it was sent again */
} PathState;

/* What the kernel knows of the socket that leads from `local_port` to `address`: whether the other
 * host's kernel still answers, whatever its programs do (tcp(7), TCP_INFO). *quiet_ms: how long it
 * has acknowledged nothing. */
PathState sockets_path(const char *address, unsigned local_port, unsigned *quiet_ms);

#endif
