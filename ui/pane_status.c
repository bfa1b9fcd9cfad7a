/* The last row: keys, what the last key did, or a question. */
#include "ui/pane.h"

#include <string.h>

#include "mesh/facts.h"
#include "ui/keys.h"
#include "ui/window_lines.h"

/* A key and what it does, from column `x`; returns the column after it and its gap. */
static int draw_hint(Paint *paint, int y, int x, const KeyRow *row)
{
    Canvas *canvas = paint->canvas;
    gsize label = strcspn(row->label, " ");
    g_autofree char *key = g_strndup(row->label, label);

    x += canvas_put(canvas, y, x, canvas->width - x, STYLE_KEY, key) + 1;
    return x + canvas_put(canvas, y, x, canvas->width - x, STYLE_NORMAL, row->brief) + 2;
}

static int columns_of_hint(const KeyRow *row)
{
    g_autofree char *key = g_strndup(row->label, strcspn(row->label, " "));

    return text_width(key) + 1 + text_width(row->brief);
}

/* What a pane has of its own goes before what holds everywhere. */
enum { OWN_KEYS = 3 };
static const Request own_keys[PANE_COUNT][OWN_KEYS] = {
    [PANE_SMOKE] = {REQUEST_REPEAT, REQUEST_MODE, REQUEST_COPY},
    [PANE_WATCH] = {REQUEST_FREEZE, REQUEST_COPY},
    [PANE_HEADER] = {REQUEST_LADDER, REQUEST_HISTORY},
};

static gboolean is_own(Pane pane, Request request)
{
    for (int i = 0; i < OWN_KEYS; i++)
        if (own_keys[pane][i] == request)
            return TRUE;
    return FALSE;
}

/* Hints of the pane's own keys, or of all others, up to `room`; returns the column after them. */
static int draw_hints(Paint *paint, int y, int x, int room, gboolean own)
{
    unsigned count;
    const KeyRow *rows = keys_table(&count);

    for (unsigned i = 0; i < count; i++) {
        if (rows[i].brief == NULL || rows[i].request == REQUEST_QUIT ||
            is_own(paint->view->focus, rows[i].request) != own)
            continue;
        if (x + columns_of_hint(&rows[i]) > room)
            break;
        x = draw_hint(paint, y, x, &rows[i]);
    }
    return x;
}

/* As many keys as there is room for; the way out is always among them. */
static void draw_keys(Paint *paint, int y)
{
    static const KeyRow let_go = {{0}, REQUEST_BACK, "Esc", "old URL", NULL};
    const Model *model = paint->model;
    unsigned count;
    const KeyRow *quit = keys_table(&count);
    int x = 0, room;

    while (quit->request != REQUEST_QUIT)
        quit++;
    room = paint->canvas->width - columns_of_hint(quit) - 2;
    if (model->proving.link != 0 || model->former != NULL)
        x = draw_hint(paint, y, x, &let_go);
    x = draw_hints(paint, y, x, room, TRUE);
    x = draw_hints(paint, y, x, room, FALSE);
    draw_hint(paint, y, x, quit);
}

/* Words that may be longer than the row: they take what they need of the rows above it. */
static void draw_words(Paint *paint, int y, Style style, const char *text)
{
    Canvas *canvas = paint->canvas;
    g_autoptr(GPtrArray) lines = lines_wrap(text, canvas->width);
    int rows = MIN((int)lines->len, 3);

    for (int i = 0; i < rows; i++) {
        canvas_blank(canvas, y - rows + 1 + i, 0, canvas->width, STYLE_NORMAL);
        canvas_put(canvas, y - rows + 1 + i, 0, canvas->width, style,
                   g_ptr_array_index(lines, (guint)i));
    }
}

static Cursor draw_line(Paint *paint, int y, const char *prompt)
{
    const View *view = paint->view;
    int width = paint->canvas->width;
    int x = canvas_put(paint->canvas, y, 0, width / 2, STYLE_KEY, prompt), room = width - x - 1;
    const char *text = view->edit;

    for (int skip = view->edit_cursor - room; skip > 0 && *text != '\0'; skip--)
        text = g_utf8_next_char(text);
    canvas_put(paint->canvas, y, x, room, STYLE_BOLD, text);
    return (Cursor){y, x + MIN(view->edit_cursor, room)};
}

static void draw_tier_question(Paint *paint, int y)
{
    const Actor *actor = model_actor(paint->model, paint->view->ask_actor);
    g_autofree char *name = actor != NULL ? actor_name(actor) : NULL;

    g_autofree char *question =
        g_strdup_printf("tier%s%s: l local  s standard  f frontier  o own  Esc",
                        name != NULL ? " of " : "", name != NULL ? name : "");

    draw_words(paint, y, STYLE_KEY, question);
}

/* Whose work is asked for: of a goal, and of a task through a router, the settings tell. */
static char *smoke_target(const Paint *paint, SmokeMode *mode)
{
    const Settings *settings = &paint->model->settings;
    const Actor *actor = model_actor(paint->model, paint->view->aim_actor);
    ActorKind kind = actor != NULL ? actor_kind(actor) : KIND_UNKNOWN;
    gboolean goal = kind == KIND_PIPELINE || kind == KIND_ORCHESTRATOR;

    *mode = actor == NULL ? settings->mode : goal ? SMOKE_GOAL : SMOKE_TASK;
    return actor == NULL || kind == KIND_ROUTER ? g_strdup(settings->worker_type)
                                                : actor_name(actor);
}

/* What must be known first, the rest wrapped: no server's name is cut. */
static void draw_smoke_question(Paint *paint, int y)
{
    static const char *const outcomes[2][2] = {
        {"it takes a router token, the worker works", "it asks an LLM"},
        {"its workers work", "its workers may ask an LLM, for each of its tasks"},
    };
    int width = paint->canvas->width;
    SmokeMode mode;
    g_autofree char *target = smoke_target(paint, &mode);
    g_autofree char *brief = text_clean(raw_text(target), (gsize)(width / 2));
    g_autofree char *what =
        mode == SMOKE_GOAL ? g_strdup("submit a goal") : g_strdup_printf("run %s", brief);
    gboolean cost = smoke_may_cost(paint->model, mode, target);
    g_autofree char *question =
        g_strdup_printf("y/n: %s%s%s on %s? %s", cost ? "MAY COST MONEY: " : "", what,
                        paint->view->ask_repeat ? " every 5 s" : "", paint->model->url_shown,
                        outcomes[mode == SMOKE_GOAL][cost]);

    draw_words(paint, y, STYLE_WARN, question);
}

/* How to go on with the URL that is being edited in the first row. */
static void draw_url_help(Paint *paint, int y)
{
    gboolean of_actor = model_actor(paint->model, paint->view->ask_actor) != NULL;
    gboolean wide = paint->canvas->width >= 80;

    canvas_put(paint->canvas, y, 0, paint->canvas->width, STYLE_DIM,
               of_actor && wide ? "Enter proves and takes it  empty: as all others  Esc leaves it"
               : of_actor       ? "Enter takes it  empty: as all  Esc no"
               : wide ? "Enter proves and takes it  Esc leaves all as it was  ↑↓ history"
                      : "Enter proves it  Esc leaves it  ↑↓ past");
}

static Cursor draw_aim(Paint *paint, int y)
{
    const Actor *actor = model_actor(paint->model, paint->view->ask_actor);
    g_autofree char *name = actor != NULL ? actor_name(actor) : g_strdup("it");
    g_autofree char *prompt = actor != NULL ? g_strdup_printf("payload for %s/%s> ", name,
                                                              actor_tier(paint->model, actor))
                                            : g_strdup("payload> ");

    return draw_line(paint, y, prompt);
}

static Cursor draw_ask(Paint *paint, int y)
{
    static const char *const prompts[] = {[ASK_FILTER] = "/",
                                          [ASK_PAYLOAD] = "payload> ",
                                          [ASK_WORKER] = "worker type> ",
                                          [ASK_SAVE] = "save to> "};
    Ask ask = paint->view->ask;

    if (ask == ASK_URL)
        draw_url_help(paint, y);
    else if (ask == ASK_TIER)
        draw_tier_question(paint, y);
    else if (ask == ASK_SMOKE)
        draw_smoke_question(paint, y);
    else if (ask == ASK_AIM)
        return draw_aim(paint, y);
    else
        return draw_line(paint, y, prompts[ask]);
    return (Cursor){-1, 0};
}

static const char *findings_keys(int width)
{
    return width >= 80
               ? "Esc closes  ↑↓ scroll, then the next one  PgDn page  y copies  d dismisses"
               : "Esc  ↑↓ scroll, next  y copy  d dismiss";
}

Cursor pane_status(Paint *paint, int y)
{
    const View *view = paint->view;
    Cursor cursor = {-1, 0};

    canvas_blank(paint->canvas, y, 0, paint->canvas->width, STYLE_NORMAL);
    if (view->ask != ASK_NOTHING)
        cursor = draw_ask(paint, y);
    else if (view->notice != NULL && paint->model->now_us < view->notice_until_us)
        draw_words(paint, y, STYLE_NORMAL, view->notice);
    else if (view->window == WINDOW_NONE)
        draw_keys(paint, y);
    else
        canvas_put(paint->canvas, y, 0, paint->canvas->width, STYLE_DIM,
                   view->window == WINDOW_TIMELINE ? "Esc closes  ↑↓ scroll  g newest  / filter"
                   : view->window == WINDOW_FINDINGS ? findings_keys(paint->canvas->width)
                   : view->window == WINDOW_MESSAGE
                       ? "Esc closes  ↑↓ scroll  y copies  o saves  q closes"
                       : "Esc closes  ↑↓ scroll  y copies  q closes");
    /* The line that has the trouble stays in sight. */
    if (view->edit_trouble != NULL)
        draw_words(paint, view->ask == ASK_URL ? y : y - 1, STYLE_FAIL, view->edit_trouble);
    return cursor;
}
