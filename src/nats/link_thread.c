/* The link's thread: climb, connect, serve, and again. See link.h. */
#include <time.h>

#include "base/clock.h"
#include "nats/link_parts.h"

enum {
    HEARTBEAT_MS = 1000,
    HEARTBEAT_TIMEOUT_MS = 900,
    SEND_TIMEOUT_MS = 2000,
    ROSTER_TIMEOUT_MS = 1500,
    BACKOFF_FIRST_MS = 250,
    BACKOFF_MOST_MS = 5000,
};

/* Wait for a wake-up at most until `until_us`; the lock is held. */
static void wait_until(Link *link, gint64 until_us)
{
    struct timespec until = {until_us / G_USEC_PER_SEC, until_us % G_USEC_PER_SEC * 1000};

    pthread_cond_timedwait(&link->wake, &link->lock, &until);
}

static void forget_also(Link *link, Wire *wire)
{
    if (link->also_number != 0)
        wire_unsubscribe(wire, link->also_number);
    link->also_number = 0;
    g_clear_pointer(&link->also_subject, g_free);
}

static void watch_also(Link *link, Wire *wire, const Command *send)
{
    if (send->also == NULL)
        return;
    if (g_strcmp0(link->also_subject, send->also) != 0) {
        forget_also(link, wire);
        link->also_number = wire_subscribe(wire, send->also, send->also_class);
        link->also_subject = g_strdup(send->also);
    }
    link->also_until_us = clock_now() + send->watch_ms * 1000LL;
}

static void run_send(Link *link, Wire *wire, const Command *send)
{
    LinkNews *news = link_news_new(LINK_NEWS_SENT);
    gboolean sent;
    double ms;

    watch_also(link, wire, send);
    news->at_us = clock_now();
    news->wall_us = clock_wall();
    news->id = g_strdup(send->id);
    sent = send->trace ? wire_request_traced(wire, send->id, send->subject, send->bytes)
                       : wire_request(wire, send->id, send->subject, send->bytes);
    ms = sent ? wire_round_trip(wire, SEND_TIMEOUT_MS) : -1;
    if (ms < 0) {
        link_news_free(news);
        link_post_trouble(link, LINK_NEWS_NOT_SENT, send->id, CAUSE_SILENT,
                          "the server did not confirm the publication");
        return;
    }
    news->ms = ms;
    link_post(link, news);
}

static void run_roster(Link *link, Wire *wire, const Command *ask)
{
    pthread_mutex_lock(&link->lock);
    link->roster_due_us = clock_now() + ROSTER_TIMEOUT_MS * 1000LL;
    link->roster_round = ask->round;
    pthread_mutex_unlock(&link->lock);
    wire_request(wire, ask->id, "$SYS.REQ.ACCOUNT.PING.CONNZ", ask->bytes);
}

static void listen_all(Link *link, Wire *wire)
{
    for (const LinkWatch *watch = link->watch; watch != NULL && watch->subject != NULL; watch++)
        wire_subscribe(wire, watch->subject, watch->class);
    link_streams_open(link, wire);
}

static void set_paused(Link *link, gboolean paused)
{
    pthread_mutex_lock(&link->lock);
    link->paused = paused;
    pthread_cond_broadcast(&link->paused_now);
    pthread_mutex_unlock(&link->lock);
}

static void run_command(Link *link, Wire *wire, const Command *command)
{
    switch (command->kind) {
    case COMMAND_SEND:
        run_send(link, wire, command);
        break;
    case COMMAND_ROSTER:
        run_roster(link, wire, command);
        break;
    case COMMAND_LISTEN: /* only a wake-up */
        break;
    case COMMAND_PAUSE:
        forget_also(link, wire);
        link_streams_close(link);
        wire_unsubscribe_all(wire);
        wire_round_trip(wire, HEARTBEAT_TIMEOUT_MS);
        set_paused(link, TRUE);
        break;
    case COMMAND_RESUME:
        if (link->paused) /* written by this thread only */
            listen_all(link, wire);
        set_paused(link, FALSE);
        break;
    }
}

static void heartbeat(Link *link, Wire *wire)
{
    double ms = wire_round_trip(wire, HEARTBEAT_TIMEOUT_MS);
    LinkNews *news;

    if (ms < 0) { /* how long it has been silent the model knows, from the age of the last word */
        g_autofree char *why = NULL;
        Cause cause = wire_silence(wire, &why);

        if (cause != CAUSE_NONE)
            link_post_trouble(link, LINK_NEWS_SILENT, NULL, cause, why);
        return;
    }
    news = link_news_new(LINK_NEWS_RTT);
    news->ms = ms;
    news->count = (unsigned)wire_dropped(wire);
    link_post(link, news);
}

static void check_roster(Link *link)
{
    gboolean overdue;

    pthread_mutex_lock(&link->lock);
    overdue = link->roster_due_us != 0 && clock_now() > link->roster_due_us;
    if (overdue)
        link->roster_due_us = 0;
    pthread_mutex_unlock(&link->lock);
    if (overdue)
        link_post_trouble(link, LINK_NEWS_NO_ROSTER, NULL, CAUSE_SILENT,
                          __atomic_load_n(&link->no_inbox, __ATOMIC_ACQUIRE)
                              ? "no right to subscribe _INBOX.>, where answers come"
                              : "no answer to $SYS.REQ.ACCOUNT.PING.CONNZ");
}

/* The next command, or NULL when it is `until_us` and something else is due. */
static Command *next_command(Link *link, gint64 until_us)
{
    Command *command;

    pthread_mutex_lock(&link->lock);
    while (link->commands.length == 0 && !link->lost && !link_is_closing(link) &&
           !__atomic_load_n(&link->hurry, __ATOMIC_ACQUIRE) && clock_now() < until_us)
        wait_until(link, until_us);
    command = link->lost || link_is_closing(link) ? NULL : g_queue_pop_head(&link->commands);
    pthread_mutex_unlock(&link->lock);
    return command;
}

static gboolean is_lost(Link *link)
{
    gboolean lost;

    pthread_mutex_lock(&link->lock);
    lost = link->lost;
    pthread_mutex_unlock(&link->lock);
    return lost;
}

/* Serve until the connection is lost or the link is let go. */
static void serve(Link *link, Wire *wire)
{
    gint64 beat_us = clock_now();

    while (!link_is_closing(link) && !is_lost(link)) {
        Command *command = next_command(link, MIN(beat_us, link_streams_due(link)));
        gint64 now = clock_now();

        if (command != NULL) {
            run_command(link, wire, command);
            link_command_free(command);
        }
        link_streams_sync(link, wire);
        link_streams_judge(link, wire);
        if (now >= beat_us) {
            heartbeat(link, wire);
            check_roster(link);
            beat_us = MAX(beat_us + HEARTBEAT_MS * 1000LL, clock_now());
        }
        if (link->also_number != 0 && now > link->also_until_us)
            forget_also(link, wire);
    }
}

static void fail_commands(Link *link)
{
    Command *command;

    for (;;) {
        pthread_mutex_lock(&link->lock);
        command = g_queue_pop_head(&link->commands);
        if (command != NULL && command->kind == COMMAND_PAUSE)
            pthread_cond_broadcast(&link->paused_now);
        pthread_mutex_unlock(&link->lock);
        if (command == NULL)
            return;
        if (command->kind == COMMAND_SEND)
            link_post_trouble(link, LINK_NEWS_NOT_SENT, command->id, CAUSE_CLOSED, "no connection");
        link_command_free(command);
    }
}

static Wire *connect_wire(Link *link, const NatsUrl *url, const char *address, gboolean tls)
{
    WireHooks hooks = link_hooks(link);
    WireHow how = {url, link->access, address, tls, link->timeout_ms};
    g_autofree char *why = NULL;
    Cause cause = CAUSE_NONE;
    Wire *wire;

    pthread_mutex_lock(&link->lock);
    link->lost = FALSE;
    link->paused = FALSE;
    link->roster_told = FALSE;
    pthread_mutex_unlock(&link->lock);
    refs_take(&link->refs); /* until the hooks' release() */
    wire = wire_connect(&how, &hooks, &cause, &why);
    if (wire == NULL)
        link_post_trouble(link, LINK_NEWS_LOST, NULL, cause, why);
    return wire;
}

/* One climb and, if it holds, one connection until its end. TRUE if there was a connection. */
static gboolean try_once(Link *link)
{
    LadderHow how = {
        .url = link->url,
        .access = link->access,
        .payload_bytes = link->payload_bytes,
        .timeout_ms = link->timeout_ms,
        .cancelled = &link->closing,
        .monitor_url = link->monitor_url,
    };
    Ladder *ladder = ladder_climb(&how);
    g_autofree char *address = g_strdup(ladder->address);
    g_autofree char *server_id = g_strdup(ladder->info.id);
    gboolean holds = ladder_connects(ladder), tls = ladder_used_tls(ladder);
    g_autofree char *why = NULL;
    LinkNews *news = link_news_new(LINK_NEWS_LADDER);
    char *server = nats_url_server(link->url, ladder->server);
    NatsUrl *url = holds ? nats_url_parse(server, &why) : NULL;
    LinkNews *up;
    Wire *wire;
    guint64 cid;

    nats_url_text_free(server);
    news->ladder = ladder;
    link_post(link, news);
    wire = url != NULL && !link_is_closing(link) ? connect_wire(link, url, address, tls) : NULL;
    nats_url_free(url);
    if (wire == NULL)
        return FALSE;
    listen_all(link, wire);
    up = link_news_new(LINK_NEWS_UP);
    up->count = (unsigned)wire_client_id(wire);
    link_post(link, up);
    serve(link, wire);
    link->also_number = 0;
    g_clear_pointer(&link->also_subject, g_free);
    link_streams_close(link);
    cid = wire_client_id(wire);
    wire_close(wire);
    link_tell_reason(link, &(LinkEnd){address, server_id, cid});
    return TRUE;
}

/* The jitter, so that a fleet of dashboards does not come back in one instant. */
int link_backoff_ms(unsigned tries)
{
    int most = MIN(BACKOFF_FIRST_MS << MIN(tries, 10), BACKOFF_MOST_MS);

    return g_random_int_range(most * 3 / 4, most + 1);
}

static void pause_before_retry(Link *link, unsigned tries)
{
    int ms = link_backoff_ms(tries);
    gint64 until = clock_now() + ms * 1000LL;
    LinkNews *news = link_news_new(LINK_NEWS_WAIT);

    news->ms = ms;
    news->count = tries + 1;
    link_post(link, news);
    pthread_mutex_lock(&link->lock);
    while (!link_is_closing(link) && clock_now() < until)
        wait_until(link, until);
    pthread_mutex_unlock(&link->lock);
}

void *link_run(void *data)
{
    Link *link = data;
    unsigned tries = 0;

    while (!link_is_closing(link)) {
        tries = try_once(link) ? 0 : tries + 1;
        fail_commands(link);
        if (!link_is_closing(link))
            pause_before_retry(link, tries);
    }
    link_unref(link);
    link_count_thread(-1);
    return NULL;
}
