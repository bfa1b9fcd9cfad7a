/* The view: paints a model on a canvas. view_draw() is pure: the same model, view and size give the
 * same cells. What the operator is looking at (selection, open window, filter) is the view's state.
 */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "mesh/model.h"
#include "ui/canvas.h"

typedef enum Pane { /* in Tab's order; the first has the floor at the start */
                    PANE_ACTORS,
                    PANE_SMOKE,
                    PANE_WATCH,
                    PANE_HEADER,
                    PANE_COUNT
} Pane;

typedef enum Window { /* what lies over the panes */
                      WINDOW_NONE,
                      WINDOW_HELP,
                      WINDOW_ACTOR,
                      WINDOW_SMOKE,
                      WINDOW_MESSAGE,
                      WINDOW_LADDER,
                      WINDOW_SETTINGS,
                      WINDOW_TIMELINE,
                      WINDOW_FINDINGS
} Window;

typedef enum Ask { /* what the status line asks */
                   ASK_NOTHING,
                   ASK_URL,     /* a line */
                   ASK_FILTER,  /* a line */
                   ASK_PAYLOAD, /* a line */
                   ASK_WORKER,  /* a line */
                   ASK_SAVE,    /* a line: where `save_row` goes */
                   ASK_AIM,     /* a line: the payload for `ask_actor` */
                   ASK_TIER,    /* a key */
                   ASK_SMOKE    /* y or n: publish where others, or money, are concerned? */
} Ask;

typedef enum Shape { SHAPE_FIT, SHAPE_CARDS, SHAPE_TABLE, SHAPES } Shape;

typedef struct View {
    Pane focus;
    Shape shape;
    unsigned actor;        /* id of the selected actor; 0: the first */
    int actor_top;         /* first row of panels that is shown */
    unsigned smoke;        /* number of the selected smoke; 0: the newest */
    TapClass class;        /* of the messages shown */
    guint64 message;       /* sequence number of the selected one; 0: follow the newest */
    gboolean bus_list;     /* of the whole bus: messages have the floor, not subjects */
    char *bus_subject;     /* selected path; NULL: the first */
    GHashTable *bus_folds; /* path -> whether it is open, where the operator said so */
    int bus_screen_row;    /* of the selected subject, so that it stays there */
    WatchRow *save_row;    /* the message that is to be saved; NULL: none */
    GPtrArray *frozen;     /* of WatchRow *: what is shown while frozen; NULL: it flows */
    guint64 frozen_seen[TAP_CLASSES]; /* … and how many of each class had come by then */
    char *filter;                     /* "" none; compared without regard to case */

    Window window;
    unsigned window_id;      /* actor or smoke */
    WatchRow *window_row;    /* the open message */
    GPtrArray *window_lines; /* its text, laid out once: of char * */
    int window_top;
    char *finding;     /* key of the selected one; NULL: the worst */
    int finding_top;   /* its line that the window begins with; below 0: what is before it too */
    guint64 history;   /* number of the entry on top of the timeline; 0: follow the newest */
    int history_shown; /* entries that the window showed when it was last drawn */

    Ask ask;
    unsigned ask_actor;  /* whom it is about; 0: all */
    gboolean ask_repeat; /* of ASK_SMOKE: go on every 5 s */
    unsigned aim_actor;  /* of ASK_SMOKE: whom it is to be aimed at; 0: as it is */
    char *aim_payload;   /* … with this; NULL: none is needed */
    char *edit;          /* clean text of the line being edited */
    int edit_cursor;     /* columns from its start */
    char *edit_trouble;  /* why it cannot be taken; NULL: nothing */

    char *notice; /* what the last key did; NULL: nothing to say */
    gint64 notice_until_us;
    guint64 refused; /* events lost to a full queue */
} View;

View *view_new(void);
void view_free(View *view);

/* Smallest size that shows the panes. */
enum { VIEW_MIN_WIDTH = 40, VIEW_MIN_HEIGHT = 12 };

typedef struct Cursor {
    int y, x; /* y -1: hidden */
} Cursor;

/* Paint all of it. May put `view`'s selections right where what they point at is gone. Returns
 * where the cursor belongs. */
Cursor view_draw(const Model *model, View *view, Canvas *canvas);

/* Actors that pass the filter, in the order of the screen. Free with g_ptr_array_unref(). */
GPtrArray *view_actors(const Model *model, const View *view);

/* Index of the selected one of them: 0 when it is not among them. -1: there are none. */
int view_actor_index(GPtrArray *actors, const View *view);

/* The selected one, or NULL. */
Actor *view_selected_actor(const Model *model, const View *view);

/* Messages of the class shown that pass the filter, oldest first. Free with g_ptr_array_unref(). */
GPtrArray *view_messages(const Model *model, const View *view);

/* Index of the message with sequence number `seq`, else of the newest; -1 when there is none. */
int view_message_index(GPtrArray *rows, guint64 seq);

/* view_bus.c: the whole bus fills the screen while it has the floor; the rows of its tree as they
 * are shown (of const SubjectNode *; free with g_ptr_array_unref()); index of the selected one (0
 * when there is none); its path ("": none; borrowed); whether a branch is open, and the other way
 * round; does a message of the bus pass the filter? */
gboolean view_bus_is_whole(const View *view);
GPtrArray *view_bus_rows(const Model *model, const View *view);
int view_bus_selected(const View *view, GPtrArray *rows);
const char *view_bus_path(const Model *model, const View *view);
gboolean view_bus_is_open(const View *view, const SubjectNode *node);
void view_bus_fold(View *view, const SubjectNode *node);
gboolean view_note_passes(const WatchRow *row, const char *folded_filter);

/* Number of the timeline's entry that is `by` further on than `from` (older: above 0) among those
 * that pass the filter, or of the last on the way there; 0 when none passes. From 0: the newest. */
guint64 view_history_step(const Model *model, const View *view, guint64 from, int by);

/* Index of the selected finding; -1 when there is none. */
int view_selected_finding(const Model *model, const View *view);

/* The selected smoke, or NULL. */
Smoke *view_selected_smoke(const Model *model, const View *view);

/* The command that y copies and a screen shows as next: of the selected actor's worst row, of the
 * link when that is broken, of the selected smoke. NULL: none. Caller frees. */
char *view_next_command(const Model *model, const View *view);

/* How many messages of the class shown have come, kept or not; how many of them since the freeze.
 */
guint64 view_seen(const Model *model, TapClass class);
guint64 view_behind(const Model *model, const View *view);

/* How many findings are not dismissed: those that the main screen has rows for. */
int view_findings_shown(const Model *model);

/* … and how many are. */
int view_findings_dismissed(const Model *model);

/* Say something on the status line for some seconds. `text` is taken. */
void view_say(View *view, gint64 now_us, char *text);

#endif
