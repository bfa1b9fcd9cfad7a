#include "demo/warden.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/clock.h"
#include "demo/samples.h"
#include "demo/standin.h"

enum { SERVER_MS = 8000, STANDIN_MS = 3000, CHILDREN = 3 };

typedef struct Warden {
    char *folder; /* private and temporary */
    pid_t children[CHILDREN];
    int count;
    int leash_fd, report_fd;
} Warden;

static void report(const Warden *warden, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void report(const Warden *warden, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vdprintf(warden->report_fd, format, args);
    va_end(args);
}

/* Remove the server's files; the samples have been removed before. */
static void remove_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, entry->d_name, NULL);

        if (!g_str_equal(entry->d_name, ".") && !g_str_equal(entry->d_name, ".."))
            unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(folder);
}

static void end(Warden *warden, int status) __attribute__((noreturn));

static void end(Warden *warden, int status)
{
    for (int i = warden->count - 1; i >= 0; i--) {
        kill(warden->children[i], SIGKILL);
        waitpid(warden->children[i], NULL, 0);
    }
    if (warden->folder != NULL) {
        samples_remove(warden->folder);
        remove_folder(warden->folder);
    }
    _exit(status);
}

static gboolean make_folder(Warden *warden)
{
    g_autofree char *folder =
        g_build_filename(g_get_tmp_dir(), "heddle-preflight-demo-XXXXXX", NULL);

    if (mkdtemp(folder) == NULL)
        return FALSE;
    warden->folder = g_steal_pointer(&folder);
    return TRUE;
}

/* Nothing that runs here may write on the operator's terminal, or read from it. */
static void turn_away_from_terminal(const Warden *warden)
{
    g_autofree char *path = g_build_filename(warden->folder, "log", NULL);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    dup2(nothing, STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
}

/* The child goes down with the warden, even with one that was killed. */
static pid_t fork_child(Warden *warden)
{
    pid_t parent = getpid(), child = fork();

    if (child > 0) {
        warden->children[warden->count++] = child;
    } else if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        signal(SIGTERM, SIG_DFL);
    }
    return child;
}

/* $NATS_SERVER names one; else PATH is searched, and Debian's place, which may not be in a user's.
 */
static char *find_server(void)
{
    const char *named = g_getenv("NATS_SERVER");
    char *path = g_find_program_in_path(named != NULL ? named : "nats-server");

    if (named != NULL)
        return path;
    if (path == NULL && access("/usr/sbin/nats-server", X_OK) == 0)
        path = g_strdup("/usr/sbin/nats-server");
    return path;
}

static void start_server(Warden *warden)
{
    g_autofree char *path = find_server();

    if (path == NULL) {
        report(warden, "error\tnats-server is not installed. Type: apt-get install nats-server\n");
        end(warden, 1);
    }
    if (fork_child(warden) == 0) {
        execl(path, "nats-server", "-a", "127.0.0.1", "-p", "-1", "--ports_file_dir",
              warden->folder, NULL);
        _exit(127);
    }
}

/* The server writes {"nats":["nats://127.0.0.1:PORT"],…} into PROGRAM_PID.ports once it listens. */
static char *url_in(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL), *text = NULL;
        const char *begin, *stop;

        if (!g_str_has_suffix(name, ".ports") || !g_file_get_contents(path, &text, NULL, NULL))
            continue;
        begin = strstr(text, "nats://127.0.0.1:");
        stop = begin != NULL ? strchr(begin, '"') : NULL;
        if (stop != NULL)
            return g_strndup(begin, (gsize)(stop - begin));
    }
    return NULL;
}

static gboolean leash_ended(const Warden *warden, int wait_ms)
{
    struct pollfd leash = {.fd = warden->leash_fd, .events = POLLIN};

    return poll(&leash, 1, wait_ms) > 0;
}

static char *wait_for_server(Warden *warden)
{
    gint64 until = clock_now() + SERVER_MS * 1000LL;
    char *url = NULL;

    while ((url = url_in(warden->folder)) == NULL && clock_now() < until)
        if (leash_ended(warden, 5) || waitpid(warden->children[0], NULL, WNOHANG) != 0)
            break;
    if (url == NULL) {
        report(warden,
               "error\tthe demo's nats-server did not come up. Type: nats-server -p 4222\n");
        end(warden, 1);
    }
    return url;
}

/* Start one stand-in and wait until it has subscribed. */
static void start_standin(Warden *warden, const char *url, gboolean router)
{
    static const StandinRouter how_router = {NULL, NULL, -1};
    static const StandinWorker how_worker = {.name = "echo", .tier = "local"};
    int ready[2];
    struct pollfd in = {.events = POLLIN};
    char byte;

    if (pipe2(ready, O_CLOEXEC) != 0)
        end(warden, 1);
    if (fork_child(warden) == 0) {
        close(ready[0]);
        close(warden->report_fd);
        _exit(router ? standin_router_run(url, &how_router, ready[1], -1)
                     : standin_worker_run(url, &how_worker, ready[1], -1));
    }
    close(ready[1]);
    in.fd = ready[0];
    if (poll(&in, 1, STANDIN_MS) <= 0 || read(ready[0], &byte, 1) != 1) {
        report(warden, "error\tthe demo's stand-in %s did not start\n",
               router ? "router" : "worker");
        end(warden, 1);
    }
    close(ready[0]);
}

static void close_others(const Warden *warden)
{
    int low = MIN(warden->leash_fd, warden->report_fd),
        high = MAX(warden->leash_fd, warden->report_fd);

    if (low > 3)
        close_range(3, (unsigned)low - 1, 0);
    if (high > low + 1)
        close_range((unsigned)low + 1, (unsigned)high - 1, 0);
    close_range((unsigned)high + 1, ~0U, 0);
}

void warden_run(int leash_fd, int report_fd)
{
    Warden warden = {.leash_fd = leash_fd, .report_fd = report_fd};
    g_autofree char *why = NULL, *url = NULL;

    /* A session of its own: Ctrl-C and a hang-up in the terminal are for the dashboard, whose end
     * ends this. */
    setsid();
    prctl(PR_SET_NAME, "hp-demo");
    signal(SIGTERM, SIG_IGN);
    close_others(&warden);
    if (!make_folder(&warden)) {
        report(&warden, "error\tno folder can be made in %s: %s\n", g_get_tmp_dir(),
               g_strerror(errno));
        end(&warden, 1);
    }
    turn_away_from_terminal(&warden);
    start_server(&warden);
    url = wait_for_server(&warden);
    if (!samples_write(warden.folder, url, &why)) {
        report(&warden, "error\t%s\n", why);
        end(&warden, 1);
    }
    start_standin(&warden, url, TRUE);
    start_standin(&warden, url, FALSE);
    report(&warden, "ready\t%s\t%s/configs\n", url, warden.folder);
    close(report_fd);
    /* A child that somebody ends is part of the demo: the dashboard shows it. */
    while (!leash_ended(&warden, -1))
        ;
    end(&warden, 0);
}
