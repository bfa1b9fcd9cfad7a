#include "ui/term_found.h"

#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

static struct {
    volatile sig_atomic_t taken;
    int fd;     /* whose modes they are */
    int out_fd; /* where the reset goes: it must not block, or a stalled terminal would hold us */
    struct termios modes;
    char reset[256]; /* leaves the alternate screen, shows the cursor, ends attributes */
    size_t reset_len;
} found;

/* The terminal driver lets go of a stop (Ctrl-S) when its characters lose their meaning, and its
 * shell could not use a terminal that stays stopped. tcflow(TCOON) alone heeds only a stop that
 * tcflow() made. Safe in a signal handler. */
void term_found_let_flow(void)
{
    struct termios modes;

    if (tcgetattr(found.fd, &modes) != 0)
        return;
    modes.c_iflag &= (tcflag_t)~IXON;
    tcsetattr(found.fd, TCSANOW, &modes);
}

void term_found_give_back(void)
{
    if (!found.taken)
        return;
    found.taken = 0;
    term_found_let_flow();
    if (write(found.out_fd, found.reset, found.reset_len) < 0) {
        /* The terminal is gone or stalled; its modes can still be restored. */
    }
    tcsetattr(found.fd, TCSANOW, &found.modes);
}

static void on_crash(int number)
{
    term_found_give_back();
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_crashes(void)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP};
    struct sigaction action = {.sa_handler = on_crash};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        sigaction(numbers[i], &action, NULL);
}

/* Append what is sent to a terminal, without its padding ("$<20>"). */
static void add_reset(const char *text)
{
    if (text == NULL || text == (char *)-1)
        return;
    while (*text != '\0' && found.reset_len < sizeof found.reset) {
        if (text[0] == '$' && text[1] == '<' && strchr(text, '>') != NULL)
            text = strchr(text, '>') + 1;
        else
            found.reset[found.reset_len++] = *text++;
    }
}

static void prepare_reset(void)
{
    /* The cursor last: some terminals save whether it shows with where it is. */
    static const char *const names[] = {"rmkx", "sgr0", "rmcup", "cnorm"};

    found.reset_len = 0;
    if (term_found_marks_paste())
        add_reset(PASTE_OFF);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        add_reset(tigetstr(names[i]));
}

/* Terminals that know no such marks ignore the request; those of before ECMA-48 do not. */
gboolean term_found_marks_paste(void)
{
    const char *type = g_getenv("TERM");

    return type != NULL && !g_str_has_prefix(type, "vt") && !g_str_has_prefix(type, "linux");
}

gboolean term_found_keep(int fd, int out_fd)
{
    if (tcgetattr(fd, &found.modes) != 0)
        return FALSE;
    found.fd = fd;
    found.out_fd = out_fd;
    prepare_reset();
    catch_crashes();
    return TRUE;
}

/* No echo, no line mode, nothing translated; Ctrl-Z comes as a key, since there is something to do
 * before the process stops. Ctrl-C and Ctrl-\ stay signals, and Ctrl-S stays the terminal's. */
void term_found_leave(void)
{
    struct termios raw = found.modes;

    raw.c_iflag &= (tcflag_t) ~(ICRNL | INLCR | IGNCR | ISTRIP);
    raw.c_oflag &= (tcflag_t)~OPOST;
    raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO | ECHONL | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    raw.c_cc[VSUSP] = _POSIX_VDISABLE;
    tcsetattr(found.fd, TCSANOW, &raw);
    found.taken = 1;
}
