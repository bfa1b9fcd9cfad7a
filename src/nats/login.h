/* With what a connection logs in: chosen from a URL and from what is beside it (nats/access.h), its
 * file read and looked through for faults that need no server to be found. The ladder and the link
 * both ask here, so they log in alike. */
#ifndef NATS_LOGIN_H
#define NATS_LOGIN_H

#include "base/cause.h"
#include "nats/access.h"
#include "nats/creds.h"
#include "nats/url.h"

typedef enum LoginKind {
    LOGIN_NONE,
    LOGIN_PASSWORD, /* user and password */
    LOGIN_TOKEN,
    LOGIN_NKEY,  /* signs the server's nonce with creds */
    LOGIN_CREDS, /* likewise, and shows creds->jwt */
} LoginKind;

typedef struct Login {
    LoginKind kind;
    gboolean of_url; /* it stands in the URL; else `origin` says where from */
    Origin origin;
    AccessField field;                   /* that it is made from, unless of_url */
    const char *user, *password, *token; /* borrowed from the URL or the access; NULL: not of this
                                            kind */
    Creds *creds;                        /* NULL: not of this kind */
} Login;

/* Choose, and read the file if there is one. A login in the URL wins (the nats CLI's rule), then
 * the one of the strongest origin; of one origin: user, credentials, NKey, token (natscontext's
 * order). FALSE when it is known beforehand that no server would take it, with *cause (CREDS_FILE
 * or AUTH_EXPIRED) and *why, one clean sentence (caller frees); `login` still tells which it was.
 * Either way call login_clear(). The time is the wall clock's. */
gboolean login_prepare(Login *login, const NatsUrl *url, const Access *access, Cause *cause,
                       char **why);
void login_clear(Login *login);

/* What there is to know about it, one clean line each: which file, whose key, from when until when,
 * what was passed over. `tell` is called for each; no line holds a secret. */
void login_tell(const Login *login, const Access *access,
                void (*tell)(void *data, const char *line), void *data);

/* "by NKey UABC2345…", "by credentials of alice, for 12 d 3 h", "no login": clean, caller frees.
 * Only after login_prepare() has returned TRUE. */
char *login_text(const Login *login);

#endif
