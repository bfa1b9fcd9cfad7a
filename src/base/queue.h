/* The bounded queue on which every thread hands its news to the main thread.
 *
 * Any thread posts, one thread takes. An eventfd is readable while something waits: it is written
 * once when the queue goes from empty to not, so a thousand posts wake the main loop once. Items
 * have a class; when the queue is full, an item of a lesser class is refused and counted, and a
 * decisive one (connection state, the reply to a smoke) is always taken. pthreads rather than
 * GAsyncQueue, since ThreadSanitizer sees into the one and not into the other. */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <glib.h>

typedef enum QueueClass {
    QUEUE_ROUTINE,  /* refused when more than half full: the next one says the same */
    QUEUE_NORMAL,   /* refused when full */
    QUEUE_DECISIVE, /* never refused */
} QueueClass;

typedef struct Queue Queue;

/* `limit` items; `destroy` frees an item that nobody takes. Never NULL. */
Queue *queue_new(unsigned limit, GDestroyNotify destroy);

/* Only once no other thread can post any more. */
void queue_free(Queue *queue);

/* Hand `item` over. FALSE if it was refused: it is destroyed then. Any thread; blocks for no more
 * than the lock. */
gboolean queue_post(Queue *queue, void *item, QueueClass class);

/* Oldest item, or NULL when none waits. The caller owns it. Only the taking thread. */
void *queue_take(Queue *queue);

/* Readable while items wait. Owned by the queue. */
int queue_fd(const Queue *queue);

/* How many items were refused since the start. */
guint64 queue_refused(Queue *queue);

#endif
