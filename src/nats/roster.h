/* Who is subscribed to what, read from the server's CONNZ replies (../shared/facts-nats.md, "Who is
 * subscribed"). Replies are a stranger's JSON: names in it are cleaned, numbers are checked. */
#ifndef NATS_ROSTER_H
#define NATS_ROSTER_H

#include "base/text.h"

typedef struct RosterSub {
    char *subject, *queue; /* queue "" for none */
    guint64 msgs;          /* delivered to it */
} RosterSub;

/* A connection that holds a matching subscription, as its server tells. Names are clean. */
typedef struct RosterClient {
    guint64 cid;
    char *server; /* id of the server that it is on; a cid is one server's */
    char *server_name;
    char *ip;                    /* as that server sees it */
    unsigned port;               /* likewise: with ip it names one process */
    char *name, *lang, *version; /* of the client library; "" when not told */
    double rtt_ms;               /* server to client; -1 not told */
    gint64 uptime_s;             /* -1 not told */
    guint64 pending_bytes, in_msgs, out_msgs;
    GPtrArray *subs; /* of RosterSub * */
} RosterClient;

typedef struct Roster {
    GPtrArray *clients;   /* of RosterClient * */
    GHashTable *counts;   /* of "subject\nqueue" and "subject\n\n" (in any queue group or none) */
    unsigned connections; /* on all servers that answered, matching or not */
    unsigned servers;     /* that answered */
} Roster;

Roster *roster_new(void);
void roster_free(Roster *roster);

/* Add one server's reply. FALSE with *why (clean, caller frees) when it cannot be read. Takes about
 * 50 ms for 10,000 connections: not for the main thread. */
gboolean roster_read(Roster *roster, RawText reply, char **why);

/* Add what another one holds; its clients change hands. */
void roster_merge(Roster *to, Roster *from);

/* How many are subscribed to exactly `subject` in queue group `queue` (NULL: in none; "*": in any
 * or none). */
unsigned roster_count(const Roster *roster, const char *subject, const char *queue);

/* Calls `visit` for every pair of subject and queue group ("" for none). */
typedef void (*RosterVisit)(const char *subject, const char *queue, unsigned count, void *data);
void roster_foreach(const Roster *roster, RosterVisit visit, void *data);

#endif
