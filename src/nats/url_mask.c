/* Lists of servers, and what of a URL may be shown. It must hold for anything that can be typed, so
 * it shares no more with the parser than the rule on commas, and masks rather too much. */
#include "nats/url_mask.h"

#include <string.h>

#include "base/text.h"
#include "nats/url.h"

enum { SHOWN_MAX_CHARS = 512 };

/* Where the servers after `comma` that have no scheme of their own end. */
static const char *bare_end(const char *comma)
{
    const char *scheme = strstr(comma, "://");

    if (scheme == NULL)
        return comma + strlen(comma);
    while (*scheme != ',')
        scheme--;
    return scheme;
}

gboolean url_comma_is_login(const char *text, const char *comma)
{
    return memchr(text, '@', comma - text) == NULL &&
           memchr(comma, '@', bare_end(comma) - comma) != NULL;
}

/* Any login goes, and what stands where a port should: "nats://me:secret" without its host. */
static void mask_server(GString *out, const char *text, gsize len)
{
    g_autofree char *server = g_strndup(text, len);
    char *host, *at, *rest, *query, *port;

    g_strstrip(server);
    host = strstr(server, "://");
    host = host != NULL ? host + 3 : server;
    g_string_append_len(out, server, host - server);
    at = strrchr(host, '@');
    if (at != NULL) {
        gsize user = strcspn(host, ":,@");

        if (host[user] == ':')
            g_string_append_len(out, host, (gssize)user + 1);
        g_string_append(out, URL_BULLETS "@");
        host = at + 1;
    }
    query = host + strcspn(host, "?#");
    rest = host + strcspn(host, "/?#");
    port = *host == '[' ? NULL : memchr(host, ':', rest - host);
    if (port != NULL && strspn(port + 1, G_CSET_DIGITS) != (gsize)(rest - port - 1)) {
        g_string_append_len(out, host, port + 1 - host);
        g_string_append(out, URL_BULLETS);
        host = rest;
    }
    g_string_append_len(out, host, query - host);
    if (*query != '\0')
        g_string_append_printf(out, "%c" URL_BULLETS, *query);
    explicit_bzero(server, len);
}

char *nats_url_mask(const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);

    while (text != NULL && *text != '\0') {
        const char *end = strchr(text, ',');

        if (end != NULL && url_comma_is_login(text, end))
            end = bare_end(end);
        if (end == NULL)
            end = text + strlen(text);
        mask_server(out, text, end - text);
        if (*end == ',')
            g_string_append_c(out, *end++);
        text = end;
    }
    return text_clean(raw_bytes(out->str, out->len), SHOWN_MAX_CHARS);
}
