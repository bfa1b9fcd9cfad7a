#include "nats/subject.h"

#include <string.h>

gboolean subject_matches(const char *pattern, const char *subject)
{
    for (;;) {
        gsize wide = strcspn(pattern, "."), len = strcspn(subject, ".");

        if (wide == 1 && pattern[0] == '>' && pattern[1] == '\0')
            return len > 0;
        if (len == 1 && subject[0] == '>' && subject[1] == '\0')
            return FALSE; /* many tokens, and the pattern takes one here */
        if (len == 0 || ((wide != 1 || pattern[0] != '*') &&
                         (wide != len || memcmp(pattern, subject, len) != 0)))
            return FALSE;
        pattern += wide;
        subject += len;
        if (*pattern == '\0' || *subject == '\0')
            return *pattern == *subject;
        pattern++;
        subject++;
    }
}
