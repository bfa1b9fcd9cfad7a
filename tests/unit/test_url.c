/* What an operator may type as a URL, and what must never be shown of it: nats/url. */
#include <string.h>

#include "nats/url.h"
#include "tests/support/suite.h"

#define ADDED "added nats://"

static const struct {
    const char *text, *plain, *shown, *changed; /* shown NULL: as plain */
} good[] = {
    {"nats://h:1", "nats://h:1", NULL, NULL},
    {"nats://h", "nats://h:4222", NULL, NULL},
    {"tls://h", "tls://h:4222", NULL, NULL},
    {"h", "nats://h:4222", NULL, ADDED},
    {"h:65535", "nats://h:65535", NULL, ADDED},
    {"nats://h:1/", "nats://h:1", NULL, "dropped the / at the end"},
    {"nats://h:1/a/b", "nats://h:1", NULL, "dropped the path"},
    {"nats://h:1?x=1", "nats://h:1", NULL, "dropped what follows the port"},
    {"nats://h:", "nats://h:4222", NULL, "added port 4222"},
    {"  nats://h:1", "nats://h:1", NULL, "cut blanks"},
    {"nats://h:1 \n", "nats://h:1", NULL, "cut blanks"},
    {" h/ ", "nats://h:4222", NULL, "cut blanks, " ADDED ", dropped the / at the end"},
    {"NATS://h:1", "nats://h:1", NULL, "scheme in lower case"},
    {"TLS://h:1", "tls://h:1", NULL, "scheme in lower case"},
    {"nats://127.1:1", "nats://127.1:1", NULL, NULL},
    {"nats://[::1]", "nats://[::1]:4222", NULL, NULL},
    {"[::1]:9", "nats://[::1]:9", NULL, ADDED},
    {"nats://[fe80::1%25eth0]:9", "nats://[fe80::1%25eth0]:9", NULL, NULL},
    {"nats://[fe80::1%eth0]:9", "nats://[fe80::1%25eth0]:9", NULL, NULL},
    {"nats://me:secret@h:1", "nats://h:1", "nats://me:•••@h:1", NULL},
    {"nats://me:@h:1", "nats://h:1", "nats://me:•••@h:1", NULL},
    {"nats://secret@h:1", "nats://h:1", "nats://•••@h:1", NULL},
    {"nats://@h:1", "nats://h:1", NULL, NULL},
    {"me:secret@h", "nats://h:4222", "nats://me:•••@h:4222", ADDED},
    {"nats://a:1,nats://b:2", "nats://a:1", NULL, NULL},
    {"nats://me:secret@a:1,b:2", "nats://a:1", "nats://me:•••@a:1", NULL},
    {"a:1,,b:2 ,", "nats://a:1", NULL, ADDED},
    {"a:1,b:2", "nats://a:1", NULL, ADDED},
};

START_TEST(what_can_be_meant_is_taken_and_the_change_is_told)
{
    char *why = NULL;
    NatsUrl *url = nats_url_parse(good[_i].text, &why);

    ck_assert_msg(url != NULL, "%s: %s", good[_i].text, why);
    ck_assert_str_eq(url->plain, good[_i].plain);
    ck_assert_str_eq(url->shown, good[_i].shown != NULL ? good[_i].shown : good[_i].plain);
    ck_assert_pstr_eq(url->changed, good[_i].changed);
    ck_assert_ptr_null(why);
    nats_url_free(url);
}
END_TEST

static const struct {
    const char *text, *why; /* part of the sentence */
} bad[] = {
    {"", "empty"},
    {"  ", "empty"},
    {"nats://", "no host"},
    {":4222", "no host"},
    {"nats://:4222", "no host"},
    {"nats://me:secret@", "no host"},
    {"ws://h", "WebSocket"},
    {"wss://h", "WebSocket"},
    {"http://h:8222", "monitoring"},
    {"HTTPS://h", "monitoring"},
    {"secret://h", "unknown scheme"},
    {"://h", "no scheme"},
    {"nats://h:0", "port"},
    {"nats://h:65536", "port"},
    {"nats://h:-1", "port"},
    {"nats://h:+1", "port"},
    {"nats://h:1x", "port"},
    {"nats://me:secret", "port"},
    {"nats://::1", "brackets"},
    {"nats://[::1", "bracket"},
    {"nats://[::1]x", "port"},
    {"nats://[secret]", "IPv6"},
    {"nats://[fe80::1%]", "zone"},
    {"nats://[fe80::1%e;x]", "zone"},
    {"nats://a b", "blank"},
    {"nats://a\033[2Jb", "control"},
    {"nats://h\xc3\xa9", "xn--"},
    {"nats://h!", "character"},
    {"nats://me:se%cret@h", "%25"},
    {"nats://me:secret%00@h", "%25"},
    {"nats://me:secret%ff@h", "UTF-8"},
    {"nats://me:secret/x@h", "escaped"},
    {"nats://me:secret#x@h", "escaped"},
    {"nats://me:sec,ret@h", "%2C"},
    {"sec,ret@h", "%2C"},
};

START_TEST(what_cannot_be_meant_is_refused_without_a_word_of_it)
{
    char *why = NULL;
    NatsUrl *url = nats_url_parse(bad[_i].text, &why);

    ck_assert_msg(url == NULL, "%s was taken", bad[_i].text);
    ck_assert_ptr_nonnull(why);
    ck_assert_msg(strstr(why, bad[_i].why) != NULL, "%s: %s", bad[_i].text, why);
    ck_assert_ptr_null(strstr(why, "secret"));
    g_free(why);
}
END_TEST

START_TEST(login_is_decoded)
{
    char *why = NULL;
    NatsUrl *url = nats_url_parse("nats://a%40b:p%3Aq%2Fr%25@h", &why);

    ck_assert_str_eq(url->user, "a@b");
    ck_assert_str_eq(url->password, "p:q/r%");
    nats_url_free(url);
    url = nats_url_parse("nats://me:p@q@h", &why); /* the last @ is the one */
    ck_assert_str_eq(url->password, "p@q");
    ck_assert_str_eq(url->host, "h");
    nats_url_free(url);
    url = nats_url_parse("nats://token@h", &why);
    ck_assert_str_eq(url->user, "token");
    ck_assert_ptr_null(url->password);
    nats_url_free(url);
}
END_TEST

START_TEST(a_very_long_url_is_refused)
{
    g_autofree char *text = g_strnfill(100000, 'a');
    char *why = NULL;

    ck_assert_ptr_null(nats_url_parse(text, &why));
    ck_assert_ptr_nonnull(strstr(why, "4096"));
    g_free(why);
}
END_TEST

static const struct {
    const char *text, *mask;
} masks[] = {
    {"nats://h:1", "nats://h:1"},
    {"nats://me:secret@h:1", "nats://me:•••@h:1"},
    {"me:secret@h", "me:•••@h"},
    {"nats://secret@h:1", "nats://•••@h:1"},
    {"nats://me:secret", "nats://me:•••"},
    {"nats://me:secret@", "nats://me:•••@"},
    {"nats://me:sec@ret@h/p", "nats://me:•••@h/p"},
    {"nats://me:sec/ret@h", "nats://me:•••@h"},
    {"nats://me:sec?ret@h", "nats://me:•••@h"},
    {"nats://h?token=secret", "nats://h?•••"},
    {"nats://me:secret@a,nats://me:secret@b", "nats://me:•••@a,nats://me:•••@b"},
    {"nats://me:sec,ret@h", "nats://me:•••@h"},
    {"sec,ret@h", "•••@h"},
    {"sec,r,et@h", "•••@h"},
    {"sec,ret@h,nats://b:1", "•••@h,nats://b:1"},
    {"a:1,b:2", "a:1,b:2"},
    {"ftp://me:secret@h", "ftp://me:•••@h"},
    {"nats://[::1]:4222", "nats://[::1]:4222"},
    {"nats://me:secret@h\033[2J", "nats://me:•••@h␛[2J"},
    {"", ""},
};

START_TEST(masks_hide_all_that_may_be_secret)
{
    char *mask = nats_url_mask(masks[_i].text);

    ck_assert_str_eq(mask, masks[_i].mask);
    g_free(mask);
}
END_TEST

START_TEST(equal_means_same_server_login_and_encryption)
{
    static const struct {
        const char *a, *b;
        gboolean equal;
    } pairs[] = {
        {"h", "nats://H:4222/", TRUE}, {"nats://h", "tls://h", FALSE},
        {"h", "h:1", FALSE},           {"u:p@h", "u:q@h", FALSE},
        {"u@h", "u:@h", FALSE},        {"u%40:p@h", "nats://u@:p@h", TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        char *why = NULL;
        NatsUrl *a = nats_url_parse(pairs[i].a, &why), *b = nats_url_parse(pairs[i].b, &why);
        NatsUrl *copy = nats_url_copy(a);

        ck_assert_msg(nats_url_equal(a, b) == pairs[i].equal, "%s %s", pairs[i].a, pairs[i].b);
        ck_assert(nats_url_equal(a, copy));
        ck_assert_str_eq(a->shown, copy->shown);
        nats_url_free(a);
        nats_url_free(b);
        nats_url_free(copy);
    }
}
END_TEST

START_TEST(loopback_is_told_by_its_spelling)
{
    static const struct {
        const char *text;
        gboolean loopback;
    } hosts[] = {
        {"localhost", TRUE},    {"LOCALHOST.", TRUE},         {"127.0.0.1", TRUE},
        {"127.1", TRUE},        {"127.9.9.9", TRUE},          {"[::1]", TRUE},
        {"[0:0::1]", TRUE},     {"[::ffff:127.0.0.1]", TRUE}, {"127.example.com", FALSE},
        {"localhost.x", FALSE}, {"10.0.0.1", FALSE},          {"[::2]", FALSE},
        {"nats", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(hosts); i++) {
        char *why = NULL;
        NatsUrl *url = nats_url_parse(hosts[i].text, &why);

        ck_assert_msg(url != NULL, "%s: %s", hosts[i].text, why);
        ck_assert_msg(nats_url_is_loopback(url) == hosts[i].loopback, "%s", hosts[i].text);
        nats_url_free(url);
    }
}
END_TEST

START_TEST(a_list_stays_here_when_all_of_it_does)
{
    ck_assert(nats_url_stays_here("nats://127.0.0.1:4222"));
    ck_assert(nats_url_stays_here("localhost, nats://op:secret@[::1]:1,"));
    ck_assert(!nats_url_stays_here("nats://127.0.0.1:4222,nats://prod:4222"));
    ck_assert(!nats_url_stays_here("nats://op:127.0.0.1@prod"));
    ck_assert(!nats_url_stays_here(""));
    ck_assert(!nats_url_stays_here("ftp://localhost"));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("url");

    tcase_add_loop_test(tcase, what_can_be_meant_is_taken_and_the_change_is_told, 0,
                        G_N_ELEMENTS(good));
    tcase_add_loop_test(tcase, what_cannot_be_meant_is_refused_without_a_word_of_it, 0,
                        G_N_ELEMENTS(bad));
    tcase_add_test(tcase, login_is_decoded);
    tcase_add_test(tcase, a_very_long_url_is_refused);
    tcase_add_loop_test(tcase, masks_hide_all_that_may_be_secret, 0, G_N_ELEMENTS(masks));
    tcase_add_test(tcase, equal_means_same_server_login_and_encryption);
    tcase_add_test(tcase, loopback_is_told_by_its_spelling);
    tcase_add_test(tcase, a_list_stays_here_when_all_of_it_does);
    return suite_run("url", tcase, 20);
}
