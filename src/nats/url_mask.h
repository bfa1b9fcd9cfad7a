/* What parsing and masking a URL have in common. nats_url_mask() itself is in nats/url.h. */
#ifndef NATS_URL_MASK_H
#define NATS_URL_MASK_H

#include <glib.h>

/* What stands for a password or token on the screen. */
#define URL_BULLETS "•••"

/* Does `comma` (in `text`, a list of servers) perhaps belong to a login? "us,er:pw@host" is one
 * server or two; whoever cannot tell must not show what may be half a password. */
gboolean url_comma_is_login(const char *text, const char *comma);

#endif
