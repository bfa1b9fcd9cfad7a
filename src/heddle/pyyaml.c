/* See pyyaml.h. Owns nothing between calls. */
#include "heddle/pyyaml.h"

#include "heddle/pyyaml_construct.h"

void pyyaml_judge(const char *bytes, gsize len, PyWantsKey wants, PyGraph *graph, PyFault *fault)
{
    g_autoptr(PyText) text = py_text_new(bytes, len);

    if (!py_text_directives(text, fault) || !py_compose(text, wants, graph, fault))
        return;
    if (graph->root == 0)
        py_fault_set(fault, PY_EMPTY, 0, 0, "nothing in it");
    else
        py_construct(graph, fault);
}
