/* A folder that each test has for itself. */
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

#include <check.h>
#include <glib.h>

/* From here on each test of `tcase` begins with an empty folder, and what it leaves is removed. */
void scratch_add(TCase *tcase);

/* That folder; the path of `name` in it (caller frees). */
const char *scratch_folder(void);
char *scratch_path(const char *name);

/* Write a file of `len` bytes there (-1: up to the NUL); returns its path, caller frees. */
char *scratch_write(const char *name, const char *bytes, gssize len);

#endif
