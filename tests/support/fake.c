#include "tests/support/fake.h"

#include <arpa/inet.h>
#include <check.h>
#include <glib.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* *port 0: one that the kernel chooses. */
static int bind_loopback(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((guint16)*port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    ck_assert_int_ge(fd, 0);
    /* Connections of whoever had it may linger, and who holds it lets a listener in beside him. */
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

unsigned refusing_port(int *holder)
{
    unsigned port = 0;

    *holder = bind_loopback(&port); /* bound, but not listening */
    return port;
}

static void die_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
}

/* End it as one who is done: at once, though another process may still have the descriptor, and not
 * with the reset that the kernel sends when something was not read. A talk that wants a reset has
 * asked for it. */
static void hang_up(int fd)
{
    struct linger linger = {0};
    socklen_t len = sizeof linger;

    if (getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &len) != 0 || linger.l_onoff)
        return;
    shutdown(fd, SHUT_WR);
    fake_be_silent(fd);
}

/* In the child; does not return. */
static void serve(int listener, FakeTalk talk)
{
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        pid_t parent = getpid();

        if (fd >= 0 && fork() == 0) {
            die_with(parent);
            close(listener);
            talk(fd);
            hang_up(fd);
            close(fd);
            _exit(0);
        }
        close(fd);
    }
}

Fake *fake_start(FakeTalk talk)
{
    return fake_start_at(0, talk);
}

Fake *fake_start_at(unsigned port, FakeTalk talk)
{
    Fake *fake = g_new0(Fake, 1);
    int listener = bind_loopback(&port);
    pid_t parent = getpid();

    fake->port = port;
    ck_assert_int_eq(listen(listener, 16), 0);
    fake->url = g_strdup_printf("nats://127.0.0.1:%u", fake->port);
    fake->pid = fork();
    ck_assert_int_ge(fake->pid, 0);
    if (fake->pid == 0) {
        die_with(parent);
        g_free(fake->url);
        g_free(fake);
        serve(listener, talk);
    }
    close(listener);
    return fake;
}

void fake_free(Fake *fake)
{
    kill(fake->pid, SIGKILL);
    waitpid(fake->pid, NULL, 0);
    g_free(fake->url);
    g_free(fake);
}

void fake_say(int fd, const char *text)
{
    gsize len = strlen(text);

    while (len > 0) {
        ssize_t sent = write(fd, text, len);

        if (sent <= 0)
            return;
        text += sent;
        len -= (gsize)sent;
    }
}

void fake_be_silent(int fd)
{
    char byte;

    while (read(fd, &byte, 1) > 0)
        continue;
}

void fake_hear_line(int fd)
{
    char byte = 0;

    while (byte != '\n' && read(fd, &byte, 1) == 1)
        continue;
}

int fake_dial(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((guint16)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}
