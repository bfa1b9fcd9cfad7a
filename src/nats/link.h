/* The persistent link: one libnats connection to one URL, kept for ever by our own loop on a thread
 * of its own: climb the ladder, connect, serve, and when it is lost begin again after a pause.
 *
 * Why a loop and a thread: libnats 3.4.1 hangs in Connect, in its own reconnect and, while it
 * reconnects, in Close, when a server goes silent at the wrong moment. So its reconnect is off, a
 * watchdog shuts the socket of a Connect that outlives its time, and everything that may block
 * (connect, flush, publish, close, destroy) happens on this thread, where nobody waits for it.
 *
 * News come through a callback, from this thread and from libnats': it must only hand them on. Only
 * wire.c knows nats.h. */
#ifndef NATS_LINK_H
#define NATS_LINK_H

#include "nats/guard.h"
#include "nats/ladder.h"
#include "nats/tap.h"
#include "nats/traffic.h"

typedef enum LinkNewsKind {
    LINK_NEWS_LADDER,   /* a climb ended: `ladder` */
    LINK_NEWS_UP,       /* connected and subscribed, as client `count` of its server */
    LINK_NEWS_RTT,      /* the server answered a heartbeat: `ms`; `count` messages lost so far */
    LINK_NEWS_SILENT,   /* it did not: `cause` and `text` say whose fault it is */
    LINK_NEWS_LOST,     /* the connection ended: `cause`, `text` */
    LINK_NEWS_WAIT,     /* next try in `ms`; `count` tries so far */
    LINK_NEWS_ERROR,    /* the server complained, the connection stands: `cause`, `text` */
    LINK_NEWS_SENT,     /* publication `id` reached the server, which answered after `ms` */
    LINK_NEWS_NOT_SENT, /* it did not: `cause`, `text` */
    LINK_NEWS_NO_RESPONDERS, /* nobody received publication `id` */
    LINK_NEWS_MATCH,         /* a message with the mark: `class`, `subject`, `bytes`, `len` */
    LINK_NEWS_ROSTER,        /* one server's CONNZ reply to request `count`: `bytes`, `len` */
    LINK_NEWS_NO_ROSTER,     /* the server does not tell: `text` */
    LINK_NEWS_NARROWED,      /* `stream` was too much: `count` is its StreamWidth, `text` why */
    LINK_NEWS_STREAM_DENIED, /* the server refuses a subject of `stream`: `text` */
    LINK_NEWS_SUSPECT,       /* seen by the sentinel: `subject`, `bytes`, `len`; `count` others
                                were not told since the last one */
    LINK_NEWS_TRACE,         /* a server's trace of publication `id`: `bytes`, `len` */
    LINK_NEWS_NO_TRACE,      /* the server refused a publication because of its trace: `text` */
} LinkNewsKind;

/* Wide subscriptions, which are taken up and left while the link stands, each under a guard. */
typedef enum LinkStream { STREAM_BUS, STREAM_SENTINEL, LINK_STREAMS } LinkStream;

typedef enum StreamWidth {
    STREAM_WHOLE,
    STREAM_NARROWED, /* without its heaviest part */
    STREAM_LEFT,     /* nothing of it */
} StreamWidth;

typedef struct LinkNews {
    LinkNewsKind kind;
    unsigned link; /* the number that link_open() was given */
    gint64 at_us;  /* monotonic */
    gint64 wall_us;
    Ladder *ladder;
    Cause cause;
    char *text; /* clean */
    char *id;
    TapClass class;
    char *subject;   /* raw */
    char *bytes;     /* raw, and a NUL after them */
    gsize len, size; /* of the bytes here, and of the message (SUSPECT) */
    double ms;
    unsigned count;
    LinkStream stream;
} LinkNews;

void link_news_free(LinkNews *news);

/* Takes ownership of `news`. Called on any thread. */
typedef void (*LinkPost)(void *data, LinkNews *news);

typedef struct LinkWatch { /* what to listen to as long as the link is up */
    const char *subject;   /* static; NULL ends the list */
    TapClass class;
} LinkWatch;

typedef struct LinkStreamHow {
    const char *const *subjects; /* NULL-terminated, static; disjoint */
    /* What stands in for them when they are narrowed: the branches known beforehand, each but the
     * heaviest, and those seen. NULL: the subjects themselves, each but the heaviest. */
    const char *const *branches;
    TapClass class;
    GuardLimits limits;
} LinkStreamHow;

typedef struct LinkHow {
    unsigned number;        /* told in all news */
    const char *url;        /* as typed; copied */
    Access *access;         /* may be NULL; referenced */
    gsize payload_bytes;    /* of the largest message to be sent; 0: unknown */
    int timeout_ms;         /* of the ladder, and of Connect under its watchdog */
    const LinkWatch *watch; /* static */
    Tap *tap;               /* where watched messages go while the link has the floor; referenced */
    LinkPost post;
    void *data;
    const char *monitor_url; /* of the ladder; may be NULL; copied */

    const LinkStreamHow *streams; /* LINK_STREAMS of them, static; NULL: there are none */
    Tap *bus;                     /* where the messages of STREAM_BUS go; referenced */
    Traffic *traffic;             /* likewise */
    /* Is this message one to tell of? 0: no; 1: once a minute is enough; 2: yes. Cheap, since it is
     * asked on libnats' thread for every message of STREAM_SENTINEL; those it takes come as
     * SUSPECT, as many as a small budget allows. */
    int (*suspect)(const char *subject, const char *bytes, gsize len);
} LinkHow;

typedef struct Link Link;

/* Begin. Returns at once. */
Link *link_open(const LinkHow *how);

/* End, without waiting: the thread closes what it has and frees the link. The pointer is dead after
 * this and no news comes any more. Never blocks. */
void link_close(Link *link);

/* How many link threads have not ended yet, over all links: for tests, and for leaving politely. */
unsigned link_threads(void);

/* Whether watched messages go into the tap: only the link in force has the floor. */
void link_set_floor(Link *link, gboolean has_it);

/* Publish `bytes` on `subject`, under `id`, with a reply subject, so that the server says when
 * nobody receives it; watch `also` (a subject, perhaps with wildcards; NULL: none) for `watch_ms`
 * from now. Outcome comes as SENT or NOT_SENT. Copies all. Never blocks. */
typedef struct LinkSend {
    const char *id, *subject, *bytes, *also;
    TapClass also_class;
    int watch_ms;
    gboolean trace; /* ask the server for a trace of it: TRACE, or NO_TRACE and nothing was sent */
} LinkSend;
void link_send(Link *link, const LinkSend *send);

/* Ask every server of the cluster for its connections by $SYS.REQ.ACCOUNT.PING.CONNZ
 * (../shared/facts-nats.md) with `request` (nats/roster.h; copied): a ROSTER for each reply, or
 * NO_ROSTER. `round` tells the replies from those to an earlier request, which are dropped. */
void link_ask_roster(Link *link, unsigned round, const char *request);

/* Take `stream` up, whole, or leave it; it is taken up again by itself when the connection was
 * lost. What the guard has narrowed stays so until it is asked for anew. Never blocks. */
void link_listen(Link *link, LinkStream stream, gboolean on);

/* Leave every subscription, so that a process about to be stopped stalls no publisher; and take
 * them up again. link_pause() waits until the server has confirmed it, at most `wait_ms`. */
void link_pause(Link *link, int wait_ms);
void link_resume(Link *link);

#endif
