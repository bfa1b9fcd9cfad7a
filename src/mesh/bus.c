#include "mesh/bus.h"

#include <string.h>

/* In this order, most telling first. A part that ends in a dot or dash goes before the name. */
static const struct {
    const char *queue;   /* whole, or up to the name; NULL: any or none */
    const char *subject; /* likewise */
    ActorKind kind;
} signs[] = {
    {"workers-", "heddle.tasks.", KIND_WORKER},
    {"processors-", "heddle.tasks.", KIND_PROCESSOR},
    {"pipelines", "heddle.goals.incoming", KIND_PIPELINE},
    {"orchestrators", "heddle.goals.incoming", KIND_ORCHESTRATOR},
    {NULL, "heddle.scheduler.", KIND_SCHEDULER},
    {NULL, "heddle.tasks.incoming", KIND_ROUTER}, /* in queue group router; Heddle from git: none */
};

static gboolean begins_name(const char *part)
{
    return part != NULL && strchr("-.", part[strlen(part) - 1]) != NULL;
}

static gboolean fits(const char *text, const char *part)
{
    return part == NULL ||
           (begins_name(part) ? g_str_has_prefix(text, part) && text[strlen(part)] != '\0'
                              : g_str_equal(text, part));
}

ActorKind bus_kind_of(const RosterSub *sub, char **name, char **tier)
{
    const char *dot = strrchr(sub->subject, '.');

    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
        if (!fits(sub->queue, signs[i].queue) || !fits(sub->subject, signs[i].subject))
            continue;
        *name = g_strdup(begins_name(signs[i].queue)     ? sub->queue + strlen(signs[i].queue)
                         : begins_name(signs[i].subject) ? sub->subject + strlen(signs[i].subject)
                                                         : "");
        *tier = g_strdup(kind_info(signs[i].kind)->default_tier != NULL ? dot + 1 : "");
        return signs[i].kind;
    }
    return KIND_UNKNOWN;
}

static void actor_drop(void *data)
{
    BusActor *actor = data;

    g_free(actor->name);
    g_free(actor->tier);
    g_ptr_array_unref(actor->clients);
    g_free(actor);
}

static int compare(const void *a, const void *b)
{
    const BusActor *x = *(BusActor *const *)a, *y = *(BusActor *const *)b;
    int by_name = strcmp(x->name, y->name);

    return x->kind != y->kind ? (int)x->kind - (int)y->kind
           : by_name != 0     ? by_name
                              : strcmp(x->tier, y->tier);
}

/* The one of this kind, name and tier, made if need be. Takes the strings. */
static BusActor *find_or_add(GHashTable *known, GPtrArray *actors, ActorKind kind, char *name,
                             char *tier)
{
    char *key = g_strdup_printf("%d\n%s\n%s", kind, name, tier);
    BusActor *actor = g_hash_table_lookup(known, key);

    if (actor != NULL) {
        g_free(key);
        g_free(name);
        g_free(tier);
        return actor;
    }
    actor = g_new0(BusActor, 1);
    *actor = (BusActor){kind, name, tier, g_ptr_array_new()};
    g_hash_table_insert(known, key, actor);
    g_ptr_array_add(actors, actor);
    return actor;
}

GPtrArray *bus_actors(const Roster *roster)
{
    GPtrArray *actors = g_ptr_array_new_with_free_func(actor_drop);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < roster->clients->len; i++) {
        RosterClient *client = g_ptr_array_index(roster->clients, i);

        for (guint k = 0; k < client->subs->len; k++) {
            char *name, *tier;
            ActorKind kind = bus_kind_of(g_ptr_array_index(client->subs, k), &name, &tier);

            if (kind != KIND_UNKNOWN)
                g_ptr_array_add(find_or_add(known, actors, kind, name, tier)->clients, client);
        }
    }
    g_ptr_array_sort(actors, compare);
    return actors;
}
