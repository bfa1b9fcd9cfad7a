#include "mode_once.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "mesh/verdict.h"

/* A second answer to a smoke shows two routers or two workers; it comes right after the first. */
enum { LINGER_MS = 100, SAMPLE_MOST = 128 };

static gboolean actors_known(const Model *model)
{
    for (unsigned i = 0; i < model->actors->len; i++) {
        const Actor *actor = g_ptr_array_index(model->actors, i);

        if (actor->config == NULL || (actor->env.path != NULL && actor->env.view == NULL))
            return FALSE;
    }
    for (unsigned i = 0; i < model->probes->len; i++) {
        const Probe *probe = g_ptr_array_index(model->probes, i);

        if (probe->ladder == NULL)
            return FALSE;
    }
    return model->fleet_known && model->local.scan != NULL && model->env.view != NULL;
}

static gboolean link_known(const Model *model)
{
    if (model->link.state == LINK_UP)
        return model->roster.state != ROSTER_NOT_ASKED && !model->probe->running &&
               (model->roster.state == ROSTER_CANNOT_TELL || model->roster.by_monitor ||
                model->roster.idle_us != 0);
    return model->link.state == LINK_DOWN;
}

static gboolean smoke_known(const Model *model)
{
    const Smoke *smoke = model_last_smoke(model);

    return smoke != NULL && smoke->verdict != VERDICT_RUNNING;
}

/* --- the end of a wait --- */

static volatile sig_atomic_t enough;

static void on_enough(int number)
{
    (void)number;
    enough = 1;
}

/* Once: who asks again does not want the report either. What the parent ignores stays ignored. */
static void let_signals_end_the_wait(void)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    const struct sigaction action = {.sa_handler = on_enough, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;

    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
}

static void take_in(Model *model, Engine *engine, Event *event)
{
    g_autoptr(GPtrArray) effects = effects_new();

    update(model, event, effects);
    event_free(event);
    engine_perform(engine, effects);
}

/* Sleep until an event comes or something falls due, and take it in. */
static void step(Model *model, Engine *engine, gint64 until_us)
{
    struct pollfd fd = {.fd = engine_fd(engine), .events = POLLIN};
    gint64 wait_us = MIN(update_due(model), until_us) - clock_now();
    Event *event;

    if (poll(&fd, 1, (int)CLAMP(wait_us / 1000 + 1, 0, 1000)) < 0 && errno != EINTR)
        g_error("poll: %s", g_strerror(errno));
    while ((event = engine_take(engine)) != NULL)
        take_in(model, engine, event);
    take_in(model, engine, engine_sample(engine, model->watch.last_seq, SAMPLE_MOST));
    take_in(model, engine, engine_tick(engine));
}

static void run_until_known(const Options *options, Model *model, Engine *engine)
{
    /* Everything that is waited for is bounded by itself; this is the belt to those braces. */
    gint64 most = clock_now() + (options->timeout_ms * 2 + 2000) * 1000LL;

    while (!(actors_known(model) && link_known(model)) && clock_now() < most)
        step(model, engine, most);
}

static void run_smoke(const Options *options, Model *model, Engine *engine)
{
    gint64 most = clock_now() + (options->smoke_timeout_ms + 3000) * 1000LL, linger;
    Event *event = event_new(EVENT_SMOKE);

    event->text = engine_task_id(engine);
    take_in(model, engine, event);
    while (!smoke_known(model) && clock_now() < most)
        step(model, engine, most);
    linger = clock_now() + LINGER_MS * 1000;
    while (model->link.state == LINK_UP && clock_now() < linger)
        step(model, engine, linger);
}

static void listen_for_poison(Model *model, Engine *engine)
{
    Event *event = event_new(EVENT_LISTEN);

    event->stream = STREAM_SENTINEL;
    event->on = TRUE;
    take_in(model, engine, event);
}

static gboolean all_hold(const Model *model)
{
    g_autofree char *summary = NULL;

    return verdict_overall(model, &summary) == STATE_OK;
}

int mode_once(const Options *options, Model *model, Engine *engine)
{
    gint64 until = clock_now() + options->wait_ms * 1000LL;
    g_autoptr(GPtrArray) effects = effects_new();
    g_autofree char *text = NULL;
    ReportLook look = {
        .ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
        .colour = isatty(STDOUT_FILENO) && !options->no_colour,
    };

    take_in(model, engine, engine_tick(engine)); /* the model's time begins */
    update_start(model, effects);
    engine_perform(engine, effects);
    if (options->wait_ms > 0) {
        let_signals_end_the_wait();
        listen_for_poison(model, engine); /* long enough that it may come by */
    }
    run_until_known(options, model, engine);
    if (options->smoke)
        run_smoke(options, model, engine);
    while (!all_hold(model) && !enough && clock_now() < until) {
        step(model, engine, until);
        if (options->smoke && model->link.state == LINK_UP && smoke_known(model) &&
            model->now_us - model_last_smoke(model)->asked_us > G_USEC_PER_SEC)
            run_smoke(options, model, engine);
    }
    text = report_text(model, options->form, look);
    if (fputs(text, stdout) == EOF || fflush(stdout) == EOF) {
        fprintf(stderr, "heddle-preflight: cannot write the report: %s\n", g_strerror(errno));
        return 3;
    }
    return report_exit(model);
}
