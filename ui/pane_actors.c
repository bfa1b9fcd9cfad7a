/* The actors: a card each, or a row each when cards do not fit. */
#include "ui/pane.h"

#include <string.h>

#include "mesh/glyph.h"

/* First row of a list so that the selected one is in sight and nothing moves that need not. */
static int keep_in_sight(int top, int selected, int visible, int count)
{
    top = MIN(top, MAX(count - visible, 0));
    if (selected < top)
        top = selected;
    if (selected >= top + visible)
        top = selected - visible + 1;
    return MAX(top, 0);
}

static void draw_check(Paint *paint, const Actor *actor, CheckId id, int y, int x, int columns)
{
    Check check = verdict_check(paint->model, actor, id);
    Style style = check.state == STATE_OK ? STYLE_NORMAL : canvas_state_style(check.state);

    pane_glyph(paint, y, x, check.state);
    canvas_put(paint->canvas, y, x + 2, 7, STYLE_DIM, check_word(id));
    canvas_put(paint->canvas, y, x + 10, columns - 10, style, check.brief);
    check_clear(&check);
}

static void draw_card(Paint *paint, const Actor *actor, int y, int x, int columns,
                      gboolean selected)
{
    gboolean focused = selected && paint->view->focus == PANE_ACTORS;
    g_autofree char *name = actor_name(actor);
    g_autofree char *title = g_strdup_printf("%s · %s", kind_info(actor_kind(actor))->word, name);
    const char *tier = actor_tier(paint->model, actor);
    State state = verdict_actor(paint->model, actor);
    Style border = focused ? STYLE_KEY : state == STATE_FAIL ? STYLE_FAIL : STYLE_DIM;

    canvas_box(paint->canvas, y, x, CARD_HEIGHT, columns, border, title, tier);
    if (focused)
        canvas_flag(paint->canvas, y, x + 2, MIN(text_width(title), columns - 4), STYLE_SELECTED);
    for (CheckId id = 0; id < CHECK_COUNT; id++)
        draw_check(paint, actor, id, y + 1 + (int)id, x + 2, columns - 4);
}

/* Which of them are shown, in the lower border of the last one. */
static void draw_place(Paint *paint, const Layout *layout, int rows, int first, int past)
{
    g_autofree char *place = g_strdup_printf(" %d–%d of %u ", first + 1, past, paint->actors->len);
    int columns = layout->card_columns, at = (past - 1) % columns;
    int end = (at + 1) * paint->canvas->width / columns;

    if (past - first < (int)paint->actors->len)
        canvas_put(paint->canvas, layout->actors_y + rows * CARD_HEIGHT - 1,
                   end - 2 - text_width(place), text_width(place), STYLE_KEY, place);
}

static void draw_cards(Paint *paint, const Layout *layout, GPtrArray *actors, int selected)
{
    int columns = layout->card_columns, width = paint->canvas->width;
    int visible = MAX(layout->actors_height / CARD_HEIGHT, 1);
    int count = ((int)actors->len + columns - 1) / columns;
    int top = keep_in_sight(paint->view->actor_top, selected / columns, visible, count);

    paint->view->actor_top = top;
    for (int i = top * columns; i < (int)actors->len && i < (top + visible) * columns; i++) {
        int x = i % columns * width / columns, end = (i % columns + 1) * width / columns;

        draw_card(paint, g_ptr_array_index(actors, (guint)i),
                  layout->actors_y + (i / columns - top) * CARD_HEIGHT, x, end - x, i == selected);
    }
    draw_place(paint, layout, MIN(visible, count - top), top * columns,
               MIN((top + visible) * columns, (int)actors->len));
}

/* What a row of the table says in words: the worst of its checks that has something to say. */
static char *row_words(const Model *model, const Actor *actor, Style *style)
{
    State worst = STATE_OK;
    char *words = NULL;

    for (CheckId id = 0; id < CHECK_COUNT; id++) {
        Check check = verdict_check(model, actor, id);
        gboolean worse = state_worse(worst, check.state) != worst || words == NULL;

        /* What is wrong with itself tells more than a link that is down for all. */
        if (worse || (id == CHECK_LIVE && worst == STATE_OK) ||
            (id == CHECK_CONFIG && check.state == STATE_FAIL)) {
            g_free(words);
            words = id == CHECK_LIVE ? g_strdup(check.brief) /* speaks for itself */
                                     : g_strdup_printf("%s: %s", check_word(id), check.brief);
            worst = state_worse(worst, check.state);
            *style = check.state == STATE_OK ? STYLE_NORMAL : canvas_state_style(check.state);
        }
        check_clear(&check);
    }
    return words;
}

static void draw_row(Paint *paint, const Actor *actor, int y, int name_columns, gboolean selected)
{
    Canvas *canvas = paint->canvas;
    g_autofree char *name = actor_name(actor);
    Style style = STYLE_NORMAL;
    g_autofree char *words = row_words(paint->model, actor, &style);
    gboolean wide = canvas->width >= 70;
    int x = 1;

    for (CheckId id = 0; id < CHECK_COUNT; id++) {
        Check check = verdict_check(paint->model, actor, id);

        pane_glyph(paint, y, x, check.state);
        x += wide ? 5 : 2;
        check_clear(&check);
    }
    x += wide ? 0 : 1;
    canvas_put(canvas, y, x, wide ? 12 : 6, STYLE_NORMAL, kind_info(actor_kind(actor))->word);
    x += wide ? 13 : 7;
    canvas_put(canvas, y, x, name_columns, STYLE_BOLD, name);
    x += name_columns + 1;
    if (wide) {
        canvas_put(canvas, y, x, 9, STYLE_DIM, actor_tier(paint->model, actor));
        x += 10;
    }
    canvas_put(canvas, y, x, canvas->width - x, style, words);
    if (selected && paint->view->focus == PANE_ACTORS)
        canvas_flag(canvas, y, 0, canvas->width, STYLE_SELECTED);
    else if (selected)
        canvas_put(canvas, y, 0, 1, STYLE_KEY, "▸");
}

/* Room for the longest name, so that a screen's width goes to what is wrong. */
static int name_columns_of(GPtrArray *actors, int width)
{
    int longest = 4, most = width >= 70 ? width / 4 : 10;

    for (unsigned i = 0; i < actors->len && longest < most; i++) {
        g_autofree char *name = actor_name(g_ptr_array_index(actors, i));

        if (strlen(name) > (gsize)longest) /* no character takes more columns than bytes */
            longest = MAX(longest, text_width(name));
    }
    return MIN(longest, most);
}

static void draw_table(Paint *paint, const Layout *layout, GPtrArray *actors, int selected)
{
    int visible = MAX(layout->actors_height - 1, 1);
    int top = keep_in_sight(paint->view->actor_top, selected, visible, (int)actors->len);
    gboolean wide = paint->canvas->width >= 70;
    int name_columns = name_columns_of(actors, paint->canvas->width);
    g_autofree char *title = NULL;

    paint->view->actor_top = top;
    if (layout->actors_height > 1)
        title = wide ? g_strdup_printf("nats env  conf live kind         actors %d–%d of %u",
                                       top + 1, MIN(top + visible, (int)actors->len), actors->len)
                     : g_strdup_printf("n e c l  actors %d–%d of %u", top + 1,
                                       MIN(top + visible, (int)actors->len), actors->len);
    if (title != NULL)
        canvas_put(paint->canvas, layout->actors_y, 1, paint->canvas->width - 1,
                   paint->view->focus == PANE_ACTORS ? STYLE_KEY : STYLE_DIM, title);
    for (int i = 0; i < visible && top + i < (int)actors->len; i++)
        draw_row(paint, g_ptr_array_index(actors, (guint)(top + i)),
                 layout->actors_y + (title != NULL) + i, name_columns, top + i == selected);
}

static void draw_nobody(Paint *paint, const Layout *layout)
{
    const Model *model = paint->model;
    const char *first, *second = "";

    if (!model->fleet_known) {
        first = "looking for configs…";
    } else if (paint->view->filter[0] != '\0' && model->panels->len > 0) {
        first = "no actor passes the filter";
        second = "Esc takes it off";
    } else if (model->fleet_source == NULL) {
        first = "no configs given: only the bus is watched";
        second = "heddle-preflight configs/ shows a panel for each actor";
    } else {
        first = "no actor's config found there";
        second = "heddle-preflight --once lists what was skipped and why";
    }
    canvas_put(paint->canvas, layout->actors_y, 1, paint->canvas->width - 1, STYLE_NORMAL, first);
    canvas_put(paint->canvas, layout->actors_y + 1, 1, paint->canvas->width - 1, STYLE_DIM, second);
}

void pane_actors(Paint *paint, const Layout *layout)
{
    int selected = view_actor_index(paint->actors, paint->view);

    if (selected < 0)
        draw_nobody(paint, layout);
    else if (layout->table)
        draw_table(paint, layout, paint->actors, selected);
    else
        draw_cards(paint, layout, paint->actors, selected);
}
