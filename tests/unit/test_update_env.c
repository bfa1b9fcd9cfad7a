/* What a profile says of an actor, and whose environment is whose: update() told as events. */
#include <string.h>

#include "mesh/facts.h"
#include "mesh/verdict.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

static const char *const fleet[] = {"processor:echo", "worker:echo2", "worker:plain", NULL};

static const char profile[] = "actors:\n"
                              "  echo: {url: 'nats://wrong:1', tier: frontier}\n"
                              "  processor/echo:\n"
                              "    url: nats://op:hush@127.0.0.1:5222\n"
                              "    tier: standard\n"
                              "    env_file: echo.env\n"
                              "    log: echo.log\n"
                              "    restart: systemctl restart heddle-echo\n"
                              "  echo2: {tier: own}\n"
                              "  renamed: {tier: local, log: /other}\n";

static Actor *actor_at(const Story *story, unsigned index)
{
    return g_ptr_array_index(story->model->actors, index);
}

static Story *story_with_profile(void)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_profile(story, profile);
    story_env(story, TRUE);
    story_fleet(story, fleet);
    return story;
}

static void set_tier(Story *story, unsigned id, Tier tier)
{
    Event *event = event_new(EVENT_SET_TIER);

    event->id = id;
    event->tier = tier;
    story_post(story, event);
}

static void set_url(Story *story, unsigned id, const char *url)
{
    Event *event = event_new(EVENT_SET_URL);

    event->id = id;
    event->url = g_strdup(url);
    story_post(story, event);
}

/* Its config is read once more, with this name or (NULL) broken. */
static void read_again(Story *story, unsigned id, const char *name)
{
    Event *event = event_new(EVENT_CONFIG);

    event->id = id;
    event->config = g_new0(ConfigReport, 1);
    event->config->outcome = name != NULL ? CONFIG_VALID : CONFIG_INVALID;
    event->config->state = name != NULL ? STATE_OK : STATE_FAIL;
    event->config->kind = name != NULL ? KIND_PROCESSOR : KIND_UNKNOWN;
    event->config->name = g_strdup(name);
    event->config->text = g_strdup("");
    story_post(story, event);
}

START_TEST(a_row_of_the_profile_counts_from_the_start)
{
    Story *story = story_with_profile();
    const Model *model = story->model;
    const Actor *echo = actor_at(story, 0);

    ck_assert_str_eq(actor_url(model, echo), "nats://op:hush@127.0.0.1:5222");
    ck_assert_str_eq(actor_tier(model, echo), "standard");
    ck_assert_str_eq(echo->probe->shown, "nats://op:•••@127.0.0.1:5222");
    ck_assert_str_eq(echo->env.path, "/etc/heddle/echo.env");
    ck_assert_str_eq(echo->log_path, "/etc/heddle/echo.log");
    ck_assert_str_eq(echo->restart, "systemctl restart heddle-echo");
    ck_assert_ptr_null(actor_at(story, 2)->profile);
    ck_assert_str_eq(actor_url(model, actor_at(story, 2)), "nats://127.0.0.1:4222");
    /* own: whatever is set for all */
    set_tier(story, 0, TIER_FRONTIER);
    ck_assert_str_eq(actor_tier(model, actor_at(story, 1)), "standard");
    ck_assert_str_eq(actor_tier(model, actor_at(story, 2)), "frontier");
    ck_assert_int_eq(model->settings.origins[SETTING_TIER], ORIGIN_EDITED);
    story_free(story);
}
END_TEST

START_TEST(the_operator_can_set_it_otherwise)
{
    Story *story = story_with_profile();
    Actor *echo = actor_at(story, 0);

    set_tier(story, echo->id, TIER_LOCAL);
    set_url(story, echo->id, "nats://127.0.0.1:6222");
    read_again(story, echo->id, "echo");
    story_fleet(story, fleet);
    ck_assert_ptr_eq(actor_at(story, 0), echo);
    ck_assert_str_eq(actor_tier(story->model, echo), "local");
    ck_assert_str_eq(actor_url(story->model, echo), "nats://127.0.0.1:6222");
    set_url(story, echo->id, "");
    ck_assert_str_eq(actor_url(story->model, echo), "nats://127.0.0.1:4222");
    story_free(story);
}
END_TEST

START_TEST(another_name_is_another_actor_and_a_broken_config_is_not)
{
    Story *story = story_with_profile();
    Actor *echo = actor_at(story, 0);

    read_again(story, echo->id, NULL);
    ck_assert_str_eq(echo->log_path, "/etc/heddle/echo.log");
    read_again(story, echo->id, "renamed");
    ck_assert_str_eq(echo->log_path, "/other");
    ck_assert_ptr_null(echo->url);
    ck_assert_ptr_null(echo->env.path);
    ck_assert_str_eq(actor_tier(story->model, echo), "local");
    read_again(story, echo->id, "unknown");
    ck_assert_ptr_null(echo->log_path);
    ck_assert_int_eq(echo->tier, TIER_COUNT);
    story_free(story);
}
END_TEST

/* --- environments --- */

static State env_state(const Story *story, const Actor *actor)
{
    Check check = verdict_check(story->model, actor, CHECK_ENV);
    State state = check.state;

    check_clear(&check);
    return state;
}

START_TEST(an_actor_with_an_env_file_has_nothing_of_the_others)
{
    Story *story = story_with_profile();
    const Actor *echo = actor_at(story, 0), *plain = actor_at(story, 2);
    g_autofree char *source = NULL, *none = NULL;

    ck_assert_int_eq(env_state(story, echo), STATE_PENDING);
    ck_assert_int_eq(env_state(story, plain), STATE_OK);
    story_env_file(story, echo, FALSE);
    ck_assert_int_eq(env_state(story, echo), STATE_WARN);
    ck_assert_int_eq(env_state(story, plain), STATE_OK);
    source = actor_env_source(story->model, echo);
    none = actor_env_source(story->model, plain);
    ck_assert_pstr_eq(source, "/etc/heddle/echo.env");
    ck_assert_ptr_null(none);
    story_free(story);
}
END_TEST

/* Of the looks at an environment that were asked for, those for `id` that may be skipped when the
 * file is as it was. */
static int polls_of(const Story *story, unsigned id)
{
    FileStamp zero = {0, 0, 0};
    int count = 0;

    for (guint i = 0; i < story->effects->len; i++) {
        const Effect *effect = g_ptr_array_index(story->effects, i);

        count += effect->kind == EFFECT_CHECK_ENV && effect->id == id &&
                 !file_stamp_equal(effect->stamp, zero);
    }
    return count;
}

static void answer_unchanged(Story *story, const Actor *actor)
{
    Event *event = event_new(EVENT_ENV);

    event->id = actor->id;
    event->generation = actor->env.generation;
    story_post(story, event);
}

START_TEST(a_file_is_looked_at_every_second_and_the_process_is_not)
{
    Story *story = story_with_profile();
    const Actor *echo = actor_at(story, 0);

    story_keep_alive(story, 2.0); /* the first look has not come back */
    ck_assert_int_eq(polls_of(story, echo->id), 0);
    story_env_file(story, echo, FALSE);
    story_keep_alive(story, 2.0);
    ck_assert_int_eq(polls_of(story, echo->id), 1); /* one at a time */
    ck_assert_str_eq(story_last(story, EFFECT_CHECK_ENV)->text, "/etc/heddle/echo.env");
    answer_unchanged(story, echo);
    ck_assert_int_eq(env_state(story, echo), STATE_WARN);
    story_keep_alive(story, 1.2);
    ck_assert_int_eq(polls_of(story, echo->id), 2);
    story_env_file(story, echo, TRUE);
    ck_assert_int_eq(env_state(story, echo), STATE_OK);
    ck_assert_int_eq(polls_of(story, 0), 0);
    story_free(story);
}
END_TEST

START_TEST(an_env_file_for_all_is_looked_at_again_too)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story->model->env.path = g_strdup("/etc/heddle/all.env");
    story_env(story, FALSE);
    story_fleet(story, fleet);
    story_keep_alive(story, 1.5);
    ck_assert_int_eq(polls_of(story, 0), 1);
    ck_assert_str_eq(story_last(story, EFFECT_CHECK_ENV)->text, "/etc/heddle/all.env");
    ck_assert_int_eq(env_state(story, actor_at(story, 0)), STATE_WARN);
    story_free(story);
}
END_TEST

START_TEST(a_late_look_changes_nothing)
{
    Story *story = story_with_profile();
    Actor *echo = actor_at(story, 0);
    EnvSource late = echo->env;
    Event *event = event_new(EVENT_RECHECK);

    event->id = echo->id;
    story_post(story, event); /* a second one under way */
    ck_assert_uint_ne(echo->env.generation, late.generation);
    event = event_new(EVENT_ENV);
    event->id = echo->id;
    event->generation = late.generation;
    event->env = env_view_unknown("/etc/heddle/echo.env", "late");
    story_post(story, event);
    ck_assert_ptr_null(echo->env.view);
    story_env_file(story, echo, TRUE);
    ck_assert_int_eq(env_state(story, echo), STATE_OK);
    event = event_new(EVENT_ENV);
    event->id = 4711; /* an actor that is gone */
    event->generation = story->model->env.generation;
    event->env = env_view_unknown("/x", "late");
    story_post(story, event);
    ck_assert_int_eq(env_state(story, actor_at(story, 2)), STATE_OK);
    story_free(story);
}
END_TEST

START_TEST(a_recheck_looks_at_all_of_them)
{
    Story *story = story_with_profile();
    int before = story_effects(story, EFFECT_CHECK_ENV);
    Event *event = event_new(EVENT_RECHECK);

    story_post(story, event);
    ck_assert_int_eq(story_effects(story, EFFECT_CHECK_ENV), before + 2);
    event = event_new(EVENT_RECHECK);
    event->id = actor_at(story, 2)->id;
    story_post(story, event); /* it has none of its own */
    ck_assert_int_eq(story_effects(story, EFFECT_CHECK_ENV), before + 2);
    story_free(story);
}
END_TEST

START_TEST(an_unreadable_file_is_told_as_not_known)
{
    Story *story = story_with_profile();
    Actor *echo = actor_at(story, 0);
    Event *event = event_new(EVENT_ENV);
    Check check;

    event->id = echo->id;
    event->generation = echo->env.generation;
    event->env = env_view_unknown("/etc/heddle/echo.env", "/etc/heddle/echo.env: gone");
    story_post(story, event);
    check = verdict_check(story->model, echo, CHECK_ENV);
    ck_assert_int_eq(check.state, STATE_UNKNOWN);
    ck_assert_str_eq(check.text, "cannot tell what is set: /etc/heddle/echo.env: gone");
    ck_assert_ptr_null(check.remedy);
    check_clear(&check);
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("update_env");

    tcase_add_test(tcase, a_row_of_the_profile_counts_from_the_start);
    tcase_add_test(tcase, the_operator_can_set_it_otherwise);
    tcase_add_test(tcase, another_name_is_another_actor_and_a_broken_config_is_not);
    tcase_add_test(tcase, an_actor_with_an_env_file_has_nothing_of_the_others);
    tcase_add_test(tcase, a_file_is_looked_at_every_second_and_the_process_is_not);
    tcase_add_test(tcase, an_env_file_for_all_is_looked_at_again_too);
    tcase_add_test(tcase, a_late_look_changes_nothing);
    tcase_add_test(tcase, a_recheck_looks_at_all_of_them);
    tcase_add_test(tcase, an_unreadable_file_is_told_as_not_known);
    return suite_run("update_env", tcase, 20);
}
