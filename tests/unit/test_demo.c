/* The demo is a whole mesh, and nothing of it outlives the process that asked for it. */
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nats/nats.h>

#include "demo/demo.h"
#include "heddle/message.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

static Demo *start(void)
{
    g_autofree char *why = NULL;
    Demo *demo = demo_start(&why);

    ck_assert_msg(demo != NULL, "%s", why);
    return demo;
}

/* Send a task to the router of `url`; the first message on `subject`, or NULL within 3 s. */
static char *ask(const char *url, const char *task, const char *subject)
{
    natsConnection *nc = NULL;
    natsSubscription *sub = NULL;
    natsMsg *msg = NULL;
    char *text = NULL;

    ck_assert_int_eq(natsConnection_ConnectTo(&nc, url), NATS_OK);
    ck_assert_int_eq(natsConnection_SubscribeSync(&sub, nc, subject), NATS_OK);
    ck_assert_int_eq(natsConnection_PublishString(nc, SUBJECT_INCOMING, task), NATS_OK);
    if (natsSubscription_NextMsg(&msg, sub, 3000) == NATS_OK)
        text = g_strndup(natsMsg_GetData(msg), (gsize)natsMsg_GetDataLength(msg));
    natsMsg_Destroy(msg);
    natsSubscription_Destroy(sub);
    natsConnection_Destroy(nc);
    return text;
}

START_TEST(a_task_goes_the_whole_way)
{
    Demo *demo = start();
    g_autofree char *task = message_task("t-1", "echo", "local", "{\"a\":1}", 0);
    g_autofree char *result = ask(demo->url, task, SUBJECT_RESULTS);
    g_autofree char *why = NULL;
    TaskResult *read = message_result(raw_text(result), &why);

    ck_assert_ptr_nonnull(read);
    ck_assert_str_eq(read->task_id, "t-1");
    ck_assert_str_eq(read->status, "completed");
    ck_assert_str_eq(read->output, "{\"a\":1}");
    ck_assert(g_file_test(demo->configs, G_FILE_TEST_IS_DIR));
    message_result_free(read);
    demo_stop(demo);
}
END_TEST

START_TEST(an_invalid_task_becomes_a_dead_letter_with_its_field)
{
    Demo *demo = start();
    g_autofree char *letter =
        ask(demo->url,
            "{\"task_id\":\"t-2\",\"worker_type\":\"echo\",\"payload\":{},\"model_tier\":\"huge\"}",
            SUBJECT_DEAD_LETTER);
    g_autofree char *why = NULL;
    DeadLetter *read = message_dead_letter(raw_text(letter), &why);

    ck_assert_ptr_nonnull(read);
    ck_assert(g_str_has_prefix(read->reason, "invalid_task_message:"));
    ck_assert_ptr_nonnull(strstr(read->reason, "model_tier"));
    ck_assert_str_eq(read->task_id, "t-2");
    message_dead_letter_free(read);
    demo_stop(demo);
}
END_TEST

/* Processes whose command line or environment names this folder: all that belong to a demo. */
static int processes_of(const char *folder)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    int count = 0;

    while ((entry = readdir(proc)) != NULL) {
        g_autofree char *path = g_strdup_printf("/proc/%s/cmdline", entry->d_name);
        g_autofree char *cmdline = NULL;
        gsize len = 0;

        if (g_ascii_isdigit(entry->d_name[0]) && g_file_get_contents(path, &cmdline, &len, NULL))
            count += memmem(cmdline, len, folder, strlen(folder)) != NULL;
    }
    closedir(proc);
    return count;
}

static gboolean refuses(const char *url)
{
    natsConnection *nc = NULL;
    gboolean refused = natsConnection_ConnectTo(&nc, url) != NATS_OK;

    natsConnection_Destroy(nc);
    return refused;
}

static const int deaths[] = {SIGKILL, SIGTERM, SIGHUP, SIGSEGV};

/* A process that starts the demo, tells its URL and folder, and waits to be killed. */
static pid_t run_and_wait(char *url, char *configs, size_t room)
{
    int told[2];
    char line[2048] = "";
    pid_t child;
    g_auto(GStrv) words = NULL;

    ck_assert_int_eq(pipe(told), 0);
    child = fork();
    if (child == 0) {
        g_autofree char *why = NULL;
        Demo *demo;

        /* As a process of its own has them: the test runner handles SIGTERM, AddressSanitizer
         * SIGSEGV, and nohup ignores SIGHUP. */
        for (gsize i = 0; i < G_N_ELEMENTS(deaths); i++)
            signal(deaths[i], SIG_DFL);
        demo = demo_start(&why);
        dprintf(told[1], "%s %s\n", demo != NULL ? demo->url : "-",
                demo != NULL ? demo->configs : why);
        close(told[1]);
        pause();
        _exit(0);
    }
    close(told[1]);
    for (size_t len = 0; strchr(line, '\n') == NULL; len = strlen(line))
        ck_assert_int_gt(read(told[0], line + len, sizeof line - len - 1), 0);
    close(told[0]);
    words = g_strsplit(g_strchomp(line), " ", 2);
    g_strlcpy(url, words[0], room);
    g_strlcpy(configs, words[1], room);
    return child;
}

START_TEST(nothing_outlives_a_parent_that_is_killed)
{
    char url[1024], configs[1024];
    pid_t child = run_and_wait(url, configs, sizeof url);
    g_autofree char *folder = g_path_get_dirname(configs);

    ck_assert(g_file_test(configs, G_FILE_TEST_IS_DIR));
    ck_assert_int_gt(processes_of(folder), 0);
    kill(child, deaths[_i]);
    waitpid(child, NULL, 0);
    for (int i = 0;
         i < 1000 && (processes_of(folder) > 0 || g_file_test(folder, G_FILE_TEST_EXISTS)); i++)
        poll(NULL, 0, 10);
    ck_assert_int_eq(processes_of(folder), 0);
    ck_assert(!g_file_test(folder, G_FILE_TEST_EXISTS));
    ck_assert(refuses(url));
}
END_TEST

START_TEST(a_missing_server_is_told_with_its_remedy)
{
    g_autofree char *why = NULL;
    Demo *demo;

    g_setenv("NATS_SERVER", "/nonexistent/nats-server", TRUE);
    demo = demo_start(&why);
    ck_assert_ptr_null(demo);
    ck_assert_ptr_nonnull(strstr(why, "apt-get install nats-server"));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("demo");

    tcase_add_test(tcase, a_task_goes_the_whole_way);
    tcase_add_test(tcase, an_invalid_task_becomes_a_dead_letter_with_its_field);
    tcase_add_loop_test(tcase, nothing_outlives_a_parent_that_is_killed, 0, G_N_ELEMENTS(deaths));
    tcase_add_test(tcase, a_missing_server_is_told_with_its_remedy);
    return suite_run("demo", tcase, 60);
}
