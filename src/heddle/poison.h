/* Poison: messages that take Heddle 0.9.2's actors down, and how to tell them. Facts:
 * ../shared/facts-heddle.md, "Poison messages"; Python's json gives up at some 1,000 levels (tried
 * with 3.11, which counts the caller's frames too). */
#ifndef HEDDLE_POISON_H
#define HEDDLE_POISON_H

#include "base/text.h"

typedef enum PoisonHarm {
    POISON_NONE,
    POISON_NOT_OBJECT,  /* JSON, but a list, a string, a number, true, false or null */
    POISON_NESTED,      /* deeper than Python's json can read */
    POISON_WORKER_TYPE, /* of a task for the router: white space in it */
    POISON_ASTRAY,      /* of a task: worker_type is empty or holds a dot, * or > */
    POISON_NO_PARENT,   /* of a task: parent_task_id is null, which ends every open `heddle ui` */
    POISON_RELOAD,      /* none at all: a reload that is asked for as it should be */
    POISON_HARMS
} PoisonHarm;

typedef enum PoisonVictim {
    VICTIM_NOBODY,
    VICTIM_UI,        /* every open `heddle ui`, and no actor */
    VICTIM_ROUTER,    /* the one that takes it, or every one of no queue group */
    VICTIM_WORKER,    /* a worker or processor on that very subject */
    VICTIM_GOALS,     /* a pipeline and an orchestrator: one of each queue group */
    VICTIM_LISTENERS, /* of every actor but the router: the part that listens for reloads */
} PoisonVictim;

typedef struct Poison {
    PoisonHarm harm;
    PoisonVictim victim;
    char *subject; /* clean */
    char *head;    /* its first POISON_HEAD characters, clean */
    char *task_id; /* clean; NULL when it has none */
} Poison;

enum { POISON_HEAD = 256, POISON_DEPTH = 950 };

typedef enum Suspicion { SUSPICION_NONE, SUSPICION_LESSER, SUSPICION_FULL } Suspicion;

/* Is it worth a closer look? Cheap (a first byte, two searches and a count of brackets), never
 * misses what poison_judge() would name. LESSER: it harms no actor. */
Suspicion poison_suspect(const char *subject, const char *bytes, gsize len);

/* Exactly: parses all of it, so not for the main thread. `whole`: FALSE when `bytes` is only the
 * beginning of a message. NULL when it does no harm (bad JSON is only logged). Free with
 * poison_free(). */
Poison *poison_judge(const char *subject, RawText bytes, gboolean whole);
void poison_free(Poison *poison);

/* A word: "not an object", "nested too deep", …; whom it takes down, in words. Static storage. */
const char *poison_word(PoisonHarm harm);
const char *poison_victims(PoisonVictim victim);

/* Does it take an actor down? */
gboolean poison_is_deadly(const Poison *poison);

#endif
