/* --print-profile: a profile on standard output, and out. */
#ifndef MODE_PROFILE_H
#define MODE_PROFILE_H

#include "options.h"

/* Walks the folders, checks the configs, and prints a profile (heddle/profile_print.h) of what is
 * known now: the settings in force, the configs, the actors found. Logins in URLs are left out, and
 * what cannot stand in a profile; standard error says so. Returns the exit status. Blocks on the
 * file system. */
int mode_profile(const Options *options);

#endif
