/* What comes back of a smoke: dead letters, results, and results that are one too many. */
#include <string.h>

#include "base/clock.h"
#include "mesh/facts.h"
#include "mesh/smoke_parts.h"

/* --- dead letters --- */

/* max_concurrent of this tier in a router's config here, and which (caller frees); 0: none tells.
 */
static double declared_limit(const Model *model, const char *tier, char **where)
{
    for (unsigned i = 0; i < model->panels->len; i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);

        for (unsigned t = 0; t < HEDDLE_TIERS; t++)
            if (actor_kind(actor) == KIND_ROUTER && actor->config != NULL &&
                g_str_equal(heddle_tiers[t], tier) && actor->config->limits[t] > 0) {
                *where = text_clean(raw_text(actor->path), 0);
                return actor->config->limits[t];
            }
    }
    return 0;
}

/* A token comes back every 60/max_concurrent seconds (Heddle 0.9.2, router/router.py), each
 * router's own; so the next one does within that time. */
static char *next_token(const Model *model, const char *tier, gint64 wall_us)
{
    g_autofree char *where = NULL;
    double limit = declared_limit(model, tier, &where);
    double seconds = limit > 0 ? 60 / limit : 0;
    g_autofree char *at = NULL;

    if (limit <= 0)
        return g_strdup("; one token comes back every 60/max_concurrent s (rate_limits in the "
                        "router's config)");
    at = clock_local(wall_us + (gint64)(seconds * G_USEC_PER_SEC));
    /* The running router may have been given another file, so which one is said. */
    return g_strdup_printf(
        "; the next token comes by %s (max_concurrent %g in %s: one every %.3g s)", at, limit,
        where, seconds);
}

/* The tier that a limiter names: "tier 'local' has no available capacity". */
static char *limited_tier(const char *reason, const Smoke *smoke)
{
    const char *begin = strstr(reason, "tier '");
    const char *end = begin != NULL ? strchr(begin + strlen("tier '"), '\'') : NULL;

    return end != NULL
               ? g_strndup(begin + strlen("tier '"), (gsize)(end - begin - strlen("tier '")))
               : g_strdup(smoke->tier);
}

/* The reason's own first word, so that it can be looked up, and what it says in a sentence. */
static char *letter_text(const Model *model, const Smoke *smoke, const Note *note,
                         const char *reason, gint64 wall_us)
{
    g_autofree char *tier = NULL, *token = NULL;

    switch (note->reason) {
    case DEAD_INVALID_TASK:
        return g_strdup_printf("dead letter: invalid_task_message: %s",
                               note->text != NULL ? note->text : reason);
    case DEAD_RATE_LIMITED:
        tier = limited_tier(reason, smoke);
        token = next_token(model, tier, wall_us);
        return g_strdup_printf("dead letter: %s%s", reason, token);
    default:
        return g_strdup_printf("dead letter: %s", reason);
    }
}

void smoke_dead_letter(const Model *model, Smoke *smoke, const LinkNews *news)
{
    static const char *const remedies[] = {
        [DEAD_OTHER] = NULL,
        [DEAD_INVALID_TASK] = "invalid_task",
        [DEAD_UNKNOWN_TIER] = "unknown_tier",
        [DEAD_RATE_LIMITED] = "rate_limited",
    };
    RawText bytes = raw_bytes(news->bytes, news->len);
    g_autofree char *why = NULL, *why_note = NULL;
    DeadLetter *letter = message_dead_letter(bytes, &why);
    Note *note = note_read(SUBJECT_DEAD_LETTER, bytes, &why_note);
    const char *reason = letter != NULL && letter->reason != NULL ? letter->reason : "no reason";
    g_autofree char *text = note != NULL ? letter_text(model, smoke, note, reason, news->wall_us)
                                         : g_strdup_printf("dead letter: %s", reason);

    smoke_evidence(smoke, HOP_ROUTED, SOURCE_BUS, news->at_us,
                   g_strdup("a router took it and turned it down"));
    if (smoke_decide(smoke, VERDICT_DEAD_LETTERED, remedies[note != NULL ? note->reason : 0],
                     g_strdup(text)))
        smoke_hop(smoke, HOP_ANSWERED, SOURCE_BUS, news->at_us, g_strdup(SUBJECT_DEAD_LETTER));
    message_dead_letter_free(letter);
    note_free(note);
}

/* --- results --- */

/* Known defects of Heddle 0.9.2 that look like the operator's (facts-heddle.md, Traps). */
static const struct {
    const char *error, *known, *remedy;
    gboolean goal; /* of goals alone */
} known_failures[] = {
    {"has no len()",
     " (a known defect of Heddle 0.9.2: every pipeline goal ends so, the way to it works)",
     "failed_goal", TRUE},
    {"'system_prompt'", " (a processor's config was started with `heddle worker`)",
     "started_as_worker", FALSE},
};

static const char *known_failure(const Smoke *smoke, const char *error, const char **remedy)
{
    *remedy = smoke->mode == SMOKE_GOAL ? "failed_goal" : NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(known_failures); i++)
        if (strstr(error, known_failures[i].error) != NULL &&
            (!known_failures[i].goal || smoke->mode == SMOKE_GOAL)) {
            *remedy = known_failures[i].remedy;
            return known_failures[i].known;
        }
    return "";
}

static void take_answer(Smoke *smoke, const TaskResult *result, const LinkNews *news)
{
    gboolean done = g_strcmp0(result->status, "completed") == 0;
    const char *error = result->error != NULL ? result->error : "no error text";
    const char *remedy = NULL, *known = known_failure(smoke, error, &remedy);
    g_autofree char *text =
        done ? g_strdup_printf("%s by %s", result->status,
                               result->worker_type != NULL ? result->worker_type : "a worker")
             : g_strdup_printf("the worker failed: %s%s", error, known);

    smoke->ms = (double)(news->at_us - smoke->sent_us) / 1000;
    smoke->late = news->at_us > smoke->deadline_us;
    if (smoke_decide(smoke, done ? VERDICT_COMPLETED : VERDICT_FAILED, done ? NULL : remedy,
                     smoke->late ? g_strconcat("late: ", text, NULL) : g_strdup(text)))
        smoke_hop(smoke, HOP_ANSWERED, SOURCE_BUS, news->at_us, g_strdup(text));
}

/* --- twice --- */

/* Routers that each take every task: those in no queue group, and all that are in one as one. */
static char *routers_apart(const Model *model)
{
    unsigned alone = roster_count(model->roster.roster, SUBJECT_INCOMING, NULL);
    unsigned grouped = roster_count(model->roster.roster, SUBJECT_INCOMING, "*") - alone;

    return alone + (grouped > 0) < 2 ? NULL
                                     : g_strdup_printf("%u routers in no queue group%s", alone,
                                                       grouped > 0 ? " and others in one" : "");
}

/* Groups that each get a task of this type and tier; NULL: one at most. */
static char *workers_apart(const Model *model, const Smoke *smoke, const char **remedy)
{
    const char *tier = smoke->routed_tier != NULL ? smoke->routed_tier : smoke->tier;
    Serving serving = smoke_serving(model, smoke->worker_type, tier);

    *remedy = serving.wides > 0 ? "wide_name" : "double_workers";
    if (serving.wides > 0 && serving.workers + serving.processors > 0)
        return g_strdup_printf("an actor named * takes the tasks of tier %s too", tier);
    return serving.workers > 0 && serving.processors > 0
               ? g_strdup_printf("a worker (%u) and a processor group (%u) both serve %s/%s",
                                 serving.workers, serving.processors, smoke->worker_type, tier)
               : NULL;
}

static char *goals_apart(const Model *model)
{
    unsigned pipelines = 0, orchestrators = 0;

    bus_find(model->roster.bus, KIND_PIPELINE, "", &pipelines);
    bus_find(model->roster.bus, KIND_ORCHESTRATOR, "", &orchestrators);
    return pipelines > 0 && orchestrators > 0
               ? g_strdup("pipelines and orchestrators both take every goal")
               : NULL;
}

/* Who did it twice, and what mends that: by the bus first, then by the roster. */
static char *who_twice(const Model *model, const Smoke *smoke, const char **remedy)
{
    gboolean told = model->roster.state == ROSTER_KNOWN && model->roster.bus != NULL;
    g_autofree char *routers = told ? routers_apart(model) : NULL;
    char *found = NULL;

    *remedy = "double_goals";
    if (smoke->mode == SMOKE_GOAL)
        return told && (found = goals_apart(model)) != NULL
                   ? found
                   : g_strdup("two pipelines or orchestrators did the goal");
    *remedy = "many_routers";
    if (smoke->routed > 1)
        return g_strdup_printf("routed %u times%s%s", smoke->routed,
                               routers != NULL ? ": " : " by several routers",
                               routers != NULL ? routers : "");
    if (told && (found = workers_apart(model, smoke, remedy)) != NULL)
        return found;
    *remedy = routers != NULL && smoke->mode == SMOKE_TASK ? "many_routers" : NULL;
    return *remedy != NULL ? g_steal_pointer(&routers)
                           : g_strdup("two routers or two workers did the task");
}

static void take_another(const Model *model, Smoke *smoke, const TaskResult *result,
                         const LinkNews *news)
{
    const char *remedy = NULL;
    g_autofree char *who = who_twice(model, smoke, &remedy);

    smoke_evidence(smoke, HOP_ANSWERED, SOURCE_BUS, news->at_us,
                   g_strdup_printf("answer %u: %s by %s", smoke->results,
                                   result->status != NULL ? result->status : "no status",
                                   result->worker_type != NULL ? result->worker_type : "a worker"));
    if (smoke_decide(smoke, VERDICT_DUPLICATE, remedy,
                     g_strdup_printf("answered %u times: %s", smoke->results, who)) &&
        remedy != NULL && smoke->routed < 2)
        smoke_evidence(smoke, HOP_ANSWERED, SOURCE_ROSTER, model->roster.as_of_us, g_strdup(who));
}

void smoke_result(const Model *model, Smoke *smoke, const LinkNews *news)
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
        take_another(model, smoke, result, news);
    message_result_free(result);
}
