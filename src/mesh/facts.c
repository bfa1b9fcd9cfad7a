#include "mesh/facts.h"

#include <stdlib.h>
#include <string.h>

const char *actor_url(const Model *model, const Actor *actor)
{
    if (actor->url != NULL)
        return actor->url;
    if (actor_kind(actor) == KIND_MCP && actor->config != NULL)
        return actor->config->nats_url != NULL ? actor->config->nats_url : HEDDLE_DEFAULT_URL;
    return model->settings.url;
}

ActorKind actor_kind(const Actor *actor)
{
    return actor->config != NULL ? actor->config->kind : actor->forced;
}

char *actor_name(const Actor *actor)
{
    g_autofree char *base = g_path_get_basename(actor->path);
    char *dot = strrchr(base, '.');

    if (actor->config != NULL && actor->config->name != NULL)
        return g_strdup(actor->config->name);
    if (dot != NULL && dot != base)
        *dot = '\0';
    return text_clean(raw_text(base), 64);
}

const char *actor_own_tier(const Actor *actor)
{
    const char *by_kind = kind_info(actor_kind(actor))->default_tier;

    if (by_kind == NULL)
        return "";
    if (actor->config != NULL && actor->config->default_tier != NULL)
        return actor->config->default_tier;
    return by_kind;
}

const char *actor_tier(const Model *model, const Actor *actor)
{
    const char *own = actor_own_tier(actor);
    Tier tier = actor->tier < TIER_COUNT ? actor->tier : model->settings.tier;

    return own[0] == '\0' || tier == TIER_OWN ? own : tier_word(tier);
}

/* A word of a command as a shell and people read it: quoted only where it must be. Caller frees. */
static char *command_word(const char *text)
{
    g_autofree char *quoted = NULL;

    if (strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "/._-") == strlen(text))
        return g_strdup(text);
    quoted = g_shell_quote(text);
    return text_clean(raw_text(quoted), 0);
}

char *actor_command(const Model *model, const Actor *actor)
{
    const KindInfo *kind = kind_info(actor_kind(actor));
    const char *tier = actor_tier(model, actor);
    g_autofree char *path = command_word(actor->path);
    g_autofree char *shown = nats_url_mask(actor_url(model, actor));
    GString *command;

    if (actor_kind(actor) == KIND_UNKNOWN)
        return NULL;
    command = g_string_new(NULL);
    g_string_printf(command, "heddle %s --config %s", kind->word, path);
    if (actor_kind(actor) != KIND_MCP)
        g_string_append_printf(command, " --nats-url %s",
                               strstr(shown, "•••") != NULL ? "\"$NATS_URL\"" : shown);
    if (tier[0] != '\0' && g_strcmp0(tier, kind->default_tier) != 0)
        g_string_append_printf(command, " --tier %s", tier);
    return g_string_free(command, FALSE);
}

static const EnvSource *env_source(const Model *model, const Actor *actor)
{
    return actor->env.path != NULL || actor->env.view != NULL ? &actor->env : &model->env;
}

const EnvReport *actor_env(const Model *model, const Actor *actor, Tier tier)
{
    const EnvView *view = env_source(model, actor)->view;

    return view != NULL && tier < TIER_OWN ? view->by_tier[tier] : NULL;
}

char *actor_env_source(const Model *model, const Actor *actor)
{
    const EnvSource *source = env_source(model, actor);

    if (source->view != NULL)
        return g_strdup(source->view->source);
    return source->path != NULL ? text_clean(raw_text(source->path), 0) : NULL;
}

char *actor_env_command(const Model *model, const Actor *actor)
{
    const EnvSource *source = env_source(model, actor);
    gboolean local = g_str_equal(actor_tier(model, actor), tier_word(TIER_LOCAL));
    g_autofree char *path = NULL, *restart = NULL;

    if (source->path == NULL)
        return NULL;
    path = command_word(source->path);
    restart = actor->restart != NULL ? text_clean(raw_text(actor->restart), 0) : NULL;
    return g_strdup_printf("echo %s >> %s%s%s",
                           local ? "OLLAMA_URL=http://localhost:11434"
                                 : "ANTHROPIC_API_KEY=your-key",
                           path, restart != NULL ? " && " : "", restart != NULL ? restart : "");
}

gboolean actor_is_shown(const Actor *actor)
{
    return actor->named || actor->config == NULL || actor->config->kind != KIND_UNKNOWN ||
           actor->config->outcome != CONFIG_VALID;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

double link_rtt(const LinkView *link)
{
    unsigned count = MIN(link->rtt_count, RTT_KEPT);
    double sorted[RTT_KEPT];

    if (count == 0)
        return -1;
    memcpy(sorted, link->rtt_ms, sizeof sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    return sorted[count / 2];
}
