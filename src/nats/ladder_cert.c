#include "nats/ladder_cert.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SHOWN_NAMES = 3,     /* in a sentence */
    EVIDENCE_NAMES = 16, /* in a line of evidence */
    SHOWN_CERTS = 8,     /* of the chain */
    NAME_CHARS = 48,
    SUBJECT_CHARS = 80,
    PATH_CHARS = 120,
};

/* --- what a certificate says --- */

static char *day_of(const ASN1_TIME *time)
{
    struct tm tm;
    char day[16] = "?";

    if (ASN1_TIME_to_tm(time, &tm) == 1)
        strftime(day, sizeof day, "%Y-%m-%d", &tm);
    return g_strdup(day);
}

int cert_days_left(const X509 *cert)
{
    int days = 0, seconds = 0;

    ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert));
    return days;
}

char *cert_print(const X509 *cert)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    GString *hex;

    if (cert == NULL || X509_digest(cert, EVP_sha256(), digest, &len) != 1)
        return NULL;
    hex = g_string_new(NULL);
    for (unsigned i = 0; i < len; i++)
        g_string_append_printf(hex, "%02x", digest[i]);
    return g_string_free(hex, FALSE);
}

/* "CN=nats.example,O=Example". */
static char *subject_text(const X509_NAME *name)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes = NULL, *text;
    long len;

    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    len = BIO_get_mem_data(bio, &bytes);
    text = text_clean(raw_bytes(bytes, (gsize)MAX(len, 0)), SUBJECT_CHARS);
    BIO_free(bio);
    return text;
}

static char *name_text(const GENERAL_NAME *name)
{
    char text[INET6_ADDRSTRLEN] = "";
    const ASN1_OCTET_STRING *ip = name->type == GEN_IPADD ? name->d.iPAddress : NULL;

    if (name->type == GEN_DNS)
        return text_clean(raw_bytes(ASN1_STRING_get0_data(name->d.dNSName),
                                    (gsize)ASN1_STRING_length(name->d.dNSName)),
                          NAME_CHARS);
    if (ip == NULL || (ip->length != 4 && ip->length != 16))
        return NULL;
    inet_ntop(ip->length == 4 ? AF_INET : AF_INET6, ip->data, text, sizeof text);
    return g_strdup(text);
}

/* "a.example, 10.0.0.7 and 4 more", with at most `most` by name. */
static char *names_of(const X509 *cert, int most)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    GString *text = g_string_new(NULL);
    int shown = 0;

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        g_autofree char *name = name_text(sk_GENERAL_NAME_value(names, i));

        if (name != NULL && shown++ < most)
            g_string_append_printf(text, "%s%s", shown > 1 ? ", " : "", name);
    }
    if (shown > most)
        g_string_append_printf(text, " and %d more", shown - most);
    if (shown == 0)
        g_string_append(text, "no host");
    GENERAL_NAMES_free(names);
    return g_string_free(text, FALSE);
}

void cert_show_chain(Rung *rung, X509_STORE_CTX *store)
{
    const X509 *first = X509_STORE_CTX_get0_cert(store);
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store);
    int count = sk_X509_num(sent);
    g_autofree char *names = NULL;

    if (first == NULL)
        return;
    for (int i = 0; i < MIN(count, SHOWN_CERTS); i++) {
        const X509 *cert = sk_X509_value(sent, i);
        g_autofree char *subject = subject_text(X509_get_subject_name(cert));
        g_autofree char *issuer = subject_text(X509_get_issuer_name(cert));
        g_autofree char *from = day_of(X509_get0_notBefore(cert));
        g_autofree char *to = day_of(X509_get0_notAfter(cert));

        rung_shows(rung, "certificate %d of %d: %s, issued by %s, %s to %s", i + 1, count, subject,
                   issuer, from, to);
    }
    names = names_of(first, EVIDENCE_NAMES);
    rung_shows(rung, "its names: %s", names);
    rung_shows(rung, "days left: %d", cert_days_left(first));
}

void cert_show_trust(Rung *rung, const Access *access)
{
    const char *ca = access_get(access, ACCESS_TLS_CA), *env = g_getenv("SSL_CERT_FILE");
    g_autofree char *path = text_clean(raw_text(ca != NULL ? ca : env), PATH_CHARS);

    if (ca != NULL)
        rung_shows(rung, "trusted: %s; Heddle's actors need SSL_CERT_FILE for it", path);
    else if (env != NULL)
        rung_shows(rung, "trusted: SSL_CERT_FILE, %s", path);
    else
        rung_shows(rung, "trusted: the authorities of this system");
}

/* --- why it was turned down --- */

static const struct {
    int error;
    Cause cause;
} faults[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, CAUSE_TLS_EXPIRED},
    {X509_V_ERR_CERT_NOT_YET_VALID, CAUSE_TLS_NOT_YET_VALID},
    {X509_V_ERR_HOSTNAME_MISMATCH, CAUSE_TLS_NAME},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, CAUSE_TLS_NAME},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, CAUSE_TLS_SELF_SIGNED},
};

static Cause cause_of(int error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++)
        if (faults[i].error == error)
            return faults[i].cause;
    return CAUSE_TLS_UNTRUSTED;
}

static char *untrusted_text(const X509 *cert, int error)
{
    g_autofree char *issuer = subject_text(X509_get_issuer_name(cert));

    switch (error) {
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return g_strdup_printf("untrusted: nobody here knows its issuer %s", issuer);
    default:
        return g_strdup_printf("untrusted: %s", X509_verify_cert_error_string(error));
    }
}

char *cert_fault(X509_STORE_CTX *store, const char *name, Cause *cause)
{
    const X509 *cert = X509_STORE_CTX_get_current_cert(store);
    int error = X509_STORE_CTX_get_error(store);
    const char *whose = X509_STORE_CTX_get_error_depth(store) > 0 ? "issuer's " : "";
    g_autofree char *what = NULL;

    *cause = cert != NULL ? cause_of(error) : CAUSE_TLS_UNTRUSTED;
    switch (*cause) {
    case CAUSE_TLS_EXPIRED:
        what = day_of(X509_get0_notAfter(cert));
        return g_strdup_printf("%scertificate expired on %s", whose, what);
    case CAUSE_TLS_NOT_YET_VALID:
        what = day_of(X509_get0_notBefore(cert));
        return g_strdup_printf("%scertificate not valid before %s", whose, what);
    case CAUSE_TLS_NAME:
        what = names_of(cert, SHOWN_NAMES);
        return g_strdup_printf("certificate is for %s, not %s", what, name);
    default:
        return cert != NULL ? untrusted_text(cert, error)
                            : g_strdup("untrusted: the server showed no certificate");
    }
}

/* --- our own files --- */

/* "--tlskey /etc/key.pem: No such file or directory"; `why` is clean. */
static char *file_text(AccessField field, const char *path, const char *why)
{
    g_autofree char *shown = text_clean(raw_text(path), PATH_CHARS);

    return g_strdup_printf("--%s %s: %s", access_word(field), shown, why);
}

/* NULL if it can be opened without waiting: a pipe could keep us for ever. */
static char *look_at(AccessField field, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return file_text(field, path, g_strerror(errno));
    if (!S_ISREG(st.st_mode))
        return file_text(field, path, "not a regular file");
    return g_access(path, R_OK) != 0 ? file_text(field, path, g_strerror(errno)) : NULL;
}

/* OpenSSL would ask on the terminal otherwise. */
static int on_passphrase(char *bytes, int size, int writing, void *asked)
{
    (void)bytes, (void)size, (void)writing;
    *(gboolean *)asked = TRUE;
    return 0;
}

static char *load_key(SSL_CTX *context, const char *path)
{
    gboolean asked = FALSE;
    int done;

    SSL_CTX_set_default_passwd_cb(context, on_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(context, &asked);
    done = SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM);
    SSL_CTX_set_default_passwd_cb_userdata(context, NULL);
    SSL_CTX_set_default_passwd_cb(context, NULL);
    if (asked)
        return file_text(ACCESS_TLS_KEY, path, "locked with a passphrase");
    if (done != 1 && ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH)
        return file_text(ACCESS_TLS_KEY, path, "not the key of the certificate");
    if (done != 1)
        return file_text(ACCESS_TLS_KEY, path, "holds no private key in PEM");
    return SSL_CTX_check_private_key(context) == 1
               ? NULL
               : file_text(ACCESS_TLS_KEY, path, "not the key of the certificate");
}

static char *load_pair(SSL_CTX *context, const char *cert, const char *key)
{
    char *fault;

    if (key == NULL)
        return g_strdup("--tlscert without --tlskey");
    if (cert == NULL)
        return g_strdup("--tlskey without --tlscert");
    fault = look_at(ACCESS_TLS_CERT, cert);
    if (fault == NULL)
        fault = look_at(ACCESS_TLS_KEY, key);
    if (fault != NULL)
        return fault;
    if (SSL_CTX_use_certificate_chain_file(context, cert) != 1)
        return file_text(ACCESS_TLS_CERT, cert, "holds no certificate in PEM");
    return load_key(context, key);
}

static char *load_ca(SSL_CTX *context, const char *path)
{
    char *fault = look_at(ACCESS_TLS_CA, path);

    if (fault != NULL)
        return fault;
    return SSL_CTX_load_verify_file(context, path) == 1
               ? NULL
               : file_text(ACCESS_TLS_CA, path, "holds no certificate in PEM");
}

char *cert_load(SSL_CTX *context, const Access *access)
{
    const char *ca = access_get(access, ACCESS_TLS_CA);
    const char *cert = access_get(access, ACCESS_TLS_CERT);
    const char *key = access_get(access, ACCESS_TLS_KEY);
    char *fault = NULL;

    ERR_clear_error();
    if (ca != NULL)
        fault = load_ca(context, ca);
    else
        SSL_CTX_set_default_verify_paths(context); /* none there: all is untrusted, which is true */
    if (fault == NULL && (cert != NULL || key != NULL))
        fault = load_pair(context, cert, key);
    ERR_clear_error();
    return fault;
}
