#include "heddle/note.h"

#include <string.h>

#include "heddle/message.h"
#include "heddle/message_parts.h"

enum { MAX_CHARS = 400, MAX_REASON_BYTES = 4096 };

static const char *const kind_words[] = {
    [NOTE_OTHER] = "",          [NOTE_TASK] = "task", [NOTE_ROUTED] = "routed",
    [NOTE_RESULT] = "result",   [NOTE_GOAL] = "goal", [NOTE_DEAD_LETTER] = "dead letter",
    [NOTE_CONTROL] = "control",
};

const char *note_kind_word(NoteKind kind)
{
    return kind_words[kind];
}

/* A subject, or the beginning of several; the first that fits. */
static const struct {
    const char *subject;
    gboolean whole;
    NoteKind kind;
} kinds[] = {
    {SUBJECT_INCOMING, TRUE, NOTE_TASK},     {SUBJECT_DEAD_LETTER, TRUE, NOTE_DEAD_LETTER},
    {SUBJECT_GOALS, TRUE, NOTE_GOAL},        {"heddle.tasks.", FALSE, NOTE_ROUTED},
    {"heddle.results.", FALSE, NOTE_RESULT}, {"heddle.control.", FALSE, NOTE_CONTROL},
};

NoteKind note_kind(const char *subject)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i].whole ? g_str_equal(subject, kinds[i].subject)
                           : g_str_has_prefix(subject, kinds[i].subject))
            return kinds[i].kind;
    return NOTE_OTHER;
}

static const struct {
    const char *begin;
    DeadReason reason;
    const char *sentence;
} reasons[] = {
    {"invalid_task_message:", DEAD_INVALID_TASK, "not a valid task"},
    {"unknown_tier:", DEAD_UNKNOWN_TIER, "no such tier"},
    {"rate_limited:", DEAD_RATE_LIMITED, "the router's limiter had no token left"},
};

/* "1 validation error for TaskMessage\nFIELD\n  WHAT [type=…, …]\n    For further information …" */
static char *explain_invalid(const char *text, char **field)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 4);
    char *end;

    if (g_strv_length(lines) < 3)
        return NULL;
    end = strstr(lines[2], " [type=");
    if (end != NULL)
        *end = '\0';
    g_strstrip(lines[1]);
    g_strstrip(lines[2]);
    *field = text_clean(raw_text(lines[1]), 60);
    return g_strdup_printf("%s: %s", lines[1], lines[2]);
}

char *note_dead_reason(RawText reason, DeadReason *kind, char **field)
{
    g_autofree char *all = g_strndup(reason.bytes, MIN(reason.len, MAX_REASON_BYTES));
    g_autofree char *detail = NULL, *sentence = NULL;

    *kind = DEAD_OTHER;
    *field = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (!g_str_has_prefix(all, reasons[i].begin))
            continue;
        *kind = reasons[i].reason;
        if (*kind == DEAD_INVALID_TASK)
            detail = explain_invalid(all, field);
        if (detail == NULL)
            detail = g_strstrip(g_strdup(all + strlen(reasons[i].begin)));
        sentence = g_strdup_printf("%s: %s", reasons[i].sentence, detail);
        return text_clean(raw_text(sentence), MAX_CHARS);
    }
    return text_clean(raw_text(all), MAX_CHARS);
}

static void read_dead_letter(Note *note, const json_t *root)
{
    const json_t *reason = json_object_get(root, "reason");
    const json_t *task = json_object_get(root, "original_task");

    if (json_is_string(reason))
        note->text =
            note_dead_reason(raw_bytes(json_string_value(reason), json_string_length(reason)),
                             &note->reason, &note->field);
    if (json_is_object(task))
        note->parent = message_value(task, "parent_task_id");
}

/* The tier is what the subject says: a router may have moved the task to another than it asks for.
 */
static void read_task(Note *note, const json_t *root, const char *subject)
{
    const char *dot = strrchr(subject, '.');

    note->text = message_value(root, "payload");
    note->tier = note->kind == NOTE_ROUTED && dot != NULL ? text_clean(raw_text(dot + 1), 60)
                                                          : message_value(root, "model_tier");
    note->no_parent = json_is_null(json_object_get(root, "parent_task_id"));
}

static void read_result(Note *note, const json_t *root)
{
    note->status = message_value(root, "status");
    note->text = message_value(root, "error");
    if (note->text == NULL)
        note->text = message_value(root, "output");
}

static void read_other(Note *note, const json_t *root)
{
    char *by_jansson = json_dumps(root, JSON_COMPACT);

    note->text = text_clean(raw_text(by_jansson), MAX_CHARS);
    free(by_jansson);
}

Note *note_read(const char *subject, RawText bytes, char **why)
{
    json_t *root = message_object(bytes, why);
    Note *note;

    if (root == NULL)
        return NULL;
    note = g_new0(Note, 1);
    note->kind = note_kind(subject);
    note->id = message_value(root, note->kind == NOTE_GOAL ? "goal_id" : "task_id");
    note->parent = message_value(root, "parent_task_id");
    note->worker_type = message_value(root, "worker_type");
    if (note->kind == NOTE_TASK || note->kind == NOTE_ROUTED)
        read_task(note, root, subject);
    else if (note->kind == NOTE_RESULT)
        read_result(note, root);
    else if (note->kind == NOTE_GOAL)
        note->text = message_value(root, "instruction");
    else if (note->kind == NOTE_DEAD_LETTER)
        read_dead_letter(note, root);
    else
        read_other(note, root);
    json_decref(root);
    return note;
}

void note_free(Note *note)
{
    if (note == NULL)
        return;
    g_free(note->id);
    g_free(note->parent);
    g_free(note->worker_type);
    g_free(note->tier);
    g_free(note->status);
    g_free(note->text);
    g_free(note->field);
    g_free(note);
}
