/* See pyyaml_construct.h.
 *
 * PyYAML constructs in breadth: a collection is first an empty list or dict, filled when its turn
 * in the queue comes. Which of two faults is raised depends on that order, so it is followed here.
 * A node is constructed once however many aliases lead to it; and as what a mapping merges is only
 * ever looked at for faults, each source needs one walk, however often it is merged. */
#include "heddle/pyyaml_construct.h"

enum {
    /* Python's limit of 1,000 frames, less those below the first flatten_mapping(). */
    MAX_MERGE_DEPTH = 973,
    MAX_VALUE_DEPTH = 970
};

typedef struct Constructor {
    PyGraph *graph;
    PyFault *fault;
    GArray *queue; /* guint32: collections to fill */
    guint next;    /* in queue */
} Constructor;

static const char *const kind_words[] = {"a scalar", "a list", "a mapping"};

static gboolean refuse(Constructor *c, const PyNode *node, PyOutcome outcome, const char *what)
{
    return py_fault_set(c->fault, outcome, node->line, node->column, "%s", what);
}

static gboolean refuse_kind(Constructor *c, const PyNode *node, const char *wanted)
{
    return py_fault_set(c->fault, PY_INVALID, node->line, node->column, "%s where %s is needed",
                        kind_words[node->kind], wanted);
}

static gboolean no_constructor(Constructor *c, const PyNode *node)
{
    if (node->tag == PY_TAG_MERGE)
        return refuse(c, node, PY_INVALID, "<< is no value");
    if (node->tag == PY_TAG_VALUE)
        return refuse(c, node, PY_INVALID, "= is no value");
    return py_fault_set(c->fault, PY_INVALID, node->line, node->column, "unknown tag %s",
                        node->reason);
}

/* construct_scalar() of a mapping: the value of its first key `=`, by which `tag` is judged. */
static gboolean construct_by_value_key(Constructor *c, const PyNode *node)
{
    const PyNode *at = node;
    const char *reason;
    PyOutcome outcome;

    for (unsigned depth = 0; at->kind == PY_MAPPING; depth++) {
        guint32 edge = at->first;

        while (edge != 0 &&
               py_graph_node(c->graph, py_graph_edge(c->graph, edge)->key)->tag != PY_TAG_VALUE)
            edge = py_graph_edge(c->graph, edge)->next;
        if (edge == 0)
            return refuse_kind(c, at, "a scalar");
        if (depth > MAX_VALUE_DEPTH)
            return refuse(c, node, PY_DIES, "an endless chain of = keys");
        at = py_graph_node(c->graph, py_graph_edge(c->graph, edge)->value);
    }
    if (at->kind == PY_SEQUENCE)
        return refuse_kind(c, at, "a scalar");
    if (node->tag == PY_TAG_TIMESTAMP)
        return refuse(c, node, PY_DIES, "a mapping as a timestamp");
    outcome = py_value_judge(node->tag, at->text != NULL ? at->text : "", at->len, &reason);
    return outcome == PY_OK || refuse(c, node, outcome, reason);
}

/* construct_object() */
static gboolean construct(Constructor *c, guint32 index)
{
    PyNode *node = py_graph_node(c->graph, index);

    if (index == 0 || node->constructed)
        return TRUE;
    if (node->tag >= PY_TAG_MERGE)
        return no_constructor(c, node);
    node->constructed = TRUE;
    if (!py_tag_is_scalar(node->tag)) {
        g_array_append_val(c->queue, index);
        return TRUE;
    }
    if (node->kind == PY_MAPPING)
        return construct_by_value_key(c, node);
    if (node->kind == PY_SEQUENCE)
        return refuse_kind(c, node, "a scalar");
    return node->outcome == PY_OK || refuse(c, node, node->outcome, node->reason);
}

static guint32 add_counts(guint32 a, guint32 b)
{
    return b > G_MAXUINT32 - a ? G_MAXUINT32 : a + b;
}

static gboolean flatten(Constructor *c, PyNode *node, unsigned depth);

/* A list after `<<`: every item must be a mapping. Its count becomes that of all pairs in it. */
static gboolean flatten_list(Constructor *c, PyNode *list, unsigned depth)
{
    guint32 count = 0;

    if (list->flattened)
        return TRUE;
    list->flattened = TRUE;
    for (guint32 edge = list->first; edge != 0; edge = py_graph_edge(c->graph, edge)->next) {
        PyNode *item = py_graph_node(c->graph, py_graph_edge(c->graph, edge)->value);

        if (item->kind != PY_MAPPING)
            return refuse_kind(c, item, "a mapping to merge");
        if (!flatten(c, item, depth))
            return FALSE;
        count = add_counts(count, item->count);
    }
    list->count = count;
    return TRUE;
}

/* flatten_mapping() */
static gboolean flatten(Constructor *c, PyNode *node, unsigned depth)
{
    guint32 merged = 0;

    if (node->flattened)
        return TRUE;
    if (depth > MAX_MERGE_DEPTH)
        return refuse(c, node, PY_DIES, "merge keys nested too deep for Python");
    node->flattened = TRUE;
    for (guint32 edge = node->first; edge != 0; edge = py_graph_edge(c->graph, edge)->next) {
        PyNode *key = py_graph_node(c->graph, py_graph_edge(c->graph, edge)->key);
        PyNode *value = py_graph_node(c->graph, py_graph_edge(c->graph, edge)->value);

        if (key->tag == PY_TAG_VALUE) {
            key->tag = PY_TAG_STR;
            key->outcome = PY_OK;
        }
        if (key->tag != PY_TAG_MERGE)
            continue;
        if (value->kind == PY_SCALAR)
            return refuse_kind(c, value, "a mapping to merge");
        if (!(value->kind == PY_MAPPING ? flatten(c, value, depth + 1)
                                        : flatten_list(c, value, depth + 1)))
            return FALSE;
        merged = add_counts(merged, value->count);
        node->count--;
    }
    node->count = add_counts(node->count, merged);
    return TRUE;
}

static gboolean walk(Constructor *c, PyNode *node);

/* The mappings of a list after `<<`, last first. */
static gboolean walk_list(Constructor *c, PyNode *list)
{
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(guint32));

    if (list->walked)
        return TRUE;
    list->walked = TRUE;
    for (guint32 edge = list->first; edge != 0; edge = py_graph_edge(c->graph, edge)->next)
        g_array_append_val(items, py_graph_edge(c->graph, edge)->value);
    for (guint i = items->len; i-- > 0;)
        if (!walk(c, py_graph_node(c->graph, g_array_index(items, guint32, i))))
            return FALSE;
    return TRUE;
}

static gboolean construct_key(Constructor *c, guint32 index)
{
    const PyNode *key = py_graph_node(c->graph, index);

    if (!construct(c, index))
        return FALSE;
    return py_tag_is_scalar(key->tag) || py_fault_set(c->fault, PY_INVALID, key->line, key->column,
                                                      "%s as a key", kind_words[key->kind]);
}

/* Construct the pairs of a flattened mapping: those that it merges, then its own. */
static gboolean walk(Constructor *c, PyNode *node)
{
    if (node->walked)
        return TRUE;
    node->walked = TRUE;
    for (guint32 edge = node->first; edge != 0; edge = py_graph_edge(c->graph, edge)->next) {
        const PyEdge *pair = py_graph_edge(c->graph, edge);
        PyNode *value = py_graph_node(c->graph, pair->value);

        if (py_graph_node(c->graph, pair->key)->tag == PY_TAG_MERGE &&
            !(value->kind == PY_MAPPING ? walk(c, value) : walk_list(c, value)))
            return FALSE;
    }
    for (guint32 edge = node->first; edge != 0; edge = py_graph_edge(c->graph, edge)->next) {
        const PyEdge *pair = py_graph_edge(c->graph, edge);

        if (py_graph_node(c->graph, pair->key)->tag != PY_TAG_MERGE &&
            !(construct_key(c, pair->key) && construct(c, pair->value)))
            return FALSE;
    }
    return TRUE;
}

static gboolean fill_mapping(Constructor *c, PyNode *node)
{
    if (node->kind != PY_MAPPING)
        return refuse_kind(c, node, "a mapping");
    return flatten(c, node, 0) && walk(c, node);
}

static gboolean fill_list(Constructor *c, const PyNode *node)
{
    if (node->kind != PY_SEQUENCE)
        return refuse_kind(c, node, "a list");
    for (guint32 edge = node->first; edge != 0; edge = py_graph_edge(c->graph, edge)->next)
        if (!construct(c, py_graph_edge(c->graph, edge)->value))
            return FALSE;
    return TRUE;
}

/* The one pair of a mapping of one; NULL when it was left out as harmless. */
static const PyEdge *only_pair(Constructor *c, const PyNode *node)
{
    for (guint32 edge = node->first; edge != 0;) {
        const PyEdge *pair = py_graph_edge(c->graph, edge);
        const PyNode *source = py_graph_node(c->graph, pair->value);

        if (!node->flattened || py_graph_node(c->graph, pair->key)->tag != PY_TAG_MERGE)
            return pair;
        if (source->count == 1) {
            node = source;
            edge = node->first;
            if (source->kind == PY_SEQUENCE) {
                while (py_graph_node(c->graph, py_graph_edge(c->graph, edge)->value)->count == 0)
                    edge = py_graph_edge(c->graph, edge)->next;
                node = py_graph_node(c->graph, py_graph_edge(c->graph, edge)->value);
                edge = node->first;
            }
        } else {
            edge = pair->next;
        }
    }
    return NULL;
}

/* !!omap and !!pairs: a list of mappings of one pair each. */
static gboolean fill_pairs(Constructor *c, const PyNode *node)
{
    if (node->kind != PY_SEQUENCE)
        return refuse_kind(c, node, "a list");
    for (guint32 edge = node->first; edge != 0; edge = py_graph_edge(c->graph, edge)->next) {
        const PyNode *item = py_graph_node(c->graph, py_graph_edge(c->graph, edge)->value);
        const PyEdge *pair;

        if (item->kind != PY_MAPPING)
            return refuse_kind(c, item, "a mapping");
        if (item->count != 1)
            return refuse(c, item, PY_INVALID, "a mapping of another size than one");
        pair = only_pair(c, item);
        if (pair != NULL && !(construct(c, pair->key) && construct(c, pair->value)))
            return FALSE;
    }
    return TRUE;
}

static gboolean fill(Constructor *c, PyNode *node)
{
    switch (node->tag) {
    case PY_TAG_SEQ:
        return fill_list(c, node);
    case PY_TAG_OMAP:
    case PY_TAG_PAIRS:
        return fill_pairs(c, node);
    default:
        return fill_mapping(c, node);
    }
}

gboolean py_construct(PyGraph *graph, PyFault *fault)
{
    Constructor c = {graph, fault, g_array_new(FALSE, FALSE, sizeof(guint32)), 0};
    gboolean ok = construct(&c, graph->root);

    while (ok && c.next < c.queue->len)
        ok = fill(&c, py_graph_node(graph, g_array_index(c.queue, guint32, c.next++)));
    g_array_free(c.queue, TRUE);
    if (ok && py_graph_node(graph, graph->root)->tag == PY_TAG_NULL)
        return py_fault_set(fault, PY_EMPTY, 0, 0, "the document is null");
    return ok;
}
