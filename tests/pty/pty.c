#include "tests/pty/pty.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <nats/nats.h>

Vt *pty_start_sized(int columns, int rows, const char *const *args, const char *const *env)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    const char *program = g_getenv("PROGRAM");

    ck_assert_msg(program != NULL, "PROGRAM is not set");
    g_ptr_array_add(argv, (char *)program);
    for (; args != NULL && *args != NULL; args++)
        g_ptr_array_add(argv, (char *)*args);
    g_ptr_array_add(argv, NULL);
    return vt_start(columns, rows, (const char *const *)argv->pdata, env);
}

Vt *pty_start(const char *const *args, const char *const *env)
{
    return pty_start_sized(80, 24, args, env);
}

Vt *pty_on(const TestServer *server, const char *const *more)
{
    g_autoptr(GPtrArray) args = g_ptr_array_new();

    g_ptr_array_add(args, (char *)"--nats-url");
    g_ptr_array_add(args, server->url);
    for (; more != NULL && *more != NULL; more++)
        g_ptr_array_add(args, (char *)*more);
    g_ptr_array_add(args, NULL);
    return pty_start((const char *const *)args->pdata, NULL);
}

Vt *pty_up(const TestServer *server)
{
    Vt *vt = pty_on(server, NULL);

    pty_expect(vt, "● up");
    return vt;
}

void pty_expect(Vt *vt, const char *text)
{
    if (!vt_wait_text(vt, text, SOON_MS)) {
        g_autofree char *screen = vt_text(vt);

        ck_abort_msg("'%s' does not show:\n%s", text, screen);
    }
}

void pty_expect_gone(Vt *vt, const char *text)
{
    if (!vt_wait_gone(vt, text, SOON_MS)) {
        g_autofree char *screen = vt_text(vt);

        ck_abort_msg("'%s' still shows:\n%s", text, screen);
    }
}

void pty_assert_restored(Vt *vt)
{
    /* The kernel hands what was written last over a little after the program has ended. */
    for (int i = 0; i < 100 && (vt_alternate_screen(vt) || !vt_cursor_visible(vt)); i++)
        vt_pump(vt, 10);
    ck_assert_msg(vt_modes_as_found(vt), "terminal modes are not as found");
    ck_assert_msg(!vt_alternate_screen(vt), "still on the alternate screen");
    ck_assert_msg(vt_cursor_visible(vt), "cursor is hidden");
}

void pty_quit(Vt *vt)
{
    int status = -1;

    vt_keys(vt, "q");
    ck_assert_msg(vt_wait_exit(vt, SOON_MS, &status), "q does not quit");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        g_autofree char *screen = vt_text(vt);

        ck_abort_msg("status %x, and what it left:\n%s", (unsigned)status, screen);
    }
    pty_assert_restored(vt);
    vt_free(vt);
}

void pty_publish(const TestServer *server, const char *subject, const void *bytes, int len)
{
    natsConnection *nc = NULL;

    ck_assert_int_eq(natsConnection_ConnectTo(&nc, server->url), NATS_OK);
    ck_assert_int_eq(natsConnection_Publish(nc, subject, bytes, len), NATS_OK);
    ck_assert_int_eq(natsConnection_FlushTimeout(nc, 2000), NATS_OK);
    natsConnection_Destroy(nc);
}

/* To a request that nobody hears the server answers with 503, and before the PONG that ends the
 * flush: how long anything takes does not matter. */
gboolean pty_is_heard(const TestServer *server, const char *subject)
{
    natsConnection *nc = NULL;
    natsSubscription *replies = NULL;
    natsInbox *inbox = NULL;
    natsMsg *reply = NULL;
    natsStatus s;

    ck_assert_int_eq(natsConnection_ConnectTo(&nc, server->url), NATS_OK);
    ck_assert_int_eq(natsInbox_Create(&inbox), NATS_OK);
    ck_assert_int_eq(natsConnection_SubscribeSync(&replies, nc, inbox), NATS_OK);
    ck_assert_int_eq(natsConnection_PublishRequestString(nc, subject, inbox, "{}"), NATS_OK);
    ck_assert_int_eq(natsConnection_FlushTimeout(nc, SOON_MS), NATS_OK);
    s = natsSubscription_NextMsg(&reply, replies, 1);
    natsMsg_Destroy(reply);
    natsSubscription_Destroy(replies);
    natsInbox_Destroy(inbox);
    natsConnection_Destroy(nc);
    ck_assert_msg(s == NATS_TIMEOUT || s == NATS_NO_RESPONDERS || s == NATS_OK, "%s",
                  natsStatus_GetText(s));
    return s == NATS_TIMEOUT;
}

void pty_expect_heard(Vt *vt, const TestServer *server, const char *subject, gboolean heard)
{
    gint64 until = g_get_monotonic_time() + SOON_MS * 1000LL;
    gboolean now;

    while ((now = pty_is_heard(server, subject)) != heard && g_get_monotonic_time() < until)
        vt_pump(vt, 20);
    ck_assert_msg(now == heard, "somebody %s %s", now ? "still hears" : "has to hear", subject);
}

int pty_count(const Vt *vt, const char *folder)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/%s", (int)vt_pid(vt), folder);
    DIR *dir = opendir(path);
    int count = 0;

    ck_assert_msg(dir != NULL, "cannot read %s", path);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

double pty_anonymous_kb(const Vt *vt)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)vt_pid(vt)), *text = NULL;
    const char *at;

    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    at = strstr(text, "RssAnon:");
    ck_assert_ptr_nonnull(at);
    return g_ascii_strtod(at + strlen("RssAnon:"), NULL);
}
