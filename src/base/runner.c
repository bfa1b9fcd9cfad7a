#include "base/runner.h"

#include <pthread.h>
#include <signal.h>

typedef struct Job {
    RunnerJob run;
    void *data;
    GDestroyNotify destroy;
} Job;

struct Runner {
    pthread_mutex_t lock;
    pthread_cond_t more;
    GQueue jobs; /* of Job * */
    pthread_t *threads;
    unsigned made, wanted, idle;
    gboolean ending;
};

static void job_free(Job *job)
{
    if (job->destroy != NULL)
        job->destroy(job->data);
    g_free(job);
}

static void *work(void *data)
{
    Runner *runner = data;

    pthread_mutex_lock(&runner->lock);
    for (;;) {
        Job *job;

        while (runner->jobs.length == 0 && !runner->ending) {
            runner->idle++;
            pthread_cond_wait(&runner->more, &runner->lock);
            runner->idle--;
        }
        if (runner->ending)
            break;
        job = g_queue_pop_head(&runner->jobs);
        pthread_mutex_unlock(&runner->lock);
        job->run(job->data);
        job_free(job);
        pthread_mutex_lock(&runner->lock);
    }
    pthread_mutex_unlock(&runner->lock);
    return NULL;
}

Runner *runner_new(unsigned threads)
{
    Runner *runner = g_new0(Runner, 1);

    pthread_mutex_init(&runner->lock, NULL);
    pthread_cond_init(&runner->more, NULL);
    g_queue_init(&runner->jobs);
    runner->threads = g_new0(pthread_t, threads);
    runner->wanted = threads;
    return runner;
}

/* Signals belong to the main loop: a thread that took SIGWINCH would break its system calls. */
static gboolean start_thread(Runner *runner)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&runner->threads[runner->made], NULL, work, runner);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0;
}

void runner_add(Runner *runner, RunnerJob run, void *data, GDestroyNotify destroy)
{
    Job *job = g_new(Job, 1);

    *job = (Job){run, data, destroy};
    pthread_mutex_lock(&runner->lock);
    g_queue_push_tail(&runner->jobs, job);
    if (runner->jobs.length > runner->idle && runner->made < runner->wanted)
        runner->made += start_thread(runner) ? 1 : 0;
    pthread_cond_signal(&runner->more);
    pthread_mutex_unlock(&runner->lock);
}

void runner_free(Runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    runner->ending = TRUE;
    pthread_cond_broadcast(&runner->more);
    pthread_mutex_unlock(&runner->lock);
    for (unsigned i = 0; i < runner->made; i++)
        pthread_join(runner->threads[i], NULL);
    g_queue_clear_full(&runner->jobs, (GDestroyNotify)job_free);
    pthread_cond_destroy(&runner->more);
    pthread_mutex_destroy(&runner->lock);
    g_free(runner->threads);
    g_free(runner);
}
