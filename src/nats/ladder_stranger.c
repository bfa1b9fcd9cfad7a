/* Who is it, if not a NATS client port? Told by the first bytes of what it says, or, when it waits
 * to be spoken to, by its answer to one HTTP request on a second connection: the first one is left
 * alone, since a slow server's TLS or login would stumble over bytes that came too early. Who hangs
 * up on that, or answers with an alert of TLS, is asked once more in TLS. */
#include <jansson.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "nats/ladder_internal.h"

enum {
    ASK_MS = 300,  /* for the whole of the second connection */
    TLS_MS = 1000, /* for the one after it, to whom closed on a question in clear */
    MAX_ANSWER_BYTES = 256 * 1024,
};

#define TLS_ALERT "\x15\x03"

static const char question[] = "GET /varz HTTP/1.0\r\n\r\n";

static const struct {
    const char *begins;
    const char *who;
} strangers[] = {
    {"HTTP/", "a web server or a WebSocket port"},
    {"SSH-", "an SSH server"},
    {TLS_ALERT, "a port that speaks TLS from the first byte"},
    {"220", "a mail or FTP server"},
    {"RFB ", "a VNC server"},
    {"AMQP", "an AMQP broker"},
    {"+PONG", "a Redis server"},
    {"-DENIED Redis", "a Redis server"},
    {"-ERR wrong number of arguments for 'get'", "a Redis server"},
    {"-NOAUTH", "a Redis server"},
};

static gboolean begins(RawText text, const char *with)
{
    gsize len = strlen(with);

    return text.len >= len && memcmp(text.bytes, with, len) == 0;
}

void stranger_named(Rung *rung, RawText said)
{
    const char *feed = said.len > 0 ? memchr(said.bytes, '\n', said.len) : NULL;
    g_autofree char *snippet = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(strangers); i++)
        if (begins(said, strangers[i].begins)) {
            rung_breaks(rung, CAUSE_NOT_NATS, "not NATS: %s", strangers[i].who);
            return;
        }
    if (feed != NULL)
        said.len = (gsize)(feed - said.bytes);
    while (said.len > 0 && said.bytes[said.len - 1] == '\r')
        said.len--;
    snippet = text_clean(said, SNIPPET_CHARS);
    rung_breaks(rung, CAUSE_NOT_NATS, "not NATS: it said “%s”", snippet);
}

/* The monitoring port's /varz, which names the client port. FALSE if it is anything else. */
static gboolean is_monitoring(RawText answer, Rung *rung)
{
    const char *body = memmem(answer.bytes, answer.len, "\r\n\r\n", 4);
    json_t *varz, *port;
    gboolean is;

    if (body == NULL)
        return FALSE;
    body += 4;
    varz = json_loadb(body, answer.len - (gsize)(body - answer.bytes), 0, NULL);
    is = json_is_string(json_object_get(varz, "server_id"));
    port = json_object_get(varz, "port");
    if (is && json_is_integer(port))
        rung_breaks(rung, CAUSE_MONITORING_PORT, "the HTTP monitoring port; clients use port %d",
                    (int)CLAMP(json_integer_value(port), 0, G_MAXUINT16));
    else if (is)
        rung_breaks(rung, CAUSE_MONITORING_PORT, "the HTTP monitoring port, not the clients'");
    json_decref(varz);
    return is;
}

static IoEnd dial_again(Climb *climb, LadderIo *io, gint64 until_us)
{
    int fd = io_start_connect(&climb->addresses[climb->won]);
    IoEnd end;

    if (fd < 0)
        return IO_RESET;
    io_open(io, fd, climb->cancelled);
    end = io_wait(io, POLLOUT, until_us);
    return end == IO_DONE && io_connected(fd) != 0 ? IO_RESET : end;
}

/* A NATS server that begins with TLS (handshake_first) says its INFO under it, if it does not want
 * a client certificate first. */
static gboolean begins_with_tls(Climb *climb, Rung *rung)
{
    LadderIo io = {.fd = -1};
    gint64 until = MIN(climb_patience(climb), clock_now() + TLS_MS * 1000);
    IoEnd end = dial_again(climb, &io, until);
    gboolean wanted_cert, is = FALSE;

    if (end == IO_DONE)
        end = tls_try(climb, &io, until);
    wanted_cert = climb->wants_cert && end != IO_DONE && end != IO_LATE && end != IO_CANCELLED;
    climb->wants_cert = FALSE; /* on that connection only */
    if (end == IO_DONE && begins(io_pending(&io), "INFO ")) {
        is = TRUE;
        rung_breaks(rung, CAUSE_TLS_FIRST,
                    "this server begins with TLS (handshake_first): use --tlsfirst");
    } else if (wanted_cert) {
        is = TRUE;
        rung_breaks(rung, CAUSE_TLS_FIRST,
                    "this server begins with TLS and wants a client certificate: use --tlsfirst, "
                    "--tlscert and --tlskey");
    }
    io_close(&io);
    return is;
}

static IoEnd ask(Climb *climb, LadderIo *io)
{
    gint64 until = MIN(climb->deadline_us, clock_now() + ASK_MS * 1000);
    IoEnd end = dial_again(climb, io, until);

    if (end == IO_DONE)
        end = io_send(io, question, sizeof question - 1, until);
    while (end == IO_DONE && io->in->len < MAX_ANSWER_BYTES && clock_now() < until &&
           !begins(io_pending(io), TLS_ALERT))
        end = io_fill(io, until);
    return end;
}

gboolean stranger_ask(Climb *climb, Rung *rung)
{
    LadderIo io = {.fd = -1};
    IoEnd end = ask(climb, &io);
    RawText answer = io.in != NULL ? io_pending(&io) : raw_text(NULL);
    gboolean hung_up = answer.len == 0 && (end == IO_CLOSED || end == IO_RESET);
    gboolean named = FALSE;

    if (end != IO_CANCELLED && (hung_up || begins(answer, TLS_ALERT)))
        named = begins_with_tls(climb, rung);
    /* A NATS server that is slow, not strange, has begun to talk by now. */
    if (!named && end != IO_CANCELLED && answer.len > 0 && !begins(answer, "INFO ") &&
        !begins(answer, "-ERR '")) {
        named = TRUE;
        if (!begins(answer, "HTTP/") || !is_monitoring(answer, rung))
            stranger_named(rung, answer);
    }
    io_close(&io);
    return named;
}
