/* The fifth rung: TLS, when the URL asks for it: our own handshake with the system's trust store
 * (or SSL_CERT_FILE, as OpenSSL has it), the server's name told and checked. Heddle's client goes
 * on in clear when the server offers no TLS, and upgrades a nats:// URL when the server demands
 * TLS; a check that held in either case would hide what the operator meant, so the rung breaks and
 * says so. */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "nats/ladder_internal.h"

enum {
    WARN_DAYS = 14, /* less than this left of the certificate */
    SHOWN_NAMES = 3,
    NAME_CHARS = 48,
};

typedef struct Handshake { /* what OpenSSL's callbacks write to */
    Climb *climb;
    Cause cause; /* why the certificate was turned down, NONE if it was not */
    char *text;
} Handshake;

/* --- what a certificate says --- */

static char *day_of(const ASN1_TIME *time)
{
    struct tm tm;
    char day[16] = "?";

    if (ASN1_TIME_to_tm(time, &tm) == 1)
        strftime(day, sizeof day, "%Y-%m-%d", &tm);
    return g_strdup(day);
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

/* "a.example, 10.0.0.7 and 4 more". */
static char *names_of(const X509 *cert)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    GString *text = g_string_new(NULL);
    int shown = 0;

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        g_autofree char *name = name_text(sk_GENERAL_NAME_value(names, i));

        if (name != NULL && shown++ < SHOWN_NAMES)
            g_string_append_printf(text, "%s%s", shown > 1 ? ", " : "", name);
    }
    if (shown > SHOWN_NAMES)
        g_string_append_printf(text, " and %d more", shown - SHOWN_NAMES);
    if (shown == 0)
        g_string_append(text, "no host");
    GENERAL_NAMES_free(names);
    return g_string_free(text, FALSE);
}

static void turn_down(Handshake *shake, X509_STORE_CTX *store)
{
    X509 *cert = X509_STORE_CTX_get_current_cert(store);
    int error = X509_STORE_CTX_get_error(store);
    g_autofree char *what = NULL;

    switch (cert != NULL ? error : X509_V_ERR_UNSPECIFIED) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        what = day_of(X509_get0_notAfter(cert));
        shake->cause = CAUSE_TLS_EXPIRED;
        shake->text = g_strdup_printf("certificate expired on %s", what);
        break;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        what = day_of(X509_get0_notBefore(cert));
        shake->cause = CAUSE_TLS_EXPIRED;
        shake->text = g_strdup_printf("certificate not valid before %s", what);
        break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        what = names_of(cert);
        shake->cause = CAUSE_TLS_NAME;
        shake->text =
            g_strdup_printf("certificate is for %s, not %s", what, shake->climb->url->host);
        break;
    default:
        shake->cause = CAUSE_TLS_UNTRUSTED;
        shake->text = g_strdup_printf("untrusted: %s", X509_verify_cert_error_string(error));
    }
}

/* --- OpenSSL's callbacks --- */

static int on_verify(int ok, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    Handshake *shake = SSL_get_app_data(ssl);

    if (!ok && shake->cause == CAUSE_NONE)
        turn_down(shake, store);
    return ok;
}

static int on_cert_wanted(SSL *ssl, X509 **cert, EVP_PKEY **key)
{
    Handshake *shake = SSL_get_app_data(ssl);

    (void)cert, (void)key;
    shake->climb->wants_cert = TRUE;
    return 0; /* we have none */
}

/* --- the handshake --- */

/* The certificate must be for the host in the URL; names, not addresses, are told to the server. */
static gboolean set_host(SSL *ssl, const char *host)
{
    g_autofree char *bare = g_strdup(host);
    gsize len = strlen(bare);
    struct in6_addr address;

    if (strchr(bare, '%') != NULL)
        *strchr(bare, '%') = '\0'; /* the zone is no part of the address */
    else if (bare[len - 1] == '.')
        bare[len - 1] = '\0';
    if (inet_pton(AF_INET, bare, &address) == 1 || inet_pton(AF_INET6, bare, &address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), bare) == 1;
    return SSL_set1_host(ssl, bare) == 1 && SSL_set_tlsext_host_name(ssl, bare) == 1;
}

static SSL *new_session(Handshake *shake)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = NULL;

    if (context == NULL)
        return NULL;
    SSL_CTX_set_default_verify_paths(context); /* none there: all is untrusted, which is true */
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_client_cert_cb(context, on_cert_wanted);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verify);
    ssl = SSL_new(context);
    SSL_CTX_free(context);
    if (ssl == NULL)
        return NULL;
    SSL_set_app_data(ssl, shake);
    if (!set_host(ssl, shake->climb->url->host))
        g_clear_pointer(&ssl, SSL_free);
    return ssl;
}

static IoEnd shake_hands(LadderIo *io, gint64 until_us)
{
    for (;;) {
        int result;
        IoEnd end;

        ERR_clear_error();
        result = SSL_connect(io->ssl);
        if (result == 1)
            return IO_DONE;
        end = io_tls_wait(io, result, until_us);
        if (end != IO_DONE)
            return end;
    }
}

/* --- the rung --- */

/* Alerts by which servers refuse a client for want of a certificate. */
static gboolean is_cert_alert(int reason)
{
    return reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED ||
           reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE ||
           reason == SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN ||
           reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE;
}

static void tell_broken(Climb *climb, Rung *rung, IoEnd end, gint64 since_us)
{
    const char *reason = ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, climb->io.tls_reason));

    if (climb->wants_cert && (end != IO_TLS || is_cert_alert(climb->io.tls_reason)) &&
        end != IO_LATE && end != IO_CANCELLED)
        rung_breaks(rung, CAUSE_TLS_CLIENT_CERT, "the server wants a client certificate");
    else if (end == IO_TLS)
        rung_breaks(rung, CAUSE_TLS_FAILED, "TLS failed: %s", reason != NULL ? reason : "?");
    else if (end == IO_LATE)
        rung_breaks(rung, CAUSE_TLS_FAILED, "silent in the TLS handshake, %.1f s",
                    (double)(clock_now() - since_us) / G_USEC_PER_SEC);
    else if (end == IO_CLOSED || end == IO_RESET)
        rung_breaks(rung, CAUSE_TLS_FAILED, "closed in the TLS handshake");
    else
        rung_breaks_io(rung, end, "INFO", since_us);
}

static void tell_holds(Climb *climb, Rung *rung)
{
    X509 *cert = SSL_get0_peer_certificate(climb->io.ssl);
    int days = 0, seconds = 0;

    ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert));
    if (days < WARN_DAYS)
        rung_warns(rung, CAUSE_TLS_EXPIRED, "%s, certificate ends in %d days",
                   SSL_get_version(climb->io.ssl), days);
    else
        rung_holds(rung, "%s, certificate for %d days", SSL_get_version(climb->io.ssl), days);
}

static void climb_handshake(Climb *climb, Rung *rung)
{
    Handshake shake = {.climb = climb};
    gint64 start = clock_now();
    SSL *ssl = new_session(&shake);
    IoEnd end;

    if (io_pending(&climb->io).len > 0) { /* somebody in between wants it taken for what follows */
        rung_breaks(rung, CAUSE_TLS_FAILED, "more in clear where TLS should begin");
        SSL_free(ssl);
        return;
    }
    if (ssl == NULL || !io_start_tls(&climb->io, ssl)) {
        rung_breaks(rung, CAUSE_TLS_FAILED, "OpenSSL has no session to give");
        return;
    }
    end = shake_hands(&climb->io, climb_patience(climb));
    SSL_set_app_data(ssl, NULL);
    if (shake.cause != CAUSE_NONE)
        rung_breaks(rung, shake.cause, "%s", shake.text);
    else if (end != IO_DONE)
        tell_broken(climb, rung, end, start);
    else
        tell_holds(climb, rung);
    g_free(shake.text);
}

void climb_tls(Climb *climb, Rung *rung)
{
    const ServerInfo *info = &climb->ladder->info;

    if (!climb->url->tls && info->tls_required)
        rung_breaks(rung, CAUSE_TLS_REQUIRED, "the server demands TLS: use tls:// in the URL");
    else if (!climb->url->tls)
        rung_skips(rung, "not asked for");
    else if (!info->tls_required && !info->tls_available)
        rung_breaks(rung, CAUSE_TLS_NOT_OFFERED, "no TLS there: Heddle would connect in clear");
    else if (!refused_early(climb, rung))
        climb_handshake(climb, rung);
}

gboolean tls_refused_late(Climb *climb, IoEnd end)
{
    gboolean refused =
        end == IO_TLS || (climb->wants_cert && (end == IO_CLOSED || end == IO_RESET));

    if (climb->io.ssl == NULL || !refused)
        return FALSE;
    tell_broken(climb, &climb->ladder->rungs[RUNG_TLS], end, 0);
    return TRUE;
}
