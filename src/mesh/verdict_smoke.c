/* What mends a smoke: the remedy of its verdict, filled in for what it was sent to. */
#include "heddle/remedy.h"
#include "mesh/verdict_parts.h"

/* Whose config a remedy is about. One that starts it anew is that actor's own command. */
static const struct {
    const char *remedy;
    ActorKind kinds[2];
    gboolean by_name; /* the one of the smoke's worker type */
    gboolean starts;
} about[] = {
    {"no_router", {KIND_ROUTER, KIND_ROUTER}, FALSE, TRUE},
    {"router_silent", {KIND_ROUTER, KIND_ROUTER}, FALSE, FALSE},
    {"rate_limited", {KIND_ROUTER, KIND_ROUTER}, FALSE, FALSE},
    {"unknown_tier", {KIND_ROUTER, KIND_ROUTER}, FALSE, FALSE},
    {"no_worker", {KIND_PROCESSOR, KIND_WORKER}, TRUE, TRUE},
    {"moved_tier", {KIND_PROCESSOR, KIND_WORKER}, TRUE, TRUE},
    {"worker_silent", {KIND_PROCESSOR, KIND_WORKER}, TRUE, FALSE},
    {"failed", {KIND_PROCESSOR, KIND_WORKER}, TRUE, FALSE},
    {"started_as_worker", {KIND_PROCESSOR, KIND_PROCESSOR}, TRUE, FALSE},
    {"no_goal_taker", {KIND_PIPELINE, KIND_ORCHESTRATOR}, FALSE, TRUE},
};

static const Actor *find_actor(const Model *model, const Smoke *smoke, gsize row)
{
    for (gsize k = 0; k < G_N_ELEMENTS(about[row].kinds); k++)
        for (guint i = 0; i < model->panels->len; i++) {
            const Actor *actor = g_ptr_array_index(model->panels, i);
            g_autofree char *name = NULL;

            if (actor_is_stranger(actor) || actor_kind(actor) != about[row].kinds[k])
                continue;
            name = actor_name(actor);
            if (!about[row].by_name || g_str_equal(name, smoke->worker_type))
                return actor;
        }
    return NULL;
}

/* The command that starts it for this tier, whatever its own is. */
static char *start_command(const Model *model, const Actor *actor, const char *tier)
{
    const char *own = actor_tier(model, actor);

    return own[0] == '\0' || g_str_equal(own, tier)
               ? actor_restart(model, actor)
               : verdict_fill(model, actor, NULL, tier, "no_worker",
                              "heddle {kind} --config {path} --nats-url {url} --tier {tier}");
}

char *smoke_remedy(const Model *model, const Smoke *smoke, RemedyPart part)
{
    const Remedy *remedy = smoke->remedy != NULL ? remedy_find(smoke->remedy) : NULL;
    const char *tier = smoke->routed_tier != NULL ? smoke->routed_tier : smoke->tier;
    const Actor *actor = NULL;
    gsize row = 0;

    if (remedy == NULL)
        return NULL;
    while (row < G_N_ELEMENTS(about) && !g_str_equal(about[row].remedy, smoke->remedy))
        row++;
    if (row < G_N_ELEMENTS(about))
        actor = find_actor(model, smoke, row);
    if (part == REMEDY_NEXT && actor != NULL && about[row].starts)
        return start_command(model, actor, tier);
    return verdict_fill(model, actor, smoke->worker_type, tier, smoke->remedy,
                        part == REMEDY_WHY    ? remedy->why
                        : part == REMEDY_NEXT ? remedy->next
                                              : remedy->verify);
}
