/* Smoking the selected actor: what each kind is sent, the payload that is offered for it, and what
 * is asked first. */
#include "ui/dash.h"

#include "mesh/facts.h"

static const struct {
    SmokeMode mode;
    gboolean payload;    /* it is offered for change */
    const char *why_not; /* NULL: it can be */
} aims[KIND_COUNT] = {
    [KIND_UNKNOWN] = {SMOKE_TASK, FALSE, "what kind of actor it is is not known"},
    [KIND_WORKER] = {SMOKE_TASK, TRUE, NULL},
    [KIND_PROCESSOR] = {SMOKE_TASK, TRUE, NULL},
    [KIND_PIPELINE] = {SMOKE_GOAL, FALSE, NULL},
    [KIND_ORCHESTRATOR] = {SMOKE_GOAL, FALSE, NULL},
    [KIND_SCHEDULER] = {SMOKE_TASK, FALSE, "a scheduler takes no task: it sends them by its clock"},
    [KIND_ROUTER] = {SMOKE_TASK, FALSE, NULL},
    [KIND_MCP] = {SMOKE_TASK, FALSE, "a gateway takes tool calls, not tasks: nothing to smoke"},
};

void dash_aim_drop(Dash *dash)
{
    dash->view->aim_actor = 0;
    g_clear_pointer(&dash->view->aim_payload, g_free);
}

void dash_aim_send(Dash *dash)
{
    const Actor *actor = model_actor(dash->model, dash->view->aim_actor);
    g_autofree char *name = actor != NULL ? actor_name(actor) : NULL;
    Event *event;

    if (actor == NULL) {
        dash_say(dash, "it is gone: nothing was published");
        dash_aim_drop(dash);
        return;
    }
    event = event_new(EVENT_AIM);
    event->id = actor->id;
    event->mode = aims[actor_kind(actor)].mode;
    event->text = g_strdup(dash->view->aim_payload);
    dash_aim_drop(dash);
    view_say(dash->view, dash->model->now_us,
             event->mode == SMOKE_GOAL ? g_strdup_printf("a goal, as %s takes it", name)
                                       : g_strdup_printf("a task for %s", name));
    dash_take(dash, event);
    dash_smoke_now(dash);
}

void dash_aim_go(Dash *dash)
{
    const Actor *actor = model_actor(dash->model, dash->view->aim_actor);
    g_autofree char *name = NULL;

    if (actor != NULL && aims[actor_kind(actor)].payload)
        name = actor_name(actor);
    if (actor != NULL && dash_must_ask(dash, aims[actor_kind(actor)].mode,
                                       name != NULL ? name : dash->model->settings.worker_type))
        dash_ask_smoke(dash, FALSE);
    else
        dash_aim_send(dash);
}

char *dash_aim_example(const Dash *dash)
{
    const Actor *actor = model_actor(dash->model, dash->view->ask_actor);

    return g_strdup(actor != NULL && actor->config != NULL && actor->config->example != NULL
                        ? actor->config->example
                        : dash->model->settings.payload);
}

char *dash_take_aim(Dash *dash, const char *line)
{
    char *why = NULL;

    if (!message_payload_ok(line, &why))
        return why;
    dash_aim_drop(dash);
    dash->view->aim_actor = dash->view->ask_actor;
    dash->view->aim_payload = g_strdup(line);
    return NULL;
}

/* What stands in the way of a task for it; NULL: nothing. */
static const char *why_not(const Dash *dash, const Actor *actor)
{
    g_autofree char *name = actor_name(actor);

    if (dash->model->settings.read_only)
        return "--read-only: nothing is published";
    if (aims[actor_kind(actor)].why_not != NULL || !aims[actor_kind(actor)].payload)
        return aims[actor_kind(actor)].why_not;
    if (!subject_token_ok(name))
        return "its name is no plain subject token: a task for it would go astray";
    return tier_from_word(actor_tier(dash->model, actor)) < TIER_OWN
               ? NULL
               : "it listens on a tier where no router sends";
}

void dash_aim(Dash *dash)
{
    View *view = dash->view;
    const Actor *actor = view->window == WINDOW_ACTOR ? model_actor(dash->model, view->window_id)
                                                      : view_selected_actor(dash->model, view);

    if (actor == NULL) {
        dash_say(dash, "no actor is selected");
    } else if (why_not(dash, actor) != NULL) {
        dash_say(dash, why_not(dash, actor));
    } else if (aims[actor_kind(actor)].payload) {
        view->ask_actor = actor->id;
        dash_ask_line(dash, ASK_AIM);
    } else {
        dash_aim_drop(dash);
        view->aim_actor = actor->id;
        dash_aim_go(dash);
    }
}
