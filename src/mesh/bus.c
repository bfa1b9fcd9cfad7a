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
    actor->kind = kind;
    actor->name = name;
    actor->tier = tier;
    actor->clients = g_ptr_array_new();
    g_hash_table_insert(known, key, actor);
    g_ptr_array_add(actors, actor);
    return actor;
}

static gboolean is_reload(const RosterSub *sub)
{
    return g_str_equal(sub->subject, "heddle.control.reload");
}

static gboolean is_wide(const RosterSub *sub)
{
    return g_str_equal(sub->subject, "heddle.>") || g_str_equal(sub->subject, ">");
}

static void read_client(Bus *bus, GHashTable *known, const Roster *roster,
                        const RosterClient *client)
{
    gboolean reload = FALSE, other = FALSE, wide = FALSE;

    for (unsigned i = 0; i < client->sub_len; i++) {
        const RosterSub *sub = roster_sub(roster, client, i);
        char *name, *tier;
        ActorKind kind = bus_kind_of(sub, &name, &tier);
        BusActor *actor;

        reload |= is_reload(sub);
        wide |= is_wide(sub);
        other |= !is_reload(sub);
        if (kind == KIND_UNKNOWN)
            continue;
        actor = find_or_add(known, bus->actors, kind, name, tier);
        /* A leaf node stands for whoever is behind it, who is most often seen directly too. */
        if (client->leaf && actor->clients->len > 0 &&
            !((const RosterClient *)g_ptr_array_index(actor->clients, 0))->leaf)
            continue;
        actor->msgs += sub->msgs;
        actor->grouped |= sub->queue[0] != '\0';
        if (actor->clients->len == 0 ||
            g_ptr_array_index(actor->clients, actor->clients->len - 1) != client)
            g_ptr_array_add(actor->clients, (gpointer)client);
    }
    if (reload && !other && !client->leaf)
        g_ptr_array_add(bus->stuck, (gpointer)client);
    bus->monitors += wide && !client->leaf;
}

Bus *bus_read(const Roster *roster)
{
    Bus *bus = g_new0(Bus, 1);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    bus->actors = g_ptr_array_new_with_free_func(actor_drop);
    bus->stuck = g_ptr_array_new();
    for (guint i = 0; i < roster->clients->len; i++)
        if (!roster_client(roster, i)->leaf && !roster_client(roster, i)->ours)
            read_client(bus, known, roster, roster_client(roster, i));
    for (guint i = 0; i < roster->clients->len; i++)
        if (roster_client(roster, i)->leaf)
            read_client(bus, known, roster, roster_client(roster, i));
    g_ptr_array_sort(bus->actors, compare);
    return bus;
}

void bus_free(Bus *bus)
{
    if (bus == NULL)
        return;
    g_ptr_array_unref(bus->actors);
    g_ptr_array_unref(bus->stuck);
    g_free(bus);
}

/* As compare(), but tiers do not count. */
static int order_of(const BusActor *actor, ActorKind kind, const char *name)
{
    return actor->kind != kind ? (int)actor->kind - (int)kind : strcmp(actor->name, name);
}

BusActor *const *bus_find(const Bus *bus, ActorKind kind, const char *name, unsigned *count)
{
    unsigned low = 0, high = bus->actors->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (order_of(g_ptr_array_index(bus->actors, middle), kind, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (high = low; high < bus->actors->len &&
                     order_of(g_ptr_array_index(bus->actors, high), kind, name) == 0;)
        high++;
    *count = high - low;
    return *count > 0 ? (BusActor *const *)&bus->actors->pdata[low] : NULL;
}
