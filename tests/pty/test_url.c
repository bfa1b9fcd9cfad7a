/* The URL edited in the running dashboard: proved beside the old one, taken back, kept without its
 * password, and nothing of it left behind. */
#include <string.h>

#include "tests/pty/pty.h"
#include "tests/support/suite.h"

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
    pty_expect_gone(vt, "URL>"); /* else it is Meta-q */
    pty_expect(vt, new_port);
    pty_quit(vt);
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
    server_free(server);
    server_free(other);
}
END_TEST

START_TEST(esc_takes_the_old_url_back_when_nothing_was_connected)
{
    TestServer *server = server_start(NULL);
    g_autofree char *port = g_strdup_printf(":%u", server->port);
    Vt *vt = pty_up(server);

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
    server_free(server);
}
END_TEST

START_TEST(typed_ahead_keys_survive_the_editor)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_up(server);

    vt_keys(vt, "u\001\013nats://127.0.0.1:1\r?");
    pty_expect(vt, "this help");
    vt_keys(vt, "\033");
    pty_expect(vt, "new →");
    pty_quit(vt);
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
    server_free(server);
}
END_TEST

START_TEST(two_hundred_edits_leave_nothing_behind)
{
    TestServer *server = server_start(NULL), *other = server_start(NULL);
    Vt *vt = pty_up(server);
    g_autofree char *to = g_strdup_printf("u\001\013%s\r", other->url);
    g_autofree char *back = g_strdup_printf("u\001\013%s\r", server->url);
    g_autofree char *port = g_strdup_printf(":%u edited", server->port);
    g_autofree char *other_port = g_strdup_printf(":%u edited", other->port);
    int fds, threads;
    double kb;

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
    server_free(server);
    server_free(other);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("url");

    tcase_add_test(tcase, a_new_url_is_proved_beside_the_old);
    tcase_add_test(tcase, an_unchanged_url_keeps_its_login_and_another_server_gets_none);
    tcase_add_test(tcase, esc_takes_the_old_url_back_when_nothing_was_connected);
    tcase_add_test(tcase, typed_ahead_keys_survive_the_editor);
    tcase_add_test(tcase, the_history_walks_back_but_holds_no_password);
    tcase_add_test(tcase, a_password_never_reaches_the_screen);
    tcase_add_test(tcase, two_hundred_edits_leave_nothing_behind);
    return suite_run("url", tcase, 90);
}
