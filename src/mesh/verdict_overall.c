/* What all of it adds up to: a router, the rungs, the actors, the findings and the last smoke, in
 * one state and one sentence. */
#include "mesh/facts.h"
#include "mesh/findings.h"
#include "mesh/verdict_parts.h"

State verdict_router(const Model *model, char **text)
{
    unsigned routers, all;

    if (model->link.state != LINK_UP || model->roster.state != ROSTER_KNOWN) {
        *text = g_strdup(model->roster.state == ROSTER_CANNOT_TELL ? "cannot tell" : "");
        return model->link.state != LINK_UP                ? STATE_NOT_REACHED
               : model->roster.state == ROSTER_CANNOT_TELL ? STATE_UNKNOWN
                                                           : STATE_PENDING;
    }
    routers = roster_count(model->roster.roster, SUBJECT_INCOMING, "router");
    all = roster_count(model->roster.roster, SUBJECT_INCOMING, "*");
    *text = all == 0   ? g_strdup("nobody listens")
            : all == 1 ? g_strdup("")
                       : g_strdup_printf("%u listen", all);
    /* Heddle from git subscribes in no queue group: one is a router, two do each task twice. */
    if (all > 0)
        return all - routers > 1 ? STATE_WARN : STATE_OK;
    /* Where nothing is declared nobody need listen: no worse than the finding empty_bus. */
    return model->panels->len == 0 ? STATE_WARN : STATE_FAIL;
}

/* The worst finding that is not dismissed, where no row of an actor says it already. */
static const Finding *worst_finding(const Model *model)
{
    for (unsigned i = 0; i < model->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(model->findings, i);

        if (!finding->dismissed)
            return finding;
    }
    return NULL;
}

/* "rights: may not publish …" of the rung that counts, if it is in `state`; NULL if not. Caller
 * frees. What a rung cannot tell is no warning: the session that the others prove is there. */
static char *rung_in(const Ladder *ladder, State state)
{
    RungId worst = verdict_worst_rung(ladder);

    if (worst == RUNG_COUNT || ladder->rungs[worst].state != state)
        return NULL;
    return g_strdup_printf("%s: %s", rung_label(worst), ladder->rungs[worst].text);
}

/* Nobody tells who listens, and no smoke has shown that a router does. */
static gboolean is_router_untold(const Model *model)
{
    const Smoke *smoke = model_last_smoke(model);
    g_autofree char *unused = NULL;

    if (verdict_router(model, &unused) != STATE_UNKNOWN)
        return FALSE;
    return smoke == NULL || smoke->mode == SMOKE_DIRECT || smoke->verdict != VERDICT_COMPLETED ||
           smoke->sent_us < model->link.up_us;
}

static char *summarize(const Model *model, const Check *nats, const Ladder *ladder, unsigned bad,
                       unsigned warned)
{
    const Smoke *smoke = model_last_smoke(model);
    const Finding *finding = worst_finding(model);
    g_autofree char *broken = NULL, *warning = NULL;

    if (ladder == NULL || !ladder_connects(ladder) || nats->state == STATE_PENDING ||
        model->link.state != LINK_UP)
        return g_strdup(nats->text);
    broken = rung_in(ladder, STATE_FAIL);
    warning = rung_in(ladder, STATE_WARN);
    if (broken != NULL)
        return g_strdup_printf("NATS connects, but %s", broken);
    if (finding != NULL && finding->state == STATE_FAIL && finding->told)
        return g_strdup_printf("NATS holds; %s", finding->text);
    if (bad > 0)
        return g_strdup_printf("NATS holds; %u of %u actors have a failed check", bad,
                               model->panels->len);
    if (smoke != NULL && smoke_state(smoke->verdict) == STATE_FAIL)
        return g_strdup_printf("NATS holds; smoke: %s", smoke->text);
    if (is_router_untold(model))
        return g_strdup_printf("NATS holds; cannot tell who listens%s%s",
                               model->roster.why != NULL ? ": " : "",
                               model->roster.why != NULL ? model->roster.why : "");
    if (warning != NULL)
        return g_strdup_printf("NATS holds; %s", warning);
    if (warned > 0)
        return g_strdup_printf("NATS holds; %u of %u actors have a warning", warned,
                               model->panels->len);
    if (finding != NULL)
        return g_strdup_printf("NATS holds; %s", finding->text);
    return g_strdup(model->panels->len > 0 ? "all checks hold"
                                           : "NATS holds; no configs were checked");
}

State verdict_overall(const Model *model, char **summary)
{
    const Smoke *smoke = model_last_smoke(model);
    Check nats = verdict_link(model);
    Ladder *ladder = verdict_ladder(model);
    State worst = state_worse(STATE_OK, nats.state); /* the worst of the rungs is in it */
    unsigned bad = 0, warned = 0;
    State found;

    for (unsigned i = 0; i < model->panels->len; i++) {
        State state = verdict_actor(model, g_ptr_array_index(model->panels, i));

        bad += state == STATE_FAIL;
        warned += state == STATE_WARN;
        worst = state_worse(worst, state);
    }
    if (smoke != NULL)
        worst = state_worse(worst, smoke_state(smoke->verdict));
    findings_count(model, &found);
    worst = state_worse(worst, found);
    if (is_router_untold(model))
        worst = state_worse(worst, STATE_UNKNOWN);
    *summary = summarize(model, &nats, ladder, bad, warned);
    check_clear(&nats);
    if (ladder != NULL)
        ladder_free(ladder);
    return worst;
}

char *verdict_nothing_found(const Model *model)
{
    Ladder *ladder = verdict_ladder(model);
    const Rung *rights = ladder != NULL ? &ladder->rungs[RUNG_RIGHTS] : NULL;
    gboolean limited = rights != NULL && rights->state != STATE_OK && rights->text != NULL;
    const RosterView *roster = &model->roster;
    char *text;

    if (model->link.state != LINK_UP)
        text = g_strdup("nothing found, and without a connection there is nothing to find it by");
    else if (roster->state != ROSTER_KNOWN)
        text = g_strdup_printf("nothing found, but who is subscribed cannot be told%s%s",
                               roster->why != NULL ? ": " : " yet",
                               roster->why != NULL ? roster->why : "");
    else if (roster_is_partial(model))
        text = g_strdup("nothing found, but not all servers of the cluster tell who is subscribed");
    else if (limited)
        text = g_strdup_printf("nothing found, but this login does not see all: %s", rights->text);
    else
        text = g_strdup("nothing found: the mesh is as it should be, as far as can be seen from "
                        "here");
    if (ladder != NULL)
        ladder_free(ladder);
    return text;
}
