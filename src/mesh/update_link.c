/* The connection in force, and the one that is being proved to take its place. */
#include <string.h>

#include "base/clock.h"
#include "mesh/findings.h"
#include "mesh/update_parts.h"

/* Which state may follow which; the rest is a bug. */
static const unsigned legal[LINK_STATES] = {
    [LINK_NONE] = 1 << LINK_CONNECTING,
    [LINK_CONNECTING] = 1 << LINK_UP | 1 << LINK_DOWN | 1 << LINK_CONNECTING,
    [LINK_UP] = 1 << LINK_SILENT | 1 << LINK_DOWN | 1 << LINK_CONNECTING | 1 << LINK_UP,
    [LINK_SILENT] = 1 << LINK_UP | 1 << LINK_DOWN | 1 << LINK_CONNECTING,
    [LINK_DOWN] = 1 << LINK_UP | 1 << LINK_CONNECTING,
};

static void set_state(Model *model, LinkState state, gint64 since_us)
{
    LinkView *link = &model->link;

    if (link->state == state && state != LINK_UP)
        return;
    if ((legal[link->state] & 1U << state) == 0)
        g_error("link: no way from state %d to %d", link->state, state);
    link->state = state;
    link->since_us = since_us;
    link->since_wall = model->now_wall - (model->now_us - since_us);
}

static void set_ladder(Ladder **place, const Ladder *ladder)
{
    if (*place != NULL)
        ladder_free(*place);
    *place = ladder_copy(ladder);
}

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
    set_state(model, LINK_CONNECTING, model->now_us);
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

static void forget_former(Model *model)
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
    forget_former(model);
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

static void set_trouble(LinkView *link, Cause cause, const char *text)
{
    link->cause = cause;
    g_free(link->text);
    link->text = g_strdup(text);
}

static void set_up(Model *model, const LinkNews *news)
{
    LinkView *link = &model->link;

    link->up_us = link->heard_us = news->at_us;
    link->cid = news->count;
    link->up_wall = news->wall_us;
    link->tries = 0;
    link->retry_us = 0;
    link->rtt_count = 0;
    forget_former(model);
    set_trouble(link, CAUSE_NONE, NULL);
    set_state(model, LINK_UP, news->at_us);
    model->roster.rounds = 0;
    update_roster_again(model);
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
    set_state(model, LINK_CONNECTING, news->at_us);
    set_up(model, news);
    begin_afresh(model, TRUE, effects);
}

static void on_proving(Model *model, const LinkNews *news, Effects *effects)
{
    if (news->kind == LINK_NEWS_LADDER)
        set_ladder(&model->proving.ladder, news->ladder);
    else if (news->kind == LINK_NEWS_UP)
        adopt(model, news, effects);
}

/* To a login that is refused a server says the same whether it never knew it or was told to forget
 * it; but we have been in with this one. */
static void recall_login(const LinkView *link, Ladder *ladder)
{
    Rung *rung = &ladder->rungs[RUNG_LOGIN];
    g_autofree char *until = clock_local(link->since_wall), *said = rung->text;
    const char *words = said != NULL ? strchr(said, ':') : NULL;

    rung->cause = CAUSE_AUTH_EXPIRED;
    rung->text = g_strdup_printf("login refused, and it was good until %s%s", until,
                                 words != NULL ? words : "");
}

static void on_ladder(Model *model, const LinkNews *news)
{
    LinkView *link = &model->link;
    Ladder *ladder;

    set_ladder(&model->probe->ladder, news->ladder);
    update_address_known(model, model->probe, news->ladder->addresses);
    model->probe->done_us = news->at_us;
    link->retry_us = 0;
    ladder = model->probe->ladder;
    if (ladder_connects(ladder)) { /* the connection that comes next is to this one */
        link_server_set(&link->server, ladder);
        return;
    }
    if (ladder_cause(ladder) == CAUSE_AUTH_FAILED && link->up_us != 0)
        recall_login(link, ladder);
    set_trouble(link, ladder_cause(ladder), ladder->rungs[ladder->broken].text);
    set_state(model, LINK_DOWN, model->now_us);
}

/* Of a server that fell silent libnats says no more than that its PINGs came to nothing, and of a
 * path that is cut perhaps that the kernel gave up; whose fault that is has been told before. */
static gboolean knows_better(const LinkView *link, Cause news)
{
    if (link->text == NULL)
        return FALSE;
    if (link->cause == CAUSE_PATH_LOST)
        return news == CAUSE_SILENT || news == CAUSE_RESET;
    return link->cause == CAUSE_SILENT && news == CAUSE_SILENT;
}

static void on_lost(Model *model, const LinkNews *news)
{
    LinkView *link = &model->link;

    if (link->state == LINK_UP || link->state == LINK_SILENT) {
        link->lost++;
        link->lost_us = news->at_us;
        link->lost_wall = news->wall_us;
    }
    if (!knows_better(link, news->cause))
        set_trouble(link, news->cause, news->text);
    /* A silent server has been down since it fell silent. */
    set_state(model, LINK_DOWN, link->state == LINK_SILENT ? link->since_us : news->at_us);
    update_smoke_lost(model);
}

static void on_rtt(Model *model, const LinkNews *news)
{
    LinkView *link = &model->link;

    link->rtt_ms[link->rtt_count++ % RTT_KEPT] = news->ms;
    link->heard_us = news->at_us;
    link->dropped = news->count;
    set_trouble(link, CAUSE_NONE, NULL);
    if (link->state == LINK_SILENT)
        set_state(model, LINK_UP, link->up_us);
}

static void on_complaint(Model *model, const LinkNews *news)
{
    g_free(model->notice);
    model->notice = g_strdup(news->text);
    model->notice_wall = news->wall_us;
    model->notice_cause = news->cause;
}

/* Is it the server's word, rather than our own of what did not come? */
static gboolean is_heard(const LinkNews *news)
{
    switch (news->kind) {
    case LINK_NEWS_LOST:
    case LINK_NEWS_NOT_SENT:
    case LINK_NEWS_SILENT:
        return FALSE;
    case LINK_NEWS_NO_ROSTER:
        return news->cause != CAUSE_SILENT;
    default:
        return TRUE;
    }
}

void update_link(Model *model, const Event *event, Effects *effects)
{
    const LinkNews *news = event->link;
    LinkView *link = &model->link;

    if (news->link == model->proving.link && news->link != 0)
        on_proving(model, news, effects);
    if (news->link != model->link.number)
        return; /* of a connection that was let go */
    if ((model->link.state == LINK_UP || model->link.state == LINK_SILENT) && is_heard(news))
        model->link.heard_us = MAX(model->link.heard_us, news->at_us);
    if (news->kind == LINK_NEWS_STREAM_DENIED ||
        (news->kind == LINK_NEWS_ERROR && news->cause == CAUSE_PERMISSIONS))
        model->rights_us = news->at_us;
    switch (news->kind) {
    case LINK_NEWS_LADDER:
        on_ladder(model, news);
        break;
    case LINK_NEWS_UP:
        if (model->link.state != LINK_UP)
            set_up(model, news);
        /* The climb before it looked at no more than connecting needs. */
        update_probe_now(model, model->probe, effects);
        break;
    case LINK_NEWS_RTT:
        on_rtt(model, news);
        break;
    case LINK_NEWS_SILENT:
        set_trouble(link, news->cause, news->text);
        break;
    case LINK_NEWS_LOST:
        on_lost(model, news);
        break;
    case LINK_NEWS_WAIT:
        model->link.retry_us = news->at_us + (gint64)(news->ms * 1000);
        model->link.tries = news->count;
        break;
    case LINK_NEWS_NO_ROSTER:
        update_roster_refused(model, news->text, effects);
        break;
    case LINK_NEWS_ROSTER:
        update_roster_reply(model, news);
        break;
    case LINK_NEWS_NARROWED:
    case LINK_NEWS_STREAM_DENIED:
        update_bus_news(model, news);
        break;
    case LINK_NEWS_SUSPECT: /* the engine has it read and sends what it says */
        break;
    case LINK_NEWS_ERROR:
        on_complaint(model, news);
        update_smoke_news(model, news, effects);
        break;
    default:
        update_smoke_news(model, news, effects);
        break;
    }
}

void update_link_tick(Model *model, Effects *effects)
{
    LinkView *link = &model->link;

    (void)effects;
    if (link->state == LINK_UP && !model->paused && model->now_us - link->heard_us > SILENT_AFTER)
        set_state(model, LINK_SILENT, link->heard_us);
}
