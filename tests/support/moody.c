#include "tests/support/moody.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PLANS_MOST = 16, CONNECTIONS_MOST = 512 };

struct Moody {
    int listener;
    MoodyPlan plan[PLANS_MOST];
    int count;
    char url[64];
    pthread_t thread;
    pthread_t threads[CONNECTIONS_MOST];
    int accepted; /* atomic */
    int ending;   /* atomic */
};

typedef struct Talk {
    Moody *fake;
    int fd;
    MoodyPlan plan;
} Talk;

static const char info[] =
    "INFO {\"server_id\":\"FAKE\",\"server_name\":\"fake\",\"version\":\"2.9.10\",\"proto\":1,"
    "\"headers\":true,\"max_payload\":1048576,\"client_id\":7}\r\n";
static const char info_tls[] =
    "INFO {\"server_id\":\"FAKE\",\"server_name\":\"fake\",\"version\":\"2.9.10\",\"proto\":1,"
    "\"headers\":true,\"max_payload\":1048576,\"tls_required\":true}\r\n";

static gboolean is_ending(Moody *fake)
{
    return __atomic_load_n(&fake->ending, __ATOMIC_ACQUIRE) != 0;
}

static void say(int fd, const char *text)
{
    if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        return;
}

/* Bytes that came within 50 ms; -1 at the end of the connection. */
static int hear(int fd, char *bytes, int room)
{
    struct pollfd in = {.fd = fd, .events = POLLIN};
    ssize_t count;

    if (poll(&in, 1, 50) <= 0)
        return 0;
    count = recv(fd, bytes, (size_t)room - 1, 0);
    if (count <= 0)
        return -1;
    bytes[count] = '\0';
    return (int)count;
}

static int pings_in(const char *bytes)
{
    int pings = 0;

    for (const char *at = bytes; (at = strstr(at, "PING")) != NULL; at += 4)
        pings++;
    return pings;
}

static gboolean answers(const Talk *talk, int pings_before)
{
    return talk->plan == MOODY_HEALTHY || talk->plan == MOODY_GARBAGE ||
           (talk->plan == MOODY_STALL_LATER && pings_before < 2);
}

static void converse(Talk *talk)
{
    char bytes[4096];
    int pings = 0, count;

    while (!is_ending(talk->fake) && (count = hear(talk->fd, bytes, sizeof bytes)) >= 0) {
        if (count > 0 && talk->plan == MOODY_BREAK)
            return;
        for (int n = count > 0 ? pings_in(bytes) : 0; n > 0; n--)
            if (answers(talk, pings++))
                say(talk->fd, "PONG\r\n");
        if (talk->plan == MOODY_GARBAGE && pings > 0)
            say(talk->fd, "\x01\x02 this is no protocol\r\n\r\n");
        if (talk->plan == MOODY_ENDLESS_LINE)
            say(talk->fd, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    }
}

/* Stays until the other side goes or the test ends, and reads nothing. */
static void sit(Talk *talk)
{
    struct pollfd gone = {.fd = talk->fd, .events = POLLRDHUP};

    while (!is_ending(talk->fake) && poll(&gone, 1, 50) <= 0)
        ;
}

static void *serve(void *data)
{
    Talk *talk = data;

    if (talk->plan != MOODY_SILENT)
        say(talk->fd, talk->plan == MOODY_TLS_STALL ? info_tls : info);
    if (talk->plan == MOODY_SILENT || talk->plan == MOODY_INFO_SILENT ||
        talk->plan == MOODY_TLS_STALL)
        sit(talk);
    else
        converse(talk);
    close(talk->fd);
    g_free(talk);
    return NULL;
}

static void *accept_all(void *data)
{
    Moody *fake = data;
    struct pollfd in = {.fd = fake->listener, .events = POLLIN};

    while (!is_ending(fake)) {
        int fd, number = fake->accepted;
        Talk *talk;

        if (poll(&in, 1, 50) <= 0 || number == CONNECTIONS_MOST)
            continue;
        fd = accept4(fake->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        talk = g_new(Talk, 1);
        *talk = (Talk){fake, fd, fake->plan[MIN(number, fake->count - 1)]};
        if (pthread_create(&fake->threads[number], NULL, serve, talk) != 0)
            g_error("moody: no thread left");
        __atomic_store_n(&fake->accepted, number + 1, __ATOMIC_RELEASE);
    }
    return NULL;
}

Moody *moody_start(const MoodyPlan *plan, int count)
{
    Moody *fake = g_new0(Moody, 1);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;

    fake->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fake->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fake->listener, 64) != 0 ||
        getsockname(fake->listener, (struct sockaddr *)&address, &len) != 0)
        g_error("moody: no port");
    memcpy(fake->plan, plan, (size_t)count * sizeof *plan);
    fake->count = count;
    g_snprintf(fake->url, sizeof fake->url, "nats://127.0.0.1:%u", ntohs(address.sin_port));
    if (pthread_create(&fake->thread, NULL, accept_all, fake) != 0)
        g_error("moody: no thread");
    return fake;
}

void moody_free(Moody *fake)
{
    __atomic_store_n(&fake->ending, 1, __ATOMIC_RELEASE);
    pthread_join(fake->thread, NULL);
    for (int i = 0; i < fake->accepted; i++)
        pthread_join(fake->threads[i], NULL);
    close(fake->listener);
    g_free(fake);
}

const char *moody_url(const Moody *fake)
{
    return fake->url;
}

int moody_connections(const Moody *fake)
{
    return __atomic_load_n(&fake->accepted, __ATOMIC_ACQUIRE);
}
