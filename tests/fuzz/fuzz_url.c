/* Anything may be typed as a URL: it is taken or refused, and what is shown of it is clean. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nats/url.h"

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

static void must_mean_the_same(const NatsUrl *url)
{
    g_autofree char *why = NULL;
    NatsUrl *again = nats_url_parse(url->plain, &why);

    if (again == NULL || strcmp(again->plain, url->plain) != 0 || again->changed != NULL)
        abort();
    nats_url_free(again);
}

/* Is `secret` seen, and not because user, host or what stands around them has it too? */
static gboolean shows(const NatsUrl *url, const char *secret)
{
    return strlen(secret) >= 8 && strpbrk(secret, ":@/") == NULL &&
           strstr(url->user, secret) == NULL && strstr(url->host, secret) == NULL &&
           strstr(url->shown, secret) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autofree char *mask = nats_url_mask(text);
    g_autofree char *why = NULL;
    NatsUrl *url = nats_url_parse(text, &why);

    must_be_clean(mask);
    must_be_clean(why);
    if ((url == NULL) != (why != NULL))
        abort();
    if (url == NULL)
        return 0;
    must_be_clean(url->plain);
    must_be_clean(url->shown);
    must_be_clean(url->changed);
    must_mean_the_same(url);
    if (url->password != NULL && shows(url, url->password))
        abort();
    nats_url_free(url);
    return 0;
}
