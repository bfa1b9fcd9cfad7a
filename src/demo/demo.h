/* The demo: a private nats-server on a free loopback port, a stand-in router and a stand-in echo
 * worker that speak Heddle's wire exactly, and sample configs, all owned by one child process (the
 * warden) that takes everything down when this process is gone, whatever way it went.
 *
 * The warden holds the read end of a pipe whose only write end is here: end of file is the signal,
 * so SIGKILL works like any other exit. */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include <glib.h>
#include <sys/types.h>

typedef struct Demo {
    char *url;     /* nats://127.0.0.1:PORT */
    char *configs; /* folder with the sample configs, in a private temporary folder */
    pid_t warden;
    int leash; /* write end of the pipe; close-on-exec */
} Demo;

/* Start it all. Must be called before this process has a second thread (it forks without exec).
 * Blocks until server, router and worker are ready, at most 15 s. NULL with *why set (clean, one or
 * two sentences with the command that mends it; caller frees), for example when nats-server is not
 * installed. Free with demo_stop(), which also waits for the warden (at most 2 s). */
Demo *demo_start(char **why);
void demo_stop(Demo *demo);

#endif
