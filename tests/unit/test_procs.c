/* Heddle's actors in a made-up /proc: all that is read, and what must not hurt. This machine's own
 * is in test_procs_real.c. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heddle/procs.h"
#include "heddle/procs_net.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

/* `line` as the kernel has it: arguments parted by `|` here, by NUL there. */
static GString *arguments(const char *line)
{
    GString *bytes = g_string_new(line);

    for (gsize i = 0; i < bytes->len; i++)
        if (bytes->str[i] == '|')
            bytes->str[i] = '\0';
    g_string_append_c(bytes, '\0');
    return bytes;
}

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

static char *in_tree(const char *name)
{
    char *path = g_build_filename(tree, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);

    ck_assert_int_eq(g_mkdir_with_parents(folder, 0700), 0);
    return path;
}

static void put(const char *name, const char *text)
{
    g_autofree char *path = in_tree(name);

    ck_assert(g_file_set_contents(path, text, -1, NULL));
}

static void put_arguments(const char *name, const char *line)
{
    g_autofree char *path = in_tree(name);
    g_autoptr(GString) bytes = arguments(line);

    ck_assert(g_file_set_contents(path, bytes->str, (gssize)bytes->len, NULL));
}

static void put_link(const char *name, const char *target)
{
    g_autofree char *path = in_tree(name);

    ck_assert_int_eq(symlink(target, path), 0);
}

static HeddleProc *only(const ProcScan *scan)
{
    ck_assert_uint_eq(scan->procs->len, 1);
    return scan->procs->pdata[0];
}

START_TEST(made_up_actor_is_read_whole)
{
    ProcScan *scan;
    HeddleProc *proc;
    const ProcSocket *socket;
    g_autofree char *real = realpath(tree, NULL), *config = NULL;

    put("stat", "cpu 1 2\nbtime 1700000000\nprocesses 9\n");
    put_arguments("70/cmdline", "heddle|processor|--config|x/../y.yaml|--nats-url|nats://a:b@c");
    put("70/stat", "70 (hed) dle) T 1 70 70 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 250 99 1\n");
    put("70/cgroup", "1:name=systemd:/\n0::/system.slice/heddle-echo.service\n");
    put_arguments("70/environ", "HOME=/nonexistent|LM_STUDIO_URL=|OLLAMA_URL=http://s3cr3t|X");
    put_link("70/cwd", real);
    put_link("70/root", "/");
    put_link("70/ns/net", "net:[1]");
    put_link("70/fd/1", "/dev/null");
    put_link("70/fd/7", "socket:[4242]");
    put_link("70/fd/8", "socket:[4243]");
    put_link("70/fd/9", "socket:[4244]");
    put("70/net/tcp",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
        "   0: 0100007F:9C40 0200007F:107E 01 00000000:00000000 00:00000000 00000000 0 0 4242 1\n"
        "   1: 0100007F:9C41 0200007F:107E 02 00000000:00000000 00:00000000 00000000 0 0 4244 1\n"
        "   2: 0100007F:9C42 0200007F:107E 01 00000000:00000000 00:00000000 00000000 0 0 9999 1\n");
    put("70/net/tcp6",
        "   0: 0000000000000000FFFF00000100007F:9C40 0000000000000000FFFF00000200007F:107E 01 "
        "00000000:00000000 00:00000000 00000000     0        0 4243 1 0 20 4 30 10 -1\n");
    scan = procs_scan(tree);
    proc = only(scan);
    ck_assert(scan->readable);
    ck_assert_int_eq(proc->pid, 70);
    ck_assert_int_eq(proc->parent, 1);
    ck_assert_int_eq(proc->state, 'T');
    ck_assert_int_eq(proc->started_us, G_GINT64_CONSTANT(1700000000) * G_USEC_PER_SEC +
                                           250 * G_USEC_PER_SEC / sysconf(_SC_CLK_TCK));
    ck_assert_str_eq(proc->tier, "local");
    ck_assert(!proc->tier_given);
    ck_assert_str_eq(proc->url, "nats://a:b@c");
    ck_assert_ptr_null(strstr(proc->command, "a:b"));
    ck_assert_str_eq(proc->unit, "heddle-echo.service");
    ck_assert_int_eq(proc->root, ROOT_SAME);
    config = g_build_filename(real, "y.yaml", NULL);
    ck_assert_str_eq(proc->config_path, config);
    ck_assert_int_eq(proc->out, OUTPUT_NOWHERE);
    ck_assert_int_eq(proc->err, OUTPUT_UNKNOWN);
    ck_assert(proc->env_readable);
    ck_assert_str_eq(proc->env[0]->text, "OLLAMA_URL is set");
    ck_assert_int_eq(proc->env[1]->state, STATE_WARN);
    ck_assert(proc->sockets_readable);
    ck_assert_uint_eq(proc->sockets->len, 2);
    socket = &g_array_index(proc->sockets, ProcSocket, 0);
    ck_assert_str_eq(socket->local, "127.0.0.1:40000");
    ck_assert_str_eq(socket->remote, "127.0.0.2:4222");
    ck_assert_str_eq(g_array_index(proc->sockets, ProcSocket, 1).remote, "127.0.0.2:4222");
    ck_assert_uint_eq(proc->connecting, 1);
    procs_free(scan);
}
END_TEST

/* What is left of another user's process: command line, stat and control group. */
START_TEST(what_cannot_be_read_is_said)
{
    ProcScan *scan;
    HeddleProc *proc;

    put_arguments("1/cmdline", "init");
    put_arguments("71/cmdline", "python3|/v/bin/heddle|router");
    scan = procs_scan(tree);
    proc = only(scan);
    ck_assert(!scan->hidden);
    ck_assert_int_eq(proc->kind, KIND_ROUTER);
    ck_assert_str_eq(proc->config, "configs/router_rules.yaml");
    ck_assert(!proc->config_given);
    ck_assert_ptr_null(proc->config_path);
    ck_assert_str_eq(proc->url, HEDDLE_DEFAULT_URL);
    ck_assert_int_eq(proc->url_origin, ORIGIN_DEFAULT);
    ck_assert_ptr_null(proc->tier);
    ck_assert_int_eq(proc->root, ROOT_UNKNOWN);
    ck_assert_int_eq(proc->state, '?');
    ck_assert_int_eq(proc->started_us, 0);
    ck_assert(!proc->env_readable);
    ck_assert_ptr_null(proc->env[0]);
    ck_assert(!proc->sockets_readable);
    procs_free(scan);
}
END_TEST

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
    const char *group, *unit, *container;
    gboolean of_user;
} groups[] = {
    {"0::/", NULL, NULL, FALSE},
    {"0::/system.slice/docker-" ID ".scope", NULL, "0123456789ab", FALSE},
    {"3:pids:/docker/" ID "\n2:cpu:/docker/" ID, NULL, "0123456789ab", FALSE},
    {"0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-" ID ".scope", NULL, "0123456789ab",
     FALSE},
    {"0::/user.slice/user-1000.slice/user@1000.service/app.slice/heddle.service", "heddle.service",
     NULL, TRUE},
    {"0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope", NULL, NULL, FALSE},
    {"0::/user.slice/user-1000.slice/session-3.scope", NULL, NULL, FALSE},
    {"0::/system.slice/a\033.service", "a␛.service", NULL, FALSE},
};

START_TEST(control_group_names_unit_or_container)
{
    ProcScan *scan;
    HeddleProc *proc;

    put_arguments("72/cmdline", "heddle|worker|--config|/etc/hosts");
    put("72/cgroup", groups[_i].group);
    scan = procs_scan(tree);
    proc = only(scan);
    ck_assert_pstr_eq(proc->unit, groups[_i].unit);
    ck_assert_pstr_eq(proc->container, groups[_i].container);
    ck_assert_int_eq(proc->unit_of_user, groups[_i].of_user);
    /* A path in a container is no path of ours. */
    ck_assert_pstr_eq(proc->config_path, groups[_i].container != NULL ? NULL : "/etc/hosts");
    procs_free(scan);
}
END_TEST

START_TEST(paths_of_another_root_are_not_followed)
{
    ProcScan *scan;
    HeddleProc *proc;

    put_arguments("73/cmdline", "heddle|worker|--config|/etc/hosts");
    put_link("73/root", tree);
    put_link("73/fd/1", "/etc/hosts");
    scan = procs_scan(tree);
    proc = only(scan);
    ck_assert_int_eq(proc->root, ROOT_OTHER);
    ck_assert_ptr_null(proc->config_path);
    ck_assert_int_eq(proc->out, OUTPUT_FILE);
    ck_assert_ptr_null(proc->out_path);
    procs_free(scan);
}
END_TEST

START_TEST(forked_copies_are_told_from_actors)
{
    ProcScan *scan;

    put_arguments("80/cmdline", "heddle|worker|--config|x");
    put("80/stat", "80 (heddle) S 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1");
    put_arguments("9/cmdline", "heddle|worker|--config|x");
    put("9/stat", "9 (heddle) S 80 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1");
    put_arguments("82/cmdline", "heddle|worker|--config|y");
    put("82/stat", "82 (heddle) S 80 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1");
    scan = procs_scan(tree);
    ck_assert_uint_eq(scan->procs->len, 3);
    ck_assert_int_eq(((HeddleProc *)scan->procs->pdata[0])->copy_of, 80);
    ck_assert_int_eq(((HeddleProc *)scan->procs->pdata[1])->copy_of, 0);
    ck_assert_int_eq(((HeddleProc *)scan->procs->pdata[2])->copy_of, 0);
    procs_free(scan);
}
END_TEST

START_TEST(actors_come_by_their_number)
{
    ProcScan *scan;

    for (unsigned i = 0; i < 31; i++) {
        g_autofree char *name = g_strdup_printf("%u/cmdline", 90 + i * 7 % 31);

        put_arguments(name, "heddle|router");
    }
    scan = procs_scan(tree);
    ck_assert_uint_eq(scan->procs->len, 31);
    for (unsigned i = 0; i < 31; i++)
        ck_assert_int_eq(((HeddleProc *)scan->procs->pdata[i])->pid, 90 + (int)i);
    procs_free(scan);
}
END_TEST

/* FIFOs, folders, endless and empty files where /proc has others; a command line that is cut. */
START_TEST(hostile_tree_neither_hangs_nor_hurts)
{
    g_autofree char *fifo = in_tree("90/cmdline"), *below = in_tree("91/cmdline/x");
    g_autofree char *environ_fifo = in_tree("94/environ"), *stat_fifo = in_tree("94/stat");
    g_autoptr(GString) longest = arguments("heddle|worker|--tier|a|--nats-url|");
    g_autofree char *long_path = in_tree("93/cmdline");
    ProcScan *scan;
    HeddleProc *proc;

    ck_assert(g_file_set_contents(below, "a folder", -1, NULL));
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert_int_eq(mkfifo(environ_fifo, 0600), 0);
    ck_assert_int_eq(mkfifo(stat_fifo, 0600), 0);
    put("92/cmdline", "");
    put("99999999999/cmdline", "heddle");
    put_arguments("12x/cmdline", "heddle|worker");
    g_string_truncate(longest, longest->len - 1);
    while (longest->len < 1000000)
        g_string_append(longest, "nats://me:s3cr3t");
    ck_assert(g_file_set_contents(long_path, longest->str, (gssize)longest->len, NULL));
    put("93/stat", ") ) (");
    put_arguments("94/cmdline", "heddle|ui");
    put_link("94/fd/3", "socket:[18446744073709551616]");
    put_link("94/cwd", "cwd");
    put("94/net/tcp", "0: zz\n 1: 0100007F 0 01\n\n 2: 00:00 00:00 01 a b c d e 1\n");
    scan = procs_scan(tree);
    ck_assert_uint_eq(scan->procs->len, 2);
    ck_assert(scan->hidden);
    proc = scan->procs->pdata[0];
    ck_assert_str_eq(proc->tier, "a");
    ck_assert_str_eq(proc->url, HEDDLE_DEFAULT_URL);
    ck_assert_ptr_null(strstr(proc->command, "s3cr3t"));
    proc = scan->procs->pdata[1];
    ck_assert(proc->monitor);
    ck_assert_str_eq(proc->url, "nats://localhost:4222");
    ck_assert_uint_eq(proc->sockets->len, 0);
    procs_free(scan);
}
END_TEST

START_TEST(without_proc_nothing_is_known)
{
    g_autofree char *path = g_build_filename(tree, "none", NULL);
    ProcScan *scan = procs_scan(path);

    ck_assert(!scan->readable);
    ck_assert_uint_eq(scan->procs->len, 0);
    procs_free(scan);
}
END_TEST

START_TEST(address_of_ipv6_is_in_brackets)
{
    ProcSocket socket;
    unsigned state;
    guint64 inode;

    ck_assert(procs_net_line("  12: 00000000000000000000000001000000:A1B2 "
                             "B80D0120000000000000000001000000:107E 01 00000000:00000000 "
                             "02:0000 0 0 0 77 2",
                             &socket, &state, &inode));
    ck_assert_str_eq(socket.local, "[::1]:41394");
    ck_assert_str_eq(socket.remote, "[2001:db8::1]:4222");
    ck_assert_uint_eq(inode, 77);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("procs");

    tcase_add_checked_fixture(tcase, make_tree, remove_tree);
    tcase_add_test(tcase, made_up_actor_is_read_whole);
    tcase_add_test(tcase, what_cannot_be_read_is_said);
    tcase_add_loop_test(tcase, control_group_names_unit_or_container, 0, G_N_ELEMENTS(groups));
    tcase_add_test(tcase, paths_of_another_root_are_not_followed);
    tcase_add_test(tcase, forked_copies_are_told_from_actors);
    tcase_add_test(tcase, actors_come_by_their_number);
    tcase_add_test(tcase, hostile_tree_neither_hangs_nor_hurts);
    tcase_add_test(tcase, without_proc_nothing_is_known);
    tcase_add_test(tcase, address_of_ipv6_is_in_brackets);
    return suite_run("procs", tcase, 30);
}
