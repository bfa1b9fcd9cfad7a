#include "nats/creds.h"

#include <jansson.h>
#include <string.h>

#include "base/secret.h"

enum {
    MAX_BYTES = 64 * 1024,
    SHOWN_CHARS = 80,
    MAX_BLOCKS = 2, /* the JWT, then its seed; what follows is not looked at */
};

/* The last second of the year 9999: later is never. */
static const gint64 LAST_S = 253402300799;

/* --- lines --- */

static RawText trim(RawText text)
{
    while (text.len > 0 && g_ascii_isspace(text.bytes[0]))
        text = raw_bytes(text.bytes + 1, text.len - 1);
    while (text.len > 0 && g_ascii_isspace(text.bytes[text.len - 1]))
        text.len--;
    return text;
}

/* The next line, trimmed; FALSE at the end of `rest`. */
static gboolean next_line(RawText *rest, RawText *line)
{
    const char *end;

    if (rest->len == 0)
        return FALSE;
    end = memchr(rest->bytes, '\n', rest->len);
    line->bytes = rest->bytes;
    line->len = end != NULL ? (gsize)(end - rest->bytes) : rest->len;
    *rest = end != NULL ? raw_bytes(end + 1, rest->len - line->len - 1) : raw_bytes(NULL, 0);
    *line = trim(*line);
    return TRUE;
}

static gboolean is_dashes(RawText line)
{
    return line.len >= 6 && strncmp(line.bytes, "---", 3) == 0 &&
           strncmp(line.bytes + line.len - 3, "---", 3) == 0;
}

/* What stands between two lines of dashes, first the JWT and then the seed: the words in the dashes
 * mean nothing to any client. */
static unsigned find_blocks(RawText text, RawText blocks[MAX_BLOCKS])
{
    unsigned count = 0;
    gboolean inside = FALSE;
    RawText line, body = {NULL, 0};

    while (count < MAX_BLOCKS && next_line(&text, &line)) {
        if (!is_dashes(line)) {
            if (inside && body.len == 0)
                body = line;
        } else if (inside && body.len > 0) {
            blocks[count++] = body;
            body = raw_bytes(NULL, 0);
            inside = FALSE;
        } else {
            inside = TRUE;
        }
    }
    return count;
}

/* A seed that stands alone: the first line that looks like any seed. */
static RawText find_seed(RawText text)
{
    RawText line;

    while (next_line(&text, &line))
        if (line.len >= 2 && line.bytes[0] == 'S' && strchr("UAONCX", line.bytes[1]) != NULL)
            return line;
    return raw_bytes(NULL, 0);
}

/* --- the JWT --- */

/* Base64url, padded or not; NULL when it is none. Caller frees. */
static guchar *unpack(RawText part, gsize *len)
{
    gsize padded = (part.len + 3) / 4 * 4;
    char *text = g_malloc(padded + 1);
    guchar *bytes;

    for (gsize i = 0; i < part.len; i++) {
        char c = part.bytes[i];

        if (!g_ascii_isalnum(c) && c != '-' && c != '_') {
            g_free(text);
            return NULL;
        }
        text[i] = (char)(c == '-' ? '+' : c == '_' ? '/' : c);
    }
    memset(text + part.len, '=', padded - part.len);
    text[padded] = '\0';
    bytes = part.len % 4 == 1 || part.len == 0 ? NULL : g_base64_decode(text, len);
    g_free(text);
    return bytes;
}

static RawText middle_part(RawText jwt)
{
    const char *first = memchr(jwt.bytes, '.', jwt.len);
    const char *second =
        first != NULL ? memchr(first + 1, '.', (gsize)(jwt.bytes + jwt.len - first - 1)) : NULL;

    return second != NULL ? raw_bytes(first + 1, (gsize)(second - first - 1)) : raw_bytes(NULL, 0);
}

static json_t *read_claims(RawText jwt)
{
    gsize len = 0;
    guchar *bytes = unpack(middle_part(jwt), &len);
    json_error_t error;
    json_t *claims;

    if (bytes == NULL)
        return NULL;
    claims = json_loadb((const char *)bytes, len, 0, &error);
    g_free(bytes);
    if (claims != NULL && !json_is_object(claims))
        g_clear_pointer(&claims, json_decref);
    return claims;
}

static char *get_text(const json_t *claims, const char *member)
{
    const json_t *value = json_object_get(claims, member);

    if (!json_is_string(value) || json_string_length(value) == 0)
        return NULL;
    return text_clean(raw_bytes(json_string_value(value), json_string_length(value)), SHOWN_CHARS);
}

static gint64 get_time(const json_t *claims, const char *member)
{
    return CLAMP(json_integer_value(json_object_get(claims, member)), 0, LAST_S);
}

/* What is wrong with it, or NULL. Version 1 of the claims has its type outside of "nats". */
static char *take_claims(Creds *creds, const json_t *claims, gboolean *bearer)
{
    const json_t *nats = json_object_get(claims, "nats");
    g_autofree char *type = get_text(nats, "type");

    if (type == NULL)
        type = get_text(claims, "type");
    if (type != NULL && strcmp(type, "user") != 0)
        return g_strdup_printf("its JWT is for “%s”, not for a user", type);
    creds->name = get_text(claims, "name");
    creds->user = get_text(claims, "sub");
    creds->issuer = get_text(claims, "iss");
    creds->issued_s = get_time(claims, "iat");
    creds->not_before_s = get_time(claims, "nbf");
    creds->expires_s = get_time(claims, "exp");
    *bearer = json_is_true(json_object_get(nats, "bearer_token"));
    return NULL;
}

static gboolean is_jwt_text(RawText jwt)
{
    for (gsize i = 0; i < jwt.len; i++)
        if (!g_ascii_isalnum(jwt.bytes[i]) && strchr("-_.=", jwt.bytes[i]) == NULL)
            return FALSE;
    return memchr(jwt.bytes, '\0', jwt.len) == NULL;
}

static char *take_jwt(Creds *creds, RawText jwt, gboolean *bearer)
{
    json_t *claims = is_jwt_text(jwt) ? read_claims(jwt) : NULL;
    char *why;

    if (claims == NULL)
        return g_strdup("its JWT cannot be decoded: a part of it is missing or changed");
    why = take_claims(creds, claims, bearer);
    json_decref(claims);
    creds->jwt = g_strndup(jwt.bytes, jwt.len);
    return why;
}

/* --- the whole --- */

static char *take_seed(Creds *creds, RawText seed)
{
    const char *fault;

    if (!nkey_seed_decode(seed.bytes, seed.len, creds->seed, &fault))
        return g_strdup_printf("its seed %s", fault);
    creds->signs = nkey_public(creds->seed, creds->public_key);
    return creds->signs ? NULL : g_strdup("OpenSSL here does not do Ed25519");
}

static char *take_chained(Creds *creds, RawText text)
{
    RawText blocks[MAX_BLOCKS];
    unsigned count = find_blocks(text, blocks);
    gboolean bearer = FALSE;
    char *why;

    if (count == 0)
        return g_strdup("is no credentials file: no block between lines of dashes");
    why = take_jwt(creds, blocks[0], &bearer);
    if (why == NULL && count == 1 && !bearer)
        return g_strdup("has no seed after its JWT");
    if (why == NULL && count > 1 && !bearer)
        why = take_seed(creds, blocks[1]);
    if (why == NULL && creds->signs && creds->user != NULL &&
        strcmp(creds->user, creds->public_key) != 0)
        why = g_strdup("its seed belongs to another user than its JWT");
    return why;
}

Creds *creds_parse(RawText text, CredsKind kind, char **why)
{
    Creds *creds = g_new0(Creds, 1);
    RawText seed;

    if (kind == CREDS_CHAINED) {
        *why = take_chained(creds, text);
    } else {
        seed = find_seed(text);
        *why = seed.len > 0 ? take_seed(creds, seed) : g_strdup("has no line that is a seed (SU…)");
    }
    if (*why == NULL)
        return creds;
    creds_free(creds);
    return NULL;
}

Creds *creds_read(const char *path, CredsKind kind, char **why)
{
    g_autofree char *fault = NULL;
    SecretFile file;
    Creds *creds;

    if (!secret_file_read(&file, path, MAX_BYTES, why))
        return NULL;
    creds = creds_parse(raw_bytes(file.bytes, file.len), kind, &fault);
    if (creds != NULL) {
        creds->open = file.open;
    } else {
        g_autofree char *shown = text_clean(raw_text(path), 0);

        *why = g_strdup_printf("%s: %s", shown, fault);
    }
    secret_file_clear(&file);
    return creds;
}

void creds_free(Creds *creds)
{
    if (creds == NULL)
        return;
    secret_free(creds->jwt);
    g_free(creds->name);
    g_free(creds->user);
    g_free(creds->issuer);
    explicit_bzero(creds, sizeof *creds);
    g_free(creds);
}

char *creds_answer(const Creds *creds, const char *nonce)
{
    guint8 signature[NKEY_SIGNATURE_BYTES];
    char *text;

    if (!creds->signs || !nkey_sign(creds->seed, nonce, strlen(nonce), signature))
        return NULL;
    text = g_base64_encode(signature, sizeof signature);
    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    text[strcspn(text, "=")] = '\0';
    return text;
}
