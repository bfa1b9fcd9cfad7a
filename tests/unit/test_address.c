/* The name of the link's URL while the link stands: mesh/update_address, over stories without a
 * server; and the look-up itself, of names that need no name server. */
#include <string.h>

#include "mesh/verdict.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

#define NAMED "nats://nats.mesh:4222"

/* The look-up under way ends with these, "" none. */
static void found(Story *story, const char *words)
{
    Event *event = event_new(EVENT_ADDRESS);

    event->generation = story_last(story, EFFECT_LOOK_UP)->generation;
    event->addresses = words[0] != '\0' ? g_strsplit(words, " ", -1) : NULL;
    story_post(story, event);
}

static void dns_is(const Story *story, State state, const char *text)
{
    Ladder *ladder = verdict_ladder(story->model);

    ck_assert_int_eq(ladder->rungs[RUNG_RESOLVE].state, state);
    if (text == NULL)
        ck_assert_ptr_null(ladder->rungs[RUNG_RESOLVE].text);
    else
        ck_assert_str_eq(ladder->rungs[RUNG_RESOLVE].text, text);
    ladder_free(ladder);
}

START_TEST(a_name_that_moves_is_told_by_the_dns_rung)
{
    Story *story = story_up(NAMED);
    int climbs;

    story_keep_alive(story, 5);
    ck_assert_str_eq(story_last(story, EFFECT_LOOK_UP)->text, NAMED);
    found(story, "127.0.0.1");
    dns_is(story, STATE_OK, NULL);
    story_keep_alive(story, 5);
    climbs = story_effects(story, EFFECT_PROBE);
    found(story, "127.0.0.2");
    ck_assert_int_eq(story_effects(story, EFFECT_PROBE), climbs + 1);
    story_keep_alive(story, 3);
    dns_is(story, STATE_WARN,
           "the name is 127.0.0.2 now, and this connection is to 127.0.0.1; addresses changed "
           "3.0 s ago: 127.0.0.1 -> 127.0.0.2");
    ck_assert_str_eq(timeline_entry(story->model->timeline, story->model->timeline->count)->to,
                     "127.0.0.2");
    story_free(story);
}
END_TEST

START_TEST(one_address_more_is_told_without_a_warning)
{
    Story *story = story_up(NAMED);

    story_keep_alive(story, 5);
    found(story, "127.0.0.1");
    story_keep_alive(story, 5);
    found(story, "127.0.0.1 127.0.0.2");
    story_keep_alive(story, 1);
    dns_is(story, STATE_OK, "addresses changed 1.0 s ago: 127.0.0.1 -> 127.0.0.1, 127.0.0.2");
    story_keep_alive(story, 601);
    dns_is(story, STATE_OK, NULL);
    story_free(story);
}
END_TEST

START_TEST(a_look_up_is_one_at_a_time_and_only_while_up)
{
    Story *story = story_up(NAMED);

    story_keep_alive(story, 20); /* the resolver takes its time */
    ck_assert_int_eq(story_effects(story, EFFECT_LOOK_UP), 1);
    found(story, ""); /* and finds nothing: another look is for a climb to take */
    dns_is(story, STATE_OK, NULL);
    story_keep_alive(story, 8.5);
    ck_assert_int_eq(story_effects(story, EFFECT_LOOK_UP), 2);
    found(story, "127.0.0.1");
    story_lost(story, CAUSE_CLOSED, "gone");
    story_wait(story, 20);
    ck_assert_int_eq(story_effects(story, EFFECT_LOOK_UP), 2);
    story_free(story);
}
END_TEST

START_TEST(a_late_look_up_of_another_url_changes_nothing)
{
    Story *story = story_up(NAMED);
    Event *late = event_new(EVENT_ADDRESS);

    story_keep_alive(story, 5);
    late->generation = story_last(story, EFFECT_LOOK_UP)->generation;
    late->addresses = g_strsplit("10.9.9.9", " ", -1);
    story_set_url(story, "nats://other.mesh:4222");
    story_link_up(story, story->model->proving.link);
    story_post(story, late);
    ck_assert_ptr_null(story->model->probe->addresses);
    story_free(story);
}
END_TEST

static const char *const unnamed[] = {"nats://127.0.0.1:4222", "nats://[::1]:4222",
                                      "nats://a:4222,nats://b:4222"};

START_TEST(a_number_or_a_list_is_not_looked_up)
{
    Story *story = story_up(unnamed[_i]);

    story_keep_alive(story, 20);
    ck_assert_int_eq(story_effects(story, EFFECT_LOOK_UP), 0);
    story_free(story);
}
END_TEST

START_TEST(a_look_up_dials_nobody)
{
    char **addresses = ladder_addresses("nats://localhost:1", 3000);

    ck_assert_ptr_nonnull(addresses);
    ck_assert(g_strv_contains((const char *const *)addresses, "127.0.0.1") ||
              g_strv_contains((const char *const *)addresses, "[::1]"));
    g_strfreev(addresses);
    ck_assert_ptr_null(ladder_addresses("http://", 1000));
    ck_assert_ptr_null(ladder_addresses("nats://nowhere.invalid:4222", 3000));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("address");

    tcase_add_test(tcase, a_name_that_moves_is_told_by_the_dns_rung);
    tcase_add_test(tcase, one_address_more_is_told_without_a_warning);
    tcase_add_test(tcase, a_look_up_is_one_at_a_time_and_only_while_up);
    tcase_add_test(tcase, a_late_look_up_of_another_url_changes_nothing);
    tcase_add_loop_test(tcase, a_number_or_a_list_is_not_looked_up, 0, G_N_ELEMENTS(unnamed));
    tcase_add_test(tcase, a_look_up_dials_nobody);
    return suite_run("address", tcase, 30);
}
