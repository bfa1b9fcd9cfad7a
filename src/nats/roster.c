#include "nats/roster.h"

#include <jansson.h>
#include <string.h>

/* Stands for all queue groups in a key: clean text, which a group's name is, holds no line feed. */
#define ANY_QUEUE "\n"

/* Connections a server is to tell of in one reply. It has no cap of its own (facts-nats.md), so one
 * page is the whole roster of all but the largest. */
enum { ASK_LIMIT = 20000 };

Roster *roster_new(void)
{
    Roster *roster = g_new0(Roster, 1);

    roster->clients = g_array_new(FALSE, FALSE, sizeof(RosterClient));
    roster->subs = g_array_new(FALSE, FALSE, sizeof(RosterSub));
    roster->text = g_string_chunk_new(16 * 1024);
    roster->counts = g_hash_table_new(g_str_hash, g_str_equal);
    roster->behind = g_hash_table_new(g_str_hash, g_str_equal);
    roster->least = G_MAXUINT;
    return roster;
}

void roster_free(Roster *roster)
{
    if (roster == NULL)
        return;
    g_hash_table_unref(roster->counts);
    g_hash_table_unref(roster->behind);
    g_array_unref(roster->clients);
    g_array_unref(roster->subs);
    g_string_chunk_free(roster->text);
    g_free(roster);
}

const RosterClient *roster_client(const Roster *roster, unsigned index)
{
    return &g_array_index(roster->clients, RosterClient, index);
}

const RosterSub *roster_sub(const Roster *roster, const RosterClient *client, unsigned index)
{
    return &g_array_index(roster->subs, RosterSub, client->first_sub + index);
}

static void count_one(Roster *roster, GHashTable *counts, const char *subject, const char *queue)
{
    g_autofree char *key = g_strconcat(subject, "\n", queue, NULL);
    gpointer kept, before;

    if (g_hash_table_lookup_extended(counts, key, &kept, &before))
        g_hash_table_insert(counts, kept, GUINT_TO_POINTER(GPOINTER_TO_UINT(before) + 1));
    else
        g_hash_table_insert(counts, g_string_chunk_insert(roster->text, key), GUINT_TO_POINTER(1));
}

/* NULL when it is none. */
static const char *keep(Roster *roster, const json_t *value)
{
    g_autofree char *clean = NULL;

    if (!json_is_string(value))
        return NULL;
    clean = text_clean(raw_bytes(json_string_value(value), json_string_length(value)), 256);
    return g_string_chunk_insert_const(roster->text, clean);
}

static const char *keep_of(Roster *roster, const json_t *object, const char *key)
{
    const char *text = keep(roster, json_object_get(object, key));

    return text != NULL ? text : "";
}

static guint64 number_of(const json_t *object, const char *key)
{
    return (guint64)MAX(0, json_integer_value(json_object_get(object, key)));
}

/* "1d2h3m4s", "0s", as Go prints an uptime; -1 when it is none. */
static gint64 seconds_of(const char *text)
{
    static const struct {
        char unit;
        gint64 seconds;
    } units[] = {{'y', 365 * 86400}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
    gint64 total = 0;

    if (text == NULL || text[0] == '\0' || strlen(text) > 32)
        return -1;
    while (*text != '\0') {
        char *end;
        guint64 value = g_ascii_strtoull(text, &end, 10);
        gsize i = 0;

        while (i < G_N_ELEMENTS(units) && units[i].unit != *end)
            i++;
        if (end == text || i == G_N_ELEMENTS(units) || value > 1000 * 1000)
            return -1;
        total += (gint64)value * units[i].seconds;
        text = end + 1;
    }
    return total;
}

/* "1.25ms", "215µs", "1.1s", as Go prints a duration; -1 when it is none. */
static double ms_of(const char *text)
{
    char *end;
    double value;

    if (text == NULL)
        return -1;
    value = g_ascii_strtod(text, &end);
    if (end == text || !(value >= 0 && value < 1e9))
        return -1;
    return g_str_equal(end, "ms")                             ? value
           : g_str_equal(end, "µs") || g_str_equal(end, "us") ? value / 1000
           : g_str_equal(end, "s")                            ? value * 1000
                                                              : -1;
}

static const char *raw_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static RosterClient read_client(Roster *roster, const json_t *connection, const json_t *server)
{
    return (RosterClient){
        .cid = number_of(connection, "cid"),
        .server = keep_of(roster, server, "id"),
        .server_name = keep_of(roster, server, "name"),
        .ip = keep_of(roster, connection, "ip"),
        .port = (unsigned)MIN(number_of(connection, "port"), G_MAXUINT16),
        .name = keep_of(roster, connection, "name"),
        .lang = keep_of(roster, connection, "lang"),
        .version = keep_of(roster, connection, "version"),
        .leaf = g_strcmp0(raw_of(connection, "kind"), "Leafnode") == 0,
        .rtt_ms = ms_of(raw_of(connection, "rtt")),
        .uptime_s = seconds_of(raw_of(connection, "uptime")),
        .idle_s = seconds_of(raw_of(connection, "idle")),
        .pending_bytes = number_of(connection, "pending_bytes"),
        .in_msgs = number_of(connection, "in_msgs"),
        .out_msgs = number_of(connection, "out_msgs"),
        .subscriptions = (unsigned)MIN(number_of(connection, "subscriptions"), G_MAXUINT),
        .first_sub = roster->subs->len,
    };
}

/* Inboxes and what else a connection listens to have nothing to do with Heddle. */
static gboolean is_of_interest(const char *subject)
{
    return g_str_has_prefix(subject, "heddle.") || subject[0] == '*' || subject[0] == '>';
}

static void read_connection(Roster *roster, const json_t *connection, const json_t *data,
                            const json_t *server)
{
    json_t *subs = json_object_get(connection, "subscriptions_list_detail"), *sub;
    RosterClient client = read_client(roster, connection, server);
    size_t i;

    if (client.server[0] == '\0') /* the monitoring port has it elsewhere, and no name */
        client.server = keep_of(roster, data, "server_id");
    client.ours = g_str_equal(client.name, ROSTER_OURS);
    json_array_foreach(subs, i, sub)
    {
        RosterSub one = {.subject = keep(roster, json_object_get(sub, "subject"))};

        if (one.subject == NULL || !is_of_interest(one.subject))
            continue;
        one.queue = keep_of(roster, sub, "qgroup");
        one.msgs = number_of(sub, "msgs");
        if (!client.ours) {
            GHashTable *counts = client.leaf ? roster->behind : roster->counts;

            count_one(roster, counts, one.subject, one.queue);
            count_one(roster, counts, one.subject, ANY_QUEUE);
        }
        g_array_append_val(roster->subs, one);
        client.sub_len++;
    }
    g_array_append_val(roster->clients, client);
}

static char *trouble_of(const json_t *root)
{
    const char *said = raw_of(json_object_get(root, "error"), "description");
    g_autofree char *clean = said != NULL ? text_clean(raw_text(said), 256) : NULL;

    return clean != NULL ? g_strdup_printf("the server says: %s", clean)
                         : g_strdup("the server's CONNZ reply cannot be read");
}

gboolean roster_read(Roster *roster, RawText reply, char **why)
{
    json_error_t error;
    json_t *root = json_loadb(reply.bytes, reply.len, JSON_ALLOW_NUL, &error);
    json_t *data = json_object_get(root, "data"), *connections, *connection;
    unsigned total, limit;
    size_t i;

    connections = json_object_get(data, "connections");
    if (!json_is_array(connections)) {
        *why = trouble_of(root);
        json_decref(root);
        return FALSE;
    }
    json_array_foreach(connections, i, connection)
    {
        read_connection(roster, connection, data, json_object_get(root, "server"));
    }
    total = (unsigned)MIN(number_of(data, "total"), 10 * 1000 * 1000);
    limit = (unsigned)MIN(number_of(data, "limit"), G_MAXINT);
    if (number_of(data, "offset") == 0) { /* further pages are of servers that are counted */
        roster->servers++;
        roster->connections += total;
        roster->most = MAX(roster->most, total);
        roster->least = MIN(roster->least, total);
    }
    if (limit > 0 && i >= limit)
        roster->next_offset =
            MAX(roster->next_offset, (unsigned)MIN(number_of(data, "offset"), G_MAXINT) + limit);
    json_decref(root);
    return TRUE;
}

char *roster_ask_heddle(unsigned offset)
{
    return g_strdup_printf("{\"subscriptions_detail\":true,\"filter_subject\":\"heddle.>\","
                           "\"offset\":%u,\"limit\":%d}",
                           offset, ASK_LIMIT);
}

char *roster_ask_idle(unsigned offset, unsigned limit)
{
    return g_strdup_printf(
        "{\"subscriptions_detail\":true,\"sort\":\"subs\",\"offset\":%u,\"limit\":%u}", offset,
        limit);
}

unsigned roster_count(const Roster *roster, const char *subject, const char *queue)
{
    const char *group = queue == NULL ? "" : g_str_equal(queue, "*") ? ANY_QUEUE : queue;
    g_autofree char *key = g_strconcat(subject, "\n", group, NULL);

    return GPOINTER_TO_UINT(g_hash_table_lookup(
        g_hash_table_contains(roster->counts, key) ? roster->counts : roster->behind, key));
}

void roster_foreach(const Roster *roster, RosterVisit visit, void *data)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, roster->counts);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const char *end = strchr(key, '\n');
        g_autofree char *subject = g_strndup(key, (gsize)(end - (char *)key));

        if (!g_str_equal(end + 1, ANY_QUEUE))
            visit(subject, end + 1, GPOINTER_TO_UINT(value), data);
    }
}
