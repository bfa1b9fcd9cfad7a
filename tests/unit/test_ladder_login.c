/* Logging in by what is beside the URL, against real nats-servers: nats/ladder_login, nats/login,
 * nats/wire. */
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "nats/wire.h"
#include "tests/support/jwt.h"
#include "tests/support/ladder_check.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

enum { TIMEOUT_MS = 5000, DAY_S = 86400, KEY = 7 };

/* A file in the server's folder. Caller frees the path. */
static char *write_file(const TestServer *server, const char *text, mode_t mode)
{
    char *path = g_build_filename(server->folder, "login", NULL);

    ck_assert(g_file_set_contents(path, text, -1, NULL));
    ck_assert_int_eq(chmod(path, mode), 0);
    return path;
}

static Ladder *climb(const char *url, Access *access)
{
    return ladder_climb(&(LadderHow){.url = url, .access = access, .timeout_ms = TIMEOUT_MS});
}

/* Climb with one field set; the access is gone after it. */
static Ladder *climb_by(const TestServer *server, AccessField field, const char *value)
{
    Access *access = access_new();
    Ladder *ladder;

    access_set(access, field, value, ORIGIN_FLAG);
    ladder = climb(server->url, access);
    access_unref(access);
    return ladder;
}

static gboolean shows(const Ladder *ladder, const char *part)
{
    const GPtrArray *lines = ladder->rungs[RUNG_LOGIN].evidence;

    for (guint i = 0; lines != NULL && i < lines->len; i++)
        if (strstr(lines->pdata[i], part) != NULL)
            return TRUE;
    return FALSE;
}

/* --- the link's own connect --- */

typedef struct Heard {
    int released, answered;
} Heard;

static void on_text(void *data, Cause cause, const char *text)
{
    (void)data, (void)cause, (void)text;
}

static void on_release(void *data)
{
    __atomic_store_n(&((Heard *)data)->released, 1, __ATOMIC_RELEASE);
}

static void on_no_responders(void *data, const char *id)
{
    if (strcmp(id, "id1") == 0)
        __atomic_store_n(&((Heard *)data)->answered, 1, __ATOMIC_RELEASE);
}

static gboolean becomes_true(const int *flag)
{
    for (int i = 0; i < TIMEOUT_MS && !__atomic_load_n(flag, __ATOMIC_ACQUIRE); i++)
        g_usleep(1000);
    return __atomic_load_n(flag, __ATOMIC_ACQUIRE) != 0;
}

/* The link connects, and is answered in its inbox. */
static void ck_link_takes(const TestServer *server, const Access *access)
{
    g_autofree char *address = g_strdup_printf("127.0.0.1:%u", server->port);
    g_autofree char *why = NULL;
    Heard heard = {0};
    WireHooks hooks = {.error = on_text,
                       .lost = on_text,
                       .no_responders = on_no_responders,
                       .release = on_release,
                       .data = &heard};
    NatsUrl *url = nats_url_parse(server->url, &why);
    Cause cause = CAUSE_NONE;
    WireHow how = {url, access, address, FALSE, TIMEOUT_MS};
    Wire *wire = wire_connect(&how, &hooks, &cause, &why);

    ck_assert_msg(wire != NULL, "%s: %s", cause_word(cause), why);
    ck_assert(wire_round_trip(wire, TIMEOUT_MS) >= 0);
    ck_assert(wire_request(wire, "id1", "nobody.listens", "x"));
    ck_assert(becomes_true(&heard.answered));
    wire_close(wire);
    ck_assert(becomes_true(&heard.released));
    nats_url_free(url);
}

/* --- users, passwords, tokens --- */

START_TEST(a_user_beside_the_url_logs_in_and_the_url_is_stronger)
{
    const char *const args[] = {"--user", "me", "--pass", "s3cret", NULL};
    TestServer *server = server_start(args);
    Access *access = access_new();
    g_autofree char *wrong = g_strdup_printf("nats://me:wrong@127.0.0.1:%u", server->port);
    Ladder *right, *url;

    access_set(access, ACCESS_USER, "me", ORIGIN_FLAG);
    access_set(access, ACCESS_PASSWORD, "s3cret", ORIGIN_ENVIRONMENT);
    access_set(access, ACCESS_CREDS, "/no/such", ORIGIN_FLAG);  /* as strong, but after it */
    access_set(access, ACCESS_TOKEN, "weaker", ORIGIN_CONTEXT); /* a server minds it */
    right = climb(server->url, access);
    url = climb(wrong, access);
    ck_holds(right);
    ck_assert_str_eq(right->rungs[RUNG_LOGIN].text, "by user and password");
    ck_assert(shows(right, "login: user me (flag)"));
    ck_assert(shows(right, "passed over: creds /no/such (flag)"));
    ck_broken(url, RUNG_LOGIN, CAUSE_AUTH_FAILED, "login refused: Authorization Violation");
    ck_assert(shows(url, "passed over, the URL has a login: user me (flag)"));
    ck_assert(!shows(right, "s3cret") && !shows(url, "s3cret") && !shows(url, "wrong"));
    ck_link_takes(server, access);
    access_unref(access);
    ladder_free(right);
    ladder_free(url);
    server_free(server);
}
END_TEST

START_TEST(a_token_beside_the_url_logs_in)
{
    const char *const args[] = {"--auth", "tok-s3cret", NULL};
    TestServer *server = server_start(args);
    Access *access = access_new();
    Ladder *right, *wrong = climb_by(server, ACCESS_TOKEN, "kot");

    access_set(access, ACCESS_TOKEN, "tok-s3cret", ORIGIN_ENVIRONMENT);
    right = climb(server->url, access);
    ck_holds(right);
    ck_assert_str_eq(right->rungs[RUNG_LOGIN].text, "by token");
    ck_assert(shows(right, "login: token (environment)"));
    ck_assert(!shows(right, "s3cret"));
    ck_broken(wrong, RUNG_LOGIN, CAUSE_AUTH_FAILED, "login refused: Authorization Violation");
    ck_link_takes(server, access);
    access_unref(access);
    ladder_free(right);
    ladder_free(wrong);
    server_free(server);
}
END_TEST

/* The strongest origin wins; of one origin the user. */
START_TEST(of_several_logins_the_strongest_is_used_and_the_others_told)
{
    const char *const args[] = {"--auth", "tok", NULL};
    TestServer *server = server_start(args);
    Access *access = access_new();
    Ladder *ladder;

    access_set(access, ACCESS_USER, "me", ORIGIN_CONTEXT);
    access_set(access, ACCESS_PASSWORD, "pw", ORIGIN_CONTEXT);
    access_set(access, ACCESS_CREDS, "/no/such", ORIGIN_CONTEXT);
    access_set(access, ACCESS_TOKEN, "tok", ORIGIN_ENVIRONMENT);
    access->context = g_strdup("prod");
    access_note(access, g_strdup("a note"));
    ladder = climb(server->url, access);
    ck_holds(ladder);
    ck_assert(shows(ladder, "login: token (environment)"));
    ck_assert(shows(ladder, "passed over: user me (context prod)"));
    ck_assert(shows(ladder, "passed over: creds /no/such (context prod)"));
    ck_assert(shows(ladder, "a note"));
    access_unref(access);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

/* --- NKeys --- */

START_TEST(an_nkey_logs_in)
{
    g_autofree char *key = jwt_public('U', KEY), *seed = jwt_seed('U', KEY);
    g_autofree char *other = jwt_seed('U', KEY + 1);
    g_autofree char *conf = g_strdup_printf("authorization { users: [{ nkey: %s }] }", key);
    g_autofree char *text = g_strdup_printf("by NKey %.8s…", key);
    TestServer *server = server_start_conf(conf);
    g_autofree char *path = write_file(server, seed, 0600);
    Access *access = access_new();
    Ladder *right, *wrong;

    access_set(access, ACCESS_NKEY, path, ORIGIN_FLAG);
    right = climb(server->url, access);
    ck_holds(right);
    ck_assert_str_eq(right->rungs[RUNG_LOGIN].text, text);
    ck_assert(shows(right, key) && shows(right, path));
    ck_assert(!shows(right, seed));
    ck_link_takes(server, access);
    g_free(write_file(server, other, 0600)); /* read anew: a rotated key is taken up */
    wrong = climb(server->url, access);
    ck_broken(wrong, RUNG_LOGIN, CAUSE_AUTH_FAILED, "login refused: Authorization Violation");
    access_unref(access);
    ladder_free(right);
    ladder_free(wrong);
    server_free(server);
}
END_TEST

START_TEST(an_open_file_warns)
{
    g_autofree char *key = jwt_public('U', KEY), *seed = jwt_seed('U', KEY);
    g_autofree char *conf = g_strdup_printf("authorization { users: [{ nkey: %s }] }", key);
    TestServer *server = server_start_conf(conf);
    g_autofree char *path = write_file(server, seed, 0644);
    Ladder *ladder = climb_by(server, ACCESS_NKEY, path);

    ck_holds(ladder);
    ck_assert_int_eq(ladder->rungs[RUNG_LOGIN].state, STATE_WARN);
    ck_assert_int_eq(ladder->rungs[RUNG_LOGIN].cause, CAUSE_CREDS_OPEN);
    ck_assert(g_str_has_suffix(ladder->rungs[RUNG_LOGIN].text, "that everyone here can read"));
    ck_assert(shows(ladder, "chmod 600"));
    ladder_free(ladder);
    server_free(server);
}
END_TEST

START_TEST(an_nkey_is_not_sent_where_none_is_taken)
{
    TestServer *server = server_start(NULL);
    g_autofree char *seed = jwt_seed('U', KEY);
    g_autofree char *path = write_file(server, seed, 0600);
    Ladder *ladder = climb_by(server, ACCESS_NKEY, path);

    ck_broken(ladder, RUNG_LOGIN, CAUSE_AUTH_FAILED, "login not sent: this server takes no NKeys");
    ladder_free(ladder);
    server_free(server);
}
END_TEST

/* --- credentials --- */

static TestServer *operated_server(void)
{
    g_autofree char *conf = jwt_server_conf();

    return server_start_conf(conf);
}

START_TEST(credentials_log_in_and_tell_until_when)
{
    TestServer *server = operated_server();
    const JwtUser user = {.name = "ops",
                          .expires_s = clock_wall() / G_USEC_PER_SEC + 12 * DAY_S + DAY_S / 2,
                          .key = KEY};
    g_autofree char *text = jwt_creds(&user), *seed = jwt_seed('U', KEY);
    g_autofree char *jwt = jwt_of_user(&user), *key = jwt_public('U', KEY);
    g_autofree char *path = write_file(server, text, 0600);
    Access *access = access_new();
    Ladder *ladder;

    access_set(access, ACCESS_CREDS, path, ORIGIN_CONTEXT);
    ladder = climb(server->url, access);
    ck_holds(ladder);
    ck_assert(g_str_has_prefix(ladder->rungs[RUNG_LOGIN].text, "by credentials of ops, for 12 d"));
    ck_assert(shows(ladder, key) && shows(ladder, path) && shows(ladder, "expires on 20"));
    ck_assert(!shows(ladder, seed) && !shows(ladder, jwt));
    ck_link_takes(server, access);
    access_unref(access);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

START_TEST(a_bearer_logs_in_without_a_signature)
{
    TestServer *server = operated_server();
    g_autofree char *text = jwt_creds(&(JwtUser){.name = "ops", .bearer = TRUE, .key = KEY});
    g_autofree char *path = write_file(server, text, 0600);
    Access *access = access_new();
    Ladder *ladder;

    access_set(access, ACCESS_CREDS, path, ORIGIN_FLAG);
    ladder = climb(server->url, access);
    ck_holds(ladder);
    ck_assert_str_eq(ladder->rungs[RUNG_LOGIN].text, "by credentials of ops");
    ck_link_takes(server, access);
    access_unref(access);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

static const struct {
    JwtUser user;
    const char *why;
} untimely[] = {
    {{.name = "ops", .expires_s = 1700000060, .key = KEY},
     "login not sent: the JWT expired on 2023-11-14 22:14 UTC"},
    {{.name = "ops", .not_before_s = 4102444800, .key = KEY},
     "login not sent: the JWT is not good before 2100-01-01 00:00 UTC"},
};

START_TEST(credentials_out_of_their_time_are_not_sent)
{
    TestServer *server = operated_server();
    g_autofree char *text = jwt_creds(&untimely[_i].user);
    g_autofree char *path = write_file(server, text, 0600);
    Ladder *ladder = climb_by(server, ACCESS_CREDS, path);

    ck_broken(ladder, RUNG_LOGIN, CAUSE_AUTH_EXPIRED, untimely[_i].why);
    ck_assert(shows(ladder, path));
    ladder_free(ladder);
    server_free(server);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_told_before_the_server_is_asked)
{
    TestServer *server = operated_server();
    g_autofree char *path = g_build_filename(server->folder, "none", NULL);
    g_autofree char *why = g_strdup_printf("login not sent: %s: No such file or directory", path);
    Ladder *ladder = climb_by(server, ACCESS_CREDS, path);

    ck_broken(ladder, RUNG_LOGIN, CAUSE_CREDS_FILE, why);
    ladder_free(ladder);
    server_free(server);
}
END_TEST

/* --- inboxes --- */

START_TEST(the_inbox_prefix_is_the_one_given)
{
    TestServer *server =
        server_start_conf("authorization { users: [{ user: u, password: p, permissions: "
                          "{ subscribe: [\"mine.in.>\"], publish: [\">\"] } }] }");
    Access *access = access_new();

    access_set(access, ACCESS_USER, "u", ORIGIN_FLAG);
    access_set(access, ACCESS_PASSWORD, "p", ORIGIN_FLAG);
    access_set(access, ACCESS_INBOX_PREFIX, "mine.in", ORIGIN_FLAG);
    ck_link_takes(server, access);
    access_unref(access);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("ladder_login");

    tcase_add_test(tcase, a_user_beside_the_url_logs_in_and_the_url_is_stronger);
    tcase_add_test(tcase, a_token_beside_the_url_logs_in);
    tcase_add_test(tcase, of_several_logins_the_strongest_is_used_and_the_others_told);
    tcase_add_test(tcase, an_nkey_logs_in);
    tcase_add_test(tcase, an_open_file_warns);
    tcase_add_test(tcase, an_nkey_is_not_sent_where_none_is_taken);
    tcase_add_test(tcase, credentials_log_in_and_tell_until_when);
    tcase_add_test(tcase, a_bearer_logs_in_without_a_signature);
    tcase_add_loop_test(tcase, credentials_out_of_their_time_are_not_sent, 0,
                        G_N_ELEMENTS(untimely));
    tcase_add_test(tcase, a_file_that_is_not_there_is_told_before_the_server_is_asked);
    tcase_add_test(tcase, the_inbox_prefix_is_the_one_given);
    return suite_run("ladder_login", tcase, 30);
}
