#include "ui/view.h"

#include <string.h>

#include "mesh/findings.h"
#include "mesh/glyph.h"
#include "ui/pane.h"

View *view_new(void)
{
    View *view = g_new0(View, 1);

    view->filter = g_strdup("");
    view->bus_folds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    view->edit = g_strdup("");
    return view;
}

void view_free(View *view)
{
    if (view->frozen != NULL)
        g_ptr_array_unref(view->frozen);
    if (view->window_row != NULL)
        watch_row_unref(view->window_row);
    if (view->window_lines != NULL)
        g_ptr_array_unref(view->window_lines);
    if (view->save_row != NULL)
        watch_row_unref(view->save_row);
    g_hash_table_unref(view->bus_folds);
    g_free(view->bus_subject);
    g_free(view->finding);
    g_free(view->filter);
    g_free(view->edit);
    g_free(view->edit_trouble);
    g_free(view->aim_payload);
    g_free(view->notice);
    g_free(view);
}

void view_say(View *view, gint64 now_us, char *text)
{
    g_free(view->notice);
    view->notice = text;
    view->notice_until_us = now_us + 4 * G_USEC_PER_SEC;
}

/* Text without capitals or anything beyond ASCII is its own folded self: most is, and a fleet of
 * thousands is gone through with every letter that is typed. */
static gboolean is_folded(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80 || g_ascii_isupper(*text))
            return FALSE;
    return TRUE;
}

/* Does `text` hold the filter, whatever the case? */
static gboolean holds(const char *text, const char *folded_filter)
{
    g_autofree char *folded = NULL;

    if (text == NULL)
        return FALSE;
    if (is_folded(text))
        return strstr(text, folded_filter) != NULL;
    folded = g_utf8_casefold(text, -1);
    return strstr(folded, folded_filter) != NULL;
}

static gboolean actor_passes(const Model *model, const Actor *actor, const char *filter)
{
    g_autofree char *name = actor_name(actor);

    return holds(name, filter) || holds(kind_info(actor_kind(actor))->word, filter) ||
           holds(actor->path, filter) || holds(actor_tier(model, actor), filter);
}

GPtrArray *view_actors(const Model *model, const View *view)
{
    const GPtrArray *panels = model->panels;
    GPtrArray *actors = g_ptr_array_sized_new(panels->len);
    g_autofree char *filter = g_utf8_casefold(view->filter, -1);

    for (unsigned i = 0; i < panels->len; i++)
        if (filter[0] == '\0' || actor_passes(model, g_ptr_array_index(panels, i), filter))
            g_ptr_array_add(actors, g_ptr_array_index(panels, i));
    return actors;
}

int view_actor_index(GPtrArray *actors, const View *view)
{
    for (unsigned i = 0; i < actors->len; i++)
        if (((Actor *)g_ptr_array_index(actors, i))->id == view->actor)
            return (int)i;
    return actors->len > 0 ? 0 : -1;
}

Actor *view_selected_actor(const Model *model, const View *view)
{
    g_autoptr(GPtrArray) actors = view_actors(model, view);
    int at = view_actor_index(actors, view);

    return at >= 0 ? g_ptr_array_index(actors, (guint)at) : NULL;
}

int view_findings_shown(const Model *model)
{
    State worst;

    return (int)findings_count(model, &worst);
}

int view_findings_dismissed(const Model *model)
{
    return (int)model->findings->len - view_findings_shown(model);
}

int view_selected_finding(const Model *model, const View *view)
{
    for (unsigned i = 0; view->finding != NULL && i < model->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(model->findings, i);

        if (g_str_equal(finding->key, view->finding))
            return (int)i;
    }
    return model->findings->len > 0 ? 0 : -1;
}

Smoke *view_selected_smoke(const Model *model, const View *view)
{
    Smoke *smoke = view->smoke != 0 ? model_smoke(model, view->smoke) : NULL;

    return smoke != NULL ? smoke : model_last_smoke(model);
}

static gboolean entry_passes(const TimelineEntry *entry, const char *filter)
{
    return filter[0] == '\0' || holds(entry->track, filter) || holds(entry->to, filter) ||
           holds(entry->from, filter) || holds(entry->text, filter);
}

guint64 view_history_step(const Model *model, const View *view, guint64 from, int by)
{
    const Timeline *timeline = model->timeline;
    guint64 oldest = timeline_oldest(timeline), newest = timeline->count, found = 0;
    g_autofree char *filter = g_utf8_casefold(view->filter, -1);
    int left = ABS(by);

    if (newest == 0)
        return 0;
    for (guint64 at = from == 0 ? newest : CLAMP(from, oldest, newest);
         at >= oldest && at <= newest && left >= 0; at += by < 0 ? 1 : (guint64)-1)
        if (entry_passes(timeline_entry(timeline, at), filter)) {
            found = at;
            left--;
        }
    return found;
}

static gboolean message_passes(const WatchRow *row, const char *filter)
{
    if (filter[0] == '\0')
        return TRUE;
    if (row->class == TAP_BUS)
        return view_note_passes(row, filter);
    if (row->result != NULL)
        return holds(row->result->status, filter) || holds(row->result->worker_type, filter) ||
               holds(row->result->output, filter) || holds(row->result->error, filter) ||
               holds(row->result->task_id, filter);
    if (row->dead_letter != NULL)
        return holds(row->dead_letter->reason, filter) ||
               holds(row->dead_letter->worker_type, filter) ||
               holds(row->dead_letter->task_id, filter);
    return holds(row->trouble, filter);
}

guint64 view_seen(const Model *model, TapClass class)
{
    return class == TAP_BUS ? model->bus.subjects->root->messages : model->watch.counts.seen[class];
}

guint64 view_behind(const Model *model, const View *view)
{
    guint64 seen = view_seen(model, view->class), then = view->frozen_seen[view->class];

    return view->frozen != NULL && seen > then ? seen - then : 0;
}

GPtrArray *view_messages(const Model *model, const View *view)
{
    gboolean bus = view->class == TAP_BUS;
    GPtrArray *from = view->frozen != NULL ? view->frozen
                      : bus                ? model->bus.rows
                                           : model->watch.rows;
    const char *below = bus ? view_bus_path(model, view) : "";
    GPtrArray *rows = g_ptr_array_new();
    g_autofree char *filter = g_utf8_casefold(view->filter, -1);

    for (unsigned i = 0; i < from->len; i++) {
        WatchRow *row = g_ptr_array_index(from, i);

        if (row->class == view->class && subject_is_below(row->subject, below) &&
            message_passes(row, filter))
            g_ptr_array_add(rows, row);
    }
    return rows;
}

int view_message_index(GPtrArray *rows, guint64 seq)
{
    for (unsigned i = 0; seq != 0 && i < rows->len; i++)
        if (((WatchRow *)g_ptr_array_index(rows, i))->seq >= seq)
            return (int)i;
    return (int)rows->len - 1;
}

static char *actor_next(const Model *model, const Actor *actor)
{
    for (State state = STATE_FAIL; state >= STATE_WARN; state--)
        for (CheckId id = 0; id < CHECK_COUNT; id++) {
            Check check = verdict_check(model, actor, id);
            char *next = check.state == state ? verdict_next(model, actor, check.remedy) : NULL;

            check_clear(&check);
            if (next != NULL)
                return next;
        }
    return actor_command(model, actor);
}

char *view_next_command(const Model *model, const View *view)
{
    const Smoke *smoke = view_selected_smoke(model, view);
    const Actor *actor = view->window == WINDOW_ACTOR ? model_actor(model, view->window_id)
                                                      : view_selected_actor(model, view);

    if (view->window == WINDOW_TIMELINE)
        return NULL;
    if (view->window == WINDOW_FINDINGS) {
        int at = view_selected_finding(model, view);

        return at < 0 ? NULL : g_strdup(((Finding *)g_ptr_array_index(model->findings, at))->next);
    }
    if (view->window == WINDOW_LADDER ||
        (view->window == WINDOW_NONE && view->focus == PANE_HEADER))
        return window_ladder_next(model);
    if (view->window == WINDOW_SMOKE)
        smoke = model_smoke(model, view->window_id);
    if (view->window == WINDOW_SMOKE || (view->window == WINDOW_NONE && view->focus == PANE_SMOKE))
        return smoke != NULL ? smoke_remedy(model, smoke, REMEDY_NEXT) : NULL;
    return actor != NULL ? actor_next(model, actor) : window_ladder_next(model);
}

void pane_title(Paint *paint, int y, int columns, Pane pane, const char *title)
{
    canvas_rule(paint->canvas, y, 0, columns, paint->view->focus == pane ? STYLE_KEY : STYLE_NORMAL,
                title);
}

int pane_glyph(Paint *paint, int y, int x, State state)
{
    return canvas_put(paint->canvas, y, x, 1, canvas_state_style(state),
                      glyph_state(state, paint->canvas->ascii));
}

static Cursor too_small(Canvas *canvas)
{
    g_autofree char *text = g_strdup_printf("%dx%d or more", VIEW_MIN_WIDTH, VIEW_MIN_HEIGHT);

    canvas_put(canvas, 0, 0, canvas->width, STYLE_WARN, text);
    canvas_printf(canvas, 1, 0, canvas->width, STYLE_DIM, "this is %dx%d", canvas->width,
                  canvas->height);
    return (Cursor){-1, 0};
}

/* What is selected may be mended, and how far it was read with it. */
static void forget_finding(const Model *model, View *view)
{
    int at = view_selected_finding(model, view);
    const Finding *finding = at < 0 ? NULL : g_ptr_array_index(model->findings, (guint)at);

    if (view->finding == NULL || (finding != NULL && g_str_equal(finding->key, view->finding)))
        return;
    g_clear_pointer(&view->finding, g_free);
    view->finding_top = 0;
}

Cursor view_draw(const Model *model, View *view, Canvas *canvas)
{
    g_autoptr(GPtrArray) actors = view_actors(model, view);
    Paint paint = {model, view, canvas, actors};
    Layout layout = layout_of(canvas->width, canvas->height, (int)actors->len, (int)view->shape,
                              view_findings_shown(model));
    Cursor header, status;

    canvas_clear(canvas);
    forget_finding(model, view);
    if (canvas->width < VIEW_MIN_WIDTH || canvas->height < VIEW_MIN_HEIGHT)
        return too_small(canvas);
    header = pane_header(&paint);
    if (view->window != WINDOW_NONE) {
        (view->window == WINDOW_TIMELINE ? pane_timeline_window : pane_window)(&paint);
    } else if (view_bus_is_whole(view)) {
        pane_bus(&paint, layout.actors_y, layout.status_y - layout.actors_y);
    } else {
        pane_actors(&paint, &layout);
        pane_findings(&paint, layout.findings_y, layout.findings_height);
        pane_smoke(&paint, layout.smoke_y, layout.smoke_height, layout.smoke_width);
        if (layout.smoke_width < canvas->width)
            pane_timeline(&paint, layout.smoke_y, layout.smoke_width, layout.smoke_height);
        pane_watch(&paint, layout.watch_y, layout.watch_height);
    }
    status = pane_status(&paint, layout.status_y);
    return header.y >= 0 ? header : status;
}
