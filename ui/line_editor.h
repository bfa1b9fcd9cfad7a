/* One line being edited, by GNU readline's callback interface: its kill ring, undo, history and the
 * operator's own inputrc. readline touches no terminal here: bytes are fed to it one at a time, and
 * the view draws its buffer. readline is global, so there is one editor at a time. */
#ifndef UI_LINE_EDITOR_H
#define UI_LINE_EDITOR_H

#include <glib.h>

typedef enum LineOutcome {
    LINE_GOING,
    LINE_ACCEPTED,
    LINE_CANCELLED,
    LINE_SUSPEND /* Ctrl-Z: the line waits as it is */
} LineOutcome;

/* Begin with `initial` in the buffer and the cursor at its end; `history` (of char *, oldest first;
 * NULL: none) is walked with the arrow keys. */
void line_editor_begin(const char *initial, GPtrArray *history);

/* Feed what waits on `fd` (the terminal, in raw mode). Reads what is there and returns; a lone Esc
 * is told from a key by waiting 25 ms for more. After LINE_ACCEPTED and LINE_CANCELLED the editor
 * has ended. */
LineOutcome line_editor_feed(int fd);

/* Give up, as Esc does. */
void line_editor_cancel(void);

/* The buffer now, raw as typed, and the cursor in bytes. Borrowed until the next call. */
const char *line_editor_text(void);
int line_editor_cursor(void);

/* After LINE_ACCEPTED: the line. The caller wipes and frees it. */
char *line_editor_take(void);

#endif
