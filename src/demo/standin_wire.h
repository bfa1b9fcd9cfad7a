/* What both stand-ins need of libnats: a connection, subscriptions, a life that ends with the
 * leash. */
#ifndef DEMO_STANDIN_WIRE_H
#define DEMO_STANDIN_WIRE_H

#include <glib.h>
#include <jansson.h>

typedef struct StandinWire StandinWire;

/* A message came: `bytes` are raw. On libnats' delivery thread, one at a time. */
typedef void (*StandinTake)(StandinWire *wire, const char *subject, const char *bytes, gsize len,
                            void *data);

/* Connect. NULL, with the reason on stderr, on failure. */
StandinWire *standin_connect(const char *url);

/* Subscribe in a queue group (NULL: none). FALSE, with the reason on stderr, on failure. */
gboolean standin_listen(StandinWire *wire, const char *subject, const char *queue, StandinTake take,
                        void *data);

/* Publish a JSON object at once, and drop the reference to it. Any thread. */
void standin_publish(StandinWire *wire, const char *subject, json_t *object);

/* Say "ready" on `ready_fd` (-1: to nobody), then serve until SIGTERM, the end of `leash_fd` (-1:
 * none) or of the connection: Heddle's actors do not come back from that either. Frees `wire`. */
int standin_serve(StandinWire *wire, int ready_fd, int leash_fd);

/* "2026-11-23T14:02:11.123Z" now. Caller frees. */
char *standin_time(void);

#endif
