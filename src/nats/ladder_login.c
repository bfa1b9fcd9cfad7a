/* The sixth rung: CONNECT with the login of the URL or of what is beside it. The server does not
 * answer CONNECT as such: the PONG of the PING behind it says that it was taken. A login that no
 * server would take is not even sent. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "nats/ladder_internal.h"
#include "nats/login.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

enum {
    /* Whoever speaks at once loses the words of a server that is full to its reset; they come 0.2
     * ms after INFO (../shared/facts-nats.md). */
    FULL_SERVER_MS = 2,
    MAX_LINES = 256, /* before the PONG: a talker is no NATS server */
};

/* --- CONNECT --- */

static void wipe_json(json_t *connect, const char *member)
{
    json_t *value = json_object_get(connect, member);

    if (value != NULL) /* jansson gives its own buffer out, read-only to others */
        explicit_bzero((char *)json_string_value(value), json_string_length(value));
}

/* The server checks the signature of its nonce: of a JWT's user, or of the public key sent. */
static void add_signature(json_t *connect, const Creds *creds, const char *nonce)
{
    g_autofree char *answer = nonce != NULL ? creds_answer(creds, nonce) : NULL;

    if (creds->jwt != NULL)
        json_object_set_new(connect, "jwt", json_string(creds->jwt));
    else
        json_object_set_new(connect, "nkey", json_string(creds->public_key));
    if (answer != NULL)
        json_object_set_new(connect, "sig", json_string(answer));
}

static json_t *connect_options(const Climb *climb, const Login *login)
{
    json_t *connect =
        json_pack("{s:b, s:b, s:s, s:s, s:s, s:i, s:b, s:b, s:b, s:b}", "verbose", 0, "pedantic", 0,
                  "name", LADDER_CLIENT_NAME, "lang", "c", "version", PACKAGE_VERSION, "protocol",
                  1, "echo", 0, "headers", 1, "no_responders", 1, "tls_required", climb->url->tls);

    if (login->kind == LOGIN_PASSWORD) {
        json_object_set_new(connect, "user", json_string(login->user));
        json_object_set_new(connect, "pass", json_string(login->password));
    } else if (login->kind == LOGIN_TOKEN) {
        json_object_set_new(connect, "auth_token", json_string(login->token));
    } else if (login->creds != NULL) {
        add_signature(connect, login->creds, climb->nonce);
    }
    return connect;
}

/* Written straight into one buffer, so that there is one copy of the password to wipe. */
static IoEnd send_connect(Climb *climb, const Login *login, gint64 until_us)
{
    static const char before[] = "CONNECT ", after[] = "\r\nPING\r\n";
    json_t *connect = connect_options(climb, login);
    gsize json_len = json_dumpb(connect, NULL, 0, JSON_COMPACT);
    gsize size = sizeof before + json_len + sizeof after;
    char *line = g_malloc(size), *end = g_stpcpy(line, before);
    IoEnd result;

    end += json_dumpb(connect, end, json_len, JSON_COMPACT);
    end = g_stpcpy(end, after);
    result = io_send(&climb->io, line, (gsize)(end - line), until_us);
    wipe_json(connect, "user");
    wipe_json(connect, "pass");
    wipe_json(connect, "auth_token");
    wipe_json(connect, "jwt");
    json_decref(connect);
    explicit_bzero(line, size);
    g_free(line);
    return result;
}

/* --- answers --- */

static gboolean is(RawText line, const char *word)
{
    gsize len = strlen(word);

    return line.len >= len && g_ascii_strncasecmp(line.bytes, word, len) == 0 &&
           (line.len == len || line.bytes[len] == ' ');
}

/* The login was refused. A server that has several sorts of login does not tell which it wanted. */
static void tell_refused(const Climb *climb, Rung *rung, Cause cause, const char *words)
{
    if (cause == CAUSE_AUTH_REQUIRED && climb->takes_nkeys)
        rung_breaks(rung, cause, "login required (it takes NKeys too): %s", words);
    else if (cause == CAUSE_AUTH_REQUIRED)
        rung_breaks(rung, cause, "login required: %s", words);
    else if (cause == CAUSE_AUTH_FAILED || cause == CAUSE_AUTH_EXPIRED)
        rung_breaks(rung, cause, "login refused: %s", words);
    else
        rung_breaks(rung, cause, "refused: %s", words);
}

gboolean session_pong(Climb *climb, Rung *rung, const char *stage, gint64 since_us)
{
    gint64 until = climb_patience(climb);

    for (int lines = 0; lines < MAX_LINES; lines++) {
        g_autofree char *words = NULL;
        RawText line;
        Cause cause;
        IoEnd end = io_line(&climb->io, MAX_LINE_BYTES, until, &line);

        if (end != IO_DONE) {
            if (!tls_refused_late(climb, end))
                rung_breaks_io(rung, end, stage, since_us);
            return FALSE;
        }
        if (is(line, "PONG"))
            return TRUE;
        if (refusal_read(line, climb->gave_login, &cause, &words)) {
            tell_refused(climb, rung, cause, words);
            return FALSE;
        }
        if (is(line, "PING"))
            io_send(&climb->io, "PONG\r\n", 6, until);
        else if (!is(line, "+OK") && !is(line, "INFO") && line.len > 0) {
            words = text_clean(line, SNIPPET_CHARS);
            rung_breaks(rung, CAUSE_NOT_NATS, "no NATS answer: “%s”", words);
            return FALSE;
        }
    }
    rung_breaks(rung, CAUSE_NOT_NATS, "it talks without end after %s", stage);
    return FALSE;
}

gboolean refused_early(Climb *climb, Rung *rung)
{
    g_autofree char *words = NULL;
    gint64 start = clock_now();
    RawText line;
    Cause cause;
    IoEnd end = io_line(&climb->io, MAX_LINE_BYTES, start + FULL_SERVER_MS * 1000, &line);

    if (end == IO_LATE)
        return FALSE;
    if (end != IO_DONE) {
        if (!tls_refused_late(climb, end))
            rung_breaks_io(rung, end, "INFO", start);
        return TRUE;
    }
    if (!refusal_read(line, climb->url->user != NULL, &cause, &words))
        return FALSE;
    tell_refused(climb, rung, cause, words);
    return TRUE;
}

static void show(void *rung, const char *line)
{
    rung_shows(rung, "%s", line);
}

/* A refusal of the signature would be told as any other: say what is known beforehand. */
static gboolean is_sendable(const Climb *climb, Rung *rung, const Login *login)
{
    if (login->kind != LOGIN_NKEY || climb->nonce != NULL)
        return TRUE;
    rung_breaks(rung, CAUSE_AUTH_FAILED, "login not sent: this server takes no NKeys");
    return FALSE;
}

static void tell_taken(Rung *rung, const Login *login)
{
    g_autofree char *text = login_text(login);

    if (login->creds != NULL && login->creds->open)
        rung_warns(rung, CAUSE_CREDS_OPEN, "%s, from a file that everyone here can read", text);
    else
        rung_holds(rung, "%s", text);
}

/* Send `login` and hear what comes of it. */
static void log_in(Climb *climb, Rung *rung, const Login *login)
{
    gint64 start = clock_now();
    IoEnd end = send_connect(climb, login, climb_patience(climb));

    climb->gave_login = login->kind != LOGIN_NONE;
    /* A connection that breaks while we write may have said why before. */
    if (end != IO_DONE && end != IO_RESET) {
        if (!tls_refused_late(climb, end))
            rung_breaks_io(rung, end, "INFO", start);
        return;
    }
    if (!session_pong(climb, rung, "INFO", start))
        return;
    tell_taken(rung, login);
}

/* --- whose clock? --- */

/* A Date header is no better than 1 s; a clock that is off by more than a hundred years is none. */
#define SAME_CLOCK_S 2.0
#define MOST_SKEW_S  (100 * 365 * 86400.0)

/* "it is good for another 4 m", `now_us` being what the server takes for now. Caller frees. */
static char *judged_there(const Creds *creds, gint64 now_us)
{
    gint64 left_us = creds->expires_s * G_USEC_PER_SEC - now_us;
    gint64 early_us = creds->not_before_s * G_USEC_PER_SEC - now_us;
    g_autofree char *span = clock_span(early_us > 0 ? early_us : ABS(left_us));

    if (early_us > 0)
        return g_strdup_printf("the JWT is not good for another %s", span);
    if (creds->expires_s == 0)
        return g_strdup("the JWT is good");
    return left_us > 0 ? g_strdup_printf("the JWT is good for another %s", span)
                       : g_strdup_printf("the JWT expired %s ago", span);
}

/* We judge a JWT by our clock and the server by its own: where its monitoring port tells that they
 * differ, both are said. It is asked when somebody looks closely, or when the login came to nothing
 * that a clock may be to blame for. */
static void tell_both_clocks(const Climb *climb, Rung *rung, const Creds *creds)
{
    gboolean suspect = rung->cause == CAUSE_AUTH_EXPIRED || rung->cause == CAUSE_AUTH_FAILED;
    gboolean ask = rung->state == STATE_FAIL ? suspect : climb->thorough;
    MonitorVarz *varz;

    if (creds == NULL || !ask || (creds->expires_s == 0 && creds->not_before_s == 0))
        return;
    varz = climb_varz(climb);
    if (varz != NULL && varz->knows_time && fabs(varz->skew_s) >= SAME_CLOCK_S &&
        fabs(varz->skew_s) < MOST_SKEW_S) {
        gint64 skew_us = (gint64)(varz->skew_s * G_USEC_PER_SEC);
        g_autofree char *there = judged_there(creds, clock_wall() + skew_us);
        g_autofree char *off = clock_span(ABS(skew_us));
        g_autofree char *here = rung->text;

        rung->text = g_strdup_printf("%s; by the server's clock, %s %s ours, %s", here, off,
                                     skew_us > 0 ? "ahead of" : "behind", there);
    }
    monitor_varz_free(varz);
}

void climb_login(Climb *climb, Rung *rung)
{
    g_autofree char *why = NULL;
    Login login;
    Cause cause;
    gboolean usable;

    if (refused_early(climb, rung))
        return;
    usable = login_prepare(&login, climb->url, climb->access, &cause, &why);
    login_tell(&login, climb->access, show, rung);
    if (!usable)
        rung_breaks(rung, cause, "login not sent: %s", why);
    else if (is_sendable(climb, rung, &login))
        log_in(climb, rung, &login);
    tell_both_clocks(climb, rung, login.creds);
    login_clear(&login);
}
