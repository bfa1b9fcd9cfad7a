/* What PyYAML does with a document, as one value: how it ends, why, and where. */
#ifndef HEDDLE_PYYAML_FAULT_H
#define HEDDLE_PYYAML_FAULT_H

#include <glib.h>

typedef enum PyOutcome {
    PY_OK,
    PY_EMPTY,   /* safe_load() returns None */
    PY_INVALID, /* it raises a YAMLError, which Heddle turns into a sentence */
    PY_DIES,    /* it raises something else, which Heddle does not expect */
    PY_UNSURE   /* we stopped before we knew, to stay in bounded time and memory */
} PyOutcome;

typedef struct PyFault {
    PyOutcome outcome;
    char *reason;          /* owned; may hold text of the file, so not clean; NULL when PY_OK */
    unsigned line, column; /* 1-based; 0: no place */
} PyFault;

/* Set `fault` unless it is set already: the first one is what PyYAML stops at. `line` and `column`
 * are 0-based, as libyaml counts them. Always returns FALSE, so that a caller can return it. */
gboolean py_fault_set(PyFault *fault, PyOutcome outcome, gsize line, gsize column,
                      const char *format, ...) G_GNUC_PRINTF(5, 6);

/* Forget the fault and free what it holds. */
void py_fault_clear(PyFault *fault);

#endif
