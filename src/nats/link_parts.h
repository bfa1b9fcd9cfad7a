/* What the two halves of the link share: link.c is the owner's side, link_thread.c the thread's. */
#ifndef NATS_LINK_PARTS_H
#define NATS_LINK_PARTS_H

#include <pthread.h>

#include "base/refs.h"
#include "nats/link.h"

typedef enum CommandKind {
    COMMAND_SEND,
    COMMAND_ROSTER,
    COMMAND_PAUSE,
    COMMAND_RESUME
} CommandKind;

typedef struct Command {
    CommandKind kind;
    char *id, *subject, *bytes, *also;
    TapClass also_class;
    int watch_ms;
    unsigned round; /* of COMMAND_ROSTER */
} Command;

/* The inbox knows a roster's replies by this and the number of the round; other ids are
 * publications. */
#define ROSTER_ID "roster"

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

    pthread_mutex_t lock; /* guards what follows, and is held while posting */
    pthread_cond_t wake, paused_now;
    GQueue commands; /* of Command * */
    gboolean lost, paused;
    gint64 roster_due_us; /* a roster was asked and nothing has come by then; 0: none asked */
    unsigned roster_round;

    int closing; /* atomic: read by the ladder while it climbs, and by hooks */
    int floor;   /* atomic */

    /* of the thread alone */
    unsigned also_number;
    char *also_subject;
    gint64 also_until_us;
};

/* The thread: runs until the link is let go, then drops its reference. */
void *link_run(void *link);

void link_unref(Link *link);
gboolean link_is_closing(Link *link);
void link_command_free(Command *command);

/* Tell the owner, unless the link was let go; takes `news`. Any thread. */
void link_post(Link *link, LinkNews *news);
LinkNews *link_news_new(LinkNewsKind kind);
void link_post_trouble(Link *link, LinkNewsKind kind, const char *id, Cause cause,
                       const char *text);

/* One more thread of a link, or one less. */
void link_count_thread(int by);

#endif
