/* How Heddle's client takes a URL: heddle/url_view. What nats-py really does with these is tried by
 * tests/interop/url_view.sh. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

#include "heddle/remedy.h"
#include "heddle/url_view.h"
#include "mesh/verdict.h"
#include "tests/support/server.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

#define OPEN   .has_info = TRUE
#define LOGIN  .has_info = TRUE, .auth_required = TRUE
#define SECURE .has_info = TRUE, .tls_required = TRUE

static const struct {
    const char *url;
    HeddleUrlFacts facts;
} alike[] = {
    {"nats://h:1", {0}},
    {"h", {0}},
    {"h:1", {0}},
    {"nats://h", {0}},
    {"nats://h:", {0}},
    {"nats://H:004222", {0}},
    {"  nats://h:1", {0}},
    {"nats://h:1\n", {0}},
    {"nats://h:1/", {0}},
    {"nats://h:1/ ", {0}},
    {"nats://h:1/a,b?x=1#f", {0}},
    {"nats://h:1?x=%20,", {0}},
    {"127.1:1", {0}},
    {"[::1]", {0}},
    {"nats://[::1]:1", {0}},
    {"nats://[fe80::1%eth0]:1", {0}},
    {"nats://[2001:db8::1]:1", {LOGIN}},
    {"nats://me:p@q@h:1", {LOGIN}},
    {"me:p@q@h:1", {LOGIN}},
    {"nats://token@h:1", {LOGIN, .login_beside = TRUE}},
    {"nats://h:1", {OPEN, .login_beside = TRUE, .tls_beside = TRUE}},
    {"nats://h:1", {LOGIN}}, /* refused to both */
    {"nats://me:p%40q@h:1", {OPEN}},
    {"nats://h:1", {SECURE}},
    {"tls://h:1", {SECURE}},
    {"tls://h:1", {0}}, /* not known yet */
    {"nats://h:1", {.refused = TRUE}},
};

START_TEST(what_heddle_takes_as_we_do_has_no_sentence)
{
    char *text = (char *)"untouched";
    State state = heddle_url_view(alike[_i].url, &alike[_i].facts, &text);

    ck_assert_msg(text == NULL, "%s: %s", alike[_i].url, text);
    ck_assert_int_eq(state, STATE_OK);
}
END_TEST

static const struct {
    const char *url;
    HeddleUrlFacts facts;
    State state;
    const char *part;
} otherwise[] = {
    {"NATS://h:1", {0}, STATE_FAIL, "scheme"},
    {"Tls://h", {0}, STATE_FAIL, "scheme"},
    {"http://me:secret@h:1", {0}, STATE_FAIL, "scheme"},
    {"WS://h:1", {0}, STATE_FAIL, "scheme"},
    {"ws://h:1", {0}, STATE_FAIL, "WebSocket"},
    {"wss://h:1", {0}, STATE_FAIL, "WebSocket"},
    {"nats://h:1 ", {0}, STATE_FAIL, "blank"},
    {"nats://h ", {0}, STATE_FAIL, "blank"},
    {" h:1", {0}, STATE_FAIL, "blank"},
    {"nats://a:1,nats://b:2", {0}, STATE_FAIL, "list"},
    {"nats://a:1,b:2", {0}, STATE_FAIL, "list"},
    {"a,b", {0}, STATE_FAIL, "list"},
    {"nats://me:secret@a:1,nats://me:secret@b:2", {0}, STATE_FAIL, "list"},
    {"me:secret@a:1,me:secret@b:2", {0}, STATE_FAIL, "list"},
    {"nats://me:sec[ret@h:1", {0}, STATE_FAIL, "[ or ]"},
    {"nats://", {0}, STATE_FAIL, "host"},
    {"nats://:1", {0}, STATE_FAIL, "host"},
    {":1", {0}, STATE_FAIL, "host"},
    {"", {0}, STATE_FAIL, "host"},
    {"nats://None:1", {0}, STATE_FAIL, "none"},
    {"nats://h:65536", {0}, STATE_FAIL, "port"},
    {"nats://h:0", {0}, STATE_FAIL, "port"},
    {"nats://[127.0.0.1]:1", {0}, STATE_FAIL, "IPv6"},
    {"nats://[fe80::1%25eth0]:1", {0}, STATE_FAIL, "zone"},
    {"nats://me:p%40q@h:1", {0}, STATE_FAIL, "decode %"},
    {"nats://me:p%40q@h:1", {LOGIN}, STATE_FAIL, "decode %"},
    {"nats://to%6ben@h:1", {LOGIN}, STATE_FAIL, "decode %"},
    {"nats://h:1", {.silent = "[::1]:1"}, STATE_FAIL, "never tries the next"},
    {"nats://[::1]:1", {.refused = TRUE}, STATE_FAIL, "120 s"},
    {"nats://h:1", {LOGIN, .login_beside = TRUE}, STATE_FAIL, "only the URL"},
    {"nats://@h:1", {LOGIN, .login_beside = TRUE}, STATE_FAIL, "only the URL"},
    {"nats://h:1", {SECURE, .tls_beside = TRUE}, STATE_WARN, "TLS settings"},
    {"tls://h:1", {SECURE, .tls_first = TRUE}, STATE_WARN, "INFO"},
    {"tls://h:1", {OPEN}, STATE_WARN, "in clear"},
    {"tls://me:secret@h:1", {LOGIN}, STATE_WARN, "password included"},
};

START_TEST(what_heddle_takes_otherwise_is_told_without_the_url)
{
    g_autofree char *text = NULL;
    State state = heddle_url_view(otherwise[_i].url, &otherwise[_i].facts, &text);

    ck_assert_msg(text != NULL, "%s: nothing told", otherwise[_i].url);
    ck_assert_msg(strstr(text, otherwise[_i].part) != NULL, "%s: %s", otherwise[_i].url, text);
    ck_assert_int_eq(state, otherwise[_i].state);
    ck_assert_ptr_null(strstr(text, "secret"));
    ck_assert_uint_le(strlen(text), 100);
}
END_TEST

/* --- the URL rung --- */

static Ladder *ladder_of(const char *url)
{
    Story *story = story_up(url);
    Rung *climbed = &story->model->probe->ladder->rungs[RUNG_URL];
    Ladder *ladder;

    ck_assert_ptr_null(climbed->text);
    climbed->text = g_strdup("as we take it");
    ladder = verdict_ladder(story->model);
    story_free(story);
    return ladder;
}

START_TEST(the_url_rung_warns_and_keeps_what_it_said)
{
    Ladder *ladder = ladder_of("NATS://me:secret@127.0.0.1:4222");
    const Rung *rung = &ladder->rungs[RUNG_URL];

    ck_assert_int_eq(rung->state, STATE_WARN);
    ck_assert_str_eq(cause_word(rung->cause), "heddle_url");
    ck_assert_ptr_nonnull(remedy_find(cause_word(rung->cause)));
    ck_assert_ptr_nonnull(strstr(rung->text, "scheme"));
    ck_assert_uint_eq(rung->evidence->len, 2);
    ck_assert_str_eq(g_ptr_array_index(rung->evidence, 0), "as we take it");
    ck_assert_str_eq(g_ptr_array_index(rung->evidence, 1), rung->text);
    ck_assert_ptr_null(strstr(rung->text, "secret"));
    ck_assert_msg(ladder_connects(ladder), "the session is there all the same");
    ladder_free(ladder);
}
END_TEST

START_TEST(the_url_rung_holds_where_heddle_takes_it_too)
{
    Ladder *ladder = ladder_of("nats://127.0.0.1:4222");
    const Rung *rung = &ladder->rungs[RUNG_URL];

    ck_assert_int_eq(rung->state, STATE_OK);
    ck_assert_int_eq(rung->cause, CAUSE_NONE);
    ck_assert_ptr_null(rung->evidence);
    ladder_free(ladder);
}
END_TEST

START_TEST(the_url_rung_knows_the_server_and_what_is_beside_the_url)
{
    static const struct {
        const char *url;
        AccessField beside;
        const char *part;
    } cases[] = {
        {"nats://127.0.0.1:4222", ACCESS_CREDS, "only the URL"},
        {"nats://127.0.0.1:4222", ACCESS_TOKEN, "only the URL"},
        {"nats://me:secret@127.0.0.1:4222", ACCESS_CREDS, NULL},
        {"nats://127.0.0.1:4222", ACCESS_INBOX_PREFIX, NULL},
        {"tls://127.0.0.1:4222", ACCESS_INBOX_PREFIX, "in clear"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Story *story = story_up(cases[i].url);
        Ladder *ladder;

        access_set(story->model->settings.access, cases[i].beside, "x", ORIGIN_FLAG);
        story->model->probe->ladder->info.auth_required = TRUE;
        ladder = verdict_ladder(story->model);
        if (cases[i].part == NULL)
            ck_assert_int_eq(ladder->rungs[RUNG_URL].state, STATE_OK);
        else
            ck_assert_ptr_nonnull(strstr(ladder->rungs[RUNG_URL].text, cases[i].part));
        ladder_free(ladder);
        story_free(story);
    }
}
END_TEST

/* --- a name with two addresses --- */

typedef int Lookup(const char *host, const char *port, const struct addrinfo *hints,
                   struct addrinfo **found);

/* Stands in front of libc's: "two.test" is 127.0.0.2, then 127.0.0.1. */
int getaddrinfo(const char *restrict host, const char *restrict port,
                const struct addrinfo *restrict hints, struct addrinfo **restrict found)
{
    Lookup *real = (Lookup *)dlsym(RTLD_NEXT, "getaddrinfo");
    int error;

    if (strcmp(host, "two.test") != 0 || (hints->ai_flags & AI_NUMERICHOST))
        return real(host, port, hints, found);
    error = real("127.0.0.2", port, hints, found);
    return error != 0 ? error : real("127.0.0.1", port, hints, &(*found)->ai_next);
}

enum { FILLERS = 4 };

/* A port that swallows what it gets, since its backlog is full. fds[0] listens. */
static void swallow(unsigned port, int fds[1 + FILLERS])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((guint16)port)};

    inet_pton(AF_INET, "127.0.0.2", &address.sin_addr);
    fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fds[0], (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fds[0], 0), 0);
    for (int i = 1; i <= FILLERS; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        connect(fds[i], (struct sockaddr *)&address, sizeof address);
    }
    g_usleep(100 * 1000);
}

static Ladder *climb_two(const TestServer *server)
{
    g_autofree char *url = g_strdup_printf("nats://two.test:%u", server->port);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = url, .timeout_ms = 10000});

    ck_assert_msg(ladder_connects(ladder), "%s", cause_word(ladder_cause(ladder)));
    return ladder;
}

START_TEST(an_address_that_swallows_is_kept_and_one_that_refuses_is_not)
{
    TestServer *server = server_start(NULL);
    g_autofree char *address = g_strdup_printf("127.0.0.2:%u", server->port);
    int fds[1 + FILLERS];
    Ladder *ladder = climb_two(server), *copy;

    ck_assert_ptr_null(ladder->silent);
    ladder_free(ladder);
    swallow(server->port, fds);
    ladder = climb_two(server);
    copy = ladder_copy(ladder);
    ladder_free(ladder);
    ck_assert_pstr_eq(copy->silent, address);
    ladder_free(copy);
    for (gsize i = 0; i < G_N_ELEMENTS(fds); i++)
        close(fds[i]);
    server_free(server);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("url_view");

    tcase_add_loop_test(tcase, what_heddle_takes_as_we_do_has_no_sentence, 0, G_N_ELEMENTS(alike));
    tcase_add_loop_test(tcase, what_heddle_takes_otherwise_is_told_without_the_url, 0,
                        G_N_ELEMENTS(otherwise));
    tcase_add_test(tcase, the_url_rung_warns_and_keeps_what_it_said);
    tcase_add_test(tcase, the_url_rung_holds_where_heddle_takes_it_too);
    tcase_add_test(tcase, the_url_rung_knows_the_server_and_what_is_beside_the_url);
    tcase_add_test(tcase, an_address_that_swallows_is_kept_and_one_that_refuses_is_not);
    return suite_run("url_view", tcase, 20);
}
