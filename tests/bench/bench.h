/* What the rows of the bench share. Each row is one line of JSON on standard output:
 * {"bench", "value", "unit", "baseline": {"name", "value"}, "ratio", "aim"}. */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include "tests/support/server.h"
#include "tests/support/vt.h"

typedef struct Bench {
    const char *program; /* heddle-preflight */
    const char *paint;   /* the ncurses baseline */
    gboolean quick;      /* fewer repetitions, for a try */
} Bench;

/* Print a row. `baseline` NULL: there is none. `aim` is what is hoped for, in words. */
void bench_row(const char *name, double value, const char *unit, const char *baseline,
               double baseline_value, const char *aim);

/* The value below which `share` of the `count` values lie; sorts them. */
double bench_percentile(double *values, int count, double share);

/* The dashboard on a server, up. */
Vt *bench_dashboard(const Bench *bench, const TestServer *server);

/* A child that publishes `count` results of 300 bytes on heddle.results.default as fast as it can
 * (0: until it is killed). */
typedef struct Flood {
    pid_t pid;
    int told; /* its rate is read from here */
} Flood;
Flood bench_flood(const TestServer *server, int count);
/* … or on another subject. */
Flood bench_flood_on(const TestServer *server, const char *subject, int count);
double bench_flood_rate(Flood *flood); /* waits for its end; messages a second */

/* A program with one bare libnats subscription that only counts. */
typedef struct Reader {
    pid_t pid;
    int leash, told;
} Reader;
Reader bench_reader(const TestServer *server);
double bench_reader_taken(Reader *reader); /* ends it; how many it took */

/* What such a program is started as: bench --reader URL. */
#define BENCH_READER "--reader"

/* What a program is started as that only asks libnats to connect: bench --dial URL. */
#define BENCH_DIAL "--dial"
void bench_dial(const char *url);

/* Rows name_p50 and name_p99: from a key to the cell that it changes, the bare ncurses program's
 * beside it. */
void bench_keys(Vt *vt, const char *name, const Bench *bench);

/* A number of kilobytes from /proc/PID/status. */
double bench_status_kb(pid_t pid, const char *field);

void bench_screen(const Bench *bench); /* first frame, keys, idle */
void bench_panels(const Bench *bench); /* 10,000 actors: draw, scroll, filter */
void bench_roster(const Bench *bench); /* who is subscribed, of up to 10,000 */
void bench_bus(const Bench *bench);    /* flood: rates, memory, stopped terminals */
void bench_watch(const Bench *bench);  /* heddle.> */
void bench_ends(const Bench *bench);   /* reports, and q */
void bench_smoke(const Bench *bench);
void bench_verdict(const Bench *bench); /* the ladder on servers that are not as they should be */

#endif
