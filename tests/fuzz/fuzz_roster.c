/* A server may answer anything when asked who is subscribed: what is counted of it is clean, adds
 * up, and merges with what another one said. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nats/roster.h"

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
        count != roster_count(roster, subject, queue))
        abort();
}

static void must_have_doubled(const char *subject, const char *queue, unsigned count, void *twice)
{
    if (roster_count(twice, subject, queue) != 2 * count)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Roster *roster = roster_new(), *twice = roster_new();
    g_autofree char *why = NULL;

    if (roster_read(roster, raw_bytes(data, size), &why)) {
        if (why != NULL || roster->servers != 1)
            abort();
        roster_foreach(roster, must_add_up, roster);
        roster_merge(twice, roster);
        roster_merge(twice, roster);
        roster_foreach(roster, must_have_doubled, twice);
    } else {
        must_be_clean(why);
        if (roster->servers != 0 || g_hash_table_size(roster->counts) != 0)
            abort();
    }
    roster_free(twice);
    roster_free(roster);
    return 0;
}
