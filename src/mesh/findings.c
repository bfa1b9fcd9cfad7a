#include "mesh/findings.h"

#include <string.h>

#include "base/clock.h"
#include "mesh/findings_parts.h"
#include "mesh/timeline_observe.h"
#include "mesh/verdict.h"

/* Worst harm first: what stops the mesh, what loses or doubles tasks, what may. Those that are told
 * have an entry in the timeline when they come and go; the others only sum up rows that have one.
 */
static const struct {
    void (*find)(const Model *model, Found *found);
    gboolean told;
} detectors[] = {
    {find_broken_link, FALSE},                            /* it has a track of its own */
    {find_zombies, TRUE},           {find_poison, FALSE}, /* the timeline has each message */
    {find_no_router, FALSE},        {find_refused_subscriptions, TRUE},
    {find_double_workers, TRUE},    {find_wrong_command, FALSE},
    {find_ungrouped_routers, TRUE}, {find_bad_configs, FALSE},
    {find_double_goals, TRUE},      {find_other_tier, FALSE},
    {find_bogus_tier, FALSE},       {find_wide_name, TRUE},
    {find_not_running, FALSE},      {find_in_logs, TRUE},
    {find_stuck_start, FALSE},      {find_slow_actor, TRUE},
    {find_url_split, FALSE},        {find_unheard_dead_letters, FALSE},
    {find_env_notes, FALSE},
};

void finding_free(void *data)
{
    Finding *finding = data;

    g_free(finding->key);
    g_free(finding->text);
    g_free(finding->next);
    g_ptr_array_unref(finding->evidence);
    g_free(finding);
}

Finding *found_add(Found *found, const char *id, State state, const char *what, char *text)
{
    Finding *finding = g_new0(Finding, 1);

    finding->id = id;
    finding->state = state;
    finding->key = g_strdup_printf("%s %s", id, what);
    finding->text = text;
    finding->evidence = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(found, finding);
    return finding;
}

gboolean found_room(const Found *found, const char *id)
{
    const Finding *first =
        found->len >= FOUND_MOST ? g_ptr_array_index(found, found->len - FOUND_MOST) : NULL;

    return first == NULL || !g_str_equal(first->id, id);
}

void found_evidence(Finding *finding, char *line)
{
    g_ptr_array_add(finding->evidence, line);
}

void found_remedy(Finding *finding, const Model *model, const Actor *actor)
{
    g_free(finding->next);
    finding->next = verdict_next(model, actor, finding->id);
}

void found_restart(GString *next, const Model *model, const Actor *actor)
{
    g_autofree char *command = actor_restart(model, actor);

    if (command != NULL)
        g_string_append_printf(next, "%s%s", next->len > 0 ? "\n" : "", command);
}

char *found_name(const Actor *actor)
{
    g_autofree char *name = actor_name(actor);
    const char *kind = kind_info(actor_kind(actor))->word;

    return g_str_equal(name, kind) ? g_strdup(name) : g_strdup_printf("%s %s", kind, name);
}

char *found_client(const RosterClient *client)
{
    g_autofree char *up = client->uptime_s >= 0
                              ? clock_span(client->uptime_s * (gint64)G_USEC_PER_SEC)
                              : g_strdup("a time not told");

    return g_strdup_printf("connection %" G_GUINT64_FORMAT " from %s:%u (%s %s), up for %s%s%s",
                           client->cid, client->ip, client->port,
                           client->lang[0] != '\0' ? client->lang : "a client", client->version, up,
                           client->server_name[0] != '\0' ? ", on " : "", client->server_name);
}

gboolean found_roster(const Model *model)
{
    return model->link.state == LINK_UP && model->roster.state == ROSTER_KNOWN &&
           !roster_is_partial(model) && !roster_is_of_part(model);
}

/* The first of each key. Strangers can make as many findings as they can open connections. */
static GHashTable *by_key(const GPtrArray *findings)
{
    GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned i = findings->len; i-- > 0;) {
        Finding *finding = g_ptr_array_index(findings, i);

        g_hash_table_insert(table, finding->key, finding);
    }
    return table;
}

/* A failure is worse than any warning; within each the order of the detectors stands. */
static int compare(const void *a, const void *b)
{
    const Finding *x = *(Finding *const *)a, *y = *(Finding *const *)b;

    return (int)y->state - (int)x->state;
}

static void note_change(Model *model, const Finding *finding, gboolean gone)
{
    g_autofree char *track = g_strdup_printf("finding %s", finding->id);
    Change change = {.at_us = model->now_us,
                     .wall_us = model->now_wall,
                     .track = track,
                     .text = finding->text,
                     .state = gone ? STATE_OK : finding->state,
                     .word = gone ? "gone" : "found"};
    Track passing = {0}; /* findings of one id come and go by themselves */

    timeline_append(model->timeline, &passing, &change);
    track_clear(&passing);
}

void findings_refresh(Model *model)
{
    GPtrArray *before = model->findings;
    g_autoptr(GHashTable) old_by_key = by_key(before), new_by_key = NULL;

    model->findings = g_ptr_array_new_with_free_func(finding_free);
    for (gsize i = 0; i < G_N_ELEMENTS(detectors); i++) {
        unsigned first = model->findings->len;

        detectors[i].find(model, model->findings);
        if (model->findings->len - first >= FOUND_MOST)
            found_evidence(
                g_ptr_array_index(model->findings, model->findings->len - 1),
                g_strdup("there may be more such findings: these are all that are told"));
        for (; first < model->findings->len; first++)
            ((Finding *)g_ptr_array_index(model->findings, first))->told = detectors[i].told;
    }
    g_ptr_array_sort(model->findings, compare);
    for (unsigned i = 0; i < model->findings->len; i++) {
        Finding *finding = g_ptr_array_index(model->findings, i);
        const Finding *old = g_hash_table_lookup(old_by_key, finding->key);

        finding->since_us = old != NULL ? old->since_us : model->now_us;
        finding->since_wall = old != NULL ? old->since_wall : model->now_wall;
        finding->dismissed = old != NULL && old->dismissed;
        if (old == NULL && finding->told)
            note_change(model, finding, FALSE);
    }
    new_by_key = by_key(model->findings);
    for (unsigned i = 0; i < before->len; i++) {
        const Finding *old = g_ptr_array_index(before, i);

        if (old->told && !g_hash_table_contains(new_by_key, old->key))
            note_change(model, old, TRUE);
    }
    g_ptr_array_unref(before);
}

unsigned findings_count(const Model *model, State *worst)
{
    unsigned count = 0;

    *worst = STATE_OK;
    for (unsigned i = 0; i < model->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(model->findings, i);

        if (finding->dismissed)
            continue;
        count++;
        *worst = state_worse(*worst, finding->state);
    }
    return count;
}
