/* A payload that fits a worker's input_schema, made from the schema: what an operator is offered
 * for a smoke. Heddle 0.9.2 checks a payload's required fields and the types of the first level
 * (core/contracts.py); here the usual words of JSON Schema are heeded at every level. */
#ifndef HEDDLE_SCHEMA_H
#define HEDDLE_SCHEMA_H

#include <jansson.h>

#include "base/text.h"

/* The smallest value that fits, as compact JSON of an object. Values are the schema's own (const,
 * default, examples, enum) where it has some, else plain ones within its bounds (minLength,
 * minimum, minItems, …). $ref and patterns are not followed. NULL when the schema asks for no
 * object, or for more than an example may hold (8 KiB, 16 levels). Caller frees. */
char *schema_example(const json_t *schema);

#endif
