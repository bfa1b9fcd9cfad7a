#include "demo/demo.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "demo/warden.h"

enum { START_MS = 15000, STOP_MS = 2000, REPORT_MOST = 4096 };

/* The warden's one line: "ready URL FOLDER" or "error TEXT". */
static char *read_report(int fd)
{
    gint64 until = clock_now() + START_MS * 1000LL;
    GString *line = g_string_new(NULL);

    while (line->len < REPORT_MOST && strchr(line->str, '\n') == NULL) {
        struct pollfd in = {.fd = fd, .events = POLLIN};
        gint64 left = (until - clock_now()) / 1000;
        char bytes[512];
        ssize_t count;

        if (left <= 0 || poll(&in, 1, (int)left) <= 0)
            break;
        count = read(fd, bytes, sizeof bytes);
        if (count <= 0)
            break;
        g_string_append_len(line, bytes, count);
    }
    return g_string_free(line, FALSE);
}

static Demo *take_report(Demo *demo, const char *report, char **why)
{
    g_auto(GStrv) words = g_strsplit(report, "\t", 3);
    const char *end = strchr(report, '\n');

    if (end != NULL && g_strv_length(words) == 3 && g_str_equal(words[0], "ready")) {
        demo->url = g_strdup(words[1]);
        demo->configs = g_strchomp(g_strdup(words[2]));
        return demo;
    }
    *why = g_str_has_prefix(report, "error\t")
               ? text_clean(raw_text(g_strchomp(words[1])), 0)
               : g_strdup("the demo's nats-server did not come up within 15 s");
    demo_stop(demo);
    return NULL;
}

Demo *demo_start(char **why)
{
    Demo *demo = g_new0(Demo, 1);
    int leash[2], report[2];
    g_autofree char *line = NULL;

    if (pipe2(leash, O_CLOEXEC) != 0 || pipe2(report, O_CLOEXEC) != 0) {
        *why = g_strdup_printf("the demo cannot begin: %s", g_strerror(errno));
        g_free(demo);
        return NULL;
    }
    fflush(NULL);
    demo->warden = fork();
    if (demo->warden == 0) {
        close(leash[1]);
        close(report[0]);
        warden_run(leash[0], report[1]);
    }
    close(leash[0]);
    close(report[1]);
    demo->leash = leash[1];
    line = demo->warden > 0 ? read_report(report[0]) : g_strdup("error\tno process is left\n");
    close(report[0]);
    return take_report(demo, line, why);
}

void demo_stop(Demo *demo)
{
    gint64 until = clock_now() + STOP_MS * 1000LL;

    close(demo->leash);
    while (demo->warden > 0 && clock_now() < until) {
        pid_t gone = waitpid(demo->warden, NULL, WNOHANG);

        if (gone == demo->warden || (gone < 0 && errno != EINTR))
            break;
        poll(NULL, 0, 5);
    }
    g_free(demo->url);
    g_free(demo->configs);
    g_free(demo);
}
