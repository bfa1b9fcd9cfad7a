#include "heddle/poison.h"

#include <string.h>

#include "heddle/kind.h"
#include "heddle/message.h"
#include "heddle/message_parts.h"

#define SUBJECT_RELOAD "heddle.control.reload"

static const char *const harm_words[POISON_HARMS] = {
    [POISON_NONE] = "harmless",
    [POISON_NOT_OBJECT] = "not an object",
    [POISON_NESTED] = "nested too deep",
    [POISON_WORKER_TYPE] = "blank in worker_type",
    [POISON_ASTRAY] = "worker_type goes astray",
    [POISON_NO_PARENT] = "parent_task_id null",
    [POISON_RELOAD] = "reload asked for",
};

static const char *const victim_words[] = {
    [VICTIM_NOBODY] = "nobody",
    [VICTIM_UI] = "every open heddle ui",
    [VICTIM_ROUTER] = "the router that takes it",
    [VICTIM_WORKER] = "the worker that takes it",
    [VICTIM_GOALS] = "the pipeline and the orchestrator that take it",
    [VICTIM_LISTENERS] = "the reload listener of every actor",
};

const char *poison_word(PoisonHarm harm)
{
    return harm_words[harm];
}

const char *poison_victims(PoisonVictim victim)
{
    return victim_words[victim];
}

gboolean poison_is_deadly(const Poison *poison)
{
    return poison->victim > VICTIM_UI;
}

/* Who reads JSON on this subject. A dead letter is nobody's to read. */
static PoisonVictim reader_of(const char *subject)
{
    if (g_str_equal(subject, SUBJECT_INCOMING))
        return VICTIM_ROUTER;
    if (g_str_equal(subject, SUBJECT_GOALS))
        return VICTIM_GOALS;
    if (g_str_equal(subject, SUBJECT_RELOAD))
        return VICTIM_LISTENERS;
    if (g_str_has_prefix(subject, "heddle.tasks.") && !g_str_equal(subject, SUBJECT_DEAD_LETTER))
        return VICTIM_WORKER;
    return VICTIM_UI;
}

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static gsize first_byte(const char *bytes, gsize len)
{
    gsize at = 0;

    while (at < len && is_blank(bytes[at]))
        at++;
    return at;
}

static gboolean begins_value(char c)
{
    return c != '\0' && strchr("{[\"tfn-NI0123456789", c) != NULL;
}

/* --- the cheap look --- */

static gboolean may_be_nested(const char *bytes, gsize len)
{
    gsize open = 0;

    if (len < POISON_DEPTH)
        return FALSE;
    for (gsize i = 0; i < len; i++)
        open += bytes[i] == '[' || bytes[i] == '{';
    return open >= POISON_DEPTH;
}

/* The value after a key at `at`; NULL when no colon follows. */
static const char *value_after(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    if (at == end || *at != ':')
        return NULL;
    at++;
    while (at < end && is_blank(*at))
        at++;
    return at < end ? at : NULL;
}

static gboolean odd_string(const char *at, const char *end)
{
    const char *begin = at + 1;

    if (*at != '"')
        return FALSE; /* no string: the router writes a dead letter */
    for (at++; at < end && *at != '"'; at++)
        if ((unsigned char)*at <= ' ' || strchr("\\*>.", *at) != NULL || (*at & 0x80) != 0)
            return TRUE;
    return at == begin;
}

static gboolean is_null(const char *at, const char *end)
{
    return end - at >= 4 && memcmp(at, "null", 4) == 0;
}

/* Is there a key with such a value, anywhere in it? A key spelled with escapes is looked at too. */
static gboolean has_key(const char *bytes, gsize len, const char *key,
                        gboolean (*odd)(const char *, const char *))
{
    const char *at = bytes, *end = bytes + len;
    gsize key_len = strlen(key);

    while ((at = memmem(at, (gsize)(end - at), key, key_len)) != NULL) {
        const char *value = value_after(at + key_len, end);

        if (value != NULL && odd(value, end))
            return TRUE;
        at += key_len;
    }
    return FALSE;
}

static Suspicion suspect_task(const char *bytes, gsize len)
{
    if (has_key(bytes, len, "\"worker_type\"", odd_string) ||
        memmem(bytes, len, "\\u00", 4) != NULL)
        return SUSPICION_FULL;
    return has_key(bytes, len, "\"parent_task_id\"", is_null) ? SUSPICION_LESSER : SUSPICION_NONE;
}

Suspicion poison_suspect(const char *subject, const char *bytes, gsize len)
{
    gsize at = first_byte(bytes, len);

    if (at == len)
        return SUSPICION_NONE;
    if (!begins_value(bytes[at]))
        return SUSPICION_NONE;
    if (bytes[at] != '{')
        return reader_of(subject) == VICTIM_UI ? SUSPICION_LESSER : SUSPICION_FULL;
    if (may_be_nested(bytes, len) || g_str_equal(subject, SUBJECT_RELOAD))
        return SUSPICION_FULL;
    return g_str_equal(subject, SUBJECT_INCOMING) ? suspect_task(bytes, len) : SUSPICION_NONE;
}

/* --- the exact one --- */

/* Does it open so many levels before the first value ends? Python gives up there, whatever may be
 * wrong further on. */
static gboolean is_nested(RawText text)
{
    unsigned depth = 0;
    gboolean quoted = FALSE;

    for (gsize i = 0; i < text.len; i++) {
        char c = text.bytes[i];

        if (quoted) {
            quoted = c != '"';
            i += c == '\\';
        } else if (c == '"') {
            quoted = TRUE;
        } else if (c == '[' || c == '{') {
            if (++depth >= POISON_DEPTH)
                return TRUE;
        } else if ((c == ']' || c == '}') && (depth == 0 || --depth == 0)) {
            return FALSE;
        }
    }
    return FALSE;
}

/* What Python's json takes and JSON does not know. */
static gboolean is_pythons_own(RawText text)
{
    static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
    gsize from = first_byte(text.bytes, text.len), to = text.len;

    while (to > from && is_blank(text.bytes[to - 1]))
        to--;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strlen(words[i]) == to - from && memcmp(text.bytes + from, words[i], to - from) == 0)
            return TRUE;
    return FALSE;
}

/* JSON, and no object. A number too large for jansson is none for Python. */
static gboolean is_other_json(RawText text)
{
    json_error_t error;
    json_t *root = json_loadb(text.bytes, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    gboolean other = root != NULL ? !json_is_object(root)
                                  : json_error_code(&error) == json_error_numeric_overflow ||
                                        is_pythons_own(text);

    json_decref(root);
    return other;
}

static PoisonHarm judge_task(const json_t *task)
{
    const json_t *type = json_object_get(task, "worker_type");
    const char *text = json_string_value(type);

    if (text != NULL && strpbrk(text, " \t\r\n\f\v") != NULL)
        return POISON_WORKER_TYPE;
    if (text != NULL && !subject_token_ok(text))
        return POISON_ASTRAY;
    return json_is_null(json_object_get(task, "parent_task_id")) ? POISON_NO_PARENT : POISON_NONE;
}

static PoisonHarm judge_object(const char *subject, const json_t *root)
{
    if (g_str_equal(subject, SUBJECT_INCOMING))
        return judge_task(root);
    if (g_str_equal(subject, SUBJECT_RELOAD) &&
        g_strcmp0(json_string_value(json_object_get(root, "action")), "reload") == 0)
        return POISON_RELOAD;
    return POISON_NONE;
}

static PoisonVictim victim_of(const char *subject, PoisonHarm harm)
{
    switch (harm) {
    case POISON_ASTRAY:
    case POISON_RELOAD:
        return VICTIM_NOBODY;
    case POISON_NO_PARENT:
        return VICTIM_UI;
    default:
        return reader_of(subject);
    }
}

static PoisonHarm judge(const char *subject, RawText bytes, gboolean whole, char **task_id)
{
    gsize at = first_byte(bytes.bytes, bytes.len);
    g_autofree char *why = NULL;
    PoisonHarm harm;
    json_t *root;

    if (at == bytes.len)
        return POISON_NONE;
    if (!begins_value(bytes.bytes[at]))
        return POISON_NONE;
    if (strchr("{[", bytes.bytes[at]) != NULL && is_nested(bytes))
        return POISON_NESTED;
    if (bytes.bytes[at] != '{')
        return !whole || is_other_json(bytes) ? POISON_NOT_OBJECT : POISON_NONE;
    root = message_object(bytes, &why);
    if (root == NULL)
        return POISON_NONE;
    *task_id = message_value(root, "task_id");
    harm = judge_object(subject, root);
    json_decref(root);
    return harm;
}

Poison *poison_judge(const char *subject, RawText bytes, gboolean whole)
{
    char *task_id = NULL;
    PoisonHarm harm = judge(subject, bytes, whole, &task_id);
    Poison *poison;

    if (harm == POISON_NONE) {
        g_free(task_id);
        return NULL;
    }
    poison = g_new(Poison, 1);
    *poison = (Poison){
        .harm = harm,
        .victim = victim_of(subject, harm),
        .subject = text_clean(raw_text(subject), 128),
        .head = text_clean(bytes, POISON_HEAD),
        .task_id = task_id,
    };
    return poison;
}

void poison_free(Poison *poison)
{
    if (poison == NULL)
        return;
    g_free(poison->subject);
    g_free(poison->head);
    g_free(poison->task_id);
    g_free(poison);
}
