/* The smoke: one task that is sent, and followed hop by hop. What is made of what is seen stands in
 * smoke_*.c. */
#include <string.h>

#include "mesh/facts.h"
#include "mesh/smoke_parts.h"
#include "mesh/update_parts.h"
#include "nats/trace.h"

/* Of a header block with the subject of a trace. */
enum { TRACE_BYTES = 160 };

/* The tier that a task for this worker type must ask for, so that it reaches it. */
static const char *tier_for(const Model *model, const char *worker_type)
{
    const Actor *aimed = model_actor(model, model->settings.aimed);

    if (aimed != NULL && tier_from_word(actor_tier(model, aimed)) < TIER_OWN)
        return actor_tier(model, aimed);
    if (model->settings.tier != TIER_OWN)
        return tier_word(model->settings.tier);
    for (unsigned i = 0; i < model->panels->len; i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);
        ActorKind kind = actor_kind(actor);

        if ((kind == KIND_WORKER || kind == KIND_PROCESSOR) && actor->config != NULL &&
            g_strcmp0(actor->config->name, worker_type) == 0 &&
            tier_from_word(actor_tier(model, actor)) < TIER_OWN)
            return actor_tier(model, actor);
    }
    return kind_info(KIND_PROCESSOR)->default_tier;
}

static char *message_for(const Model *model, const Smoke *smoke)
{
    return smoke->mode == SMOKE_GOAL
               ? message_goal(smoke->task_id, smoke->worker_type, model->now_wall)
               : message_task(smoke->task_id, smoke->worker_type, smoke->tier,
                              model->settings.payload, model->now_wall);
}

/* What else is to be watched while it is under way. */
static char *also_watch(const Smoke *smoke)
{
    switch (smoke->mode) {
    case SMOKE_TASK: /* any tier: the router may move it to another */
        return g_strdup_printf("heddle.tasks.%s.*", smoke->worker_type);
    case SMOKE_GOAL:
        return g_strdup_printf("heddle.results.%s", smoke->task_id);
    default:
        return NULL;
    }
}

/* Tracing is never needed: where a server is too old for it, or does not let us, all goes on as
 * before. */
static gboolean may_trace(const Model *model)
{
    const Ladder *ladder = model->probe->ladder;

    return ladder != NULL && ladder->info.headers && trace_offered(model->link.server.version) &&
           !model->link.untraced;
}

/* Takes `message`. */
static void send(const Model *model, Smoke *smoke, char *message, Effects *effects)
{
    Effect *effect = effects_add(effects, EFFECT_SEND);

    smoke->traced = may_trace(model);
    effect->on = smoke->traced;

    effect->id = model->link.number;
    effect->text = g_strdup(smoke->subject);
    effect->bytes = message;
    effect->task_id = g_strdup(smoke->task_id);
    effect->also = also_watch(smoke);
    effect->also_class = smoke->mode == SMOKE_GOAL ? TAP_RESULT : TAP_TASK;
    effect->watch_ms = model->settings.smoke_timeout_ms + (int)(SMOKE_LATE / 1000);
}

/* A server ends the connection of whoever sends it more than it takes. NULL: it fits. */
static char *too_large(const Model *model, const char *message)
{
    gint64 most = model->link.server.max_payload;
    gint64 bytes = (gint64)strlen(message) + (may_trace(model) ? TRACE_BYTES : 0);

    return most <= 0 || bytes <= most ? NULL
                                      : g_strdup_printf("not sent: %" G_GINT64_FORMAT
                                                        " bytes, and the server takes at most "
                                                        "%" G_GINT64_FORMAT " (max_payload)",
                                                        bytes, most);
}

static char *subject_of(const Smoke *smoke)
{
    return smoke->mode == SMOKE_TASK ? g_strdup(SUBJECT_INCOMING)
           : smoke->mode == SMOKE_GOAL
               ? g_strdup(SUBJECT_GOALS)
               : kind_subject(KIND_PROCESSOR, smoke->worker_type, smoke->tier);
}

/* Why it is not sent; decides it then. */
static gboolean is_held(const Model *model, Smoke *smoke, const char *message)
{
    char *large;

    if (model->settings.read_only)
        return smoke_decide(smoke, VERDICT_DENIED, "read_only", g_strdup("not sent: --read-only"));
    if (model->link.state != LINK_UP)
        return smoke_decide(smoke, VERDICT_NOT_CONNECTED, NULL,
                            g_strdup("not sent: no connection"));
    if (message == NULL)
        return smoke_decide(smoke, VERDICT_DENIED, "harmful_smoke",
                            g_strdup("not sent: worker type or payload would harm the mesh"));
    large = too_large(model, message);
    return large != NULL && smoke_decide(smoke, VERDICT_TOO_LARGE, NULL, large);
}

void update_smoke_ask(Model *model, const char *task_id, Effects *effects)
{
    Smoke *smoke = model_add_smoke(model);
    const Settings *settings = &model->settings;
    char *message;

    smoke->task_id = g_strdup(task_id);
    smoke->mode = settings->mode;
    smoke->worker_type = g_strdup(settings->worker_type);
    smoke->tier = g_strdup(tier_for(model, settings->worker_type));
    smoke->subject = subject_of(smoke);
    smoke->asked_us = smoke->sent_us = model->now_us;
    smoke->sent_wall = model->now_wall;
    smoke->deadline_us = model->now_us + settings->smoke_timeout_ms * 1000LL;
    message = message_for(model, smoke);
    if (is_held(model, smoke, message)) {
        g_free(message);
        return;
    }
    smoke_note_served(model, smoke);
    send(model, smoke, message, effects);
}

static Smoke *find_smoke(Model *model, const char *task_id)
{
    for (unsigned n = model->smoke_count; n > 0; n--) {
        Smoke *smoke = model_smoke(model, n);

        if (smoke == NULL)
            break;
        if (g_strcmp0(smoke->task_id, task_id) == 0)
            return smoke;
    }
    return NULL;
}

/* Whose id is in these bytes? They hold the mark that all our ids share, so one of them is there.
 */
static Smoke *find_in_bytes(Model *model, const char *bytes, gsize len)
{
    for (unsigned n = model->smoke_count; n > 0; n--) {
        Smoke *smoke = model_smoke(model, n);

        if (smoke == NULL)
            break;
        if (memmem(bytes, len, smoke->task_id, strlen(smoke->task_id)) != NULL)
            return smoke;
    }
    return NULL;
}

static void on_sent(Smoke *smoke, const LinkNews *news)
{
    if (smoke->verdict == VERDICT_DENIED) /* it answered, and took nothing */
        return;
    smoke->sent_us = news->at_us;
    smoke->sent_wall = news->wall_us;
    smoke->hops[HOP_PUBLISHED].at_us = 0; /* one that was refused with its trace is sent again */
    smoke_hop(smoke, HOP_PUBLISHED, SOURCE_SERVER, news->at_us + (gint64)(news->ms * 1000),
              g_strdup_printf("the server took it on %s", smoke->subject));
}

static void on_routed(Smoke *smoke, const LinkNews *news)
{
    g_autofree char *subject = text_clean(raw_text(news->subject), 128);
    const char *dot = strrchr(subject, '.');

    g_free(smoke->routed_tier);
    smoke->routed_tier = g_strdup(dot != NULL ? dot + 1 : "");
    smoke_hop(
        smoke, HOP_ROUTED, SOURCE_BUS, news->at_us,
        ++smoke->routed > 1
            ? g_strdup_printf("routed once more (%u times), to %s", smoke->routed, subject)
        : g_str_equal(smoke->routed_tier, smoke->tier)
            ? g_strdup_printf("a router sent it to %s", subject)
            : g_strdup_printf("a router moved it from tier %s to tier %s (tier_overrides): %s",
                              smoke->tier, smoke->routed_tier, subject));
}

static void on_match(Model *model, const LinkNews *news)
{
    Smoke *smoke = find_in_bytes(model, news->bytes, news->len);

    if (smoke == NULL)
        return;
    if (news->class == TAP_TASK)
        on_routed(smoke, news);
    else if (news->class == TAP_DEAD_LETTER)
        smoke_dead_letter(model, smoke, news);
    else
        smoke_result(model, smoke, news);
}

/* The server lets us not listen where the smoke comes by. Only its answer must be heard. */
static void on_deaf(Model *model, Smoke *smoke, const LinkNews *news)
{
    g_autofree char *results = NULL;

    model->link.deaf |= strstr(news->text, SUBJECT_RESULTS) != NULL;
    if (smoke == NULL || smoke->verdict != VERDICT_RUNNING)
        return;
    results = g_strdup_printf("heddle.results.%s", smoke->task_id);
    if (smoke->mode == SMOKE_GOAL && strstr(news->text, results) != NULL) {
        smoke_evidence(smoke, HOP_ANSWERED, SOURCE_SERVER, news->at_us, g_strdup(news->text));
        smoke_decide(smoke, VERDICT_DENIED, "deaf",
                     g_strdup_printf("published; this login may not listen on %s, so the answer "
                                     "cannot be seen",
                                     results));
    } else if (strstr(news->text, "heddle.tasks.") != NULL) {
        smoke_evidence(smoke, HOP_ROUTED, SOURCE_SERVER, news->at_us,
                       g_strdup_printf("cannot be seen: %s", news->text));
    }
}

static void on_denied(Model *model, const LinkNews *news)
{
    Smoke *smoke = model_last_smoke(model);

    if (news->cause != CAUSE_PERMISSIONS)
        return;
    if (strstr(news->text, "Subscription to") != NULL) {
        on_deaf(model, smoke, news);
        return;
    }
    if (smoke == NULL || smoke->verdict != VERDICT_RUNNING ||
        strstr(news->text, smoke->subject) == NULL)
        return;
    smoke->hops[HOP_PUBLISHED].at_us = 0; /* the server answered, and took nothing */
    g_clear_pointer(&smoke->hops[HOP_PUBLISHED].text, g_free);
    smoke_evidence(smoke, HOP_PUBLISHED, SOURCE_SERVER, news->at_us, g_strdup(news->text));
    smoke_decide(smoke, VERDICT_DENIED, NULL,
                 g_strdup_printf("the server refuses: %s", news->text));
}

/* A login that may not publish on its own inbox loses the whole message to its trace: nothing was
 * sent, so it goes out once more, without. */
static void on_no_trace(Model *model, Effects *effects)
{
    Smoke *smoke = model_last_smoke(model);
    char *message;

    model->link.untraced = TRUE;
    if (smoke == NULL || !smoke->traced || smoke->verdict != VERDICT_RUNNING)
        return;
    message = message_for(model, smoke);
    if (message != NULL)
        send(model, smoke, message, effects);
}

void update_smoke_news(Model *model, const LinkNews *news, Effects *effects)
{
    Smoke *smoke = news->id != NULL ? find_smoke(model, news->id) : NULL;

    if (news->kind == LINK_NEWS_MATCH)
        on_match(model, news);
    else if (news->kind == LINK_NEWS_ERROR)
        on_denied(model, news);
    else if (news->kind == LINK_NEWS_NO_TRACE)
        on_no_trace(model, effects);
    else if (smoke == NULL)
        return;
    else if (news->kind == LINK_NEWS_SENT)
        on_sent(smoke, news);
    else if (news->kind == LINK_NEWS_NO_RESPONDERS)
        smoke_no_responders(model, smoke, news->at_us);
    else if (news->kind == LINK_NEWS_TRACE)
        smoke_trace(smoke, news);
    else if (news->kind == LINK_NEWS_NOT_SENT)
        smoke_decide(smoke, VERDICT_NOT_CONNECTED, NULL,
                     g_strdup_printf("not sent: %s", news->text));
}

void update_smoke_lost(Model *model)
{
    Smoke *smoke = model_last_smoke(model);

    model->link.deaf = FALSE; /* the next connection may have other rights */
    model->link.untraced = FALSE;
    if (smoke != NULL && smoke->verdict == VERDICT_RUNNING)
        smoke_decide(smoke, VERDICT_NOT_CONNECTED, NULL,
                     g_strdup("the connection was lost while it was under way"));
}

/* A roster from before it was sent proves nothing, so one is asked for when the answer does not
 * come at once. */
gboolean update_smoke_wants_roster(const Model *model, const Smoke *smoke)
{
    const RosterView *view = &model->roster;

    return smoke->verdict == VERDICT_RUNNING && smoke->hops[HOP_PUBLISHED].at_us != 0 &&
           view->state == ROSTER_KNOWN && view->round == ROUND_NONE && view->at_us != 0 &&
           view->as_of_us < MAX(smoke->sent_us, smoke->hops[HOP_ROUTED].at_us);
}

void update_smoke_tick(Model *model, const char *task_id, Effects *effects)
{
    for (unsigned n = model->smoke_count; n > 0 && n + 16 > model->smoke_count; n--) {
        Smoke *smoke = model_smoke(model, n);

        if (smoke == NULL || smoke->verdict != VERDICT_RUNNING)
            continue;
        if (model->now_us > smoke->deadline_us)
            smoke_give_up(model, smoke);
        else if (update_smoke_wants_roster(model, smoke) &&
                 model->now_us >= smoke->sent_us + SMOKE_ROSTER)
            update_roster_again(model);
    }
    if (!model->smoke_repeat || model->paused || model->now_us < model->smoke_next_us ||
        task_id == NULL)
        return;
    /* Who is asked may be another by now, or have turned out to be an LLM. */
    if (!model->smoke_repeat_paid &&
        smoke_may_cost(model, model->settings.mode, model->settings.worker_type)) {
        model->smoke_repeat = FALSE;
        return;
    }
    model->smoke_next_us = model->now_us + SMOKE_EVERY;
    update_smoke_ask(model, task_id, effects);
}

void update_smoke_roster(Model *model)
{
    for (unsigned n = model->smoke_count; n > 0 && n + 16 > model->smoke_count; n--) {
        Smoke *smoke = model_smoke(model, n);

        if (smoke != NULL && smoke->verdict == VERDICT_RUNNING)
            smoke_judge(model, smoke);
    }
}
