/* The windows that open over the panes: help, and everything about one actor, smoke or message:
 * what was checked, what was seen, the cause, what to type next, how to know it worked. */
#include "ui/window_lines.h"

#include <string.h>

#include "base/clock.h"
#include "ui/keys.h"

static void add_check(Lines *to, const Model *model, const Actor *actor, CheckId id)
{
    Check check = verdict_check(model, actor, id);
    g_autofree char *head = g_strdup_printf("%-7s %s", check_word(id), check.text);

    lines_blank(to);
    lines_text(to, check.state == STATE_OK ? STYLE_BOLD : canvas_state_style(check.state), 0, head);
    if (check.state == STATE_FAIL || check.state == STATE_WARN)
        lines_remedy(to, model, actor, check.remedy);
    check_clear(&check);
}

/* Heddle's command line takes no tier from the config, so the difference is the operator's to make.
 */
static char *tier_text(const Model *model, const Actor *actor)
{
    const char *tier = actor_tier(model, actor);
    const char *by_kind = kind_info(actor_kind(actor))->default_tier;

    if (tier[0] == '\0')
        return g_strdup("this kind has none");
    if (g_strcmp0(tier, by_kind) == 0)
        return g_strdup_printf("%s (Heddle's default for the kind)", tier);
    return g_strdup_printf(
        "%s: it must be started with --tier %s, since heddle %s takes %s whatever "
        "the config says",
        tier, tier, kind_info(actor_kind(actor))->word, by_kind);
}

/* When its config was checked last: how long ago, and in UTC. NULL: not yet. */
static char *checked_text(const Model *model, const Actor *actor)
{
    gint64 ago = model->now_us - actor->checked_us;
    g_autofree char *span = clock_span(ago), *utc = clock_iso(model->now_wall - ago);

    return actor->checked_us == 0 ? NULL : g_strdup_printf("%s ago, %s", span, utc);
}

/* What the profile says of it; NULL: nothing. */
static void add_known(Lines *to, const char *label, const char *text)
{
    g_autofree char *clean = text_clean(raw_text(text), 0);

    if (text != NULL)
        lines_field(to, label, clean);
}

static void actor_lines(Lines *to, const Model *model, const View *view)
{
    const Actor *actor = model_actor(model, view->window_id);
    g_autofree char *name = NULL, *path = NULL, *url = NULL, *tier = NULL, *command = NULL,
                    *subject = NULL, *checked = NULL;

    if (actor == NULL) {
        lines_text(to, STYLE_WARN, 0, "its config is gone");
        return;
    }
    name = actor_name(actor);
    path = actor_is_stranger(actor) ? g_strdup("none here: seen on the bus")
                                    : text_clean(raw_text(actor->path), 0);
    url = nats_url_mask(actor_url(model, actor));
    tier = tier_text(model, actor);
    command = actor_command(model, actor);
    subject = kind_subject(actor_kind(actor), name, actor_tier(model, actor));
    checked = checked_text(model, actor);
    lines_field(to, "kind", kind_info(actor_kind(actor))->word);
    lines_field(to, "name", name);
    lines_field(to, "config", path);
    lines_field(to, "url", url);
    lines_field(to, "tier", tier);
    lines_field(to, "subject", subject != NULL ? subject : "none until it is used");
    add_known(to, "log", actor->log_path);
    add_known(to, "restart", actor->restart);
    lines_field(to, "checked", checked);
    for (CheckId id = 0; id < CHECK_COUNT; id++)
        add_check(to, model, actor, id);
    window_local_lines(to, model, actor);
    if (command != NULL) {
        lines_blank(to);
        lines_add(to, STYLE_DIM, g_strdup("its command"));
        lines_text(to, STYLE_KEY, 4, command);
    }
}

/* "   0.412 ms  bus: a router sent it to …". What an older roster shows came before it was sent. */
static char *proof_text(const Smoke *smoke, HopSource source, gint64 at_us, const char *text)
{
    return g_strdup_printf("%8.3f ms  %s: %s", (double)MAX(at_us - smoke->sent_us, 0) / 1000,
                           hop_source_word(source), text);
}

/* A hop with all that is known of it: when, by whom. */
static void hop_lines(Lines *to, const Smoke *smoke, const char *name, const Hop *hop)
{
    g_autofree char *seen = hop->at_us == 0 ? g_strdup("not seen")
                                            : proof_text(smoke, hop->source, hop->at_us,
                                                         hop->text != NULL ? hop->text : "");

    lines_field(to, name, seen);
    for (guint i = 0; hop->evidence != NULL && i < hop->evidence->len; i++) {
        const Evidence *evidence = g_ptr_array_index(hop->evidence, i);
        g_autofree char *text =
            proof_text(smoke, evidence->source, evidence->at_us, evidence->text);

        lines_field(to, "", text);
    }
}

static void smoke_lines(Lines *to, const Model *model, const View *view)
{
    static const char *const names[HOP_COUNT] = {"published", "routed", "answered"};
    const Smoke *smoke = model_smoke(model, view->window_id);
    g_autofree char *local = NULL, *utc = NULL, *verdict = NULL;

    if (smoke == NULL) {
        lines_text(to, STYLE_WARN, 0, "this smoke is not kept any more");
        return;
    }
    local = clock_local(smoke->sent_wall);
    utc = clock_iso(smoke->sent_wall);
    verdict = g_strdup_printf("%s: %s", smoke_word(smoke->verdict),
                              smoke->text != NULL ? smoke->text : "waiting");
    lines_text(to, canvas_state_style(smoke_state(smoke->verdict)), 0, verdict);
    lines_blank(to);
    lines_field(to, "sent", local);
    lines_field(to, "", utc);
    lines_field(to, "mode", smoke_mode_word(smoke->mode));
    lines_field(to, "worker", smoke->worker_type);
    lines_field(to, "tier", smoke->tier);
    lines_field(to, "subject", smoke->subject);
    lines_field(to, "task id", smoke->task_id);
    lines_blank(to);
    for (HopId id = 0; id < HOP_COUNT; id++)
        hop_lines(to, smoke, names[id], &smoke->hops[id]);
    lines_blank(to);
    lines_smoke_remedy(to, model, smoke);
}

/* "its task: routed to local after 0.4 ms, completed after 2.1 ms", and what else there is of the
 * goal that it belongs to. */
static void flow_lines(Lines *to, const Model *model, const Note *note)
{
    const Flow *flow = note->id != NULL ? flows_find(model->bus.flows, note->id) : NULL;
    const char *goal = flow == NULL ? NULL : flow->is_goal ? flow->id : flow->parent;
    g_autoptr(GPtrArray) tasks = flows_of_goal(model->bus.flows, goal);
    g_autofree char *sentence = flow != NULL ? flow_sentence(flow) : NULL;
    enum { TASKS_SHOWN = 20 };

    lines_field(to, flow != NULL && flow->is_goal ? "its goal" : "its task", sentence);
    if (flow != NULL && note->kind != NOTE_DEAD_LETTER)
        lines_field(to, "why", flow->reason);
    if (tasks->len > 0)
        lines_field(to, "goal", goal);
    for (guint i = tasks->len > TASKS_SHOWN ? tasks->len - TASKS_SHOWN : 0; i < tasks->len; i++) {
        const Flow *task = g_ptr_array_index(tasks, i);
        g_autofree char *said = flow_sentence(task);
        g_autofree char *line = g_strdup_printf(
            "%s %s: %s", task->worker_type != NULL ? task->worker_type : "a task", task->id, said);

        lines_field(to, "  task", line);
    }
}

static void note_lines(Lines *to, const Model *model, const Note *note)
{
    g_autofree char *what =
        g_strdup_printf("%s%s%s", note_kind_word(note->kind), note->status != NULL ? ", " : "",
                        note->status != NULL ? note->status : "");

    lines_field(to, "is", what);
    lines_field(to, note->kind == NOTE_GOAL ? "goal id" : "task id", note->id);
    lines_field(to, "worker", note->worker_type);
    lines_field(to, "tier", note->tier);
    if (note->no_parent)
        lines_field(to, "note", "parent_task_id is null: that ends every open heddle ui");
    if (note->kind == NOTE_DEAD_LETTER)
        lines_field(to, "reason", note->text);
    lines_field(to, "field", note->field);
    flow_lines(to, model, note);
}

static void message_lines(Lines *to, const Model *model, const View *view)
{
    const WatchRow *row = view->window_row;
    g_autofree char *local = clock_local(row->wall_us), *utc = clock_iso(row->wall_us);
    g_autofree char *size = g_strdup_printf(
        "%zu bytes%s", row->size, row->len < row->size ? ", the first of which were kept" : "");

    lines_field(to, "subject", row->subject);
    lines_field(to, "at", local);
    lines_field(to, "", utc);
    lines_field(to, "size", size);
    lines_field(to, "note", row->trouble);
    if (row->note != NULL)
        note_lines(to, model, row->note);
    lines_blank(to);
    for (unsigned i = 0; i < view->window_lines->len; i++)
        lines_text(to, STYLE_NORMAL, 0, g_ptr_array_index(view->window_lines, i));
}

static void help_lines(Lines *to, const Model *model, const View *view)
{
    unsigned count;
    const KeyRow *rows = keys_table(&count);

    (void)model;
    (void)view;
    for (unsigned i = 0; i < count; i++)
        lines_field(to, rows[i].label, rows[i].help);
    lines_blank(to);
    lines_text(
        to, STYLE_NORMAL, 0,
        "✓ holds  ! look at it  ✗ broken  – not needed  · not reached  ? cannot tell  … under way");
}

typedef void (*LinesOf)(Lines *to, const Model *model, const View *view);

static const struct {
    const char *title;
    LinesOf lines;
} windows[] = {
    [WINDOW_NONE] = {"", NULL},
    [WINDOW_HELP] = {"keys", help_lines},
    [WINDOW_ACTOR] = {"actor", actor_lines},
    [WINDOW_SMOKE] = {"smoke", smoke_lines},
    [WINDOW_MESSAGE] = {"message", message_lines},
    [WINDOW_LADDER] = {"ladder", window_ladder_lines},
    [WINDOW_SETTINGS] = {"settings", window_settings_lines},
    [WINDOW_FINDINGS] = {"findings", window_findings_lines},
};

int window_rows(const Canvas *canvas)
{
    return canvas->height - 5; /* the header's two, the status line, the box */
}

int window_columns(const Canvas *canvas)
{
    return canvas->width - 4;
}

int window_top(const Lines *lines, const View *view, int rows)
{
    return CLAMP(lines->mark + view->finding_top, 0, MAX((int)lines->lines->len - rows, 0));
}

void pane_window(Paint *paint)
{
    Canvas *canvas = paint->canvas;
    View *view = paint->view;
    int y = 2, height = canvas->height - 3;
    int rows = window_rows(canvas), columns = window_columns(canvas);
    Lines to = lines_new(columns);
    g_autoptr(GPtrArray) lines = to.lines;
    g_autofree char *place = NULL;

    if (windows[view->window].lines != NULL)
        windows[view->window].lines(&to, paint->model, view);
    if (to.mark >= 0) /* it goes with its selection, wherever that moves to */
        view->window_top = window_top(&to, view, rows);
    view->window_top = CLAMP(view->window_top, 0, MAX((int)lines->len - rows, 0));
    if ((int)lines->len > rows)
        place = g_strdup_printf("%d–%d of %u", view->window_top + 1,
                                MIN(view->window_top + rows, (int)lines->len), lines->len);
    canvas_box(canvas, y, 0, height, canvas->width, STYLE_KEY, windows[view->window].title, place);
    for (int i = 0; i < rows && view->window_top + i < (int)lines->len; i++) {
        const WindowLine *line = g_ptr_array_index(lines, (guint)(view->window_top + i));

        canvas_put(canvas, y + 1 + i, 2, columns, line->style, line->text);
    }
}
