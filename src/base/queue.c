#include "base/queue.h"

#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct Queue {
    pthread_mutex_t lock;
    GQueue items;
    unsigned limit;
    guint64 refused;
    GDestroyNotify destroy;
    int fd;
};

Queue *queue_new(unsigned limit, GDestroyNotify destroy)
{
    Queue *queue = g_new0(Queue, 1);

    pthread_mutex_init(&queue->lock, NULL);
    g_queue_init(&queue->items);
    queue->limit = limit;
    queue->destroy = destroy;
    queue->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (queue->fd < 0)
        g_error("no file descriptor left for the event queue: %s", g_strerror(errno));
    return queue;
}

void queue_free(Queue *queue)
{
    void *item;

    while ((item = queue_take(queue)) != NULL)
        queue->destroy(item);
    close(queue->fd);
    pthread_mutex_destroy(&queue->lock);
    g_free(queue);
}

gboolean queue_post(Queue *queue, void *item, QueueClass class)
{
    unsigned room = class == QUEUE_ROUTINE ? queue->limit / 2 : queue->limit;
    gboolean taken, first = FALSE;

    pthread_mutex_lock(&queue->lock);
    taken = class == QUEUE_DECISIVE || queue->items.length < room;
    if (taken) {
        first = queue->items.length == 0;
        g_queue_push_tail(&queue->items, item);
    } else {
        queue->refused++;
    }
    pthread_mutex_unlock(&queue->lock);
    if (first)
        eventfd_write(queue->fd, 1);
    if (!taken)
        queue->destroy(item);
    return taken;
}

void *queue_take(Queue *queue)
{
    eventfd_t count;
    void *item;

    pthread_mutex_lock(&queue->lock);
    item = g_queue_pop_head(&queue->items);
    /* Emptied under the lock, so that a post after this writes the eventfd anew. */
    if (queue->items.length == 0)
        eventfd_read(queue->fd, &count);
    pthread_mutex_unlock(&queue->lock);
    return item;
}

int queue_fd(const Queue *queue)
{
    return queue->fd;
}

guint64 queue_refused(Queue *queue)
{
    guint64 refused;

    pthread_mutex_lock(&queue->lock);
    refused = queue->refused;
    pthread_mutex_unlock(&queue->lock);
    return refused;
}
