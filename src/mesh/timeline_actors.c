/* The actors' part of the timeline: rows that change in the same way by one event are one entry, or
 * a lost server would push everything else out. */
#include "mesh/timeline_parts.h"
#include "mesh/verdict.h"

enum { NAMES_A_GROUP = 6 };

/* Actors whose same row changes in the same way by one event. */
typedef struct Group {
    CheckId id;
    State state;
    char *from, *word, *text, *name;
    GString *names;
    GPtrArray *tracks; /* of Track * */
} Group;

static void group_free(void *data)
{
    Group *group = data;

    g_free(group->from);
    g_free(group->word);
    g_free(group->text);
    g_free(group->name);
    g_string_free(group->names, TRUE);
    g_ptr_array_unref(group->tracks);
    g_free(group);
}

static Group *group_for(GPtrArray *groups, CheckId id, const Track *track, const Check *check,
                        const char *word)
{
    Group *group;

    for (unsigned i = 0; i < groups->len; i++) {
        group = g_ptr_array_index(groups, i);
        if (group->id == id && group->state == check->state && g_str_equal(group->word, word) &&
            g_str_equal(group->from, track->word))
            return group;
    }
    group = g_new0(Group, 1);
    group->id = id;
    group->state = check->state;
    group->from = g_strdup(track->word);
    group->word = g_strdup(word);
    group->text = g_strdup(check->text);
    group->names = g_string_new(NULL);
    group->tracks = g_ptr_array_new();
    g_ptr_array_add(groups, group);
    return group;
}

static void add_to_group(Group *group, const Actor *actor, Track *track)
{
    if (group->tracks->len < NAMES_A_GROUP) {
        g_autofree char *name = actor_name(actor);

        g_string_append_printf(group->names, "%s%s", group->names->len > 0 ? ", " : "", name);
        if (group->name == NULL)
            group->name = g_steal_pointer(&name);
    }
    g_ptr_array_add(group->tracks, track);
}

static void flush_group(Model *model, Group *group)
{
    guint count = group->tracks->len;
    Track *first = g_ptr_array_index(group->tracks, 0);
    g_autofree char *track = count == 1
                                 ? g_strdup_printf("%s %s", group->name, check_word(group->id))
                                 : g_strdup_printf("%u actors %s", count, check_word(group->id));
    g_autofree char *more =
        count > NAMES_A_GROUP ? g_strdup_printf(" and %u more", count - NAMES_A_GROUP) : NULL;
    g_autofree char *names = g_strconcat(group->names->str, more, NULL);
    Change change = timeline_change(model, track, group->state, group->word);

    change.text = count == 1 ? group->text : names;
    timeline_append(model->timeline, first, &change);
    for (guint i = 1; i < count; i++) {
        Track *other = g_ptr_array_index(group->tracks, i);

        track_take(other, &change);
        other->last = first->last;
    }
}

static gboolean is_told(const Model *model, const Actor *actor, CheckId id)
{
    if (id == CHECK_NATS)
        return actor->probe != model->probe; /* the link's own track tells it */
    return id != CHECK_LIVE || model->link.state == LINK_UP;
}

static void observe_actor(Model *model, Actor *actor, unsigned what, GPtrArray *groups)
{
    for (CheckId id = 0; id < CHECK_COUNT; id++) {
        Track *track = &actor->seen[id];
        const char *word;
        Check check;

        if ((what & 1U << id) == 0 || !is_told(model, actor, id))
            continue;
        check = verdict_check(model, actor, id);
        word = timeline_word(check.state, check.cause);
        if (timeline_is_known(check.state) && track_differs(track, check.state, word)) {
            Change first = timeline_change(model, NULL, check.state, word);

            if (track->word == NULL)
                track_take(track, &first);
            else
                add_to_group(group_for(groups, id, track, &check, word), actor, track);
        }
        check_clear(&check);
    }
}

void timeline_observe_actors(Model *model, Scope scope)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(group_free);

    for (unsigned i = 0; i < model->panels->len; i++) {
        Actor *actor = g_ptr_array_index(model->panels, i);

        if (scope.actor == 0 || scope.actor == actor->id)
            observe_actor(model, actor, scope.what, groups);
    }
    for (unsigned i = 0; i < groups->len; i++)
        flush_group(model, g_ptr_array_index(groups, i));
}
