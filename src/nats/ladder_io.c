#include "nats/ladder_io.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "nats/ladder.h"

enum {
    SLICE_MS = 50, /* how often a wait looks whether it is cancelled */
    CHUNK_BYTES = 16 * 1024,
    READ_AHEAD_BYTES = 1024, /* an INFO line, most often */
    MAX_OWNED = 256, /* sockets of climbs at once; four runners and a link need a tenth of it */
};

/* --- the sockets that climbs own --- */

/* Process-wide, since the link's watchdog walks over all sockets of the process and must tell ours
 * from libnats'. The lock is held across connect's socket() and across close(), so that a number is
 * never in the list while it means another's file. */
static struct {
    pthread_mutex_t lock;
    int fds[MAX_OWNED];
    unsigned count;
} owned = {.lock = PTHREAD_MUTEX_INITIALIZER};

gboolean ladder_owns_socket(int fd)
{
    gboolean found = FALSE;

    pthread_mutex_lock(&owned.lock);
    for (unsigned i = 0; i < owned.count && !found; i++)
        found = owned.fds[i] == fd;
    pthread_mutex_unlock(&owned.lock);
    return found;
}

static int own_socket(int family)
{
    int fd = -1;

    pthread_mutex_lock(&owned.lock);
    if (owned.count < MAX_OWNED)
        fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    else
        errno = EMFILE;
    if (fd >= 0)
        owned.fds[owned.count++] = fd;
    pthread_mutex_unlock(&owned.lock);
    return fd;
}

void io_close_socket(int fd)
{
    if (fd < 0)
        return;
    pthread_mutex_lock(&owned.lock);
    for (unsigned i = 0; i < owned.count; i++)
        if (owned.fds[i] == fd) {
            owned.fds[i] = owned.fds[--owned.count];
            break;
        }
    close(fd);
    pthread_mutex_unlock(&owned.lock);
}

/* --- connecting --- */

int io_start_connect(const LadderAddress *address)
{
    gboolean v4 = address->to.any.sa_family == AF_INET;
    int fd = own_socket(address->to.any.sa_family), on = 1, error;

    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, &address->to.any, v4 ? sizeof address->to.v4 : sizeof address->to.v6) != 0 &&
        errno != EINPROGRESS) {
        error = errno;
        io_close_socket(fd);
        errno = error;
        return -1;
    }
    return fd;
}

/* A loopback port that nobody listens on may be given to the very socket that dials it: TCP then
 * connects it to itself. */
static gboolean talks_to_itself(int fd)
{
    struct sockaddr_storage here = {0}, there = {0};
    socklen_t here_len = sizeof here, there_len = sizeof there;

    return getsockname(fd, (struct sockaddr *)&here, &here_len) == 0 &&
           getpeername(fd, (struct sockaddr *)&there, &there_len) == 0 && here_len == there_len &&
           memcmp(&here, &there, here_len) == 0;
}

int io_connected(int fd)
{
    int error = 0;
    socklen_t len = sizeof error;

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        return errno;
    return error == 0 && talks_to_itself(fd) ? ECONNREFUSED : error;
}

void io_open(LadderIo *io, int fd, const int *cancelled)
{
    *io = (LadderIo){
        .fd = fd, .in = g_byte_array_sized_new(READ_AHEAD_BYTES), .cancelled = cancelled};
}

void io_close(LadderIo *io)
{
    if (io->ssl != NULL) {
        if (io->tls_reason == 0 && SSL_is_init_finished(io->ssl))
            SSL_shutdown(io->ssl); /* says goodbye, waits for none */
        SSL_free(io->ssl);
        ERR_clear_error();
    }
    BIO_meth_free(io->method);
    if (io->in != NULL)
        g_byte_array_unref(io->in);
    if (io->fd >= 0) {
        shutdown(io->fd, SHUT_RDWR);
        io_close_socket(io->fd);
    }
    *io = (LadderIo){.fd = -1};
}

/* --- waiting --- */

gboolean io_is_cancelled(const int *cancelled)
{
    return cancelled != NULL && __atomic_load_n(cancelled, __ATOMIC_RELAXED) != 0;
}

IoEnd io_wait(LadderIo *io, short events, gint64 until_us)
{
    struct pollfd wanted = {io->fd, events, 0};

    for (;;) {
        gint64 left_ms = (until_us - clock_now() + 999) / 1000;

        if (io_is_cancelled(io->cancelled))
            return IO_CANCELLED;
        if (poll(&wanted, 1, (int)CLAMP(left_ms, 0, SLICE_MS)) > 0)
            return IO_DONE;
        if (left_ms <= 0)
            return IO_LATE;
    }
}

/* What an errno of recv() or send() means; IO_DONE: try again later. */
static IoEnd end_of_errno(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR ? IO_DONE : IO_RESET;
}

/* --- OpenSSL on the socket --- */

static int bio_read(BIO *bio, char *bytes, int len)
{
    LadderIo *io = BIO_get_data(bio);
    ssize_t got = recv(io->fd, bytes, (size_t)len, MSG_DONTWAIT);

    BIO_clear_retry_flags(bio);
    if (got < 0 && end_of_errno(errno) == IO_DONE)
        BIO_set_retry_read(bio);
    io->closed |= got == 0;
    for (ssize_t i = 0; i < got && io->answer_len < sizeof io->answer; i++)
        io->answer[io->answer_len++] = bytes[i];
    return (int)got;
}

static int bio_write(BIO *bio, const char *bytes, int len)
{
    LadderIo *io = BIO_get_data(bio);
    ssize_t sent = send(io->fd, bytes, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT);

    BIO_clear_retry_flags(bio);
    if (sent < 0 && end_of_errno(errno) == IO_DONE)
        BIO_set_retry_write(bio);
    return (int)sent;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
    const LadderIo *io = BIO_get_data(bio);

    (void)number;
    (void)pointer;
    if (command == BIO_CTRL_EOF)
        return io->closed;
    return command == BIO_CTRL_FLUSH;
}

gboolean io_start_tls(LadderIo *io, SSL *ssl)
{
    BIO *bio = NULL;

    io->ssl = ssl;
    io->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "ladder");
    if (io->method != NULL && BIO_meth_set_read(io->method, bio_read) &&
        BIO_meth_set_write(io->method, bio_write) && BIO_meth_set_ctrl(io->method, bio_ctrl))
        bio = BIO_new(io->method);
    if (bio == NULL)
        return FALSE;
    BIO_set_data(bio, io);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    return TRUE;
}

IoEnd io_tls_wait(LadderIo *io, int result, gint64 until_us)
{
    unsigned long error;

    switch (SSL_get_error(io->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return io_wait(io, POLLIN, until_us);
    case SSL_ERROR_WANT_WRITE:
        return io_wait(io, POLLOUT, until_us);
    case SSL_ERROR_ZERO_RETURN:
        return IO_CLOSED;
    case SSL_ERROR_SYSCALL:
        io->tls_reason = -1;
        ERR_clear_error();
        return io->closed ? IO_CLOSED : IO_RESET;
    default:
        error = ERR_get_error();
        ERR_clear_error();
        io->tls_reason = ERR_GET_REASON(error);
        if (io->tls_reason == SSL_R_UNEXPECTED_EOF_WHILE_READING)
            return IO_CLOSED;
        return IO_TLS;
    }
}

/* --- bytes and lines --- */

IoEnd io_fill(LadderIo *io, gint64 until_us)
{
    guint8 chunk[CHUNK_BYTES];

    for (;;) {
        ssize_t got;
        IoEnd end;

        if (io->ssl != NULL) {
            got = SSL_read(io->ssl, chunk, sizeof chunk);
            io->heard |= got > 0;
            end = got > 0 ? IO_DONE : io_tls_wait(io, (int)got, until_us);
        } else {
            got = recv(io->fd, chunk, sizeof chunk, MSG_DONTWAIT);
            end = got > 0 ? IO_DONE : got == 0 ? IO_CLOSED : end_of_errno(errno);
            if (got < 0 && end == IO_DONE)
                end = io_wait(io, POLLIN, until_us);
        }
        if (got > 0) {
            g_byte_array_append(io->in, chunk, (guint)got);
            return io_is_cancelled(io->cancelled) ? IO_CANCELLED : IO_DONE;
        }
        if (end != IO_DONE)
            return end;
    }
}

RawText io_pending(const LadderIo *io)
{
    return raw_bytes(io->in->data + io->taken, io->in->len - io->taken);
}

/* What was handed out is not needed any more. */
static void drop_taken(LadderIo *io)
{
    if (io->taken == 0)
        return;
    g_byte_array_remove_range(io->in, 0, io->taken);
    io->taken = 0;
    io->scanned = 0;
}

IoEnd io_bytes(LadderIo *io, gsize len, gint64 until_us, RawText *bytes)
{
    drop_taken(io);
    while (io->in->len < len) {
        IoEnd end = clock_now() >= until_us ? IO_LATE : io_fill(io, until_us);

        if (end != IO_DONE)
            return end;
    }
    io->taken = (guint)len;
    *bytes = raw_bytes(io->in->data, len);
    return IO_DONE;
}

IoEnd io_line(LadderIo *io, gsize max, gint64 until_us, RawText *line)
{
    drop_taken(io);
    for (;;) {
        const guint8 *from = io->in->data + io->scanned;
        const guint8 *feed =
            io->in->len > io->scanned ? memchr(from, '\n', io->in->len - io->scanned) : NULL;
        IoEnd end;

        io->scanned = io->in->len;
        if (feed != NULL) {
            gsize len = (gsize)(feed - io->in->data);
            gboolean too_long = len > max; /* whatever the pieces were that it came in */

            io->taken = (guint)len + 1;
            while (len > 0 && io->in->data[len - 1] == '\r')
                len--;
            *line = raw_bytes(io->in->data, len);
            return too_long ? IO_TOO_LONG : IO_DONE;
        }
        if (io->in->len > max)
            return IO_TOO_LONG;
        end = clock_now() >= until_us ? IO_LATE : io_fill(io, until_us);
        if (end != IO_DONE)
            return end;
    }
}

IoEnd io_send(LadderIo *io, const char *bytes, gsize len, gint64 until_us)
{
    while (len > 0) {
        ssize_t sent;
        IoEnd end = IO_DONE;

        if (io->ssl != NULL) {
            sent = SSL_write(io->ssl, bytes, (int)len);
            if (sent <= 0)
                end = io_tls_wait(io, (int)sent, until_us);
        } else {
            sent = send(io->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0)
                end = end_of_errno(errno);
            if (sent < 0 && end == IO_DONE)
                end = io_wait(io, POLLOUT, until_us);
        }
        if (end != IO_DONE)
            return end;
        if (sent > 0) {
            bytes += sent;
            len -= (gsize)sent;
        }
    }
    return IO_DONE;
}
