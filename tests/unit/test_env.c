/* The environment check against Heddle 0.9.2's sentences, for each tier and each state of a
 * variable. The same is compared with Heddle itself by tests/interop/diff_check.py. */
#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

#include "heddle/env.h"
#include "tests/support/suite.h"

typedef struct Env {
    const char *lm_studio, *ollama, *anthropic; /* NULL: unset */
} Env;

static const char *look_up(const char *name, void *data)
{
    const Env *env = data;

    if (strcmp(name, "LM_STUDIO_URL") == 0)
        return env->lm_studio;
    if (strcmp(name, "OLLAMA_URL") == 0)
        return env->ollama;
    if (strcmp(name, "ANTHROPIC_API_KEY") == 0)
        return env->anthropic;
    return NULL;
}

#define LOCAL                                                                                      \
    "Neither LM_STUDIO_URL nor OLLAMA_URL is set. Local tier workers need one of them. Set: "      \
    "export LM_STUDIO_URL=http://localhost:1234/v1  or:  export "                                  \
    "OLLAMA_URL=http://localhost:11434"

static const struct {
    const char *tier;
    Env env;
    State state;
    const char *text;
} rows[] = {
    {"local", {NULL, NULL, "k"}, STATE_WARN, LOCAL},
    {"local", {"", NULL, NULL}, STATE_WARN, LOCAL},
    {"local", {"", "", NULL}, STATE_WARN, LOCAL},
    {"local", {"secret-a", NULL, NULL}, STATE_OK, "LM_STUDIO_URL is set"},
    {"local", {"", "secret-b", NULL}, STATE_OK, "OLLAMA_URL is set"},
    {"local", {"secret-a", "secret-b", NULL}, STATE_OK, "LM_STUDIO_URL and OLLAMA_URL are set"},
    {"standard",
     {"a", "b", NULL},
     STATE_WARN,
     "ANTHROPIC_API_KEY not set. Required for standard tier workers. Set it with: export "
     "ANTHROPIC_API_KEY=your-key"},
    {"frontier",
     {NULL, NULL, ""},
     STATE_WARN,
     "ANTHROPIC_API_KEY not set. Required for frontier tier workers. Set it with: export "
     "ANTHROPIC_API_KEY=your-key"},
    {"standard", {NULL, NULL, "secret-c"}, STATE_OK, "ANTHROPIC_API_KEY is set"},
    {"frontier", {NULL, NULL, " "}, STATE_OK, "ANTHROPIC_API_KEY is set"},
    {"Local", {NULL, NULL, NULL}, STATE_SKIPPED, NULL},
    {"bogus", {NULL, NULL, NULL}, STATE_SKIPPED, NULL},
    {"", {NULL, NULL, NULL}, STATE_SKIPPED, NULL},
    {NULL, {NULL, NULL, NULL}, STATE_SKIPPED, NULL},
};

START_TEST(tier_asks_for_its_variables)
{
    Env env = rows[_i].env;
    EnvReport *report = env_check(rows[_i].tier, look_up, &env, NULL);

    ck_assert_int_eq(report->state, rows[_i].state);
    if (rows[_i].text != NULL)
        ck_assert_str_eq(report->text, rows[_i].text);
    ck_assert_ptr_nonnull(report->text);
    ck_assert_uint_lt(strlen(report->brief), 40);
    ck_assert_ptr_null(strstr(report->text, "secret"));
    ck_assert_ptr_null(strstr(report->brief, "secret"));
    env_report_free(report);
}
END_TEST

START_TEST(two_local_urls_are_worth_a_note)
{
    Env both = {"a", "b", NULL}, one = {"a", NULL, NULL};
    EnvReport *report = env_check("local", look_up, &both, NULL);

    ck_assert_ptr_nonnull(strstr(report->note, "HEDDLE_LOCAL_BACKEND"));
    env_report_free(report);
    report = env_check("local", look_up, &one, NULL);
    ck_assert_ptr_null(report->note);
    env_report_free(report);
}
END_TEST

START_TEST(key_in_heddles_own_config_makes_a_false_alarm)
{
    g_autofree char *home = g_dir_make_tmp("preflight-env-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(home, "config.yaml", NULL);
    Env env = {NULL, NULL, NULL};
    EnvReport *report = env_check("standard", look_up, &env, home);

    ck_assert_ptr_null(report->note);
    env_report_free(report);
    ck_assert(g_file_set_contents(path,
                                  "backends:\n  anthropic_api_key: sk-secret\n"
                                  "  ollama_url:   # none\n",
                                  -1, NULL));
    report = env_check("standard", look_up, &env, home);
    ck_assert_int_eq(report->state, STATE_WARN);
    ck_assert_ptr_nonnull(strstr(report->note, "false alarm"));
    ck_assert_ptr_null(strstr(report->note, "sk-secret"));
    env_report_free(report);
    report = env_check("local", look_up, &env, home);
    ck_assert_ptr_null(report->note);
    env_report_free(report);
    g_remove(path);
    g_rmdir(home);
}
END_TEST

START_TEST(process_environment_is_the_default)
{
    EnvReport *report;

    g_setenv("OLLAMA_URL", "http://127.0.0.1:1", TRUE);
    g_unsetenv("LM_STUDIO_URL");
    report = env_check("local", NULL, NULL, NULL);
    ck_assert_str_eq(report->text, "OLLAMA_URL is set");
    env_report_free(report);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("env");

    tcase_add_loop_test(tcase, tier_asks_for_its_variables, 0, G_N_ELEMENTS(rows));
    tcase_add_test(tcase, two_local_urls_are_worth_a_note);
    tcase_add_test(tcase, key_in_heddles_own_config_makes_a_false_alarm);
    tcase_add_test(tcase, process_environment_is_the_default);
    return suite_run("env", tcase, 20);
}
