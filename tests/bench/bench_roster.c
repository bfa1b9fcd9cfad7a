/* Who is subscribed, with a hundred to ten thousand connections on a real server: from asking to
 * knowing, beside the bare request; the longest that the main thread is away meanwhile; what a key
 * and the memory feel of ten thousand actors. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <nats/nats.h>

#include "base/clock.h"
#include "mesh/engine.h"
#include "tests/bench/bench.h"

enum { SWEEPS = 5, MOST = 10000, WAIT_MS = 60000 };

/* --- the crowd: actors as a server sees them --- */

static int join(const TestServer *server, int number)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((guint16)server->port)};
    g_autofree char *hello = g_strdup_printf(
        "CONNECT {\"verbose\":false,\"lang\":\"python3\",\"version\":\"2.9.0\",\"protocol\":1}\r\n"
        "SUB heddle.tasks.w%d.local processors-w%d 1\r\nPING\r\n",
        number, number);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char bytes[4096] = "";
    gsize len = 0;
    gssize count;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        write(fd, hello, strlen(hello)) < 0)
        return -1;
    while (strstr(bytes, "PONG\r\n") == NULL && len < sizeof bytes - 1) {
        if ((count = read(fd, bytes + len, sizeof bytes - 1 - len)) <= 0)
            return -1;
        len += (gsize)count;
        bytes[len] = '\0';
    }
    return fd;
}

/* The child's whole life: all come, then they answer the server's pings. */
static void stay(const TestServer *server, int count, int told)
{
    int watch = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = 0; i < count; i++) {
        event.data.fd = join(server, i);
        if (event.data.fd < 0)
            _exit(1);
        epoll_ctl(watch, EPOLL_CTL_ADD, event.data.fd, &event);
    }
    if (write(told, "!", 1) != 1)
        _exit(1);
    while (epoll_wait(watch, &event, 1, -1) >= 0) {
        char bytes[4096];

        if (read(event.data.fd, bytes, sizeof bytes) <= 0 ||
            write(event.data.fd, "PONG\r\n", 6) < 0)
            close(event.data.fd);
    }
    _exit(0);
}

static pid_t crowd_start(const TestServer *server, int count)
{
    int told[2];
    pid_t pid;
    char byte;

    if (pipe(told) != 0)
        g_error("bench: pipe");
    fflush(stdout);
    pid = fork();
    if (pid == 0)
        stay(server, count, told[1]);
    close(told[1]);
    if (read(told[0], &byte, 1) != 1)
        g_error("bench: %d connections do not come about; ulimit -n?", count);
    close(told[0]);
    return pid;
}

static void crowd_end(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max; /* the server's too, which is started later */
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* --- the bare request --- */

static double bare_ms(const TestServer *server, int rounds)
{
    g_autofree char *ask = roster_ask_heddle(0);
    natsConnection *nc = NULL;
    double ms[SWEEPS];

    if (natsConnection_ConnectTo(&nc, server->url) != NATS_OK)
        g_error("bench: cannot connect");
    for (int i = 0; i < rounds; i++) {
        gint64 begin = g_get_monotonic_time();
        natsMsg *reply = NULL;

        if (natsConnection_RequestString(&reply, nc, "$SYS.REQ.ACCOUNT.PING.CONNZ", ask, 10000) !=
            NATS_OK)
            g_error("bench: no roster");
        ms[i] = (double)(g_get_monotonic_time() - begin) / 1000;
        natsMsg_Destroy(reply);
    }
    natsConnection_Destroy(nc);
    return bench_percentile(ms, rounds, 0.5);
}

/* --- the real engine and update(), without a screen --- */

typedef struct Mesh {
    Model *model;
    Engine *engine;
    gint64 tick_us;    /* of the last tick */
    double longest_ms; /* that the main thread was away at a stretch */
} Mesh;

static const char *const no_configs[] = {NULL};

static Mesh *mesh_new(const TestServer *server)
{
    ModelHow how = {
        .url = server->url,
        .origin = ORIGIN_FLAG,
        .tier = TIER_OWN,
        .timeout_ms = 5000,
        .smoke_timeout_ms = 5000,
        .worker_type = "echo",
        .payload = "{}",
    };
    Mesh *mesh = g_new0(Mesh, 1);
    g_autoptr(GPtrArray) effects = effects_new();

    mesh->model = model_new(&how);
    mesh->engine = engine_new(&(EngineHow){.configs = no_configs, .timeout_ms = 5000});
    update_start(mesh->model, effects);
    engine_perform(mesh->engine, effects);
    return mesh;
}

static void mesh_free(Mesh *mesh)
{
    engine_free(mesh->engine);
    model_free(mesh->model);
    g_free(mesh);
}

static void take(Mesh *mesh, Event *event)
{
    g_autoptr(GPtrArray) effects = effects_new();
    gint64 begin = g_get_monotonic_time();

    update(mesh->model, event, effects);
    event_free(event);
    engine_perform(mesh->engine, effects);
    mesh->longest_ms = MAX(mesh->longest_ms, (double)(g_get_monotonic_time() - begin) / 1000);
}

/* Until one more round of questions is known; the time from asking to knowing. */
static double sweep_ms(Mesh *mesh)
{
    unsigned rounds = mesh->model->roster.rounds;
    gint64 until = g_get_monotonic_time() + WAIT_MS * 1000LL;

    while (mesh->model->roster.rounds == rounds) {
        gint64 now = clock_now();
        gint64 due = MIN(update_due(mesh->model), mesh->tick_us + G_USEC_PER_SEC);
        struct pollfd fd = {engine_fd(mesh->engine), POLLIN, 0};
        Event *event;

        if (now > until)
            g_error("bench: no roster is known");
        poll(&fd, 1, due > now ? (int)((due - now + 999) / 1000) : 0);
        while (mesh->model->roster.rounds == rounds && (event = engine_take(mesh->engine)) != NULL)
            take(mesh, event);
        if (clock_now() >= due) {
            mesh->tick_us = clock_now();
            take(mesh, engine_tick(mesh->engine));
        }
    }
    return (double)(g_get_monotonic_time() - mesh->model->roster.asked_us) / 1000;
}

static double bench_sweep(const TestServer *server, int count, int sweeps, double alone_ms)
{
    g_autofree char *name = g_strdup_printf("roster_sweep_%d", count);
    g_autofree char *stall = g_strdup_printf("roster_main_thread_%d", count);
    Mesh *mesh = mesh_new(server);
    double ms[SWEEPS], longest;

    for (int i = 0; i < sweeps; i++)
        ms[i] = sweep_ms(mesh);
    longest = mesh->longest_ms;
    if (count > 0 && mesh->model->strangers->len != (guint)count)
        g_error("bench: %u of %d are seen", mesh->model->strangers->len, count);
    mesh_free(mesh);
    if (count == 0)
        return longest;
    bench_row(name, bench_percentile(ms, sweeps, 0.5), "ms", "the bare request",
              bare_ms(server, sweeps), "1000 ms");
    bench_row(stall, longest, "ms, at longest", "nobody on the bus", alone_ms, "16 ms: one frame");
    return longest;
}

/* --- the real program --- */

static void bench_crowded(const Bench *bench, const TestServer *server)
{
    Vt *vt = bench_dashboard(bench, server);
    double before_kb, first_kb;
    pid_t crowd;

    vt_pass(vt, 3000);
    before_kb = bench_status_kb(vt_pid(vt), "VmRSS:");
    crowd = crowd_start(server, MOST);
    if (!vt_wait_text(vt, "of 10000", WAIT_MS))
        g_error("bench: the dashboard does not see the crowd");
    bench_keys(vt, "key_10000_actors", bench);
    first_kb = bench_status_kb(vt_pid(vt), "VmRSS:");
    bench_row("memory_10000_actors", first_kb / 1024, "MiB", "before they came", before_kb / 1024,
              "");
    vt_pass(vt, bench->quick ? 10000 : 60000);
    bench_row("memory_10000_actors_later", bench_status_kb(vt_pid(vt), "VmRSS:") / 1024, "MiB",
              "when they had come", first_kb / 1024, "flat: 1.0");
    vt_free(vt);
    crowd_end(crowd);
}

void bench_roster(const Bench *bench)
{
    static const int counts[] = {100, 1000, MOST};
    int sweeps = bench->quick ? 3 : SWEEPS;
    TestServer *server;
    double alone;

    raise_limit();
    server = server_start(NULL);
    alone = bench_sweep(server, 0, sweeps, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
        pid_t crowd = crowd_start(server, counts[i]);

        bench_sweep(server, counts[i], sweeps, alone);
        crowd_end(crowd);
    }
    bench_crowded(bench, server);
    server_free(server);
}
