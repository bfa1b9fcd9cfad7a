/* Traffic counts every message by subject, within its bounds, whoever looks meanwhile. */
#include <pthread.h>
#include <string.h>

#include "nats/traffic.h"
#include "tests/support/suite.h"

static const TrafficRow *row_of(const TrafficSample *sample, const char *subject)
{
    for (unsigned i = 0; i < sample->count; i++)
        if (g_str_equal(sample->rows[i].subject, subject))
            return &sample->rows[i];
    return NULL;
}

START_TEST(each_subject_is_counted_by_itself)
{
    Traffic *traffic = traffic_new();
    g_autofree TrafficSample *sample = NULL;

    traffic_put(traffic, "heddle.tasks.incoming", 100);
    traffic_put(traffic, "heddle.tasks.echo.local", 10);
    traffic_put(traffic, "heddle.tasks.incoming", 50);
    sample = traffic_take(traffic);
    ck_assert_uint_eq(sample->count, 2);
    ck_assert_uint_eq(sample->messages, 3);
    ck_assert_uint_eq(sample->bytes, 160);
    ck_assert_str_eq(sample->rows[0].subject, "heddle.tasks.incoming"); /* as they came */
    ck_assert_uint_eq(sample->rows[0].messages, 2);
    ck_assert_uint_eq(sample->rows[0].bytes, 150);
    ck_assert_int_gt(sample->rows[0].wall_us, 0);
    ck_assert_uint_eq(row_of(sample, "heddle.tasks.echo.local")->messages, 1);
    ck_assert_uint_eq(sample->other_messages, 0);
    traffic_unref(traffic);
}
END_TEST

START_TEST(what_does_not_fit_is_counted_as_other)
{
    Traffic *traffic = traffic_new();
    g_autofree TrafficSample *sample = NULL;
    char longest[TRAFFIC_SUBJECT_BYTES + 1];

    memset(longest, 'x', sizeof longest);
    longest[TRAFFIC_SUBJECT_BYTES] = '\0';
    traffic_put(traffic, longest, 7);
    longest[TRAFFIC_SUBJECT_BYTES - 1] = '\0';
    traffic_put(traffic, longest, 1);
    for (unsigned i = 0; i < TRAFFIC_SUBJECTS + 99; i++) {
        g_autofree char *subject = g_strdup_printf("heddle.results.%u", i);

        traffic_put(traffic, subject, 2);
    }
    sample = traffic_take(traffic);
    ck_assert_uint_le(sample->count, TRAFFIC_SUBJECTS);
    ck_assert_uint_gt(sample->count, TRAFFIC_SUBJECTS - 50); /* a few may find no place */
    ck_assert_ptr_nonnull(row_of(sample, longest));
    ck_assert_uint_eq(sample->messages, TRAFFIC_SUBJECTS + 99 + 2);
    ck_assert_uint_eq(sample->other_messages, sample->messages - sample->count);
    ck_assert_uint_eq(sample->other_bytes, 7 + 2 * (sample->other_messages - 1));
    traffic_unref(traffic);
}
END_TEST

START_TEST(branches_are_the_first_two_tokens)
{
    Traffic *traffic = traffic_new();
    TrafficBranch branches[TRAFFIC_BRANCHES];

    traffic_put(traffic, "heddle.tasks.incoming", 1);
    traffic_put(traffic, "heddle.tasks.a.local", 2);
    traffic_put(traffic, "heddle.tasksb.a", 4);
    traffic_put(traffic, "alone", 8);
    ck_assert_uint_eq(traffic_branches(traffic, branches), 3);
    ck_assert_str_eq(branches[0].name, "heddle.tasks");
    ck_assert_uint_eq(branches[0].messages, 2);
    ck_assert_uint_eq(branches[0].bytes, 3);
    ck_assert_str_eq(branches[1].name, "heddle.tasksb");
    ck_assert_str_eq(branches[2].name, "alone");
    for (unsigned i = 0; i < 100; i++) {
        g_autofree char *subject = g_strdup_printf("x.%u", i);

        traffic_put(traffic, subject, 1);
    }
    ck_assert_uint_eq(traffic_branches(traffic, branches), TRAFFIC_BRANCHES);
    traffic_unref(traffic);
}
END_TEST

START_TEST(a_reset_begins_another_era)
{
    Traffic *traffic = traffic_new();
    g_autofree TrafficSample *before = NULL, *after = NULL;

    traffic_put(traffic, "a.b", 1);
    before = traffic_take(traffic);
    traffic_reset(traffic);
    after = traffic_take(traffic);
    ck_assert_uint_eq(after->count, 0);
    ck_assert_uint_eq(after->messages, 0);
    ck_assert_uint_ne(after->era, before->era);
    traffic_put(traffic, "a.c", 1);
    g_free(after);
    after = traffic_take(traffic);
    ck_assert_str_eq(after->rows[0].subject, "a.c");
    traffic_unref(traffic);
}
END_TEST

enum { FLOOD = 200000 };

static void *flood(void *data)
{
    static const char *const subjects[] = {"heddle.tasks.incoming", "heddle.tasks.echo.local",
                                           "heddle.results.default", "heddle.goals.incoming"};

    for (int i = 0; i < FLOOD; i++)
        traffic_put(data, subjects[i % 4], 300);
    return NULL;
}

START_TEST(taking_during_a_flood_loses_no_count)
{
    Traffic *traffic = traffic_new();
    pthread_t threads[2];
    guint64 seen = 0;

    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, flood, traffic);
    while (seen < 2 * FLOOD) {
        g_autofree TrafficSample *sample = traffic_take(traffic);
        guint64 sum = 0;

        for (unsigned i = 0; i < sample->count; i++)
            sum += sample->rows[i].messages;
        ck_assert_uint_eq(sum, sample->messages);
        ck_assert_uint_ge(sum, seen);
        seen = sum;
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(seen, 2 * FLOOD);
    traffic_unref(traffic);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("traffic");

    tcase_add_test(tcase, each_subject_is_counted_by_itself);
    tcase_add_test(tcase, what_does_not_fit_is_counted_as_other);
    tcase_add_test(tcase, branches_are_the_first_two_tokens);
    tcase_add_test(tcase, a_reset_begins_another_era);
    tcase_add_test(tcase, taking_during_a_flood_loses_no_count);
    return suite_run("traffic", tcase, 30);
}
