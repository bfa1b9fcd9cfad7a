/* The fifth rung: TLS, when the URL or a file of TLS asks for it, or the server demands it: our own
 * handshake with the system's trust store (or SSL_CERT_FILE, as OpenSSL has it) or the one named,
 * the server's name told and checked. Where the URL is nats:// and the server demands TLS, Heddle's
 * client upgrades by itself (nats-py 2.16, Client._process_connect_init), and so does libnats
 * (3.4.1, tried); so the handshake is made with the same trust, and the
 * rung warns. Where the server merely offers TLS, Heddle's client stays in clear, tls:// or not.
 *
 * A server with handshake_first (nats-server since 2.10) begins with TLS: then this rung comes
 * before INFO. */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/clock.h"
#include "nats/ladder_cert.h"

enum {
    WARN_DAYS = 14, /* less than this left of the certificate */
    NAME_CHARS = 48,
};

typedef struct Handshake { /* what OpenSSL's callbacks write to */
    Climb *climb;
    Rung *rung;
    char *name;       /* that the certificate must have */
    char *name_shown; /* the same, clean */
    Cause cause;      /* why the certificate was turned down, NONE if it was not */
    char *text;
} Handshake;

/* --- OpenSSL's callbacks --- */

static int on_certificates(X509_STORE_CTX *store, void *data)
{
    Handshake *shake = data;

    cert_show_chain(shake->rung, store);
    g_free(shake->climb->ladder->certificate);
    shake->climb->ladder->certificate = cert_print(X509_STORE_CTX_get0_cert(store));
    return X509_verify_cert(store);
}

static int on_verify(int ok, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    Handshake *shake = SSL_get_app_data(ssl);

    if (!ok && shake->cause == CAUSE_NONE)
        shake->text = cert_fault(store, shake->name_shown, &shake->cause);
    return ok;
}

static int on_cert_wanted(SSL *ssl, void *climb)
{
    (void)ssl;
    ((Climb *)climb)->wants_cert = TRUE;
    return 1; /* go on with what we have */
}

/* --- a session --- */

/* The certificate must be for the name; names, not addresses, are told to the server. */
static gboolean set_name(SSL *ssl, const char *name, gboolean *told)
{
    struct in6_addr address;

    *told = FALSE;
    if (inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
    *told = TRUE;
    return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

/* NULL with *why (caller frees) when a file of ours is no good, without it when memory is out. */
static SSL_CTX *new_context(Climb *climb, char **why)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    *why = NULL;
    if (context == NULL)
        return NULL;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cert_cb(context, on_cert_wanted, climb);
    *why = cert_load(context, climb->access);
    if (*why != NULL)
        g_clear_pointer(&context, SSL_CTX_free);
    return context;
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

/* --- what broke --- */

/* Alerts by which servers refuse a client for its certificate, or for want of one. */
static const struct {
    int reason;
    const char *words;
} cert_alerts[] = {
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, "it wants another one"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "bad certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, "not taken"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "expired"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, "revoked"},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, "not of a sort it takes"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, "its authority is not trusted there"},
    {SSL_R_TLSV1_ALERT_ACCESS_DENIED, "access denied"},
    {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, "handshake failure"},
};

static const char *cert_alert(int reason)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cert_alerts); i++)
        if (cert_alerts[i].reason == reason)
            return cert_alerts[i].words;
    return NULL;
}

static gboolean is_too_old(int reason)
{
    return reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION ||
           reason == SSL_R_WRONG_SSL_VERSION || reason == SSL_R_VERSION_TOO_LOW;
}

/* The server asked for a certificate and broke off without a word, or with an alert about it. */
static gboolean is_about_our_cert(const Climb *climb, IoEnd end)
{
    return climb->wants_cert && (end == IO_CLOSED || end == IO_RESET ||
                                 (end == IO_TLS && cert_alert(climb->io.tls_reason) != NULL));
}

static void tell_our_cert(const Climb *climb, Rung *rung, IoEnd end)
{
    if (access_get(climb->access, ACCESS_TLS_CERT) == NULL)
        rung_breaks(rung, CAUSE_TLS_CLIENT_CERT, "the server wants a client certificate");
    else
        rung_breaks(rung, CAUSE_TLS_CLIENT_REFUSED, "the server refused our client certificate: %s",
                    end == IO_TLS ? cert_alert(climb->io.tls_reason) : "it closed");
}

static gboolean began_in_clear(const LadderIo *io)
{
    return io->answer_len >= 5 && memcmp(io->answer, "INFO ", 5) == 0;
}

static void tell_broken(Climb *climb, Rung *rung, IoEnd end, gint64 since_us)
{
    const char *reason = ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, climb->io.tls_reason));

    if (is_about_our_cert(climb, end))
        tell_our_cert(climb, rung, end);
    else if (end == IO_TLS && began_in_clear(&climb->io))
        rung_breaks(rung, CAUSE_TLS_NOT_FIRST,
                    "this server says INFO before TLS: leave --tlsfirst out");
    else if (end == IO_TLS && is_too_old(climb->io.tls_reason))
        rung_breaks(rung, CAUSE_TLS_VERSION, "the server's TLS is too old: nothing from 1.2 up");
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

gboolean tls_refused_late(Climb *climb, IoEnd end)
{
    Rung *rung = &climb->ladder->rungs[RUNG_TLS];
    /* Once a word has come under TLS, the server has taken what certificate we have. */
    gboolean cut = (end == IO_CLOSED || end == IO_RESET) && !climb->io.heard;

    if (climb->io.ssl == NULL || (end != IO_TLS && !cut))
        return FALSE;
    if (cut && !climb->wants_cert)
        rung_breaks(rung, CAUSE_TLS_FAILED, "closed right after the TLS handshake");
    else
        tell_broken(climb, rung, end, 0);
    return TRUE;
}

/* --- what holds --- */

static gboolean is_asked_for(const Climb *climb)
{
    return climb->url->tls || access_wants_tls(climb->access);
}

static void show_session(Climb *climb, Rung *rung)
{
    const SSL *ssl = climb->io.ssl;

    rung_shows(rung, "%s, %s", SSL_get_version(ssl), SSL_get_cipher_name(ssl));
    if (climb->wants_cert)
        rung_shows(rung, "the server asked for a client certificate%s; Heddle's actors have none",
                   access_get(climb->access, ACCESS_TLS_CERT) != NULL ? ", and ours was shown"
                                                                      : "");
    if (access_tls_first(climb->access))
        rung_shows(rung, "TLS before INFO: Heddle's actors get in only with handshake_first: auto");
}

static void tell_holds(Climb *climb, Rung *rung)
{
    const ServerInfo *info = &climb->ladder->info;
    const char *version = SSL_get_version(climb->io.ssl);
    int days = cert_days_left(SSL_get0_peer_certificate(climb->io.ssl));

    show_session(climb, rung);
    if (days < WARN_DAYS)
        rung_warns(rung, CAUSE_TLS_EXPIRED, "%s, certificate ends in %d days", version, days);
    else if (!is_asked_for(climb))
        rung_warns(
            rung, CAUSE_TLS_REQUIRED,
            "the server demands TLS, unasked; Heddle's client turns it on by itself: use tls://");
    else if (!access_tls_first(climb->access) && !info->tls_required)
        rung_warns(rung, CAUSE_TLS_OPTIONAL,
                   "%s, but the server does not demand it: Heddle would connect in clear", version);
    else
        rung_holds(rung, "%s, certificate for %d days", version, days);
}

/* --- the rung --- */

/* FALSE when OpenSSL has no more memory. */
static gboolean begin(Handshake *shake, SSL_CTX *context)
{
    LadderIo *io = &shake->climb->io;
    gboolean told = FALSE, begun;
    SSL *ssl;

    SSL_CTX_set_cert_verify_callback(context, on_certificates, shake);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verify);
    ssl = SSL_new(context);
    if (ssl == NULL)
        return FALSE;
    SSL_set_app_data(ssl, shake);
    begun = set_name(ssl, shake->name, &told);
    cert_show_trust(shake->rung, shake->climb->access);
    rung_shows(shake->rung,
               told ? "name told (SNI): %s" : "name told (SNI): none, %s is an address",
               shake->name_shown);
    return io_start_tls(io, ssl) && begun;
}

static void handshake(Climb *climb, Rung *rung, SSL_CTX *context)
{
    Handshake shake = {.climb = climb, .rung = rung};
    gint64 start = clock_now();
    IoEnd end;

    shake.name = access_tls_name(climb->access, climb->url->host);
    shake.name_shown = text_clean(raw_text(shake.name), NAME_CHARS);
    if (begin(&shake, context)) {
        end = shake_hands(&climb->io, climb_patience(climb));
        if (shake.cause != CAUSE_NONE)
            rung_breaks(rung, shake.cause, "%s", shake.text);
        else if (end != IO_DONE)
            tell_broken(climb, rung, end, start);
        else
            tell_holds(climb, rung);
        /* No renegotiation and no second look at the certificate: the callbacks are through. */
        SSL_set_app_data(climb->io.ssl, NULL);
    } else {
        rung_breaks(rung, CAUSE_TLS_FAILED, "OpenSSL has no session to give");
    }
    g_free(shake.name);
    g_free(shake.name_shown);
    g_free(shake.text);
}

static void climb_handshake(Climb *climb, Rung *rung)
{
    g_autofree char *why = NULL;
    SSL_CTX *context;

    if (io_pending(&climb->io).len > 0) { /* somebody in between wants it taken for what follows */
        rung_breaks(rung, CAUSE_TLS_FAILED, "more in clear where TLS should begin");
        return;
    }
    context = new_context(climb, &why);
    if (context != NULL)
        handshake(climb, rung, context);
    else if (why != NULL)
        rung_breaks(rung, CAUSE_TLS_FILES, "%s", why);
    else
        rung_breaks(rung, CAUSE_TLS_FAILED, "OpenSSL has no session to give");
    SSL_CTX_free(context);
}

static void tell_not_offered(const Climb *climb, Rung *rung)
{
    if (climb->url->tls)
        rung_breaks(rung, CAUSE_TLS_NOT_OFFERED, "no TLS there: Heddle would connect in clear");
    else
        rung_breaks(rung, CAUSE_TLS_NOT_OFFERED, "no TLS there, and files for it were named");
}

void climb_tls(Climb *climb, Rung *rung)
{
    const ServerInfo *info = &climb->ladder->info;

    if (access_tls_first(climb->access))
        climb_handshake(climb, rung); /* the server has said nothing yet */
    else if (!is_asked_for(climb) && !info->tls_required)
        rung_skips(rung, "not asked for");
    else if (!info->tls_required && !info->tls_available)
        tell_not_offered(climb, rung);
    else if (!refused_early(climb, rung))
        climb_handshake(climb, rung);
}

IoEnd tls_try(Climb *climb, LadderIo *io, gint64 until_us)
{
    g_autofree char *why = NULL, *name = access_tls_name(climb->access, climb->url->host);
    SSL_CTX *context = new_context(climb, &why);
    SSL *ssl = context != NULL ? SSL_new(context) : NULL; /* which checks no certificate */
    gboolean told;
    IoEnd end = IO_TLS;

    if (ssl != NULL && set_name(ssl, name, &told) && io_start_tls(io, ssl))
        end = shake_hands(io, until_us);
    else if (io->ssl == NULL)
        SSL_free(ssl);
    SSL_CTX_free(context);
    return end == IO_DONE ? io_fill(io, until_us) : end;
}
