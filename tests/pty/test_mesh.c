/* A mesh as an operator sees it lose its actors: who is on the bus without a config, who does not
 * come back after the server has, whom a message took down. The actors are connections that, like
 * Heddle's, never reconnect. */
#include <stdio.h>
#include <string.h>

#include <nats/nats.h>

#include "tests/pty/pty.h"
#include "tests/support/suite.h"

static void ignore(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *data)
{
    (void)nc;
    (void)sub;
    (void)data;
    natsMsg_Destroy(msg);
}

static void say_nothing(natsConnection *nc, natsSubscription *sub, natsStatus status, void *data)
{
    (void)nc;
    (void)sub;
    (void)status;
    (void)data;
}

typedef struct Router {
    natsConnection *nc;
    natsSubscription *sub;
} Router;

/* Subscribed like a router, until router_leave(). */
static Router router_on(const TestServer *server)
{
    Router router = {NULL, NULL};
    natsOptions *opts = NULL;

    ck_assert_int_eq(natsOptions_Create(&opts), NATS_OK);
    natsOptions_SetURL(opts, server->url);
    natsOptions_SetAllowReconnect(opts, false);
    natsOptions_SetErrorHandler(opts, say_nothing, NULL);
    ck_assert_int_eq(natsConnection_Connect(&router.nc, opts), NATS_OK);
    natsOptions_Destroy(opts);
    ck_assert_int_eq(natsConnection_QueueSubscribe(&router.sub, router.nc, "heddle.tasks.incoming",
                                                   "router", ignore, NULL),
                     NATS_OK);
    ck_assert_int_eq(natsConnection_Flush(router.nc), NATS_OK);
    return router;
}

static void router_leave(Router router)
{
    natsSubscription_Destroy(router.sub);
    natsConnection_Destroy(router.nc);
}

START_TEST(zombies_are_named_with_what_restarts_them_until_they_are_back)
{
    TestServer *server = server_start(NULL);
    Router router = router_on(server), again;
    Vt *vt = pty_on(server, NULL);

    pty_expect(vt, "router · router"); /* without a config: seen on the bus */
    pty_expect(vt, "1 on …tasks.incoming");
    server_restart_same_port(server);
    pty_expect(vt, "zombie since");
    pty_expect(vt, "restart router: not back since the connection was lost at");
    vt_keys(vt, "F");
    pty_expect(vt, "our own connection was lost at");
    pty_expect(vt, "heddle router --config");
    vt_keys(vt, "y");
    pty_expect(vt, "copied: heddle router");
    again = router_on(server);
    pty_expect_gone(vt, "not back since");
    vt_keys(vt, "\033");
    pty_expect(vt, "1 on …tasks.incoming");
    pty_quit(vt);
    router_leave(again);
    router_leave(router);
    server_free(server);
}
END_TEST

START_TEST(poison_is_named_with_whom_it_took_down)
{
    TestServer *server = server_start(NULL);
    Router router = router_on(server);
    Vt *vt = pty_on(server, NULL);

    pty_expect(vt, "1 on …tasks.incoming");
    pty_expect_heard(vt, server, "heddle.tasks.x.y", TRUE); /* by who looks out for poison */
    pty_publish(server, "heddle.tasks.incoming", "[1,\"\033]0;x\a\"]", 12);
    pty_publish(server, "heddle.tasks.incoming", "[1,2]", 5);
    router_leave(router); /* what a real one does */
    pty_expect(vt, "router taken down by a message on heddle.tasks.incoming");
    vt_keys(vt, "F");
    pty_expect(vt, "[1,2]");
    ck_assert(!vt_wrote(vt, "\033]0;x"));
    vt_keys(vt, "d");
    pty_expect(vt, "(dismissed)");
    vt_keys(vt, "d");
    pty_expect_gone(vt, "(dismissed)");
    vt_keys(vt, "\033");
    pty_quit(vt);
    server_free(server);
}
END_TEST

/* The monitoring port tells where the login may not ask. */
START_TEST(without_the_right_to_ask_it_is_cannot_tell_and_never_nobody)
{
    TestServer *server =
        server_start_conf("authorization: {users: [{user: u, password: p, permissions: {"
                          "publish: [\"heddle.>\"]}}]}\n");
    g_autofree char *url = g_strdup_printf("nats://u:p@127.0.0.1:%u", server->port);
    const char *const args[] = {"--nats-url", url, "processor:missing.yaml", NULL};
    Vt *vt = pty_start(args, NULL);

    pty_expect(vt, "● up");
    pty_expect(vt, "router ? cannot tell");
    pty_expect(vt, "? live    cannot tell");
    vt_keys(vt, "\rG");
    pty_expect(vt, "$SYS.REQ.ACCOUNT.PING.CONNZ");
    vt_keys(vt, "\033");
    pty_expect_gone(vt, "nobody");
    pty_quit(vt);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("mesh");

    tcase_add_test(tcase, zombies_are_named_with_what_restarts_them_until_they_are_back);
    tcase_add_test(tcase, poison_is_named_with_whom_it_took_down);
    tcase_add_test(tcase, without_the_right_to_ask_it_is_cannot_tell_and_never_nobody);
    return suite_run("mesh", tcase, 60);
}
