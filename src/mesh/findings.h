/* Findings: what is wrong with the mesh that no single row tells, each with its evidence, what it
 * leads to and what to type next. Worked out of the model alone, anew after every event that may
 * change one; a finding that does not hold any more is gone by itself. The traps are those of
 * ../shared/facts-heddle.md, "Traps to detect and name". */
#ifndef MESH_FINDINGS_H
#define MESH_FINDINGS_H

#include "mesh/model.h"

struct Finding {
    const char *id;              /* also the id of its remedy (heddle/remedy.h); static */
    State state;                 /* fail or warn */
    char *key;                   /* the same for the same finding in another look */
    char *text;                  /* one sentence */
    GPtrArray *evidence;         /* of char *: what was seen, with times; never empty */
    char *next;                  /* what to type, one command a line; NULL: nothing */
    gint64 since_us, since_wall; /* when it was first found */
    unsigned count;              /* how many actors or findings of its sort it stands for */
    gboolean dismissed;          /* the operator has seen it, and all that it stands for */
    gboolean told;               /* by the timeline too */
    gboolean of_roster;          /* not to be seen while the roster is not known */
};

/* Work them out anew: model->findings, the worst harm first. Those that were there before keep
 * their time and stay dismissed. More than eight of one id are told as one. What only the roster
 * shows is kept, out of sight, while that is not known: it may still hold. For update() only. */
void findings_refresh(Model *model);

/* Another server is in force: what the roster of the old one showed, or would, is gone. */
void findings_forget(Model *model);

/* How many are neither dismissed nor gone; *worst of them (STATE_OK when there is none). */
unsigned findings_count(const Model *model, State *worst);

void finding_free(void *finding);

#endif
