#include "mesh/model.h"

#include <string.h>

#include "mesh/findings.h"

static const char *const tier_words[TIER_COUNT] = {"local", "standard", "frontier", "own"};
static const char *const mode_words[SMOKE_MODES] = {"task", "direct", "goal"};

const char *tier_word(Tier tier)
{
    return tier < TIER_COUNT ? tier_words[tier] : "";
}

Tier tier_from_word(const char *word)
{
    for (Tier tier = 0; tier < TIER_COUNT; tier++)
        if (g_str_equal(word, tier_words[tier]))
            return tier;
    return TIER_COUNT;
}

const char *url_origin_word(Origin origin)
{
    return origin == ORIGIN_ENVIRONMENT ? "NATS_URL" : origin_word(origin);
}

const char *smoke_mode_word(SmokeMode mode)
{
    return mode_words[mode];
}

const char *hop_source_word(HopSource source)
{
    static const char *const words[HOP_SOURCES] = {NULL, "server", "bus", "roster", "trace"};

    return words[source];
}

Probe *probe_new(const char *url)
{
    Probe *probe = g_new0(Probe, 1);

    probe->url = g_strdup(url);
    probe->shown = nats_url_mask(url);
    return probe;
}

/* URLs may hold passwords. */
static void wipe_free(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

void probe_free(void *data)
{
    Probe *probe = data;

    if (probe->ladder != NULL)
        ladder_free(probe->ladder);
    for (RungId id = 0; id < RUNG_COUNT; id++)
        track_clear(&probe->seen[id]);
    track_clear(&probe->seen_addresses);
    g_strfreev(probe->addresses);
    g_free(probe->moved_from);
    wipe_free(probe->url);
    g_free(probe->shown);
    g_free(probe);
}

void env_source_clear(EnvSource *source)
{
    g_free(source->path);
    env_view_free(source->view);
    *source = (EnvSource){0};
}

void actor_free(void *data)
{
    Actor *actor = data;

    env_source_clear(&actor->env);
    g_free(actor->log_path);
    g_free(actor->restart);
    if (actor->config != NULL)
        config_report_free(actor->config);
    for (gsize i = 0; i < G_N_ELEMENTS(actor->seen); i++)
        track_clear(&actor->seen[i]);
    g_free(actor->path);
    g_free(actor->log.path);
    g_free(actor->log.summary);
    g_free(actor->bus_name);
    g_free(actor->bus_tier);
    wipe_free(actor->url);
    g_free(actor);
}

static void skip_free(void *data)
{
    Skip *skip = data;

    g_free(skip->path);
    g_free(skip->reason);
    g_free(skip);
}

static void smoke_free(Smoke *smoke)
{
    if (smoke == NULL)
        return;
    for (HopId hop = 0; hop < HOP_COUNT; hop++) {
        g_free(smoke->hops[hop].text);
        g_clear_pointer(&smoke->hops[hop].evidence, g_ptr_array_unref);
    }
    g_free(smoke->task_id);
    g_free(smoke->worker_type);
    g_free(smoke->tier);
    g_free(smoke->subject);
    g_free(smoke->routed_tier);
    g_free(smoke->text);
    g_free(smoke);
}

WatchRow *watch_row_ref(WatchRow *row)
{
    refs_take(&row->refs);
    return row;
}

void watch_row_unref(WatchRow *row)
{
    if (!refs_drop(&row->refs))
        return;
    message_result_free(row->result);
    message_dead_letter_free(row->dead_letter);
    note_free(row->note);
    g_free(row->trouble);
    g_free(row->subject);
    g_free(row->bytes);
    g_free(row);
}

void poison_seen_free(void *data)
{
    PoisonSeen *seen = data;

    poison_free(seen->poison);
    g_free(seen);
}

static Settings settings_of(const ModelHow *how)
{
    Settings settings = {
        .url = g_strdup(how->url),
        .origin = how->origin,
        .access = how->access != NULL ? access_ref(how->access) : access_new(),
        .tier = how->tier,
        .timeout_ms = how->timeout_ms,
        .smoke_timeout_ms = how->smoke_timeout_ms,
        .worker_type = g_strdup(how->worker_type),
        .payload = g_strdup(how->payload),
        .mode = how->mode,
        .read_only = how->read_only,
        .monitor_url = g_strdup(how->monitor_url),
        .profile = how->profile != NULL ? profile_ref(how->profile) : NULL,
    };

    if (how->origins != NULL)
        memcpy(settings.origins, how->origins, sizeof settings.origins);
    return settings;
}

Model *model_new(const ModelHow *how)
{
    Model *model = g_new0(Model, 1);

    model->settings = settings_of(how);
    model->env.path = g_strdup(how->env_file);
    model->url_shown = nats_url_mask(how->url);
    model->probe = probe_new(how->url);
    model->probes = g_ptr_array_new_with_free_func(probe_free);
    model->actors = g_ptr_array_new_with_free_func(actor_free);
    model->strangers = g_ptr_array_new_with_free_func(actor_free);
    model->panels = g_ptr_array_new();
    model->skipped = g_ptr_array_new_with_free_func(skip_free);
    model->watch.rows = g_ptr_array_new_with_free_func((GDestroyNotify)watch_row_unref);
    model->bus.rows = g_ptr_array_new_with_free_func((GDestroyNotify)watch_row_unref);
    model->bus.subjects = subject_tree_new();
    model->bus.flows = flows_new();
    model->poisons = g_ptr_array_new_with_free_func(poison_seen_free);
    model->timeline = timeline_new();
    model->local.cut = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    model->findings = g_ptr_array_new_with_free_func(finding_free);
    model->findings_unseen = g_ptr_array_new_with_free_func(finding_free);
    return model;
}

void model_free(Model *model)
{
    for (unsigned i = 0; i < SMOKES_KEPT; i++)
        smoke_free(model->smokes[i]);
    env_source_clear(&model->env);
    if (model->proving.ladder != NULL)
        ladder_free(model->proving.ladder);
    procs_free(model->local.scan);
    g_hash_table_unref(model->local.cut);
    bus_free(model->roster.bus);
    roster_free(model->roster.roster);
    roster_free(model->roster.idle);
    g_ptr_array_unref(model->watch.rows);
    g_ptr_array_unref(model->bus.rows);
    subject_tree_free(model->bus.subjects);
    flows_free(model->bus.flows);
    for (LinkStream id = 0; id < LINK_STREAMS; id++) {
        g_free(model->streams[id].text);
        g_free(model->streams[id].denied);
    }
    g_ptr_array_unref(model->poisons);
    g_ptr_array_unref(model->skipped);
    g_ptr_array_unref(model->panels);
    g_ptr_array_unref(model->strangers);
    g_ptr_array_unref(model->actors);
    g_ptr_array_unref(model->probes);
    probe_free(model->probe);
    wipe_free(model->settings.url);
    access_unref(model->settings.access);
    g_free(model->settings.monitor_url);
    wipe_free(model->proving.url);
    wipe_free(model->former);
    g_free(model->proving.shown);
    g_free(model->settings.worker_type);
    g_free(model->settings.payload);
    g_free(model->url_shown);
    g_free(model->fleet_source);
    g_free(model->roster.why);
    g_free(model->link.text);
    link_server_set(&model->link.server, NULL);
    g_free(model->notice);
    timeline_free(model->timeline);
    g_ptr_array_unref(model->findings);
    g_ptr_array_unref(model->findings_unseen);
    profile_unref(model->settings.profile);
    g_free(model);
}

void link_server_set(LinkServer *server, const Ladder *ladder)
{
    g_free(server->address);
    g_free(server->name);
    g_free(server->version);
    g_free(server->id);
    g_free(server->certificate);
    *server = (LinkServer){0};
    if (ladder == NULL)
        return;
    *server = (LinkServer){g_strdup(ladder->address),
                           g_strdup(ladder->info.name),
                           g_strdup(ladder->info.version),
                           g_strdup(ladder->info.id),
                           ladder->server,
                           ladder->info.max_payload,
                           ladder->info.jetstream,
                           g_strdup(ladder->certificate)};
}

Smoke *model_smoke(const Model *model, unsigned number)
{
    if (number == 0 || number > model->smoke_count || number + SMOKES_KEPT <= model->smoke_count)
        return NULL;
    return model->smokes[number % SMOKES_KEPT];
}

Smoke *model_last_smoke(const Model *model)
{
    return model_smoke(model, model->smoke_count);
}

Smoke *model_add_smoke(Model *model)
{
    Smoke **place = &model->smokes[++model->smoke_count % SMOKES_KEPT];

    smoke_free(*place);
    *place = g_new0(Smoke, 1);
    (*place)->number = model->smoke_count;
    (*place)->ms = -1;
    return *place;
}

static Actor *find_actor(const GPtrArray *actors, unsigned id)
{
    for (unsigned i = 0; i < actors->len; i++) {
        Actor *actor = g_ptr_array_index(actors, i);

        if (actor->id == id)
            return actor;
    }
    return NULL;
}

Actor *model_actor(const Model *model, unsigned id)
{
    Actor *actor = id != 0 ? find_actor(model->actors, id) : NULL;

    return actor != NULL || id == 0 ? actor : find_actor(model->strangers, id);
}
