/* Stand-ins for Heddle's router and a processor named echo, on libnats: for the demo, and for tests
 * where a test against the real Heddle exists too (tests/interop). They speak Heddle 0.9.2's wire
 * as
 * ../shared/facts-heddle.md has it: subjects, queue groups, messages, dead letters, the limiter. */
#ifndef DEMO_STANDIN_H
#define DEMO_STANDIN_H

#include <glib.h>

typedef struct StandinRouter {
    const char *override_type; /* worker_type whose tier is changed; NULL: none */
    const char *override_tier;
    int rate_limit; /* tasks of tier local that it has tokens for; -1: no limit */
} StandinRouter;

typedef struct StandinWorker {
    const char *name; /* "echo" */
    const char *tier; /* "local" */
    gboolean worker;  /* TRUE: queue group workers-NAME, else processors-NAME */
    int delay_ms;     /* time a task takes */
    const char *fail; /* error text that every task fails with; NULL: echoes its payload */
    gboolean mute;    /* takes tasks and never answers */
    gboolean twice;   /* answers each task twice */
} StandinWorker;

/* Connect, subscribe, write "ready\n" to `ready_fd` (-1: nobody wants to know; closed after), serve
 * until `leash_fd` (-1: none) reads end of file or SIGTERM. Return an exit status; errors go to
 * stderr. Meant to be the whole of a process. */
int standin_router_run(const char *url, const StandinRouter *how, int ready_fd, int leash_fd);
int standin_worker_run(const char *url, const StandinWorker *how, int ready_fd, int leash_fd);

#endif
