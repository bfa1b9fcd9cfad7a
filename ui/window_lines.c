#include "ui/window_lines.h"

#include <string.h>

static void line_free(void *data)
{
    WindowLine *line = data;

    g_free(line->text);
    g_free(line);
}

void lines_add(Lines *to, Style style, char *text)
{
    WindowLine *line = g_new(WindowLine, 1);

    *line = (WindowLine){style, text};
    g_ptr_array_add(to->lines, line);
}

/* How many bytes of `text` fit in `columns`, broken at a blank where there is one. */
static gsize fitting(const char *text, int columns)
{
    const char *at = text, *blank = NULL;
    gboolean words = FALSE;
    int used = 0;

    for (; *at != '\0' && *at != '\n'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        used += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
        if (used > columns)
            return (gsize)((blank != NULL ? blank : at) - text);
        if (c != ' ')
            words = TRUE;
        else if (words) /* not where a line is indented */
            blank = at;
    }
    return (gsize)(at - text);
}

GPtrArray *lines_wrap(const char *text, int columns)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    do {
        gsize len = fitting(text, columns);

        /* At least a character, whatever its width. */
        if (len == 0 && *text != '\n' && *text != '\0')
            len = (gsize)(g_utf8_next_char(text) - text);
        g_ptr_array_add(lines, g_strndup(text, len));
        text += len;
        while (*text == ' ')
            text++;
        if (*text == '\n')
            text++;
    } while (*text != '\0');
    return lines;
}

void lines_text(Lines *to, Style style, int indent, const char *text)
{
    g_autoptr(GPtrArray) parts = NULL;

    if (text == NULL)
        return;
    parts = lines_wrap(text, MAX(to->columns - indent, 8));
    for (guint i = 0; i < parts->len; i++)
        lines_add(to, style,
                  g_strdup_printf("%*s%s", indent, "", (char *)g_ptr_array_index(parts, i)));
}

enum { LABEL = 10 };

void lines_field(Lines *to, const char *label, const char *text)
{
    guint before = to->lines->len;
    WindowLine *first;
    char *joined;

    if (text == NULL || text[0] == '\0')
        return;
    lines_text(to, STYLE_NORMAL, LABEL, text);
    first = g_ptr_array_index(to->lines, before);
    /* In columns, not in bytes: a label may be an arrow. */
    joined = g_strdup_printf("%s%*s%s", label, MAX(LABEL - text_width(label), 0), "",
                             first->text + LABEL);
    g_free(first->text);
    first->text = joined;
}

void lines_blank(Lines *to)
{
    lines_add(to, STYLE_NORMAL, g_strdup(""));
}

static void add_remedy(Lines *to, const char *why, const char *next, const char *verify)
{
    lines_field(to, "  why", why);
    if (next != NULL) {
        lines_add(to, STYLE_DIM, g_strdup("  type next"));
        lines_text(to, STYLE_KEY, 4, next);
    }
    lines_field(to, "  then", verify);
}

void lines_remedy(Lines *to, const Model *model, const Actor *actor, const char *id)
{
    g_autofree char *why = verdict_remedy(model, actor, id, REMEDY_WHY);
    g_autofree char *next = verdict_remedy(model, actor, id, REMEDY_NEXT);
    g_autofree char *verify = verdict_remedy(model, actor, id, REMEDY_VERIFY);

    add_remedy(to, why, next, verify);
}

void lines_smoke_remedy(Lines *to, const Model *model, const Smoke *smoke)
{
    g_autofree char *why = smoke_remedy(model, smoke, REMEDY_WHY);
    g_autofree char *next = smoke_remedy(model, smoke, REMEDY_NEXT);
    g_autofree char *verify = smoke_remedy(model, smoke, REMEDY_VERIFY);

    add_remedy(to, why, next, verify);
}

Lines lines_new(int columns)
{
    return (Lines){g_ptr_array_new_with_free_func(line_free), columns, -1, -1};
}
