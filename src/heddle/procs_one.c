/* See procs_one.h. */
#include "heddle/procs_one.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/text.h"
#include "heddle/proc_file.h"
#include "heddle/procs_args.h"

enum {
    COMMAND_BYTES = 128 * 1024, /* Linux's MAX_ARG_STRLEN */
    ENVIRON_BYTES = 4 * 1024 * 1024,
    SMALL_BYTES = 16 * 1024, /* stat, cgroup */
    SHOWN_CHARS = 512,
    CONTAINER_DIGITS = 64, /* of an id, 12 of which are shown */
};

#define ROUTER_CONFIG "configs/router_rules.yaml" /* Heddle 0.9.2, cli/main.py */
#define MONITOR_URL   "nats://localhost:4222"

void procs_one_free(gpointer data)
{
    HeddleProc *proc = data;

    g_free(proc->command);
    g_free(proc->config);
    g_free(proc->config_path);
    g_free(proc->tier);
    secret_free(proc->url);
    for (unsigned i = 0; i < HEDDLE_TIERS; i++)
        env_report_free(proc->env[i]);
    g_free(proc->out_path);
    g_free(proc->err_path);
    g_free(proc->unit);
    g_free(proc->container);
    g_array_free(proc->sockets, TRUE);
    g_free(proc);
}

/* --- start and state --- */

/* State, parent and start; the name before them may hold blanks and brackets. */
static void read_stat(HeddleProc *proc, int folder, gint64 boot)
{
    GString *bytes = proc_file_read(folder, "stat", SMALL_BYTES);
    const char *rest = bytes == NULL ? NULL : strrchr(bytes->str, ')');
    unsigned long long ticks = 0;
    long hz = sysconf(_SC_CLK_TCK);

    proc->state = '?';
    if (rest != NULL &&
        sscanf(rest,
               ") %c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
               &proc->state, &proc->parent, &ticks) == 3 &&
        hz > 0 && boot > 0 && ticks < G_MAXINT64 / (4 * G_USEC_PER_SEC))
        proc->started_us = boot * G_USEC_PER_SEC +
                           (gint64)(ticks / (unsigned long)hz) * G_USEC_PER_SEC +
                           (gint64)(ticks % (unsigned long)hz) * G_USEC_PER_SEC / hz;
    if (!g_ascii_isalpha(proc->state))
        proc->state = '?';
    proc_file_free(bytes);
}

/* --- paths --- */

static gboolean same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Where a link of /proc leads, when that path means the same file to us. Containers, deleted files
 * and namespaces make paths that lead elsewhere. Raw; caller frees. */
static char *own_path(int folder, const char *name)
{
    char *path = proc_file_link(folder, name);
    struct stat here, there;

    if (path != NULL && *path == '/' && fstatat(folder, name, &there, 0) == 0 &&
        stat(path, &here) == 0 && same_file(&here, &there))
        return path;
    g_free(path);
    return NULL;
}

static ProcRoot read_root(int folder)
{
    struct stat own, its;

    if (stat("/", &own) != 0 || fstatat(folder, "root", &its, 0) != 0)
        return ROOT_UNKNOWN;
    return same_file(&own, &its) ? ROOT_SAME : ROOT_OTHER;
}

/* `typed` as the process would open it. */
static char *resolve(const HeddleProc *proc, int folder, const char *typed)
{
    g_autofree char *absolute = NULL, *cwd = NULL;
    char real[PATH_MAX];

    if (proc->root == ROOT_OTHER || proc->container != NULL || *typed == '\0')
        return NULL;
    if (*typed == '/') {
        absolute = g_strdup(typed);
    } else {
        cwd = own_path(folder, "cwd");
        if (cwd == NULL)
            return NULL;
        absolute = g_build_filename(cwd, typed, NULL);
    }
    return realpath(absolute, real) != NULL ? g_strdup(real)
                                            : g_canonicalize_filename(absolute, "/");
}

static ProcOutput read_output(const HeddleProc *proc, int folder, const char *name, char **path)
{
    struct stat its;
    g_autofree char *link = NULL;

    if (fstatat(folder, name, &its, 0) != 0)
        return OUTPUT_UNKNOWN;
    if (S_ISFIFO(its.st_mode))
        return OUTPUT_PIPE;
    if (S_ISSOCK(its.st_mode))
        return OUTPUT_SOCKET;
    if (S_ISREG(its.st_mode)) {
        *path = proc->root == ROOT_SAME ? own_path(folder, name) : NULL;
        return OUTPUT_FILE;
    }
    link = proc_file_link(folder, name);
    return link != NULL &&
                   (g_str_has_prefix(link, "/dev/pts/") || g_str_has_prefix(link, "/dev/tty") ||
                    g_str_has_prefix(link, "/dev/console"))
               ? OUTPUT_TERMINAL
               : OUTPUT_NOWHERE;
}

/* --- who looks after it --- */

/* One step of a path of control groups: "docker-<id>.scope", "heddle.service", "<id>". */
static void read_group(HeddleProc *proc, const char *step)
{
    const char *hex = step;
    gsize len = 0;

    if (g_str_has_suffix(step, ".service")) {
        if (g_str_has_prefix(step, "user@")) {
            proc->unit_of_user = TRUE;
            return;
        }
        g_free(proc->unit);
        proc->unit = text_clean(raw_text(step), SHOWN_CHARS);
        return;
    }
    for (; *hex != '\0' && len != CONTAINER_DIGITS; hex++)
        len = g_ascii_isxdigit(*hex) ? len + 1 : 0;
    if (len == CONTAINER_DIGITS && !g_ascii_isxdigit(*hex)) {
        g_free(proc->container);
        proc->container = g_strndup(hex - CONTAINER_DIGITS, 12);
    }
}

/* cgroups(7): "0::/system.slice/heddle-router.service", or one such line a controller. */
static void read_groups(HeddleProc *proc, int folder)
{
    GString *bytes = proc_file_read(folder, "cgroup", SMALL_BYTES);
    g_auto(GStrv) lines = bytes == NULL ? NULL : g_strsplit(bytes->str, "\n", -1);

    for (unsigned i = 0; lines != NULL && lines[i] != NULL; i++) {
        const char *path = strchr(lines[i], '/');
        g_auto(GStrv) steps = path == NULL ? NULL : g_strsplit(path, "/", -1);

        for (unsigned j = 0; steps != NULL && steps[j] != NULL; j++)
            read_group(proc, steps[j]);
    }
    if (proc->unit == NULL)
        proc->unit_of_user = FALSE;
    proc_file_free(bytes);
}

/* --- its environment --- */

/* EnvLookup over the bytes of environ: NAME=value, NUL after each. */
static const char *look_up(const char *name, void *data)
{
    const GString *bytes = data;
    gsize len = strlen(name);

    for (const char *at = bytes->str; at < bytes->str + bytes->len; at += strlen(at) + 1)
        if (strncmp(at, name, len) == 0 && at[len] == '=')
            return at + len + 1;
    return NULL;
}

/* What is kept of the values is whether they are empty. */
static void read_env(HeddleProc *proc, int folder)
{
    GString *bytes = proc_file_read(folder, "environ", ENVIRON_BYTES);
    g_autofree char *heddle_home = NULL;
    const char *home;

    if (bytes == NULL)
        return;
    home = look_up("HOME", bytes);
    if (home != NULL && *home == '/' && proc->root == ROOT_SAME && proc->container == NULL)
        heddle_home = g_build_filename(home, ".heddle", NULL);
    proc->env_readable = TRUE;
    for (unsigned i = 0; i < HEDDLE_TIERS; i++)
        proc->env[i] = env_check(heddle_tiers[i], look_up, bytes, heddle_home);
    proc_file_free(bytes);
}

/* --- one process --- */

/* The command line; NULL when there is none. One that was cut ends with its last whole argument, so
 * that no half of a URL is taken for all of it. */
static GString *read_command(int folder, const char *name, gsize max)
{
    GString *bytes = proc_file_read(folder, name, max);
    const char *end;

    if (bytes != NULL && bytes->len == max && bytes->str[max - 1] != '\0') {
        end = memrchr(bytes->str, '\0', bytes->len);
        g_string_truncate(bytes, end == NULL ? 0 : (gsize)(end + 1 - bytes->str));
    }
    if (bytes != NULL && bytes->len == 0) {
        proc_file_free(bytes);
        return NULL;
    }
    return bytes;
}

static void take_args(HeddleProc *proc, ProcArgs *args)
{
    const KindInfo *info = kind_info(args->kind);

    proc->kind = args->kind;
    proc->monitor = args->monitor;
    proc->skip_preflight = args->skip_preflight;
    if (info->default_tier != NULL) {
        proc->tier_given = args->tier != NULL;
        proc->tier =
            text_clean(raw_text(args->tier != NULL ? args->tier : info->default_tier), SHOWN_CHARS);
    }
    if (args->kind == KIND_MCP)
        return;
    proc->url_origin = args->url != NULL ? ORIGIN_FLAG : ORIGIN_DEFAULT;
    if (args->url == NULL)
        args->url = g_strdup(args->monitor ? MONITOR_URL : HEDDLE_DEFAULT_URL);
    proc->url = g_steal_pointer(&args->url);
}

static void take_config(HeddleProc *proc, const ProcArgs *args, int folder)
{
    const char *typed = args->config;

    proc->config_given = typed != NULL;
    if (typed == NULL && args->kind == KIND_ROUTER)
        typed = ROUTER_CONFIG;
    if (typed == NULL)
        return;
    proc->config = text_clean(raw_text(typed), SHOWN_CHARS);
    proc->config_path = resolve(proc, folder, typed);
}

HeddleProc *procs_one_read(int folder, int pid, gint64 boot)
{
    GString *command = read_command(folder, "cmdline", COMMAND_BYTES);
    HeddleProc *proc = NULL;
    struct stat info;
    ProcArgs args;

    if (command != NULL && proc_args_read(&args, command->str, command->len)) {
        proc = g_new0(HeddleProc, 1);
        proc->pid = pid;
        proc->sockets = g_array_new(FALSE, FALSE, sizeof(ProcSocket));
        proc->command = proc_args_shown(command->str, command->len);
        if (fstat(folder, &info) == 0)
            proc->uid = info.st_uid;
        read_stat(proc, folder, boot);
        read_groups(proc, folder);
        proc->root = read_root(folder);
        take_args(proc, &args);
        take_config(proc, &args, folder);
        proc->out = read_output(proc, folder, "fd/1", &proc->out_path);
        proc->err = read_output(proc, folder, "fd/2", &proc->err_path);
        read_env(proc, folder);
        proc_args_clear(&args);
    }
    proc_file_free(command);
    return proc;
}
