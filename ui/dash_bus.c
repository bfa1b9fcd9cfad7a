/* Keys of the watch: turning between results, dead letters and the whole bus; its tree; stopping
 * the messages, copying and saving one. */
#include "ui/dash.h"

#include <string.h>

#include "base/clock.h"

static void listen(Dash *dash, LinkStream stream, gboolean on)
{
    Event *event = event_new(EVENT_LISTEN);

    event->stream = stream;
    event->on = on;
    dash_take(dash, event);
}

void dash_turn_watch(Dash *dash, int by)
{
    static const TapClass order[] = {TAP_RESULT, TAP_DEAD_LETTER, TAP_BUS};
    View *view = dash->view;
    int at = 0;

    while (order[at] != view->class)
        at++;
    if (at + by < 0 || at + by >= (int)G_N_ELEMENTS(order)) {
        dash_say(dash, by < 0 ? "these are the first: → turns on" : "← turns back");
        return;
    }
    view->class = order[at + by];
    view->message = 0;
    view->bus_list = FALSE;
    if (order[at] == TAP_BUS || view->class == TAP_BUS)
        listen(dash, STREAM_BUS, view->class == TAP_BUS);
    if (view->class == TAP_BUS)
        dash_say(dash, "heddle.> is subscribed; ← leaves it   Space folds  Enter messages");
    else if (order[at] == TAP_BUS)
        dash_say(dash, "heddle.> is left");
}

void dash_move_subject(Dash *dash, int by)
{
    View *view = dash->view;
    g_autoptr(GPtrArray) rows = view_bus_rows(dash->model, view);
    int was = view_bus_selected(view, rows), at = CLAMP(was + by, 0, MAX((int)rows->len - 1, 0));

    if (rows->len == 0) {
        dash_say(dash, "no subject to select");
        return;
    }
    if (at == was)
        dash_say(dash, by < 0 ? "this is the first subject" : "this is the last subject");
    view->bus_screen_row += at - was;
    view->message = 0;
    g_free(view->bus_subject);
    view->bus_subject = g_strdup(((SubjectNode *)g_ptr_array_index(rows, (guint)at))->path);
}

gboolean dash_in_tree(const Dash *dash)
{
    const View *view = dash->view;

    return view->window == WINDOW_NONE && view_bus_is_whole(view) && !view->bus_list;
}

void dash_fold(Dash *dash)
{
    View *view = dash->view;
    g_autoptr(GPtrArray) rows = view_bus_rows(dash->model, view);
    const SubjectNode *node =
        rows->len > 0 ? g_ptr_array_index(rows, (guint)view_bus_selected(view, rows)) : NULL;

    if (node == NULL || node->children->len == 0)
        dash_say(dash, "nothing below it to fold; Enter shows its messages");
    else
        view_bus_fold(view, node);
}

void dash_open_subject(Dash *dash)
{
    View *view = dash->view;
    g_autofree char *path = g_strdup(view_bus_path(dash->model, view));

    if (path[0] == '\0') {
        dash_say(dash, "no subject yet");
        return;
    }
    g_free(view->bus_subject);
    view->bus_subject = g_steal_pointer(&path);
    view->bus_list = TRUE;
    view->message = 0;
}

void dash_widen(Dash *dash)
{
    unsigned taken_up = 0;

    for (LinkStream id = 0; id < LINK_STREAMS; id++)
        if (dash->model->streams[id].wanted && dash->model->streams[id].width != STREAM_WHOLE) {
            listen(dash, id, TRUE);
            taken_up++;
        }
    dash_say(dash, taken_up > 0 ? "taken up whole again" : "nothing of the watches was narrowed");
}

void dash_freeze(Dash *dash)
{
    View *view = dash->view;
    GPtrArray *all[] = {dash->model->watch.rows, dash->model->bus.rows};

    if (view->frozen != NULL) {
        g_clear_pointer(&view->frozen, g_ptr_array_unref);
        dash_say(dash, "messages flow again");
        return;
    }
    view->frozen = g_ptr_array_new_with_free_func((GDestroyNotify)watch_row_unref);
    for (gsize of = 0; of < G_N_ELEMENTS(all); of++)
        for (unsigned i = 0; i < all[of]->len; i++)
            g_ptr_array_add(view->frozen, watch_row_ref(g_ptr_array_index(all[of], i)));
    for (TapClass class = 0; class < TAP_CLASSES; class ++)
        view->frozen_seen[class] = view_seen(dash->model, class);
    dash_say(dash, "messages frozen; p lets them flow");
}

/* --- one message --- */

/* The open message, or the selected one; NULL: none. */
static WatchRow *row_in_hand(Dash *dash)
{
    View *view = dash->view;
    g_autoptr(GPtrArray) rows = view_messages(dash->model, view);
    int at = view_message_index(rows, view->message);

    if (view->window == WINDOW_MESSAGE)
        return view->window_row;
    if (view->window != WINDOW_NONE || view->focus != PANE_WATCH || at < 0)
        return NULL;
    return g_ptr_array_index(rows, (guint)at);
}

/* "copied 3 lines: heddle router …": a finding may have a command for each of its actors. */
static char *copied_text(const char *commands)
{
    g_auto(GStrv) lines = g_strsplit(commands, "\n", -1);
    guint count = g_strv_length(lines);

    return count < 2 ? g_strdup_printf("copied: %s", commands)
                     : g_strdup_printf("copied %u lines: %s", count, lines[0]);
}

void dash_copy(Dash *dash)
{
    const WatchRow *row = row_in_hand(dash);
    g_autofree char *text = row != NULL ? message_pretty(raw_bytes(row->bytes, row->len))
                                        : view_next_command(dash->model, dash->view);

    if (text == NULL) {
        dash_say(dash, "nothing to copy here");
        return;
    }
    term_copy(dash->term, text);
    view_say(dash->view, dash->model->now_us,
             row != NULL ? g_strdup("message copied") : copied_text(text));
}

/* "./heddle-heddle.tasks.incoming-20261123T140205.114Z.json": nothing of the subject may lead out
 * of the folder. */
char *dash_save_name(const WatchRow *row)
{
    g_autofree char *subject = g_str_to_ascii(row->subject, "C"), *iso = clock_iso(row->wall_us);
    GString *name = g_string_new("./heddle-");

    for (const char *c = subject; *c != '\0' && c - subject < 100; c++)
        g_string_append_c(name, g_ascii_isalnum(*c) || strchr("._-", *c) != NULL ? *c : '_');
    g_string_append_c(name, '-');
    for (const char *c = iso; *c != '\0'; c++)
        if (*c != '-' && *c != ':')
            g_string_append_c(name, *c);
    g_string_append(name, ".json");
    return g_string_free(name, FALSE);
}

void dash_save(Dash *dash)
{
    View *view = dash->view;
    WatchRow *row = row_in_hand(dash);

    if (row == NULL) {
        dash_say(dash, "no message is selected to be saved");
        return;
    }
    if (row->len < row->size) {
        dash_say(dash, "only a part of this message was kept, so it is not saved");
        return;
    }
    g_clear_pointer(&view->save_row, watch_row_unref);
    view->save_row = watch_row_ref(row); /* others may push it out meanwhile */
    dash_ask_line(dash, ASK_SAVE);
}

char *dash_take_save(Dash *dash, const char *line)
{
    const WatchRow *row = dash->view->save_row;
    g_autofree char *trimmed = g_strstrip(g_strdup(line));
    Event *event;

    if (trimmed[0] == '\0' || g_str_has_suffix(trimmed, "/"))
        return g_strdup("a file's name, please; Esc leaves it");
    event = event_new(EVENT_SAVE);
    event->text = g_str_has_prefix(trimmed, "~/")
                      ? g_build_filename(g_get_home_dir(), trimmed + 2, NULL)
                      : g_strdup(trimmed);
    event->bytes = g_memdup2(row->bytes, row->len);
    event->len = row->len;
    dash_take(dash, event);
    return NULL;
}
