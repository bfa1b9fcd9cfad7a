/* What smokes say: how bad each verdict is, what several add up to, and what mends one. */
#include <math.h>
#include <stdlib.h>

#include "heddle/remedy.h"
#include "mesh/smoke_parts.h"
#include "mesh/verdict_parts.h"

static const struct {
    const char *word;
    State state;
    const char *remedy;
} smoke_verdicts[VERDICT_COUNT] = {
    [VERDICT_RUNNING] = {"running", STATE_PENDING, NULL},
    [VERDICT_COMPLETED] = {"completed", STATE_OK, NULL},
    [VERDICT_FAILED] = {"failed", STATE_FAIL, "failed"},
    [VERDICT_DEAD_LETTERED] = {"dead_lettered", STATE_FAIL, "dead_lettered"},
    [VERDICT_NO_ROUTER] = {"no_router", STATE_FAIL, "no_router"},
    [VERDICT_NO_WORKER] = {"no_worker", STATE_FAIL, "no_worker"},
    [VERDICT_WORKER_SILENT] = {"worker_silent", STATE_FAIL, "worker_silent"},
    [VERDICT_DENIED] = {"denied", STATE_FAIL, "denied"},
    [VERDICT_NOT_CONNECTED] = {"not_connected", STATE_FAIL, "not_connected"},
    [VERDICT_DUPLICATE] = {"duplicate", STATE_WARN, "duplicate"},
    [VERDICT_TIMED_OUT] = {"timed_out", STATE_FAIL, "router_silent"},
    [VERDICT_TOO_LARGE] = {"too_large", STATE_FAIL, "max_payload"},
};

const char *smoke_word(SmokeVerdict verdict)
{
    return smoke_verdicts[verdict].word;
}

State smoke_state(SmokeVerdict verdict)
{
    return smoke_verdicts[verdict].state;
}

const char *smoke_verdict_remedy(SmokeVerdict verdict)
{
    return smoke_verdicts[verdict].remedy;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Nearest rank, so that a percentile is always a time that was measured. */
static double percentile(const double *sorted, unsigned count, double share)
{
    return count == 0 ? -1 : sorted[MIN(count - 1, (unsigned)ceil(share * count) - 1)];
}

SmokeStats smoke_stats(const Model *model)
{
    SmokeStats stats = {0, 0, -1, -1};
    double ms[SMOKES_KEPT];
    unsigned timed = 0;

    for (unsigned n = model->smoke_count; n > 0; n--) {
        const Smoke *smoke = model_smoke(model, n);

        if (smoke == NULL)
            break;
        if (smoke->verdict == VERDICT_RUNNING)
            continue;
        stats.done++;
        stats.ok += smoke->verdict == VERDICT_COMPLETED;
        if (smoke->ms >= 0)
            ms[timed++] = smoke->ms;
    }
    qsort(ms, timed, sizeof *ms, compare);
    stats.p50 = percentile(ms, timed, 0.50);
    stats.p99 = percentile(ms, timed, 0.99);
    return stats;
}

/* --- what mends one --- */

/* Whose config a remedy is about. One that starts it anew is that actor's own command. */
static const struct {
    const char *remedy;
    ActorKind kinds[2];
    gboolean by_name; /* the one of the smoke's worker type */
    gboolean starts;
} about[] = {
    {"no_router", {KIND_ROUTER, KIND_ROUTER}, FALSE, TRUE},
    {"router_silent", {KIND_ROUTER, KIND_ROUTER}, FALSE, FALSE},
    {"rate_limited", {KIND_ROUTER, KIND_ROUTER}, FALSE, FALSE},
    {"unknown_tier", {KIND_ROUTER, KIND_ROUTER}, FALSE, FALSE},
    {"no_worker", {KIND_PROCESSOR, KIND_WORKER}, TRUE, TRUE},
    {"moved_tier", {KIND_PROCESSOR, KIND_WORKER}, TRUE, TRUE},
    {"worker_silent", {KIND_PROCESSOR, KIND_WORKER}, TRUE, FALSE},
    {"failed", {KIND_PROCESSOR, KIND_WORKER}, TRUE, FALSE},
    {"started_as_worker", {KIND_PROCESSOR, KIND_PROCESSOR}, TRUE, FALSE},
    {"no_goal_taker", {KIND_PIPELINE, KIND_ORCHESTRATOR}, FALSE, TRUE},
};

static const Actor *find_actor(const Model *model, const Smoke *smoke, gsize row)
{
    for (gsize k = 0; k < G_N_ELEMENTS(about[row].kinds); k++)
        for (guint i = 0; i < model->panels->len; i++) {
            const Actor *actor = g_ptr_array_index(model->panels, i);
            g_autofree char *name = NULL;

            if (actor_is_stranger(actor) || actor_kind(actor) != about[row].kinds[k])
                continue;
            name = actor_name(actor);
            if (!about[row].by_name || g_str_equal(name, smoke->worker_type))
                return actor;
        }
    return NULL;
}

/* The command that starts it for this tier, whatever its own is. */
static char *start_command(const Model *model, const Actor *actor, const char *tier)
{
    const char *own = actor_tier(model, actor);

    return own[0] == '\0' || g_str_equal(own, tier)
               ? actor_restart(model, actor)
               : verdict_fill(model, actor, NULL, tier, "no_worker",
                              "heddle {kind} --config {path} --nats-url {url} --tier {tier}");
}

/* Does the roster of now show who was missing when the smoke ended? Then what would mend it does
 * harm: it ends the one that is there. */
static gboolean is_back(const Model *model, const Smoke *smoke, const char *tier)
{
    const RosterView *view = &model->roster;
    g_autofree char *subject = NULL;

    if (smoke->verdict == VERDICT_NO_ROUTER)
        subject = g_strdup(SUBJECT_INCOMING);
    else if (smoke->verdict == VERDICT_NO_WORKER)
        subject = smoke->mode == SMOKE_GOAL
                      ? g_strdup(SUBJECT_GOALS)
                      : kind_subject(KIND_PROCESSOR, smoke->worker_type, tier);
    return subject != NULL && model->link.state == LINK_UP && view->state == ROSTER_KNOWN &&
           view->as_of_us > smoke->sent_us && roster_count(view->roster, subject, "*") > 0;
}

/* Where the process that should answer is stopped, that is to be mended first. */
static char *stopped_remedy(const HeddleProc *proc, RemedyPart part)
{
    const Remedy *remedy = remedy_find("worker_stopped");
    RemedyFacts facts = {.pid = proc->pid};

    return remedy_fill(part == REMEDY_WHY    ? remedy->why
                       : part == REMEDY_NEXT ? remedy->next
                                             : remedy->verify,
                       &facts);
}

char *smoke_remedy(const Model *model, const Smoke *smoke, RemedyPart part)
{
    const Remedy *remedy = smoke->remedy != NULL ? remedy_find(smoke->remedy) : NULL;
    const HeddleProc *stopped =
        smoke->verdict == VERDICT_WORKER_SILENT ? smoke_stopped(model, smoke) : NULL;
    const char *tier = smoke->routed_tier != NULL ? smoke->routed_tier : smoke->tier;
    const Actor *actor = NULL;
    gsize row = 0;

    if (remedy == NULL || is_back(model, smoke, tier))
        return NULL;
    if (stopped != NULL)
        return stopped_remedy(stopped, part);
    while (row < G_N_ELEMENTS(about) && !g_str_equal(about[row].remedy, smoke->remedy))
        row++;
    if (row < G_N_ELEMENTS(about))
        actor = find_actor(model, smoke, row);
    if (part == REMEDY_NEXT && actor != NULL && about[row].starts)
        return start_command(model, actor, tier);
    return verdict_fill(model, actor, smoke->worker_type, tier, smoke->remedy,
                        part == REMEDY_WHY    ? remedy->why
                        : part == REMEDY_NEXT ? remedy->next
                                              : remedy->verify);
}
