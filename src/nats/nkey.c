#include "nats/nkey.h"

#include <openssl/evp.h>
#include <string.h>

enum {
    PREFIX_SEED = 18 << 3, /* 'S' */
    PREFIX_USER = 20 << 3, /* 'U' */
    CRC_BYTES = 2,
    RAW_SEED_BYTES = 2 + NKEY_SEED_BYTES + CRC_BYTES,
    RAW_PUBLIC_BYTES = 1 + NKEY_SEED_BYTES + CRC_BYTES,
};

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* --- base32 and CRC --- */

/* FALSE for a character that is none of the 32. `size` bytes are written. */
static gboolean base32_decode(const char *text, gsize len, guint8 *bytes, gsize size)
{
    guint bits = 0, have = 0;
    gsize count = 0;

    for (gsize i = 0; i < len; i++) {
        const char *letter = text[i] != '\0' ? strchr(letters, text[i]) : NULL;

        if (letter == NULL)
            return FALSE;
        bits = (bits << 5 | (guint)(letter - letters)) & 0xFFF;
        have += 5;
        if (have >= 8 && count < size) {
            have -= 8;
            bytes[count++] = (guint8)(bits >> have);
        }
    }
    return count == size;
}

static void base32_encode(const guint8 *bytes, gsize size, char *text)
{
    guint bits = 0, have = 0;

    for (gsize i = 0; i < size; i++) {
        bits = (bits << 8 | bytes[i]) & 0xFFF;
        for (have += 8; have >= 5; have -= 5)
            *text++ = letters[bits >> (have - 5) & 31];
    }
    *text = '\0';
}

static guint16 crc16(const guint8 *bytes, gsize len)
{
    guint crc = 0;

    for (gsize i = 0; i < len; i++) {
        crc ^= (guint)bytes[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
    }
    return (guint16)crc;
}

/* --- keys --- */

static const struct {
    char letter; /* the second of a seed */
    const char *why;
} others[] = {
    {'A', "is that of an account, not of a user"},  {'O', "is that of an operator, not of a user"},
    {'N', "is that of a server, not of a user"},    {'C', "is that of a cluster, not of a user"},
    {'X', "is for encryption, not for logging in"},
};

static const char *check_seed(const char *text, gsize len, guint8 raw[RAW_SEED_BYTES])
{
    const gsize body = RAW_SEED_BYTES - CRC_BYTES;

    if (len > 0 && text[0] == 'U')
        return "is missing: what is there is a public key";
    if (len < 2 || text[0] != 'S')
        return "does not begin with SU";
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        if (text[1] == others[i].letter)
            return others[i].why;
    if (len != NKEY_SEED_CHARS)
        return "has not the 58 characters of a seed";
    if (!base32_decode(text, len, raw, RAW_SEED_BYTES))
        return "has a character that no seed has";
    if (crc16(raw, body) != (guint16)(raw[body] | raw[body + 1] << 8))
        return "does not fit its checksum: a character is wrong";
    if (raw[0] != (PREFIX_SEED | PREFIX_USER >> 5) || raw[1] != (PREFIX_USER & 31) << 3)
        return "does not begin with SU";
    return NULL;
}

gboolean nkey_seed_decode(const char *text, gsize len, guint8 seed[NKEY_SEED_BYTES],
                          const char **why)
{
    guint8 raw[RAW_SEED_BYTES] = {0};

    *why = check_seed(text, len, raw);
    if (*why == NULL)
        memcpy(seed, raw + 2, NKEY_SEED_BYTES);
    else
        memset(seed, 0, NKEY_SEED_BYTES);
    explicit_bzero(raw, sizeof raw);
    return *why == NULL;
}

static EVP_PKEY *load(const guint8 seed[NKEY_SEED_BYTES])
{
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, NKEY_SEED_BYTES);
}

gboolean nkey_public(const guint8 seed[NKEY_SEED_BYTES], char text[NKEY_PUBLIC_CHARS + 1])
{
    EVP_PKEY *key = load(seed);
    guint8 raw[RAW_PUBLIC_BYTES] = {PREFIX_USER};
    gsize size = NKEY_SEED_BYTES, body = RAW_PUBLIC_BYTES - CRC_BYTES;
    gboolean ok = key != NULL && EVP_PKEY_get_raw_public_key(key, raw + 1, &size) == 1;
    guint16 crc = crc16(raw, body);

    raw[body] = (guint8)(crc & 0xFF);
    raw[body + 1] = (guint8)(crc >> 8);
    base32_encode(raw, sizeof raw, text);
    EVP_PKEY_free(key);
    return ok;
}

gboolean nkey_sign(const guint8 seed[NKEY_SEED_BYTES], const void *bytes, gsize len,
                   guint8 signature[NKEY_SIGNATURE_BYTES])
{
    EVP_PKEY *key = load(seed);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    gsize size = NKEY_SIGNATURE_BYTES;
    gboolean ok = key != NULL && md != NULL && EVP_DigestSignInit(md, NULL, NULL, NULL, key) == 1 &&
                  EVP_DigestSign(md, signature, &size, bytes, len) == 1;

    EVP_MD_CTX_free(md);
    EVP_PKEY_free(key); /* OpenSSL wipes its copy of the seed */
    return ok && size == NKEY_SIGNATURE_BYTES;
}
