#include "base/clock.h"

#include <time.h>

static gint64 read_clock(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (gint64)t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

gint64 clock_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

gint64 clock_wall(void)
{
    return read_clock(CLOCK_REALTIME);
}

static char *format(GDateTime *at, const char *pattern)
{
    char *text = at != NULL ? g_date_time_format(at, pattern) : NULL;

    if (at != NULL)
        g_date_time_unref(at);
    return text != NULL ? text : g_strdup("?");
}

char *clock_local(gint64 wall_us)
{
    return format(g_date_time_new_from_unix_local(wall_us / G_USEC_PER_SEC), "%H:%M:%S");
}

char *clock_utc(gint64 wall_us)
{
    return format(g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC), "%H:%M:%SZ");
}

char *clock_iso(gint64 wall_us)
{
    g_autofree char *seconds =
        format(g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC), "%Y-%m-%dT%H:%M:%S");

    return g_strdup_printf("%s.%03dZ", seconds, (int)(wall_us / 1000 % 1000));
}

char *clock_span(gint64 us)
{
    gint64 seconds = us / G_USEC_PER_SEC;

    if (us < 0)
        return g_strdup("0 ms");
    if (us < 10 * 1000)
        return g_strdup_printf("%.1f ms", us / 1e3);
    if (us < G_USEC_PER_SEC)
        return g_strdup_printf("%d ms", (int)(us / 1000));
    if (seconds < 60)
        return g_strdup_printf("%.1f s", us / 1e6);
    if (seconds < 3600)
        return g_strdup_printf("%d m %d s", (int)(seconds / 60), (int)(seconds % 60));
    if (seconds < 86400)
        return g_strdup_printf("%d h %d m", (int)(seconds / 3600), (int)(seconds / 60 % 60));
    return g_strdup_printf("%d d %d h", (int)(seconds / 86400), (int)(seconds / 3600 % 24));
}
