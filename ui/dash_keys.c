/* What each key does: one small function a request, in a table. */
#include "ui/dash.h"

#include "mesh/facts.h"
#include "mesh/findings.h"

void dash_say(Dash *dash, const char *text)
{
    view_say(dash->view, dash->model->now_us, g_strdup(text));
}

static void post(Dash *dash, EventKind kind, unsigned id)
{
    Event *event = event_new(kind);

    event->id = id;
    dash_take(dash, event);
}

static void do_help(Dash *dash)
{
    dash_open_window(dash->view, WINDOW_HELP, 0);
}

static void do_url(Dash *dash)
{
    dash_ask_url(dash, 0);
}

static void for_actor(Dash *dash, void (*ask)(Dash *, unsigned))
{
    const Actor *actor = view_selected_actor(dash->model, dash->view);

    if (actor == NULL)
        dash_say(dash, "no actor is selected");
    else
        ask(dash, actor->id);
}

static void do_actor_url(Dash *dash)
{
    for_actor(dash, dash_ask_url);
}

static void do_tier(Dash *dash)
{
    dash_ask_tier(dash, 0);
}

static void do_actor_tier(Dash *dash)
{
    const Actor *actor = view_selected_actor(dash->model, dash->view);

    if (actor != NULL && actor_own_tier(actor)[0] == '\0')
        view_say(dash->view, dash->model->now_us,
                 g_strdup_printf("a %s has no tier", kind_info(actor_kind(actor))->word));
    else
        for_actor(dash, dash_ask_tier);
}

static void do_filter(Dash *dash)
{
    dash_ask_line(dash, ASK_FILTER);
}

static void do_payload(Dash *dash)
{
    dash_ask_line(dash, ASK_PAYLOAD);
}

static void do_worker(Dash *dash)
{
    dash_ask_line(dash, ASK_WORKER);
}

static void do_recheck_all(Dash *dash)
{
    post(dash, EVENT_RECHECK, 0);
    dash_say(dash, "everything is being checked again");
}

static void do_recheck(Dash *dash)
{
    const Actor *actor = view_selected_actor(dash->model, dash->view);
    g_autofree char *name = NULL;

    if (dash->view->window == WINDOW_ACTOR)
        actor = model_actor(dash->model, dash->view->window_id);
    if (dash->view->focus != PANE_ACTORS || actor == NULL) {
        do_recheck_all(dash);
        return;
    }
    name = actor_name(actor);
    post(dash, EVENT_RECHECK, actor->id);
    view_say(dash->view, dash->model->now_us, g_strdup_printf("%s is being checked again", name));
}

static void do_ladder(Dash *dash)
{
    dash_open_window(dash->view, WINDOW_LADDER, 0);
}

static void do_settings(Dash *dash)
{
    dash_open_window(dash->view, WINDOW_SETTINGS, 0);
}

static void do_findings(Dash *dash)
{
    dash_open_window(dash->view, WINDOW_FINDINGS, 0);
    g_clear_pointer(&dash->view->finding, g_free);
    dash->view->finding_top = 0;
}

static void do_dismiss(Dash *dash)
{
    int at = view_selected_finding(dash->model, dash->view);
    const Finding *finding = at >= 0 ? g_ptr_array_index(dash->model->findings, at) : NULL;
    Event *event;

    if (dash->view->window != WINDOW_FINDINGS || finding == NULL) {
        dash_say(dash, "nothing to dismiss here; F shows the findings");
        return;
    }
    event = event_new(EVENT_DISMISS);
    event->text = g_strdup(finding->key);
    event->on = !finding->dismissed;
    dash_say(dash, event->on ? "dismissed for this run; d takes it back" : "counted again");
    dash_take(dash, event);
}

static void do_history(Dash *dash)
{
    dash_open_window(dash->view, WINDOW_TIMELINE, 0);
    dash->view->history = 0;
}

static void do_open(Dash *dash)
{
    View *view = dash->view;
    const Actor *actor = view_selected_actor(dash->model, view);
    const Smoke *smoke = view_selected_smoke(dash->model, view);
    g_autoptr(GPtrArray) rows = view_messages(dash->model, view);
    int at = view_message_index(rows, view->message);

    if (view->window != WINDOW_NONE)
        dash_say(dash, "Enter does nothing here; Esc closes");
    else if (view->focus == PANE_ACTORS && actor != NULL)
        dash_open_window(view, WINDOW_ACTOR, actor->id);
    else if (view->focus == PANE_SMOKE && smoke != NULL)
        dash_open_window(view, WINDOW_SMOKE, smoke->number);
    else if (dash_in_tree(dash))
        dash_open_subject(dash);
    else if (view->focus == PANE_WATCH && at >= 0)
        dash_open_message(view, g_ptr_array_index(rows, (guint)at));
    else if (view->focus == PANE_HEADER)
        do_ladder(dash);
    else
        dash_say(dash, "nothing to open here");
}

static void do_layout(Dash *dash)
{
    static const char *const words[SHAPES] = {"actors as they fit", "actors as cards",
                                              "actors as a table"};

    dash->view->shape = (dash->view->shape + 1) % SHAPES;
    dash_say(dash, words[dash->view->shape]);
}

static void do_back(Dash *dash)
{
    View *view = dash->view;

    if (view->window != WINDOW_NONE) {
        dash_close_window(view);
    } else if (view->filter[0] != '\0') {
        view->filter[0] = '\0';
        dash_say(dash, "filter taken off");
    } else if (dash->model->proving.link != 0) {
        post(dash, EVENT_LET_GO, 0);
        dash_say(dash, "the new URL is let go; the old one stays in force");
    } else if (dash->model->former != NULL) {
        post(dash, EVENT_LET_GO, 0);
        dash_say(dash, "the old URL is in force again");
    } else if (view_bus_is_whole(view) && view->bus_list) {
        view->bus_list = FALSE;
        view->message = 0;
    } else if (view->message != 0 || view->smoke != 0) {
        view->message = 0;
        view->smoke = 0;
    } else {
        dash_say(dash, "nothing to step back from; q quits");
    }
}

static void do_quit(Dash *dash)
{
    if (dash->view->window != WINDOW_NONE)
        dash_close_window(dash->view);
    else
        dash->quit = TRUE;
}

static void do_quit_keep(Dash *dash)
{
    dash->quit = dash->keep_screen = TRUE;
}

static void do_next_pane(Dash *dash)
{
    dash_close_window(dash->view);
    dash->view->focus = (dash->view->focus + 1) % PANE_COUNT;
}

static void do_previous_pane(Dash *dash)
{
    dash_close_window(dash->view);
    dash->view->focus = (dash->view->focus + PANE_COUNT - 1) % PANE_COUNT;
}

static void do_up(Dash *dash)
{
    dash_move(dash, -1);
}

static void do_down(Dash *dash)
{
    dash_move(dash, 1);
}

static void do_left(Dash *dash)
{
    dash_turn(dash, -1);
}

static void do_right(Dash *dash)
{
    dash_turn(dash, 1);
}

static void do_page_up(Dash *dash)
{
    dash_move(dash, -dash_page(dash));
}

static void do_page_down(Dash *dash)
{
    dash_move(dash, dash_page(dash));
}

static void do_first(Dash *dash)
{
    if (dash->view->window == WINDOW_TIMELINE)
        dash->view->history = 0;
    else
        dash_move(dash, -DASH_FAR);
}

static void do_last(Dash *dash)
{
    dash_move(dash, DASH_FAR);
}

static void do_fold(Dash *dash)
{
    if (dash_in_tree(dash))
        dash_fold(dash);
    else
        do_page_down(dash);
}

static void do_redraw(Dash *dash)
{
    term_repaint(dash->term);
}

static void do_suspend(Dash *dash)
{
    dash->suspend = TRUE;
}

static void (*const actions[REQUEST_COUNT])(Dash *) = {
    [REQUEST_HELP] = do_help,
    [REQUEST_URL] = do_url,
    [REQUEST_TIER] = do_tier,
    [REQUEST_SMOKE] = dash_smoke,
    [REQUEST_RECHECK] = do_recheck,
    [REQUEST_OPEN] = do_open,
    [REQUEST_FILTER] = do_filter,
    [REQUEST_QUIT] = do_quit,
    [REQUEST_ACTOR_URL] = do_actor_url,
    [REQUEST_ACTOR_TIER] = do_actor_tier,
    [REQUEST_REPEAT] = dash_repeat,
    [REQUEST_MODE] = dash_mode,
    [REQUEST_PAYLOAD] = do_payload,
    [REQUEST_WORKER] = do_worker,
    [REQUEST_RECHECK_ALL] = do_recheck_all,
    [REQUEST_LADDER] = do_ladder,
    [REQUEST_HISTORY] = do_history,
    [REQUEST_SETTINGS] = do_settings,
    [REQUEST_FINDINGS] = do_findings,
    [REQUEST_DISMISS] = do_dismiss,
    [REQUEST_COPY] = dash_copy,
    [REQUEST_FREEZE] = dash_freeze,
    [REQUEST_SAVE] = dash_save,
    [REQUEST_WIDEN] = dash_widen,
    [REQUEST_FOLD] = do_fold,
    [REQUEST_LAYOUT] = do_layout,
    [REQUEST_BACK] = do_back,
    [REQUEST_NEXT_PANE] = do_next_pane,
    [REQUEST_PREVIOUS_PANE] = do_previous_pane,
    [REQUEST_UP] = do_up,
    [REQUEST_DOWN] = do_down,
    [REQUEST_LEFT] = do_left,
    [REQUEST_RIGHT] = do_right,
    [REQUEST_PAGE_UP] = do_page_up,
    [REQUEST_PAGE_DOWN] = do_page_down,
    [REQUEST_FIRST] = do_first,
    [REQUEST_LAST] = do_last,
    [REQUEST_REDRAW] = do_redraw,
    [REQUEST_SUSPEND] = do_suspend,
    [REQUEST_QUIT_KEEP] = do_quit_keep,
    [REQUEST_AIM] = dash_aim,
};

void dash_key(Dash *dash, gunichar key)
{
    Request request = keys_request(key);

    dash->dirty = dash->urgent = TRUE;
    g_clear_pointer(&dash->view->notice, g_free);
    if (dash->view->ask != ASK_NOTHING)
        dash_answer(dash, key);
    else if (actions[request] != NULL)
        actions[request](dash);
    else
        dash_say(dash, "that key does nothing here; ? shows the keys");
}
