#include "mesh/roster_jobs.h"

#include <malloc.h>
#include <string.h>

#include "base/clock.h"
#include "nats/monitor.h"

enum { PAGE = 1024, PAGES_MOST = 64, MONITOR_MS = 2000, MONITOR_IN_ALL_MS = 4000 };

/* Connections from which on the JSON is worth giving back at once. */
enum { MANY = 1000 };

/* Ten thousand connections are 40 MiB of JSON values, and each runner's thread would keep its own
 * part of the heap as large as its largest roster was. Takes some milliseconds. */
static void give_memory_back(const Roster *roster)
{
#ifdef __GLIBC__
    if (roster->clients->len >= MANY)
        malloc_trim(0);
#endif
}

Event *roster_job_read(const GPtrArray *replies, gboolean with_bus)
{
    Event *event = event_new(EVENT_ROSTER);
    Roster *roster = roster_new();

    for (unsigned i = 0; i < replies->len; i++) {
        GBytes *bytes = g_ptr_array_index(replies, i);
        gsize len;
        const char *start = g_bytes_get_data(bytes, &len);
        char *why = NULL;

        if (!roster_read(roster, raw_bytes(start, len), &why)) {
            g_free(event->text);
            event->text = why;
        }
    }
    if (roster->servers == 0) {
        roster_free(roster);
        if (event->text == NULL)
            event->text = g_strdup("no reply could be read");
        return event;
    }
    g_clear_pointer(&event->text, g_free);
    event->roster = roster;
    event->bus = with_bus ? bus_read(roster) : NULL;
    give_memory_back(roster);
    return event;
}

/* Another server's answer is no answer: the port is often a guess. The id stands at its head. */
static gboolean is_of(GBytes *page, const char *server_id)
{
    enum { HEAD = 400 };
    gsize len;
    const char *start = g_bytes_get_data(page, &len);

    return server_id == NULL || server_id[0] == '\0' ||
           memmem(start, MIN(len, HEAD), server_id, strlen(server_id)) != NULL;
}

static gboolean read_pages(const Monitor *monitor, const char *server_id, Roster *roster,
                           char **why)
{
    gint64 until = clock_now() + MONITOR_IN_ALL_MS * 1000LL;
    unsigned offset = 0;

    do {
        g_autoptr(GBytes) page = monitor_connz(monitor, offset, PAGE, why);
        gsize len;
        const char *start;

        if (page == NULL)
            return FALSE;
        if (!is_of(page, server_id)) {
            *why = g_strdup("another server answers there");
            return FALSE;
        }
        start = g_bytes_get_data(page, &len);
        roster->next_offset = 0;
        if (!roster_read(roster, raw_bytes(start, len), why))
            return FALSE;
        offset = roster->next_offset;
    } while (offset != 0 && offset < PAGE * PAGES_MOST && clock_now() < until);
    roster->next_offset = 0;
    return TRUE;
}

Event *roster_job_monitor(const char *host, const char *given, const char *server_id,
                          const char *ca_file)
{
    Event *event = event_new(EVENT_ROSTER);
    char *why = NULL;
    g_autofree char *url = monitor_find(host, given, &why);
    Roster *roster = roster_new();
    Monitor monitor = {
        .url = url, .ca_file = ca_file, .direct = given == NULL, .timeout_ms = MONITOR_MS};

    if (url != NULL && read_pages(&monitor, server_id, roster, &why)) {
        event->roster = roster;
        event->bus = bus_read(roster);
        return event;
    }
    roster_free(roster);
    event->text = g_strdup_printf("monitoring port %s: %s", url != NULL ? url : host,
                                  why != NULL ? why : "no answer");
    g_free(why);
    return event;
}
