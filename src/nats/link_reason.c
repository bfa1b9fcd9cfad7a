/* Why the server ended a connection that stood. To a client that lags it says nothing and closes;
 * its monitoring port lists the reason beside the connection's number (../shared/facts-nats.md). */
#include <string.h>

#include "base/clock.h"
#include "nats/link_parts.h"
#include "nats/monitor.h"

enum {
    ASK_MS = 250, /* for all of it: about as long as the pause before the next try */
    TRIES = 3,
    NOT_YET_MS = 20, /* the list is written by another thread of the server */
};

/* What libnats saw says nothing yet. */
static gboolean is_bare(Link *link)
{
    Cause cause;

    pthread_mutex_lock(&link->lock);
    cause = link->lost_cause;
    pthread_mutex_unlock(&link->lock);
    return cause == CAUSE_CLOSED || cause == CAUSE_RESET;
}

static MonitorReason *ask(Link *link, const char *url, const LinkEnd *end)
{
    gint64 until = clock_now() + ASK_MS * 1000;
    MonitorSought sought = {.server_id = end->server_id, .cid = end->cid};
    MonitorReason *reason = NULL;
    gboolean again = TRUE;

    for (int tries = 0; tries < TRIES && again && reason == NULL; tries++) {
        g_autofree char *why = NULL;
        Monitor monitor = {
            .url = url,
            .ca_file = access_get(link->access, ACCESS_TLS_CA),
            .direct = link->monitor_url == NULL,
            .timeout_ms = (int)((until - clock_now()) / 1000),
            .cancelled = &link->closing,
        };

        if (monitor.timeout_ms <= 0 || link_is_closing(link))
            break;
        if (tries > 0)
            g_usleep(NOT_YET_MS * 1000);
        reason = monitor_closed_reason(&monitor, &sought, &again, &why);
    }
    return reason;
}

void link_tell_reason(Link *link, const LinkEnd *end)
{
    g_autofree char *host = NULL, *url = NULL, *why = NULL, *text = NULL;
    const char *colon = end->address != NULL ? strrchr(end->address, ':') : NULL;
    MonitorReason *reason;
    Cause cause;

    if (colon == NULL || end->server_id == NULL || end->cid == 0 || link_is_closing(link) ||
        !is_bare(link))
        return;
    host = g_strndup(end->address, (gsize)(colon - end->address));
    url = monitor_find(host, link->monitor_url, &why);
    reason = url != NULL ? ask(link, url, end) : NULL;
    if (reason == NULL)
        return;
    cause = monitor_cause(reason);
    if (cause != CAUSE_NONE) {
        text = g_strdup_printf("ended, says the server: %s", reason->reason);
        link_post_trouble(link, LINK_NEWS_LOST, NULL, cause, text);
    }
    monitor_reason_free(reason);
}
