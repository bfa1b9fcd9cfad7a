/* Heddle's messages on the wire: UTF-8 JSON objects, written with the fields that every 0.9.2 takes
 * and read as data from a stranger. Facts: ../shared/facts-heddle.md, "On the wire". */
#ifndef HEDDLE_MESSAGE_H
#define HEDDLE_MESSAGE_H

#include "base/text.h"

#define SUBJECT_INCOMING    "heddle.tasks.incoming"
#define SUBJECT_DEAD_LETTER "heddle.tasks.dead_letter"
#define SUBJECT_RESULTS     "heddle.results.default"
#define SUBJECT_GOALS       "heddle.goals.incoming"

/* A TaskMessage. parent_task_id is left out on purpose: null there takes down every open `heddle
 * ui`, and its absence sends the result to heddle.results.default. `payload` is a JSON object's
 * text (message_payload_ok). `wall_us` becomes created_at. Caller frees; NULL if payload is no
 * object or worker_type no subject token, since such a task would harm the mesh. */
char *message_task(const char *task_id, const char *worker_type, const char *tier,
                   const char *payload, gint64 wall_us);

/* An OrchestratorGoal, as `heddle submit` publishes it. Caller frees. */
char *message_goal(const char *goal_id, const char *instruction, gint64 wall_us);

/* TRUE if `text` is a JSON object. Else *why (caller frees) says what is wrong. */
gboolean message_payload_ok(const char *text, char **why);

typedef struct TaskResult {                                /* strings clean; NULL when absent */
    char *task_id, *worker_type, *status, *error, *output; /* output: compact JSON */
    double ms;                                             /* processing_time_ms; -1 absent */
} TaskResult;

/* Read a TaskResult. NULL with *why (clean, caller frees) when the bytes are not a JSON object. */
TaskResult *message_result(RawText bytes, char **why);
void message_result_free(TaskResult *result);

typedef struct DeadLetter {
    char *reason, *task_id, *worker_type; /* clean; NULL when absent */
} DeadLetter;

DeadLetter *message_dead_letter(RawText bytes, char **why);
void message_dead_letter_free(DeadLetter *letter);

/* The whole message for reading: JSON indented by two, anything else as cleaned text. Caller frees.
 */
char *message_pretty(RawText bytes);

#endif
