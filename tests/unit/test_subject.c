/* Wildcards of subjects. */
#include "nats/subject.h"

#include "tests/support/suite.h"

static const struct {
    const char *pattern, *subject;
    gboolean matches;
} cases[] = {
    {"a", "a", TRUE},
    {"a", "b", FALSE},
    {"a.b", "a", FALSE},
    {"a", "a.b", FALSE},
    {"*", "a", TRUE},
    {"*", "a.b", FALSE},
    {"a.*", "a.b", TRUE},
    {"a.*.c", "a.b.c", TRUE},
    {"a.*.c", "a.b.d", FALSE},
    {">", "a", TRUE},
    {">", "a.b.c", TRUE},
    {">", ">", TRUE},
    {">", "", FALSE},
    {"a.>", "a", FALSE},
    {"a.>", "a.b.c", TRUE},
    {"a.>", "a.>", TRUE},
    {"a.*", "a.>", FALSE},
    {"a.*", "a.*", TRUE},
    {"a.b", "a.*", FALSE},
    {"a.b.>", "a.>", FALSE},
    {"heddle.>", "heddle.tasks.incoming", TRUE},
    {"heddle.tasks.*", "heddle.tasks.incoming", TRUE},
    {"heddle.*", "heddle.tasks.incoming", FALSE},
    {"", "a", FALSE},
    {"a", "", FALSE},
    {"a.", "a.", FALSE},
};

START_TEST(a_pattern_covers_what_nats_says_it_covers)
{
    ck_assert_msg(subject_matches(cases[_i].pattern, cases[_i].subject) == cases[_i].matches,
                  "%s and %s", cases[_i].pattern, cases[_i].subject);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("subject");

    tcase_add_loop_test(tcase, a_pattern_covers_what_nats_says_it_covers, 0, G_N_ELEMENTS(cases));
    return suite_run("subject", tcase, 10);
}
