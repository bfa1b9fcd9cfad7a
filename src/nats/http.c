#include "nats/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

enum {
    SLICE_MS = 50,                 /* how often a wait looks whether it is cancelled */
    MOST_HEADER_BYTES = 64 * 1024, /* libcurl 7.88 bounds each line, not their number */
    WORDS_CHARS = 80,              /* shown of an error's body */
};

typedef struct Exchange {
    const HttpAsk *ask;
    HttpReply *reply;
    gsize header_bytes;
    gboolean too_long;
} Exchange;

/* --- libcurl --- */

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static gboolean is_cancelled(const HttpAsk *ask)
{
    return ask->cancelled != NULL && __atomic_load_n(ask->cancelled, __ATOMIC_ACQUIRE) != 0;
}

/* A length other than `size * count` makes libcurl give up. */
static size_t take_body(char *bytes, size_t size, size_t count, void *data)
{
    Exchange *exchange = data;

    if (size * count > exchange->ask->most_bytes - exchange->reply->body->len) {
        exchange->too_long = TRUE;
        return 0;
    }
    g_byte_array_append(exchange->reply->body, (const guint8 *)bytes, (guint)(size * count));
    return size * count;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *data)
{
    static const char date[] = "Date:";
    Exchange *exchange = data;
    gsize len = size * count;

    exchange->header_bytes += len;
    if (exchange->header_bytes > MOST_HEADER_BYTES) {
        exchange->too_long = TRUE;
        return 0;
    }
    if (len > strlen(date) && g_ascii_strncasecmp(bytes, date, strlen(date)) == 0) {
        g_autofree char *value = g_strndup(bytes + strlen(date), len - strlen(date));
        time_t at = curl_getdate(value, NULL);

        exchange->reply->date_us = at > 0 ? (gint64)at * G_USEC_PER_SEC : 0;
    }
    return len;
}

static curl_socket_t open_socket(void *unused, curlsocktype purpose, struct curl_sockaddr *to)
{
    (void)unused, (void)purpose;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* By its spelling: no look-up is made. */
static gboolean is_loopback(const char *url)
{
    CURLU *parts = curl_url();
    char *host = NULL;
    gboolean loopback;

    curl_url_set(parts, CURLUPART_URL, url, 0);
    curl_url_get(parts, CURLUPART_HOST, &host, 0);
    loopback = host != NULL && (g_ascii_strcasecmp(host, "localhost") == 0 ||
                                g_str_has_prefix(host, "127.") || g_str_equal(host, "[::1]"));
    curl_free(host);
    curl_url_cleanup(parts);
    return loopback;
}

static void prepare(CURL *easy, Exchange *exchange)
{
    const HttpAsk *ask = exchange->ask;
    const char *ca_file = ask->ca_file != NULL ? ask->ca_file : g_getenv("SSL_CERT_FILE");

    curl_easy_setopt(easy, CURLOPT_URL, ask->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "heddle-preflight/" PACKAGE_VERSION);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)MAX(ask->timeout_ms, 1));
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);   /* there are other threads */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* do not wait for a silent resolver */
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)ask->most_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    if (ca_file != NULL && ca_file[0] != '\0')
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    if (ask->direct || is_loopback(ask->url))
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

/* By the multi interface, since the easy one looks up from its waiting only once a second. */
static CURLcode perform(CURL *easy, const HttpAsk *ask)
{
    CURLM *multi = curl_multi_init();
    CURLcode result = CURLE_FAILED_INIT;
    int running = 0, left;
    CURLMsg *done;

    if (multi == NULL || curl_multi_add_handle(multi, easy) != CURLM_OK) {
        curl_multi_cleanup(multi);
        return result;
    }
    while (curl_multi_perform(multi, &running) == CURLM_OK && running > 0 && !is_cancelled(ask))
        curl_multi_poll(multi, NULL, 0, SLICE_MS, NULL);
    done = curl_multi_info_read(multi, &left);
    if (done != NULL)
        result = done->data.result;
    else if (is_cancelled(ask))
        result = CURLE_ABORTED_BY_CALLBACK;
    curl_multi_remove_handle(multi, easy);
    curl_multi_cleanup(multi);
    return result;
}

/* --- what went wrong --- */

static const struct {
    CURLcode code;
    Cause cause;
    const char *text;
} failures[] = {
    {CURLE_URL_MALFORMAT, CAUSE_BAD_URL, "no URL"},
    {CURLE_COULDNT_RESOLVE_HOST, CAUSE_UNKNOWN_HOST, "no such host"},
    {CURLE_COULDNT_RESOLVE_PROXY, CAUSE_UNKNOWN_HOST, "no such host, for the proxy"},
    {CURLE_COULDNT_CONNECT, CAUSE_UNREACHABLE, "cannot be reached"},
    {CURLE_ABORTED_BY_CALLBACK, CAUSE_CANCELLED, "cancelled"},
    {CURLE_UNSUPPORTED_PROTOCOL, CAUSE_NOT_NATS, "it speaks no HTTP"},
    {CURLE_WEIRD_SERVER_REPLY, CAUSE_NOT_NATS, "it speaks no HTTP"},
    {CURLE_GOT_NOTHING, CAUSE_CLOSED, "it closed without a word"},
    {CURLE_PARTIAL_FILE, CAUSE_CLOSED, "it closed in the middle of its answer"},
    {CURLE_RECV_ERROR, CAUSE_RESET, "the connection broke"},
    {CURLE_SEND_ERROR, CAUSE_RESET, "the connection broke"},
    {CURLE_PEER_FAILED_VERIFICATION, CAUSE_TLS_UNTRUSTED, "its certificate is not trusted"},
    {CURLE_SSL_CACERT_BADFILE, CAUSE_TLS_UNTRUSTED, "the authorities' file cannot be read"},
    {CURLE_SSL_CONNECT_ERROR, CAUSE_TLS_FAILED, "no TLS there"},
};

static Cause tell_failure(CURL *easy, const Exchange *exchange, CURLcode code, char **why)
{
    long error = 0;

    if (exchange->too_long || code == CURLE_FILESIZE_EXCEEDED) {
        *why = g_strdup_printf("its answer is longer than %" G_GSIZE_FORMAT " KiB",
                               exchange->ask->most_bytes / 1024);
        return CAUSE_NOT_NATS;
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
        *why = g_strdup_printf("no answer in %.1f s", (double)exchange->ask->timeout_ms / 1000);
        return CAUSE_TIMED_OUT;
    }
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
    if (code == CURLE_COULDNT_CONNECT && error == ECONNREFUSED) {
        *why = g_strdup("refused");
        return CAUSE_REFUSED;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(failures); i++)
        if (failures[i].code == code) {
            *why = g_strdup(failures[i].text);
            return failures[i].cause;
        }
    *why = text_clean(raw_text(curl_easy_strerror(code)), WORDS_CHARS);
    return CAUSE_CLOSED;
}

/* nats-server gives the reason of a 400 as one line of plain text. */
static void tell_status(const Exchange *exchange, long status, char **why)
{
    const GByteArray *body = exchange->reply->body;
    const char *text = (const char *)body->data;
    const char *end = body->len > 0 ? memchr(text, '\n', body->len) : NULL;
    gsize len = end != NULL ? (gsize)(end - text) : body->len;

    if (status >= 300 && status < 400) {
        *why = g_strdup_printf("it leads elsewhere (HTTP %ld), which is not followed", status);
    } else if (len == 0 || text[0] == '<') {
        *why = g_strdup_printf("HTTP %ld", status);
    } else {
        g_autofree char *words = text_clean(raw_bytes(text, len), WORDS_CHARS);

        *why = g_strdup_printf("HTTP %ld: %s", status, words);
    }
}

/* --- the exchange --- */

static Cause exchange_once(CURL *easy, Exchange *exchange, char **why)
{
    CURLcode code;
    long status = 0;

    prepare(easy, exchange);
    code = perform(easy, exchange->ask);
    if (code != CURLE_OK)
        return tell_failure(easy, exchange, code, why);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200)
        return CAUSE_NONE;
    tell_status(exchange, status, why);
    return CAUSE_NOT_NATS;
}

Cause http_get(const HttpAsk *ask, HttpReply *reply, char **why)
{
    Exchange exchange = {.ask = ask, .reply = reply};
    Cause cause = CAUSE_CLOSED;
    CURL *easy;

    *why = NULL;
    *reply = (HttpReply){.body = g_byte_array_new()};
    pthread_once(&curl_once, init_curl);
    easy = curl_easy_init();
    if (easy != NULL)
        cause = exchange_once(easy, &exchange, why);
    else
        *why = g_strdup("libcurl does not start");
    curl_easy_cleanup(easy);
    if (cause != CAUSE_NONE)
        http_reply_clear(reply);
    return cause;
}

void http_reply_clear(HttpReply *reply)
{
    if (reply->body == NULL)
        return;
    if (reply->body->len > 0)
        explicit_bzero(reply->body->data, reply->body->len);
    g_byte_array_unref(reply->body);
    *reply = (HttpReply){0};
}
