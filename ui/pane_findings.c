/* The findings among the panes: the worst ones, each with what to type next. */
#include "ui/pane.h"

#include "mesh/findings.h"

static void draw_finding(Paint *paint, const Finding *finding, int y)
{
    Canvas *canvas = paint->canvas;
    int width = canvas->width;
    g_auto(GStrv) next = g_strsplit(finding->next != NULL ? finding->next : "", "\n", -1);
    guint more = g_strv_length(next);
    int x = 2;

    pane_glyph(paint, y, 0, finding->state);
    canvas_put(canvas, y, x, width - x, canvas_state_style(finding->state), finding->text);
    if (more == 0)
        return;
    x += canvas_put(canvas, y + 1, x, 6, STYLE_DIM, "next: ");
    x += canvas_put(canvas, y + 1, x, width - x - 16, STYLE_KEY, next[0]);
    if (more > 1)
        canvas_printf(canvas, y + 1, x + 1, width - x - 1, STYLE_DIM, "and %u more (F)", more - 1);
}

void pane_findings(Paint *paint, int y, int height)
{
    const GPtrArray *findings = paint->model->findings;
    int shown = view_findings_shown(paint->model), row = y + 1;
    int dismissed = view_findings_dismissed(paint->model);
    g_autofree char *title = NULL;

    if (height < 3)
        return;
    title = dismissed == 0
                ? g_strdup_printf("findings ─ %d · F opens them", shown)
                : g_strdup_printf("findings ─ %d (+%d dismissed) · F opens them", shown, dismissed);
    canvas_rule(paint->canvas, y, 0, paint->canvas->width, STYLE_NORMAL, title);
    for (unsigned i = 0; i < findings->len && row + 1 < y + height; i++) {
        const Finding *finding = g_ptr_array_index(findings, i);

        if (finding->dismissed)
            continue;
        draw_finding(paint, finding, row);
        row += 2;
    }
}
