/* The stand-in worker: a processor whose backend gives the payload back. */
#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "demo/standin.h"
#include "demo/standin_wire.h"
#include "heddle/message.h"

static json_t *field(const json_t *task, const char *key)
{
    json_t *value = json_object_get(task, key);

    return value != NULL ? json_incref(value) : json_null();
}

static json_t *result_of(const StandinWorker *how, const json_t *task, int ms)
{
    g_autofree char *at = standin_time();

    return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:n, s:{}, s:{}, s:i, s:s}", "task_id",
                     field(task, "task_id"), "parent_task_id", field(task, "parent_task_id"),
                     "worker_type", field(task, "worker_type"), "status",
                     how->fail != NULL ? "failed" : "completed", "output",
                     how->fail != NULL ? json_null() : field(task, "payload"), "error",
                     how->fail != NULL ? json_string(how->fail) : json_null(), "model_used",
                     "token_usage", "metadata", "processing_time_ms", ms, "completed_at", at);
}

static void take(StandinWire *wire, const char *subject, const char *bytes, gsize len, void *data)
{
    const StandinWorker *how = data;
    gint64 begin = clock_now();
    json_t *task = json_loadb(bytes, len, JSON_ALLOW_NUL, NULL);
    const char *parent = json_string_value(json_object_get(task, "parent_task_id"));
    g_autofree char *to = g_strdup_printf("heddle.results.%s", parent != NULL ? parent : "default");

    (void)subject;
    if (json_is_object(task) && !how->mute) {
        if (how->delay_ms > 0)
            poll(NULL, 0, how->delay_ms);
        for (int i = 0; i < (how->twice ? 2 : 1); i++)
            standin_publish(wire, to, result_of(how, task, (int)((clock_now() - begin) / 1000)));
    }
    json_decref(task);
}

static void reload(StandinWire *wire, const char *subject, const char *bytes, gsize len, void *data)
{
    (void)wire;
    (void)subject;
    (void)data;
    fprintf(stderr, "worker: reload asked for by %zu bytes: %.*s\n", len, (int)MIN(len, 80), bytes);
}

int standin_worker_run(const char *url, const StandinWorker *how, int ready_fd, int leash_fd)
{
    g_autofree char *subject = g_strdup_printf("heddle.tasks.%s.%s", how->name, how->tier);
    g_autofree char *queue =
        g_strdup_printf("%s-%s", how->worker ? "workers" : "processors", how->name);
    StandinWire *wire = standin_connect(url);

    if (wire == NULL || !standin_listen(wire, subject, queue, take, (void *)how) ||
        !standin_listen(wire, "heddle.control.reload", NULL, reload, NULL))
        return 1;
    return standin_serve(wire, ready_fd, leash_fd);
}
