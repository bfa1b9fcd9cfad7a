#include "mesh/update.h"

#include "mesh/facts.h"
#include "mesh/findings.h"
#include "mesh/timeline_observe.h"
#include "mesh/update_parts.h"

/* update() in one table: a function an event. Each changes the model by what the event says and
 * asks for what follows from it. */

static void on_tick(Model *model, const Event *event, Effects *effects)
{
    update_link_tick(model, effects);
    update_actors_tick(model, effects);
    update_probes_tick(model, effects);
    update_address_tick(model, effects);
    update_smoke_tick(model, event->text, effects);
    update_roster_tick(model, effects);
    update_local_tick(model, effects);
    update_watch_tick(model);
}

static void on_fleet(Model *model, const Event *event, Effects *effects)
{
    update_fleet(model, event->fleet, effects);
}

static void on_env(Model *model, const Event *event, Effects *effects)
{
    (void)effects;
    update_env(model, event);
}

static void on_probe(Model *model, const Event *event, Effects *effects)
{
    (void)effects;
    update_probe(model, event);
}

static void on_roster(Model *model, const Event *event, Effects *effects)
{
    update_roster(model, event, effects);
}

static void on_procs(Model *model, const Event *event, Effects *effects)
{
    (void)effects;
    update_procs(model, event);
}

static void on_log(Model *model, const Event *event, Effects *effects)
{
    (void)effects;
    update_log(model, event);
}

static void on_sample(Model *model, const Event *event, Effects *effects)
{
    (void)effects;
    update_sample(model, event);
}

static void on_bus(Model *model, const Event *event, Effects *effects)
{
    (void)effects;
    update_bus_sample(model, event);
}

static void on_poison(Model *model, const Event *event, Effects *effects)
{
    (void)effects;
    update_poison(model, event);
}

static void on_listen(Model *model, const Event *event, Effects *effects)
{
    update_listen(model, event->stream, event->on, effects);
}

static void on_save(Model *model, const Event *event, Effects *effects)
{
    Effect *save = effects_add(effects, EFFECT_SAVE);

    (void)model;
    save->text = g_strdup(event->text);
    save->bytes = g_memdup2(event->bytes, event->len);
    save->len = event->len;
}

/* For the screen alone: nothing about the mesh has changed. */
static void on_saved(Model *model, const Event *event, Effects *effects)
{
    (void)model, (void)event, (void)effects;
}

static void on_set_url(Model *model, const Event *event, Effects *effects)
{
    Actor *actor = model_actor(model, event->id);

    if (event->id == 0) {
        update_set_url(model, event->url, ORIGIN_EDITED, effects);
    } else if (actor != NULL) {
        g_free(actor->url);
        actor->url = event->url[0] != '\0' ? g_strdup(event->url) : NULL;
        update_probes_sync(model, effects);
    }
}

static void on_let_go(Model *model, const Event *event, Effects *effects)
{
    (void)event;
    update_let_go(model, effects);
}

static void on_set_tier(Model *model, const Event *event, Effects *effects)
{
    Actor *actor = model_actor(model, event->id);

    /* What a tier asks of the environment is in the model for all tiers, so nothing is to be run.
     */
    (void)effects;
    if (event->id == 0 && event->tier < TIER_COUNT) {
        model->settings.tier = event->tier;
        model->settings.aimed = 0;
        model->settings.origins[SETTING_TIER] = ORIGIN_EDITED;
    } else if (actor != NULL) {
        actor->tier = event->tier;
    }
}

static void on_recheck(Model *model, const Event *event, Effects *effects)
{
    Actor *actor = model_actor(model, event->id);

    if (actor != NULL) {
        update_recheck_actor(model, actor, effects);
        update_env_now(model, actor, effects);
        if (actor->probe != NULL && actor->probe != model->probe)
            update_probe_now(model, actor->probe, effects);
    }
    if (event->id == 0) {
        for (unsigned i = 0; i < model->actors->len; i++) {
            update_recheck_actor(model, g_ptr_array_index(model->actors, i), effects);
            update_env_now(model, g_ptr_array_index(model->actors, i), effects);
        }
        for (unsigned i = 0; i < model->probes->len; i++)
            update_probe_now(model, g_ptr_array_index(model->probes, i), effects);
        update_env_now(model, NULL, effects);
        model->fleet_us = 0;
    }
    if (event->id == 0 || (actor != NULL && actor->probe == model->probe)) {
        if (model->link.state == LINK_UP || model->link.state == LINK_SILENT)
            update_probe_now(model, model->probe, effects);
        else
            update_connect(model, effects); /* now, not when the pause is over */
    }
    update_roster_again(model);
    update_actors_tick(model, effects);
    update_roster_tick(model, effects);
}

static void on_smoke(Model *model, const Event *event, Effects *effects)
{
    update_smoke_ask(model, event->text, effects);
}

static void on_repeat(Model *model, const Event *event, Effects *effects)
{
    (void)effects;
    model->smoke_repeat = event->on && !model->settings.read_only;
    /* The operator was asked where it may; from here on, for this target. */
    model->smoke_repeat_paid =
        smoke_may_cost(model, model->settings.mode, model->settings.worker_type);
    model->smoke_next_us = event->at_us;
}

static void on_set_mode(Model *model, const Event *event, Effects *effects)
{
    (void)effects;
    model->settings.mode = event->mode;
    model->settings.origins[SETTING_MODE] = ORIGIN_EDITED;
    model->smoke_repeat_paid = FALSE;
}

static void replace(char **place, const char *text)
{
    g_free(*place);
    *place = g_strdup(text);
}

static void on_set_payload(Model *model, const Event *event, Effects *effects)
{
    (void)effects;
    replace(&model->settings.payload, event->text);
    model->settings.origins[SETTING_PAYLOAD] = ORIGIN_EDITED;
}

static void on_set_worker(Model *model, const Event *event, Effects *effects)
{
    (void)effects;
    model->settings.aimed = 0;
    model->smoke_repeat_paid = FALSE;
    replace(&model->settings.worker_type, event->text);
    model->settings.origins[SETTING_WORKER] = ORIGIN_EDITED;
}

static void on_dismiss(Model *model, const Event *event, Effects *effects)
{
    (void)effects;
    for (unsigned i = 0; i < model->findings->len; i++) {
        Finding *finding = g_ptr_array_index(model->findings, i);

        if (g_str_equal(finding->key, event->text))
            finding->dismissed = event->on;
    }
}

static void on_pause(Model *model, const Event *event, Effects *effects)
{
    Effect *pause;

    if (model->paused == event->on)
        return;
    model->paused = event->on;
    pause = effects_add(effects, EFFECT_PAUSE);
    pause->id = model->link.number;
    pause->on = event->on;
    if (model->proving.link != 0) { /* it listens already */
        pause = effects_add(effects, EFFECT_PAUSE);
        pause->id = model->proving.link;
        pause->on = event->on;
    }
    /* The server may have been asked things whose answers nobody could take. */
    model->link.heard_us = event->at_us;
}

/* What is sent to it, not that it is sent. */
static void on_aim(Model *model, const Event *event, Effects *effects)
{
    const Actor *actor = model_actor(model, event->id);
    Settings *settings = &model->settings;

    (void)effects;
    if (actor == NULL)
        return;
    model->smoke_repeat_paid = FALSE;
    settings->mode = event->mode;
    settings->origins[SETTING_MODE] = ORIGIN_EDITED;
    settings->aimed = 0;
    if (actor_tier(model, actor)[0] != '\0') { /* a worker or a processor */
        g_free(settings->worker_type);
        settings->worker_type = actor_name(actor);
        settings->origins[SETTING_WORKER] = ORIGIN_EDITED;
        settings->aimed = actor->id;
    }
    if (event->text != NULL) {
        replace(&settings->payload, event->text);
        settings->origins[SETTING_PAYLOAD] = ORIGIN_EDITED;
    }
}

typedef void (*Handler)(Model *model, const Event *event, Effects *effects);

static const Handler handlers[EVENT_KINDS] = {
    [EVENT_TICK] = on_tick,
    [EVENT_FLEET] = on_fleet,
    [EVENT_CONFIG] = update_config,
    [EVENT_ENV] = on_env,
    [EVENT_PROBE] = on_probe,
    [EVENT_ADDRESS] = update_address,
    [EVENT_LINK] = update_link,
    [EVENT_ROSTER] = on_roster,
    [EVENT_PROCS] = on_procs,
    [EVENT_LOG] = on_log,
    [EVENT_SAMPLE] = on_sample,
    [EVENT_BUS] = on_bus,
    [EVENT_POISON] = on_poison,
    [EVENT_SAVED] = on_saved,
    [EVENT_LISTEN] = on_listen,
    [EVENT_SAVE] = on_save,
    [EVENT_SET_URL] = on_set_url,
    [EVENT_LET_GO] = on_let_go,
    [EVENT_SET_TIER] = on_set_tier,
    [EVENT_RECHECK] = on_recheck,
    [EVENT_SMOKE] = on_smoke,
    [EVENT_REPEAT] = on_repeat,
    [EVENT_SET_MODE] = on_set_mode,
    [EVENT_SET_PAYLOAD] = on_set_payload,
    [EVENT_SET_WORKER] = on_set_worker,
    [EVENT_DISMISS] = on_dismiss,
    [EVENT_PAUSE] = on_pause,
    [EVENT_AIM] = on_aim,
};

/* May a finding come or go by it? Time alone counts once a second. */
static gboolean may_change_findings(const Model *model, const Event *event)
{
    switch (event->kind) {
    case EVENT_FLEET:
    case EVENT_ENV:
    case EVENT_POISON:
    case EVENT_PROCS:
    case EVENT_LOG:
    case EVENT_ROSTER:
    case EVENT_SET_URL:
    case EVENT_SET_TIER:
        return TRUE;
    case EVENT_CONFIG: /* or more of them come, and it is told with the last */
        return event->id != 0 && !model->panels_due;
    case EVENT_LINK:
        return event->link->kind == LINK_NEWS_UP || event->link->kind == LINK_NEWS_LOST ||
               event->link->kind == LINK_NEWS_LADDER;
    case EVENT_SAMPLE: /* the first dead letter */
        return model->watch.counts.seen[TAP_DEAD_LETTER] == 0 &&
               event->counts.seen[TAP_DEAD_LETTER] > 0;
    case EVENT_TICK:
        return model->now_us - model->findings_us >= SECOND;
    default:
        return FALSE;
    }
}

void update(Model *model, const Event *event, Effects *effects)
{
    Scope scope = timeline_scope(event);
    gboolean findings;

    /* Threads stamp their events by themselves: one may be a little older than the last. */
    model->now_us = MAX(model->now_us, event->at_us);
    model->now_wall = MAX(model->now_wall, event->wall_us);
    findings = may_change_findings(model, event);
    handlers[event->kind](model, event, effects);
    if (findings) {
        model->findings_us = model->now_us;
        findings_refresh(model);
    }
    timeline_observe(model, scope);
}

void update_start(Model *model, Effects *effects)
{
    effects_add(effects, EFFECT_WALK);
    model->fleet_running = TRUE;
    update_env_now(model, NULL, effects);
    update_connect(model, effects);
}

gint64 update_due(const Model *model)
{
    const Smoke *smoke = model_last_smoke(model);
    gint64 due = model->now_us + SECOND;

    due = MIN(due, update_panels_due(model));
    if (model->link.state == LINK_UP)
        due = MIN(due, model->link.heard_us + SILENT_AFTER + 1000);
    if (model->roster.round != ROUND_NONE && !model->roster.reading && model->roster.reply_us != 0)
        due = MIN(due, model->roster.reply_us + update_roster_quiet(model));
    if (smoke != NULL && smoke->verdict == VERDICT_RUNNING)
        due = MIN(due, smoke->deadline_us + 1000);
    if (smoke != NULL && update_smoke_wants_roster(model, smoke))
        due = MIN(due, smoke->sent_us + SMOKE_ROSTER);
    if (model->smoke_repeat)
        due = MIN(due, model->smoke_next_us);
    return due;
}
