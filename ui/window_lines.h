/* Text laid out for a window: lines of a style, wrapped at its width. Whatever is put in must be
 * clean (base/text.h). */
#ifndef UI_WINDOW_LINES_H
#define UI_WINDOW_LINES_H

#include "mesh/verdict.h"
#include "ui/pane.h"

typedef struct Lines {
    GPtrArray *lines; /* of WindowLine *, owned */
    int columns;
    int mark, mark_end; /* lines of the selection, and the one after it; -1: there is none */
} Lines;

/* How much text a window on this canvas has room for. */
int window_rows(const Canvas *canvas);
int window_columns(const Canvas *canvas);

/* The line that such a window begins with, where it is laid out with a selection: as far into that
 * as `view` says, and no further than to the last line. */
int window_top(const Lines *lines, const View *view, int rows);

/* No lines yet, for a window of so many columns. Free `.lines` with g_ptr_array_unref(). */
Lines lines_new(int columns);

/* One line as it is; `text` is taken. */
void lines_add(Lines *to, Style style, char *text);
void lines_blank(Lines *to);

/* Clean text as lines of at most so many columns, broken at blanks where there are any, and at line
 * feeds; at least one. Of char *; free with g_ptr_array_unref(). */
GPtrArray *lines_wrap(const char *text, int columns);

/* Text of any length, indented, wrapped at the window's width. NULL adds nothing. */
void lines_text(Lines *to, Style style, int indent, const char *text);

/* A label of at most ten columns and its text, wrapped beside it. Without text: nothing. */
void lines_field(Lines *to, const char *label, const char *text);

/* Why, what to type next and how to know that it worked, for remedy `id` (NULL or unknown: nothing)
 * of an actor, or (NULL) of the link or the smoke. */
void lines_remedy(Lines *to, const Model *model, const Actor *actor, const char *id);

/* Likewise of a smoke. */
void lines_smoke_remedy(Lines *to, const Model *model, const Smoke *smoke);

/* window_ladder.c: the rungs of every URL in use, with all that was seen. */
void window_ladder_lines(Lines *to, const Model *model, const View *view);

/* window_local.c: an actor's connections, processes and log. */
void window_local_lines(Lines *to, const Model *model, const Actor *actor);

/* window_findings.c: all findings, the selected one with evidence and remedy. */
void window_findings_lines(Lines *to, const Model *model, const View *view);

/* window_settings.c: what is in force, and where each value comes from. */
void window_settings_lines(Lines *to, const Model *model, const View *view);

#endif
