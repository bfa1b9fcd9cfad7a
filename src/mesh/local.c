#include "mesh/local.h"

#include <string.h>

#include "mesh/facts.h"

/* The ports first: all processes are held against all connections, and few are equal. */
static gboolean is_at(const char *local, const RosterClient *client)
{
    const char *colon = strrchr(local, ':');
    g_autofree char *address = NULL;

    if (colon == NULL || g_ascii_strtoull(colon + 1, NULL, 10) != client->port)
        return FALSE;
    address = g_strdup_printf(strchr(client->ip, ':') != NULL ? "[%s]:%u" : "%s:%u", client->ip,
                              client->port);
    return g_str_equal(local, address);
}

/* Does one of the actor's connections, as their server sees them, come from this process? */
static gboolean holds_connection(const HeddleProc *proc, const BusActor *on_bus)
{
    for (unsigned i = 0; i < proc->sockets->len; i++) {
        const ProcSocket *socket = &g_array_index(proc->sockets, ProcSocket, i);

        for (unsigned k = 0; k < on_bus->clients->len; k++)
            if (is_at(socket->local, g_ptr_array_index(on_bus->clients, k)))
                return TRUE;
    }
    return FALSE;
}

static gboolean is_of(const HeddleProc *proc, const Actor *actor, const BusActor *on_bus)
{
    if (proc->monitor || proc->copy_of != 0)
        return FALSE;
    if (actor->config != NULL && actor->config->real_path != NULL)
        return g_strcmp0(proc->config_path, actor->config->real_path) == 0;
    return on_bus != NULL && proc->kind == actor_kind(actor) && holds_connection(proc, on_bus);
}

GPtrArray *local_procs(const Model *model, const Actor *actor)
{
    GPtrArray *found = g_ptr_array_new();
    const ProcScan *scan = model->local.scan;
    const BusActor *on_bus;

    if (scan == NULL || scan->procs->len == 0)
        return found;
    on_bus = actor_is_stranger(actor) ? actor_on_bus(model, actor) : NULL;
    for (unsigned i = 0; i < scan->procs->len; i++)
        if (is_of(g_ptr_array_index(scan->procs, i), actor, on_bus))
            g_ptr_array_add(found, g_ptr_array_index(scan->procs, i));
    return found;
}

/* Is one of its connections to the server that ours is to? */
static gboolean shares_server(const Model *model, const Actor *actor, const HeddleProc *proc)
{
    const char *address = model->link.server.address;
    unsigned count = 0;
    BusActor *const *seen = actor_tiers_on_bus(model, actor, &count);

    if (actor->probe != model->probe)
        return FALSE;
    for (unsigned i = 0; i < count; i++)
        if (holds_connection(proc, seen[i]))
            return TRUE;
    for (unsigned i = 0; address != NULL && i < proc->sockets->len; i++)
        if (g_str_equal(g_array_index(proc->sockets, ProcSocket, i).remote, address))
            return TRUE;
    return FALSE;
}

gboolean local_is_elsewhere(const Model *model, const Actor *actor, const HeddleProc *proc)
{
    /* What a name means in a container is not known here. */
    return proc->url != NULL && proc->container == NULL && proc->root != ROOT_OTHER &&
           !nats_url_meet(proc->url, actor_url(model, actor)) && !shares_server(model, actor, proc);
}

const HeddleProc *local_proc(const Model *model, const Actor *actor)
{
    g_autoptr(GPtrArray) all = NULL;

    if (model->local.scan == NULL || model->local.scan->procs->len == 0)
        return NULL;
    all = local_procs(model, actor);
    for (unsigned i = 0; i < all->len; i++) {
        const HeddleProc *proc = g_ptr_array_index(all, i);

        if (proc->kind == actor_kind(actor) && !local_is_elsewhere(model, actor, proc))
            return proc;
    }
    return NULL;
}

gboolean local_is_cut_off(const HeddleProc *proc)
{
    return proc->sockets_readable && proc->sockets->len == 0 && proc->connecting == 0 &&
           proc->state != 'Z';
}

gint64 local_cut_off_us(const Model *model, const HeddleProc *proc)
{
    const gint64 *since = g_hash_table_lookup(model->local.cut, GINT_TO_POINTER(proc->pid));

    return since != NULL ? MAX(model->now_us - *since, 1) : 0;
}

char *local_name(const HeddleProc *proc)
{
    return proc->unit != NULL ? g_strdup_printf("pid %d (%s)", proc->pid, proc->unit)
           : proc->container != NULL
               ? g_strdup_printf("pid %d (container %s)", proc->pid, proc->container)
               : g_strdup_printf("pid %d", proc->pid);
}

char *local_restart(const HeddleProc *proc, const char *command)
{
    /* A scheduler that lost its connection does not heed SIGTERM (facts-heddle.md, Traps). */
    const char *how = proc->kind == KIND_SCHEDULER ? "kill -KILL" : "kill";

    if (proc->unit != NULL)
        return g_strdup_printf("systemctl %srestart %s", proc->unit_of_user ? "--user " : "",
                               proc->unit);
    if (proc->container != NULL)
        return g_strdup_printf("docker restart %s", proc->container);
    return command != NULL ? g_strdup_printf("%s %d; %s", how, proc->pid, command)
                           : g_strdup_printf("%s %d", how, proc->pid);
}
