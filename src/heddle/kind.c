/* See kind.h. The table is static; strings that are made here are the caller's. */
#include "heddle/kind.h"

#include <string.h>

const char *const heddle_tiers[HEDDLE_TIERS] = {"local", "standard", "frontier"};

/* Heddle 0.9.2, cli/main.py: one command a kind. */
static const KindInfo kinds[KIND_COUNT] = {
    [KIND_UNKNOWN] = {"unknown", NULL, FALSE, FALSE, NULL, NULL},
    [KIND_WORKER] = {"worker", "standard", TRUE, TRUE, "heddle.tasks.%n.%t", "workers-%n"},
    [KIND_PROCESSOR] = {"processor", "local", TRUE, TRUE, "heddle.tasks.%n.%t", "processors-%n"},
    [KIND_PIPELINE] = {"pipeline", NULL, TRUE, FALSE, "heddle.goals.incoming", "pipelines"},
    [KIND_ORCHESTRATOR] = {"orchestrator", NULL, TRUE, FALSE, "heddle.goals.incoming",
                           "orchestrators"},
    [KIND_SCHEDULER] = {"scheduler", NULL, TRUE, FALSE, "heddle.scheduler.%n", NULL},
    [KIND_ROUTER] = {"router", NULL, TRUE, FALSE, "heddle.tasks.incoming", "router"},
    [KIND_MCP] = {"mcp", NULL, FALSE, FALSE, NULL, NULL},
};

const KindInfo *kind_info(ActorKind kind)
{
    return &kinds[(unsigned)kind < KIND_COUNT ? kind : KIND_UNKNOWN];
}

ActorKind kind_from_word(const char *word)
{
    for (unsigned i = KIND_UNKNOWN + 1; i < KIND_COUNT; i++)
        if (g_strcmp0(word, kinds[i].word) == 0)
            return (ActorKind)i;
    return KIND_UNKNOWN;
}

/* `pattern` with %n and %t filled in; NULL stays NULL. */
static char *fill(const char *pattern, const char *name, const char *tier)
{
    GString *out;

    if (pattern == NULL)
        return NULL;
    out = g_string_new(NULL);
    for (; *pattern != '\0'; pattern++) {
        if (*pattern != '%') {
            g_string_append_c(out, *pattern);
            continue;
        }
        pattern++;
        g_string_append(out,
                        *pattern == 'n' ? (name != NULL ? name : "") : (tier != NULL ? tier : ""));
    }
    return g_string_free(out, FALSE);
}

char *kind_subject(ActorKind kind, const char *name, const char *tier)
{
    return fill(kind_info(kind)->subject, name, tier);
}

char *kind_queue(ActorKind kind, const char *name)
{
    return fill(kind_info(kind)->queue, name, NULL);
}

gboolean subject_token_ok(const char *text)
{
    if (text == NULL || *text == '\0' || !g_utf8_validate(text, -1, NULL))
        return FALSE;
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        if (g_unichar_isspace(c) || g_unichar_iscntrl(c) || c == '.' || c == '*' || c == '>')
            return FALSE;
    }
    return TRUE;
}
