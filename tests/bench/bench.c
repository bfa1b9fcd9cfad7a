#include "tests/bench/bench.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>
#include <jansson.h>
#include <nats/nats.h>

#define SUBJECT "heddle.results.default"

void bench_row(const char *name, double value, const char *unit, const char *baseline,
               double baseline_value, const char *aim)
{
    json_t *row = json_pack("{s:s, s:f, s:s}", "bench", name, "value", value, "unit", unit);
    char *text;

    if (baseline != NULL) {
        json_object_set_new(row, "baseline",
                            json_pack("{s:s, s:f}", "name", baseline, "value", baseline_value));
        if (baseline_value != 0)
            json_object_set_new(row, "ratio", json_real(value / baseline_value));
    }
    json_object_set_new(row, "aim", json_string(aim));
    text = json_dumps(row, JSON_COMPACT | JSON_REAL_PRECISION(6));
    puts(text);
    fflush(stdout);
    free(text);
    json_decref(row);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

double bench_percentile(double *values, int count, double share)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[MIN((int)(share * count), count - 1)];
}

Vt *bench_dashboard(const Bench *bench, const TestServer *server)
{
    const char *argv[] = {bench->program, "--nats-url", server->url, NULL};
    Vt *vt = vt_start(80, 24, argv, NULL);

    if (!vt_wait_text(vt, "● up", 10000))
        g_error("bench: the dashboard does not come up");
    return vt;
}

static natsConnection *connect_to(const char *url)
{
    natsConnection *nc = NULL;

    if (natsConnection_ConnectTo(&nc, url) != NATS_OK)
        g_error("bench: cannot connect to %s", url);
    return nc;
}

static pid_t fork_child(void)
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

static void publish(const char *url, const char *subject, int count, int told)
{
    natsConnection *nc = connect_to(url);
    g_autofree char *filler = g_strnfill(200, 'x');
    g_autofree char *text = g_strdup_printf("{\"task_id\":\"bench\",\"worker_type\":\"bench\","
                                            "\"status\":\"completed\",\"output\":\"%s\"}",
                                            filler);
    gint64 begin;
    int sent = 0;

    text = g_realloc(text, 301);
    while (strlen(text) < 300)
        strcat(text, " ");
    natsConnection_Flush(nc);
    begin = g_get_monotonic_time();
    while (count == 0 || sent < count) {
        if (natsConnection_Publish(nc, subject, text, 300) != NATS_OK)
            break;
        sent++;
    }
    natsConnection_Flush(nc);
    dprintf(told, "%f\n", sent / ((double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC));
    _exit(0);
}

Flood bench_flood_on(const TestServer *server, const char *subject, int count)
{
    int fds[2];
    Flood flood;

    if (pipe(fds) != 0)
        g_error("bench: pipe");
    flood.pid = fork_child();
    if (flood.pid == 0)
        publish(server->url, subject, count, fds[1]);
    close(fds[1]);
    flood.told = fds[0];
    return flood;
}

Flood bench_flood(const TestServer *server, int count)
{
    return bench_flood_on(server, SUBJECT, count);
}

static double read_number(int fd)
{
    char text[64] = "";
    size_t len = 0;
    ssize_t count;

    while (len < sizeof text - 1 && (count = read(fd, text + len, sizeof text - 1 - len)) > 0)
        len += (size_t)count;
    close(fd);
    return g_ascii_strtod(text, NULL);
}

double bench_flood_rate(Flood *flood)
{
    double rate = read_number(flood->told);

    waitpid(flood->pid, NULL, 0);
    return rate;
}

static gint64 taken; /* of the reader's child; atomic */

static void count_one(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *data)
{
    (void)nc;
    (void)sub;
    (void)data;
    __atomic_add_fetch(&taken, 1, __ATOMIC_RELAXED);
    natsMsg_Destroy(msg);
}

/* Its leash is standard input, and it tells on standard output. */
static void read_bus(const char *url)
{
    natsConnection *nc = connect_to(url);
    natsSubscription *sub = NULL;
    char byte;

    natsConnection_Subscribe(&sub, nc, SUBJECT, count_one, NULL);
    natsSubscription_SetPendingLimits(sub, -1, -1);
    natsConnection_Flush(nc);
    dprintf(STDOUT_FILENO, "\n"); /* it listens */
    if (read(STDIN_FILENO, &byte, 1) >= 0)
        dprintf(STDOUT_FILENO, "%f\n", (double)__atomic_load_n(&taken, __ATOMIC_RELAXED));
}

Reader bench_reader(const TestServer *server)
{
    int leash[2], told[2];
    Reader reader;
    char byte;

    if (pipe(leash) != 0 || pipe(told) != 0)
        g_error("bench: pipe");
    reader.pid = fork_child();
    if (reader.pid == 0) {
        dup2(leash[0], STDIN_FILENO);
        dup2(told[1], STDOUT_FILENO);
        close_range(3, ~0U, 0);
        /* A fork would have the bench's memory for its own. */
        execl("/proc/self/exe", "bench", BENCH_READER, server->url, NULL);
        _exit(127);
    }
    close(leash[0]);
    close(told[1]);
    reader.leash = leash[1];
    reader.told = told[0];
    if (read(reader.told, &byte, 1) != 1)
        g_error("bench: the bare reader does not listen");
    return reader;
}

double bench_reader_taken(Reader *reader)
{
    double count;

    close(reader->leash);
    count = read_number(reader->told);
    waitpid(reader->pid, NULL, 0);
    return count;
}

double bench_status_kb(pid_t pid, const char *field)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)pid), *text = NULL;
    const char *at;

    if (!g_file_get_contents(path, &text, NULL, NULL) || (at = strstr(text, field)) == NULL)
        return 0;
    return g_ascii_strtod(at + strlen(field) + 1, NULL);
}

static Bench bench;

/* The test servers report trouble through Check, so the bench runs as one test of it, silently. */
START_TEST(all_rows)
{
    static const struct {
        const char *name;
        void (*measure)(const Bench *);
    } parts[] = {{"screen", bench_screen}, {"panels", bench_panels},  {"roster", bench_roster},
                 {"bus", bench_bus},       {"watch", bench_watch},    {"smoke", bench_smoke},
                 {"ends", bench_ends},     {"verdict", bench_verdict}};
    const char *only = g_getenv("BENCH_ONLY");

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (only == NULL || g_str_equal(only, parts[i].name))
            parts[i].measure(&bench);
}
END_TEST

static int run(void)
{
    Suite *suite = suite_create("bench");
    TCase *tcase = tcase_create("bench");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tcase, 0);
    tcase_add_test(tcase, all_rows);
    suite_add_tcase(suite, tcase);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    if (argc == 3 && g_str_equal(argv[1], BENCH_READER)) {
        read_bus(argv[2]);
        return 0;
    }
    if (argc == 3 && g_str_equal(argv[1], BENCH_DIAL)) {
        bench_dial(argv[2]);
        return 0;
    }
    bench = (Bench){
        .program = g_getenv("PROGRAM"),
        .paint = argc > 1 ? argv[1] : NULL,
        .quick = g_getenv("BENCH_QUICK") != NULL,
    };
    if (bench.program == NULL || bench.paint == NULL) {
        fprintf(stderr, "usage: PROGRAM=…/heddle-preflight bench …/paint\n");
        return 2;
    }
    return run();
}
