/* How long the ladder takes to its verdict, against a bare loop of the system calls that no verdict
 * can do without; and how far past its time it is where only the time can tell. */
#include <netdb.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nats/ladder.h"
#include "tests/bench/bench.h"
#include "tests/support/cert.h"
#include "tests/support/fake.h"

#define HOST    "localhost"
#define NO_HOST "no-such-host.invalid" /* RFC 6761: never resolves */
#define WRONG   "CONNECT {\"verbose\":false,\"user\":\"me\",\"pass\":\"wrong\"}\r\nPING\r\n"

enum {
    RUNS = 50,
    QUICK_RUNS = 10,
    LATE_RUNS = 3,
    LOST_MAX = 5,
    LOST_MS = 3000, /* so long the ladder waits for a name server */
    TIMEOUT_MS = 5000,
    SILENCE_MS = TIMEOUT_MS * 2 / 5, /* the ladder's patience with a server that says nothing */
};

typedef struct Trouble {
    const char *name;
    Cause cause;
    const char *login; /* before the host in the URL */
    const char *scheme, *host;
    unsigned port;
    void (*bare)(const struct Trouble *trouble); /* its system calls, once */
    const char *calls;                           /* in words */
} Trouble;

/* --- the bare loop --- */

/* A connected socket; -1 when no address takes it, or there is none. */
static int bare_dial(const Trouble *trouble)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
    char port[8];
    int fd = -1;

    snprintf(port, sizeof port, "%u", trouble->port);
    if (getaddrinfo(trouble->host, port, &hints, &found) != 0)
        return -1;
    for (struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

static void hear_until(int fd, const char *word)
{
    char text[4096] = "";
    size_t len = 0;
    ssize_t count;

    while (strstr(text, word) == NULL && len < sizeof text - 1 &&
           (count = read(fd, text + len, sizeof text - 1 - len)) > 0)
        len += (size_t)count;
    if (strstr(text, word) == NULL)
        g_error("bench: the server does not say %s", word);
}

static void bare_dial_fails(const Trouble *trouble)
{
    if (bare_dial(trouble) >= 0)
        g_error("bench: somebody listens for %s", trouble->name);
}

static void bare_login(const Trouble *trouble)
{
    int fd = bare_dial(trouble);

    hear_until(fd, "\r\n");
    if (write(fd, WRONG, strlen(WRONG)) != (ssize_t)strlen(WRONG))
        g_error("bench: cannot send");
    hear_until(fd, "-ERR");
    close(fd);
}

static void bare_tls(const Trouble *trouble)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl;
    int fd = bare_dial(trouble);

    hear_until(fd, "\r\n");
    SSL_CTX_set_default_verify_paths(context);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) == 1)
        g_error("bench: the certificate is trusted");
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
}

/* --- ours --- */

static double ms_since(gint64 begin)
{
    return (double)(g_get_monotonic_time() - begin) / 1000;
}

/* The time of one climb, which must end with the trouble's cause; -1 when the network lost the name
 * server's answer, which is another trouble. */
static double climb_ms(const Trouble *trouble)
{
    g_autofree char *url = g_strdup_printf("%s://%s%s:%u", trouble->scheme, trouble->login,
                                           trouble->host, trouble->port);
    LadderHow how = {.url = url, .timeout_ms = TIMEOUT_MS};
    gint64 begin = g_get_monotonic_time();
    Ladder *ladder = ladder_climb(&how);
    double ms = ms_since(begin);

    if (ladder_cause(ladder) == CAUSE_RESOLVER_SILENT)
        ms = -1;
    else if (ladder_cause(ladder) != trouble->cause)
        g_error("bench: %s is told as %s", trouble->name, cause_word(ladder_cause(ladder)));
    ladder_free(ladder);
    return ms;
}

/* Ours and the bare calls by turns, so that both have the same machine. */
static void compare(const Bench *bench, const Trouble *trouble)
{
    static const struct {
        const char *word;
        double share;
    } shares[] = {{"p50", 0.5}, {"p99", 0.99}};
    int runs = bench->quick ? QUICK_RUNS : RUNS, lost = 0;
    double ours[RUNS], bare[RUNS];

    for (int i = 0; i < runs;) {
        gint64 begin = g_get_monotonic_time();

        trouble->bare(trouble);
        bare[i] = ms_since(begin);
        ours[i] = climb_ms(trouble);
        if (ours[i] >= 0 && bare[i] < LOST_MS)
            i++;
        else if (++lost == LOST_MAX)
            break;
    }
    if (lost > 0)
        fprintf(stderr, "bench: %s: %d answers of the name server lost\n", trouble->name, lost);
    if (lost == LOST_MAX)
        return; /* no row rather than one of fewer runs */
    for (gsize i = 0; i < G_N_ELEMENTS(shares); i++) {
        g_autofree char *name = g_strdup_printf("verdict_%s_%s", trouble->name, shares[i].word);
        double value = bench_percentile(ours, runs, shares[i].share);

        bench_row(name, value, "ms", trouble->calls, bench_percentile(bare, runs, shares[i].share),
                  "10 ms");
    }
}

/* The longest of a few climbs, beyond the time that it has to wait. */
static void overrun(const Trouble *trouble, int wait_ms, const char *aim)
{
    g_autofree char *name = g_strdup_printf("verdict_%s_overrun", trouble->name);
    double longest = 0;

    for (int i = 0; i < LATE_RUNS; i++)
        longest = MAX(longest, climb_ms(trouble));
    bench_row(name, longest - wait_ms, "ms", NULL, 0, aim);
}

static void bench_refused(const Bench *bench)
{
    int holder;
    Trouble refused = {
        "refused",       CAUSE_REFUSED,         "", "nats", HOST, refusing_port(&holder),
        bare_dial_fails, "getaddrinfo, connect"};

    compare(bench, &refused);
    close(holder);
}

static void bench_unknown_host(const Bench *bench)
{
    Trouble unknown = {"unknown_host", CAUSE_UNKNOWN_HOST, "",           "nats", NO_HOST,
                       4222,           bare_dial_fails,    "getaddrinfo"};

    compare(bench, &unknown);
}

static void bench_wrong_login(const Bench *bench)
{
    static const char *const args[] = {"--user", "me", "--pass", "right", NULL};
    TestServer *server = server_start(args);
    Trouble login = {
        "wrong_login", CAUSE_AUTH_FAILED, "me:wrong@", "nats",
        HOST,          server->port,      bare_login,  "getaddrinfo, connect, INFO, CONNECT, -ERR"};

    compare(bench, &login);
    server_free(server);
}

static void bench_wrong_certificate(const Bench *bench)
{
    g_autofree char *folder = folder_new();
    g_autofree char *cert = g_build_filename(folder, "cert.pem", NULL);
    g_autofree char *key = g_build_filename(folder, "key.pem", NULL);
    const char *const args[] = {"--tls", "--tlscert", cert, "--tlskey", key, NULL};
    Trouble tls = {"wrong_certificate",
                   CAUSE_TLS_SELF_SIGNED,
                   "",
                   "tls",
                   HOST,
                   0,
                   bare_tls,
                   "getaddrinfo, connect, INFO, OpenSSL with the system's trust store"};
    TestServer *server;

    cert_make(folder, "DNS:localhost,IP:127.0.0.1", -1, 30);
    server = server_start(args);
    tls.port = server->port;
    compare(bench, &tls);
    server_free(server);
    folder_remove(folder);
}

static void bench_silent(void)
{
    Fake *fake = fake_start(fake_be_silent);
    Trouble silent = {"silent", CAUSE_SILENT, "", "nats", "127.0.0.1", fake->port, NULL, NULL};

    overrun(&silent, SILENCE_MS, "under 50 ms past two fifths of the timeout");
    fake_free(fake);
}

/* A listener whose queue of one is taken drops what else comes, as a firewall does. */
static void bench_blackhole(void)
{
    int listener, first;
    Trouble hole = {"blackhole", CAUSE_TIMED_OUT, "", "nats", "127.0.0.1", 0, NULL, NULL};

    hole.port = refusing_port(&listener);
    if (listen(listener, 0) != 0)
        g_error("bench: cannot listen");
    first = fake_dial(hole.port);
    overrun(&hole, TIMEOUT_MS, "under 50 ms past the timeout");
    close(first);
    close(listener);
}

void bench_verdict(const Bench *bench)
{
    bench_refused(bench);
    bench_unknown_host(bench);
    bench_wrong_login(bench);
    bench_wrong_certificate(bench);
    bench_silent();
    bench_blackhole();
}
