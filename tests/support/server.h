/* A real nats-server for tests: on 127.0.0.1, on a port that the kernel chose, with a folder of its
 * own, and gone when the test's process is gone, whatever way it went.
 *
 *     const char *const args[] = {"--user", "me", "--pass", "secret", NULL};
 *     TestServer *server = server_start(args);
 *     … server->url …
 *     server_free(server);
 *
 * $TEST_NATS_SERVER names another binary than the one in PATH. Whatever goes wrong fails the test.
 */
#ifndef TESTS_SUPPORT_SERVER_H
#define TESTS_SUPPORT_SERVER_H

#include <glib.h>
#include <sys/types.h>

typedef struct TestServer {
    char *url; /* "nats://127.0.0.1:PORT" */
    unsigned port;
    unsigned monitor_port; /* 0 unless "-m", "-1" was among the arguments */
    int holder;            /* keeps the port from everybody else while the server is killed */
    pid_t pid;             /* 0 while it is killed */
    char *folder;          /* its own; for configs and certificates too; removed by server_free() */
    char *log;             /* path of what it prints */
    char **args;           /* copy of extra_args */
} TestServer;

/* From here on servers are those of $NATS_SERVER_NEW, for what Debian's is too old to do. FALSE,
 * and it is said, when there is none; under $CI that fails the test. */
gboolean server_use_newer(void);

/* Start one with `extra_args` (NULL-terminated; NULL: none) and wait until it listens. */
TestServer *server_start(const char *const *extra_args);

/* As server_start(), with a configuration file of the text `conf` in place of arguments. The port
 * is still chosen here. */
TestServer *server_start_conf(const char *conf);

void server_kill(TestServer *server); /* SIGKILL; its port refuses from here on */
void server_stop(TestServer *server); /* SIGSTOP: the port accepts and stays silent */
void server_cont(TestServer *server);

/* Kill it, if it is not, and start it again on the same port. */
void server_restart_same_port(TestServer *server);

/* Kill it, remove its folder. */
void server_free(TestServer *server);

/* A new folder below the system's temporary one. Caller frees, and removes it with folder_remove().
 */
char *folder_new(void);
void folder_remove(const char *folder);

#endif
