/* Faults between a greeting and a session that has its rights: TLS, logins, permissions. */
#include <check.h>
#include <string.h>

#include "tests/faults/fault.h"
#include "tests/support/cert.h"
#include "tests/support/jwt.h"
#include "tests/support/talk.h"

#define HERE "DNS:localhost,IP:127.0.0.1"

/* --- files --- */

static void certify(Fault *fault)
{
    fault_certify(fault, "server", HERE, -1, 90);
}

static void certify_expired(Fault *fault)
{
    fault_certify(fault, "server", HERE, -9, -2);
}

static void certify_early(Fault *fault)
{
    fault_certify(fault, "server", HERE, 2, 9);
}

static void certify_others(Fault *fault)
{
    fault_certify(fault, "server", "DNS:nats.example", -1, 90);
}

static void certify_by_another(Fault *fault)
{
    g_autofree char *server = g_build_filename(fault->folder, "server", NULL);
    g_autofree char *authority = g_build_filename(fault->folder, "authority", NULL);

    certify(fault);
    fault_certify(fault, "authority", HERE, -1, 90);
    cert_make_signed(server, authority);
}

static void certify_a_stranger_too(Fault *fault)
{
    certify(fault);
    fault_certify(fault, "client", "DNS:client", -1, 90);
}

static void certify_an_old_client_too(Fault *fault)
{
    certify(fault);
    fault_certify(fault, "client", "DNS:client", -9, -2);
}

static void write_other_nkey(Fault *fault)
{
    g_autofree char *seed = jwt_seed('U', FAULT_KEY + 1);

    g_free(fault_write(fault, "nkey", seed));
}

static void write_nkey(Fault *fault)
{
    g_autofree char *seed = jwt_seed('U', FAULT_KEY);

    g_free(fault_write(fault, "nkey", seed));
}

/* As of a JWT that somebody edited: its claims are not those that were signed. */
static void write_forged_creds(Fault *fault)
{
    g_autofree char *mine = jwt_of_user(&(JwtUser){.name = "ops", .key = FAULT_KEY});
    g_autofree char *other = jwt_of_user(&(JwtUser){.name = "boss", .key = FAULT_KEY});
    g_autofree char *text = jwt_creds(&(JwtUser){.name = "ops", .key = FAULT_KEY});
    g_autofree char *forged =
        g_strdup_printf("%.*s%s", (int)(strrchr(mine, '.') - mine), mine, strrchr(other, '.'));
    g_autoptr(GString) creds = g_string_new(text);

    g_string_replace(creds, mine, forged, 1);
    g_free(fault_write(fault, "creds", creds->str));
}

static void write_old_creds(Fault *fault)
{
    g_autofree char *text =
        jwt_creds(&(JwtUser){.name = "ops", .expires_s = 1700000060, .key = FAULT_KEY});

    g_free(fault_write(fault, "creds", text));
}

/* --- configurations --- */

#define TLS_CONF(cert, more)                                                                       \
    "tls { cert_file: \"{folder}/server/" cert "\", key_file: \"{folder}/server/key.pem\" " more   \
    " }"
#define TLS    TLS_CONF("cert.pem", "")
#define MUTUAL TLS_CONF("cert.pem", ", ca_file: \"{folder}/server/cert.pem\", verify: true")
#define USER   "authorization { user: me, password: right }"
#define TOKEN  "authorization { token: right }"
#define NKEY   "authorization { users: [{ nkey: {nkey} }] }"
#define RIGHTS(permissions)                                                                        \
    "authorization { users: [{ user: me, password: pw, permissions: { " permissions " } }] }"

/* URLs */
#define CLEAR  "nats://127.0.0.1:{server}"
#define SECURE "tls://127.0.0.1:{server}"
#define ME     "nats://me:pw@127.0.0.1:{server}"
#define TRUST  "{folder}/server/cert.pem"

/* remedies */
#define TYPE_URL "read -rs NATS_URL; export NATS_URL type: nats://USER:PASSWORD@127.0.0.1:{server}"
#define CONF     "grep -n -A 8 permissions"

#define REFUSED  "login refused: Authorization Violation"
#define REQUIRED "login required"

static const FaultRow rows[] = {
    /* --- certificates --- */
    {.name = "untrusted certificate",
     .servers = FAULT_BOTH,
     .prepare = certify_by_another,
     .conf = TLS_CONF("leaf.pem", ""),
     .url = SECURE,
     .rung = "tls",
     .cause = "tls_untrusted",
     .text = "untrusted: nobody here knows its issuer CN=test",
     .remedy = "export SSL_CERT_FILE="},
    {.name = "self-signed certificate",
     .servers = FAULT_BOTH,
     .prepare = certify,
     .conf = TLS,
     .url = SECURE,
     .rung = "tls",
     .cause = "tls_self_signed",
     .text = "untrusted: self-signed certificate",
     .remedy = "export SSL_CERT_FILE="},
    {.name = "expired certificate",
     .servers = FAULT_BOTH,
     .prepare = certify_expired,
     .conf = TLS,
     .url = SECURE,
     .trust = TRUST,
     .rung = "tls",
     .cause = "tls_expired",
     .text = "certificate expired on 20",
     .remedy = "openssl x509 -in server.pem -noout -dates"},
    {.name = "certificate that is not valid yet",
     .servers = FAULT_BOTH,
     .prepare = certify_early,
     .conf = TLS,
     .url = SECURE,
     .trust = TRUST,
     .rung = "tls",
     .cause = "tls_not_yet_valid",
     .text = "certificate not valid before 20",
     .remedy = "date -u"},
    {.name = "certificate of another name",
     .servers = FAULT_BOTH,
     .prepare = certify_others,
     .conf = TLS,
     .url = SECURE,
     .trust = TRUST,
     .rung = "tls",
     .cause = "tls_name",
     .text = "certificate is for nats.example, not 127.0.0.1",
     .remedy = "openssl x509 -in server.pem -noout -ext subjectAltName"},

    /* --- who asks for TLS --- */
    {.name = "TLS required and not asked for",
     .servers = FAULT_BOTH,
     .prepare = certify,
     .conf = TLS,
     .url = CLEAR,
     .trust = TRUST,
     .rung = "tls",
     .state = STATE_WARN,
     .cause = "tls_required",
     .text = "the server demands TLS, unasked; Heddle's client turns it on by itself: use tls://",
     .remedy = "heddle-preflight --nats-url " SECURE,
     .screen = "the server demands TLS, unasked"},
    {.name = "TLS required, not asked for and not trusted",
     .servers = FAULT_BOTH,
     .prepare = certify,
     .conf = TLS,
     .url = CLEAR,
     .rung = "tls",
     .cause = "tls_self_signed",
     .text = "untrusted: self-signed certificate",
     .remedy = "export SSL_CERT_FILE="},
    {.name = "TLS asked for and not there",
     .servers = FAULT_BOTH,
     .conf = "",
     .url = SECURE,
     .rung = "tls",
     .cause = "tls_not_offered",
     .text = "no TLS there: Heddle would connect in clear",
     .remedy = "heddle-preflight --nats-url " CLEAR},
    {.name = "handshake first", /* nats-server 2.9 has none */
     .servers = FAULT_NEWER,
     .prepare = certify,
     .conf = TLS_CONF("cert.pem", ", handshake_first: true"),
     .url = SECURE,
     .trust = TRUST,
     .rung = "info",
     .cause = "tls_first",
     .text = "this server begins with TLS (handshake_first): use --tlsfirst",
     .remedy = "heddle-preflight --tlsfirst --nats-url " SECURE,
     .most_ms = 5000},
    {.name = "handshake first, and the server begins with INFO",
     .servers = FAULT_BOTH,
     .prepare = certify,
     .conf = TLS,
     .url = SECURE,
     .args = {"--tlsfirst"},
     .trust = TRUST,
     .rung = "tls",
     .cause = "tls_not_first",
     .text = "this server says INFO before TLS: leave --tlsfirst out",
     .remedy = "heddle-preflight --nats-url " SECURE},
    {.name = "stall inside the TLS handshake",
     .talk = talk_tls_stall,
     .url = SECURE,
     .timeout = "1",
     .rung = "tls",
     .cause = "tls_failed",
     .text = "silent in the TLS handshake, ",
     .remedy = "journalctl -u nats-server",
     .most_ms = 3000,
     .lean = TRUE},
    {.name = "break right after the TLS handshake",
     .prepare = certify,
     .talk = talk_tls_break,
     .url = SECURE,
     .trust = TRUST,
     .rung = "tls",
     .cause = "tls_failed",
     .text = "closed right after the TLS handshake",
     .remedy = "journalctl -u nats-server",
     .lean = TRUE},

    /* --- mutual TLS --- */
    {.name = "client certificate missing",
     .servers = FAULT_BOTH,
     .prepare = certify,
     .conf = MUTUAL,
     .url = SECURE,
     .trust = TRUST,
     .rung = "tls",
     .cause = "tls_client_cert",
     .text = "the server wants a client certificate",
     .remedy = "heddle-preflight --tlscert client.pem --tlskey client-key.pem"},
    {.name = "client certificate wrong",
     .servers = FAULT_BOTH,
     .prepare = certify_a_stranger_too,
     .conf = MUTUAL,
     .url = SECURE,
     .args = {"--tlscert", "{folder}/client/cert.pem", "--tlskey", "{folder}/client/key.pem"},
     .trust = TRUST,
     .rung = "tls",
     .cause = "tls_client_refused",
     .text = "the server refused our client certificate: ",
     .remedy = "openssl x509 -in client.pem -noout -issuer -dates"},
    {.name = "client certificate expired",
     .servers = FAULT_BOTH,
     .prepare = certify_an_old_client_too,
     .conf = TLS_CONF("cert.pem", ", ca_file: \"{folder}/client/cert.pem\", verify: true"),
     .url = SECURE,
     .args = {"--tlscert", "{folder}/client/cert.pem", "--tlskey", "{folder}/client/key.pem"},
     .trust = TRUST,
     .rung = "tls",
     .cause = "tls_client_refused",
     .text = "the server refused our client certificate: ",
     .remedy = "openssl x509 -in client.pem -noout -issuer -dates"},

    /* --- logins --- */
    {.name = "password wrong",
     .servers = FAULT_BOTH,
     .conf = USER,
     .url = "nats://me:wrong@127.0.0.1:{server}",
     .rung = "login",
     .cause = "auth_failed",
     .text = REFUSED,
     .remedy = TYPE_URL},
    {.name = "user and password missing",
     .servers = FAULT_BOTH,
     .conf = USER,
     .url = CLEAR,
     .rung = "login",
     .cause = "auth_required",
     .text = REQUIRED,
     .remedy = TYPE_URL},
    {.name = "token wrong",
     .servers = FAULT_BOTH,
     .conf = TOKEN,
     .url = "nats://wrong@127.0.0.1:{server}",
     .rung = "login",
     .cause = "auth_failed",
     .text = REFUSED,
     .remedy = TYPE_URL},
    {.name = "token missing",
     .servers = FAULT_BOTH,
     .conf = TOKEN,
     .url = CLEAR,
     .rung = "login",
     .cause = "auth_required",
     .text = REQUIRED,
     .remedy = TYPE_URL},
    {.name = "NKey wrong",
     .servers = FAULT_BOTH,
     .prepare = write_other_nkey,
     .conf = NKEY,
     .url = CLEAR,
     .args = {"--nkey", "{folder}/nkey"},
     .rung = "login",
     .cause = "auth_failed",
     .text = REFUSED,
     .remedy = "--nkey"},
    {.name = "NKey missing",
     .servers = FAULT_BOTH,
     .conf = NKEY,
     .url = CLEAR,
     .rung = "login",
     .cause = "auth_required",
     .text = REQUIRED,
     .remedy = "--nkey"},
    {.name = "NKey not taken",
     .servers = FAULT_BOTH,
     .prepare = write_nkey,
     .conf = USER,
     .url = CLEAR,
     .args = {"--nkey", "{folder}/nkey"},
     .rung = "login",
     .cause = "auth_failed",
     .text = "login not sent: this server takes no NKeys",
     .remedy = TYPE_URL},
    {.name = "credentials forged",
     .servers = FAULT_BOTH,
     .prepare = write_forged_creds,
     .conf = "{operator}",
     .url = CLEAR,
     .args = {"--creds", "{folder}/creds"},
     .rung = "login",
     .cause = "auth_failed",
     .text = REFUSED,
     .remedy = "--creds"},
    {.name = "credentials missing",
     .servers = FAULT_BOTH,
     .conf = "{operator}",
     .url = CLEAR,
     .rung = "login",
     .cause = "auth_required",
     .text = REQUIRED,
     .remedy = "--creds"},
    {.name = "credentials without a file",
     .servers = FAULT_BOTH,
     .conf = "{operator}",
     .url = CLEAR,
     .args = {"--creds", "{folder}/creds"},
     .rung = "login",
     .cause = "creds_file",
     .text = "{folder}/creds: No such file or directory",
     .remedy = "nsc generate creds",
     .screen = "login not sent: "},
    {.name = "credentials expired",
     .servers = FAULT_BOTH,
     .prepare = write_old_creds,
     .conf = "{operator}",
     .url = CLEAR,
     .args = {"--creds", "{folder}/creds"},
     .rung = "login",
     .cause = "auth_expired",
     .text = "login not sent: the JWT expired on 2023-11-14 22:14 UTC",
     .remedy = "date -u"},

    /* --- rights --- */
    {.name = "no right to the results",
     .servers = FAULT_BOTH,
     .conf = RIGHTS("subscribe: { deny: [\"heddle.results.default\"] }"),
     .url = ME,
     .rung = "rights",
     .cause = "permissions",
     .text = "may not subscribe heddle.results.default",
     .remedy = CONF},
    {.name = "no right to the dead letters",
     .servers = FAULT_BOTH,
     .conf = RIGHTS("subscribe: { deny: [\"heddle.tasks.dead_letter\"] }"),
     .url = ME,
     .rung = "rights",
     .state = STATE_WARN,
     .cause = "permissions",
     .text = "may not subscribe heddle.tasks.dead_letter",
     .screen = "may not subscribe heddle.",
     .remedy = CONF},
    {.name = "no right to the whole bus",
     .servers = FAULT_BOTH,
     .conf = RIGHTS("subscribe: { allow: [\"_INBOX.>\", \"heddle.results.*\", "
                    "\"heddle.tasks.dead_letter\"] }"),
     .url = ME,
     .rung = "rights",
     .state = STATE_WARN,
     .cause = "permissions",
     .text = "may not subscribe heddle.>",
     .screen = "may not subscribe heddle.",
     .remedy = CONF},
    {.name = "no right to send a task",
     .servers = FAULT_NEWER,
     .conf = RIGHTS("publish: { deny: [\"heddle.tasks.incoming\"] }"),
     .url = ME,
     .rung = "rights",
     .cause = "permissions",
     .text = "may not publish heddle.tasks.incoming",
     .remedy = CONF},
    {.name = "no right to send a task, where the server does not list rights",
     .servers = FAULT_OLDER,
     .conf = RIGHTS("publish: { deny: [\"heddle.tasks.incoming\"] }"),
     .url = ME,
     .rung = "rights",
     .state = STATE_UNKNOWN,
     .cause = "",
     .text = "may listen; whether it may publish, the smoke will tell",
     .remedy = "",
     .screen = "● up"},
};

int main(void)
{
    return fault_main("faults_session", rows, G_N_ELEMENTS(rows));
}
