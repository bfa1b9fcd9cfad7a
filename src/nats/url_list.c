/* Lists of servers, as the operator typed them: each a URL, between commas. */
#include <string.h>

#include "nats/url.h"
#include "nats/url_mask.h"

/* The end of the item that begins at `text`. */
static const char *item_end(const char *text)
{
    return text + strcspn(text, ",");
}

static gboolean is_blank(const char *text, const char *end)
{
    while (text < end && g_ascii_isspace(*text))
        text++;
    return text == end;
}

char *nats_url_server(const char *text, unsigned index)
{
    for (;;) {
        const char *end = item_end(text);

        if (!is_blank(text, end) && index-- == 0)
            return g_strndup(text, (gsize)(end - text));
        if (*end == '\0')
            return NULL;
        text = end + 1;
    }
}

unsigned nats_url_servers(const char *text)
{
    unsigned count = 0;

    for (;;) {
        const char *end = item_end(text);

        count += !is_blank(text, end);
        if (*end == '\0')
            return count;
        text = end + 1;
    }
}

static NatsUrl *parse_server(const char *text, unsigned index)
{
    char *server = nats_url_server(text, index);
    g_autofree char *why = NULL;
    NatsUrl *url = nats_url_parse(server, &why);

    nats_url_text_free(server);
    return url;
}

gboolean nats_url_stays_here(const char *text)
{
    unsigned count = nats_url_servers(text);
    gboolean here = count > 0;

    for (unsigned i = 0; i < count && here; i++) {
        NatsUrl *url = parse_server(text, i);

        here = url != NULL && nats_url_is_loopback(url);
        nats_url_free(url);
    }
    return here;
}

static gboolean meet(const NatsUrl *a, const NatsUrl *b)
{
    return a != NULL && b != NULL && a->port == b->port &&
           (g_ascii_strcasecmp(a->host, b->host) == 0 ||
            (nats_url_is_loopback(a) && nats_url_is_loopback(b)));
}

gboolean nats_url_meet(const char *a, const char *b)
{
    unsigned as = nats_url_servers(a), bs = nats_url_servers(b);
    gboolean found = FALSE;

    for (unsigned i = 0; i < as && !found; i++) {
        NatsUrl *one = parse_server(a, i);

        for (unsigned k = 0; k < bs && !found; k++) {
            NatsUrl *other = parse_server(b, k);

            found = meet(one, other);
            nats_url_free(other);
        }
        nats_url_free(one);
    }
    return found;
}

/* A password with a comma in it would be cut in two, and its halves taken for servers. */
static gboolean cuts_login(const char *text)
{
    for (const char *end = item_end(text); *end != '\0'; end = item_end(text)) {
        if (url_comma_is_login(text, end))
            return TRUE;
        text = end + 1;
    }
    return FALSE;
}

NatsUrl *nats_url_parse(const char *text, char **why)
{
    unsigned count = nats_url_servers(text), broken = 0;
    const char *refusal = NULL;
    NatsUrl *first = NULL;

    if (strnlen(text, URL_MAX_BYTES + 1) > URL_MAX_BYTES)
        refusal = "it is longer than 4096 bytes";
    else if (cuts_login(text))
        refusal = "a comma in a user or password must be written %2C";
    if (refusal == NULL && strchr(text, ',') == NULL) {
        first = url_parse_one(text, &refusal); /* which tells of blanks that were cut */
        count = 0;
    }
    for (unsigned i = 0; i < count && refusal == NULL; i++) {
        char *item = nats_url_server(text, i);
        NatsUrl *url = url_parse_one(g_strstrip(item), &refusal);

        nats_url_text_free(item);
        broken = i + 1;
        if (i == 0)
            first = url;
        else
            nats_url_free(url);
    }
    if (refusal == NULL && first == NULL)
        refusal = "it is empty";
    if (refusal == NULL)
        return first;
    *why = broken > 0 ? g_strdup_printf("server %u of %u: %s", broken, count, refusal)
                      : g_strdup(refusal);
    nats_url_free(first);
    return NULL;
}
