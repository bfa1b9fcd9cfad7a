/* One line of structlog, taken apart: console form or JSON. Internal to actor_lines.c. */
#ifndef HEDDLE_LOG_EVENT_H
#define HEDDLE_LOG_EVENT_H

#include <glib.h>

typedef struct LogEvent {
    gint64 at_us;       /* wall clock; 0: the line does not say */
    char *name;         /* raw, "actor.connected"; NULL unless read */
    const char *fields; /* console form: `key=value` …, in the line it was read from */
    void *json;         /* JSON form: the object, owned; NULL otherwise */
} LogEvent;

/* `len` bytes of a line without the escape sequences that colour it, and without NULs; what
 * Docker's json-file wraps is unwrapped. Caller frees. */
GString *log_plain(const char *line, gsize len);

/* FALSE when `line` is no event. Clear with log_event_clear() whatever the answer; `line` must live
 * as long. */
gboolean log_event_read(LogEvent *event, const GString *line);
void log_event_clear(LogEvent *event);

/* Value of a field, raw, with Python's quotes and escapes undone; NULL when there is none. Caller
 * frees. */
char *log_event_field(const LogEvent *event, const char *key);

#endif
