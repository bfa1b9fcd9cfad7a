/* What a connection needs beside the server's address: a login that is not in the URL, and the
 * files and names of TLS. One table of fields, each with where its value came from, so that a
 * screen can show all of them and no secret.
 *
 * Made once at the start, never changed after that, shared by reference between threads. Secrets
 * are wiped when the last reference goes. Files (credentials, keys, certificates) are read anew for
 * each connection, so that a rotated one is taken up.
 *
 * A login in a URL is stronger than one here: the nats CLI's rule. Heddle's actors have nothing but
 * their URL, so the URL of an actor is always climbed without this. */
#ifndef NATS_ACCESS_H
#define NATS_ACCESS_H

#include <glib.h>

#include "base/origin.h"
#include "base/refs.h"

typedef enum AccessField {
    ACCESS_USER,
    ACCESS_PASSWORD,     /* secret */
    ACCESS_TOKEN,        /* secret */
    ACCESS_CREDS,        /* path of a credentials file: a user JWT and its seed */
    ACCESS_NKEY,         /* path of a file with an NKey seed */
    ACCESS_TLS_CERT,     /* path, PEM */
    ACCESS_TLS_KEY,      /* path, PEM */
    ACCESS_TLS_CA,       /* path, PEM */
    ACCESS_TLS_NAME,     /* name the server's certificate must have, instead of the URL's host */
    ACCESS_TLS_FIRST,    /* "true": TLS begins before INFO; else "" or NULL */
    ACCESS_INBOX_PREFIX, /* of reply subjects, instead of _INBOX */
    ACCESS_FIELDS
} AccessField;

typedef struct Access {
    Refs refs;
    char *values[ACCESS_FIELDS]; /* NULL: not set */
    Origin origins[ACCESS_FIELDS];
    char *context;    /* name of the nats CLI's context that some come from; clean; may be NULL */
    GPtrArray *notes; /* of char *, clean lines: what was given and cannot be heeded here */
} Access;

/* Empty; one reference. */
Access *access_new(void);
Access *access_ref(Access *access);
void access_unref(Access *access); /* NULL is fine */

/* Set a field (copied), unless one of a stronger or equal origin is there already. */
void access_set(Access *access, AccessField field, const char *value, Origin origin);

/* Keep a line for the operator; takes it (clean). */
void access_note(Access *access, char *line);

/* The value, NULL when not set; `access` may be NULL. Borrowed. */
const char *access_get(const Access *access, AccessField field);

/* Does any field of TLS ask for it, whatever the URL's scheme? Is it to begin before INFO? `access`
 * may be NULL. */
gboolean access_wants_tls(const Access *access);
gboolean access_tls_first(const Access *access);

/* The name that the server's certificate must have: the one set here, else `host` without what is
 * no part of it (an address' zone, a name's last dot). Caller frees. */
char *access_tls_name(const Access *access, const char *host);

/* The field's name as a flag spells it ("user", "tlsca", …); whether its value is secret. */
const char *access_word(AccessField field);
gboolean access_is_secret(AccessField field);

#endif
