/* Certificates for tests, made on the spot: P-256, self-signed, so that the certificate is also the
 * authority to trust (SSL_CERT_FILE). */
#ifndef TESTS_SUPPORT_CERT_H
#define TESTS_SUPPORT_CERT_H

/* Write FOLDER/cert.pem and FOLDER/key.pem for `names` ("DNS:localhost,IP:127.0.0.1"), good from
 * `from_days` to `to_days` days from now. */
void cert_make(const char *folder, const char *names, int from_days, int to_days);

#endif
