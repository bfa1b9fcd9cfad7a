/* The watch of the whole bus: subjects as a tree with what each carries and, beside it where there
 * is room or in its place after Enter, the messages of the selected branch. */
#include "ui/pane.h"

#include <string.h>

#include "base/clock.h"

enum { SPLIT_WIDTH = 120, TREE_WIDTH = 72, NUMBERS_WIDTH = 60 };

typedef struct Area {
    int y, x, height, width;
} Area;

/* 1234 as "1,234"; from a million on "1.2 M". */
static char *count_text(double count)
{
    if (count >= 1e9)
        return g_strdup_printf("%.1f G", count / 1e9);
    if (count >= 1e6)
        return g_strdup_printf("%.1f M", count / 1e6);
    if (count >= 1000)
        return g_strdup_printf("%.0f,%03.0f", (double)((guint64)count / 1000),
                               (double)((guint64)count % 1000));
    return g_strdup_printf("%.0f", count);
}

static char *bytes_text(double bytes)
{
    if (bytes < 1024)
        return g_strdup_printf("%.0f B", bytes);
    if (bytes < 1024 * 1024)
        return g_strdup_printf("%.1f KiB", bytes / 1024);
    return g_strdup_printf("%.1f MiB", bytes / (1024 * 1024));
}

static void draw_title(Paint *paint, int y, gboolean list)
{
    const Model *model = paint->model;
    const View *view = paint->view;
    const SubjectNode *root = model->bus.subjects->root;
    g_autofree char *seen = count_text((double)root->messages), *rate = count_text(root->rate);
    GString *title = g_string_new("heddle.>");

    if (list)
        g_string_assign(title, view_bus_path(model, view));
    g_string_append_printf(title, " ─ %s seen · %s/s", seen, rate);
    if (view->focus == PANE_WATCH)
        g_string_append(title, list ? " · Esc: subjects" : " · ← dead letters");
    if (model->bus.not_kept > 0 && list)
        g_string_append_printf(title, " · %" G_GUINT64_FORMAT " not kept", model->bus.not_kept);
    pane_watch_title(paint, y, title);
}

/* Subjects without end would take memory without end. */
static char *other_text(const SubjectTree *tree)
{
    g_autofree char *count = count_text((double)tree->other_messages);

    return g_strdup_printf("%s messages are on subjects too many to tell apart (←, then → begins "
                           "anew)",
                           count);
}

/* What the operator must know before the numbers: that they are not of all. One row, or none. */
static int draw_warning(Paint *paint, int y)
{
    const StreamView *bus = &paint->model->streams[STREAM_BUS];
    const SubjectTree *tree = paint->model->bus.subjects;
    g_autofree char *text = NULL;

    if (bus->width == STREAM_NARROWED)
        text = g_strdup_printf("narrowed (b widens) %s", bus->text);
    else if (bus->width == STREAM_LEFT)
        text = g_strdup_printf("left (b takes it up) so as not to hurt the bus: %s", bus->text);
    else if (bus->denied != NULL)
        text = g_strdup_printf("the server refuses: %s", bus->denied);
    else if (tree->other_messages > 0)
        text = other_text(tree);
    if (text == NULL)
        return 0;
    pane_glyph(paint, y, 0, STATE_WARN);
    canvas_put(paint->canvas, y, 2, paint->canvas->width - 2, STYLE_WARN, text);
    return 1;
}

/* --- the tree --- */

static void draw_numbers(Paint *paint, const Area *area, int y, const SubjectNode *node)
{
    Canvas *canvas = paint->canvas;
    g_autofree char *count = count_text((double)node->messages), *rate = count_text(node->rate);
    g_autofree char *bytes = bytes_text(node->bytes_rate), *last = clock_local(node->wall_us);
    int x = area->x + area->width;

    if (area->width >= NUMBERS_WIDTH) {
        canvas_put(canvas, y, x -= 8, 8, STYLE_DIM, last);
        canvas_printf(canvas, y, x -= 13, 12, STYLE_NORMAL, "%10s/s", bytes);
    }
    canvas_printf(canvas, y, x -= 9, 8, STYLE_NORMAL, "%6s/s", rate);
    canvas_printf(canvas, y, x - 9, 8, STYLE_NORMAL, "%8s", count);
}

static void draw_node(Paint *paint, const Area *area, int y, const SubjectNode *node,
                      gboolean selected)
{
    int numbers = area->width >= NUMBERS_WIDTH ? 40 : 18;
    int indent = MIN(2 * ((int)node->depth - 1), MAX(area->width - numbers - 12, 0));
    const char *fold = node->children->len == 0              ? " "
                       : view_bus_is_open(paint->view, node) ? "▾"
                                                             : "▸";

    canvas_put(paint->canvas, y, area->x + indent, 1, STYLE_DIM, fold);
    canvas_put(paint->canvas, y, area->x + indent + 2, area->width - numbers - indent - 2,
               node->rate > 0 ? STYLE_BOLD : STYLE_NORMAL, node->token);
    draw_numbers(paint, area, y, node);
    if (selected)
        canvas_flag(paint->canvas, y, area->x, area->width, STYLE_SELECTED);
}

/* The selected row keeps its place on the screen, whatever comes above it. */
static int tree_top(View *view, int selected, int rows, int visible)
{
    int top = selected - view->bus_screen_row;

    top = CLAMP(top, MAX(selected - visible + 1, 0), selected);
    top = CLAMP(top, 0, MAX(rows - visible, 0));
    view->bus_screen_row = selected - top;
    return top;
}

static void draw_tree(Paint *paint, const Area *area)
{
    View *view = paint->view;
    g_autoptr(GPtrArray) rows = view_bus_rows(paint->model, view);
    int selected = view_bus_selected(view, rows), visible = area->height;
    int top = tree_top(view, selected, (int)rows->len, visible);
    gboolean floor = view->focus == PANE_WATCH && !view->bus_list;

    if (rows->len == 0 && visible > 0)
        canvas_put(paint->canvas, area->y, area->x, area->width, STYLE_DIM,
                   view->filter[0] != '\0' ? "no subject passes the filter (Esc takes it off)"
                                           : "nothing yet");
    for (int i = 0; i < visible && top + i < (int)rows->len; i++)
        draw_node(paint, area, area->y + i, g_ptr_array_index(rows, (guint)(top + i)),
                  top + i == selected && (floor || area->width < paint->canvas->width));
}

/* --- the messages --- */

static State row_state(const WatchRow *row)
{
    const Note *note = row->note;

    if (note == NULL)
        return STATE_WARN;
    if (note->kind == NOTE_DEAD_LETTER || g_strcmp0(note->status, "failed") == 0)
        return STATE_FAIL;
    if (note->kind != NOTE_RESULT)
        return STATE_SKIPPED;
    return g_strcmp0(note->status, "completed") == 0 ? STATE_OK : STATE_PENDING;
}

static const char *row_word(const WatchRow *row)
{
    const Note *note = row->note;

    if (note == NULL)
        return row->trouble != NULL ? row->trouble : "";
    if (note->kind == NOTE_RESULT && note->status != NULL)
        return note->status;
    return note->kind != NOTE_OTHER ? note_kind_word(note->kind) : "message";
}

/* How long after the task was first seen this message came; "" when that is not known. */
static char *after_text(const Model *model, const WatchRow *row)
{
    const Note *note = row->note;
    const Flow *flow =
        note != NULL && note->id != NULL ? flows_find(model->bus.flows, note->id) : NULL;
    gint64 from = flow == NULL ? 0 : flow->asked_us != 0 ? flow->asked_us : flow->routed_us;

    return from != 0 && row->wall_us > from
               ? g_strdup_printf("+%.1f ms", (double)(row->wall_us - from) / 1000)
               : g_strdup("");
}

static void draw_message(Paint *paint, const Area *area, int y, const WatchRow *row,
                         gboolean selected)
{
    Canvas *canvas = paint->canvas;
    g_autofree char *at = clock_local(row->wall_us), *after = after_text(paint->model, row);
    g_autofree char *raw =
        row->note == NULL ? text_clean(raw_bytes(row->bytes, row->len), (gsize)MAX(area->width, 1))
                          : NULL;
    const char *text = row->note == NULL ? raw : row->note->text != NULL ? row->note->text : "";
    const char *worker = row->note != NULL ? row->note->worker_type : NULL;
    int x = area->x, end = area->x + area->width;
    /* Without a worker and a time a word about it has their columns too. */
    int word = row->note == NULL && area->width >= NUMBERS_WIDTH ? 36 : 11;

    x += canvas_printf(canvas, y, x, 13, STYLE_DIM, "%s.%03d", at,
                       (int)(row->wall_us / 1000 % 1000)) +
         1;
    x += pane_glyph(paint, y, x, row_state(row)) + 1;
    canvas_put(canvas, y, x, word, canvas_state_style(row_state(row)), row_word(row));
    x += 12;
    if (area->width >= NUMBERS_WIDTH) {
        if (row->note != NULL) {
            canvas_put(canvas, y, x, 12, STYLE_NORMAL, worker != NULL ? worker : "");
            canvas_printf(canvas, y, x + 13, 11, STYLE_NORMAL, "%11s", after);
        }
        x += 25;
    }
    if (area->width >= 100) {
        canvas_put(canvas, y, x, 30, STYLE_DIM, row->subject);
        x += 31;
    }
    canvas_put(canvas, y, x, end - x, STYLE_NORMAL, text);
    if (selected)
        canvas_flag(canvas, y, area->x, area->width, STYLE_SELECTED);
}

static void draw_messages(Paint *paint, const Area *area)
{
    const View *view = paint->view;
    g_autoptr(GPtrArray) rows = view_messages(paint->model, view);
    int selected = view_message_index(rows, view->message), visible = area->height;
    int bottom = view->message == 0 ? (int)rows->len - 1
                                    : MIN(MAX(selected, visible - 1), (int)rows->len - 1);
    int top = MAX(bottom - visible + 1, 0);

    if (rows->len == 0 && visible > 0)
        canvas_put(paint->canvas, area->y, area->x, area->width, STYLE_DIM,
                   view->filter[0] != '\0' ? "no message here passes the filter"
                                           : "no message of it is kept");
    for (int i = top; i <= bottom; i++)
        draw_message(paint, area, area->y + i - top, g_ptr_array_index(rows, (guint)i),
                     view->focus == PANE_WATCH && view->bus_list && i == selected);
}

void pane_bus(Paint *paint, int y, int height)
{
    int width = paint->canvas->width, used;
    gboolean split = width >= SPLIT_WIDTH;
    Area left = {0, 0, 0, split ? TREE_WIDTH : width}, right;

    if (height < 1)
        return;
    draw_title(paint, y, paint->view->bus_list && !split);
    used = 1 + (height > 1 ? draw_warning(paint, y + 1) : 0);
    left.y = y + used;
    left.height = height - used;
    right = (Area){left.y, TREE_WIDTH + 2, left.height, width - TREE_WIDTH - 2};
    if (split || !paint->view->bus_list)
        draw_tree(paint, &left);
    if (split || paint->view->bus_list)
        draw_messages(paint, split ? &right : &left);
    for (int i = 0; split && i < left.height; i++)
        canvas_put(paint->canvas, left.y + i, TREE_WIDTH, 1, STYLE_DIM, "│");
}
