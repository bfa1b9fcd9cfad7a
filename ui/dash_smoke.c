/* Keys of the smoke that is set: one now, one every few seconds, of which mode, and whether the
 * operator is asked first. */
#include "ui/dash.h"

#include "mesh/facts.h"

/* On a server of one's own nobody is hurt; on any other the operator is asked first, and wherever
 * an LLM may have to be paid. */
gboolean dash_must_ask(const Dash *dash, SmokeMode mode, const char *worker_type)
{
    return !nats_url_stays_here(dash->model->settings.url) ||
           smoke_may_cost(dash->model, mode, worker_type);
}

/* The pane that follows it is behind a window. */
static void say_behind(Dash *dash)
{
    const Smoke *smoke = model_last_smoke(dash->model);

    if (smoke != NULL)
        view_say(dash->view, dash->model->now_us,
                 g_strdup_printf("smoke #%u (%s): q closes this window and shows it", smoke->number,
                                 smoke->mode == SMOKE_GOAL ? "a goal" : smoke->worker_type));
}

void dash_smoke_now(Dash *dash)
{
    Event *event = event_new(EVENT_SMOKE);

    event->text = engine_task_id(dash->engine);
    dash->view->smoke = 0;
    dash_take(dash, event);
    if (dash->view->window != WINDOW_NONE)
        say_behind(dash);
}

/* For the smoke as it is set now. */
static gboolean needs_asking(const Dash *dash)
{
    const Settings *settings = &dash->model->settings;

    return dash_must_ask(dash, settings->mode, settings->worker_type);
}

void dash_smoke(Dash *dash)
{
    if (dash->model->settings.read_only)
        dash_say(dash, "--read-only: nothing is published");
    else if (needs_asking(dash))
        dash_ask_smoke(dash, FALSE);
    else
        dash_smoke_now(dash);
}

void dash_repeat(Dash *dash)
{
    Event *event;

    if (dash->model->settings.read_only) {
        dash_say(dash, "--read-only: nothing is published");
        return;
    }
    if (!dash->model->smoke_repeat && needs_asking(dash)) {
        dash_ask_smoke(dash, TRUE);
        return;
    }
    event = event_new(EVENT_REPEAT);
    event->on = !dash->model->smoke_repeat;
    dash_say(dash, event->on ? "a smoke every 5 s; S stops it" : "no more smokes by themselves");
    dash_take(dash, event);
    dash_take(dash, engine_tick(dash->engine));
}

void dash_mode(Dash *dash)
{
    static const char *const meanings[SMOKE_MODES] = {
        "smoke: a task through the router",
        "smoke: a task straight to the worker, past the router",
        "smoke: a goal, as heddle submit publishes it",
    };
    Event *event = event_new(EVENT_SET_MODE);

    event->mode = (dash->model->settings.mode + 1) % SMOKE_MODES;
    dash_say(dash, meanings[event->mode]);
    dash_take(dash, event);
}
