/* See mask.h. Looks at bytes and never at meaning, since a log may be cut anywhere. */
#include "base/mask.h"

#include <string.h>

static const char *find_any(const char *at, const char *end, const char *set)
{
    while (at < end && (*at == '\0' || strchr(set, *at) == NULL))
        at++;
    return at;
}

static const char *after_scheme(const char *at, const char *end)
{
    const char *scheme = memmem(at, (gsize)(end - at), "://", 3);

    return scheme == NULL ? NULL : scheme + 3;
}

/* Digits, and then nothing but what closes a sentence or a bracket. */
static gboolean is_port(const char *at, const char *end)
{
    while (at < end && g_ascii_isdigit(*at))
        at++;
    while (at < end && *at != '\0' && strchr(")]}>'\".;:", *at) != NULL)
        at++;
    return at == end;
}

/* "host:4222/path?query", where no login is left. */
static void put_place(GString *out, const char *at, const char *end)
{
    const char *query = find_any(at, end, "?#"), *rest = find_any(at, query, "/");
    const char *port = at < end && *at == '[' ? NULL : memchr(at, ':', (gsize)(rest - at));

    if (port != NULL && !is_port(port + 1, rest)) {
        g_string_append_len(out, at, port + 1 - at);
        g_string_append(out, MASK_BULLETS);
        at = rest;
    }
    g_string_append_len(out, at, query - at);
    if (query < end)
        g_string_append_printf(out, "%c" MASK_BULLETS, *query);
}

/* Servers of a list, each with or without scheme; `bare`: the first begins with its host. */
static void put_list(GString *out, const char *at, const char *end, gboolean bare)
{
    for (;;) {
        const char *comma = find_any(at, end, ","), *host = after_scheme(at, comma);

        if (host == NULL && bare)
            host = at;
        if (host != NULL) {
            g_string_append_len(out, at, host - at);
            put_place(out, host, comma);
        } else {
            g_string_append_len(out, at, comma - at);
        }
        if (comma == end)
            return;
        g_string_append_c(out, ',');
        at = comma + 1;
        bare = FALSE;
    }
}

void mask_word(GString *out, const char *word, gsize len)
{
    const char *end = word + len, *at, *first, *start, *user;

    if (len == 0)
        return;
    at = memrchr(word, '@', len);
    if (at == NULL) {
        put_list(out, word, end, FALSE);
        return;
    }
    first = memchr(word, '@', len); /* what is before a scheme after it may be a login too */
    start = after_scheme(word, first);
    if (start == NULL) {
        const char *equals = *word == '-' ? memchr(word, '=', (gsize)(first - word)) : NULL;

        start = equals != NULL ? equals + 1 : word;
    }
    user = find_any(start, at, ":,");
    if (user < at && *user == ':')
        start = user + 1;
    g_string_append_len(out, word, start - word);
    if (start < at)
        g_string_append(out, MASK_BULLETS);
    g_string_append_c(out, '@');
    put_list(out, at + 1, end, TRUE);
}

void mask_line(GString *out, const char *line, gsize len)
{
    const char *at = line, *end = line + len;

    while (at < end) {
        const char *stop = at;

        while (stop < end && !g_ascii_isspace(*stop))
            stop++;
        mask_word(out, at, (gsize)(stop - at));
        for (at = stop; at < end && g_ascii_isspace(*at); at++)
            g_string_append_c(out, *at);
    }
}
