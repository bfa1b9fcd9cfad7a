/* The dashboard as an operator uses it: the real program, a real server, keys typed, screen read.
 */
#include <string.h>

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
}
END_TEST

START_TEST(y_copies_the_next_command_to_the_operators_clipboard)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_up(server);
    g_autofree char *copied = NULL;

    vt_keys(vt, "\ts");
    pty_expect(vt, "no router: nothing subscribes");
    vt_keys(vt, "y");
    pty_expect(vt, "copied: heddle router");
    copied = vt_clipboard(vt);
    ck_assert_ptr_nonnull(copied);
    ck_assert_ptr_nonnull(strstr(copied, "heddle router --config"));
    pty_quit(vt);
    server_free(server);
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
    server_free(server);
    server_free(other);
}
END_TEST

START_TEST(a_killed_server_shows_and_its_return_too)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_up(server);

    server_kill(server);
    ck_assert(vt_wait_text(vt, "✗ down", 3000));
    server_restart_same_port(server);
    pty_expect(vt, "● up");
    pty_quit(vt);
    server_free(server);
}
END_TEST

START_TEST(hostile_bytes_on_the_bus_show_harmlessly)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_up(server);
    static const char evil[] = "\033]0;owned\a\033[2J\033[?1049l\xff\xfe";
    static const char json[] = "{\"status\":\"completed\",\"worker_type\":\"\\u001b[31mred\"}";
    char *large = g_strnfill(1000 * 1000, 'x');

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
    server_free(server);
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
    g_unlink(path);
    g_rmdir(folder);
    server_free(server);
}
END_TEST

START_TEST(frozen_messages_stay_and_flow_again)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_up(server);

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
}
END_TEST

/* More than the window holds belongs to each: it is read to its end before the next one comes. */
START_TEST(the_findings_window_scrolls_within_a_finding_and_then_to_the_next)
{
    Vt *vt = pty_start_sized(80, 12, demo, with_ollama);

    pty_expect(vt, "⚑ 1");
    vt_keys(vt, "U\001\013nats://127.0.0.1:1\r"); /* another server: a second finding */
    pty_expect(vt, "⚑ 2");
    vt_keys(vt, "F");
    pty_expect(vt, "type next");
    pty_expect(vt, "1–7 of");
    ck_assert(!vt_wait_text(vt, "since", 100));
    vt_keys(vt, "j");
    pty_expect(vt, "2–8 of");
    vt_keys(vt, "k");
    pty_expect(vt, "1–7 of");
    vt_keys(vt, "k");
    pty_expect(vt, "this is the first finding");
    vt_keys(vt, " ");
    pty_expect(vt, "7–13 of");
    vt_keys(vt, "          "); /* through the rest, and to the next one's end */
    pty_expect(vt, "this is the last finding");
    vt_keys(vt, "g");
    pty_expect(vt, "1–7 of");
    vt_keys(vt, "y");
    pty_expect(vt, "lines: heddle ");
    vt_keys(vt, "s"); /* its pane is behind the window */
    pty_expect(vt, "smoke #1 (echo): q closes this window and shows it");
    vt_keys(vt, "G");
    pty_expect_gone(vt, "1–7 of");
    pty_expect(vt, "  then ");
    vt_keys(vt, "\002\002\002\002\002\002\002\002"); /* pages up */
    pty_expect(vt, "this is the first finding");
    pty_expect(vt, "1–7 of");
    vt_keys(vt, "\033");
    pty_quit(vt);
}
END_TEST

START_TEST(a_key_that_moves_nothing_says_so)
{
    Vt *vt = pty_start(demo, with_ollama);

    pty_expect(vt, "1 on …tasks.echo.local");
    vt_keys(vt, "g");
    pty_expect(vt, "this is the first actor");
    vt_keys(vt, "GG");
    pty_expect(vt, "this is the last actor");
    vt_keys(vt, "\tG");
    pty_expect(vt, "no smoke yet");
    vt_keys(vt, "s");
    pty_expect(vt, "completed by echo");
    vt_keys(vt, "G");
    pty_expect(vt, "this is the oldest smoke");
    vt_keys(vt, "g");
    pty_expect(vt, "this is the newest smoke");
    pty_expect(vt, "{\"echo\":\"preflight\"}"); /* the watch has it too */
    vt_keys(vt, "\tg");
    pty_expect(vt, "this is the oldest message");
    vt_keys(vt, "GG");
    pty_expect(vt, "the newest message is followed already");
    pty_quit(vt);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("dashboard");

    tcase_add_test(tcase, demo_shows_actors_and_a_smoke_comes_back);
    tcase_add_test(tcase, keys_open_and_close_what_they_say);
    tcase_add_test(tcase, y_copies_the_next_command_to_the_operators_clipboard);
    tcase_add_test(tcase, elsewhere_a_smoke_is_asked_about_first);
    tcase_add_test(tcase, a_killed_server_shows_and_its_return_too);
    tcase_add_test(tcase, hostile_bytes_on_the_bus_show_harmlessly);
    tcase_add_test(tcase, a_config_that_changes_on_disk_is_checked_again);
    tcase_add_test(tcase, frozen_messages_stay_and_flow_again);
    tcase_add_test(tcase, a_smokes_the_selected_actor_and_asks_where_it_may_cost);
    tcase_add_test(tcase, the_findings_window_scrolls_within_a_finding_and_then_to_the_next);
    tcase_add_test(tcase, a_key_that_moves_nothing_says_so);
    return suite_run("dashboard", tcase, 90);
}
