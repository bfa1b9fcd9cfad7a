/* Who is subscribed: rounds of questions to the servers, and to a monitoring port where they do not
 * tell. Replies are gathered by the engine and read when no more come. */
#include <stdio.h>
#include <string.h>

#include "mesh/facts.h"
#include "mesh/update_parts.h"

/* Connections with the fewest subscriptions that are looked at. */
enum { IDLE_MOST = 256 };

static void begin(Model *model, RosterRound round)
{
    RosterView *view = &model->roster;

    view->round = round;
    view->number++;
    view->offset = 0;
    view->reading = FALSE;
    view->asked_us = model->now_us;
    view->reply_us = 0;
}

static void ask(Model *model, char *request, Effects *effects)
{
    Effect *effect = effects_add(effects, EFFECT_ASK_ROSTER);

    effect->id = model->link.number;
    effect->generation = model->roster.number;
    effect->bytes = request;
    effect->on = model->roster.offset > 0;
}

/* The smallest server of a cluster sets where to begin, the largest how far to go: all get one
 * question, and each sorts its own. */
static char *idle_request(const Roster *roster)
{
    unsigned least = roster->servers > 0 ? roster->least : 0;
    unsigned offset = least > IDLE_MOST ? least - IDLE_MOST : 0;
    unsigned limit = MAX(roster->most, IDLE_MOST) - offset;

    return roster_ask_idle(offset, MIN(limit, 4 * IDLE_MOST));
}

static void ask_monitor(Model *model, Effects *effects)
{
    const Ladder *ladder = model->probe->ladder;
    Effect *effect = effects_add(effects, EFFECT_ASK_MONITOR);
    char *colon;

    begin(model, ROUND_MONITOR);
    effect->generation = model->roster.number;
    effect->text =
        g_strdup(ladder != NULL && ladder->address != NULL ? ladder->address : "localhost:");
    colon = strrchr(effect->text, ':');
    if (colon != NULL)
        *colon = '\0';
    effect->bytes = g_strdup(ladder != NULL ? ladder->info.id : NULL);
}

static void set_why(RosterView *view, char *why)
{
    g_free(view->why);
    view->why = why;
}

static void drop_known(RosterView *view)
{
    g_clear_pointer(&view->bus, bus_free); /* borrows from the roster */
    g_clear_pointer(&view->roster, roster_free);
}

void update_roster_forget(Model *model)
{
    RosterView *view = &model->roster;

    drop_known(view);
    g_clear_pointer(&view->idle, roster_free);
    set_why(view, NULL);
    view->state = ROSTER_NOT_ASKED;
    view->by_monitor = FALSE;
    view->idle_us = 0;
    view->servers = 0;
    view->router_us = 0;
    update_roster_again(model);
}

void update_roster_again(Model *model)
{
    model->roster.round = ROUND_NONE;
    model->roster.at_us = 0;
}

void update_roster_reply(Model *model, const LinkNews *news)
{
    RosterView *view = &model->roster;

    if (view->round != ROUND_NONE && news->count == view->number)
        view->reply_us = news->at_us;
}

/* Since 2.4 every server answers that has a system account (facts-nats.md). */
static const char *reason_of_silence(const Model *model)
{
    const Ladder *ladder = model->probe->ladder;
    unsigned major = 0, minor = 0;

    if (ladder == NULL || ladder->info.version == NULL ||
        sscanf(ladder->info.version, "%u.%u", &major, &minor) != 2)
        return "it has no system account, or is older than 2.4";
    return major > 2 || (major == 2 && minor >= 4) ? "it has no system account"
                                                   : "it is older than 2.4";
}

/* The servers do not tell: perhaps the monitoring port does. What was known is known no more. */
void update_roster_refused(Model *model, const char *why, Effects *effects)
{
    RosterView *view = &model->roster;

    if (view->round != ROUND_HEDDLE && view->round != ROUND_IDLE)
        return;
    set_why(view, strstr(why, "no $SYS requests") != NULL
                      ? g_strdup_printf("%s: %s", why, reason_of_silence(model))
                      : g_strdup(why));
    ask_monitor(model, effects);
}

static void cannot_tell(Model *model, const char *more)
{
    RosterView *view = &model->roster;

    view->state = ROSTER_CANNOT_TELL;
    view->by_monitor = FALSE;
    view->at_us = model->now_us;
    drop_known(view);
    if (more != NULL)
        set_why(view,
                view->why != NULL ? g_strdup_printf("%s; %s", view->why, more) : g_strdup(more));
}

static void take_roster(Model *model, Event *event)
{
    RosterView *view = &model->roster;

    drop_known(view);
    view->roster = g_steal_pointer(&event->roster);
    view->bus = g_steal_pointer(&event->bus);
    view->state = ROSTER_KNOWN;
    view->at_us = model->now_us;
    view->as_of_us = view->asked_us;
    view->cost_us = MAX(view->reply_us - view->asked_us, 0);
    view->by_monitor = view->round == ROUND_MONITOR;
    if (!view->by_monitor)
        set_why(view, NULL);
    view->rounds++;
    view->round = ROUND_NONE;
    if (view->roster->servers >= view->servers ||
        model->now_us - view->servers_us > SERVER_MISSED) {
        view->servers = view->roster->servers;
        view->servers_us = model->now_us;
    }
    if (roster_count(view->roster, SUBJECT_INCOMING, "*") > 0)
        view->router_us = model->now_us;
    if (!roster_is_partial(model)) /* who is on a server that does not answer is not gone */
        update_presence(model);
    update_smoke_roster(model);
}

static void take_idle(Model *model, Event *event)
{
    RosterView *view = &model->roster;

    roster_free(view->idle);
    view->idle = g_steal_pointer(&event->roster);
    view->idle_us = model->now_us;
    view->round = ROUND_NONE;
}

void update_roster(Model *model, const Event *event, Effects *effects)
{
    RosterView *view = &model->roster;
    Event *mutable = (Event *)event; /* its roster changes hands */

    if (view->round == ROUND_NONE || event->generation != view->number)
        return;
    view->reading = FALSE;
    if (event->roster == NULL && view->round == ROUND_HEDDLE) {
        update_roster_refused(model, event->text, effects);
    } else if (event->roster == NULL) {
        RosterRound round = view->round;

        view->round = ROUND_NONE;
        view->idle_us = model->now_us;
        if (round == ROUND_MONITOR)
            cannot_tell(model, event->text);
    } else if (view->round == ROUND_IDLE) {
        take_idle(model, mutable);
    } else if (event->roster->next_offset > view->offset) { /* the next page; all are read again */
        view->offset = event->roster->next_offset;
        view->reply_us = 0;
        ask(model, roster_ask_heddle(view->offset), effects);
    } else {
        take_roster(model, mutable);
    }
}

/* How long no more replies must come for a round to be over. */
gint64 update_roster_quiet(const Model *model)
{
    const Ladder *ladder = model->probe->ladder;
    gboolean alone = ladder != NULL && ladder->info.id != NULL && ladder->info.cluster == NULL;

    return alone && model->roster.servers <= 1 ? ROSTER_QUIET_ALONE : ROSTER_QUIET;
}

static void begin_due(Model *model, Effects *effects)
{
    RosterView *view = &model->roster;
    gint64 again = view->state == ROSTER_CANNOT_TELL
                       ? ROSTER_REFUSED
                       : MAX(ROSTER_AGAIN, ROSTER_SHARE * view->cost_us);

    if (view->at_us == 0 || model->now_us - view->at_us >= again) {
        if (view->by_monitor) {
            ask_monitor(model, effects);
        } else {
            begin(model, ROUND_HEDDLE);
            ask(model, roster_ask_heddle(0), effects);
        }
    } else if (view->state == ROSTER_KNOWN && !view->by_monitor &&
               (view->idle_us == 0 || model->now_us - view->idle_us >= IDLE_AGAIN)) {
        begin(model, ROUND_IDLE);
        ask(model, idle_request(view->roster), effects);
    }
}

void update_roster_tick(Model *model, Effects *effects)
{
    RosterView *view = &model->roster;
    Effect *read;

    if (view->round != ROUND_NONE && !view->reading && view->reply_us != 0 &&
        model->now_us - view->reply_us >= update_roster_quiet(model)) {
        view->reading = TRUE;
        read = effects_add(effects, EFFECT_READ_ROSTER);
        read->generation = view->number;
        read->on = view->round == ROUND_HEDDLE;
    }
    if (view->round == ROUND_NONE && model->link.state == LINK_UP && !model->paused)
        begin_due(model, effects);
}
