/* Who is subscribed to what, read from the server's CONNZ replies (../shared/facts-nats.md, "Who is
 * subscribed"). Replies are a stranger's JSON: names in it are cleaned, numbers are checked.
 *
 * A roster of 10,000 connections is made and freed every few seconds, so its strings share one
 * chunk, where equal ones are kept once, and its rows lie in two arrays. */
#ifndef NATS_ROSTER_H
#define NATS_ROSTER_H

#include "base/text.h"

/* The name of this program's own connections: what they listen to counts for nothing. */
#define ROSTER_OURS "heddle-preflight"

typedef struct RosterSub {
    const char *subject, *queue; /* queue "" for none */
    guint64 msgs;                /* delivered to it */
} RosterSub;

/* A connection, as its server tells. Names are clean. */
typedef struct RosterClient {
    guint64 cid;
    const char *server; /* id of the server that it is on; a cid is one server's */
    const char *server_name;
    const char *ip;                    /* as that server sees it */
    unsigned port;                     /* likewise: with ip it names one process */
    const char *name, *lang, *version; /* of the client library; "" when not told */
    gboolean ours;           /* of this program, here or elsewhere: it counts for nothing */
    gboolean leaf;           /* a leaf node: it speaks for all that are behind it */
    double rtt_ms;           /* server to client; -1 not told */
    gint64 uptime_s, idle_s; /* -1 not told */
    guint64 pending_bytes, in_msgs, out_msgs;
    unsigned subscriptions;      /* all it has, those not kept below too */
    unsigned first_sub, sub_len; /* those that may get a Heddle message: in roster->subs */
} RosterClient;

typedef struct Roster {
    GArray *clients;    /* of RosterClient */
    GArray *subs;       /* of RosterSub */
    GStringChunk *text; /* all strings above, and the keys below */
    GHashTable *counts; /* of "subject\nqueue" and "subject\n\n" (in any queue group or none) */
    GHashTable *behind; /* likewise, of leaf nodes: they stand for whoever is behind them, and count
                           only where nobody is seen directly */
    unsigned connections; /* on all servers that answered, matching or not */
    unsigned servers;     /* that answered */
    unsigned most, least; /* connections of the server that has most, and least */
    unsigned next_offset; /* a server has more than it told: ask from here; 0: all is told */
} Roster;

Roster *roster_new(void);
void roster_free(Roster *roster);

/* Add one server's reply. FALSE with *why (clean, caller frees), and nothing is added, when it
 * cannot be read. Takes about 50 ms for 10,000 connections: not for the main thread. */
gboolean roster_read(Roster *roster, RawText reply, char **why);

const RosterClient *roster_client(const Roster *roster, unsigned index);
const RosterSub *roster_sub(const Roster *roster, const RosterClient *client, unsigned index);

/* How many are subscribed to exactly `subject` in queue group `queue` (NULL: in none; "*": in any
 * or none). Behind a leaf node whose server does not answer: how many leaf nodes. */
unsigned roster_count(const Roster *roster, const char *subject, const char *queue);

/* Calls `visit` for every pair of subject and queue group ("" for none). */
typedef void (*RosterVisit)(const char *subject, const char *queue, unsigned count, void *data);
void roster_foreach(const Roster *roster, RosterVisit visit, void *data);

/* What to ask for: all connections that may get a message of Heddle's, from `offset` on; or the
 * `limit` connections with the fewest subscriptions (offset: the connections of the smallest server
 * less that many), among which are those that have none. JSON; caller frees. */
char *roster_ask_heddle(unsigned offset);
char *roster_ask_idle(unsigned offset, unsigned limit);

#endif
