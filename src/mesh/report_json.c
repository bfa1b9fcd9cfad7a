#include "mesh/report_json.h"

#include <jansson.h>

#include "base/clock.h"
#include "mesh/findings.h"
#include "mesh/local.h"
#include "mesh/timeline.h"
#include "mesh/verdict.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

/* Three decimals are what was measured; more are noise of the clock. */
static json_t *json_ms(double ms)
{
    return ms < 0 ? json_null() : json_real((double)(gint64)(ms * 1000 + 0.5) / 1000);
}

static json_t *json_text(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

static json_t *json_time(gint64 wall_us)
{
    g_autofree char *iso = wall_us == 0 ? NULL : clock_iso(wall_us);

    return json_text(iso);
}

static json_t *check_json(const Model *model, const Actor *actor, CheckId id)
{
    Check check = verdict_check(model, actor, id);
    g_autofree char *next = verdict_next(model, actor, check.remedy);
    json_t *object = json_pack("{s:s, s:o, s:o, s:o, s:o}", "state", state_word(check.state),
                               "text", json_text(check.text), "ms", json_ms(check.ms), "cause",
                               json_text(check.cause), "remedy", json_text(next));

    if (id == CHECK_LIVE)
        json_object_set_new(object, "replicas",
                            check.replicas < 0 ? json_null() : json_integer(check.replicas));
    check_clear(&check);
    return object;
}

enum { CLIENTS_REPORTED = 50 };

static json_t *clients_json(const Model *model, const Actor *actor)
{
    const BusActor *on_bus = actor_on_bus(model, actor);
    json_t *array = json_array();

    for (unsigned i = 0; on_bus != NULL && i < MIN(on_bus->clients->len, CLIENTS_REPORTED); i++) {
        const RosterClient *client = g_ptr_array_index(on_bus->clients, i);

        json_array_append_new(
            array,
            json_pack("{s:I, s:s, s:s, s:i, s:s, s:s, s:o, s:I, s:I, s:I, s:I}", "cid",
                      (json_int_t)client->cid, "server", client->server_name, "ip", client->ip,
                      "port", (int)client->port, "lang", client->lang, "version", client->version,
                      "rtt_ms", json_ms(client->rtt_ms), "uptime_s", (json_int_t)client->uptime_s,
                      "pending_bytes", (json_int_t)client->pending_bytes, "in_msgs",
                      (json_int_t)client->in_msgs, "out_msgs", (json_int_t)client->out_msgs));
    }
    return array;
}

static json_t *processes_json(const Model *model, const Actor *actor)
{
    g_autoptr(GPtrArray) procs = local_procs(model, actor);
    json_t *array = json_array();

    for (unsigned i = 0; i < procs->len; i++) {
        const HeddleProc *proc = g_ptr_array_index(procs, i);
        g_autofree char *url = proc->url != NULL ? nats_url_mask(proc->url) : NULL;

        json_array_append_new(
            array,
            json_pack("{s:i, s:s, s:s, s:o, s:o, s:o, s:o}", "pid", proc->pid, "kind",
                      kind_info(proc->kind)->word, "command", proc->command, "tier",
                      json_text(proc->tier), "url", json_text(url), "unit", json_text(proc->unit),
                      "connections",
                      proc->sockets_readable ? json_integer(proc->sockets->len) : json_null()));
    }
    return array;
}

static json_t *actor_json(const Model *model, const Actor *actor)
{
    g_autofree char *name = actor_name(actor);
    g_autofree char *path = actor_is_stranger(actor) ? NULL : text_clean(raw_text(actor->path), 0);
    g_autofree char *url = nats_url_mask(actor_url(model, actor));
    const char *tier = actor_tier(model, actor);
    json_t *checks = json_object();

    for (CheckId id = 0; id < CHECK_COUNT; id++)
        json_object_set_new(checks, check_word(id), check_json(model, actor, id));
    return json_pack(
        "{s:s, s:s, s:o, s:s, s:o, s:s, s:o, s:o, s:o}", "kind", kind_info(actor_kind(actor))->word,
        "name", name, "config", json_text(path), "origin", path != NULL ? "config" : "bus", "tier",
        json_text(tier[0] != '\0' ? tier : NULL), "url", url, "checks", checks, "clients",
        clients_json(model, actor), "processes", processes_json(model, actor));
}

static json_t *lines_json(const GPtrArray *lines)
{
    json_t *array = json_array();

    for (guint i = 0; lines != NULL && i < lines->len; i++)
        json_array_append_new(array, json_string(g_ptr_array_index(lines, i)));
    return array;
}

static json_t *ladder_json(const Model *model)
{
    Ladder *ladder = verdict_ladder(model);
    json_t *array = json_array();

    for (RungId id = 0; ladder != NULL && id < RUNG_COUNT; id++) {
        const Rung *rung = &ladder->rungs[id];
        gboolean tried = rung->state != STATE_NOT_REACHED && rung->state != STATE_SKIPPED;
        g_autofree char *next =
            rung->cause != CAUSE_NONE ? verdict_next(model, NULL, cause_word(rung->cause)) : NULL;
        gint64 since_us = verdict_rung_since(model, model->probe, id, rung);
        gint64 since_wall = since_us != 0 ? model->now_wall - (model->now_us - since_us) : 0;

        json_array_append_new(
            array, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "rung", rung_word(id),
                             "state", state_word(rung->state), "since", json_time(since_wall), "ms",
                             json_ms(tried ? rung->ms : -1), "cause",
                             json_text(rung->cause != CAUSE_NONE ? cause_word(rung->cause) : NULL),
                             "text", json_text(rung->text), "remedy", json_text(next), "evidence",
                             lines_json(rung->evidence)));
    }
    if (ladder != NULL)
        ladder_free(ladder);
    return array;
}

/* The one that the link is on; without one, the last that a climb came to. */
static json_t *server_json(const Model *model)
{
    gboolean up = model->link.state == LINK_UP || model->link.state == LINK_SILENT;
    LinkServer seen = {0};
    const LinkServer *server = up ? &model->link.server : &seen;
    json_t *object;

    link_server_set(&seen, model->probe->ladder);
    object =
        server->version == NULL
            ? json_null()
            : json_pack("{s:o, s:s, s:o, s:o, s:b}", "name", json_text(server->name), "version",
                        server->version, "address", json_text(server->address), "max_payload",
                        server->max_payload > 0 ? json_integer(server->max_payload) : json_null(),
                        "jetstream", server->jetstream);
    link_server_set(&seen, NULL);
    return object;
}

static json_t *link_json(const Model *model)
{
    static const char *const words[LINK_STATES] = {"none", "connecting", "up", "silent", "down"};

    return json_pack("{s:s, s:o, s:o, s:o, s:I, s:o}", "state", words[model->link.state], "since",
                     json_time(model->link.since_wall), "server", server_json(model), "rtt_ms",
                     json_ms(link_rtt(&model->link)), "lost", (json_int_t)model->link.lost,
                     "notice", json_text(model->notice));
}

/* What else is known of a hop, or shows why it was not reached. */
static json_t *evidence_json(const Smoke *smoke, const Hop *hop)
{
    json_t *array = json_array();

    for (guint i = 0; hop->evidence != NULL && i < hop->evidence->len; i++) {
        const Evidence *evidence = g_ptr_array_index(hop->evidence, i);

        json_array_append_new(
            array, json_pack("{s:s, s:o, s:s}", "source", hop_source_word(evidence->source), "ms",
                             json_ms((double)MAX(evidence->at_us - smoke->sent_us, 0) / 1000),
                             "text", evidence->text));
    }
    return array;
}

static json_t *hop_json(const Smoke *smoke, HopId id)
{
    static const char *const words[HOP_COUNT] = {"published", "routed", "answered"};
    const Hop *hop = &smoke->hops[id];
    gboolean seen = hop->at_us != 0;
    const Evidence *why =
        !seen && hop->evidence != NULL ? g_ptr_array_index(hop->evidence, 0) : NULL;
    /* A direct smoke has no router, and of a goal's way only the result is seen. */
    gboolean needed = id != HOP_ROUTED || smoke->mode == SMOKE_TASK;

    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "hop", words[id], "state",
                     state_word(seen                                ? STATE_OK
                                : !needed                           ? STATE_SKIPPED
                                : smoke->verdict == VERDICT_RUNNING ? STATE_PENDING
                                                                    : STATE_NOT_REACHED),
                     "ms", json_ms(seen ? (double)MAX(hop->at_us - smoke->sent_us, 0) / 1000 : -1),
                     "text", json_text(why != NULL ? why->text : hop->text), "source",
                     json_text(hop_source_word(why != NULL ? why->source : hop->source)),
                     "evidence", evidence_json(smoke, hop));
}

static json_t *smoke_json(const Model *model)
{
    const Smoke *smoke = model_last_smoke(model);
    g_autofree char *next = NULL;
    json_t *hops;

    if (smoke == NULL)
        return json_null();
    hops = json_array();
    for (HopId id = 0; id < HOP_COUNT; id++)
        json_array_append_new(hops, hop_json(smoke, id));
    next = smoke_remedy(model, smoke, REMEDY_NEXT);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:b, s:o, s:o}", "mode",
                     smoke_mode_word(smoke->mode), "worker_type", smoke->worker_type, "tier",
                     smoke->tier, "task_id", smoke->task_id, "verdict", smoke_word(smoke->verdict),
                     "text", json_text(smoke->text), "ms", json_ms(smoke->ms), "late", smoke->late,
                     "remedy", json_text(next), "hops", hops);
}

static json_t *skipped_json(const Model *model)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < model->skipped->len; i++) {
        const Skip *skip = g_ptr_array_index(model->skipped, i);

        json_array_append_new(array,
                              json_pack("{s:s, s:s}", "path", skip->path, "reason", skip->reason));
    }
    for (unsigned i = 0; i < model->actors->len; i++) {
        const Actor *actor = g_ptr_array_index(model->actors, i);
        g_autofree char *path = text_clean(raw_text(actor->path), 0);

        if (!actor_is_shown(actor))
            json_array_append_new(array, json_pack("{s:s, s:o}", "path", path, "reason",
                                                   json_text(actor->config->why_no_kind)));
    }
    return array;
}

static json_t *change_json(const TimelineEntry *entry)
{
    return json_pack(
        "{s:o, s:s, s:o, s:s, s:s, s:s, s:o, s:I, s:I}", "at", json_time(entry->wall_us), "track",
        entry->track, "from", json_text(entry->from[0] != '\0' ? entry->from : NULL), "to",
        entry->to, "state", state_word(entry->state), "text", entry->text, "lasted_ms",
        json_ms(entry->lasted_us < 0 ? -1 : (double)entry->lasted_us / 1000), "changes_in_10_min",
        (json_int_t)entry->flaps, "times", (json_int_t)entry->times);
}

static json_t *findings_json(const Model *model)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < model->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(model->findings, i);

        json_array_append_new(
            array, json_pack("{s:s, s:s, s:s, s:i, s:o, s:o, s:o, s:b}", "id", finding->id, "state",
                             state_word(finding->state), "text", finding->text, "count",
                             (int)finding->count, "evidence", lines_json(finding->evidence),
                             "remedy", json_text(finding->next), "since",
                             json_time(finding->since_wall), "dismissed", finding->dismissed));
    }
    return array;
}

/* The last of them, oldest first. */
static json_t *timeline_json(const Timeline *timeline)
{
    json_t *array = json_array();
    guint64 first =
        timeline->count > TIMELINE_REPORTED ? timeline->count - TIMELINE_REPORTED + 1 : 1;

    for (guint64 number = first; number <= timeline->count; number++)
        json_array_append_new(array, change_json(timeline_entry(timeline, number)));
    return array;
}

char *report_json(const Model *model)
{
    g_autofree char *at = clock_iso(model->now_wall);
    g_autofree char *summary = NULL;
    State verdict = verdict_overall(model, &summary);
    json_t *actors = json_array(), *root;
    char *by_jansson, *text;

    for (unsigned i = 0; i < model->panels->len; i++)
        json_array_append_new(actors, actor_json(model, g_ptr_array_index(model->panels, i)));
    root = json_pack(
        "{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "schema_version", 1, "program", "heddle-preflight", "version", PACKAGE_VERSION, "at", at,
        "verdict", state_word(verdict), "summary", summary, "url", model->url_shown, "url_origin",
        url_origin_word(model->settings.origin), "tier", tier_word(model->settings.tier), "link",
        link_json(model), "ladder", ladder_json(model), "actors", actors, "skipped",
        skipped_json(model), "smoke", smoke_json(model), "findings", findings_json(model),
        "timeline", timeline_json(model->timeline));
    by_jansson = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    text = g_strconcat(by_jansson, "\n", NULL);
    free(by_jansson);
    json_decref(root);
    return text;
}
