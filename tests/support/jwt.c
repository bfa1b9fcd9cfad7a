#include "tests/support/jwt.h"

#include <check.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_BYTES = 32, OPERATOR_KEY = 200, ACCOUNT_KEY = 201, ISSUED_S = 1700000000 };

/* --- NKeys --- */

static guint16 crc_of(const guint8 *bytes, gsize len)
{
    guint16 crc = 0;

    for (gsize i = 0; i < len * 8; i++) {
        gboolean carry = (crc >> 15) ^ (bytes[i / 8] >> (7 - i % 8) & 1);

        crc = (guint16)(crc << 1 ^ (carry ? 0x1021 : 0));
    }
    return crc;
}

/* Appends the CRC to the `len` bytes, which need room for it, and spells all in base32. */
static char *spell(guint8 *bytes, gsize len)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    guint16 crc = crc_of(bytes, len);
    GString *text = g_string_new(NULL);

    bytes[len++] = (guint8)(crc & 0xFF);
    bytes[len++] = (guint8)(crc >> 8);
    for (gsize bit = 0; bit < len * 8; bit += 5) {
        unsigned five = 0;

        for (gsize i = bit; i < bit + 5; i++)
            five = five << 1 | (i < len * 8 ? bytes[i / 8] >> (7 - i % 8) & 1 : 0);
        g_string_append_c(text, letters[five]);
    }
    return g_string_free(text, FALSE);
}

static EVP_PKEY *key_of(guint8 key)
{
    guint8 seed[KEY_BYTES];

    memset(seed, key, sizeof seed);
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
}

char *jwt_seed(char letter, guint8 key)
{
    guint8 bytes[2 + KEY_BYTES + 2];
    unsigned prefix = (unsigned)(letter - 'A');

    bytes[0] = (guint8)(('S' - 'A') << 3 | prefix >> 2);
    bytes[1] = (guint8)(prefix << 6);
    memset(bytes + 2, key, KEY_BYTES);
    return spell(bytes, 2 + KEY_BYTES);
}

char *jwt_public(char letter, guint8 key)
{
    guint8 bytes[1 + KEY_BYTES + 2] = {(guint8)((letter - 'A') << 3)};
    EVP_PKEY *pair = key_of(key);
    gsize len = KEY_BYTES;

    ck_assert_int_eq(EVP_PKEY_get_raw_public_key(pair, bytes + 1, &len), 1);
    EVP_PKEY_free(pair);
    return spell(bytes, 1 + KEY_BYTES);
}

/* --- JWTs --- */

static char *pack(const void *bytes, gsize len)
{
    char *text = g_base64_encode(bytes, len);

    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    text[strcspn(text, "=")] = '\0';
    return text;
}

/* Takes `claims`. */
static char *sign(json_t *claims, guint8 key)
{
    static const char header[] = "{\"typ\":\"JWT\",\"alg\":\"ed25519-nkey\"}";
    char *json = json_dumps(claims, JSON_COMPACT);
    g_autofree char *first = pack(header, strlen(header));
    g_autofree char *second = pack(json, strlen(json));
    g_autofree char *both = g_strdup_printf("%s.%s", first, second);
    g_autofree char *third = NULL;
    EVP_PKEY *pair = key_of(key);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    guint8 signature[64];
    gsize len = sizeof signature;

    ck_assert_int_eq(EVP_DigestSignInit(md, NULL, NULL, NULL, pair), 1);
    ck_assert_int_eq(EVP_DigestSign(md, signature, &len, (guint8 *)both, strlen(both)), 1);
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(pair);
    third = pack(signature, len);
    free(json);
    json_decref(claims);
    return g_strdup_printf("%s.%s", both, third);
}

static char *operator_jwt(void)
{
    g_autofree char *key = jwt_public('O', OPERATOR_KEY);

    return sign(json_pack("{s:s, s:i, s:s, s:s, s:s, s:{s:s, s:i}}", "jti", "o", "iat", ISSUED_S,
                          "iss", key, "name", "op", "sub", key, "nats", "type", "operator",
                          "version", 2),
                OPERATOR_KEY);
}

char *jwt_of_account(void)
{
    g_autofree char *issuer = jwt_public('O', OPERATOR_KEY);
    g_autofree char *key = jwt_public('A', ACCOUNT_KEY);
    json_t *limits =
        json_pack("{s:i, s:i, s:i, s:i, s:i, s:b, s:i, s:i}", "subs", -1, "data", -1, "payload", -1,
                  "imports", -1, "exports", -1, "wildcards", 1, "conn", -1, "leaf", -1);

    return sign(json_pack("{s:s, s:i, s:s, s:s, s:s, s:{s:o, s:s, s:i}}", "jti", "a", "iat",
                          ISSUED_S, "iss", issuer, "name", "heddle", "sub", key, "nats", "limits",
                          limits, "type", "account", "version", 2),
                OPERATOR_KEY);
}

char *jwt_of_user(const JwtUser *user)
{
    g_autofree char *issuer = jwt_public('A', ACCOUNT_KEY);
    g_autofree char *key = jwt_public('U', user->key);
    json_t *claims =
        json_pack("{s:s, s:i, s:s, s:s, s:s, s:{s:{}, s:{}, s:i, s:i, s:i, s:b, s:s, s:i}}", "jti",
                  "u", "iat", ISSUED_S, "iss", issuer, "name", user->name, "sub", key, "nats",
                  "pub", "sub", "subs", -1, "data", -1, "payload", -1, "bearer_token", user->bearer,
                  "type", "user", "version", 2);

    ck_assert_ptr_nonnull(claims);
    if (user->expires_s != 0)
        json_object_set_new(claims, "exp", json_integer(user->expires_s));
    if (user->not_before_s != 0)
        json_object_set_new(claims, "nbf", json_integer(user->not_before_s));
    return sign(claims, ACCOUNT_KEY);
}

char *jwt_server_conf(void)
{
    g_autofree char *root = operator_jwt();
    g_autofree char *account = jwt_of_account();
    g_autofree char *key = jwt_public('A', ACCOUNT_KEY);

    return g_strdup_printf("operator: %s\nresolver: MEMORY\nresolver_preload: { %s: %s }\n", root,
                           key, account);
}

char *jwt_creds(const JwtUser *user)
{
    g_autofree char *jwt = jwt_of_user(user);
    g_autofree char *seed = jwt_seed('U', user->key);

    return g_strdup_printf("-----BEGIN NATS USER JWT-----\n%s\n------END NATS USER JWT------\n\n"
                           "************************* IMPORTANT *************************\n"
                           "NKEY Seed printed below can be used to sign and prove identity.\n\n"
                           "-----BEGIN USER NKEY SEED-----\n%s\n------END USER NKEY SEED------\n",
                           jwt, seed);
}
