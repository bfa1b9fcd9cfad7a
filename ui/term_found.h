/* The terminal as it was found: kept, left for raw mode, and given back whatever way the program
 * ends, from a signal handler too. That handler can be passed nothing, so the state is this file's
 * own, and there is one terminal at a time. */
#ifndef UI_TERM_FOUND_H
#define UI_TERM_FOUND_H

#include <glib.h>

/* Pasted bytes come between marks, or no longer (xterm's bracketed paste). */
#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

/* Keep the modes of `fd`, prepare what gives the terminal back by writing to `out_fd`, which should
 * not block, and have a crash do it. setupterm() was called. FALSE with errno: no terminal. */
gboolean term_found_keep(int fd, int out_fd);

/* Leave these modes for raw ones: also after it was given back. */
void term_found_leave(void);

/* Let a terminal that was stopped by Ctrl-S take bytes again. */
void term_found_let_flow(void);

/* Leave the alternate screen, show the cursor, restore the modes. Does nothing when that was done.
 */
void term_found_give_back(void);

/* Does this terminal mark what is pasted, or at least ignore the request? */
gboolean term_found_marks_paste(void);

#endif
