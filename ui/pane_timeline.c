/* The timeline: what changed last beside the smokes, and all of it in a window. The newest is on
 * top; once the operator has moved, the entry on top stays where it is. */
#include "base/clock.h"
#include "mesh/glyph.h"
#include "ui/window_lines.h"

/* "up → no answer  (up for 2 h 14 m)  4× in 10 m". */
static char *what_changed(const TimelineEntry *entry)
{
    GString *text = g_string_new(NULL);

    if (entry->from[0] != '\0')
        g_string_append_printf(text, "%s → ", entry->from);
    g_string_append(text, entry->to);
    if (entry->lasted_us >= 0) {
        g_autofree char *span = clock_span(entry->lasted_us);

        g_string_append_printf(text, "  (%s for %s)", entry->from, span);
    }
    if (entry->times > 1)
        g_string_append_printf(text, "  %u %s", entry->times,
                               g_str_equal(entry->track, "link") ? "tries" : "times");
    if (entry->flaps > TIMELINE_FLAPS)
        g_string_append_printf(text, "  %u× in 10 m", entry->flaps);
    return g_string_free(text, FALSE);
}

static void draw_short(Paint *paint, const TimelineEntry *entry, int y, int x, int width)
{
    g_autofree char *at = clock_local(entry->wall_us), *what = what_changed(entry);
    int start = x;

    x += canvas_put(paint->canvas, y, x, 8, STYLE_DIM, at) + 1;
    x += pane_glyph(paint, y, x, entry->state) + 1;
    x += canvas_put(paint->canvas, y, x, MIN(width / 3, 20), STYLE_BOLD, entry->track) + 1;
    canvas_put(paint->canvas, y, x, width - (x - start), STYLE_NORMAL, what);
}

static const char *nothing(const View *view)
{
    return view->filter[0] != '\0' ? "no change passes the filter" : "nothing has changed yet";
}

void pane_timeline(Paint *paint, int y, int x, int height)
{
    const Timeline *timeline = paint->model->timeline;
    int width = paint->canvas->width - x;
    guint64 at = view_history_step(paint->model, paint->view, 0, 0);

    canvas_rule(paint->canvas, y, x, width, STYLE_NORMAL, "timeline (H)");
    if (at == 0 && height > 1)
        canvas_put(paint->canvas, y + 1, x + 1, width - 1, STYLE_DIM, nothing(paint->view));
    for (int row = 1; row < height && at != 0; row++) {
        guint64 older = view_history_step(paint->model, paint->view, at, 1);

        draw_short(paint, timeline_entry(timeline, at), y + row, x + 1, width - 1);
        at = older < at ? older : 0;
    }
}

/* Local time and UTC, track and change, and the sentence below. */
static void add_entry(Lines *to, const TimelineEntry *entry)
{
    g_autofree char *local = clock_local(entry->wall_us), *utc = clock_utc(entry->wall_us);
    g_autofree char *what = what_changed(entry);
    g_autofree char *head = g_strdup_printf("%s %s %s %s  %s", local, utc,
                                            glyph_state(entry->state, FALSE), entry->track, what);

    lines_text(to, entry->state == STATE_OK ? STYLE_NORMAL : canvas_state_style(entry->state), 0,
               head);
    if (entry->text[0] != '\0')
        lines_text(to, STYLE_DIM, 4, entry->text);
}

/* Lines of the entries from the top one down until `rows` are full. */
static Lines lay_out(Paint *paint, guint64 top, int rows, int columns)
{
    Lines to = lines_new(columns);
    View *view = paint->view;

    view->history_shown = 0;
    for (guint64 at = top; at != 0 && (int)to.lines->len < rows;) {
        guint64 older = view_history_step(paint->model, view, at, 1);

        add_entry(&to, timeline_entry(paint->model->timeline, at));
        view->history_shown += (int)to.lines->len <= rows;
        at = older < at ? older : 0;
    }
    return to;
}

/* The entry on top; where a new filter lets nothing older pass, the newest that does. */
static guint64 top_entry(const Model *model, View *view)
{
    guint64 top = view_history_step(model, view, view->history, 0);

    if (top == 0 && view->history != 0) {
        view->history = 0;
        top = view_history_step(model, view, 0, 0);
    }
    return top;
}

void pane_timeline_window(Paint *paint)
{
    Canvas *canvas = paint->canvas;
    View *view = paint->view;
    guint64 count = paint->model->timeline->count, top = top_entry(paint->model, view);
    int y = 2, height = canvas->height - 3, rows = height - 2, columns = canvas->width - 4;
    Lines to = lay_out(paint, top, rows, columns);
    g_autofree char *title =
        g_strconcat("timeline", view->filter[0] != '\0' ? " /" : "", view->filter, NULL);
    g_autofree char *place = view->history != 0 && count > top
                                 ? g_strdup_printf("%" G_GUINT64_FORMAT " newer: g", count - top)
                                 : g_strdup_printf("%" G_GUINT64_FORMAT " changes", count);

    canvas_box(canvas, y, 0, height, canvas->width, STYLE_KEY, title, place);
    if (top == 0)
        canvas_put(canvas, y + 1, 2, columns, STYLE_DIM, nothing(view));
    for (int i = 0; i < rows && i < (int)to.lines->len; i++) {
        const WindowLine *line = g_ptr_array_index(to.lines, (guint)i);

        canvas_put(canvas, y + 1 + i, 2, columns, line->style, line->text);
    }
    g_ptr_array_unref(to.lines);
}
