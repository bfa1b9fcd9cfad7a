/* This machine's own /proc, with a child that looks like an actor: a script named heddle that holds
 * a connection. */
#include <check.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "heddle/procs.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

static char *tree;

static void make_tree(void)
{
    tree = folder_new();
}

static void remove_tree(void)
{
    folder_remove(tree);
    g_free(tree);
}

static const char script[] =
    "import os, socket, sys, time\n"
    "s = socket.create_connection(('127.0.0.1', int(os.environ['PORT'])))\n"
    "time.sleep(60)\n";

static pid_t start_actor(const char *out)
{
    g_autofree char *path = g_build_filename(tree, "heddle", NULL);
    pid_t pid = fork();

    if (pid == 0) {
        int fd = open(out, O_WRONLY | O_CREAT | O_APPEND, 0600);

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (chdir(tree) == 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2)
            execlp("python3", "python3", "-I", path, "processor", "--config", "c.yaml",
                   "--nats-url=nats://me:s3cr3t@127.0.0.1", NULL);
        _exit(127);
    }
    ck_assert_int_gt(pid, 0);
    return pid;
}

/* Scan until the process of `pid` is there with at least one connection, at most ten seconds. */
static ProcScan *scan_for(pid_t pid, HeddleProc **found)
{
    gint64 deadline = clock_now() + 10 * G_USEC_PER_SEC;

    while (clock_now() < deadline) {
        ProcScan *scan = procs_scan("/proc");

        for (guint i = 0; i < scan->procs->len; i++) {
            *found = scan->procs->pdata[i];
            if ((*found)->pid == pid && (*found)->sockets->len > 0)
                return scan;
        }
        procs_free(scan);
        g_usleep(10000);
    }
    ck_abort_msg("the actor is not seen");
    return NULL;
}

START_TEST(real_process_is_seen_with_all_it_has)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_autofree char *out = g_build_filename(tree, "out.log", NULL), *real = realpath(tree, NULL);
    g_autofree char *config = g_build_filename(real, "c.yaml", NULL), *port = NULL, *remote = NULL;
    g_autofree char *log = g_build_filename(real, "out.log", NULL);
    g_autofree char *program = g_build_filename(tree, "heddle", NULL);
    gint64 now = clock_wall();
    ProcScan *scan;
    HeddleProc *proc;
    pid_t pid;

    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, len), 0);
    ck_assert_int_eq(listen(listener, 4), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &len), 0);
    port = g_strdup_printf("%u", ntohs(address.sin_port));
    remote = g_strdup_printf("127.0.0.1:%s", port);
    g_setenv("PORT", port, TRUE);
    g_setenv("OLLAMA_URL", "http://s3cr3t", TRUE);
    g_unsetenv("LM_STUDIO_URL");
    g_unsetenv("ANTHROPIC_API_KEY");
    ck_assert(g_file_set_contents(program, script, -1, NULL));
    ck_assert(g_file_set_contents(config, "name: c\n", -1, NULL));
    pid = start_actor(out);
    scan = scan_for(pid, &proc);
    ck_assert_int_eq(proc->kind, KIND_PROCESSOR);
    ck_assert_int_eq(proc->parent, getpid());
    ck_assert_uint_eq(proc->uid, geteuid());
    ck_assert_int_lt(ABS(proc->started_us - now), 5 * G_USEC_PER_SEC);
    ck_assert_str_eq(proc->config_path, config);
    ck_assert_str_eq(proc->url, "nats://me:s3cr3t@127.0.0.1");
    ck_assert_ptr_null(strstr(proc->command, "s3cr3t"));
    ck_assert_int_eq(proc->out, OUTPUT_FILE);
    ck_assert_str_eq(proc->out_path, log);
    ck_assert_str_eq(proc->err_path, log);
    ck_assert(proc->env_readable);
    ck_assert_str_eq(proc->env[0]->text, "OLLAMA_URL is set");
    ck_assert_int_eq(proc->env[1]->state, STATE_WARN);
    ck_assert_uint_eq(proc->sockets->len, 1);
    ck_assert_str_eq(g_array_index(proc->sockets, ProcSocket, 0).remote, remote);
    procs_free(scan);
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    close(listener);
}
END_TEST

/* Processes come and go while others are read; nothing is made of it. */
START_TEST(processes_that_vanish_do_no_harm)
{
    for (unsigned n = 0; n < 40; n++) {
        pid_t pid = fork();
        ProcScan *scan;

        if (pid == 0) {
            execl("/bin/true", "heddle", "worker", "--config", "x", NULL);
            _exit(127);
        }
        scan = procs_scan("/proc");
        ck_assert(scan->readable);
        ck_assert_uint_gt(scan->seen, 1);
        procs_free(scan);
        ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("procs_real");

    tcase_add_checked_fixture(tcase, make_tree, remove_tree);
    tcase_add_test(tcase, real_process_is_seen_with_all_it_has);
    tcase_add_test(tcase, processes_that_vanish_do_no_harm);
    return suite_run("procs_real", tcase, 30);
}
