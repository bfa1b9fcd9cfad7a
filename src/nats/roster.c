#include "nats/roster.h"

#include <jansson.h>
#include <string.h>

/* Stands for all queue groups in a key: clean text, which a group's name is, holds no line feed. */
#define ANY_QUEUE "\n"

static void sub_free(void *data)
{
    RosterSub *sub = data;

    g_free(sub->subject);
    g_free(sub->queue);
    g_free(sub);
}

static void client_free(void *data)
{
    RosterClient *client = data;

    g_free(client->server);
    g_free(client->server_name);
    g_free(client->ip);
    g_free(client->name);
    g_free(client->lang);
    g_free(client->version);
    g_ptr_array_unref(client->subs);
    g_free(client);
}

Roster *roster_new(void)
{
    Roster *roster = g_new0(Roster, 1);

    roster->clients = g_ptr_array_new_with_free_func(client_free);

    roster->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return roster;
}

void roster_free(Roster *roster)
{
    if (roster == NULL)
        return;
    g_hash_table_unref(roster->counts);
    g_ptr_array_unref(roster->clients);
    g_free(roster);
}

static void count(Roster *roster, const char *subject, const char *queue, unsigned more)
{
    char *key = g_strconcat(subject, "\n", queue, NULL);
    unsigned before = GPOINTER_TO_UINT(g_hash_table_lookup(roster->counts, key));

    g_hash_table_insert(roster->counts, key, GUINT_TO_POINTER(before + more));
}

static char *string_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_string(value)
               ? text_clean(raw_bytes(json_string_value(value), json_string_length(value)), 256)
               : NULL;
}

static char *string_or_empty(const json_t *object, const char *key)
{
    char *text = string_of(object, key);

    return text != NULL ? text : g_strdup("");
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

static RosterClient *read_client(const json_t *connection, const json_t *server)
{
    RosterClient *client = g_new0(RosterClient, 1);
    g_autofree char *uptime = string_of(connection, "uptime");
    g_autofree char *rtt = string_of(connection, "rtt");

    client->cid = number_of(connection, "cid");
    client->server = string_or_empty(server, "id");
    client->server_name = string_or_empty(server, "name");
    client->ip = string_or_empty(connection, "ip");
    client->port = (unsigned)MIN(number_of(connection, "port"), G_MAXUINT16);
    client->name = string_or_empty(connection, "name");
    client->lang = string_or_empty(connection, "lang");
    client->version = string_or_empty(connection, "version");
    client->rtt_ms = ms_of(rtt);
    client->uptime_s = seconds_of(uptime);
    client->pending_bytes = number_of(connection, "pending_bytes");
    client->in_msgs = number_of(connection, "in_msgs");
    client->out_msgs = number_of(connection, "out_msgs");
    client->subs = g_ptr_array_new_with_free_func(sub_free);
    return client;
}

static void read_connection(Roster *roster, const json_t *connection, const json_t *server)
{
    json_t *subs = json_object_get(connection, "subscriptions_list_detail"), *sub;
    RosterClient *client = read_client(connection, server);
    size_t i;

    json_array_foreach(subs, i, sub)
    {
        g_autofree char *subject = string_of(sub, "subject");
        RosterSub *one;

        if (subject == NULL)
            continue;
        one = g_new0(RosterSub, 1);
        one->queue = string_or_empty(sub, "qgroup");
        one->msgs = number_of(sub, "msgs");
        count(roster, subject, one->queue, 1);
        count(roster, subject, ANY_QUEUE, 1);
        one->subject = g_steal_pointer(&subject);
        g_ptr_array_add(client->subs, one);
    }
    g_ptr_array_add(roster->clients, client);
}

gboolean roster_read(Roster *roster, RawText reply, char **why)
{
    json_error_t error;
    json_t *root = json_loadb(reply.bytes, reply.len, JSON_ALLOW_NUL, &error);
    json_t *data = json_object_get(root, "data"), *connections, *connection;
    g_autofree char *trouble = NULL;
    size_t i;

    connections = json_object_get(data, "connections");
    if (!json_is_array(connections)) {
        trouble = string_of(json_object_get(root, "error"), "description");
        *why = trouble != NULL ? g_strdup_printf("the server says: %s", trouble)
                               : g_strdup("the server's CONNZ reply cannot be read");
        json_decref(root);
        return FALSE;
    }
    json_array_foreach(connections, i, connection)
    {
        read_connection(roster, connection, json_object_get(root, "server"));
    }
    roster->servers++;
    roster->connections +=
        (unsigned)CLAMP(json_integer_value(json_object_get(data, "total")), 0, 10 * 1000 * 1000);
    json_decref(root);
    return TRUE;
}

void roster_merge(Roster *to, Roster *from)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, from->counts);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        unsigned before = GPOINTER_TO_UINT(g_hash_table_lookup(to->counts, key));

        g_hash_table_insert(to->counts, g_strdup(key),
                            GUINT_TO_POINTER(before + GPOINTER_TO_UINT(value)));
    }
    for (guint i = 0; i < from->clients->len; i++)
        g_ptr_array_add(to->clients, g_ptr_array_index(from->clients, i));
    g_ptr_array_set_free_func(from->clients, NULL);
    g_ptr_array_set_size(from->clients, 0);
    to->servers += from->servers;
    to->connections += from->connections;
}

unsigned roster_count(const Roster *roster, const char *subject, const char *queue)
{
    const char *group = queue == NULL ? "" : g_str_equal(queue, "*") ? ANY_QUEUE : queue;
    g_autofree char *key = g_strconcat(subject, "\n", group, NULL);

    return GPOINTER_TO_UINT(g_hash_table_lookup(roster->counts, key));
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
