/* Which URL is in force: connecting to it, proving another one first, taking that up, and letting
 * it go again. */
#include <string.h>

#include "mesh/findings.h"
#include "mesh/update_parts.h"

static void open_link(const Model *model, unsigned number, const char *url, Effects *effects)
{
    Effect *effect = effects_add(effects, EFFECT_OPEN_LINK);

    effect->id = number;
    effect->text = g_strdup(url);
    effect->payload_bytes = update_smoke_bytes(model);
}

static void close_link(unsigned number, Effects *effects)
{
    if (number != 0)
        effects_add(effects, EFFECT_CLOSE_LINK)->id = number;
}

/* Another connection is in force. With another URL, what was seen on the old bus is not true of
 * this one; with the same, it stays. */
static void begin_afresh(Model *model, gboolean other_url, Effects *effects)
{
    Effect *floor = effects_add(effects, EFFECT_GIVE_FLOOR);

    floor->id = model->link.number;
    floor->on = other_url;
    if (other_url) {
        update_watch_reset(model);
        update_presence_forget(model);
        findings_forget(model);
    }
    update_smoke_lost(model);
    update_roster_forget(model);
    g_clear_pointer(&model->notice, g_free);
    update_bus_afresh(model, other_url, effects);
}

static void connect_to(Model *model, gboolean other_url, Effects *effects)
{
    close_link(model->link.number, effects);
    model->link.number = ++model->next_id;
    model->link.retry_us = 0;
    update_link_state(model, LINK_CONNECTING, model->now_us);
    open_link(model, model->link.number, model->settings.url, effects);
    begin_afresh(model, other_url, effects);
}

void update_connect(Model *model, Effects *effects)
{
    connect_to(model, FALSE, effects);
}

static void take_url(Model *model, const char *url, Origin origin, Effects *effects)
{
    Probe *old = model->probe;

    explicit_bzero(model->settings.url, strlen(model->settings.url));
    g_free(model->settings.url);
    model->settings.url = g_strdup(url);
    model->settings.origin = origin;
    g_free(model->url_shown);
    model->url_shown = nats_url_mask(url);
    model->link.up_us = model->link.up_wall = 0;
    /* What the operator allowed was allowed for the other server. */
    if (!nats_url_stays_here(url))
        model->smoke_repeat = FALSE;
    if (old->running)
        effects_add(effects, EFFECT_CANCEL_PROBE)->generation = old->generation;
    model->probe = probe_new(url);
    for (unsigned i = 0; i < model->actors->len; i++) {
        Actor *actor = g_ptr_array_index(model->actors, i);

        if (actor->probe == old)
            actor->probe = model->probe;
    }
    for (unsigned i = 0; i < model->strangers->len; i++)
        ((Actor *)g_ptr_array_index(model->strangers, i))->probe = model->probe;
    probe_free(old);
    update_probes_sync(model, effects);
}

static void end_proving(Model *model)
{
    Proving *proving = &model->proving;

    if (proving->ladder != NULL)
        ladder_free(proving->ladder);
    if (proving->url != NULL)
        explicit_bzero(proving->url, strlen(proving->url));
    g_free(proving->url);
    g_free(proving->shown);
    *proving = (Proving){0};
}

static void stop_proving(Model *model, Effects *effects)
{
    close_link(model->proving.link, effects);
    end_proving(model);
}

void update_forget_former(Model *model)
{
    if (model->former != NULL)
        explicit_bzero(model->former, strlen(model->former));
    g_clear_pointer(&model->former, g_free);
}

/* In force without being proved, since no connection would be lost by it. */
static void take_unproved(Model *model, const char *url, Origin origin, Effects *effects)
{
    take_url(model, url, origin, effects);
    model->link.tries = model->link.lost = 0;
    model->link.lost_us = 0;
    connect_to(model, TRUE, effects);
}

void update_let_go(Model *model, Effects *effects)
{
    g_autofree char *former = NULL;

    if (model->proving.link != 0 || model->former == NULL) {
        stop_proving(model, effects);
        return;
    }
    former = g_strdup(model->former);
    update_forget_former(model);
    take_unproved(model, former, model->former_origin, effects);
    explicit_bzero(former, strlen(former));
}

void update_set_url(Model *model, const char *url, Origin origin, Effects *effects)
{
    gboolean in_force = model->link.state == LINK_UP || model->link.state == LINK_SILENT;

    stop_proving(model, effects);
    if (g_str_equal(url, model->settings.url)) {
        if (!in_force)
            update_connect(model, effects); /* now, not when the pause is over */
        return;
    }
    if (!in_force) {
        /* Of several edits the first had the one that is worth going back to. */
        if (model->former == NULL) {
            model->former = g_strdup(model->settings.url);
            model->former_origin = model->settings.origin;
        }
        take_unproved(model, url, origin, effects);
        return;
    }
    model->proving.url = g_strdup(url);
    model->proving.shown = nats_url_mask(url);
    model->proving.link = ++model->next_id;
    model->proving.since_us = model->now_us;
    open_link(model, model->proving.link, url, effects);
}

/* The new URL is proved: it is in force from now on. */
static void adopt(Model *model, const LinkNews *news, Effects *effects)
{
    g_autofree char *url = g_strdup(model->proving.url);
    Ladder *ladder = g_steal_pointer(&model->proving.ladder);

    close_link(model->link.number, effects);
    model->link.number = model->proving.link;
    model->link.lost = 0;
    model->link.lost_us = 0;
    end_proving(model);
    take_url(model, url, ORIGIN_EDITED, effects);
    explicit_bzero(url, strlen(url));
    model->probe->ladder = ladder;
    update_address_known(model, model->probe, ladder->addresses);
    model->probe->done_us = news->at_us;
    link_server_set(&model->link.server, ladder);
    update_link_state(model, LINK_CONNECTING, news->at_us);
    update_link_up(model, news);
    begin_afresh(model, TRUE, effects);
}

void update_proving(Model *model, const LinkNews *news, Effects *effects)
{
    if (news->kind == LINK_NEWS_LADDER)
        update_ladder(&model->proving.ladder, news->ladder);
    else if (news->kind == LINK_NEWS_UP)
        adopt(model, news, effects);
}
