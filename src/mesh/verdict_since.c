/* Since when a rung is what it is: what the timeline saw of the climbs, and what is known besides
 * where the verdict makes another thing of a rung than its climb did. */
#include "mesh/timeline_parts.h"
#include "mesh/verdict.h"

/* The climb's own outcome: seen so since then, without a climb between that did not come so far. */
static gint64 since_climb(const Probe *probe, RungId id)
{
    return MAX(probe->seen[id].since_us, probe->reached_us[id]);
}

static gint64 since_wall(const Model *model, gint64 wall_us)
{
    return model->now_us - MAX(model->now_wall - wall_us, 0);
}

/* What the verdict has made of it, by what (mesh/verdict_ladder.c). */
static gint64 since_verdict(const Model *model, const Probe *probe, RungId id, const Rung *rung)
{
    if (rung->cause == CAUSE_ADDRESS_MOVED)
        return probe->seen_addresses.since_us;
    if (id == RUNG_URL) /* how Heddle takes it is as old as the URL */
        return since_climb(probe, id);
    if (probe != model->probe)
        return 0;
    if (rung->state == STATE_FAIL)
        return model->link.since_us;
    if (rung->state == STATE_WARN && model->notice != NULL && rung->cause == model->notice_cause)
        return since_wall(model, model->notice_wall);
    return model->link.up_us;
}

gint64 verdict_rung_since(const Model *model, const Probe *probe, RungId id, const Rung *rung)
{
    const char *cause = rung->cause != CAUSE_NONE ? cause_word(rung->cause) : NULL;
    gint64 since_us;

    if (!timeline_is_known(rung->state))
        return 0;
    if (track_differs(&probe->seen[id], rung->state, timeline_word(rung->state, cause)))
        return since_verdict(model, probe, id, rung);
    since_us = since_climb(probe, id);
    /* From here on a rung is about one connection, and is no older than that. */
    if (probe == model->probe && id >= RUNG_TCP && model->link.state == LINK_UP)
        since_us = MAX(since_us, model->link.up_us);
    return since_us;
}
