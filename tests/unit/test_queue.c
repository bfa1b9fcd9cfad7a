/* Threads hand their news over without loss, and a full queue refuses the least important first. */
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "base/queue.h"
#include "base/runner.h"
#include "tests/support/suite.h"

enum { THREADS = 4, ITEMS = 5000 };

static gboolean readable(int fd, int wait_ms)
{
    struct pollfd in = {.fd = fd, .events = POLLIN};

    return poll(&in, 1, wait_ms) == 1;
}

static void *post_many(void *data)
{
    for (int i = 0; i < ITEMS; i++)
        queue_post(data, g_memdup2(&i, sizeof i), QUEUE_DECISIVE);
    return NULL;
}

START_TEST(all_decisive_items_of_all_threads_arrive)
{
    Queue *queue = queue_new(16, g_free);
    pthread_t threads[THREADS];
    int got = 0;
    void *item;

    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, post_many, queue);
    while (got < THREADS * ITEMS && readable(queue_fd(queue), 5000))
        while ((item = queue_take(queue)) != NULL) {
            g_free(item);
            got++;
        }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(got, THREADS * ITEMS);
    ck_assert(!readable(queue_fd(queue), 0));
    ck_assert_uint_eq(queue_refused(queue), 0);
    queue_free(queue);
}
END_TEST

START_TEST(a_full_queue_refuses_by_class_and_counts)
{
    Queue *queue = queue_new(4, g_free);

    for (int i = 0; i < 3; i++)
        queue_post(queue, g_strdup("routine"), QUEUE_ROUTINE);
    ck_assert_uint_eq(queue_refused(queue), 1);
    for (int i = 0; i < 3; i++)
        queue_post(queue, g_strdup("normal"), QUEUE_NORMAL);
    ck_assert_uint_eq(queue_refused(queue), 2);
    ck_assert(queue_post(queue, g_strdup("decisive"), QUEUE_DECISIVE));
    ck_assert_uint_eq(queue_refused(queue), 2);
    queue_free(queue);
}
END_TEST

START_TEST(items_come_in_order_and_one_wake_up_serves_many)
{
    Queue *queue = queue_new(8, g_free);
    char *first, *second;

    queue_post(queue, g_strdup("first"), QUEUE_NORMAL);
    queue_post(queue, g_strdup("second"), QUEUE_NORMAL);
    ck_assert(readable(queue_fd(queue), 0));
    first = queue_take(queue);
    second = queue_take(queue);
    ck_assert_str_eq(first, "first");
    ck_assert_str_eq(second, "second");
    ck_assert_ptr_null(queue_take(queue));
    ck_assert(!readable(queue_fd(queue), 0));
    g_free(first);
    g_free(second);
    queue_free(queue);
}
END_TEST

static int ran, destroyed;

static void count_run(void *data)
{
    (void)data;
    __atomic_add_fetch(&ran, 1, __ATOMIC_RELAXED);
}

static void count_destroyed(void *data)
{
    (void)data;
    __atomic_add_fetch(&destroyed, 1, __ATOMIC_RELAXED);
}

START_TEST(every_job_runs_or_is_destroyed_once)
{
    Runner *runner = runner_new(4);

    ran = destroyed = 0;
    for (int i = 0; i < 1000; i++)
        runner_add(runner, count_run, &ran, count_destroyed);
    runner_free(runner);
    ck_assert_int_eq(destroyed, 1000);
    ck_assert_int_le(ran, 1000);
}
END_TEST

static void block(void *data)
{
    char byte;

    if (read(*(int *)data, &byte, 1) < 0)
        abort();
}

START_TEST(a_blocked_job_leaves_the_others_running)
{
    Runner *runner = runner_new(4);
    int fds[2], done[2];
    Queue *queue = queue_new(8, g_free);

    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(pipe(done), 0);
    for (int i = 0; i < 3; i++)
        runner_add(runner, block, &fds[0], NULL);
    ran = 0;
    runner_add(runner, count_run, NULL, NULL);
    for (int i = 0; i < 500 && __atomic_load_n(&ran, __ATOMIC_RELAXED) == 0; i++)
        poll(NULL, 0, 10);
    ck_assert_int_eq(__atomic_load_n(&ran, __ATOMIC_RELAXED), 1);
    ck_assert_int_eq(write(fds[1], "xxx", 3), 3);
    runner_free(runner);
    queue_free(queue);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("queue");

    tcase_add_test(tcase, all_decisive_items_of_all_threads_arrive);
    tcase_add_test(tcase, a_full_queue_refuses_by_class_and_counts);
    tcase_add_test(tcase, items_come_in_order_and_one_wake_up_serves_many);
    tcase_add_test(tcase, every_job_runs_or_is_destroyed_once);
    tcase_add_test(tcase, a_blocked_job_leaves_the_others_running);
    return suite_run("queue", tcase, 30);
}
