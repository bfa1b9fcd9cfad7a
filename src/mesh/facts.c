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
    g_autofree char *base = NULL;
    char *dot;

    if (actor->config != NULL && actor->config->name != NULL)
        return g_strdup(actor->config->name);
    base = g_path_get_basename(actor->path);
    dot = strrchr(base, '.');
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

char *actor_command(const Model *model, const Actor *actor)
{
    const KindInfo *kind = kind_info(actor_kind(actor));
    const char *tier = actor_tier(model, actor);
    g_autofree char *path = g_shell_quote(actor->path);
    g_autofree char *clean = text_clean(raw_text(path), 0);
    g_autofree char *shown = nats_url_mask(actor_url(model, actor));
    GString *command;

    if (actor_kind(actor) == KIND_UNKNOWN)
        return NULL;
    /* Quotes only where a shell needs them: the line is also read by people. */
    if (strspn(actor->path, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "/._-") ==
        strlen(actor->path)) {
        g_free(clean);
        clean = g_strdup(actor->path);
    }
    command = g_string_new(NULL);
    g_string_printf(command, "heddle %s --config %s", kind->word, clean);
    if (actor_kind(actor) != KIND_MCP)
        g_string_append_printf(command, " --nats-url %s",
                               strstr(shown, "•••") != NULL ? "\"$NATS_URL\"" : shown);
    if (tier[0] != '\0' && g_strcmp0(tier, kind->default_tier) != 0)
        g_string_append_printf(command, " --tier %s", tier);
    return g_string_free(command, FALSE);
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
