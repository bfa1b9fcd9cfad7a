/* Where libyaml's parser and PyYAML's disagree about a text, and what is done about it. */
#ifndef HEDDLE_PYYAML_SOURCE_H
#define HEDDLE_PYYAML_SOURCE_H

#include <yaml.h>

#include "heddle/pyyaml_reader.h"

/* A change to the text, after which libyaml reads it as PyYAML does. */
typedef struct PyAmendment {
    gsize at;           /* byte of the text */
    char instead;       /* what that byte becomes; 0: it stays */
    const char *insert; /* what is put in after it, ASCII; NULL: nothing */
} PyAmendment;

/* One attempt at a text. Borrows all that it points to. */
typedef struct PySource {
    const yaml_parser_t *parser;
    PyText *text;
    PyFault *fault;
    PyAmendment amendment;          /* out: wanted before the next attempt, if not all 0 */
    gsize cursor_char, cursor_byte; /* one place in the text, both ways; only goes on */
} PySource;

/* The functions below return FALSE when the attempt is over: with the fault set, with an amendment,
 * or with neither when PyYAML's reader stops first (PyText.at_end). */

/* Refuse what libyaml took, at `mark`. Always FALSE. */
gboolean py_source_refuse(PySource *source, yaml_mark_t mark, PyOutcome outcome,
                          const char *reason);

/* libyaml itself refused. Always FALSE. */
gboolean py_source_refuse_parser(PySource *source);

/* PyYAML's scanner makes the same scalar of it; `in_flow`: the scalar stands within [ ] or { }. */
gboolean py_source_takes_scalar(PySource *source, const yaml_event_t *event, gboolean in_flow);

/* PyYAML's parser goes on after this start of a mapping right in a flow sequence. */
gboolean py_source_takes_pair(PySource *source, const yaml_event_t *event);

/* The event does not come after a directive further down than the head of the file. */
gboolean py_source_late(PySource *source, const yaml_event_t *event);

/* Change the text. A fault behind what was put in is as many columns out. */
void py_source_apply(PyText *text, const PyAmendment *amendment);

#endif
