/* The link of a story: its silence and its loss, and URLs that are edited, proved and let go. */
#include <string.h>

#include "tests/support/story.h"
#include "tests/support/suite.h"

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

    story_wait(story, 2);
    story_tell(story, LINK_NEWS_SILENT, silences[_i].silence, "whose fault it is");
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

int main(void)
{
    TCase *tcase = tcase_create("update_link");

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
    return suite_run("update_link", tcase, 20);
}
