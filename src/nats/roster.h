/* Who is subscribed to what, read from the server's CONNZ replies (../shared/facts-nats.md, "Who is
 * subscribed"). Replies are a stranger's JSON: names in it are cleaned, numbers are checked. */
#ifndef NATS_ROSTER_H
#define NATS_ROSTER_H

#include "base/text.h"

typedef struct Roster {
    GHashTable *counts;   /* of "subject\nqueue" and "subject\n\n" (in any queue group or none) */
    unsigned connections; /* on all servers that answered, matching or not */
    unsigned servers;     /* that answered */
} Roster;

Roster *roster_new(void);
void roster_free(Roster *roster);

/* Add one server's reply. FALSE with *why (clean, caller frees) when it cannot be read. Takes about
 * 50 ms for 10,000 connections: not for the main thread. */
gboolean roster_read(Roster *roster, RawText reply, char **why);

/* Add what another one holds. */
void roster_merge(Roster *to, const Roster *from);

/* How many are subscribed to exactly `subject` in queue group `queue` (NULL: in none; "*": in any
 * or none). */
unsigned roster_count(const Roster *roster, const char *subject, const char *queue);

/* Calls `visit` for every pair of subject and queue group ("" for none). */
typedef void (*RosterVisit)(const char *subject, const char *queue, unsigned count, void *data);
void roster_foreach(const Roster *roster, RosterVisit visit, void *data);

#endif
