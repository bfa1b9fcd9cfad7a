/* The line reader takes whatever a server sends, in whatever pieces: its lines are those of the
 * stream, none is longer than was asked for, and it never keeps much more than that. The first two
 * bytes say how long a line may be and how large the pieces are. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "nats/ladder_io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_BYTES = 32 * 1024, CHUNK_BYTES = 16 * 1024 /* of one read, as in ladder_io.c */ };

/* The line that begins at `from`, as it should be read; *next is where the one after it begins; 0:
 * it has no end. */
static RawText line_at(const uint8_t *data, size_t size, size_t from, size_t *next)
{
    const uint8_t *feed = from < size ? memchr(data + from, '\n', size - from) : NULL;
    size_t len = feed != NULL ? (size_t)(feed - data) - from : size - from;

    *next = feed != NULL ? from + len + 1 : 0;
    while (feed != NULL && len > 0 && data[from + len - 1] == '\r')
        len--;
    return raw_bytes(data + from, len);
}

/* One line after the other until the stream ends or the reader gives up. */
static void read_lines(LadderIo *io, int there, const uint8_t *data, size_t size, size_t piece,
                       size_t most)
{
    size_t from = 0, sent = 0, next;
    gboolean quiet = FALSE;

    while (!quiet) {
        RawText expected = line_at(data, size, from, &next), line;
        IoEnd end = io_line(io, most, clock_now(), &line); /* what is there, without waiting */

        if (io->in->len > most + CHUNK_BYTES)
            abort();
        if (end == IO_TOO_LONG) {
            if ((next != 0 ? next - 1 : size) - from <= most)
                abort();
            return;
        }
        if (end == IO_DONE) {
            if (next == 0 || next - 1 - from > most || line.len != expected.len ||
                memcmp(line.bytes, expected.bytes, line.len) != 0)
                abort();
            from = next;
        } else if (end == IO_LATE && sent < size) {
            size_t len = MIN(piece, size - sent);

            if (write(there, data + sent, len) != (ssize_t)len)
                abort();
            sent += len;
            if (io_fill(io, clock_now() + G_USEC_PER_SEC) != IO_DONE)
                abort();
        } else if (end == IO_LATE) {
            quiet = io_fill(io, clock_now()) == IO_LATE; /* all is read: what is left has no end */
        } else {
            abort();
        }
    }
    if (next != 0) /* a whole line was kept back */
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LadderIo io = {.fd = -1};
    int pair[2];

    if (size < 2 || size > MOST_BYTES || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return 0;
    io_open(&io, pair[0], NULL);
    read_lines(&io, pair[1], data + 2, size - 2, (size_t)data[1] * 16 + 1, (size_t)data[0] * 8);
    io_close(&io);
    close(pair[1]);
    return 0;
}
