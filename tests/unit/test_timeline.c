/* The timeline has every change and nothing else. */
#include <string.h>

#include "mesh/timeline_observe.h"
#include "mesh/verdict.h"
#include "tests/support/cpu.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

static const char *const pair[] = {"router:router_rules", "processor:echo", NULL};
static const char *const listening[] = {"heddle.tasks.incoming router",
                                        "heddle.tasks.echo.local processors-echo", NULL};
static const char *const router_only[] = {"heddle.tasks.incoming router", NULL};

static const TimelineEntry *last(const Story *story)
{
    const Timeline *timeline = story->model->timeline;

    ck_assert_uint_gt(timeline->count, 0);
    return timeline_entry(timeline, timeline->count);
}

/* The newest entry of a track. */
static const TimelineEntry *of_track(const Story *story, const char *track)
{
    const Timeline *timeline = story->model->timeline;

    for (guint64 number = timeline->count; number > 0; number--) {
        const TimelineEntry *entry = timeline_entry(timeline, number);

        if (g_str_equal(entry->track, track))
            return entry;
    }
    ck_abort_msg("no entry of %s", track);
    return NULL;
}

/* The roster as it comes with the next round, the server answering all the while. */
static void roster(Story *story, const char *const *subscribers)
{
    story_rtt(story, 0.3);
    story_roster(story, subscribers);
}

static void is_change(const TimelineEntry *entry, const char *from, const char *to)
{
    ck_assert_str_eq(entry->from, from);
    ck_assert_str_eq(entry->to, to);
}

static void climb(Story *story, Ladder *ladder)
{
    story_climb(story, story->model->link.number, ladder);
}

static void news(Story *story, LinkNewsKind kind, Cause cause, const char *text, unsigned count)
{
    LinkNews *told = story_news(story, story->model->link.number, kind);

    told->cause = cause;
    told->text = g_strdup(text);
    told->count = count;
    story_post_news(story, told);
}

START_TEST(a_link_that_comes_up_says_where)
{
    Story *story = story_up("nats://op:secret@127.0.0.1:4222");

    ck_assert_uint_eq(story->model->timeline->count, 1);
    is_change(last(story), "", "up");
    ck_assert_str_eq(last(story)->text, "server n1 2.9.10 at 127.0.0.1:4222");
    ck_assert_int_eq(last(story)->lasted_us, -1);
    story_free(story);
}
END_TEST

START_TEST(silence_is_one_entry_that_began_with_the_last_word)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    gint64 heard;

    story_keep_alive(story, 60);
    heard = story->model->link.heard_us;
    story_wait(story, 10);
    ck_assert_uint_eq(story->model->timeline->count, 2);
    is_change(last(story), "up", "no answer");
    ck_assert_int_eq(last(story)->at_us, heard);
    ck_assert_int_eq(last(story)->state, STATE_FAIL);
    ck_assert_int_ge(last(story)->lasted_us, 59 * G_USEC_PER_SEC);
    story_rtt(story, 0.3);
    ck_assert_uint_eq(story->model->timeline->count, 3);
    is_change(last(story), "no answer", "up");
    story_free(story);
}
END_TEST

START_TEST(tries_are_counted_by_the_entry_and_make_none)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_lost(story, CAUSE_CLOSED, "the server ended it");
    is_change(last(story), "up", "down: closed");
    ck_assert_str_eq(last(story)->text, "closed: the server ended it");
    for (unsigned i = 1; i <= 20; i++) {
        story_broken(story, RUNG_TCP, CAUSE_REFUSED, i % 2 ? "refused" : "refused again");
        news(story, LINK_NEWS_WAIT, CAUSE_NONE, NULL, i);
        story_wait(story, 1);
    }
    is_change(of_track(story, "link"), "down: closed", "down: refused");
    ck_assert_uint_eq(of_track(story, "link")->times, 20);
    is_change(of_track(story, "tcp"), "ok", "refused");
    ck_assert_uint_eq(story->model->timeline->count, 4);
    story_free(story);
}
END_TEST

START_TEST(one_incident_is_two_changes_however_many_causes_it_has)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_lost(story, CAUSE_CLOSED, "the server ended it");
    story_broken(story, RUNG_TCP, CAUSE_REFUSED, "refused");
    story_broken(story, RUNG_INFO, CAUSE_SILENT, "silent after TCP");
    story_link_up(story, story->model->link.number);
    is_change(of_track(story, "link"), "down: silent", "up");
    ck_assert_uint_eq(of_track(story, "link")->flaps, 2);
    ck_assert_uint_le(of_track(story, "link")->flaps, TIMELINE_FLAPS); /* none is told of */
    story_free(story);
}
END_TEST

START_TEST(flaps_are_counted_over_ten_minutes)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    for (int i = 0; i < 5; i++) {
        story_lost(story, CAUSE_CLOSED, NULL);
        story_link_up(story, story->model->link.number);
    }
    ck_assert_uint_eq(last(story)->flaps, 10);
    story_keep_alive(story, 601);
    story_lost(story, CAUSE_CLOSED, NULL);
    ck_assert_uint_eq(last(story)->flaps, 1);
    story_free(story);
}
END_TEST

START_TEST(other_addresses_of_the_name_are_told)
{
    static const char *const before[] = {"10.0.3.6", NULL}, *const after[] = {"10.0.3.7", NULL};
    Story *story = story_up("nats://nats.prod:4222");
    const char *const *const seen[] = {before, before, after, after};
    guint64 count = story->model->timeline->count;

    for (gsize i = 0; i < G_N_ELEMENTS(seen); i++) {
        Ladder *ladder = story_ladder(RUNG_COUNT, CAUSE_NONE, NULL);

        ladder->addresses = g_strdupv((char **)seen[i]);
        climb(story, ladder);
    }
    ck_assert_uint_eq(story->model->timeline->count, count + 1);
    ck_assert_str_eq(last(story)->track, "dns");
    is_change(last(story), "10.0.3.6", "10.0.3.7");
    story_free(story);
}
END_TEST

START_TEST(another_server_of_the_same_url_is_told)
{
    Story *story = story_up("nats://nats.prod:4222");
    Ladder *ladder = story_ladder(RUNG_COUNT, CAUSE_NONE, NULL);

    story_keep_alive(story, 1);
    story_lost(story, CAUSE_CLOSED, NULL);
    g_free(ladder->info.name);
    ladder->info.name = g_strdup("n2");
    climb(story, ladder);
    news(story, LINK_NEWS_UP, CAUSE_NONE, NULL, 0);
    is_change(of_track(story, "server"), "n1 at 127.0.0.1:4222", "n2 at 127.0.0.1:4222");
    story_free(story);
}
END_TEST

START_TEST(an_edited_url_is_told_without_its_password)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_set_url(story, "nats://op:secret@127.0.0.1:5222");
    story_link_up(story, story->model->proving.link);
    is_change(of_track(story, "url"), "nats://127.0.0.1:4222", "nats://op:•••@127.0.0.1:5222");
    story_free(story);
}
END_TEST

START_TEST(an_actor_that_goes_is_told_and_a_lost_link_is_not_its_doing)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    guint64 count;
    Event *tier;

    story_env(story, TRUE);
    story_fleet(story, pair);
    roster(story, listening);
    count = story->model->timeline->count;
    ck_assert_uint_eq(count, 1); /* what is first seen is no change */
    roster(story, router_only);
    ck_assert_uint_eq(story->model->timeline->count, count + 1);
    ck_assert_str_eq(last(story)->track, "echo live");
    is_change(last(story), "ok", "not_running");
    ck_assert_ptr_nonnull(
        strstr(last(story)->text,
               "nobody is subscribed on heddle.tasks.echo.local; it is gone from the bus since "));
    story_lost(story, CAUSE_CLOSED, NULL);
    tier = event_new(EVENT_SET_TIER); /* has every live row looked at again */
    tier->tier = TIER_OWN;
    story_post(story, tier);
    ck_assert_uint_eq(story->model->timeline->count, count + 2);
    ck_assert_str_eq(last(story)->track, "link");
    story_free(story);
}
END_TEST

START_TEST(actors_that_change_alike_share_an_entry)
{
    static const char *const nobody[] = {NULL};
    Story *story = story_up("nats://127.0.0.1:4222");

    story_env(story, TRUE);
    story_fleet(story, pair);
    roster(story, listening);
    roster(story, nobody);
    is_change(of_track(story, "2 actors live"), "ok", "not_running");
    ck_assert_str_eq(last(story)->text, "router_rules, echo");
    is_change(of_track(story, "listeners"), "ok", "failed");
    roster(story, listening);
    ck_assert_uint_eq(of_track(story, "2 actors live")->flaps, 2);
    story_env(story, FALSE);
    is_change(of_track(story, "echo env"), "ok", "env_missing");
    story_free(story);
}
END_TEST

START_TEST(a_notice_that_comes_again_is_counted)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    for (int i = 0; i < 30; i++) {
        g_autofree char *text = g_strdup_printf("permissions violation for _INBOX.%d", i);

        story_wait(story, 0.1);
        news(story, LINK_NEWS_ERROR, CAUSE_PERMISSIONS, text, 0);
    }
    ck_assert_uint_eq(story->model->timeline->count, 2);
    ck_assert_uint_eq(last(story)->times, 30);
    news(story, LINK_NEWS_ERROR, CAUSE_LAME_DUCK, "lame duck mode", 0);
    story_wait(story, 0.1);
    news(story, LINK_NEWS_ERROR, CAUSE_LAME_DUCK, "lame duck mode", 0);
    is_change(last(story), "permissions", "lame_duck");
    story_free(story);
}
END_TEST

START_TEST(smokes_are_told_when_their_verdict_changes)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    guint64 count;

    for (int i = 0; i < 3; i++) {
        story_smoke(story);
        story_sent(story, 0.2);
        story_result(story, "completed", 2);
    }
    count = story->model->timeline->count;
    is_change(last(story), "", "completed");
    story_smoke(story);
    story_sent(story, 0.2);
    story_no_responders(story);
    is_change(last(story), "completed", "no_router");
    ck_assert_uint_eq(story->model->timeline->count, count + 1);
    story_free(story);
}
END_TEST

START_TEST(the_ring_forgets_the_oldest_and_bounds_every_string)
{
    Timeline *timeline = timeline_new();
    Track track = {0};
    char text[3000];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < TIMELINE_KEPT + 5; i++) {
        Change change = {(gint64)i * G_USEC_PER_SEC,    1,   text, text,
                         i % 2 ? STATE_OK : STATE_FAIL, text};

        timeline_append(timeline, &track, &change);
    }
    ck_assert_uint_eq(timeline->ring->len, TIMELINE_KEPT);
    ck_assert_uint_eq(timeline_oldest(timeline), 6);
    ck_assert_ptr_null(timeline_entry(timeline, 5));
    ck_assert_uint_eq(timeline_entry(timeline, 6)->number, 6);
    ck_assert_uint_eq(timeline_entry(timeline, timeline->count)->flaps, 601);
    ck_assert_int_le(g_utf8_strlen(timeline_entry(timeline, 6)->text, -1), TIMELINE_TEXT + 1);
    ck_assert_int_le(g_utf8_strlen(timeline_entry(timeline, 6)->track, -1), TIMELINE_WORD + 1);
    track_clear(&track);
    timeline_free(timeline);
}
END_TEST

/* What the timeline alone costs: 1,000 ticks, and as many files that are as they were. */
START_TEST(looking_costs_next_to_nothing_with_500_actors)
{
    enum { ACTORS = 500, TICKS = 1000 };
    Story *story = story_up("nats://127.0.0.1:4222");
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    Event *tick = event_new(EVENT_TICK), *same = event_new(EVENT_CONFIG);
    gint64 started, took;

    for (int i = 0; i < ACTORS; i++)
        g_ptr_array_add(files, g_strdup_printf("worker:w%d", i));
    g_ptr_array_add(files, NULL);
    story_env(story, TRUE);
    story_fleet(story, (const char *const *)files->pdata);
    roster(story, listening);
    same->id = ((Actor *)g_ptr_array_index(story->model->panels, 0))->id;
    started = cpu_us();
    for (int i = 0; i < TICKS; i++) {
        timeline_observe(story->model, timeline_scope(tick));
        timeline_observe(story->model, timeline_scope(same));
    }
    took = cpu_us() - started;
    ck_assert_msg(took < 50 * 1000, "%d ms", (int)(took / 1000));
    event_free(tick);
    event_free(same);
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("timeline");

    tcase_add_test(tcase, a_link_that_comes_up_says_where);
    tcase_add_test(tcase, silence_is_one_entry_that_began_with_the_last_word);
    tcase_add_test(tcase, tries_are_counted_by_the_entry_and_make_none);
    tcase_add_test(tcase, one_incident_is_two_changes_however_many_causes_it_has);
    tcase_add_test(tcase, flaps_are_counted_over_ten_minutes);
    tcase_add_test(tcase, other_addresses_of_the_name_are_told);
    tcase_add_test(tcase, another_server_of_the_same_url_is_told);
    tcase_add_test(tcase, an_edited_url_is_told_without_its_password);
    tcase_add_test(tcase, an_actor_that_goes_is_told_and_a_lost_link_is_not_its_doing);
    tcase_add_test(tcase, actors_that_change_alike_share_an_entry);
    tcase_add_test(tcase, a_notice_that_comes_again_is_counted);
    tcase_add_test(tcase, smokes_are_told_when_their_verdict_changes);
    tcase_add_test(tcase, the_ring_forgets_the_oldest_and_bounds_every_string);
    tcase_add_test(tcase, looking_costs_next_to_nothing_with_500_actors);
    return suite_run("timeline", tcase, 60);
}
