/* The connection in force: what its link tells, and the state that it is in. */
#include <string.h>

#include "base/clock.h"
#include "mesh/update_parts.h"

/* Which state may follow which; the rest is a bug. */
static const unsigned legal[LINK_STATES] = {
    [LINK_NONE] = 1 << LINK_CONNECTING,
    [LINK_CONNECTING] = 1 << LINK_UP | 1 << LINK_DOWN | 1 << LINK_CONNECTING,
    [LINK_UP] = 1 << LINK_SILENT | 1 << LINK_DOWN | 1 << LINK_CONNECTING | 1 << LINK_UP,
    [LINK_SILENT] = 1 << LINK_UP | 1 << LINK_DOWN | 1 << LINK_CONNECTING,
    [LINK_DOWN] = 1 << LINK_UP | 1 << LINK_CONNECTING,
};

void update_link_state(Model *model, LinkState state, gint64 since_us)
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

void update_ladder(Ladder **place, const Ladder *ladder)
{
    if (*place != NULL)
        ladder_free(*place);
    *place = ladder_copy(ladder);
}

static void set_trouble(LinkView *link, Cause cause, const char *text)
{
    link->cause = cause;
    g_free(link->text);
    link->text = g_strdup(text);
}

void update_link_up(Model *model, const LinkNews *news)
{
    LinkView *link = &model->link;

    link->up_us = link->heard_us = news->at_us;
    link->cid = news->count;
    link->up_wall = news->wall_us;
    link->tries = 0;
    link->retry_us = 0;
    link->rtt_count = 0;
    update_forget_former(model);
    set_trouble(link, CAUSE_NONE, NULL);
    update_link_state(model, LINK_UP, news->at_us);
    model->roster.rounds = 0;
    update_roster_forget(model); /* who was there before may not have come back */
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

    update_ladder(&model->probe->ladder, news->ladder);
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
    update_link_state(model, LINK_DOWN, model->now_us);
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
    update_link_state(model, LINK_DOWN, link->state == LINK_SILENT ? link->since_us : news->at_us);
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
        update_link_state(model, LINK_UP, link->up_us);
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
        update_proving(model, news, effects);
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
            update_link_up(model, news);
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
        update_link_state(model, LINK_SILENT, link->heard_us);
}
