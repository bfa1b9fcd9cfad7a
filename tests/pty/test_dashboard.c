/* The dashboard as an operator uses it: the real program, a real server, keys typed, screen read.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include <glib/gstdio.h>

#include "tests/pty/pty.h"
#include "tests/support/suite.h"

static const char *const demo[] = {"--demo", NULL};
static const char *const with_ollama[] = {"OLLAMA_URL=http://localhost:11434", NULL};

START_TEST(demo_shows_actors_and_a_smoke_comes_back)
{
    Vt *vt = pty_start(demo, with_ollama);

    pty_expect(vt, "1 on …tasks.echo.local");
    pty_expect(vt, "nobody on …sched");
    pty_expect(vt, "a tab");
    vt_keys(vt, "s");
    pty_expect(vt, "completed by echo");
    pty_expect(vt, "1 of 1 ok");
    pty_expect(vt, "{\"echo\":\"preflight\"}");
    pty_quit(vt);
    vt_free(vt);
}
END_TEST

START_TEST(keys_open_and_close_what_they_say)
{
    Vt *vt = pty_start(demo, with_ollama);

    pty_expect(vt, "tasks.echo.local");
    vt_keys(vt, "?");
    pty_expect(vt, "edit the NATS URL");
    vt_keys(vt, "\033");
    pty_expect_gone(vt, "edit the NATS URL");
    vt_keys(vt, "\r");
    pty_expect(vt, "checked");
    vt_keys(vt, "q");
    pty_expect_gone(vt, "checked");
    vt_keys(vt, "L");
    pty_expect(vt, "address");
    vt_keys(vt, "\033");
    pty_expect_gone(vt, "address");
    vt_keys(vt, "H");
    pty_expect(vt, "timeline");
    pty_expect(vt, "link  up");
    vt_keys(vt, "\033");
    pty_expect_gone(vt, "link  up");
    vt_keys(vt, "\t\t\t\r"); /* the header's Enter opens it too */
    pty_expect(vt, "address");
    vt_keys(vt, "\033");
    pty_expect_gone(vt, "address");
    vt_keys(vt, "\t");
    vt_keys(vt, "ts");
    pty_expect(vt, "tier standard");
    vt_keys(vt, "to");
    pty_expect(vt, "tier own");
    vt_keys(vt, "v");
    pty_expect(vt, "╭");
    vt_keys(vt, "gT"); /* the router: it passes every tier on */
    pty_expect(vt, "a router has no tier");
    vt_keys(vt, "jTf");
    pty_expect(vt, "tier frontier");
    vt_keys(vt, "To");
    pty_expect(vt, "tier own");
    vt_keys(vt, "Z");
    pty_expect(vt, "does nothing here");
    vt_keys(vt, "/echo\r");
    pty_expect(vt, "processor · echo");
    pty_expect_gone(vt, "gateway");
    vt_keys(vt, "\033");
    pty_expect(vt, "filter taken off");
    pty_quit(vt);
    vt_free(vt);
}
END_TEST

START_TEST(y_copies_the_next_command_to_the_operators_clipboard)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_on(server, NULL);
    g_autofree char *copied = NULL;

    pty_expect(vt, "● up");
    vt_keys(vt, "\ts");
    pty_expect(vt, "no router: nothing subscribes");
    vt_keys(vt, "y");
    pty_expect(vt, "copied: heddle router");
    copied = vt_clipboard(vt);
    ck_assert_ptr_nonnull(copied);
    ck_assert_ptr_nonnull(strstr(copied, "heddle router --config"));
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
}
END_TEST

START_TEST(a_new_url_is_proved_beside_the_old)
{
    TestServer *server = server_start(NULL), *other = server_start(NULL);
    Vt *vt = pty_on(server, NULL);
    g_autofree char *kill_line = g_strdup_printf("u\001\013%s\r", other->url);
    g_autofree char *port = g_strdup_printf(":%u flag", server->port);
    g_autofree char *new_port = g_strdup_printf(":%u edited", other->port);

    pty_expect(vt, port);
    pty_expect(vt, "● up");
    vt_keys(vt, "u\001\013nats://127.0.0.1:1\r");
    pty_expect(vt, "new → nats://127.0.0.1:1");
    pty_expect(vt, "refused");
    pty_expect(vt, port); /* still in force */
    pty_expect(vt, "● up");
    vt_keys(vt, "\033");
    pty_expect(vt, "let go");
    pty_expect_gone(vt, "new →");
    vt_keys(vt, kill_line);
    pty_expect(vt, new_port);
    pty_expect(vt, "● up");
    vt_keys(vt, "u\001\013http://nowhere\r");
    pty_expect(vt, "URL>"); /* refused with a reason, the line is kept */
    vt_keys(vt, "\033");
    pty_expect(vt, new_port);
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
    server_free(other);
}
END_TEST

/* 0.0.0.0 leads to this machine, but is not spelled so. */
START_TEST(elsewhere_a_smoke_is_asked_about_first)
{
    TestServer *server = server_start(NULL), *other = server_start(NULL);
    g_autofree char *url = g_strdup_printf("nats://0.0.0.0:%u", server->port);
    g_autofree char *edit = g_strdup_printf("u\001\013nats://0.0.0.0:%u\r", other->port);
    g_autofree char *edited = g_strdup_printf(":%u edited", other->port);
    const char *args[] = {"--nats-url", url, NULL};
    Vt *vt = pty_start(args, NULL);

    pty_expect(vt, "● up");
    vt_keys(vt, "s");
    pty_expect(vt, "run echo on nats://0.0.0.0");
    vt_keys(vt, "n");
    pty_expect(vt, "nothing was published");
    vt_keys(vt, "sy");
    pty_expect(vt, "#1 ");
    vt_keys(vt, "S");
    pty_expect(vt, "y/n: run echo every 5 s on");
    vt_keys(vt, "y");
    pty_expect(vt, "· every 5 s");
    vt_keys(vt, edit);
    pty_expect(vt, "no more smokes by themselves");
    pty_expect(vt, edited);
    pty_expect_gone(vt, "· every 5 s");
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
    server_free(other);
}
END_TEST

START_TEST(an_unchanged_url_keeps_its_login_and_another_server_gets_none)
{
    static const char *const login[] = {"--user", "op", "--pass", "hush6", NULL};
    TestServer *server = server_start(login), *other = server_start(NULL);
    g_autofree char *url = g_strdup_printf("nats://op:hush6@127.0.0.1:%u", server->port);
    g_autofree char *spelled = g_strdup_printf("u\001\013"
                                               "127.0.0.1:%u\r",
                                               server->port);
    g_autofree char *edit = g_strdup_printf("u\001\013%s\r", other->url);
    g_autofree char *edited = g_strdup_printf(":%u edited", other->port);
    const char *args[] = {"--nats-url", url, NULL};
    Vt *vt = pty_start(args, NULL);

    pty_expect(vt, "● up");
    vt_keys(vt, "u\r");
    pty_expect(vt, "the URL is as it was");
    pty_expect(vt, "op:•••@127.0.0.1");
    vt_keys(vt, spelled); /* without its scheme */
    pty_expect(vt, "its login is kept");
    pty_expect(vt, "● up");
    pty_expect(vt, "op:•••@127.0.0.1");
    vt_keys(vt, edit);
    pty_expect(vt, "the login was left out");
    pty_expect(vt, edited);
    ck_assert(!vt_wrote(vt, "hush6"));
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
    server_free(other);
}
END_TEST

START_TEST(esc_takes_the_old_url_back_when_nothing_was_connected)
{
    TestServer *server = server_start(NULL);
    g_autofree char *port = g_strdup_printf(":%u", server->port);
    Vt *vt = pty_on(server, NULL);

    pty_expect(vt, "● up");
    server_kill(server);
    pty_expect(vt, "✗ down");
    vt_keys(vt, "u\001\013nats://127.0.0.1:1\r");
    pty_expect(vt, "Esc takes the old one back");
    pty_expect_gone(vt, port);
    server_restart_same_port(server);
    vt_keys(vt, "\033");
    pty_expect(vt, "the old URL is in force again");
    pty_expect(vt, port);
    pty_expect(vt, "● up");
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
}
END_TEST

START_TEST(typed_ahead_keys_survive_the_editor)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_on(server, NULL);

    pty_expect(vt, "● up");
    vt_keys(vt, "u\001\013nats://127.0.0.1:1\r?");
    pty_expect(vt, "this help");
    vt_keys(vt, "\033");
    pty_expect(vt, "new →");
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
}
END_TEST

START_TEST(the_history_walks_back_but_holds_no_password)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_on(server, NULL);
    g_autofree char *path = g_build_filename(vt_home(vt), "heddle-preflight", "history", NULL);
    g_autofree char *history = NULL;

    pty_expect(vt, "● up");
    vt_keys(vt, "u\001\013nats://127.0.0.1:1\r");
    pty_expect(vt, "new → nats://127.0.0.1:1");
    vt_keys(vt, "u\001\013nats://op:hush5@127.0.0.1:2\r");
    pty_expect(vt, "new → nats://op:•••@127.0.0.1:2");
    vt_keys(vt, "u\033[A");
    pty_expect(vt, "URL> nats://127.0.0.1:1");
    vt_keys(vt, "\033");
    pty_expect_gone(vt, "URL>");
    for (int i = 0; i < 200 && !g_file_get_contents(path, &history, NULL, NULL); i++)
        vt_pump(vt, 20);
    ck_assert_ptr_nonnull(history);
    ck_assert_str_eq(history, "nats://127.0.0.1:1\n");
    ck_assert(!vt_wrote(vt, "hush5"));
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
}
END_TEST

START_TEST(a_password_never_reaches_the_screen)
{
    TestServer *server = server_start(NULL);
    g_autofree char *url = g_strdup_printf("nats://op:hush1@127.0.0.1:%u", server->port);
    g_autofree char *slip = g_strdup_printf("URL> nats://127.0.0.1:%ux", server->port);
    const char *args[] = {"--nats-url", url, NULL};
    Vt *vt = pty_start(args, NULL);
    g_autofree char *path = NULL, *command_line = NULL;
    gsize len;

    pty_expect(vt, "nats://op:•••@127.0.0.1");
    pty_expect(vt, "● up");
    vt_keys(vt, "u");
    pty_expect(vt, "URL>");
    vt_keys(vt, "x"); /* a slip in the port is no password */
    pty_expect(vt, slip);
    vt_keys(vt, "\001\013nats://op:hu");
    pty_expect(vt, "op:••");
    vt_keys(vt, "sh2@127.0.0.1:1\r");
    pty_expect(vt, "new → nats://op:•••@");
    vt_keys(vt, "L");
    pty_expect(vt, "origin");
    vt_keys(vt, "q");
    ck_assert(!vt_wrote(vt, "hush"));
    path = g_strdup_printf("/proc/%d/cmdline", (int)vt_pid(vt));
    ck_assert(g_file_get_contents(path, &command_line, &len, NULL));
    ck_assert_ptr_null(memmem(command_line, len, "hush1", 5));
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
}
END_TEST

START_TEST(a_killed_server_shows_and_its_return_too)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_on(server, NULL);

    pty_expect(vt, "● up");
    server_kill(server);
    ck_assert(vt_wait_text(vt, "✗ down", 3000));
    server_restart_same_port(server);
    pty_expect(vt, "● up");
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
}
END_TEST

START_TEST(hostile_bytes_on_the_bus_show_harmlessly)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_on(server, NULL);
    static const char evil[] = "\033]0;owned\a\033[2J\033[?1049l\xff\xfe";
    static const char json[] = "{\"status\":\"completed\",\"worker_type\":\"\\u001b[31mred\"}";
    char *large = g_strnfill(1000 * 1000, 'x');

    pty_expect(vt, "● up");
    pty_publish(server, "heddle.results.default", evil, (int)strlen(evil));
    pty_publish(server, "heddle.results.default", json, (int)strlen(json));
    pty_publish(server, "heddle.results.default", large, 1000 * 1000);
    pty_publish(server, "heddle.results.default", "", 0);
    pty_expect(vt, "not JSON");
    pty_expect(vt, "␛]0;owned");
    pty_expect(vt, "4 seen");
    pty_expect(vt, "␛[31mred");
    vt_keys(vt, "\t\tg\r"); /* the first message, whole */
    pty_expect(vt, "subject");
    pty_expect(vt, "␛[2J");
    vt_keys(vt, "\033kG");
    ck_assert(!vt_wrote(vt, "\033]0;owned"));
    ck_assert(vt_alternate_screen(vt));
    g_free(large);
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
}
END_TEST

static const struct {
    int signal;
    gboolean exits; /* with 128 and its number, rather than by the signal */
} endings[] = {
    {SIGTERM, TRUE}, {SIGHUP, TRUE},   {SIGINT, TRUE},
    {SIGQUIT, TRUE}, {SIGSEGV, FALSE}, {SIGABRT, FALSE},
};

START_TEST(every_ending_gives_the_terminal_back)
{
    Vt *vt = pty_start(demo, NULL);
    int status = 0;

    pty_expect(vt, "● up");
    kill(vt_pid(vt), endings[_i].signal);
    ck_assert(vt_wait_exit(vt, SOON_MS, &status));
    if (endings[_i].exits)
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 128 + endings[_i].signal);
    else
        ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
    pty_assert_restored(vt);
    vt_free(vt);
}
END_TEST

START_TEST(quitting_works_at_every_moment_of_the_start)
{
    for (int delay = 0; delay < 60; delay += 3) {
        static const char *const nowhere[] = {"--nats-url", "nats://127.0.0.1:1", NULL};
        Vt *vt = pty_start(nowhere, NULL);
        int status = 0;

        vt_pass(vt, delay);
        kill(vt_pid(vt), SIGTERM);
        ck_assert(vt_wait_exit(vt, SOON_MS, &status));
        pty_assert_restored(vt);
        vt_free(vt);
    }
}
END_TEST

START_TEST(a_terminal_that_takes_nothing_blocks_nothing)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_on(server, NULL);
    gint64 begin;
    int status = 0;

    pty_expect(vt, "● up");
    vt_stall(vt, TRUE);
    for (int i = 0; i < 300; i++) /* frames enough to fill any buffer on the way */
        vt_resize(vt, 80 + i % 100, 24 + i % 20);
    vt_pass(vt, 300);
    begin = g_get_monotonic_time();
    kill(vt_pid(vt), SIGTERM);
    ck_assert(vt_wait_exit(vt, SOON_MS, &status));
    ck_assert_int_lt(g_get_monotonic_time() - begin, 2000 * 1000);
    ck_assert(vt_modes_as_found(vt));
    vt_free(vt);
    server_free(server);
}
END_TEST

START_TEST(sizes_change_and_too_small_recovers)
{
    Vt *vt = pty_start(demo, with_ollama);

    pty_expect(vt, "tasks.echo.local");
    vt_resize(vt, 30, 8);
    pty_expect(vt, "40x12 or more");
    vt_resize(vt, 40, 12);
    pty_expect(vt, "? help");
    for (int i = 0; i < 200; i++)
        vt_resize(vt, 20 + i * 7 % 280, 5 + i * 3 % 95);
    vt_resize(vt, 120, 35);
    pty_expect(vt, "╭ processor · echo");
    pty_expect(vt, "? help");
    vt_resize(vt, 200, 50);
    pty_expect(vt, "heddle-preflight");
    pty_quit(vt);
    vt_free(vt);
}
END_TEST

START_TEST(suspended_it_gives_the_terminal_back_and_returns)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_on(server, NULL);
    int status = 0;

    pty_expect(vt, "● up");
    vt_keys(vt, "\032");
    for (int i = 0; i < 400 && !(waitpid(vt_pid(vt), &status, WNOHANG | WUNTRACED) > 0); i++)
        vt_pump(vt, 10);
    ck_assert(WIFSTOPPED(status));
    vt_pass(vt, 50);
    pty_assert_restored(vt);
    kill(vt_pid(vt), SIGCONT);
    pty_expect(vt, "● up");
    ck_assert(vt_alternate_screen(vt));
    pty_publish(server, "heddle.results.default", "{\"status\":\"completed\"}", 22);
    pty_expect(vt, "1 seen"); /* it listens again */
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
}
END_TEST

static const char *const terminals[][4] = {
    {"TERM=linux", NULL},         {"TERM=vt100", NULL},         {"TERM=screen", NULL},
    {"TERM=tmux-256color", NULL}, {"TERM=xterm", NULL},         {"NO_COLOR=1", NULL},
    {"LANG=C", "LC_ALL=C", NULL}, {"TERM=xterm-16color", NULL},
};

START_TEST(every_terminal_and_locale_shows_the_essentials)
{
    Vt *vt = pty_start(demo, terminals[_i]);
    gboolean ascii = g_str_has_prefix(terminals[_i][0], "LANG");

    pty_expect(vt, ascii ? "* up" : "up");
    pty_expect(vt, "echo");
    vt_keys(vt, "s");
    pty_expect(vt, "1 of 1 ok");
    if (g_str_has_prefix(terminals[_i][0], "NO_COLOR"))
        ck_assert(!vt_wrote(vt, "\033[32m"));
    if (ascii) {
        g_autofree char *screen = vt_text(vt);

        ck_assert(g_str_is_ascii(screen));
    }
    pty_quit(vt);
    vt_free(vt);
}
END_TEST

START_TEST(an_unusable_terminal_is_told)
{
    static const char *const dumb[] = {"TERM=dumb", NULL};
    Vt *vt = pty_start(demo, dumb);
    int status = 0;

    ck_assert(vt_wait_exit(vt, SOON_MS, &status));
    ck_assert_int_eq(WEXITSTATUS(status), 3);
    pty_expect(vt, "cannot show a dashboard");
    ck_assert(vt_modes_as_found(vt));
    vt_free(vt);
}
END_TEST

static void write_config(const char *path, const char *text)
{
    ck_assert(g_file_set_contents(path, text, -1, NULL));
}

START_TEST(a_config_that_changes_on_disk_is_checked_again)
{
    TestServer *server = server_start(NULL);
    g_autofree char *folder = g_dir_make_tmp("heddle-preflight-pty-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "mine.yaml", NULL);
    g_autofree char *second = g_build_filename(folder, "second.yaml", NULL);
    const char *args[] = {folder, NULL};
    Vt *vt;

    write_config(path, "name: mine\nworker_kind: processor\n");
    vt = pty_on(server, args);
    pty_expect(vt, "✓ config  mine.yaml");
    write_config(path, "name: mine\nworker_kind: processor\nbad: [\n");
    pty_expect(vt, "✗ config");
    write_config(path, "name: mine\nworker_kind: processor\n");
    pty_expect(vt, "✓ config  mine.yaml");
    write_config(second, "name: second\nsystem_prompt: x\n");
    pty_expect(vt, "worker · second");
    g_unlink(second);
    pty_expect_gone(vt, "worker · second");
    pty_quit(vt);
    vt_free(vt);
    g_unlink(path);
    g_rmdir(folder);
    server_free(server);
}
END_TEST

START_TEST(two_hundred_edits_leave_nothing_behind)
{
    TestServer *server = server_start(NULL), *other = server_start(NULL);
    Vt *vt = pty_on(server, NULL);
    g_autofree char *to = g_strdup_printf("u\001\013%s\r", other->url);
    g_autofree char *back = g_strdup_printf("u\001\013%s\r", server->url);
    g_autofree char *port = g_strdup_printf(":%u edited", server->port);
    g_autofree char *other_port = g_strdup_printf(":%u edited", other->port);
    int fds, threads;
    double kb;

    pty_expect(vt, "● up");
    vt_keys(vt, to);
    pty_expect(vt, other_port);
    vt_keys(vt, back);
    pty_expect(vt, port);
    pty_expect(vt, "● up");
    vt_pass(vt, 500);
    fds = pty_count(vt, "fd");
    threads = pty_count(vt, "task");
    kb = pty_anonymous_kb(vt);
    for (int i = 0; i < 200; i++) {
        /* Each server spelled in two ways, since what is in force already is no edit. */
        const TestServer *next = i % 2 == 0 ? other : server;
        g_autofree char *edit = g_strdup_printf("u\001\013nats://%s:%u\r",
                                                i % 4 < 2 ? "localhost" : "127.0.0.1", next->port);

        vt_keys(vt, i % 20 == 19 ? "u\001\013nats://127.0.0.1:1\r" : edit);
        vt_pump(vt, 5);
    }
    vt_keys(vt, to);
    pty_expect(vt, other_port);
    vt_keys(vt, back);
    pty_expect(vt, port);
    pty_expect(vt, "● up");
    for (int i = 0;
         i < 300 && (pty_count(vt, "fd") > fds + 1 || pty_count(vt, "task") > threads + 3); i++)
        vt_pass(vt, 20);
    ck_assert_int_le(pty_count(vt, "fd"), fds + 1);
    ck_assert_int_le(pty_count(vt, "task"), threads + 3); /* of 200 edits */
    /* 10 KiB kept of each edit would be seen; sanitizers keep what was freed. */
    if (g_strcmp0(g_getenv("SANITIZER"), "address") != 0 &&
        g_strcmp0(g_getenv("SANITIZER"), "thread") != 0)
        ck_assert_double_lt(pty_anonymous_kb(vt), kb + 2048);
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
    server_free(other);
}
END_TEST

START_TEST(frozen_messages_stay_and_flow_again)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_on(server, NULL);

    pty_expect(vt, "● up");
    pty_publish(server, "heddle.results.default",
                "{\"status\":\"completed\",\"worker_type\":\"one\"}", 42);
    pty_expect(vt, "one");
    vt_keys(vt, "p");
    pty_expect(vt, "FROZEN");
    pty_publish(server, "heddle.results.default",
                "{\"status\":\"completed\",\"worker_type\":\"two\"}", 42);
    pty_expect(vt, "2 seen");
    ck_assert(!vt_wait_text(vt, " two ", 200));
    vt_keys(vt, "p");
    pty_expect(vt, " two ");
    pty_quit(vt);
    vt_free(vt);
    server_free(server);
}
END_TEST

START_TEST(a_smokes_the_selected_actor_and_asks_where_it_may_cost)
{
    Vt *vt = pty_start(demo, with_ollama);

    pty_expect(vt, "1 on …tasks.echo.local");
    vt_keys(vt, "/summ\r");
    pty_expect_gone(vt, "echo.local");
    vt_keys(vt, "a");
    pty_expect(vt, "payload for summarizer/standard> {\"text\":\"preflight\"}");
    vt_keys(vt, "\033");
    pty_expect_gone(vt, "payload for");
    vt_keys(vt, "a\001\013[1]\r");
    pty_expect(vt, "a payload is a JSON object");
    vt_keys(vt, "\001\013{\"text\":\"mine\"}\r");
    pty_expect(vt, "MAY COST MONEY: run summarizer on");
    vt_keys(vt, "n");
    pty_expect(vt, "nothing was published");
    pty_expect(vt, "smoke echo"); /* all is as it was */
    vt_keys(vt, "a");
    pty_expect(vt, "payload for");
    vt_keys(vt, "\r");
    pty_expect(vt, "MAY COST MONEY");
    vt_keys(vt, "y");
    pty_expect(vt, "smoke summarizer/standard");
    vt_keys(vt, "S");
    pty_expect(vt, "MAY COST MONEY");
    vt_keys(vt, "n");
    pty_expect_gone(vt, "MAY COST MONEY");
    vt_keys(vt, "\033/nightly\r");
    pty_expect(vt, "scheduler · nightly");
    vt_keys(vt, "a");
    pty_expect(vt, "a scheduler takes no task");
    vt_keys(vt, "\033/processor\r");
    pty_expect(vt, "processor · echo");
    vt_keys(vt, "a");
    pty_expect(vt, "payload for echo/local> {}");
    vt_keys(vt, "\r");
    pty_expect(vt, "completed by echo");
    pty_expect(vt, "smoke echo/local");
    pty_quit(vt);
    vt_free(vt);
}
END_TEST

START_TEST(capital_q_leaves_the_last_screen_behind)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_on(server, NULL);
    int status = 0;

    pty_expect(vt, "● up");
    vt_keys(vt, "Q");
    ck_assert(vt_wait_exit(vt, SOON_MS, &status));
    pty_assert_restored(vt);
    pty_expect(vt, "url ✓  dns ✓"); /* the row above has scrolled off these 24 */
    vt_free(vt);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("dashboard");

    tcase_add_test(tcase, demo_shows_actors_and_a_smoke_comes_back);
    tcase_add_test(tcase, keys_open_and_close_what_they_say);
    tcase_add_test(tcase, y_copies_the_next_command_to_the_operators_clipboard);
    tcase_add_test(tcase, a_new_url_is_proved_beside_the_old);
    tcase_add_test(tcase, elsewhere_a_smoke_is_asked_about_first);
    tcase_add_test(tcase, an_unchanged_url_keeps_its_login_and_another_server_gets_none);
    tcase_add_test(tcase, esc_takes_the_old_url_back_when_nothing_was_connected);
    tcase_add_test(tcase, typed_ahead_keys_survive_the_editor);
    tcase_add_test(tcase, the_history_walks_back_but_holds_no_password);
    tcase_add_test(tcase, a_password_never_reaches_the_screen);
    tcase_add_test(tcase, a_killed_server_shows_and_its_return_too);
    tcase_add_test(tcase, hostile_bytes_on_the_bus_show_harmlessly);
    tcase_add_loop_test(tcase, every_ending_gives_the_terminal_back, 0, G_N_ELEMENTS(endings));
    tcase_add_test(tcase, quitting_works_at_every_moment_of_the_start);
    tcase_add_test(tcase, a_terminal_that_takes_nothing_blocks_nothing);
    tcase_add_test(tcase, sizes_change_and_too_small_recovers);
    tcase_add_test(tcase, suspended_it_gives_the_terminal_back_and_returns);
    tcase_add_loop_test(tcase, every_terminal_and_locale_shows_the_essentials, 0,
                        G_N_ELEMENTS(terminals));
    tcase_add_test(tcase, an_unusable_terminal_is_told);
    tcase_add_test(tcase, a_config_that_changes_on_disk_is_checked_again);
    tcase_add_test(tcase, two_hundred_edits_leave_nothing_behind);
    tcase_add_test(tcase, frozen_messages_stay_and_flow_again);
    tcase_add_test(tcase, a_smokes_the_selected_actor_and_asks_where_it_may_cost);
    tcase_add_test(tcase, capital_q_leaves_the_last_screen_behind);
    return suite_run("dashboard", tcase, 90);
}
