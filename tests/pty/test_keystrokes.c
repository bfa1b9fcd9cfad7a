/* Keys that the other suites do not press: each does what the help says of it. */
#include <string.h>

#include "tests/pty/pty.h"
#include "tests/support/suite.h"

static const char *const demo[] = {"--demo", NULL};
static const char *const with_ollama[] = {"OLLAMA_URL=http://localhost:11434", NULL};

START_TEST(r_and_R_check_again)
{
    Vt *vt = pty_start(demo, with_ollama);

    pty_expect(vt, "1 on …tasks.echo.local");
    vt_keys(vt, "r");
    pty_expect(vt, "router_rules is being checked again");
    vt_keys(vt, "R");
    pty_expect(vt, "everything is being checked again");
    pty_quit(vt);
}
END_TEST

START_TEST(capital_U_gives_one_actor_its_own_url_and_takes_it_back)
{
    Vt *vt = pty_start(demo, with_ollama);

    pty_expect(vt, "1 on …tasks.echo.local");
    vt_keys(vt, "U");
    pty_expect(vt, "URL of router_rules>");
    pty_expect(vt, "empty: as all others");
    vt_keys(vt, "\001\013nats://127.0.0.1:1\r");
    pty_expect(vt, "nats: 127.0.0.1:1");
    pty_expect(vt, "1 on …tasks.echo.local"); /* the others stay as they were */
    vt_keys(vt, "U\001\013\r");
    pty_expect_gone(vt, "nats: 127.0.0.1:1");
    pty_quit(vt);
}
END_TEST

START_TEST(m_and_S_and_D_do_what_they_say)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_up(server);

    vt_keys(vt, "m");
    pty_expect(vt, "smoke echo (direct)");
    vt_keys(vt, "s");
    pty_expect(vt, "nobody listens on heddle.tasks.echo");
    vt_keys(vt, "m");
    pty_expect(vt, "smoke echo/local (goal)");
    vt_keys(vt, "m");
    pty_expect_gone(vt, "(goal)");
    vt_keys(vt, "S");
    pty_expect(vt, "every 5 s");
    pty_expect(vt, "#2 ");
    vt_keys(vt, "S");
    pty_expect(vt, "no more smokes by themselves");
    vt_keys(vt, "D");
    pty_expect(vt, "╭ settings");
    pty_expect(vt, server->url);
    vt_keys(vt, "q");
    pty_expect_gone(vt, "╭ settings");
    pty_quit(vt);
    server_free(server);
}
END_TEST

START_TEST(e_and_W_refuse_what_would_harm_and_keep_the_line)
{
    Vt *vt = pty_start(demo, with_ollama);

    pty_expect(vt, "1 on …tasks.echo.local");
    vt_keys(vt, "W\001\013a b\r");
    pty_expect(vt, "one plain subject token");
    pty_expect(vt, "worker type> a b"); /* beside the reason */
    vt_keys(vt, "\001\013other\r");
    pty_expect(vt, "─ smoke other");
    vt_keys(vt, "W\001\013echo\r");
    pty_expect(vt, "─ smoke echo");
    vt_keys(vt, "e\001\013[1]\r");
    pty_expect(vt, "a payload is a JSON object");
    pty_expect(vt, "payload> [1]");
    vt_keys(vt, "\001\013{\"word\": \"é\"}\r");
    pty_expect_gone(vt, "payload>");
    vt_keys(vt, "s");
    pty_expect(vt, "{\"word\":\"é\"}"); /* came back */
    pty_quit(vt);
}
END_TEST

START_TEST(a_line_is_pasted_into_and_undone)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_up(server);

    vt_keys(vt, "/one");
    pty_expect(vt, "/one");
    vt_keys(vt, "\033[200~two\rthree\033[201~");
    pty_expect(vt, "/onetwo");
    pty_expect(vt, "three"); /* the line feed within is no Enter */
    vt_keys(vt, "\037");     /* C-_ */
    pty_expect_gone(vt, "three");
    vt_keys(vt, "\037\037\037\037");
    pty_expect_gone(vt, "/one");
    vt_keys(vt, "\033");
    pty_expect(vt, "? help");
    pty_quit(vt);
    server_free(server);
}
END_TEST

START_TEST(ctrl_l_paints_all_of_it_anew)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_up(server);
    guint64 bytes;

    vt_scribble(vt, "\033[5;1HGARBAGE");
    pty_expect(vt, "GARBAGE");
    bytes = vt_bytes(vt);
    vt_keys(vt, "\014");
    pty_expect_gone(vt, "GARBAGE"); /* as soon as the screen is cleared: the rest is on its way */
    for (int i = 0; i < 100 && vt_bytes(vt) - bytes <= 500; i++)
        vt_pump(vt, 10);
    ck_assert_uint_gt(vt_bytes(vt) - bytes, 500); /* a whole screen, not what had changed */
    pty_quit(vt);
    server_free(server);
}
END_TEST

/* What is taken out of one line may be a password: no other prompt gives it back. */
START_TEST(what_is_taken_out_of_a_line_stays_in_it)
{
    Vt *vt = pty_start(demo, with_ollama);

    pty_expect(vt, "● up");
    vt_keys(vt, "u");
    pty_expect(vt, "URL>");
    vt_keys(vt, "\025nats://joe:hunter2@h:4\025");
    pty_expect_gone(vt, "joe");
    vt_keys(vt, "\031"); /* within the line it comes back */
    pty_expect(vt, "joe");
    vt_keys(vt, "\025\033");
    pty_expect_gone(vt, "URL>");
    vt_keys(vt, "W");
    pty_expect(vt, "worker type> echo");
    vt_keys(vt, "\031x");
    pty_expect(vt, "worker type> echox");
    vt_keys(vt, "\033");
    pty_expect_gone(vt, "worker type>"); /* else it is Meta-q */
    ck_assert(!vt_wrote(vt, "hunter2"));
    pty_quit(vt);
}
END_TEST

/* A search would read on in a history that the next prompt has freed; another mode would stay. */
START_TEST(no_key_leaves_a_prompt_in_a_state_of_its_own)
{
    static const char *const odd[] = {"\022",   "\033p",    "\033n", "\0333", "\033\r",
                                      "\033\n", "\030\022", "\030(", "\026",  "\035"};
    Vt *vt = pty_start(demo, with_ollama);

    pty_expect(vt, "● up");
    for (gsize i = 0; i < G_N_ELEMENTS(odd); i++) {
        vt_keys(vt, "u");
        pty_expect(vt, "URL>");
        vt_keys(vt, odd[i]);
        vt_pass(vt, 100);
        vt_keys(vt, "\033");
        if (!vt_wait_gone(vt, "URL>", 1000)) /* it ended what the key began */
            vt_keys(vt, "\033");
        pty_expect_gone(vt, "URL>");
        vt_keys(vt, "W");
        pty_expect(vt, "worker type> echo");
        vt_keys(vt, "\005\025abc");
        pty_expect(vt, "worker type> abc");
        vt_keys(vt, "\033");
        pty_expect_gone(vt, "worker type>");
    }
    pty_quit(vt);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("keystrokes");

    tcase_add_test(tcase, r_and_R_check_again);
    tcase_add_test(tcase, capital_U_gives_one_actor_its_own_url_and_takes_it_back);
    tcase_add_test(tcase, m_and_S_and_D_do_what_they_say);
    tcase_add_test(tcase, e_and_W_refuse_what_would_harm_and_keep_the_line);
    tcase_add_test(tcase, a_line_is_pasted_into_and_undone);
    tcase_add_test(tcase, what_is_taken_out_of_a_line_stays_in_it);
    tcase_add_test(tcase, no_key_leaves_a_prompt_in_a_state_of_its_own);
    tcase_add_test(tcase, ctrl_l_paints_all_of_it_anew);
    return suite_run("keystrokes", tcase, 60);
}
