/* The nats CLI's contexts: nats/context. */
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "nats/context.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

typedef struct Read {
    Access *access;
    char *url, *why;
    gboolean ok;
} Read;

static Read parse(const char *json)
{
    Read read = {.access = access_new()};

    read.ok = context_parse(raw_text(json), "prod", read.access, &read.url, &read.why);
    return read;
}

static void done(Read *read)
{
    access_unref(read->access);
    secret_free(read->url);
    g_free(read->why);
}

static void ck_field(const Read *read, AccessField field, const char *value)
{
    ck_assert_pstr_eq(access_get(read->access, field), value);
    if (value != NULL)
        ck_assert_int_eq(read->access->origins[field], ORIGIN_CONTEXT);
}

START_TEST(every_field_that_we_know_is_taken)
{
    Read read = parse("{\"description\": \"d\", \"url\": \"nats://h:1\", \"user\": \"u\","
                      "\"password\": \"p\", \"token\": \"t\", \"creds\": \"/c\", \"nkey\": \"/n\","
                      "\"cert\": \"/ce\", \"key\": \"/k\", \"ca\": \"/ca\", \"tls_first\": true,"
                      "\"inbox_prefix\": \"in\", \"socks_proxy\": \"\", \"nsc\": null}");

    ck_assert_msg(read.ok, "%s", read.why);
    ck_assert_str_eq(read.url, "nats://h:1");
    ck_field(&read, ACCESS_USER, "u");
    ck_field(&read, ACCESS_PASSWORD, "p");
    ck_field(&read, ACCESS_TOKEN, "t");
    ck_field(&read, ACCESS_CREDS, "/c");
    ck_field(&read, ACCESS_NKEY, "/n");
    ck_field(&read, ACCESS_TLS_CERT, "/ce");
    ck_field(&read, ACCESS_TLS_KEY, "/k");
    ck_field(&read, ACCESS_TLS_CA, "/ca");
    ck_field(&read, ACCESS_TLS_FIRST, "true");
    ck_field(&read, ACCESS_INBOX_PREFIX, "in");
    ck_assert_str_eq(read.access->context, "prod");
    ck_assert_uint_eq(read.access->notes->len, 0);
    done(&read);
}
END_TEST

/* As `nats context add` writes a new one. */
START_TEST(what_is_empty_is_not_set)
{
    Read read = parse("{\"url\": \"\", \"user\": \"\", \"token\": null, \"tls_first\": false}");

    ck_assert(read.ok);
    ck_assert_ptr_null(read.url);
    for (AccessField field = 0; field < ACCESS_FIELDS; field++)
        ck_field(&read, field, NULL);
    done(&read);
}
END_TEST

static const struct {
    const char *json;
    const char *value; /* of creds */
} paths[] = {
    {"{\"creds\": \"~/x.creds\"}", "/home/me/x.creds"},
    {"{\"creds\": \"~\"}", "/home/me"},
    {"{\"creds\": \"/a/~/b\"}", "/a/~/b"},
    {"{\"creds\": \"$WHERE/x\"}", "/where/x"},
    {"{\"creds\": \"${WHERE}y/$NOT_SET_x/$\"}", "/wherey//$"},
    {"{\"creds\": \"${WHERE\"}", "${WHERE"},
    {"{\"creds\": \"file:///x.creds\"}", "/x.creds"},
    {"{\"creds\": \"c:x\"}", "c:x"},
};

START_TEST(paths_are_expanded_as_the_cli_does)
{
    Read read;

    g_setenv("WHERE", "/where", TRUE);
    read = parse(paths[_i].json);
    ck_assert(read.ok);
    ck_field(&read, ACCESS_CREDS, paths[_i].value);
    done(&read);
}
END_TEST

static const struct {
    const char *json;
    const char *note; /* part of it */
} noted[] = {
    {"{\"socks_proxy\": \"socks5://h\"}", "context prod: its socks_proxy is not used"},
    {"{\"user_jwt\": \"eyJ-s3cret\"}", "context prod: its user_jwt is not used"},
    {"{\"nsc\": \"nsc://o/a/u\"}", "context prod: its nsc look-up is not used"},
    {"{\"creds\": \"op://v/s3cret\"}", "context prod: its creds is kept elsewhere (op:)"},
    {"{\"nkey\": \"data:;base64,s3cret\"}", "context prod: its nkey is kept elsewhere (data:)"},
    {"{\"password\": \"env://s3cret\"}", "context prod: its password is kept elsewhere (env:)"},
};

START_TEST(what_is_not_heeded_is_noted)
{
    Read read = parse(noted[_i].json);
    const char *note;

    ck_assert(read.ok);
    ck_assert_uint_eq(read.access->notes->len, 1);
    note = read.access->notes->pdata[0];
    ck_assert_msg(g_str_has_prefix(note, noted[_i].note), "%s", note);
    ck_assert_ptr_null(strstr(note, "s3cret"));
    ck_field(&read, ACCESS_CREDS, NULL);
    ck_field(&read, ACCESS_PASSWORD, NULL);
    done(&read);
}
END_TEST

START_TEST(a_password_that_looks_like_a_scheme_is_a_password)
{
    Read read = parse("{\"user\": \"u\", \"password\": \"abc:def\"}");

    ck_assert(read.ok);
    ck_field(&read, ACCESS_PASSWORD, "abc:def");
    done(&read);
}
END_TEST

START_TEST(a_stronger_user_does_not_get_the_contexts_password)
{
    Read read = {.access = access_new()};

    access_set(read.access, ACCESS_USER, "other", ORIGIN_ENVIRONMENT);
    read.ok = context_parse(raw_text("{\"user\": \"u\", \"password\": \"p\"}"), "prod", read.access,
                            &read.url, &read.why);
    ck_assert(read.ok);
    ck_assert_str_eq(access_get(read.access, ACCESS_USER), "other");
    ck_assert_ptr_null(access_get(read.access, ACCESS_PASSWORD));
    done(&read);
}
END_TEST

static const struct {
    const char *json, *why;
} bad[] = {
    {"", "is no JSON, line 1"},
    {"{\n\"password\": \"s3cret\n\"}", "is no JSON, line 2"},
    {"{} x", "is no JSON, line 1"},
    {"[]", "is no JSON object"},
    {"{\"user\": 1}", "its user is not a string"},
    {"{\"url\": {}}", "its url is not a string"},
    {"{\"tls_first\": \"yes\"}", "its tls_first is not true or false"},
    {"{\"socks_proxy\": []}", "its socks_proxy is not a string"},
};

START_TEST(a_bad_context_is_told_why)
{
    Read read = parse(bad[_i].json);

    ck_assert(!read.ok);
    ck_assert_str_eq(read.why, bad[_i].why);
    ck_assert_ptr_null(read.url);
    done(&read);
}
END_TEST

/* --- files --- */

static void put(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, "nats", name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    ck_assert_int_eq(g_mkdir_with_parents(parent, 0700), 0);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
}

static Read read_file(const char *name)
{
    Read read = {.access = access_new()};

    read.ok = context_read(name, read.access, &read.url, &read.why);
    return read;
}

START_TEST(a_context_is_found_where_the_cli_keeps_it)
{
    g_autofree char *folder = folder_new();
    g_autofree char *config = g_build_filename(folder, ".config", NULL);
    g_autofree char *why = NULL;
    char *name;
    Read read;

    g_setenv("XDG_CONFIG_HOME", folder, TRUE);
    ck_assert_ptr_null(context_selected(&why));
    ck_assert_ptr_null(why);
    put(folder, "context.txt", " prod\n");
    put(folder, "context/prod.json", "{\"url\": \"nats://xdg:1\"}");
    put(config, "context/prod.json", "{\"url\": \"nats://home:1\"}");
    name = context_selected(&why);
    ck_assert_pstr_eq(name, "prod");
    g_free(name);
    read = read_file("prod");
    ck_assert_pstr_eq(read.url, "nats://xdg:1");
    done(&read);
    g_setenv("XDG_CONFIG_HOME", "", TRUE);
    g_setenv("HOME", folder, TRUE);
    read = read_file("prod");
    ck_assert_pstr_eq(read.url, "nats://home:1");
    done(&read);
    folder_remove(folder);
}
END_TEST

static const struct {
    const char *name, *why; /* part of the sentence */
} names[] = {
    {"", "a context's name is not empty"},
    {"a/b", "“a/b”: a context's name has no slash"},
    {"../../etc/passwd", "has no slash"},
    {"a\\b", "has no slash"},
    {"a..b", "has no two dots in a row"},
    {"none", "/nats/context/none.json: No such file or directory"},
    {"large", "/nats/context/large.json: is too large to be what it should be"},
    {"broken", "/nats/context/broken.json: is no JSON, line 1"},
    {"\x1b]0;x", "/nats/context/␛]0;x.json: No such file or directory"},
};

START_TEST(a_context_that_cannot_be_read_is_named)
{
    g_autofree char *folder = folder_new();
    g_autofree char *large = g_strnfill(256 * 1024 + 1, ' ');
    Read read;

    g_setenv("XDG_CONFIG_HOME", folder, TRUE);
    put(folder, "context/large.json", large);
    put(folder, "context/broken.json", "{");
    read = read_file(names[_i].name);
    ck_assert(!read.ok);
    ck_assert_msg(strstr(read.why, names[_i].why) != NULL, "%s", read.why);
    done(&read);
    folder_remove(folder);
}
END_TEST

static void set_home(void)
{
    g_setenv("HOME", "/home/me", TRUE);
}

int main(void)
{
    TCase *tcase = tcase_create("context");

    tcase_add_checked_fixture(tcase, set_home, NULL);
    tcase_add_test(tcase, every_field_that_we_know_is_taken);
    tcase_add_test(tcase, what_is_empty_is_not_set);
    tcase_add_loop_test(tcase, paths_are_expanded_as_the_cli_does, 0, G_N_ELEMENTS(paths));
    tcase_add_loop_test(tcase, what_is_not_heeded_is_noted, 0, G_N_ELEMENTS(noted));
    tcase_add_test(tcase, a_password_that_looks_like_a_scheme_is_a_password);
    tcase_add_test(tcase, a_stronger_user_does_not_get_the_contexts_password);
    tcase_add_loop_test(tcase, a_bad_context_is_told_why, 0, G_N_ELEMENTS(bad));
    tcase_add_test(tcase, a_context_is_found_where_the_cli_keeps_it);
    tcase_add_loop_test(tcase, a_context_that_cannot_be_read_is_named, 0, G_N_ELEMENTS(names));
    return suite_run("context", tcase, 20);
}
