/* nats-py's way through a URL (Client._parse_server_uri, and urlparse() of Python's standard
 * library below it), and a table of where that leads elsewhere than ours. The pieces may hold a
 * password: they lie in one buffer, which is wiped. */
#include "heddle/url_view.h"

#include <string.h>

enum { PORT_MAX = 65535 };

#define BLANKS " \t\n\v\f\r"

typedef struct Taken { /* the pieces point into the buffer, or are NULL */
    const HeddleUrlFacts *facts;
    const char *typed;
    gboolean known; /* it has nats:// or tls:// in it somewhere, in lower case */
    char *scheme;   /* NULL: none that urlparse() takes for one */
    char *login, *host, *port;
    gboolean brackets; /* around the host */
} Taken;

/* --- as nats-py parses --- */

/* nats-py asks whether these stand anywhere in the text, not whether it begins with them. */
static gboolean has_known_scheme(const char *text)
{
    return strstr(text, "nats://") != NULL || strstr(text, "tls://") != NULL;
}

static gboolean has_websocket(const char *text)
{
    return !has_known_scheme(text) &&
           (strstr(text, "ws://") != NULL || strstr(text, "wss://") != NULL);
}

/* urlsplit(): control characters and blanks in front are cut, tabs and line ends within vanish,
 * blanks at the end stay. */
static char *normalize(const char *text)
{
    const char *before = has_known_scheme(text) || has_websocket(text) ? "" : "nats://";
    char *copy = g_malloc(strlen(before) + strlen(text) + 1), *to = g_stpcpy(copy, before);
    const char *from = text;

    while (before[0] == '\0' && *from != '\0' && (guchar)*from <= ' ')
        from++;
    for (; *from != '\0'; from++)
        if (strchr("\t\n\r", *from) == NULL)
            *to++ = *from;
    *to = '\0';
    return copy;
}

static void cut_host(char *text, Taken *taken)
{
    char *bracket = strchr(text, '['), *end = bracket != NULL ? strchr(bracket, ']') : NULL;

    taken->brackets = end != NULL;
    taken->host = taken->brackets ? bracket + 1 : text;
    taken->port = strchr(taken->brackets ? end : text, ':');
    if (taken->port != NULL)
        *taken->port++ = '\0';
    if (taken->brackets)
        *end = '\0';
}

/* Everything between // and the first / ? or #. */
static void cut(char *text, Taken *taken)
{
    gsize len =
        strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "+-."); /* what a scheme may hold */
    char *at;

    if (g_ascii_isalpha(text[0]) && text[len] == ':') {
        taken->scheme = text;
        text[len] = '\0';
        text += len + 1;
    }
    text += g_str_has_prefix(text, "//") ? 2 : strlen(text);
    text[strcspn(text, "/?#")] = '\0';
    at = strrchr(text, '@');
    if (at != NULL) {
        *at = '\0';
        taken->login = text;
        text = at + 1;
    }
    cut_host(text, taken);
}

/* --- where that leads --- */

static gboolean is_websocket(const Taken *taken)
{
    return has_websocket(taken->typed);
}

/* Without a known scheme nats:// is put in front, and what was the scheme is the host then. */
static gboolean is_other_scheme(const Taken *taken)
{
    const char *end = strstr(taken->typed, "://");

    return !taken->known && end != NULL &&
           strcspn(taken->typed, "/?#@") == (gsize)(end - taken->typed) + 1;
}

static gboolean is_list(const Taken *taken)
{
    const char *at = taken->login != NULL ? strchr(taken->login, '@') : NULL;

    return strchr(taken->host, ',') != NULL ||
           (taken->port != NULL && strchr(taken->port, ',') != NULL) ||
           (at != NULL && strchr(at, ',') != NULL); /* each with a login: all but the last host */
}

static gboolean has_blank(const Taken *taken)
{
    return strpbrk(taken->host, BLANKS) != NULL ||
           (taken->port != NULL && strpbrk(taken->port, BLANKS) != NULL);
}

static gboolean has_login_brackets(const Taken *taken)
{
    return taken->login != NULL && !taken->brackets && strpbrk(taken->login, "[]") != NULL;
}

static gboolean has_no_host(const Taken *taken)
{
    return taken->host[0] == '\0';
}

static gboolean is_none(const Taken *taken)
{
    return g_ascii_strcasecmp(taken->host, "none") == 0;
}

static gboolean is_bad_port(const Taken *taken)
{
    guint64 value = 0;

    for (const char *c = taken->port; c != NULL && *c != '\0' && value <= PORT_MAX; c++)
        value = g_ascii_isdigit(*c) ? value * 10 + (guint64)(*c - '0') : (guint64)PORT_MAX + 1;
    return value > PORT_MAX || (taken->port != NULL && taken->port[0] != '\0' && value == 0);
}

static gboolean is_v4_in_brackets(const Taken *taken)
{
    return taken->brackets && strchr(taken->host, ':') == NULL;
}

/* The host is not %-decoded, and %25 is what RFC 6874 writes for the % of a zone. */
static gboolean has_escaped_zone(const Taken *taken)
{
    return taken->brackets && strstr(taken->host, "%25") != NULL;
}

/* Nor is the login. A server that asks for none does not look at it. */
static gboolean has_escaped_login(const Taken *taken)
{
    gboolean unused = taken->facts->has_info && !taken->facts->auth_required;

    return taken->login != NULL && strchr(taken->login, '%') != NULL && !unused;
}

static gboolean is_silent(const Taken *taken)
{
    return taken->facts->silent != NULL;
}

static gboolean is_refused_v6(const Taken *taken)
{
    return taken->facts->refused && taken->brackets;
}

static gboolean is_tls_first(const Taken *taken)
{
    return taken->facts->tls_first;
}

static gboolean lacks_login(const Taken *taken)
{
    gboolean has_login = taken->login != NULL && taken->login[0] != '\0';

    return taken->facts->login_beside && taken->facts->has_info && taken->facts->auth_required &&
           !has_login;
}

static gboolean lacks_tls_files(const Taken *taken)
{
    return taken->facts->tls_beside && taken->facts->has_info && taken->facts->tls_required;
}

static gboolean is_clear(const Taken *taken)
{
    return taken->scheme != NULL && g_ascii_strcasecmp(taken->scheme, "tls") == 0 &&
           taken->facts->has_info && !taken->facts->tls_required;
}

static gboolean is_clear_login(const Taken *taken)
{
    return is_clear(taken) && taken->login != NULL && taken->login[0] != '\0';
}

/* The first that fits is told. Beside each what nats-py 2.16 did, as Heddle calls it: "at once" is
 * an exception; "120 s" is "no servers available for connection", which Heddle's preflight waits
 * for that long (../shared/facts-nats.md: nats-py's own 60 tries, 2 s apart). */
static const struct {
    gboolean (*fits)(const Taken *taken);
    State state;
    const char *text;
} rows[] = {
    /* ws://127.0.0.1:4222: 120 s, "Could not import aiohttp transport": Heddle does not bring it */
    {is_websocket, STATE_FAIL,
     "Heddle's client has no WebSocket here: it tries for 120 s in vain; use nats://"},
    /* NATS://127.0.0.1:4222, TLS://…, http://…: 120 s; it dials nats:4222, tls:4222, http:4222 */
    {is_other_scheme, STATE_FAIL,
     "Heddle's client takes this scheme for the host's name: write nats:// or tls://"},
    /* nats://a:1,nats://b:2 and a:1,b:2: at once; without ports: 120 s, one host "a,nats"; with a
     * login in each: the last one is dialled, with a wrong password */
    {is_list, STATE_FAIL, "Heddle's client takes no list of servers: give one URL"},
    /* nats://127.0.0.1:4222 with a blank behind: at once; with none but the host in front of it, or
     * a blank in front and no scheme: 120 s. A blank in front of nats:// does no harm, nor a line
     * end anywhere. */
    {has_blank, STATE_FAIL, "Heddle's client takes the blank for part of the host or port"},
    /* nats://me:a[b@127.0.0.1: at once, "invalid connect url option" */
    {has_login_brackets, STATE_FAIL, "Heddle's client takes no [ or ] in a user or password"},
    /* nats:// and nats://:4222: at once, "invalid hostname in connect url" */
    {has_no_host, STATE_FAIL, "Heddle's client wants a host in the URL"},
    /* nats://none: the same */
    {is_none, STATE_FAIL, "Heddle's client refuses a host of the name none"},
    /* nats://127.0.0.1:65536, nats://::1:4222: at once. 004222 is 4222, and no port is 4222. */
    {is_bad_port, STATE_FAIL, "Heddle's client wants a port from 1 to 65535"},
    /* nats://[127.0.0.1]:4222: at once */
    {is_v4_in_brackets, STATE_FAIL, "Heddle's client wants an IPv6 address in brackets"},
    /* nats://[fe80::1%25eth0]:4222: 120 s, unknown host; with a bare % it dials the address */
    {has_escaped_zone, STATE_FAIL, "Heddle's client does not decode %25: write % before the zone"},
    /* nats://u:p%40q@127.0.0.1, for p@q: refused; u:p@q@127.0.0.1 is let in. A token likewise. */
    {has_escaped_login, STATE_FAIL,
     "Heddle's client does not decode % in a login: the server refuses it"},
    /* a name with a dead ::1 before a live 127.0.0.1: 120 s, each try waits for the first alone; a
     * ::1 that refuses does no harm */
    {is_silent, STATE_FAIL,
     "Heddle's client waits for the silent address and never tries the next: give the live one"},
    /* nats://[::1]:4222, server on IPv4 alone: 120 s of refusals */
    {is_refused_v6, STATE_FAIL,
     "nothing listens on this IPv6 address; Heddle's client tries it for 120 s"},
    /* read in its source (tls_handshake_first is never set): whether INFO comes in clear too is the
     * server's setting */
    {is_tls_first, STATE_WARN, "Heddle's client waits for INFO and never begins TLS before it"},
    /* nats://127.0.0.1 where a login is asked for: refused */
    {lacks_login, STATE_FAIL, "Heddle's actors have only the URL, and it holds no login"},
    /* read in its source: it takes the system's authorities (and SSL_CERT_FILE) and shows no
       certificate */
    {lacks_tls_files, STATE_WARN,
     "Heddle's actors have only the URL: none of the TLS settings given here"},
    /* tls://u:p@127.0.0.1, no tls_required in INFO, whether tls_available or not: connects */
    {is_clear_login, STATE_WARN,
     "Heddle's client goes on in clear here, password included: the server does not demand TLS"},
    {is_clear, STATE_WARN, "Heddle's client goes on in clear here: the server does not demand TLS"},
    /* Nothing fits, so as we do: no scheme, no port, a path, ?x=1, 127.1, upper-case hosts, @ in a
     * password, a user alone as a token, nats:// where TLS is demanded (it turns TLS on by
     * itself). */
};

State heddle_url_view(const char *url, const HeddleUrlFacts *facts, char **text)
{
    char *buffer = normalize(url);
    gsize size = strlen(buffer) + 1;
    Taken taken = {.facts = facts, .typed = url, .known = has_known_scheme(url)};
    State state = STATE_OK;

    *text = NULL;
    cut(buffer, &taken);
    for (gsize i = 0; i < G_N_ELEMENTS(rows) && state == STATE_OK; i++) {
        if (!rows[i].fits(&taken))
            continue;
        state = rows[i].state;
        *text = g_strdup(rows[i].text);
    }
    explicit_bzero(buffer, size);
    g_free(buffer);
    return state;
}
