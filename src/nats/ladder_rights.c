/* The eighth rung: what this login may do. Whether it may listen is tried: the server answers a SUB
 * that it refuses at once, and each is taken back in the same breath. Whether it may publish cannot
 * be tried without sending a task, so the server is asked: $SYS.REQ.USER.INFO (2.10 and later,
 * ../shared/facts-nats.md) lists the rights of whoever asks. An older one leaves it untold.
 *
 * The session stands whatever comes of it. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "nats/ladder_internal.h"
#include "nats/subject.h"

enum {
    MAX_LINES = 4096,            /* the bus may talk while we listen to all of it */
    MAX_MESSAGE_BYTES = 4 << 20, /* of any message that comes in between */
    ANSWER_MS = 300,             /* for the server's word on our rights, after its PONG */
    INBOX_SID = 99,
    WORDS_CHARS = 120,
};

#define INCOMING    "heddle.tasks.incoming"
#define USER_INFO   "$SYS.REQ.USER.INFO"
#define WHO_LISTENS "$SYS.REQ.ACCOUNT.PING.CONNZ"

/* What the dashboard and a Heddle mesh cannot do without, and what only some panes need. */
static const struct {
    const char *subject;
    gboolean needed;
    const char *what; /* what is lost without it */
} listens[] = {
    {"heddle.results.default", TRUE, "the smoke's answer cannot be seen"},
    {"heddle.tasks.dead_letter", FALSE, "dead letters cannot be seen"},
    {"heddle.>", FALSE, "the whole bus cannot be watched"},
};

enum { LISTENS = G_N_ELEMENTS(listens) };

typedef struct Rights {
    gboolean denied[LISTENS];
    gboolean asked_in_vain; /* the server does not tell, or not us */
    json_t *told;           /* data of the server's answer; NULL: none came */
} Rights;

/* --- the server's lines --- */

/* Which of ours does "Permissions Violation for Subscription to "heddle.>"" name? */
static void take_error(Rights *rights, RawText line)
{
    g_autofree char *text = g_strndup(line.bytes, line.len);

    for (gsize i = 0; i < LISTENS; i++) {
        g_autofree char *quoted = g_strdup_printf("\"%s\"", listens[i].subject);

        if (strstr(text, quoted) != NULL && strcasestr(text, "subscription") != NULL)
            rights->denied[i] = TRUE;
    }
    if (strstr(text, USER_INFO) != NULL || strstr(text, "_INBOX") != NULL)
        rights->asked_in_vain = TRUE;
}

static void take_answer(Rights *rights, RawText body)
{
    json_error_t error;
    json_t *answer = json_loadb(body.bytes, body.len, 0, &error);
    json_t *data = json_object_get(answer, "data");

    if (json_is_object(data))
        rights->told = json_incref(data);
    else
        rights->asked_in_vain = TRUE;
    json_decref(answer);
}

/* "MSG subject sid [reply] bytes", "HMSG subject sid [reply] header-bytes bytes": read the body. */
static IoEnd take_message(Climb *climb, Rights *rights, RawText line, gint64 until_us)
{
    g_autofree char *text = g_strndup(line.bytes, line.len);
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    guint count = g_strv_length(words);
    gboolean headed = words[0] != NULL && g_ascii_strcasecmp(words[0], "HMSG") == 0;
    guint64 header, size;
    gboolean ours;
    RawText body;
    IoEnd end;

    if (count < (headed ? 5 : 4))
        return IO_TOO_LONG;
    size = g_ascii_strtoull(words[count - 1], NULL, 10);
    header = headed ? g_ascii_strtoull(words[count - 2], NULL, 10) : 0;
    if (size > MAX_MESSAGE_BYTES || header > size)
        return IO_TOO_LONG;
    ours = g_ascii_strtoull(words[2], NULL, 10) == INBOX_SID;
    end = io_bytes(&climb->io, size + 2, until_us, &body);
    if (end == IO_DONE && ours)
        take_answer(rights, raw_bytes(body.bytes + header, size - header)); /* 503: empty */
    return end;
}

static gboolean begins(RawText line, const char *word)
{
    return line.len >= strlen(word) && g_ascii_strncasecmp(line.bytes, word, strlen(word)) == 0;
}

/* Read until PONG, and then until the server has answered or its time is up. */
static IoEnd hear(Climb *climb, Rights *rights, gint64 until_us)
{
    gboolean ponged = FALSE;

    for (int lines = 0; lines < MAX_LINES; lines++) {
        RawText line;
        IoEnd end;

        if (ponged && (rights->told != NULL || rights->asked_in_vain))
            return IO_DONE;
        end = io_line(&climb->io, MAX_LINE_BYTES, until_us, &line);
        if (end == IO_LATE && ponged)
            return IO_DONE;
        if (end != IO_DONE)
            return end;
        if (begins(line, "PONG")) {
            ponged = TRUE;
            until_us = MIN(until_us, clock_now() + ANSWER_MS * 1000);
        } else if (begins(line, "-ERR")) {
            take_error(rights, line);
        } else if (begins(line, "MSG ") || begins(line, "HMSG ")) {
            end = take_message(climb, rights, line, until_us);
            if (end != IO_DONE)
                return end;
        }
    }
    return IO_TOO_LONG;
}

static IoEnd ask(Climb *climb, Rights *rights)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    const char *prefix = access_get(climb->access, ACCESS_INBOX_PREFIX);
    gint64 until = climb_patience(climb);
    g_autofree char *uuid = g_uuid_string_random();
    g_autofree char *inbox = g_strdup_printf("%s.%s", prefix != NULL ? prefix : "_INBOX", uuid);
    IoEnd end;

    for (guint i = 0; i < LISTENS; i++)
        g_string_append_printf(lines, "SUB %s %u\r\nUNSUB %u\r\n", listens[i].subject, i + 1,
                               i + 1);
    g_string_append_printf(lines, "SUB %s %d\r\nPUB " USER_INFO " %s 0\r\n\r\nPING\r\n", inbox,
                           INBOX_SID, inbox);
    end = io_send(&climb->io, lines->str, lines->len, until);
    return end == IO_DONE || end == IO_RESET ? hear(climb, rights, until) : end;
}

/* --- what the server's list of rights says --- */

/* An item is a subject, or "subject queue". */
static gboolean covers(const json_t *list, const char *subject)
{
    for (gsize i = 0; i < json_array_size(list); i++) {
        const char *pattern = json_string_value(json_array_get(list, i));

        if (pattern != NULL && strchr(pattern, ' ') == NULL && subject_matches(pattern, subject))
            return TRUE;
    }
    return FALSE;
}

/* No permissions at all, or no list of allowed ones, is leave for everything. */
static gboolean may_publish(const json_t *told, const char *subject)
{
    const json_t *publish = json_object_get(json_object_get(told, "permissions"), "publish");
    const json_t *allow = json_object_get(publish, "allow");

    if (json_array_size(allow) > 0 && !covers(allow, subject))
        return FALSE;
    return !covers(json_object_get(publish, "deny"), subject);
}

static void show_account(Rung *rung, const json_t *told)
{
    const char *user = json_string_value(json_object_get(told, "user"));
    const char *account = json_string_value(json_object_get(told, "account"));
    g_autofree char *who = text_clean(raw_text(user), WORDS_CHARS);
    g_autofree char *whose = text_clean(raw_text(account), WORDS_CHARS);

    if (account != NULL)
        rung_shows(rung, "account %s, user %s", whose, user != NULL ? who : "(none)");
}

/* --- the rung --- */

static void tell(Rung *rung, const Rights *rights)
{
    gboolean publish_known = rights->told != NULL;
    gboolean publishes = publish_known && may_publish(rights->told, INCOMING);
    const char *lost = NULL;
    gboolean needed = FALSE;

    if (publish_known)
        show_account(rung, rights->told);
    for (gsize i = 0; i < LISTENS; i++) {
        if (!rights->denied[i]) {
            rung_shows(rung, "may subscribe %s", listens[i].subject);
            continue;
        }
        rung_shows(rung, "may NOT subscribe %s: %s", listens[i].subject, listens[i].what);
        rung_shows(rung, "in the user's permissions: subscribe: { allow: [\"%s\"] }",
                   listens[i].subject);
        if (lost == NULL || (listens[i].needed && !needed))
            lost = listens[i].subject;
        needed = needed || listens[i].needed;
    }
    if (!publish_known)
        rung_shows(rung, "publish " INCOMING ": cannot tell on this server; the smoke will");
    else if (publishes)
        rung_shows(rung, "may publish " INCOMING);
    else
        rung_shows(rung, "may NOT publish " INCOMING ": no task of this login reaches a router");
    if (publish_known && !publishes)
        rung_shows(rung, "in the user's permissions: publish: { allow: [\"" INCOMING "\"] }");
    if (publish_known && !may_publish(rights->told, WHO_LISTENS))
        rung_shows(rung, "may NOT publish " WHO_LISTENS ": who listens cannot be seen");

    if (needed)
        rung_breaks(rung, CAUSE_PERMISSIONS, "may not subscribe %s", lost);
    else if (publish_known && !publishes)
        rung_breaks(rung, CAUSE_PERMISSIONS, "may not publish " INCOMING);
    else if (lost != NULL)
        rung_warns(rung, CAUSE_PERMISSIONS, "may not subscribe %s", lost);
    else if (!publish_known)
        rung_cannot_tell(rung, "may listen; whether it may publish, the smoke will tell");
    else
        rung_holds(rung, "may listen and publish");
}

void climb_rights(Climb *climb, Rung *rung)
{
    Rights rights = {0};
    gint64 start = clock_now();
    IoEnd end = ask(climb, &rights);

    if (end == IO_CANCELLED)
        rung_breaks(rung, CAUSE_CANCELLED, "cancelled");
    else if (end != IO_DONE && end != IO_TOO_LONG)
        rung_breaks_io(rung, end, "ping", start);
    else if (end == IO_TOO_LONG)
        rung_cannot_tell(rung, "cannot tell: the bus talks too much");
    else
        tell(rung, &rights);
    json_decref(rights.told);
}
