/* From a file's bytes to a text that libyaml reads as PyYAML would: the rules of Python's open()
 * and of PyYAML's reader, and disguises for the characters on which the two scanners disagree. */
#ifndef HEDDLE_PYYAML_READER_H
#define HEDDLE_PYYAML_READER_H

#include "heddle/pyyaml_fault.h"

/* What a tab becomes outside of escapes. PyYAML takes tabs in quotes, comments and block text only,
 * libyaml nearly everywhere; a plain character makes libyaml keep it in quotes, comments and block
 * text, where it does no harm, and shows it in a plain scalar everywhere else. U+10FFFD is private;
 * one that was in the file already becomes U+FFFD. */
#define PY_TAB "\xf4\x8f\xbf\xbd"

typedef struct PyText {
    GString *text;      /* UTF-8, line feeds only, no BOM at the start, cut at the horizon */
    GArray *hidden;     /* gsize: where (in characters) a tab after a backslash became a `t` */
    gsize chars;        /* in text */
    gboolean directive; /* a directive that libyaml does not take was hidden: `---` must follow */
    gsize late;         /* line, 1-based, of a directive hidden further down; 0: none */
    PyFault at_end;     /* what PyYAML's reader raises when it gets beyond the text; else PY_OK */
} PyText;

/* Read `len` bytes. Never NULL; faults are in the result. Free with py_text_free(). */
PyText *py_text_new(const char *bytes, gsize len);
void py_text_free(PyText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PyText, py_text_free)

/* Hide the directives before the first document that libyaml does not take, and judge them by
 * PyYAML's rules. FALSE with *fault when PyYAML stops there. */
gboolean py_text_directives(PyText *text, PyFault *fault);

/* TRUE if a line ends at `p` of the text: at a line feed, U+0085, U+2028 or U+2029. */
gboolean py_is_break(const char *p);

/* Place of byte `at` of the text, 0-based. */
void py_text_place(const PyText *text, gsize at, gsize *line, gsize *column);

#endif
