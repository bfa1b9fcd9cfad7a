/* What the parts of the link share: link.c is the owner's side, link_thread.c the thread's,
 * link_hooks.c what libnats' threads do for it. */
#ifndef NATS_LINK_PARTS_H
#define NATS_LINK_PARTS_H

#include <pthread.h>

#include "base/refs.h"
#include "nats/link.h"
#include "nats/wire.h"

typedef enum CommandKind {
    COMMAND_SEND,
    COMMAND_ROSTER,
    COMMAND_LISTEN,
    COMMAND_PAUSE,
    COMMAND_RESUME
} CommandKind;

typedef struct Command {
    CommandKind kind;
    char *id, *subject, *bytes, *also;
    TapClass also_class;
    int watch_ms;
    gboolean trace;
    unsigned round; /* of COMMAND_ROSTER */
} Command;

/* The inbox knows a roster's replies by this and the number of the round; other ids are
 * publications. */
#define ROSTER_ID "roster"
enum { SUSPECTS_AT_ONCE = 8, SUSPECT_EVERY_US = 500 * 1000, SUSPECT_BYTES = 1024 * 1024 };
enum { LESSER_EVERY_US = 60 * 1000 * 1000 };

/* A stream as its link's thread keeps it. */
typedef struct Stream {
    gboolean open; /* it is subscribed now */
    StreamWidth width;
    GPtrArray *subjects; /* of char *: what is, or would be, subscribed; NULL: nothing */
    GArray *numbers;     /* of unsigned: wire_subscribe()'s, beside them */
    Guard guard;
    gint64 judge_us; /* when the guard is asked next */
    GArray *before;  /* of guint64: messages of each part when it was last asked */
} Stream;

/* Referenced by the owner until link_close(), by the thread, and by a wire until its last hook. */
struct Link {
    Refs refs;
    unsigned number;
    char *url;
    Access *access; /* may be NULL */
    gsize payload_bytes;
    int timeout_ms;
    char *monitor_url;
    const LinkWatch *watch;
    Tap *tap;
    LinkPost post;
    void *post_data;
    const LinkStreamHow *streams; /* may be NULL */
    Tap *bus;                     /* may be NULL, as the next two */
    Traffic *traffic;
    int (*suspect)(const char *subject, const char *bytes, gsize len);

    pthread_mutex_t lock; /* guards what follows, and is held while posting */
    pthread_cond_t wake, paused_now;
    GQueue commands; /* of Command * */
    gboolean lost, paused;
    Cause lost_cause;     /* of the connection that was lost last */
    gint64 roster_due_us; /* a roster was asked and nothing has come by then; 0: none asked */
    unsigned roster_round;
    gboolean roster_told; /* over this connection one has come */

    gboolean wanted[LINK_STREAMS];
    unsigned asked[LINK_STREAMS]; /* how often it was taken up or left */

    int hurry;                        /* atomic: a guard is asked before its time */
    guint64 since_look[LINK_STREAMS]; /* atomic: messages since its guard was asked last */
    int closing;                      /* atomic: read by the ladder while it climbs, and by hooks */
    int floor;                        /* atomic */
    int no_inbox;                     /* atomic: the server refuses us our inbox */

    /* of the one libnats thread that delivers the sentinel's messages */
    gint64 suspect_us; /* the budget is full again at this time */
    gint64 lesser_us;  /* nor is one of the lesser told before this time */
    unsigned suspects_untold;

    /* of the thread alone */
    unsigned also_number;
    char *also_subject;
    gint64 also_until_us;
    Stream open_streams[LINK_STREAMS];
    unsigned heeded[LINK_STREAMS]; /* `asked`, as far as it was carried out */
};

/* The thread: runs until the link is let go, then drops its reference. */
void *link_run(void *link);

/* link_hooks.c: what a wire of this link is given to call; the last of them drops a reference,
 * which whoever connects takes before. */
WireHooks link_hooks(Link *link);

void link_unref(Link *link);
gboolean link_is_closing(Link *link);
void link_command_free(Command *command);

/* Tell the owner, unless the link was let go; takes `news`. Any thread. */
void link_post(Link *link, LinkNews *news);
LinkNews *link_news_new(LinkNewsKind kind);
void link_post_trouble(Link *link, LinkNewsKind kind, const char *id, Cause cause,
                       const char *text);

/* link_stream.c. On the thread: carry out what was asked; ask the guards that are due; when that is
 * next (G_MAXINT64: never); forget what a lost or paused wire held; take it up again on another. */
void link_streams_sync(Link *link, Wire *wire);
void link_streams_judge(Link *link, Wire *wire);
gint64 link_streams_due(const Link *link);
void link_streams_close(Link *link);
void link_streams_open(Link *link, Wire *wire);
void link_streams_clear(Link *link);

/* On libnats' threads: a message of a stream; a refusal, TRUE when it is about one. */
void link_stream_message(Link *link, TapClass class, const char *subject, const char *bytes,
                         gsize len);
gboolean link_stream_denied(Link *link, const char *text);

/* With a NUL after them, so that no reader can run past the end. Caller frees. */
char *link_copy_bytes(const char *bytes, gsize len);

/* Which connection it was: where to, and by which number that server knew it. */
typedef struct LinkEnd {
    const char *address, *server_id; /* may be NULL: then nobody is asked */
    guint64 cid;                     /* 0: not known */
} LinkEnd;

/* link_reason.c: of a connection that was lost without a word the server's monitoring port is asked
 * why, at most 250 ms; if it tells, that is posted as one more LINK_NEWS_LOST. The link's thread.
 */
void link_tell_reason(Link *link, const LinkEnd *end);

/* How long to pause before the next try: 250 ms after a connection that stood (`tries` 0), twice
 * that after each climb that failed, 5 s at most; less up to a quarter, at random. Milliseconds. */
int link_backoff_ms(unsigned tries);

/* One more thread of a link, or one less. */
void link_count_thread(int by);

#endif
