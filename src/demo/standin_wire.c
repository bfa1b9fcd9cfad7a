#include "demo/standin_wire.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <nats/nats.h>

#include "base/clock.h"

enum { LISTENERS_MOST = 4, CONNECT_MS = 3000 };

typedef struct Listener {
    StandinWire *wire;
    StandinTake take;
    void *data;
    natsSubscription *sub;
} Listener;

struct StandinWire {
    natsConnection *nc;
    Listener listeners[LISTENERS_MOST];
    int count;
    int lost_fd; /* eventfd: the connection has ended */
};

static void on_closed(natsConnection *nc, void *data)
{
    (void)nc;
    eventfd_write(((StandinWire *)data)->lost_fd, 1);
}

static void on_error(natsConnection *nc, natsSubscription *sub, natsStatus status, void *data)
{
    (void)nc;
    (void)sub;
    (void)data;
    fprintf(stderr, "stand-in: %s\n", natsStatus_GetText(status));
}

static void on_message(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *data)
{
    Listener *listener = data;

    (void)nc;
    (void)sub;
    listener->take(listener->wire, natsMsg_GetSubject(msg), natsMsg_GetData(msg),
                   (gsize)natsMsg_GetDataLength(msg), listener->data);
    natsMsg_Destroy(msg);
}

StandinWire *standin_connect(const char *url)
{
    StandinWire *wire = g_new0(StandinWire, 1);
    natsOptions *opts = NULL;
    natsStatus s = natsOptions_Create(&opts);

    wire->lost_fd = eventfd(0, EFD_CLOEXEC);
    if (s == NATS_OK)
        s = natsOptions_SetURL(opts, url);
    if (s == NATS_OK)
        s = natsOptions_SetTimeout(opts, CONNECT_MS);
    if (s == NATS_OK)
        s = natsOptions_SetAllowReconnect(opts, false);
    if (s == NATS_OK)
        s = natsOptions_SetSendAsap(opts, true);
    if (s == NATS_OK)
        s = natsOptions_SetClosedCB(opts, on_closed, wire);
    if (s == NATS_OK)
        s = natsOptions_SetErrorHandler(opts, on_error, NULL);
    if (s == NATS_OK)
        s = natsConnection_Connect(&wire->nc, opts);
    natsOptions_Destroy(opts);
    if (s == NATS_OK)
        return wire;
    fprintf(stderr, "stand-in: cannot connect: %s\n", natsStatus_GetText(s));
    close(wire->lost_fd);
    g_free(wire);
    return NULL;
}

gboolean standin_listen(StandinWire *wire, const char *subject, const char *queue, StandinTake take,
                        void *data)
{
    Listener *listener = &wire->listeners[wire->count++];
    natsStatus s;

    *listener = (Listener){wire, take, data, NULL};
    s = queue != NULL
            ? natsConnection_QueueSubscribe(&listener->sub, wire->nc, subject, queue, on_message,
                                            listener)
            : natsConnection_Subscribe(&listener->sub, wire->nc, subject, on_message, listener);
    if (s != NATS_OK)
        fprintf(stderr, "stand-in: cannot subscribe %s: %s\n", subject, natsStatus_GetText(s));
    return s == NATS_OK;
}

void standin_publish(StandinWire *wire, const char *subject, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);

    json_decref(object);
    if (text == NULL)
        return;
    if (natsConnection_PublishString(wire->nc, subject, text) != NATS_OK)
        fprintf(stderr, "stand-in: cannot publish on %s\n", subject);
    free(text);
}

char *standin_time(void)
{
    return clock_iso(clock_wall());
}

static void say_ready(int fd)
{
    if (fd < 0)
        return;
    if (write(fd, "ready\n", 6) != 6)
        fprintf(stderr, "stand-in: nobody waits for it\n");
    close(fd);
}

/* SIGTERM as a descriptor, so that poll() below is the only place that waits. */
static int open_term(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

int standin_serve(StandinWire *wire, int ready_fd, int leash_fd)
{
    struct pollfd fds[] = {
        {.fd = wire->lost_fd, .events = POLLIN},
        {.fd = open_term(), .events = POLLIN},
        {.fd = leash_fd, .events = POLLIN},
    };

    natsConnection_FlushTimeout(wire->nc, CONNECT_MS); /* ready means subscribed */
    say_ready(ready_fd);
    while (poll(fds, G_N_ELEMENTS(fds), -1) < 0 && errno == EINTR)
        ;
    for (int i = 0; i < wire->count; i++)
        natsSubscription_Destroy(wire->listeners[i].sub);
    natsConnection_Destroy(wire->nc);
    return 0;
}
