/* What libnats says when something ends, in our words: for wire.c alone, which includes libnats
 * too.
 */
#ifndef NATS_WIRE_WORDS_H
#define NATS_WIRE_WORDS_H

#include <nats/nats.h>

#include "base/cause.h"

/* The cause that the server's words, or libnats' own, amount to; CAUSE_CLOSED for all others. */
Cause wire_cause(const char *text);

/* Why a connect that was given `timeout_ms` failed with `s`, on the thread that tried: *cause, and
 * *why in one clean sentence (caller frees). */
void wire_tell_failure(natsStatus s, int timeout_ms, Cause *cause, char **why);

#endif
