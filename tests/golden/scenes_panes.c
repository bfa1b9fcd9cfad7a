/* Scenes of the dashboard's panes: the link's ups and downs, actors, smokes, results. */
#include "tests/golden/scenes_parts.h"

static Story *scene_start(View *view)
{
    (void)view;
    return story_new("nats://127.0.0.1:4222");
}

static Story *scene_cards(View *view)
{
    Story *story = story_well(story_pair);

    (void)view;
    scene_smoke(story, "completed", 2.1);
    scene_smoke(story, "completed", 3.0);
    scene_smoke(story, "failed", 4.0);
    return story;
}

static Story *scene_fleet(View *view)
{
    (void)view;
    return story_well(scene_fleet_files);
}

static Story *scene_refused(View *view)
{
    Story *story = story_new("nats://op:secret@10.0.3.7:4222");

    (void)view;
    story_env(story, FALSE);
    story_fleet(story, story_pair);
    story_broken(story, RUNG_TCP, CAUSE_REFUSED, "10.0.3.7:4222 refused");
    return story;
}

static Story *scene_silent(View *view)
{
    Story *story = story_well(story_pair);

    (void)view;
    story_wait(story, 2.1);
    return story;
}

static Story *scene_proving(View *view)
{
    Story *story = story_well(story_pair);

    (void)view;
    story_set_url(story, "nats://op:secret@nats.example:4222");
    story_climb(story, story->model->proving.link,
                story_ladder(RUNG_RESOLVE, CAUSE_UNKNOWN_HOST, "no such host: nats.example"));
    return story;
}

static Story *scene_hostile(View *view)
{
    Story *story = story_well(story_pair);

    story_message(story, TAP_RESULT, "\033[2J\033]0;owned\a not json \xff\xfe");
    story_message(
        story, TAP_RESULT,
        "{\"status\":\"\\u001b[31mcompleted\",\"worker_type\":\"\\u202eohce\",\"output\":{}}");
    story_message(story, TAP_RESULT, "[1,2]");
    story_message(story, TAP_RESULT,
                  "{\"status\":\"completed\",\"worker_type\":\"日本\",\"output\":"
                  "{\"text\":\"日本語のとても長い文字列日本語のとても長い文字列\"}}");
    view->focus = PANE_WATCH;
    return story;
}

static Story *scene_ascii(View *view)
{
    Story *story = story_well(story_pair);

    (void)view;
    scene_smoke(story, "completed", 2.1);
    return story;
}

static Story *scene_no_router(View *view)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    view->focus = PANE_SMOKE;
    story_env(story, FALSE);
    story_fleet(story, story_pair);
    story_roster(story, scene_nobody);
    story_smoke(story);
    story_sent(story, 0.2);
    story_no_responders(story);
    return story;
}

/* The server says that it goes, and nobody listens for tasks: both must be seen. */
static Story *scene_lame_duck(View *view)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    (void)view;
    story_env(story, TRUE);
    story_fleet(story, story_pair);
    story_roster(story, scene_nobody);
    story_tell(story, LINK_NEWS_ERROR, CAUSE_LAME_DUCK,
               "lame duck: the server is being shut down and sends its clients away");
    return story;
}

/* Asked for while nothing is connected. */
static Story *scene_unsent(View *view)
{
    Story *story = scene_refused(view);

    story_smoke(story);
    return story;
}

/* After a server's restart nobody of Heddle's has come back. */
static Story *scene_zombies(View *view)
{
    Story *story = story_well(story_pair);

    (void)view;
    story_lost(story, CAUSE_CLOSED, "the server ended the connection");
    story_wait(story, 2);
    story_link_up(story, story->model->link.number);
    story_roster(story, scene_nobody);
    story_keep_alive(story, 6);
    story_roster(story, scene_nobody); /* as it is asked again and again */
    return story;
}

const Scene scenes_of_panes[] = {
    {"start", scene_start},
    {"cards", scene_cards},
    {"fleet", scene_fleet},
    {"refused", scene_refused},
    {"silent", scene_silent},
    {"proving", scene_proving},
    {"hostile", scene_hostile},
    {"ascii", scene_ascii},
    {"no_router", scene_no_router},
    {"unsent", scene_unsent},
    {"zombies", scene_zombies},
    {"lame_duck", scene_lame_duck},
    {NULL, NULL},
};
