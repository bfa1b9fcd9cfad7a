#include "ui/layout.h"

/* Above the panes: header and ladder. Below: the status line. */
enum { ABOVE = 2, BELOW = 1, ACTORS_LEAST = 4, SMOKE_LEAST = 3, WATCH_LEAST = 3, SMOKE_MOST = 10 };

/* From this size on a short timeline stands beside the smokes. */
enum { TIMELINE_WIDTH = 120, TIMELINE_HEIGHT = 30, TIMELINE_LEAST = 50 };

/* The worst findings stand below the actors where the other panes keep enough: a third of what is
 * to spare, at most. */
enum { FINDINGS_MOST = 3, ROWS_A_FINDING = 2 };

static int divided_up(int count, int by)
{
    return (count + by - 1) / by;
}

static int rows_for(int actors, const Layout *layout)
{
    if (actors == 0)
        return 2;
    return layout->table ? actors + 1 : divided_up(actors, layout->card_columns) * CARD_HEIGHT;
}

/* No more columns than the fewest rows need, so that the cards share the whole width: their text is
 * cut otherwise beside an empty place. */
static int card_columns(int width, int actors)
{
    int most = MAX(width / CARD_WIDTH, 1);

    return divided_up(MAX(actors, 1), divided_up(MAX(actors, 1), most));
}

Layout layout_of(int width, int height, int actors, int want, int findings)
{
    Layout layout = {.card_columns = card_columns(width, actors)};
    int rows = height - ABOVE - BELOW, watch = WATCH_LEAST, most, spare;
    int least = want == 1 && actors > 0 ? CARD_HEIGHT : ACTORS_LEAST;

    most = rows - SMOKE_LEAST - WATCH_LEAST;
    if (most < least) /* 12 rows: messages give way, then the actors keep what there is */
        watch = MAX(rows - SMOKE_LEAST - least, 0);
    most = MAX(rows - SMOKE_LEAST - watch, 1);
    if (findings > 0 && most >= 2 * (1 + ROWS_A_FINDING) + ACTORS_LEAST) /* a fleet leaves room */
        most -= 1 + ROWS_A_FINDING;
    layout.table = want == 2 || (want == 0 && rows_for(actors, &layout) > most);
    if (layout.table || rows_for(actors, &layout) <= most)
        layout.actors_height = MIN(rows_for(actors, &layout), most);
    else
        layout.actors_height = MAX(most / CARD_HEIGHT, 1) * CARD_HEIGHT;
    layout.actors_height = MIN(layout.actors_height, most);
    spare = rows - layout.actors_height - SMOKE_LEAST - watch;
    if (findings > 0 && spare >= 1 + ROWS_A_FINDING)
        layout.findings_height =
            1 + ROWS_A_FINDING * CLAMP(spare / 3 / ROWS_A_FINDING, 1, MIN(findings, FINDINGS_MOST));
    spare -= layout.findings_height;
    layout.smoke_height = MIN(SMOKE_LEAST + spare / 3, SMOKE_MOST);
    layout.watch_height =
        rows - layout.actors_height - layout.findings_height - layout.smoke_height;
    if (layout.watch_height < 2) { /* a title alone says nothing */
        layout.smoke_height += layout.watch_height;
        layout.watch_height = 0;
    }
    layout.smoke_width = width;
    if (width >= TIMELINE_WIDTH && height >= TIMELINE_HEIGHT)
        layout.smoke_width -= MAX(width * 2 / 5, TIMELINE_LEAST);
    layout.actors_y = ABOVE;
    layout.findings_y = layout.actors_y + layout.actors_height;
    layout.smoke_y = layout.findings_y + layout.findings_height;
    layout.watch_y = layout.smoke_y + layout.smoke_height;
    layout.status_y = height - BELOW;
    return layout;
}
