#include "base/cause.h"

const char *cause_word(Cause cause)
{
    static const char *const words[CAUSE_COUNT] = {
#define X(id, word) [CAUSE_##id] = word,
        CAUSES(X)
#undef X
    };
    return words[cause];
}
