#include "nats/guard.h"

static void keep(Guard *guard, gint64 now_us, const Load *load)
{
    unsigned place = guard->count++ % GUARD_SAMPLES;

    guard->samples[place].at_us = now_us;
    guard->samples[place].messages = load->messages;
    guard->samples[place].bytes = load->bytes;
}

void guard_begin(Guard *guard, gint64 now_us, const Load *load)
{
    *guard = (Guard){.dropped = load->dropped};
    keep(guard, now_us, load);
}

/* The youngest sample that is a window old, else the oldest that is kept. */
static unsigned from_where(const Guard *guard, gint64 now_us)
{
    unsigned oldest = guard->count > GUARD_SAMPLES ? guard->count - GUARD_SAMPLES : 0;
    unsigned at = guard->count - 1;

    while (at > oldest && now_us - guard->samples[at % GUARD_SAMPLES].at_us < GUARD_WINDOW_US)
        at--;
    return at % GUARD_SAMPLES;
}

GuardVerdict guard_judge(Guard *guard, const GuardLimits *limits, gint64 now_us, const Load *load)
{
    unsigned from = from_where(guard, now_us);
    gint64 us = now_us - guard->samples[from].at_us;

    if (us >= GUARD_FIRST_US) {
        double seconds = (double)us / G_USEC_PER_SEC;

        guard->messages = (double)(load->messages - guard->samples[from].messages) / seconds;
        guard->bytes = (double)(load->bytes - guard->samples[from].bytes) / seconds;
    }
    keep(guard, now_us, load);
    if (load->dropped > guard->dropped)
        return GUARD_DROPPED;
    if (load->pending > limits->pending || load->pending_bytes > limits->pending_bytes)
        return GUARD_PENDING;
    if (guard->messages > limits->messages)
        return GUARD_MESSAGES;
    return guard->bytes > limits->bytes ? GUARD_BYTES : GUARD_HOLDS;
}

/* 912345 as "912,345", whatever the locale. */
static char *grouped(double value)
{
    g_autofree char *digits = g_strdup_printf("%.0f", value);
    GString *text = g_string_new(digits);

    for (gssize at = (gssize)text->len - 3; at > 0; at -= 3)
        g_string_insert_c(text, at, ',');
    return g_string_free(text, FALSE);
}

char *guard_words(const Guard *guard, GuardVerdict verdict)
{
    g_autofree char *messages = grouped(guard->messages);
    g_autofree char *rate =
        guard->messages > 0 ? g_strdup_printf(" at %s messages a second", messages) : g_strdup("");

    switch (verdict) {
    case GUARD_DROPPED:
        return g_strdup_printf("messages were dropped%s", rate);
    case GUARD_PENDING:
        return g_strdup_printf("messages pile up%s", rate);
    case GUARD_MESSAGES:
        return g_strdup_printf("%s messages a second", messages);
    case GUARD_BYTES:
        return g_strdup_printf("%.0f MB a second", guard->bytes / 1e6);
    default:
        return g_strdup("holds");
    }
}

void load_add(Load *to, const Load *load)
{
    to->messages += load->messages;
    to->bytes += load->bytes;
    to->pending += load->pending;
    to->pending_bytes += load->pending_bytes;
    to->dropped += load->dropped;
}
