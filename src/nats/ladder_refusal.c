/* What the server says when it refuses: one table from its words to our causes. Words are those of
 * nats-server 2.9 to 2.15 (../shared/facts-nats.md), matched without regard to case. */
#include <string.h>

#include "nats/ladder_internal.h"

enum { WORDS_CHARS = 80 };

static const struct {
    const char *words; /* lower case; part of what is said */
    Cause cause;
} refusals[] = {
    {"authorization violation", CAUSE_AUTH_FAILED},
    {"authentication timeout", CAUSE_AUTH_FAILED},
    {"authentication expired", CAUSE_AUTH_EXPIRED},
    {"authentication revoked", CAUSE_AUTH_EXPIRED},
    {"connections exceeded", CAUSE_MAX_CONNECTIONS},
    {"attempted to connect to", CAUSE_ROUTE_PORT}, /* route port, leaf node port, … */
    {"tls required", CAUSE_TLS_REQUIRED},
    {"permissions violation", CAUSE_PERMISSIONS},
    {"stale connection", CAUSE_SILENT},
    {"server shutdown", CAUSE_CLOSED},
};

gboolean refusal_read(RawText line, gboolean gave_login, Cause *cause, char **words)
{
    g_autofree char *low = NULL;

    if (line.len < 4 || g_ascii_strncasecmp(line.bytes, "-ERR", 4) != 0)
        return FALSE;
    line = raw_bytes(line.bytes + 4, line.len - 4);
    while (line.len > 0 && strchr(" '", line.bytes[0]) != NULL)
        line = raw_bytes(line.bytes + 1, line.len - 1);
    while (line.len > 0 && strchr(" '", line.bytes[line.len - 1]) != NULL)
        line.len--;
    *words = text_clean(line, WORDS_CHARS);
    low = g_ascii_strdown(*words, -1);
    *cause = CAUSE_CLOSED; /* refused, for a reason that is not in the table: its words tell */
    for (gsize i = 0; i < G_N_ELEMENTS(refusals) && *cause == CAUSE_CLOSED; i++)
        if (strstr(low, refusals[i].words) != NULL)
            *cause = refusals[i].cause;
    if (*cause == CAUSE_AUTH_FAILED && !gave_login)
        *cause = CAUSE_AUTH_REQUIRED;
    return TRUE;
}
