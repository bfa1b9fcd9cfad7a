/* Certificates of the TLS rung: what the server's say, and the files of our own. */
#ifndef NATS_LADDER_CERT_H
#define NATS_LADDER_CERT_H

#include "nats/ladder_internal.h"

/* Let `context` trust the authorities that `access` names (else the system's, or SSL_CERT_FILE, as
 * OpenSSL has it) and show the client certificate that it names, if any. Reads the files. NULL, or
 * what is wrong with one of them: a clean sentence, the caller's. Never asks for a passphrase. */
char *cert_load(SSL_CTX *context, const Access *access);

/* Days until the certificate ends, rounded towards now; negative when it has ended. */
int cert_days_left(const X509 *cert);

/* SHA-256 of the whole certificate, in hex; NULL for NULL. Caller frees. */
char *cert_print(const X509 *cert);

/* Evidence: whom we trust; each certificate that the server showed, its names and its days. */
void cert_show_trust(Rung *rung, const Access *access);
void cert_show_chain(Rung *rung, X509_STORE_CTX *store);

/* Why OpenSSL turned the certificate down that was to be for `name` (clean). Caller frees. */
char *cert_fault(X509_STORE_CTX *store, const char *name, Cause *cause);

#endif
