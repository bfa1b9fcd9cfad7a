/* Who serves a smoke's worker type, from the roster. */
#include <string.h>

#include "mesh/facts.h"
#include "mesh/local.h"
#include "mesh/smoke_parts.h"

gboolean smoke_roster_tells(const Model *model, gint64 since_us)
{
    const RosterView *view = &model->roster;
    const Ladder *ladder = model->probe->ladder;
    gboolean cluster = ladder != NULL && ladder->info.cluster != NULL;

    return view->state == ROSTER_KNOWN && view->bus != NULL && view->as_of_us >= since_us &&
           !(view->by_monitor && cluster) && !roster_is_partial(model);
}

static void count(Serving *serving, const BusActor *actor)
{
    for (unsigned i = 0; i < actor->clients->len; i++) {
        const RosterClient *client = g_ptr_array_index(actor->clients, i);

        if (serving->clients < G_N_ELEMENTS(serving->some))
            serving->some[serving->clients] = client;
        serving->clients++;
        serving->pending_bytes += client->pending_bytes;
        serving->rtt_ms = MAX(serving->rtt_ms, client->rtt_ms);
    }
    serving->msgs += actor->msgs;
    if (g_str_equal(actor->name, "*"))
        serving->wides += actor->clients->len;
    else if (actor->kind == KIND_WORKER)
        serving->workers += actor->clients->len;
    else
        serving->processors += actor->clients->len;
}

Serving smoke_serving(const Model *model, const char *worker_type, const char *tier)
{
    static const ActorKind kinds[] = {KIND_WORKER, KIND_PROCESSOR};
    const char *names[] = {worker_type, "*"};
    Serving serving = {.rtt_ms = -1};

    for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++)
        for (gsize n = 0; n < G_N_ELEMENTS(names); n++) {
            unsigned found = 0;
            BusActor *const *actors = bus_find(model->roster.bus, kinds[k], names[n], &found);

            for (unsigned i = 0; i < found; i++)
                if (g_str_equal(actors[i]->tier, tier))
                    count(&serving, actors[i]);
        }
    return serving;
}

char *smoke_other_tiers(const Model *model, const char *worker_type, const char *except)
{
    GString *tiers = g_string_new(NULL);

    for (unsigned i = 0; i < HEDDLE_TIERS; i++) {
        Serving serving = smoke_serving(model, worker_type, heddle_tiers[i]);

        if (serving.clients > 0 && !g_str_equal(heddle_tiers[i], except))
            g_string_append_printf(tiers, "%s%s (%u)", tiers->len > 0 ? ", " : "", heddle_tiers[i],
                                   serving.clients);
    }
    if (tiers->len > 0)
        return g_string_free(tiers, FALSE);
    g_string_free(tiers, TRUE);
    return NULL;
}

static const HeddleProc *stopped_of(const Model *model, const Actor *actor)
{
    g_autoptr(GPtrArray) procs = local_procs(model, actor);

    for (unsigned i = 0; i < procs->len; i++) {
        const HeddleProc *proc = g_ptr_array_index(procs, i);

        if (proc->state == 'T' && !local_is_elsewhere(model, actor, proc))
            return proc;
    }
    return NULL;
}

const HeddleProc *smoke_stopped(const Model *model, const Smoke *smoke)
{
    const char *tier = smoke->routed_tier != NULL ? smoke->routed_tier : smoke->tier;

    for (unsigned i = 0; smoke->mode != SMOKE_GOAL && i < model->panels->len; i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);
        ActorKind kind = actor_kind(actor);
        g_autofree char *name = NULL;
        const HeddleProc *proc;

        if (kind != KIND_WORKER && kind != KIND_PROCESSOR)
            continue;
        name = actor_name(actor);
        if (!g_str_equal(name, smoke->worker_type))
            continue;
        proc = stopped_of(model, actor);
        if (proc != NULL && g_strcmp0(proc->tier, tier) == 0)
            return proc;
    }
    return NULL;
}

void smoke_note_served(const Model *model, Smoke *smoke)
{
    smoke->before.known = smoke_roster_tells(model, 0);
    for (unsigned i = 0; i < HEDDLE_TIERS && smoke->before.known; i++) {
        Serving serving = smoke_serving(model, smoke->worker_type, heddle_tiers[i]);

        smoke->before.clients[i] = serving.clients;
        smoke->before.msgs[i] = serving.msgs;
    }
}
