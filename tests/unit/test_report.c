/* The report says what the model says, in every form, and its exit status too. */
#include <jansson.h>
#include <string.h>

#include "mesh/report.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

static const char *const pair[] = {"router:router_rules", "processor:echo", NULL};
static const char *const listening[] = {"heddle.tasks.incoming router",
                                        "heddle.tasks.echo.local processors-echo", NULL};
static const ReportLook plain = {FALSE, FALSE};

static Story *all_well(void)
{
    Story *story = story_up("nats://op:secret@127.0.0.1:4222");

    story_env(story, TRUE);
    story_fleet(story, pair);
    story_roster(story, listening);
    return story;
}

static json_t *document(const Story *story)
{
    g_autofree char *text = report_text(story->model, REPORT_JSON, plain);
    json_error_t error;
    json_t *root = json_loads(text, 0, &error);

    ck_assert_msg(root != NULL, "%s", error.text);
    return root;
}

static const char *word(const json_t *root, const char *key)
{
    return json_string_value(json_object_get(root, key));
}

/* Heddle's own sentence stays, and where it is from comes behind it. */
START_TEST(an_env_verdict_says_where_it_is_from)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    static const char *const nobody[] = {NULL};
    g_autofree char *text = NULL;

    story_profile(story, "actors:\n"
                         "  echo: {tier: standard, env_file: '/etc/x y.env', restart: restart-it}");
    story_env(story, TRUE);
    story_fleet(story, pair);
    story_env_file(story, g_ptr_array_index(story->model->panels, 1), FALSE);
    story_roster(story, nobody);
    text = report_text(story->model, REPORT_TABLE, plain);
    ck_assert_ptr_nonnull(strstr(text, "processor · echo  standard\n"));
    ck_assert_ptr_nonnull(strstr(text, "env     ANTHROPIC_API_KEY not set. (from /etc/x y.env)\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "next: echo ANTHROPIC_API_KEY=your-key >> '/etc/x y.env' && restart-it\n"));
    ck_assert_ptr_nonnull(strstr(text, "live    nobody is subscribed on "
                                       "heddle.tasks.echo.standard\n            next: restart-it"));
    story_free(story);
}
END_TEST

START_TEST(this_processs_environment_is_not_named)
{
    Story *story = all_well();
    g_autofree char *text = report_text(story->model, REPORT_TABLE, plain);

    ck_assert_ptr_nonnull(strstr(text, "env     OLLAMA_URL is set\n"));
    story_free(story);
}
END_TEST

START_TEST(json_has_the_fields_of_schema_1)
{
    static const char *const keys[] = {
        "schema_version", "program",  "version", "at",     "verdict", "summary", "url",
        "url_origin",     "tier",     "link",    "ladder", "actors",  "skipped", "smoke",
        "findings",       "timeline",
    };
    Story *story = all_well();
    json_t *root = document(story), *actor, *live;

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        ck_assert_msg(json_object_get(root, keys[i]) != NULL, "%s", keys[i]);
    ck_assert_int_eq(json_integer_value(json_object_get(root, "schema_version")), 1);
    ck_assert_str_eq(word(root, "verdict"), "ok");
    ck_assert_str_eq(word(json_object_get(root, "link"), "state"), "up");
    actor = json_array_get(json_object_get(root, "actors"), 1);
    ck_assert_str_eq(word(actor, "kind"), "processor");
    ck_assert_str_eq(word(actor, "tier"), "local");
    live = json_object_get(json_object_get(actor, "checks"), "live");
    ck_assert_str_eq(word(live, "state"), "ok");
    ck_assert_int_eq(json_integer_value(json_object_get(live, "replicas")), 1);
    json_decref(root);
    story_free(story);
}
END_TEST

START_TEST(no_form_holds_the_password)
{
    Story *story = all_well();

    for (ReportForm form = 0; form < REPORT_FORMS; form++) {
        g_autofree char *text = report_text(story->model, form, plain);

        ck_assert_ptr_null(strstr(text, "secret"));
        ck_assert_uint_gt(strlen(text), 0);
    }
    story_free(story);
}
END_TEST

static void make_ok(Story *story)
{
    (void)story;
}

static void make_warn(Story *story)
{
    story_env(story, FALSE);
}

static void make_fail(Story *story)
{
    story_lost(story, CAUSE_CLOSED, "gone");
}

static void make_unknown(Story *story)
{
    Event *event = event_new(EVENT_ROSTER); /* nor does a monitoring port tell */

    story_keep_alive(story, 2.5);
    story_tell(story, LINK_NEWS_NO_ROSTER, CAUSE_NONE, "no right to ask");
    event->generation = story->model->roster.number;
    event->text = g_strdup("refused");
    story_post(story, event);
}

static const struct {
    void (*make)(Story *);
    int status;
    const char *word;
} verdicts[] = {
    {make_ok, 0, "OK"},
    {make_warn, 1, "WARNING"},
    {make_fail, 2, "CRITICAL"},
    {make_unknown, 3, "UNKNOWN"},
};

START_TEST(exit_status_and_nagios_word_follow_the_verdict)
{
    Story *story = all_well();
    g_autofree char *line = NULL;

    verdicts[_i].make(story);
    line = report_text(story->model, REPORT_NAGIOS, plain);
    ck_assert_int_eq(report_exit(story->model), verdicts[_i].status);
    ck_assert_ptr_nonnull(strstr(line, verdicts[_i].word));
    ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
    story_free(story);
}
END_TEST

START_TEST(a_cause_names_its_rung_and_its_remedy)
{
    Story *story = story_new("nats://10.0.3.7:4222");
    json_t *root, *rung;

    story_env(story, TRUE);
    story_fleet(story, pair);
    story_broken(story, RUNG_TCP, CAUSE_REFUSED, "10.0.3.7:4222 refused");
    root = document(story);
    rung = json_array_get(json_object_get(root, "ladder"), RUNG_TCP);
    ck_assert_str_eq(word(rung, "state"), "fail");
    ck_assert_str_eq(word(rung, "cause"), "refused");
    ck_assert_ptr_nonnull(word(rung, "remedy"));
    ck_assert_str_eq(word(rung, "since"), word(root, "at"));
    rung = json_array_get(json_object_get(root, "ladder"), RUNG_INFO);
    ck_assert_str_eq(word(rung, "state"), "skipped");
    ck_assert(json_is_null(json_object_get(rung, "since")));
    ck_assert_ptr_nonnull(
        strstr(word(root, "summary"), "Cannot connect to NATS at nats://10.0.3.7:4222."));
    json_decref(root);
    story_free(story);
}
END_TEST

START_TEST(smoke_and_its_hops_are_in_the_report)
{
    Story *story = all_well();
    json_t *root, *smoke;

    story_smoke(story);
    story_sent(story, 0.2);
    story_result(story, "completed", 2.1);
    root = document(story);
    smoke = json_object_get(root, "smoke");
    ck_assert_str_eq(word(smoke, "verdict"), "completed");
    ck_assert_uint_eq(json_array_size(json_object_get(smoke, "hops")), 3);
    ck_assert(json_real_value(json_object_get(smoke, "ms")) > 2.0);
    json_decref(root);
    story_free(story);
}
END_TEST

START_TEST(the_table_in_ascii_is_ascii)
{
    Story *story = all_well();
    g_autofree char *text = report_text(story->model, REPORT_TABLE, (ReportLook){TRUE, FALSE});

    ck_assert(g_str_is_ascii(text));
    ck_assert_ptr_nonnull(strstr(text, "Connected to NATS at nats://op:"));
    story_free(story);
}
END_TEST

START_TEST(the_timeline_is_in_the_report_oldest_first_and_bounded)
{
    Story *story = all_well();
    json_t *root, *entries, *entry;

    for (int i = 0; i < 80; i++) {
        story_lost(story, CAUSE_CLOSED, "the server ended it");
        story_link_up(story, story->model->link.number);
    }
    root = document(story);
    entries = json_object_get(root, "timeline");
    ck_assert_uint_eq(json_array_size(entries), 100);
    entry = json_array_get(entries, 99);
    ck_assert_str_eq(word(entry, "track"), "link");
    ck_assert_str_eq(word(entry, "from"), "down: closed");
    ck_assert_str_eq(word(entry, "to"), "up");
    ck_assert_str_eq(word(entry, "state"), "ok");
    ck_assert_int_eq(json_integer_value(json_object_get(entry, "changes_in_10_min")), 160);
    ck_assert_str_eq(word(json_array_get(entries, 98), "to"), "down: closed");
    json_decref(root);
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("report");

    tcase_add_test(tcase, an_env_verdict_says_where_it_is_from);
    tcase_add_test(tcase, this_processs_environment_is_not_named);
    tcase_add_test(tcase, json_has_the_fields_of_schema_1);
    tcase_add_test(tcase, no_form_holds_the_password);
    tcase_add_loop_test(tcase, exit_status_and_nagios_word_follow_the_verdict, 0,
                        G_N_ELEMENTS(verdicts));
    tcase_add_test(tcase, a_cause_names_its_rung_and_its_remedy);
    tcase_add_test(tcase, smoke_and_its_hops_are_in_the_report);
    tcase_add_test(tcase, the_table_in_ascii_is_ascii);
    tcase_add_test(tcase, the_timeline_is_in_the_report_oldest_first_and_bounded);
    return suite_run("report", tcase, 20);
}
