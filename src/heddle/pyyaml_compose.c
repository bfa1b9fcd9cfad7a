/* See pyyaml_compose.h. The composer borrows text and graph; frames and anchors live for one run.
 * The events are libyaml's, judged by pyyaml_source.c where PyYAML's would be others. */
#include "heddle/pyyaml_compose.h"

#include <string.h>

#include "heddle/pyyaml_source.h"

enum {
    MAX_DEPTH = 490,
    /* libyaml looks at every open flow collection for each token: half a second of that. */
    MAX_WORK = 250 * 1000 * 1000,
    /* Bytes that libyaml may read again after amendments: whatever a file of 8 KB can need. */
    MAX_REREAD = 12 * 1024 * 1024
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

typedef struct Composer {
    yaml_parser_t parser;
    PySource source;
    PyWantsKey wants;
    PyGraph *graph;
    GTree *anchors; /* name -> node; a tree, since a hash could be made to collide */
    Frame frames[MAX_DEPTH];
    gsize work;                        /* events, each as often as it is deep */
    unsigned depth, blocks, documents; /* open collections, those in block style, documents seen */
} Composer;

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
        py_fault_set(c->source.fault, PY_UNSURE, mark.line, mark.column,
                     "more than we keep in memory");
    return node;
}

static gboolean anchor_is_new(Composer *c, const yaml_char_t *anchor, yaml_mark_t mark)
{
    g_autofree char *reason = NULL;

    if (anchor == NULL || g_tree_lookup(c->anchors, anchor) == NULL)
        return TRUE;
    reason = g_strdup_printf("a second anchor &%s", (const char *)anchor);
    return py_source_refuse(&c->source, mark, PY_INVALID, reason);
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

    if (!py_source_takes_scalar(&c->source, event, frame != NULL && frame->flow) ||
        !anchor_is_new(c, anchor, event->start_mark))
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
        return py_source_refuse(&c->source, event->start_mark, PY_INVALID, reason);
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

static gboolean on_start(Composer *c, const yaml_event_t *event, PyNodeKind kind, gboolean flow,
                         const yaml_char_t *anchor, const yaml_char_t *tag)
{
    Frame *parent = top(c), *frame;
    PyTag plain = kind == PY_MAPPING ? PY_TAG_MAP : PY_TAG_SEQ;
    guint32 node;

    if (!anchor_is_new(c, anchor, event->start_mark))
        return FALSE;
    if (kind == PY_MAPPING && flow && parent != NULL && !is_mapping(c, parent) &&
        !py_source_takes_pair(&c->source, event))
        return FALSE;
    if (c->depth >= depth_limit(c, kind, flow))
        return py_source_refuse(&c->source, event->start_mark, PY_DIES,
                                "nested too deep for Python");
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
        return py_source_refuse(&c->source, event->start_mark, PY_INVALID, "a second document");
    if (c->source.text->directive && event->data.document_start.implicit)
        return py_source_refuse(&c->source, event->start_mark, PY_INVALID,
                                "no --- after a directive");
    return TRUE;
}

static gboolean on_event(Composer *c, const yaml_event_t *event)
{
    if (!py_source_late(&c->source, event))
        return FALSE;
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
        if (c->source.text->directive && c->documents == 0)
            return py_source_refuse(&c->source, event->start_mark, PY_INVALID,
                                    "no --- after a directive");
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
            return py_source_refuse_parser(&c->source);
        end = event.type == YAML_STREAM_END_EVENT;
        c->work += c->depth - c->blocks;
        ok = on_event(c, &event);
        if (ok && c->work > MAX_WORK)
            ok = py_fault_set(c->source.fault, PY_UNSURE, 0, 0, "too much of it nested too deep");
        yaml_event_delete(&event);
    }
    return ok;
}

static int compare_names(const void *a, const void *b, void *data)
{
    (void)data;
    return strcmp(a, b);
}

/* One attempt. */
static gboolean compose_once(PyText *text, PyWantsKey wants, PyGraph *graph, PyFault *fault,
                             PyAmendment *amendment)
{
    g_autofree Composer *c = g_new0(Composer, 1);
    gboolean ok;

    c->source = (PySource){.parser = &c->parser, .text = text, .fault = fault};
    c->wants = wants;
    c->graph = graph;
    if (!yaml_parser_initialize(&c->parser))
        return py_fault_set(fault, PY_UNSURE, 0, 0, "out of memory");
    c->anchors = g_tree_new_full(compare_names, NULL, g_free, NULL);
    yaml_parser_set_encoding(&c->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&c->parser, (const guchar *)text->text->str, text->text->len);
    ok = run(c);
    *amendment = c->source.amendment;
    yaml_parser_delete(&c->parser);
    g_tree_unref(c->anchors);
    return ok;
}

gboolean py_compose(PyText *text, PyWantsKey wants, PyGraph *graph, PyFault *fault)
{
    gsize reread = 0;

    for (;;) {
        PyAmendment amendment = {0, 0, NULL};
        gboolean ok = compose_once(text, wants, graph, fault, &amendment);

        if (amendment.instead == 0 && amendment.insert == NULL) {
            if (fault->outcome != PY_OK || text->at_end.outcome == PY_OK)
                return ok;
            return py_fault_set(fault, text->at_end.outcome, text->at_end.line - 1,
                                text->at_end.column - 1, "%s", text->at_end.reason);
        }
        reread += amendment.at;
        if (reread > MAX_REREAD)
            return py_fault_set(fault, PY_UNSURE, 0, 0, "too much that libyaml reads otherwise");
        py_source_apply(text, &amendment);
        py_graph_reset(graph);
    }
}
