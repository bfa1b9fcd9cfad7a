/* What an operator waits for when the program comes to its end: a report of a refused port, a
 * report of a large config, and q while a connect hangs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <nats/nats.h>
#include <yaml.h>

#include "heddle/config.h"
#include "tests/bench/bench.h"
#include "tests/support/fake.h"
#include "tests/support/talk.h"

enum { RUNS = 20, QUICK_RUNS = 3, LARGE_RUNS = 5, LARGE_BYTES = 10 * 1000 * 1000 };

static double ms_since(gint64 begin)
{
    return (double)(g_get_monotonic_time() - begin) / 1000;
}

/* Milliseconds from exec to exit, its output thrown away. */
static double run_ms(const char *const *argv, int status)
{
    gint64 begin = g_get_monotonic_time();
    int ended = 0;

    if (!g_spawn_sync(NULL, (char **)argv, NULL,
                      G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                      NULL, &ended, NULL) ||
        !WIFEXITED(ended) || WEXITSTATUS(ended) != status)
        g_error("bench: %s ends with %x", argv[0], (unsigned)ended);
    return ms_since(begin);
}

void bench_dial(const char *url)
{
    natsConnection *nc = NULL;

    if (natsConnection_ConnectTo(&nc, url) == NATS_OK)
        natsConnection_Destroy(nc);
}

static void once_refused(const Bench *bench)
{
    int holder = -1, runs = bench->quick ? QUICK_RUNS : RUNS;
    g_autofree char *url = g_strdup_printf("nats://127.0.0.1:%u", refusing_port(&holder));
    const char *const ours[] = {bench->program, "--once", "--nats-url", url, NULL};
    const char *const bare[] = {"/proc/self/exe", BENCH_DIAL, url, NULL};
    double a[RUNS], b[RUNS];

    for (int i = 0; i < runs; i++) {
        a[i] = run_ms(ours, 2);
        b[i] = run_ms(bare, 0);
    }
    close(holder);
    bench_row("once_refused_p99", bench_percentile(a, runs, 0.99), "ms",
              "bare libnats program that is refused", bench_percentile(b, runs, 0.99), "100 ms");
}

static double quit_ms(const char *const *argv, const char *shows)
{
    Vt *vt = vt_start(80, 24, argv, NULL);
    gint64 begin;
    double ms;
    int status;

    if (!vt_wait_text(vt, shows, 10000))
        g_error("bench: %s does not start", argv[0]);
    vt_pass(vt, 150); /* well into its connect */
    begin = g_get_monotonic_time();
    vt_keys(vt, "q");
    while (vt_alternate_screen(vt) && ms_since(begin) < 10000)
        vt_pump(vt, 1); /* the terminal given back is what the operator sees of the end */
    ms = ms_since(begin);
    if (!vt_wait_exit(vt, 10000, &status))
        g_error("bench: q does not end %s", argv[0]);
    vt_free(vt);
    return ms;
}

static void quit_hanging(const Bench *bench)
{
    Fake *fake = fake_start(talk_info_only);
    const char *const ours[] = {bench->program, "--nats-url", fake->url, NULL};
    const char *const bare[] = {bench->paint, NULL};
    int runs = bench->quick ? QUICK_RUNS : RUNS;
    double a[RUNS], b[RUNS];

    for (int i = 0; i < runs; i++) {
        a[i] = quit_ms(ours, "url");
        b[i] = quit_ms(bare, "url");
    }
    fake_free(fake);
    bench_row("quit_while_connecting_p99", bench_percentile(a, runs, 0.99), "ms", "ncurses program",
              bench_percentile(b, runs, 0.99), "100 ms");
}

static char *write_large(void)
{
    static const char head[] = "name: large\nsystem_prompt: x\nnotes:\n";
    static const char row[] = "  - {key: value, list: [1, 2.5, true, ~], text: \"some words\"}\n";
    GString *text = g_string_new(head);
    char *path = NULL;
    int fd = g_file_open_tmp("preflight-bench-XXXXXX.yaml", &path, NULL);

    while (text->len < LARGE_BYTES)
        g_string_append(text, row);
    if (fd < 0 || !g_file_set_contents(path, text->str, (gssize)text->len, NULL))
        g_error("bench: cannot write a config");
    close(fd);
    g_string_free(text, TRUE);
    return path;
}

/* The events of libyaml, and nothing made of them. */
static double bare_parse_ms(const char *path)
{
    gint64 begin = g_get_monotonic_time();
    FILE *file = fopen(path, "rb");
    yaml_event_type_t type = YAML_NO_EVENT;
    yaml_parser_t parser;
    yaml_event_t event;

    yaml_parser_initialize(&parser);
    yaml_parser_set_input_file(&parser, file);
    while (type != YAML_STREAM_END_EVENT) {
        if (!yaml_parser_parse(&parser, &event))
            g_error("bench: the config is not read");
        type = event.type;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    fclose(file);
    return ms_since(begin);
}

static void large_config(const Bench *bench)
{
    g_autofree char *path = write_large();
    int runs = bench->quick ? 1 : LARGE_RUNS;
    double a[LARGE_RUNS], b[LARGE_RUNS];

    for (int i = 0; i < runs; i++) {
        gint64 begin = g_get_monotonic_time();
        ConfigReport *report = config_check(path, KIND_UNKNOWN);

        a[i] = ms_since(begin);
        if (report->outcome != CONFIG_VALID)
            g_error("bench: %s", report->text);
        config_report_free(report);
        b[i] = bare_parse_ms(path);
    }
    g_unlink(path);
    bench_row("config_of_10_mb", bench_percentile(a, runs, 0.5), "ms", "bare libyaml events",
              bench_percentile(b, runs, 0.5), "1000 ms");
}

void bench_ends(const Bench *bench)
{
    once_refused(bench);
    quit_hanging(bench);
    large_config(bench);
}
