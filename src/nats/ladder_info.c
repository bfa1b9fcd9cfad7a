/* The fourth rung: the server's INFO, which comes before anything is asked of us and tells version,
 * login and TLS. What is no INFO tells what listens there instead. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "nats/ladder_internal.h"

enum {
    NAME_CHARS = 64,
    MAX_OTHERS = 16,
    GRACE_MS = 50, /* for the rest of a stranger's first line */
};

/* --- the JSON of it --- */

/* Servers greet each other with an INFO too; these members are in no client's (seen on 2.9.10). */
static const struct {
    const char *member;
    const char *port;
} other_ports[] = {
    {"gateway", "gateway"},
    {"info_on_connect", "leafnode"},
    {"lnoc", "route"},
    {"import", "route"},
};

static char *get_text(const json_t *info, const char *member)
{
    const json_t *value = json_object_get(info, member);

    if (!json_is_string(value) || json_string_length(value) == 0)
        return NULL;
    return text_clean(raw_bytes(json_string_value(value), json_string_length(value)), NAME_CHARS);
}

static gboolean get_flag(const json_t *info, const char *member)
{
    return json_is_true(json_object_get(info, member));
}

static gint64 get_count(const json_t *info, const char *member)
{
    return MAX(0, json_integer_value(json_object_get(info, member)));
}

/* Names are left out: whoever says INFO could have any looked up. */
static gboolean is_numeric(const char *address)
{
    const char *colon = strrchr(address, ':');
    g_autofree char *host = colon != NULL ? g_strndup(address, (gsize)(colon - address)) : NULL;
    gsize len = host != NULL ? strlen(host) : 0;

    if (len > 1 && host[0] == '[' && host[len - 1] == ']') {
        memmove(host, host + 1, len - 2);
        host[len - 2] = '\0';
    }
    return host != NULL && strlen(address) < NAME_CHARS && g_hostname_is_ip_address(host) &&
           g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, NULL, NULL);
}

static char **get_addresses(const json_t *info, const char *member)
{
    const json_t *urls = json_object_get(info, member), *url;
    GPtrArray *kept = g_ptr_array_new();
    gsize i;

    json_array_foreach(urls, i, url)
    {
        const char *address = json_string_value(url);

        if (kept->len < MAX_OTHERS && address != NULL && is_numeric(address))
            g_ptr_array_add(kept, g_strdup(address));
    }
    g_ptr_array_add(kept, NULL);
    return (char **)g_ptr_array_free(kept, kept->len == 1);
}

char *info_read(RawText text, Climb *climb, const char **other)
{
    ServerInfo *to = &climb->ladder->info;
    json_error_t error;
    json_t *info = json_loadb(text.bytes, text.len, JSON_DISABLE_EOF_CHECK, &error);

    *other = NULL;
    if (info == NULL)
        return text_clean(raw_text(error.text), NAME_CHARS);
    if (!json_is_object(info)) {
        json_decref(info);
        return g_strdup("no JSON object");
    }
    to->name = get_text(info, "server_name");
    to->version = get_text(info, "version");
    to->cluster = get_text(info, "cluster");
    to->id = get_text(info, "server_id");
    g_strfreev(to->others);
    to->others = get_addresses(info, "connect_urls");
    to->max_payload = get_count(info, "max_payload");
    to->client_id = (guint64)get_count(info, "client_id");
    to->auth_required = get_flag(info, "auth_required");
    to->tls_required = get_flag(info, "tls_required");
    to->tls_available = get_flag(info, "tls_available");
    to->jetstream = get_flag(info, "jetstream");
    to->headers = get_flag(info, "headers");
    g_free(climb->nonce);
    climb->nonce = g_strdup(json_string_value(json_object_get(info, "nonce")));
    climb->takes_nkeys = climb->nonce != NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(other_ports) && *other == NULL; i++)
        if (json_object_get(info, other_ports[i].member) != NULL)
            *other = other_ports[i].port;
    json_decref(info);
    return NULL;
}

/* --- waiting for it --- */

/* May `said`, as far as it goes, become a line that a NATS server begins with? */
static gboolean may_be_nats(RawText said)
{
    return g_ascii_strncasecmp(said.bytes, "INFO ", MIN(said.len, 5)) == 0 ||
           strncmp(said.bytes, "-ERR '", MIN(said.len, 6)) == 0;
}

/* At least one byte. Half way to the end of our patience a silent one is asked who it is. FALSE
 * when the rung broke. */
static gboolean wait_for_word(Climb *climb, Rung *rung, gint64 start_us)
{
    gint64 patience = climb_patience(climb);
    IoEnd end = io_fill(&climb->io, start_us + (patience - start_us) / 2);

    /* One that begins with TLS waits as long for us, and then closes. */
    if (climb->io.ssl == NULL && (end == IO_LATE || end == IO_CLOSED) && stranger_ask(climb, rung))
        return FALSE;
    if (end == IO_LATE)
        end = io_fill(&climb->io, patience);
    if (tls_refused_late(climb, end))
        return FALSE;
    if (end == IO_LATE)
        rung_breaks(rung, CAUSE_SILENT, "connected, but it said nothing for %.1f s",
                    (double)(clock_now() - start_us) / G_USEC_PER_SEC);
    else if (end == IO_CLOSED)
        rung_breaks(rung, CAUSE_CLOSED, "connected, but it closed without a word");
    else if (end != IO_DONE)
        rung_breaks_io(rung, end, "connecting", start_us);
    return end == IO_DONE;
}

/* Enough bytes to tell a NATS server from a stranger. */
static IoEnd hear_out(Climb *climb, gboolean *strange)
{
    IoEnd end = IO_DONE;

    while (io_pending(&climb->io).len < strlen("-ERR '") && may_be_nats(io_pending(&climb->io)) &&
           end == IO_DONE)
        end = io_fill(&climb->io, climb->deadline_us);
    *strange = !may_be_nats(io_pending(&climb->io));
    if (*strange && memchr(io_pending(&climb->io).bytes, '\n', io_pending(&climb->io).len) == NULL)
        io_fill(&climb->io, MIN(climb->deadline_us, clock_now() + GRACE_MS * 1000));
    return end;
}

/* nats-py, Heddle's client, sends headers and expects to hear of no responders: both came with 2.2.
 * Who listens is told since 2.4 (../shared/facts-nats.md). */
static const struct {
    unsigned major, minor;
    const char *lack;
} needs[] = {
    {2, 2, "Heddle's client needs 2.2 or later"},
    {2, 4, "before 2.4 it does not tell who listens"},
};

static const char *lack_of(const char *version)
{
    unsigned major, minor;

    if (version == NULL || sscanf(version, "%u.%u", &major, &minor) != 2)
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(needs); i++)
        if (major < needs[i].major || (major == needs[i].major && minor < needs[i].minor))
            return needs[i].lack;
    return NULL;
}

static void show_info(Rung *rung, const ServerInfo *info)
{
    rung_shows(rung, "server %s, version %s", info->name != NULL ? info->name : "without a name",
               info->version != NULL ? info->version : "not told");
    if (info->cluster != NULL)
        rung_shows(rung, "cluster %s", info->cluster);
    rung_shows(rung, "JetStream %s, login %s, TLS %s", info->jetstream ? "on" : "off",
               info->auth_required ? "required" : "not required",
               info->tls_required    ? "required"
               : info->tls_available ? "offered"
                                     : "not offered");
    rung_shows(rung, "max_payload %" G_GINT64_FORMAT " bytes, we are client %" G_GUINT64_FORMAT,
               info->max_payload, info->client_id);
}

static void judge_info(Climb *climb, Rung *rung, RawText line)
{
    const ServerInfo *info = &climb->ladder->info;
    const char *other;
    g_autofree char *why = info_read(raw_bytes(line.bytes + 5, line.len - 5), climb, &other);

    if (why == NULL)
        show_info(rung, info);
    if (why != NULL)
        rung_breaks(rung, CAUSE_NOT_NATS, "its INFO cannot be read: %s", why);
    else if (other != NULL)
        rung_breaks(rung, CAUSE_ROUTE_PORT, "the %s port, for other servers, not for clients",
                    other);
    else if (lack_of(info->version) != NULL)
        rung_warns(rung, CAUSE_OLD_SERVER, "nats-server %s: %s", info->version,
                   lack_of(info->version));
    else if (info->name != NULL && g_strcmp0(info->name, info->id) != 0)
        rung_holds(rung, "nats-server %s, %s", info->version != NULL ? info->version : "?",
                   info->name);
    else
        rung_holds(rung, "nats-server %s", info->version != NULL ? info->version : "?");
}

static void judge_line(Climb *climb, Rung *rung, RawText line)
{
    g_autofree char *words = NULL;
    Cause cause;

    if (refusal_read(line, climb->url->user != NULL, &cause, &words))
        rung_breaks(rung, cause, "refused at once: %s", words);
    else if (line.len > 5)
        judge_info(climb, rung, line);
    else
        rung_breaks(rung, CAUSE_NOT_NATS, "its INFO is empty");
}

void climb_info(Climb *climb, Rung *rung)
{
    gint64 start = clock_now();
    gboolean strange = FALSE;
    RawText line;
    IoEnd end;

    if (!wait_for_word(climb, rung, start))
        return;
    end = hear_out(climb, &strange);
    if (strange) {
        stranger_named(rung, io_pending(&climb->io));
        return;
    }
    if (end == IO_DONE)
        end = io_line(&climb->io, MAX_INFO_BYTES, climb->deadline_us, &line);
    if (end == IO_DONE)
        judge_line(climb, rung, line);
    else if (end == IO_TOO_LONG)
        rung_breaks(rung, CAUSE_NOT_NATS, "an INFO line without end (over 1 MiB)");
    else if (end == IO_LATE)
        rung_breaks(rung, CAUSE_TIMED_OUT, "INFO not complete after %.1f s (%u bytes)",
                    (double)(clock_now() - start) / G_USEC_PER_SEC, climb->io.in->len);
    else if (end == IO_CLOSED)
        rung_breaks(rung, CAUSE_CLOSED, "closed in the middle of its INFO");
    else
        rung_breaks_io(rung, end, "connecting", start);
}
