/* The canvas: a grid of cells that a view paints and a terminal shows. It knows no terminal, so
 * every screen can be painted and compared in a test. */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <glib.h>

#include "base/state.h"

typedef enum Style {
    STYLE_NORMAL,
    STYLE_DIM,
    STYLE_BOLD,
    STYLE_OK,
    STYLE_WARN,
    STYLE_FAIL,
    STYLE_KEY,
    STYLE_TITLE,
    STYLE_COUNT,
    STYLE_SELECTED = 0x40 /* a flag: drawn reversed */
} Style;

enum { CELL_MARKS = 2 };

typedef struct Cell {
    gunichar c[1 + CELL_MARKS]; /* a base character and its combining marks; 0: none */
    guint8 width;               /* columns: 1 or 2; 0: the right half of the cell before */
    guint8 style;
} Cell;

typedef struct Canvas {
    int width, height;
    gboolean ascii; /* paint only what an ASCII terminal has */
    Cell *cells;    /* row by row */
} Canvas;

Canvas *canvas_new(int width, int height);
void canvas_free(Canvas *canvas);
void canvas_resize(Canvas *canvas, int width, int height); /* clears it */
void canvas_clear(Canvas *canvas);

const Cell *canvas_cell(const Canvas *canvas, int y, int x);

/* Put clean text at row y, column x, over at most `columns`; what does not fit ends in an ellipsis.
 * Places outside the canvas are ignored. Returns the columns used. */
int canvas_put(Canvas *canvas, int y, int x, int columns, Style style, const char *text);
int canvas_printf(Canvas *canvas, int y, int x, int columns, Style style, const char *format, ...)
    G_GNUC_PRINTF(6, 7);

/* Blank `columns` cells, in a style. */
void canvas_blank(Canvas *canvas, int y, int x, int columns, Style style);

/* A line of rules with a title in it: "─ title ─────". */
void canvas_rule(Canvas *canvas, int y, int x, int columns, Style style, const char *title);

/* A box with a title at its upper left and one at its upper right (either may be NULL); the inside
 * is blanked. */
void canvas_box(Canvas *canvas, int y, int x, int height, int columns, Style style,
                const char *title, const char *right);

/* Add the flag to the style of these cells. */
void canvas_flag(Canvas *canvas, int y, int x, int columns, Style flag);

/* The style in which a state is shown. */
Style canvas_state_style(State state);

/* All rows as text, blanks at their ends cut, a line feed after each. Caller frees. */
char *canvas_text(const Canvas *canvas);

#endif
