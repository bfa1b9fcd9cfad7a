#include "demo/samples.h"

#include <errno.h>
#include <unistd.h>

#include <glib/gstdio.h>

typedef struct Sample {
    const char *path; /* below configs/ */
    const char *text; /* %URL is the demo's server */
} Sample;

static const Sample samples[] = {
    {"router_rules.yaml", "# Where tasks go, and how many at once.\n"
                          "tier_overrides: {}\n"
                          "rate_limits:\n"
                          "  local: {max_concurrent: 60}\n"
                          "  standard: {max_concurrent: 10}\n"},
    {"workers/echo.yaml", "# Gives its payload back: what a smoke task is for.\n"
                          "name: echo\n"
                          "worker_kind: processor\n"
                          "processing_backend: demo.backends.Echo\n"
                          "default_model_tier: local\n"
                          "input_schema:\n"
                          "  type: object\n"},
    {"workers/summarizer.yaml", "name: summarizer\n"
                                "worker_kind: llm\n"
                                "default_model_tier: standard\n"
                                "system_prompt: |\n"
                                "  Summarize the text in three sentences.\n"
                                "input_schema:\n"
                                "  type: object\n"
                                "  required: [text]\n"
                                "  properties:\n"
                                "    text: {type: string, minLength: 1}\n"},
    {"workers/broken.yaml", "# Broken on purpose: a tab where YAML wants blanks.\n"
                            "name: broken\n"
                            "worker_kind: processor\n"
                            "processing_backend: demo.backends.Echo\n"
                            "input_schema:\n"
                            "\ttype: object\n"},
    {"pipelines/digest.yaml", "name: digest\n"
                              "pipeline_stages:\n"
                              "  - name: summarize\n"
                              "    worker_type: summarizer\n"
                              "    tier: standard\n"},
    {"orchestrators/planner.yaml", "name: planner\n"
                                   "max_concurrent_goals: 4\n"
                                   "available_workers:\n"
                                   "  - name: summarizer\n"},
    {"schedulers/nightly.yaml", "name: nightly\n"
                                "schedules:\n"
                                "  - name: digest\n"
                                "    cron: '0 3 * * *'\n"
                                "    dispatch_type: goal\n"
                                "    goal:\n"
                                "      instruction: digest the day\n"},
    {"mcp/gateway.yaml", "name: gateway\n"
                         "nats_url: %URL\n"
                         "tools:\n"
                         "  workers:\n"
                         "    - config: workers/summarizer.yaml\n"},
};

static gboolean write_one(const char *folder, const Sample *sample, const char *url)
{
    g_autofree char *path = g_build_filename(folder, "configs", sample->path, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    GString *text = g_string_new(sample->text);
    gboolean ok;

    g_string_replace(text, "%URL", url, 0);
    ok = g_mkdir_with_parents(parent, 0700) == 0 &&
         g_file_set_contents(path, text->str, (gssize)text->len, NULL);
    g_string_free(text, TRUE);
    return ok;
}

gboolean samples_write(const char *folder, const char *url, char **why)
{
    for (gsize i = 0; i < G_N_ELEMENTS(samples); i++)
        if (!write_one(folder, &samples[i], url)) {
            *why = g_strdup_printf("the sample configs cannot be written: %s", g_strerror(errno));
            return FALSE;
        }
    return TRUE;
}

void samples_remove(const char *folder)
{
    g_autofree char *configs = g_build_filename(folder, "configs", NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autofree char *path = g_build_filename(configs, samples[i].path, NULL);
        g_autofree char *parent = g_path_get_dirname(path);

        g_unlink(path);
        g_rmdir(parent); /* goes once it is empty */
    }
    g_rmdir(configs);
}
