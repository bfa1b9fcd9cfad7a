#include "tests/golden/scenes_parts.h"

const char *const scene_fleet_files[] = {
    "router:router_rules", "processor:echo",       "worker:summarizer",
    "pipeline:digest",     "orchestrator:planner", "scheduler:nightly",
    "mcp:gateway",         "worker:broken",        NULL};
const char *const scene_nobody[] = {NULL};

void scene_smoke(Story *story, const char *status, double ms)
{
    story_smoke(story);
    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_result(story, status, ms);
}

static const Scene *const tables[] = {scenes_of_panes, scenes_of_windows, scenes_of_bus};

int scene_count(void)
{
    int count = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const Scene *scene = tables[i]; scene->name != NULL; scene++)
            count++;
    return count;
}

const char *scene_name(int at)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const Scene *scene = tables[i]; scene->name != NULL; scene++)
            if (at-- == 0)
                return scene->name;
    g_error("no scene of that number");
}

Story *scene_tell(const char *name, View *view)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const Scene *scene = tables[i]; scene->name != NULL; scene++)
            if (g_str_equal(scene->name, name))
                return scene->tell(view);
    g_error("no scene %s", name);
}
