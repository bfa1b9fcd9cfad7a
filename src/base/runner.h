/* A few threads for jobs that may block: file checks, look-ups, the ladder.
 *
 * A job is a function and its data. It posts what it found on the event queue by itself. Jobs start
 * in the order given; the threads are made when the first jobs come, so a program that has shown
 * nothing yet has not paid for them. */
#ifndef BASE_RUNNER_H
#define BASE_RUNNER_H

#include <glib.h>

typedef struct Runner Runner;
typedef void (*RunnerJob)(void *data);

/* At most `threads` threads. Never NULL. */
Runner *runner_new(unsigned threads);

/* Run `job(data)` on one of the threads. `destroy(data)` is called after it, or without it if the
 * runner ends first. Any thread. */
void runner_add(Runner *runner, RunnerJob job, void *data, GDestroyNotify destroy);

/* Drop the jobs that have not begun, wait for those that have, free. For tests and one-shot runs;
 * the dashboard leaves without waiting for anybody. */
void runner_free(Runner *runner);

#endif
