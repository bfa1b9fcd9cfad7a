/* What a user of NATS has in a file to log in with: a credentials file (a user JWT and the seed
 * that signs for it, each in a block of its own, as nsc writes them) or an NKey seed alone.
 *
 * The JWT is only looked at, to tell what it says of itself: its signature is the server's to
 * check. Sources: nats-io/nkeys creds_utils.go, nats-io/jwt v2 claims.go and user_claims.go. */
#ifndef NATS_CREDS_H
#define NATS_CREDS_H

#include "base/text.h"
#include "nats/nkey.h"

typedef enum CredsKind { CREDS_CHAINED, CREDS_SEED } CredsKind;

typedef struct Creds {
    char *jwt; /* as the server wants it; secret; NULL for CREDS_SEED */
    guint8 seed[NKEY_SEED_BYTES];
    gboolean signs;                           /* there is a seed: a bearer's JWT needs none */
    char public_key[NKEY_PUBLIC_CHARS + 1];   /* of the seed; "" without one */
    char *name, *user, *issuer;               /* of the JWT; clean; NULL when absent */
    gint64 issued_s, not_before_s, expires_s; /* Unix time; 0: the JWT does not say */
    gboolean open;                            /* every user of this machine may read the file */
} Creds;

/* Read the file at `path`, at most 64 KiB. NULL with *why, one clean sentence that begins with the
 * path and holds no secret (caller frees). Blocks no longer than a disk does. */
Creds *creds_read(const char *path, CredsKind kind, char **why);

/* The same from bytes; *why is a clause without a path. */
Creds *creds_parse(RawText text, CredsKind kind, char **why);
void creds_free(Creds *creds); /* wipes; NULL is fine */

/* The answer to a server's nonce as CONNECT has it, base64url without padding. NULL without a seed,
 * or when OpenSSL cannot. Caller frees. */
char *creds_answer(const Creds *creds, const char *nonce);

#endif
