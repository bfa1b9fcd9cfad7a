/* PyYAML's composer over libyaml's parser: one document, anchors and aliases, and what PyYAML
 * refuses on the way that libyaml takes. */
#ifndef HEDDLE_PYYAML_COMPOSE_H
#define HEDDLE_PYYAML_COMPOSE_H

#include "heddle/pyyaml_graph.h"
#include "heddle/pyyaml_reader.h"

/* Which top-level keys the caller wants to find in the graph, with their values. */
typedef gboolean (*PyWantsKey)(const char *key);

/* Compose the document into an empty graph; a graph whose root is 0 is an empty document. FALSE
 * with *fault when PyYAML stops on the way. `text` may be changed. */
gboolean py_compose(PyText *text, PyWantsKey wants, PyGraph *graph, PyFault *fault);

#endif
