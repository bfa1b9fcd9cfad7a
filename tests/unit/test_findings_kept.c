/* Findings over time: which are the same as before, which are dismissed, and many of one sort. */
#include "mesh/findings.h"

#include <string.h>

#include "tests/support/story.h"
#include "tests/support/suite.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void holds(const char *text, const char *words)
{
    ck_assert_msg(text != NULL && strstr(text, words) != NULL, "\"%s\" lacks \"%s\"",
                  text != NULL ? text : "(nothing)", words);
}

static unsigned entries_of(const Story *story, const char *track)
{
    const Timeline *timeline = story->model->timeline;
    unsigned count = 0;

    for (guint64 i = timeline_oldest(timeline); timeline_entry(timeline, i) != NULL; i++)
        count += g_str_equal(timeline_entry(timeline, i)->track, track);
    return count;
}

static void dismiss(Story *story, const char *id)
{
    Event *event = event_new(EVENT_DISMISS);

    event->text = g_strdup(story_finding(story, id)->key);
    event->on = TRUE;
    story_post(story, event);
}

START_TEST(a_finding_out_of_sight_is_neither_gone_nor_new)
{
    const char *const subjects[] = {"heddle.tasks.incoming router",
                                    "heddle.tasks.*.local workers-*", NULL};
    Story *story = story_up("nats://127.0.0.1:4222");
    gint64 since;

    story_roster(story, subjects);
    since = story_finding(story, "wide_name")->since_us;
    dismiss(story, "wide_name");
    story_wait(story, 6); /* nothing is heard of the server */
    ck_assert_int_ne(story->model->link.state, LINK_UP);
    ck_assert_ptr_null(story_finding(story, "wide_name"));
    story_keep_alive(story, 2);
    story_roster(story, subjects);
    ck_assert_ptr_nonnull(story_finding(story, "wide_name"));
    ck_assert(story_finding(story, "wide_name")->dismissed);
    ck_assert_int_eq(story_finding(story, "wide_name")->since_us, since);
    ck_assert_uint_eq(entries_of(story, "finding wide_name"), 1);
    story_roster(story, LIST("heddle.tasks.incoming router"));
    ck_assert_ptr_null(story_finding(story, "wide_name"));
    ck_assert_uint_eq(entries_of(story, "finding wide_name"), 2);
    story_roster(story, subjects); /* another time is another finding */
    ck_assert(!story_finding(story, "wide_name")->dismissed);
    story_free(story);
}
END_TEST

START_TEST(another_server_knows_nothing_of_what_was_dismissed)
{
    const char *const subjects[] = {"heddle.tasks.*.local workers-*", NULL};
    Story *story = story_up("nats://127.0.0.1:4222");

    story_roster(story, subjects);
    dismiss(story, "wide_name");
    if (_i == 1)
        story_wait(story, 6); /* it is out of sight by then */
    story_set_url(story, "nats://127.0.0.2:4222");
    story_link_up(story, story->model->proving.link);
    ck_assert_uint_eq(entries_of(story, "finding wide_name"), 2);
    story_roster(story, subjects);
    ck_assert_ptr_nonnull(story_finding(story, "wide_name"));
    ck_assert(!story_finding(story, "wide_name")->dismissed);
    story_free(story);
}
END_TEST

/* Processors on a tier where no router sends, by their number. */
static void crowd(Story *story, unsigned count)
{
    g_auto(GStrv) subjects = g_new0(char *, count + 1);

    for (unsigned i = 0; i < count; i++)
        subjects[i] = g_strdup_printf("heddle.tasks.a%03u.odd processors-a%03u", i, i);
    story_roster(story, (const char *const *)subjects);
}

static unsigned count_of(const Story *story, const char *id)
{
    unsigned count = 0;

    for (unsigned i = 0; i < story->model->findings->len; i++)
        count += g_str_equal(((Finding *)g_ptr_array_index(story->model->findings, i))->id, id);
    return count;
}

START_TEST(a_crowd_of_one_sort_is_told_as_one)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Finding *finding;
    gint64 since;

    crowd(story, 8);
    ck_assert_uint_eq(count_of(story, "bogus_tier"), 8);
    ck_assert_uint_eq(story_finding(story, "bogus_tier")->count, 1);
    since = story_finding(story, "bogus_tier")->since_us;
    story_keep_alive(story, 3);
    crowd(story, 9);
    ck_assert_uint_eq(count_of(story, "bogus_tier"), 1);
    finding = story_finding(story, "bogus_tier");
    ck_assert_uint_eq(finding->count, 9);
    ck_assert_int_eq(finding->since_us, since);
    holds(finding->text, "a000 listens on tier odd, where no router sends, and 8 more like it");
    holds(g_ptr_array_index(finding->evidence, finding->evidence->len - 1), "processor a008");
    crowd(story, 300);
    finding = story_finding(story, "bogus_tier");
    holds(finding->text, "and at least 199 more like it");
    holds(g_ptr_array_index(finding->evidence, finding->evidence->len - 1), "more, at least");
    crowd(story, 2);
    ck_assert_uint_eq(count_of(story, "bogus_tier"), 2);
    ck_assert_int_eq(story_finding(story, "bogus_tier")->since_us, since);
    story_free(story);
}
END_TEST

START_TEST(a_dismissed_crowd_that_grows_is_told_again)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    State worst;
    unsigned others;

    crowd(story, 20);
    others = findings_count(story->model, &worst) - 1;
    dismiss(story, "bogus_tier");
    ck_assert_uint_eq(findings_count(story->model, &worst), others);
    crowd(story, 12);
    ck_assert_uint_eq(findings_count(story->model, &worst), others);
    crowd(story, 13);
    ck_assert_uint_eq(findings_count(story->model, &worst), others + 1);
    story_free(story);
}
END_TEST

/* Gone while the dashboard looks on, or never there: both are missing, and none is cut silently. */
START_TEST(who_is_missing_is_counted_and_named_to_the_last)
{
    enum { COUNT = 16 };
    Story *story = story_up("nats://127.0.0.1:4222");
    g_auto(GStrv) files = g_new0(char *, COUNT + 1);
    const Finding *finding;
    const char *last;
    g_auto(GStrv) lines = NULL;

    for (int i = 0; i < COUNT; i++)
        files[i] = g_strdup_printf("processor:a%02d", i);
    story_fleet(story, (const char *const *)files);
    story_roster(story,
                 LIST("heddle.tasks.incoming router", "heddle.tasks.a00.local processors-a00"));
    finding = story_finding(story, "not_running");
    ck_assert_uint_eq(finding->count, COUNT - 1);
    story_roster(story, LIST("heddle.tasks.incoming router"));
    finding = story_finding(story, "not_running");
    ck_assert_uint_eq(finding->count, COUNT);
    holds(g_ptr_array_index(finding->evidence, 0), "processor a00: gone since");
    last = g_ptr_array_index(finding->evidence, finding->evidence->len - 1);
    holds(last, "and 4 more: processor a12, processor a13, processor a14, processor a15");
    lines = g_strsplit(finding->next, "\n", -1);
    ck_assert_uint_eq(g_strv_length(lines), COUNT);
    for (int i = 0; i < COUNT; i++)
        ck_assert(g_str_has_suffix(lines[i], " &")); /* none keeps the terminal from the next */
    story_free(story);
}
END_TEST

START_TEST(who_is_missing_has_its_file_where_that_has_another_name)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    Actor *actor;

    story_fleet(story, LIST("processor:a"));
    actor = g_ptr_array_index(story->model->actors, 0);
    g_free(actor->path);
    actor->path = g_strdup("configs/other.yaml");
    story_roster(story, LIST("heddle.tasks.incoming router"));
    holds(g_ptr_array_index(story_finding(story, "not_running")->evidence, 0),
          "processor a (configs/other.yaml): nobody");
    story_free(story);
}
END_TEST

/* `read` would take the next line of what is pasted for the URL. */
START_TEST(a_login_is_asked_for_once_and_within_braces)
{
    Story *story = story_up("nats://me:secret@127.0.0.1:4222");
    const char *next;

    story_fleet(story, LIST("processor:a", "processor:b"));
    story_roster(story, LIST("heddle.tasks.incoming router"));
    next = story_finding(story, "not_running")->next;
    ck_assert_str_eq(next,
                     "{ read -rs NATS_URL; export NATS_URL\n"
                     "heddle processor --config configs/a.yaml --nats-url \"$NATS_URL\" &\n"
                     "heddle processor --config configs/b.yaml --nats-url \"$NATS_URL\" &\n}");
    story_free(story);
}
END_TEST

START_TEST(a_pipeline_does_not_hide_that_the_orchestrator_is_missing)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    const Finding *finding;

    story_fleet(story, LIST("pipeline:digest", "orchestrator:planner"));
    story_roster(story, LIST("heddle.tasks.incoming router", "heddle.goals.incoming pipelines"));
    finding = story_finding(story, "not_running");
    ck_assert_ptr_nonnull(finding);
    ck_assert_uint_eq(finding->count, 1);
    holds(g_ptr_array_index(finding->evidence, 0), "orchestrator planner");
    story_free(story);
}
END_TEST

START_TEST(many_of_one_sort_keep_what_to_type_for_each)
{
    enum { COUNT = 9 };
    Story *story = story_up("nats://127.0.0.1:4222");
    g_auto(GStrv) files = g_new0(char *, COUNT + 1), subjects = g_new0(char *, COUNT + 1);
    g_auto(GStrv) lines = NULL;

    for (int i = 0; i < COUNT; i++) {
        files[i] = g_strdup_printf("processor:a%d", i);
        subjects[i] = g_strdup_printf("heddle.tasks.a%d.local workers-a%d", i, i);
    }
    story_fleet(story, (const char *const *)files);
    story_roster(story, (const char *const *)subjects);
    ck_assert_uint_eq(count_of(story, "wrong_command"), 1);
    lines = g_strsplit(story_finding(story, "wrong_command")->next, "\n", -1);
    ck_assert_uint_eq(g_strv_length(lines), COUNT);
    holds(lines[COUNT - 1], "a8.yaml");
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("findings kept");

    tcase_add_test(tcase, a_finding_out_of_sight_is_neither_gone_nor_new);
    tcase_add_loop_test(tcase, another_server_knows_nothing_of_what_was_dismissed, 0, 2);
    tcase_add_test(tcase, a_crowd_of_one_sort_is_told_as_one);
    tcase_add_test(tcase, a_dismissed_crowd_that_grows_is_told_again);
    tcase_add_test(tcase, who_is_missing_is_counted_and_named_to_the_last);
    tcase_add_test(tcase, who_is_missing_has_its_file_where_that_has_another_name);
    tcase_add_test(tcase, a_login_is_asked_for_once_and_within_braces);
    tcase_add_test(tcase, a_pipeline_does_not_hide_that_the_orchestrator_is_missing);
    tcase_add_test(tcase, many_of_one_sort_keep_what_to_type_for_each);
    return suite_run("findings kept", tcase, 20);
}
