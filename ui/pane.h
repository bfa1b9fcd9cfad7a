/* The panes, a file each. All are pure: they read the model and the view and paint a rectangle. */
#ifndef UI_PANE_H
#define UI_PANE_H

#include "mesh/verdict.h"
#include "ui/layout.h"
#include "ui/view.h"

/* What every pane gets. */
typedef struct Paint {
    const Model *model;
    View *view;
    Canvas *canvas;
    GPtrArray *actors; /* of Actor *: those that pass the filter */
} Paint;

/* pane_header.c: the first two rows. Returns the cursor when the URL is being edited there. */
Cursor pane_header(Paint *paint);

/* pane_actors.c */
void pane_actors(Paint *paint, const Layout *layout);

/* pane_findings.c: the worst of them, two rows each. */
void pane_findings(Paint *paint, int y, int height);

/* pane_smoke.c */
void pane_smoke(Paint *paint, int y, int height, int width);

/* pane_timeline.c: what changed last, from column `x` to the right edge; and the window with all of
 * it. */
void pane_timeline(Paint *paint, int y, int x, int height);
void pane_timeline_window(Paint *paint);

/* pane_watch.c. The first: the title of the messages, whichever are shown, with what holds of all
 * of them: the filter, and whether they are frozen. Takes `title`. */
void pane_watch_title(Paint *paint, int y, GString *title);
void pane_watch(Paint *paint, int y, int height);

/* pane_bus.c: in place of the watch when the operator has turned to heddle.> */
void pane_bus(Paint *paint, int y, int height);

/* pane_status.c: the last row. */
Cursor pane_status(Paint *paint, int y);

/* window.c: the open window, over everything but header and status. */
void pane_window(Paint *paint);

/* A line of a window. */
typedef struct WindowLine {
    Style style;
    char *text;
} WindowLine;

/* window_ladder.c: the command that mends the first broken rung of all ladders, else the first that
 * warns. NULL: all hold. Caller frees. */
char *window_ladder_next(const Model *model);

/* A rule with a title over a pane; the focused one stands out. */
void pane_title(Paint *paint, int y, int columns, Pane pane, const char *title);

/* Glyph and word of a state at (y, x); returns the columns used. */
int pane_glyph(Paint *paint, int y, int x, State state);

#endif
