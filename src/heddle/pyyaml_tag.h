/* Tags of YAML 1.1 as PyYAML's SafeLoader knows them, which of them a plain scalar gets, and what
 * the constructor of a tag does with a scalar's text. */
#ifndef HEDDLE_PYYAML_TAG_H
#define HEDDLE_PYYAML_TAG_H

#include "heddle/pyyaml_fault.h"

typedef enum PyTag {
    PY_TAG_STR,
    PY_TAG_NULL,
    PY_TAG_BOOL,
    PY_TAG_INT,
    PY_TAG_FLOAT,
    PY_TAG_TIMESTAMP,
    PY_TAG_BINARY, /* the last that makes a scalar */
    PY_TAG_SEQ,
    PY_TAG_MAP,
    PY_TAG_OMAP,
    PY_TAG_PAIRS,
    PY_TAG_SET,
    PY_TAG_MERGE, /* `<<`: no constructor */
    PY_TAG_VALUE, /* `=`: no constructor */
    PY_TAG_UNKNOWN
} PyTag;

/* Tag of an explicit tag's full text, such as "tag:yaml.org,2002:int". */
PyTag py_tag_named(const char *text);

/* Tag that PyYAML's resolver gives a plain scalar of `len` bytes. */
PyTag py_tag_implicit(const char *text, gsize len);

/* TRUE if the tag's constructor takes the text of a scalar, so that py_value_judge() may be asked.
 */
gboolean py_tag_is_scalar(PyTag tag);

/* What Python calls a value made by `tag`: "str", "list", …. Static storage. */
const char *py_tag_python_type(PyTag tag);

/* What the constructor of `tag`, one that makes a scalar, does with a text of `len` bytes. *reason
 * (static storage) says why when it is not PY_OK. */
PyOutcome py_value_judge(PyTag tag, const char *text, gsize len, const char **reason);

#endif
