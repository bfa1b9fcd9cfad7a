#include "nats/login.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum { KEY_CHARS = 8, NAME_CHARS = 40 }; /* shown of a key; of a name */

/* Of one origin the first wins. */
static const struct {
    AccessField field;
    LoginKind kind;
} choices[] = {
    {ACCESS_USER, LOGIN_PASSWORD},
    {ACCESS_CREDS, LOGIN_CREDS},
    {ACCESS_NKEY, LOGIN_NKEY},
    {ACCESS_TOKEN, LOGIN_TOKEN},
};

static Login choose(const NatsUrl *url, const Access *access)
{
    Login login = {.kind = LOGIN_NONE};

    if (url->user != NULL) {
        login.of_url = TRUE;
        login.kind = url->password != NULL ? LOGIN_PASSWORD : LOGIN_TOKEN;
        login.user = url->password != NULL ? url->user : NULL;
        login.password = url->password;
        login.token = url->password == NULL ? url->user : NULL;
        return login;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(choices); i++) {
        AccessField field = choices[i].field;

        if (access_get(access, field) == NULL ||
            (login.kind != LOGIN_NONE && access->origins[field] <= login.origin))
            continue;
        login.kind = choices[i].kind;
        login.field = field;
        login.origin = access->origins[field];
    }
    if (login.kind == LOGIN_PASSWORD) {
        login.user = access_get(access, ACCESS_USER);
        login.password = access_get(access, ACCESS_PASSWORD);
        if (login.password == NULL)
            login.password = "";
    } else if (login.kind == LOGIN_TOKEN) {
        login.token = access_get(access, ACCESS_TOKEN);
    }
    return login;
}

/* "2026-11-20 13:04 UTC" */
static char *date_of(gint64 unix_s)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(unix_s);

    return date != NULL ? g_date_time_format(date, "%Y-%m-%d %H:%M UTC") : g_strdup("a far day");
}

/* Out of its time by this machine's clock? */
static char *judge_time(const Creds *creds)
{
    gint64 now_s = clock_wall() / G_USEC_PER_SEC;
    g_autofree char *date = NULL;

    if (creds->expires_s != 0 && creds->expires_s <= now_s) {
        date = date_of(creds->expires_s);
        return g_strdup_printf("the JWT expired on %s", date);
    }
    if (creds->not_before_s > now_s) {
        date = date_of(creds->not_before_s);
        return g_strdup_printf("the JWT is not good before %s", date);
    }
    return NULL;
}

gboolean login_prepare(Login *login, const NatsUrl *url, const Access *access, Cause *cause,
                       char **why)
{
    CredsKind kind;

    *login = choose(url, access);
    *why = NULL;
    if (login->kind != LOGIN_NKEY && login->kind != LOGIN_CREDS)
        return TRUE;
    kind = login->kind == LOGIN_NKEY ? CREDS_SEED : CREDS_CHAINED;
    login->creds = creds_read(access_get(access, login->field), kind, why);
    *cause = CAUSE_CREDS_FILE;
    if (login->creds == NULL)
        return FALSE;
    *cause = CAUSE_AUTH_EXPIRED;
    *why = judge_time(login->creds);
    return *why == NULL;
}

void login_clear(Login *login)
{
    creds_free(login->creds);
    *login = (Login){.kind = LOGIN_NONE};
}

static char *creds_text(const Creds *creds)
{
    const char *name = creds->name != NULL ? creds->name : creds->user;
    g_autofree char *whose = text_clean(raw_text(name != NULL ? name : "nobody"), NAME_CHARS);
    g_autofree char *span = NULL;

    if (creds->expires_s == 0)
        return g_strdup_printf("by credentials of %s", whose);
    span = clock_span(creds->expires_s * G_USEC_PER_SEC - clock_wall());
    return g_strdup_printf("by credentials of %s, for %s", whose, span);
}

char *login_text(const Login *login)
{
    switch (login->kind) {
    case LOGIN_PASSWORD:
        return g_strdup("by user and password");
    case LOGIN_TOKEN:
        return g_strdup("by token");
    case LOGIN_NKEY:
        return g_strdup_printf("by NKey %.*s…", KEY_CHARS, login->creds->public_key);
    case LOGIN_CREDS:
        return creds_text(login->creds);
    case LOGIN_NONE:
        break;
    }
    return g_strdup("no login");
}

/* --- evidence --- */

typedef struct Teller {
    void (*tell)(void *data, const char *line);
    void *data;
} Teller;

static void say(const Teller *teller, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void say(const Teller *teller, const char *format, ...)
{
    va_list args;
    char *line;

    va_start(args, format);
    line = g_strdup_vprintf(format, args);
    va_end(args);
    teller->tell(teller->data, line);
    g_free(line);
}

/* "user (context prod)", "creds /home/me/x.creds (flag)" */
static char *field_text(const Access *access, AccessField field)
{
    gboolean of_context = access->origins[field] == ORIGIN_CONTEXT && access->context != NULL;
    const char *value = access_is_secret(field) ? "" : access->values[field];
    g_autofree char *shown = text_clean(raw_text(value), 0);

    return g_strdup_printf("%s %s%s(%s%s%s)", access_word(field), shown,
                           shown[0] != '\0' ? " " : "", origin_word(access->origins[field]),
                           of_context ? " " : "", of_context ? access->context : "");
}

static void tell_jwt(const Teller *teller, const Creds *creds)
{
    g_autofree char *issued = creds->issued_s != 0 ? date_of(creds->issued_s) : NULL;
    g_autofree char *expires = creds->expires_s != 0 ? date_of(creds->expires_s) : NULL;

    say(teller, "JWT of %s, user %s", creds->name != NULL ? creds->name : "nobody",
        creds->user != NULL ? creds->user : "unnamed");
    say(teller, "issued by %s%s%s", creds->issuer != NULL ? creds->issuer : "nobody",
        issued != NULL ? " on " : "", issued != NULL ? issued : "");
    if (expires != NULL)
        say(teller, "expires on %s", expires);
    else
        say(teller, "never expires");
}

static void tell_creds(const Teller *teller, const Login *login)
{
    const Creds *creds = login->creds;

    if (creds->jwt != NULL)
        tell_jwt(teller, creds);
    else
        say(teller, "NKey %s", creds->public_key);
    if (creds->open)
        say(teller, "every user of this machine can read that file: chmod 600");
}

void login_tell(const Login *login, const Access *access,
                void (*tell)(void *data, const char *line), void *data)
{
    const Teller teller = {tell, data};

    for (gsize i = 0; access != NULL && i < G_N_ELEMENTS(choices); i++) {
        AccessField field = choices[i].field;
        gboolean chosen = login->kind == choices[i].kind && !login->of_url;
        g_autofree char *text = NULL;

        if (access->values[field] == NULL)
            continue;
        text = field_text(access, field);
        say(&teller,
            chosen          ? "login: %s"
            : login->of_url ? "passed over, the URL has a login: %s"
                            : "passed over: %s",
            text);
    }
    if (login->creds != NULL)
        tell_creds(&teller, login);
    for (guint i = 0; access != NULL && i < access->notes->len; i++)
        say(&teller, "%s", (const char *)access->notes->pdata[i]);
}
