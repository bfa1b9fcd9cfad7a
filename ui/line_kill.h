/* Taking text out of the line being edited and putting it back. readline keeps what is taken out
 * for as long as the program runs, and gives it to any later prompt; this keeps one piece, wiped
 * when the prompt ends, for it may be a password. */
#ifndef UI_LINE_KILL_H
#define UI_LINE_KILL_H

/* Put ours in the place of readline's, on whatever keys the operator has them. After
 * rl_initialize(). */
void line_kill_bind(void);

/* Forget what was taken out. */
void line_kill_wipe(void);

#endif
