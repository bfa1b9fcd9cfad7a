/* See env.h. A report owns its strings; values of variables are looked at, never kept. */
#include "heddle/env.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "heddle/config_file.h"

const char *const env_asked[ENV_ASKED] = {"LM_STUDIO_URL", "OLLAMA_URL", "ANTHROPIC_API_KEY"};

/* Tiers, the variables of which one must be set, and Heddle's sentence when none is. */
typedef struct TierRule {
    const char *tier;
    const char *variables[3];
    const char *keys[3]; /* the same in Heddle's config.yaml */
    const char *brief;
    const char *warning;
} TierRule;

#define NO_ANTHROPIC_KEY(tier)                                                                     \
    "ANTHROPIC_API_KEY not set. Required for " tier                                                \
    " tier workers. Set it with: export ANTHROPIC_API_KEY=your-key"

static const TierRule rules[] = {
    {"local",
     {"LM_STUDIO_URL", "OLLAMA_URL", NULL},
     {"lm_studio_url", "ollama_url", NULL},
     "LM_STUDIO_URL or OLLAMA_URL",
     "Neither LM_STUDIO_URL nor OLLAMA_URL is set. Local tier workers need one of them. "
     "Set: export LM_STUDIO_URL=http://localhost:1234/v1  "
     "or:  export OLLAMA_URL=http://localhost:11434"},
    {"standard",
     {"ANTHROPIC_API_KEY", NULL},
     {"anthropic_api_key", NULL},
     "ANTHROPIC_API_KEY not set",
     NO_ANTHROPIC_KEY("standard")},
    {"frontier",
     {"ANTHROPIC_API_KEY", NULL},
     {"anthropic_api_key", NULL},
     "ANTHROPIC_API_KEY not set",
     NO_ANTHROPIC_KEY("frontier")},
};

static const char *process_lookup(const char *name, void *data)
{
    (void)data;
    return getenv(name);
}

/* Some line of Heddle's own config gives `key` a value. Heddle takes it at the top and in a
 * section, so a look at the lines is enough for a note. */
static gboolean file_has(const GString *bytes, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(bytes->str, "\n", -1);
    gsize len = strlen(key);

    for (unsigned i = 0; lines[i] != NULL; i++) {
        const char *line = g_strstrip(lines[i]);

        if (strncmp(line, key, len) == 0 && line[len] == ':') {
            line += len + 1;
            line += strspn(line, " ");
            if (*line != '\0' && *line != '#' && strcmp(line, "null") != 0 &&
                strcmp(line, "~") != 0 && strcmp(line, "''") != 0 && strcmp(line, "\"\"") != 0)
                return TRUE;
        }
    }
    return FALSE;
}

static char *note_on_unset(const TierRule *rule, const char *heddle_home)
{
    g_autofree char *path = NULL;
    g_auto(ConfigFile) file = {NULL, {0, 0, 0}, 0};

    if (heddle_home == NULL)
        return NULL;
    path = g_build_filename(heddle_home, "config.yaml", NULL);
    if (config_file_read(path, &file) == FILE_READ)
        for (unsigned i = 0; rule->keys[i] != NULL; i++)
            if (file_has(file.bytes, rule->keys[i])) {
                g_autofree char *clean = text_clean(raw_text(path), 0);

                return g_strdup_printf("%s in %s is set, which Heddle's check does not look at: a "
                                       "false alarm for the user that file belongs to",
                                       rule->keys[i], clean);
            }
    return NULL;
}

static EnvReport *report_new(State state, char *text, char *brief, char *note)
{
    EnvReport *report = g_new0(EnvReport, 1);

    *report = (EnvReport){state, text, brief, note};
    return report;
}

static EnvReport *apply(const TierRule *rule, EnvLookup lookup, void *data, const char *heddle_home)
{
    const char *set[3] = {NULL};
    unsigned count = 0;
    char *note = NULL;

    for (unsigned i = 0; rule->variables[i] != NULL; i++) {
        const char *value = lookup(rule->variables[i], data);

        if (value != NULL && *value != '\0')
            set[count++] = rule->variables[i];
    }
    if (count == 0)
        return report_new(STATE_WARN, g_strdup(rule->warning), g_strdup(rule->brief),
                          note_on_unset(rule, heddle_home));
    if (count > 1)
        note = g_strdup("both are set: LM Studio wins unless HEDDLE_LOCAL_BACKEND says ollama");
    return report_new(STATE_OK,
                      count > 1 ? g_strdup_printf("%s and %s are set", set[0], set[1])
                                : g_strdup_printf("%s is set", set[0]),
                      count > 1 ? g_strdup("both local URLs are set")
                                : g_strdup_printf("%s is set", set[0]),
                      note);
}

EnvReport *env_check(const char *tier, EnvLookup lookup, void *data, const char *heddle_home)
{
    g_autofree char *clean = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(rules); i++)
        if (g_strcmp0(tier, rules[i].tier) == 0)
            return apply(&rules[i], lookup != NULL ? lookup : process_lookup, data, heddle_home);
    clean = text_clean(raw_text(tier), 40);
    return report_new(STATE_SKIPPED,
                      tier == NULL || *tier == '\0'
                          ? g_strdup("this kind needs none")
                          : g_strdup_printf("Heddle asks nothing for tier \"%s\"", clean),
                      g_strdup("this kind needs none"), NULL);
}

void env_report_free(EnvReport *report)
{
    if (report == NULL)
        return;
    g_free(report->text);
    g_free(report->brief);
    g_free(report->note);
    g_free(report);
}

EnvView *env_view_new(const char *source, EnvLookup lookup, void *data, const char *heddle_home)
{
    EnvView *view = g_new0(EnvView, 1);

    view->source = g_strdup(source);
    for (unsigned i = 0; i < HEDDLE_TIERS; i++)
        view->by_tier[i] = env_check(heddle_tiers[i], lookup, data, heddle_home);
    return view;
}

EnvView *env_view_unknown(const char *source, const char *why)
{
    EnvView *view = g_new0(EnvView, 1);

    view->source = g_strdup(source);
    for (unsigned i = 0; i < HEDDLE_TIERS; i++)
        view->by_tier[i] =
            report_new(STATE_UNKNOWN, g_strdup_printf("cannot tell what is set: %s", why),
                       g_strdup("cannot read its env file"), NULL);
    return view;
}

void env_view_free(EnvView *view)
{
    if (view == NULL)
        return;
    for (unsigned i = 0; i < HEDDLE_TIERS; i++)
        env_report_free(view->by_tier[i]);
    g_free(view->source);
    g_free(view);
}
