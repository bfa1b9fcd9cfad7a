/* What the report says of a fault: the rung, the cause and the remedy, in time. */
#include <jansson.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/faults/fault_parts.h"

static char **report_environment(const Fault *fault)
{
    static const char *const gone[] = {"NATS_URL", "NATS_CREDS", "NATS_USER", "HEDDLE_CONFIGS"};
    char **env = g_get_environ();

    for (gsize i = 0; i < G_N_ELEMENTS(gone); i++)
        env = g_environ_unsetenv(env, gone[i]);
    env = g_environ_setenv(env, "HOME", fault->folder, TRUE);
    env = g_environ_unsetenv(env, "XDG_CONFIG_HOME");
    return g_environ_setenv(env, "LANG", "C.UTF-8", TRUE);
}

/* What the program prints. Caller frees. */
static char *run_report(const Fault *fault, int *exit_status)
{
    g_autoptr(GPtrArray) argv = fault_arguments(fault);
    g_auto(GStrv) env = report_environment(fault);
    g_autoptr(GError) error = NULL;
    char *out = NULL;
    int status = 0;

    g_ptr_array_insert(argv, 0, g_strdup(g_getenv("PROGRAM")));
    g_ptr_array_add(argv, g_strdup("--output"));
    g_ptr_array_add(argv, g_strdup("json"));
    g_ptr_array_add(argv, NULL);
    g_spawn_sync(NULL, (char **)argv->pdata, env, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out,
                 NULL, &status, &error);
    ck_assert_msg(error == NULL && WIFEXITED(status), "%s: no report", fault->row->name);
    *exit_status = WEXITSTATUS(status);
    return out;
}

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

static const json_t *find_rung(const json_t *report, const char *word)
{
    const json_t *ladder = json_object_get(report, "ladder");

    for (gsize i = 0; i < json_array_size(ladder); i++)
        if (strcmp(member(json_array_get(ladder, i), "rung"), word) == 0)
            return json_array_get(ladder, i);
    return NULL;
}

/* "rung state cause text remedy" of each, for a test that fails. */
static char *ladder_words(const json_t *report)
{
    const json_t *ladder = json_object_get(report, "ladder");
    GString *words = g_string_new(member(report, "summary"));

    for (gsize i = 0; i < json_array_size(ladder); i++) {
        const json_t *rung = json_array_get(ladder, i);

        g_string_append_printf(words, "\n%s %s %s: %s: %s", member(rung, "rung"),
                               member(rung, "state"), member(rung, "cause"), member(rung, "text"),
                               member(rung, "remedy"));
    }
    return g_string_free(words, FALSE);
}

void fault_check_report(const Fault *fault)
{
    const FaultRow *row = fault->row;
    g_autofree char *text = fault_fill(fault, row->text);
    g_autofree char *remedy = fault_fill(fault, row->remedy);
    gint64 begin = g_get_monotonic_time(), took_ms;
    int status;
    g_autofree char *out = run_report(fault, &status), *next = NULL;
    json_t *report = json_loads(out, 0, NULL);
    const json_t *rung = find_rung(report, row->rung);

    took_ms = (g_get_monotonic_time() - begin) / 1000;
    next = fault_flatten(rung != NULL ? member(rung, "remedy") : "");
    if (rung == NULL || strcmp(member(rung, "state"), state_word(fault_state_of(row))) != 0 ||
        strcmp(member(rung, "cause"), row->cause) != 0 ||
        strstr(member(rung, "text"), text) == NULL || strstr(next, remedy) == NULL)
        ck_abort_msg("%s: on %s no %s, %s, '%s', '%s' in: %s", row->name, row->rung,
                     state_word(fault_state_of(row)), row->cause, text, remedy,
                     ladder_words(report));
    ck_assert_msg(status == 2 ? fault_state_of(row) == STATE_FAIL
                              : fault_state_of(row) != STATE_FAIL &&
                                    (status == 1 || fault_state_of(row) != STATE_WARN),
                  "%s: exit status %d", row->name, status);
    ck_assert_msg(took_ms < fault_ms(row->most_ms != 0 ? row->most_ms : AT_ONCE_MS),
                  "%s: told after %d ms", row->name, (int)took_ms);
    json_decref(report);
}
