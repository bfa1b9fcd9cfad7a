/* The tap counts everything, keeps the newest, finds the mark, and stays within its memory. */
#include <poll.h>
#include <pthread.h>
#include <string.h>

#include "nats/tap.h"
#include "tests/support/suite.h"

static gboolean put(Tap *tap, const char *text)
{
    return tap_put(tap, TAP_RESULT, "heddle.results.default", text, strlen(text));
}

START_TEST(newest_are_kept_and_gaps_show)
{
    Tap *tap = tap_new(8, 256);
    GPtrArray *records;
    TapRecord *first, *last;

    for (int i = 1; i <= 20; i++) {
        char text[16];

        g_snprintf(text, sizeof text, "m%d", i);
        put(tap, text);
    }
    records = tap_take(tap, 3, 100);
    first = g_ptr_array_index(records, 0);
    last = g_ptr_array_index(records, records->len - 1);
    ck_assert_uint_eq(records->len, 8);
    ck_assert_uint_eq(first->seq, 13);
    ck_assert_str_eq(first->bytes, "m13");
    ck_assert_str_eq(last->bytes, "m20");
    ck_assert_str_eq(last->subject, "heddle.results.default");
    ck_assert_uint_eq(tap_counts(tap).seen[TAP_RESULT], 20);
    g_ptr_array_unref(records);
    records = tap_take(tap, 20, 100);
    ck_assert_uint_eq(records->len, 0);
    g_ptr_array_unref(records);
    tap_unref(tap);
}
END_TEST

START_TEST(mark_is_found_also_beyond_what_is_kept)
{
    Tap *tap = tap_new(4, 64);
    char *large = g_strnfill(10000, 'x');

    memcpy(large + 9000, "MARK", 4);
    ck_assert(!put(tap, large));
    tap_set_mark(tap, "MARK");
    ck_assert(put(tap, large));
    ck_assert(!put(tap, "other"));
    ck_assert(tap_put(tap, TAP_TASK, "heddle.tasks.echo.local", "a MARK", 6));
    tap_set_mark(tap, NULL);
    ck_assert(!put(tap, large));
    g_free(large);
    tap_unref(tap);
}
END_TEST

START_TEST(tasks_are_looked_through_but_do_not_push_results_out)
{
    Tap *tap = tap_new(4, 64);
    GPtrArray *records;

    put(tap, "result");
    for (int i = 0; i < 100; i++)
        tap_put(tap, TAP_TASK, "heddle.tasks.echo.local", "task", 4);
    records = tap_take(tap, 0, 100);
    ck_assert_uint_eq(records->len, 1);
    ck_assert_uint_eq(tap_counts(tap).seen[TAP_TASK], 100);
    g_ptr_array_unref(records);
    tap_unref(tap);
}
END_TEST

START_TEST(long_messages_are_whole_while_the_budget_lasts)
{
    Tap *tap = tap_new(64, 128);
    char *large = g_strnfill(1000 * 1000, 'y');
    GPtrArray *records;
    unsigned whole = 0;
    TapRecord *last;

    for (int i = 0; i < 10; i++)
        put(tap, large);
    records = tap_take(tap, 0, 64);
    for (unsigned i = 0; i < records->len; i++) {
        const TapRecord *record = g_ptr_array_index(records, i);

        ck_assert_uint_eq(record->size, 1000 * 1000);
        whole += record->len == record->size;
    }
    last = g_ptr_array_index(records, records->len - 1);
    ck_assert_uint_eq(last->len, last->size);
    ck_assert_uint_eq(whole, 2); /* of 2 MiB */
    g_ptr_array_unref(records);
    g_free(large);
    tap_unref(tap);
}
END_TEST

START_TEST(one_wake_up_serves_a_whole_frame)
{
    Tap *tap = tap_new(8, 64);
    struct pollfd in = {.fd = tap_fd(tap), .events = POLLIN};

    ck_assert_int_eq(poll(&in, 1, 0), 0);
    for (int i = 0; i < 100; i++)
        put(tap, "x");
    ck_assert_int_eq(poll(&in, 1, 0), 1);
    g_ptr_array_unref(tap_take(tap, 0, 8));
    ck_assert_int_eq(poll(&in, 1, 0), 0);
    put(tap, "y");
    ck_assert_int_eq(poll(&in, 1, 0), 1);
    tap_unref(tap);
}
END_TEST

static void *flood(void *data)
{
    for (int i = 0; i < 20000; i++)
        put(data, "{\"status\":\"completed\"}");
    return NULL;
}

START_TEST(sampling_during_a_flood_loses_no_count)
{
    Tap *tap = tap_new(32, 128);
    pthread_t threads[2];
    guint64 seq = 0;

    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, flood, tap);
    while (seq < 40000) {
        GPtrArray *records = tap_take(tap, seq, 32);

        for (unsigned i = 0; i < records->len; i++) {
            const TapRecord *record = g_ptr_array_index(records, i);

            ck_assert_uint_gt(record->seq, seq);
            ck_assert_str_eq(record->bytes, "{\"status\":\"completed\"}");
            seq = record->seq;
        }
        g_ptr_array_unref(records);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(tap_counts(tap).seen[TAP_RESULT], 40000);
    tap_unref(tap);
}
END_TEST

START_TEST(reset_forgets_and_counts_anew)
{
    Tap *tap = tap_new(8, 64);
    GPtrArray *records;

    put(tap, "old");
    tap_reset(tap);
    put(tap, "new");
    records = tap_take(tap, 0, 8);
    ck_assert_uint_eq(records->len, 1);
    ck_assert_str_eq(((TapRecord *)g_ptr_array_index(records, 0))->bytes, "new");
    ck_assert_uint_eq(tap_counts(tap).seen[TAP_RESULT], 1);
    g_ptr_array_unref(records);
    tap_unref(tap);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("tap");

    tcase_add_test(tcase, newest_are_kept_and_gaps_show);
    tcase_add_test(tcase, mark_is_found_also_beyond_what_is_kept);
    tcase_add_test(tcase, tasks_are_looked_through_but_do_not_push_results_out);
    tcase_add_test(tcase, long_messages_are_whole_while_the_budget_lasts);
    tcase_add_test(tcase, one_wake_up_serves_a_whole_frame);
    tcase_add_test(tcase, sampling_during_a_flood_loses_no_count);
    tcase_add_test(tcase, reset_forgets_and_counts_anew);
    return suite_run("tap", tcase, 30);
}
