/* The findings in a window: a line each, and below the selected one what to type next (first, for a
 * small window has no room for more), what was seen, why it matters and how to know that it
 * worked. */
#include "ui/window_lines.h"

#include "base/clock.h"
#include "mesh/findings.h"
#include "mesh/glyph.h"

static void add_details(Lines *to, const Model *model, const Finding *finding)
{
    g_autofree char *local = clock_local(finding->since_wall),
                    *utc = clock_utc(finding->since_wall);
    g_autofree char *since = g_strdup_printf("%s (%s)", local, utc);
    g_autofree char *why = verdict_remedy(model, NULL, finding->id, REMEDY_WHY);
    g_autofree char *verify = verdict_remedy(model, NULL, finding->id, REMEDY_VERIFY);

    if (finding->next != NULL) {
        lines_add(to, STYLE_DIM, g_strdup("  type next"));
        lines_text(to, STYLE_KEY, 4, finding->next);
    }
    for (unsigned i = 0; i < finding->evidence->len; i++)
        lines_field(to, i == 0 ? "  seen" : "", g_ptr_array_index(finding->evidence, i));
    lines_field(to, "  since", since);
    lines_field(to, "  why", why);
    lines_field(to, "  then", verify);
    lines_blank(to);
}

/* The blank below it belongs to what follows. */
static void add_selected(Lines *to, const Model *model, const Finding *finding)
{
    add_details(to, model, finding);
    to->mark_end = (int)to->lines->len - 1;
}

void window_findings_lines(Lines *to, const Model *model, const View *view)
{
    int selected = view_selected_finding(model, view);

    if (selected < 0) {
        g_autofree char *nothing = verdict_nothing_found(model);

        lines_text(to, STYLE_NORMAL, 0, nothing);
    }
    for (int i = 0; i < (int)model->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(model->findings, (guint)i);
        g_autofree char *head =
            g_strdup_printf("%s %s%s", glyph_state(finding->state, FALSE), finding->text,
                            finding->dismissed ? " (dismissed)" : "");
        Style style = finding->dismissed ? STYLE_DIM : canvas_state_style(finding->state);

        if (i == selected)
            to->mark = (int)to->lines->len;
        lines_text(to, i == selected ? style | STYLE_SELECTED : style, 0, head);
        if (i == selected)
            add_selected(to, model, finding);
    }
}
