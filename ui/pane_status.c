/* The last row: keys, what the last key did, or a question. */
#include "ui/pane.h"

#include <string.h>

#include "ui/keys.h"

static void draw_keys(Paint *paint, int y)
{
    unsigned count;
    const KeyRow *rows = keys_table(&count);
    int x = 0;

    for (unsigned i = 0; i < count; i++) {
        g_autofree char *key = NULL;
        int columns;

        if (rows[i].brief == NULL)
            continue;
        key = g_strndup(rows[i].label, strcspn(rows[i].label, " "));
        columns = text_width(key) + 1 + text_width(rows[i].brief);
        /* Help stays; quitting is found there too. */
        if (x + columns > paint->canvas->width)
            break;
        x += canvas_put(paint->canvas, y, x, columns, STYLE_KEY, key) + 1;
        x += canvas_put(paint->canvas, y, x, columns, STYLE_NORMAL, rows[i].brief) + 2;
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

    canvas_printf(paint->canvas, y, 0, paint->canvas->width, STYLE_KEY,
                  "tier%s%s: l local  s standard  f frontier  o own  Esc",
                  name != NULL ? " of " : "", name != NULL ? name : "");
}

static void draw_smoke_question(Paint *paint, int y)
{
    const Settings *settings = &paint->model->settings;

    canvas_printf(
        paint->canvas, y, 0, paint->canvas->width, STYLE_WARN,
        paint->canvas->width >= 100
            ? "Really run %s%s on %s? It takes one token of the router's limiter, the worker "
              "works, an LLM may cost money. y/n"
            /* What must be known first: the end of the line may be cut. */
            : "y/n: run %s%s on %s? takes a router token, the worker works",
        settings->worker_type, paint->view->ask_repeat ? " every 5 s" : "",
        paint->model->url_shown);
}

Cursor pane_status(Paint *paint, int y)
{
    const View *view = paint->view;

    canvas_blank(paint->canvas, y, 0, paint->canvas->width, STYLE_NORMAL);
    if (view->edit_trouble != NULL) {
        canvas_put(paint->canvas, y, 0, paint->canvas->width, STYLE_FAIL, view->edit_trouble);
        return (Cursor){-1, 0};
    }
    switch (view->ask) {
    case ASK_URL:
        canvas_put(paint->canvas, y, 0, paint->canvas->width, STYLE_DIM,
                   "Enter proves and takes it  Esc leaves all as it was  ↑↓ history");
        return (Cursor){-1, 0};
    case ASK_FILTER:
        return draw_line(paint, y, "/");
    case ASK_PAYLOAD:
        return draw_line(paint, y, "payload> ");
    case ASK_WORKER:
        return draw_line(paint, y, "worker type> ");
    case ASK_TIER:
        draw_tier_question(paint, y);
        break;
    case ASK_SMOKE:
        draw_smoke_question(paint, y);
        break;
    default:
        if (view->notice != NULL && paint->model->now_us < view->notice_until_us)
            canvas_put(paint->canvas, y, 0, paint->canvas->width, STYLE_NORMAL, view->notice);
        else if (view->window != WINDOW_NONE)
            canvas_put(paint->canvas, y, 0, paint->canvas->width, STYLE_DIM,
                       view->window == WINDOW_TIMELINE
                           ? "Esc closes  ↑↓ scroll  g newest  / filter"
                           : "Esc closes  ↑↓ scroll  y copies  q closes");
        else
            draw_keys(paint, y);
    }
    return (Cursor){-1, 0};
}
