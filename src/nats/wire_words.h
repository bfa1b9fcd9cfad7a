/* Why a connection ended or was not made, from libnats' words or the server's to our cause and our
 * sentence. */
#ifndef NATS_WIRE_WORDS_H
#define NATS_WIRE_WORDS_H

#include "base/cause.h"

/* `text` is what libnats keeps as its last error: raw, perhaps with the place in its source, the
 * server's -ERR or the peer's bytes in it. Words that no table knows are CAUSE_CLOSED. *sentence:
 * clean, one line, none of the peer's bytes but an -ERR's; the caller's. */
Cause wire_words(const char *text, char **sentence);

#endif
