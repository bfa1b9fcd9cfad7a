/* See pyyaml_source.h.
 *
 * What PyYAML's scanner refuses beyond libyaml's, such as tabs and question marks in plain scalars,
 * is seen in the events. Where PyYAML reads on and libyaml stops or goes another way (`key:[`
 * and a lone `?` within brackets, brackets in a tag, directives late in the file), the text is
 * amended so that libyaml does the same, and read again from the start. */
#include "heddle/pyyaml_source.h"

#include <string.h>

static const char late_directive[] = "a directive within a document";

/* What a bracket or comma in a tag becomes, where PyYAML takes them: no known tag has it. */
#define IN_TAG '~'

/* Scanner's reach beyond what it has consumed when PyYAML's reader fetches the next chunk. */
enum { READ_AHEAD = 2 };

gboolean py_source_refuse(PySource *source, yaml_mark_t mark, PyOutcome outcome, const char *reason)
{
    gboolean beyond =
        MAX(source->parser->mark.index, mark.index) + READ_AHEAD >= source->text->chars;

    /* PyYAML's reader asks for more before the scanner sees the fault. */
    if (source->text->at_end.outcome != PY_OK && beyond)
        return FALSE;
    if (mark.index >= source->text->chars) /* libyaml begins a new line at the end */
        py_text_place(source->text, source->text->text->len, &mark.line, &mark.column);
    return py_fault_set(source->fault, outcome, mark.line, mark.column, "%s", reason);
}

/* Byte of character `index`. Asked in the order of the text, so that it is linear in all. */
static gsize byte_at(PySource *source, gsize index)
{
    const char *p = source->text->text->str + source->cursor_byte,
               *end = source->text->text->str + source->text->text->len;

    while (source->cursor_char < index && p < end) {
        p = g_utf8_next_char(p);
        source->cursor_char++;
    }
    source->cursor_byte = (gsize)(p - source->text->text->str);
    return source->cursor_byte;
}

/* Ask for another attempt with the text amended at character `index`. Always FALSE. */
static gboolean amend(PySource *source, gsize index, char instead, const char *insert)
{
    source->amendment = (PyAmendment){byte_at(source, index), instead, insert};
    return FALSE;
}

/* Where libyaml stops and PyYAML would not, ask for an amendment. */
static gboolean amend_for_parser(PySource *source, const char *problem)
{
    gsize index = source->parser->mark.index;
    const char *at = source->text->text->str + byte_at(source, index);

    if (strcmp(problem, "found unexpected ':'") == 0 && at[1] != '\0' &&
        strchr(",[]{}", at[1]) != NULL)
        amend(source, index, 0, " ");
    else if (strcmp(problem, "did not find expected whitespace or line break") == 0 &&
             *at != '\0' && strchr(",[]", *at) != NULL)
        amend(source, index, IN_TAG, NULL);
    else
        return FALSE;
    return TRUE;
}

/* A directive further down: at its head, PyYAML goes on to the next token. */
static gboolean amend_directive(PySource *source, yaml_mark_t mark)
{
    source->cursor_char = source->cursor_byte = 0; /* the mark lies behind */
    amend(source, mark.index, '#', NULL);
    if (source->text->late == 0)
        source->text->late = mark.line + 1;
    return FALSE;
}

/* First tab after a backslash between two characters of the text; NULL if there is none. */
static const gsize *find_hidden(const PySource *source, gsize start, gsize end)
{
    const GArray *hidden = source->text->hidden;
    guint low = 0, high = hidden->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(hidden, gsize, middle) < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low < hidden->len && g_array_index(hidden, gsize, low) < end
               ? &g_array_index(hidden, gsize, low)
               : NULL;
}

/* A tab that made plain text of what PyYAML stops at: its place, if there is one between the start
 * of a key and where libyaml missed its colon. */
static void find_tab(PySource *source, yaml_mark_t *mark)
{
    const gsize *hidden = find_hidden(source, source->parser->context_mark.index, mark->index);
    const char *start, *tab;
    gsize end;

    source->cursor_char = source->cursor_byte = 0;
    start = source->text->text->str + byte_at(source, source->parser->context_mark.index);
    end = byte_at(source, mark->index);
    if (*start == '"' || *start == '\'')
        return;
    tab = g_strstr_len(start, source->text->text->str + end - start, PY_TAB);
    if (tab == NULL && hidden != NULL) {
        source->cursor_char = source->cursor_byte = 0;
        tab = source->text->text->str + byte_at(source, *hidden);
    }
    if (tab == NULL)
        return;
    py_text_place(source->text, (gsize)(tab - source->text->text->str), &mark->line, &mark->column);
    mark->index = source->parser->context_mark.index;
}

gboolean py_source_refuse_parser(PySource *source)
{
    const yaml_parser_t *parser = source->parser;
    const char *problem = parser->problem != NULL ? parser->problem : "unreadable";
    g_autofree char *reason = parser->context != NULL
                                  ? g_strdup_printf("%s %s", problem, parser->context)
                                  : g_strdup(problem);
    yaml_mark_t mark = parser->problem_mark;

    if (parser->error == YAML_MEMORY_ERROR)
        return py_fault_set(source->fault, PY_UNSURE, 0, 0, "out of memory");
    /* Escapes for surrogates were replaced by the reader, so this is one beyond U+10FFFF. */
    if (strcmp(problem, "found invalid Unicode character escape code") == 0)
        return py_source_refuse(source, mark, PY_DIES, "an escape beyond U+10FFFF");
    if (strcmp(problem, "found unknown directive name") == 0)
        return amend_directive(source, parser->context_mark);
    if (amend_for_parser(source, problem))
        return FALSE;
    if (source->text->late != 0 && parser->context != NULL &&
        parser->context_mark.line >= source->text->late)
        return py_source_refuse(source, parser->context_mark, PY_INVALID, late_directive);
    if (strcmp(problem, "could not find expected ':'") == 0)
        find_tab(source, &mark);
    return py_source_refuse(source, mark, PY_INVALID, reason);
}

/* Refuse a plain scalar at the first byte of it that is `what`. */
static gboolean refuse_in_plain(PySource *source, const yaml_event_t *event, const char *what,
                                const char *reason)
{
    gsize start = byte_at(source, event->start_mark.index);
    const char *found = strstr(source->text->text->str + start, what);
    yaml_mark_t mark = event->start_mark;

    if (found != NULL)
        py_text_place(source->text, (gsize)(found - source->text->text->str), &mark.line,
                      &mark.column);
    return py_source_refuse(source, mark, PY_INVALID, reason);
}

/* What PyYAML's scanner refuses in a plain scalar and libyaml's takes. */
static gboolean plain_is_fine(PySource *source, const yaml_event_t *event, gboolean in_flow)
{
    static const char tab[] = "a tab outside of quotes";
    const char *value = (const char *)event->data.scalar.value;
    gsize len = event->data.scalar.length;

    if (memmem(value, len, PY_TAB, sizeof PY_TAB - 1) != NULL)
        return refuse_in_plain(source, event, PY_TAB, tab);
    if (find_hidden(source, event->start_mark.index, event->end_mark.index) != NULL)
        return refuse_in_plain(source, event, "\\t", tab);
    if (in_flow && memchr(value, '?', len) != NULL)
        return refuse_in_plain(source, event, "?",
                               "a question mark within plain text in [ ] or { }");
    /* PyYAML takes the comma into the tag. */
    if (len == 0 && event->data.scalar.tag != NULL && in_flow &&
        source->text->text->str[byte_at(source, event->end_mark.index)] == ',')
        return amend(source, event->end_mark.index, IN_TAG, NULL);
    return TRUE;
}

/* Byte after the anchor and tag of a scalar that has more than these. */
static const char *skip_properties(PySource *source, const yaml_event_t *event)
{
    const char *at = source->text->text->str + byte_at(source, event->start_mark.index);

    while (*at == '&' || *at == '!') {
        at += strcspn(at, " \n");
        at += strspn(at, " \n");
    }
    return at;
}

/* libyaml takes a comment right after `|`. */
static gboolean block_is_fine(PySource *source, const yaml_event_t *event)
{
    const char *at = skip_properties(source, event);

    at += strspn(at, "|>+-0123456789");
    if (*at != '#')
        return TRUE;
    return py_source_refuse(source, event->start_mark, PY_INVALID, "a comment right after | or >");
}

gboolean py_source_takes_scalar(PySource *source, const yaml_event_t *event, gboolean in_flow)
{
    switch (event->data.scalar.style) {
    case YAML_PLAIN_SCALAR_STYLE:
        return plain_is_fine(source, event, in_flow);
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
        return block_is_fine(source, event);
    default:
        return TRUE;
    }
}

/* A lone `?` in a list, after which libyaml 0.2.5 loses its way: it gets an empty key. */
gboolean py_source_takes_pair(PySource *source, const yaml_event_t *event)
{
    gsize index = event->start_mark.index;
    const char *at = source->text->text->str + byte_at(source, index);
    gboolean comment = FALSE;

    if (*at++ != '?')
        return TRUE;
    for (; *at != '\0'; at = g_utf8_next_char(at)) {
        if (py_is_break(at))
            comment = FALSE;
        else if (!comment && *at == '#')
            comment = TRUE;
        else if (!comment && *at != ' ')
            break;
    }
    if (*at != ',' && *at != ']' && *at != ':')
        return TRUE;
    return amend(source, index, 0, "\"\"");
}

/* What comes after a directive that is not at the head of the file. */
gboolean py_source_late(PySource *source, const yaml_event_t *event)
{
    yaml_mark_t mark = event->start_mark;

    if (source->text->late == 0 || mark.line < source->text->late)
        return TRUE;
    if (event->type == YAML_DOCUMENT_START_EVENT && !event->data.document_start.implicit) {
        mark.line = source->text->late - 1;
        return py_source_refuse(source, mark, PY_INVALID, "a second document");
    }
    return py_source_refuse(source, mark, PY_INVALID, late_directive);
}

void py_source_apply(PyText *text, const PyAmendment *amendment)
{
    gsize index, len;

    if (amendment->instead != 0)
        text->text->str[amendment->at] = amendment->instead;
    if (amendment->insert == NULL)
        return;
    index = (gsize)g_utf8_pointer_to_offset(text->text->str, text->text->str + amendment->at);
    len = strlen(amendment->insert);
    g_string_insert(text->text, (gssize)amendment->at + 1, amendment->insert);
    text->chars += len;
    for (guint i = 0; i < text->hidden->len; i++)
        if (g_array_index(text->hidden, gsize, i) > index)
            g_array_index(text->hidden, gsize, i) += len;
}
