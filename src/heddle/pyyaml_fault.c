/* See pyyaml_fault.h. A fault owns its reason and nothing else. */
#include "heddle/pyyaml_fault.h"

gboolean py_fault_set(PyFault *fault, PyOutcome outcome, gsize line, gsize column,
                      const char *format, ...)
{
    va_list args;

    if (fault->outcome != PY_OK)
        return FALSE;
    va_start(args, format);
    fault->reason = g_strdup_vprintf(format, args);
    va_end(args);
    fault->outcome = outcome;
    fault->line = (unsigned)line + 1;
    fault->column = (unsigned)column + 1;
    return FALSE;
}

void py_fault_clear(PyFault *fault)
{
    g_free(fault->reason);
    *fault = (PyFault){PY_OK, NULL, 0, 0};
}
