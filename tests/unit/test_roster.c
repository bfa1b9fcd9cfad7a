/* CONNZ replies as real servers send them, and as hostile ones might. */
#include <string.h>

#include "nats/roster.h"
#include "tests/support/suite.h"

/* As nats-server 2.9.10 answers $SYS.REQ.ACCOUNT.PING.CONNZ, shortened. */
static const char reply[] =
    "{\"server\":{\"name\":\"n1\",\"id\":\"N1\",\"ver\":\"2.9.10\"},\"data\":{\"server_id\":\"N1\","
    "\"num_connections\":3,\"total\":3,\"offset\":0,\"limit\":1024,\"connections\":["
    "{\"cid\":5,\"lang\":\"python3\",\"subscriptions_list_detail\":["
    "{\"subject\":\"heddle.tasks.incoming\",\"qgroup\":\"router\",\"sid\":\"1\",\"cid\":5}]},"
    "{\"cid\":6,\"subscriptions_list_detail\":["
    "{\"subject\":\"heddle.tasks.echo.local\",\"qgroup\":\"processors-echo\",\"sid\":\"1\"},"
    "{\"subject\":\"heddle.control.reload\",\"sid\":\"2\"}]},"
    "{\"cid\":7,\"subscriptions_list_detail\":["
    "{\"subject\":\"heddle.tasks.echo.local\",\"qgroup\":\"processors-echo\",\"sid\":\"1\"},"
    "{\"subject\":\"heddle.\\u003e\",\"sid\":\"9\"}]}]}}";

static Roster *read_all(const char *text, gboolean *ok)
{
    Roster *roster = roster_new();
    g_autofree char *why = NULL;

    *ok = roster_read(roster, raw_text(text), &why);
    ck_assert(*ok == (why == NULL));
    return roster;
}

START_TEST(subscribers_are_counted_by_subject_and_queue)
{
    gboolean ok;
    Roster *roster = read_all(reply, &ok);

    ck_assert(ok);
    ck_assert_uint_eq(roster_count(roster, "heddle.tasks.incoming", "router"), 1);
    ck_assert_uint_eq(roster_count(roster, "heddle.tasks.echo.local", "processors-echo"), 2);
    ck_assert_uint_eq(roster_count(roster, "heddle.tasks.echo.local", "*"), 2);
    ck_assert_uint_eq(roster_count(roster, "heddle.tasks.echo.local", NULL), 0);
    ck_assert_uint_eq(roster_count(roster, "heddle.control.reload", NULL), 1);
    ck_assert_uint_eq(roster_count(roster, "heddle.>", NULL), 1);
    ck_assert_uint_eq(roster->connections, 3);
    roster_free(roster);
}
END_TEST

/* The server lets a queue group be called "*": its members count once, like any other's. */
START_TEST(a_group_called_star_is_counted_once)
{
    gboolean ok;
    Roster *roster = read_all("{\"data\":{\"connections\":[{\"subscriptions_list_detail\":["
                              "{\"subject\":\"heddle.tasks.incoming\",\"qgroup\":\"*\"}]}]}}",
                              &ok);

    ck_assert(ok);
    ck_assert_uint_eq(roster_count(roster, "heddle.tasks.incoming", "*"), 1);
    roster_free(roster);
}
END_TEST

START_TEST(servers_of_a_cluster_add_up)
{
    gboolean ok;
    Roster *sum = read_all(reply, &ok);
    g_autofree char *why = NULL;

    ck_assert(roster_read(sum, raw_text(reply), &why));
    ck_assert_uint_eq(sum->servers, 2);
    ck_assert_uint_eq(sum->connections, 6);
    ck_assert_uint_eq(sum->most, 3);
    ck_assert_uint_eq(roster_count(sum, "heddle.tasks.echo.local", "processors-echo"), 4);
    ck_assert_uint_eq(sum->next_offset, 0);
    roster_free(sum);
}
END_TEST

/* A full page is told to be followed by another; the last one is not, and counts no server twice.
 */
START_TEST(a_full_page_asks_for_the_next)
{
    gboolean ok;
    Roster *roster = read_all("{\"data\":{\"total\":3,\"offset\":0,\"limit\":2,\"connections\":["
                              "{\"cid\":1},{\"cid\":2}]}}",
                              &ok);
    g_autofree char *why = NULL;

    ck_assert(ok);
    ck_assert_uint_eq(roster->next_offset, 2);
    ck_assert(roster_read(roster,
                          raw_text("{\"data\":{\"total\":3,\"offset\":2,\"limit\":2,"
                                   "\"connections\":[{\"cid\":3}]}}"),
                          &why));
    ck_assert_uint_eq(roster->clients->len, 3);
    ck_assert_uint_eq(roster->servers, 1);
    ck_assert_uint_eq(roster->connections, 3);
    roster_free(roster);
}
END_TEST

static const char *const unreadable[] = {
    "",
    "nonsense",
    "[]",
    "{}",
    "{\"data\":null}",
    "{\"data\":{\"connections\":7}}",
    "{\"server\":{},\"error\":{\"code\":400,\"description\":\"no\\u001b[2J\"}}",
};

START_TEST(what_cannot_be_read_says_so)
{
    gboolean ok;
    Roster *roster = read_all(unreadable[_i], &ok);

    ck_assert(!ok);
    roster_free(roster);
}
END_TEST

START_TEST(strange_entries_are_passed_over)
{
    gboolean ok;
    Roster *roster = read_all("{\"data\":{\"total\":-5,\"connections\":[null,1,{},"
                              "{\"subscriptions_list_detail\":[{\"subject\":7},null,"
                              "{\"subject\":\"heddle.a\\u001bb\",\"qgroup\":[]},"
                              "{\"subject\":\"_INBOX.x\"}]}]}}",
                              &ok);

    ck_assert(ok);
    ck_assert_uint_eq(roster_count(roster, "heddle.a␛b", NULL), 1);
    ck_assert_uint_eq(roster->connections, 0);
    roster_free(roster);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("roster");

    tcase_add_test(tcase, subscribers_are_counted_by_subject_and_queue);
    tcase_add_test(tcase, a_group_called_star_is_counted_once);
    tcase_add_test(tcase, servers_of_a_cluster_add_up);
    tcase_add_test(tcase, a_full_page_asks_for_the_next);
    tcase_add_loop_test(tcase, what_cannot_be_read_says_so, 0, G_N_ELEMENTS(unreadable));
    tcase_add_test(tcase, strange_entries_are_passed_over);
    return suite_run("roster", tcase, 20);
}
