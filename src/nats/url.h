/* A NATS URL as the operator typed it, and what it means. */
#ifndef NATS_URL_H
#define NATS_URL_H

#include <glib.h>

#define NATS_DEFAULT_URL  "nats://localhost:4222"
#define NATS_DEFAULT_PORT 4222

typedef struct NatsUrl {
    char *host; /* without brackets */
    guint16 port;
    gboolean tls;   /* scheme tls:// */
    char *user;     /* NULL if none; %-escapes decoded */
    char *password; /* NULL if none; decoded; wiped when freed. A user without one is a token. */
    char *plain;    /* scheme://host:port, no user info: for libnats and for equality; clean */
    char *shown;    /* as `plain` with user:••• in front of the host: for the screen; clean */
    char *changed;  /* what was changed to make it valid ("added nats://"), or NULL; clean */
} NatsUrl;

/* How many servers `text` lists, between commas; blank ones do not count. 0 for a blank text. */
unsigned nats_url_servers(const char *text);

/* The text of server `index` (from 0) of the list, without blanks around it; NULL if there is none.
 * It may hold a password: nats_url_text_free() wipes it. */
char *nats_url_server(const char *text, unsigned index);
void nats_url_text_free(char *text);

/* Parse a URL, the first of a list of which all must be good: blanks around it are cut, a missing
 * scheme is nats, a missing port 4222, a path is dropped, schemes are taken in any case. ws, wss
 * and others are refused with a reason. Returns NULL with *why set to one clean sentence (caller
 * frees) that never holds a password. The result is the caller's: nats_url_free(). */
NatsUrl *nats_url_parse(const char *text, char **why);
void nats_url_free(NatsUrl *url);
NatsUrl *nats_url_copy(const NatsUrl *url);

/* Same server, same login, same encryption? */
gboolean nats_url_equal(const NatsUrl *a, const NatsUrl *b);

/* `text` with any password or token in it replaced by ••• : works on anything, valid or not, lists
 * too. Clean, one line; caller frees. */
char *nats_url_mask(const char *text);

/* TRUE if the host is loopback by its spelling (localhost, 127.x, ::1): no look-up is made. */
gboolean nats_url_is_loopback(const NatsUrl *url);

/* May both lead to one server, by their spelling: does one of a's servers have host and port of one
 * of b's? All loopback names are one host. FALSE where either is no URL. */
gboolean nats_url_meet(const char *a, const char *b);

/* TRUE if every server that `text` lists is: nothing sent there can leave this machine. */
gboolean nats_url_stays_here(const char *text);

#endif
