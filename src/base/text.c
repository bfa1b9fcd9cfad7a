#include "base/text.h"

#include <string.h>

RawText raw_text(const char *string)
{
    return (RawText){string, string == NULL ? 0 : strlen(string)};
}

RawText raw_bytes(const void *bytes, gsize len)
{
    return (RawText){bytes, len};
}

/* What stands in for a character that must not reach a terminal as it is; 0 if it may. Format
 * characters (bidi overrides, zero-width joiners, the BOM) would let a payload look like another.
 */
static gunichar stand_in(gunichar c)
{
    if (c < 0x20)
        return 0x2400 + c;
    if (c == 0x7f)
        return 0x2421;
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return 0xfffd;
    default:
        return 0;
    }
}

typedef struct Cleaner {
    GString *out;
    gsize chars, max_chars; /* of clean text so far, and the limit (0: none) */
    int column;             /* in the current line, for tabs */
    int marks;              /* combining marks since the last base character */
    gboolean lines;         /* line feeds and tabs are layout */
} Cleaner;

/* A base character with a hundred marks would paint over its neighbours: two are plenty. */
enum { MAX_MARKS = 2 };

static void put_char(Cleaner *to, gunichar c)
{
    gunichar other;

    if (to->lines && c == '\n') {
        g_string_append_c(to->out, '\n');
        to->column = 0;
    } else if (to->lines && c == '\t') {
        do
            g_string_append_c(to->out, ' ');
        while (++to->column % 4 != 0);
    } else if (g_unichar_iszerowidth(c) && g_unichar_ismark(c)) {
        if (to->column > 0 && to->marks++ < MAX_MARKS)
            g_string_append_unichar(to->out, c);
        return;
    } else {
        other = stand_in(c);
        g_string_append_unichar(to->out, other != 0 ? other : c);
        to->column++;
    }
    to->marks = 0;
    to->chars++;
}

static char *clean(RawText raw, gsize max_chars, gboolean lines)
{
    Cleaner to = {g_string_sized_new(MIN(raw.len, 4096) + 1), 0, max_chars, 0, 0, lines};
    const char *at = raw.bytes, *end = at == NULL ? NULL : at + raw.len;

    while (at < end) {
        gunichar c;

        if (max_chars != 0 && to.chars >= max_chars) {
            g_string_append(to.out, "…");
            break;
        }
        /* GLib takes a NUL for the end of the text. */
        c = *at == '\0' ? 0 : g_utf8_get_char_validated(at, end - at);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            put_char(&to, 0xfffd);
            at++;
        } else {
            put_char(&to, c);
            at = g_utf8_next_char(at);
        }
    }
    return g_string_free(to.out, FALSE);
}

char *text_clean(RawText raw, gsize max_chars)
{
    return clean(raw, max_chars, FALSE);
}

char *text_clean_lines(RawText raw, gsize max_chars)
{
    return clean(raw, max_chars, TRUE);
}

int text_width(const char *text)
{
    int columns = 0;

    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        if (!g_unichar_iszerowidth(c))
            columns += g_unichar_iswide(c) ? 2 : 1;
    }
    return columns;
}
