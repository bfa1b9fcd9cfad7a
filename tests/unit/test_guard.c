/* The guard lets a burst pass and stops a flood, a drop, a pile. */
#include "nats/guard.h"
#include "tests/support/suite.h"

static const GuardLimits limits = {200000, 100e6, 16384, 4 * 1024 * 1024};

typedef struct Stage {
    Guard guard;
    Load load;
    gint64 now_us;
} Stage;

static Stage stage_new(void)
{
    Stage stage = {.now_us = 50 * G_USEC_PER_SEC, .load = {.messages = 1000, .dropped = 3}};

    guard_begin(&stage.guard, stage.now_us, &stage.load);
    return stage;
}

/* `seconds` of traffic; the first verdict that is not HOLDS, or the last. */
static GuardVerdict flow(Stage *stage, double seconds, double messages_s, double bytes_each)
{
    GuardVerdict verdict = GUARD_HOLDS;

    for (int i = 0; i < (int)(seconds * 5 + 0.5) && verdict == GUARD_HOLDS; i++) {
        stage->now_us += GUARD_EVERY_MS * 1000;
        stage->load.messages += (guint64)(messages_s / 5);
        stage->load.bytes += (guint64)(messages_s / 5 * bytes_each);
        verdict = guard_judge(&stage->guard, &limits, stage->now_us, &stage->load);
    }
    return verdict;
}

START_TEST(what_a_mesh_carries_holds)
{
    Stage stage = stage_new();

    ck_assert_int_eq(flow(&stage, 60, 150000, 300), GUARD_HOLDS);
    ck_assert_double_eq_tol(stage.guard.messages, 150000, 1);
}
END_TEST

START_TEST(a_flood_is_told_within_a_second)
{
    Stage stage = stage_new();
    gint64 begin = stage.now_us;
    g_autofree char *words = NULL;

    ck_assert_int_eq(flow(&stage, 5, 912345, 10), GUARD_MESSAGES);
    ck_assert_int_le(stage.now_us - begin, G_USEC_PER_SEC);
    words = guard_words(&stage.guard, GUARD_MESSAGES);
    ck_assert_str_eq(words, "912,345 messages a second");
}
END_TEST

START_TEST(a_burst_is_no_flood)
{
    Stage stage = stage_new();

    ck_assert_int_eq(flow(&stage, 3, 100, 10), GUARD_HOLDS);
    ck_assert_int_eq(flow(&stage, 0.2, 600000, 10), GUARD_HOLDS);
    ck_assert_int_eq(flow(&stage, 3, 100, 10), GUARD_HOLDS);
    ck_assert_int_eq(flow(&stage, 3, 300000, 10), GUARD_MESSAGES);
}
END_TEST

START_TEST(bytes_count_too)
{
    Stage stage = stage_new();
    g_autofree char *words = NULL;

    ck_assert_int_eq(flow(&stage, 5, 1000, 200000), GUARD_BYTES);
    words = guard_words(&stage.guard, GUARD_BYTES);
    ck_assert_str_eq(words, "200 MB a second");
}
END_TEST

START_TEST(drops_and_piles_are_told_at_once)
{
    Stage stage = stage_new();
    g_autofree char *words = NULL;

    stage.load.pending = 20000;
    ck_assert_int_eq(flow(&stage, 0.2, 10, 10), GUARD_PENDING);
    stage.load.pending = 0;
    stage.load.pending_bytes = 5 * 1024 * 1024;
    ck_assert_int_eq(flow(&stage, 0.2, 10, 10), GUARD_PENDING);
    stage.load.pending_bytes = 0;
    ck_assert_int_eq(flow(&stage, 0.2, 10, 10),
                     GUARD_HOLDS); /* drops before it began do not count */
    stage.load.dropped++;
    ck_assert_int_eq(flow(&stage, 0.2, 10, 10), GUARD_DROPPED);
    words = guard_words(&stage.guard, GUARD_DROPPED);
    ck_assert_str_eq(words, "messages were dropped at 10 messages a second");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("guard");

    tcase_add_test(tcase, what_a_mesh_carries_holds);
    tcase_add_test(tcase, a_flood_is_told_within_a_second);
    tcase_add_test(tcase, a_burst_is_no_flood);
    tcase_add_test(tcase, bytes_count_too);
    tcase_add_test(tcase, drops_and_piles_are_told_at_once);
    return suite_run("guard", tcase, 30);
}
