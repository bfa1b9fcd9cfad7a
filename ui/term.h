/* The terminal: ncurses works out what to write, but never writes it.
 *
 * curses paints into a file in memory; what it put there goes to the terminal by non-blocking
 * writes on a descriptor of our own. So a terminal that takes nothing (Ctrl-S, a stalled ssh) never
 * blocks the main thread: frames are left out until it takes bytes again. The terminal's modes are
 * ours to set and to restore, from a signal handler too, whatever way the program ends. */
#ifndef UI_TERM_H
#define UI_TERM_H

#include "ui/canvas.h"

typedef struct Term Term;

/* Take the terminal on standard input and output over. NULL with *why (caller frees) when TERM is
 * unknown or it cannot move the cursor. Only one at a time. */
Term *term_open(gboolean no_colour, char **why);

/* Give it back as it was found and free. Waits at most 100 ms for a terminal that takes nothing. */
void term_close(Term *term);

int term_in(const Term *term);  /* readable when keys wait */
int term_out(const Term *term); /* writable when term_flush() can go on */

/* Columns and rows now. */
void term_size(const Term *term, int *width, int *height);

/* Show the canvas, the cursor at (cursor_y, cursor_x) or hidden (-1). FALSE if the terminal has not
 * taken the last frame yet: nothing was done, try again when term_out() is writable. */
gboolean term_show(Term *term, const Canvas *canvas, int cursor_y, int cursor_x);

/* Write what waits. TRUE when nothing waits any more. */
gboolean term_flush(Term *term);

/* Paint everything anew with the next frame. */
void term_repaint(Term *term);

/* Next key (a character or a KEY_CODE_* of ui/keys.h), or 0 when none waits. */
gunichar term_key(Term *term);

/* Whether keys are decoded (TRUE, as at first) or left as bytes on term_in() for the line editor.
 */
void term_decode_keys(Term *term, gboolean on);

/* Put clean text on the clipboard of the terminal that the operator sits at (OSC 52). */
void term_copy(Term *term, const char *text);

/* Give the terminal back, stop this process (as Ctrl-Z does), and take it again when continued. */
void term_suspend(Term *term);

/* Bytes written to the terminal so far. */
guint64 term_bytes(const Term *term);

#endif
