/* PyYAML's SafeConstructor over a composed graph: which exception it raises first, if any. Nothing
 * is built, so that neither alias nor merge bombs cost more than their own bytes. */
#ifndef HEDDLE_PYYAML_CONSTRUCT_H
#define HEDDLE_PYYAML_CONSTRUCT_H

#include "heddle/pyyaml_graph.h"

/* Go through the graph as the constructor would. FALSE with *fault when it raises. Merge keys are
 * resolved in place: an edge with a key tagged PY_TAG_MERGE then counts before its siblings. */
gboolean py_construct(PyGraph *graph, PyFault *fault);

#endif
