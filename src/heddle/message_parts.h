/* What the readers of messages share. */
#ifndef HEDDLE_MESSAGE_PARTS_H
#define HEDDLE_MESSAGE_PARTS_H

#include <jansson.h>

#include "base/text.h"

/* An object, or NULL with the reason (clean, caller frees). jansson stops at 2,048 levels. */
json_t *message_object(RawText bytes, char **why);

/* A string value, cleaned; numbers and the like as their JSON text; NULL for absent and null. At
 * most some 400 characters. Caller frees. */
char *message_value(const json_t *object, const char *key);

#endif
