#include "mesh/engine_parts.h"

#include <string.h>

#include "mesh/bus_jobs.h"

enum { QUEUE_LIMIT = 8192, RUNNERS = 4, TAP_SLOTS = 512, TAP_SLOT_BYTES = 1024 };
enum { PAUSE_WAIT_MS = 200 };

static const LinkWatch watches[] = {
    {SUBJECT_RESULTS, TAP_RESULT},
    {SUBJECT_DEAD_LETTER, TAP_DEAD_LETTER},
    {NULL, TAP_RESULT},
};

/* The counters of the bus are copied whole, so not with every frame. */
#define TRAFFIC_AGAIN_US (G_USEC_PER_SEC / 4)

/* --- effects, on the main thread --- */

static void do_walk(Engine *engine, Effect *effect)
{
    (void)effect;
    runner_add(engine->runner, job_walk, job_new(engine), job_free);
}

static void do_check_config(Engine *engine, Effect *effect)
{
    Job *job = job_new(engine);

    job->id = effect->id;
    job->text = g_steal_pointer(&effect->text);
    job->forced = effect->forced;
    job->stamp = effect->stamp;
    runner_add(engine->runner, job_check_config, job, job_free);
}

static void do_check_env(Engine *engine, Effect *effect)
{
    Job *job = job_new(engine);

    job->id = effect->id;
    job->generation = effect->generation;
    job->text = g_steal_pointer(&effect->text);
    job->stamp = effect->stamp;
    runner_add(engine->runner, job_check_env, job, job_free);
}

static void do_probe(Engine *engine, Effect *effect)
{
    Job *job = job_new(engine);
    Cancel *cancel = g_new0(Cancel, 1);

    refs_init(&cancel->refs);
    refs_take(&cancel->refs);
    job->generation = effect->generation;
    job->text = g_steal_pointer(&effect->text);
    job->with_access = effect->on;
    job->server = effect->server;
    job->payload_bytes = effect->payload_bytes;
    job->cancel = cancel;
    g_hash_table_insert(engine->cancels, GUINT_TO_POINTER(effect->generation), cancel);
    runner_add(engine->runner, job_climb, job, job_free);
}

static void do_look_up(Engine *engine, Effect *effect)
{
    Job *job = job_new(engine);

    job->generation = effect->generation;
    job->text = g_steal_pointer(&effect->text);
    runner_add(engine->runner, job_look_up, job, job_free);
}

static void do_cancel_probe(Engine *engine, Effect *effect)
{
    Cancel *cancel = g_hash_table_lookup(engine->cancels, GUINT_TO_POINTER(effect->generation));

    if (cancel == NULL)
        return;
    __atomic_store_n(&cancel->cancelled, 1, __ATOMIC_RELEASE);
    g_hash_table_remove(engine->cancels, GUINT_TO_POINTER(effect->generation));
}

static Link *find_link(Engine *engine, unsigned number)
{
    return g_hash_table_lookup(engine->links, GUINT_TO_POINTER(number));
}

static void do_open_link(Engine *engine, Effect *effect)
{
    LinkHow how = {
        .number = effect->id,
        .url = effect->text,
        .access = engine->access,
        .payload_bytes = effect->payload_bytes,
        .monitor_url = engine->monitor_url,
        .timeout_ms = engine->timeout_ms,
        .watch = watches,
        .tap = engine->tap,
        .post = engine_link_news,
        .data = engine,
        .streams = bus_streams,
        .bus = engine->bus,
        .traffic = engine->traffic,
        .suspect = bus_is_suspect,
    };

    g_hash_table_insert(engine->links, GUINT_TO_POINTER(effect->id), link_open(&how));
}

static void do_close_link(Engine *engine, Effect *effect)
{
    Link *link = find_link(engine, effect->id);

    if (link == NULL)
        return;
    g_hash_table_remove(engine->links, GUINT_TO_POINTER(effect->id));
    link_close(link);
}

static void do_give_floor(Engine *engine, Effect *effect)
{
    GHashTableIter iter;
    gpointer number, link;

    g_hash_table_iter_init(&iter, engine->links);
    while (g_hash_table_iter_next(&iter, &number, &link))
        link_set_floor(link, FALSE);
    if (effect->on) {
        tap_reset(engine->tap);
        tap_reset(engine->bus);
        traffic_reset(engine->traffic);
    }
    if (find_link(engine, effect->id) != NULL)
        link_set_floor(find_link(engine, effect->id), TRUE);
}

static void do_send(Engine *engine, Effect *effect)
{
    LinkSend send = {effect->task_id,    effect->text,     effect->bytes, effect->also,
                     effect->also_class, effect->watch_ms, effect->on};

    if (find_link(engine, effect->id) != NULL)
        link_send(find_link(engine, effect->id), &send);
}

static void do_ask_roster(Engine *engine, Effect *effect)
{
    if (!effect->on)
        gather_begin(engine->gather, effect->generation);
    if (find_link(engine, effect->id) != NULL)
        link_ask_roster(find_link(engine, effect->id), effect->generation, effect->bytes);
}

static void do_read_roster(Engine *engine, Effect *effect)
{
    Job *job = job_new(engine);

    job->generation = effect->generation;
    job->with_bus = effect->on;
    runner_add(engine->runner, job_read_roster, job, job_free);
}

static void do_ask_monitor(Engine *engine, Effect *effect)
{
    Job *job = job_new(engine);

    job->generation = effect->generation;
    job->text = g_steal_pointer(&effect->text);
    job->bytes = g_steal_pointer(&effect->bytes);
    runner_add(engine->runner, job_ask_monitor, job, job_free);
}

static void do_listen(Engine *engine, Effect *effect)
{
    if (find_link(engine, effect->id) != NULL)
        link_listen(find_link(engine, effect->id), effect->stream, effect->on);
}

static void do_save(Engine *engine, Effect *effect)
{
    Job *job = job_new(engine);

    job->text = g_steal_pointer(&effect->text);
    job->bytes = g_steal_pointer(&effect->bytes);
    job->len = effect->len;
    runner_add(engine->runner, job_save, job, job_free);
}

static void do_scan_procs(Engine *engine, Effect *effect)
{
    (void)effect;
    runner_add(engine->runner, job_scan_procs, job_new(engine), job_free);
}

static void do_read_log(Engine *engine, Effect *effect)
{
    Job *job = job_new(engine);
    g_autofree char *key = g_strdup_printf("%u\n%s", effect->id, effect->text);
    ActorLog *log = g_hash_table_lookup(engine->logs, key);

    if (log == NULL) {
        log = actor_log_open(effect->text);
        g_hash_table_insert(engine->logs, g_steal_pointer(&key), log);
    }
    job->id = effect->id;
    job->text = g_strdup(effect->text);
    job->log = log;
    runner_add(engine->runner, job_read_log, job, job_free);
}

static void do_pause(Engine *engine, Effect *effect)
{
    Link *link = find_link(engine, effect->id);

    if (link != NULL && effect->on)
        link_pause(link, PAUSE_WAIT_MS);
    else if (link != NULL)
        link_resume(link);
}

static void (*const performers[EFFECT_KINDS])(Engine *, Effect *) = {
    [EFFECT_WALK] = do_walk,
    [EFFECT_CHECK_CONFIG] = do_check_config,
    [EFFECT_CHECK_ENV] = do_check_env,
    [EFFECT_PROBE] = do_probe,
    [EFFECT_CANCEL_PROBE] = do_cancel_probe,
    [EFFECT_LOOK_UP] = do_look_up,
    [EFFECT_OPEN_LINK] = do_open_link,
    [EFFECT_CLOSE_LINK] = do_close_link,
    [EFFECT_GIVE_FLOOR] = do_give_floor,
    [EFFECT_SEND] = do_send,
    [EFFECT_ASK_ROSTER] = do_ask_roster,
    [EFFECT_READ_ROSTER] = do_read_roster,
    [EFFECT_ASK_MONITOR] = do_ask_monitor,
    [EFFECT_SCAN_PROCS] = do_scan_procs,
    [EFFECT_READ_LOG] = do_read_log,
    [EFFECT_LISTEN] = do_listen,
    [EFFECT_SAVE] = do_save,
    [EFFECT_PAUSE] = do_pause,
};

void engine_perform(Engine *engine, Effects *effects)
{
    for (unsigned i = 0; i < effects->len; i++) {
        Effect *effect = g_ptr_array_index(effects, i);

        performers[effect->kind](engine, effect);
    }
    g_ptr_array_set_size(effects, 0);
}

/* --- the owner's side --- */

Engine *engine_new(const EngineHow *how)
{
    Engine *engine = g_new0(Engine, 1);
    g_autofree char *uuid = g_uuid_string_random();

    engine->queue = queue_new(QUEUE_LIMIT, event_free);
    engine->runner = runner_new(RUNNERS);
    engine->tap = tap_new(TAP_SLOTS, TAP_SLOT_BYTES);
    engine->gather = gather_new();
    engine->logs =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)actor_log_free);
    engine->bus = tap_new(TAP_SLOTS, TAP_SLOT_BYTES);
    tap_time_exactly(engine->bus);
    engine->traffic = traffic_new();
    engine->links = g_hash_table_new(NULL, NULL);
    engine->cancels = g_hash_table_new_full(NULL, NULL, NULL, cancel_unref);
    engine->configs = how->configs;
    engine->heddle_home = g_strdup(how->heddle_home);
    engine->monitor_url = g_strdup(how->monitor_url);
    engine->timeout_ms = how->timeout_ms;
    engine->access = how->access != NULL ? access_ref(how->access) : NULL;
    g_strlcpy(engine->mark, uuid + strlen(uuid) - 12, sizeof engine->mark);
    tap_set_mark(engine->tap, engine->mark);
    return engine;
}

void engine_free(Engine *engine)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, engine->links);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        link_close(value); /* no news come after this */
    g_hash_table_iter_init(&iter, engine->cancels);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        __atomic_store_n(&((Cancel *)value)->cancelled, 1, __ATOMIC_RELEASE);
    runner_free(engine->runner);
    g_hash_table_unref(engine->links);
    g_hash_table_unref(engine->cancels);
    queue_free(engine->queue);
    gather_free(engine->gather);
    g_hash_table_unref(engine->logs);
    tap_unref(engine->tap);
    tap_unref(engine->bus);
    traffic_unref(engine->traffic);
    access_unref(engine->access);
    g_free(engine->heddle_home);
    g_free(engine->monitor_url);
    g_free(engine);
}

int engine_fd(const Engine *engine)
{
    return queue_fd(engine->queue);
}

int engine_tap_fd(const Engine *engine)
{
    return tap_fd(engine->tap);
}

int engine_bus_fd(const Engine *engine)
{
    return tap_fd(engine->bus);
}

Event *engine_take(Engine *engine)
{
    Event *event = queue_take(engine->queue);

    if (event != NULL && event->kind == EVENT_PROBE)
        g_hash_table_remove(engine->cancels, GUINT_TO_POINTER(event->generation));
    return event;
}

Event *engine_tick(Engine *engine)
{
    Event *event = event_new(EVENT_TICK);

    event->text = engine_task_id(engine);
    return event;
}

Event *engine_sample(Engine *engine, guint64 seq, unsigned most)
{
    Event *event = event_new(EVENT_SAMPLE);

    event->rows = tap_take(engine->tap, seq, most);
    event->counts = tap_counts(engine->tap);
    return event;
}

Event *engine_sample_bus(Engine *engine, guint64 seq, unsigned most)
{
    Event *event = event_new(EVENT_BUS);

    event->rows = tap_take(engine->bus, seq, most);
    event->counts = tap_counts(engine->bus);
    if (event->at_us - engine->traffic_us >= TRAFFIC_AGAIN_US) {
        engine->traffic_us = event->at_us;
        event->traffic = traffic_take(engine->traffic);
    }
    return event;
}

char *engine_task_id(const Engine *engine)
{
    char *uuid = g_uuid_string_random();

    memcpy(uuid + strlen(uuid) - 12, engine->mark, 12);
    return uuid;
}

void engine_run(Engine *engine, void (*job)(void *), void *data, GDestroyNotify destroy)
{
    runner_add(engine->runner, job, data, destroy);
}

void engine_post(Engine *engine, Event *event)
{
    engine_post_decisive(engine, event);
}

guint64 engine_refused(Engine *engine)
{
    return queue_refused(engine->queue);
}
