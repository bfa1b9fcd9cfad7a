/* Traps that the roster shows: who listens where, and in which queue group. */
#include <string.h>

#include "mesh/findings_parts.h"

enum { PENDING_MUCH = 1024 * 1024 };

static BusActor *bus_actor(const Model *model, unsigned index)
{
    return g_ptr_array_index(model->roster.bus->actors, index);
}

static unsigned bus_len(const Model *model)
{
    return found_roster(model) ? model->roster.bus->actors->len : 0;
}

static char *subject_of(const BusActor *actor)
{
    return kind_subject(actor->kind, actor->name, actor->tier);
}

void find_refused_subscriptions(const Model *model, Found *found)
{
    const GPtrArray *stuck = found_roster(model) ? model->roster.bus->stuck : NULL;
    Finding *finding;

    if (stuck == NULL || stuck->len == 0)
        return;
    finding = found_add(
        found, "refused_subscription", STATE_FAIL, "",
        g_strdup_printf("%u %s subscribed nothing but heddle.control.reload: the subscription for "
                        "its work was refused, whatever its log says",
                        stuck->len, stuck->len == 1 ? "actor has" : "actors have"));
    finding->count = stuck->len;
    found_clients(finding, stuck);
    found_remedy(finding, model, NULL);
}

void find_double_workers(const Model *model, Found *found)
{
    for (unsigned i = 0; i < bus_len(model) && found_room(found, "double_workers"); i++) {
        const BusActor *worker = bus_actor(model, i);
        unsigned count;
        BusActor *const *others =
            worker->kind == KIND_WORKER
                ? bus_find(model->roster.bus, KIND_PROCESSOR, worker->name, &count)
                : NULL;

        for (unsigned k = 0; others != NULL && k < count; k++) {
            g_autofree char *subject = subject_of(worker);
            Finding *finding;

            if (!g_str_equal(others[k]->tier, worker->tier))
                continue;
            finding = found_add(found, "double_workers", STATE_FAIL, subject,
                                g_strdup_printf("a worker and a processor both serve %s: each "
                                                "task is done twice",
                                                subject));
            found_evidence(finding, g_strdup_printf("%u in queue group workers-%s",
                                                    worker->clients->len, worker->name));
            found_clients(finding, worker->clients);
            found_evidence(finding, g_strdup_printf("%u in queue group processors-%s",
                                                    others[k]->clients->len, worker->name));
            found_clients(finding, others[k]->clients);
            found_remedy(finding, model, NULL);
        }
    }
}

void find_wrong_command(const Model *model, Found *found)
{
    for (unsigned i = 0;
         found_roster(model) && i < model->panels->len && found_room(found, "wrong_command"); i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);
        ActorKind kind = actor_kind(actor);
        ActorKind other = kind == KIND_PROCESSOR ? KIND_WORKER : KIND_PROCESSOR;
        g_autofree char *name = NULL, *shown = NULL;
        unsigned count;
        BusActor *const *running;
        Finding *finding;

        if ((kind != KIND_WORKER && kind != KIND_PROCESSOR) || actor_is_stranger(actor))
            continue;
        name = actor_name(actor);
        running = bus_find(model->roster.bus, other, name, &count);
        if (running == NULL)
            continue;
        shown = found_name(actor);
        finding = found_add(
            found, "wrong_command", STATE_FAIL, shown,
            g_strdup_printf("%s runs as a %s: it was started with `heddle %s`%s", shown,
                            kind_info(other)->word, kind_info(other)->word,
                            kind == KIND_PROCESSOR ? ", and answers every task FAILED" : ""));
        found_evidence(finding, g_strdup_printf("queue group %ss-%s, tier %s",
                                                kind_info(other)->word, name, running[0]->tier));
        found_clients(finding, running[0]->clients);
        found_remedy(finding, model, actor);
    }
}

/* One without a group is Heddle from git; two of them each route every task. */
void find_ungrouped_routers(const Model *model, Found *found)
{
    unsigned alone, grouped;
    Finding *finding;

    if (!found_roster(model))
        return;
    alone = roster_count(model->roster.roster, SUBJECT_INCOMING, NULL);
    grouped = roster_count(model->roster.roster, SUBJECT_INCOMING, "*") - alone;
    if (alone + (grouped > 0) < 2)
        return;
    finding = found_add(found, "many_routers", STATE_FAIL, "",
                        g_strdup("several routers each take every task: it is done as often"));
    found_evidence(finding,
                   g_strdup_printf("%u on " SUBJECT_INCOMING " in no queue group, %u in groups",
                                   alone, grouped));
    found_remedy(finding, model, NULL);
}

void find_other_tier(const Model *model, Found *found)
{
    for (unsigned i = 0;
         found_roster(model) && i < model->panels->len && found_room(found, "other_tier"); i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);
        g_autofree char *shown = NULL;
        unsigned count;
        BusActor *const *tiers;
        Finding *finding;

        if (actor_is_stranger(actor) || actor_tier(model, actor)[0] == '\0' ||
            actor_replicas(model, actor) > 0)
            continue;
        tiers = actor_tiers_on_bus(model, actor, &count);
        if (tiers == NULL)
            continue;
        shown = found_name(actor);
        finding = found_add(found, "other_tier", STATE_WARN, shown,
                            g_strdup_printf("%s runs on tier %s, not on %s: tasks for %s are lost",
                                            shown, tiers[0]->tier, actor_tier(model, actor),
                                            actor_tier(model, actor)));
        for (unsigned k = 0; k < count; k++) {
            g_autofree char *subject = subject_of(tiers[k]);

            found_evidence(finding,
                           g_strdup_printf("%u subscribed on %s", tiers[k]->clients->len, subject));
        }
        found_remedy(finding, model, actor);
    }
}

void find_bogus_tier(const Model *model, Found *found)
{
    for (unsigned i = 0; i < bus_len(model) && found_room(found, "bogus_tier"); i++) {
        const BusActor *actor = bus_actor(model, i);
        g_autofree char *subject = NULL;
        Finding *finding;

        if (actor->tier[0] == '\0' || tier_from_word(actor->tier) < TIER_OWN)
            continue;
        subject = subject_of(actor);
        finding =
            found_add(found, "bogus_tier", STATE_WARN, subject,
                      g_strdup_printf("%s %s listens on tier %s, where no router sends",
                                      kind_info(actor->kind)->word, actor->name, actor->tier));
        found_clients(finding, actor->clients);
        found_remedy(finding, model, NULL);
    }
}

void find_wide_name(const Model *model, Found *found)
{
    for (unsigned i = 0; i < bus_len(model) && found_room(found, "wide_name"); i++) {
        const BusActor *actor = bus_actor(model, i);
        g_autofree char *subject = NULL;
        Finding *finding;

        if (strchr(actor->name, '*') == NULL && strchr(actor->name, '>') == NULL)
            continue;
        subject = subject_of(actor);
        finding = found_add(found, "wide_name", STATE_WARN, subject,
                            g_strdup_printf("a %s is named %s: it takes the tasks of every other "
                                            "on its tier too",
                                            kind_info(actor->kind)->word, actor->name));
        found_evidence(finding, g_strdup_printf("subscribed on %s", subject));
        found_clients(finding, actor->clients);
        found_remedy(finding, model, NULL);
    }
}

void find_double_goals(const Model *model, Found *found)
{
    unsigned pipelines = 0, orchestrators = 0;
    BusActor *const *pipeline, *const *orchestrator;
    Finding *finding;

    if (!found_roster(model))
        return;
    pipeline = bus_find(model->roster.bus, KIND_PIPELINE, "", &pipelines);
    orchestrator = bus_find(model->roster.bus, KIND_ORCHESTRATOR, "", &orchestrators);
    if (pipeline == NULL || orchestrator == NULL)
        return;
    finding = found_add(found, "double_goals", STATE_WARN, "",
                        g_strdup("pipelines and orchestrators both take every goal: each runs it"));
    found_clients(finding, pipeline[0]->clients);
    found_clients(finding, orchestrator[0]->clients);
    found_remedy(finding, model, NULL);
}

void find_slow_actor(const Model *model, Found *found)
{
    for (unsigned i = 0; i < bus_len(model) && found_room(found, "slow_actor"); i++) {
        const BusActor *actor = bus_actor(model, i);

        for (unsigned k = 0; k < actor->clients->len && found_room(found, "slow_actor"); k++) {
            const RosterClient *client = g_ptr_array_index(actor->clients, k);
            g_autofree char *what = NULL;
            Finding *finding;

            if (client->pending_bytes < PENDING_MUCH)
                continue;
            what = g_strdup_printf("%s %" G_GUINT64_FORMAT, client->server, client->cid);
            finding = found_add(
                found, "slow_actor", STATE_WARN, what,
                g_strdup_printf("%s %s does not keep up: %.1f MiB wait for it at the server",
                                kind_info(actor->kind)->word, actor->name,
                                (double)client->pending_bytes / (1024 * 1024)));
            found_evidence(finding, found_client(client));
            found_remedy(finding, model, NULL);
        }
    }
}

void find_unheard_dead_letters(const Model *model, Found *found)
{
    guint64 seen = model->watch.counts.seen[TAP_DEAD_LETTER];
    Finding *finding;

    if (!found_roster(model) || seen == 0 ||
        roster_count(model->roster.roster, SUBJECT_DEAD_LETTER, "*") > 0)
        return;
    finding = found_add(found, "dead_letter_unheard", STATE_WARN, "",
                        g_strdup("dead letters come and nobody keeps them: the tasks are gone"));
    found_evidence(finding,
                   g_strdup_printf("%" G_GUINT64_FORMAT
                                   " seen here; nobody else listens on " SUBJECT_DEAD_LETTER,
                                   seen));
    found_remedy(finding, model, NULL);
}
