#include "nats/link.h"

#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "nats/link_parts.h"

enum { MAX_COMMANDS = 64 };

static int threads; /* atomic; only link_threads() reads it */

void link_news_free(LinkNews *news)
{
    if (news == NULL)
        return;
    if (news->ladder != NULL)
        ladder_free(news->ladder);
    g_free(news->text);
    g_free(news->id);
    g_free(news->subject);
    g_free(news->bytes);
    g_free(news);
}

void link_command_free(Command *command)
{
    g_free(command->id);
    g_free(command->subject);
    g_free(command->bytes);
    g_free(command->also);
    g_free(command);
}

void link_unref(Link *link)
{
    if (!refs_drop(&link->refs))
        return;
    g_queue_clear_full(&link->commands, (GDestroyNotify)link_command_free);
    pthread_cond_destroy(&link->wake);
    pthread_cond_destroy(&link->paused_now);
    pthread_mutex_destroy(&link->lock);
    tap_unref(link->tap);
    if (link->bus != NULL)
        tap_unref(link->bus);
    traffic_unref(link->traffic);
    link_streams_clear(link);
    /* The URL may hold a password. */
    explicit_bzero(link->url, strlen(link->url));
    g_free(link->url);
    access_unref(link->access);
    g_free(link->monitor_url);
    g_free(link->also_subject);
    g_free(link);
}

gboolean link_is_closing(Link *link)
{
    return __atomic_load_n(&link->closing, __ATOMIC_ACQUIRE) != 0;
}

char *link_copy_bytes(const char *bytes, gsize len)
{
    char *copy = g_malloc(len + 1);

    if (len > 0)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

LinkNews *link_news_new(LinkNewsKind kind)
{
    LinkNews *news = g_new0(LinkNews, 1);

    news->kind = kind;
    news->at_us = clock_now();
    news->wall_us = clock_wall();
    return news;
}

/* Under the lock, so that link_close() can promise that nothing comes after it. */
void link_post(Link *link, LinkNews *news)
{
    news->link = link->number;
    pthread_mutex_lock(&link->lock);
    if (link_is_closing(link))
        link_news_free(news);
    else
        link->post(link->post_data, news);
    pthread_mutex_unlock(&link->lock);
}

void link_post_trouble(Link *link, LinkNewsKind kind, const char *id, Cause cause, const char *text)
{
    LinkNews *news = link_news_new(kind);

    news->id = g_strdup(id);
    news->cause = cause;
    news->text = text_clean(raw_text(text), 200);
    link_post(link, news);
}

static void start_thread(Link *link)
{
    pthread_attr_t detached;
    pthread_t thread;
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    refs_take(&link->refs);
    link_count_thread(1);
    if (pthread_create(&thread, &detached, link_run, link) != 0) {
        link_post_trouble(link, LINK_NEWS_LOST, NULL, CAUSE_CLOSED,
                          "this machine has no thread left");
        link_count_thread(-1);
        link_unref(link);
    }
    pthread_attr_destroy(&detached);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

Link *link_open(const LinkHow *how)
{
    Link *link = g_new0(Link, 1);
    pthread_condattr_t monotonic;

    refs_init(&link->refs);
    link->number = how->number;
    link->url = g_strdup(how->url);
    link->access = how->access != NULL ? access_ref(how->access) : NULL;
    link->payload_bytes = how->payload_bytes;
    link->monitor_url = g_strdup(how->monitor_url);
    link->timeout_ms = how->timeout_ms;
    link->watch = how->watch;
    link->tap = tap_ref(how->tap);
    link->streams = how->streams;
    link->bus = how->bus != NULL ? tap_ref(how->bus) : NULL;
    link->traffic = how->traffic != NULL ? traffic_ref(how->traffic) : NULL;
    link->suspect = how->suspect;
    link->post = how->post;
    link->post_data = how->data;
    link->lost = TRUE; /* nothing yet */
    g_queue_init(&link->commands);
    pthread_mutex_init(&link->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&link->wake, &monotonic);
    pthread_cond_init(&link->paused_now, &monotonic);
    pthread_condattr_destroy(&monotonic);
    start_thread(link);
    return link;
}

void link_close(Link *link)
{
    pthread_mutex_lock(&link->lock);
    __atomic_store_n(&link->floor, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&link->closing, 1, __ATOMIC_RELEASE);
    pthread_cond_signal(&link->wake);
    pthread_mutex_unlock(&link->lock);
    link_unref(link);
}

void link_count_thread(int by)
{
    __atomic_add_fetch(&threads, by, __ATOMIC_ACQ_REL);
}

unsigned link_threads(void)
{
    return (unsigned)__atomic_load_n(&threads, __ATOMIC_ACQUIRE);
}

void link_set_floor(Link *link, gboolean has_it)
{
    __atomic_store_n(&link->floor, has_it, __ATOMIC_RELEASE);
}

static void add_command(Link *link, Command *command)
{
    gboolean taken;

    pthread_mutex_lock(&link->lock);
    taken = link->commands.length < MAX_COMMANDS;
    if (taken)
        g_queue_push_tail(&link->commands, command);
    pthread_cond_signal(&link->wake);
    pthread_mutex_unlock(&link->lock);
    if (!taken)
        link_command_free(command);
}

static Command *command_new(CommandKind kind)
{
    Command *command = g_new0(Command, 1);

    command->kind = kind;
    return command;
}

void link_send(Link *link, const LinkSend *send)
{
    Command *command = command_new(COMMAND_SEND);

    command->id = g_strdup(send->id);
    command->subject = g_strdup(send->subject);
    command->bytes = g_strdup(send->bytes);
    command->also = g_strdup(send->also);
    command->also_class = send->also_class;
    command->watch_ms = send->watch_ms;
    command->trace = send->trace;
    add_command(link, command);
}

void link_ask_roster(Link *link, unsigned round, const char *request)
{
    Command *command = command_new(COMMAND_ROSTER);

    command->id = g_strdup_printf(ROSTER_ID "%u", round);
    command->round = round;
    command->bytes = g_strdup(request);
    add_command(link, command);
}

/* Not as a command of its own: those are dropped while there is no connection. */
void link_listen(Link *link, LinkStream stream, gboolean on)
{
    pthread_mutex_lock(&link->lock);
    link->wanted[stream] = on;
    link->asked[stream]++;
    pthread_mutex_unlock(&link->lock);
    add_command(link, command_new(COMMAND_LISTEN));
}

void link_pause(Link *link, int wait_ms)
{
    gint64 until_us = clock_now() + wait_ms * 1000LL;
    struct timespec until = {until_us / G_USEC_PER_SEC, until_us % G_USEC_PER_SEC * 1000};

    add_command(link, command_new(COMMAND_PAUSE));
    pthread_mutex_lock(&link->lock);
    while (!link->paused && !link->lost &&
           pthread_cond_timedwait(&link->paused_now, &link->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&link->lock);
}

void link_resume(Link *link)
{
    add_command(link, command_new(COMMAND_RESUME));
}
