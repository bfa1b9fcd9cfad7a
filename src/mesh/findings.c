#include "mesh/findings.h"

#include <string.h>

#include "base/clock.h"
#include "mesh/findings_parts.h"
#include "mesh/timeline_observe.h"
#include "mesh/verdict.h"

/* Worst harm first: what stops the mesh, what loses or doubles tasks, what may. Those that are told
 * have an entry in the timeline when they come and go; the others only sum up rows that have one.
 * Those of the roster cannot be seen while it is not known: they are neither there nor gone then.
 */
static const struct {
    void (*find)(const Model *model, Found *found);
    gboolean told, of_roster;
} detectors[] = {
    {find_broken_link, FALSE, FALSE}, /* it has a track of its own */
    {find_url_split, FALSE, FALSE},   /* which may explain all that is missing */
    {find_zombies, TRUE, TRUE},
    {find_poison, FALSE, FALSE}, /* the timeline has each message */
    {find_no_router, FALSE, TRUE},
    {find_refused_subscriptions, TRUE, TRUE},
    {find_double_workers, TRUE, TRUE},
    {find_wrong_command, FALSE, TRUE},
    {find_ungrouped_routers, TRUE, TRUE},
    {find_bad_configs, FALSE, FALSE},
    {find_double_goals, TRUE, TRUE},
    {find_other_tier, FALSE, TRUE},
    {find_bogus_tier, FALSE, TRUE},
    {find_wide_name, TRUE, TRUE},
    {find_not_running, FALSE, TRUE},
    {find_in_logs, TRUE, FALSE},
    {find_stuck_start, FALSE, TRUE},
    {find_slow_actor, TRUE, TRUE},
    {find_unheard_dead_letters, FALSE, TRUE},
    {find_env_notes, FALSE, FALSE},
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

/* Takes `key` and `text`. */
static Finding *finding_new(const char *id, State state, char *key, char *text)
{
    Finding *finding = g_new0(Finding, 1);

    finding->id = id;
    finding->state = state;
    finding->key = key;
    finding->text = text;
    finding->count = 1;
    finding->evidence = g_ptr_array_new_with_free_func(g_free);
    return finding;
}

Finding *found_add(Found *found, const char *id, State state, const char *what, char *text)
{
    Finding *finding = finding_new(id, state, g_strdup_printf("%s %s", id, what), text);

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

/* More of them nobody reads, and a panel has its own. */
enum { COMMANDS_MOST = 40 };

char *found_restarts(const Model *model, const GPtrArray *actors)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean asks = FALSE;

    if (actors->len == 1)
        return actor_restart(model, g_ptr_array_index(actors, 0));
    for (unsigned i = 0; i < MIN(actors->len, COMMANDS_MOST); i++) {
        g_autofree char *command = actor_restart_among(model, g_ptr_array_index(actors, i), &asks);

        if (command != NULL)
            g_string_append_printf(text, "%s%s", text->len > 0 ? "\n" : "", command);
    }
    if (actors->len > COMMANDS_MOST)
        g_string_append_printf(text, "\n# and %u more: each panel has its own",
                               actors->len - COMMANDS_MOST);
    if (text->len == 0)
        return NULL;
    /* In braces, or `read` would take the next line of what is pasted for the URL. */
    return asks ? g_strdup_printf("{ read -rs NATS_URL; export NATS_URL\n%s\n}", text->str)
                : g_strdup(text->str);
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

void found_clients(Finding *finding, const GPtrArray *clients)
{
    for (unsigned i = 0; i < MIN(clients->len, EVIDENCE_MOST); i++)
        found_evidence(finding, found_client(g_ptr_array_index(clients, i)));
    if (clients->len > EVIDENCE_MOST)
        found_evidence(finding, g_strdup_printf("and %u more", clients->len - EVIDENCE_MOST));
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

/* --- many of one sort --- */

/* More of one id than this are told as one, for nobody reads past a screen of them: the worst, with
 * how many there are, what the others say, and all that brings them back. */
enum { ALIKE_MOST = 8, ALIKE_COMMANDS = 12 };

static char *alike_key(const char *id)
{
    return g_strdup_printf("%s, several", id);
}

/* What to type for all of them, each line once. */
static char *alike_next(Finding *const *all, unsigned count)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GString) next = g_string_new(NULL);

    for (unsigned i = 0; i < count; i++) {
        g_auto(GStrv) lines = g_strsplit(all[i]->next != NULL ? all[i]->next : "", "\n", -1);

        for (char **line = lines; *line != NULL; line++)
            if (g_hash_table_size(seen) < ALIKE_COMMANDS && g_hash_table_add(seen, g_strdup(*line)))
                g_string_append_printf(next, "%s%s", next->len > 0 ? "\n" : "", *line);
    }
    return next->len > 0 ? g_strdup(next->str) : NULL;
}

static Finding *alike_head(Finding *const *all, unsigned count, gboolean full)
{
    const Finding *worst = all[0];
    Finding *head;
    unsigned told = 0;

    for (unsigned i = 1; i < count; i++)
        if (all[i]->state > worst->state)
            worst = all[i];
    head = finding_new(worst->id, worst->state, alike_key(worst->id),
                       g_strdup_printf("%s, and %s%u more like it", worst->text,
                                       full ? "at least " : "", count - 1));
    head->count = count;
    head->next = alike_next(all, count);
    for (unsigned i = 0; i < worst->evidence->len; i++)
        found_evidence(head, g_strdup(g_ptr_array_index(worst->evidence, i)));
    for (unsigned i = 0; i < count && told < EVIDENCE_MOST; i++)
        if (all[i] != worst && ++told > 0)
            found_evidence(head, g_strdup(all[i]->text));
    if (told < count - 1)
        found_evidence(
            head, g_strdup_printf("and %u more%s", count - 1 - told, full ? ", at least" : ""));
    return head;
}

/* What one detector gave, from `first` on; those of one id follow each other or are few. */
static void tell_alike_as_one(Found *found, unsigned first)
{
    while (first < found->len) {
        Finding **all = (Finding **)found->pdata + first;
        unsigned count = 1;

        while (first + count < found->len && g_str_equal(all[count]->id, all[0]->id))
            count++;
        if (count > ALIKE_MOST) {
            Finding *head = alike_head(all, count, count >= FOUND_MOST);

            g_ptr_array_remove_range(found, first, count);
            g_ptr_array_insert(found, (int)first, head);
            count = 1;
        }
        first += count;
    }
}

/* The one among others that tells the same: itself, or one that stands for its sort, or, for one
 * that stands for several, the first of their sort. */
static const Finding *counterpart(const GPtrArray *others, GHashTable *by_key,
                                  const Finding *finding)
{
    g_autofree char *several = alike_key(finding->id);
    const Finding *other = g_hash_table_lookup(by_key, finding->key);

    if (other == NULL)
        other = g_hash_table_lookup(by_key, several);
    for (unsigned i = 0; g_str_equal(finding->key, several) && other == NULL && i < others->len;
         i++) {
        const Finding *one = g_ptr_array_index(others, i);

        if (g_str_equal(one->id, finding->id))
            other = one;
    }
    return other;
}

/* What stands for more than it did when it was dismissed is told again. */
static void keep_from(Finding *finding, const Model *model, const Finding *old)
{
    finding->since_us = old != NULL ? old->since_us : model->now_us;
    finding->since_wall = old != NULL ? old->since_wall : model->now_wall;
    finding->dismissed = old != NULL && old->dismissed && finding->count <= old->count;
}

/* Those of before that are not found now: they are gone, or only out of sight. */
static void part_with(Model *model, GPtrArray *before, gboolean blind)
{
    g_autoptr(GHashTable) by = by_key(model->findings);

    for (unsigned i = 0; i < before->len; i++) {
        Finding *old = g_ptr_array_index(before, i);

        if (counterpart(model->findings, by, old) != NULL) {
            finding_free(old);
        } else if (blind && old->of_roster) {
            g_ptr_array_add(model->findings_unseen, old);
        } else {
            if (old->told)
                note_change(model, old, TRUE);
            finding_free(old);
        }
    }
}

static GPtrArray *find_all(const Model *model)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(finding_free);

    for (gsize i = 0; i < G_N_ELEMENTS(detectors); i++) {
        unsigned first = all->len;

        detectors[i].find(model, all);
        tell_alike_as_one(all, first);
        for (; first < all->len; first++) {
            Finding *finding = g_ptr_array_index(all, first);

            finding->told = detectors[i].told;
            finding->of_roster = detectors[i].of_roster;
        }
    }
    g_ptr_array_sort(all, compare);
    return all;
}

/* All that was known, in sight or not; they are the caller's. */
static GPtrArray *take_known(Model *model)
{
    GPtrArray *known = model->findings;

    g_ptr_array_extend_and_steal(known, model->findings_unseen);
    model->findings_unseen = g_ptr_array_new_with_free_func(finding_free);
    g_ptr_array_set_free_func(known, NULL);
    return known;
}

void findings_refresh(Model *model)
{
    g_autoptr(GPtrArray) before = take_known(model);
    g_autoptr(GHashTable) old_by_key = by_key(before);

    model->findings = find_all(model);
    for (unsigned i = 0; i < model->findings->len; i++) {
        Finding *finding = g_ptr_array_index(model->findings, i);
        const Finding *old = counterpart(before, old_by_key, finding);

        keep_from(finding, model, old);
        if (old == NULL && finding->told)
            note_change(model, finding, FALSE);
    }
    part_with(model, before, !found_roster(model));
}

void findings_forget(Model *model)
{
    g_autoptr(GPtrArray) before = take_known(model);

    model->findings = g_ptr_array_new_with_free_func(finding_free);
    for (unsigned i = 0; i < before->len; i++) {
        Finding *old = g_ptr_array_index(before, i);

        if (!old->of_roster) {
            g_ptr_array_add(model->findings, old);
            continue;
        }
        if (old->told)
            note_change(model, old, TRUE);
        finding_free(old);
    }
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
