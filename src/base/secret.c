#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"

enum {
    ANSWER_BYTES = 1024, /* with its NUL */
    WAKE_MS = 100,       /* how long a signal waits at the prompt */
};

/* --- files --- */

void secret_free(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

void secret_file_clear(SecretFile *file)
{
    if (file->bytes != NULL)
        explicit_bzero(file->bytes, file->len);
    g_free(file->bytes);
    *file = (SecretFile){0};
}

static gboolean refuse(const char *path, const char *what, char **why)
{
    g_autofree char *shown = text_clean(raw_text(path), 0);

    *why = g_strdup_printf("%s: %s", shown, what);
    return FALSE;
}

/* One byte more than allowed is asked for, so that a file that grows meanwhile is seen too. */
static gssize read_all(int fd, char *bytes, gsize size)
{
    gsize len = 0;
    gssize got;

    do {
        got = read(fd, bytes + len, size - len);
        if (got > 0)
            len += (gsize)got;
    } while ((got > 0 && len < size) || (got < 0 && errno == EINTR));
    return got < 0 ? -1 : (gssize)len;
}

static gboolean read_open(SecretFile *file, int fd, const char *path, gsize max, char **why)
{
    struct stat st;
    gssize len;

    if (fstat(fd, &st) != 0)
        return refuse(path, g_strerror(errno), why);
    if (!S_ISREG(st.st_mode))
        return refuse(path, S_ISDIR(st.st_mode) ? "is a folder" : "is no regular file", why);
    file->open = (st.st_mode & S_IROTH) != 0;
    file->bytes = g_malloc0(max + 2);
    file->len = max + 1;
    len = read_all(fd, file->bytes, max + 1);
    if (len < 0)
        return refuse(path, g_strerror(errno), why);
    if ((gsize)len > max)
        return refuse(path, "is too large to be what it should be", why);
    file->len = (gsize)len;
    return TRUE;
}

gboolean secret_file_read(SecretFile *file, const char *path, gsize max, char **why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    gboolean ok;

    *file = (SecretFile){0};
    if (fd < 0)
        return refuse(path, g_strerror(errno), why);
    ok = read_open(file, fd, path, max, why);
    close(fd);
    if (!ok)
        secret_file_clear(file);
    return ok;
}

/* --- the prompt --- */

typedef struct Answer {
    char bytes[ANSWER_BYTES];
    gsize len;
} Answer;

static const int fatal[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

static gboolean is_fatal_pending(void)
{
    sigset_t pending;

    sigpending(&pending);
    for (gsize i = 0; i < G_N_ELEMENTS(fatal); i++)
        if (sigismember(&pending, fatal[i]) == 1)
            return TRUE;
    return FALSE;
}

/* Remove the last character: in UTF-8 that may be several bytes. */
static void rub_out(Answer *answer)
{
    while (answer->len > 0 && ((guchar)answer->bytes[answer->len - 1] & 0xC0) == 0x80)
        answer->len--;
    if (answer->len > 0)
        answer->len--;
}

/* The terminal edits no line while it shows nothing of it, so the keys it would heed are ours. TRUE
 * when the answer is complete; *gave_up when there will be none. */
static gboolean take_key(Answer *answer, char key, const struct termios *keys, gboolean *gave_up)
{
    if (key == '\n' || key == '\r')
        return TRUE;
    *gave_up = (cc_t)key == keys->c_cc[VINTR] || (cc_t)key == keys->c_cc[VQUIT] ||
               ((cc_t)key == keys->c_cc[VEOF] && answer->len == 0);
    if (*gave_up)
        return TRUE;
    if ((cc_t)key == keys->c_cc[VEOF])
        return TRUE;
    if ((cc_t)key == keys->c_cc[VERASE] || key == '\b' || key == '\x7f')
        rub_out(answer);
    else if ((cc_t)key == keys->c_cc[VKILL])
        answer->len = 0;
    else if (answer->len < sizeof answer->bytes - 1)
        answer->bytes[answer->len++] = key;
    return FALSE;
}

static gboolean read_answer(int tty, Answer *answer, const struct termios *keys)
{
    gboolean gave_up = FALSE, done = FALSE;

    while (!done && !gave_up) {
        struct pollfd poll_tty = {tty, POLLIN, 0};
        char key;

        if (poll(&poll_tty, 1, WAKE_MS) > 0) {
            if (read(tty, &key, 1) == 1)
                done = take_key(answer, key, keys, &gave_up);
            else
                gave_up = errno != EINTR && errno != EAGAIN;
        }
        gave_up = gave_up || is_fatal_pending();
    }
    return !gave_up;
}

static gboolean ask_quietly(int tty, const char *prompt, Answer *answer)
{
    struct termios before, quiet;
    gboolean ok = FALSE;

    if (tcgetattr(tty, &before) != 0)
        return FALSE;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL | ICANON | ISIG);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    if (tcsetattr(tty, TCSAFLUSH, &quiet) == 0) {
        if (write(tty, prompt, strlen(prompt)) > 0)
            ok = read_answer(tty, answer, &before);
        tcsetattr(tty, TCSAFLUSH, &before);
        (void)!write(tty, "\n", 1);
    }
    return ok;
}

char *secret_ask(const char *prompt, char **why)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    Answer answer = {.len = 0};
    sigset_t held, mask;
    char *secret = NULL;

    if (tty < 0) {
        *why = g_strdup("there is no terminal to ask on");
        return NULL;
    }
    sigemptyset(&held);
    for (gsize i = 0; i < G_N_ELEMENTS(fatal); i++)
        sigaddset(&held, fatal[i]);
    pthread_sigmask(SIG_BLOCK, &held, &mask);
    if (ask_quietly(tty, prompt, &answer))
        secret = g_strndup(answer.bytes, answer.len);
    else
        *why = g_strdup("no password was given");
    explicit_bzero(&answer, sizeof answer);
    close(tty);
    pthread_sigmask(SIG_SETMASK, &mask, NULL); /* a signal that waited takes effect here */
    return secret;
}
