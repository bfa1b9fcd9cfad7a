/* The part of the command line that says how to get in: flags, the environment as the nats CLI
 * knows it, the CLI's contexts. A flag is stronger than the environment, the environment than a
 * context. Which context: the flag's, $NATS_CONTEXT, the profile's, else the selected one. No flag
 * takes a password or token itself: `ps` would show it to every user. */
#ifndef OPTIONS_ACCESS_H
#define OPTIONS_ACCESS_H

#include "nats/access.h"

typedef struct AccessWords { /* what GOption fills in; all zero before */
    char *context, *user, *password_file;
    char *creds, *nkey, *tlscert, *tlskey, *tlsca, *tlsname, *inbox_prefix;
    gboolean ask_password, tlsfirst, no_context;
    const char *profile_context; /* no flag: a profile's; borrowed; NULL: none */
} AccessWords;

/* Add the flags to those of the program. `words` must stay where it is until after the parse. */
void access_words_offer(AccessWords *words, GOptionContext *options);
void access_words_clear(AccessWords *words);

/* Fill `access` from the flags, the environment and a context; asks for the password on the
 * terminal if told so. *url: the context's URL (raw; secret_free()), NULL when it has none or there
 * is no context. FALSE with *why: one sentence for the operator, clean and without a secret (caller
 * frees). Reads files: before the main loop only. */
gboolean access_words_take(const AccessWords *words, Access *access, char **url, char **why);

#endif
