/* Flows: messages that belong together, tied by their ids. A task is seen on its way to the router,
 * then on its way to a worker, then its result or its dead letter; a goal has tasks that name it as
 * their parent. Fed with what was sampled of the bus, so under a flood some are missed. Pure, and
 * bounded: the last FLOWS_KEPT. */
#ifndef MESH_FLOWS_H
#define MESH_FLOWS_H

#include "heddle/note.h"

enum { FLOWS_KEPT = 1000, FLOW_ID = 64, FLOW_WORD = 40 };

typedef struct Flow { /* strings are clean; NULL until seen; times: microseconds since the epoch, 0
                         not seen */
    char *id, *parent, *worker_type, *tier;
    gboolean is_goal;
    gint64 asked_us;            /* task on heddle.tasks.incoming, or goal */
    gint64 routed_us;           /* task on a worker's subject */
    gint64 ended_us;            /* its result, or its dead letter */
    char *routed_tier, *status; /* status: of the result, "dead letter" */
    char *reason;               /* of the dead letter, in a sentence */
    unsigned routed, ended;     /* how often; more than once: two routers, two workers */
} Flow;

typedef struct Flows Flows;

Flows *flows_new(void);
void flows_free(Flows *flows);
void flows_clear(Flows *flows);

/* Take one message in. */
void flows_note(Flows *flows, const Note *note, gint64 wall_us);

/* The flow of this task or goal, or NULL. Borrowed until the next flows_note(). */
const Flow *flows_find(const Flows *flows, const char *id);

/* The tasks of a goal, oldest first: of const Flow *, borrowed. Free with g_ptr_array_unref(). */
GPtrArray *flows_of_goal(const Flows *flows, const char *goal_id);

/* "routed to local after 0.4 ms, completed after 2.1 ms". Caller frees. */
char *flow_sentence(const Flow *flow);

/* From the first that was seen of it to its end, milliseconds; -1 when one of both is not known. */
double flow_ms(const Flow *flow);

#endif
