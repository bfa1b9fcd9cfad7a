/* The watch: what comes on heddle.results.default, or the dead letters; the whole bus is another
 * file's (pane_bus.c). */
#include "ui/pane.h"

#include <string.h>

#include "base/clock.h"

static char *size_text(gsize bytes)
{
    if (bytes < 1024)
        return g_strdup_printf("%zu B", bytes);
    if (bytes < 1024 * 1024)
        return g_strdup_printf("%.1f KiB", (double)bytes / 1024);
    return g_strdup_printf("%.1f MiB", (double)bytes / (1024 * 1024));
}

void pane_watch_title(Paint *paint, int y, GString *title)
{
    guint64 behind = view_behind(paint->model, paint->view);

    if (paint->view->filter[0] != '\0')
        g_string_append_printf(title, " · /%s", paint->view->filter);
    if (paint->view->frozen != NULL)
        g_string_append(title, " · FROZEN (p)");
    if (behind > 0)
        g_string_append_printf(title, ", %" G_GUINT64_FORMAT " behind it", behind);
    pane_title(paint, y, paint->canvas->width, PANE_WATCH, title->str);
    g_string_free(title, TRUE);
}

static void title_of(Paint *paint, int y)
{
    const Watch *watch = &paint->model->watch;
    const View *view = paint->view;
    GString *title = g_string_new(NULL);

    g_string_printf(title, "%s ─ %" G_GUINT64_FORMAT " seen · %.0f/s",
                    view->class == TAP_DEAD_LETTER ? SUBJECT_DEAD_LETTER : SUBJECT_RESULTS,
                    watch->counts.seen[view->class], watch->rate[view->class]);
    if (view->focus == PANE_WATCH && view->frozen == NULL) /* that has the room first */
        g_string_append(title, view->class == TAP_DEAD_LETTER ? " · ← results → whole bus"
                                                              : " · → dead letters, whole bus");
    else if (watch->counts.seen[TAP_DEAD_LETTER] > 0 && view->class != TAP_DEAD_LETTER)
        g_string_append_printf(title, " · %" G_GUINT64_FORMAT " dead letters (→)",
                               watch->counts.seen[TAP_DEAD_LETTER]);
    if (watch->not_kept > 0)
        g_string_append_printf(title, " · %" G_GUINT64_FORMAT " not kept", watch->not_kept);
    if (paint->model->link.dropped > 0)
        g_string_append_printf(title, " · %" G_GUINT64_FORMAT " dropped",
                               paint->model->link.dropped);
    pane_watch_title(paint, y, title);
}

static State row_state(const WatchRow *row)
{
    if (row->dead_letter != NULL)
        return STATE_FAIL;
    if (row->result == NULL || row->result->status == NULL)
        return STATE_WARN;
    if (g_str_equal(row->result->status, "completed"))
        return STATE_OK;
    return g_str_equal(row->result->status, "failed") ? STATE_FAIL : STATE_PENDING;
}

/* What a message says, in one line: the output or the error, the reason, or the bytes themselves.
 */
static char *preview(const WatchRow *row, int columns)
{
    gsize most = (gsize)MAX(columns, 1);

    if (row->dead_letter != NULL)
        return g_strdup(row->dead_letter->reason != NULL ? row->dead_letter->reason : "no reason");
    if (row->result != NULL && row->result->error != NULL)
        return g_strdup(row->result->error);
    if (row->result != NULL)
        return g_strdup(row->result->output != NULL ? row->result->output : "no output");
    return text_clean(raw_bytes(row->bytes, row->len), most);
}

static void draw_message(Paint *paint, const WatchRow *row, int y, gboolean selected)
{
    Canvas *canvas = paint->canvas;
    g_autofree char *at = clock_local(row->wall_us), *size = size_text(row->size);
    g_autofree char *text = preview(row, canvas->width);
    const TaskResult *result = row->result;
    const char *status = result != NULL && result->status != NULL ? result->status
                         : row->dead_letter != NULL               ? "dead letter"
                                                                  : row->trouble;
    const char *worker = result != NULL             ? result->worker_type
                         : row->dead_letter != NULL ? row->dead_letter->worker_type
                                                    : NULL;
    State state = row_state(row);
    /* Where there is no worker and no time a word about it has their columns too. */
    gboolean bare = result == NULL && row->dead_letter == NULL;
    int x = 0, width = canvas->width;

    x += canvas_printf(canvas, y, x, 13, STYLE_DIM, "%s.%03d", at,
                       (int)(row->wall_us / 1000 % 1000)) +
         1;
    x += pane_glyph(paint, y, x, state) + 1;
    canvas_put(canvas, y, x, bare && width >= 60 ? 33 : 11, canvas_state_style(state),
               status != NULL ? status : "no status");
    x += 12;
    if (width >= 60) {
        if (worker != NULL)
            canvas_put(canvas, y, x, 12, STYLE_NORMAL, worker);
        x += 13;
        if (result != NULL && result->ms >= 0)
            canvas_printf(canvas, y, x, 8, STYLE_NORMAL, "%5.0f ms", result->ms);
        x += 9;
    }
    if (width >= 100) {
        canvas_printf(canvas, y, x, 9, STYLE_DIM, "%9s", size);
        x += 10;
    }
    canvas_put(canvas, y, x, width - x, STYLE_NORMAL, text);
    if (selected)
        canvas_flag(canvas, y, 0, width, STYLE_SELECTED);
}

void pane_watch(Paint *paint, int y, int height)
{
    g_autoptr(GPtrArray) rows = view_messages(paint->model, paint->view);
    gboolean focused = paint->view->focus == PANE_WATCH;
    int visible = height - 1, selected = view_message_index(rows, paint->view->message);
    int bottom = paint->view->message == 0 ? (int)rows->len - 1
                                           : MIN(MAX(selected, visible - 1), (int)rows->len - 1);
    int top = MAX(bottom - visible + 1, 0);

    if (paint->view->class == TAP_BUS) {
        pane_bus(paint, y, height);
        return;
    }
    if (height < 1)
        return;
    title_of(paint, y);
    if (rows->len == 0 && visible > 0)
        canvas_put(paint->canvas, y + 1, 0, paint->canvas->width, STYLE_DIM,
                   paint->view->filter[0] != '\0'
                       ? "no message passes the filter (Esc takes it off)"
                   : view_behind(paint->model, paint->view) > 0
                       ? "frozen before anything came: p shows what has come since"
                       : "nothing yet");
    for (int i = top; i <= bottom; i++)
        draw_message(paint, g_ptr_array_index(rows, (guint)i), y + 1 + i - top,
                     focused && i == selected);
}
