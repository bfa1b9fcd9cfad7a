/* Scenes of the windows, and of the questions that are asked. */
#include "tests/golden/scenes_parts.h"

static Story *scene_help(View *view)
{
    view->window = WINDOW_HELP;
    return story_well(story_pair);
}

static Story *scene_details(View *view)
{
    Story *story = story_well(scene_fleet_files);
    const Actor *actor = g_ptr_array_index(story->model->panels, 7);

    view->window = WINDOW_ACTOR;
    view->window_id = actor->id;
    return story;
}

/* Its panel knows what the profile says of it: elsewhere, in another environment. */
static Story *scene_elsewhere(View *view)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Actor *actor;

    story_profile(story, "actors:\n"
                         "  processor/echo:\n"
                         "    tier: standard\n"
                         "    env_file: echo.env\n"
                         "    log: /var/log/heddle/echo.log\n"
                         "    restart: ssh n7 sudo systemctl restart heddle-echo\n");
    story_env(story, TRUE);
    story_fleet(story, story_pair);
    actor = g_ptr_array_index(story->model->panels, 1);
    story_env_file(story, actor, FALSE);
    story_roster(story, scene_nobody);
    view->window = WINDOW_ACTOR;
    view->window_id = actor->id;
    return story;
}

static Story *scene_settings(View *view)
{
    Story *story = story_well(story_pair);
    Settings *settings = &story->model->settings;
    Access *access = settings->access;

    view->window = WINDOW_SETTINGS;
    story_profile(story, "actors: {echo: , ehco: {tier: local}}");
    settings->origins[SETTING_TIER] = ORIGIN_PROFILE;
    settings->origins[SETTING_TIMEOUT] = ORIGIN_FLAG;
    settings->origins[SETTING_PAYLOAD] = ORIGIN_EDITED;
    settings->origins[SETTING_CONFIGS] = ORIGIN_PROFILE;
    settings->origins[SETTING_ENV_FILE] = ORIGIN_PROFILE;
    settings->monitor_url = g_strdup("http://127.0.0.1:8222");
    story->model->env.path = g_strdup("/etc/heddle/all\033[2J.env");
    story_fleet(story, story_pair); /* its configs are read anew */
    access_set(access, ACCESS_USER, "op", ORIGIN_CONTEXT);
    access_set(access, ACCESS_PASSWORD, "secret", ORIGIN_ENVIRONMENT);
    access_set(access, ACCESS_TLS_CA, "/etc/ssl/mesh\033[2J-ca.pem", ORIGIN_FLAG);
    access->context = g_strdup("prod");
    access_note(access, g_strdup("context prod: socks_proxy is not heeded"));
    return story;
}

static Story *scene_tier(View *view)
{
    Story *story = story_well(story_pair);

    view->ask = ASK_TIER;
    view->ask_actor = ((Actor *)g_ptr_array_index(story->model->panels, 1))->id;
    return story;
}

/* A line that was refused stays in sight, and so does the reason. */
static Story *scene_trouble(View *view)
{
    view->ask = ASK_WORKER;
    g_free(view->edit);
    view->edit = g_strdup("a worker");
    view->edit_cursor = text_width(view->edit);
    view->edit_trouble = g_strdup("one plain subject token: no blank, dot, * or > (it would go "
                                  "astray, or kill the router)");
    return story_well(story_pair);
}

/* A rung's line and what a climb brings with it, in the words of nats/ladder_*.c. */
static void evidence(Ladder *ladder, RungId id, const char *text, const char *const *lines)
{
    Rung *rung = &ladder->rungs[id];

    g_free(rung->text);
    rung->text = g_strdup(text);
    rung->evidence = g_ptr_array_new_with_free_func(g_free);
    for (; *lines != NULL; lines++)
        g_ptr_array_add(rung->evidence, g_strdup(*lines));
}

static const char *const two_addresses[] = {"10.0.3.6 (IPv4)", "10.0.3.7 (IPv4)", NULL};
static const char *const two_refused[] = {"10.0.3.6:4222 refused, 0.1 ms",
                                          "10.0.3.7:4222 refused, 0.1 ms", NULL};
static const char *const connected[] = {"127.0.0.1:4222 connected, 0.1 ms", NULL};
static const char *const greeted[] = {"server n1, version 2.9.10",
                                      "JetStream off, login not required, TLS not offered",
                                      "max_payload 1048576 bytes, we are client 7", NULL};

/* The link holds; two actors use another URL, which is refused. */
static Story *scene_ladder(View *view)
{
    static const char *const four[] = {"router:router_rules", "processor:echo", "mcp:gateway",
                                       "worker:summarizer", NULL};
    Story *story = story_well(four);
    Ladder *ladder = story_ladder(RUNG_TCP, CAUSE_REFUSED, "10.0.3.7:4222 refused");

    view->window = WINDOW_LADDER;
    story_own_url(story, 2, "nats://op:secret@nats:4222");
    story_own_url(story, 3, "nats://op:secret@nats:4222");
    evidence(ladder, RUNG_RESOLVE, "2 addresses", two_addresses);
    evidence(ladder, RUNG_TCP, "10.0.3.6:4222 refused, 10.0.3.7:4222 refused", two_refused);
    story_climbed(story, g_ptr_array_index(story->model->probes, 0), ladder);
    evidence(story->model->probe->ladder, RUNG_TCP, "127.0.0.1:4222", connected);
    evidence(story->model->probe->ladder, RUNG_INFO, "nats-server 2.9.10, n1", greeted);
    return story;
}

static Story *scene_timeline(View *view)
{
    Story *story = story_well(scene_fleet_files);

    view->window = WINDOW_TIMELINE;
    scene_smoke(story, "completed", 2.1);
    story_keep_alive(story, 90);
    for (int i = 0; i < 3; i++) {
        story_lost(story, CAUSE_CLOSED, "the server ended the connection");
        story_broken(story, RUNG_TCP, CAUSE_REFUSED, "127.0.0.1:4222 refused");
        story_wait(story, 2);
        story_link_up(story, story->model->link.number);
    }
    story_rtt(story, 0.3);
    story_roster(story, story_listening);
    scene_smoke(story, "failed", 4.0);
    story_roster(story, scene_nobody);
    return story;
}

/* A router that moves the task to a tier where nobody is, each hop with its source. */
static Story *scene_smoke_moved(View *view)
{
    Story *story = story_well(story_pair);

    view->window = WINDOW_SMOKE;
    view->window_id = 1;
    story_smoke(story);
    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.standard", "", 0.4);
    story_keep_alive(story, 0.4);
    story_roster(story, story_listening);
    return story;
}

/* The question before an LLM is asked. */
static Story *scene_aim(View *view)
{
    Story *story = story_well(scene_fleet_files);

    view->ask = ASK_SMOKE;
    view->aim_actor = ((Actor *)g_ptr_array_index(story->model->actors, 2))->id;
    return story;
}

static Story *scene_findings(View *view)
{
    view->window = WINDOW_FINDINGS;
    return scene_tell("zombies", view);
}

/* The same among the panes. */
static Story *scene_changes(View *view)
{
    Story *story = scene_timeline(view);

    view->window = WINDOW_NONE;
    return story;
}

const Scene scenes_of_windows[] = {
    {"help", scene_help},
    {"details", scene_details},
    {"ladder", scene_ladder},
    {"settings", scene_settings},
    {"timeline", scene_timeline},
    {"changes", scene_changes},
    {"tier", scene_tier},
    {"trouble", scene_trouble},
    {"elsewhere", scene_elsewhere},
    {"smoke", scene_smoke_moved},
    {"aim", scene_aim},
    {"findings", scene_findings},
    {NULL, NULL},
};
