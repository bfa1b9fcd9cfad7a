/* What the operator feels: the first frame, the keys; and what an idle screen costs. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"

enum { RUNS = 15, PRESSES = 120, IDLE_SECONDS = 20 };

static double first_frame_ms(const char *const *argv)
{
    gint64 begin = g_get_monotonic_time();
    Vt *vt = vt_start(80, 24, argv, NULL);
    double ms;

    while (!vt_wrote(vt, "url"))
        vt_pump(vt, 1);
    ms = (double)(g_get_monotonic_time() - begin) / 1000;
    vt_free(vt);
    return ms;
}

static void bench_first_frame(const Bench *bench)
{
    const char *ours[] = {bench->program, "--nats-url", "nats://127.0.0.1:1", NULL};
    const char *bare[] = {bench->paint, NULL};
    double a[RUNS], b[RUNS];

    for (int i = 0; i < RUNS; i++) {
        a[i] = first_frame_ms(ours);
        b[i] = first_frame_ms(bare);
    }
    bench_row("exec_to_first_frame", bench_percentile(a, RUNS, 0.5), "ms", "ncurses program",
              bench_percentile(b, RUNS, 0.5), "baseline + 20 ms");
}

/* From the key to the cell: ? opens the help, Esc closes it. A lone Esc waits 25 ms for more, so q
 * is the key that closes here. */
static double key_ms(Vt *vt, gboolean open)
{
    gint64 begin = g_get_monotonic_time();
    double ms;

    vt_keys(vt, open ? "?" : "q");
    while (open ? !vt_wait_text(vt, "this help", 0) : !vt_wait_gone(vt, "this help", 0))
        ;
    ms = (double)(g_get_monotonic_time() - begin) / 1000;
    vt_pass(vt, 7);
    return ms;
}

/* The bare program's keys are pressed by turns with ours, so that both have the same machine. */
void bench_keys(Vt *vt, const char *name, const Bench *bench)
{
    const char *argv[] = {bench->paint, "keys", NULL};
    Vt *paint = vt_start(80, 24, argv, NULL);
    double ms[PRESSES], bare[PRESSES];
    int presses = bench->quick ? 20 : PRESSES;
    g_autofree char *p50 = g_strdup_printf("%s_p50", name), *p99 = g_strdup_printf("%s_p99", name);

    vt_wait_text(paint, "url", 5000);
    for (int i = 0; i < presses; i++) {
        bare[i] = key_ms(paint, i % 2 == 0);
        vt_pass(vt, 0);
        ms[i] = key_ms(vt, i % 2 == 0);
    }
    vt_free(paint);
    bench_row(p50, bench_percentile(ms, presses, 0.50), "ms", "ncurses program",
              bench_percentile(bare, presses, 0.50), "");
    bench_row(p99, bench_percentile(ms, presses, 0.99), "ms", "ncurses program",
              bench_percentile(bare, presses, 0.99), "16 ms");
}

static double cpu_ms(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid), *text = NULL;
    unsigned long user = 0, system = 0;
    const char *at;

    if (g_file_get_contents(path, &text, NULL, NULL) && (at = strrchr(text, ')')) != NULL)
        sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    return (double)(user + system) * 1000 / (double)sysconf(_SC_CLK_TCK);
}

static void idle(Vt *vt, int seconds, double *cpu, double *bytes)
{
    double cpu_before;
    guint64 bytes_before;

    vt_pass(vt, 3000);
    cpu_before = cpu_ms(vt_pid(vt));
    bytes_before = vt_bytes(vt);
    vt_pass(vt, seconds * 1000);
    *cpu = (cpu_ms(vt_pid(vt)) - cpu_before) / (seconds * 10.0); /* per cent */
    *bytes = (double)(vt_bytes(vt) - bytes_before);
}

static void bench_idle(const Bench *bench, Vt *vt)
{
    const char *bare[] = {bench->paint, "clock", NULL};
    int seconds = bench->quick ? 3 : IDLE_SECONDS;
    double cpu, bytes, bare_cpu, bare_bytes;
    Vt *clock = vt_start(80, 24, bare, NULL);

    idle(vt, seconds, &cpu, &bytes);
    idle(clock, seconds, &bare_cpu, &bare_bytes);
    vt_free(clock);
    bench_row("idle_cpu", cpu, "%", "ncurses clock", bare_cpu, "0.2 %");
    bench_row("idle_bytes", bytes, "bytes", "ncurses clock", bare_bytes,
              "none but the clock's and the round trip's");
}

void bench_screen(const Bench *bench)
{
    TestServer *server = server_start(NULL);
    Vt *vt;
    Flood flood;

    bench_first_frame(bench);
    vt = bench_dashboard(bench, server);
    bench_idle(bench, vt);
    bench_keys(vt, "key_idle", bench);
    flood = bench_flood(server, bench->quick ? 500000 : 4000000);
    vt_wait_match(vt, "[1-9][0-9]* seen", 5000);
    bench_keys(vt, "key_flood", bench);
    bench_flood_rate(&flood);
    vt_free(vt);
    server_free(server);
}
