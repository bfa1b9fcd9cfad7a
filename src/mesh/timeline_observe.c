#include "mesh/timeline_observe.h"

#include "mesh/timeline_parts.h"
#include "mesh/verdict.h"

enum { /* what an event may change: bits 0 to 3 are an actor's checks */
       SEES_NATS = 1 << CHECK_NATS,
       SEES_ENV = 1 << CHECK_ENV,
       SEES_CONFIG = 1 << CHECK_CONFIG,
       SEES_LIVE = 1 << CHECK_LIVE,
       SEES_ACTORS = SEES_NATS | SEES_ENV | SEES_CONFIG | SEES_LIVE,
       SEES_LINK = 1 << CHECK_COUNT,
       SEES_RUNGS = 1 << (CHECK_COUNT + 1),
       SEES_NOTICE = 1 << (CHECK_COUNT + 2),
       SEES_SMOKE = 1 << (CHECK_COUNT + 3),
       SEES_BUS = 1 << (CHECK_COUNT + 4),
};

static const unsigned by_event[EVENT_KINDS] = {
    [EVENT_TICK] = SEES_LINK | SEES_SMOKE,
    [EVENT_ADDRESS] = SEES_RUNGS,
    [EVENT_PROBE] = SEES_RUNGS | SEES_NATS,
    [EVENT_SET_URL] = SEES_LINK | SEES_LIVE,
    [EVENT_SET_TIER] = SEES_ENV | SEES_LIVE,
    [EVENT_RECHECK] = SEES_LINK,
    [EVENT_SMOKE] = SEES_SMOKE,
    [EVENT_LISTEN] = SEES_BUS,
    [EVENT_POISON] = SEES_BUS,
};

static unsigned by_news(LinkNewsKind kind)
{
    switch (kind) {
    case LINK_NEWS_LADDER:
        return SEES_LINK | SEES_RUNGS;
    case LINK_NEWS_UP:
    case LINK_NEWS_LOST:
        return SEES_LINK | SEES_SMOKE;
    case LINK_NEWS_RTT:
    case LINK_NEWS_WAIT:
    case LINK_NEWS_NO_ROSTER:
        return SEES_LINK;
    case LINK_NEWS_NARROWED:
        return SEES_BUS;
    case LINK_NEWS_ERROR:
        return SEES_NOTICE | SEES_SMOKE;
    default:
        return SEES_SMOKE;
    }
}

Scope timeline_scope(const Event *event)
{
    if (event->kind == EVENT_LINK)
        return (Scope){by_news(event->link->kind), 0};
    if (event->kind == EVENT_CONFIG) /* a file that is as it was changes nothing */
        return (Scope){event->config != NULL ? SEES_ACTORS : 0, event->id};
    if (event->kind == EVENT_ENV) /* likewise */
        return (Scope){event->env != NULL ? SEES_ENV : 0, event->id};
    return (Scope){by_event[event->kind], 0};
}

Change timeline_change(const Model *model, const char *track, State state, const char *word)
{
    return (Change){model->now_us, model->now_wall, track, NULL, state, word};
}

/* --- link, its server and its URL --- */

static void observe_url(Model *model)
{
    Change change = timeline_change(model, "url", STATE_OK, model->url_shown);

    timeline_note(model->timeline, &model->timeline->url, &change);
}

static char *server_words(const Model *model)
{
    const LinkServer *server = &model->link.server;

    return g_strdup_printf("%s at %s",
                           server->name != NULL ? server->name : "a server without a name",
                           server->address != NULL ? server->address : model->url_shown);
}

/* Which server a connection is on is told by the climb before it; those after it may end on
 * another. */
static void observe_server(Model *model)
{
    Timeline *timeline = model->timeline;
    g_autofree char *words = NULL;
    Change change;

    if (model->link.state != LINK_UP || timeline->link_up_us == model->link.up_us)
        return;
    timeline->link_up_us = model->link.up_us;
    words = server_words(model);
    change = timeline_change(model, "server", STATE_OK, words);
    timeline_note(timeline, &timeline->server, &change);
}

static const struct {
    const char *word; /* NULL: on its way, which is no state to tell */
    State state;
} links[LINK_STATES] = {
    [LINK_UP] = {"up", STATE_OK},
    [LINK_SILENT] = {"no answer", STATE_FAIL},
    [LINK_DOWN] = {"down", STATE_FAIL},
};

static char *link_sentence(const Model *model)
{
    const LinkView *link = &model->link;
    const LinkServer *server = &link->server;

    if (link->state == LINK_SILENT)
        return g_strdup("the server has said nothing since");
    if (link->state == LINK_DOWN)
        return g_strdup_printf("%s%s%s", cause_word(link->cause),
                               link->text != NULL && link->text[0] != '\0' ? ": " : "",
                               link->text != NULL ? link->text : "");
    return g_strdup_printf("server %s %s at %s",
                           server->name != NULL ? server->name : "without a name",
                           server->version != NULL ? server->version : "",
                           server->address != NULL ? server->address : model->url_shown);
}

/* Tries are told by the entry of the link that went down, not by one each. */
static void count_tries(Timeline *timeline, const LinkView *link)
{
    TimelineEntry *entry = timeline_entry(timeline, timeline->link.last);

    if (link->state == LINK_DOWN && entry != NULL)
        entry->times = MAX(entry->times, link->tries);
}

static void observe_link(Model *model)
{
    Timeline *timeline = model->timeline;
    const LinkView *link = &model->link;
    char word[TIMELINE_WORD];
    Change change;

    observe_url(model);
    if (links[link->state].word == NULL)
        return;
    if (link->state == LINK_DOWN && link->cause != CAUSE_NONE)
        g_snprintf(word, sizeof word, "down: %s", cause_word(link->cause));
    else
        g_strlcpy(word, links[link->state].word, sizeof word);
    if (track_differs(&timeline->link, links[link->state].state, word)) {
        g_autofree char *text = link_sentence(model);

        change = timeline_change(model, "link", links[link->state].state, word);
        change.text = text;
        if (link->state == LINK_SILENT) { /* it began with the server's last word */
            change.at_us = link->since_us;
            change.wall_us = link->since_wall;
        }
        timeline_append(timeline, &timeline->link, &change);
    }
    count_tries(timeline, link);
    observe_server(model);
}

static void observe_notice(Model *model)
{
    Timeline *timeline = model->timeline;
    TimelineEntry *last = timeline_entry(timeline, timeline->notice.last);
    Change change = timeline_change(model, "notice", STATE_WARN, cause_word(model->notice_cause));

    if (model->notice == NULL || model->notice_wall == timeline->notice_wall)
        return;
    timeline->notice_wall = model->notice_wall;
    change.text = model->notice;
    /* The same complaint is often made again and again, with another subject in it each time. */
    if (last != NULL && !track_differs(&timeline->notice, STATE_WARN, change.word) &&
        model->now_us - last->at_us <= TIMELINE_FLAP_US) {
        last->times++;
        return;
    }
    timeline_append(timeline, &timeline->notice, &change)->times = 1;
}

/* --- rungs --- */

const char *timeline_word(State state, const char *cause)
{
    static const char *const words[STATE_COUNT] = {
        [STATE_OK] = "ok",        [STATE_SKIPPED] = "not needed", [STATE_UNKNOWN] = "unknown",
        [STATE_WARN] = "warning", [STATE_FAIL] = "failed",
    };

    return cause != NULL ? cause : words[state];
}

gboolean timeline_is_known(State state)
{
    return state != STATE_PENDING && state != STATE_NOT_REACHED;
}

static void observe_addresses(Model *model, Probe *probe, const char *track)
{
    g_autofree char *words = NULL;
    Change change;

    if (probe->addresses == NULL)
        return;
    words = g_strjoinv(", ", probe->addresses);
    change = timeline_change(model, track, STATE_OK, words);
    change.text = "the name has other addresses now";
    timeline_note(model->timeline, &probe->seen_addresses, &change);
}

static void observe_probe(Model *model, Probe *probe)
{
    if (probe->ladder == NULL)
        return;
    for (RungId id = 0; id < RUNG_COUNT; id++) {
        const Rung *rung = &probe->ladder->rungs[id];
        const char *cause = rung->cause != CAUSE_NONE ? cause_word(rung->cause) : NULL;
        g_autofree char *track = probe == model->probe
                                     ? g_strdup(rung_label(id))
                                     : g_strdup_printf("%s %s", probe->shown, rung_label(id));
        Change change =
            timeline_change(model, track, rung->state, timeline_word(rung->state, cause));

        if (id == RUNG_RESOLVE)
            observe_addresses(model, probe, track);
        change.text = rung->text;
        if (rung->state == STATE_NOT_REACHED)
            probe->reached_us[id] = 0;
        else if (probe->reached_us[id] == 0)
            probe->reached_us[id] = model->now_us;
        if (timeline_is_known(rung->state))
            timeline_note(model->timeline, &probe->seen[id], &change);
    }
}

static void observe_probes(Model *model)
{
    observe_probe(model, model->probe);
    for (unsigned i = 0; i < model->probes->len; i++)
        observe_probe(model, g_ptr_array_index(model->probes, i));
}

static void observe_listeners(Model *model)
{
    g_autofree char *text = NULL;
    State state = verdict_router(model, &text);
    Change change = timeline_change(model, "listeners", state, timeline_word(state, NULL));

    change.text = text;
    if (timeline_is_known(state))
        timeline_note(model->timeline, &model->timeline->listeners, &change);
}

/* --- smoke --- */

static void observe_smoke(Model *model)
{
    const Smoke *smoke = model_last_smoke(model);
    Timeline *timeline = model->timeline;
    Change change;

    if (smoke == NULL || smoke->verdict == VERDICT_RUNNING)
        return;
    change =
        timeline_change(model, "smoke", smoke_state(smoke->verdict), smoke_word(smoke->verdict));
    change.text = smoke->text;
    if (track_differs(&timeline->smoke, change.state, change.word))
        timeline_append(timeline, &timeline->smoke, &change);
}

/* A round of answers about who is subscribed ends by a tick, when no more come. */
static gboolean roster_is_new(Model *model)
{
    gboolean is_new = model->roster.at_us != 0 && model->roster.at_us != model->timeline->roster_us;

    model->timeline->roster_us = model->roster.at_us;
    return is_new;
}

void timeline_observe(Model *model, Scope scope)
{
    if (scope.what == 0)
        return;
    if (roster_is_new(model))
        scope = (Scope){scope.what | SEES_LIVE, 0};
    if (scope.what & SEES_LINK)
        observe_link(model);
    if (scope.what & SEES_RUNGS)
        observe_probes(model);
    if (scope.what & SEES_LIVE)
        observe_listeners(model);
    if (scope.what & SEES_NOTICE)
        observe_notice(model);
    if (scope.what & SEES_ACTORS)
        timeline_observe_actors(model, scope);
    if (scope.what & SEES_SMOKE)
        observe_smoke(model);
    if (scope.what & SEES_BUS)
        timeline_observe_bus(model);
}
