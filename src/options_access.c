#include "options_access.h"

#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "nats/context.h"

enum { MAX_PASSWORD_BYTES = 4096 };

/* The environment as the nats CLI's main.go has it. NATS_URL is read in options.c, NATS_USER and
 * NATS_PASSWORD, which depend on each other, below. */
static const struct {
    const char *variable;
    AccessField field;
} environment[] = {
    {"NATS_TOKEN", ACCESS_TOKEN},   {"NATS_CREDS", ACCESS_CREDS}, {"NATS_NKEY", ACCESS_NKEY},
    {"NATS_CERT", ACCESS_TLS_CERT}, {"NATS_KEY", ACCESS_TLS_KEY}, {"NATS_CA", ACCESS_TLS_CA},
};

void access_words_offer(AccessWords *words, GOptionContext *options)
{
    const GOptionEntry entries[] = {
        {"context", 0, 0, G_OPTION_ARG_FILENAME, &words->context,
         "Context of the nats CLI (default: the selected one)", "NAME"},
        {"no-context", 0, 0, G_OPTION_ARG_NONE, &words->no_context,
         "Leave the selected context alone", NULL},
        {"user", 0, 0, G_OPTION_ARG_STRING, &words->user, "Log in as this user", "NAME"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &words->password_file,
         "File with the user's password", "FILE"},
        {"ask-password", 0, 0, G_OPTION_ARG_NONE, &words->ask_password,
         "Ask for the password on the terminal", NULL},
        {"creds", 0, 0, G_OPTION_ARG_FILENAME, &words->creds, "Credentials file", "FILE"},
        {"nkey", 0, 0, G_OPTION_ARG_FILENAME, &words->nkey, "File with an NKey seed", "FILE"},
        {"tlscert", 0, 0, G_OPTION_ARG_FILENAME, &words->tlscert, "Certificate to show", "FILE"},
        {"tlskey", 0, 0, G_OPTION_ARG_FILENAME, &words->tlskey, "Its private key", "FILE"},
        {"tlsca", 0, 0, G_OPTION_ARG_FILENAME, &words->tlsca, "Authorities to trust", "FILE"},
        {"tlsname", 0, 0, G_OPTION_ARG_STRING, &words->tlsname,
         "Name in the server's certificate, if not the host", "NAME"},
        {"tlsfirst", 0, 0, G_OPTION_ARG_NONE, &words->tlsfirst,
         "TLS begins before the server's greeting", NULL},
        {"inbox-prefix", 0, 0, G_OPTION_ARG_STRING, &words->inbox_prefix,
         "Of reply subjects (default _INBOX)", "SUBJECT"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };

    g_option_context_add_main_entries(options, entries, NULL);
}

void access_words_clear(AccessWords *words)
{
    g_free(words->context);
    g_free(words->user);
    g_free(words->password_file);
    g_free(words->creds);
    g_free(words->nkey);
    g_free(words->tlscert);
    g_free(words->tlskey);
    g_free(words->tlsca);
    g_free(words->tlsname);
    g_free(words->inbox_prefix);
    *words = (AccessWords){0};
}

/* An empty variable counts as none, in the CLI too. */
static const char *variable(const char *name)
{
    const char *value = g_getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* --- flags --- */

static void take_flags(const AccessWords *words, Access *access)
{
    const struct {
        AccessField field;
        const char *value;
    } flags[] = {
        {ACCESS_USER, words->user},
        {ACCESS_CREDS, words->creds},
        {ACCESS_NKEY, words->nkey},
        {ACCESS_TLS_CERT, words->tlscert},
        {ACCESS_TLS_KEY, words->tlskey},
        {ACCESS_TLS_CA, words->tlsca},
        {ACCESS_TLS_NAME, words->tlsname},
        {ACCESS_TLS_FIRST, words->tlsfirst ? "true" : NULL},
        {ACCESS_INBOX_PREFIX, words->inbox_prefix},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
        if (flags[i].value != NULL)
            access_set(access, flags[i].field, flags[i].value, ORIGIN_FLAG);
}

/* The file's first line, whatever ends it. NULL with *why. */
static char *password_of_file(const char *path, char **why)
{
    SecretFile file;
    char *password = NULL;
    gsize len;

    if (!secret_file_read(&file, path, MAX_PASSWORD_BYTES, why))
        return NULL;
    len = strcspn(file.bytes, "\r\n");
    if (len == 0 || strlen(file.bytes) != file.len) {
        g_autofree char *shown = text_clean(raw_text(path), 0);

        *why = g_strdup_printf("%s: its first line is no password", shown);
    } else {
        password = g_strndup(file.bytes, len);
    }
    secret_file_clear(&file);
    return password;
}

static gboolean take_password(const AccessWords *words, Access *access, char **why)
{
    char *password = NULL;
    gboolean asked = words->ask_password, given = words->password_file != NULL;

    if (!asked && !given)
        return TRUE;
    if (asked && given) {
        *why = g_strdup("--ask-password and --password-file are two ways to one password");
        return FALSE;
    }
    password =
        asked ? secret_ask("NATS password: ", why) : password_of_file(words->password_file, why);
    if (password == NULL)
        return FALSE;
    access_set(access, ACCESS_PASSWORD, password, ORIGIN_FLAG);
    secret_free(password);
    return TRUE;
}

/* --- environment --- */

/* The CLI takes a user without a password for a token. Not when the flags name the user: then
 * $NATS_PASSWORD is that user's, and $NATS_USER is somebody else. */
static void take_environment(Access *access)
{
    const char *user = variable("NATS_USER"), *password = variable("NATS_PASSWORD");
    gboolean has_password = access_get(access, ACCESS_PASSWORD) != NULL;

    if (user != NULL && access_get(access, ACCESS_USER) == NULL)
        access_set(access, password != NULL || has_password ? ACCESS_USER : ACCESS_TOKEN, user,
                   ORIGIN_ENVIRONMENT);
    if (password != NULL)
        access_set(access, ACCESS_PASSWORD, password, ORIGIN_ENVIRONMENT);
    for (gsize i = 0; i < G_N_ELEMENTS(environment); i++)
        if (variable(environment[i].variable) != NULL)
            access_set(access, environment[i].field, variable(environment[i].variable),
                       ORIGIN_ENVIRONMENT);
}

/* --- context --- */

/* Which context, and who named it (for a sentence). NULL: none; *why set when that is a fault. */
static char *choose_context(const AccessWords *words, const char **named_by, char **why)
{
    *named_by = "--context";
    if (words->no_context)
        return NULL;
    if (words->context != NULL)
        return g_strdup(words->context);
    *named_by = "$NATS_CONTEXT";
    if (variable("NATS_CONTEXT") != NULL)
        return g_strdup(variable("NATS_CONTEXT"));
    *named_by = "the profile's context";
    if (words->profile_context != NULL)
        return g_strdup(words->profile_context);
    *named_by = "the selected context";
    return context_selected(why);
}

/* A context that cannot be used is never passed over in silence: without it another server would be
 * looked at than the one that is meant. */
static gboolean take_context(const AccessWords *words, Access *access, char **url, char **why)
{
    g_autofree char *fault = NULL;
    g_autofree char *name = NULL;
    const char *named_by;

    if (words->no_context && words->context != NULL) {
        *why = g_strdup("--context and --no-context exclude each other");
        return FALSE;
    }
    name = choose_context(words, &named_by, &fault);
    if (fault == NULL && (name == NULL || context_read(name, access, url, &fault)))
        return TRUE;
    *why = g_strdup_printf("%s: %s%s", named_by, fault,
                           words->context == NULL ? " (go on without: --no-context)" : "");
    return FALSE;
}

/* --- all --- */

/* Tokens between dots, none of them empty or a wildcard: what may stand before a reply's name. */
static gboolean is_prefix(const char *subject)
{
    gboolean after_dot = TRUE;

    if (!g_utf8_validate(subject, -1, NULL))
        return FALSE;
    for (const char *c = subject; *c != '\0'; c++) {
        if ((guchar)*c <= ' ' || *c == '\x7f' || *c == '*' || *c == '>' || (after_dot && *c == '.'))
            return FALSE;
        after_dot = *c == '.';
    }
    return !after_dot;
}

static gboolean check(const Access *access, char **why)
{
    const char *prefix = access_get(access, ACCESS_INBOX_PREFIX);

    if (prefix != NULL && !is_prefix(prefix)) {
        g_autofree char *shown = text_clean(raw_text(prefix), 80);

        *why = g_strdup_printf("inbox prefix (%s): '%s' is no subject without wildcards",
                               origin_word(access->origins[ACCESS_INBOX_PREFIX]), shown);
        return FALSE;
    }
    if (access_get(access, ACCESS_USER) != NULL && access->origins[ACCESS_USER] == ORIGIN_FLAG &&
        access_get(access, ACCESS_PASSWORD) == NULL) {
        *why = g_strdup("--user needs a password: --ask-password, --password-file or "
                        "$NATS_PASSWORD");
        return FALSE;
    }
    if (access_get(access, ACCESS_PASSWORD) != NULL &&
        access->origins[ACCESS_PASSWORD] == ORIGIN_FLAG &&
        access_get(access, ACCESS_USER) == NULL) {
        *why = g_strdup("a password needs a user: --user, $NATS_USER or a context's");
        return FALSE;
    }
    return TRUE;
}

gboolean access_words_take(const AccessWords *words, Access *access, char **url, char **why)
{
    *url = NULL;
    take_flags(words, access);
    if (!take_password(words, access, why))
        return FALSE;
    take_environment(access);
    return take_context(words, access, url, why) && check(access, why);
}
