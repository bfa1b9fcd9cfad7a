/* Config files: which there are, what the check says of them, which are panels.
 *
 * A file that changes is found by walking the folders again, a stat(2) a file, rather than by
 * inotify: configs are often mounted into a container or shared by NFS, where inotify says nothing
 * of what is changed on the other side, and the number of watches is limited for each user. The
 * walk is one job on a runner: 500 files cost about a thousandth of a core. */
#include "mesh/facts.h"
#include "mesh/update_parts.h"

/* How many environment files are looked at again in one tick: a fleet of thousands takes turns. */
enum { POLLS_A_TICK = 250 };

/* Where so many files are checked, each by an event of its own, what follows from all of them is
 * worked out a few times a second and with the last one: thousands come within a second, and the
 * time of all that times their number would leave no keys heard for long. */
enum { MANY_FILES = 256 };
#define PANELS_AGAIN (SECOND / 10)

static void check(Actor *actor, FileStamp stamp, Effects *effects)
{
    Effect *effect = effects_add(effects, EFFECT_CHECK_CONFIG);

    actor->checking = TRUE;
    effect->id = actor->id;
    effect->text = g_strdup(actor->path);
    effect->forced = actor->forced;
    effect->stamp = stamp;
}

void update_recheck_actor(Model *model, Actor *actor, Effects *effects)
{
    (void)model;
    if (!actor->checking && !actor_is_stranger(actor))
        check(actor, (FileStamp){0, 0, 0}, effects);
}

static Actor *take_actor(GPtrArray *actors, const FleetFile *file)
{
    for (unsigned i = 0; i < actors->len; i++) {
        Actor *actor = g_ptr_array_index(actors, i);

        if (actor != NULL && actor->forced == file->forced &&
            g_str_equal(actor->path, file->path)) {
            actors->pdata[i] = NULL;
            return actor;
        }
    }
    return NULL;
}

static Actor *new_actor(Model *model, const FleetFile *file)
{
    Actor *actor = g_new0(Actor, 1);

    actor->id = ++model->next_id;
    actor->path = g_strdup(file->path);
    actor->forced = file->forced;
    actor->named = file->named;
    actor->tier = TIER_COUNT;
    return actor;
}

/* The way a task goes: router, those who do it, those who plan it. */
static int place_of(const Actor *actor)
{
    static const int places[KIND_COUNT] = {
        [KIND_ROUTER] = 0,       [KIND_PROCESSOR] = 1, [KIND_WORKER] = 2, [KIND_PIPELINE] = 3,
        [KIND_ORCHESTRATOR] = 4, [KIND_SCHEDULER] = 5, [KIND_MCP] = 6,    [KIND_UNKNOWN] = 7,
    };

    return places[actor_kind(actor)];
}

static int compare_places(const void *a, const void *b)
{
    const Actor *x = *(Actor *const *)a, *y = *(Actor *const *)b;

    /* Who has a config here is the operator's own, whoever else is on the bus. */
    return actor_is_stranger(x) != actor_is_stranger(y)
               ? actor_is_stranger(x) - actor_is_stranger(y)
               : place_of(x) - place_of(y);
}

/* GLib's sort is stable, so within a kind the order of the fleet stays. */
void update_panels(Model *model)
{
    g_ptr_array_set_size(model->panels, 0);
    for (unsigned i = 0; i < model->actors->len; i++)
        if (actor_is_shown(g_ptr_array_index(model->actors, i)))
            g_ptr_array_add(model->panels, g_ptr_array_index(model->actors, i));
    for (unsigned i = 0; i < model->strangers->len; i++)
        g_ptr_array_add(model->panels, g_ptr_array_index(model->strangers, i));
    g_ptr_array_sort(model->panels, compare_places);
}

static void put_right(Model *model, Effects *effects)
{
    update_panels(model);
    update_probes_sync(model, effects);
    model->panels_due = FALSE;
    model->panels_us = model->now_us;
}

static void take_skips(Model *model, const Fleet *fleet)
{
    g_ptr_array_set_size(model->skipped, 0);
    for (unsigned i = 0; i < fleet->skipped->len; i++) {
        const FleetSkip *from = g_ptr_array_index(fleet->skipped, i);
        Skip *skip = g_new(Skip, 1);

        skip->path = text_clean(raw_text(from->path), 0);
        skip->reason = g_strdup(from->reason);
        g_ptr_array_add(model->skipped, skip);
    }
}

static void free_actor(void *actor)
{
    if (actor != NULL)
        actor_free(actor);
}

/* A file that was judged before: does it still look as it did? */
static void look_again(const Model *model, Actor *actor, const FleetFile *file, Effects *effects)
{
    if (actor->checking || actor->config == NULL)
        return;
    if (file_stamp_equal(actor->config->stamp, file->stamp))
        actor->checked_us = model->now_us;
    else
        check(actor, actor->config->stamp, effects);
}

void update_fleet(Model *model, const Fleet *fleet, Effects *effects)
{
    GPtrArray *before = model->actors;

    /* Usually nothing has changed, and each file is where it was: then the search ends at once. */
    g_ptr_array_set_free_func(before, free_actor);
    model->actors = g_ptr_array_new_with_free_func(actor_free);
    for (unsigned i = 0; i < fleet->files->len; i++) {
        const FleetFile *file = g_ptr_array_index(fleet->files, i);
        Actor *actor = i < before->len && before->pdata[i] != NULL &&
                               g_str_equal(((Actor *)before->pdata[i])->path, file->path) &&
                               ((Actor *)before->pdata[i])->forced == file->forced
                           ? g_steal_pointer(&before->pdata[i])
                           : take_actor(before, file);

        if (actor == NULL) {
            actor = new_actor(model, file);
            check(actor, (FileStamp){0, 0, 0}, effects);
        } else {
            look_again(model, actor, file, effects);
        }
        g_ptr_array_add(model->actors, actor);
    }
    g_ptr_array_unref(before);
    take_skips(model, fleet);
    g_free(model->fleet_source);
    model->fleet_source = g_strdup(fleet->source);
    if (fleet->source != NULL && fleet->source[0] == '$')
        model->settings.origins[SETTING_CONFIGS] = ORIGIN_ENVIRONMENT;
    model->fleet_known = TRUE;
    model->fleet_running = FALSE;
    model->fleet_us = model->now_us;
    put_right(model, effects);
}

static gboolean more_come(const Model *model)
{
    for (unsigned i = 0; i < model->actors->len; i++)
        if (((Actor *)g_ptr_array_index(model->actors, i))->checking)
            return TRUE;
    return FALSE;
}

void update_config(Model *model, const Event *event, Effects *effects)
{
    Actor *actor = model_actor(model, event->id);
    Event *mutable = (Event *)event; /* its report changes hands */

    if (actor == NULL)
        return;
    actor->checking = FALSE;
    actor->checked_us = event->at_us;
    if (event->config == NULL)
        return; /* as it was */
    if (actor->config != NULL)
        config_report_free(actor->config);
    actor->config = g_steal_pointer(&mutable->config);
    update_profile(model, actor, effects);
    model->panels_due = model->actors->len >= MANY_FILES &&
                        model->now_us - model->panels_us < PANELS_AGAIN && more_come(model);
    if (!model->panels_due)
        put_right(model, effects);
}

gint64 update_panels_due(const Model *model)
{
    return model->panels_due ? model->panels_us + PANELS_AGAIN : G_MAXINT64;
}

void update_actors_tick(Model *model, Effects *effects)
{
    unsigned count = model->actors->len, polls = 0;
    gint64 pause = MAX(WALK_FLEET, model->actors->len * WALK_A_FILE);

    if (model->now_us >= update_panels_due(model))
        put_right(model, effects);
    update_env_poll(model, NULL, effects);
    for (unsigned i = 0; i < count && polls < POLLS_A_TICK; i++)
        polls += update_env_poll(
            model, g_ptr_array_index(model->actors, model->poll_turn++ % count), effects);
    if (model->fleet_known && !model->fleet_running && model->now_us - model->fleet_us >= pause) {
        model->fleet_running = TRUE;
        effects_add(effects, EFFECT_WALK);
    }
}
