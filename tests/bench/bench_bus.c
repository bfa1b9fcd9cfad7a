/* What the bus feels: how fast a publisher is with the dashboard as its reader, how much of it the
 * dashboard takes, and what memory that costs; then the same with a terminal that takes nothing. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/bench/bench.h"

/* Until the dashboard has noticed that a flood is over, and has given memory back. */
enum { CALM_MS = 2500 };

/* The number before " seen" in the watch's title. */
static double seen(Vt *vt)
{
    g_autofree char *screen = vt_text(vt);
    const char *at = strstr(screen, " seen");

    while (at != NULL && at > screen && g_ascii_isdigit(at[-1]))
        at--;
    return at != NULL ? g_ascii_strtod(at, NULL) : -1;
}

/* Until the count stands still for half a second. */
static double seen_at_the_end(Vt *vt)
{
    double before = -1, now = seen(vt);

    while (now != before) {
        before = now;
        vt_pass(vt, 500);
        now = seen(vt);
    }
    return now;
}

/* What a publisher and a bare reader do without any dashboard about: the mean of two runs, and the
 * reader's memory. */
typedef struct Bare {
    double rate, taken; /* messages a second */
    double start_kb, end_kb;
} Bare;

static void bare_run(const TestServer *server, int count, Bare *bare)
{
    Reader reader = bench_reader(server);
    Flood flood;
    double rate;

    bare->start_kb = bench_status_kb(reader.pid, "VmRSS:");
    flood = bench_flood(server, count);
    rate = bench_flood_rate(&flood);
    g_usleep(300 * 1000);
    bare->end_kb = bench_status_kb(reader.pid, "VmRSS:");
    bare->rate += rate / 2;
    bare->taken += rate * bench_reader_taken(&reader) / count / 2;
}

static double publish_past(Vt *vt, const TestServer *server, int count)
{
    Flood flood = bench_flood(server, count);

    /* The terminal must be read meanwhile, or the screen would stall. */
    while (waitpid(flood.pid, NULL, WNOHANG) == 0)
        vt_pump(vt, 10);
    return bench_flood_rate(&flood);
}

static Bare bare_alone(const TestServer *server, int count)
{
    Bare bare = {0};

    for (int run = 0; run < 2; run++)
        bare_run(server, count, &bare);
    return bare;
}

static void bench_flooded(const TestServer *server, Vt *vt, int count, Bare bare)
{
    double start_kb = bench_status_kb(vt_pid(vt), "VmRSS:"), first_kb, last_kb, rate, took;

    rate = publish_past(vt, server, count);
    took = seen_at_the_end(vt);
    vt_pass(vt, CALM_MS);
    first_kb = bench_status_kb(vt_pid(vt), "VmRSS:");
    bench_row("publisher_with_dashboard", rate, "msg/s", "publisher with a bare reader", bare.rate,
              "0.9");
    bench_row("taken_by_dashboard", rate * took / count, "msg/s", "bare libnats subscriber",
              bare.taken, "0.9");
    bench_row("lost_by_dashboard", count - took, "messages", NULL, 0, "none");
    for (int i = 1; i < 5; i++)
        publish_past(vt, server, count);
    seen_at_the_end(vt);
    vt_pass(vt, CALM_MS);
    last_kb = bench_status_kb(vt_pid(vt), "VmRSS:");
    bench_row("memory_at_start", start_kb / 1024, "MiB", "bare libnats subscriber",
              bare.start_kb / 1024, "16 MiB");
    bench_row("memory_after_1_flood", first_kb / 1024, "MiB", "bare libnats subscriber",
              bare.end_kb / 1024, "16 MiB");
    bench_row("memory_after_5_floods", last_kb / 1024, "MiB", "after 1", first_kb / 1024,
              "flat: 1.0");
    bench_row("memory_of_its_own_after_5_floods", bench_status_kb(vt_pid(vt), "RssAnon:") / 1024,
              "MiB", "all of it, libraries included", last_kb / 1024, "");
}

static void wait_until_stopped(Vt *vt)
{
    for (int i = 0; i < 500; i++) {
        int status;

        if (waitpid(vt_pid(vt), &status, WNOHANG | WUNTRACED) > 0 && WIFSTOPPED(status))
            return;
        vt_pump(vt, 10);
    }
    g_error("bench: the dashboard does not suspend");
}

/* The dashboard's terminal takes nothing, or the dashboard is suspended: publishers must not
 * notice. */
static void bench_stopped(const TestServer *server, Vt *vt, int count, Bare bare)
{
    Flood flood;

    vt_stall(vt, TRUE);
    flood = bench_flood(server, count);
    bench_row("publisher_with_stalled_terminal", bench_flood_rate(&flood), "msg/s",
              "publisher with a bare reader", bare.rate, "0.9");
    vt_stall(vt, FALSE);
    vt_pass(vt, 500);
    vt_keys(vt, "\032");
    wait_until_stopped(vt);
    flood = bench_flood(server, count);
    bench_row("publisher_with_suspended_dashboard", bench_flood_rate(&flood), "msg/s",
              "publisher with a bare reader", bare.rate, "1.0 or more: nobody reads");
    kill(vt_pid(vt), SIGCONT);
}

void bench_bus(const Bench *bench)
{
    int count = bench->quick ? 200000 : 1000000;
    TestServer *server = server_start(NULL);
    Bare bare = bare_alone(server, count);
    Vt *vt = bench_dashboard(bench, server);

    bench_flooded(server, vt, count, bare);
    bench_stopped(server, vt, count, bare);
    vt_free(vt);
    server_free(server);
}
