/* The windows that open over the panes: help, and everything about one actor, smoke, message or the
 * ladder: what was checked, what was seen, the cause, what to type next, how to know it worked. */
#include "ui/pane.h"

#include <string.h>

#include "base/clock.h"
#include "ui/keys.h"

typedef struct Lines {
    GPtrArray *lines; /* of WindowLine * */
    int columns;
} Lines;

static void line_free(void *data)
{
    WindowLine *line = data;

    g_free(line->text);
    g_free(line);
}

static void add_line(Lines *to, Style style, char *text)
{
    WindowLine *line = g_new(WindowLine, 1);

    *line = (WindowLine){style, text};
    g_ptr_array_add(to->lines, line);
}

/* How many bytes of `text` fit in `columns`, broken at a blank where there is one. */
static gsize fitting(const char *text, int columns)
{
    const char *at = text, *blank = NULL;
    int used = 0;

    for (; *at != '\0' && *at != '\n'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        used += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
        if (used > columns)
            return (gsize)((blank != NULL ? blank : at) - text);
        if (c == ' ' && used > columns / 3)
            blank = at;
    }
    return (gsize)(at - text);
}

/* Text of any length, indented, wrapped at the window's width. */
static void add_text(Lines *to, Style style, int indent, const char *text)
{
    int columns = MAX(to->columns - indent, 8);

    if (text == NULL)
        return;
    do {
        gsize len = fitting(text, columns);
        g_autofree char *part = g_strndup(text, len == 0 && *text != '\n' ? 1 : len);

        add_line(to, style, g_strdup_printf("%*s%s", indent, "", part));
        text += MAX(len, strlen(part));
        while (*text == ' ')
            text++;
        if (*text == '\n')
            text++;
    } while (*text != '\0');
}

static void add_field(Lines *to, const char *label, const char *text)
{
    guint before = to->lines->len;
    WindowLine *first;
    g_autofree char *padded = g_strdup_printf("%-10s", label);

    if (text == NULL || text[0] == '\0')
        return;
    add_text(to, STYLE_NORMAL, 10, text);
    first = g_ptr_array_index(to->lines, before);
    memcpy(first->text, padded, 10);
}

static void add_blank(Lines *to)
{
    add_line(to, STYLE_NORMAL, g_strdup(""));
}

static void add_remedy(Lines *to, const Model *model, const Actor *actor, const char *id)
{
    g_autofree char *why = verdict_remedy(model, actor, id, REMEDY_WHY);
    g_autofree char *next = verdict_remedy(model, actor, id, REMEDY_NEXT);
    g_autofree char *verify = verdict_remedy(model, actor, id, REMEDY_VERIFY);

    add_field(to, "  why", why);
    if (next != NULL) {
        add_line(to, STYLE_DIM, g_strdup("  type next"));
        add_text(to, STYLE_KEY, 4, next);
    }
    add_field(to, "  then", verify);
}

static void add_check(Lines *to, const Model *model, const Actor *actor, CheckId id)
{
    Check check = verdict_check(model, actor, id);
    g_autofree char *head = g_strdup_printf("%-7s %s", check_word(id), check.text);

    add_blank(to);
    add_text(to, check.state == STATE_OK ? STYLE_BOLD : canvas_state_style(check.state), 0, head);
    if (check.state == STATE_FAIL || check.state == STATE_WARN)
        add_remedy(to, model, actor, check.remedy);
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

static void actor_lines(Lines *to, const Model *model, const View *view)
{
    const Actor *actor = model_actor(model, view->window_id);
    g_autofree char *name = NULL, *path = NULL, *url = NULL, *tier = NULL, *command = NULL,
                    *subject = NULL, *age = NULL;

    if (actor == NULL) {
        add_text(to, STYLE_WARN, 0, "its config is gone");
        return;
    }
    name = actor_name(actor);
    path = text_clean(raw_text(actor->path), 0);
    url = nats_url_mask(actor_url(model, actor));
    tier = tier_text(model, actor);
    command = actor_command(model, actor);
    subject = kind_subject(actor_kind(actor), name, actor_tier(model, actor));
    age = clock_span(model->now_us - actor->checked_us);
    add_field(to, "kind", kind_info(actor_kind(actor))->word);
    add_field(to, "name", name);
    add_field(to, "config", path);
    add_field(to, "url", url);
    add_field(to, "tier", tier);
    add_field(to, "subject", subject != NULL ? subject : "none until it is used");
    if (actor->checked_us != 0)
        add_field(to, "checked", age);
    for (CheckId id = 0; id < CHECK_COUNT; id++)
        add_check(to, model, actor, id);
    if (command != NULL) {
        add_blank(to);
        add_line(to, STYLE_DIM, g_strdup("its command"));
        add_text(to, STYLE_KEY, 4, command);
    }
}

static void smoke_lines(Lines *to, const Model *model, const View *view)
{
    static const char *const names[HOP_COUNT] = {"published", "routed", "answered"};
    const Smoke *smoke = model_smoke(model, view->window_id);
    g_autofree char *local = NULL, *utc = NULL, *verdict = NULL;

    if (smoke == NULL) {
        add_text(to, STYLE_WARN, 0, "this smoke is not kept any more");
        return;
    }
    local = clock_local(smoke->sent_wall);
    utc = clock_iso(smoke->sent_wall);
    verdict = g_strdup_printf("%s: %s", smoke_word(smoke->verdict),
                              smoke->text != NULL ? smoke->text : "waiting");
    add_text(to, canvas_state_style(smoke_state(smoke->verdict)), 0, verdict);
    add_blank(to);
    add_field(to, "sent", local);
    add_field(to, "", utc);
    add_field(to, "mode", smoke_mode_word(smoke->mode));
    add_field(to, "worker", smoke->worker_type);
    add_field(to, "tier", smoke->tier);
    add_field(to, "subject", smoke->subject);
    add_field(to, "task id", smoke->task_id);
    add_blank(to);
    for (HopId id = 0; id < HOP_COUNT; id++) {
        const Hop *hop = &smoke->hops[id];
        g_autofree char *text =
            hop->at_us == 0 ? g_strdup("not seen")
                            : g_strdup_printf("%8.3f ms  %s",
                                              (double)MAX(hop->at_us - smoke->sent_us, 0) / 1000,
                                              hop->text != NULL ? hop->text : "");

        add_field(to, names[id], text);
    }
    add_blank(to);
    add_remedy(to, model, NULL, smoke_remedy(smoke->verdict));
}

static void ladder_lines(Lines *to, const Model *model, const View *view)
{
    Ladder *ladder = verdict_ladder(model);
    g_autofree char *since = clock_span(model->now_us - model->link.since_us);

    (void)view;
    add_field(to, "url", model->url_shown);
    add_field(to, "origin", url_origin_word(model->settings.origin));
    add_field(to, "since", since);
    if (ladder == NULL) {
        add_text(to, STYLE_DIM, 0, "the first climb is under way");
        return;
    }
    add_field(to, "address", ladder->address);
    add_field(to, "server", ladder->info.name);
    add_field(to, "version", ladder->info.version);
    add_blank(to);
    for (RungId id = 0; id < RUNG_COUNT; id++) {
        const Rung *rung = &ladder->rungs[id];
        gboolean tried = rung->state != STATE_NOT_REACHED && rung->state != STATE_SKIPPED;
        g_autofree char *ms =
            tried ? g_strdup_printf("%8.2f ms", rung->ms) : g_strdup("           ");
        g_autofree char *line = g_strdup_printf("%-5s %s  %s", rung_label(id), ms,
                                                rung->state == STATE_NOT_REACHED ? "not reached"
                                                : rung->text != NULL             ? rung->text
                                                                                 : "");

        add_text(to, rung->state == STATE_OK ? STYLE_NORMAL : canvas_state_style(rung->state), 0,
                 line);
        if (rung->cause != CAUSE_NONE)
            add_remedy(to, model, NULL, cause_word(rung->cause));
    }
    ladder_free(ladder);
}

static void message_lines(Lines *to, const Model *model, const View *view)
{
    const WatchRow *row = view->window_row;
    g_autofree char *local = clock_local(row->wall_us), *utc = clock_iso(row->wall_us);
    g_autofree char *size = g_strdup_printf(
        "%zu bytes%s", row->size, row->len < row->size ? ", the first of which were kept" : "");

    (void)model;
    add_field(to, "subject", row->subject);
    add_field(to, "at", local);
    add_field(to, "", utc);
    add_field(to, "size", size);
    add_field(to, "note", row->trouble);
    add_blank(to);
    for (unsigned i = 0; i < view->window_lines->len; i++)
        add_text(to, STYLE_NORMAL, 0, g_ptr_array_index(view->window_lines, i));
}

static void help_lines(Lines *to, const Model *model, const View *view)
{
    unsigned count;
    const KeyRow *rows = keys_table(&count);

    (void)model;
    (void)view;
    for (unsigned i = 0; i < count; i++)
        add_field(to, rows[i].label, rows[i].help);
    add_blank(to);
    add_text(
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
    [WINDOW_LADDER] = {"ladder", ladder_lines},
};

GPtrArray *window_lines(const Model *model, const View *view, int columns)
{
    Lines to = {g_ptr_array_new_with_free_func(line_free), columns};

    if (windows[view->window].lines != NULL)
        windows[view->window].lines(&to, model, view);
    return to.lines;
}

void pane_window(Paint *paint)
{
    Canvas *canvas = paint->canvas;
    View *view = paint->view;
    int y = 2, height = canvas->height - 3, rows = height - 2, columns = canvas->width - 4;
    g_autoptr(GPtrArray) lines = window_lines(paint->model, view, columns);
    g_autofree char *place = NULL;

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
