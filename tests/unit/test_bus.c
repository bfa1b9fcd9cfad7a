/* Heddle's actors, recognized from what connections subscribe: mesh/bus. */
#include "mesh/bus.h"

#include <string.h>

#include "tests/support/suite.h"

static const struct {
    const char *subject, *queue;
    ActorKind kind;
    const char *name, *tier;
} cases[] = {
    {"heddle.tasks.echo.local", "processors-echo", KIND_PROCESSOR, "echo", "local"},
    {"heddle.tasks.echo.standard", "workers-echo", KIND_WORKER, "echo", "standard"},
    {"heddle.tasks.a.b.local", "workers-a.b", KIND_WORKER, "a.b", "local"},
    {"heddle.tasks.*.standard", "workers-*", KIND_WORKER, "*", "standard"},
    {"heddle.tasks.incoming", "router", KIND_ROUTER, "", ""},
    {"heddle.tasks.incoming", "", KIND_ROUTER, "", ""},
    {"heddle.goals.incoming", "pipelines", KIND_PIPELINE, "", ""},
    {"heddle.goals.incoming", "orchestrators", KIND_ORCHESTRATOR, "", ""},
    {"heddle.goals.incoming", "", KIND_UNKNOWN, NULL, NULL},
    {"heddle.scheduler.nightly", "", KIND_SCHEDULER, "nightly", ""},
    {"heddle.scheduler.", "", KIND_UNKNOWN, NULL, NULL},
    {"heddle.control.reload", "", KIND_UNKNOWN, NULL, NULL},
    {"heddle.>", "", KIND_UNKNOWN, NULL, NULL},
    {"heddle.results.default", "", KIND_UNKNOWN, NULL, NULL},
    {"heddle.tasks.echo.local", "", KIND_UNKNOWN, NULL, NULL},
    {"other.tasks.echo.local", "workers-echo", KIND_UNKNOWN, NULL, NULL},
    {"heddle.tasks.echo.local", "workers-", KIND_UNKNOWN, NULL, NULL},
};

START_TEST(a_subscription_shows_the_kind)
{
    RosterSub sub = {(char *)cases[_i].subject, (char *)cases[_i].queue, 0};
    char *name = NULL, *tier = NULL;

    ck_assert_int_eq(bus_kind_of(&sub, &name, &tier), cases[_i].kind);
    ck_assert_pstr_eq(name, cases[_i].name);
    ck_assert_pstr_eq(tier, cases[_i].tier);
    g_free(name);
    g_free(tier);
}
END_TEST

static const char reply[] =
    "{\"server\":{\"id\":\"S1\",\"name\":\"n1\"},\"data\":{\"total\":4,\"connections\":["
    "{\"cid\":7,\"ip\":\"10.0.0.7\",\"port\":4001,\"rtt\":\"215µs\",\"uptime\":\"1m5s\","
    "\"lang\":\"python3\",\"version\":\"2.16.0\",\"pending_bytes\":12,\"in_msgs\":3,"
    "\"subscriptions_list_detail\":["
    "{\"subject\":\"heddle.control.reload\",\"sid\":\"2\",\"msgs\":0},"
    "{\"subject\":\"heddle.tasks.echo.local\",\"qgroup\":\"processors-echo\",\"msgs\":9}]},"
    "{\"cid\":8,\"ip\":\"10.0.0.8\",\"port\":4002,\"rtt\":\"x\",\"uptime\":\"soon\","
    "\"subscriptions_list_detail\":["
    "{\"subject\":\"heddle.tasks.echo.local\",\"qgroup\":\"processors-echo\",\"msgs\":1}]},"
    "{\"cid\":9,\"subscriptions_list_detail\":["
    "{\"subject\":\"heddle.tasks.incoming\",\"qgroup\":\"router\"}]},"
    "{\"cid\":10,\"subscriptions_list_detail\":[{\"subject\":\"heddle.>\"}]}]}}";

START_TEST(replicas_are_one_actor)
{
    Roster *roster = roster_new();
    char *why = NULL;
    Bus *bus;
    const BusActor *echo, *router;
    const RosterClient *client;

    ck_assert(roster_read(roster, raw_text(reply), &why));
    ck_assert_uint_eq(roster->clients->len, 4);
    bus = bus_read(roster);
    ck_assert_uint_eq(bus->actors->len, 2);
    echo = g_ptr_array_index(bus->actors, 0);
    router = g_ptr_array_index(bus->actors, 1);
    ck_assert_uint_eq(echo->msgs, 10);
    ck_assert_uint_eq(bus->monitors, 1);
    ck_assert_uint_eq(bus->stuck->len, 0);
    ck_assert_int_eq(echo->kind, KIND_PROCESSOR);
    ck_assert_str_eq(echo->name, "echo");
    ck_assert_uint_eq(echo->clients->len, 2);
    ck_assert_int_eq(router->kind, KIND_ROUTER);
    client = g_ptr_array_index(echo->clients, 0);
    ck_assert_uint_eq(client->cid, 7);
    ck_assert_str_eq(client->server, "S1");
    ck_assert_str_eq(client->ip, "10.0.0.7");
    ck_assert_uint_eq(client->port, 4001);
    ck_assert(client->rtt_ms > 0.214 && client->rtt_ms < 0.216);
    ck_assert_int_eq(client->uptime_s, 65);
    ck_assert_str_eq(client->version, "2.16.0");
    ck_assert_uint_eq(client->pending_bytes, 12);
    client = g_ptr_array_index(echo->clients, 1);
    ck_assert(client->rtt_ms < 0);
    ck_assert_int_eq(client->uptime_s, -1);
    ck_assert_str_eq(client->lang, "");
    bus_free(bus);
    roster_free(roster);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("bus");

    tcase_add_loop_test(tcase, a_subscription_shows_the_kind, 0, G_N_ELEMENTS(cases));
    tcase_add_test(tcase, replicas_are_one_actor);
    return suite_run("bus", tcase, 20);
}
