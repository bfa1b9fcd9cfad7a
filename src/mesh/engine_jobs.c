/* The engine's jobs, on runner threads. */
#include "mesh/engine_parts.h"

#include <string.h>

#include "heddle/env_file.h"
#include "mesh/bus_jobs.h"
#include "mesh/roster_jobs.h"

Job *job_new(Engine *engine)
{
    Job *job = g_new0(Job, 1);

    job->engine = engine;
    return job;
}

void cancel_unref(void *data)
{
    Cancel *cancel = data;

    if (refs_drop(&cancel->refs))
        g_free(cancel);
}

void job_free(void *data)
{
    Job *job = data;

    if (job->text != NULL) /* may be a URL with a password */
        explicit_bzero(job->text, strlen(job->text));
    if (job->cancel != NULL)
        cancel_unref(job->cancel);
    g_free(job->text);
    g_free(job->bytes);
    link_news_free(job->news);
    g_free(job);
}

void engine_post_decisive(Engine *engine, Event *event)
{
    queue_post(engine->queue, event, QUEUE_DECISIVE);
}

void job_walk(void *data)
{
    Job *job = data;
    Event *event;
    Fleet *fleet = fleet_walk(job->engine->configs);

    event = event_new(EVENT_FLEET);
    event->fleet = fleet;
    engine_post_decisive(job->engine, event);
}

/* Is the job's file as it was when it was last looked at? All zero: it was not. */
static gboolean is_as_it_was(const Job *job)
{
    FileStamp zero = {0, 0, 0};

    return !file_stamp_equal(job->stamp, zero) &&
           file_stamp_equal(job->stamp, config_stamp(job->text));
}

void job_check_config(void *data)
{
    Job *job = data;
    Event *event;
    ConfigReport *report = NULL;

    if (!is_as_it_was(job))
        report = config_check(job->text, job->forced);
    event = event_new(EVENT_CONFIG);
    event->id = job->id;
    event->config = report;
    engine_post_decisive(job->engine, event);
}

void job_check_env(void *data)
{
    Job *job = data;
    Event *event;
    EnvView *view = NULL;

    if (job->text == NULL)
        view = env_view_new(NULL, NULL, NULL, job->engine->heddle_home);
    else if (!is_as_it_was(job))
        view = env_file_view(job->text);
    event = event_new(EVENT_ENV);
    event->id = job->id;
    event->generation = job->generation;
    event->env = view;
    engine_post_decisive(job->engine, event);
}

void job_climb(void *data)
{
    Job *job = data;
    Event *event;
    Ladder *ladder;

    if (__atomic_load_n(&job->cancel->cancelled, __ATOMIC_ACQUIRE))
        return; /* let go before it began */
    ladder = ladder_climb(&(LadderHow){
        .url = job->text,
        .access = job->with_access ? job->engine->access : NULL,
        .timeout_ms = job->engine->timeout_ms,
        .thorough = TRUE,
        .in_use = job->server,
        .payload_bytes = job->payload_bytes,
        .cancelled = &job->cancel->cancelled,
        .monitor_url = job->with_access ? job->engine->monitor_url : NULL,
    });
    event = event_new(EVENT_PROBE);
    event->generation = job->generation;
    event->ladder = ladder;
    engine_post_decisive(job->engine, event);
}

void job_look_up(void *data)
{
    Job *job = data;
    char **addresses = ladder_addresses(job->text, job->engine->timeout_ms);
    Event *event = event_new(EVENT_ADDRESS);

    event->generation = job->generation;
    event->addresses = addresses;
    engine_post_decisive(job->engine, event);
}

void job_read_roster(void *data)
{
    Job *job = data;
    g_autoptr(GPtrArray) replies = gather_take(job->engine->gather, job->generation);
    Event *event = roster_job_read(replies, job->with_bus);

    event->generation = job->generation;
    engine_post_decisive(job->engine, event);
}

void job_ask_monitor(void *data)
{
    Job *job = data;
    Engine *engine = job->engine;
    Event *event = roster_job_monitor(
        job->text, engine->monitor_url, job->bytes,
        engine->access != NULL ? access_get(engine->access, ACCESS_TLS_CA) : NULL);

    event->generation = job->generation;
    engine_post_decisive(engine, event);
}

void job_judge_suspect(void *data)
{
    Job *job = data;

    engine_post_decisive(job->engine, bus_job_judge(job->news));
}

void job_save(void *data)
{
    Job *job = data;

    engine_post_decisive(job->engine, bus_job_save(job->text, job->bytes, job->len));
}

void engine_link_news(void *data, LinkNews *news)
{
    Engine *engine = data;
    Event *event;

    if (news->kind == LINK_NEWS_ROSTER) /* may be megabytes of JSON: not for the main thread */
        gather_add(engine->gather, news->count, g_steal_pointer(&news->bytes), news->len);
    if (news->kind == LINK_NEWS_SUSPECT) { /* is to be parsed whole: likewise */
        Job *job = job_new(engine);

        job->news = news;
        runner_add(engine->runner, job_judge_suspect, job, job_free);
        return;
    }
    event = event_new(EVENT_LINK);
    event->at_us = news->at_us;
    event->wall_us = news->wall_us;
    event->link = news;
    queue_post(engine->queue, event, news->kind == LINK_NEWS_ERROR ? QUEUE_NORMAL : QUEUE_DECISIVE);
}

void job_scan_procs(void *data)
{
    Job *job = data;
    Event *event;
    ProcScan *scan = procs_scan("/proc");

    event = event_new(EVENT_PROCS);
    event->procs = scan;
    engine_post_decisive(job->engine, event);
}

/* One at a time for each log: the next is asked for when this one's event has come. */
void job_read_log(void *data)
{
    Job *job = data;
    Event *event;
    LogSummary *summary = g_new0(LogSummary, 1);

    while (actor_log_poll(job->log, summary))
        ;
    event = event_new(EVENT_LOG);
    event->id = job->id;
    event->text = g_strdup(job->text);
    event->log = summary;
    engine_post_decisive(job->engine, event);
}
