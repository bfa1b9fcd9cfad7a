/* What the URL's files have in common, and nobody else includes: nats/url.h is for all. */
#ifndef NATS_URL_MASK_H
#define NATS_URL_MASK_H

#include "base/mask.h"
#include "nats/url.h"

/* What stands for a password or token on the screen. */
#define URL_BULLETS MASK_BULLETS

/* Does `comma` (in `text`, a list of servers) perhaps belong to a login? "us,er:pw@host" is one
 * server or two; whoever cannot tell must not show what may be half a password. */
gboolean url_comma_is_login(const char *text, const char *comma);

/* At most as long as this, a list too. */
enum { URL_MAX_BYTES = 4096 };

/* nats_url_parse() of one server. NULL with *refusal (static) when it is none. */
NatsUrl *url_parse_one(const char *text, const char **refusal);

#endif
