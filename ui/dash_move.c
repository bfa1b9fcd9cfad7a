/* Moving about: the selection of whatever has the floor, or an open window. */
#include "mesh/findings.h"
#include "ui/dash.h"
#include "ui/layout.h"
#include "ui/window_lines.h"

static void move_message(Dash *dash, int by)
{
    View *view = dash->view;
    g_autoptr(GPtrArray) rows = view_messages(dash->model, view);
    int was = view_message_index(rows, view->message), at = was + by;

    if (rows->len == 0)
        dash_say(dash, "no message to select");
    else if (at >= (int)rows->len && view->message == 0)
        dash_say(dash, "the newest message is followed already");
    else if (at >= (int)rows->len)
        view->message = 0; /* past the newest: follow again */
    else if (by < 0 && was == 0)
        dash_say(dash, "this is the oldest message that is kept");
    else
        view->message = ((WatchRow *)g_ptr_array_index(rows, (guint)MAX(at, 0)))->seq;
}

static void move_smoke(Dash *dash, int by)
{
    const Smoke *smoke = view_selected_smoke(dash->model, dash->view);
    unsigned was = smoke != NULL ? smoke->number : 0, at = was;

    if (smoke == NULL) {
        dash_say(dash, "no smoke yet: s publishes one");
        return;
    }
    for (int left = by; left < 0 && model_smoke(dash->model, at - 1) != NULL; left++)
        at--;
    at = by > 0 ? MIN(at + (unsigned)by, dash->model->smoke_count) : at;
    if (at == was)
        dash_say(dash,
                 by < 0 ? "this is the oldest smoke that is kept" : "this is the newest smoke");
    dash->view->smoke = at < dash->model->smoke_count ? at : 0;
}

static void move_actor(Dash *dash, GPtrArray *actors, int by)
{
    View *view = dash->view;
    int was = view_actor_index(actors, view), at = CLAMP(was + by, 0, (int)actors->len - 1);

    if (was < 0) {
        dash_say(dash, "no actor to select");
        return;
    }
    if (at == was)
        dash_say(dash, by < 0 ? "this is the first actor" : "this is the last actor");
    view->actor = ((Actor *)g_ptr_array_index(actors, (guint)at))->id;
}

static Layout layout_now(const Dash *dash, GPtrArray *actors)
{
    return layout_of(dash->canvas->width, dash->canvas->height, (int)actors->len,
                     (int)dash->view->shape, view_findings_shown(dash->model));
}

/* Up from the newest it is followed again; down ends with the oldest at the bottom. */
static void move_history(Dash *dash, int by)
{
    View *view = dash->view;
    guint64 top = view_history_step(dash->model, view, view->history, by);
    guint64 oldest = view_history_step(dash->model, view, 0, TIMELINE_KEPT);
    guint64 lowest = view_history_step(dash->model, view, oldest, -MAX(view->history_shown - 1, 0));

    view->history = MAX(top, lowest);
    if (by < 0 && view->history == view_history_step(dash->model, view, 0, 0))
        view->history = 0;
}

/* The findings as the window lays them out now. Free `.lines`. */
static Lines lay_findings(const Dash *dash)
{
    Lines lines = lines_new(window_columns(dash->canvas));

    window_findings_lines(&lines, dash->model, dash->view);
    return lines;
}

/* Its command must be in sight: of what is before it no more than it leaves room for. */
static void select_finding(Dash *dash, int at, gboolean end)
{
    View *view = dash->view;
    const Finding *finding = g_ptr_array_index(dash->model->findings, (guint)at);
    int rows = window_rows(dash->canvas), spare;
    Lines laid;

    g_free(view->finding);
    view->finding = g_strdup(finding->key);
    laid = lay_findings(dash);
    spare = rows - (laid.mark_end - laid.mark);
    view->finding_top = spare < 0 && end ? -spare : -CLAMP(spare, 0, rows / 3);
    g_ptr_array_unref(laid.lines);
}

/* How many rows the window can go on within the selected one, at most `by`; below 0: back. */
static int rows_hidden(const Dash *dash, int by)
{
    int rows = window_rows(dash->canvas), top, hidden;
    Lines laid = lay_findings(dash);

    top = window_top(&laid, dash->view, rows);
    hidden = by < 0 ? laid.mark - top : laid.mark_end - top - rows;
    g_ptr_array_unref(laid.lines);
    return by < 0 ? CLAMP(hidden, by, 0) : CLAMP(hidden, 0, by);
}

/* Through the selected one first: it may be taller than the window. Then to its neighbour. */
static void move_finding(Dash *dash, int by)
{
    View *view = dash->view;
    int at = view_selected_finding(dash->model, view), last = (int)dash->model->findings->len - 1;
    int hidden, to = CLAMP(at + (by < 0 ? -1 : 1), 0, last);

    if (at < 0) {
        dash_say(dash, "no finding to select");
        return;
    }
    hidden = rows_hidden(dash, by);
    if (ABS(by) == DASH_FAR) {
        to = by < 0 ? 0 : last;
    } else if (hidden != 0) {
        Lines laid = lay_findings(dash);

        view->finding_top = window_top(&laid, view, window_rows(dash->canvas)) - laid.mark + hidden;
        g_ptr_array_unref(laid.lines);
        g_free(view->finding); /* its place may be another's soon */
        view->finding = g_strdup(((Finding *)g_ptr_array_index(dash->model->findings, at))->key);
        return;
    }
    if (to == at && hidden == 0)
        dash_say(dash, by < 0 ? "this is the first finding" : "this is the last finding");
    else
        select_finding(dash, to, by == DASH_FAR);
}

void dash_move(Dash *dash, int rows)
{
    View *view = dash->view;
    g_autoptr(GPtrArray) actors = view_actors(dash->model, view);
    Layout layout = layout_now(dash, actors);

    if (view->window == WINDOW_TIMELINE)
        move_history(dash, rows);
    else if (view->window == WINDOW_FINDINGS)
        move_finding(dash, rows);
    else if (view->window != WINDOW_NONE)
        view->window_top = MAX(view->window_top + rows, 0); /* the end is known when it is drawn */
    else if (view->focus == PANE_ACTORS)
        move_actor(dash, actors, rows * (layout.table ? 1 : layout.card_columns));
    else if (view->focus == PANE_SMOKE)
        move_smoke(dash, -rows); /* newest is on top */
    else if (view->focus == PANE_HEADER)
        dash_say(dash, "nothing to select in the header; Enter opens the ladder");
    else if (dash_in_tree(dash))
        dash_move_subject(dash, rows);
    else
        move_message(dash, rows);
}

int dash_page(const Dash *dash)
{
    g_autoptr(GPtrArray) actors = view_actors(dash->model, dash->view);
    Layout layout = layout_now(dash, actors);

    if (dash->view->window == WINDOW_TIMELINE)
        return MAX(dash->view->history_shown - 1, 1);
    if (dash->view->window != WINDOW_NONE)
        return MAX(dash->canvas->height - 6, 1);
    if (view_bus_is_whole(dash->view))
        return MAX(layout.status_y - layout.actors_y - 2, 1);
    if (dash->view->focus == PANE_WATCH)
        return MAX(layout.watch_height - 1, 1);
    return MAX(layout.table ? layout.actors_height - 1 : layout.actors_height / CARD_HEIGHT, 1);
}

void dash_turn(Dash *dash, int by)
{
    View *view = dash->view;

    if (view->window != WINDOW_NONE || view->focus == PANE_SMOKE || view->focus == PANE_HEADER) {
        dash_say(dash, "left and right do nothing here");
    } else if (view->focus == PANE_ACTORS) {
        g_autoptr(GPtrArray) actors = view_actors(dash->model, view);

        move_actor(dash, actors, by);
    } else {
        dash_turn_watch(dash, by);
    }
}
