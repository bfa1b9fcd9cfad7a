/* What the watch of heddle.> costs: a delivery by itself; a busy bus that it counts to the last
 * message, beside a bare libnats subscriber; and a flood, which it must leave before a publisher
 * feels it. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nats/nats.h>

#include "heddle/message.h"
#include "nats/tap.h"
#include "nats/traffic.h"
#include "tests/bench/bench.h"

enum { PACE = 150000, SLICES = 100 };

/* Nanoseconds a message, of counting it and keeping it, over as many subjects as a mesh has. */
static double delivery_ns(Traffic *traffic, int count)
{
    Tap *tap = tap_new(512, 4096);
    g_autofree char *body = g_strnfill(300, 'x');
    char subjects[64][48];
    gint64 begin;

    tap_time_exactly(tap);
    for (int i = 0; i < 64; i++)
        g_snprintf(subjects[i], sizeof subjects[i], "heddle.tasks.worker_%d.standard", i);
    begin = g_get_monotonic_time();
    for (int i = 0; i < count; i++) {
        if (traffic != NULL)
            traffic_put(traffic, subjects[i % 64], 300);
        tap_put(tap, TAP_BUS, subjects[i % 64], body, 300);
    }
    tap_unref(tap);
    return (double)(g_get_monotonic_time() - begin) * 1000 / count;
}

static void bench_delivery(int count)
{
    Traffic *traffic = traffic_new();
    double both = delivery_ns(traffic, count), tap = delivery_ns(NULL, count);

    bench_row("bus_delivery", both, "ns", "the tap alone", tap, "200 ns");
    traffic_unref(traffic);
}

/* A child that publishes PACE results a second, for so many seconds. */
static pid_t publish_paced(const TestServer *server, int seconds)
{
    pid_t pid = fork();
    natsConnection *nc = NULL;
    g_autofree char *body = NULL;
    gint64 due;

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    body = g_strnfill(300, 'x');
    if (natsConnection_ConnectTo(&nc, server->url) != NATS_OK)
        _exit(1);
    due = g_get_monotonic_time();
    for (int slice = 0; slice < seconds * SLICES; slice++) {
        for (int i = 0; i < PACE / SLICES; i++)
            natsConnection_Publish(nc, "heddle.results.default", body, 300);
        due += G_USEC_PER_SEC / SLICES;
        if (due > g_get_monotonic_time())
            g_usleep((gulong)(due - g_get_monotonic_time()));
    }
    natsConnection_Flush(nc);
    _exit(0);
}

/* Seconds of the processor that one thread has used; the main one by the process's own number. */
static double thread_seconds(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/stat", (int)pid, (int)pid);
    g_autofree char *text = NULL;
    unsigned long user = 0, system = 0;

    if (!g_file_get_contents(path, &text, NULL, NULL) ||
        sscanf(strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system) != 2)
        return 0;
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* The number before " seen" in the title of the bus, which groups its digits. */
static double counted(Vt *vt)
{
    g_autofree char *screen = vt_text(vt), *digits = NULL;
    const char *at = strstr(screen, " seen"), *begin = at;
    g_auto(GStrv) groups = NULL;

    while (begin != NULL && begin > screen && (g_ascii_isdigit(begin[-1]) || begin[-1] == ','))
        begin--;
    if (begin == NULL)
        return -1;
    digits = g_strndup(begin, (gsize)(at - begin));
    groups = g_strsplit(digits, ",", -1);
    g_free(digits);
    digits = g_strjoinv("", groups);
    return g_ascii_strtod(digits, NULL);
}

static void turn_to_bus(Vt *vt)
{
    vt_keys(vt, "\t\tll");
    if (!vt_wait_text(vt, "heddle.> ─", 5000))
        g_error("bench: the dashboard does not turn to the bus");
    vt_pass(vt, 500);
}

static void bench_busy(const Bench *bench, const TestServer *server, int seconds)
{
    Reader reader = bench_reader(server);
    Vt *vt = bench_dashboard(bench, server);
    double used, taken;
    pid_t publisher;

    turn_to_bus(vt);
    used = thread_seconds(vt_pid(vt));
    publisher = publish_paced(server, seconds);
    while (waitpid(publisher, NULL, WNOHANG) == 0)
        vt_pump(vt, 10);
    used = thread_seconds(vt_pid(vt)) - used;
    vt_pass(vt, 1500);
    taken = bench_reader_taken(&reader);
    bench_row("bus_counted", counted(vt), "messages", "bare libnats subscriber", taken,
              "1.0: all of them");
    bench_row("bus_main_thread", used / seconds * 100, "% of a core", NULL, 0,
              "what 20 frames a second cost");
    vt_free(vt);
}

static double flood_past(Vt *vt, const TestServer *server, const char *subject, int count)
{
    Flood flood = bench_flood_on(server, subject, count);

    while (waitpid(flood.pid, NULL, WNOHANG) == 0)
        vt_pump(vt, 10);
    return bench_flood_rate(&flood);
}

/* The results are watched in any case; it is the rest that may cost nobody anything. */
static void bench_wide_flood(const Bench *bench, const TestServer *server, int count)
{
    Vt *vt = bench_dashboard(bench, server);
    double before = flood_past(vt, server, SUBJECT_RESULTS, count);

    turn_to_bus(vt);
    bench_row("publisher_with_bus_watch", flood_past(vt, server, SUBJECT_RESULTS, count), "msg/s",
              "publisher with a dashboard that is not turned to the bus", before, "0.9");
    vt_free(vt);
}

/* The sentinel listens to tasks all the time, and must leave them when they are too many. */
static void bench_task_flood(const Bench *bench, const TestServer *server, int count)
{
    static const char subject[] = "heddle.tasks.bench.local";
    Flood alone = bench_flood_on(server, subject, count);
    double before = bench_flood_rate(&alone);
    Vt *vt = bench_dashboard(bench, server);

    vt_pass(vt, 1500);
    bench_row("publisher_of_tasks_with_dashboard", flood_past(vt, server, subject, count), "msg/s",
              "publisher of tasks that nobody takes", before, "0.9");
    vt_free(vt);
}

void bench_watch(const Bench *bench)
{
    TestServer *server = server_start(NULL);

    bench_delivery(bench->quick ? 500000 : 5000000);
    bench_busy(bench, server, bench->quick ? 2 : 5);
    bench_wide_flood(bench, server, bench->quick ? 1000000 : 5000000);
    bench_task_flood(bench, server, bench->quick ? 1000000 : 10000000);
    server_free(server);
}
