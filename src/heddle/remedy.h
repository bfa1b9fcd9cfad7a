/* What to type next, one entry a cause: the only place where a remedy's text lives. Screens,
 * reports and the manual read it here. */
#ifndef HEDDLE_REMEDY_H
#define HEDDLE_REMEDY_H

#include "base/cause.h"

/* Values that a remedy's text may name; NULL ones are written as a word that fits. */
typedef struct RemedyFacts {
    const char *url; /* masked */
    const char *host;
    unsigned port;
    const char *path; /* of a config file */
    const char *name; /* of an actor */
    const char *kind; /* Heddle's command for it */
    const char *tier;
    int pid; /* 0: not known */
} RemedyFacts;

/* An entry: `next` is the command to type, `why` what is going on, `verify` how to know that it
 * worked. Static storage, with {host}, {port}, {url}, … where facts go. */
typedef struct Remedy {
    const char *id; /* equals cause_word() for causes; own words for the others ("no_router", …) */
    const char *why;
    const char *next;
    const char *verify;
} Remedy;

/* Look up by id; NULL when there is none (causes without a remedy: none, cancelled). */
const Remedy *remedy_find(const char *id);

/* `pattern` (one of the texts above) with its {words} filled in from `facts`; caller frees. */
char *remedy_fill(const char *pattern, const RemedyFacts *facts);

/* All entries in the table's order, for the manual; *count is set. */
const Remedy *remedy_table(unsigned *count);

#endif
