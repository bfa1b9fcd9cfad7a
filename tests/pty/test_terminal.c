/* How the program gives the terminal back that it was given: however and whenever it ends, stopped
 * by Ctrl-S, suspended alone and below a script, in the middle of a line. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/pty/pty.h"
#include "tests/support/suite.h"

#define MARKS_ON  "\033[?2004h"
#define MARKS_OFF "\033[?2004l"

static const char *const demo[] = {"--demo", NULL};
static const char *const nowhere[] = {"--nats-url", "nats://127.0.0.1:1", NULL};

/* Does the terminal still mark what is pasted? */
static gboolean marks_paste(const Vt *vt)
{
    return vt_last(vt, MARKS_ON) > vt_last(vt, MARKS_OFF);
}

static void wait_until_stopped(Vt *vt)
{
    int status = 0;

    for (int i = 0; i < 800 && !(waitpid(vt_pid(vt), &status, WNOHANG | WUNTRACED) > 0); i++)
        vt_pump(vt, 10);
    ck_assert(WIFSTOPPED(status));
    vt_pass(vt, 50); /* what it wrote before */
}

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
    Vt *vt = pty_up(server);
    gint64 begin;
    int status = 0;

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

START_TEST(suspended_it_gives_the_terminal_back_and_returns)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_up(server);
    gboolean heard = FALSE;

    vt_keys(vt, "\032");
    wait_until_stopped(vt);
    pty_assert_restored(vt);
    kill(vt_pid(vt), SIGCONT);
    pty_expect(vt, "● up");
    ck_assert(vt_alternate_screen(vt));
    /* It listens again; from when on nobody tells. */
    for (int i = 0; i < 80 && !heard; i++) {
        pty_publish(server, "heddle.results.default", "{\"status\":\"completed\"}", 22);
        heard = vt_wait_match(vt, "[1-9][0-9]* seen", 100);
    }
    ck_assert(heard);
    pty_quit(vt);
    server_free(server);
}
END_TEST

START_TEST(capital_q_leaves_the_last_screen_behind)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_up(server);
    int status = 0;

    vt_keys(vt, "Q");
    ck_assert(vt_wait_exit(vt, SOON_MS, &status));
    pty_assert_restored(vt);
    pty_expect(vt, "url ✓  dns ✓"); /* the row above has scrolled off these 24 */
    vt_free(vt);
    server_free(server);
}
END_TEST

START_TEST(a_terminal_stopped_by_ctrl_s_is_given_back_too)
{
    Vt *vt = pty_start(nowhere, NULL);
    int status = -1;

    pty_expect(vt, "? help");
    vt_keys(vt, "\023");
    vt_pass(vt, 1200); /* a frame that the terminal does not take: its clock has turned */
    if (_i == 0)
        vt_keys(vt, "q");
    else
        kill(vt_pid(vt), _i);
    ck_assert(vt_wait_exit(vt, SOON_MS, &status));
    pty_assert_restored(vt);
    vt_free(vt);
}
END_TEST

START_TEST(suspended_below_a_script_the_script_stops_too)
{
    const char *argv[] = {"sh", "-c", "\"$0\" --nats-url nats://127.0.0.1:1; echo back",
                          g_getenv("PROGRAM"), NULL};
    Vt *vt = vt_start(80, 24, argv, NULL);
    int status = 0;

    pty_expect(vt, "? help");
    vt_keys(vt, "\032");
    wait_until_stopped(vt); /* the script: what was started is its child */
    pty_assert_restored(vt);
    kill(-vt_pid(vt), SIGCONT); /* as fg does */
    pty_expect(vt, "? help");
    ck_assert(vt_alternate_screen(vt));
    vt_keys(vt, "q");
    ck_assert(vt_wait_exit(vt, SOON_MS, &status));
    pty_expect(vt, "back");
    pty_assert_restored(vt);
    vt_free(vt);
}
END_TEST

START_TEST(a_line_being_edited_survives_a_suspension)
{
    Vt *vt = pty_start(nowhere, NULL);

    pty_expect(vt, "? help");
    vt_keys(vt, "u\001\013half a line");
    pty_expect(vt, "URL> half a line");
    ck_assert(marks_paste(vt));
    if (_i == 0)
        vt_keys(vt, "\032");
    else
        kill(vt_pid(vt), SIGTSTP);
    wait_until_stopped(vt);
    pty_assert_restored(vt);
    ck_assert(!marks_paste(vt));
    kill(vt_pid(vt), SIGCONT);
    pty_expect(vt, "URL> half a line");
    ck_assert(marks_paste(vt));
    vt_keys(vt, "\033[200~ and\nmore\033[201~"); /* pasted: its line feed is no Enter */
    pty_expect(vt, "URL> half a line and");
    vt_keys(vt, "\033");
    pty_expect_gone(vt, "URL>");
    ck_assert(!marks_paste(vt));
    pty_quit(vt);
}
END_TEST

START_TEST(no_ending_leaves_pasted_text_marked)
{
    Vt *vt = pty_start(nowhere, NULL);
    int status = 0;

    pty_expect(vt, "? help");
    vt_keys(vt, "u");
    pty_expect(vt, "URL>");
    kill(vt_pid(vt), _i == 0 ? SIGTERM : SIGSEGV);
    ck_assert(vt_wait_exit(vt, SOON_MS, &status));
    pty_assert_restored(vt); /* by its last bytes */
    ck_assert(!marks_paste(vt));
    vt_free(vt);
}
END_TEST

START_TEST(ctrl_c_leaves_a_question_before_it_leaves_the_program)
{
    /* What shows must be the question's: C-c makes the terminal drop keys that are not read yet. */
    static const char *const questions[][2] = {{"u", "URL>"}, {"t", "l local"}, {"/mark", "/mark"}};
    Vt *vt = pty_start(nowhere, NULL);
    int status = 0;

    pty_expect(vt, "? help");
    for (gsize i = 0; i < G_N_ELEMENTS(questions); i++) {
        vt_keys(vt, questions[i][0]);
        pty_expect(vt, questions[i][1]);
        vt_keys(vt, "\003");
        pty_expect(vt, "left as it was");
        vt_keys(vt, "?");
        pty_expect(vt, "this help");
        vt_keys(vt, "q");
        pty_expect_gone(vt, "this help");
    }
    vt_keys(vt, "\003");
    ck_assert(vt_wait_exit(vt, SOON_MS, &status));
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGINT);
    pty_assert_restored(vt);
    vt_free(vt);
}
END_TEST

/* By its key, while configs are read and the demo's mesh comes up. */
START_TEST(q_works_at_every_moment_of_the_start_of_a_demo)
{
    for (int delay = 0; delay < 100; delay += 12) {
        Vt *vt = pty_start(demo, NULL);

        while (!vt_alternate_screen(vt)) /* before that nothing reads keys; Check ends it */
            vt_pump(vt, 5);
        vt_pass(vt, delay);
        pty_quit(vt);
    }
}
END_TEST

/* Whatever runs on its behalf: processes whose command line names its private folder. */
static int helpers_of(const Vt *vt)
{
    g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
    const char *name;
    int count = 0;

    while ((name = g_dir_read_name(proc)) != NULL) {
        g_autofree char *path = g_build_filename("/proc", name, "cmdline", NULL), *line = NULL;
        gsize len = 0;

        if (g_ascii_isdigit(name[0]) && g_file_get_contents(path, &line, &len, NULL) &&
            memmem(line, len, vt_home(vt), strlen(vt_home(vt))) != NULL)
            count++;
    }
    return count;
}

START_TEST(a_dashboard_killed_outright_takes_its_demo_along)
{
    Vt *vt = pty_start(demo, NULL);
    int status = 0;

    pty_expect(vt, "1 on …tasks.incoming");
    ck_assert_int_gt(helpers_of(vt), 0);
    kill(vt_pid(vt), SIGKILL);
    ck_assert(vt_wait_exit(vt, SOON_MS, &status));
    for (int i = 0; i < 500 && helpers_of(vt) > 0; i++)
        vt_pass(vt, 10);
    ck_assert_int_eq(helpers_of(vt), 0);
    vt_free(vt);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("terminal");

    tcase_add_loop_test(tcase, every_ending_gives_the_terminal_back, 0, G_N_ELEMENTS(endings));
    tcase_add_test(tcase, quitting_works_at_every_moment_of_the_start);
    tcase_add_test(tcase, a_terminal_that_takes_nothing_blocks_nothing);
    tcase_add_test(tcase, suspended_it_gives_the_terminal_back_and_returns);
    tcase_add_test(tcase, capital_q_leaves_the_last_screen_behind);
    tcase_add_test(tcase, ctrl_c_leaves_a_question_before_it_leaves_the_program);
    tcase_add_loop_test(tcase, a_line_being_edited_survives_a_suspension, 0, 2);
    tcase_add_loop_test(tcase, no_ending_leaves_pasted_text_marked, 0, 2);
    tcase_add_test(tcase, suspended_below_a_script_the_script_stops_too);
    tcase_add_loop_test(tcase, a_terminal_stopped_by_ctrl_s_is_given_back_too, 0, 1);
    tcase_add_loop_test(tcase, a_terminal_stopped_by_ctrl_s_is_given_back_too, SIGSEGV,
                        SIGSEGV + 1);
    tcase_add_test(tcase, q_works_at_every_moment_of_the_start_of_a_demo);
    tcase_add_test(tcase, a_dashboard_killed_outright_takes_its_demo_along);
    return suite_run("terminal", tcase, 90);
}
