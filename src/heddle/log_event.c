/* See log_event.h. */
#include "heddle/log_event.h"

#include <jansson.h>
#include <string.h>

/* --- escape sequences --- */

/* Past the sequence that begins at `at`, an ESC (ECMA-48): ESC [ … letter, ESC ] … BEL, ESC x. */
static const char *skip_escape(const char *at, const char *end)
{
    if (++at == end)
        return end;
    if (*at == '[') {
        for (at++; at < end && (guchar)*at >= 0x20 && (guchar)*at < 0x40; at++)
            ;
        return at < end && (guchar)*at >= 0x40 && (guchar)*at < 0x7f ? at + 1 : at;
    }
    if (*at == ']') {
        while (at < end && *at != '\a' && *at != '\033')
            at++;
        return at < end && *at == '\a' ? at + 1 : MIN(at + 2, end);
    }
    return (guchar)*at < 0x80 ? at + 1 : at;
}

static GString *strip(const char *line, gsize len)
{
    GString *plain = g_string_sized_new(len + 1);
    const char *at = line, *end = line + len;

    while (at < end) {
        if (*at == '\033') {
            at = skip_escape(at, end);
            continue;
        }
        g_string_append_c(plain, *at != '\0' ? *at : ' ');
        at++;
    }
    while (plain->len > 0 && strchr("\r\n", plain->str[plain->len - 1]) != NULL)
        g_string_truncate(plain, plain->len - 1);
    return plain;
}

static json_t *read_object(const GString *line)
{
    json_t *object =
        *line->str == '{' ? json_loadb(line->str, line->len, JSON_ALLOW_NUL, NULL) : NULL;

    if (object != NULL && !json_is_object(object)) {
        json_decref(object);
        return NULL;
    }
    return object;
}

GString *log_plain(const char *line, gsize len)
{
    GString *plain = strip(line, len);
    json_t *object = read_object(plain);
    json_t *inner = json_object_get(object, "log");

    if (json_is_string(inner)) {
        GString *unwrapped = strip(json_string_value(inner), json_string_length(inner));

        g_string_free(plain, TRUE);
        plain = unwrapped;
    }
    json_decref(object);
    return plain;
}

/* --- events --- */

/* "2026-11-23T21:53:40.927493Z", or with a blank for the T and without a zone: local time. */
static gint64 read_time(const char *text, gsize len)
{
    char copy[40];
    g_autoptr(GTimeZone) zone = NULL;
    g_autoptr(GDateTime) time = NULL;

    if (len < 19 || len >= sizeof copy)
        return 0;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (copy[10] == ' ')
        copy[10] = 'T';
    if (strspn(copy, G_CSET_DIGITS "-T:.,+Z") != len)
        return 0;
    zone = g_time_zone_new_local();
    time = g_date_time_new_from_iso8601(copy, zone);
    return time == NULL
               ? 0
               : g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
}

static gboolean read_json(LogEvent *event, json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "event"));
    const char *time = json_string_value(json_object_get(object, "timestamp"));

    if (name == NULL)
        return FALSE;
    event->name = g_strdup(name);
    event->at_us = time == NULL ? 0 : read_time(time, strlen(time));
    return TRUE;
}

gboolean log_event_read(LogEvent *event, const GString *line)
{
    const char *at = line->str;
    gsize len;

    *event = (LogEvent){0};
    event->json = read_object(line);
    if (event->json != NULL)
        return read_json(event, event->json);
    if (!g_ascii_isdigit(*at))
        return FALSE;
    len = strcspn(at, " ");
    if (len == 10 && at[len] == ' ')
        len += 1 + strcspn(at + 11, " ");
    event->at_us = read_time(at, len);
    if (event->at_us == 0)
        return FALSE;
    at += len;
    at += strspn(at, " ");
    if (*at == '[' && strchr(at, ']') != NULL) { /* "[info     ]" */
        at = strchr(at, ']') + 1;
        at += strspn(at, " ");
    }
    len = strcspn(at, " ");
    event->name = g_strndup(at, len);
    event->fields = at + len;
    return TRUE;
}

void log_event_clear(LogEvent *event)
{
    json_decref(event->json);
    g_free(event->name);
    *event = (LogEvent){0};
}

/* --- fields --- */

/* A value as structlog prints it: as it is, or Python's repr() of it when it holds blanks, quotes
 * or an equals sign. Returns where it ends; `out` NULL: only that. */
static const char *read_value(const char *at, GString *out)
{
    char quote = *at == '\'' || *at == '"' ? *at++ : '\0';

    while (*at != '\0' && *at != (quote != '\0' ? quote : ' ')) {
        char c = *at++;

        if (quote != '\0' && c == '\\' && *at != '\0') {
            c = *at++;
            if (c == 'n' || c == 't' || c == 'r')
                c = ' ';
        }
        if (out != NULL)
            g_string_append_c(out, c);
    }
    return *at != '\0' && quote != '\0' ? at + 1 : at;
}

static char *field_of_text(const char *at, const char *key)
{
    gsize len = strlen(key);

    for (;;) {
        const char *name = at + strspn(at, " ");
        gsize end = strcspn(name, "= ");

        if (*name == '\0')
            return NULL;
        if (name[end] != '=') {
            at = name + end;
        } else if (end == len && strncmp(name, key, len) == 0) {
            GString *out = g_string_new(NULL);

            read_value(name + end + 1, out);
            return g_string_free(out, FALSE);
        } else {
            at = read_value(name + end + 1, NULL);
        }
    }
}

char *log_event_field(const LogEvent *event, const char *key)
{
    if (event->json != NULL)
        return g_strdup(json_string_value(json_object_get(event->json, key)));
    return field_of_text(event->fields, key);
}
