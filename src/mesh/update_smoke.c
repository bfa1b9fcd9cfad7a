/* The smoke: one task that is followed hop by hop. */
#include <string.h>

#include "mesh/facts.h"
#include "mesh/update_parts.h"

#define BIT(verdict) (1U << VERDICT_##verdict)

/* Which verdict may follow which. A verdict of silence is taken back when the answer comes late;
 * one of success only when a second answer shows that the task was done twice. */
static const unsigned legal[VERDICT_COUNT] = {
    [VERDICT_RUNNING] = (1U << VERDICT_COUNT) - 1,
    [VERDICT_COMPLETED] = BIT(DUPLICATE),
    [VERDICT_FAILED] = BIT(DUPLICATE),
    [VERDICT_DEAD_LETTERED] = BIT(DUPLICATE) | BIT(COMPLETED) | BIT(FAILED),
    [VERDICT_WORKER_SILENT] = BIT(COMPLETED) | BIT(FAILED) | BIT(DEAD_LETTERED),
    [VERDICT_TIMED_OUT] = BIT(COMPLETED) | BIT(FAILED) | BIT(DEAD_LETTERED) | BIT(NO_ROUTER),
    [VERDICT_NO_WORKER] = BIT(COMPLETED) | BIT(FAILED) | BIT(DEAD_LETTERED),
    [VERDICT_NO_ROUTER] = BIT(COMPLETED) | BIT(FAILED) | BIT(DEAD_LETTERED),
    [VERDICT_NOT_CONNECTED] = BIT(COMPLETED) | BIT(FAILED) | BIT(DEAD_LETTERED),
};

/* FALSE, and nothing is changed, when the move is not legal: late news of a smoke that is decided.
 */
static gboolean decide(Smoke *smoke, SmokeVerdict verdict, char *text)
{
    if ((legal[smoke->verdict] & 1U << verdict) == 0) {
        g_free(text);
        return FALSE;
    }
    smoke->verdict = verdict;
    g_free(smoke->text);
    smoke->text = text;
    return TRUE;
}

static void note(Hop *hop, gint64 at_us, char *text)
{
    if (hop->at_us == 0)
        hop->at_us = at_us;
    g_free(hop->text);
    hop->text = text;
}

/* The tier that a task for this worker type must ask for, so that it reaches it. */
static const char *tier_for(const Model *model, const char *worker_type)
{
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

static void send(Model *model, Smoke *smoke, char *message, Effects *effects)
{
    Effect *effect = effects_add(effects, EFFECT_SEND);

    effect->id = model->link.number;
    effect->text = g_strdup(smoke->subject);
    effect->bytes = message;
    effect->task_id = g_strdup(smoke->task_id);
    effect->also = also_watch(smoke);
    effect->also_class = smoke->mode == SMOKE_GOAL ? TAP_RESULT : TAP_TASK;
    effect->watch_ms = model->settings.smoke_timeout_ms + (int)(SMOKE_LATE / 1000);
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
    smoke->subject = settings->mode == SMOKE_TASK ? g_strdup(SUBJECT_INCOMING)
                     : settings->mode == SMOKE_GOAL
                         ? g_strdup(SUBJECT_GOALS)
                         : kind_subject(KIND_PROCESSOR, smoke->worker_type, smoke->tier);
    smoke->asked_us = smoke->sent_us = model->now_us;
    smoke->sent_wall = model->now_wall;
    smoke->deadline_us = model->now_us + settings->smoke_timeout_ms * 1000LL;
    if (settings->read_only) {
        decide(smoke, VERDICT_DENIED, g_strdup("not sent: --read-only"));
    } else if (model->link.state != LINK_UP) {
        decide(smoke, VERDICT_NOT_CONNECTED, g_strdup("not sent: no connection"));
    } else if ((message = message_for(model, smoke)) == NULL) {
        decide(smoke, VERDICT_DENIED,
               g_strdup("not sent: worker type or payload would harm the mesh"));
    } else {
        send(model, smoke, message, effects);
    }
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
    smoke->sent_us = news->at_us;
    smoke->sent_wall = news->wall_us;
    note(&smoke->hops[HOP_PUBLISHED], news->at_us + (gint64)(news->ms * 1000),
         g_strdup_printf("the server took it on %s", smoke->subject));
}

static void on_no_responders(Smoke *smoke)
{
    switch (smoke->mode) {
    case SMOKE_TASK:
        decide(smoke, VERDICT_NO_ROUTER,
               g_strdup_printf("no router: nothing subscribes %s", smoke->subject));
        break;
    case SMOKE_DIRECT:
        decide(smoke, VERDICT_NO_WORKER, g_strdup_printf("nobody listens on %s", smoke->subject));
        break;
    default:
        decide(smoke, VERDICT_NO_WORKER,
               g_strdup_printf("no pipeline or orchestrator listens on %s", smoke->subject));
        break;
    }
}

static void on_routed(Smoke *smoke, const LinkNews *news)
{
    g_autofree char *subject = text_clean(raw_text(news->subject), 128);
    const char *dot = strrchr(subject, '.');

    g_free(smoke->routed_tier);
    smoke->routed_tier = g_strdup(dot != NULL ? dot + 1 : "");
    note(&smoke->hops[HOP_ROUTED], news->at_us,
         g_str_equal(smoke->routed_tier, smoke->tier)
             ? g_strdup_printf("a router sent it to %s", subject)
             : g_strdup_printf("a router moved it to tier %s: %s", smoke->routed_tier, subject));
}

static void on_dead_letter(Smoke *smoke, const LinkNews *news)
{
    g_autofree char *why = NULL;
    DeadLetter *letter = message_dead_letter(raw_bytes(news->bytes, news->len), &why);
    const char *reason = letter != NULL && letter->reason != NULL ? letter->reason : "no reason";

    if (decide(smoke, VERDICT_DEAD_LETTERED, g_strdup_printf("dead letter: %s", reason)))
        note(&smoke->hops[HOP_ANSWERED], news->at_us, g_strdup(SUBJECT_DEAD_LETTER));
    message_dead_letter_free(letter);
}

/* A known defect of Heddle 0.9.2 that looks like the operator's (facts-heddle.md, Traps). */
static const char *known_failure(const Smoke *smoke, const char *error)
{
    if (smoke->mode == SMOKE_GOAL && strstr(error, "has no len()") != NULL)
        return " (a known defect of Heddle 0.9.2: every pipeline goal ends so, the way to it "
               "works)";
    if (strstr(error, "'system_prompt'") != NULL)
        return " (a processor's config was started with `heddle worker`)";
    return "";
}

static void take_answer(Smoke *smoke, const TaskResult *result, const LinkNews *news)
{
    gboolean done = g_strcmp0(result->status, "completed") == 0;
    const char *error = result->error != NULL ? result->error : "no error text";
    g_autofree char *text =
        done ? g_strdup_printf("%s by %s", result->status,
                               result->worker_type != NULL ? result->worker_type : "a worker")
             : g_strdup_printf("the worker failed: %s%s", error, known_failure(smoke, error));

    smoke->ms = (double)(news->at_us - smoke->sent_us) / 1000;
    smoke->late = news->at_us > smoke->deadline_us;
    if (decide(smoke, done ? VERDICT_COMPLETED : VERDICT_FAILED,
               smoke->late ? g_strconcat("late: ", text, NULL) : g_strdup(text)))
        note(&smoke->hops[HOP_ANSWERED], news->at_us, g_strdup(text));
}

static void on_result(Smoke *smoke, const LinkNews *news)
{
    g_autofree char *why = NULL;
    TaskResult *result = message_result(raw_bytes(news->bytes, news->len), &why);

    if (result == NULL)
        return;
    if (g_strcmp0(result->status, "pending") == 0 || g_strcmp0(result->status, "processing") == 0 ||
        g_strcmp0(result->task_id, smoke->task_id) != 0) {
        message_result_free(result); /* not its end, or of another task that only names it */
        return;
    }
    if (++smoke->results == 1)
        take_answer(smoke, result, news);
    else
        decide(smoke, VERDICT_DUPLICATE,
               g_strdup_printf("answered %u times: two routers or two workers did the task",
                               smoke->results));
    message_result_free(result);
}

static void on_match(Model *model, const LinkNews *news)
{
    Smoke *smoke = find_in_bytes(model, news->bytes, news->len);

    if (smoke == NULL)
        return;
    if (news->class == TAP_TASK)
        on_routed(smoke, news);
    else if (news->class == TAP_DEAD_LETTER)
        on_dead_letter(smoke, news);
    else
        on_result(smoke, news);
}

static void on_denied(Model *model, const LinkNews *news)
{
    Smoke *smoke = model_last_smoke(model);

    if (news->cause == CAUSE_PERMISSIONS && smoke != NULL && smoke->verdict == VERDICT_RUNNING &&
        strstr(news->text, smoke->subject) != NULL)
        decide(smoke, VERDICT_DENIED, g_strdup_printf("the server refuses: %s", news->text));
}

void update_smoke_news(Model *model, const LinkNews *news)
{
    Smoke *smoke = news->id != NULL ? find_smoke(model, news->id) : NULL;

    if (news->kind == LINK_NEWS_MATCH)
        on_match(model, news);
    else if (news->kind == LINK_NEWS_ERROR)
        on_denied(model, news);
    else if (smoke == NULL)
        return;
    else if (news->kind == LINK_NEWS_SENT)
        on_sent(smoke, news);
    else if (news->kind == LINK_NEWS_NO_RESPONDERS)
        on_no_responders(smoke);
    else if (news->kind == LINK_NEWS_NOT_SENT)
        decide(smoke, VERDICT_NOT_CONNECTED, g_strdup_printf("not sent: %s", news->text));
}

void update_smoke_lost(Model *model)
{
    Smoke *smoke = model_last_smoke(model);

    if (smoke != NULL && smoke->verdict == VERDICT_RUNNING)
        decide(smoke, VERDICT_NOT_CONNECTED,
               g_strdup("the connection was lost while it was under way"));
}

static gboolean roster_says_nobody(const Model *model, const char *subject, const char *queue)
{
    return model->roster.state == ROSTER_KNOWN &&
           roster_count(model->roster.roster, subject, queue) == 0;
}

/* The deadline has passed: name the hop that stayed silent. */
static void give_up(Model *model, Smoke *smoke)
{
    g_autofree char *subject =
        kind_subject(KIND_PROCESSOR, smoke->worker_type,
                     smoke->routed_tier != NULL ? smoke->routed_tier : smoke->tier);

    if (smoke->hops[HOP_PUBLISHED].at_us == 0)
        decide(smoke, VERDICT_NOT_CONNECTED, g_strdup("the server did not confirm it"));
    else if (smoke->mode == SMOKE_GOAL)
        decide(smoke, VERDICT_TIMED_OUT, g_strdup("the goal was taken; no result came"));
    else if (smoke->routed_tier != NULL && roster_says_nobody(model, subject, "*"))
        decide(smoke, VERDICT_NO_WORKER,
               g_strdup_printf("routed, but nobody listens on %s", subject));
    else if (smoke->routed_tier != NULL || smoke->mode == SMOKE_DIRECT)
        decide(smoke, VERDICT_WORKER_SILENT,
               g_strdup_printf("the worker on %s does not answer", subject));
    else if (roster_says_nobody(model, SUBJECT_INCOMING, "*"))
        decide(
            smoke, VERDICT_NO_ROUTER,
            g_strdup_printf("no router: only a listener on a wildcard takes %s", SUBJECT_INCOMING));
    else
        decide(smoke, VERDICT_TIMED_OUT,
               g_strdup_printf("the listener on %s routed nothing", SUBJECT_INCOMING));
}

void update_smoke_tick(Model *model, const char *task_id, Effects *effects)
{
    for (unsigned n = model->smoke_count; n > 0 && n + 16 > model->smoke_count; n--) {
        Smoke *smoke = model_smoke(model, n);

        if (smoke != NULL && smoke->verdict == VERDICT_RUNNING &&
            model->now_us > smoke->deadline_us)
            give_up(model, smoke);
    }
    if (model->smoke_repeat && !model->paused && model->now_us >= model->smoke_next_us &&
        task_id != NULL) {
        model->smoke_next_us = model->now_us + SMOKE_EVERY;
        update_smoke_ask(model, task_id, effects);
    }
}
