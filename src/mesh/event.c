#include "mesh/event.h"

#include <string.h>

#include "base/clock.h"

Event *event_new(EventKind kind)
{
    Event *event = g_new0(Event, 1);

    event->kind = kind;
    event->at_us = clock_now();
    event->wall_us = clock_wall();
    return event;
}

void event_free(void *data)
{
    Event *event = data;

    if (event->url != NULL) /* may hold a password */
        explicit_bzero(event->url, strlen(event->url));
    g_free(event->url);
    g_free(event->text);
    if (event->fleet != NULL)
        fleet_free(event->fleet);
    if (event->config != NULL)
        config_report_free(event->config);
    env_view_free(event->env);
    if (event->ladder != NULL)
        ladder_free(event->ladder);
    link_news_free(event->link);
    procs_free(event->procs);
    g_free(event->log);
    bus_free(event->bus);
    roster_free(event->roster);
    if (event->rows != NULL)
        g_ptr_array_unref(event->rows);
    g_free(event->traffic);
    poison_free(event->poison);
    g_strfreev(event->addresses);
    g_free(event->bytes);
    g_free(event);
}
