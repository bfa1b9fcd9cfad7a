/* Verdicts and hops of a smoke: which may follow which, and what stands behind them. */
#include "mesh/smoke_parts.h"
#include "mesh/verdict.h"

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

gboolean smoke_decide(Smoke *smoke, SmokeVerdict verdict, const char *remedy, char *text)
{
    if ((legal[smoke->verdict] & 1U << verdict) == 0) {
        g_free(text);
        return FALSE;
    }
    smoke->verdict = verdict;
    smoke->remedy = remedy != NULL ? remedy : smoke_verdict_remedy(verdict);
    g_free(smoke->text);
    smoke->text = text;
    return TRUE;
}

void smoke_hop(Smoke *smoke, HopId id, HopSource source, gint64 at_us, char *text)
{
    Hop *hop = &smoke->hops[id];

    if (hop->at_us != 0) {
        smoke_evidence(smoke, id, source, at_us, text);
        return;
    }
    hop->at_us = at_us;
    hop->source = source;
    g_free(hop->text);
    hop->text = text;
}

static void evidence_free(void *data)
{
    Evidence *evidence = data;

    g_free(evidence->text);
    g_free(evidence);
}

static gboolean is_known(const Hop *hop, const char *text)
{
    for (guint i = 0; i < hop->evidence->len; i++)
        if (g_str_equal(((Evidence *)g_ptr_array_index(hop->evidence, i))->text, text))
            return TRUE;
    return g_strcmp0(hop->text, text) == 0;
}

void smoke_evidence(Smoke *smoke, HopId id, HopSource source, gint64 at_us, char *text)
{
    Hop *hop = &smoke->hops[id];
    Evidence *evidence;

    if (hop->evidence == NULL)
        hop->evidence = g_ptr_array_new_with_free_func(evidence_free);
    if (hop->evidence->len >= EVIDENCE_KEPT || is_known(hop, text)) {
        g_free(text);
        return;
    }
    evidence = g_new(Evidence, 1);
    *evidence = (Evidence){source, at_us, text};
    g_ptr_array_add(hop->evidence, evidence);
}
