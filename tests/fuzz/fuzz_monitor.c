/* A monitoring port may answer anything. What is kept of it is clean and its numbers make sense. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "nats/monitor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_clean(const char *text)
{
    if (text == NULL)
        return;
    if (!g_utf8_validate(text, -1, NULL) || g_utf8_strlen(text, -1) > 80 + 1) /* and an ellipsis */
        abort();
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            abort();
}

static void must_be_told(const void *what, const char *why)
{
    if ((what == NULL) != (why != NULL))
        abort();
    must_be_clean(why);
}

static void read_varz(RawText body)
{
    g_autofree char *why = NULL;
    MonitorVarz *varz = monitor_varz_read(body, &why);

    must_be_told(varz, why);
    if (varz == NULL)
        return;
    must_be_clean(varz->id);
    must_be_clean(varz->name);
    must_be_clean(varz->version);
    must_be_clean(varz->uptime);
    if (varz->connections < 0 || varz->max_connections < MONITOR_UNKNOWN ||
        varz->slow_clients < MONITOR_UNKNOWN || varz->mem < MONITOR_UNKNOWN ||
        !isfinite(varz->skew_s) || !isfinite(varz->cpu))
        abort();
    monitor_varz_free(varz);
}

static void read_reason(RawText body, const MonitorSought *sought)
{
    g_autofree char *why = NULL;
    MonitorReason *reason = monitor_reason_read(body, sought, &why);

    must_be_told(reason, why);
    if (reason == NULL)
        return;
    if (reason->reason == NULL)
        abort();
    must_be_clean(reason->reason);
    must_be_clean(reason->user);
    monitor_reason_free(reason);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    RawText body = raw_bytes(data, size);

    read_varz(body);
    read_reason(body, &(MonitorSought){.name = "heddle-preflight check", .seconds = 5});
    read_reason(body, &(MonitorSought){.ip = "127.0.0.1", .port = 42710});
    read_reason(body, &(MonitorSought){.server_id = "S1", .cid = 7});
    return 0;
}
