/* See pyyaml_compose.h. The composer borrows text and graph; frames and anchors live for one run.
 *
 * libyaml's events are PyYAML's but for a few places. What PyYAML's scanner refuses beyond it, such
 * as tabs and question marks in plain scalars, is seen in its events. Where PyYAML reads on and
 * libyaml stops or goes another way (`key:[` within [ ] or { }, brackets in a tag, directives late
 * in the file), the text is amended so that libyaml does the same, and read again from the start.
 */
#include "heddle/pyyaml_compose.h"

#include <string.h>
#include <yaml.h>

static const char late_directive[] = "a directive within a document";

/* What a bracket or comma in a tag becomes, where PyYAML takes them: no known tag has it. */
#define IN_TAG '~'

enum {
    MAX_DEPTH = 490,
    /* Scanner's reach beyond what it has consumed when PyYAML's reader fetches the next chunk. */
    READ_AHEAD = 2,
    /* Bytes that libyaml may read again after amendments: whatever a file of 10 KB needs. */
    MAX_REREAD = 32 * 1024 * 1024
};

typedef struct Frame {
    guint32 node;
    guint32 key;                   /* of the pair that is being read */
    gboolean has_key, flow, wants; /* wants: its keys are asked for */
    gboolean needed;               /* it is a node of the graph, harmless or not */
    gboolean keep;                 /* and so are its children */
    gboolean merge;                /* stands after `<<`, or in a list that does */
    gboolean witness;              /* one child that is no mapping is to be kept */
    gboolean doomed;               /* a list's item will stop the constructor: no later one can */
    gboolean key_wanted;
    PyTag key_tag;
} Frame;

typedef struct Amendment {
    gsize at; /* byte of the text */
    gboolean blank_after;
    char instead; /* 0: the byte stays */
} Amendment;

typedef struct Composer {
    yaml_parser_t parser;
    PyText *text;
    PyWantsKey wants;
    PyGraph *graph;
    PyFault *fault;
    GTree *anchors; /* name -> node; a tree, since a hash could be made to collide */
    Frame frames[MAX_DEPTH];
    unsigned depth, blocks, documents; /* open collections, those in block style, documents seen */
    gsize cursor_char, cursor_byte;    /* one place in the text, both ways; only goes on */
    Amendment *amendment;              /* out: what to do before the next attempt */
} Composer;

/* ---- faults ---- */

static gboolean refuse(Composer *c, yaml_mark_t mark, PyOutcome outcome, const char *reason)
{
    gboolean beyond = MAX(c->parser.mark.index, mark.index) + READ_AHEAD >= c->text->chars;

    /* PyYAML's reader asks for more before the scanner sees the fault. */
    if (c->text->at_end.outcome != PY_OK && beyond)
        return FALSE;
    if (mark.index >= c->text->chars) /* libyaml begins a new line at the end */
        py_text_place(c->text, c->text->text->len, &mark.line, &mark.column);
    return py_fault_set(c->fault, outcome, mark.line, mark.column, "%s", reason);
}

/* Byte of character `index`. Asked in the order of the text, so that it is linear in all. */
static gsize byte_at(Composer *c, gsize index)
{
    const char *p = c->text->text->str + c->cursor_byte,
               *end = c->text->text->str + c->text->text->len;

    while (c->cursor_char < index && p < end) {
        p = g_utf8_next_char(p);
        c->cursor_char++;
    }
    c->cursor_byte = (gsize)(p - c->text->text->str);
    return c->cursor_byte;
}

/* Ask for another attempt with the text amended at character `index`. Always FALSE. */
static gboolean amend(Composer *c, gsize index, char instead, gboolean blank_after)
{
    *c->amendment = (Amendment){byte_at(c, index), blank_after, instead};
    return FALSE;
}

/* Where libyaml stops and PyYAML would not, ask for an amendment. */
static gboolean amend_for_parser(Composer *c, const char *problem)
{
    gsize index = c->parser.mark.index;
    const char *at = c->text->text->str + byte_at(c, index);

    if (strcmp(problem, "found unexpected ':'") == 0 && at[1] != '\0' &&
        strchr(",[]{}", at[1]) != NULL)
        amend(c, index, 0, TRUE);
    else if (strcmp(problem, "did not find expected whitespace or line break") == 0 &&
             *at != '\0' && strchr(",[]", *at) != NULL)
        amend(c, index, IN_TAG, FALSE);
    else
        return FALSE;
    return TRUE;
}

/* A directive further down: at its head, PyYAML goes on to the next token. */
static gboolean amend_directive(Composer *c, yaml_mark_t mark)
{
    c->cursor_char = c->cursor_byte = 0; /* the mark lies behind */
    amend(c, mark.index, '#', FALSE);
    if (c->text->late == 0)
        c->text->late = mark.line + 1;
    return FALSE;
}

/* First tab after a backslash between two characters of the text; NULL if there is none. */
static const gsize *find_hidden(const Composer *c, gsize start, gsize end)
{
    const GArray *hidden = c->text->hidden;
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
static void find_tab(Composer *c, yaml_mark_t *mark)
{
    const gsize *hidden = find_hidden(c, c->parser.context_mark.index, mark->index);
    const char *start, *tab;
    gsize end;

    c->cursor_char = c->cursor_byte = 0;
    start = c->text->text->str + byte_at(c, c->parser.context_mark.index);
    end = byte_at(c, mark->index);
    if (*start == '"' || *start == '\'')
        return;
    tab = g_strstr_len(start, c->text->text->str + end - start, PY_TAB);
    if (tab == NULL && hidden != NULL) {
        c->cursor_char = c->cursor_byte = 0;
        tab = c->text->text->str + byte_at(c, *hidden);
    }
    if (tab == NULL)
        return;
    py_text_place(c->text, (gsize)(tab - c->text->text->str), &mark->line, &mark->column);
    mark->index = c->parser.context_mark.index;
}

static gboolean refuse_parser(Composer *c)
{
    const yaml_parser_t *parser = &c->parser;
    const char *problem = parser->problem != NULL ? parser->problem : "unreadable";
    g_autofree char *reason = parser->context != NULL
                                  ? g_strdup_printf("%s %s", problem, parser->context)
                                  : g_strdup(problem);
    yaml_mark_t mark = parser->problem_mark;

    if (parser->error == YAML_MEMORY_ERROR)
        return py_fault_set(c->fault, PY_UNSURE, 0, 0, "out of memory");
    /* Escapes for surrogates were replaced by the reader, so this is one beyond U+10FFFF. */
    if (strcmp(problem, "found invalid Unicode character escape code") == 0)
        return refuse(c, mark, PY_DIES, "an escape beyond U+10FFFF");
    if (strcmp(problem, "found unknown directive name") == 0)
        return amend_directive(c, parser->context_mark);
    if (amend_for_parser(c, problem))
        return FALSE;
    if (c->text->late != 0 && parser->context != NULL && parser->context_mark.line >= c->text->late)
        return refuse(c, parser->context_mark, PY_INVALID, late_directive);
    if (strcmp(problem, "could not find expected ':'") == 0)
        find_tab(c, &mark);
    return refuse(c, mark, PY_INVALID, reason);
}

/* ---- where a node goes ---- */

static Frame *top(Composer *c)
{
    return c->depth > 0 ? &c->frames[c->depth - 1] : NULL;
}

static gboolean is_mapping(const Composer *c, const Frame *frame)
{
    return py_graph_node(c->graph, frame->node)->kind == PY_MAPPING;
}

static gboolean at_key(const Composer *c, const Frame *frame)
{
    return frame != NULL && is_mapping(c, frame) && !frame->has_key;
}

/* The place asks for a node of its own, harmless or not. */
static gboolean place_needs_node(const Composer *c, Frame *frame, PyNodeKind kind)
{
    if (frame != NULL && frame->witness && kind != PY_MAPPING) {
        frame->witness = FALSE;
        return TRUE;
    }
    return frame == NULL || frame->keep ||
           (is_mapping(c, frame) && frame->has_key &&
            (frame->key_tag == PY_TAG_MERGE || frame->key_tag == PY_TAG_VALUE ||
             frame->key_wanted));
}

static void put(Composer *c, guint32 node)
{
    Frame *frame = top(c);

    if (frame == NULL) {
        c->graph->root = node;
    } else if (at_key(c, frame)) {
        frame->key = node;
        frame->key_tag = py_graph_node(c->graph, node)->tag;
        frame->has_key = TRUE;
    } else {
        if (frame->key != 0 || node != 0)
            py_graph_link(c->graph, frame->node, frame->key, node);
        py_graph_node(c->graph, frame->node)->count++;
        frame->key = 0;
        frame->has_key = frame->key_wanted = FALSE;
    }
}

static guint32 add_node(Composer *c, PyNodeKind kind, PyTag tag, yaml_mark_t mark)
{
    guint32 node = py_graph_add(c->graph, kind, tag, mark.line, mark.column);

    if (node == 0)
        py_fault_set(c->fault, PY_UNSURE, mark.line, mark.column, "more than we keep in memory");
    return node;
}

static gboolean anchor_is_new(Composer *c, const yaml_char_t *anchor, yaml_mark_t mark)
{
    g_autofree char *reason = NULL;

    if (anchor == NULL || g_tree_lookup(c->anchors, anchor) == NULL)
        return TRUE;
    reason = g_strdup_printf("a second anchor &%s", (const char *)anchor);
    return refuse(c, mark, PY_INVALID, reason);
}

static void set_anchor(Composer *c, const yaml_char_t *anchor, guint32 node)
{
    if (anchor != NULL && node != 0)
        g_tree_insert(c->anchors, g_strdup((const char *)anchor), GUINT_TO_POINTER(node));
}

/* ---- events ---- */

static gboolean is_explicit(const yaml_char_t *tag)
{
    return tag != NULL && strcmp((const char *)tag, "!") != 0;
}

/* Refuse a plain scalar at the first byte of it that is `what`. */
static gboolean refuse_in_plain(Composer *c, const yaml_event_t *event, const char *what,
                                const char *reason)
{
    gsize start = byte_at(c, event->start_mark.index);
    const char *found = strstr(c->text->text->str + start, what);
    yaml_mark_t mark = event->start_mark;

    if (found != NULL)
        py_text_place(c->text, (gsize)(found - c->text->text->str), &mark.line, &mark.column);
    return refuse(c, mark, PY_INVALID, reason);
}

/* What PyYAML's scanner refuses in a plain scalar and libyaml's takes. */
static gboolean plain_is_fine(Composer *c, const yaml_event_t *event)
{
    static const char tab[] = "a tab outside of quotes";
    const char *value = (const char *)event->data.scalar.value;
    gsize len = event->data.scalar.length;

    if (memmem(value, len, PY_TAB, sizeof PY_TAB - 1) != NULL)
        return refuse_in_plain(c, event, PY_TAB, tab);
    if (find_hidden(c, event->start_mark.index, event->end_mark.index) != NULL)
        return refuse_in_plain(c, event, "\\t", tab);
    if (c->depth > 0 && top(c)->flow && memchr(value, '?', len) != NULL)
        return refuse_in_plain(c, event, "?", "a question mark within plain text in [ ] or { }");
    /* PyYAML takes the comma into the tag. */
    if (len == 0 && event->data.scalar.tag != NULL && c->depth > 0 && top(c)->flow &&
        c->text->text->str[byte_at(c, event->end_mark.index)] == ',')
        return amend(c, event->end_mark.index, IN_TAG, FALSE);
    return TRUE;
}

/* Byte after the anchor and tag of a scalar that has more than these. */
static const char *skip_properties(Composer *c, const yaml_event_t *event)
{
    const char *at = c->text->text->str + byte_at(c, event->start_mark.index);

    while (*at == '&' || *at == '!') {
        at += strcspn(at, " \n");
        at += strspn(at, " \n");
    }
    return at;
}

/* libyaml takes a comment right after `|`. */
static gboolean block_is_fine(Composer *c, const yaml_event_t *event)
{
    const char *at = skip_properties(c, event);

    at += strspn(at, "|>+-0123456789");
    if (*at != '#')
        return TRUE;
    return refuse(c, event->start_mark, PY_INVALID, "a comment right after | or >");
}

static gboolean style_is_fine(Composer *c, const yaml_event_t *event)
{
    switch (event->data.scalar.style) {
    case YAML_PLAIN_SCALAR_STYLE:
        return plain_is_fine(c, event);
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
        return block_is_fine(c, event);
    default:
        return TRUE;
    }
}

static PyTag scalar_tag(const yaml_event_t *event, const GString *value)
{
    const yaml_char_t *tag = event->data.scalar.tag;

    if (is_explicit(tag))
        return py_tag_named((const char *)tag);
    if (tag != NULL || event->data.scalar.plain_implicit)
        return py_tag_implicit(value->str, value->len);
    return PY_TAG_STR;
}

/* The scalar's text with its tabs back. Uses the event's own bytes. */
static GString value_of(const yaml_event_t *event)
{
    char *value = (char *)event->data.scalar.value, *to = value;
    gsize len = event->data.scalar.length, tab = sizeof PY_TAB - 1;
    const char *end = value + len, *at = memchr(value, PY_TAB[0], len);

    if (at == NULL)
        return (GString){value, len, 0};
    for (to = value + (at - value); at < end;) {
        if ((gsize)(end - at) >= tab && memcmp(at, PY_TAB, tab) == 0) {
            *to++ = '\t';
            at += tab;
        } else {
            *to++ = *at++;
        }
    }
    *to = '\0';
    return (GString){value, (gsize)(to - value), 0};
}

/* A scalar that the graph is to hold. FALSE when there is no room for it. */
static guint32 add_scalar(Composer *c, const yaml_event_t *event, PyTag tag, const GString *value,
                          PyOutcome outcome, const char *reason)
{
    guint32 node = add_node(c, PY_SCALAR, tag, event->start_mark);
    const Frame *frame = top(c);

    if (node == 0)
        return 0;
    py_graph_node(c->graph, node)->outcome = outcome;
    py_graph_node(c->graph, node)->reason =
        tag == PY_TAG_UNKNOWN ? py_graph_text(c->graph, (const char *)event->data.scalar.tag)
                              : reason;
    /* Not for the items of a list after `<<`, which may be many. */
    if (frame == NULL || is_mapping(c, frame) || event->data.scalar.anchor != NULL)
        py_graph_keep_text(c->graph, node, value->str, value->len);
    return node;
}

static gboolean on_scalar(Composer *c, const yaml_event_t *event)
{
    Frame *frame = top(c);
    const yaml_char_t *anchor = event->data.scalar.anchor;
    const char *reason = NULL;
    PyOutcome outcome = PY_OK;
    gboolean key = at_key(c, frame), harmless, needed = anchor != NULL;
    guint32 node = 0;
    GString value;
    PyTag tag;

    if (!style_is_fine(c, event) || !anchor_is_new(c, anchor, event->start_mark))
        return FALSE;
    value = value_of(event);
    tag = scalar_tag(event, &value);
    if (py_tag_is_scalar(tag))
        outcome = py_value_judge(tag, value.str, value.len, &reason);
    harmless = outcome == PY_OK && py_tag_is_scalar(tag);
    if (key && frame->wants && c->wants(value.str))
        needed = frame->key_wanted = TRUE;
    else if (frame == NULL || !frame->doomed)
        needed = needed || !harmless || place_needs_node(c, frame, PY_SCALAR);
    if (anchor == NULL && frame != NULL && !is_mapping(c, frame) && (!harmless || frame->keep))
        frame->doomed = TRUE;
    if (needed) {
        node = add_scalar(c, event, tag, &value, outcome, reason);
        if (node == 0)
            return FALSE;
    }
    set_anchor(c, anchor, node);
    put(c, node);
    return TRUE;
}

static gboolean on_alias(Composer *c, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    guint32 node = GPOINTER_TO_UINT(g_tree_lookup(c->anchors, name));
    g_autofree char *reason = NULL;

    if (node == 0) {
        reason = g_strdup_printf("an alias *%s without an anchor", name);
        return refuse(c, event->start_mark, PY_INVALID, reason);
    }
    put(c, node);
    return TRUE;
}

/* How many collections PyYAML can open within each other before Python's 1,000 frames are used up
 * (measured under `heddle`): it depends on how deep the call is that reads the next token. */
static unsigned depth_limit(const Composer *c, PyNodeKind kind, gboolean flow)
{
    if (!flow)
        return kind == PY_MAPPING ? 486 : 487;
    if (kind == PY_MAPPING)
        return 487;
    return c->blocks > 0 ? 489 : 490;
}

/* A lone `?` in a list, before which libyaml 0.2.5 loses its way. */
static gboolean has_no_key(Composer *c, gsize index)
{
    const char *at = c->text->text->str + byte_at(c, index);

    gboolean comment = FALSE;

    if (*at++ != '?')
        return FALSE;
    for (; *at != '\0'; at = g_utf8_next_char(at)) {
        if (py_is_break(at))
            comment = FALSE;
        else if (!comment && *at == '#')
            comment = TRUE;
        else if (!comment && *at != ' ')
            break;
    }
    return *at == ',' || *at == ']' || *at == ':';
}

static gboolean on_start(Composer *c, const yaml_event_t *event, PyNodeKind kind, gboolean flow,
                         const yaml_char_t *anchor, const yaml_char_t *tag)
{
    Frame *parent = top(c), *frame;
    PyTag plain = kind == PY_MAPPING ? PY_TAG_MAP : PY_TAG_SEQ;
    guint32 node;

    if (!anchor_is_new(c, anchor, event->start_mark))
        return FALSE;
    if (kind == PY_MAPPING && flow && parent != NULL && !is_mapping(c, parent) &&
        has_no_key(c, event->start_mark.index))
        return amend(c, event->start_mark.index, '~', TRUE);
    if (c->depth >= depth_limit(c, kind, flow))
        return refuse(c, event->start_mark, PY_DIES, "nested too deep for Python");
    node = add_node(c, kind, is_explicit(tag) ? py_tag_named((const char *)tag) : plain,
                    event->start_mark);
    if (node == 0)
        return FALSE;
    if (py_graph_node(c->graph, node)->tag == PY_TAG_UNKNOWN)
        py_graph_node(c->graph, node)->reason = py_graph_text(c->graph, (const char *)tag);
    set_anchor(c, anchor, node);
    frame = &c->frames[c->depth++];
    *frame = (Frame){.node = node, .flow = flow};
    frame->merge = parent != NULL &&
                   (is_mapping(c, parent) ? parent->has_key && parent->key_tag == PY_TAG_MERGE
                                          : parent->merge);
    frame->keep =
        py_graph_node(c->graph, node)->tag != plain || (frame->merge && kind == PY_SEQUENCE);
    frame->wants = parent == NULL || anchor != NULL || frame->merge;
    frame->needed =
        frame->wants || frame->keep || at_key(c, parent) || place_needs_node(c, parent, kind);
    frame->witness = anchor != NULL && kind == PY_SEQUENCE && !frame->keep;
    c->blocks += !flow;
    return TRUE;
}

static void on_end(Composer *c)
{
    const Frame *frame = &c->frames[--c->depth];
    guint32 node = frame->node;
    gboolean last = node == c->graph->nodes->len - 1;

    c->blocks -= !frame->flow;
    if (last && !frame->needed && py_graph_node(c->graph, node)->first == 0) {
        py_graph_drop_last(c->graph);
        node = 0;
    }
    put(c, node);
}

static gboolean on_document(Composer *c, const yaml_event_t *event)
{
    if (++c->documents > 1)
        return refuse(c, event->start_mark, PY_INVALID, "a second document");
    if (c->text->directive && event->data.document_start.implicit)
        return refuse(c, event->start_mark, PY_INVALID, "no --- after a directive");
    return TRUE;
}

/* What comes after a directive that is not at the head of the file. */
static gboolean after_late_directive(Composer *c, const yaml_event_t *event)
{
    yaml_mark_t mark = event->start_mark;

    if (event->type == YAML_DOCUMENT_START_EVENT && !event->data.document_start.implicit) {
        mark.line = c->text->late - 1;
        return refuse(c, mark, PY_INVALID, "a second document");
    }
    return refuse(c, mark, PY_INVALID, late_directive);
}

static gboolean on_event(Composer *c, const yaml_event_t *event)
{
    if (c->text->late != 0 && event->start_mark.line >= c->text->late)
        return after_late_directive(c, event);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return on_document(c, event);
    case YAML_SCALAR_EVENT:
        return on_scalar(c, event);
    case YAML_ALIAS_EVENT:
        return on_alias(c, event);
    case YAML_SEQUENCE_START_EVENT:
        return on_start(c, event, PY_SEQUENCE,
                        event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE,
                        event->data.sequence_start.anchor, event->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return on_start(c, event, PY_MAPPING,
                        event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE,
                        event->data.mapping_start.anchor, event->data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        on_end(c);
        return TRUE;
    case YAML_STREAM_END_EVENT:
        if (c->text->directive && c->documents == 0)
            return refuse(c, event->start_mark, PY_INVALID, "no --- after a directive");
        return TRUE;
    default:
        return TRUE;
    }
}

static gboolean run(Composer *c)
{
    gboolean ok = TRUE, end = FALSE;

    while (ok && !end) {
        yaml_event_t event;

        if (!yaml_parser_parse(&c->parser, &event))
            return refuse_parser(c);
        end = event.type == YAML_STREAM_END_EVENT;
        ok = on_event(c, &event);
        yaml_event_delete(&event);
    }
    return ok;
}

static int compare_names(const void *a, const void *b, void *data)
{
    (void)data;
    return strcmp(a, b);
}

/* One attempt. It failed without a fault if an amendment is wanted, or if what is wrong lies beyond
 * the text. */
static gboolean compose_once(PyText *text, PyWantsKey wants, PyGraph *graph, PyFault *fault,
                             Amendment *amendment)
{
    g_autofree Composer *c = g_new0(Composer, 1);
    gboolean ok;

    c->text = text;
    c->wants = wants;
    c->graph = graph;
    c->fault = fault;
    c->amendment = amendment;
    if (!yaml_parser_initialize(&c->parser))
        return py_fault_set(fault, PY_UNSURE, 0, 0, "out of memory");
    c->anchors = g_tree_new_full(compare_names, NULL, g_free, NULL);
    yaml_parser_set_encoding(&c->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&c->parser, (const guchar *)text->text->str, text->text->len);
    ok = run(c);
    yaml_parser_delete(&c->parser);
    g_tree_unref(c->anchors);
    return ok;
}

/* Faults behind a blank that is put in are one column out. */
static void apply(PyText *text, const Amendment *amendment)
{
    gsize index;

    if (amendment->instead != 0)
        text->text->str[amendment->at] = amendment->instead;
    if (!amendment->blank_after)
        return;
    index = (gsize)g_utf8_pointer_to_offset(text->text->str, text->text->str + amendment->at);
    g_string_insert_c(text->text, (gssize)amendment->at + 1, ' ');
    text->chars++;
    for (guint i = 0; i < text->hidden->len; i++)
        if (g_array_index(text->hidden, gsize, i) > index)
            g_array_index(text->hidden, gsize, i)++;
}

gboolean py_compose(PyText *text, PyWantsKey wants, PyGraph *graph, PyFault *fault)
{
    gsize reread = 0;

    for (;;) {
        Amendment amendment = {0, FALSE, 0};
        gboolean ok = compose_once(text, wants, graph, fault, &amendment);

        if (amendment.instead == 0 && !amendment.blank_after) {
            if (fault->outcome != PY_OK || text->at_end.outcome == PY_OK)
                return ok;
            return py_fault_set(fault, text->at_end.outcome, text->at_end.line - 1,
                                text->at_end.column - 1, "%s", text->at_end.reason);
        }
        reread += amendment.at;
        if (reread > MAX_REREAD)
            return py_fault_set(fault, PY_UNSURE, 0, 0, "too much that libyaml reads otherwise");
        apply(text, &amendment);
        py_graph_reset(graph);
    }
}
