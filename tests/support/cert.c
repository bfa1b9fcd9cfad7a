#include "tests/support/cert.h"

#include <check.h>
#include <glib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

static void add_extension(X509 *cert, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    ck_assert_ptr_nonnull(extension);
    ck_assert_int_eq(X509_add_ext(cert, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static FILE *create(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    FILE *file = fopen(path, "we");

    ck_assert_ptr_nonnull(file);
    return file;
}

void cert_make(const char *folder, const char *names, int from_days, int to_days)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_NAME *subject = X509_get_subject_name(cert);
    FILE *file;

    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_time_adj_ex(X509_getm_notBefore(cert), from_days, 0, NULL);
    X509_time_adj_ex(X509_getm_notAfter(cert), to_days, 60, NULL);
    X509_set_pubkey(cert, key);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const guchar *)"test", -1, -1, 0);
    X509_set_issuer_name(cert, subject);
    add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(cert, NID_subject_alt_name, names);
    ck_assert_int_gt(X509_sign(cert, key, EVP_sha256()), 0);
    file = create(folder, "cert.pem");
    ck_assert_int_eq(PEM_write_X509(file, cert), 1);
    fclose(file);
    file = create(folder, "key.pem");
    ck_assert_int_eq(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    X509_free(cert);
    EVP_PKEY_free(key);
}

static EVP_PKEY *read_key(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "key.pem", NULL);
    FILE *file = fopen(path, "re");
    EVP_PKEY *key;

    ck_assert_ptr_nonnull(file);
    key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(key);
    fclose(file);
    return key;
}

static X509 *read_cert(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "cert.pem", NULL);
    FILE *file = fopen(path, "re");
    X509 *cert;

    ck_assert_ptr_nonnull(file);
    cert = PEM_read_X509(file, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(cert);
    fclose(file);
    return cert;
}

void cert_make_signed(const char *folder, const char *authority)
{
    EVP_PKEY *key = read_key(folder), *signer = read_key(authority);
    X509 *issuer = read_cert(authority), *cert = X509_new();
    X509_NAME *subject = X509_get_subject_name(cert);
    FILE *file = create(folder, "leaf.pem");

    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 2);
    X509_time_adj_ex(X509_getm_notBefore(cert), -1, 0, NULL);
    X509_time_adj_ex(X509_getm_notAfter(cert), 90, 60, NULL);
    X509_set_pubkey(cert, key);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const guchar *)"leaf\033[2J", -1, -1,
                               0);
    X509_set_issuer_name(cert, X509_get_subject_name(issuer));
    add_extension(cert, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    ck_assert_int_gt(X509_sign(cert, signer, EVP_sha256()), 0);
    ck_assert_int_eq(PEM_write_X509(file, cert), 1);
    fclose(file);
    X509_free(cert);
    X509_free(issuer);
    EVP_PKEY_free(signer);
    EVP_PKEY_free(key);
}

void cert_lock_key(const char *folder)
{
    static const char passphrase[] = "locked";
    EVP_PKEY *key = read_key(folder);
    FILE *file = create(folder, "locked.pem");

    ck_assert_int_eq(PEM_write_PKCS8PrivateKey(file, key, EVP_aes_128_cbc(), passphrase,
                                               sizeof passphrase - 1, NULL, NULL),
                     1);
    fclose(file);
    EVP_PKEY_free(key);
}
