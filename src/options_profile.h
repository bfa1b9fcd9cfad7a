/* The part of the command line that may stand in a profile: a setting is its flag's, else the
 * profile's, else the default. */
#ifndef OPTIONS_PROFILE_H
#define OPTIONS_PROFILE_H

#include "options.h"

typedef struct Given {
    const char *text; /* borrowed; NULL: given nowhere */
    char *who;        /* "--tier" or "p.yaml: line 3: tier", for a sentence; owned */
} Given;

/* What was given for a setting whose flag is `flag` ("--tier") and has `word` behind it (NULL: it
 * was not used). options->origins gets where it is from. Clear with given_clear(). */
Given options_given(Options *options, SettingId id, const char *flag, const char *word,
                    ProfileKey key);
void given_clear(Given *given);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Given, given_clear)

/* "p.yaml: line 3: tier". Caller frees. */
char *options_profile_place(const Options *options, unsigned line, const char *word);

/* Read `path` into options->profile; NULL: there is none. FALSE with *why: one clean sentence
 * (caller frees). Reads a file: before the main loop only. */
gboolean options_profile_read(Options *options, const char *path, char **why);

/* The URLs that it has for actors can be read? FALSE with *why, likewise. */
gboolean options_profile_check(const Options *options, char **why);

/* The configs: those of the command line (taken), else the profile's. NULL-terminated or NULL. */
char **options_profile_configs(Options *options, char **words);

#endif
