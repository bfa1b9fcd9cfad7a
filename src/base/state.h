/* The one scale on which everything here is judged: a rung, a check, a hop, a finding, a report. */
#ifndef BASE_STATE_H
#define BASE_STATE_H

typedef enum State {
    STATE_PENDING,     /* being looked at; the answer is not in yet */
    STATE_OK,          /* holds */
    STATE_SKIPPED,     /* not needed here */
    STATE_NOT_REACHED, /* something before it broke, so it was not tried */
    STATE_UNKNOWN,     /* looked, cannot tell; the text says why */
    STATE_WARN,        /* works, but somebody should look */
    STATE_FAIL,        /* broken */
    STATE_COUNT
} State;

/* The word a report uses: ok, warn, fail, skipped (not needed, not reached) or unknown (also while
 * pending). Static storage, never NULL. */
const char *state_word(State state);

/* The worse of two, for a verdict: fail, unknown, warn, then ok. Skipped and not reached never make
 * a verdict worse; pending counts as unknown. */
State state_worse(State a, State b);

#endif
