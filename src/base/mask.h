/* Logins in text of others: command lines, log lines. What is shown of the operator's own URL is
 * nats/url.h's; here a URL may stand anywhere in the text, whole or not. It masks rather too
 * much: a word with an `@` in it is taken for a login, whatever it is. */
#ifndef BASE_MASK_H
#define BASE_MASK_H

#include <glib.h>

/* What stands for a password or token on the screen. */
#define MASK_BULLETS "•••"

/* Append `len` bytes of `word` to `out`, with bullets for its login (the user's name stays), for
 * what stands where a port should, and for a URL's query. Blanks are part of the word: this is for
 * one argument of a command. The result is no cleaner than `word` was: text_clean() comes after. */
void mask_word(GString *out, const char *word, gsize len);

/* As mask_word(), for each word of a line. A password with a blank in it is no longer one word, so
 * only what stands after the blank is sure to be hidden. */
void mask_line(GString *out, const char *line, gsize len);

#endif
