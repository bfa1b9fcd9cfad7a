#include "nats/trace.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { NAME_CHARS = 128, ERROR_CHARS = 200, EGRESS_MOST = 2000, KIND_CLIENT = 0 };

static char *text_of(const json_t *object, const char *key, gsize most)
{
    const json_t *value = json_object_get(object, key);

    return json_is_string(value)
               ? text_clean(raw_bytes(json_string_value(value), json_string_length(value)), most)
               : g_strdup("");
}

static void egress_free(void *data)
{
    TraceEgress *egress = data;

    g_free(egress->name);
    g_free(egress->subject);
    g_free(egress->queue);
    g_free(egress->error);
    g_free(egress);
}

static void add_egress(Trace *trace, const json_t *event)
{
    TraceEgress *egress;

    if (trace->egress->len >= EGRESS_MOST)
        return;
    egress = g_new0(TraceEgress, 1);
    egress->client = json_integer_value(json_object_get(event, "kind")) == KIND_CLIENT;
    egress->cid = (guint64)MAX(json_integer_value(json_object_get(event, "cid")), 0);
    egress->name = text_of(event, "name", NAME_CHARS);
    egress->subject = text_of(event, "sub", NAME_CHARS);
    egress->queue = text_of(event, "queue", NAME_CHARS);
    egress->error = text_of(event, "error", ERROR_CHARS);
    g_ptr_array_add(trace->egress, egress);
}

/* Of "in" (taken in), "eg" (sent out), "sm" (subject mapping), "si" and "se" (into another account,
 * out of one), "js" (a stream's). */
static void read_event(Trace *trace, const json_t *event)
{
    const char *type = json_string_value(json_object_get(event, "type"));

    if (g_strcmp0(type, "eg") == 0) {
        add_egress(trace, event);
    } else if (g_strcmp0(type, "in") == 0) {
        g_free(trace->error);
        trace->error = text_of(event, "error", ERROR_CHARS);
    } else if (type != NULL) {
        trace->mapped = TRUE;
    }
}

Trace *trace_read(RawText bytes, char **why)
{
    json_error_t error;
    json_t *root = bytes.len <= TRACE_MAX_BYTES
                       ? json_loadb(bytes.bytes, bytes.len, JSON_ALLOW_NUL, &error)
                       : NULL;
    json_t *events = json_object_get(root, "events"), *event;
    Trace *trace;
    size_t i;

    if (!json_is_array(events)) {
        *why = g_strdup("the server's trace cannot be read");
        json_decref(root);
        return NULL;
    }
    trace = g_new0(Trace, 1);
    trace->server = text_of(json_object_get(root, "server"), "name", NAME_CHARS);
    trace->error = g_strdup("");
    trace->egress = g_ptr_array_new_with_free_func(egress_free);
    json_array_foreach(events, i, event)
    {
        read_event(trace, event);
    }
    json_decref(root);
    return trace;
}

void trace_free(Trace *trace)
{
    if (trace == NULL)
        return;
    g_free(trace->server);
    g_free(trace->error);
    g_ptr_array_unref(trace->egress);
    g_free(trace);
}

gboolean trace_offered(const char *version)
{
    unsigned major = 0, minor = 0;

    return version != NULL && sscanf(version, "%4u.%4u", &major, &minor) == 2 &&
           (major > 2 || (major == 2 && minor >= 11));
}
