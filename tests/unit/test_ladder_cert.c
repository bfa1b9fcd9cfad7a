/* The TLS rung with files and names of its own, and TLS before INFO: nats/ladder_tls, ladder_cert.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/cert.h"
#include "tests/support/fake.h"
#include "tests/support/ladder_check.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"
#include "tests/support/talk.h"

enum { TIMEOUT_MS = 10000 };

static char *path_in(const char *folder, const char *name)
{
    return g_build_filename(folder, name, NULL);
}

/* A server with the certificate `cert` of `folder`; `more` goes into its tls block. */
static TestServer *serve(const char *folder, const char *cert, const char *more)
{
    g_autofree char *conf = g_strdup_printf(
        "tls { cert_file: \"%s/%s\", key_file: \"%s/key.pem\", ca_file: \"%s/cert.pem\" %s }",
        folder, cert, folder, folder, more);

    return server_start_conf(conf);
}

static Ladder *climb(const char *scheme, unsigned port, Access *access)
{
    g_autofree char *url = g_strdup_printf("%s://127.0.0.1:%u", scheme, port);

    return ladder_climb(&(LadderHow){.url = url, .access = access, .timeout_ms = TIMEOUT_MS});
}

static void set_file(Access *access, AccessField field, const char *folder, const char *name)
{
    g_autofree char *path = path_in(folder, name);

    access_set(access, field, path, ORIGIN_FLAG);
}

static gboolean shows(const Ladder *ladder, const char *part)
{
    const GPtrArray *lines = ladder->rungs[RUNG_TLS].evidence;

    for (guint i = 0; lines != NULL && i < lines->len; i++)
        if (strstr(g_ptr_array_index(lines, i), part) != NULL)
            return TRUE;
    return FALSE;
}

typedef struct Pair { /* two folders of certificates: the server's and another one's */
    char *ours, *other;
    Access *access; /* what a test sets of ours */
} Pair;

static Pair pair_new(void)
{
    Pair it = {folder_new(), folder_new(), access_new()};

    unsetenv("SSL_CERT_FILE");
    cert_make(it.ours, "DNS:localhost,IP:127.0.0.1", -1, 90);
    cert_make(it.other, "DNS:other.example", -1, 90);
    return it;
}

static void pair_free(Pair *it)
{
    access_unref(it->access);
    folder_remove(it->ours);
    folder_remove(it->other);
    g_free(it->ours);
    g_free(it->other);
}

START_TEST(a_named_authority_is_trusted_and_asks_for_tls)
{
    Pair it = pair_new();
    TestServer *server = serve(it.ours, "cert.pem", "");
    Ladder *ladder;

    set_file(it.access, ACCESS_TLS_CA, it.ours, "cert.pem");
    ladder = climb("nats", server->port, it.access);
    ck_holds(ladder);
    ck_assert_int_eq(ladder->rungs[RUNG_TLS].state, STATE_OK);
    ck_assert(shows(ladder, "TLSv1.3, TLS_"));
    ck_assert(shows(ladder, "certificate 1 of 1: CN=test, issued by CN=test, 20"));
    ck_assert(shows(ladder, "its names: localhost, 127.0.0.1"));
    ck_assert(shows(ladder, "days left: 90"));
    ck_assert(shows(ladder, "name told (SNI): none, 127.0.0.1 is an address"));
    ladder_free(ladder);
    server_free(server);
    pair_free(&it);
}
END_TEST

/* Whether it is trusted or not: so a swapped one is known from the one before. */
START_TEST(a_certificate_is_known_again)
{
    Pair it = pair_new();
    TestServer *one = serve(it.ours, "cert.pem", ""), *two = serve(it.other, "cert.pem", "");
    Ladder *trusted, *not, *other;

    set_file(it.access, ACCESS_TLS_CA, it.ours, "cert.pem");
    trusted = climb("tls", one->port, it.access);
    not = climb("tls", one->port, NULL);
    other = climb("tls", two->port, NULL);
    ck_holds(trusted);
    ck_broke_at(not, RUNG_TLS, CAUSE_TLS_SELF_SIGNED);
    ck_assert_uint_eq(strlen(trusted->certificate), 64);
    ck_assert_str_eq(not ->certificate, trusted->certificate);
    ck_assert_str_ne(other->certificate, trusted->certificate);
    ladder_free(trusted);
    ladder_free(not );
    ladder_free(other);
    server_free(one);
    server_free(two);
    pair_free(&it);
}
END_TEST

START_TEST(a_named_authority_that_did_not_sign_is_told_with_the_issuer)
{
    Pair it = pair_new();
    TestServer *server;
    Ladder *ladder;

    cert_make_signed(it.ours, it.other);
    server = serve(it.ours, "leaf.pem", "");
    ladder = climb("tls", server->port, it.access);
    ck_broken(ladder, RUNG_TLS, CAUSE_TLS_UNTRUSTED,
              "untrusted: nobody here knows its issuer CN=test");
    ck_assert(shows(ladder, "CN=leaf"));
    ck_assert(!shows(ladder, "\033"));
    ladder_free(ladder);
    set_file(it.access, ACCESS_TLS_CA, it.other, "cert.pem");
    ladder = climb("tls", server->port, it.access);
    ck_holds(ladder);
    ladder_free(ladder);
    server_free(server);
    pair_free(&it);
}
END_TEST

START_TEST(another_name_than_the_hosts_is_told_and_checked)
{
    Pair it = pair_new();
    TestServer *server = serve(it.other, "cert.pem", "");
    Ladder *ladder;

    set_file(it.access, ACCESS_TLS_CA, it.other, "cert.pem");
    ladder = climb("tls", server->port, it.access);
    ck_broken(ladder, RUNG_TLS, CAUSE_TLS_NAME, "certificate is for other.example, not 127.0.0.1");
    ladder_free(ladder);
    access_set(it.access, ACCESS_TLS_NAME, "other.example", ORIGIN_FLAG);
    ladder = climb("tls", server->port, it.access);
    ck_holds(ladder);
    ck_assert(shows(ladder, "name told (SNI): other.example"));
    ladder_free(ladder);
    server_free(server);
    pair_free(&it);
}
END_TEST

/* The server trusts its own certificate alone, so that one is also the client that it takes. */
START_TEST(a_client_certificate_is_taken_or_told_to_be_refused)
{
    Pair it = pair_new();
    TestServer *server = serve(it.ours, "cert.pem", ", verify: true");
    Access *good = access_new(), *bad = access_new();
    Ladder *ladder;

    set_file(good, ACCESS_TLS_CA, it.ours, "cert.pem");
    set_file(bad, ACCESS_TLS_CA, it.ours, "cert.pem");
    set_file(good, ACCESS_TLS_CERT, it.ours, "cert.pem");
    set_file(good, ACCESS_TLS_KEY, it.ours, "key.pem");
    set_file(bad, ACCESS_TLS_CERT, it.other, "cert.pem");
    set_file(bad, ACCESS_TLS_KEY, it.other, "key.pem");
    ladder = climb("tls", server->port, good);
    ck_holds(ladder);
    ck_assert(shows(ladder, "ours was shown"));
    ladder_free(ladder);
    ladder = climb("tls", server->port, bad);
    ck_broke_at(ladder, RUNG_TLS, CAUSE_TLS_CLIENT_REFUSED);
    ck_assert(g_str_has_prefix(ladder->rungs[RUNG_TLS].text,
                               "the server refused our client certificate: "));
    ladder_free(ladder);
    access_unref(good);
    access_unref(bad);
    server_free(server);
    pair_free(&it);
}
END_TEST

/* Files of the folder of the other; "" is the folder itself, NULL none named. */
static const struct {
    const char *ca, *cert, *key;
    const char *ends; /* the text */
} bad_files[] = {
    {"none.pem", NULL, NULL, "none.pem: No such file or directory"},
    {"", NULL, NULL, ": not a regular file"},
    {"key.pem", NULL, NULL, "key.pem: holds no certificate in PEM"},
    {NULL, "cert.pem", NULL, "--tlscert without --tlskey"},
    {NULL, NULL, "key.pem", "--tlskey without --tlscert"},
    {NULL, "key.pem", "key.pem", "key.pem: holds no certificate in PEM"},
    {NULL, "cert.pem", "cert.pem", "cert.pem: holds no private key in PEM"},
    {NULL, "cert.pem", "locked.pem", "locked.pem: locked with a passphrase"},
    {NULL, "cert.pem", "../%s/key.pem", ": not the key of the certificate"},
};

START_TEST(a_file_that_cannot_be_used_is_told)
{
    Pair it = pair_new();
    TestServer *server = serve(it.ours, "cert.pem", "");
    g_autofree char *base = g_path_get_basename(it.ours), *key = NULL;
    Ladder *ladder;

    cert_lock_key(it.other);
    if (bad_files[_i].ca != NULL)
        set_file(it.access, ACCESS_TLS_CA, it.other, bad_files[_i].ca);
    if (bad_files[_i].cert != NULL)
        set_file(it.access, ACCESS_TLS_CERT, it.other, bad_files[_i].cert);
    key = bad_files[_i].key != NULL ? g_strdup_printf(bad_files[_i].key, base) : NULL;
    if (key != NULL)
        set_file(it.access, ACCESS_TLS_KEY, it.other, key);
    ladder = climb("tls", server->port, it.access);
    ck_broke_at(ladder, RUNG_TLS, CAUSE_TLS_FILES);
    ck_assert_msg(g_str_has_suffix(ladder->rungs[RUNG_TLS].text, bad_files[_i].ends), "%s",
                  ladder->rungs[RUNG_TLS].text);
    ladder_free(ladder);
    server_free(server);
    pair_free(&it);
}
END_TEST

START_TEST(files_for_tls_keep_a_plaintext_server_from_the_login)
{
    Pair it = pair_new();
    TestServer *server = server_start(NULL);
    Ladder *ladder;

    set_file(it.access, ACCESS_TLS_CA, it.ours, "cert.pem");
    ladder = climb("nats", server->port, it.access);
    ck_broken(ladder, RUNG_TLS, CAUSE_TLS_NOT_OFFERED, "no TLS there, and files for it were named");
    ladder_free(ladder);
    server_free(server);
    pair_free(&it);
}
END_TEST

START_TEST(tls_that_is_only_offered_warns_of_heddles_client)
{
    Pair it = pair_new();
    g_autofree char *conf =
        g_strdup_printf("allow_non_tls: true, tls { cert_file: \"%s/cert.pem\", key_file: "
                        "\"%s/key.pem\" }",
                        it.ours, it.ours);
    TestServer *server = server_start_conf(conf);
    Ladder *ladder;

    set_file(it.access, ACCESS_TLS_CA, it.ours, "cert.pem");
    ladder = climb("tls", server->port, it.access);
    ck_holds(ladder);
    ck_assert_int_eq(ladder->rungs[RUNG_TLS].state, STATE_WARN);
    ck_assert_int_eq(ladder->rungs[RUNG_TLS].cause, CAUSE_TLS_OPTIONAL);
    ladder_free(ladder);
    server_free(server);
    pair_free(&it);
}
END_TEST

/* --- TLS before INFO --- */

START_TEST(a_server_that_says_info_first_is_told_to_who_begins_with_tls)
{
    Pair it = pair_new();
    TestServer *server = serve(it.ours, "cert.pem", "");
    Ladder *ladder;

    access_set(it.access, ACCESS_TLS_FIRST, "true", ORIGIN_FLAG);
    ladder = climb("tls", server->port, it.access);
    ck_assert_int_eq(ladder->broken, RUNG_TLS);
    ck_assert_int_eq(ladder_cause(ladder), CAUSE_TLS_NOT_FIRST);
    ck_assert_int_eq(ladder->rungs[RUNG_INFO].state, STATE_NOT_REACHED);
    ck_assert_str_eq(ladder->rungs[RUNG_TLS].text,
                     "this server says INFO before TLS: leave --tlsfirst out");
    ladder_free(ladder);
    server_free(server);
    pair_free(&it);
}
END_TEST

/* nats-server 2.9 has no handshake_first. */
START_TEST(a_server_that_begins_with_tls_is_told_and_climbed)
{
    Pair it;
    TestServer *server;
    Ladder *ladder;

    if (!server_use_newer())
        return;
    it = pair_new();
    server = serve(it.ours, "cert.pem", ", handshake_first: true");
    set_file(it.access, ACCESS_TLS_CA, it.ours, "cert.pem");
    ladder = climb("tls", server->port, it.access);
    ck_broken(ladder, RUNG_INFO, CAUSE_TLS_FIRST,
              "this server begins with TLS (handshake_first): use --tlsfirst");
    ladder_free(ladder);
    access_set(it.access, ACCESS_TLS_FIRST, "true", ORIGIN_FLAG);
    ladder = climb("tls", server->port, it.access);
    ck_holds(ladder);
    ck_assert_int_eq(ladder->rungs[RUNG_TLS].state, STATE_OK);
    ck_assert(ladder->info.tls_required);
    ladder_free(ladder);
    server_free(server);
    pair_free(&it);
}
END_TEST

/* --- servers of no good will --- */

static void be_too_old(int fd)
{
    static const char hello[] = "\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02"
                                "0123456789abcdef0123456789abcdef"
                                "\x00\xc0\x13\x00";
    char byte;

    fake_say(fd, TALK_INFO_TLS);
    (void)!read(fd, &byte, 1);
    (void)!write(fd, hello, sizeof hello - 1);
    fake_be_silent(fd);
}

static void refuse_version(int fd)
{
    static const char alert[] = "\x15\x03\x01\x00\x02\x02\x46";
    char byte;

    fake_say(fd, TALK_INFO_TLS);
    (void)!read(fd, &byte, 1);
    (void)!write(fd, alert, sizeof alert - 1);
    fake_be_silent(fd);
}

static const struct {
    FakeTalk talk;
    Cause cause;
    const char *text;
} oddities[] = {
    {be_too_old, CAUSE_TLS_VERSION, "the server's TLS is too old: nothing from 1.2 up"},
    {refuse_version, CAUSE_TLS_VERSION, "the server's TLS is too old: nothing from 1.2 up"},
    {talk_tls_break, CAUSE_TLS_FAILED, "closed right after the TLS handshake"},
};

START_TEST(an_odd_server_is_told)
{
    Pair it = pair_new();
    g_autofree char *cert = path_in(it.ours, "cert.pem");
    Fake *fake;
    Ladder *ladder;

    setenv("SSL_CERT_FILE", cert, 1);
    fake = fake_start(oddities[_i].talk);
    ladder = climb("tls", fake->port, NULL);
    ck_broken(ladder, RUNG_TLS, oddities[_i].cause, oddities[_i].text);
    ladder_free(ladder);
    fake_free(fake);
    pair_free(&it);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("ladder_cert");

    tcase_add_test(tcase, a_named_authority_is_trusted_and_asks_for_tls);
    tcase_add_test(tcase, a_certificate_is_known_again);
    tcase_add_test(tcase, a_named_authority_that_did_not_sign_is_told_with_the_issuer);
    tcase_add_test(tcase, another_name_than_the_hosts_is_told_and_checked);
    tcase_add_test(tcase, a_client_certificate_is_taken_or_told_to_be_refused);
    tcase_add_loop_test(tcase, a_file_that_cannot_be_used_is_told, 0, G_N_ELEMENTS(bad_files));
    tcase_add_test(tcase, files_for_tls_keep_a_plaintext_server_from_the_login);
    tcase_add_test(tcase, tls_that_is_only_offered_warns_of_heddles_client);
    tcase_add_test(tcase, a_server_that_says_info_first_is_told_to_who_begins_with_tls);
    tcase_add_test(tcase, a_server_that_begins_with_tls_is_told_and_climbed);
    tcase_add_loop_test(tcase, an_odd_server_is_told, 0, G_N_ELEMENTS(oddities));
    return suite_run("ladder_cert", tcase, 40);
}
