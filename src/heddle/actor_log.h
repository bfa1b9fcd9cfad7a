/* Follows the log file of an actor: what is new of it, through rotation and truncation, and what it
 * says that matters (actor_lines.h). Reads a file, so it is for a runner's thread; one thread at a
 * time. */
#ifndef HEDDLE_ACTOR_LOG_H
#define HEDDLE_ACTOR_LOG_H

#include "heddle/actor_lines.h"

typedef struct ActorLog ActorLog;

/* Follow `path` (raw bytes), which need not be there yet. Opens nothing. Free with
 * actor_log_free(). */
ActorLog *actor_log_open(const char *path);

/* Read what is new, at most 1 MiB, beginning at most 256 KiB before the file's end; when more than
 * 8 MiB is waiting, all but the last 256 KiB is passed over. Of a line 16 KiB are looked at. A file
 * that was renamed is read to its end, then the new one of that name from its beginning; one that
 * became shorter from its beginning. Anything but a regular file is refused; nothing waits.
 * TRUE: more is waiting, so call again soon. *summary is all that is known by now. */
gboolean actor_log_poll(ActorLog *log, LogSummary *summary);

void actor_log_free(ActorLog *log); /* NULL is fine */

#endif
