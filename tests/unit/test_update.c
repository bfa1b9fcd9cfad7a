/* update() is pure: every story of a mesh can be told as events, without a server or a terminal. */
#include <string.h>

#include "mesh/update.h"
#include "mesh/verdict.h"
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

START_TEST(silence_shows_within_two_seconds_and_ends_with_an_answer)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_wait(story, 1.0);
    ck_assert_int_eq(story->model->link.state, LINK_UP);
    story_wait(story, 0.7);
    ck_assert_int_eq(story->model->link.state, LINK_SILENT);
    story_rtt(story, 0.4);
    ck_assert_int_eq(story->model->link.state, LINK_UP);
    story_free(story);
}
END_TEST

START_TEST(a_lost_link_counts_and_its_silence_began_with_the_last_word)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    gint64 heard = story->model->link.heard_us;

    story_wait(story, 2.0);
    story_lost(story, CAUSE_SILENT, "Stale Connection");
    ck_assert_int_eq(story->model->link.state, LINK_DOWN);
    ck_assert_uint_eq(story->model->link.lost, 1);
    ck_assert_int_eq(story->model->link.since_us, heard);
    story_free(story);
}
END_TEST

static const struct {
    Cause silence, end;
    gboolean kept;
} silences[] = {
    {CAUSE_SILENT, CAUSE_SILENT, TRUE},   {CAUSE_PATH_LOST, CAUSE_SILENT, TRUE},
    {CAUSE_PATH_LOST, CAUSE_RESET, TRUE}, {CAUSE_SILENT, CAUSE_RESET, FALSE},
    {CAUSE_SILENT, CAUSE_CLOSED, FALSE},
};

START_TEST(what_the_silence_was_is_not_overwritten_by_its_end)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    Event *event = event_new(EVENT_LINK);

    story_wait(story, 2);
    event->link = g_new0(LinkNews, 1);
    event->link->kind = LINK_NEWS_SILENT;
    event->link->link = story->model->link.number;
    event->link->cause = silences[_i].silence;
    event->link->text = g_strdup("whose fault it is");
    story_post(story, event);
    story_lost(story, silences[_i].end, "its end");
    ck_assert_str_eq(story->model->link.text, silences[_i].kept ? "whose fault it is" : "its end");
    ck_assert_int_eq(story->model->link.cause,
                     silences[_i].kept ? silences[_i].silence : silences[_i].end);
    story_free(story);
}
END_TEST

START_TEST(a_new_url_is_tried_beside_the_old_which_stays_in_force)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    unsigned old = story->model->link.number;

    story_set_url(story, "nats://127.0.0.1:5222");
    ck_assert_str_eq(story->model->settings.url, "nats://127.0.0.1:4222");
    ck_assert_uint_ne(story->model->proving.link, 0);
    ck_assert_int_eq(story_effects(story, EFFECT_CLOSE_LINK), 0);
    story_link_up(story, story->model->proving.link);
    ck_assert_str_eq(story->model->settings.url, "nats://127.0.0.1:5222");
    ck_assert_int_eq(story->model->link.state, LINK_UP);
    ck_assert_uint_ne(story->model->link.number, old);
    ck_assert_int_eq(story_effects(story, EFFECT_CLOSE_LINK), 1);
    ck_assert_uint_eq(story->model->proving.link, 0);
    story_free(story);
}
END_TEST

START_TEST(letting_a_new_url_go_leaves_the_old_as_it_was)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    unsigned old = story->model->link.number, tried;

    story_set_url(story, "nats://127.0.0.1:5222");
    tried = story->model->proving.link;
    story_post(story, event_new(EVENT_LET_GO));
    ck_assert_uint_eq(story->model->link.number, old);
    ck_assert_int_eq(story->model->link.state, LINK_UP);
    story_link_up(story, tried); /* too late */
    ck_assert_str_eq(story->model->settings.url, "nats://127.0.0.1:4222");
    ck_assert_uint_eq(story->model->link.number, old);
    story_free(story);
}
END_TEST

START_TEST(an_edit_while_nothing_is_connected_can_be_taken_back)
{
    Story *story = story_up("nats://op:secret@127.0.0.1:4222");
    Model *model = story->model;

    story_lost(story, CAUSE_CLOSED, "gone");
    story_set_url(story, "nats://127.0.0.1:5222");
    ck_assert_str_eq(model->settings.url, "nats://127.0.0.1:5222");
    story_broken(story, RUNG_TCP, CAUSE_REFUSED, "refused");
    story_set_url(story, "nats://127.0.0.1:6222");
    story_post(story, event_new(EVENT_LET_GO));
    ck_assert_str_eq(model->settings.url, "nats://op:secret@127.0.0.1:4222");
    ck_assert_int_eq(model->settings.origin, ORIGIN_FLAG);
    ck_assert_ptr_null(model->former);
    ck_assert_int_eq(
        story_effects(story, EFFECT_OPEN_LINK) - story_effects(story, EFFECT_CLOSE_LINK), 1);
    story_set_url(story, "nats://127.0.0.1:5222");
    story_link_up(story, model->link.number);
    ck_assert_ptr_null(model->former); /* proved */
    story_post(story, event_new(EVENT_LET_GO));
    ck_assert_str_eq(model->settings.url, "nats://127.0.0.1:5222");
    story_free(story);
}
END_TEST

START_TEST(the_url_in_force_entered_again_only_hurries)
{
    Story *story = story_new("nats://127.0.0.1:4222");
    int opened = story_effects(story, EFFECT_OPEN_LINK);

    story_set_url(story, "nats://127.0.0.1:4222");
    ck_assert_int_eq(story_effects(story, EFFECT_OPEN_LINK), opened + 1);
    ck_assert_int_eq(story->model->settings.origin, ORIGIN_FLAG);
    ck_assert_ptr_null(story->model->former);
    story_free(story);
}
END_TEST

START_TEST(late_news_of_an_old_link_change_nothing)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    unsigned old = story->model->link.number;

    story_set_url(story, "nats://127.0.0.1:5222");
    story_link_up(story, story->model->proving.link);
    story_lost_link(story, old, CAUSE_CLOSED, "gone");
    ck_assert_int_eq(story->model->link.state, LINK_UP);
    story_free(story);
}
END_TEST

START_TEST(two_hundred_edits_leave_one_link_and_one_being_proved)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    int opened, closed;

    for (int i = 0; i < 200; i++) {
        char url[64];

        g_snprintf(url, sizeof url, "nats://127.0.0.1:%d", 5000 + i);
        story_set_url(story, url);
    }
    opened = story_effects(story, EFFECT_OPEN_LINK);
    closed = story_effects(story, EFFECT_CLOSE_LINK);
    ck_assert_int_eq(opened - closed, 2);
    /* The one that was begun when the link in force came up. */
    ck_assert_int_eq(story_effects(story, EFFECT_PROBE) - story_effects(story, EFFECT_CANCEL_PROBE),
                     1);
    story_free(story);
}
END_TEST

START_TEST(smoke_that_completes_has_its_hops_in_order)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_sent(story, 0.2); /* news of different threads come in any order */
    story_result(story, "completed", 2.0);
    ck_assert_int_eq(smoke->verdict, VERDICT_COMPLETED);
    ck_assert_str_eq(smoke->routed_tier, "local");
    ck_assert(smoke->hops[HOP_PUBLISHED].at_us <= smoke->hops[HOP_ROUTED].at_us);
    ck_assert(smoke->hops[HOP_ROUTED].at_us <= smoke->hops[HOP_ANSWERED].at_us);
    ck_assert(smoke->ms > 0);
    story_free(story);
}
END_TEST

START_TEST(smoke_without_router_is_told_by_the_server)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_no_responders(story);
    ck_assert_int_eq(smoke->verdict, VERDICT_NO_ROUTER);
    ck_assert_ptr_nonnull(strstr(smoke->text, "heddle.tasks.incoming"));
    story_free(story);
}
END_TEST

START_TEST(smoke_without_worker_names_the_silent_hop)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_keep_alive(story, 5.5);
    ck_assert_int_eq(smoke->verdict, VERDICT_WORKER_SILENT);
    ck_assert_ptr_nonnull(strstr(smoke->text, "heddle.tasks.echo.local"));
    story_free(story);
}
END_TEST

START_TEST(smoke_that_nobody_routes_times_out)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_keep_alive(story, 4.8);
    ck_assert_int_eq(smoke->verdict, VERDICT_RUNNING);
    story_keep_alive(story, 0.5);
    ck_assert_int_eq(smoke->verdict, VERDICT_TIMED_OUT);
    story_free(story);
}
END_TEST

START_TEST(a_late_answer_is_taken_and_shown_as_late)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_keep_alive(story, 6.0);
    ck_assert_int_eq(smoke->verdict, VERDICT_TIMED_OUT);
    story_result(story, "completed", 6100);
    ck_assert_int_eq(smoke->verdict, VERDICT_COMPLETED);
    ck_assert(smoke->late);
    ck_assert_ptr_nonnull(strstr(smoke->text, "late"));
    story_free(story);
}
END_TEST

START_TEST(a_second_answer_says_two_routers_or_two_workers)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_result(story, "completed", 2.0);
    story_result(story, "completed", 2.5);
    ck_assert_int_eq(smoke->verdict, VERDICT_DUPLICATE);
    ck_assert_ptr_nonnull(strstr(smoke->text, "two routers or two workers"));
    story_free(story);
}
END_TEST

START_TEST(a_dead_letter_gives_its_reason)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);
    g_autofree char *body = g_strdup_printf(
        "{\"reason\":\"rate_limited: tier 'local' has no available capacity\",\"task_id\":\"%s\"}",
        smoke->task_id);

    story_sent(story, 0.2);
    story_match(story, TAP_DEAD_LETTER, SUBJECT_DEAD_LETTER, body, 0.5);
    ck_assert_int_eq(smoke->verdict, VERDICT_DEAD_LETTERED);
    ck_assert_ptr_nonnull(strstr(smoke->text, "rate_limited"));
    story_free(story);
}
END_TEST

START_TEST(a_failing_worker_gives_its_error)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Smoke *smoke = story_smoke(story);

    story_sent(story, 0.2);
    story_result(story, "failed", 2.0);
    ck_assert_int_eq(smoke->verdict, VERDICT_FAILED);
    ck_assert_ptr_nonnull(strstr(smoke->text, "backend on fire"));
    story_free(story);
}
END_TEST

START_TEST(a_smoke_without_link_is_not_sent)
{
    Story *story = story_new("nats://127.0.0.1:4222");

    story_smoke(story);
    ck_assert_int_eq(model_last_smoke(story->model)->verdict, VERDICT_NOT_CONNECTED);
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 0);
    story_free(story);
}
END_TEST

START_TEST(read_only_publishes_nothing)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story->model->settings.read_only = TRUE;
    story_smoke(story);
    ck_assert_int_eq(model_last_smoke(story->model)->verdict, VERDICT_DENIED);
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 0);
    story_free(story);
}
END_TEST

START_TEST(a_task_never_carries_a_parent)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const char *bytes;

    story_smoke(story);
    bytes = story_last(story, EFFECT_SEND)->bytes;
    ck_assert_ptr_null(strstr(bytes, "parent_task_id"));
    ck_assert_ptr_nonnull(strstr(bytes, "\"source\":\"heddle-preflight\""));
    ck_assert_str_eq(story_last(story, EFFECT_SEND)->text, "heddle.tasks.incoming");
    story_free(story);
}
END_TEST

START_TEST(repeating_sends_one_smoke_every_five_seconds)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    Event *event = event_new(EVENT_REPEAT);

    event->at_us = story->model->now_us;
    event->on = TRUE;
    story_post(story, event);
    story_keep_alive(story, 10.5);
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), 3);
    story_free(story);
}
END_TEST

static void repeat_smokes(Story *story)
{
    Event *event = event_new(EVENT_REPEAT);

    event->on = TRUE;
    story_post(story, event);
}

START_TEST(repeating_ends_where_nobody_was_asked)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    int sent;

    repeat_smokes(story);
    story_set_url(story, "nats://127.0.0.1:5222");
    story_link_up(story, story->model->proving.link);
    ck_assert(story->model->smoke_repeat); /* one's own server needs no asking */
    story_set_url(story, "nats://prod:4222");
    ck_assert(story->model->smoke_repeat); /* the old one is in force */
    story_link_up(story, story->model->proving.link);
    ck_assert(!story->model->smoke_repeat);
    sent = story_effects(story, EFFECT_SEND);
    story_keep_alive(story, 6);
    ck_assert_int_eq(story_effects(story, EFFECT_SEND), sent);
    repeat_smokes(story); /* the operator was asked by now */
    story_set_url(story, "nats://other:4222");
    story_link_up(story, story->model->proving.link);
    ck_assert(!story->model->smoke_repeat);
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
    tcase_add_test(tcase, silence_shows_within_two_seconds_and_ends_with_an_answer);
    tcase_add_test(tcase, a_lost_link_counts_and_its_silence_began_with_the_last_word);
    tcase_add_loop_test(tcase, what_the_silence_was_is_not_overwritten_by_its_end, 0,
                        G_N_ELEMENTS(silences));
    tcase_add_test(tcase, a_new_url_is_tried_beside_the_old_which_stays_in_force);
    tcase_add_test(tcase, letting_a_new_url_go_leaves_the_old_as_it_was);
    tcase_add_test(tcase, an_edit_while_nothing_is_connected_can_be_taken_back);
    tcase_add_test(tcase, the_url_in_force_entered_again_only_hurries);
    tcase_add_test(tcase, late_news_of_an_old_link_change_nothing);
    tcase_add_test(tcase, two_hundred_edits_leave_one_link_and_one_being_proved);
    tcase_add_test(tcase, smoke_that_completes_has_its_hops_in_order);
    tcase_add_test(tcase, smoke_without_router_is_told_by_the_server);
    tcase_add_test(tcase, smoke_without_worker_names_the_silent_hop);
    tcase_add_test(tcase, smoke_that_nobody_routes_times_out);
    tcase_add_test(tcase, a_late_answer_is_taken_and_shown_as_late);
    tcase_add_test(tcase, a_second_answer_says_two_routers_or_two_workers);
    tcase_add_test(tcase, a_dead_letter_gives_its_reason);
    tcase_add_test(tcase, a_failing_worker_gives_its_error);
    tcase_add_test(tcase, a_smoke_without_link_is_not_sent);
    tcase_add_test(tcase, read_only_publishes_nothing);
    tcase_add_test(tcase, a_task_never_carries_a_parent);
    tcase_add_test(tcase, repeating_sends_one_smoke_every_five_seconds);
    tcase_add_test(tcase, repeating_ends_where_nobody_was_asked);
    tcase_add_test(tcase, a_file_is_checked_again_when_it_looks_otherwise);
    tcase_add_test(tcase, panels_of_a_great_fleet_are_right_with_the_last_file_or_soon);
    tcase_add_test(tcase, the_same_events_always_give_the_same_effects);
    return suite_run("update", tcase, 20);
}
