/* update() is pure: every story of a mesh can be told as events, without a server or a terminal. */
#include <string.h>

#include "mesh/facts.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

START_TEST(start_asks_for_configs_environment_and_link)
{
    Story *story = story_new("nats://127.0.0.1:4222");

    ck_assert_int_eq(story_effects(story, EFFECT_WALK), 1);
    ck_assert_int_eq(story_effects(story, EFFECT_CHECK_ENV), 1);
    ck_assert_int_eq(story_effects(story, EFFECT_OPEN_LINK), 1);
    ck_assert_int_eq(story->model->link.state, LINK_CONNECTING);
    story_free(story);
}
END_TEST

/* A walk that meets the only file with this stamp. */
static void walk(Story *story, FileStamp stamp)
{
    Event *event = event_new(EVENT_FLEET);
    FleetFile file = {.path = ((Actor *)story->model->actors->pdata[0])->path, .stamp = stamp};
    g_autofree char *path = g_strdup(file.path);

    event->fleet = g_new0(Fleet, 1);
    event->fleet->files = g_ptr_array_new();
    event->fleet->skipped = g_ptr_array_new();
    file.path = path;
    g_ptr_array_add(event->fleet->files, &file);
    story_post(story, event);
}

START_TEST(a_file_is_checked_again_when_it_looks_otherwise)
{
    static const char *const one[] = {"processor:echo", NULL};
    Story *story = story_up("nats://127.0.0.1:4222");
    const Actor *actor;
    int checks, walks;

    story_fleet(story, one);
    actor = story->model->actors->pdata[0];
    checks = story_effects(story, EFFECT_CHECK_CONFIG);
    walks = story_effects(story, EFFECT_WALK);
    story_wait(story, 1.1);
    ck_assert_int_eq(story_effects(story, EFFECT_WALK), walks + 1);
    walk(story, actor->config->stamp);
    ck_assert_int_eq(story_effects(story, EFFECT_CHECK_CONFIG), checks);
    ck_assert_int_eq(actor->checked_us, story->now_us);
    walk(story, (FileStamp){1, 2, 3});
    ck_assert_int_eq(story_effects(story, EFFECT_CHECK_CONFIG), checks + 1);
    walk(story, (FileStamp){1, 2, 4}); /* while that runs */
    ck_assert_int_eq(story_effects(story, EFFECT_CHECK_CONFIG), checks + 1);
    story_free(story);
}
END_TEST

enum { FILES = 400 };

static ActorKind panel_kind(const Story *story, unsigned index)
{
    return actor_kind(g_ptr_array_index(story->model->panels, index));
}

/* A file that turns out to be a router's. */
static void tell_router(Story *story, unsigned index)
{
    const Actor *actor = g_ptr_array_index(story->model->actors, index);
    Event *event = event_new(EVENT_CONFIG);

    event->id = actor->id;
    event->config = g_new0(ConfigReport, 1);
    event->config->outcome = CONFIG_VALID;
    event->config->kind = KIND_ROUTER;
    event->config->text = g_strdup("Config file is valid YAML");
    event->config->stamp = (FileStamp){2, 2, 2};
    story_post(story, event);
}

START_TEST(panels_of_a_great_fleet_are_right_with_the_last_file_or_soon)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    g_auto(GStrv) files = g_new0(char *, FILES + 1);
    Event *recheck = event_new(EVENT_RECHECK);

    for (int i = 0; i < FILES; i++)
        files[i] = g_strdup_printf("%s:a%d", i % 2 == 0 ? "worker" : "processor", i);
    story_fleet(story, (const char *const *)files);
    ck_assert_int_eq(panel_kind(story, FILES / 2 - 1), KIND_PROCESSOR);
    ck_assert_int_eq(panel_kind(story, FILES / 2), KIND_WORKER);
    ck_assert_ptr_eq(((Actor *)g_ptr_array_index(story->model->panels, FILES - 1))->probe,
                     story->model->probe);
    story_post(story, recheck); /* all of them are looked at again */
    tell_router(story, FILES - 1);
    ck_assert_int_eq(panel_kind(story, 0), KIND_PROCESSOR); /* more come */
    story_wait(story, 0.2);
    ck_assert_int_eq(panel_kind(story, 0), KIND_ROUTER); /* though they did not */
    story_free(story);
}
END_TEST

START_TEST(the_same_events_always_give_the_same_effects)
{
    g_autofree char *first = NULL, *second = NULL;

    for (int turn = 0; turn < 2; turn++) {
        Story *story = story_up("nats://127.0.0.1:4222");

        story_smoke(story);
        story_set_url(story, "nats://127.0.0.1:5222");
        story_keep_alive(story, 7.0);
        *(turn == 0 ? &first : &second) = story_log(story);
        story_free(story);
    }
    ck_assert_str_eq(first, second);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("update");

    tcase_add_test(tcase, start_asks_for_configs_environment_and_link);
    tcase_add_test(tcase, a_file_is_checked_again_when_it_looks_otherwise);
    tcase_add_test(tcase, panels_of_a_great_fleet_are_right_with_the_last_file_or_soon);
    tcase_add_test(tcase, the_same_events_always_give_the_same_effects);
    return suite_run("update", tcase, 20);
}
