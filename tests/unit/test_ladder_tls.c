/* The TLS rung, against real nats-servers and one that stalls: nats/ladder_tls. */
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/cert.h"
#include "tests/support/fake.h"
#include "tests/support/ladder_check.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"
#include "tests/support/talk.h"

enum { TIMEOUT_MS = 5000 };

typedef struct Secured { /* a server with a certificate of its own, and where its port is */
    char *folder, *cert, *key;
    TestServer *server;
    char *by_address, *by_name, *in_clear; /* URLs */
} Secured;

/* `trusted`: this process trusts the certificate from here on. `option`: one more, or NULL. */
static Secured secured_start(const char *names, int from_days, int to_days, gboolean trusted,
                             const char *option)
{
    Secured it = {.folder = folder_new()};

    cert_make(it.folder, names, from_days, to_days);
    it.cert = g_build_filename(it.folder, "cert.pem", NULL);
    it.key = g_build_filename(it.folder, "key.pem", NULL);
    {
        const char *const args[] = {"--tls",       "--tlscert", it.cert, "--tlskey", it.key,
                                    "--tlscacert", it.cert,     option,  NULL};

        it.server = server_start(args);
    }
    it.by_address = g_strdup_printf("tls://127.0.0.1:%u", it.server->port);
    it.by_name = g_strdup_printf("tls://localhost:%u", it.server->port);
    it.in_clear = g_strdup_printf("nats://127.0.0.1:%u", it.server->port);
    if (trusted)
        setenv("SSL_CERT_FILE", it.cert, 1);
    else
        unsetenv("SSL_CERT_FILE");
    return it;
}

static void secured_free(Secured *it)
{
    server_free(it->server);
    folder_remove(it->folder);
    g_free(it->folder);
    g_free(it->cert);
    g_free(it->key);
    g_free(it->by_address);
    g_free(it->by_name);
    g_free(it->in_clear);
}

START_TEST(a_trusted_certificate_holds_by_name_and_by_address)
{
    Secured it = secured_start("DNS:localhost,IP:127.0.0.1", -1, 90, TRUE, NULL);
    Ladder *address = ladder_climb(&(LadderHow){.url = it.by_address, .timeout_ms = TIMEOUT_MS});
    Ladder *name = ladder_climb(&(LadderHow){.url = it.by_name, .timeout_ms = TIMEOUT_MS});

    ck_holds(address);
    ck_holds(name);
    ck_assert(address->info.tls_required);
    ck_assert_str_eq(address->rungs[RUNG_TLS].text, "TLSv1.3, certificate for 90 days");
    ck_assert(address->total_ms < 4000);
    ladder_free(address);
    ladder_free(name);
    secured_free(&it);
}
END_TEST

START_TEST(a_certificate_that_ends_soon_warns)
{
    Secured it = secured_start("DNS:localhost,IP:127.0.0.1", -1, 5, TRUE, NULL);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = it.by_address, .timeout_ms = TIMEOUT_MS});

    ck_holds(ladder);
    ck_assert_int_eq(ladder->rungs[RUNG_TLS].state, STATE_WARN);
    ck_assert_int_eq(ladder->rungs[RUNG_TLS].cause, CAUSE_TLS_EXPIRED);
    ck_assert_str_eq(ladder->rungs[RUNG_TLS].text, "TLSv1.3, certificate ends in 5 days");
    ladder_free(ladder);
    secured_free(&it);
}
END_TEST

START_TEST(a_certificate_that_nobody_vouches_for_is_untrusted)
{
    Secured it = secured_start("IP:127.0.0.1", -1, 90, FALSE, NULL);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = it.by_address, .timeout_ms = TIMEOUT_MS});

    ck_broken(ladder, RUNG_TLS, CAUSE_TLS_SELF_SIGNED, "untrusted: self-signed certificate");
    ck_assert(ladder->total_ms < 4000);
    ladder_free(ladder);
    secured_free(&it);
}
END_TEST

START_TEST(a_certificate_for_others_is_told_with_their_names)
{
    Secured it =
        secured_start("DNS:a.example,DNS:b.example,IP:10.0.0.7,DNS:c.example", -1, 90, TRUE, NULL);
    Ladder *address = ladder_climb(&(LadderHow){.url = it.by_address, .timeout_ms = TIMEOUT_MS});
    Ladder *name = ladder_climb(&(LadderHow){.url = it.by_name, .timeout_ms = TIMEOUT_MS});

    ck_broken(address, RUNG_TLS, CAUSE_TLS_NAME,
              "certificate is for a.example, b.example, 10.0.0.7 and 1 more, not 127.0.0.1");
    ck_broken(name, RUNG_TLS, CAUSE_TLS_NAME,
              "certificate is for a.example, b.example, 10.0.0.7 and 1 more, not localhost");
    ladder_free(address);
    ladder_free(name);
    secured_free(&it);
}
END_TEST

START_TEST(a_certificate_out_of_its_time_is_told_with_the_day)
{
    Secured old = secured_start("IP:127.0.0.1", -9, -2, TRUE, NULL);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = old.by_address, .timeout_ms = TIMEOUT_MS});
    Secured young;

    ck_broke_at(ladder, RUNG_TLS, CAUSE_TLS_EXPIRED);
    ck_assert(g_str_has_prefix(ladder->rungs[RUNG_TLS].text, "certificate expired on 20"));
    ladder_free(ladder);
    secured_free(&old);
    young = secured_start("IP:127.0.0.1", 2, 9, TRUE, NULL);
    ladder = ladder_climb(&(LadderHow){.url = young.by_address, .timeout_ms = TIMEOUT_MS});
    ck_broke_at(ladder, RUNG_TLS, CAUSE_TLS_NOT_YET_VALID);
    ck_assert(g_str_has_prefix(ladder->rungs[RUNG_TLS].text, "certificate not valid before 20"));
    ladder_free(ladder);
    secured_free(&young);
}
END_TEST

START_TEST(a_client_certificate_that_is_wanted_is_told)
{
    Secured it = secured_start("IP:127.0.0.1", -1, 90, TRUE, "--tlsverify");

    for (int i = 0; i < 10; i++) { /* the server's alert must not be lost to its reset */
        Ladder *ladder = ladder_climb(&(LadderHow){.url = it.by_address, .timeout_ms = TIMEOUT_MS});

        ck_broken(ladder, RUNG_TLS, CAUSE_TLS_CLIENT_CERT, "the server wants a client certificate");
        ladder_free(ladder);
    }
    secured_free(&it);
}
END_TEST

/* Heddle's client turns it on by itself there, with the system's trust. */
START_TEST(a_server_that_demands_tls_is_warned_of_to_who_did_not_ask_for_it)
{
    Secured it = secured_start("IP:127.0.0.1", -1, 90, TRUE, NULL);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = it.in_clear, .timeout_ms = TIMEOUT_MS});

    ck_holds(ladder);
    ck_assert(ladder_used_tls(ladder));
    ck_assert_int_eq(ladder->rungs[RUNG_TLS].state, STATE_WARN);
    ck_assert_int_eq(ladder->rungs[RUNG_TLS].cause, CAUSE_TLS_REQUIRED);
    ladder_free(ladder);
    unsetenv("SSL_CERT_FILE");
    ladder = ladder_climb(&(LadderHow){.url = it.in_clear, .timeout_ms = TIMEOUT_MS});
    ck_broken(ladder, RUNG_TLS, CAUSE_TLS_SELF_SIGNED, "untrusted: self-signed certificate");
    ladder_free(ladder);
    secured_free(&it);
}
END_TEST

START_TEST(a_server_without_tls_never_sees_the_password)
{
    const char *const args[] = {"--user", "me", "--pass", "secret", NULL};
    TestServer *server = server_start(args);
    g_autofree char *url = g_strdup_printf("tls://me:secret@127.0.0.1:%u", server->port);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = url, .timeout_ms = TIMEOUT_MS});

    ck_broken(ladder, RUNG_TLS, CAUSE_TLS_NOT_OFFERED,
              "no TLS there: Heddle would connect in clear");
    ladder_free(ladder);
    server_free(server);
}
END_TEST

/* --- servers that break off --- */

static void break_off(int fd)
{
    char byte;

    fake_say(fd, TALK_INFO_TLS);
    (void)!read(fd, &byte, 1);
}

static void talk_on(int fd)
{
    fake_say(fd, TALK_INFO_TLS "PING\r\nPING\r\n");
    fake_be_silent(fd);
}

static void talk_clear(int fd)
{
    char byte;

    fake_say(fd, TALK_INFO_TLS);
    (void)!read(fd, &byte, 1);
    fake_say(fd, "PING\r\nPING\r\n");
    fake_be_silent(fd);
}

static void be_full(int fd)
{
    fake_say(fd, TALK_INFO_TLS "-ERR 'maximum connections exceeded'\r\n");
    fake_be_silent(fd);
}

static const struct {
    FakeTalk talk;
    Cause cause;
    const char *begins; /* the text */
} breakers[] = {
    {talk_tls_stall, CAUSE_TLS_FAILED, "silent in the TLS handshake, "},
    {break_off, CAUSE_TLS_FAILED, "closed in the TLS handshake"},
    {talk_on, CAUSE_TLS_FAILED, "more in clear where TLS should begin"},
    {talk_clear, CAUSE_TLS_FAILED, "TLS failed: wrong version number"},
    {be_full, CAUSE_MAX_CONNECTIONS, "refused: maximum connections exceeded"},
};

START_TEST(a_handshake_that_breaks_off_is_told_in_time)
{
    Fake *fake = fake_start(breakers[_i].talk);
    g_autofree char *url = g_strdup_printf("tls://127.0.0.1:%u", fake->port);
    int timeout_ms = breakers[_i].talk == talk_tls_stall ? 1500 : 6000; /* one sits it out */
    Ladder *ladder = ladder_climb(&(LadderHow){.url = url, .timeout_ms = timeout_ms});

    ck_broke_at(ladder, RUNG_TLS, breakers[_i].cause);
    ck_assert_msg(g_str_has_prefix(ladder->rungs[RUNG_TLS].text, breakers[_i].begins), "%s",
                  ladder->rungs[RUNG_TLS].text);
    ck_assert(ladder->total_ms < 4000);
    ladder_free(ladder);
    fake_free(fake);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("ladder_tls");

    tcase_add_test(tcase, a_trusted_certificate_holds_by_name_and_by_address);
    tcase_add_test(tcase, a_certificate_that_ends_soon_warns);
    tcase_add_test(tcase, a_certificate_that_nobody_vouches_for_is_untrusted);
    tcase_add_test(tcase, a_certificate_for_others_is_told_with_their_names);
    tcase_add_test(tcase, a_certificate_out_of_its_time_is_told_with_the_day);
    tcase_add_test(tcase, a_client_certificate_that_is_wanted_is_told);
    tcase_add_test(tcase, a_server_that_demands_tls_is_warned_of_to_who_did_not_ask_for_it);
    tcase_add_test(tcase, a_server_without_tls_never_sees_the_password);
    tcase_add_loop_test(tcase, a_handshake_that_breaks_off_is_told_in_time, 0,
                        G_N_ELEMENTS(breakers));
    return suite_run("ladder_tls", tcase, 30);
}
