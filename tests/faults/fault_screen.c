/* What the dashboard says of a fault: on its screen, in the ladder's window and on the timeline;
 * and that it costs little and leaves at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/fault_parts.h"

enum {
    QUIT_MS = 600,     /* less than any wait that it could sit out, more than a busy machine adds */
    LOOK_MS = 500,     /* how long a lean row is watched */
    LOOK_CPU_MS = 200, /* of processor time in it, at most */
    HEADER_ROWS = 2,
    LEAN_KIB = 96 * 1024, /* resident at its worst; a healthy one has about 30 MiB */
};

char *fault_flatten(const char *text)
{
    g_autoptr(GRegex) gaps = g_regex_new("[\\s│]+", 0, 0, NULL);

    return g_regex_replace_literal(gaps, text, -1, 0, " ", 0, NULL);
}

/* The screen below its first `skipped` lines. */
static gboolean shows(Vt *vt, const char *text, int skipped, int wait_ms)
{
    gint64 until = g_get_monotonic_time() + wait_ms * 1000LL;
    gboolean shown;

    do {
        g_autofree char *lines = NULL, *screen = NULL;
        const char *begin;

        vt_pump(vt, 10);
        lines = vt_text(vt);
        begin = lines;
        for (int i = 0; i < skipped; i++)
            begin = strchr(begin, '\n') + 1;
        screen = fault_flatten(begin);
        shown = strstr(screen, text) != NULL;
    } while (!shown && g_get_monotonic_time() < until);
    return shown;
}

gboolean fault_shows(Vt *vt, const char *text, int wait_ms)
{
    return shows(vt, text, 0, wait_ms);
}

static void expect_below(const Fault *fault, Vt *vt, int skipped, const char *pattern, int wait_ms)
{
    g_autofree char *text = fault_fill(fault, pattern);

    if (!shows(vt, text, skipped, fault_ms(wait_ms))) {
        g_autofree char *screen = vt_text(vt), *flat = fault_flatten(screen);

        /* Check takes no longer messages than 4 KiB. */
        ck_abort_msg("%s: no '%s' after %d ms:\n%.3500s", fault->row->name, text, fault_ms(wait_ms),
                     strlen(screen) < 3500 ? screen : flat);
    }
}

static void expect(const Fault *fault, Vt *vt, const char *pattern, int wait_ms)
{
    expect_below(fault, vt, 0, pattern, wait_ms);
}

/* In a window, below the header, which says much of it too. */
static void expect_in_window(const Fault *fault, Vt *vt, const char *pattern, int wait_ms)
{
    expect_below(fault, vt, HEADER_ROWS, pattern, wait_ms);
}

/* Processor time so far, ms. */
static int cpu_ms(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
    g_autofree char *stat = NULL;
    unsigned long user, system;

    ck_assert(g_file_get_contents(path, &stat, NULL, NULL));
    ck_assert_int_eq(sscanf(strrchr(stat, ')') + 2,
                            "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system),
                     2);
    return (int)((user + system) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK));
}

static long most_resident_kib(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)pid);
    g_autofree char *status = NULL;
    const char *line;

    ck_assert(g_file_get_contents(path, &status, NULL, NULL));
    line = strstr(status, "VmHWM:");
    ck_assert_ptr_nonnull(line);
    return strtol(line + strlen("VmHWM:"), NULL, 10);
}

static void check_lean(const Fault *fault, Vt *vt)
{
    int before = cpu_ms(vt_pid(vt)), used;

    vt_pass(vt, LOOK_MS);
    used = cpu_ms(vt_pid(vt)) - before;
    ck_assert_msg(used < fault_ms(LOOK_CPU_MS), "%s: %d ms of processor time in %d ms",
                  fault->row->name, used, LOOK_MS);
    if (!fault_is_sanitized())
        ck_assert_msg(most_resident_kib(vt_pid(vt)) < LEAN_KIB, "%s: %ld KiB resident",
                      fault->row->name, most_resident_kib(vt_pid(vt)));
}

/* With what the ladder's window says of it, all on one screen. */
static void check_window(const Fault *fault, Vt *vt)
{
    g_autofree char *cause = g_strdup_printf("cause %s ", fault->row->cause);

    vt_resize(vt, 120, 70);
    vt_keys(vt, "L");
    expect_in_window(fault, vt, "origin flag", AT_ONCE_MS);
    expect_in_window(fault, vt, fault->row->text, AT_ONCE_MS * 4);
    if (fault->row->cause[0] != '\0') {
        expect_in_window(fault, vt, cause, AT_ONCE_MS);
        expect_in_window(fault, vt, fault->row->remedy, AT_ONCE_MS);
    }
    vt_keys(vt, "\033");
    ck_assert(vt_wait_gone(vt, "origin", SOON_MS));
}

/* What changed is on the timeline, in the same words. */
static void check_timeline(const Fault *fault, Vt *vt)
{
    vt_keys(vt, "H");
    expect_in_window(fault, vt, "timeline", AT_ONCE_MS);
    expect_in_window(fault, vt, fault->row->change != NULL ? fault->row->change : fault->row->text,
                     AT_ONCE_MS);
    vt_keys(vt, "\033");
}

void fault_quit(const char *name, Vt *vt)
{
    gint64 begin = g_get_monotonic_time(), took_ms;
    int status = -1;

    vt_keys(vt, "q");
    ck_assert_msg(vt_wait_exit(vt, SOON_MS, &status), "%s: q does not quit", name);
    took_ms = (g_get_monotonic_time() - begin) / 1000;
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: status %x", name,
                  (unsigned)status);
    ck_assert_msg(took_ms < fault_ms(QUIT_MS), "%s: q took %d ms", name, (int)took_ms);
    pty_assert_restored(vt);
}

/* Does the fault leave no session? The link cannot be up then. */
static gboolean ends_session(const FaultRow *row)
{
    return fault_state_of(row) == STATE_FAIL && !row->stays_up &&
           strcmp(row->rung, "rights") != 0 && strcmp(row->rung, "headroom") != 0;
}

void fault_check_screen(Fault *fault)
{
    const FaultRow *row = fault->row;
    const char *screen = row->screen != NULL ? row->screen : row->text;
    g_autofree char *trust = fault_fill(fault, row->trust);
    g_autofree char *variable = g_strdup_printf("SSL_CERT_FILE=%s", trust);
    const char *env[] = {trust != NULL ? variable : NULL, NULL};
    g_autoptr(GPtrArray) args = fault_arguments(fault);
    Vt *vt;

    g_ptr_array_add(args, NULL);
    vt = fault->vt = pty_start((const char *const *)args->pdata, env);
    if (row->strike != NULL) {
        pty_expect(vt, "● up");
        /* All that is looked at first has been, then; a server that does not tell who listens is
         * given no more time for it. */
        vt_wait_text(vt, "router !", fault_ms(2 * AT_ONCE_MS));
        row->strike(fault);
    }
    if (row->strike == NULL && fault_state_of(row) != STATE_FAIL)
        pty_expect(vt, "router !"); /* all is known; what is told stays told beside it */
    expect(fault, vt, screen, row->most_ms != 0 ? row->most_ms : AT_ONCE_MS);
    if (ends_session(row))
        ck_assert_msg(vt_wait_gone(vt, "● up", fault_ms(100)), "%s: still up", row->name);
    if (row->lean)
        check_lean(fault, vt);
    check_window(fault, vt);
    if (row->strike != NULL)
        check_timeline(fault, vt);
    fault_quit(row->name, vt);
    vt_free(vt);
    fault->vt = NULL;
}
