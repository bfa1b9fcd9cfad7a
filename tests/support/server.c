#include "tests/support/server.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/fake.h"

enum { START_MS = 10000, POLL_US = 2000 };

char *folder_new(void)
{
    char *folder = g_dir_make_tmp("heddle-preflight-XXXXXX", NULL);

    ck_assert_ptr_nonnull(folder);
    return folder;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

void folder_remove(const char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

gboolean server_use_newer(void)
{
    const char *newer = getenv("NATS_SERVER_NEW");

    if (newer != NULL && newer[0] != '\0') {
        setenv("TEST_NATS_SERVER", newer, 1);
        return TRUE;
    }
    ck_assert_msg(getenv("CI") == NULL, "$NATS_SERVER_NEW names no newer nats-server");
    puts("SKIP: $NATS_SERVER_NEW names no newer nats-server");
    return FALSE;
}

/* In the child; does not return. */
static void run_server(const TestServer *server, char *const *argv, pid_t parent)
{
    const char *binary = getenv("TEST_NATS_SERVER");
    int log = open(server->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execvp(binary != NULL ? binary : "nats-server", argv);
    execv("/usr/sbin/nats-server", argv); /* not in every user's PATH */
    _exit(127);
}

/* The port in the first URL of a list like ["nats://127.0.0.1:4222"]. 0 if there is none. */
static unsigned first_port(const json_t *ports, const char *member)
{
    const char *url = json_string_value(json_array_get(json_object_get(ports, member), 0));
    const char *colon = url != NULL ? strrchr(url, ':') : NULL;

    return colon != NULL ? (unsigned)atoi(colon + 1) : 0;
}

/* The server writes this file once it listens; NULL until it is there and whole. */
static json_t *read_ports(const TestServer *server)
{
    DIR *folder = opendir(server->folder);
    g_autofree char *ending = g_strdup_printf("_%d.ports", (int)server->pid);
    g_autofree char *path = NULL;
    struct dirent *entry;

    ck_assert_ptr_nonnull(folder);
    while (path == NULL && (entry = readdir(folder)) != NULL)
        if (g_str_has_suffix(entry->d_name, ending))
            path = g_build_filename(server->folder, entry->d_name, NULL);
    closedir(folder);
    return path != NULL ? json_load_file(path, 0, NULL) : NULL;
}

static void await_ports(TestServer *server)
{
    gint64 deadline = g_get_monotonic_time() + START_MS * 1000;
    json_t *ports;

    while ((ports = read_ports(server)) == NULL) {
        g_autofree char *log = NULL;

        if (waitpid(server->pid, NULL, WNOHANG) == 0 && g_get_monotonic_time() < deadline) {
            g_usleep(POLL_US);
            continue;
        }
        g_file_get_contents(server->log, &log, NULL, NULL);
        ck_abort_msg("nats-server did not start: %s", log != NULL ? log : "");
    }
    server->port = first_port(ports, "nats");
    if (server->port == 0)
        server->port = first_port(ports, "tls");
    server->monitor_port = first_port(ports, "monitoring");
    json_decref(ports);
    ck_assert_uint_ne(server->port, 0);
}

static void launch(TestServer *server)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *port = g_strdup_printf("%u", server->port);
    const char *const fixed[] = {"nats-server",      "-a",          "127.0.0.1", "-p", port,
                                 "--ports_file_dir", server->folder};
    pid_t parent = getpid();

    for (gsize i = 0; i < G_N_ELEMENTS(fixed); i++)
        g_ptr_array_add(argv, (char *)fixed[i]);
    for (char **arg = server->args; *arg != NULL; arg++)
        g_ptr_array_add(argv, *arg);
    g_ptr_array_add(argv, NULL);
    server->pid = fork();
    ck_assert_int_ge(server->pid, 0);
    if (server->pid == 0)
        run_server(server, (char *const *)argv->pdata, parent);
    await_ports(server);
}

static TestServer *server_new(void)
{
    TestServer *server = g_new0(TestServer, 1);

    server->port = refusing_port(&server->holder);
    server->folder = folder_new();
    server->log = g_build_filename(server->folder, "log", NULL);
    return server;
}

static TestServer *server_begin(TestServer *server)
{
    launch(server);
    server->url = g_strdup_printf("nats://127.0.0.1:%u", server->port);
    return server;
}

TestServer *server_start(const char *const *extra_args)
{
    TestServer *server = server_new();

    server->args = extra_args != NULL ? g_strdupv((char **)extra_args) : g_new0(char *, 1);
    return server_begin(server);
}

TestServer *server_start_conf(const char *conf)
{
    TestServer *server = server_new();
    g_autofree char *path = g_build_filename(server->folder, "conf", NULL);
    const char *args[] = {"-c", path, NULL};

    ck_assert(g_file_set_contents(path, conf, -1, NULL));
    server->args = g_strdupv((char **)args);
    return server_begin(server);
}

void server_kill(TestServer *server)
{
    if (server->pid == 0)
        return;
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    server->pid = 0;
}

void server_stop(TestServer *server)
{
    int status;

    kill(server->pid, SIGSTOP);
    ck_assert_int_eq(waitpid(server->pid, &status, WUNTRACED), server->pid);
    ck_assert(WIFSTOPPED(status));
}

void server_cont(TestServer *server)
{
    kill(server->pid, SIGCONT);
}

void server_restart_same_port(TestServer *server)
{
    server_kill(server);
    launch(server);
}

void server_free(TestServer *server)
{
    server_kill(server);
    close(server->holder);
    folder_remove(server->folder);
    g_strfreev(server->args);
    g_free(server->folder);
    g_free(server->log);
    g_free(server->url);
    g_free(server);
}
