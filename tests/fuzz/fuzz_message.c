/* Anybody may publish anything: what is read of it as a result, a dead letter or plain text is
 * clean, and a payload that is taken makes a task that can be read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_clean(const char *text, gboolean lines)
{
    if (text == NULL)
        return;
    if (!g_utf8_validate(text, -1, NULL))
        abort();
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' && !(lines && *c == '\n'))
            abort();
}

static void read_result(RawText bytes)
{
    g_autofree char *why = NULL;
    TaskResult *result = message_result(bytes, &why);

    must_be_clean(why, FALSE);
    if ((result == NULL) != (why != NULL))
        abort();
    if (result == NULL)
        return;
    must_be_clean(result->task_id, FALSE);
    must_be_clean(result->worker_type, FALSE);
    must_be_clean(result->status, FALSE);
    must_be_clean(result->error, FALSE);
    must_be_clean(result->output, FALSE);
    message_result_free(result);
}

static void read_dead_letter(RawText bytes)
{
    g_autofree char *why = NULL;
    DeadLetter *letter = message_dead_letter(bytes, &why);

    must_be_clean(why, FALSE);
    if ((letter == NULL) != (why != NULL))
        abort();
    if (letter == NULL)
        return;
    must_be_clean(letter->reason, FALSE);
    must_be_clean(letter->task_id, FALSE);
    must_be_clean(letter->worker_type, FALSE);
    message_dead_letter_free(letter);
}

/* As the payload of a task, and as its worker_type. */
static void make_task(const char *text)
{
    g_autofree char *why = NULL, *none = NULL;
    gboolean ok = message_payload_ok(text, &why);
    g_autofree char *task = message_task("id", "echo", "local", text, 0);
    g_autofree char *typed = message_task("id", text, "local", "{}", 0);
    TaskResult *again;

    must_be_clean(why, FALSE);
    if (ok != (task != NULL))
        abort();
    if (typed != NULL && (strpbrk(text, " \t\r\n.*>") != NULL || text[0] == '\0'))
        abort();
    if (task == NULL)
        return;
    again = message_result(raw_text(task), &none);
    if (again == NULL || strcmp(again->task_id, "id") != 0)
        abort();
    message_result_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    RawText bytes = raw_bytes(data, size);
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autofree char *pretty = message_pretty(bytes);

    must_be_clean(pretty, TRUE);
    read_result(bytes);
    read_dead_letter(bytes);
    make_task(text);
    return 0;
}
