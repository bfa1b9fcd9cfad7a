/* The smoke's round trip, against the same two hops asked by a bare libnats program. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nats/nats.h>

#include "demo/standin.h"
#include "heddle/message.h"
#include "tests/bench/bench.h"

enum { ROUNDS = 60, PAUSE_MS = 100 };

static pid_t start_standin(const TestServer *server, gboolean router)
{
    static const StandinRouter how_router = {NULL, NULL, -1};
    static const StandinWorker how_worker = {.name = "echo", .tier = "local"};
    int ready[2];
    pid_t pid;
    char byte;

    if (pipe(ready) != 0)
        g_error("bench: pipe");
    pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ready[0]);
        _exit(router ? standin_router_run(server->url, &how_router, ready[1], -1)
                     : standin_worker_run(server->url, &how_worker, ready[1], -1));
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1)
        g_error("bench: a stand-in does not start");
    close(ready[0]);
    return pid;
}

typedef struct Bare {
    natsConnection *nc;
    natsSubscription *sub;
} Bare;

static void bare_open(Bare *bare, const TestServer *server)
{
    natsOptions *opts = NULL;

    natsOptions_Create(&opts);
    natsOptions_SetURL(opts, server->url);
    natsOptions_SetSendAsap(opts, true);
    if (natsConnection_Connect(&bare->nc, opts) != NATS_OK ||
        natsConnection_SubscribeSync(&bare->sub, bare->nc, SUBJECT_RESULTS) != NATS_OK)
        g_error("bench: cannot connect");
    natsConnection_Flush(bare->nc);
    natsOptions_Destroy(opts);
}

static void bare_close(Bare *bare)
{
    natsSubscription_Destroy(bare->sub);
    natsConnection_Destroy(bare->nc);
}

/* Milliseconds from a task sent to its result taken. */
static double bare_round(const Bare *bare)
{
    g_autofree char *task = message_task("bench", "echo", "local", "{\"echo\":\"preflight\"}", 0);
    natsMsg *msg = NULL;
    gint64 begin;

    while (natsSubscription_NextMsg(&msg, bare->sub, 0) == NATS_OK)
        natsMsg_Destroy(msg); /* the dashboard's results */
    begin = g_get_monotonic_time();
    natsConnection_PublishString(bare->nc, SUBJECT_INCOMING, task);
    if (natsSubscription_NextMsg(&msg, bare->sub, 3000) != NATS_OK)
        g_error("bench: no result");
    natsMsg_Destroy(msg);
    return (double)(g_get_monotonic_time() - begin) / 1000;
}

/* The answered hop of the newest smoke: "answered 0.8 ms". */
static double answered_ms(Vt *vt, int number)
{
    g_autofree char *mark = g_strdup_printf("✓ #%d ", number), *screen = NULL;
    const char *at;

    if (!vt_wait_text(vt, mark, 5000))
        g_error("bench: smoke %d does not come back", number);
    vt_keys(vt, "\r"); /* its window has three decimals */
    if (!vt_wait_text(vt, "answered ", 5000))
        g_error("bench: no window");
    screen = vt_text(vt);
    at = strstr(screen, "answered ");
    vt_keys(vt, "q");
    vt_wait_gone(vt, "task id", 5000);
    return g_ascii_strtod(at + strlen("answered "), NULL);
}

void bench_smoke(const Bench *bench)
{
    TestServer *server = server_start(NULL);
    pid_t router = start_standin(server, TRUE), worker = start_standin(server, FALSE);
    int rounds = bench->quick ? 5 : ROUNDS;
    double bare[ROUNDS], ours[ROUNDS];
    Vt *vt = bench_dashboard(bench, server);
    Bare sender;

    /* In turn and at one pace: processors and processes that rested longer answer later. */
    bare_open(&sender, server);
    vt_keys(vt, "\t");
    for (int i = 0; i < rounds; i++) {
        vt_keys(vt, "s");
        ours[i] = answered_ms(vt, i + 1);
        vt_pass(vt, PAUSE_MS);
        bare[i] = bare_round(&sender);
        vt_pass(vt, PAUSE_MS);
    }
    bare_close(&sender);
    bench_row("smoke_p50", bench_percentile(ours, rounds, 0.5), "ms", "bare libnats, same hops",
              bench_percentile(bare, rounds, 0.5), "1.1");
    bench_row("smoke_p99", bench_percentile(ours, rounds, 0.99), "ms", "bare libnats, same hops",
              bench_percentile(bare, rounds, 0.99), "");
    vt_free(vt);
    kill(router, SIGKILL);
    kill(worker, SIGKILL);
    waitpid(router, NULL, 0);
    waitpid(worker, NULL, 0);
    server_free(server);
}
