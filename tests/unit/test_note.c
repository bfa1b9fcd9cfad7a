/* What a message says is read by its subject, and a dead letter's reason becomes a sentence. */
#include "heddle/message.h"
#include "heddle/note.h"
#include "tests/support/suite.h"

static Note *read_note(const char *subject, const char *text)
{
    g_autofree char *why = NULL;
    Note *note = note_read(subject, raw_text(text), &why);

    ck_assert_int_eq(note == NULL, why != NULL);
    return note;
}

START_TEST(a_task_is_followed_by_its_ids)
{
    static const char *const task = "{\"task_id\":\"t1\",\"parent_task_id\":\"g1\",\"worker_type\":"
                                    "\"echo\",\"model_tier\":\"local\",\"payload\":{\"a\":1}}";
    Note *note = read_note(SUBJECT_INCOMING, task);

    ck_assert_int_eq(note->kind, NOTE_TASK);
    ck_assert_str_eq(note->id, "t1");
    ck_assert_str_eq(note->parent, "g1");
    ck_assert_str_eq(note->tier, "local");
    ck_assert_str_eq(note->text, "{\"a\":1}");
    note_free(note);
    note = read_note("heddle.tasks.echo.frontier", task);
    ck_assert_int_eq(note->kind, NOTE_ROUTED);
    ck_assert_str_eq(note->tier, "frontier"); /* where it went, not what it asked for */
    note_free(note);
}
END_TEST

START_TEST(results_goals_and_controls_are_told_apart)
{
    Note *note =
        read_note("heddle.results.g1",
                  "{\"task_id\":\"t1\",\"status\":\"failed\",\"error\":\"on \\u001b fire\"}");

    ck_assert_int_eq(note->kind, NOTE_RESULT);
    ck_assert_str_eq(note->status, "failed");
    ck_assert_str_eq(note->text, "on ␛ fire");
    note_free(note);
    note = read_note(SUBJECT_GOALS, "{\"goal_id\":\"g1\",\"instruction\":\"do it\"}");
    ck_assert_int_eq(note->kind, NOTE_GOAL);
    ck_assert_str_eq(note->id, "g1");
    ck_assert_str_eq(note->text, "do it");
    note_free(note);
    note = read_note("heddle.control.reload", "{\"action\":\"reload\"}");
    ck_assert_int_eq(note->kind, NOTE_CONTROL);
    ck_assert_str_eq(note->text, "{\"action\":\"reload\"}");
    note_free(note);
    ck_assert_ptr_null(read_note("heddle.odd", "[1]"));
    ck_assert_ptr_null(read_note("heddle.odd", ""));
}
END_TEST

static const struct {
    const char *reason, *sentence, *field;
    DeadReason kind;
} reasons[] = {
    {"invalid_task_message: 1 validation error for TaskMessage\\nmodel_tier\\n  Input should be "
     "'local', 'standard' or 'frontier' [type=enum, input_value='x', input_type=str]\\n    For "
     "further information visit https://errors.pydantic.dev/2/v/enum",
     "not a valid task: model_tier: Input should be 'local', 'standard' or 'frontier'",
     "model_tier", DEAD_INVALID_TASK},
    {"invalid_task_message: short", "not a valid task: short", NULL, DEAD_INVALID_TASK},
    {"unknown_tier: 'bogus'", "no such tier: 'bogus'", NULL, DEAD_UNKNOWN_TIER},
    {"rate_limited: tier 'local' has no available capacity",
     "the router's limiter had no token left: tier 'local' has no available capacity", NULL,
     DEAD_RATE_LIMITED},
    {"\\u001b[2Jother", "␛[2Jother", NULL, DEAD_OTHER},
};

START_TEST(the_reason_of_a_dead_letter_is_a_sentence)
{
    g_autofree char *text = g_strdup_printf(
        "{\"reason\":\"%s\",\"task_id\":\"t1\",\"worker_type\":\"echo\",\"original_task\":"
        "{\"parent_task_id\":\"g1\"}}",
        reasons[_i].reason);
    Note *note = read_note(SUBJECT_DEAD_LETTER, text);

    ck_assert_int_eq(note->kind, NOTE_DEAD_LETTER);
    ck_assert_int_eq(note->reason, reasons[_i].kind);
    ck_assert_str_eq(note->text, reasons[_i].sentence);
    ck_assert_int_eq(g_strcmp0(note->field, reasons[_i].field), 0);
    ck_assert_str_eq(note->id, "t1");
    note_free(note);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("note");

    tcase_add_test(tcase, a_task_is_followed_by_its_ids);
    tcase_add_test(tcase, results_goals_and_controls_are_told_apart);
    tcase_add_loop_test(tcase, the_reason_of_a_dead_letter_is_a_sentence, 0, G_N_ELEMENTS(reasons));
    return suite_run("note", tcase, 30);
}
