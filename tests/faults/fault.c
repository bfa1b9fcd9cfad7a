#include "tests/faults/fault.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "tests/support/cert.h"
#include "tests/support/island.h"
#include "tests/support/jwt.h"
#include "tests/support/suite.h"

enum {
    QUIT_MS = 200,
    LOOK_MS = 500,     /* how long a lean row is watched */
    LOOK_CPU_MS = 200, /* of processor time in it, at most */
    HEADER_ROWS = 2,
    LEAN_KIB = 96 * 1024, /* resident at its worst; a healthy one has about 30 MiB */
};

/* --- places --- */

static void fill(GString *text, const char *place, const char *value)
{
    g_string_replace(text, place, value, 0);
}

/* Takes `value`. */
static void fill_made(GString *text, const char *place, char *value)
{
    fill(text, place, value);
    g_free(value);
}

static void fill_port(GString *text, const char *place, unsigned port)
{
    g_autofree char *value = g_strdup_printf("%u", port);

    fill(text, place, value);
}

char *fault_fill(const Fault *fault, const char *text)
{
    GString *filled;

    if (text == NULL)
        return NULL;
    filled = g_string_new(text);
    fill_made(filled, "{operator}", jwt_server_conf());
    fill_made(filled, "{nkey}", jwt_public('U', FAULT_KEY));
    fill(filled, "{folder}", fault->folder);
    fill_port(filled, "{port}", fault->port);
    fill_port(filled, "{server}",
              fault->server != NULL ? fault->server->port
              : fault->fake != NULL ? fault->fake->port
                                    : 0);
    fill_port(filled, "{monitor}", fault->server != NULL ? fault->server->monitor_port : 0);
    return g_string_free(filled, FALSE);
}

char *fault_write(const Fault *fault, const char *name, const char *text)
{
    char *path = g_build_filename(fault->folder, name, NULL);

    ck_assert(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    return path;
}

void fault_certify(const Fault *fault, const char *name, const char *names, int from_days,
                   int to_days)
{
    g_autofree char *folder = g_build_filename(fault->folder, name, NULL);

    ck_assert_int_eq(g_mkdir(folder, 0700), 0);
    cert_make(folder, names, from_days, to_days);
}

void fault_hold(Fault *fault, int fd)
{
    ck_assert_int_ge(fd, 0);
    ck_assert_int_lt(fault->holds, (int)G_N_ELEMENTS(fault->held));
    fault->held[fault->holds++] = fd;
}

static gboolean is_sanitized(void)
{
    const char *sanitizer = g_getenv("SANITIZER");

    return sanitizer != NULL && sanitizer[0] != '\0' && strcmp(sanitizer, "no") != 0;
}

int fault_ms(int ms)
{
    return is_sanitized() ? ms * 4 : ms;
}

/* --- setting up --- */

static Fault *fault_new(const FaultRow *row)
{
    Fault *fault = g_new0(Fault, 1);
    int holder;

    fault->row = row;
    fault->folder = folder_new();
    fault->port = refusing_port(&holder);
    close(holder);
    if (row->prepare != NULL)
        row->prepare(fault);
    if (row->conf != NULL) {
        g_autofree char *conf = fault_fill(fault, row->conf);

        fault->server = server_start_conf(conf);
    }
    if (row->trust != NULL) { /* a fake's own processes need it too */
        g_autofree char *trust = fault_fill(fault, row->trust);

        g_setenv("SSL_CERT_FILE", trust, TRUE);
    }
    if (row->talk != NULL)
        fault->fake = fake_start(row->talk);
    if (row->begin != NULL)
        row->begin(fault);
    if (fault->url == NULL)
        fault->url = fault_fill(fault, row->url);
    return fault;
}

static void fault_free(Fault *fault)
{
    if (fault->server != NULL)
        server_free(fault->server);
    if (fault->other != NULL)
        server_free(fault->other);
    if (fault->fake != NULL)
        fake_free(fault->fake);
    if (fault->moody != NULL)
        moody_free(fault->moody);
    for (int i = 0; i < fault->holds; i++)
        close(fault->held[i]);
    folder_remove(fault->folder);
    g_free(fault->folder);
    g_free(fault->url);
    g_free(fault);
}

/* The program's arguments, without its name. */
static GPtrArray *arguments(const Fault *fault)
{
    GPtrArray *args = g_ptr_array_new_with_free_func(g_free);
    const FaultRow *row = fault->row;

    g_ptr_array_add(args, g_strdup("--nats-url"));
    g_ptr_array_add(args, g_strdup(fault->url));
    g_ptr_array_add(args, g_strdup("--timeout"));
    g_ptr_array_add(args, g_strdup(row->timeout != NULL ? row->timeout : "5"));
    for (int i = 0; i < FAULT_ARGS && row->args[i] != NULL; i++)
        g_ptr_array_add(args, fault_fill(fault, row->args[i]));
    return args;
}

/* --- the report --- */

static char **report_environment(const Fault *fault)
{
    static const char *const gone[] = {"NATS_URL", "NATS_CREDS", "NATS_USER", "HEDDLE_CONFIGS"};
    char **env = g_get_environ();

    for (gsize i = 0; i < G_N_ELEMENTS(gone); i++)
        env = g_environ_unsetenv(env, gone[i]);
    env = g_environ_setenv(env, "HOME", fault->folder, TRUE);
    env = g_environ_unsetenv(env, "XDG_CONFIG_HOME");
    return g_environ_setenv(env, "LANG", "C.UTF-8", TRUE);
}

/* What the program prints. Caller frees. */
static char *run_report(const Fault *fault, int *exit_status)
{
    g_autoptr(GPtrArray) argv = arguments(fault);
    g_auto(GStrv) env = report_environment(fault);
    g_autoptr(GError) error = NULL;
    char *out = NULL;
    int status = 0;

    g_ptr_array_insert(argv, 0, g_strdup(g_getenv("PROGRAM")));
    g_ptr_array_add(argv, g_strdup("--output"));
    g_ptr_array_add(argv, g_strdup("json"));
    g_ptr_array_add(argv, NULL);
    g_spawn_sync(NULL, (char **)argv->pdata, env, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out,
                 NULL, &status, &error);
    ck_assert_msg(error == NULL && WIFEXITED(status), "%s: no report", fault->row->name);
    *exit_status = WEXITSTATUS(status);
    return out;
}

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

static const json_t *find_rung(const json_t *report, const char *word)
{
    const json_t *ladder = json_object_get(report, "ladder");

    for (gsize i = 0; i < json_array_size(ladder); i++)
        if (strcmp(member(json_array_get(ladder, i), "rung"), word) == 0)
            return json_array_get(ladder, i);
    return NULL;
}

/* "rung state cause text remedy" of each, for a test that fails. */
static char *ladder_words(const json_t *report)
{
    const json_t *ladder = json_object_get(report, "ladder");
    GString *words = g_string_new(member(report, "summary"));

    for (gsize i = 0; i < json_array_size(ladder); i++) {
        const json_t *rung = json_array_get(ladder, i);

        g_string_append_printf(words, "\n%s %s %s: %s: %s", member(rung, "rung"),
                               member(rung, "state"), member(rung, "cause"), member(rung, "text"),
                               member(rung, "remedy"));
    }
    return g_string_free(words, FALSE);
}

/* Frames and gaps, wherever lines end, as single blanks. Caller frees. */
static char *flatten(const char *text)
{
    g_autoptr(GRegex) gaps = g_regex_new("[\\s│]+", 0, 0, NULL);

    return g_regex_replace_literal(gaps, text, -1, 0, " ", 0, NULL);
}

static State state_of(const FaultRow *row)
{
    return row->state != 0 ? row->state : STATE_FAIL;
}

static void check_report(const Fault *fault)
{
    const FaultRow *row = fault->row;
    g_autofree char *text = fault_fill(fault, row->text);
    g_autofree char *remedy = fault_fill(fault, row->remedy);
    gint64 begin = g_get_monotonic_time(), took_ms;
    int status;
    g_autofree char *out = run_report(fault, &status), *next = NULL;
    json_t *report = json_loads(out, 0, NULL);
    const json_t *rung = find_rung(report, row->rung);

    took_ms = (g_get_monotonic_time() - begin) / 1000;
    next = flatten(rung != NULL ? member(rung, "remedy") : "");
    if (rung == NULL || strcmp(member(rung, "state"), state_word(state_of(row))) != 0 ||
        strcmp(member(rung, "cause"), row->cause) != 0 ||
        strstr(member(rung, "text"), text) == NULL || strstr(next, remedy) == NULL)
        ck_abort_msg("%s: on %s no %s, %s, '%s', '%s' in: %s", row->name, row->rung,
                     state_word(state_of(row)), row->cause, text, remedy, ladder_words(report));
    ck_assert_msg(status == 2
                      ? state_of(row) == STATE_FAIL
                      : state_of(row) != STATE_FAIL && (status == 1 || state_of(row) != STATE_WARN),
                  "%s: exit status %d", row->name, status);
    ck_assert_msg(took_ms < fault_ms(row->most_ms != 0 ? row->most_ms : AT_ONCE_MS),
                  "%s: told after %d ms", row->name, (int)took_ms);
    json_decref(report);
}

/* --- the screen --- */

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
        screen = flatten(begin);
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
        g_autofree char *screen = vt_text(vt), *flat = flatten(screen);

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
    if (!is_sanitized())
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
    return state_of(row) == STATE_FAIL && !row->stays_up && strcmp(row->rung, "rights") != 0 &&
           strcmp(row->rung, "headroom") != 0;
}

static void check_screen(Fault *fault)
{
    const FaultRow *row = fault->row;
    const char *screen = row->screen != NULL ? row->screen : row->text;
    g_autofree char *trust = fault_fill(fault, row->trust);
    g_autofree char *variable = g_strdup_printf("SSL_CERT_FILE=%s", trust);
    const char *env[] = {trust != NULL ? variable : NULL, NULL};
    g_autoptr(GPtrArray) args = arguments(fault);
    Vt *vt;

    g_ptr_array_add(args, NULL);
    vt = fault->vt = pty_start((const char *const *)args->pdata, env);
    if (row->strike != NULL) {
        pty_expect(vt, "● up");
        /* All that is looked at first has been, then; a server that does not tell who listens is
         * given no more time for it. */
        vt_wait_text(vt, "router ✗", fault_ms(AT_ONCE_MS));
        row->strike(fault);
    }
    if (row->strike == NULL && state_of(row) != STATE_FAIL)
        pty_expect(vt, "router ✗"); /* all is known; what is told stays told beside it */
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

/* --- the suite --- */

typedef struct Case {
    const FaultRow *row;
    gboolean newer;
} Case;

static GArray *cases;

START_TEST(a_fault_is_told)
{
    const Case *it = &g_array_index(cases, Case, _i);
    Fault *fault;

    if ((it->newer && !server_use_newer()) || (it->row->island && !island_enter()))
        return;
    fault = fault_new(it->row);
    for (int i = 0; i < MAX(it->row->times, 1) && it->row->strike == NULL; i++)
        check_report(fault);
    check_screen(fault);
    fault_free(fault);
}
END_TEST

static void add_case(const FaultRow *row, gboolean newer)
{
    const Case it = {row, newer};

    g_array_append_val(cases, it);
}

int fault_main(const char *suite, const FaultRow *rows, gsize count)
{
    TCase *tcase = tcase_create(suite);
    const char *only = g_getenv("FAULT");

    cases = g_array_new(FALSE, FALSE, sizeof(Case));
    for (gsize i = 0; i < count; i++) {
        if (only != NULL && strstr(rows[i].name, only) == NULL)
            continue;
        if (rows[i].servers != FAULT_NEWER)
            add_case(&rows[i], FALSE);
        if (rows[i].servers == FAULT_BOTH || rows[i].servers == FAULT_NEWER)
            add_case(&rows[i], TRUE);
    }
    g_unsetenv("SSL_CERT_FILE");
    tcase_add_loop_test(tcase, a_fault_is_told, 0, (int)cases->len);
    return suite_run(suite, tcase, 90);
}
