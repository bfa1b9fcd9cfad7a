/* What the lines of an actor's log say, and what of it decides something: Heddle 0.9.2 with
 * structlog's console form (colours even in a file), or its JSON form; nats-py's own words on
 * standard error; Python's tracebacks, plain or in rich's box; Docker's json-file around any of
 * these. Recorded from the real actors: tests/fuzz/corpus/log.
 *
 * One log is one actor, started again and again: what is known is of its last start. */
#ifndef HEDDLE_ACTOR_LINES_H
#define HEDDLE_ACTOR_LINES_H

#include <glib.h>

/* How far the actor has come, by its own words. */
typedef enum LogStage {
    LOG_STAGE_NONE, /* it has said nothing of it */
    LOG_STAGE_STARTING,
    LOG_STAGE_CONNECTED,
    LOG_STAGE_SUBSCRIBED, /* or so it thinks: the server may have refused */
    LOG_STAGE_LOST,       /* its connection; Heddle 0.9.2 never comes back from here */
    LOG_STAGE_STOPPING
} LogStage;

typedef enum LogMark {
    LOG_CONNECTED,     /* text: the URL, masked */
    LOG_SUBSCRIBED,    /* text: the subject; empty for a router, which does not say */
    LOG_DISCONNECTED,  /* text: nats-py's reason */
    LOG_RELOAD_FAILED, /* text: why; gone after a reload that works */
    LOG_EXCEPTION,     /* text: last line of the traceback, "nats.errors.BadSubjectError: …" */
    LOG_VIOLATION,     /* text: what the server refused, though Heddle says actor.subscribed */
    LOG_REFUSED,       /* text: why it did not start, in Heddle's words */
    LOG_WARNED,        /* text: warning of its environment check */
    LOG_STOPPED,       /* text: the signal, "SIGTERM" */
    LOG_MARKS
} LogMark;

enum { LOG_TEXT_BYTES = 512 };

typedef struct LogNote {
    gboolean seen;
    gint64 at_us;   /* wall clock; 0: unknown */
    gboolean exact; /* FALSE: the line has no time, and at_us is when it was written to the file, or
                       the time of the line before it */
    LogStage stage; /* when it was said: an exception in LOG_STAGE_CONNECTED is one between
                       connected and subscribed */
    char text[LOG_TEXT_BYTES]; /* one clean line without logins, at most 200 characters */
} LogNote;

/* A value, to be copied into an event: it points nowhere. */
typedef struct LogSummary {
    LogStage stage;
    LogNote notes[LOG_MARKS];
    LogNote earlier; /* how the start before ended: its exception, or why it was refused */
    unsigned starts; /* seen so far */
    gboolean died;   /* nothing with a time came after the exception: it ended the process */
    gint64 last_us;  /* time of the last line that has one; 0: none */
    guint64 lines;   /* read so far */
    guint64 skipped; /* bytes that were passed over, since more was written than is read */
    char actor[128]; /* actor_id, "processor-echo-local"; clean */
    char trouble[LOG_TEXT_BYTES]; /* why the file cannot be read, "is not there"; empty: it can */
} LogSummary;

/* Between lines. All zero to begin with; owns nothing. */
typedef struct ActorLines {
    LogSummary summary;
    gboolean traceback; /* the exception is still to come */
    gboolean of_client; /* and it is nats-py that reports it */
    unsigned untimed;   /* marks set since the last line that has a time, a bit each */
} ActorLines;

/* Take one line, `len` bytes without its line feed. */
void actor_lines_take(ActorLines *lines, const char *line, gsize len);

/* What was said last without a time was written at `wall_us`: to be called when all that is in the
 * file has been taken. */
void actor_lines_date(ActorLines *lines, gint64 wall_us);

#endif
