#include "nats/wire_words.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

#include "base/text.h"

enum { SENTENCE_CHARS = 120 };

/* Lower case, most telling first. The server's words: ../shared/facts-nats.md, "What the server
 * says". The others are libnats 3.4.1's own (its strings, and measured). */
static const struct {
    const char *words; /* part of what is said */
    Cause cause;
    const char *sentence; /* NULL: what is said */
} table[] = {
    {"permissions violation", CAUSE_PERMISSIONS, NULL},
    {"authentication expired", CAUSE_AUTH_EXPIRED, NULL},
    {"authentication revoked", CAUSE_AUTH_EXPIRED, NULL},
    {"authorization violation", CAUSE_AUTH_FAILED, NULL},
    {"authentication timeout", CAUSE_AUTH_FAILED, NULL},
    {"maximum payload", CAUSE_MAX_PAYLOAD, NULL},
    {"maximum", CAUSE_MAX_CONNECTIONS, NULL},
    {"slow consumer", CAUSE_SLOW_CONSUMER, NULL},
    /* Both say it: libnats when two PINGs have no answer, the server when ours do not come. */
    {"stale connection", CAUSE_SILENT, "no answer to two PINGs in a row"},
    {"parse error", CAUSE_NOT_NATS, "the server sent what is no NATS protocol"},
    {"expected 'pong', got ''", CAUSE_CLOSED, "closed without a word after CONNECT"},
    {"expected '", CAUSE_NOT_NATS, "the server sent what is no NATS protocol"},
    {"unexpected protocol", CAUSE_NOT_NATS, "the server sent what is no NATS protocol"},
    {"tls", CAUSE_TLS_FAILED, NULL},
    {"timeout", CAUSE_TIMED_OUT, NULL},
    /* Of a connection that stood libnats keeps no more of a failed read or write. */
    {"io error", CAUSE_RESET, "connection reset"},
    {"connection closed", CAUSE_CLOSED, "closed by the server without a word"},
};

/* "(conn.c:1909): Expected 'PONG', got '-ERR 'x''": without the place, and only x of it. */
static RawText cut(const char *text)
{
    const char *end = strstr(text, "): "), *err = strstr(text, "-ERR '");

    if (text[0] == '(' && end != NULL && strchr(text, ':') < end)
        text = end + strlen("): ");
    if (err == NULL)
        return raw_text(text);
    err += strlen("-ERR '");
    return raw_bytes(err, strcspn(err, "'\r\n"));
}

/* "recv error: 104": the number is errno's. */
static gboolean is_reset(const char *low)
{
    const char *number = strstr(low, "error: ");
    gint64 code = number != NULL ? g_ascii_strtoll(number + strlen("error: "), NULL, 10) : 0;

    return code == ECONNRESET || code == EPIPE;
}

Cause wire_words(const char *text, char **sentence)
{
    g_autofree char *said = text_clean(cut(text), SENTENCE_CHARS);
    g_autofree char *low = g_ascii_strdown(said, -1);

    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        if (strstr(low, table[i].words) == NULL)
            continue;
        *sentence =
            table[i].sentence != NULL ? g_strdup(table[i].sentence) : g_steal_pointer(&said);
        return table[i].cause;
    }
    if (is_reset(low)) {
        *sentence = g_strdup("connection reset");
        return CAUSE_RESET;
    }
    *sentence = g_steal_pointer(&said);
    return CAUSE_CLOSED;
}
