/* A server may say anything: INFO, -ERR or what only a stranger says. What is kept of it is clean.
 */
#include <stdint.h>
#include <stdlib.h>

#include "nats/ladder_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_clean(const char *text)
{
    if (text == NULL)
        return;
    if (!g_utf8_validate(text, -1, NULL) || g_utf8_strlen(text, -1) > 200)
        abort();
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Climb climb = {.ladder = g_new0(Ladder, 1), .io = {.fd = -1}};
    RawText said = raw_bytes(data, size);
    Rung rung = {0};
    Cause cause = CAUSE_COUNT;
    const char *other;
    g_autofree char *words = NULL, *why = info_read(said, &climb, &other);

    must_be_clean(why);
    must_be_clean(climb.ladder->info.name);
    must_be_clean(climb.ladder->info.version);
    must_be_clean(climb.ladder->info.cluster);
    must_be_clean(climb.ladder->info.id);
    for (char **one = climb.ladder->info.others; one != NULL && *one != NULL; one++)
        must_be_clean(*one);
    if (climb.ladder->info.max_payload < 0)
        abort();
    if (refusal_read(said, size % 2 == 0, &cause, &words) &&
        (cause >= CAUSE_COUNT || cause == CAUSE_NONE || words == NULL))
        abort();
    must_be_clean(words);
    stranger_named(&rung, said);
    must_be_clean(rung.text);
    g_free(rung.text);
    g_free(climb.nonce);
    ladder_free(climb.ladder);
    return 0;
}
