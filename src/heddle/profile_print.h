/* A profile as text, with a comment at each key that says what it is for. */
#ifndef HEDDLE_PROFILE_PRINT_H
#define HEDDLE_PROFILE_PRINT_H

#include "heddle/profile.h"

/* YAML that profile_parse() takes and that gives the same profile. What is not given stands there
 * as a comment with an example. Values are printed as they are: what is secret must not be in them.
 * Caller frees. */
char *profile_print(const Profile *profile);

#endif
