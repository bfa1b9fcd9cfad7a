#include "base/origin.h"

const char *origin_word(Origin origin)
{
    static const char *const words[ORIGIN_COUNT] = {
        [ORIGIN_DEFAULT] = "default", [ORIGIN_PROFILE] = "profile",
        [ORIGIN_CONTEXT] = "context", [ORIGIN_ENVIRONMENT] = "environment",
        [ORIGIN_FLAG] = "flag",       [ORIGIN_EDITED] = "edited",
        [ORIGIN_DEMO] = "demo",
    };
    return words[origin];
}
