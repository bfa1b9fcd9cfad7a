/* A link's hooks: what libnats' threads bring becomes news, and nothing else is done on them. */
#include <stdlib.h>
#include <string.h>

#include "nats/link_parts.h"
#include "nats/trace.h"

static void on_message(void *data, TapClass class, const char *subject, const char *bytes,
                       gsize len)
{
    Link *link = data;
    LinkNews *news;

    if (!__atomic_load_n(&link->floor, __ATOMIC_ACQUIRE))
        return;
    if (class == TAP_BUS || class == TAP_SENTINEL) {
        link_stream_message(link, class, subject, bytes, len);
        return;
    }
    if (!tap_put(link->tap, class, subject, bytes, len))
        return;
    news = link_news_new(LINK_NEWS_MATCH);
    news->class = class;
    news->subject = g_strdup(subject);
    news->bytes = link_copy_bytes(bytes, len);
    news->len = len;
    link_post(link, news);
}

/* Something has come of the roster that was asked for: the number of its round. */
static unsigned roster_answered(Link *link)
{
    unsigned round;

    pthread_mutex_lock(&link->lock);
    link->roster_due_us = 0;
    round = link->roster_round;
    pthread_mutex_unlock(&link->lock);
    return round;
}

/* Is it about the roster that was asked for last? A publication's id begins otherwise. */
static gboolean is_roster(Link *link, const char *id, gboolean *late)
{
    unsigned round;

    if (!g_str_has_prefix(id, ROSTER_ID))
        return FALSE;
    pthread_mutex_lock(&link->lock);
    round = link->roster_round;
    pthread_mutex_unlock(&link->lock);
    *late = strtoul(id + strlen(ROSTER_ID), NULL, 10) != round;
    return TRUE;
}

/* A nats-server before August 2023 loses what answers $SYS requests when its configuration is
 * reloaded (nats-io/nats-server #4360; seen with 2.9.10): for every connection, old and new,
 * whatever inbox is asked from, and until it is restarted. Only its monitoring port tells then. */
static void tell_no_roster(Link *link)
{
    gboolean told;

    roster_answered(link);
    pthread_mutex_lock(&link->lock);
    told = link->roster_told;
    pthread_mutex_unlock(&link->lock);
    link_post_trouble(link, LINK_NEWS_NO_ROSTER, NULL, CAUSE_NONE,
                      told ? "the server answers $SYS requests no more, as one before August 2023 "
                             "does once its configuration is reloaded; a restart of it mends that"
                           : "this server answers no $SYS requests");
}

static void on_no_responders(void *data, const char *id)
{
    Link *link = data;
    LinkNews *news;
    gboolean late;

    if (is_roster(link, id, &late)) {
        tell_no_roster(link);
        return;
    }
    news = link_news_new(LINK_NEWS_NO_RESPONDERS);
    news->id = g_strdup(id);
    link_post(link, news);
}

static void on_trace(Link *link, const char *id, const char *bytes, gsize len)
{
    LinkNews *news;

    if (len > TRACE_MAX_BYTES)
        return;
    news = link_news_new(LINK_NEWS_TRACE);
    news->id = g_strdup(id);
    news->bytes = link_copy_bytes(bytes, len);
    news->len = len;
    link_post(link, news);
}

static void on_reply(void *data, const char *id, const char *bytes, gsize len)
{
    Link *link = data;
    LinkNews *news;
    gboolean late;

    if (g_str_has_prefix(id, WIRE_TRACE_ID)) {
        on_trace(link, id + strlen(WIRE_TRACE_ID), bytes, len);
        return;
    }
    if (!is_roster(link, id, &late) || late)
        return; /* nobody is asked to answer a task on its reply subject */
    news = link_news_new(LINK_NEWS_ROSTER);
    news->count = roster_answered(link);
    pthread_mutex_lock(&link->lock);
    link->roster_told = TRUE;
    pthread_mutex_unlock(&link->lock);
    news->bytes = link_copy_bytes(bytes, len);
    news->len = len;
    link_post(link, news);
}

static void on_error(void *data, Cause cause, const char *text)
{
    Link *link = data;

    if (cause == CAUSE_PERMISSIONS && strstr(text, "Subscription to \"_INBOX") != NULL)
        __atomic_store_n(&link->no_inbox, 1, __ATOMIC_RELEASE);
    /* A refused roster is a fact about the roster; the connection is none the worse for it. */
    if (cause == CAUSE_PERMISSIONS && strstr(text, "$SYS.REQ.ACCOUNT") != NULL) {
        roster_answered(link);
        link_post_trouble(link, LINK_NEWS_NO_ROSTER, NULL, cause, text);
        return;
    }
    if (cause == CAUSE_PERMISSIONS && link_stream_denied(link, text))
        return; /* likewise of what is only looked at */
    if (cause == CAUSE_PERMISSIONS && strstr(text, "." WIRE_TRACE_ID) != NULL) {
        link_post_trouble(link, LINK_NEWS_NO_TRACE, NULL, cause, text);
        return;
    }
    link_post_trouble(link, LINK_NEWS_ERROR, NULL, cause, text);
}

static void on_lost(void *data, Cause cause, const char *text)
{
    Link *link = data;
    gboolean first;

    pthread_mutex_lock(&link->lock);
    first = !link->lost;
    link->lost = TRUE;
    if (first)
        link->lost_cause = cause;
    pthread_cond_signal(&link->wake);
    pthread_mutex_unlock(&link->lock);
    if (first)
        link_post_trouble(link, LINK_NEWS_LOST, NULL, cause, text);
}

static void on_release(void *data)
{
    link_unref(data);
}

WireHooks link_hooks(Link *link)
{
    return (WireHooks){on_message, on_no_responders, on_reply, on_error, on_lost, on_release, link};
}
