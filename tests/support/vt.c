#include "tests/support/vt.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <vterm.h>

struct Vt {
    VTerm *vterm;
    VTermScreen *screen;
    int columns, rows;
    int master, slave; /* the slave stays open here, so that its modes can be read at the end */
    pid_t pid;
    struct termios found;
    GByteArray *raw; /* all that was written */
    gboolean alternate, cursor, stalled, ended;
    int status;
    char *home;
};

static int on_prop(VTermProp prop, VTermValue *value, void *data)
{
    Vt *vt = data;

    if (prop == VTERM_PROP_ALTSCREEN)
        vt->alternate = value->boolean != 0;
    if (prop == VTERM_PROP_CURSORVISIBLE)
        vt->cursor = value->boolean != 0;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_prop};

/* What the terminal answers (to a request for its attributes, say) goes back as if typed. */
static void on_answer(const char *bytes, size_t len, void *data)
{
    Vt *vt = data;

    if (write(vt->master, bytes, len) < 0)
        return;
}

static char **environment(const Vt *vt, const char *const *env)
{
    char **all = g_new0(char *, 1);
    static const char *const passed[] = {"PATH", "G_SLICE", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                                         "TSAN_OPTIONS"};

    for (gsize i = 0; i < G_N_ELEMENTS(passed); i++)
        if (g_getenv(passed[i]) != NULL)
            all = g_environ_setenv(all, passed[i], g_getenv(passed[i]), TRUE);
    all = g_environ_setenv(all, "TERM", "xterm-256color", TRUE);
    all = g_environ_setenv(all, "LANG", "C.UTF-8", TRUE);
    all = g_environ_setenv(all, "TZ", "UTC", TRUE);
    all = g_environ_setenv(all, "HOME", vt->home, TRUE);
    all = g_environ_setenv(all, "XDG_STATE_HOME", vt->home, TRUE);
    all = g_environ_setenv(all, "TMPDIR", vt->home, TRUE);
    for (; env != NULL && *env != NULL; env++) {
        g_auto(GStrv) pair = g_strsplit(*env, "=", 2);

        all = g_environ_setenv(all, pair[0], pair[1], TRUE);
    }
    return all;
}

/* A test runner's signal handlers are not for the program. */
static void reset_signals(const sigset_t *mask)
{
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, mask, NULL);
}

static void run_child(const Vt *vt, const char *const *argv, char **env, const sigset_t *mask)
{
    reset_signals(mask);
    setsid();
    ioctl(vt->slave, TIOCSCTTY, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int fd = 0; fd < 3; fd++)
        dup2(vt->slave, fd);
    close_range(3, ~0U, 0);
    execvpe(argv[0], (char *const *)argv, env);
    _exit(127);
}

Vt *vt_start(int columns, int rows, const char *const *argv, const char *const *env)
{
    Vt *vt = g_new0(Vt, 1);
    struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
    g_auto(GStrv) child_env = NULL;
    sigset_t all, before;

    vt->columns = columns;
    vt->rows = rows;
    vt->raw = g_byte_array_new();
    vt->cursor = TRUE;
    vt->home = g_dir_make_tmp("heddle-preflight-vt-XXXXXX", NULL);
    vt->vterm = vterm_new(rows, columns);
    vterm_set_utf8(vt->vterm, 1);
    vterm_output_set_callback(vt->vterm, on_answer, vt);
    vt->screen = vterm_obtain_screen(vt->vterm);
    vterm_screen_set_callbacks(vt->screen, &callbacks, vt);
    vterm_screen_enable_altscreen(vt->screen, 1);
    vterm_screen_reset(vt->screen, 1);
    if (openpty(&vt->master, &vt->slave, NULL, NULL, &size) != 0)
        g_error("vt: no pseudo-terminal");
    fcntl(vt->master, F_SETFD, FD_CLOEXEC);
    fcntl(vt->slave, F_SETFD, FD_CLOEXEC);
    tcgetattr(vt->slave, &vt->found);
    child_env = environment(vt, env);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    vt->pid = fork();
    if (vt->pid == 0)
        run_child(vt, argv, child_env, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return vt;
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);

        if (g_file_test(inner, G_FILE_TEST_IS_DIR) && !g_file_test(inner, G_FILE_TEST_IS_SYMLINK))
            remove_tree(inner);
        else
            g_unlink(inner);
    }
    g_rmdir(path);
}

void vt_free(Vt *vt)
{
    if (!vt->ended) {
        kill(vt->pid, SIGKILL);
        waitpid(vt->pid, NULL, 0);
    }
    close(vt->master);
    close(vt->slave);
    vterm_free(vt->vterm);
    g_byte_array_unref(vt->raw);
    remove_tree(vt->home);
    g_free(vt->home);
    g_free(vt);
}

void vt_pump(Vt *vt, int wait_ms)
{
    struct pollfd in = {.fd = vt->stalled ? -1 : vt->master, .events = POLLIN};
    char bytes[65536];

    while (poll(&in, 1, wait_ms) > 0) {
        ssize_t count = read(vt->master, bytes, sizeof bytes);

        if (count <= 0)
            return;
        g_byte_array_append(vt->raw, (const guint8 *)bytes, (guint)count);
        vterm_input_write(vt->vterm, bytes, (size_t)count);
        wait_ms = 0; /* what else is there already */
    }
}

void vt_pass(Vt *vt, int ms)
{
    gint64 until = g_get_monotonic_time() + ms * 1000LL;

    while (g_get_monotonic_time() < until)
        vt_pump(vt, 5);
}

typedef gboolean (*Condition)(Vt *vt, const char *what);

static gboolean wait_for(Vt *vt, Condition holds, const char *what, int wait_ms)
{
    gint64 until = g_get_monotonic_time() + wait_ms * 1000LL;

    do {
        vt_pump(vt, 10);
        if (holds(vt, what))
            return TRUE;
    } while (g_get_monotonic_time() < until);
    return FALSE;
}

static gboolean has_text(Vt *vt, const char *text)
{
    g_autofree char *screen = vt_text(vt);

    return strstr(screen, text) != NULL;
}

static gboolean lacks_text(Vt *vt, const char *text)
{
    return !has_text(vt, text);
}

static gboolean matches(Vt *vt, const char *pattern)
{
    g_autofree char *screen = vt_text(vt);

    return g_regex_match_simple(pattern, screen, G_REGEX_MULTILINE, 0);
}

gboolean vt_wait_text(Vt *vt, const char *text, int wait_ms)
{
    return wait_for(vt, has_text, text, wait_ms);
}

gboolean vt_wait_gone(Vt *vt, const char *text, int wait_ms)
{
    return wait_for(vt, lacks_text, text, wait_ms);
}

gboolean vt_wait_match(Vt *vt, const char *pattern, int wait_ms)
{
    return wait_for(vt, matches, pattern, wait_ms);
}

static gboolean has_ended(Vt *vt, const char *unused)
{
    (void)unused;
    vt->ended = vt->ended || waitpid(vt->pid, &vt->status, WNOHANG) == vt->pid;
    return vt->ended;
}

gboolean vt_wait_exit(Vt *vt, int wait_ms, int *status)
{
    guint64 before;

    if (!wait_for(vt, has_ended, NULL, wait_ms))
        return FALSE;
    do { /* its last words: the kernel hands them over a little later, when it is busy */
        before = vt_bytes(vt);
        vt_pump(vt, 50);
    } while (vt_bytes(vt) != before);
    *status = vt->status;
    return TRUE;
}

void vt_keys(Vt *vt, const char *bytes)
{
    if (write(vt->master, bytes, strlen(bytes)) < 0)
        return;
}

char *vt_text(Vt *vt)
{
    GString *text = g_string_new(NULL);

    for (int y = 0; y < vt->rows; y++) {
        for (int x = 0; x < vt->columns; x++) {
            VTermScreenCell cell;

            vterm_screen_get_cell(vt->screen, (VTermPos){y, x}, &cell);
            if (cell.chars[0] == (uint32_t)-1)
                continue; /* right half of a wide one */
            if (cell.chars[0] == 0)
                g_string_append_c(text, ' ');
            for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++)
                g_string_append_unichar(text, cell.chars[i]);
        }
        while (text->len > 0 && text->str[text->len - 1] == ' ')
            g_string_truncate(text, text->len - 1);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

void vt_resize(Vt *vt, int columns, int rows)
{
    struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};

    vt->columns = columns;
    vt->rows = rows;
    vterm_set_size(vt->vterm, rows, columns);
    ioctl(vt->master, TIOCSWINSZ, &size);
}

void vt_stall(Vt *vt, gboolean stalled)
{
    vt->stalled = stalled;
}

void vt_scribble(Vt *vt, const char *bytes)
{
    vterm_input_write(vt->vterm, bytes, strlen(bytes));
}

guint64 vt_bytes(const Vt *vt)
{
    return vt->raw->len;
}

pid_t vt_pid(const Vt *vt)
{
    return vt->pid;
}

const char *vt_home(const Vt *vt)
{
    return vt->home;
}

gboolean vt_alternate_screen(const Vt *vt)
{
    return vt->alternate;
}

gboolean vt_cursor_visible(const Vt *vt)
{
    return vt->cursor;
}

gboolean vt_modes_as_found(const Vt *vt)
{
    struct termios now;

    return tcgetattr(vt->slave, &now) == 0 && now.c_iflag == vt->found.c_iflag &&
           now.c_oflag == vt->found.c_oflag && now.c_lflag == vt->found.c_lflag &&
           memcmp(now.c_cc, vt->found.c_cc, sizeof now.c_cc) == 0;
}

char *vt_clipboard(const Vt *vt)
{
    static const char start[] = "\033]52;c;";
    const char *at = (const char *)vt->raw->data, *end = at + vt->raw->len, *found = NULL;
    g_autofree char *base64 = NULL;
    guchar *text;
    gsize len;

    while ((at = memmem(at, (gsize)(end - at), start, strlen(start))) != NULL)
        found = at += strlen(start);
    at = found != NULL ? memchr(found, '\a', (gsize)(end - found)) : NULL;
    if (at == NULL)
        return NULL;
    base64 = g_strndup(found, (gsize)(at - found));
    text = g_base64_decode(base64, &len);
    text = g_realloc(text, len + 1);
    text[len] = '\0';
    return (char *)text;
}

gboolean vt_wrote(const Vt *vt, const char *bytes)
{
    return memmem(vt->raw->data, vt->raw->len, bytes, strlen(bytes)) != NULL;
}

gssize vt_last(const Vt *vt, const char *bytes)
{
    gsize len = strlen(bytes);

    for (gssize at = (gssize)vt->raw->len - (gssize)len; at >= 0; at--)
        if (memcmp(vt->raw->data + at, bytes, len) == 0)
            return at;
    return -1;
}
