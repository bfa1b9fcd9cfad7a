/* See pyyaml_graph.h. A graph owns its nodes, edges and texts. */
#include "heddle/pyyaml_graph.h"

PyGraph *py_graph_new(void)
{
    PyGraph *graph = g_new0(PyGraph, 1);

    graph->nodes = g_array_new(FALSE, TRUE, sizeof(PyNode));
    graph->edges = g_array_new(FALSE, TRUE, sizeof(PyEdge));
    graph->texts = g_string_chunk_new(256);
    py_graph_reset(graph);
    return graph;
}

void py_graph_reset(PyGraph *graph)
{
    g_array_set_size(graph->nodes, 0);
    g_array_set_size(graph->nodes, 1);
    g_array_set_size(graph->edges, 0);
    g_array_set_size(graph->edges, 1);
    g_string_chunk_clear(graph->texts);
    graph->root = 0;
}

void py_graph_free(PyGraph *graph)
{
    if (graph == NULL)
        return;
    g_array_free(graph->nodes, TRUE);
    g_array_free(graph->edges, TRUE);
    g_string_chunk_free(graph->texts);
    g_free(graph);
}

PyNode *py_graph_node(const PyGraph *graph, guint32 node)
{
    return &g_array_index(graph->nodes, PyNode, node);
}

const PyEdge *py_graph_edge(const PyGraph *graph, guint32 edge)
{
    return &g_array_index(graph->edges, PyEdge, edge);
}

guint32 py_graph_add(PyGraph *graph, PyNodeKind kind, PyTag tag, gsize line, gsize column)
{
    PyNode node = {.kind = kind, .tag = tag};

    if (graph->nodes->len > PY_MAX_NODES || graph->edges->len > 2 * PY_MAX_NODES)
        return 0;
    node.line = (guint32)line;
    node.column = (guint32)column;
    g_array_append_val(graph->nodes, node);
    return graph->nodes->len - 1;
}

void py_graph_drop_last(PyGraph *graph)
{
    g_array_set_size(graph->nodes, graph->nodes->len - 1);
}

void py_graph_link(PyGraph *graph, guint32 parent, guint32 key, guint32 value)
{
    PyNode *node = py_graph_node(graph, parent);
    PyEdge edge = {key, value, 0};
    guint32 index = graph->edges->len;

    g_array_append_val(graph->edges, edge);
    if (node->last != 0)
        g_array_index(graph->edges, PyEdge, node->last).next = index;
    else
        node->first = index;
    node->last = index;
}

void py_graph_keep_text(PyGraph *graph, guint32 index, const char *text, gsize len)
{
    PyNode *node = py_graph_node(graph, index);

    node->text = g_string_chunk_insert_len(graph->texts, text, (gssize)len);
    node->len = (guint32)len;
}

const char *py_graph_text(PyGraph *graph, const char *text)
{
    return g_string_chunk_insert(graph->texts, text);
}
