/* Certificates for tests, made on the spot: P-256, most self-signed, so that the certificate is
 * also the authority to trust (SSL_CERT_FILE). */
#ifndef TESTS_SUPPORT_CERT_H
#define TESTS_SUPPORT_CERT_H

/* Write FOLDER/cert.pem and FOLDER/key.pem for `names` ("DNS:localhost,IP:127.0.0.1"), good from
 * `from_days` to `to_days` days from now. */
void cert_make(const char *folder, const char *names, int from_days, int to_days);

/* FOLDER/leaf.pem: the key of FOLDER once more, for "localhost", signed by the authority of another
 * folder of cert_make(). Good for 90 days. */
void cert_make_signed(const char *folder, const char *authority);

/* FOLDER/locked.pem: the key of FOLDER under a passphrase. */
void cert_lock_key(const char *folder);

#endif
