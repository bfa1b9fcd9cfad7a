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

/* How much of it is told: the narrower the screen, the less. */
typedef enum Detail { DETAIL_STATE, DETAIL_RTT, DETAIL_VERSION, DETAIL_AGE } Detail;

/* For how long it is up, and how often it was lost: ", 2 h 4 m, lost 3 times". In whole minutes, so
 * that a screen on which nothing happens does not change. */
static void add_record(GString *text, const Model *model)
{
    const LinkView *link = &model->link;
    gint64 minute = 60 * G_USEC_PER_SEC, up_us = model->now_us - link->since_us;
    g_autofree char *age = clock_span(up_us / minute * minute);

    if (up_us < minute)
        return;
    /* Of minutes alone it would say "4 m 0 s". */
    if (g_str_has_suffix(age, " 0 s"))
        age[strlen(age) - strlen(" 0 s")] = '\0';
    g_string_append_printf(text, ", %s", age);
}

/* How the link stands: "● up 2.9.10 0.3 ms, 2 h 4 m, lost 3 times", "✗ no answer 2.1 s". */
static char *link_text(const Model *model, Detail detail)
{
    const LinkView *link = &model->link;
    g_autofree char *age = clock_span(model->now_us - link->since_us);
    const char *version = link->server.version != NULL ? link->server.version : "";
    double rtt = link_rtt(link);
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%s %s", links[link->state].glyph, links[link->state].word);
    if (link->state == LINK_UP) {
        if (detail >= DETAIL_VERSION)
            g_string_append_printf(text, " %s", version);
        if (rtt >= 0 && detail >= DETAIL_RTT)
            g_string_append_printf(text, " %.*f ms", rtt < 0.95 ? 2 : 1, rtt);
        if (detail >= DETAIL_AGE)
            add_record(text, model);
    } else if (link->state == LINK_SILENT || link->state == LINK_DOWN) {
        g_string_append_printf(text, " %s", age);
        if (link->tries > 1 && detail >= DETAIL_VERSION)
            g_string_append_printf(text, " (try %u)", link->tries);
    }
    if (link->lost > 0 && detail >= DETAIL_AGE)
        g_string_append_printf(text, ", lost %u time%s", link->lost, link->lost == 1 ? "" : "s");
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

/* What the first row is made of. */
typedef struct FirstRow {
    const char *program, *origin, *url;
    char *link, *tail;
} FirstRow;

static int columns_of(const FirstRow *row)
{
    int program = row->program[0] != '\0' ? text_width(row->program) + 2 : 0;
    int origin = row->origin[0] != '\0' ? text_width(row->origin) + 1 : 0;
    int tail = row->tail[0] != '\0' ? text_width(row->tail) + 2 : 0;

    return program + text_width(row->url) + origin + 2 + text_width(row->link) + tail;
}

static void set(char **place, char *text)
{
    g_free(*place);
    *place = text;
}

static void drop_program(FirstRow *row, const Model *model)
{
    (void)model;
    row->program = "";
}

static void drop_record(FirstRow *row, const Model *model)
{
    set(&row->link, link_text(model, DETAIL_VERSION));
}

static void drop_utc(FirstRow *row, const Model *model)
{
    g_autofree char *local = clock_local(model->now_wall);

    set(&row->tail, g_strdup_printf("tier %s  %s", tier_word(model->settings.tier), local));
}

static void drop_origin(FirstRow *row, const Model *model)
{
    (void)model;
    row->origin = "";
}

static void drop_tier(FirstRow *row, const Model *model)
{
    set(&row->tail, clock_local(model->now_wall));
    set(&row->link, link_text(model, DETAIL_RTT));
}

/* tls:// says something. */
static void drop_scheme(FirstRow *row, const Model *model)
{
    (void)model;
    if (g_str_has_prefix(row->url, "nats://"))
        row->url += strlen("nats://");
}

static void drop_rtt(FirstRow *row, const Model *model)
{
    set(&row->link, link_text(model, DETAIL_STATE));
}

static void drop_clock(FirstRow *row, const Model *model)
{
    (void)model;
    row->tail[0] = '\0';
}

/* The narrower the screen, the less there is of what can be found elsewhere. Host and port stay: by
 * them the operator knows which server this is about. */
static FirstRow first_row(const Model *model, int width)
{
    static void (*const drops[])(FirstRow *, const Model *) = {
        drop_utc,  drop_record, drop_program, drop_origin,
        drop_tier, drop_scheme, drop_rtt,     drop_clock,
    };
    g_autofree char *local = clock_local(model->now_wall), *utc = clock_utc(model->now_wall);
    FirstRow row = {
        "heddle-preflight", url_origin_word(model->settings.origin), model->url_shown,
        link_text(model, DETAIL_AGE),
        g_strdup_printf("tier %s  %s (%s)", tier_word(model->settings.tier), local, utc)};

    for (gsize i = 0; i < G_N_ELEMENTS(drops) && columns_of(&row) > width; i++)
        drops[i](&row, model);
    return row;
}

/* Text of which the end matters more, in at most `columns`: "…le.com:4222". */
static int put_end(Canvas *canvas, int x, int columns, Style style, const char *text)
{
    if (text_width(text) <= columns)
        return canvas_put(canvas, 0, x, columns, style, text);
    while (*text != '\0' && text_width(text) > columns - 1)
        text = g_utf8_next_char(text);
    return canvas_put(canvas, 0, x, 1, style, "…") +
           canvas_put(canvas, 0, x + 1, columns - 1, style, text);
}

static void draw_first_row(Paint *paint)
{
    Canvas *canvas = paint->canvas;
    int width = canvas->width, x = 0;
    FirstRow row = first_row(paint->model, width);
    int right = width - text_width(row.tail);
    int url = MAX(width - columns_of(&row) + text_width(row.url), 12);

    if (row.program[0] != '\0')
        x += canvas_put(canvas, 0, 0, width, STYLE_TITLE, row.program) + 2;
    x += put_end(canvas, x, MIN(url, text_width(row.url)), STYLE_BOLD, row.url);
    if (row.origin[0] != '\0')
        x += 1 + canvas_put(canvas, 0, x + 1, right - x - 2, STYLE_DIM, row.origin);
    canvas_put(canvas, 0, x + 2, right - x - 2, links[paint->model->link.state].style, row.link);
    canvas_put(canvas, 0, right, width - right, STYLE_NORMAL, row.tail);
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

/* Is its name not worth the room? `brief`: there is little of that. */
static gboolean is_nameless(const Rung *rung, gboolean brief)
{
    return brief && rung != NULL && rung->state == STATE_NOT_REACHED;
}

/* Columns of the ladder in one row, with the least of gaps. */
static int columns_of_ladder(const Ladder *ladder, const char *router, gboolean brief)
{
    int columns = text_width(" router") + 2 + (router[0] != '\0' ? 1 + text_width(router) : 0);

    for (RungId id = 0; id < RUNG_COUNT; id++) {
        const Rung *rung = ladder != NULL ? &ladder->rungs[id] : NULL;
        const char *text = told(rung);

        columns += is_nameless(rung, brief) ? 1 : text_width(rung_label(id)) + 3;
        columns += text != NULL ? 1 + text_width(text) : 0;
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

/* The ladder in one row. Only what broke or warns has its cause beside it; what was not reached
 * gives its name up first. */
static void draw_ladder(Paint *paint, const Ladder *ladder, int width)
{
    g_autofree char *router = NULL;
    State state = verdict_router(paint->model, &router);
    int x = 0, room;
    gboolean brief = columns_of_ladder(ladder, router, FALSE) > width;

    room = width - columns_of_ladder(ladder, router, brief);
    if (room < 0) {
        draw_narrow_ladder(paint, ladder, state, router, width);
        return;
    }
    for (RungId id = 0; id < RUNG_COUNT; id++) {
        const Rung *rung = ladder != NULL ? &ladder->rungs[id] : NULL;

        if (is_nameless(rung, brief))
            x += pane_glyph(paint, 1, x, rung->state);
        else
            x += (room >= RUNG_COUNT ? 2 : 1) +
                 draw_rung(paint, x, rung_label(id), rung != NULL ? rung->state : STATE_PENDING,
                           told(rung), width);
    }
    if (brief && ladder != NULL && is_nameless(&ladder->rungs[RUNG_COUNT - 1], brief))
        x++;
    draw_rung(paint, x, "router", state, router, width);
}

/* While a new URL is proved: how far it is, on the row of the ladder. The old one is in force, as
 * the row above says; how to let the new one go stands in the status line. */
static void draw_proving(Paint *paint)
{
    const Proving *proving = &paint->model->proving;
    const Ladder *ladder = proving->ladder;
    Canvas *canvas = paint->canvas;
    gboolean broken = ladder != NULL && !ladder_connects(ladder);
    g_autofree char *how = !broken ? g_strdup("being proved")
                                   : g_strdup_printf("%s: %s", rung_label(ladder->broken),
                                                     ladder->rungs[ladder->broken].text != NULL
                                                         ? ladder->rungs[ladder->broken].text
                                                         : cause_word(ladder_cause(ladder)));
    const char *url = proving->shown;
    int x, fixed = text_width("new → ") + 4;

    if (fixed + text_width(url) + text_width(how) > canvas->width &&
        g_str_has_prefix(url, "nats://"))
        url += strlen("nats://");
    x = canvas_put(canvas, 1, 0, canvas->width, STYLE_KEY, "new → ");
    x += canvas_put(canvas, 1, x, canvas->width - x, STYLE_BOLD, url) + 1;
    x += pane_glyph(paint, 1, x, broken ? STATE_FAIL : STATE_PENDING) + 1;
    canvas_put(canvas, 1, x, canvas->width - x, broken ? STYLE_FAIL : STYLE_DIM, how);
}

/* "⚑ 2 findings (F)" and how many are dismissed besides. Caller frees. */
static char *flag_text(int shown, int dismissed, gboolean wide)
{
    g_autofree char *besides = dismissed == 0 ? g_strdup("")
                               : wide         ? g_strdup_printf(" (+%d dismissed)", dismissed)
                                              : g_strdup_printf(" +%d", dismissed);

    if (shown == 0)
        return wide ? g_strdup_printf("⚑ %d dismissed (F)", dismissed)
                    : g_strdup_printf("⚑ 0%s", besides);
    if (wide)
        return g_strdup_printf("⚑ %d %s (F)%s", shown, shown == 1 ? "finding" : "findings",
                               besides);
    return g_strdup_printf("⚑ %d%s", shown, besides);
}

/* How many findings there are, at the right end of the second row. Returns the columns taken. */
static int draw_flag(Paint *paint)
{
    Canvas *canvas = paint->canvas;
    State worst;
    int shown = (int)findings_count(paint->model, &worst);
    int dismissed = view_findings_dismissed(paint->model);
    g_autofree char *text = NULL;

    if (shown + dismissed == 0)
        return 0;
    text = flag_text(shown, dismissed, canvas->width >= 100);
    canvas_put(canvas, 1, canvas->width - text_width(text), canvas->width,
               shown > 0 ? canvas_state_style(worst) : STYLE_DIM, text);
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
