/* Servers that misbehave, for tests: each connection is served by a process of its own, which runs
 * the given function and ends; all of them end with the test's process. */
#ifndef TESTS_SUPPORT_FAKE_H
#define TESTS_SUPPORT_FAKE_H

#include <sys/types.h>

/* Serve one connection; it is closed when this returns. */
typedef void (*FakeTalk)(int fd);

typedef struct Fake {
    char *url; /* "nats://127.0.0.1:PORT" */
    unsigned port;
    pid_t pid;
} Fake;

Fake *fake_start(FakeTalk talk);

/* … on a port of 127.0.0.1 that something else has just left. */
Fake *fake_start_at(unsigned port, FakeTalk talk);
void fake_free(Fake *fake);

/* For use in a FakeTalk: send a string; say nothing until the other side closes; read one line. */
void fake_say(int fd, const char *text);
void fake_be_silent(int fd);
void fake_hear_line(int fd);

/* A port of 127.0.0.1 where nobody listens. For the life of *holder (a socket) the kernel gives it
 * to nobody else, as a listener's or as a client's own; but whoever asks for it by its number, with
 * SO_REUSEADDR as nats-server does, may listen there. */
unsigned refusing_port(int *holder);

/* A blocking connection to a port of 127.0.0.1. */
int fake_dial(unsigned port);

#endif
