#include "ui/mode_dashboard.h"

#include <errno.h>
#include <langinfo.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "ui/dash.h"

/* Frames that nobody pressed a key for: 20 a second are more than can be read. */
enum { FRAME_US = 50 * 1000, SAMPLE_MOST = 128 };

/* Of events at a stretch: half of what a key may take to change a cell. */
enum { EVENTS_US = 8 * 1000 };

/* Messages a second. */
enum { FLOOD = 20000, CALM = 100 };

enum { FD_SIGNAL, FD_KEYS, FD_EVENTS, FD_TAP, FD_BUS, FD_OUT, FD_COUNT };

/* Another server is in force: an answer about the one before must not count for it. */
static void take_back_leave(Dash *dash, gboolean repeated)
{
    View *view = dash->view;

    if (view->ask == ASK_SMOKE) {
        view->ask = ASK_NOTHING;
        view_say(view, dash->model->now_us,
                 g_strdup("nothing was published: another server is in force now"));
    } else if (repeated && !dash->model->smoke_repeat) {
        view_say(view, dash->model->now_us,
                 g_strdup("no more smokes by themselves: another server is in force now"));
    }
}

void dash_take(Dash *dash, Event *event)
{
    g_autoptr(GPtrArray) effects = effects_new();
    gboolean repeated = dash->model->smoke_repeat;
    g_autofree char *shown = g_strdup(dash->model->url_shown);

    update(dash->model, event, effects);
    if (event->kind == EVENT_SAVED)
        dash_say(dash, event->text);
    event_free(event);
    engine_perform(dash->engine, effects);
    if (!g_str_equal(shown, dash->model->url_shown))
        take_back_leave(dash, repeated);
    dash->dirty = TRUE;
}

/* --- stray stderr --- */

/* Whatever a library prints to stderr would break the screen: it is kept and shown at the end. */
static int divert_stderr(int *kept)
{
    int before = dup(STDERR_FILENO);

    *kept = memfd_create("heddle-preflight stderr", MFD_CLOEXEC);
    fflush(stderr);
    if (before < 0 || *kept < 0 || dup2(*kept, STDERR_FILENO) < 0)
        return -1;
    return before;
}

static void restore_stderr(int before, int kept)
{
    char bytes[4096];
    ssize_t count;

    if (before < 0)
        return;
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    lseek(kept, 0, SEEK_SET);
    while ((count = read(kept, bytes, sizeof bytes)) > 0) {
        g_autofree char *clean = text_clean_lines(raw_bytes(bytes, (gsize)count), 0);

        fputs(clean, stderr);
    }
    close(kept);
}

/* --- signals --- */

static int open_signals(sigset_t *before)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP};
    sigset_t set;

    sigemptyset(&set);
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        sigaddset(&set, numbers[i]);
    sigprocmask(SIG_BLOCK, &set, before);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void resize(Dash *dash)
{
    int width, height;

    term_size(dash->term, &width, &height);
    canvas_resize(dash->canvas, width, height);
    dash->dirty = dash->urgent = TRUE;
}

/* The number of the signal that ends the program, or 0. */
static int take_signals(Dash *dash, int fd)
{
    struct signalfd_siginfo info;

    while (read(fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGWINCH)
            resize(dash);
        else if (info.ssi_signo == SIGTSTP)
            dash->suspend = TRUE;
        else if (info.ssi_signo == SIGINT && dash->view->ask != ASK_NOTHING)
            dash_leave_question(dash);
        else
            return (int)info.ssi_signo;
    }
    return 0;
}

/* A stopped reader stalls every publisher of the mesh, so first we stop being one. */
static void suspend(Dash *dash)
{
    Event *event = event_new(EVENT_PAUSE);

    dash->suspend = FALSE;
    event->on = TRUE;
    dash_take(dash, event);
    term_suspend(dash->term);
    dash_take(dash, event_new(EVENT_PAUSE));
    resize(dash);
}

/* --- the loop --- */

static void take_keys(Dash *dash)
{
    gunichar key;

    for (;;) {
        if (dash_edits_line(dash)) {
            dash_feed_line(dash);
            if (dash_edits_line(dash))
                return; /* all bytes that were there are taken */
        }
        key = term_key(dash->term);
        if (key == 0 || dash->quit)
            return;
        dash_key(dash, key);
    }
}

static void take_events(Dash *dash)
{
    gint64 until = clock_now() + EVENTS_US;
    Event *event;

    /* As long as a key may wait; the rest comes after it. */
    while (clock_now() < until && (event = engine_take(dash->engine)) != NULL) {
        if (event->kind != EVENT_CONFIG || event->config != NULL)
            dash_take(dash, event);
        else { /* a file that is as it was changes nothing on the screen */
            gboolean dirty = dash->dirty;

            dash_take(dash, event);
            dash->dirty = dirty;
        }
    }
}

/* What came since the last frame, if the two taps may be looked at in this one. */
static void take_samples(Dash *dash, const struct pollfd *fds)
{
    if (fds[FD_TAP].fd >= 0 && fds[FD_TAP].revents != 0)
        dash_take(dash, engine_sample(dash->engine, dash->model->watch.last_seq, SAMPLE_MOST));
    if (fds[FD_BUS].fd >= 0 && fds[FD_BUS].revents != 0)
        dash_take(dash, engine_sample_bus(dash->engine, dash->model->bus.last_seq, SAMPLE_MOST));
}

/* A flood that came faster than it could be taken leaves up to 20 MiB free in libnats' part of the
 * heap, which malloc() keeps when something small lies above it. Takes 1 to 3 ms, once a flood. */
static void give_memory_back(Dash *dash)
{
    double rate = dash->model->watch.rate[TAP_RESULT];

    if (rate > FLOOD) {
        dash->flooded = TRUE;
    } else if (dash->flooded && rate < CALM) {
        dash->flooded = FALSE;
#ifdef __GLIBC__
        malloc_trim(0);
#endif
    }
}

static void tick(Dash *dash)
{
    dash_take(dash, engine_tick(dash->engine));
    if (dash->model->streams[STREAM_BUS].wanted) /* its rates fall though nothing comes */
        dash_take(dash, engine_sample_bus(dash->engine, dash->model->bus.last_seq, SAMPLE_MOST));
    give_memory_back(dash);
}

static void draw(Dash *dash)
{
    Cursor cursor = view_draw(dash->model, dash->view, dash->canvas);

    if (term_show(dash->term, dash->canvas, cursor.y, cursor.x))
        dash->dirty = dash->urgent = FALSE;
}

static int wait_ms(gint64 now, gint64 until)
{
    return until <= now ? 0 : (int)MIN((until - now + 999) / 1000, 1000);
}

static int loop(Dash *dash, int signals)
{
    struct pollfd fds[FD_COUNT] = {
        [FD_SIGNAL] = {.fd = signals, .events = POLLIN},
        [FD_KEYS] = {.fd = term_in(dash->term), .events = POLLIN},
        [FD_EVENTS] = {.fd = engine_fd(dash->engine), .events = POLLIN},
    };
    gint64 frame_us = 0, now = clock_now();
    int ended = 0;

    while (!dash->quit && ended == 0) {
        gboolean stalled = !term_flush(dash->term);
        gint64 until = update_due(dash->model);

        /* The clock on the screen turns with the second. */
        until = MIN(until, now + G_USEC_PER_SEC - clock_wall() % G_USEC_PER_SEC);
        if (dash->dirty && !stalled)
            until = dash->urgent ? now : MIN(until, frame_us + FRAME_US);
        fds[FD_TAP] = (struct pollfd){now >= frame_us + FRAME_US ? engine_tap_fd(dash->engine) : -1,
                                      POLLIN, 0};
        fds[FD_BUS] = fds[FD_TAP];
        if (fds[FD_BUS].fd >= 0)
            fds[FD_BUS].fd = engine_bus_fd(dash->engine);
        if (fds[FD_TAP].fd < 0)
            until = MIN(until, frame_us + FRAME_US);
        fds[FD_OUT] = (struct pollfd){stalled ? term_out(dash->term) : -1, POLLOUT, 0};
        if (poll(fds, FD_COUNT, wait_ms(now, until)) < 0 && errno != EINTR)
            return SIGABRT;
        now = clock_now();
        if (fds[FD_SIGNAL].revents != 0)
            ended = take_signals(dash, signals);
        if ((fds[FD_KEYS].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
            ended = SIGHUP; /* the terminal is gone */
        else if (fds[FD_KEYS].revents != 0)
            take_keys(dash);
        if (fds[FD_EVENTS].revents != 0)
            take_events(dash);
        take_samples(dash, fds);
        if (now >= update_due(dash->model) ||
            clock_wall() / G_USEC_PER_SEC != dash->model->now_wall / G_USEC_PER_SEC)
            tick(dash);
        if (dash->suspend)
            suspend(dash);
        if (dash->dirty && (dash->urgent || now >= frame_us + FRAME_US)) {
            draw(dash);
            frame_us = now;
        }
    }
    return ended;
}

static void start(Dash *dash)
{
    g_autoptr(GPtrArray) effects = effects_new();
    Event *sentinel = event_new(EVENT_LISTEN);

    update_start(dash->model, effects);
    engine_perform(dash->engine, effects);
    sentinel->stream = STREAM_SENTINEL;
    sentinel->on = TRUE;
    dash_take(dash, sentinel);
    dash->history = history_new(dash->engine, NULL);
}

static void leave_screen(const Dash *dash)
{
    g_autofree char *text = canvas_text(dash->canvas);

    fputs(text, stdout);
    fflush(stdout);
}

int mode_dashboard(const Options *options, Model *model, Engine *engine)
{
    Dash dash = {.model = model, .engine = engine};
    g_autofree char *why = NULL;
    sigset_t before;
    int signals, ended, stderr_before, stderr_kept = -1;

    signals = open_signals(&before);
    dash.term = term_open(options->no_colour, &why);
    if (dash.term == NULL) {
        fprintf(stderr, "heddle-preflight: %s\n", why);
        return 3;
    }
    stderr_before = divert_stderr(&stderr_kept);
    dash.view = view_new();
    dash.canvas = canvas_new(1, 1);
    dash.canvas->ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    resize(&dash);
    dash_take(&dash, engine_tick(engine));
    draw(&dash); /* before any file or network is asked anything */
    start(&dash);
    ended = loop(&dash, signals);
    term_close(dash.term);
    restore_stderr(stderr_before, stderr_kept);
    if (dash.keep_screen)
        leave_screen(&dash);
    history_free(dash.history);
    g_free(dash.asked);
    canvas_free(dash.canvas);
    view_free(dash.view);
    close(signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return ended == 0 ? 0 : 128 + ended;
}
