/* The smoke pane: how the last task fared, hop by hop, and how those before it did. */
#include "ui/pane.h"

#include <math.h>

#include "base/clock.h"

/* Times of the kept smokes, newest last, as a sparkline; a ✗ for each that did not complete. */
static char *sparkline(const Model *model, unsigned most)
{
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    unsigned first = model->smoke_count > most ? model->smoke_count - most + 1 : 1;
    GString *line = g_string_new(NULL);
    double highest = 0;

    for (unsigned n = first; n <= model->smoke_count; n++)
        if (model_smoke(model, n) != NULL)
            highest = MAX(highest, model_smoke(model, n)->ms);
    for (unsigned n = first; n <= model->smoke_count; n++) {
        const Smoke *smoke = model_smoke(model, n);

        if (smoke == NULL)
            continue;
        if (smoke->verdict == VERDICT_RUNNING)
            g_string_append(line, "…");
        else if (smoke->verdict != VERDICT_COMPLETED || smoke->ms < 0)
            g_string_append(line, "✗");
        else
            g_string_append(line, bars[MIN((int)(smoke->ms / MAX(highest, 0.001) * 7.0 + 0.5), 7)]);
    }
    return g_string_free(line, FALSE);
}

static char *title_text(const Model *model, int columns)
{
    const Settings *settings = &model->settings;
    const Smoke *last = model_last_smoke(model);
    SmokeStats stats = smoke_stats(model);
    GString *title = g_string_new("smoke ");
    const char *repeat = !model->smoke_repeat ? "" : columns >= 60 ? " · every 5 s" : " · S";
    int room;

    g_string_append(title, settings->worker_type);
    if (last != NULL)
        g_string_append_printf(title, "/%s", last->tier);
    if (settings->mode != SMOKE_TASK)
        g_string_append_printf(title, " (%s)", smoke_mode_word(settings->mode));
    if (stats.done > 0)
        g_string_append_printf(title, " ─ %u of %u ok", stats.ok, stats.done);
    if (stats.done > 0 && columns >= 90)
        g_string_append_printf(title, " · loss %.0f %%",
                               100.0 * (stats.done - stats.ok) / stats.done);
    if (stats.p50 >= 0)
        g_string_append_printf(title, " · p50 %.1f ms", stats.p50);
    if (stats.p50 >= 0 && columns >= 60)
        g_string_append_printf(title, " p99 %.1f ms", stats.p99);
    room = columns - text_width(title->str) - text_width(repeat) - text_width(" · ");
    if (stats.done > 0 && room > 0) {
        g_autofree char *line = sparkline(model, (unsigned)MIN(room, SMOKES_KEPT));

        g_string_append_printf(title, " · %s", line);
    }
    g_string_append(title, repeat);
    return g_string_free(title, FALSE);
}

/* The hops that were seen, each with its time: "server 0.2 → routed 0.4 → answered 2.1 ms". */
static void add_hops(GString *line, const Smoke *smoke)
{
    static const char *const names[HOP_COUNT] = {"server", "routed", "answered"};
    const char *arrow = "";

    for (HopId id = 0; id < HOP_COUNT; id++) {
        if (smoke->hops[id].at_us == 0)
            continue;
        g_string_append_printf(line, "%s%s %.1f", arrow, names[id],
                               (double)MAX(smoke->hops[id].at_us - smoke->sent_us, 0) / 1000);
        arrow = " → ";
    }
    if (arrow[0] != '\0')
        g_string_append(line, " ms");
}

/* One line of a smoke, for about so many columns. What is cut at its end is what matters least: the
 * hops of one that fared well come first only where its verdict follows them whole. Caller frees.
 */
static char *smoke_line(const Smoke *smoke, int columns)
{
    g_autofree char *at = clock_local(smoke->sent_wall);
    g_autofree char *number = g_strdup_printf("#%u %s  ", smoke->number, at);
    GString *hops = g_string_new(NULL), *line = g_string_new(number);
    const char *verdict = smoke->verdict == VERDICT_RUNNING ? "waiting…" : smoke->text;
    gboolean well = smoke->verdict == VERDICT_RUNNING || smoke->verdict == VERDICT_COMPLETED;

    add_hops(hops, smoke);
    if (well && text_width(number) + text_width(hops->str) + 2 + text_width(verdict) <= columns)
        g_string_append_printf(line, "%s%s%s", hops->str, hops->len > 0 ? "  " : "", verdict);
    else if (smoke->verdict == VERDICT_COMPLETED)
        g_string_append_printf(line, "%.1f ms %s  (%s)", smoke->ms, verdict, hops->str);
    else if (hops->len > 0)
        g_string_append_printf(line, "%s  (%s)", verdict, hops->str);
    else
        g_string_append(line, verdict);
    g_string_free(hops, TRUE);
    return g_string_free(line, FALSE);
}

static void draw_smoke(Paint *paint, const Smoke *smoke, int y, int width, gboolean selected)
{
    State state = smoke_state(smoke->verdict);
    g_autofree char *line = smoke_line(smoke, width - 2);

    pane_glyph(paint, y, 0, state);
    canvas_put(paint->canvas, y, 2, width - 2,
               state == STATE_OK ? STYLE_NORMAL : canvas_state_style(state), line);
    if (selected)
        canvas_flag(paint->canvas, y, 0, width, STYLE_SELECTED);
}

static void draw_hint(Paint *paint, int y, int width)
{
    const Model *model = paint->model;
    const char *hint =
        model->settings.read_only ? "--read-only: nothing is published"
        : width >= 70
            ? "s publishes one task and follows it to heddle.results.default; S repeats it"
            : "s sends one task and follows it";

    canvas_put(paint->canvas, y, 0, width, STYLE_DIM, hint);
}

void pane_smoke(Paint *paint, int y, int height, int width)
{
    const Model *model = paint->model;
    const Smoke *smoke = view_selected_smoke(model, paint->view);
    gboolean focused = paint->view->focus == PANE_SMOKE;
    g_autofree char *title = title_text(model, width - 4);
    g_autofree char *next = NULL;
    int row = y + 1;

    pane_title(paint, y, width, PANE_SMOKE, title);
    if (height < 2)
        return;
    if (smoke == NULL) {
        draw_hint(paint, row, width);
        return;
    }
    draw_smoke(paint, smoke, row++, width, focused);
    next = smoke_remedy(model, smoke, REMEDY_NEXT);
    if (next != NULL && row < y + height) {
        int x = canvas_put(paint->canvas, row, 2, 6, STYLE_DIM, "next: ");

        x += canvas_put(paint->canvas, row, 2 + x, width - x - 12, STYLE_KEY, next);
        if (focused) /* y copies what has the floor */
            canvas_put(paint->canvas, row, 2 + x + 2, 8, STYLE_DIM, "[y copy]");
        row++;
    }
    for (unsigned n = smoke->number; n > 1 && row < y + height; row++) {
        const Smoke *before = model_smoke(model, --n);

        if (before == NULL)
            break;
        draw_smoke(paint, before, row, width, FALSE);
    }
}
