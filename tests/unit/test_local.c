/* What runs on this machine, told as stories: which process is which actor, and what follows. */
#include "mesh/local.h"

#include <stdlib.h>
#include <string.h>

#include "mesh/findings.h"
#include "mesh/verdict.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

static const char *const pair[] = {"router:router_rules", "processor:echo", NULL};
static const char *const healthy[] = {"heddle.tasks.incoming router",
                                      "heddle.tasks.echo.local processors-echo", NULL};
static const char *const router_only[] = {"heddle.tasks.incoming router", NULL};

static void proc_free(void *data)
{
    HeddleProc *proc = data;

    for (unsigned i = 0; i < HEDDLE_TIERS; i++)
        env_report_free(proc->env[i]);
    g_free(proc->command);
    g_free(proc->config_path);
    g_free(proc->tier);
    g_free(proc->url);
    g_free(proc->unit);
    g_free(proc->out_path);
    g_array_unref(proc->sockets);
    g_free(proc);
}

/* As a scan would show `heddle processor` with the config of the panel called echo. */
static HeddleProc *processor(const Story *story, unsigned sockets)
{
    HeddleProc *proc = g_new0(HeddleProc, 1);

    proc->pid = 4711;
    proc->kind = KIND_PROCESSOR;
    proc->state = 'S';
    proc->command = g_strdup("heddle processor --config configs/echo.yaml");
    proc->config_path = g_strdup("/srv/configs/echo.yaml");
    proc->tier = g_strdup("local");
    proc->url = g_strdup("nats://127.0.0.1:4222");
    proc->started_us = story->now_wall - 600 * (gint64)G_USEC_PER_SEC;
    proc->sockets_readable = TRUE;
    proc->root = ROOT_SAME;
    proc->sockets = g_array_new(FALSE, TRUE, sizeof(ProcSocket));
    g_array_set_size(proc->sockets, sockets);
    return proc;
}

static void scan(Story *story, HeddleProc *proc)
{
    Event *event = event_new(EVENT_PROCS);

    event->procs = g_new0(ProcScan, 1);
    event->procs->readable = TRUE;
    event->procs->procs = g_ptr_array_new_with_free_func(proc_free);
    if (proc != NULL)
        g_ptr_array_add(event->procs->procs, proc);
    story_post(story, event);
}

static Actor *echo(const Story *story)
{
    return g_ptr_array_index(story->model->panels, 1);
}

static Story *mesh(const char *const *roster)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_env(story, TRUE);
    story_fleet(story, pair);
    echo(story)->config->real_path = strdup("/srv/configs/echo.yaml");
    story_roster(story, roster);
    return story;
}

START_TEST(a_process_is_the_actor_whose_config_it_was_started_with)
{
    Story *story = mesh(healthy);
    HeddleProc *other = processor(story, 1);

    scan(story, processor(story, 1));
    ck_assert_int_eq(local_proc(story->model, echo(story))->pid, 4711);
    ck_assert_ptr_null(local_proc(story->model, g_ptr_array_index(story->model->panels, 0)));
    g_free(other->config_path);
    other->config_path = g_strdup("/srv/other/echo.yaml");
    scan(story, other);
    ck_assert_ptr_null(local_proc(story->model, echo(story)));
    other = processor(story, 1);
    other->copy_of = 1; /* a child of the same command is no replica */
    scan(story, other);
    ck_assert_ptr_null(local_proc(story->model, echo(story)));
    story_free(story);
}
END_TEST

START_TEST(its_own_environment_counts_and_is_named)
{
    Story *story = mesh(healthy);
    HeddleProc *proc = processor(story, 1);
    g_autofree char *next = NULL;
    Check check;

    proc->env_readable = TRUE;
    proc->env[TIER_LOCAL] = g_new0(EnvReport, 1);
    proc->env[TIER_LOCAL]->state = STATE_WARN;
    proc->env[TIER_LOCAL]->text = g_strdup("Neither LM_STUDIO_URL nor OLLAMA_URL is set.");
    proc->env[TIER_LOCAL]->brief = g_strdup("LM_STUDIO_URL or OLLAMA_URL");
    scan(story, proc);
    check = verdict_check(story->model, echo(story), CHECK_ENV);
    ck_assert_int_eq(check.state, STATE_WARN);
    ck_assert_ptr_nonnull(strstr(check.text, "from the environment of pid 4711"));
    next = verdict_next(story->model, echo(story), check.remedy);
    ck_assert_str_eq(next, "export OLLAMA_URL=http://localhost:11434   before its next start");
    check_clear(&check);
    scan(story, NULL); /* it has ended: this process's environment again */
    check = verdict_check(story->model, echo(story), CHECK_ENV);
    ck_assert_int_eq(check.state, STATE_OK);
    check_clear(&check);
    story_free(story);
}
END_TEST

/* The server keeps the connection of one that is stopped, and calls it as quick as it was. */
START_TEST(a_worker_that_is_stopped_is_told_to_go_on)
{
    Story *story = mesh(healthy);
    const Smoke *smoke = story_smoke(story);
    HeddleProc *proc = processor(story, 1);
    g_autofree char *next = NULL, *later = NULL;

    proc->state = 'T';
    scan(story, proc);
    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 5.5);
    ck_assert_int_eq(smoke->verdict, VERDICT_WORKER_SILENT);
    ck_assert_msg(strstr(smoke->text, "pid 4711 is stopped") != NULL, "%s", smoke->text);
    next = smoke_remedy(story->model, smoke, REMEDY_NEXT);
    ck_assert_str_eq(next, "kill -CONT 4711");
    scan(story, processor(story, 1));
    later = smoke_remedy(story->model, smoke, REMEDY_NEXT);
    ck_assert_ptr_null(strstr(later, "4711"));
    story_free(story);
}
END_TEST

/* Nobody need have lived through the loss. */
START_TEST(a_process_without_a_connection_is_a_zombie_once_its_start_is_over)
{
    Story *story = mesh(router_only);
    HeddleProc *young = processor(story, 0), *hidden = processor(story, 0);
    const Finding *finding;

    scan(story, processor(story, 0));
    finding = story_finding(story, "zombie");
    ck_assert_ptr_nonnull(finding);
    ck_assert_str_eq(finding->text, "restart echo: running, without a connection");
    ck_assert_ptr_nonnull(strstr(finding->next, "kill 4711; heddle processor --config"));
    scan(story, processor(story, 1));
    ck_assert_ptr_null(story_finding(story, "zombie"));
    young->started_us = story->now_wall - 20 * (gint64)G_USEC_PER_SEC;
    scan(story, young);
    ck_assert_ptr_null(story_finding(story, "zombie"));
    story_keep_alive(story, 10); /* a start would have found the server by now */
    ck_assert_ptr_nonnull(story_finding(story, "zombie"));
    hidden->sockets_readable = FALSE; /* another user's: nothing is known */
    scan(story, hidden);
    ck_assert_ptr_null(story_finding(story, "zombie"));
    story_free(story);
}
END_TEST

START_TEST(what_restarts_it_is_what_started_it)
{
    Story *story = mesh(healthy);
    HeddleProc *proc = processor(story, 1);
    g_autofree char *plain = local_restart(proc, "heddle x"), *unit = NULL, *scheduler = NULL;

    ck_assert_str_eq(plain, "kill 4711; heddle x");
    proc->kind = KIND_SCHEDULER;
    scheduler = local_restart(proc, "heddle x");
    ck_assert_str_eq(scheduler, "kill -KILL 4711; heddle x");
    proc->unit = g_strdup("heddle-echo.service");
    unit = local_restart(proc, "heddle x");
    ck_assert_str_eq(unit, "systemctl restart heddle-echo.service");
    proc_free(proc);
    story_free(story);
}
END_TEST

START_TEST(a_process_that_was_told_another_server_is_found)
{
    Story *story = mesh(healthy);
    HeddleProc *proc = processor(story, 1);
    const Finding *finding;

    g_free(proc->url);
    proc->url = g_strdup("nats://me:secret@nats:4222");
    proc->url_origin = ORIGIN_DEFAULT;
    scan(story, proc);
    finding = story_finding(story, "url_split");
    ck_assert_ptr_nonnull(finding);
    ck_assert_str_eq(g_ptr_array_index(finding->evidence, 0),
                     "processor echo, pid 4711, uses nats://me:•••@nats:4222, Heddle's default");
    story_free(story);
}
END_TEST

/* Not even a name that means this machine makes it another one. */
static const struct {
    const char *url;
    gboolean elsewhere;
} urls[] = {
    {"nats://127.0.0.1:4222", FALSE},
    {"nats://localhost:4222", FALSE},
    {"nats://127.0.0.1:5222", TRUE},
    {"nats://10.0.0.9:4222", TRUE},
    {"nats://10.0.0.9:4222,nats://[::1]:4222", FALSE},
};

START_TEST(a_process_of_another_mesh_is_neither_restarted_nor_believed)
{
    Story *story = mesh(router_only);
    HeddleProc *proc = processor(story, 0);
    const Finding *missing, *split;
    g_autofree char *source = NULL;

    g_free(proc->url);
    proc->url = g_strdup(urls[_i].url);
    proc->env_readable = TRUE;
    scan(story, proc);
    ck_assert_int_eq(local_is_elsewhere(story->model, echo(story), proc), urls[_i].elsewhere);
    missing = story_finding(story, "not_running");
    split = story_finding(story, "url_split");
    source = actor_env_source(story->model, echo(story));
    if (!urls[_i].elsewhere) { /* it has no connection, which is another finding's */
        ck_assert_ptr_null(split);
        ck_assert_str_eq(source, "the environment of pid 4711");
        story_free(story);
        return;
    }
    ck_assert_ptr_nonnull(missing);
    ck_assert_ptr_null(strstr(missing->next, "kill"));
    ck_assert_ptr_null(source);
    ck_assert_ptr_nonnull(split);
    ck_assert_ptr_nonnull(
        strstr(split->text, "1 actor uses another server")); /* the router is here */
    story_free(story);
}
END_TEST

START_TEST(where_all_run_elsewhere_the_server_is_doubted_first)
{
    static const char *const nobody[] = {NULL};
    Story *story = mesh(nobody);
    HeddleProc *proc = processor(story, 1);
    const Finding *first;

    g_free(proc->url);
    proc->url = g_strdup("nats://127.0.0.1:5222");
    scan(story, proc);
    first = g_ptr_array_index(story->model->findings, 0);
    ck_assert_str_eq(first->id, "url_split");
    ck_assert_int_eq(first->state, STATE_FAIL);
    ck_assert_ptr_nonnull(strstr(first->text, "is nats://127.0.0.1:4222 the wrong server?"));
    story_free(story);
}
END_TEST

START_TEST(a_stranger_whose_process_can_be_read_has_that_environment)
{
    static const char *const none[] = {NULL};
    Story *story = story_up("nats://127.0.0.1:4222");
    HeddleProc *proc = processor(story, 1);
    const Actor *stranger;
    Check check;

    story_env(story, FALSE);
    story_fleet(story, none);
    story_connz(story, "{\"data\":{\"total\":1,\"connections\":[{\"cid\":7,\"ip\":\"127.0.0.1\","
                       "\"port\":4001,\"subscriptions_list_detail\":[{\"subject\":"
                       "\"heddle.tasks.echo.local\",\"qgroup\":\"processors-echo\"}]}]}}");
    stranger = g_ptr_array_index(story->model->panels, 0);
    check = verdict_check(story->model, stranger, CHECK_ENV);
    ck_assert_int_eq(check.state, STATE_SKIPPED);
    check_clear(&check);
    proc->env_readable = TRUE;
    proc->env[TIER_LOCAL] = g_new0(EnvReport, 1);
    proc->env[TIER_LOCAL]->state = STATE_OK;
    proc->env[TIER_LOCAL]->text = g_strdup("OLLAMA_URL is set");
    proc->env[TIER_LOCAL]->brief = g_strdup("OLLAMA_URL is set");
    g_strlcpy(g_array_index(proc->sockets, ProcSocket, 0).local, "127.0.0.1:4001", 56);
    scan(story, proc);
    check = verdict_check(story->model, stranger, CHECK_ENV);
    ck_assert_int_eq(check.state, STATE_OK);
    ck_assert_ptr_nonnull(strstr(check.text, "4711"));
    check_clear(&check);
    story_free(story);
}
END_TEST

static void say(Story *story, LogMark mark, LogStage stage, const char *text)
{
    Event *event = event_new(EVENT_LOG);

    event->id = echo(story)->id;
    event->text = g_strdup("/var/log/echo.log");
    event->log = g_new0(LogSummary, 1);
    event->log->stage = stage;
    event->log->notes[mark].seen = TRUE;
    event->log->notes[mark].stage = stage;
    event->log->notes[mark].at_us = story->now_wall;
    event->log->notes[mark].exact = TRUE;
    g_strlcpy(event->log->notes[mark].text, text, LOG_TEXT_BYTES);
    story_post(story, event);
}

START_TEST(its_log_is_followed_and_what_it_says_is_found)
{
    Story *story = mesh(router_only);
    HeddleProc *proc = processor(story, 1);
    const Finding *finding;
    int asked;

    proc->out_path = g_strdup("/var/log/echo.log");
    scan(story, proc);
    story_keep_alive(story, 2);
    ck_assert_str_eq(story_last(story, EFFECT_READ_LOG)->text, "/var/log/echo.log");
    asked = story_effects(story, EFFECT_READ_LOG);
    story_keep_alive(story, 5); /* not again before the first is read */
    ck_assert_int_eq(story_effects(story, EFFECT_READ_LOG), asked);
    say(story, LOG_EXCEPTION, LOG_STAGE_CONNECTED, "nats.errors.BadSubjectError: bad");
    finding = story_finding(story, "log_says");
    ck_assert_ptr_nonnull(finding);
    ck_assert_int_eq(finding->state, STATE_FAIL);
    ck_assert_str_eq(finding->text, "processor echo: it ended between connect and subscribe: "
                                    "nats.errors.BadSubjectError: bad");
    scan(story, NULL); /* the process is gone; its last words are not */
    story_keep_alive(story, 3);
    ck_assert_int_gt(story_effects(story, EFFECT_READ_LOG), asked);
    say(story, LOG_EXCEPTION, LOG_STAGE_STOPPING, "TypeError: it was told to stop");
    ck_assert_ptr_null(story_finding(story, "log_says"));
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("local");

    tcase_add_test(tcase, a_process_is_the_actor_whose_config_it_was_started_with);
    tcase_add_test(tcase, its_own_environment_counts_and_is_named);
    tcase_add_test(tcase, a_worker_that_is_stopped_is_told_to_go_on);
    tcase_add_test(tcase, a_process_without_a_connection_is_a_zombie_once_its_start_is_over);
    tcase_add_test(tcase, what_restarts_it_is_what_started_it);
    tcase_add_test(tcase, a_process_that_was_told_another_server_is_found);
    tcase_add_loop_test(tcase, a_process_of_another_mesh_is_neither_restarted_nor_believed, 0,
                        G_N_ELEMENTS(urls));
    tcase_add_test(tcase, a_stranger_whose_process_can_be_read_has_that_environment);
    tcase_add_test(tcase, where_all_run_elsewhere_the_server_is_doubted_first);
    tcase_add_test(tcase, its_log_is_followed_and_what_it_says_is_found);
    return suite_run("local", tcase, 20);
}
