/* See pyyaml_reader.h. A PyText owns its copy of the text.
 *
 * Heddle opens the file in text mode: Python decodes it in chunks of 8 KiB, makes every line end a
 * line feed, and dies of bytes that are not UTF-8. PyYAML takes 4,096 characters at a time from it
 * and refuses characters that YAML calls unprintable. So a fault far down in the file comes only
 * after those that the scanner finds before it reaches that chunk: the text ends there, at the
 * horizon, and what waits beyond is `at_end`. */
#include "heddle/pyyaml_reader.h"

#include <string.h>

enum { PYTHON_CHUNK = 8192, PYYAML_CHUNK = 4096 };

gboolean py_is_break(const char *p)
{
    return *p == '\n' || strncmp(p, "\xc2\x85", 2) == 0 || strncmp(p, "\xe2\x80\xa8", 3) == 0 ||
           strncmp(p, "\xe2\x80\xa9", 3) == 0;
}

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

typedef struct Reader {
    const guchar *at, *start, *end;
    PyText *to;
    gsize line, column;
    gsize chunk_chars; /* characters decoded before the Python chunk that `at` is in */
    gsize chunk;       /* number of that chunk */
} Reader;

/* Length of the UTF-8 sequence at `p` by Python's strict rules, 0 if there is none. */
static unsigned sequence_length(const guchar *p, const guchar *end)
{
    unsigned len = *p < 0x80   ? 1
                   : *p < 0xc2 ? 0
                   : *p < 0xe0 ? 2
                   : *p < 0xf0 ? 3
                   : *p < 0xf5 ? 4
                               : 0;

    if (len < 2)
        return len;
    if ((gsize)(end - p) < len || (p[1] & 0xc0) != 0x80)
        return 0;
    if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) || (*p == 0xf0 && p[1] < 0x90) ||
        (*p == 0xf4 && p[1] > 0x8f))
        return 0;
    for (unsigned i = 2; i < len; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

/* PyYAML's reader.NON_PRINTABLE, the other way round. */
static gboolean is_printable(const guchar *p, unsigned len)
{
    if (len == 1)
        return (*p >= 0x20 && *p < 0x7f) || *p == '\t' || *p == '\n' || *p == '\r';
    if (len == 2)
        return *p != 0xc2 || p[1] == 0x85 || p[1] >= 0xa0;
    return len != 3 || p[0] != 0xef || p[1] != 0xbf || p[2] < 0xbe;
}

/* End the text where PyYAML asks for the chunk that holds character `index`. */
static void cut(Reader *reader, gsize index, PyOutcome outcome, const char *reason)
{
    PyText *to = reader->to;
    gsize horizon = index / PYYAML_CHUNK * PYYAML_CHUNK;

    py_fault_set(&to->at_end, outcome, reader->line, reader->column, "%s", reason);
    if (horizon < to->chars) {
        g_string_truncate(to->text,
                          g_utf8_offset_to_pointer(to->text->str, (glong)horizon) - to->text->str);
        to->chars = horizon;
    }
}

/* An escape that Python can hold and libyaml refuses: half of a surrogate pair. */
static gboolean is_surrogate_escape(const guchar *p, const guchar *end)
{
    gsize digits = *p == 'u' ? 4 : *p == 'U' ? 8 : 0;

    if (digits == 0 || (gsize)(end - p) <= digits)
        return FALSE;
    for (gsize i = 1; i <= digits; i++)
        if (!g_ascii_isxdigit(p[i]))
            return FALSE;
    if (digits == 8 && memcmp(p + 1, "0000", 4) != 0)
        return FALSE;
    p += digits - 3;
    return (p[0] | 0x20) == 'd' && g_ascii_xdigit_value((char)p[1]) >= 8;
}

/* Copy what follows a backslash, so that libyaml takes every escape that PyYAML takes. */
static void copy_escaped(Reader *reader)
{
    PyText *to = reader->to;

    if (reader->at < reader->end && *reader->at == '\t') {
        g_array_append_val(to->hidden, to->chars);
        g_string_append_c(to->text, 't');
        reader->at++;
    } else if (reader->at < reader->end && is_surrogate_escape(reader->at, reader->end)) {
        gsize digits = *reader->at == 'u' ? 4 : 8;

        g_string_append(to->text, *reader->at == 'u' ? "ufffd" : "U0000fffd");
        reader->at += digits + 1;
        to->chars += digits;
        reader->column += digits;
    } else {
        return;
    }
    to->chars++;
    reader->column++;
}

/* The line so far is a document marker. */
static gboolean after_marker(const Reader *reader)
{
    const GString *text = reader->to->text;
    const char *line = text->str + text->len - 3;

    return reader->column == 4 && text->len >= 3 &&
           (memcmp(line, "---", 3) == 0 || memcmp(line, "...", 3) == 0);
}

/* Copy one printable character of `len` bytes. */
static void copy_char(Reader *reader, unsigned len)
{
    const guchar *p = reader->at;
    PyText *to = reader->to;

    reader->at += len;
    to->chars++;
    reader->column++;
    if (*p == '\n' || *p == '\r') {
        if (*p == '\r' && reader->at < reader->end && *reader->at == '\n')
            reader->at++;
        g_string_append_c(to->text, '\n');
        reader->line++;
        reader->column = 0;
    } else if (*p == '\t') {
        if (after_marker(reader)) { /* which ends a quoted text just as well */
            g_string_append_c(to->text, ' ');
            to->chars++;
        }
        g_string_append(to->text, PY_TAB);
    } else if ((len == 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) ||
               (len == 4 && memcmp(p, PY_TAB, 4) == 0)) {
        /* A BOM is a plain character to PyYAML, and blank at a line's start to libyaml. */
        g_string_append(to->text, replacement);
    } else {
        g_string_append_len(to->text, (const char *)p, len);
        if (*p == '\\') {
            copy_escaped(reader);
        } else if (py_is_break(to->text->str + to->text->len - len)) {
            reader->line++;
            reader->column = 0;
        }
    }
}

/* The many plain bytes between the few that need a look; no further than the chunk's end, since its
 * number of characters is needed. */
static void copy_run(Reader *reader)
{
    const guchar *p = reader->at;
    const guchar *stop = MIN(reader->end, reader->start + (reader->chunk + 1) * PYTHON_CHUNK);
    gsize len;

    while (p < stop && *p >= 0x20 && *p < 0x7f && *p != '\\')
        p++;
    len = (gsize)(p - reader->at);
    g_string_append_len(reader->to->text, (const char *)reader->at, (gssize)len);
    reader->to->chars += len;
    reader->column += len;
    reader->at = p;
}

static gboolean read_next(Reader *reader)
{
    unsigned len;

    if ((gsize)(reader->at - reader->start) >= (reader->chunk + 1) * PYTHON_CHUNK) {
        reader->chunk = (gsize)(reader->at - reader->start) / PYTHON_CHUNK;
        reader->chunk_chars = reader->to->chars;
    }
    copy_run(reader);
    if (reader->at == reader->end)
        return FALSE;
    if ((gsize)(reader->at - reader->start) >= (reader->chunk + 1) * PYTHON_CHUNK)
        return TRUE;
    len = sequence_length(reader->at, reader->end);
    if (len == 0) {
        cut(reader, reader->chunk_chars, PY_DIES, "not UTF-8");
        return FALSE;
    }
    if (!is_printable(reader->at, len) && reader->to->at_end.outcome == PY_OK) {
        const guchar *bad = reader->at;
        g_autofree char *reason =
            g_strdup_printf("a control character, #x%02x, that YAML does not allow",
                            (unsigned)g_utf8_get_char((const char *)bad));

        cut(reader, reader->to->chars, PY_INVALID, reason);
        return FALSE;
    }
    copy_char(reader, len);
    return TRUE;
}

/* After an unprintable character: bytes that are not UTF-8 in a chunk that Python decodes no later
 * than PyYAML sees that character come first. */
static void look_beyond(Reader *reader)
{
    gsize index = reader->to->chars, seen = reader->chunk_chars;
    const guchar *p = reader->start + reader->chunk * PYTHON_CHUNK;

    while (seen / PYYAML_CHUNK <= index / PYYAML_CHUNK && p < reader->end) {
        const guchar *stop = MIN(p + PYTHON_CHUNK, reader->end);

        while (p < stop) {
            unsigned len = sequence_length(p, reader->end);

            if (len == 0) {
                py_fault_clear(&reader->to->at_end);
                cut(reader, seen, PY_DIES, "not UTF-8");
                return;
            }
            p += len;
            seen++;
        }
    }
}

PyText *py_text_new(const char *bytes, gsize len)
{
    PyText *to = g_new0(PyText, 1);
    Reader reader = {.to = to};

    to->text = g_string_sized_new(len + 1);
    to->hidden = g_array_new(FALSE, FALSE, sizeof(gsize));
    reader.at = reader.start = (const guchar *)bytes;
    reader.end = reader.start + len;
    if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        reader.at += 3;
    while (read_next(&reader))
        ;
    if (to->at_end.outcome == PY_INVALID)
        look_beyond(&reader);
    return to;
}

void py_text_free(PyText *text)
{
    if (text == NULL)
        return;
    g_string_free(text->text, TRUE);
    g_array_free(text->hidden, TRUE);
    py_fault_clear(&text->at_end);
    g_free(text);
}

void py_text_place(const PyText *text, gsize at, gsize *line, gsize *column)
{
    const char *p = text->text->str, *end = p + MIN(at, text->text->len);

    for (*line = *column = 0; p < end; p = g_utf8_next_char(p)) {
        if (py_is_break(p)) {
            ++*line;
            *column = 0;
        } else {
            ++*column;
        }
    }
}
