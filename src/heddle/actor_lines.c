/* See actor_lines.h. A line becomes an event with its fields, or it is one of the few others that
 * matter; what an event means is a table. */
#include "heddle/actor_lines.h"

#include <string.h>

#include "base/mask.h"
#include "base/text.h"
#include "heddle/log_event.h"

enum { NOTE_CHARS = 200 };

/* Without logins, clean, and cut at a whole character. */
static void keep_text(char *to, gsize size, const char *text, gboolean mask)
{
    g_autoptr(GString) masked = g_string_new(NULL);
    g_autofree char *clean = NULL;
    const char *end;

    if (mask)
        mask_line(masked, text, strlen(text));
    else
        g_string_append(masked, text);
    clean = text_clean(raw_bytes(masked->str, masked->len), NOTE_CHARS);
    g_strlcpy(to, clean, size);
    if (!g_utf8_validate(to, -1, &end))
        to[end - to] = '\0';
}

static void note(ActorLines *lines, LogMark mark, const char *text, gboolean timed)
{
    LogSummary *sum = &lines->summary;
    /* A subject is no URL and is to be told exactly, as long as it does not look like one. */
    gboolean mask = mark != LOG_SUBSCRIBED || strchr(text, ':') != NULL;

    sum->notes[mark] = (LogNote){TRUE, sum->last_us, timed, sum->stage, ""};
    keep_text(sum->notes[mark].text, LOG_TEXT_BYTES, text, mask);
    if (!timed)
        lines->untimed |= 1U << mark;
}

/* A new start: what was known is of another process. */
static void begin(ActorLines *lines)
{
    LogSummary *sum = &lines->summary;

    memset(&sum->earlier, 0, sizeof sum->earlier);
    if (sum->notes[LOG_REFUSED].seen)
        sum->earlier = sum->notes[LOG_REFUSED];
    else if (sum->notes[LOG_EXCEPTION].seen && sum->died)
        sum->earlier = sum->notes[LOG_EXCEPTION];
    memset(sum->notes, 0, sizeof sum->notes);
    sum->stage = LOG_STAGE_STARTING;
    sum->died = FALSE;
    sum->starts++;
    lines->traceback = lines->of_client = FALSE;
    lines->untimed = 0;
}

/* --- events --- */

typedef enum Effect {
    EFFECT_NOTE,
    EFFECT_CONNECT, /* and a start, unless one has begun */
    EFFECT_ACTOR,   /* connected; it says its name */
    EFFECT_RELOADED
} Effect;

/* heddle 0.9.2: bus/nats_adapter.py, core/actor.py, router/router.py. */
static const struct {
    const char *event;
    Effect effect;
    LogMark mark;
    const char *field; /* which gives the text */
    LogStage stage;    /* from here on; NONE: as it was */
} events[] = {
    {"bus.connected", EFFECT_CONNECT, LOG_CONNECTED, "url", LOG_STAGE_CONNECTED},
    {"bus.reconnected", EFFECT_NOTE, LOG_CONNECTED, "url", LOG_STAGE_SUBSCRIBED},
    {"bus.disconnected", EFFECT_NOTE, LOG_DISCONNECTED, "url", LOG_STAGE_LOST},
    {"actor.connected", EFFECT_ACTOR, LOG_CONNECTED, NULL, LOG_STAGE_CONNECTED},
    {"actor.subscribed", EFFECT_NOTE, LOG_SUBSCRIBED, "subject", LOG_STAGE_SUBSCRIBED},
    {"router.running", EFFECT_NOTE, LOG_SUBSCRIBED, NULL, LOG_STAGE_SUBSCRIBED},
    {"actor.reload_failed", EFFECT_NOTE, LOG_RELOAD_FAILED, "error", LOG_STAGE_NONE},
    {"actor.control_listener_error", EFFECT_NOTE, LOG_RELOAD_FAILED, "error", LOG_STAGE_NONE},
    {"actor.reload_completed", EFFECT_RELOADED, LOG_RELOAD_FAILED, NULL, LOG_STAGE_NONE},
    {"actor.shutdown_requested", EFFECT_NOTE, LOG_STOPPED, "signal", LOG_STAGE_STOPPING},
};

static void apply(ActorLines *lines, const LogEvent *event, unsigned row)
{
    LogSummary *sum = &lines->summary;
    g_autofree char *text = NULL;

    if (events[row].field != NULL)
        text = log_event_field(event, events[row].field);
    switch (events[row].effect) {
    case EFFECT_CONNECT:
        if (sum->stage != LOG_STAGE_STARTING)
            begin(lines);
        note(lines, events[row].mark, text != NULL ? text : "", event->at_us != 0);
        break;
    case EFFECT_ACTOR:
        text = log_event_field(event, "actor_id");
        if (text != NULL)
            keep_text(sum->actor, sizeof sum->actor, text, TRUE);
        if (!sum->notes[LOG_CONNECTED].seen)
            note(lines, events[row].mark, "", event->at_us != 0);
        break;
    case EFFECT_RELOADED:
        memset(&sum->notes[events[row].mark], 0, sizeof(LogNote));
        break;
    case EFFECT_NOTE:
        note(lines, events[row].mark, text != NULL ? text : "", event->at_us != 0);
        break;
    }
    if (events[row].stage != LOG_STAGE_NONE)
        sum->stage = events[row].stage;
}

static void take_event(ActorLines *lines, const LogEvent *event)
{
    if (event->at_us != 0) {
        lines->summary.last_us = event->at_us;
        lines->summary.died = FALSE;
        lines->untimed = 0;
    }
    lines->traceback = lines->of_client = FALSE;
    for (unsigned i = 0; i < G_N_ELEMENTS(events); i++)
        if (strcmp(event->name, events[i].event) == 0)
            apply(lines, event, i);
}

/* --- other lines --- */

/* What nats-py 2.16 says when it has lost the server; it goes on only where the callback that
 * Heddle 0.9.2 gives it lets it. */
static const char *const losses[] = {
    "UnexpectedEOF", "StaleConnection",  "stale connection", "ConnectionReset",   "BrokenPipe",
    "TimeoutError",  "ConnectionClosed", "NoServers",        "ConnectionRefused",
};

/* "pkg.SomeError: text", the last line of a traceback. */
static gboolean is_exception(const char *line)
{
    gsize len = strspn(line, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.");

    return len > 0 && !g_ascii_isdigit(*line) && *line != '.' &&
           (line[len] == '\0' || (line[len] == ':' && line[len + 1] == ' '));
}

static void take_exception(ActorLines *lines, const char *line)
{
    gboolean of_client = lines->of_client;

    lines->traceback = lines->of_client = FALSE;
    if (!is_exception(line))
        return;
    for (unsigned i = 0; of_client && i < G_N_ELEMENTS(losses); i++)
        if (strstr(line, losses[i]) != NULL) {
            note(lines, LOG_DISCONNECTED, line, FALSE);
            lines->summary.stage = LOG_STAGE_LOST;
            return;
        }
    note(lines, LOG_EXCEPTION, line, FALSE);
    lines->summary.died = !of_client;
}

/* Heddle's preflight and click, on standard error. */
static gboolean take_start(ActorLines *lines, const char *line)
{
    static const struct {
        const char *prefix;
        LogMark mark; /* LOG_MARKS: none */
        gboolean start;
    } starts[] = {
        {"Pre-flight OK: ", LOG_MARKS, TRUE},
        {"Pre-flight FAIL: ", LOG_REFUSED, TRUE},
        {"Pre-flight WARNING: ", LOG_WARNED, FALSE},
        {"Error: ", LOG_REFUSED, FALSE},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(starts); i++) {
        if (!g_str_has_prefix(line, starts[i].prefix))
            continue;
        if (starts[i].start)
            begin(lines);
        if (starts[i].mark != LOG_MARKS)
            note(lines, starts[i].mark, line + strlen(starts[i].prefix), FALSE);
        return TRUE;
    }
    return FALSE;
}

/* Of an exception group each line stands behind "  | ". */
static const char *in_group(const char *line)
{
    const char *bar = line + strspn(line, " ");

    return *bar == '|' && bar[1] == ' ' ? bar + 2 : line;
}

static gboolean in_box(const char *line)
{
    return g_str_has_prefix(line, "│") || g_str_has_prefix(line, "╭") ||
           g_str_has_prefix(line, "╰") || *line == '+' || *line == '|';
}

static void take_other(ActorLines *lines, const char *whole)
{
    const char *line = in_group(whole);

    if (strstr(line, "ermissions violation for ") != NULL ||
        strstr(line, "ermissions Violation for ") != NULL) {
        note(lines, LOG_VIOLATION, line, FALSE);
        lines->traceback = lines->of_client = FALSE;
    } else if (strstr(line, "nats: encountered error") != NULL) {
        lines->traceback = lines->of_client = TRUE;
    } else if (strstr(line, "Traceback (most recent call last)") != NULL) {
        lines->traceback = TRUE;
    } else if (lines->traceback) {
        if (*line != '\0' && *line != ' ' && !in_box(line)) {
            take_exception(lines, line);
            lines->traceback = line != whole; /* those that the group is made of follow */
        }
    } else {
        take_start(lines, line);
    }
}

/* --- all lines --- */

void actor_lines_take(ActorLines *lines, const char *line, gsize len)
{
    g_autoptr(GString) plain = log_plain(line, len);
    LogEvent event;

    lines->summary.lines++;
    if (log_event_read(&event, plain))
        take_event(lines, &event);
    else
        take_other(lines, plain->str);
    log_event_clear(&event);
}

void actor_lines_date(ActorLines *lines, gint64 wall_us)
{
    for (unsigned i = 0; i < LOG_MARKS; i++)
        if ((lines->untimed & (1U << i)) != 0)
            lines->summary.notes[i].at_us = MAX(wall_us, lines->summary.notes[i].at_us);
    lines->untimed = 0;
}
