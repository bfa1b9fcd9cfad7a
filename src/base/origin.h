/* Where a setting's value came from. The later in the list, the stronger. */
#ifndef BASE_ORIGIN_H
#define BASE_ORIGIN_H

typedef enum Origin {
    ORIGIN_DEFAULT,
    ORIGIN_PROFILE,
    ORIGIN_CONTEXT,
    ORIGIN_ENVIRONMENT,
    ORIGIN_FLAG,
    ORIGIN_EDITED,
    ORIGIN_DEMO,
    ORIGIN_COUNT
} Origin;

/* "default", "profile", "context", "environment", "flag", "edited", "demo". Static storage. */
const char *origin_word(Origin origin);

#endif
