/* The watch of the whole bus and the sentinel, told as stories. */
#include <string.h>

#include "tests/support/story.h"
#include "tests/support/suite.h"

static const TimelineEntry *newest(const Story *story)
{
    return timeline_entry(story->model->timeline, story->model->timeline->count);
}

START_TEST(the_bus_is_subscribed_only_while_it_is_turned_to)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Effect *listen;

    ck_assert_int_eq(story_effects(story, EFFECT_LISTEN), 0);
    story_listen(story, STREAM_BUS, TRUE);
    listen = story_last(story, EFFECT_LISTEN);
    ck_assert_ptr_nonnull(listen);
    ck_assert_uint_eq(listen->id, story->model->link.number);
    ck_assert_int_eq(listen->stream, STREAM_BUS);
    ck_assert(listen->on);
    story_listen(story, STREAM_BUS, FALSE);
    ck_assert(!story_last(story, EFFECT_LISTEN)->on);
    story_free(story);
}
END_TEST

START_TEST(another_link_is_asked_for_what_is_wanted)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    unsigned before;

    story_listen(story, STREAM_SENTINEL, TRUE);
    story_bus(story, "heddle.tasks.incoming", "{\"task_id\":\"t1\"}");
    ck_assert_ptr_nonnull(flows_find(story->model->bus.flows, "t1"));
    before = story->model->link.number;
    story_set_url(story, "nats://127.0.0.1:4223");
    ck_assert_uint_eq(story_last(story, EFFECT_LISTEN)->id, before); /* not before it is proved */
    story_link_up(story, story->model->proving.link);
    ck_assert_uint_ne(story->model->link.number, before);
    ck_assert_uint_eq(story_last(story, EFFECT_LISTEN)->id, story->model->link.number);
    ck_assert_int_eq(story_last(story, EFFECT_LISTEN)->stream, STREAM_SENTINEL);
    ck_assert_uint_eq(story->model->bus.rows->len, 0); /* that was another bus */
    ck_assert_ptr_null(flows_find(story->model->bus.flows, "t1"));
    ck_assert_ptr_null(subject_tree_find(story->model->bus.subjects, "heddle"));
    story_free(story);
}
END_TEST

START_TEST(messages_and_subjects_are_kept_within_bounds)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const WatchRow *row;

    story_listen(story, STREAM_BUS, TRUE);
    for (int i = 0; i < WATCH_KEPT + 10; i++)
        story_bus(story, "heddle.tasks.echo.local", "{\"worker_type\":\"echo\"}");
    story_bus(story, "heddle.\033[2J", "[1]");
    ck_assert_uint_eq(story->model->bus.rows->len, WATCH_KEPT);
    ck_assert_uint_eq(story->model->bus.not_kept, 11);
    ck_assert_uint_eq(story->model->watch.rows->len, 0);
    row = g_ptr_array_index(story->model->bus.rows, WATCH_KEPT - 1);
    ck_assert_str_eq(row->subject, "heddle.␛[2J");
    ck_assert_ptr_null(row->note);
    ck_assert_ptr_nonnull(strstr(row->trouble, "not an object"));
    row = g_ptr_array_index(story->model->bus.rows, 0);
    ck_assert_int_eq(row->note->kind, NOTE_ROUTED);
    ck_assert_uint_eq(subject_tree_find(story->model->bus.subjects, "heddle.tasks")->messages,
                      WATCH_KEPT + 10);
    story_free(story);
}
END_TEST

START_TEST(what_the_guard_did_is_told_until_it_is_taken_up_again)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const StreamView *bus = &story->model->streams[STREAM_BUS];
    guint64 before;

    story_listen(story, STREAM_BUS, TRUE);
    before = story->model->timeline->count;
    story_narrowed(story, STREAM_BUS, STREAM_NARROWED,
                   "without heddle.tasks.>: 912,345 messages a second");
    ck_assert_int_eq(bus->width, STREAM_NARROWED);
    ck_assert_uint_eq(story->model->timeline->count, before + 1);
    ck_assert_str_eq(newest(story)->track, "bus watch");
    ck_assert_str_eq(newest(story)->to, "narrowed");
    ck_assert_str_eq(newest(story)->text, "without heddle.tasks.>: 912,345 messages a second");
    story_narrowed(story, STREAM_BUS, STREAM_LEFT, "messages were dropped");
    ck_assert_int_eq(bus->width, STREAM_LEFT);
    ck_assert_str_eq(newest(story)->to, "left");
    story_listen(story, STREAM_BUS, TRUE);
    ck_assert_int_eq(bus->width, STREAM_WHOLE);
    ck_assert_ptr_null(bus->text);
    ck_assert_str_eq(newest(story)->to, "whole");
    story_listen(story, STREAM_BUS, FALSE);
    story_narrowed(story, STREAM_BUS, STREAM_LEFT, "late"); /* turned away meanwhile */
    ck_assert_int_eq(bus->width, STREAM_WHOLE);
    story_free(story);
}
END_TEST

START_TEST(poison_is_listed_and_told_with_its_time)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const PoisonSeen *seen;

    story_listen(story, STREAM_SENTINEL, TRUE);
    story_suspect(story, "heddle.tasks.incoming", "[1,2]");
    ck_assert_uint_eq(story->model->poisons->len, 1);
    seen = g_ptr_array_index(story->model->poisons, 0);
    ck_assert_int_eq(seen->poison->victim, VICTIM_ROUTER);
    ck_assert_int_eq(seen->wall_us, story->now_wall);
    ck_assert_str_eq(newest(story)->track, "poison");
    ck_assert_str_eq(newest(story)->to, "not an object");
    ck_assert_str_eq(newest(story)->text,
                     "on heddle.tasks.incoming, takes down the router that takes it: [1,2]");
    ck_assert_int_eq(newest(story)->state, STATE_FAIL);
    story_suspect(story, "heddle.tasks.incoming", "{\"parent_task_id\":null}");
    ck_assert_int_eq(newest(story)->state, STATE_WARN);
    story_suspect(story, "heddle.tasks.incoming", "{}"); /* looked at, and found harmless */
    ck_assert_uint_eq(story->model->poisons->len, 2);
    for (int i = 0; i < POISONS_KEPT; i++)
        story_suspect(story, "heddle.tasks.echo.local", "7");
    ck_assert_uint_eq(story->model->poisons->len, POISONS_KEPT);
    ck_assert_uint_eq(story->model->poison_count, POISONS_KEPT + 2);
    story_free(story);
}
END_TEST

START_TEST(a_reload_is_a_notice_and_no_poison)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_suspect(story, "heddle.control.reload", "{\"action\":\"reload\"}");
    ck_assert_uint_eq(story->model->poisons->len, 0);
    ck_assert_str_eq(newest(story)->track, "reload");
    ck_assert_int_eq(newest(story)->state, STATE_OK);
    story_free(story);
}
END_TEST

START_TEST(what_another_bus_poisoned_is_not_told_here)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    Event *event = event_new(EVENT_POISON);

    event->id = story->model->link.number + 1;
    event->poison = poison_judge("heddle.tasks.incoming", raw_text("[1]"), TRUE);
    story_post(story, event);
    ck_assert_uint_eq(story->model->poisons->len, 0);
    story_free(story);
}
END_TEST

START_TEST(a_message_is_saved_by_an_effect)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    Event *event = event_new(EVENT_SAVE);
    const Effect *save;

    event->text = g_strdup("./m.json");
    event->bytes = g_memdup2("a\0b", 3);
    event->len = 3;
    story_post(story, event);
    save = story_last(story, EFFECT_SAVE);
    ck_assert_str_eq(save->text, "./m.json");
    ck_assert_uint_eq(save->len, 3);
    ck_assert_int_eq(memcmp(save->bytes, "a\0b", 3), 0);
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("update_bus");

    tcase_add_test(tcase, the_bus_is_subscribed_only_while_it_is_turned_to);
    tcase_add_test(tcase, another_link_is_asked_for_what_is_wanted);
    tcase_add_test(tcase, messages_and_subjects_are_kept_within_bounds);
    tcase_add_test(tcase, what_the_guard_did_is_told_until_it_is_taken_up_again);
    tcase_add_test(tcase, poison_is_listed_and_told_with_its_time);
    tcase_add_test(tcase, a_reload_is_a_notice_and_no_poison);
    tcase_add_test(tcase, what_another_bus_poisoned_is_not_told_here);
    tcase_add_test(tcase, a_message_is_saved_by_an_effect);
    return suite_run("update_bus", tcase, 30);
}
