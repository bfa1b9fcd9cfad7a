/* The stand-in router. */
#include <stdio.h>
#include <string.h>

#include "demo/standin.h"
#include "demo/standin_wire.h"
#include "heddle/message.h"

typedef struct Router {
    const StandinRouter *how;
    int tokens; /* of the delivery thread alone */
} Router;

static const char *text_of(const json_t *task, const char *key, const char *absent)
{
    const json_t *value = json_object_get(task, key);

    return value == NULL ? absent : json_string_value(value);
}

static gboolean is_one_of(const char *word, const char *const *words)
{
    return word != NULL && g_strv_contains(words, word);
}

/* What pydantic would refuse of a TaskMessage, as far as a stand-in needs it; NULL: nothing. */
static char *invalid(const json_t *task)
{
    static const char *const tiers[] = {"local", "standard", "frontier", NULL};
    static const char *const priorities[] = {"low", "normal", "high", "critical", NULL};
    const json_t *payload = json_object_get(task, "payload");

    if (text_of(task, "worker_type", NULL) == NULL)
        return g_strdup("1 validation error for TaskMessage\nworker_type\n  Field required");
    if (!json_is_object(payload))
        return g_strdup("1 validation error for TaskMessage\npayload\n  Field required");
    if (!is_one_of(text_of(task, "model_tier", "standard"), tiers))
        return g_strdup(
            "1 validation error for TaskMessage\nmodel_tier\n  Input should be 'local', "
            "'standard' or 'frontier'");
    if (!is_one_of(text_of(task, "priority", "normal"), priorities))
        return g_strdup("1 validation error for TaskMessage\npriority\n  Input should be 'low', "
                        "'normal', 'high' or 'critical'");
    return NULL;
}

static json_t *string_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

static void bury(StandinWire *wire, json_t *task, const char *reason)
{
    standin_publish(wire, SUBJECT_DEAD_LETTER,
                    json_pack("{s:s, s:O, s:o, s:o}", "reason", reason, "original_task", task,
                              "task_id", string_or_null(text_of(task, "task_id", NULL)),
                              "worker_type", string_or_null(text_of(task, "worker_type", NULL))));
}

static void route(StandinWire *wire, Router *router, json_t *task)
{
    const char *type = text_of(task, "worker_type", "");
    const char *tier = text_of(task, "model_tier", "standard");
    g_autofree char *subject = NULL;

    if (g_strcmp0(type, router->how->override_type) == 0)
        tier = router->how->override_tier;
    if (router->tokens == 0) {
        g_autofree char *reason =
            g_strdup_printf("rate_limited: tier '%s' has no available capacity", tier);

        bury(wire, task, reason);
        return;
    }
    if (router->tokens > 0)
        router->tokens--;
    subject = g_strdup_printf("heddle.tasks.%s.%s", type, tier);
    standin_publish(wire, subject, json_incref(task));
}

static void take(StandinWire *wire, const char *subject, const char *bytes, gsize len, void *data)
{
    json_t *task = json_loadb(bytes, len, JSON_ALLOW_NUL, NULL);
    g_autofree char *why = NULL;

    (void)subject;
    if (!json_is_object(task)) { /* Heddle logs it and sends no dead letter */
        fprintf(stderr, "router: a message that is no JSON object\n");
        json_decref(task);
        return;
    }
    why = invalid(task);
    if (why != NULL) {
        g_autofree char *reason = g_strdup_printf("invalid_task_message: %s", why);

        bury(wire, task, reason);
    } else {
        route(wire, data, task);
    }
    json_decref(task);
}

int standin_router_run(const char *url, const StandinRouter *how, int ready_fd, int leash_fd)
{
    Router router = {how, how->rate_limit};
    StandinWire *wire = standin_connect(url);

    if (wire == NULL || !standin_listen(wire, SUBJECT_INCOMING, "router", take, &router))
        return 1;
    return standin_serve(wire, ready_fd, leash_fd);
}
