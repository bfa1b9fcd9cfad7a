/* The ninth rung: how much the session has left to grow. What INFO says is known to everybody;
 * the rest only a monitoring port tells. */
#include "nats/ladder_internal.h"

void climb_headroom(Climb *climb, Rung *rung)
{
    const ServerInfo *info = &climb->ladder->info;
    gint64 wanted = (gint64)climb->payload_bytes;

    if (info->max_payload == 0) {
        rung_cannot_tell(rung, "the server does not tell its max_payload");
        return;
    }
    rung_shows(rung, "max_payload %" G_GINT64_FORMAT " bytes", info->max_payload);
    if (wanted > 0)
        rung_shows(rung, "the smoke has about %" G_GINT64_FORMAT " bytes", wanted);
    if (wanted > info->max_payload)
        rung_breaks(rung, CAUSE_MAX_PAYLOAD,
                    "max_payload is %" G_GINT64_FORMAT " bytes, the smoke has %" G_GINT64_FORMAT,
                    info->max_payload, wanted);
    else
        rung_holds(rung, "max_payload %" G_GINT64_FORMAT " bytes", info->max_payload);
}
