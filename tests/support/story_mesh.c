/* The mesh of a story: configs, environments, a profile, and who is subscribed. */
#include <string.h>

#include "tests/support/story.h"

const char *const story_pair[] = {"router:router_rules", "processor:echo", NULL};
const char *const story_listening[] = {"heddle.tasks.incoming router",
                                       "heddle.tasks.echo.local processors-echo", NULL};

static ConfigReport *report_of(const char *kind, const char *name, const char *path)
{
    ConfigReport *report = g_new0(ConfigReport, 1);

    report->outcome = CONFIG_VALID;
    report->state = STATE_OK;
    report->kind = kind_from_word(kind);
    report->text = g_strdup_printf("Config file is valid YAML: %s", path);
    report->name = g_strdup(name);
    report->stamp = (FileStamp){1, 1, 1};
    if (g_str_equal(name, "broken")) {
        g_free(report->text);
        report->outcome = CONFIG_INVALID;
        report->state = STATE_FAIL;
        report->reason = g_strdup("tab in indentation");
        report->line = 7;
        report->column = 1;
        report->text = g_strdup_printf(
            "Config file has invalid YAML: %s (tab in indentation, line 7, column 1)", path);
    }
    return report;
}

static void free_file(void *data)
{
    FleetFile *file = data;

    g_free(file->path);
    g_free(file);
}

void story_fleet(Story *story, const char *const *files)
{
    Event *event = event_new(EVENT_FLEET);
    Fleet *fleet = g_new0(Fleet, 1);

    fleet->files = g_ptr_array_new_with_free_func(free_file);
    fleet->skipped = g_ptr_array_new();
    fleet->source = g_strdup("arguments");
    for (unsigned i = 0; files[i] != NULL; i++) {
        FleetFile *file = g_new0(FleetFile, 1);

        file->path = g_strdup_printf("configs/%s.yaml", strchr(files[i], ':') + 1);
        g_ptr_array_add(fleet->files, file);
    }
    event->fleet = fleet;
    story_post(story, event);
    for (unsigned i = 0; files[i] != NULL; i++) {
        const Actor *actor = g_ptr_array_index(story->model->actors, i);
        g_auto(GStrv) words = g_strsplit(files[i], ":", 2);

        event = event_new(EVENT_CONFIG);
        event->id = actor->id;
        event->config = report_of(words[0], words[1], actor->path);
        story_post(story, event);
    }
}

static void tell_env(Story *story, unsigned actor, const EnvSource *from, gboolean set)
{
    Event *event = event_new(EVENT_ENV);

    event->id = actor;
    event->generation = from->generation;
    event->env = g_new0(EnvView, 1);
    event->env->source = g_strdup(from->path);
    event->env->stamp = (FileStamp){from->path != NULL, 1, 1};
    for (unsigned i = 0; i < HEDDLE_TIERS; i++) {
        EnvReport *report = g_new0(EnvReport, 1);

        report->state = set ? STATE_OK : STATE_WARN;
        report->text = g_strdup(set ? "OLLAMA_URL is set" : "ANTHROPIC_API_KEY not set.");
        report->brief = g_strdup(set ? "OLLAMA_URL is set" : "ANTHROPIC_API_KEY not set");
        event->env->by_tier[i] = report;
    }
    story_post(story, event);
}

void story_env(Story *story, gboolean set)
{
    tell_env(story, 0, &story->model->env, set);
}

void story_env_file(Story *story, const Actor *actor, gboolean set)
{
    tell_env(story, actor->id, &actor->env, set);
}

void story_profile(Story *story, const char *yaml)
{
    g_autofree char *why = NULL;
    Profile *profile = profile_parse(raw_text(yaml), "/etc/heddle", &why);

    if (profile == NULL)
        g_error("story: %s", why);
    profile->path = g_strdup("/etc/heddle/prod.yaml");
    story->model->settings.profile = profile;
}

static void answer_round(Story *story, const char *json)
{
    Event *event = event_new(EVENT_ROSTER);

    event->generation = story->model->roster.number;
    event->roster = roster_new();
    if (!roster_read(event->roster, raw_text(json), &event->text))
        g_error("story: %s", event->text);
    event->bus = bus_read(event->roster);
    story_post(story, event);
}

static const char no_connections[] = "{\"data\":{\"connections\":[]}}";

/* Let time pass until a round of this sort is under way; others are answered as before. */
static void await_round(Story *story, RosterRound round)
{
    for (int i = 0; story->model->roster.round != round; i++) {
        if (i > 150)
            g_error("story: the roster is not asked");
        if (story->model->roster.round == ROUND_HEDDLE && story->connz != NULL)
            answer_round(story, story->connz);
        else if (story->model->roster.round != ROUND_NONE)
            answer_round(story, no_connections);
        story_keep_alive(story, 0.1);
        if (i % 10 == 9)
            story_rtt(story, 0.3);
    }
}

static void post_round(Story *story, RosterRound round, const char *json)
{
    if (story->model->roster.round == ROUND_NONE)
        story_keep_alive(story, 2.5);
    await_round(story, round);
    answer_round(story, json);
    story_keep_alive(story, 0.3);
}

void story_connz(Story *story, const char *json)
{
    post_round(story, ROUND_HEDDLE, json);
    g_free(story->connz);
    story->connz = g_strdup(json);
}

void story_idle(Story *story, const char *json)
{
    post_round(story, ROUND_IDLE, json);
}

void story_roster(Story *story, const char *const *subscribers)
{
    GString *json = g_string_new("{\"data\":{\"total\":3,\"connections\":[");

    for (unsigned i = 0; subscribers[i] != NULL; i++) {
        g_auto(GStrv) words = g_strsplit(subscribers[i], " ", 2);

        g_string_append_printf(json, "%s{\"subscriptions_list_detail\":[{\"subject\":\"%s\"",
                               i > 0 ? "," : "", words[0]);
        if (words[1] != NULL)
            g_string_append_printf(json, ",\"qgroup\":\"%s\"", words[1]);
        g_string_append(json, "}]}");
    }
    g_string_append(json, "]}}");
    story_connz(story, json->str);
    g_string_free(json, TRUE);
}

Story *story_well(const char *const *files)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_env(story, TRUE);
    story_fleet(story, files);
    story_roster(story, story_listening);
    return story;
}
