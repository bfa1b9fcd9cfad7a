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

static Roster *recorded_roster(const char *name)
{
    g_autofree char *path =
        g_build_filename(g_getenv("top_srcdir"), "tests/fuzz/corpus/roster", name, NULL);
    g_autofree char *bytes = NULL, *why = NULL;
    Roster *roster = roster_new();

    ck_assert_msg(g_file_get_contents(path, &bytes, NULL, NULL), "%s", path);
    ck_assert(roster_read(roster, raw_text(bytes), &why));
    return roster;
}

/* What both server versions answer while Heddle 0.9.2 runs one actor of each kind and the asker is
 * connected too: recorded bytes. An MCP gateway subscribes nothing, so nothing gives it away. */
static const char *const recorded[] = {"kinds-2.9", "kinds-2.15"};

static const struct {
    ActorKind kind;
    const char *name, *tier;
} seven_less_one[] = {
    {KIND_WORKER, "summarizer", "standard"},
    {KIND_PROCESSOR, "echo", "local"},
    {KIND_PIPELINE, "", ""},
    {KIND_ORCHESTRATOR, "", ""},
    {KIND_SCHEDULER, "nightly", ""},
    {KIND_ROUTER, "", ""},
};

static void a_python_client(const RosterClient *client)
{
    ck_assert_str_eq(client->lang, "python3");
    ck_assert_str_eq(client->version, "2.16.0"); /* of nats-py */
    ck_assert_str_eq(client->name, "");          /* Heddle gives none */
    ck_assert_str_eq(client->ip, "127.0.0.1");
    ck_assert(client->rtt_ms > 0 && client->rtt_ms < 10);
    ck_assert_int_ge(client->uptime_s, 1);
}

START_TEST(real_replies_show_each_kind_once)
{
    Roster *roster = recorded_roster(recorded[_i]);
    Bus *bus = bus_read(roster);

    ck_assert_uint_eq(bus->actors->len, G_N_ELEMENTS(seven_less_one));
    for (guint i = 0; i < bus->actors->len; i++) {
        const BusActor *actor = g_ptr_array_index(bus->actors, i);
        gboolean found = FALSE;

        for (gsize k = 0; k < G_N_ELEMENTS(seven_less_one) && !found; k++)
            found = actor->kind == seven_less_one[k].kind &&
                    g_str_equal(actor->name, seven_less_one[k].name) &&
                    g_str_equal(actor->tier, seven_less_one[k].tier);
        ck_assert_msg(found, "%d %s %s", actor->kind, actor->name, actor->tier);
        ck_assert_uint_eq(actor->clients->len, 1);
        a_python_client(g_ptr_array_index(actor->clients, 0));
    }
    ck_assert_uint_eq(bus->stuck->len, 0);
    ck_assert_uint_eq(bus->monitors, 0);
    ck_assert_uint_eq(roster->connections, 8); /* the gateway and the asker too */
    bus_free(bus);
    roster_free(roster);
}
END_TEST

/* A hub lists its leaf node as a connection that holds what the actors behind it hold. */
static const char *const hubs[] = {"hub-2.9", "hub-2.15"};

START_TEST(a_leaf_node_is_told_from_an_actor)
{
    Roster *roster = recorded_roster(hubs[_i]);
    unsigned leaves = 0, count = 0;
    Bus *bus = bus_read(roster);
    BusActor *const *router = bus_find(bus, KIND_ROUTER, "", &count);

    for (guint i = 0; i < roster->clients->len; i++)
        leaves += roster_client(roster, i)->leaf;
    ck_assert_uint_eq(leaves, 1);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(router[0]->clients->len, 1);
    ck_assert(!((const RosterClient *)g_ptr_array_index(router[0]->clients, 0))->leaf);
    ck_assert_uint_eq(bus->stuck->len, 0);
    bus_free(bus);
    roster_free(roster);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("bus");

    tcase_add_loop_test(tcase, a_subscription_shows_the_kind, 0, G_N_ELEMENTS(cases));
    tcase_add_test(tcase, replicas_are_one_actor);
    tcase_add_loop_test(tcase, real_replies_show_each_kind_once, 0, G_N_ELEMENTS(recorded));
    tcase_add_loop_test(tcase, a_leaf_node_is_told_from_an_actor, 0, G_N_ELEMENTS(hubs));
    return suite_run("bus", tcase, 20);
}
