/* Anything may stand in an actor's log: what is made of it is clean and bounded, and holds no login
 * that stood in one piece. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/actor_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_clean(const char *text, gsize size)
{
    if (memchr(text, '\0', size) == NULL || !g_utf8_validate(text, -1, NULL))
        abort();
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            abort();
    if (strstr(text, ":s3cr3t@") != NULL)
        abort();
}

static void must_hold(const LogSummary *sum)
{
    for (unsigned i = 0; i < LOG_MARKS; i++) {
        must_be_clean(sum->notes[i].text, LOG_TEXT_BYTES);
        if (!sum->notes[i].seen && sum->notes[i].text[0] != '\0')
            abort();
    }
    must_be_clean(sum->earlier.text, LOG_TEXT_BYTES);
    must_be_clean(sum->actor, sizeof sum->actor);
    if (sum->died && !sum->notes[LOG_EXCEPTION].seen)
        abort();
    if ((unsigned)sum->stage > LOG_STAGE_STOPPING)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size;
    ActorLines lines = {0};
    guint64 count = 0;

    while (at < end) {
        const char *feed = memchr(at, '\n', (gsize)(end - at));

        if (feed == NULL)
            feed = end;
        actor_lines_take(&lines, at, (gsize)(feed - at));
        must_hold(&lines.summary);
        at = feed + 1;
        count++;
    }
    actor_lines_date(&lines, 1);
    must_hold(&lines.summary);
    if (lines.summary.lines != count)
        abort();
    return 0;
}
