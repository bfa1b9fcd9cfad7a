/* What PyYAML's safe_load() does with a file, in Heddle's way of calling it: reader, composer and
 * constructor, one after the other. */
#ifndef HEDDLE_PYYAML_H
#define HEDDLE_PYYAML_H

#include "heddle/pyyaml_compose.h"

/* Judge `len` bytes. `graph` is an empty graph and then holds the document as far as it was read,
 * with the values of the top-level keys that `wants` asks for. `fault` is clear before; clear it
 * with py_fault_clear() afterwards. */
void pyyaml_judge(const char *bytes, gsize len, PyWantsKey wants, PyGraph *graph, PyFault *fault);

#endif
