/* Counters by subject become a tree whose branches add up. */
#include <string.h>

#include "mesh/subject_tree.h"
#include "tests/support/suite.h"

typedef struct Stage {
    Traffic *traffic;
    SubjectTree *tree;
    gint64 now_us;
} Stage;

static Stage stage_new(void)
{
    return (Stage){traffic_new(), subject_tree_new(), G_USEC_PER_SEC};
}

static void stage_end(Stage *stage)
{
    traffic_unref(stage->traffic);
    subject_tree_free(stage->tree);
}

static void look(Stage *stage, double seconds)
{
    g_autofree TrafficSample *sample = traffic_take(stage->traffic);

    stage->now_us += (gint64)(seconds * G_USEC_PER_SEC);
    subject_tree_take(stage->tree, sample, stage->now_us);
}

static const SubjectNode *node(const Stage *stage, const char *path)
{
    const SubjectNode *found = subject_tree_find(stage->tree, path);

    ck_assert_msg(found != NULL, "no node %s", path);
    return found;
}

START_TEST(branches_add_up_what_is_below)
{
    Stage stage = stage_new();

    traffic_put(stage.traffic, "heddle.tasks.incoming", 10);
    look(&stage, 0);
    for (int i = 0; i < 9; i++)
        traffic_put(stage.traffic, "heddle.tasks.echo.local", 100);
    traffic_put(stage.traffic, "heddle.tasks", 1); /* a branch may be a subject too */
    look(&stage, 2);
    ck_assert_uint_eq(node(&stage, "heddle")->messages, 11);
    ck_assert_uint_eq(node(&stage, "heddle.tasks")->messages, 11);
    ck_assert_uint_eq(node(&stage, "heddle.tasks")->bytes, 911);
    ck_assert_uint_eq(node(&stage, "heddle.tasks.echo.local")->messages, 9);
    ck_assert_double_eq_tol(node(&stage, "heddle.tasks.echo")->rate, 4.5, 0.01);
    ck_assert_double_eq_tol(node(&stage, "heddle.tasks.echo")->bytes_rate, 450, 0.01);
    ck_assert_double_eq_tol(node(&stage, "heddle.tasks.incoming")->rate, 0, 0.01);
    look(&stage, 1);
    ck_assert_double_eq_tol(node(&stage, "heddle")->rate, 0, 0.01);
    stage_end(&stage);
}
END_TEST

START_TEST(children_are_sorted_and_found_again)
{
    static const char *const subjects[] = {"h.c", "h.a", "h.b", "h.aa", "h.a"};
    static const char *const sorted[] = {"a", "aa", "b", "c"};
    Stage stage = stage_new();
    const SubjectNode *h;

    for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
        traffic_put(stage.traffic, subjects[i], 1);
        look(&stage, 0.1);
    }
    h = node(&stage, "h");
    ck_assert_uint_eq(h->children->len, 4);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_str_eq(((SubjectNode *)g_ptr_array_index(h->children, i))->token, sorted[i]);
    ck_assert_uint_eq(node(&stage, "h.a")->messages, 2);
    stage_end(&stage);
}
END_TEST

/* Two subjects that look alike once they are clean are one node; deep ones end in one token. */
START_TEST(hostile_subjects_stay_clean_and_bounded)
{
    Stage stage = stage_new();

    traffic_put(stage.traffic, "h.\xff", 1);
    traffic_put(stage.traffic, "h.\xfe", 1);
    traffic_put(stage.traffic, "h.\033[2J", 1);
    traffic_put(stage.traffic, "a.b.c.d.e.f.g.h.i.j.k", 1);
    traffic_put(stage.traffic, "...", 1);
    look(&stage, 0);
    ck_assert_uint_eq(node(&stage, "h.\xef\xbf\xbd")->messages, 2);
    ck_assert_uint_eq(node(&stage, "h.␛[2J")->messages, 1);
    ck_assert_str_eq(node(&stage, "a.b.c.d.e.f.g.h.i.j.k")->token, "h.i.j.k");
    ck_assert_uint_eq(stage.tree->root->messages, 5);
    stage_end(&stage);
}
END_TEST

START_TEST(what_cannot_be_told_apart_is_counted_all_the_same)
{
    Stage stage = stage_new();
    enum { SUBJECTS = 6000 };

    for (int i = 0; i < SUBJECTS; i++) {
        g_autofree char *subject = g_strdup_printf("heddle.t%d", i);

        traffic_put(stage.traffic, subject, 2);
        if (i == SUBJECTS / 2)
            look(&stage, 1);
    }
    look(&stage, 1);
    ck_assert_uint_gt(stage.tree->other_messages, 0);
    ck_assert_uint_eq(stage.tree->root->messages, SUBJECTS);
    ck_assert_uint_eq(stage.tree->root->bytes, 2 * SUBJECTS);
    ck_assert(stage.tree->root->rate > 0);
    stage_end(&stage);
}
END_TEST

START_TEST(another_era_begins_anew)
{
    Stage stage = stage_new();

    traffic_put(stage.traffic, "a.b", 1);
    look(&stage, 0);
    traffic_reset(stage.traffic);
    traffic_put(stage.traffic, "c", 1);
    traffic_put(stage.traffic, "d", 1);
    look(&stage, 0);
    ck_assert_ptr_null(subject_tree_find(stage.tree, "a.b"));
    ck_assert_uint_eq(node(&stage, "c")->messages, 1);
    stage_end(&stage);
}
END_TEST

START_TEST(a_subject_is_below_its_own_branch_only)
{
    ck_assert(subject_is_below("a.b.c", "a.b"));
    ck_assert(subject_is_below("a.b", "a.b"));
    ck_assert(subject_is_below("a.b", ""));
    ck_assert(!subject_is_below("a.bc", "a.b"));
    ck_assert(!subject_is_below("a", "a.b"));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("subject_tree");

    tcase_add_test(tcase, branches_add_up_what_is_below);
    tcase_add_test(tcase, children_are_sorted_and_found_again);
    tcase_add_test(tcase, hostile_subjects_stay_clean_and_bounded);
    tcase_add_test(tcase, what_cannot_be_told_apart_is_counted_all_the_same);
    tcase_add_test(tcase, another_era_begins_anew);
    tcase_add_test(tcase, a_subject_is_below_its_own_branch_only);
    return suite_run("subject_tree", tcase, 30);
}
