/* The dashboard's parts: what its loop owns, and what keys do to it. */
#ifndef UI_DASH_H
#define UI_DASH_H

#include "mesh/engine.h"
#include "ui/history.h"
#include "ui/keys.h"
#include "ui/term.h"
#include "ui/view.h"

typedef struct Dash {
    Model *model;
    Engine *engine;
    View *view;
    Canvas *canvas;
    Term *term;
    History *history;
    char *asked;     /* the URL that stood in the editor at first; NULL: none yet */
    gboolean dirty;  /* something may look different */
    gboolean urgent; /* … and the operator waits for it */
    gboolean quit, keep_screen, suspend;
    gboolean flooded; /* messages came so fast that libnats may have had to queue them */
} Dash;

/* Take an event in, carry out what follows, free it. */
void dash_take(Dash *dash, Event *event);

/* dash_keys.c: a key that is not part of a line being edited. */
void dash_key(Dash *dash, gunichar key);

/* Say on the status line what the key just typed did, or why it did nothing. */
void dash_say(Dash *dash, const char *text);

/* dash_move.c: move by `rows` up or down, or left or right, in whatever has the floor; how many
 * rows a page of it has. */
enum { DASH_FAR = 1000000 }; /* to the first or the last */
void dash_move(Dash *dash, int rows);
void dash_turn(Dash *dash, int by);
int dash_page(const Dash *dash);

/* dash_bus.c: between results, dead letters and the whole bus; in its tree: does it have the floor,
 * move, fold, show the messages of what is selected; take up again what the guard has narrowed. */
void dash_turn_watch(Dash *dash, int by);
gboolean dash_in_tree(const Dash *dash);
void dash_move_subject(Dash *dash, int by);
void dash_fold(Dash *dash);
void dash_open_subject(Dash *dash);
void dash_widen(Dash *dash);

/* dash_bus.c: stop the messages or let them flow; copy the selected one, or the command to type
 * next; ask where to save it; the name that is offered (caller frees); take the answer, or return
 * why not. */
void dash_freeze(Dash *dash);
void dash_copy(Dash *dash);
void dash_save(Dash *dash);
char *dash_save_name(const WatchRow *row);
char *dash_take_save(Dash *dash, const char *line);

/* dash_window.c */
void dash_open_window(View *view, Window window, unsigned id);
void dash_open_message(View *view, WatchRow *row);
void dash_close_window(View *view);

/* dash_ask.c: questions on the status line and lines being edited. */
void dash_ask_url(Dash *dash, unsigned actor);
void dash_ask_line(Dash *dash, Ask ask);
void dash_ask_tier(Dash *dash, unsigned actor);
void dash_ask_smoke(Dash *dash, gboolean repeat);
gboolean dash_edits_line(const Dash *dash);
void dash_feed_line(Dash *dash);            /* bytes wait for the line being edited */
void dash_answer(Dash *dash, gunichar key); /* a key for ASK_TIER or ASK_SMOKE */
void dash_leave_question(Dash *dash);       /* Ctrl-C is no answer */

/* dash_smoke.c: the smoke that is set: ask for it where that must be, and publish it; publish it
 * now; one every few seconds from now on, or no more; the next mode. */
void dash_smoke(Dash *dash);
void dash_smoke_now(Dash *dash);
void dash_repeat(Dash *dash);
void dash_mode(Dash *dash);

/* dash_smoke.c: must the operator agree before a smoke: the server is not on loopback, or an LLM
 * may cost? */
gboolean dash_must_ask(const Dash *dash, SmokeMode mode, const char *worker_type);

/* dash_aim.c: smoke the selected actor: offer a payload, ask where it must be asked, send. The
 * payload that is offered (caller frees); take the answer, or return why not; go on with it; send
 * it; forget it. */
void dash_aim(Dash *dash);
char *dash_aim_example(const Dash *dash);
char *dash_take_aim(Dash *dash, const char *line);
void dash_aim_go(Dash *dash);
void dash_aim_send(Dash *dash);
void dash_aim_drop(Dash *dash);

#endif
