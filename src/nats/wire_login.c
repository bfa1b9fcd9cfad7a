#include "nats/wire_login.h"

#include <stdlib.h>
#include <string.h>

/* libnats asks for these while it connects, and frees what it gets with free(). We sign with our
 * own code: libnats' takes a seed only by its file's name. */
static natsStatus on_jwt(char **jwt, char **fault, void *data)
{
    const Creds *creds = data;

    (void)fault;
    *jwt = strdup(creds->jwt);
    return *jwt != NULL ? NATS_OK : NATS_NO_MEMORY;
}

static natsStatus on_sign(char **fault, unsigned char **signature, int *len, const char *nonce,
                          void *data)
{
    const Creds *creds = data;

    (void)fault;
    *len = NKEY_SIGNATURE_BYTES;
    *signature = malloc(NKEY_SIGNATURE_BYTES);
    if (*signature == NULL)
        return NATS_NO_MEMORY;
    if (creds->signs && !nkey_sign(creds->seed, nonce, strlen(nonce), *signature)) {
        free(*signature);
        *signature = NULL;
        return NATS_ERR;
    }
    if (!creds->signs) /* a bearer's JWT: nobody looks at it */
        memset(*signature, 0, NKEY_SIGNATURE_BYTES);
    return NATS_OK;
}

natsStatus wire_set_login(natsOptions *opts, const Login *login)
{
    switch (login->kind) {
    case LOGIN_PASSWORD:
        return natsOptions_SetUserInfo(opts, login->user, login->password);
    case LOGIN_TOKEN:
        return natsOptions_SetToken(opts, login->token);
    case LOGIN_NKEY:
        return natsOptions_SetNKey(opts, login->creds->public_key, on_sign, login->creds);
    case LOGIN_CREDS:
        return natsOptions_SetUserCredentialsCallbacks(opts, on_jwt, login->creds, on_sign,
                                                       login->creds);
    case LOGIN_NONE:
        break;
    }
    return NATS_OK;
}

/* What the ladder's TLS rung has proved, once more for libnats. */
natsStatus wire_set_tls(natsOptions *opts, const NatsUrl *url, const Access *access)
{
    const char *ca = access_get(access, ACCESS_TLS_CA);
    const char *cert = access_get(access, ACCESS_TLS_CERT);
    g_autofree char *name = access_tls_name(access, url->host);
    natsStatus s = natsOptions_SetSecure(opts, true);

    if (s == NATS_OK)
        s = natsOptions_SetExpectedHostname(opts, name); /* and SNI, since 3.9 */
    if (s == NATS_OK && ca != NULL)
        s = natsOptions_LoadCATrustedCertificates(opts, ca);
    if (s == NATS_OK && cert != NULL)
        s = natsOptions_LoadCertificatesChain(opts, cert, access_get(access, ACCESS_TLS_KEY));
#ifdef HAVE_NATSOPTIONS_TLSHANDSHAKEFIRST
    if (s == NATS_OK && access_tls_first(access))
        s = natsOptions_TLSHandshakeFirst(opts);
#endif
    return s;
}

gboolean wire_can_begin_with_tls(void)
{
#ifdef HAVE_NATSOPTIONS_TLSHANDSHAKEFIRST
    return TRUE;
#else
    return FALSE;
#endif
}
