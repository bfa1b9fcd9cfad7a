/* Any bytes on any of Heddle's subjects: what is read of them is clean, and whatever the exact
 * judge calls poison the cheap look finds suspect. The first byte picks the subject. */
#include <stdint.h>
#include <stdlib.h>

#include "heddle/message.h"
#include "heddle/note.h"
#include "heddle/poison.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const subjects[] = {
    SUBJECT_INCOMING, "heddle.tasks.echo.local", SUBJECT_DEAD_LETTER,    SUBJECT_RESULTS,
    SUBJECT_GOALS,    "heddle.control.reload",   "heddle.control.other", "heddle.odd",
};

static void must_be_clean(const char *text)
{
    if (text == NULL)
        return;
    if (!g_utf8_validate(text, -1, NULL))
        abort();
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            abort();
}

static void read_note(const char *subject, RawText bytes)
{
    g_autofree char *why = NULL;
    Note *note = note_read(subject, bytes, &why);

    must_be_clean(why);
    if ((note == NULL) != (why != NULL))
        abort();
    if (note == NULL)
        return;
    must_be_clean(note->id);
    must_be_clean(note->parent);
    must_be_clean(note->worker_type);
    must_be_clean(note->tier);
    must_be_clean(note->status);
    must_be_clean(note->text);
    must_be_clean(note->field);
    note_free(note);
}

static void judge(const char *subject, RawText bytes)
{
    Suspicion suspicion = poison_suspect(subject, bytes.bytes, bytes.len);
    Poison *poison = poison_judge(subject, bytes, TRUE);

    if (poison == NULL)
        return;
    if (suspicion == SUSPICION_NONE || (poison_is_deadly(poison) && suspicion != SUSPICION_FULL))
        abort();
    must_be_clean(poison->subject);
    must_be_clean(poison->head);
    must_be_clean(poison->task_id);
    poison_free(poison);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *reason = NULL, *field = NULL;
    DeadReason kind;
    RawText bytes;

    if (size == 0)
        return 0;
    bytes = raw_bytes(data + 1, size - 1);
    read_note(subjects[data[0] % G_N_ELEMENTS(subjects)], bytes);
    judge(subjects[data[0] % G_N_ELEMENTS(subjects)], bytes);
    reason = note_dead_reason(bytes, &kind, &field);
    must_be_clean(reason);
    must_be_clean(field);
    return 0;
}
