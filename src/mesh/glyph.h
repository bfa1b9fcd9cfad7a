/* The glyphs of states, in UTF-8 and for terminals that have only ASCII. Each is one column wide.
 */
#ifndef MESH_GLYPH_H
#define MESH_GLYPH_H

#include "base/state.h"

#include <glib.h>

/* One glyph for a state: ✓ ! ✗ – · ? … or + ! x - . ? ~ . Static storage. */
const char *glyph_state(State state, gboolean ascii);

/* An ASCII character that stands for `c`, one column wide like it; '?' when there is none. */
char glyph_ascii(gunichar c);

#endif
