/* Who did not come back: Heddle 0.9.2 never reconnects (../shared/facts-heddle.md, "Zombies after
 * any lost connection"). This program lives through the same loss, so it has seen who was there. */
#include <string.h>

#include "base/clock.h"
#include "mesh/findings_parts.h"
#include "mesh/local.h"

/* Heddle's own check gives up after two minutes (facts-heddle.md): a process that is older and has
 * no connection is not in its start. Within them it tries every two seconds, so while the server
 * answers it is not without a connection for as long as this. */
#define START_US   (150 * (gint64)G_USEC_PER_SEC)
#define CUT_OFF_US (8 * (gint64)G_USEC_PER_SEC)

gboolean found_is_zombie(const Model *model, const Actor *actor)
{
    const Presence *presence = &actor->presence;
    const HeddleProc *proc;

    if (actor->probe != model->probe || presence->replicas > 0)
        return FALSE;
    if (actor_is_left_behind(model, actor))
        return TRUE;
    proc = local_proc(model, actor);
    return proc != NULL && local_is_cut_off(proc) &&
           (model->now_wall - proc->started_us > START_US ||
            MIN(local_cut_off_us(model, proc), model->now_us - model->link.up_us) > CUT_OFF_US);
}

static void add_processes(const Model *model, Finding *finding, const Actor *actor)
{
    g_autoptr(GPtrArray) procs = local_procs(model, actor);

    for (unsigned i = 0; i < procs->len; i++) {
        const HeddleProc *proc = g_ptr_array_index(procs, i);
        g_autofree char *name = local_name(proc);

        if (local_is_elsewhere(model, actor, proc))
            continue;
        found_evidence(finding, g_strdup_printf("%s: %s %s", name, proc->command,
                                                !proc->sockets_readable ? "(another user's)"
                                                : local_is_cut_off(proc)
                                                    ? "lives without a TCP connection"
                                                    : "lives, and has a TCP connection"));
    }
}

static void add_zombie(const Model *model, Finding *finding, const Actor *actor)
{
    const Presence *presence = &actor->presence;
    g_autofree char *name = found_name(actor);
    g_autofree char *age = clock_span(presence->lost_us - presence->since_us);

    if (presence->with_link)
        found_evidence(finding, g_strdup_printf(
                                    "%s: %u subscribed for at least %s before the loss, none since",
                                    name, presence->most, age));
    else
        found_evidence(finding, g_strdup_printf("%s: nobody on its subject", name));
    if (actor->log.summary != NULL && actor->log.summary->stage == LOG_STAGE_LOST)
        found_evidence(finding, g_strdup_printf("%s: its log says: %s", name,
                                                actor->log.summary->notes[LOG_DISCONNECTED].text));
    add_processes(model, finding, actor);
}

/* When the first of them was lost; 0: none went with a connection of ours. */
static gint64 first_lost(const GPtrArray *lost)
{
    gint64 first = 0;

    for (unsigned i = 0; i < lost->len; i++) {
        const Actor *actor = g_ptr_array_index(lost, i);
        gint64 wall = actor->presence.lost_wall;

        first = first == 0 || (wall != 0 && wall < first) ? wall : first;
    }
    return first;
}

static char *zombie_text(GPtrArray *lost)
{
    gint64 first = first_lost(lost);
    g_autofree char *at = clock_local(first);
    g_autoptr(GString) names = g_string_new(NULL);
    enum { NAMES_MOST = 6 };

    for (unsigned i = 0; i < MIN(lost->len, NAMES_MOST); i++) {
        g_autofree char *name = actor_name(g_ptr_array_index(lost, i));

        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", name);
    }
    if (lost->len > NAMES_MOST)
        g_string_append_printf(names, " and %u more", lost->len - NAMES_MOST);
    return first != 0 ? g_strdup_printf("restart %s: not back since the connection was lost at %s",
                                        names->str, at)
                      : g_strdup_printf("restart %s: running, without a connection", names->str);
}

static void add_our_loss(const Model *model, Finding *finding)
{
    const LinkView *link = &model->link;
    g_autofree char *down = clock_local(link->lost_wall), *up = clock_local(link->up_wall);
    g_autofree char *between = clock_span(link->up_us - link->lost_us);

    found_evidence(finding,
                   g_strdup_printf("our own connection was lost at %s and back at %s, after %s",
                                   down, up, between));
}

void find_zombies(const Model *model, Found *found)
{
    g_autoptr(GPtrArray) lost = g_ptr_array_new();
    gboolean with_link = FALSE;
    Finding *finding;

    if (!found_roster(model))
        return;
    for (unsigned i = 0; i < model->panels->len; i++) {
        Actor *actor = g_ptr_array_index(model->panels, i);

        if (!found_is_zombie(model, actor))
            continue;
        g_ptr_array_add(lost, actor);
        with_link |= actor->presence.lost_us == model->link.lost_us;
    }
    if (lost->len == 0)
        return;
    finding = found_add(found, "zombie", STATE_FAIL, "", zombie_text(lost));
    finding->count = lost->len;
    if (with_link && model->link.lost_us != 0)
        add_our_loss(model, finding);
    for (unsigned i = 0; i < lost->len; i++)
        add_zombie(model, finding, g_ptr_array_index(lost, i));
    finding->next = found_restarts(model, lost);
}

/* --- poison --- */

/* A roster is asked every two seconds, so who goes by a message is missed at most that much later;
 * and a message that nobody went by is told for as long as it may matter. */
#define GOES_WITHIN_US (5 * (gint64)G_USEC_PER_SEC)
#define TOLD_FOR_US    (300 * (gint64)G_USEC_PER_SEC)

static gboolean is_victim(const Model *model, const Actor *actor, const PoisonSeen *seen)
{
    const Presence *presence = &actor->presence;
    ActorKind kind = actor_kind(actor);
    g_autofree char *name = NULL, *subject = NULL;

    if (presence->gone_us < seen->at_us || presence->gone_us > seen->at_us + GOES_WITHIN_US)
        return FALSE; /* 0 when it is there */
    switch (seen->poison->victim) {
    case VICTIM_ROUTER:
        return kind == KIND_ROUTER;
    case VICTIM_GOALS:
        return kind == KIND_PIPELINE || kind == KIND_ORCHESTRATOR;
    case VICTIM_WORKER:
        name = actor_name(actor);
        subject = kind_subject(kind, name, actor_tier(model, actor));
        return g_strcmp0(subject, seen->poison->subject) == 0;
    default:
        return FALSE;
    }
}

/* Names them in `names`. Who they are; free with g_ptr_array_unref(). */
static GPtrArray *name_victims(const Model *model, const PoisonSeen *seen, GString *names)
{
    GPtrArray *victims = g_ptr_array_new();

    for (unsigned i = 0; i < model->panels->len; i++) {
        Actor *actor = g_ptr_array_index(model->panels, i);
        g_autofree char *name = NULL;

        if (!is_victim(model, actor, seen))
            continue;
        name = found_name(actor);
        g_string_append_printf(names, "%s%s", victims->len > 0 ? ", " : "", name);
        g_ptr_array_add(victims, actor);
    }
    return victims;
}

static void add_poison(const Model *model, Found *found, const PoisonSeen *seen)
{
    const Poison *poison = seen->poison;
    g_autofree char *what = g_strdup_printf("%s %s", poison->subject, poison_word(poison->harm));
    g_autofree char *at = clock_local(seen->wall_us), *iso = clock_iso(seen->wall_us);
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GPtrArray) fallen = name_victims(model, seen, names);
    unsigned victims = fallen->len;
    gboolean recent = model->now_us - seen->at_us < TOLD_FOR_US;
    Finding *finding;

    if (victims == 0 && !recent)
        return;
    finding = found_add(
        found, poison_is_deadly(poison) ? "poison" : "poison_ui",
        victims > 0 ? STATE_FAIL : STATE_WARN, what,
        victims > 0
            ? g_strdup_printf("%s taken down by a message on %s at %s (%s)", names->str,
                              poison->subject, at, poison_word(poison->harm))
            : g_strdup_printf("a message on %s at %s (%s) takes down %s", poison->subject, at,
                              poison_word(poison->harm), poison_victims(poison->victim)));
    found_evidence(finding, g_strdup_printf("%s  %s", iso, poison->head));
    if (poison->task_id != NULL)
        found_evidence(finding, g_strdup_printf("task id %s", poison->task_id));
    if (victims > 0)
        found_evidence(finding,
                       g_strdup_printf("gone within %d s of it: %s",
                                       (int)(GOES_WITHIN_US / G_USEC_PER_SEC), names->str));
    found_remedy(finding, model, NULL);
    if (victims > 0) {
        g_free(finding->next);
        finding->next = found_restarts(model, fallen);
    }
}

/* The newest of each sort: its key has no time, so one that comes again is the same finding. */
void find_poison(const Model *model, Found *found)
{
    for (unsigned i = model->poisons->len; i-- > 0;) {
        const PoisonSeen *seen = g_ptr_array_index(model->poisons, i);
        gboolean newer = FALSE;

        for (unsigned k = i + 1; k < model->poisons->len && !newer; k++) {
            const PoisonSeen *other = g_ptr_array_index(model->poisons, k);

            newer = other->poison->harm == seen->poison->harm &&
                    g_str_equal(other->poison->subject, seen->poison->subject);
        }
        if (!newer)
            add_poison(model, found, seen);
    }
}
