#include "nats/wire_words.h"

#include <string.h>

#include <glib.h>

#include "base/text.h"

/* The server's words, most telling first: ../shared/facts-nats.md, "What the server says". */
static const struct {
    const char *words;
    Cause cause;
} server_words[] = {
    {"permissions violation", CAUSE_PERMISSIONS},
    {"authentication expired", CAUSE_AUTH_EXPIRED},
    {"authentication revoked", CAUSE_AUTH_EXPIRED},
    {"authorization violation", CAUSE_AUTH_FAILED},
    {"authentication timeout", CAUSE_AUTH_FAILED},
    {"maximum payload", CAUSE_MAX_PAYLOAD},
    {"maximum", CAUSE_MAX_CONNECTIONS},
    {"slow consumer", CAUSE_SLOW_CONSUMER},
    {"stale connection", CAUSE_SILENT},
    {"tls", CAUSE_TLS_FAILED},
    {"timeout", CAUSE_TIMED_OUT},
};

Cause wire_cause(const char *text)
{
    g_autofree char *low = g_ascii_strdown(text, -1);

    for (gsize i = 0; i < G_N_ELEMENTS(server_words); i++)
        if (strstr(low, server_words[i].words) != NULL)
            return server_words[i].cause;
    return CAUSE_CLOSED;
}

/* The climb before it held, so this is news. libnats begins with where in its source it is, and
 * calls a connection that ends "Expected 'PONG', got ''". */
void wire_tell_failure(natsStatus s, int timeout_ms, Cause *cause, char **why)
{
    const char *text = nats_GetLastError(NULL);
    const char *words = text != NULL && text[0] == '(' ? strstr(text, "): ") : NULL;

    text = words != NULL ? words + strlen("): ") : text;
    if (s == NATS_TIMEOUT) {
        *cause = CAUSE_SILENT;
        *why = g_strdup_printf("the check held, the connection after it got no answer, %.1f s",
                               timeout_ms / 1000.0);
    } else if (text == NULL || text[0] == '\0' || strstr(text, "got ''") != NULL) {
        *cause = CAUSE_CLOSED;
        *why = g_strdup("the check held, the connection after it was closed");
    } else {
        *cause = wire_cause(text);
        *why = text_clean(raw_text(text), 120);
    }
}
