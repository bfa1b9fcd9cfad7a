/* The ninth rung: how much the session has left to grow. What INFO says is known to everybody; how
 * full the server is, only its monitoring port tells. The session stands whatever comes of it. */
#include "nats/ladder_internal.h"
#include "nats/monitor.h"

enum { NEARLY_FULL = 90 }; /* per cent of the connections it allows */

/* TRUE if there is something to warn of; the rung warns then. */
static gboolean judge_varz(Rung *rung, const MonitorVarz *varz)
{
    gboolean limited = varz->connections >= 0 && varz->max_connections > 0;

    if (varz->connections >= 0)
        rung_shows(rung, "connections %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, varz->connections,
                   varz->max_connections);
    if (varz->slow_consumers >= 0)
        rung_shows(rung, "slow consumers cut off since its start: %" G_GINT64_FORMAT,
                   varz->slow_consumers);
    if (varz->knows_time)
        rung_shows(rung, "its clock is %+.1f s off ours", varz->skew_s);
    if (limited && varz->connections * 100 >= varz->max_connections * NEARLY_FULL) {
        rung_warns(rung, CAUSE_MAX_CONNECTIONS,
                   "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " connections taken",
                   varz->connections, varz->max_connections);
        return TRUE;
    }
    if (varz->slow_consumers > 0) {
        rung_warns(rung, CAUSE_SLOW_CONSUMER,
                   "%" G_GINT64_FORMAT " slow consumer%s cut off since the server's start",
                   varz->slow_consumers, varz->slow_consumers == 1 ? "" : "s");
        return TRUE;
    }
    return FALSE;
}

void climb_headroom(Climb *climb, Rung *rung)
{
    const ServerInfo *info = &climb->ladder->info;
    gint64 wanted = (gint64)climb->payload_bytes;
    MonitorVarz *varz = climb->thorough ? climb_varz(climb) : NULL;
    gboolean warns = varz != NULL && judge_varz(rung, varz);

    if (varz == NULL)
        rung_shows(rung, "connections: cannot tell without the monitoring port (--monitor-url)");
    monitor_varz_free(varz);
    rung_shows(rung, "max_payload %" G_GINT64_FORMAT " bytes", info->max_payload);
    if (wanted > 0)
        rung_shows(rung, "the smoke has about %" G_GINT64_FORMAT " bytes", wanted);
    if (info->max_payload > 0 && wanted > info->max_payload)
        rung_breaks(rung, CAUSE_MAX_PAYLOAD,
                    "max_payload is %" G_GINT64_FORMAT " bytes, the smoke has %" G_GINT64_FORMAT,
                    info->max_payload, wanted);
    else if (!warns && info->max_payload == 0)
        rung_cannot_tell(rung, "the server does not tell its max_payload");
    else if (!warns)
        rung_holds(rung, "max_payload %" G_GINT64_FORMAT " bytes", info->max_payload);
}
