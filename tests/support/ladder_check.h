/* Assertions on a climbed ladder, for the tests of nats/ladder. */
#ifndef TESTS_SUPPORT_LADDER_CHECK_H
#define TESTS_SUPPORT_LADDER_CHECK_H

#include <check.h>

#include "nats/ladder.h"

/* It broke at `rung` for `cause`, and nothing after it was reached. */
static inline void ck_broke_at(const Ladder *ladder, RungId rung, Cause cause)
{
    gboolean broken = ladder->broken < RUNG_COUNT;

    ck_assert_msg(ladder->broken == rung && ladder_cause(ladder) == cause,
                  "broke at %s with %s: %s", broken ? rung_word(ladder->broken) : "nothing",
                  cause_word(ladder_cause(ladder)),
                  broken ? ladder->rungs[ladder->broken].text : "");
    for (RungId id = rung + 1; id < RUNG_COUNT; id++) {
        ck_assert_int_eq(ladder->rungs[id].state, STATE_NOT_REACHED);
        ck_assert_ptr_null(ladder->rungs[id].text);
    }
}

/* Likewise, as a failure that says exactly `text`. */
static inline void ck_broken(const Ladder *ladder, RungId rung, Cause cause, const char *text)
{
    ck_broke_at(ladder, rung, cause);
    ck_assert_str_eq(ladder->rungs[rung].text, text);
    ck_assert_int_eq(ladder->rungs[rung].state, STATE_FAIL);
}

static inline void ck_holds(const Ladder *ladder)
{
    ck_broke_at(ladder, RUNG_COUNT, CAUSE_NONE);
}

#endif
