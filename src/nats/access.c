#include "nats/access.h"

#include <string.h>

static const struct {
    const char *word;
    gboolean secret;
} fields[ACCESS_FIELDS] = {
    [ACCESS_USER] = {"user", FALSE},
    [ACCESS_PASSWORD] = {"password", TRUE},
    [ACCESS_TOKEN] = {"token", TRUE},
    [ACCESS_CREDS] = {"creds", FALSE},
    [ACCESS_NKEY] = {"nkey", FALSE},
    [ACCESS_TLS_CERT] = {"tlscert", FALSE},
    [ACCESS_TLS_KEY] = {"tlskey", FALSE},
    [ACCESS_TLS_CA] = {"tlsca", FALSE},
    [ACCESS_TLS_NAME] = {"tlsname", FALSE},
    [ACCESS_TLS_FIRST] = {"tlsfirst", FALSE},
    [ACCESS_INBOX_PREFIX] = {"inbox-prefix", FALSE},
};

Access *access_new(void)
{
    Access *access = g_new0(Access, 1);

    refs_init(&access->refs);
    access->notes = g_ptr_array_new_with_free_func(g_free);
    return access;
}

Access *access_ref(Access *access)
{
    refs_take(&access->refs);
    return access;
}

static void wipe(char **value)
{
    if (*value != NULL)
        explicit_bzero(*value, strlen(*value));
    g_clear_pointer(value, g_free);
}

void access_unref(Access *access)
{
    if (access == NULL || !refs_drop(&access->refs))
        return;
    for (AccessField field = 0; field < ACCESS_FIELDS; field++)
        wipe(&access->values[field]);
    g_ptr_array_unref(access->notes);
    g_free(access->context);
    g_free(access);
}

void access_set(Access *access, AccessField field, const char *value, Origin origin)
{
    if (access->values[field] != NULL && access->origins[field] >= origin)
        return;
    wipe(&access->values[field]);
    access->values[field] = g_strdup(value);
    access->origins[field] = origin;
}

void access_note(Access *access, char *line)
{
    g_ptr_array_add(access->notes, line);
}

const char *access_get(const Access *access, AccessField field)
{
    return access != NULL ? access->values[field] : NULL;
}

static gboolean is_set(const Access *access, AccessField field)
{
    const char *value = access_get(access, field);

    return value != NULL && value[0] != '\0';
}

gboolean access_tls_first(const Access *access)
{
    return g_strcmp0(access_get(access, ACCESS_TLS_FIRST), "true") == 0;
}

gboolean access_wants_tls(const Access *access)
{
    return is_set(access, ACCESS_TLS_CERT) || is_set(access, ACCESS_TLS_KEY) ||
           is_set(access, ACCESS_TLS_CA) || is_set(access, ACCESS_TLS_NAME) ||
           access_tls_first(access);
}

char *access_tls_name(const Access *access, const char *host)
{
    const char *name = is_set(access, ACCESS_TLS_NAME) ? access_get(access, ACCESS_TLS_NAME) : host;
    gsize len = strcspn(name, "%");

    if (len > 1 && name[len - 1] == '.')
        len--;
    return g_strndup(name, len);
}

const char *access_word(AccessField field)
{
    return fields[field].word;
}

gboolean access_is_secret(AccessField field)
{
    return fields[field].secret;
}
