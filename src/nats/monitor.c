#include "nats/monitor.h"

#include <curl/curl.h>
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "nats/http.h"

enum {
    DEFAULT_PORT = 8222,
    MOST_BYTES = 8 << 20,        /* of /varz (4 KiB in life) and a page of closed connections */
    MOST_CONNZ_BYTES = 64 << 20, /* 10,000 connections have 6 MiB */
    CLOSED_PAGE = 256,           /* newest ones to look at, 600 bytes each and a JWT perhaps */
    TEXT_CHARS = 64,
    USER_CHARS = 80,
};

/* --- URLs --- */

/* `text` must be whole: what is wrong with it, or NULL with *base set. */
static const char *take_url(CURLU *parts, const char *text, char **base)
{
    g_autofree char *full =
        strstr(text, "://") == NULL ? g_strconcat("http://", text, NULL) : g_strdup(text);
    char *scheme = NULL, *user = NULL, *query = NULL, *fragment = NULL, *url = NULL;
    const char *why = NULL;

    if (curl_url_set(parts, CURLUPART_URL, full, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return "not an HTTP URL";
    curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0);
    curl_url_get(parts, CURLUPART_USER, &user, 0);
    curl_url_get(parts, CURLUPART_QUERY, &query, 0);
    curl_url_get(parts, CURLUPART_FRAGMENT, &fragment, 0);
    if (g_strcmp0(scheme, "http") != 0 && g_strcmp0(scheme, "https") != 0)
        why = "the scheme is neither http nor https";
    else if (user != NULL)
        why = "the monitoring port takes no login";
    else if (query != NULL || fragment != NULL)
        why = "only scheme, host, port and path are wanted";
    else if (curl_url_get(parts, CURLUPART_URL, &url, 0) != CURLUE_OK)
        why = "not an HTTP URL";
    else
        *base = g_strdup(url);
    curl_free(scheme);
    curl_free(user);
    curl_free(query);
    curl_free(fragment);
    curl_free(url);
    return why;
}

char *monitor_url_read(const char *text, char **why)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(text));
    CURLU *parts = curl_url();
    char *base = NULL;
    const char *trouble = take_url(parts, trimmed, &base);

    curl_url_cleanup(parts);
    *why = g_strdup(trouble);
    while (base != NULL && g_str_has_suffix(base, "/"))
        base[strlen(base) - 1] = '\0';
    return base;
}

char *monitor_find(const char *host, const char *given, char **why)
{
    g_autofree char *url = NULL;
    g_auto(GStrv) scope = g_strsplit(host, "%", 2);
    g_autofree char *spelt = g_strjoinv("%25", scope); /* fe80::1%eth0 */

    if (given != NULL)
        return monitor_url_read(given, why);
    if (strchr(host, ':') != NULL && host[0] != '[')
        url = g_strdup_printf("http://[%s]:%d", spelt, DEFAULT_PORT);
    else
        url = g_strdup_printf("http://%s:%d", spelt, DEFAULT_PORT);
    return monitor_url_read(url, why);
}

/* --- JSON --- */

static char *get_text(const json_t *object, const char *member, gsize chars)
{
    const json_t *value = json_object_get(object, member);

    if (!json_is_string(value) || json_string_length(value) == 0)
        return NULL;
    return text_clean(raw_bytes(json_string_value(value), json_string_length(value)), chars);
}

static gint64 get_count(const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);

    return json_is_integer(value) && json_integer_value(value) >= 0 ? json_integer_value(value)
                                                                    : MONITOR_UNKNOWN;
}

/* Microseconds since the epoch of "2026-11-24T17:35:03.267702389Z"; 0 when there is none. */
static gint64 get_time(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    g_autoptr(GDateTime) time = text != NULL ? g_date_time_new_from_iso8601(text, NULL) : NULL;

    if (time == NULL)
        return 0;
    return g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
}

/* NULL, with *why, unless the body is one JSON object. The parser's own words are not passed on: it
 * quotes what it stumbles over, and that may be anything that somebody logged in with. */
static json_t *read_object(RawText body, char **why)
{
    json_t *root = json_loadb(body.bytes, body.len, 0, NULL);

    *why = NULL;
    if (json_is_object(root))
        return root;
    *why = g_strdup(root == NULL ? "its answer is no JSON" : "its answer is no JSON object");
    json_decref(root);
    return NULL;
}

/* --- fetching --- */

static gboolean fetch(const Monitor *monitor, const char *path, gsize most_bytes, HttpReply *reply,
                      char **why)
{
    g_autofree char *url = g_strconcat(monitor->url, path, NULL);
    HttpAsk ask = {
        .url = url,
        .ca_file = monitor->ca_file,
        .direct = monitor->direct,
        .timeout_ms = monitor->timeout_ms,
        .most_bytes = most_bytes,
        .cancelled = monitor->cancelled,
    };

    return http_get(&ask, reply, why) == CAUSE_NONE;
}

/* --- /varz --- */

static gint64 get_slow(const json_t *varz, const char *member)
{
    return get_count(json_object_get(varz, "slow_consumer_stats"), member);
}

static void judge_clock(MonitorVarz *varz, gint64 server_us, gint64 our_us)
{
    varz->knows_time = server_us != 0;
    varz->skew_s = varz->knows_time ? (double)(server_us - our_us) / G_USEC_PER_SEC : 0;
}

MonitorVarz *monitor_varz_read(RawText body, char **why)
{
    json_t *root = read_object(body, why);
    MonitorVarz *varz;

    if (root == NULL)
        return NULL;
    if (get_count(root, "connections") < 0) { /* other things listen on 8222 too */
        *why = g_strdup("no /varz of a nats-server");
        json_decref(root);
        return NULL;
    }
    varz = g_new(MonitorVarz, 1);
    *varz = (MonitorVarz){
        .id = get_text(root, "server_id", TEXT_CHARS),
        .name = get_text(root, "server_name", TEXT_CHARS),
        .version = get_text(root, "version", TEXT_CHARS),
        .uptime = get_text(root, "uptime", TEXT_CHARS),
        .connections = get_count(root, "connections"),
        .max_connections = get_count(root, "max_connections"),
        .slow_consumers = get_count(root, "slow_consumers"),
        .slow_clients = get_slow(root, "clients"),
        .slow_routes = get_slow(root, "routes"),
        .slow_gateways = get_slow(root, "gateways"),
        .slow_leafs = get_slow(root, "leafs"),
        .max_payload = get_count(root, "max_payload"),
        .mem = get_count(root, "mem"),
        .cpu = json_number_value(json_object_get(root, "cpu")),
        .auth_required = json_is_true(json_object_get(root, "auth_required")),
        .tls_required = json_is_true(json_object_get(root, "tls_required")),
        .cert_ends = get_time(root, "tls_cert_not_after") / G_USEC_PER_SEC,
    };
    judge_clock(varz, get_time(root, "now"), clock_wall());
    json_decref(root);
    return varz;
}

MonitorVarz *monitor_varz(const Monitor *monitor, char **why)
{
    gint64 before = clock_wall(), middle;
    HttpReply reply;
    MonitorVarz *varz;

    if (!fetch(monitor, "/varz", MOST_BYTES, &reply, why))
        return NULL;
    middle = before + (clock_wall() - before) / 2;
    varz = monitor_varz_read(raw_bytes(reply.body->data, reply.body->len), why);
    if (varz != NULL && varz->knows_time)
        varz->skew_s += (double)(clock_wall() - middle) / G_USEC_PER_SEC;
    else if (varz != NULL)
        judge_clock(varz, reply.date_us, middle);
    http_reply_clear(&reply);
    return varz;
}

void monitor_varz_free(MonitorVarz *varz)
{
    if (varz == NULL)
        return;
    g_free(varz->id);
    g_free(varz->name);
    g_free(varz->version);
    g_free(varz->uptime);
    g_free(varz);
}

/* --- /connz --- */

static gboolean is_sought(const json_t *connection, const MonitorSought *sought, gboolean same)
{
    const char *ip = json_string_value(json_object_get(connection, "ip"));

    if (same && sought->cid != 0 && get_count(connection, "cid") == (gint64)sought->cid)
        return TRUE;
    return sought->ip != NULL && sought->port != 0 && g_strcmp0(ip, sought->ip) == 0 &&
           get_count(connection, "port") == sought->port;
}

static gboolean is_alike(const json_t *connection, const MonitorSought *sought, gint64 now_us)
{
    const char *name = json_string_value(json_object_get(connection, "name"));
    gint64 stop_us = get_time(connection, "stop");

    return sought->name != NULL && g_strcmp0(name, sought->name) == 0 && stop_us != 0 &&
           stop_us <= now_us && (now_us - stop_us) / G_USEC_PER_SEC < sought->seconds;
}

/* The list is sorted, the newest first. */
static const json_t *find_closed(const json_t *root, const MonitorSought *sought, gboolean same)
{
    json_t *list = json_object_get(root, "connections"), *connection;
    gint64 now = get_time(root, "now"); /* by the server's clock, as the ends are */
    size_t i;

    json_array_foreach(list, i, connection)
    {
        if (is_sought(connection, sought, same))
            return connection;
    }
    json_array_foreach(list, i, connection)
    {
        if (is_alike(connection, sought, now))
            return connection;
    }
    return NULL;
}

MonitorReason *monitor_reason_read(RawText body, const MonitorSought *sought, char **why)
{
    json_t *root = read_object(body, why);
    const char *id = json_string_value(json_object_get(root, "server_id"));
    gboolean same = sought->server_id != NULL && g_strcmp0(id, sought->server_id) == 0;
    const json_t *connection = NULL;
    MonitorReason *found = NULL;
    char *reason;

    if (root == NULL)
        return NULL;
    if (!json_is_array(json_object_get(root, "connections")))
        *why = g_strdup("no /connz of a nats-server");
    else if (sought->server_id != NULL && !same)
        *why = g_strdup("another server answers there");
    else
        connection = find_closed(root, sought, same);
    reason = get_text(connection, "reason", TEXT_CHARS);
    if (reason != NULL) {
        found = g_new(MonitorReason, 1);
        *found = (MonitorReason){reason, get_text(connection, "authorized_user", USER_CHARS)};
    } else if (*why == NULL) {
        *why = g_strdup("our connection is not among those it closed");
    }
    json_decref(root);
    return found;
}

MonitorReason *monitor_closed_reason(const Monitor *monitor, const MonitorSought *sought,
                                     gboolean *answered, char **why)
{
    g_autofree char *path =
        g_strdup_printf("/connz?state=closed&auth=1&sort=stop&limit=%d", CLOSED_PAGE);
    HttpReply reply;
    MonitorReason *reason;

    *answered = fetch(monitor, path, MOST_BYTES, &reply, why);
    if (!*answered)
        return NULL;
    reason = monitor_reason_read(raw_bytes(reply.body->data, reply.body->len), sought, why);
    http_reply_clear(&reply);
    return reason;
}

void monitor_reason_free(MonitorReason *reason)
{
    if (reason == NULL)
        return;
    g_free(reason->reason);
    if (reason->user != NULL)
        explicit_bzero(reason->user, strlen(reason->user)); /* perhaps a token */
    g_free(reason->user);
    g_free(reason);
}

GBytes *monitor_connz(const Monitor *monitor, unsigned offset, unsigned limit, char **why)
{
    static const char before[] = "{\"data\":", after[] = "}";
    g_autofree char *path = g_strdup_printf("/connz?subs=detail&offset=%u&limit=%u", offset, limit);
    HttpReply reply;
    GByteArray *page;

    if (!fetch(monitor, path, MOST_CONNZ_BYTES, &reply, why))
        return NULL;
    page = g_byte_array_sized_new((guint)(reply.body->len + sizeof before + sizeof after));
    g_byte_array_append(page, (const guint8 *)before, sizeof before - 1);
    g_byte_array_append(page, reply.body->data, reply.body->len);
    g_byte_array_append(page, (const guint8 *)after, sizeof after - 1);
    http_reply_clear(&reply);
    return g_byte_array_free_to_bytes(page);
}

/* Lower case; the first that match count. */
static const struct {
    const char *words;
    Cause cause;
} reasons[] = {
    {"authentication expired", CAUSE_AUTH_EXPIRED},
    {"credentials revoked", CAUSE_AUTH_EXPIRED},
    {"authentication", CAUSE_AUTH_FAILED}, /* failure, timeout */
    {"missing account", CAUSE_AUTH_FAILED},
    {"connections exceeded", CAUSE_MAX_CONNECTIONS},
    {"slow consumer", CAUSE_SLOW_CONSUMER}, /* (pending bytes), (write deadline) */
    {"payload exceeded", CAUSE_MAX_PAYLOAD},
    {"stale connection", CAUSE_SILENT},
    {"server shutdown", CAUSE_CLOSED},
    {"tls handshake", CAUSE_TLS_FAILED},
    {"incorrect port", CAUSE_ROUTE_PORT},
};

Cause monitor_cause(const MonitorReason *reason)
{
    g_autofree char *low = g_ascii_strdown(reason->reason, -1);

    for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++)
        if (strstr(low, reasons[i].words) != NULL)
            return reasons[i].cause;
    return CAUSE_NONE;
}
