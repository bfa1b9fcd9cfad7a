/* Subjects and their wildcards, as NATS has them: tokens between dots, `*` for one token, `>` for
 * one or more at the end. */
#ifndef NATS_SUBJECT_H
#define NATS_SUBJECT_H

#include <glib.h>

/* Does `pattern`, which may hold wildcards, cover all that `subject` stands for? A wildcard in
 * `subject` is covered only by one as wide: `heddle.*` covers heddle.*, not heddle.>. */
gboolean subject_matches(const char *pattern, const char *subject);

#endif
