/* The nodes that PyYAML's composer makes of a document, as far as they matter to its constructor or
 * to the caller. Plain scalars that no rule can trip over, and collections of nothing else, are
 * left out and count as node 0: so a file of 10 MB of healthy YAML needs next to no memory here. */
#ifndef HEDDLE_PYYAML_GRAPH_H
#define HEDDLE_PYYAML_GRAPH_H

#include "heddle/pyyaml_tag.h"

/* More nodes than this (some 100 MB) and we cannot tell. No file written for Heddle has a thousand.
 */
#define PY_MAX_NODES 2000000

typedef enum PyNodeKind { PY_SCALAR, PY_SEQUENCE, PY_MAPPING } PyNodeKind;

typedef struct PyNode {
    guint8 kind, tag; /* PyNodeKind, PyTag */
    guint8 outcome;   /* scalars: what the constructor of `tag` does, a PyOutcome */
    /* What the constructor has done with the node; see pyyaml_construct.c. */
    guint8 constructed : 1, flattened : 1, walked : 1;
    guint32 line, column; /* 0-based */
    guint32 first, last;  /* edges to children; 0: none */
    guint32 count;        /* children, with those that were left out */
    guint32 len;          /* of text, bytes */
    const char *text;     /* a scalar's, where it is kept; else NULL. The graph's. */
    const char *reason; /* why outcome is not PY_OK; of an unknown tag, its name. Not the node's. */
} PyNode;

typedef struct PyEdge {
    guint32 key, value; /* nodes; a list item has no key */
    guint32 next;       /* edge; 0: none */
} PyEdge;

typedef struct PyGraph {
    GArray *nodes, *edges; /* index 0 of both is nobody */
    GStringChunk *texts;
    guint32 root;
} PyGraph;

PyGraph *py_graph_new(void);

/* Empty it again. */
void py_graph_reset(PyGraph *graph);
void py_graph_free(PyGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PyGraph, py_graph_free)

/* Valid until the next node is added. Never NULL: 0 is a fine plain scalar without text. */
PyNode *py_graph_node(const PyGraph *graph, guint32 node);
const PyEdge *py_graph_edge(const PyGraph *graph, guint32 edge);

/* Add a node; returns its number, 0 when there are too many. */
guint32 py_graph_add(PyGraph *graph, PyNodeKind kind, PyTag tag, gsize line, gsize column);

/* Take the last node out again. */
void py_graph_drop_last(PyGraph *graph);

/* Append a child to `parent`. */
void py_graph_link(PyGraph *graph, guint32 parent, guint32 key, guint32 value);

/* Keep the text of a node. */
void py_graph_keep_text(PyGraph *graph, guint32 node, const char *text, gsize len);

/* A copy of `text` that lives as long as the graph. */
const char *py_graph_text(PyGraph *graph, const char *text);

#endif
