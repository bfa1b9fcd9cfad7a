/* One connection of a climb: a non-blocking socket with a deadline, plain or under TLS, read by
 * line and written whole. The line reader keeps what it has read ahead and never more than was
 * asked for, so a server that talks without end costs a fixed amount of memory.
 *
 * Nothing here raises SIGPIPE, whatever the process does about that signal: sockets are written
 * with MSG_NOSIGNAL, those below OpenSSL too. */
#ifndef NATS_LADDER_IO_H
#define NATS_LADDER_IO_H

#include <netinet/in.h>
#include <openssl/ssl.h>

#include "base/text.h"

typedef enum IoEnd {
    IO_DONE,
    IO_LATE,      /* the time given is over */
    IO_CANCELLED, /* somebody does not want to know any more */
    IO_CLOSED,    /* the other side closed */
    IO_RESET,     /* the connection broke: RST, or no route any more */
    IO_TOO_LONG,  /* a line without end */
    IO_TLS,       /* the TLS session failed: see tls_reason */
} IoEnd;

typedef struct LadderAddress {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } to;
    char text[INET6_ADDRSTRLEN + 40]; /* "10.0.3.7:4222", "[fe80::1%eth0]:4222" */
} LadderAddress;

typedef struct LadderIo { /* all zero but fd = -1 before it is opened */
    int fd;
    SSL *ssl;           /* NULL: plain */
    BIO_METHOD *method; /* how OpenSSL reaches fd */
    GByteArray *in;     /* read, not yet handed out from `taken` on */
    guint taken, scanned;
    const int *cancelled;
    gboolean closed; /* the other side has closed its end */
    gboolean heard;  /* bytes have come out of the TLS session */
    char answer[8];  /* what the other side said first where TLS began; not ended by NUL */
    gsize answer_len;
    int tls_reason; /* OpenSSL's reason code of the failure; 0 none, -1 not OpenSSL's */
} LadderIo;

/* Begin to connect. Returns the socket, which ladder_owns_socket() knows until io_close_socket(),
 * or -1 with errno. Connecting may still go on: wait for POLLOUT, then ask io_connected(). */
int io_start_connect(const LadderAddress *address);
void io_close_socket(int fd);

/* 0 once the connection stands, else an errno value. */
int io_connected(int fd);

void io_open(LadderIo *io, int fd, const int *cancelled);
void io_close(LadderIo *io); /* closes politely, without waiting; fine when nothing is open */

/* Wait until `events` (of poll(2)) or until `until_us` on the monotonic clock. */
IoEnd io_wait(LadderIo *io, short events, gint64 until_us);

/* Read at least one more byte into `in`. */
IoEnd io_fill(LadderIo *io, gint64 until_us);

/* The next line, without its end; a view that holds until the next call. At most `max` bytes, a CR
 * at its end with them. */
IoEnd io_line(LadderIo *io, gsize max, gint64 until_us, RawText *line);

/* The next `len` bytes, a view as io_line()'s. */
IoEnd io_bytes(LadderIo *io, gsize len, gint64 until_us, RawText *bytes);

/* What was read and not handed out. */
RawText io_pending(const LadderIo *io);

/* Send all of it. */
IoEnd io_send(LadderIo *io, const char *bytes, gsize len, gint64 until_us);

/* Wait as the last result of an OpenSSL call on io->ssl asks for. IO_DONE: try again. */
IoEnd io_tls_wait(LadderIo *io, int result, gint64 until_us);

/* Put OpenSSL on the socket; `ssl` belongs to io from here on. FALSE when out of memory. */
gboolean io_start_tls(LadderIo *io, SSL *ssl);

/* Has the caller lost interest? */
gboolean io_is_cancelled(const int *cancelled);

#endif
