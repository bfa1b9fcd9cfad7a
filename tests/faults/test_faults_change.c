/* Faults that begin while all is well, and those that only libnats meets: the screen has to follow.
 */
#include <check.h>
#include <signal.h>
#include <string.h>

#include <glib/gstdio.h>

#include "base/clock.h"
#include "tests/faults/fault.h"
#include "tests/support/cert.h"
#include "tests/support/island.h"
#include "tests/support/jwt.h"
#include "tests/support/talk.h"

#define HERE "DNS:localhost,IP:127.0.0.1"

/* --- what strikes --- */

static void stop(Fault *fault)
{
    server_stop(fault->server);
}

static void kill_it(Fault *fault)
{
    server_kill(fault->server);
}

static void lame(Fault *fault)
{
    kill(fault->server->pid, SIGUSR2); /* nats-server --signal ldm */
}

static void cut(Fault *fault)
{
    (void)fault;
    island_cut();
}

static void reload(Fault *fault, const char *pattern)
{
    g_autofree char *conf = fault_fill(fault, pattern);
    g_autofree char *path = g_build_filename(fault->server->folder, "conf", NULL);

    ck_assert(g_file_set_contents(path, conf, -1, NULL));
    kill(fault->server->pid, SIGHUP);
}

#define USERS(rights)                                                                              \
    "authorization { users: [ { user: me, password: pw " rights " }, { user: other, password: pw " \
    "} ] }"

static void drop_user(Fault *fault)
{
    reload(fault, "authorization { users: [ { user: other, password: pw } ] }");
}

static void take_rights(Fault *fault)
{
    reload(fault, USERS(", permissions: { subscribe: { deny: [\"heddle.>\"] } }"));
}

static void wait_for_it(Fault *fault)
{
    (void)fault; /* the clock strikes */
}

static void write_short_creds(Fault *fault)
{
    const JwtUser user = {
        .name = "ops", .expires_s = clock_wall() / G_USEC_PER_SEC + 6, .key = FAULT_KEY};
    g_autofree char *text = jwt_creds(&user);

    g_free(fault_write(fault, "creds", text));
}

static void copy(const Fault *fault, const char *from, const char *to)
{
    g_autofree char *source = g_build_filename(fault->folder, from, NULL);
    g_autofree char *bytes = NULL;

    ck_assert(g_file_get_contents(source, &bytes, NULL, NULL));
    g_free(fault_write(fault, to, bytes));
}

static void certify(Fault *fault)
{
    fault_certify(fault, "server", HERE, -1, 90);
    copy(fault, "server/key.pem", "key.pem"); /* for talk_tls_break() */
    copy(fault, "server/cert.pem", "trusted.pem");
}

/* nats-server says nowhere but in its log that it has reloaded. */
static void await_reload(Fault *fault)
{
    for (int i = 0; i < 1000; i++) {
        g_autofree char *log = NULL;

        if (g_file_get_contents(fault->server->log, &log, NULL, NULL) &&
            strstr(log, "Reloaded server configuration") != NULL)
            return;
        vt_pass(fault->vt, 10);
    }
    ck_abort_msg("%s: the server does not reload", fault->row->name);
}

static void swap_certificate(Fault *fault)
{
    fault_certify(fault, "new", HERE, -1, 90);
    copy(fault, "new/cert.pem", "server/cert.pem");
    copy(fault, "new/key.pem", "server/key.pem");
    kill(fault->server->pid, SIGHUP);
    await_reload(fault);
    vt_keys(fault->vt, "R"); /* rather than wait for the look that is due every 30 s */
}

static void know_name(Fault *fault)
{
    (void)fault;
    island_set_hosts("127.0.0.1 nats.mesh\n");
}

static void serve_elsewhere_too(Fault *fault)
{
    g_autofree char *port = g_strdup_printf("%u", fault->server->port);
    const char *const args[] = {"-a", "127.0.0.2", "-p", port, NULL};

    fault->other = server_start(args);
}

/* Nobody asks for it: the name is looked up every four seconds. */
static void move_name(Fault *fault)
{
    (void)fault;
    island_set_hosts("127.0.0.2 nats.mesh\n");
}

/* The dashboard stops reading, like one that is suspended the hard way, until the server has cut it
 * off. */
static void stop_reading(Fault *fault)
{
    g_autofree char *block = g_strnfill(512 * 1024, 'x');

    kill(vt_pid(fault->vt), SIGSTOP);
    for (int i = 0; i < 40; i++)
        pty_publish(fault->server, "heddle.results.default", block, 512 * 1024);
    kill(vt_pid(fault->vt), SIGCONT);
}

/* --- who comes back in the server's place --- */

static void replace_by(Fault *fault, FakeTalk talk)
{
    server_kill(fault->server);
    fault->fake = fake_start_at(fault->server->port, talk);
}

static void come_back_silent(Fault *fault)
{
    replace_by(fault, talk_info_only);
}

static void come_back_stalling(Fault *fault)
{
    replace_by(fault, talk_tls_stall);
}

static void come_back_breaking(Fault *fault)
{
    replace_by(fault, talk_tls_break);
}

static void come_back_endless(Fault *fault)
{
    replace_by(fault, talk_long_line);
}

/* --- what only libnats meets: the ladder before it is answered well --- */

/* Well once, and then badly as often as it takes libnats to give up. */
static void answer_in_turns(Fault *fault, MoodyPlan bad, gsize times)
{
    MoodyPlan plan[16];

    for (gsize i = 0; i < G_N_ELEMENTS(plan); i++)
        plan[i] = i % (times + 1) == 0 ? MOODY_HEALTHY : bad;
    fault->moody = moody_start(plan, G_N_ELEMENTS(plan));
    fault->url = g_strdup(moody_url(fault->moody));
}

static void be_silent_to_libnats(Fault *fault)
{
    answer_in_turns(fault, MOODY_INFO_SILENT, 1);
}

static void stall_libnats(Fault *fault)
{
    answer_in_turns(fault, MOODY_TLS_STALL, 1);
}

static void break_libnats(Fault *fault)
{
    answer_in_turns(fault, MOODY_BREAK, 2); /* which is tried once more */
}

static void pour_on_libnats(Fault *fault)
{
    answer_in_turns(fault, MOODY_ENDLESS_LINE, 1);
}

#define CLEAR  "nats://127.0.0.1:{server}"
#define SECURE "tls://127.0.0.1:{server}"
#define ME     "nats://me:pw@127.0.0.1:{server}"
#define AGAIN  "heddle-preflight --once --nats-url"
#define TLS    "tls { cert_file: \"{folder}/server/cert.pem\", key_file: \"{folder}/server/key.pem\" }"

/* A broken link is tried again after 250 ms; a row that waits for a word waits 1 s for it. */
enum { SOON = 4000, AFTER_A_WAIT = 6000 };

static const FaultRow rows[] = {
    {.name = "stopped after the connection",
     .servers = FAULT_BOTH,
     .conf = "",
     .strike = stop,
     .url = CLEAR,
     .rung = "ping",
     .cause = "silent",
     .text = "no answer for",
     .remedy = "systemctl status nats-server",
     .screen = "✗ no answer",
     .change = "the server has said nothing since",
     .most_ms = SOON},
    {.name = "killed",
     .servers = FAULT_BOTH,
     .conf = "",
     .strike = kill_it,
     .url = CLEAR,
     .rung = "tcp",
     .cause = "refused",
     .text = "127.0.0.1:{server} refused",
     .remedy = "nats-server -a 127.0.0.1 -p {server}",
     .most_ms = SOON},
    {.name = "cable pulled",
     .servers = FAULT_BOTH,
     .island = TRUE,
     .conf = "",
     .strike = cut,
     .url = CLEAR,
     .rung = "ping",
     .cause = "path_lost",
     .text = "127.0.0.1:{server} acknowledges nothing any more",
     .remedy = "ip route get 127.0.0.1; ping -c 3 127.0.0.1",
     .screen = "acknowledges nothing any more",
     .most_ms = AFTER_A_WAIT},
    {.name = "name with another address",
     .servers = FAULT_BOTH,
     .island = TRUE,
     .prepare = know_name,
     .conf = "",
     .begin = serve_elsewhere_too,
     .strike = move_name,
     .url = "nats://nats.mesh:{server}",
     .rung = "resolve",
     .state = STATE_WARN,
     .cause = "address_moved",
     .text = "the name is 127.0.0.2 now, and this connection is to 127.0.0.1",
     .remedy = "getent ahosts nats.mesh",
     .screen = "the name is 127.0.0.2 now",
     .most_ms = 8000,
     .change = "the name has other addresses now"},
    {.name = "lame duck",
     .servers = FAULT_BOTH,
     .conf = "lame_duck_duration: \"30s\"",
     .strike = lame,
     .url = CLEAR,
     .rung = "info",
     .state = STATE_WARN,
     .cause = "lame_duck",
     .text = "lame duck: the server is being shut down and sends its clients away",
     .remedy = AGAIN,
     .screen = "lame duck: the server"},
    {.name = "slow consumer",
     .servers = FAULT_BOTH,
     .conf = "http: \"127.0.0.1:-1\", max_pending: 1048576, max_payload: 1048576, "
             "write_deadline: \"1s\"",
     .strike = stop_reading,
     .url = CLEAR,
     .args = {"--monitor-url", "http://127.0.0.1:{monitor}"},
     .rung = "headroom",
     .state = STATE_WARN,
     .cause = "slow_consumer",
     .text = "slow consumer",
     .remedy = "/varz | grep slow_consumers",
     .most_ms = AFTER_A_WAIT},

    /* --- logins and rights --- */
    {.name = "user revoked by a reload",
     .servers = FAULT_BOTH,
     .conf = USERS(""),
     .strike = drop_user,
     .url = ME,
     .rung = "login",
     .cause = "auth_expired",
     .text = "login refused, and it was good until",
     .remedy = "date -u",
     .most_ms = SOON},
    {.name = "credentials that expire",
     .servers = FAULT_BOTH,
     .conf = "{operator}",
     .begin = write_short_creds,
     .strike = wait_for_it,
     .url = CLEAR,
     .args = {"--creds", "{folder}/creds"},
     .rung = "login",
     .cause = "auth_expired",
     .text = "login not sent: the JWT expired on",
     .remedy = "date -u",
     .most_ms = 10000},
    {.name = "rights taken by a reload",
     .servers = FAULT_BOTH,
     .conf = USERS(""),
     .strike = take_rights,
     .url = ME,
     .rung = "rights",
     .cause = "permissions",
     .text = "may not subscribe heddle.results.default",
     .remedy = "grep -n -A 8 permissions",
     .most_ms = SOON},
    {.name = "certificate swapped by a reload",
     .servers = FAULT_BOTH,
     .prepare = certify,
     .conf = TLS,
     .strike = swap_certificate,
     .url = SECURE,
     .trust = "{folder}/trusted.pem",
     .rung = "tls",
     .cause = "tls_self_signed",
     .text = "untrusted: self-signed certificate",
     .remedy = "export SSL_CERT_FILE=",
     .most_ms = SOON,
     .stays_up = TRUE},

    /* --- at a reconnect --- */
    {.name = "back with INFO and then silence",
     .servers = FAULT_BOTH,
     .conf = "",
     .strike = come_back_silent,
     .url = CLEAR,
     .timeout = "1",
     .rung = "login",
     .cause = "silent",
     .text = "silent after INFO, ",
     .remedy = "systemctl status nats-server",
     .most_ms = AFTER_A_WAIT,
     .lean = TRUE},
    {.name = "back with a stall inside the TLS handshake",
     .servers = FAULT_BOTH,
     .conf = "",
     .strike = come_back_stalling,
     .url = CLEAR,
     .timeout = "1",
     .rung = "tls",
     .cause = "tls_failed",
     .text = "silent in the TLS handshake, ",
     .remedy = "journalctl -u nats-server",
     .most_ms = AFTER_A_WAIT,
     .lean = TRUE},
    {.name = "back with a break right after the TLS handshake",
     .servers = FAULT_BOTH,
     .prepare = certify,
     .conf = TLS,
     .strike = come_back_breaking,
     .url = SECURE,
     .trust = "{folder}/trusted.pem",
     .rung = "tls",
     .cause = "tls_failed",
     .text = "closed right after the TLS handshake",
     .remedy = "journalctl -u nats-server",
     .most_ms = SOON,
     .lean = TRUE},
    {.name = "back with 10 MiB without a line end",
     .servers = FAULT_BOTH,
     .conf = "",
     .strike = come_back_endless,
     .url = CLEAR,
     .rung = "login",
     .cause = "not_nats",
     .text = "a line without end after INFO",
     .remedy = "ss -tlnp | grep nats-server",
     .most_ms = SOON,
     .lean = TRUE},

    /* --- to libnats --- */
    {.name = "INFO and then silence, to libnats",
     .begin = be_silent_to_libnats,
     .timeout = "1",
     .rung = "ping",
     .cause = "silent",
     .text = "the check held, the connection after it got no answer, ",
     .remedy = "systemctl status nats-server",
     .most_ms = AFTER_A_WAIT,
     .lean = TRUE},
    {.name = "stall inside the TLS handshake, to libnats",
     .begin = stall_libnats,
     .timeout = "1",
     .rung = "ping",
     .cause = "silent",
     .text = "the check held, the connection after it got no answer, ",
     .remedy = "systemctl status nats-server",
     .most_ms = AFTER_A_WAIT,
     .lean = TRUE},
    {.name = "break after INFO, to libnats",
     .begin = break_libnats,
     .timeout = "1",
     .rung = "ping",
     .cause = "closed",
     .text = "the check held, the connection after it was closed",
     .remedy = "journalctl -u nats-server",
     .most_ms = AFTER_A_WAIT,
     .lean = TRUE},
    {.name = "a line without end, to libnats",
     .begin = pour_on_libnats,
     .timeout = "1",
     .rung = "ping",
     .cause = "silent",
     .text = "the check held, the connection after it got no answer, ",
     .remedy = "systemctl status nats-server",
     .most_ms = AFTER_A_WAIT,
     .lean = TRUE},
};

int main(void)
{
    return fault_main("faults_change", rows, G_N_ELEMENTS(rows));
}
