#include "heddle/message.h"

#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "heddle/kind.h"
#include "heddle/message_parts.h"

/* Text of one value on the screen: a row or a finding needs no more. */
enum { MAX_VALUE_CHARS = 400 };

static char *dump(json_t *object)
{
    char *by_jansson = json_dumps(object, JSON_COMPACT);
    char *text = g_strdup(by_jansson);

    free(by_jansson);
    json_decref(object);
    return text;
}

gboolean message_payload_ok(const char *text, char **why)
{
    json_error_t error;
    json_t *payload = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    gboolean ok = json_is_object(payload);

    if (payload == NULL)
        *why = g_strdup_printf("not JSON at column %d", error.column);
    else if (!ok)
        *why = g_strdup("a payload is a JSON object, such as {\"echo\": \"preflight\"}");
    json_decref(payload);
    return ok;
}

char *message_task(const char *task_id, const char *worker_type, const char *tier,
                   const char *payload, gint64 wall_us)
{
    json_t *data = json_loads(payload, JSON_ALLOW_NUL, NULL);
    g_autofree char *at = clock_iso(wall_us);

    if (!json_is_object(data) || !subject_token_ok(worker_type) || !subject_token_ok(tier)) {
        json_decref(data);
        return NULL;
    }
    return dump(json_pack("{s:s, s:s, s:o, s:s, s:s, s:s, s:n, s:{s:s}}", "task_id", task_id,
                          "worker_type", worker_type, "payload", data, "model_tier", tier,
                          "priority", "normal", "created_at", at, "request_id", "metadata",
                          "source", "heddle-preflight"));
}

char *message_goal(const char *goal_id, const char *instruction, gint64 wall_us)
{
    g_autofree char *at = clock_iso(wall_us);

    return dump(json_pack("{s:s, s:s, s:{s:s}, s:n, s:s, s:s}", "goal_id", goal_id, "instruction",
                          instruction, "context", "source", "heddle-preflight", "request_id",
                          "priority", "normal", "created_at", at));
}

/* Why jansson does not take it. A number that is too large for it is JSON all the same: Python's
 * json takes it, and so do Heddle's actors. */
static char *fault_of(RawText bytes, const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_stack_overflow:
        return g_strdup("nested more than 2,048 deep");
    case json_error_numeric_overflow:
        return g_strdup("JSON with a number too large to be read here; Heddle reads it");
    default:
        return g_strdup(bytes.len == 0 ? "empty message" : "not JSON");
    }
}

json_t *message_object(RawText bytes, char **why)
{
    json_error_t error;
    json_t *root = json_loadb(bytes.bytes, bytes.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

    if (root == NULL) {
        *why = fault_of(bytes, &error);
    } else if (!json_is_object(root)) {
        *why = g_strdup("JSON, but not an object: kills the Heddle actor that takes it");
        json_decref(root);
        root = NULL;
    }
    return root;
}

char *message_value(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    char *by_jansson, *text;

    if (value == NULL || json_is_null(value))
        return NULL;
    if (json_is_string(value))
        return text_clean(raw_bytes(json_string_value(value), json_string_length(value)),
                          MAX_VALUE_CHARS);
    by_jansson = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    text = text_clean(raw_text(by_jansson), MAX_VALUE_CHARS);
    free(by_jansson);
    return text;
}

TaskResult *message_result(RawText bytes, char **why)
{
    json_t *root = message_object(bytes, why), *ms;
    TaskResult *result;

    if (root == NULL)
        return NULL;
    ms = json_object_get(root, "processing_time_ms");
    result = g_new(TaskResult, 1);
    *result = (TaskResult){
        .task_id = message_value(root, "task_id"),
        .worker_type = message_value(root, "worker_type"),
        .status = message_value(root, "status"),
        .error = message_value(root, "error"),
        .output = message_value(root, "output"),
        .ms = json_is_number(ms) ? json_number_value(ms) : -1,
    };
    json_decref(root);
    return result;
}

void message_result_free(TaskResult *result)
{
    if (result == NULL)
        return;
    g_free(result->task_id);
    g_free(result->worker_type);
    g_free(result->status);
    g_free(result->error);
    g_free(result->output);
    g_free(result);
}

DeadLetter *message_dead_letter(RawText bytes, char **why)
{
    json_t *root = message_object(bytes, why);
    DeadLetter *letter;

    if (root == NULL)
        return NULL;
    letter = g_new(DeadLetter, 1);
    *letter = (DeadLetter){message_value(root, "reason"), message_value(root, "task_id"),
                           message_value(root, "worker_type")};
    json_decref(root);
    return letter;
}

void message_dead_letter_free(DeadLetter *letter)
{
    if (letter == NULL)
        return;
    g_free(letter->reason);
    g_free(letter->task_id);
    g_free(letter->worker_type);
    g_free(letter);
}

char *message_pretty(RawText bytes)
{
    json_t *root = json_loadb(bytes.bytes, bytes.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    char *by_jansson, *text;

    if (root == NULL)
        return text_clean_lines(bytes, 0);
    by_jansson = json_dumps(root, JSON_INDENT(2) | JSON_ENCODE_ANY);
    text = text_clean_lines(raw_text(by_jansson), 0);
    free(by_jansson);
    json_decref(root);
    return text;
}
