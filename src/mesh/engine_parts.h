/* What the engine's two files share: engine.c is the main thread's side, engine_jobs.c what runs on
 * runner threads and comes back as events. */
#ifndef MESH_ENGINE_PARTS_H
#define MESH_ENGINE_PARTS_H

#include "base/queue.h"
#include "base/refs.h"
#include "base/runner.h"
#include "mesh/engine.h"
#include "mesh/gather.h"

struct Engine {
    Queue *queue;
    Runner *runner;
    Tap *tap, *bus;
    Traffic *traffic;
    gint64 traffic_us;   /* when it was last taken */
    GHashTable *links;   /* number -> Link * */
    GHashTable *cancels; /* generation -> Cancel *, a reference each */
    Gather *gather;      /* of the roster's replies */
    GHashTable *logs;    /* "actor id\npath" -> ActorLog * */
    const char *const *configs;
    char *heddle_home;
    Access *access;    /* may be NULL */
    char *monitor_url; /* may be NULL */
    int timeout_ms;
    char mark[13]; /* 12 hexadecimal digits */
};

typedef struct Cancel { /* shared by the engine and a climb */
    Refs refs;
    int cancelled; /* atomic */
} Cancel;

typedef struct Job { /* of a runner thread; `engine` outlives it */
    Engine *engine;
    unsigned id, generation;
    char *text, *bytes;
    gsize len;      /* of `bytes` */
    LinkNews *news; /* of a suspect message; NULL otherwise */
    ActorKind forced;
    FileStamp stamp;
    gboolean with_access, with_bus;
    unsigned server;
    gsize payload_bytes;
    ActorLog *log;  /* the engine's; NULL unless it reads one */
    Cancel *cancel; /* a reference of its own; NULL unless it climbs */
} Job;

Job *job_new(Engine *engine);
void job_free(void *job);
void cancel_unref(void *cancel);

/* Post an event that must not be lost; takes it. Any thread. */
void engine_post_decisive(Engine *engine, Event *event);

/* The jobs: each takes a Job *, may block, and posts one event. */
void job_walk(void *job);
void job_check_config(void *job);
void job_check_env(void *job);
void job_climb(void *job);
void job_look_up(void *job);
void job_read_roster(void *job);
void job_ask_monitor(void *job);
void job_judge_suspect(void *job);
void job_save(void *job);
void job_scan_procs(void *job);
void job_read_log(void *job);

/* News of a link, from its threads; takes them. */
void engine_link_news(void *engine, LinkNews *news);

#endif
