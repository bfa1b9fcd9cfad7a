/* Text from outside, and how it becomes text that may be shown.
 *
 * Whatever comes from the bus, a server, a file or the environment is a RawText until text_clean()
 * has made a string of it. A plain `char *` elsewhere in this program is clean: valid UTF-8 without
 * control characters, so no byte of it can move a cursor, set a title or end a line. The canvas
 * checks once more, but nothing is to rely on that. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <glib.h>

typedef struct RawText {
    const char *bytes; /* not owned, may hold NUL, may be NULL when len is 0 */
    gsize len;         /* bytes */
} RawText;

/* A view of a NUL-terminated string (NULL counts as empty). Owns nothing. */
RawText raw_text(const char *string);

/* A view of `len` bytes. Owns nothing. */
RawText raw_bytes(const void *bytes, gsize len);

/* One line of clean UTF-8, at most `max_chars` characters (0: no limit; an ellipsis marks a cut).
 * C0 controls become their control pictures (ESC is U+241B), everything else that is invisible,
 * changes direction or is not valid UTF-8 becomes U+FFFD. Caller frees with g_free(). Never NULL.
 */
char *text_clean(RawText raw, gsize max_chars);

/* As text_clean(), but line feeds stay line feeds and a tab becomes blanks up to the next multiple
 * of four columns, for text that is laid out over several lines. Caller frees. */
char *text_clean_lines(RawText raw, gsize max_chars);

/* Width of clean text in terminal columns: wide characters count two, combining ones none. */
int text_width(const char *clean);

#endif
