/* What the tests in a terminal share: the program on a real nats-server, at the usual sizes. */
#ifndef TESTS_PTY_PTY_H
#define TESTS_PTY_PTY_H

#include "tests/support/server.h"
#include "tests/support/vt.h"

/* How long a test waits for what should come at once; sanitizers are slow, and
 * machines busy. */
enum { SOON_MS = 15000 };

/* $PROGRAM with these arguments (NULL-terminated, without argv[0]) at 80x24. */
Vt *pty_start(const char *const *args, const char *const *env);
Vt *pty_start_sized(int columns, int rows, const char *const *args, const char *const *env);

/* … on a server, with `more` arguments (NULL: none); or with none, and its link has come up. */
Vt *pty_on(const TestServer *server, const char *const *more);
Vt *pty_up(const TestServer *server);

/* Assert that the text comes (or goes), and show the screen when it does not. */
void pty_expect(Vt *vt, const char *text);
void pty_expect_gone(Vt *vt, const char *text);

/* Press q, assert that it ends well, with the terminal as it was found, and free it. */
void pty_quit(Vt *vt);
void pty_assert_restored(Vt *vt);

/* Publish bytes on a subject of the server, by a connection of its own. */
void pty_publish(const TestServer *server, const char *subject, const void *bytes, int len);

/* Is anybody subscribed there? The server itself tells, on a connection of its own. */
gboolean pty_is_heard(const TestServer *server, const char *subject);

/* Wait until somebody is (or nobody is any more), and assert it. */
void pty_expect_heard(Vt *vt, const TestServer *server, const char *subject, gboolean heard);

/* Open files (folder "fd") or threads (folder "task") of the program now. */
int pty_count(const Vt *vt, const char *folder);

/* Its anonymous memory now, KiB. */
double pty_anonymous_kb(const Vt *vt);

#endif
