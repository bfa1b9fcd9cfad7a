/* The screen holds whatever terminal it is: of any size, type, locale and number of colours. */
#include <sys/wait.h>

#include "tests/pty/pty.h"
#include "tests/support/suite.h"

static const char *const demo[] = {"--demo", NULL};
static const char *const with_ollama[] = {"OLLAMA_URL=http://localhost:11434", NULL};

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

static const struct {
    const char *env[2];
    const char *good; /* how a thing that holds is coloured */
} colours[] = {
    {{"TERM=xterm-256color", NULL}, "\033[32m"},
    {{"TERM=xterm-16color", NULL}, "\033[32m"},
    {{"TERM=xterm", NULL}, "\033[32m"},
    {{"TERM=linux", NULL}, "\033[32m"},
};

START_TEST(eight_colours_are_enough)
{
    TestServer *server = server_start(NULL);
    const char *args[] = {"--nats-url", server->url, NULL};
    Vt *vt = pty_start(args, colours[_i].env);

    pty_expect(vt, "● up");
    ck_assert(vt_wrote(vt, colours[_i].good));
    ck_assert(!vt_wrote(vt, "\033[38;")); /* no more than eight are asked for */
    pty_quit(vt);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("display");

    tcase_add_test(tcase, sizes_change_and_too_small_recovers);
    tcase_add_loop_test(tcase, every_terminal_and_locale_shows_the_essentials, 0,
                        G_N_ELEMENTS(terminals));
    tcase_add_test(tcase, an_unusable_terminal_is_told);
    tcase_add_loop_test(tcase, eight_colours_are_enough, 0, G_N_ELEMENTS(colours));
    return suite_run("display", tcase, 90);
}
