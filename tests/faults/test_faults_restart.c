/* A server that is killed and comes back, again and again: one dashboard lives through all of it,
 * follows it on the screen each time, and keeps nothing of any. */
#include <check.h>
#include <stdlib.h>

#include "tests/faults/fault.h"
#include "tests/support/suite.h"

enum { RESTARTS = 100, BACK_MS = 6000 }; /* the longest pause is 5 s */

/* Debian's server and the newer one in turns, as at an upgrade and back. */
static void next_server(int turn)
{
    const char *newer = getenv("NATS_SERVER_NEW");

    if (turn % 2 == 1 && newer != NULL && newer[0] != '\0')
        setenv("TEST_NATS_SERVER", newer, 1);
    else
        unsetenv("TEST_NATS_SERVER");
}

static void await_no_more(const Vt *vt, const char *folder, int most)
{
    for (int i = 0; i < 300 && pty_count(vt, folder) > most; i++)
        vt_pass((Vt *)vt, 20);
    ck_assert_int_le(pty_count(vt, folder), most);
}

START_TEST(a_server_is_killed_and_comes_back_a_hundred_times)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_on(server, NULL);
    int files = 0, threads = 0;

    pty_expect(vt, "● up");
    for (int i = 1; i <= RESTARTS; i++) {
        server_kill(server);
        ck_assert_msg(vt_wait_text(vt, "✗ down", fault_ms(BACK_MS)), "kill %d: no word of it", i);
        next_server(i);
        server_restart_same_port(server);
        ck_assert_msg(vt_wait_text(vt, "● up", fault_ms(BACK_MS)), "restart %d: not back", i);
        if (i == 2) { /* what is opened once for good is open by now */
            vt_pass(vt, 500);
            files = pty_count(vt, "fd");
            threads = pty_count(vt, "task");
        }
    }
    await_no_more(vt, "fd", files + 1);
    await_no_more(vt, "task", threads + 1);
    pty_publish(server, "heddle.results.default", "{\"status\":\"completed\"}", 22);
    pty_expect(vt, "1 seen"); /* it listens, too */
    fault_quit("restarts", vt);
    vt_free(vt);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("faults_restart");

    tcase_add_test(tcase, a_server_is_killed_and_comes_back_a_hundred_times);
    return suite_run("faults_restart", tcase, 300);
}
