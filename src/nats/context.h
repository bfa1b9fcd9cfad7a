/* The nats CLI's contexts: a JSON file for each in $XDG_CONFIG_HOME/nats/context (~/.config without
 * that variable), the name of the selected one in nats/context.txt beside it. Source:
 * nats-io/jsm.go natscontext: backend_file.go, backend_selector.go, context.go. */
#ifndef NATS_CONTEXT_H
#define NATS_CONTEXT_H

#include "base/text.h"
#include "nats/access.h"

/* The name that `nats context select` has written down. NULL with *why NULL: none is selected; NULL
 * with *why (a clean sentence that begins with the file; caller frees): it cannot be read. Caller
 * frees the name, which is raw. */
char *context_selected(char **why);

/* Put the fields of context `name` into `access`, those that are not set by something stronger, its
 * URL into *url (raw, may hold a password: free with secret_free(); NULL when it has none) and its
 * name into access->context. What is not heeded here (a SOCKS proxy, nsc, a JWT in the context
 * itself, secrets kept elsewhere) becomes a note. A password of the context is left out when the
 * user is another's. FALSE with *why: one clean sentence that names the file (caller frees). */
gboolean context_read(const char *name, Access *access, char **url, char **why);

/* The same from a file's bytes; *why is a clause without the file's name. */
gboolean context_parse(RawText json, const char *name, Access *access, char **url, char **why);

#endif
