/* The engine: carries out what update() asks for, and brings back what comes of it as events. It
 * owns the threads, the links and the tap; the model belongs to whoever runs the main loop. */
#ifndef MESH_ENGINE_H
#define MESH_ENGINE_H

#include "mesh/update.h"

typedef struct Engine Engine;

typedef struct EngineHow {
    const char *const
        *configs;            /* what the operator named, NULL-terminated; must outlive the engine */
    int timeout_ms;          /* of a NATS check */
    Access *access;          /* what the link has beside its URL; referenced; may be NULL */
    const char *heddle_home; /* ~/.heddle, or NULL */
    const char *monitor_url; /* of our own server; NULL: the ladder tries its usual port */
} EngineHow;

Engine *engine_new(const EngineHow *how);

/* Let go of links and climbs, wait for jobs and threads to end, free. Takes as long as the slowest
 * of them; the dashboard leaves without it. */
void engine_free(Engine *engine);

/* Readable while events wait. */
int engine_fd(const Engine *engine);

/* Readable when engine_sample() has something to give. */
int engine_tap_fd(const Engine *engine);

/* Take the next event, or NULL. The caller frees it with event_free(). */
Event *engine_take(Engine *engine);

/* A tick for now, with a fresh task id in it. The caller frees it. */
Event *engine_tick(Engine *engine);

/* What the tap has since `seq`: at most the newest `most` messages. The caller frees it. */
Event *engine_sample(Engine *engine, guint64 seq, unsigned most);

/* Readable when the watch of heddle.> has new messages; what it has since `seq`, and, four times a
 * second at most, its counters. The caller frees it. */
int engine_bus_fd(const Engine *engine);
Event *engine_sample_bus(Engine *engine, guint64 seq, unsigned most);

/* Carry out all of `effects`, in order, and empty it. Never blocks but for EFFECT_PAUSE, which
 * waits at most 200 ms until the mesh is out of harm's way. */
void engine_perform(Engine *engine, Effects *effects);

/* A task id: a random UUID whose last 12 digits are the same for all of this process, which is the
 * mark that the tap looks for. Caller frees. */
char *engine_task_id(const Engine *engine);

/* Run a job of the caller's on the engine's threads. */
void engine_run(Engine *engine, void (*job)(void *), void *data, GDestroyNotify destroy);

/* Post an event of the caller's. Takes ownership. */
void engine_post(Engine *engine, Event *event);

/* Events that were refused because the queue was full. */
guint64 engine_refused(Engine *engine);

#endif
