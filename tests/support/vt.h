/* A terminal for tests: a program runs in a pseudo-terminal, and what it paints is read through
 * libvterm. Every wait polls with a deadline; nothing sleeps blindly. One thread only. */
#ifndef TESTS_SUPPORT_VT_H
#define TESTS_SUPPORT_VT_H

#include <glib.h>
#include <sys/types.h>

typedef struct Vt Vt;

/* Run argv[0] in a terminal of this size, as the leader of a session of its own. The environment is
 * a known one (PATH, TERM=xterm-256color, LANG=C.UTF-8, TZ=UTC, HOME and XDG folders in a private
 * temporary folder) and then `env`, a NULL-terminated list of NAME=value (NULL: none). */
Vt *vt_start(int columns, int rows, const char *const *argv, const char *const *env);

/* Kill what still runs of it, remove its folder, free. */
void vt_free(Vt *vt);

/* Read what the program wrote, for at most `wait_ms`; returns when something came. */
void vt_pump(Vt *vt, int wait_ms);

/* Read for this long: for what must NOT happen. */
void vt_pass(Vt *vt, int ms);

/* TRUE once the screen holds `text` / does not hold it any more / matches `pattern` (a GRegex over
 * the lines joined by line feeds), at most `wait_ms` from now. */
gboolean vt_wait_text(Vt *vt, const char *text, int wait_ms);
gboolean vt_wait_gone(Vt *vt, const char *text, int wait_ms);
gboolean vt_wait_match(Vt *vt, const char *pattern, int wait_ms);

/* TRUE once the program has ended; *status is that of waitpid(). */
gboolean vt_wait_exit(Vt *vt, int wait_ms, int *status);

/* Type bytes. */
void vt_keys(Vt *vt, const char *bytes);

/* The screen as lines of UTF-8, blanks at their ends cut. Caller frees. */
char *vt_text(Vt *vt);

void vt_resize(Vt *vt, int columns, int rows);

/* While stalled nothing is read: the terminal takes no bytes, like one after Ctrl-S. */
void vt_stall(Vt *vt, gboolean stalled);

/* What some other program writes over the screen. */
void vt_scribble(Vt *vt, const char *bytes);

guint64 vt_bytes(const Vt *vt); /* written by the program so far */
pid_t vt_pid(const Vt *vt);
const char *vt_home(const Vt *vt); /* its private folder */
gboolean vt_alternate_screen(const Vt *vt);
gboolean vt_cursor_visible(const Vt *vt);
gboolean vt_modes_as_found(const Vt *vt); /* termios equals that of before the program */
char *vt_clipboard(const Vt *vt);         /* last OSC 52, decoded; NULL: none. Caller frees. */
gboolean vt_wrote(const Vt *vt, const char *bytes); /* were these bytes ever written? */
gssize vt_last(const Vt *vt, const char *bytes);    /* … and where last; -1: never */

#endif
