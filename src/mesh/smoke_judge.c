/* Where a smoke died when nothing comes back: by what the server said, and by the roster. */
#include <string.h>

#include "base/clock.h"
#include "mesh/facts.h"
#include "mesh/smoke_parts.h"

/* --- sentences --- */

/* The tier that the task is on its way to, as far as is known. */
static const char *tier_now(const Smoke *smoke)
{
    return smoke->routed_tier != NULL ? smoke->routed_tier : smoke->tier;
}

static gboolean is_moved(const Smoke *smoke)
{
    return smoke->routed_tier != NULL && !g_str_equal(smoke->routed_tier, smoke->tier);
}

static unsigned tier_index(const char *tier)
{
    unsigned i = 0;

    while (i < HEDDLE_TIERS && !g_str_equal(heddle_tiers[i], tier))
        i++;
    return i;
}

/* "routed", "moved to tier standard (tier_overrides; asked for local)", "" when there is no router
 * between. */
static char *way_so_far(const Smoke *smoke)
{
    if (is_moved(smoke))
        return g_strdup_printf("moved from tier %s to %s (tier_overrides)", smoke->tier,
                               smoke->routed_tier);
    return g_strdup(smoke->routed_tier != NULL ? "routed" : "");
}

static const char *silent_remedy(const Smoke *smoke, const char *otherwise)
{
    return is_moved(smoke) ? "moved_tier" : otherwise;
}

static char *subject_now(const Smoke *smoke)
{
    return smoke->mode == SMOKE_GOAL
               ? g_strdup(SUBJECT_GOALS)
               : kind_subject(KIND_PROCESSOR, smoke->worker_type, tier_now(smoke));
}

static char *roster_scope(const Model *model)
{
    const Roster *roster = model->roster.roster;

    return g_strdup_printf("%u connections on %u %s%s", roster->connections, roster->servers,
                           roster->servers == 1 ? "server" : "servers",
                           model->roster.by_monitor ? ", by the monitoring port" : "");
}

/* --- what the server said --- */

void smoke_no_responders(const Model *model, Smoke *smoke, gint64 at_us)
{
    HopId hop = smoke->mode == SMOKE_TASK ? HOP_ROUTED : HOP_ANSWERED;
    g_autofree char *others = NULL;

    smoke_evidence(smoke, hop, SOURCE_SERVER, at_us,
                   g_strdup_printf("no responders on %s", smoke->subject));
    if (smoke->mode == SMOKE_TASK) {
        smoke_decide(smoke, VERDICT_NO_ROUTER, NULL,
                     g_strdup_printf("no router: nothing subscribes %s", smoke->subject));
    } else if (smoke->mode == SMOKE_DIRECT) {
        others = model->roster.bus != NULL
                     ? smoke_other_tiers(model, smoke->worker_type, smoke->tier)
                     : NULL;
        smoke_decide(smoke, VERDICT_NO_WORKER, NULL,
                     g_strdup_printf("nobody listens on %s%s%s", smoke->subject,
                                     others != NULL ? "; it is served on " : "",
                                     others != NULL ? others : ""));
    } else {
        smoke_decide(smoke, VERDICT_NO_WORKER, "no_goal_taker",
                     g_strdup_printf("no pipeline or orchestrator listens on %s", smoke->subject));
    }
}

/* --- what the roster shows --- */

static gboolean nobody_on(const Model *model, const char *subject)
{
    return roster_count(model->roster.roster, subject, "*") == 0;
}

static void roster_evidence(const Model *model, Smoke *smoke, HopId hop, const char *what)
{
    g_autofree char *scope = roster_scope(model);

    smoke_evidence(smoke, hop, SOURCE_ROSTER, model->roster.as_of_us,
                   g_strdup_printf("%s (of %s)", what, scope));
}

static void judge_router(const Model *model, Smoke *smoke)
{
    if (smoke->takers > 0 || !nobody_on(model, SUBJECT_INCOMING) ||
        !roster_has_taker(model, SUBJECT_INCOMING)) /* whoever took it is in another account */
        return;
    roster_evidence(model, smoke, HOP_ROUTED, "nobody subscribes " SUBJECT_INCOMING " by its name");
    smoke_decide(
        smoke, VERDICT_NO_ROUTER, NULL,
        g_strdup_printf("no router: only a listener on a wildcard takes %s", SUBJECT_INCOMING));
}

static void judge_goal(const Model *model, Smoke *smoke)
{
    if (smoke->takers > 0 || !nobody_on(model, SUBJECT_GOALS))
        return;
    roster_evidence(model, smoke, HOP_ANSWERED, "nobody subscribes " SUBJECT_GOALS " by its name");
    smoke_decide(smoke, VERDICT_NO_WORKER, "no_goal_taker",
                 g_strdup("no pipeline or orchestrator listens on " SUBJECT_GOALS));
}

/* "; 1 did just before it was sent, …", "; it is served on local (1)". */
static char *nobody_more(const Model *model, const Smoke *smoke)
{
    unsigned tier = tier_index(tier_now(smoke));
    g_autofree char *others = smoke_other_tiers(model, smoke->worker_type, tier_now(smoke));
    unsigned before = smoke->before.known && tier < HEDDLE_TIERS ? smoke->before.clients[tier] : 0;

    if (before > 0)
        return g_strdup_printf("; %u did just before it was sent, so it may have died of it",
                               before);
    return others != NULL ? g_strdup_printf("; it is served on %s", others) : g_strdup("");
}

static void judge_worker(const Model *model, Smoke *smoke)
{
    g_autofree char *subject = subject_now(smoke), *way = way_so_far(smoke), *more = NULL;
    g_autofree char *what = g_strdup_printf("nobody subscribes %s", subject);

    if ((smoke->mode == SMOKE_DIRECT && smoke->takers > 0) || !nobody_on(model, subject) ||
        smoke_serving(model, smoke->worker_type, tier_now(smoke)).clients > 0)
        return;
    more = nobody_more(model, smoke);
    roster_evidence(model, smoke, HOP_ANSWERED, what);
    smoke_decide(smoke, VERDICT_NO_WORKER, silent_remedy(smoke, NULL),
                 g_strdup_printf("%s%snobody listens on %s%s", way, way[0] != '\0' ? ", but " : "",
                                 subject, more));
}

void smoke_judge(const Model *model, Smoke *smoke)
{
    gint64 since = MAX(smoke->sent_us, smoke->hops[HOP_ROUTED].at_us);

    if (smoke->hops[HOP_PUBLISHED].at_us == 0 || !smoke_roster_tells(model, since))
        return;
    if (smoke->mode == SMOKE_TASK && smoke->routed_tier != NULL)
        judge_worker(model, smoke);
    else if (smoke->beyond) /* the roster does not reach where it went */
        return;
    else if (smoke->mode == SMOKE_TASK)
        judge_router(model, smoke);
    else if (smoke->mode == SMOKE_DIRECT)
        judge_worker(model, smoke);
    else
        judge_goal(model, smoke);
}

/* --- the deadline --- */

static char *client_line(const RosterClient *client)
{
    g_autofree char *rtt = client->rtt_ms < 0 ? g_strdup("RTT not told")
                                              : g_strdup_printf("RTT %.1f ms when the server last "
                                                                "pinged it",
                                                                client->rtt_ms);

    return g_strdup_printf("connection %" G_GUINT64_FORMAT " from %s:%u stands: %s, "
                           "%" G_GUINT64_FORMAT " bytes wait for it",
                           client->cid, client->ip, client->port, rtt, client->pending_bytes);
}

/* "connected, RTT 0.3 ms when the server last pinged it, 0 bytes wait for it, 1 delivered since …":
 * did it get the task? */
static char *state_of(const Smoke *smoke, const Serving *serving)
{
    unsigned tier = tier_index(tier_now(smoke));
    GString *text = g_string_new("connected"); /* by the server: one that is stopped still is */

    if (serving->rtt_ms >= 0)
        g_string_append_printf(text, ", RTT %.1f ms when the server last pinged it",
                               serving->rtt_ms);
    g_string_append_printf(text, ", %" G_GUINT64_FORMAT " bytes wait for it",
                           serving->pending_bytes);
    if (!smoke->before.known || tier == HEDDLE_TIERS)
        return g_string_free(text, FALSE);
    if (serving->msgs > smoke->before.msgs[tier])
        g_string_append_printf(text,
                               ", %" G_GUINT64_FORMAT " delivered since just before it was sent",
                               serving->msgs - smoke->before.msgs[tier]);
    else if (serving->msgs == smoke->before.msgs[tier])
        g_string_append(text, ", nothing delivered since just before it was sent");
    return g_string_free(text, FALSE);
}

static void worker_silent(const Model *model, Smoke *smoke)
{
    g_autofree char *subject = subject_now(smoke), *way = way_so_far(smoke), *state = NULL;
    const HeddleProc *stopped = smoke_stopped(model, smoke);
    gboolean told = smoke_roster_tells(model, smoke->sent_us);
    Serving serving = {.rtt_ms = -1};

    if (told)
        serving = smoke_serving(model, smoke->worker_type, tier_now(smoke));
    if (stopped != NULL) /* that is why, whatever the server says of its connection */
        state = g_strdup_printf("pid %d is stopped", stopped->pid);
    else if (serving.clients > 0)
        state = state_of(smoke, &serving);
    for (unsigned i = 0; i < MIN(serving.clients, G_N_ELEMENTS(serving.some)); i++)
        smoke_evidence(smoke, HOP_ANSWERED, SOURCE_ROSTER, model->roster.as_of_us,
                       client_line(serving.some[i]));
    smoke_decide(smoke, VERDICT_WORKER_SILENT, NULL,
                 g_strdup_printf("%s%sthe worker on %s does not answer%s%s",
                                 is_moved(smoke) ? way : "", is_moved(smoke) ? ", and " : "",
                                 subject, state != NULL ? ": " : "", state != NULL ? state : ""));
}

/* Somebody took it and nothing more was seen. Who, as far as the roster tells. */
static void nothing_came(const Model *model, Smoke *smoke)
{
    gboolean goal = smoke->mode == SMOKE_GOAL;
    unsigned count = 0;

    if (smoke_roster_tells(model, smoke->sent_us))
        count = roster_count(model->roster.roster, smoke->subject, "*");
    if (count > 0)
        smoke_evidence(smoke, goal ? HOP_ANSWERED : HOP_ROUTED, SOURCE_ROSTER,
                       model->roster.as_of_us,
                       g_strdup_printf("%u subscribed on %s", count, smoke->subject));
    if (goal)
        smoke_decide(smoke, VERDICT_TIMED_OUT, "goal_silent",
                     g_strdup("the goal was taken; no result came"));
    else
        smoke_decide(smoke, VERDICT_TIMED_OUT, NULL,
                     g_strdup_printf("the listener on %s routed nothing", SUBJECT_INCOMING));
}

void smoke_give_up(const Model *model, Smoke *smoke)
{
    if (smoke->hops[HOP_PUBLISHED].at_us == 0) {
        smoke_decide(smoke, VERDICT_NOT_CONNECTED, NULL, g_strdup("the server did not confirm it"));
        return;
    }
    smoke_judge(model, smoke);
    if (smoke->verdict != VERDICT_RUNNING)
        return;
    if (model->link.deaf && smoke->mode != SMOKE_GOAL)
        smoke_decide(smoke, VERDICT_DENIED, "deaf",
                     g_strdup("published; this login may not listen on " SUBJECT_RESULTS
                              ", so the answer cannot be seen"));
    else if (smoke->mode != SMOKE_GOAL &&
             (smoke->routed_tier != NULL || smoke->mode == SMOKE_DIRECT))
        worker_silent(model, smoke);
    else
        nothing_came(model, smoke);
}
