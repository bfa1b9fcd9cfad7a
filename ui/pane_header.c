/* The header: which server, how the link stands, what holds on the way to it. */
#include "ui/pane.h"

#include <string.h>

#include "base/clock.h"
#include "mesh/findings.h"
#include "mesh/glyph.h"

static const struct {
    const char *glyph, *word;
    Style style;
} links[LINK_STATES] = {
    [LINK_NONE] = {"○", "no link", STYLE_DIM}, [LINK_CONNECTING] = {"○", "connecting", STYLE_DIM},
    [LINK_UP] = {"●", "up", STYLE_OK},         [LINK_SILENT] = {"✗", "no answer", STYLE_FAIL},
    [LINK_DOWN] = {"✗", "down", STYLE_FAIL},
};

/* How the link stands, with its age: "● up 2.9.10 0.3 ms", "✗ no answer 2.1 s". */
static char *link_text(const Model *model, gboolean brief)
{
    const LinkView *link = &model->link;
    g_autofree char *age = clock_span(model->now_us - link->since_us);
    const char *version = link->server.version != NULL ? link->server.version : "";
    double rtt = link_rtt(link);
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%s %s", links[link->state].glyph, links[link->state].word);
    if (link->state == LINK_UP) {
        if (!brief)
            g_string_append_printf(text, " %s", version);
        if (rtt >= 0)
            g_string_append_printf(text, " %.*f ms", rtt < 0.95 ? 2 : 1, rtt);
    } else if (link->state == LINK_SILENT || link->state == LINK_DOWN) {
        g_string_append_printf(text, " %s", age);
        if (link->tries > 1 && !brief)
            g_string_append_printf(text, " (try %u)", link->tries);
    }
    return g_string_free(text, FALSE);
}

static Cursor draw_editor(Paint *paint)
{
    const View *view = paint->view;
    Canvas *canvas = paint->canvas;
    const Actor *actor = model_actor(paint->model, view->ask_actor);
    g_autofree char *name = actor != NULL ? actor_name(actor) : NULL;
    g_autofree char *prompt =
        name != NULL ? g_strdup_printf("URL of %s> ", name) : g_strdup("URL> ");
    int x, room, skip;
    const char *text = view->edit;

    canvas_blank(canvas, 0, 0, canvas->width, STYLE_NORMAL);
    x = canvas_put(canvas, 0, 0, canvas->width / 2, STYLE_KEY, prompt);
    room = canvas->width - x - 1;
    /* Scrolls so that the cursor stays in sight. */
    for (skip = view->edit_cursor - room; skip > 0 && *text != '\0'; skip--)
        text = g_utf8_next_char(text);
    canvas_put(canvas, 0, x, room, STYLE_BOLD, text);
    return (Cursor){0, x + MIN(view->edit_cursor, room)};
}

/* What the first row is made of, most dispensable last. */
typedef struct FirstRow {
    const char *program, *origin;
    char *url, *link, *tail;
} FirstRow;

static int columns_of(const FirstRow *row)
{
    int program = row->program[0] != '\0' ? text_width(row->program) + 2 : 0;
    int origin = row->origin[0] != '\0' ? text_width(row->origin) + 1 : 0;

    return program + text_width(row->url) + origin + 2 + text_width(row->link) + 2 +
           text_width(row->tail);
}

/* The narrower the screen, the less there is of what can be found elsewhere. */
static FirstRow first_row(const Model *model, int width)
{
    g_autofree char *local = clock_local(model->now_wall), *utc = clock_utc(model->now_wall);
    const char *tier = tier_word(model->settings.tier);
    FirstRow row = {"heddle-preflight", url_origin_word(model->settings.origin),
                    g_strdup(model->url_shown), link_text(model, FALSE),
                    g_strdup_printf("tier %s  %s (%s)", tier, local, utc)};

    if (columns_of(&row) > width) {
        g_free(row.tail);
        row.tail = g_strdup_printf("tier %s  %s", tier, local);
    }
    if (columns_of(&row) > width)
        row.program = "";
    if (columns_of(&row) > width)
        row.origin = "";
    if (columns_of(&row) > width) {
        g_free(row.tail);
        row.tail = g_strdup(local);
        g_free(row.link);
        row.link = link_text(model, TRUE);
    }
    return row;
}

static void draw_first_row(Paint *paint)
{
    Canvas *canvas = paint->canvas;
    int width = canvas->width, x = 0;
    FirstRow row = first_row(paint->model, width);
    int right = width - text_width(row.tail);
    /* The URL gives way to the state of the link, but keeps what tells one server from another. */
    int url = MAX(width - columns_of(&row) + text_width(row.url), 12);

    if (row.program[0] != '\0')
        x += canvas_put(canvas, 0, 0, width, STYLE_TITLE, row.program) + 2;
    x += canvas_put(canvas, 0, x, MIN(url, text_width(row.url)), STYLE_BOLD, row.url);
    if (row.origin[0] != '\0')
        x += 1 + canvas_put(canvas, 0, x + 1, right - x - 2, STYLE_DIM, row.origin);
    canvas_put(canvas, 0, x + 2, right - x - 3, links[paint->model->link.state].style, row.link);
    canvas_put(canvas, 0, right, width - right, STYLE_NORMAL, row.tail);
    g_free(row.url);
    g_free(row.link);
    g_free(row.tail);
}

/* Up to column `width`. Returns the columns used. */
static int draw_rung(Paint *paint, int x, const char *label, State state, const char *text,
                     int width)
{
    Canvas *canvas = paint->canvas;
    int start = x;

    x += canvas_put(canvas, 1, x, width - x, STYLE_NORMAL, label);
    x += 1 + pane_glyph(paint, 1, x + 1, state);
    if (text != NULL && text[0] != '\0' && width - x > 1)
        x += 1 + canvas_put(canvas, 1, x + 1, width - x - 1, canvas_state_style(state), text);
    return x - start;
}

/* What stands beside a rung: its cause, where there is one to tell. */
static const char *told(const Rung *rung)
{
    return rung != NULL && (rung->state == STATE_FAIL || rung->state == STATE_WARN) ? rung->text
                                                                                    : NULL;
}

static int columns_of_ladder(const Ladder *ladder, const char *router)
{
    int columns = text_width("router") + 2 + (router[0] != '\0' ? 1 + text_width(router) : 0);

    for (RungId id = 0; id < RUNG_COUNT; id++) {
        const char *text = told(ladder != NULL ? &ladder->rungs[id] : NULL);

        columns += text_width(rung_label(id)) + 2 + (text != NULL ? 1 + text_width(text) : 0);
    }
    return columns;
}

/* The least that a rung's words are cut to before the router's give way. */
enum { FEW_WORDS = 24 };

/* The rung that counts and the router, side by side. What the server says of its own accord must be
 * seen even where nobody listens, and the other way round; of two that are broken the rung has the
 * words, since it may be why nobody listens. */
static void draw_both(Paint *paint, int x, RungId id, const Rung *rung, State state,
                      const char *router, int width)
{
    int room = width - x;
    int full = text_width("router") + 3 + text_width(router), brief = text_width("router") + 2;
    int kept = rung->state != STATE_FAIL && room - full - 2 >= FEW_WORDS ? full : brief;

    if (state != STATE_FAIL && state != STATE_WARN) {
        draw_rung(paint, x, rung_label(id), rung->state, rung->text, width);
        return;
    }
    x += 2 + draw_rung(paint, x, rung_label(id), rung->state, rung->text, width - kept - 2);
    draw_rung(paint, x, "router", state, kept == full ? router : NULL, width);
}

/* On a narrow screen: a glyph a rung, and words only for the one that counts. */
static void draw_narrow_ladder(Paint *paint, const Ladder *ladder, State state, const char *router,
                               int width)
{
    RungId worst = ladder != NULL ? verdict_worst_rung(ladder) : RUNG_COUNT;
    int x = 0;

    for (RungId id = 0; id < RUNG_COUNT; id++)
        x += pane_glyph(paint, 1, x, ladder != NULL ? ladder->rungs[id].state : STATE_PENDING);
    if (worst < RUNG_COUNT)
        draw_both(paint, x + 1, worst, &ladder->rungs[worst], state, router, width);
    else
        draw_rung(paint, x + 1, "router", state, router, width);
}

/* The ladder in one row. Only what broke or warns has its cause beside it. */
static void draw_ladder(Paint *paint, const Ladder *ladder, int width)
{
    g_autofree char *router = NULL;
    State state = verdict_router(paint->model, &router);
    int room = width - columns_of_ladder(ladder, router);
    int gap = room >= 2 * RUNG_COUNT ? 2 : 1, x = 0;

    if (room < RUNG_COUNT) {
        draw_narrow_ladder(paint, ladder, state, router, width);
        return;
    }
    for (RungId id = 0; id < RUNG_COUNT; id++) {
        const Rung *rung = ladder != NULL ? &ladder->rungs[id] : NULL;

        x += gap + draw_rung(paint, x, rung_label(id), rung != NULL ? rung->state : STATE_PENDING,
                             told(rung), width);
    }
    draw_rung(paint, x, "router", state, router, width);
}

/* While a new URL is proved: how far it is, on the row of the ladder. The old one is in force. */
static void draw_proving(Paint *paint)
{
    const Proving *proving = &paint->model->proving;
    const Ladder *ladder = proving->ladder;
    Canvas *canvas = paint->canvas;
    int x = canvas_put(canvas, 1, 0, canvas->width, STYLE_KEY, "new → ");

    x += canvas_put(canvas, 1, x, canvas->width - x, STYLE_BOLD, proving->shown) + 2;
    if (ladder == NULL || ladder_connects(ladder)) {
        canvas_put(canvas, 1, x, canvas->width - x, STYLE_DIM, "… being proved; Esc lets it go");
        return;
    }
    x += pane_glyph(paint, 1, x, STATE_FAIL) + 1;
    x += canvas_printf(
        canvas, 1, x, canvas->width - x, STYLE_FAIL, "%s: %s", rung_label(ladder->broken),
        ladder->rungs[ladder->broken].text != NULL ? ladder->rungs[ladder->broken].text
                                                   : cause_word(ladder_cause(ladder)));
    canvas_put(canvas, 1, x, canvas->width - x, STYLE_DIM, "; old one in force; Esc lets go");
}

/* How many findings there are, at the right end of the second row. Returns the columns taken. */
static int draw_flag(Paint *paint)
{
    Canvas *canvas = paint->canvas;
    State worst;
    unsigned count = findings_count(paint->model, &worst);
    g_autofree char *text = NULL;

    if (count == 0)
        return 0;
    text = canvas->width >= 100
               ? g_strdup_printf("⚑ %u %s (F)", count, count == 1 ? "finding" : "findings")
               : g_strdup_printf("⚑ %u", count);
    canvas_put(canvas, 1, canvas->width - text_width(text), canvas->width,
               canvas_state_style(worst), text);
    return text_width(text) + 2;
}

Cursor pane_header(Paint *paint)
{
    int width = paint->canvas->width;
    Ladder *ladder;

    draw_first_row(paint);
    if (paint->model->proving.link != 0) {
        draw_proving(paint);
    } else {
        ladder = verdict_ladder(paint->model);
        draw_ladder(paint, ladder, width - draw_flag(paint));
        if (ladder != NULL)
            ladder_free(ladder);
    }
    if (paint->view->focus == PANE_HEADER && paint->view->window == WINDOW_NONE)
        canvas_flag(paint->canvas, 1, 0, paint->canvas->width, STYLE_SELECTED);
    if (paint->view->ask == ASK_URL)
        return draw_editor(paint);
    return (Cursor){-1, 0};
}
