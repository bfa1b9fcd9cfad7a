#include "nats/context.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"

enum { MAX_BYTES = 256 * 1024, MAX_NAME_BYTES = 512, WHY_CHARS = 80 };

typedef enum MemberSort { PLAIN, FILE_PATH } MemberSort;

/* Members of a context that are fields of ours. */
static const struct {
    const char *member;
    AccessField field;
    MemberSort sort;
} members[] = {
    {"user", ACCESS_USER, PLAIN},
    {"password", ACCESS_PASSWORD, PLAIN},
    {"token", ACCESS_TOKEN, PLAIN},
    {"creds", ACCESS_CREDS, FILE_PATH},
    {"nkey", ACCESS_NKEY, FILE_PATH},
    {"cert", ACCESS_TLS_CERT, FILE_PATH},
    {"key", ACCESS_TLS_KEY, FILE_PATH},
    {"ca", ACCESS_TLS_CA, FILE_PATH},
    {"inbox_prefix", ACCESS_INBOX_PREFIX, PLAIN},
};

/* Members that would change how a connection is made, and that nothing here heeds. */
static const struct {
    const char *member, *note;
} unheeded[] = {
    {"socks_proxy", "its socks_proxy is not used: servers are dialled directly"},
    {"user_jwt", "its user_jwt is not used: a login by JWT needs a credentials file here"},
    {"nsc", "its nsc look-up is not used: give the credentials file itself"},
};

/* --- where they are --- */

/* $HOME goes before the password file, as in the CLI's own builds. */
static char *in_config(const char *file)
{
    const char *xdg = g_getenv("XDG_CONFIG_HOME");

    if (xdg != NULL && xdg[0] != '\0')
        return g_build_filename(xdg, "nats", file, NULL);
    return g_build_filename(g_get_home_dir(), ".config", "nats", file, NULL);
}

char *context_selected(char **why)
{
    g_autofree char *path = in_config("context.txt");
    SecretFile file;
    char *name;

    *why = NULL;
    if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return NULL;
    if (!secret_file_read(&file, path, MAX_NAME_BYTES, why))
        return NULL;
    name = g_strstrip(g_strdup(file.bytes));
    secret_file_clear(&file);
    if (name[0] == '\0')
        g_clear_pointer(&name, g_free);
    return name;
}

/* The CLI's own rule, natscontext.ValidateName(). */
static const char *judge_name(const char *name)
{
    if (name[0] == '\0')
        return "a context's name is not empty";
    if (strpbrk(name, "/\\") != NULL)
        return "a context's name has no slash: it is a name, not a path";
    if (strstr(name, "..") != NULL)
        return "a context's name has no two dots in a row";
    return NULL;
}

/* --- values --- */

/* $NAME and ${NAME}, as Go's os.ExpandEnv(): what is not set is nothing. */
static char *expand_variables(const char *text)
{
    GString *out = g_string_new(NULL);

    while (*text != '\0') {
        gboolean braced = text[0] == '$' && text[1] == '{';
        const char *start = text + (braced ? 2 : 1);
        gsize len = text[0] != '$' ? 0
                    : braced       ? strcspn(start, "}")
                                   : strspn(start, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_");

        if (len == 0 || (braced && start[len] == '\0')) {
            g_string_append_c(out, *text++);
        } else {
            g_autofree char *variable = g_strndup(start, len);
            const char *value = g_getenv(variable);

            g_string_append(out, value != NULL ? value : "");
            text = start + len + (braced ? 1 : 0);
        }
    }
    return g_string_free(out, FALSE);
}

/* As natscontext.expandHomedir(): only of oneself, and at the beginning. */
static char *expand_path(const char *text)
{
    char *path = expand_variables(text), *whole;

    if (path[0] != '~')
        return path;
    whole = g_strconcat(g_get_home_dir(), path + 1, NULL);
    g_free(path);
    return whole;
}

/* "op" of "op://vault/item"; "" when it is no URI. A plain value is one only with a scheme that the
 * CLI knows how to follow; a letter alone is a Windows drive. */
static char *scheme_of(const char *value, MemberSort sort)
{
    static const char *const known[] = {"op", "nsc", "env", "data", "file", NULL};
    gsize len = strspn(value, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "+-.");
    char *scheme;

    if (len < 2 || value[len] != ':' || !g_ascii_isalpha(value[0]))
        return g_strdup("");
    scheme = g_ascii_strdown(value, (gssize)len);
    if (sort == PLAIN && !g_strv_contains(known, scheme))
        scheme[0] = '\0';
    return scheme;
}

static void note(Access *access, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void note(Access *access, const char *name, const char *format, ...)
{
    g_autofree char *shown = text_clean(raw_text(name), WHY_CHARS);
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    access_note(access, g_strdup_printf("context %s: %s", shown, what));
}

static void take_value(Access *access, const char *name, gsize i, const char *value)
{
    g_autofree char *scheme = NULL, *path = NULL;

    if (members[i].sort == FILE_PATH)
        value = path = expand_path(value);
    scheme = scheme_of(value, members[i].sort);
    if (members[i].sort == FILE_PATH && strcmp(scheme, "file") == 0)
        value += strlen(g_str_has_prefix(value + 5, "//") ? "file://" : "file:");
    else if (scheme[0] != '\0') {
        note(access, name, "its %s is kept elsewhere (%s:), which is not followed here",
             members[i].member, scheme);
        return;
    }
    access_set(access, members[i].field, value, ORIGIN_CONTEXT);
}

/* --- the JSON --- */

/* The member's text; NULL when it is not there, null or empty. FALSE for any other type. */
static gboolean get_text(const json_t *context, const char *member, const char **value)
{
    const json_t *got = json_object_get(context, member);

    *value = json_is_string(got) && json_string_length(got) > 0 ? json_string_value(got) : NULL;
    return got == NULL || json_is_null(got) || json_is_string(got);
}

static char *wrong_type(const char *member, const char *type)
{
    return g_strdup_printf("its %s is not %s", member, type);
}

static char *take_members(const json_t *context, const char *name, Access *access)
{
    gboolean others_user = access_get(access, ACCESS_USER) != NULL;
    const json_t *first = json_object_get(context, "tls_first");
    const char *value;

    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        if (!get_text(context, members[i].member, &value))
            return wrong_type(members[i].member, "a string");
        if (value != NULL && !(members[i].field == ACCESS_PASSWORD && others_user))
            take_value(access, name, i, value);
    }
    if (first != NULL && !json_is_boolean(first) && !json_is_null(first))
        return wrong_type("tls_first", "true or false");
    if (json_is_true(first))
        access_set(access, ACCESS_TLS_FIRST, "true", ORIGIN_CONTEXT);
    for (gsize i = 0; i < G_N_ELEMENTS(unheeded); i++) {
        if (!get_text(context, unheeded[i].member, &value))
            return wrong_type(unheeded[i].member, "a string");
        if (value != NULL)
            note(access, name, "%s", unheeded[i].note);
    }
    return NULL;
}

/* jansson gives its own buffers out, read-only to others. Its parser's are gone by now. */
static void wipe_strings(json_t *context)
{
    const char *member;
    json_t *value;

    json_object_foreach(context, member, value)
    {
        if (json_is_string(value))
            explicit_bzero((char *)json_string_value(value), json_string_length(value));
    }
}

gboolean context_parse(RawText json, const char *name, Access *access, char **url, char **why)
{
    const char *server = NULL;
    json_error_t error;
    json_t *context = json_loadb(json.bytes, json.len, 0, &error);

    *url = NULL;
    *why = NULL;
    if (!json_is_object(context)) {
        /* The parser's own words may quote the text, and that may be a password. */
        *why = context != NULL ? g_strdup("is no JSON object")
                               : g_strdup_printf("is no JSON, line %d", MAX(error.line, 1));
        json_decref(context);
        return FALSE;
    }
    if (!get_text(context, "url", &server))
        *why = wrong_type("url", "a string");
    else
        *why = take_members(context, name, access);
    if (*why == NULL) {
        *url = g_strdup(server);
        g_free(access->context);
        access->context = text_clean(raw_text(name), WHY_CHARS);
    }
    wipe_strings(context);
    json_decref(context);
    return *why == NULL;
}

gboolean context_read(const char *name, Access *access, char **url, char **why)
{
    g_autofree char *base = g_strconcat(name, ".json", NULL);
    g_autofree char *relative = g_build_filename("context", base, NULL);
    g_autofree char *path = in_config(relative);
    g_autofree char *shown = text_clean(raw_text(path), 0);
    g_autofree char *fault = NULL;
    SecretFile file;
    gboolean ok;

    *url = NULL;
    if (judge_name(name) != NULL) {
        g_autofree char *clean = text_clean(raw_text(name), WHY_CHARS);

        *why = g_strdup_printf("“%s”: %s", clean, judge_name(name));
        return FALSE;
    }
    if (!secret_file_read(&file, path, MAX_BYTES, why))
        return FALSE;
    ok = context_parse(raw_bytes(file.bytes, file.len), name, access, url, &fault);
    if (!ok)
        *why = g_strdup_printf("%s: %s", shown, fault);
    secret_file_clear(&file);
    return ok;
}
