/* What takes Heddle's actors down is named, with its victim; what does not is let pass; and the
 * cheap look misses nothing that the exact one names. */
#include <string.h>

#include "heddle/message.h"
#include "heddle/poison.h"
#include "tests/support/suite.h"

static const struct {
    const char *subject, *bytes;
    PoisonHarm harm;
    PoisonVictim victim;
} cases[] = {
    {SUBJECT_INCOMING, "[1,2]", POISON_NOT_OBJECT, VICTIM_ROUTER},
    {SUBJECT_INCOMING, " \r\n\tnull", POISON_NOT_OBJECT, VICTIM_ROUTER},
    {SUBJECT_INCOMING, "\"x\"", POISON_NOT_OBJECT, VICTIM_ROUTER},
    {SUBJECT_INCOMING, "-1.5e3", POISON_NOT_OBJECT, VICTIM_ROUTER},
    {SUBJECT_INCOMING, "1e999", POISON_NOT_OBJECT, VICTIM_ROUTER},
    {SUBJECT_INCOMING, "true", POISON_NOT_OBJECT, VICTIM_ROUTER},
    {SUBJECT_INCOMING, "NaN", POISON_NOT_OBJECT, VICTIM_ROUTER},
    {SUBJECT_INCOMING, "-Infinity\n", POISON_NOT_OBJECT, VICTIM_ROUTER},
    {"heddle.tasks.echo.local", "[]", POISON_NOT_OBJECT, VICTIM_WORKER},
    {SUBJECT_GOALS, "7", POISON_NOT_OBJECT, VICTIM_GOALS},
    {"heddle.control.reload", "[]", POISON_NOT_OBJECT, VICTIM_LISTENERS},
    {"heddle.control.other", "[]", POISON_NOT_OBJECT, VICTIM_UI},
    {"heddle.other.incoming", "[]", POISON_NOT_OBJECT, VICTIM_UI},
    {SUBJECT_INCOMING, "{\"worker_type\":\"a b\"}", POISON_WORKER_TYPE, VICTIM_ROUTER},
    {SUBJECT_INCOMING, "{\"worker_type\" : \"a\\n\"}", POISON_WORKER_TYPE, VICTIM_ROUTER},
    {SUBJECT_INCOMING, "{\"worker\\u005ftype\":\"a\\u0020b\"}", POISON_WORKER_TYPE, VICTIM_ROUTER},
    {SUBJECT_INCOMING, "{\"payload\":{\"worker_type\":\"ok\"},\"worker_type\":\"a\\tb\"}",
     POISON_WORKER_TYPE, VICTIM_ROUTER},
    {SUBJECT_INCOMING, "{\"worker_type\":\"a.b\"}", POISON_ASTRAY, VICTIM_NOBODY},
    {SUBJECT_INCOMING, "{\"worker_type\":\"\"}", POISON_ASTRAY, VICTIM_NOBODY},
    {SUBJECT_INCOMING, "{\"worker_type\":\">\"}", POISON_ASTRAY, VICTIM_NOBODY},
    {SUBJECT_INCOMING, "{\"worker_type\":\"echo\",\"parent_task_id\": null}", POISON_NO_PARENT,
     VICTIM_UI},
    {"heddle.control.reload", "{\"action\":\"reload\"}", POISON_RELOAD, VICTIM_NOBODY},
    /* harmless: only logged, dead-lettered, or as it should be */
    {SUBJECT_INCOMING, "", POISON_NONE, VICTIM_NOBODY},
    {SUBJECT_INCOMING, "  ", POISON_NONE, VICTIM_NOBODY},
    {SUBJECT_INCOMING, "[1,2", POISON_NONE, VICTIM_NOBODY},
    {SUBJECT_INCOMING, "\fNaN", POISON_NONE, VICTIM_NOBODY}, /* a form feed is no blank */
    {SUBJECT_INCOMING, "nul", POISON_NONE, VICTIM_NOBODY},
    {SUBJECT_INCOMING, "hello", POISON_NONE, VICTIM_NOBODY},
    {SUBJECT_INCOMING, "\xff\xfe", POISON_NONE, VICTIM_NOBODY},
    {SUBJECT_INCOMING, "{\"worker_type\":7}", POISON_NONE, VICTIM_NOBODY},
    {SUBJECT_INCOMING, "{\"worker_type\":\"echo\",\"payload\":{\"worker_type\":\"a b\"}}",
     POISON_NONE, VICTIM_NOBODY},
    {SUBJECT_INCOMING, "{\"worker_type\":\"echo\"}", POISON_NONE, VICTIM_NOBODY},
    {"heddle.tasks.echo.local", "{\"worker_type\":\"a b\"}", POISON_NONE, VICTIM_NOBODY},
    {"heddle.control.reload", "{\"action\":\"other\"}", POISON_NONE, VICTIM_NOBODY},
};

START_TEST(each_message_is_judged)
{
    gsize len = strlen(cases[_i].bytes);
    Poison *poison = poison_judge(cases[_i].subject, raw_bytes(cases[_i].bytes, len), TRUE);

    if (cases[_i].harm == POISON_NONE) {
        ck_assert_msg(poison == NULL, "%s", cases[_i].bytes);
        return;
    }
    ck_assert_msg(poison != NULL, "%s", cases[_i].bytes);
    ck_assert_int_eq(poison->harm, cases[_i].harm);
    ck_assert_int_eq(poison->victim, cases[_i].victim);
    ck_assert_int_eq(poison_is_deadly(poison), cases[_i].victim > VICTIM_UI);
    ck_assert_int_ne(poison_suspect(cases[_i].subject, cases[_i].bytes, len), SUSPICION_NONE);
    if (poison_is_deadly(poison))
        ck_assert_int_eq(poison_suspect(cases[_i].subject, cases[_i].bytes, len), SUSPICION_FULL);
    poison_free(poison);
}
END_TEST

static const char *const plain[] = {
    "{\"task_id\":\"1\",\"worker_type\":\"echo\",\"payload\":{\"a\":[1,2]},\"parent_task_id\":"
    "\"g\"}",
    "hello",
    "",
};

START_TEST(what_a_mesh_carries_is_not_suspect)
{
    ck_assert_int_eq(poison_suspect(SUBJECT_INCOMING, plain[_i], strlen(plain[_i])),
                     SUSPICION_NONE);
}
END_TEST

static char *nested(unsigned levels, gboolean closed)
{
    GString *text = g_string_new("{\"payload\":");

    for (unsigned i = 0; i < levels; i++)
        g_string_append(text, "{\"a\":");
    g_string_append(text, "1");
    for (unsigned i = 0; closed && i <= levels; i++)
        g_string_append_c(text, '}');
    return g_string_free(text, FALSE);
}

START_TEST(nesting_is_poison_from_where_python_gives_up)
{
    static const unsigned levels[] = {900, 1000, 3000, 100000};
    g_autofree char *text = nested(levels[_i], _i % 2 == 0);
    Poison *poison = poison_judge("heddle.tasks.echo.local", raw_text(text), TRUE);

    if (levels[_i] < POISON_DEPTH) {
        ck_assert_ptr_null(poison);
        return;
    }
    ck_assert_int_eq(poison->harm, POISON_NESTED);
    ck_assert_int_eq(poison->victim, VICTIM_WORKER);
    ck_assert_int_eq(poison_suspect("heddle.tasks.echo.local", text, strlen(text)), SUSPICION_FULL);
    ck_assert_uint_le(g_utf8_strlen(poison->head, -1), POISON_HEAD + 1);
    poison_free(poison);
}
END_TEST

/* Python says at the first byte that this is no JSON. */
START_TEST(nesting_after_garbage_is_never_read)
{
    g_autofree char *deep = nested(3000, FALSE), *text = g_strconcat("\006", deep, NULL);
    g_autofree char *after = g_strconcat("1 ", deep, NULL);

    ck_assert_ptr_null(poison_judge(SUBJECT_GOALS, raw_text(text), TRUE));
    ck_assert_ptr_null(poison_judge(SUBJECT_GOALS, raw_text(after), TRUE));
}
END_TEST

START_TEST(brackets_in_a_string_nest_nothing)
{
    char *text = g_strnfill(5000, '[');

    memcpy(text, "{\"a\":\"", 6);
    memcpy(text + 4998, "\"}", 2);
    ck_assert_int_eq(poison_suspect(SUBJECT_GOALS, text, 5000), SUSPICION_FULL);
    ck_assert_ptr_null(poison_judge(SUBJECT_GOALS, raw_bytes(text, 5000), TRUE));
    g_free(text);
}
END_TEST

START_TEST(what_is_kept_of_it_is_clean_and_names_the_task)
{
    const char *text = "{\"task_id\":\"id\\u001b[2J\",\"worker_type\":\"a \033]0;x\"}";
    Poison *poison = poison_judge(
        SUBJECT_INCOMING, raw_text("{\"task_id\":\"id\\u001b[2J\",\"worker_type\":\"a b\"}"), TRUE);

    ck_assert_str_eq(poison->task_id, "id␛[2J");
    poison_free(poison);
    ck_assert_ptr_null(
        poison_judge(SUBJECT_INCOMING, raw_text(text), TRUE)); /* raw ESC: not JSON */
    poison = poison_judge("heddle.tasks.\033[2J.x", raw_text("[\"\"]"), TRUE);
    ck_assert_str_eq(poison->subject, "heddle.tasks.␛[2J.x");
    poison_free(poison);
    poison =
        poison_judge(SUBJECT_GOALS, raw_text("[\"a"), FALSE); /* cut: cannot be read to its end */
    ck_assert_int_eq(poison->harm, POISON_NOT_OBJECT);
    poison_free(poison);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("poison");

    tcase_add_loop_test(tcase, each_message_is_judged, 0, G_N_ELEMENTS(cases));
    tcase_add_loop_test(tcase, what_a_mesh_carries_is_not_suspect, 0, G_N_ELEMENTS(plain));
    tcase_add_loop_test(tcase, nesting_is_poison_from_where_python_gives_up, 0, 4);
    tcase_add_test(tcase, nesting_after_garbage_is_never_read);
    tcase_add_test(tcase, brackets_in_a_string_nest_nothing);
    tcase_add_test(tcase, what_is_kept_of_it_is_clean_and_names_the_task);
    return suite_run("poison", tcase, 30);
}
