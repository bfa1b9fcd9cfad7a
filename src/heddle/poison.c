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
    [POISON_NUMBER] = "number too long",
    [POISON_WORKER_TYPE] = "bad worker_type",
    [POISON_ASTRAY] = "worker_type goes astray",
    [POISON_NO_PARENT] = "parent_task_id null",
    [POISON_RELOAD] = "reload asked for",
};

static const char *const victim_words[] = {
    [VICTIM_NOBODY] = "nobody: the task goes where no worker listens, and is lost",
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

/* Brackets and digits enough for nesting or for a number that Python does not read? */
static gboolean may_be_too_much(const char *subject, const char *bytes, gsize len)
{
    gsize most = g_str_equal(subject, SUBJECT_INCOMING) ? POISON_TASK_DEPTH : POISON_DEPTH;
    gsize open = 0, digits = 0;

    if (len < most)
        return FALSE;
    for (gsize i = 0; i < len; i++) {
        open += bytes[i] == '[' || bytes[i] == '{';
        digits += bytes[i] >= '0' && bytes[i] <= '9';
    }
    return open >= most || digits > POISON_DIGITS;
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
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f || strchr("\\*>.", *at) != NULL)
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
    if (may_be_too_much(subject, bytes, len) || g_str_equal(subject, SUBJECT_RELOAD))
        return SUSPICION_FULL;
    return g_str_equal(subject, SUBJECT_INCOMING) ? suspect_task(bytes, len) : SUSPICION_NONE;
}

/* --- the exact one --- */

/* The integer at `at`: TRUE if Python refuses it. Its end is set. */
static gboolean is_long_integer(RawText text, gsize at, gsize *end)
{
    gsize digits = at;

    while (digits < text.len && g_ascii_isdigit(text.bytes[digits]))
        digits++;
    *end = digits;
    return digits - at > POISON_DIGITS &&
           (digits == text.len || strchr(".eE", text.bytes[digits]) == NULL ||
            text.bytes[digits] == '\0');
}

/* What Python gives up at before the first value ends, whatever may be wrong further on. */
static PoisonHarm read_as_python(RawText text)
{
    unsigned depth = 0;
    gboolean quoted = FALSE;

    for (gsize i = 0; i < text.len; i++) {
        char c = text.bytes[i];
        gsize end;

        if (quoted) {
            quoted = c != '"';
            i += c == '\\';
        } else if (c == '"') {
            quoted = TRUE;
        } else if (g_ascii_isdigit(c)) {
            if (is_long_integer(text, i, &end))
                return POISON_NUMBER;
            while (end < text.len &&
                   (g_ascii_isalnum(text.bytes[end]) || strchr("+-.", text.bytes[end]) != NULL) &&
                   text.bytes[end] != '\0')
                end++; /* what follows a point is no integer */
            i = end - 1;
        } else if (c == '[' || c == '{') {
            if (++depth >= POISON_DEPTH)
                return POISON_NESTED;
        } else if ((c == ']' || c == '}') && (depth == 0 || --depth == 0)) {
            return POISON_NONE;
        }
        if (depth == 0 && !quoted)
            break; /* no list, no object: it has ended, or does with this word */
    }
    return POISON_NONE;
}

/* Half a character of UTF-16, \\ud800, is a character for Python and an error for jansson: blanks
 * in their place. Half of a pair too, which is to be read on second sight only. */
static char *without_halves(RawText text)
{
    char *copy = g_malloc(text.len + 1);

    memcpy(copy, text.bytes, text.len);
    copy[text.len] = '\0';
    for (gsize i = 0; i + 5 < text.len; i++) {
        if (copy[i] != '\\')
            continue;
        if (copy[i + 1] == 'u' && (copy[i + 2] | 0x20) == 'd' &&
            strchr("89abAB"
                   "cdefCDEF",
                   copy[i + 3]) != NULL &&
            copy[i + 3] != '\0')
            memcpy(copy + i, "\\u0020", 6);
        i++; /* what is escaped */
    }
    return copy;
}

/* Any JSON, read as generously as Python reads it. NULL and *error when it is none. */
static json_t *read_json(RawText text, json_error_t *error)
{
    json_t *root = json_loadb(text.bytes, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, error);
    g_autofree char *copy = NULL;

    if (root != NULL || memmem(text.bytes, text.len, "\\u", 2) == NULL)
        return root;
    copy = without_halves(text);
    return json_loadb(copy, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, error);
}

/* Is it this word, and nothing else but blanks? */
static gboolean is_word(RawText text, const char *word)
{
    gsize from = first_byte(text.bytes, text.len), to = text.len;

    while (to > from && is_blank(text.bytes[to - 1]))
        to--;
    return strlen(word) == to - from && memcmp(text.bytes + from, word, to - from) == 0;
}

/* What Python's json takes and JSON does not know. */
static gboolean is_pythons_own(RawText text)
{
    return is_word(text, "NaN") || is_word(text, "Infinity") || is_word(text, "-Infinity");
}

/* JSON, and no object. A number too large for jansson is none for Python. */
static gboolean is_other_json(RawText text)
{
    json_error_t error;
    json_t *root = read_json(text, &error);
    gboolean other = root != NULL ? !json_is_object(root)
                                  : json_error_code(&error) == json_error_numeric_overflow ||
                                        is_pythons_own(text);

    json_decref(root);
    return other;
}

static gboolean is_deeper(const json_t *value, unsigned levels)
{
    const char *key;
    json_t *inner;
    size_t i;

    if (!json_is_object(value) && !json_is_array(value))
        return FALSE;
    if (levels == 0)
        return TRUE;
    json_array_foreach((json_t *)value, i, inner) if (is_deeper(inner, levels - 1)) return TRUE;
    json_object_foreach((json_t *)value, key, inner) if (is_deeper(inner, levels - 1)) return TRUE;
    return FALSE;
}

static PoisonHarm judge_task(const json_t *task)
{
    const json_t *type = json_object_get(task, "worker_type");
    const char *text = json_string_value(type);

    if (text != NULL && strpbrk(text, " \t\r\n") != NULL)
        return POISON_WORKER_TYPE;
    if (text != NULL && (is_deeper(json_object_get(task, "payload"), POISON_TASK_DEPTH) ||
                         is_deeper(json_object_get(task, "metadata"), POISON_TASK_DEPTH)))
        return POISON_NESTED;
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
    json_error_t error;
    PoisonHarm harm;
    json_t *root;

    if (at == bytes.len || !begins_value(bytes.bytes[at]))
        return POISON_NONE;
    harm = read_as_python(raw_bytes(bytes.bytes + at, bytes.len - at));
    if (harm != POISON_NONE)
        return harm;
    if (bytes.bytes[at] != '{')
        return !whole || is_other_json(bytes) ? POISON_NOT_OBJECT : POISON_NONE;
    root = read_json(bytes, &error);
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
    poison->perhaps = harm == POISON_NOT_OBJECT && !is_word(bytes, "null") &&
                      (poison->victim == VICTIM_WORKER || poison->victim == VICTIM_GOALS);
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
