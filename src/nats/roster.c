#include "nats/roster.h"

#include <jansson.h>
#include <string.h>

/* Stands for all queue groups in a key: clean text, which a group's name is, holds no line feed. */
#define ANY_QUEUE "\n"

Roster *roster_new(void)
{
    Roster *roster = g_new0(Roster, 1);

    roster->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return roster;
}

void roster_free(Roster *roster)
{
    if (roster == NULL)
        return;
    g_hash_table_unref(roster->counts);
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

static void read_connection(Roster *roster, const json_t *connection)
{
    json_t *subs = json_object_get(connection, "subscriptions_list_detail"), *sub;
    size_t i;

    json_array_foreach(subs, i, sub)
    {
        g_autofree char *subject = string_of(sub, "subject");
        g_autofree char *queue = string_of(sub, "qgroup");

        if (subject == NULL)
            continue;
        count(roster, subject, queue != NULL ? queue : "", 1);
        count(roster, subject, ANY_QUEUE, 1);
    }
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
        read_connection(roster, connection);
    }
    roster->servers++;
    roster->connections +=
        (unsigned)CLAMP(json_integer_value(json_object_get(data, "total")), 0, 10 * 1000 * 1000);
    json_decref(root);
    return TRUE;
}

void roster_merge(Roster *to, const Roster *from)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, from->counts);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        unsigned before = GPOINTER_TO_UINT(g_hash_table_lookup(to->counts, key));

        g_hash_table_insert(to->counts, g_strdup(key),
                            GUINT_TO_POINTER(before + GPOINTER_TO_UINT(value)));
    }
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
