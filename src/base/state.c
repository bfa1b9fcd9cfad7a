#include "base/state.h"

/* One row a state: how a report spells it, and how bad it is when states are added up. Unknown is
 * worse than a warning, since a verdict of "ok but" would claim more than was seen. */
static const struct {
    const char *word;
    State counts_as;
    int badness;
} states[STATE_COUNT] = {
    [STATE_PENDING] = {"unknown", STATE_UNKNOWN, 2}, [STATE_OK] = {"ok", STATE_OK, 0},
    [STATE_SKIPPED] = {"skipped", STATE_OK, 0},      [STATE_NOT_REACHED] = {"skipped", STATE_OK, 0},
    [STATE_UNKNOWN] = {"unknown", STATE_UNKNOWN, 2}, [STATE_WARN] = {"warn", STATE_WARN, 1},
    [STATE_FAIL] = {"fail", STATE_FAIL, 3},
};

const char *state_word(State state)
{
    return states[state].word;
}

State state_worse(State a, State b)
{
    return states[states[b].counts_as].badness > states[states[a].counts_as].badness
               ? states[b].counts_as
               : states[a].counts_as;
}
