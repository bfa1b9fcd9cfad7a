/* The watch of the whole bus as an operator uses it, on a real server: quiet, under a filter, and
 * under a flood that the guard must stop. */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nats/nats.h>

#include "tests/pty/pty.h"
#include "tests/support/suite.h"

#define TASK                                                                                       \
    "{\"task_id\":\"t-1\",\"parent_task_id\":\"g-1\",\"worker_type\":\"echo\",\"payload\":{"       \
    "\"say\":\"hello\"}}"
#define RESULT                                                                                     \
    "{\"task_id\":\"t-1\",\"parent_task_id\":\"g-1\",\"worker_type\":\"echo\",\"status\":"         \
    "\"completed\",\"output\":{\"say\":\"olleh\"}}"

static void publish(const TestServer *server, const char *subject, const char *text)
{
    pty_publish(server, subject, text, (int)strlen(text));
}

static void expect_listener(Vt *vt, const TestServer *server, gboolean there)
{
    pty_expect_heard(vt, server, "heddle.odd.thing", there);
}

static Vt *turn_to_bus(const TestServer *server)
{
    Vt *vt = pty_up(server);

    vt_keys(vt, "\t\tll");
    pty_expect(vt, "heddle.> ─");
    expect_listener(vt, server, TRUE);
    return vt;
}

START_TEST(the_bus_is_heard_only_while_it_is_turned_to)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_up(server);

    expect_listener(vt, server, FALSE);
    vt_keys(vt, "\t\tl");
    pty_expect(vt, "heddle.tasks.dead_letter ─");
    pty_expect(vt, "← results → whole bus");
    expect_listener(vt, server, FALSE);
    vt_keys(vt, "l");
    expect_listener(vt, server, TRUE);
    vt_keys(vt, "h");
    pty_expect(vt, "heddle.> is left");
    expect_listener(vt, server, FALSE);
    pty_quit(vt);
    server_free(server);
}
END_TEST

START_TEST(subjects_messages_and_filter_show_what_was_said)
{
    TestServer *server = server_start(NULL);
    Vt *vt = turn_to_bus(server);

    publish(server, "heddle.tasks.incoming", TASK);
    publish(server, "heddle.tasks.echo.local", TASK);
    publish(server, "heddle.results.g-1", RESULT);
    publish(server, "heddle.odd.\033[2J", "\033]0;owned\a");
    pty_expect(vt, "▾ tasks");
    pty_expect(vt, "incoming");
    pty_expect(vt, "g-1");
    ck_assert(!vt_wrote(vt, "\033]0;owned"));
    vt_keys(vt, " "); /* folds all of it */
    pty_expect(vt, "▸ heddle");
    pty_expect_gone(vt, "g-1");
    vt_keys(vt, " ");
    pty_expect(vt, "g-1");
    vt_keys(vt, "/olleh\r");
    pty_expect_gone(vt, "▾ tasks");
    pty_expect(vt, "g-1");
    vt_keys(vt, "G\r"); /* the subject that is left, its message, that one whole */
    pty_expect(vt, "heddle.results.g-1 ─");
    pty_expect(vt, "completed");
    vt_keys(vt, "\r");
    pty_expect(vt, "its task  routed to local after");
    pty_expect(vt, "ms, completed after");
    vt_keys(vt, "\033");
    pty_expect_gone(vt, "its task");
    vt_keys(vt, "\033");
    pty_expect(vt, "filter taken off");
    vt_keys(vt, "\033");
    pty_expect(vt, "▾ tasks");
    pty_quit(vt);
    server_free(server);
}
END_TEST

START_TEST(a_message_is_saved_where_the_operator_says)
{
    TestServer *server = server_start(NULL);
    Vt *vt = turn_to_bus(server);
    g_autofree char *path = g_build_filename(vt_home(vt), "saved.json", NULL);
    g_autofree char *keys = g_strdup_printf("o\001\013%s\r", path);
    g_autofree char *text = NULL;
    struct stat st;

    publish(server, "heddle.tasks.echo.local", TASK);
    pty_expect(vt, "▸ echo");
    vt_keys(vt, "o");
    pty_expect(vt, "save to> ./heddle-heddle.tasks.echo.local-2");
    vt_keys(vt, "\033");
    pty_expect_gone(vt, "save to>");
    vt_keys(vt, keys);
    pty_expect(vt, "saved 87 bytes to");
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_str_eq(text, TASK);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    vt_keys(vt, keys);
    pty_expect(vt, "not saved to");
    pty_quit(vt);
    server_free(server);
}
END_TEST

START_TEST(poison_is_named_when_it_is_published)
{
    TestServer *server = server_start(NULL);
    Vt *vt = pty_up(server);

    /* Until the sentinel's subscription is in force; a task that harms nobody. */
    pty_expect_heard(vt, server, "heddle.tasks.x.y", TRUE);
    publish(server, "heddle.tasks.incoming", "[1,2]");
    publish(server, "heddle.control.reload", "{\"action\":\"reload\"}");
    vt_keys(vt, "H");
    pty_expect(vt, "poison  not an object");
    pty_expect(vt, "takes down the router that takes it: [1,2]");
    pty_expect(vt, "reload  asked for");
    vt_keys(vt, "\033\ts"); /* and our own 503 still comes */
    pty_expect(vt, "no router: nothing subscribes");
    pty_quit(vt);
    server_free(server);
}
END_TEST

/* --- a flood --- */

typedef struct Flood {
    const TestServer *server;
    pthread_t thread;
    int stop; /* atomic */
} Flood;

/* Until the server has passed on all that was sent: what it has not read yet would be a flood still
 * for whoever subscribes then. */
static void await_end(int fd)
{
    char heard[4096 + 1];
    gssize count;

    send(fd, "PING\r\n", strlen("PING\r\n"), MSG_NOSIGNAL);
    while ((count = recv(fd, heard, sizeof heard - 1, 0)) > 0) {
        heard[count] = '\0';
        if (strstr(heard, "PONG") != NULL)
            return;
    }
}

/* As fast as the server takes it: by hand, since no library is as fast. */
static void *publish_for_ever(void *data)
{
    Flood *flood = data;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((guint16)flood->server->port)};
    struct timeval patience = {0, 200 * 1000};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    GString *block = g_string_new("CONNECT {\"verbose\":false}\r\n");
    gsize at = 0, again;

    again = block->len;
    for (int i = 0; i < 1000; i++)
        g_string_append(block, "PUB heddle.tasks.x.local 2\r\n{}\r\n");
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        g_error("flood: no connection");
    while (!__atomic_load_n(&flood->stop, __ATOMIC_ACQUIRE) || at != again) {
        gssize count = send(fd, block->str + at, block->len - at, MSG_NOSIGNAL);

        if (count < 0 && errno != EAGAIN)
            g_error("flood: %s", g_strerror(errno));
        at += count > 0 ? (gsize)count : 0;
        if (at == block->len)
            at = again;
    }
    await_end(fd);
    close(fd);
    g_string_free(block, TRUE);
    return NULL;
}

START_TEST(a_flood_narrows_the_watch_and_the_operator_is_told)
{
    TestServer *server = server_start(NULL);
    Vt *vt = turn_to_bus(server);
    Flood flood = {.server = server};
    int status = -1;

    publish(server, "heddle.odd.other", "{}");
    pthread_create(&flood.thread, NULL, publish_for_ever, &flood);
    pty_expect(vt, "narrowed (b widens) without heddle.tasks.>");
    publish(server, "heddle.goals.incoming", "{\"goal_id\":\"g-7\"}"); /* the rest is still heard */
    pty_expect(vt, "▾ goals");
    vt_keys(vt, "H");
    pty_expect(vt, "bus watch  whole → narrowed");
    pty_expect(vt, "sentinel  whole → narrowed");
    pty_expect(vt, "● up");
    vt_keys(vt, "\033b");
    pty_expect(vt, "taken up whole again");
    pty_expect(vt, "narrowed (b widens) without heddle.tasks.>"); /* as it floods on */
    __atomic_store_n(&flood.stop, 1, __ATOMIC_RELEASE);
    pthread_join(flood.thread, NULL);
    vt_keys(vt, "b");
    pty_expect_gone(vt, "narrowed (b widens)");
    expect_listener(vt, server, TRUE);
    for (int i = 0; i < 50 && !vt_wait_text(vt, "late", 100); i++)
        publish(server, "heddle.tasks.late.local", "{}");
    pty_expect(vt, "late");
    vt_keys(vt, "q"); /* how it leaves the terminal is for others to see */
    ck_assert(vt_wait_exit(vt, SOON_MS, &status));
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    vt_free(vt);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("bus");

    tcase_add_test(tcase, the_bus_is_heard_only_while_it_is_turned_to);
    tcase_add_test(tcase, subjects_messages_and_filter_show_what_was_said);
    tcase_add_test(tcase, a_message_is_saved_where_the_operator_says);
    tcase_add_test(tcase, poison_is_named_when_it_is_published);
    tcase_add_test(tcase, a_flood_narrows_the_watch_and_the_operator_is_told);
    return suite_run("bus", tcase, 90);
}
