/* See procs.h. All processes are looked at by their command line; of the few that are Heddle's the
 * folder in /proc is opened, so that a number which is given to another process meanwhile cannot
 * mix two of them. */
#include "heddle/procs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heddle/proc_file.h"
#include "heddle/procs_args.h"
#include "heddle/procs_net.h"
#include "heddle/procs_one.h"

enum {
    MAX_ACTORS = 4096,
    FIRST_BYTES = 1024,       /* of a command line: enough to see whose it is */
    STAT_BYTES = 1024 * 1024, /* of /proc/stat, whose line of interrupts may be long */
};

/* Seconds since the epoch when the machine started; 0 when the kernel does not say. */
static gint64 boot_time(int root)
{
    GString *bytes = proc_file_read(root, "stat", STAT_BYTES);
    const char *line = bytes == NULL ? NULL : strstr(bytes->str, "\nbtime ");
    gint64 seconds = line == NULL ? 0 : g_ascii_strtoll(line + 7, NULL, 10);

    proc_file_free(bytes);
    return seconds > 0 && seconds < G_MAXINT64 / (4 * G_USEC_PER_SEC) ? seconds : 0;
}

static gboolean is_heddle(int root, const char *pid)
{
    g_autofree char *name = g_strdup_printf("%s/cmdline", pid);
    GString *bytes = proc_file_read(root, name, FIRST_BYTES);
    ProcArgs args;
    gboolean found = bytes != NULL && proc_args_read(&args, bytes->str, bytes->len);

    if (found)
        proc_args_clear(&args);
    proc_file_free(bytes);
    return found;
}

static int compare_procs(gconstpointer a, gconstpointer b)
{
    return (*(HeddleProc *const *)a)->pid - (*(HeddleProc *const *)b)->pid;
}

static void find_copies(const GPtrArray *procs)
{
    g_autoptr(GHashTable) by_pid = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (guint i = 0; i < procs->len; i++) {
        HeddleProc *proc = procs->pdata[i];

        g_hash_table_insert(by_pid, GINT_TO_POINTER(proc->pid), proc);
    }
    for (guint i = 0; i < procs->len; i++) {
        HeddleProc *proc = procs->pdata[i];
        const HeddleProc *parent = g_hash_table_lookup(by_pid, GINT_TO_POINTER(proc->parent));

        if (parent != NULL && strcmp(parent->command, proc->command) == 0)
            proc->copy_of = parent->pid;
    }
}

static void look_at(ProcScan *scan, int root, const char *name, gint64 boot, ProcsNet *net)
{
    int pid = atoi(name), folder;
    HeddleProc *proc;

    scan->seen++;
    if (!is_heddle(root, name))
        return;
    if (scan->procs->len == MAX_ACTORS) {
        scan->partial = TRUE;
        return;
    }
    folder = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return;
    proc = procs_one_read(folder, pid, boot);
    if (proc != NULL) {
        procs_net_add(net, folder, proc);
        g_ptr_array_add(scan->procs, proc);
    }
    close(folder);
}

ProcScan *procs_scan(const char *proc_root)
{
    ProcScan *scan = g_new0(ProcScan, 1);
    DIR *entries = opendir(proc_root);
    struct dirent *entry;
    ProcsNet *net;
    gint64 boot;

    scan->procs = g_ptr_array_new_with_free_func(procs_one_free);
    if (entries == NULL)
        return scan;
    net = procs_net_new();
    boot = boot_time(dirfd(entries));
    /* hidepid shows nothing of others, or not even that they are there: the first is root's. */
    scan->hidden = faccessat(dirfd(entries), "1/cmdline", R_OK, 0) != 0;
    while ((entry = readdir(entries)) != NULL) {
        gsize len = strlen(entry->d_name);

        if (len > 0 && len < 10 && strspn(entry->d_name, G_CSET_DIGITS) == len)
            look_at(scan, dirfd(entries), entry->d_name, boot, net);
    }
    procs_net_match(net, dirfd(entries));
    procs_net_free(net);
    closedir(entries);
    scan->readable = scan->seen > 0;
    g_ptr_array_sort(scan->procs, compare_procs);
    find_copies(scan->procs);
    return scan;
}

void procs_free(ProcScan *scan)
{
    if (scan == NULL)
        return;
    g_ptr_array_free(scan->procs, TRUE);
    g_free(scan);
}
