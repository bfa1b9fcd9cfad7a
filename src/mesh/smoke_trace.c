/* What the server's own trace proves of a smoke: to whom it gave the message. */
#include <string.h>

#include "mesh/smoke_parts.h"
#include "nats/trace.h"

static gboolean is_wide(const char *subject)
{
    return strchr(subject, '*') != NULL || strchr(subject, '>') != NULL;
}

/* One of Heddle's actors, by what it subscribed: anybody on the very subject, or one named *. */
static gboolean is_taker(const TraceEgress *egress)
{
    RosterSub sub = {.subject = egress->subject, .queue = egress->queue};
    g_autofree char *name = NULL, *tier = NULL;

    return egress->client && (!is_wide(egress->subject) || bus_kind_of(&sub, &name, &tier));
}

static char *sentence(const Trace *trace, const TraceEgress *egress)
{
    return g_strdup_printf("the server gave it to connection %" G_GUINT64_FORMAT "%s%s: %s%s%s%s%s",
                           egress->cid, trace->server[0] != '\0' ? " on " : "", trace->server,
                           egress->subject, egress->queue[0] != '\0' ? ", queue group " : "",
                           egress->queue, egress->error[0] != '\0' ? "; but: " : "", egress->error);
}

static void read_egress(Smoke *smoke, const Trace *trace, gint64 at_us, unsigned *others)
{
    for (guint i = 0; i < trace->egress->len; i++) {
        const TraceEgress *egress = g_ptr_array_index(trace->egress, i);

        if (!egress->client) {
            smoke->beyond = TRUE;
        } else if (is_taker(egress)) {
            smoke->takers += egress->error[0] == '\0';
            smoke_evidence(smoke, HOP_PUBLISHED, SOURCE_TRACE, at_us, sentence(trace, egress));
        } else if (egress->error[0] == '\0') {
            ++*others;
        }
    }
}

/* Wildcards hide from the publisher that nobody took it; a trace does not let them. */
static void nobody_took_it(Smoke *smoke, gint64 at_us, unsigned others)
{
    HopId hop = smoke->mode == SMOKE_TASK ? HOP_ROUTED : HOP_ANSWERED;

    smoke_evidence(
        smoke, hop, SOURCE_TRACE, at_us,
        g_strdup_printf("the server gave it to %u on a wildcard and to nobody else", others));
    if (smoke->mode == SMOKE_TASK)
        smoke_decide(
            smoke, VERDICT_NO_ROUTER, NULL,
            g_strdup_printf("no router: only a listener on a wildcard takes %s", smoke->subject));
    else if (smoke->mode == SMOKE_DIRECT)
        smoke_decide(smoke, VERDICT_NO_WORKER, NULL,
                     g_strdup_printf("nobody listens on %s but on a wildcard", smoke->subject));
    else
        smoke_decide(smoke, VERDICT_NO_WORKER, "no_goal_taker",
                     g_strdup_printf("no pipeline or orchestrator listens on %s, only a wildcard",
                                     smoke->subject));
}

void smoke_trace(Smoke *smoke, const LinkNews *news)
{
    g_autofree char *why = NULL;
    Trace *trace = trace_read(raw_bytes(news->bytes, news->len), &why);
    unsigned others = 0;

    if (trace == NULL)
        return;
    smoke->beyond |= trace->mapped;
    if (trace->error[0] != '\0')
        smoke_evidence(smoke, HOP_PUBLISHED, SOURCE_TRACE, news->at_us,
                       g_strdup_printf("the server did not take it: %s", trace->error));
    read_egress(smoke, trace, news->at_us, &others);
    /* Without anybody at all the server says so by itself. */
    if (smoke->takers == 0 && !smoke->beyond && others > 0 && smoke->verdict == VERDICT_RUNNING)
        nobody_took_it(smoke, news->at_us, others);
    trace_free(trace);
}
