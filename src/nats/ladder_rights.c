/* The eighth rung: what this login may do. */
#include "nats/ladder_internal.h"

void climb_rights(Climb *climb, Rung *rung)
{
    (void)climb;
    rung_skips(rung, "not looked at");
}
