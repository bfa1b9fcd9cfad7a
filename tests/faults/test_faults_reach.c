/* Faults on the way to a server, and what is none: names, addresses, ports, strangers. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/faults/fault.h"
#include "tests/support/island.h"
#include "tests/support/talk.h"

/* --- names and addresses --- */

static void know_names(Fault *fault)
{
    (void)fault;
    island_set_hosts("127.0.0.1 localhost nats.mesh\n::1 both.mesh\n127.0.0.1 both.mesh\n");
}

static void silence_resolver(Fault *fault)
{
    (void)fault;
    island_silence_resolver();
}

static void swallow(Fault *fault)
{
    (void)fault;
    island_swallow("10.9.9.9");
}

/* A listener that accepts nobody and has no room left: packets to it are dropped. */
static void fill_backlog(Fault *fault, const struct sockaddr *address, socklen_t len)
{
    int listener = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    fault_hold(fault, listener);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ck_assert_int_eq(bind(listener, address, len), 0);
    ck_assert_int_eq(listen(listener, 0), 0);
    for (int i = 0; i < 3; i++) {
        int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        fault_hold(fault, fd);
        connect(fd, address, len); /* the first ones fill it, the last waits */
    }
}

static void be_full(Fault *fault)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((guint16)fault->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    fill_backlog(fault, (struct sockaddr *)&address, sizeof address);
}

static void deaden_v6(Fault *fault)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_port = htons((guint16)fault->server->port),
                                   .sin6_addr = IN6ADDR_LOOPBACK_INIT};

    fill_backlog(fault, (struct sockaddr *)&address, sizeof address);
}

/* --- servers --- */

static void stop(Fault *fault)
{
    server_stop(fault->server);
}

static void take_the_place(Fault *fault)
{
    int fd = fake_dial(fault->server->port);

    fault_hold(fault, fd);
    /* The server says INFO before it counts the newcomer; its PONG comes after. */
    fake_hear_line(fd);
    fake_say(fd, "CONNECT {\"verbose\":false}\r\nPING\r\n");
    fake_hear_line(fd);
}

#define WEB        "curl -s http://127.0.0.1:{monitor}/varz"
#define LISTENERS  "ss -tlnp | grep nats-server"
#define CHECK_PORT "ss -tlnp"

static const FaultRow rows[] = {
    {.name = "refused",
     .url = "nats://127.0.0.1:{port}",
     .rung = "tcp",
     .cause = "refused",
     .text = "127.0.0.1:{port} refused",
     .remedy = "nats-server -a 127.0.0.1 -p {port}"},
    {.name = "unknown host",
     .island = TRUE,
     .prepare = know_names,
     .url = "nats://nast.mesh:4222",
     .rung = "resolve",
     .cause = "unknown_host",
     .text = "no such host: nast.mesh",
     .remedy = "getent hosts nast.mesh"},
    {.name = "silent resolver",
     .island = TRUE,
     .prepare = silence_resolver,
     .url = "nats://nats.mesh:4222",
     .rung = "resolve",
     .cause = "resolver_silent",
     .text = "the resolver is silent, ",
     .remedy = "cat /etc/resolv.conf; getent hosts nats.mesh",
     .most_ms = 5000},
    {.name = "blackhole",
     .island = TRUE,
     .prepare = swallow,
     .url = "nats://10.9.9.9:4222",
     .timeout = "1",
     .rung = "tcp",
     .cause = "timed_out",
     .text = "10.9.9.9:4222 no answer for ",
     .remedy = "</dev/tcp/10.9.9.9/4222",
     .most_ms = 3000},
    {.name = "unreachable",
     .island = TRUE,
     .url = "nats://10.8.8.8:4222",
     .rung = "tcp",
     .cause = "unreachable",
     .text = "10.8.8.8:4222 unreachable",
     .remedy = "ip route; ping -c 3 10.8.8.8"},
    {.name = "backlog full",
     .begin = be_full,
     .url = "nats://127.0.0.1:{port}",
     .timeout = "1",
     .rung = "tcp",
     .cause = "timed_out",
     .text = "127.0.0.1:{port} no answer for ",
     .remedy = "</dev/tcp/127.0.0.1/{port}",
     .most_ms = 3000},
    {.name = "IPv6 first but dead",
     .servers = FAULT_BOTH,
     .island = TRUE,
     .prepare = know_names,
     .conf = "",
     .begin = deaden_v6,
     .url = "nats://both.mesh:{server}",
     .rung = "url",
     .state = STATE_WARN,
     .cause = "heddle_url",
     .text = "Heddle's client waits for the silent address and never tries the next",
     .remedy = "heddle-preflight --nats-url nats://127.0.0.1:{server}",
     .screen = "Heddle's client waits for",
     .most_ms = 3000},
    {.name = "list whose first is dead",
     .servers = FAULT_BOTH,
     .conf = "",
     .url = "nats://127.0.0.1:{port},nats://127.0.0.1:{server}",
     .rung = "url",
     .state = STATE_WARN,
     .cause = "server_down",
     .text = "1 of 2 servers down: nats://127.0.0.1:{port}: 127.0.0.1:{port} refused",
     .remedy = "heddle-preflight --once --nats-url",
     .screen = "1 of 2 servers down"},
    {.name = "stopped before the connection",
     .servers = FAULT_BOTH,
     .conf = "",
     .begin = stop,
     .url = "nats://127.0.0.1:{server}",
     .timeout = "1",
     .rung = "info",
     .cause = "silent",
     .text = "connected, but it said nothing for ",
     .remedy = "systemctl status nats-server",
     .most_ms = 3000},
    {.name = "max_connections",
     .servers = FAULT_BOTH,
     .conf = "max_connections: 1",
     .begin = take_the_place,
     .url = "nats://127.0.0.1:{server}",
     .rung = "login",
     .cause = "max_connections",
     .text = "refused: maximum connections exceeded",
     .remedy = "/varz | grep connections",
     .times = 40},

    {.name = "monitoring port",
     .servers = FAULT_BOTH,
     .conf = "http: \"127.0.0.1:-1\"",
     .url = "nats://127.0.0.1:{monitor}",
     .rung = "info",
     .cause = "monitoring_port",
     .text = "the HTTP monitoring port; clients use port {server}",
     .remedy = WEB,
     .most_ms = 3500},
    {.name = "route port",
     .servers = FAULT_BOTH,
     .conf = "cluster { name: c, host: 127.0.0.1, port: {port} }",
     .url = "nats://127.0.0.1:{port}",
     .rung = "info",
     .cause = "route_port",
     .text = "the route port, for other servers, not for clients",
     .remedy = LISTENERS},
    {.name = "leafnode port",
     .servers = FAULT_BOTH,
     .conf = "leafnodes { host: 127.0.0.1, port: {port} }",
     .url = "nats://127.0.0.1:{port}",
     .rung = "info",
     .cause = "route_port",
     .text = "the leafnode port, for other servers, not for clients",
     .remedy = LISTENERS},
    {.name = "gateway port",
     .servers = FAULT_BOTH,
     .conf = "gateway { name: g, host: 127.0.0.1, port: {port} }",
     .url = "nats://127.0.0.1:{port}",
     .rung = "info",
     .cause = "route_port",
     .text = "the gateway port, for other servers, not for clients",
     .remedy = LISTENERS},
    {.name = "websocket port",
     .servers = FAULT_BOTH,
     .conf = "websocket { host: 127.0.0.1, port: {port}, no_tls: true }",
     .url = "nats://127.0.0.1:{port}",
     .rung = "info",
     .cause = "not_nats",
     .text = "not NATS: a web server or a WebSocket port",
     .remedy = LISTENERS,
     .most_ms = 3500},

    {.name = "HTTP server",
     .talk = talk_http,
     .url = "nats://127.0.0.1:{server}",
     .rung = "info",
     .cause = "not_nats",
     .text = "not NATS: a web server or a WebSocket port",
     .remedy = LISTENERS,
     .most_ms = 3500},
    {.name = "SSH-like server",
     .talk = talk_ssh,
     .url = "nats://127.0.0.1:{server}",
     .rung = "info",
     .cause = "not_nats",
     .text = "not NATS: an SSH server",
     .remedy = LISTENERS},
    {.name = "Redis-like server",
     .talk = talk_redis,
     .url = "nats://127.0.0.1:{server}",
     .rung = "info",
     .cause = "not_nats",
     .text = "not NATS: a Redis server",
     .remedy = LISTENERS,
     .most_ms = 3500},
    {.name = "silent server",
     .talk = talk_nothing,
     .url = "nats://127.0.0.1:{server}",
     .timeout = "1",
     .rung = "info",
     .cause = "silent",
     .text = "connected, but it said nothing for ",
     .remedy = "systemctl status nats-server",
     .most_ms = 3000},
    {.name = "slow-drip server",
     .talk = talk_drip,
     .url = "nats://127.0.0.1:{server}",
     .timeout = "1",
     .rung = "info",
     .cause = "timed_out",
     .text = "INFO not complete after ",
     .remedy = "</dev/tcp/127.0.0.1/{server}",
     .most_ms = 3000},
    {.name = "garbage server",
     .talk = talk_garbage,
     .url = "nats://127.0.0.1:{server}",
     .rung = "info",
     .cause = "not_nats",
     .text = "not NATS: it said “␛[2J␁garbage”",
     .remedy = LISTENERS},
    {.name = "endless-INFO server",
     .talk = talk_endless_info,
     .url = "nats://127.0.0.1:{server}",
     .rung = "info",
     .cause = "not_nats",
     .text = "an INFO line without end (over 1 MiB)",
     .remedy = LISTENERS,
     .most_ms = 3000,
     .lean = TRUE},
    {.name = "INFO and then silence",
     .talk = talk_info_only,
     .url = "nats://127.0.0.1:{server}",
     .timeout = "1",
     .rung = "login",
     .cause = "silent",
     .text = "silent after INFO, ",
     .remedy = "systemctl status nats-server",
     .most_ms = 3000,
     .lean = TRUE},
    {.name = "10 MiB without a line end",
     .talk = talk_long_line,
     .url = "nats://127.0.0.1:{server}",
     .rung = "login",
     .cause = "not_nats",
     .text = "a line without end after INFO",
     .remedy = LISTENERS,
     .lean = TRUE},
    {.name = "lines without end",
     .talk = talk_without_end,
     .url = "nats://127.0.0.1:{server}",
     .rung = "login",
     .cause = "not_nats",
     .text = "it talks without end after INFO",
     .remedy = LISTENERS,
     .lean = TRUE},
};

int main(void)
{
    return fault_main("faults_reach", rows, G_N_ELEMENTS(rows));
}
