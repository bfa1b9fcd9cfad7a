/* A server may answer anything when asked who is subscribed: what is counted of it is clean, adds
 * up, and merges with what another one said. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mesh/bus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_clean(const char *text)
{
    if (text == NULL || !g_utf8_validate(text, -1, NULL))
        abort();
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            abort();
}

static void must_add_up(const char *subject, const char *queue, unsigned count, void *roster)
{
    must_be_clean(subject);
    must_be_clean(queue);
    if (count == 0 || count > roster_count(roster, subject, "*") ||
        (strcmp(queue, "*") != 0 && count != roster_count(roster, subject, queue)))
        abort();
}

static void sum_up(const char *subject, const char *queue, unsigned count, void *sums)
{
    unsigned sum = GPOINTER_TO_UINT(g_hash_table_lookup(sums, subject));

    (void)queue;
    g_hash_table_insert(sums, g_strdup(subject), GUINT_TO_POINTER(sum + count));
}

/* A subject's queue groups are together all that is subscribed to it. */
static void must_be_whole(const Roster *roster)
{
    g_autoptr(GHashTable) sums = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer subject, sum;

    roster_foreach(roster, sum_up, sums);
    g_hash_table_iter_init(&iter, sums);
    while (g_hash_table_iter_next(&iter, &subject, &sum))
        if (GPOINTER_TO_UINT(sum) != roster_count(roster, subject, "*"))
            abort();
}

static void must_have_doubled(const char *subject, const char *queue, unsigned count, void *twice)
{
    if (strcmp(queue, "*") != 0 && roster_count(twice, subject, queue) != 2 * count)
        abort();
}

static void must_read_twice(const Roster *roster, RawText reply)
{
    Roster *twice = roster_new();
    g_autofree char *why = NULL;

    if (!roster_read(twice, reply, &why) || !roster_read(twice, reply, &why))
        abort();
    roster_foreach(roster, must_have_doubled, twice);
    bus_free(bus_read(twice));
    roster_free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Roster *roster = roster_new();
    g_autofree char *why = NULL;

    if (roster_read(roster, raw_bytes(data, size), &why)) {
        if (why != NULL || roster->servers > 1)
            abort();
        roster_foreach(roster, must_add_up, roster);
        must_be_whole(roster);
        must_read_twice(roster, raw_bytes(data, size));
    } else {
        must_be_clean(why);
        if (roster->servers != 0 || g_hash_table_size(roster->counts) != 0)
            abort();
    }
    roster_free(roster);
    return 0;
}
