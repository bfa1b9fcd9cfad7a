#include "mesh/facts.h"

#include <stdlib.h>
#include <string.h>

#include "mesh/local.h"
#include "nats/subject.h"

#define COMES_BACK_US (4 * (gint64)G_USEC_PER_SEC)

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

    if (actor_is_stranger(actor))
        return g_strdup(actor->bus_name[0] != '\0' ? actor->bus_name
                                                   : kind_info(actor->forced)->word);
    if (actor->config != NULL && actor->config->name != NULL)
        return g_strdup(actor->config->name);
    base = g_path_get_basename(actor->path);
    dot = strrchr(base, '.');
    if (dot != NULL && dot != base)
        *dot = '\0';
    return text_clean(raw_text(base), 64);
}

gboolean actor_is_stranger(const Actor *actor)
{
    return actor->path == NULL;
}

/* Its name as subjects have it, "" where none does. Borrowed; NULL: not known yet. */
static const char *name_on_bus(const Actor *actor)
{
    if (actor_is_stranger(actor))
        return actor->bus_name;
    switch (actor_kind(actor)) {
    case KIND_WORKER:
    case KIND_PROCESSOR:
    case KIND_SCHEDULER:
        return actor->config != NULL ? actor->config->name : NULL;
    default:
        return "";
    }
}

BusActor *const *actor_tiers_on_bus(const Model *model, const Actor *actor, unsigned *count)
{
    const char *name = name_on_bus(actor);

    *count = 0;
    return name != NULL && model->roster.bus != NULL
               ? bus_find(model->roster.bus, actor_kind(actor), name, count)
               : NULL;
}

gboolean roster_is_partial(const Model *model)
{
    const Ladder *ladder = model->probe->ladder;

    return model->roster.roster != NULL && !model->roster.by_monitor &&
           (model->roster.roster->servers < model->roster.servers ||
            (ladder != NULL && ladder->hung > 0));
}

/* A router that the roster showed shortly before took the smoke, and is gone since. */
#define ROUTER_SEEN_US (10 * (gint64)G_USEC_PER_SEC)

gboolean roster_has_taker(const Model *model, const char *subject)
{
    const Roster *roster = model->roster.roster;

    for (unsigned i = 0; roster != NULL && i < roster->clients->len; i++) {
        const RosterClient *client = roster_client(roster, i);

        if (client->ours && client->cid == model->link.cid)
            continue;
        for (unsigned k = 0; k < client->sub_len; k++)
            if (subject_matches(roster_sub(roster, client, k)->subject, subject))
                return TRUE;
    }
    return FALSE;
}

/* The server confirmed it, did not say that nobody received it, and nobody it tells of did. */
static gboolean was_taken_unseen(const Model *model, const Smoke *smoke)
{
    return smoke->hops[HOP_PUBLISHED].at_us != 0 && smoke->verdict != VERDICT_NO_ROUTER &&
           (smoke->hops[HOP_ANSWERED].at_us != 0 || smoke->beyond ||
            !roster_has_taker(model, SUBJECT_INCOMING));
}

gboolean roster_is_of_part(const Model *model)
{
    const Smoke *smoke = model_last_smoke(model);

    return smoke != NULL && smoke->mode == SMOKE_TASK && smoke->sent_us >= model->link.up_us &&
           model->roster.roster != NULL && was_taken_unseen(model, smoke) &&
           (model->roster.router_us == 0 ||
            smoke->sent_us > model->roster.router_us + ROUTER_SEEN_US) &&
           roster_count(model->roster.roster, SUBJECT_INCOMING, "*") == 0;
}

const BusActor *actor_on_bus(const Model *model, const Actor *actor)
{
    const char *tier = actor_tier(model, actor);
    unsigned count;
    BusActor *const *found = actor_tiers_on_bus(model, actor, &count);

    for (unsigned i = 0; i < count; i++)
        if (g_str_equal(found[i]->tier, tier))
            return found[i];
    return NULL;
}

unsigned actor_replicas(const Model *model, const Actor *actor)
{
    const BusActor *found = actor_on_bus(model, actor);

    return found != NULL ? found->clients->len : 0;
}

const char *actor_own_tier(const Actor *actor)
{
    const char *by_kind = kind_info(actor_kind(actor))->default_tier;

    if (by_kind == NULL)
        return "";
    if (actor_is_stranger(actor))
        return actor->bus_tier;
    if (actor->config != NULL && actor->config->default_tier != NULL)
        return actor->config->default_tier;
    return by_kind;
}

const char *actor_tier(const Model *model, const Actor *actor)
{
    const char *own = actor_own_tier(actor);
    Tier tier = actor->tier < TIER_COUNT ? actor->tier : model->settings.tier;

    /* A stranger's is what it was seen to serve, not what is wanted of it. */
    return own[0] == '\0' || tier == TIER_OWN || actor_is_stranger(actor) ? own : tier_word(tier);
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

/* As actor_command(), without what asks for the URL; *asks tells whether that must come first. */
static char *bare_command(const Model *model, const Actor *actor, gboolean *asks)
{
    const KindInfo *kind = kind_info(actor_kind(actor));
    const char *tier = actor_tier(model, actor);
    g_autofree char *path = command_word(actor_is_stranger(actor) ? "CONFIG" : actor->path);
    g_autofree char *shown = nats_url_mask(actor_url(model, actor));
    gboolean masked = strstr(shown, "•••") != NULL, takes_url = actor_kind(actor) != KIND_MCP;
    GString *command;

    *asks = FALSE;
    if (actor_kind(actor) == KIND_UNKNOWN)
        return NULL;
    /* A login is not shown, so it comes by the variable, which is to hold it first. */
    *asks =
        masked && takes_url && (actor->url != NULL || model->settings.origin != ORIGIN_ENVIRONMENT);
    command = g_string_new(NULL);
    g_string_append_printf(command, "heddle %s --config %s", kind->word, path);
    if (takes_url)
        g_string_append_printf(command, " --nats-url %s", masked ? "\"$NATS_URL\"" : shown);
    if (tier[0] != '\0' && g_strcmp0(tier, kind->default_tier) != 0)
        g_string_append_printf(command, " --tier %s", tier);
    return g_string_free(command, FALSE);
}

char *actor_command(const Model *model, const Actor *actor)
{
    gboolean asks;
    g_autofree char *command = bare_command(model, actor, &asks);

    return asks ? g_strdup_printf("read -rs NATS_URL; %s", command) : g_steal_pointer(&command);
}

static const EnvSource *env_source(const Model *model, const Actor *actor)
{
    return actor->env.path != NULL || actor->env.view != NULL ? &actor->env : &model->env;
}

/* The process whose environment counts: what runs knows best. NULL: none that can be read. */
static const HeddleProc *local_env_proc(const Model *model, const Actor *actor)
{
    const HeddleProc *proc = local_proc(model, actor);

    return proc != NULL && proc->env_readable ? proc : NULL;
}

const EnvReport *actor_env(const Model *model, const Actor *actor, Tier tier)
{
    const HeddleProc *proc = local_env_proc(model, actor);
    const EnvView *view = env_source(model, actor)->view;

    if (proc != NULL && tier < TIER_OWN)
        return proc->env[tier];
    return view != NULL && tier < TIER_OWN ? view->by_tier[tier] : NULL;
}

char *actor_env_source(const Model *model, const Actor *actor)
{
    const HeddleProc *proc = local_env_proc(model, actor);
    const EnvSource *source = env_source(model, actor);

    if (proc != NULL)
        return g_strdup_printf("the environment of pid %d", proc->pid);
    if (source->view != NULL)
        return g_strdup(source->view->source);
    return source->path != NULL ? text_clean(raw_text(source->path), 0) : NULL;
}

char *actor_env_command(const Model *model, const Actor *actor)
{
    const EnvSource *source = env_source(model, actor);
    const HeddleProc *proc = local_env_proc(model, actor);
    const char *variable = g_str_equal(actor_tier(model, actor), tier_word(TIER_LOCAL))
                               ? "OLLAMA_URL=http://localhost:11434"
                               : "ANTHROPIC_API_KEY=your-key";
    g_autofree char *path = NULL, *restart = NULL;

    /* No variable reaches one that runs; and as Heddle only warns, one that is up is not ended for
     * it. */
    if (proc != NULL && source->path == NULL && actor_replicas(model, actor) > 0)
        return g_strdup_printf("export %s   before its next start", variable);
    if (proc != NULL && source->path == NULL) {
        g_autofree char *command = actor_restart(model, actor);

        return g_strdup_printf("export %s; %s", variable, command);
    }
    if (source->path == NULL)
        return NULL;
    path = command_word(source->path);
    restart = actor->restart != NULL ? text_clean(raw_text(actor->restart), 0) : NULL;
    return g_strdup_printf("echo %s >> %s%s%s", variable, path, restart != NULL ? " && " : "",
                           restart != NULL ? restart : "");
}

static char *restart_with(const Model *model, const Actor *actor, char *command)
{
    const HeddleProc *proc = local_proc(model, actor);
    g_autofree char *start = command;

    if (actor->restart != NULL)
        return text_clean(raw_text(actor->restart), 0);
    return proc != NULL ? local_restart(proc, start) : g_steal_pointer(&start);
}

char *actor_restart(const Model *model, const Actor *actor)
{
    return restart_with(model, actor, actor_command(model, actor));
}

char *actor_restart_among(const Model *model, const Actor *actor, gboolean *asks)
{
    gboolean asked;
    g_autofree char *command = bare_command(model, actor, &asked);
    char *background = command != NULL ? g_strdup_printf("%s &", command) : NULL;
    g_autofree char *restart = restart_with(model, actor, background);

    /* A unit, a container and a profile's own command know their URL. */
    asked = asked && strstr(restart, "\"$NATS_URL\" ") != NULL;
    if (asked && actor->url != NULL) /* that is not the URL which the others are told */
        return g_strdup_printf("# with its own URL: %s", restart);
    *asks |= asked;
    return g_steal_pointer(&restart);
}

gboolean actor_is_left_behind(const Model *model, const Actor *actor)
{
    const Presence *presence = &actor->presence;

    return presence->gone_us != 0 && presence->with_link &&
           (presence->lost_us != model->link.lost_us ||
            model->now_us - model->link.up_us >= COMES_BACK_US);
}

gboolean actor_is_shown(const Actor *actor)
{
    return actor->named || actor->config == NULL || actor->config->kind != KIND_UNKNOWN ||
           actor->config->outcome != CONFIG_VALID;
}

gboolean smoke_may_cost(const Model *model, SmokeMode mode, const char *worker_type)
{
    for (unsigned i = 0; i < model->panels->len; i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);
        ActorKind kind = actor_kind(actor);
        g_autofree char *name = NULL;

        if (mode == SMOKE_GOAL && (kind == KIND_ORCHESTRATOR || kind == KIND_WORKER))
            return TRUE;
        if (kind != KIND_WORKER)
            continue;
        name = actor_name(actor);
        if (mode != SMOKE_GOAL && g_str_equal(name, worker_type))
            return TRUE;
    }
    return FALSE;
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
