/* Where the panes go on a screen of a given size. */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include <glib.h>

enum { CARD_WIDTH = 40, CARD_HEIGHT = 6 };

typedef struct Layout { /* rows; a height of 0: not shown */
    int actors_y, actors_height;
    int findings_y, findings_height;        /* a title and two rows each */
    int smoke_y, smoke_height, smoke_width; /* the timeline has the rest of the width */
    int watch_y, watch_height;
    int status_y;
    gboolean table;   /* actors as a table rather than as cards */
    int card_columns; /* of cards */
} Layout;

/* `actors` of them pass the filter. `want` forces cards (1) or the table (2); 0: as they fit.
 * `findings` of them are to be shown where there is room to spare. */
Layout layout_of(int width, int height, int actors, int want, int findings);

#endif
