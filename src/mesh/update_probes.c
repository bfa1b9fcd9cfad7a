/* The NATS checks of URLs other than the link's: one probe for all actors that use the same. */
#include <string.h>

#include "heddle/url_view.h"
#include "mesh/facts.h"
#include "mesh/update_parts.h"

/* NULL for a list, and for what Heddle takes otherwise than we do: its spelling is a finding. */
static NatsUrl *plain_url(const char *text)
{
    HeddleUrlFacts nothing = {0};
    g_autofree char *why = NULL, *view = NULL;

    if (nats_url_servers(text) != 1 || heddle_url_view(text, &nothing, &view) != STATE_OK)
        return NULL;
    return nats_url_parse(text, &why);
}

/* "127.0.0.1:4222" and "nats://127.0.0.1:4222/" are one server. */
static gboolean is_same(const NatsUrl *url, const char *text)
{
    NatsUrl *other = plain_url(text);
    gboolean same = other != NULL && nats_url_equal(url, other);

    nats_url_free(other);
    return same;
}

static Probe *find_same(const Model *model, const char *text)
{
    NatsUrl *url = plain_url(text);
    Probe *found = NULL;

    if (url == NULL)
        return NULL;
    if (is_same(url, model->settings.url))
        found = model->probe;
    for (unsigned i = 0; i < model->probes->len && found == NULL; i++) {
        Probe *probe = g_ptr_array_index(model->probes, i);

        if (is_same(url, probe->url))
            found = probe;
    }
    nats_url_free(url);
    return found;
}

static Probe *find_probe(const Model *model, const char *url)
{
    if (g_str_equal(url, model->settings.url))
        return model->probe;
    for (unsigned i = 0; i < model->probes->len; i++) {
        Probe *probe = g_ptr_array_index(model->probes, i);

        if (g_str_equal(probe->url, url))
            return probe;
    }
    return find_same(model, url);
}

static void cancel(const Probe *probe, Effects *effects)
{
    if (probe->running)
        effects_add(effects, EFFECT_CANCEL_PROBE)->generation = probe->generation;
}

/* Drop probes that no actor needs any more. */
static void drop_unused(Model *model, Effects *effects)
{
    for (unsigned i = model->probes->len; i-- > 0;) {
        Probe *probe = g_ptr_array_index(model->probes, i);
        gboolean used = FALSE;

        for (unsigned k = 0; k < model->panels->len && !used; k++)
            used = ((Actor *)g_ptr_array_index(model->panels, k))->probe == probe;
        if (!used) {
            cancel(probe, effects);
            g_ptr_array_remove_index(model->probes, i);
        }
    }
}

void update_probes_sync(Model *model, Effects *effects)
{
    for (unsigned i = 0; i < model->panels->len; i++) {
        Actor *actor = g_ptr_array_index(model->panels, i);
        const char *url = actor_url(model, actor);
        Probe *probe = find_probe(model, url);

        if (probe == NULL) {
            probe = probe_new(url);
            g_ptr_array_add(model->probes, probe);
            update_probe_now(model, probe, effects);
        }
        actor->probe = probe;
    }
    drop_unused(model, effects);
}

/* Beside the payload a TaskMessage has its ids, its times and the names of its fields. */
enum { TASK_BYTES = 400 };

gsize update_smoke_bytes(const Model *model)
{
    return TASK_BYTES + strlen(model->settings.payload);
}

void update_probe_now(Model *model, Probe *probe, Effects *effects)
{
    Effect *effect;

    cancel(probe, effects);
    probe->running = TRUE;
    probe->started_us = model->now_us;
    probe->generation = ++model->next_id;
    effect = effects_add(effects, EFFECT_PROBE);
    effect->generation = probe->generation;
    effect->text = g_strdup(probe->url);
    /* Actors have nothing but their URL, so what we have beside it is for the link's alone. */
    effect->on = probe == model->probe;
    /* What is told of the link's URL is told of the server that the link is on. */
    effect->server = effect->on && model->link.state == LINK_UP ? model->link.server.index + 1 : 0;
    effect->payload_bytes = update_smoke_bytes(model);
}

static gboolean is_due(const Model *model, const Probe *probe)
{
    gboolean holds = probe->ladder != NULL && ladder_connects(probe->ladder);

    return !probe->running &&
           model->now_us - probe->done_us > (holds ? PROBE_AGAIN : PROBE_AGAIN_BAD);
}

/* A complaint names one subject; a look tells what else the login has lost. */
static gboolean lost_rights(const Model *model)
{
    const Probe *probe = model->probe;

    return !probe->running && model->rights_us > probe->started_us &&
           model->now_us - probe->done_us > RIGHTS_AGAIN;
}

void update_probes_tick(Model *model, Effects *effects)
{
    /* While the link is down its own tries are the probe. */
    if (model->link.state == LINK_UP && (is_due(model, model->probe) || lost_rights(model)))
        update_probe_now(model, model->probe, effects);
    for (unsigned i = 0; i < model->probes->len; i++) {
        Probe *probe = g_ptr_array_index(model->probes, i);

        if (is_due(model, probe))
            update_probe_now(model, probe, effects);
    }
}

/* A server that takes no more connections refuses the probe of a link that stands. That says
 * nothing of the way there, which the link's own climb has proved, and everything of the room left.
 */
static void keep_full(Probe *probe)
{
    Rung *room = &probe->ladder->rungs[RUNG_HEADROOM];

    if (room->state == STATE_FAIL)
        return;
    room->state = STATE_WARN;
    room->cause = CAUSE_MAX_CONNECTIONS;
    g_free(room->text);
    room->text = g_strdup("the server is full: this connection has the last place");
}

static gboolean is_full(const Model *model, const Probe *probe, const Ladder *climbed)
{
    gboolean up = model->link.state == LINK_UP || model->link.state == LINK_SILENT;

    return probe == model->probe && up && ladder_cause(climbed) == CAUSE_MAX_CONNECTIONS &&
           probe->ladder != NULL && ladder_connects(probe->ladder);
}

static void take_ladder(Model *model, Probe *probe, const Event *event)
{
    if (!probe->running || probe->generation != event->generation)
        return; /* late: another climb has begun since */
    probe->running = FALSE;
    probe->done_us = event->at_us;
    /* The link itself tells more of its URL while it is silent, and newer things while it is down.
     */
    if (probe == model->probe &&
        (model->link.state == LINK_DOWN || model->link.state == LINK_SILENT))
        return;
    if (is_full(model, probe, event->ladder)) {
        keep_full(probe);
        return;
    }
    if (probe->ladder != NULL)
        ladder_free(probe->ladder);
    probe->ladder = ladder_copy(event->ladder);
    update_address_known(model, probe, probe->ladder->addresses);
}

void update_probe(Model *model, const Event *event)
{
    take_ladder(model, model->probe, event);
    for (unsigned i = 0; i < model->probes->len; i++)
        take_ladder(model, g_ptr_array_index(model->probes, i), event);
}
