/* What a new roster says of each actor: how many are there, since when, or since when no more; and
 * which actors are on it without a config here. */
#include <string.h>

#include "mesh/facts.h"
#include "mesh/update_parts.h"

/* --- strangers: on the bus, without a config here --- */

/* A worker's and a processor's config are told apart by the command that starts them: one that runs
 * as the other is no stranger, its panel says so. */
static char *family_of(ActorKind kind, const char *name)
{
    return kind == KIND_WORKER || kind == KIND_PROCESSOR ? g_strconcat("task\n", name, NULL)
           : kind == KIND_SCHEDULER                      ? g_strconcat("scheduler\n", name, NULL)
                                                         : g_strdup(kind_info(kind)->word);
}

static gboolean is_declared(GHashTable *families, ActorKind kind, const char *name)
{
    g_autofree char *family = family_of(kind, name);

    return g_hash_table_contains(families, family);
}

static GHashTable *declared_families(const Model *model)
{
    GHashTable *families = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (unsigned i = 0; i < model->actors->len; i++) {
        const Actor *actor = g_ptr_array_index(model->actors, i);
        g_autofree char *name = actor_name(actor);

        if (actor_is_shown(actor))
            g_hash_table_add(families, family_of(actor_kind(actor), name));
    }
    return families;
}

static Actor *new_stranger(Model *model, const BusActor *seen)
{
    Actor *actor = g_new0(Actor, 1);

    actor->id = ++model->next_id;
    actor->forced = seen->kind;
    actor->bus_name = g_strdup(seen->name);
    actor->bus_tier = g_strdup(seen->tier);
    actor->tier = TIER_COUNT;
    actor->probe = model->probe;
    return actor;
}

static int compare_strangers(const void *a, const void *b)
{
    const Actor *x = *(Actor *const *)a, *y = *(Actor *const *)b;
    int by_name = strcmp(x->bus_name, y->bus_name);

    return x->forced != y->forced ? (int)x->forced - (int)y->forced
           : by_name != 0         ? by_name
                                  : strcmp(x->bus_tier, y->bus_tier);
}

/* Drop those that got a config since, and those that are gone for long. */
static gboolean drop_old(Model *model, GHashTable *families)
{
    unsigned before = model->strangers->len;

    for (unsigned i = before; i-- > 0;) {
        const Actor *actor = g_ptr_array_index(model->strangers, i);

        if (is_declared(families, actor->forced, actor->bus_name) ||
            (actor->presence.gone_us != 0 &&
             model->now_us - actor->presence.gone_us > STRANGER_KEPT))
            g_ptr_array_remove_index(model->strangers, i);
    }
    return model->strangers->len != before;
}

/* As compare_strangers(), which is the order of a bus too. */
static int compare_to_seen(const Actor *stranger, const BusActor *seen)
{
    int by_name = strcmp(stranger->bus_name, seen->name);

    return stranger->forced != seen->kind ? (int)stranger->forced - (int)seen->kind
           : by_name != 0                 ? by_name
                                          : strcmp(stranger->bus_tier, seen->tier);
}

/* Both lists are in one order, so one walk along them tells who is known. */
static gboolean add_new(Model *model, GHashTable *families)
{
    const GPtrArray *seen = model->roster.bus->actors;
    unsigned before = model->strangers->len, at = 0;

    for (unsigned i = 0; i < seen->len; i++) {
        const BusActor *actor = g_ptr_array_index(seen, i);
        int order = -1;

        while (at < before &&
               (order = compare_to_seen(g_ptr_array_index(model->strangers, at), actor)) < 0)
            at++;
        if ((at == before || order != 0) && !is_declared(families, actor->kind, actor->name))
            g_ptr_array_add(model->strangers, new_stranger(model, actor));
    }
    if (model->strangers->len == before)
        return FALSE;
    g_ptr_array_sort(model->strangers, compare_strangers);
    return TRUE;
}

static void sync_strangers(Model *model)
{
    g_autoptr(GHashTable) families = declared_families(model);
    gboolean fewer, more;

    if (!model->fleet_known)
        return; /* who is declared is not known yet */
    for (unsigned i = 0; i < model->actors->len; i++)
        if (((Actor *)g_ptr_array_index(model->actors, i))->config == NULL)
            return;
    fewer = drop_old(model, families);
    more = add_new(model, families);
    if (fewer || more)
        update_panels(model);
}

/* --- presence --- */

static void note(Model *model, Presence *presence, unsigned replicas)
{
    presence->replicas = replicas;
    if (replicas > 0) {
        if (presence->seen_us == 0 || presence->gone_us != 0) {
            presence->since_us = model->now_us;
            presence->most = 0;
        }
        presence->seen_us = model->now_us;
        presence->gone_us = presence->gone_wall = 0;
        presence->with_link = FALSE;
        presence->lost_us = presence->lost_wall = 0;
        presence->most = MAX(presence->most, replicas);
    } else if (presence->seen_us != 0 && presence->gone_us == 0) {
        presence->gone_us = model->now_us;
        presence->gone_wall = model->now_wall;
        presence->with_link = model->link.lost_us > presence->seen_us;
        if (presence->with_link) { /* a later loss is not what took it away */
            presence->lost_us = model->link.lost_us;
            presence->lost_wall = model->link.lost_wall;
        }
    }
}

/* Whether it is there does not hang on the tier that is asked about. */
static unsigned on_any_tier(const Model *model, const Actor *actor)
{
    unsigned count, replicas = 0;
    BusActor *const *tiers = actor_tiers_on_bus(model, actor, &count);

    if (actor_is_stranger(actor)) /* a stranger is of one tier */
        return actor_replicas(model, actor);
    for (unsigned i = 0; i < count; i++)
        replicas += tiers[i]->clients->len;
    return replicas;
}

void update_presence(Model *model)
{
    sync_strangers(model);
    for (unsigned i = 0; i < model->panels->len; i++) {
        Actor *actor = g_ptr_array_index(model->panels, i);

        if (actor->probe == model->probe)
            note(model, &actor->presence, on_any_tier(model, actor));
    }
}

/* Another bus: what was seen on the old one says nothing of this. */
void update_presence_forget(Model *model)
{
    for (unsigned i = 0; i < model->actors->len; i++)
        ((Actor *)g_ptr_array_index(model->actors, i))->presence = (Presence){0};
    g_ptr_array_set_size(model->strangers, 0);
    update_panels(model);
}
