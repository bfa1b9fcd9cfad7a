/* Credentials files, seed files and contexts come from anywhere: each is taken or refused with one
 * clean sentence, and no sentence or note repeats a secret. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "nats/context.h"
#include "nats/creds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_clean(const char *text)
{
    if (text == NULL)
        return;
    if (!g_utf8_validate(text, -1, NULL))
        abort();
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            abort();
}

static void try_creds(RawText text, CredsKind kind)
{
    g_autofree char *why = NULL;
    g_autofree char *answer = NULL;
    Creds *creds = creds_parse(text, kind, &why);

    must_be_clean(why);
    if ((creds == NULL) != (why != NULL))
        abort();
    if (creds == NULL)
        return;
    must_be_clean(creds->name);
    must_be_clean(creds->user);
    must_be_clean(creds->issuer);
    must_be_clean(creds->jwt);
    if (creds->signs != (creds->public_key[0] == 'U') || (kind == CREDS_SEED && !creds->signs))
        abort();
    answer = creds_answer(creds, "nonce");
    if ((answer != NULL) != creds->signs)
        abort();
    creds_free(creds);
}

static void try_context(RawText text)
{
    Access *access = access_new();
    g_autofree char *why = NULL;
    const char *password;
    char *url = NULL;
    gboolean ok = context_parse(text, "fuzz", access, &url, &why);

    must_be_clean(why);
    if (ok != (why == NULL) || (!ok && url != NULL))
        abort();
    password = access_get(access, ACCESS_PASSWORD);
    for (guint i = 0; i < access->notes->len; i++) {
        must_be_clean(access->notes->pdata[i]);
        if (password != NULL && strlen(password) >= 12 &&
            strstr(access->notes->pdata[i], password) != NULL)
            abort();
    }
    secret_free(url);
    access_unref(access);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    RawText text = raw_bytes(data, size);

    try_creds(text, CREDS_CHAINED);
    try_creds(text, CREDS_SEED);
    try_context(text);
    return 0;
}
