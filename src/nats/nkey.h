/* NKeys: how NATS writes Ed25519 keys down, and what is done with them. A key is base32 (RFC 4648,
 * no padding) of a prefix, 32 bytes and a CRC-16 (XMODEM, low byte first); the prefix makes the
 * first letter tell what it is: U a user's public key, A an account's, O an operator's; a seed
 * begins with S and has that letter second, its prefix taking two bytes. Source: nats-io/nkeys,
 * README and doc.go. */
#ifndef NATS_NKEY_H
#define NATS_NKEY_H

#include <glib.h>

enum {
    NKEY_SEED_BYTES = 32,
    NKEY_SIGNATURE_BYTES = 64,
    NKEY_SEED_CHARS = 58,
    NKEY_PUBLIC_CHARS = 56,
};

/* Decode the seed of a user. FALSE with *why: a clean clause that goes after "its seed "; static.
 * `seed` is then zero. No byte of the text is in it. */
gboolean nkey_seed_decode(const char *text, gsize len, guint8 seed[NKEY_SEED_BYTES],
                          const char **why);

/* The public key as text, with its NUL. FALSE when OpenSSL cannot. */
gboolean nkey_public(const guint8 seed[NKEY_SEED_BYTES], char text[NKEY_PUBLIC_CHARS + 1]);

/* Sign `len` bytes (Ed25519). FALSE when OpenSSL cannot. */
gboolean nkey_sign(const guint8 seed[NKEY_SEED_BYTES], const void *bytes, gsize len,
                   guint8 signature[NKEY_SIGNATURE_BYTES]);

#endif
