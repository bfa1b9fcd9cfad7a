/* An operator, an account and its users for tests, as `nsc` would make them: JWTs signed here with
 * Ed25519, from keys that are always the same. Whether they are right a real nats-server says. */
#ifndef TESTS_SUPPORT_JWT_H
#define TESTS_SUPPORT_JWT_H

#include <glib.h>

typedef struct JwtUser {
    const char *name;
    gint64 not_before_s, expires_s; /* Unix time; 0: not in the JWT */
    gboolean bearer;                /* needs no signature */
    guint8 key;                     /* of which every byte of the user's seed is */
} JwtUser;

/* Configuration of a server that knows the account: operator, memory resolver. Caller frees. */
char *jwt_server_conf(void);

/* Contents of a credentials file. Caller frees. */
char *jwt_creds(const JwtUser *user);

/* The JWT alone; that of the account. Caller frees. */
char *jwt_of_user(const JwtUser *user);
char *jwt_of_account(void);

/* An NKey of `letter` ('U', 'A', 'O', …) whose seed's bytes all are `key`: its seed, its public
 * key. Caller frees. */
char *jwt_seed(char letter, guint8 key);
char *jwt_public(char letter, guint8 key);

#endif
