/* What a message on any of Heddle's subjects says, in short: which kind it is, which task or goal
 * it is about, and one line of text. Facts: ../shared/facts-heddle.md, "On the wire". */
#ifndef HEDDLE_NOTE_H
#define HEDDLE_NOTE_H

#include "base/text.h"

typedef enum NoteKind { /* by the subject */
                        NOTE_OTHER,
                        NOTE_TASK,   /* on its way to a router */
                        NOTE_ROUTED, /* a task on its way to a worker */
                        NOTE_RESULT,
                        NOTE_GOAL,
                        NOTE_DEAD_LETTER,
                        NOTE_CONTROL
} NoteKind;

/* "task", "routed", "result", "goal", "dead letter", "control", "". */
const char *note_kind_word(NoteKind kind);
NoteKind note_kind(const char *subject);

typedef enum DeadReason { /* by its first word */
                          DEAD_OTHER,
                          DEAD_INVALID_TASK,
                          DEAD_UNKNOWN_TIER,
                          DEAD_RATE_LIMITED
} DeadReason;

typedef struct Note { /* strings clean; NULL when absent */
    NoteKind kind;
    char *id;     /* task_id, or goal_id of a goal */
    char *parent; /* parent_task_id: the goal that a task or a result belongs to */
    char *worker_type;
    char *tier;         /* that a task asks for, or, once routed, that its subject names */
    char *status;       /* of a result */
    char *text;         /* payload, output or error, instruction, reason in a sentence */
    gboolean no_parent; /* parent_task_id is there and null */
    DeadReason reason;  /* of a dead letter */
    char *field;        /* of DEAD_INVALID_TASK: which field is wrong */
} Note;

/* NULL with *why (clean, caller frees) when the bytes are no JSON object. */
Note *note_read(const char *subject, RawText bytes, char **why);
void note_free(Note *note);

/* What a dead letter's `reason` says, in a sentence (clean, caller frees): of an invalid task the
 * field and what is wrong with it, out of several lines by pydantic. *field: caller frees; NULL
 * where none is named. */
char *note_dead_reason(RawText reason, DeadReason *kind, char **field);

#endif
