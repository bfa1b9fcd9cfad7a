/* Who did not come back: Heddle 0.9.2 never reconnects (../shared/facts-heddle.md, "Zombies after
 * any lost connection"). This program lives through the same loss, so it has seen who was there. */
#include <string.h>

#include "base/clock.h"
#include "mesh/findings_parts.h"

/* After a connection is back, a client that reconnects has done so by then (nats-py tries every two
 * seconds). */
#define COMES_BACK_US (4 * (gint64)G_USEC_PER_SEC)

static gboolean is_zombie(const Model *model, const Actor *actor)
{
    const Presence *presence = &actor->presence;

    return actor->probe == model->probe && presence->gone_us != 0 && presence->with_link;
}

static void add_zombie(const Model *model, Finding *finding, const Actor *actor, GString *next)
{
    const Presence *presence = &actor->presence;
    g_autofree char *name = found_name(actor), *command = actor_restart(model, actor);
    g_autofree char *age = clock_span(model->link.lost_us - presence->since_us);

    found_evidence(finding,
                   g_strdup_printf("%s: %u subscribed for at least %s before the loss, none since",
                                   name, presence->most, age));
    if (command != NULL)
        g_string_append_printf(next, "%s%s", next->len > 0 ? "\n" : "", command);
}

static char *zombie_text(const Model *model, GPtrArray *lost)
{
    g_autofree char *at = clock_local(model->link.lost_wall);
    g_autoptr(GString) names = g_string_new(NULL);
    enum { NAMES_MOST = 6 };

    for (unsigned i = 0; i < MIN(lost->len, NAMES_MOST); i++) {
        g_autofree char *name = actor_name(g_ptr_array_index(lost, i));

        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", name);
    }
    if (lost->len > NAMES_MOST)
        g_string_append_printf(names, " and %u more", lost->len - NAMES_MOST);
    return g_strdup_printf("%u %s not come back after the connection lost at %s; restart: %s",
                           lost->len, lost->len == 1 ? "actor has" : "actors have", at, names->str);
}

void find_zombies(const Model *model, Found *found)
{
    g_autoptr(GPtrArray) lost = g_ptr_array_new();
    const LinkView *link = &model->link;
    g_autofree char *down = NULL, *up = NULL, *between = NULL;
    GString *next;
    Finding *finding;

    if (!found_roster(model) || link->lost_us == 0 || model->now_us - link->up_us < COMES_BACK_US)
        return;
    for (unsigned i = 0; i < model->panels->len; i++)
        if (is_zombie(model, g_ptr_array_index(model->panels, i)))
            g_ptr_array_add(lost, g_ptr_array_index(model->panels, i));
    if (lost->len == 0)
        return;
    finding = found_add(found, "zombie", STATE_FAIL, "", zombie_text(model, lost));
    down = clock_local(link->lost_wall);
    up = clock_local(link->up_wall);
    between = clock_span(link->up_us - link->lost_us);
    found_evidence(finding,
                   g_strdup_printf("our own connection was lost at %s and back at %s, after %s",
                                   down, up, between));
    next = g_string_new(NULL);
    for (unsigned i = 0; i < lost->len; i++)
        add_zombie(model, finding, g_ptr_array_index(lost, i), next);
    finding->next = g_string_free(next, FALSE);
}
