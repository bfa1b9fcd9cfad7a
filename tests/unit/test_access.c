/* Who wins: flags, environment, context; and the prompt for a password: src/options_access,
 * nats/access, base/secret. */
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/secret.h"
#include "options_access.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

enum { MAX_SETTINGS = 4 };

static char *folder; /* $XDG_CONFIG_HOME while a test runs */
static const char *profile_context;

typedef struct Case {
    const char *flags;                   /* words apart by blanks; %s is the folder */
    const char *variables[MAX_SETTINGS]; /* "NATS_USER=x" */
    const char *context;                 /* JSON of the selected context; NULL: none */
    AccessField field;
    const char *value; /* NULL: not set */
    Origin origin;
} Case;

static const Case cases[] = {
    {"--user a --password-file %s/pw", {0}, NULL, ACCESS_USER, "a", ORIGIN_FLAG},
    {"--user a --password-file %s/pw", {0}, NULL, ACCESS_PASSWORD, "pass word", ORIGIN_FLAG},
    {"--user a", {"NATS_PASSWORD=e"}, NULL, ACCESS_PASSWORD, "e", ORIGIN_ENVIRONMENT},
    {"--user a", {"NATS_PASSWORD=e", "NATS_USER=b"}, NULL, ACCESS_USER, "a", ORIGIN_FLAG},
    {"", {"NATS_USER=b", "NATS_PASSWORD=e"}, NULL, ACCESS_USER, "b", ORIGIN_ENVIRONMENT},
    {"", {"NATS_USER=b"}, NULL, ACCESS_TOKEN, "b", ORIGIN_ENVIRONMENT},
    {"", {"NATS_USER=b"}, NULL, ACCESS_USER, NULL, 0},
    {"", {"NATS_TOKEN=t"}, NULL, ACCESS_TOKEN, "t", ORIGIN_ENVIRONMENT},
    {"", {"NATS_CREDS=/c"}, NULL, ACCESS_CREDS, "/c", ORIGIN_ENVIRONMENT},
    {"", {"NATS_CREDS="}, NULL, ACCESS_CREDS, NULL, 0},
    {"", {"NATS_NKEY=/n"}, NULL, ACCESS_NKEY, "/n", ORIGIN_ENVIRONMENT},
    {"", {"NATS_CERT=/c"}, NULL, ACCESS_TLS_CERT, "/c", ORIGIN_ENVIRONMENT},
    {"", {"NATS_KEY=/k"}, NULL, ACCESS_TLS_KEY, "/k", ORIGIN_ENVIRONMENT},
    {"", {"NATS_CA=/a"}, NULL, ACCESS_TLS_CA, "/a", ORIGIN_ENVIRONMENT},
    {"", {0}, "{\"creds\": \"/x\"}", ACCESS_CREDS, "/x", ORIGIN_CONTEXT},
    {"", {"NATS_CREDS=/c"}, "{\"creds\": \"/x\"}", ACCESS_CREDS, "/c", ORIGIN_ENVIRONMENT},
    {"--creds /f", {"NATS_CREDS=/c"}, "{\"creds\": \"/x\"}", ACCESS_CREDS, "/f", ORIGIN_FLAG},
    {"--no-context", {0}, "{\"creds\": \"/x\"}", ACCESS_CREDS, NULL, 0},
    {"--context other", {0}, "{\"creds\": \"/x\"}", ACCESS_CREDS, "/o", ORIGIN_CONTEXT},
    {"", {"NATS_CONTEXT=other"}, "{\"creds\": \"/x\"}", ACCESS_CREDS, "/o", ORIGIN_CONTEXT},
    {"--nkey /n", {0}, NULL, ACCESS_NKEY, "/n", ORIGIN_FLAG},
    {"--tlscert /c", {0}, NULL, ACCESS_TLS_CERT, "/c", ORIGIN_FLAG},
    {"--tlskey /k", {0}, NULL, ACCESS_TLS_KEY, "/k", ORIGIN_FLAG},
    {"--tlsca /a", {0}, NULL, ACCESS_TLS_CA, "/a", ORIGIN_FLAG},
    {"--tlsname n", {0}, NULL, ACCESS_TLS_NAME, "n", ORIGIN_FLAG},
    {"--tlsfirst", {0}, NULL, ACCESS_TLS_FIRST, "true", ORIGIN_FLAG},
    {"--inbox-prefix a.b", {0}, NULL, ACCESS_INBOX_PREFIX, "a.b", ORIGIN_FLAG},
    /* A user and a password of two people are never put together. */
    {"--user a",
     {"NATS_PASSWORD=e"},
     "{\"user\":\"u\",\"password\":\"p\"}",
     ACCESS_PASSWORD,
     "e",
     ORIGIN_ENVIRONMENT},
    {"--password-file %s/pw",
     {0},
     "{\"user\":\"u\",\"password\":\"p\"}",
     ACCESS_PASSWORD,
     "pass word",
     ORIGIN_FLAG},
    {"--password-file %s/pw",
     {0},
     "{\"user\":\"u\",\"password\":\"p\"}",
     ACCESS_USER,
     "u",
     ORIGIN_CONTEXT},
};

static const struct {
    const char *flags;
    const char *variables[MAX_SETTINGS];
    const char *context;
    const char *why; /* part of the sentence */
} faults[] = {
    {"--user a", {0}, NULL, "--user needs a password: --ask-password"},
    {"--user a", {0}, "{\"user\":\"u\",\"password\":\"p\"}", "--user needs a password"},
    {"--password-file %s/pw", {0}, NULL, "a password needs a user"},
    {"--user a --password-file %s/none", {0}, NULL, "/none: No such file"},
    {"--user a --password-file %s/empty", {0}, NULL, "/empty: its first line is no password"},
    {"--user a --password-file %s/pw --ask-password", {0}, NULL, "two ways to one password"},
    {"--context a/b", {0}, NULL, "--context: “a/b”: a context's name has no slash"},
    {"--context none", {0}, NULL, "/context/none.json: No such file"},
    {"--context other --no-context", {0}, NULL, "exclude each other"},
    {"", {"NATS_CONTEXT=none"}, NULL, "$NATS_CONTEXT: "},
    {"", {0}, "{", "sel.json: is no JSON, line 1 (go on without: --no-context)"},
    {"--inbox-prefix a..b", {0}, NULL, "inbox prefix (flag): 'a..b' is no subject"},
    {"--inbox-prefix a.>", {0}, NULL, "'a.>' is no subject"},
    {"", {0}, "{\"inbox_prefix\": \"a b\"}", "inbox prefix (context): 'a b' is no subject"},
};

static void put(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    ck_assert_int_eq(g_mkdir_with_parents(parent, 0700), 0);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
}

static void set_up(void)
{
    static const char *const variables[] = {"USER", "PASSWORD", "TOKEN", "CREDS",  "NKEY",
                                            "CERT", "KEY",      "CA",    "CONTEXT"};

    for (gsize i = 0; i < G_N_ELEMENTS(variables); i++) {
        g_autofree char *name = g_strconcat("NATS_", variables[i], NULL);

        g_unsetenv(name);
    }
    folder = folder_new();
    profile_context = NULL;
    g_setenv("XDG_CONFIG_HOME", folder, TRUE);
    put("pw", "pass word\r\nnot this\n");
    put("empty", "\n");
    put("nats/context/other.json", "{\"creds\": \"/o\", \"url\": \"nats://o:1\"}");
}

static void tear_down(void)
{
    folder_remove(folder);
    g_free(folder);
}

/* Read a command line in a surrounding. */
static gboolean take(const char *flags, const char *const *variables, const char *context,
                     Access *access, char **url, char **why)
{
    g_autofree char *line = g_strdup_printf("x %s", flags);
    g_auto(GStrv) halves = g_strsplit(line, "%s", -1);
    g_autofree char *filled = g_strjoinv(folder, halves);
    g_auto(GStrv) argv = g_strsplit(g_strstrip(filled), " ", -1);
    g_autoptr(GOptionContext) options = g_option_context_new(NULL);
    AccessWords words = {0};
    gboolean ok;

    for (int i = 0; i < MAX_SETTINGS && variables[i] != NULL; i++) {
        g_auto(GStrv) pair = g_strsplit(variables[i], "=", 2);

        g_setenv(pair[0], pair[1], TRUE);
    }
    if (context != NULL) {
        put("nats/context.txt", "sel");
        put("nats/context/sel.json", context);
    }
    access_words_offer(&words, options);
    ck_assert(g_option_context_parse_strv(options, &argv, NULL));
    words.profile_context = profile_context;
    ok = access_words_take(&words, access, url, why);
    access_words_clear(&words);
    return ok;
}

START_TEST(the_stronger_origin_wins)
{
    const Case *is = &cases[_i];
    Access *access = access_new();
    g_autofree char *why = NULL;
    char *url = NULL;

    ck_assert_msg(take(is->flags, is->variables, is->context, access, &url, &why), "%s", why);
    ck_assert_pstr_eq(access_get(access, is->field), is->value);
    if (is->value != NULL)
        ck_assert_int_eq(access->origins[is->field], is->origin);
    secret_free(url);
    access_unref(access);
}
END_TEST

START_TEST(what_does_not_go_together_is_refused)
{
    Access *access = access_new();
    g_autofree char *why = NULL;
    char *url = NULL;

    ck_assert(
        !take(faults[_i].flags, faults[_i].variables, faults[_i].context, access, &url, &why));
    ck_assert_msg(strstr(why, faults[_i].why) != NULL, "%s", why);
    secret_free(url);
    access_unref(access);
}
END_TEST

START_TEST(the_url_comes_from_the_context)
{
    static const char *const none[MAX_SETTINGS] = {NULL};
    Access *access = access_new();
    g_autofree char *why = NULL;
    char *url = NULL;

    ck_assert(take("--context other", none, NULL, access, &url, &why));
    ck_assert_pstr_eq(url, "nats://o:1");
    ck_assert_str_eq(access->context, "other");
    secret_free(url);
    access_unref(access);
}
END_TEST

static const struct {
    const char *flags, *variable, *value;
} contexts[] = {
    {"", NULL, "/p"},
    {"--context other", NULL, "/o"},
    {"", "NATS_CONTEXT=other", "/o"},
    {"--no-context", NULL, NULL},
    {"--creds /f", NULL, "/f"},
};

/* Stronger than the selected context, weaker than one that is named here and now. */
START_TEST(a_profile_may_name_the_context)
{
    const char *variables[MAX_SETTINGS] = {contexts[_i].variable};
    Access *access = access_new();
    g_autofree char *why = NULL;
    char *url = NULL;

    put("nats/context/prod.json", "{\"creds\": \"/p\"}");
    profile_context = "prod";
    ck_assert_msg(take(contexts[_i].flags, variables, "{\"creds\": \"/sel\"}", access, &url, &why),
                  "%s", why);
    ck_assert_pstr_eq(access_get(access, ACCESS_CREDS), contexts[_i].value);
    secret_free(url);
    access_unref(access);
}
END_TEST

START_TEST(a_profiles_context_that_is_missing_is_named_as_its_own)
{
    static const char *const none[MAX_SETTINGS] = {NULL};
    Access *access = access_new();
    g_autofree char *why = NULL;
    char *url = NULL;

    profile_context = "gone";
    ck_assert(!take("", none, NULL, access, &url, &why));
    ck_assert_msg(g_str_has_prefix(why, "the profile's context: "), "%s", why);
    access_unref(access);
}
END_TEST

START_TEST(secrets_are_known_as_such)
{
    for (AccessField field = 0; field < ACCESS_FIELDS; field++)
        ck_assert_int_eq(access_is_secret(field),
                         field == ACCESS_PASSWORD || field == ACCESS_TOKEN);
}
END_TEST

/* --- the prompt --- */

/* Ask in a child with a terminal of its own; its status tells what it got. */
static pid_t start_asking(int *terminal, const char *expected)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    pid_t child = forkpty(terminal, NULL, NULL, &size);

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        g_autofree char *why = NULL;
        char *got;

        signal(SIGTERM, SIG_DFL); /* Check's own handler would end the test */
        got = secret_ask("Password: ", &why);
        _exit(g_strcmp0(got, expected) == 0 ? 0 : 1);
    }
    return child;
}

/* What the terminal shows until `end` is among it, or until it closes. */
static char *read_until(int terminal, const char *end)
{
    GString *shown = g_string_new(NULL);
    char byte;

    while (strstr(shown->str, end) == NULL && read(terminal, &byte, 1) == 1)
        g_string_append_c(shown, byte);
    return g_string_free(shown, FALSE);
}

static const struct {
    const char *typed;
    const char *answer; /* NULL: none */
} prompts[] = {
    {"s3cret\r", "s3cret"},
    {"s3x\x7f"
     "cret\n",
     "s3cret"},
    {"nope\x15s3cret\n", "s3cret"},
    {"é\x7fs3cret\n", "s3cret"},
    {"s3cret\x03", NULL},
    {"\x04", NULL},
};

START_TEST(an_answer_is_not_shown)
{
    int terminal, status;
    pid_t child = start_asking(&terminal, prompts[_i].answer);
    g_autofree char *before = read_until(terminal, "Password: ");
    struct termios state;
    g_autofree char *after = NULL;

    ck_assert_str_eq(before, "Password: ");
    ck_assert_int_eq(tcgetattr(terminal, &state), 0);
    ck_assert_int_eq(state.c_lflag & ECHO, 0);
    ck_assert_int_gt(write(terminal, prompts[_i].typed, strlen(prompts[_i].typed)), 0);
    after = read_until(terminal, "\n");
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_str_eq(after, "\r\n");
    close(terminal);
}
END_TEST

START_TEST(a_signal_finds_the_terminal_as_it_was)
{
    int terminal, status;
    pid_t child = start_asking(&terminal, NULL);
    g_autofree char *before = read_until(terminal, "Password: ");
    g_autofree char *after = NULL;
    struct termios state;

    ck_assert_str_eq(before, "Password: ");
    kill(child, SIGTERM);
    after = read_until(terminal, "\n");
    ck_assert_int_eq(tcgetattr(terminal, &state), 0);
    ck_assert_int_ne(state.c_lflag & ECHO, 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    close(terminal);
}
END_TEST

START_TEST(without_a_terminal_nothing_is_asked)
{
    g_autofree char *why = NULL;

    setsid(); /* the test is a child of its own */
    ck_assert_ptr_null(secret_ask("Password: ", &why));
    ck_assert_str_eq(why, "there is no terminal to ask on");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("access");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, the_stronger_origin_wins, 0, G_N_ELEMENTS(cases));
    tcase_add_loop_test(tcase, what_does_not_go_together_is_refused, 0, G_N_ELEMENTS(faults));
    tcase_add_test(tcase, the_url_comes_from_the_context);
    tcase_add_loop_test(tcase, a_profile_may_name_the_context, 0, G_N_ELEMENTS(contexts));
    tcase_add_test(tcase, a_profiles_context_that_is_missing_is_named_as_its_own);
    tcase_add_test(tcase, secrets_are_known_as_such);
    tcase_add_loop_test(tcase, an_answer_is_not_shown, 0, G_N_ELEMENTS(prompts));
    tcase_add_test(tcase, a_signal_finds_the_terminal_as_it_was);
    tcase_add_test(tcase, without_a_terminal_nothing_is_asked);
    return suite_run("access", tcase, 20);
}
