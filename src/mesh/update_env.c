/* Environments: where each is looked at, and again when its file changes; and what a profile says
 * of an actor. */
#include "base/secret.h"
#include "mesh/facts.h"
#include "mesh/update_parts.h"

static EnvSource *source_of(Model *model, Actor *actor)
{
    return actor != NULL ? &actor->env : &model->env;
}

/* Only a file that is looked at once more can be as it was. */
static void look(Model *model, Actor *actor, FileStamp stamp, Effects *effects)
{
    EnvSource *source = source_of(model, actor);
    Effect *effect = effects_add(effects, EFFECT_CHECK_ENV);

    source->checking = TRUE;
    source->generation = ++model->next_id;
    effect->id = actor != NULL ? actor->id : 0;
    effect->generation = source->generation;
    effect->text = g_strdup(source->path);
    effect->stamp = stamp;
}

void update_env_now(Model *model, Actor *actor, Effects *effects)
{
    if (actor == NULL || actor->env.path != NULL)
        look(model, actor, (FileStamp){0, 0, 0}, effects);
}

/* TRUE if a file is being looked at. What this process began with does not change. */
gboolean update_env_poll(Model *model, Actor *actor, Effects *effects)
{
    EnvSource *source = source_of(model, actor);

    if (source->path == NULL || source->checking || source->view == NULL ||
        model->now_us - source->checked_us < POLL_ENV)
        return FALSE;
    look(model, actor, source->view->stamp, effects);
    return TRUE;
}

void update_env(Model *model, const Event *event)
{
    Actor *actor = event->id != 0 ? model_actor(model, event->id) : NULL;
    EnvSource *source = source_of(model, actor);
    Event *mutable = (Event *)event; /* its view changes hands */

    if ((event->id != 0 && actor == NULL) || event->generation != source->generation)
        return;
    source->checking = FALSE;
    source->checked_us = event->at_us;
    if (event->env == NULL)
        return; /* as it was */
    env_view_free(source->view);
    source->view = g_steal_pointer(&mutable->env);
}

/* --- profile --- */

static const char *value(const ProfileActor *says, ProfileActorKey key)
{
    return says != NULL ? says->values[key].text : NULL;
}

/* A URL may hold a password. */
static void replace(char **place, const char *text)
{
    secret_free(*place);
    *place = g_strdup(text);
}

/* Taken once, so that the operator can set URL and tier otherwise. A config that cannot be read
 * just now has no name and no kind; what it had before stays. */
void update_profile(Model *model, Actor *actor, Effects *effects)
{
    const Profile *profile = model->settings.profile;
    g_autofree char *name = actor_name(actor);
    const ProfileActor *says =
        profile != NULL ? profile_actor(profile, actor_kind(actor), name) : NULL;

    if (says == actor->profile ||
        (actor->profile != NULL && actor->config->outcome != CONFIG_VALID))
        return;
    actor->profile = says;
    replace(&actor->url, value(says, PROFILE_ACTOR_URL));
    actor->tier = value(says, PROFILE_ACTOR_TIER) != NULL
                      ? tier_from_word(value(says, PROFILE_ACTOR_TIER))
                      : TIER_COUNT;
    replace(&actor->log_path, value(says, PROFILE_ACTOR_LOG));
    replace(&actor->restart, value(says, PROFILE_ACTOR_RESTART));
    env_source_clear(&actor->env);
    actor->env.path = g_strdup(value(says, PROFILE_ACTOR_ENV_FILE));
    update_env_now(model, actor, effects);
}
