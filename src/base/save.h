/* A file that the operator asked for: made anew, for nobody else to read. */
#ifndef BASE_SAVE_H
#define BASE_SAVE_H

#include <glib.h>

/* Write `bytes` to a new file at `path` (mode 0600). What is there already is never touched, links
 * included; what could not be written whole is removed again. Blocks. FALSE with *why (caller
 * frees), one sentence without the path. */
gboolean save_new_file(const char *path, const char *bytes, gsize len, char **why);

#endif
