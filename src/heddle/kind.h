/* The kinds of Heddle actor and what Heddle 0.9.2 does with each when it starts: one row a kind. */
#ifndef HEDDLE_KIND_H
#define HEDDLE_KIND_H

#include <glib.h>

typedef enum ActorKind {
    KIND_UNKNOWN,
    KIND_WORKER,
    KIND_PROCESSOR,
    KIND_PIPELINE,
    KIND_ORCHESTRATOR,
    KIND_SCHEDULER,
    KIND_ROUTER,
    KIND_MCP,
    KIND_COUNT
} ActorKind;

typedef struct KindInfo {
    const char *word;         /* Heddle's command: "worker", "mcp", …; "unknown" */
    const char *default_tier; /* NULL where the kind has no tier */
    gboolean checks_nats; /* start runs the NATS check (FALSE for mcp, whose URL is in its YAML) */
    gboolean checks_env;  /* start runs the environment check */
    const char *subject;  /* what it subscribes: %n is the name, %t the tier; NULL: nothing */
    const char *queue;    /* its queue group, %n as above; NULL: none */
} KindInfo;

/* Row of `kind`; static storage, never NULL. Facts: heddle 0.9.2 cli/, seen at work. */
const KindInfo *kind_info(ActorKind kind);

/* Kind of a word as the command line spells it ("worker", …); KIND_UNKNOWN for any other. */
ActorKind kind_from_word(const char *word);

/* The subject that an actor subscribes at its start, for example "heddle.tasks.echo.local".
 * `name` and `tier` may be NULL where the kind has no use for them. Caller frees; NULL when the
 * kind subscribes nothing. */
char *kind_subject(ActorKind kind, const char *name, const char *tier);

/* Likewise its queue group; NULL when it has none. Caller frees. */
char *kind_queue(ActorKind kind, const char *name);

#define HEDDLE_DEFAULT_URL "nats://nats:4222"
#define HEDDLE_TIERS       3
extern const char *const heddle_tiers[HEDDLE_TIERS]; /* local, standard, frontier */

/* TRUE if `text` is one plain subject token: not empty, and no blank, control character, dot, `*`
 * or `>` in it. Anything else as a worker_type goes astray or kills the router that takes it. */
gboolean subject_token_ok(const char *text);

#endif
