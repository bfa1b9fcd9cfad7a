/* The URL as the operator typed it, taken apart. Every refusal's sentence
 * is a constant, so that nothing of a password can be in one. Passwords on their way through here
 * are wiped from each buffer that was ours. */
#include "nats/url.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "nats/url_mask.h"

enum {
    HOST_MAX_BYTES = 253, /* RFC 1035 */
    USER_MAX_CHARS = 64,
    PORT_MAX = 65535,
};

void nats_url_text_free(char *text)
{
    if (text == NULL)
        return;
    explicit_bzero(text, strlen(text));
    g_free(text);
}

/* --- schemes --- */

static const struct {
    const char *name;
    gboolean tls;
    const char *refusal; /* NULL: taken */
} schemes[] = {
    {"nats", FALSE, NULL},
    {"tls", TRUE, NULL},
    {"ws", FALSE,
     "ws:// is NATS over WebSocket, which this client lacks: use nats:// and its port"},
    {"wss", TRUE,
     "wss:// is NATS over WebSocket, which this client lacks: use tls:// and its port"},
    {"http", FALSE, "http:// is for the monitoring port: clients use nats:// and its port"},
    {"https", TRUE, "https:// is for the monitoring port: clients use tls:// and its port"},
};

/* --- one URL in pieces --- */

typedef struct Pieces { /* all of them point into the buffer that was cut, or are NULL */
    char *scheme, *login, *host, *port, *rest;
    GString *changed; /* list of what had to be changed */
    gboolean tls;
} Pieces;

static void note(Pieces *url, const char *what)
{
    if (url->changed->len > 0)
        g_string_append(url->changed, ", ");
    g_string_append(url->changed, what);
}

/* Each cut below takes its piece off `text` and returns NULL, or the reason why it cannot. */

static const char *cut_scheme(char **text, Pieces *url)
{
    char *end = strstr(*text, "://");

    if (end == NULL) {
        note(url, "added nats://");
        return NULL;
    }
    *end = '\0';
    url->scheme = *text;
    *text = end + 3;
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (g_ascii_strcasecmp(url->scheme, schemes[i].name) != 0)
            continue;
        if (strcmp(url->scheme, schemes[i].name) != 0)
            note(url, "scheme in lower case");
        url->tls = schemes[i].tls;
        return schemes[i].refusal;
    }
    return url->scheme[0] == '\0' ? "no scheme before ://: use nats:// or tls://"
                                  : "unknown scheme: use nats:// or tls://";
}

static const char *cut_path(char *text, Pieces *url)
{
    gsize end = strcspn(text, "/?#");

    if (text[end] == '\0')
        return NULL;
    if (strchr(text + end, '@') != NULL)
        return "a /, ? or # in a user or password must be %-escaped";
    note(url, strcmp(text + end, "/") == 0 ? "dropped the / at the end"
              : text[end] == '/'           ? "dropped the path"
                                           : "dropped what follows the port");
    text[end] = '\0';
    return NULL;
}

static const char *cut_host(char *text, Pieces *url)
{
    char *colon;

    url->host = text;
    if (*text == '[') {
        char *end = strchr(text, ']');

        if (end == NULL)
            return "an IPv6 address has no closing bracket";
        url->host++;
        *end = '\0';
        if (end[1] != ':' && end[1] != '\0')
            return "something other than a port follows the IPv6 address";
        url->port = end[1] == ':' ? end + 2 : NULL;
        return NULL;
    }
    colon = strchr(text, ':');
    if (colon == NULL)
        return NULL;
    if (strchr(colon + 1, ':') != NULL)
        return "more than one : after the host; an IPv6 address needs brackets, as in [::1]:4222";
    *colon = '\0';
    url->port = colon + 1;
    return NULL;
}

static const char *cut(char *text, Pieces *url)
{
    const char *why = cut_scheme(&text, url);
    char *at;

    if (why == NULL)
        why = cut_path(text, url);
    if (why != NULL)
        return why;
    at = strrchr(text, '@');
    if (at != NULL) {
        *at = '\0';
        url->login = text;
        text = at + 1;
    }
    return cut_host(text, url);
}

/* --- pieces judged --- */

static const char *judge_v6(Pieces *url)
{
    struct in6_addr address;
    char *zone = strchr(url->host, '%');
    gboolean good;

    if (zone != NULL && g_str_has_prefix(zone, "%25")) /* RFC 6874 */
        memmove(zone + 1, zone + 3, strlen(zone + 3) + 1);
    if (zone != NULL && (zone[1] == '\0' ||
                         zone[1 + strspn(zone + 1, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-")]))
        return "the zone of the IPv6 address is none";
    if (zone != NULL)
        *zone = '\0';
    good = inet_pton(AF_INET6, url->host, &address) == 1;
    if (zone != NULL)
        *zone = '%';
    return good ? NULL : "what stands in brackets is no IPv6 address";
}

static const char *judge_host(Pieces *url, gboolean brackets)
{
    if (url->host[0] == '\0')
        return "there is no host in it";
    if (strlen(url->host) > HOST_MAX_BYTES)
        return "the host is longer than 253 characters";
    if (brackets)
        return judge_v6(url);
    for (const char *c = url->host; *c != '\0'; c++) {
        if ((guchar)*c >= 0x80)
            return "the host is not ASCII: write it in its xn-- form";
        if (!g_ascii_isalnum(*c) && strchr("-._", *c) == NULL)
            return "the host has a character that no host name has";
    }
    return NULL;
}

static const char *judge_port(Pieces *url, guint16 *port)
{
    guint64 value = 0;

    *port = NATS_DEFAULT_PORT;
    if (url->port == NULL)
        return NULL;
    if (url->port[0] == '\0') {
        note(url, "added port 4222");
        return NULL;
    }
    /* Not g_ascii_string_to_unsigned(): when two threads call it first at once, one of them may be
     * told that a good number is none (GLib 2.74, its C locale is made then and leaves an errno).
     */
    for (const char *c = url->port; *c != '\0' && value <= PORT_MAX; c++)
        value = g_ascii_isdigit(*c) ? value * 10 + (guint64)(*c - '0') : (guint64)PORT_MAX + 1;
    if (value < 1 || value > PORT_MAX)
        return "the port is not a number from 1 to 65535";
    *port = (guint16)value;
    return NULL;
}

static const char *unescape(const char *text, char **out)
{
    *out = g_uri_unescape_string(text, NULL); /* NULL for %00 too */
    if (*out == NULL)
        return "user or password has a % that begins no escape: write it %25";
    if (!g_utf8_validate(*out, -1, NULL))
        return "user or password is not UTF-8";
    return NULL;
}

static const char *judge_login(Pieces *pieces, NatsUrl *url)
{
    char *colon;
    const char *why;

    if (pieces->login == NULL || pieces->login[0] == '\0')
        return NULL;
    colon = strchr(pieces->login, ':');
    if (colon != NULL)
        *colon = '\0';
    why = unescape(pieces->login, &url->user);
    if (why == NULL && colon != NULL)
        why = unescape(colon + 1, &url->password);
    return why;
}

/* The host as a URL spells it: brackets around an IPv6 address, its zone after %25 (RFC 6874). */
static char *spell_host(const char *host)
{
    const char *zone = strchr(host, '%');

    if (strchr(host, ':') == NULL)
        return g_strdup(host);
    if (zone == NULL)
        return g_strdup_printf("[%s]", host);
    return g_strdup_printf("[%.*s%%25%s]", (int)(zone - host), host, zone + 1);
}

static void spell(NatsUrl *url)
{
    const char *scheme = url->tls ? "tls" : "nats";
    g_autofree char *host = spell_host(url->host);
    g_autofree char *server = g_strdup_printf("%s:%u", host, url->port);
    g_autofree char *user =
        url->password == NULL ? NULL : text_clean(raw_text(url->user), USER_MAX_CHARS);

    url->plain = g_strdup_printf("%s://%s", scheme, server);
    if (url->user == NULL)
        url->shown = g_strdup(url->plain);
    else if (user == NULL) /* a token: all of it is secret */
        url->shown = g_strdup_printf("%s://" URL_BULLETS "@%s", scheme, server);
    else
        url->shown = g_strdup_printf("%s://%s:" URL_BULLETS "@%s", scheme, user, server);
}

static const char *parse(char *text, Pieces *pieces, NatsUrl *url)
{
    const char *why = cut(text, pieces);

    if (why == NULL)
        why = judge_host(pieces, pieces->host > text && pieces->host[-1] == '[');
    if (why == NULL)
        why = judge_port(pieces, &url->port);
    if (why == NULL)
        why = judge_login(pieces, url);
    if (why != NULL)
        return why;
    url->host = g_strdup(pieces->host);
    url->tls = pieces->tls;
    spell(url);
    return NULL;
}

NatsUrl *url_parse_one(const char *text, const char **refusal)
{
    NatsUrl *url = g_new0(NatsUrl, 1);
    Pieces pieces = {.changed = g_string_new(NULL)};
    char *copy;
    gsize len = strnlen(text, URL_MAX_BYTES + 1);

    *refusal = NULL;
    copy = g_strndup(text, len);
    g_strstrip(copy);
    if (strlen(copy) < len)
        note(&pieces, "cut blanks");
    if (len > URL_MAX_BYTES)
        *refusal = "it is longer than 4096 bytes";
    else if (copy[0] == '\0')
        *refusal = "it is empty";
    for (const char *c = copy; *c != '\0' && *refusal == NULL; c++)
        if ((guchar)*c <= ' ' || *c == 0x7f)
            *refusal = "there is a blank or a control character in it";
    if (*refusal == NULL)
        *refusal = parse(copy, &pieces, url);
    explicit_bzero(copy, len);
    g_free(copy);
    if (*refusal != NULL) {
        g_string_free(pieces.changed, TRUE);
        nats_url_free(url);
        return NULL;
    }
    url->changed = g_string_free(pieces.changed, pieces.changed->len == 0);
    return url;
}

void nats_url_free(NatsUrl *url)
{
    if (url == NULL)
        return;
    nats_url_text_free(url->user); /* may be a token */
    nats_url_text_free(url->password);
    g_free(url->host);
    g_free(url->plain);
    g_free(url->shown);
    g_free(url->changed);
    g_free(url);
}

NatsUrl *nats_url_copy(const NatsUrl *url)
{
    NatsUrl *copy = g_memdup2(url, sizeof *url);

    copy->host = g_strdup(url->host);
    copy->user = g_strdup(url->user);
    copy->password = g_strdup(url->password);
    copy->plain = g_strdup(url->plain);
    copy->shown = g_strdup(url->shown);
    copy->changed = g_strdup(url->changed);
    return copy;
}

gboolean nats_url_equal(const NatsUrl *a, const NatsUrl *b)
{
    return g_ascii_strcasecmp(a->host, b->host) == 0 && a->port == b->port && a->tls == b->tls &&
           g_strcmp0(a->user, b->user) == 0 && g_strcmp0(a->password, b->password) == 0;
}

gboolean nats_url_is_loopback(const NatsUrl *url)
{
    struct in6_addr v6;
    struct in_addr v4;

    if (inet_pton(AF_INET6, url->host, &v6) == 1)
        return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
    if (g_str_has_prefix(url->host, "127.")) /* 127.1 counts, 127.example.com does not */
        return inet_aton(url->host, &v4) != 0;
    return g_ascii_strcasecmp(url->host, "localhost") == 0 ||
           g_ascii_strcasecmp(url->host, "localhost.") == 0;
}
