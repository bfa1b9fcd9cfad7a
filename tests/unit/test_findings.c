/* The traps, each told as a story: what is found, with which words, and when it is gone. */
#include "mesh/findings.h"

#include <string.h>

#include "mesh/verdict.h"
#include "tests/support/story.h"
#include "tests/support/suite.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char *const no_files[] = {NULL};
static const char *const pair[] = {"router:router_rules", "processor:echo", NULL};
static const char *const healthy[] = {"heddle.tasks.incoming router",
                                      "heddle.tasks.echo.local processors-echo", NULL};

static Story *mesh(const char *const *files)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_env(story, TRUE);
    story_fleet(story, files);
    return story;
}

static void holds(const char *text, const char *words)
{
    ck_assert_msg(text != NULL && strstr(text, words) != NULL, "\"%s\" lacks \"%s\"",
                  text != NULL ? text : "(nothing)", words);
}

/* What the roster alone shows. */
static const struct {
    const char *const *files, *const *roster;
    const char *id;
    State state;
    const char *text, *evidence, *next;
} traps[] = {
    {no_files, LIST("heddle.tasks.echo.local processors-echo"), "no_router", STATE_FAIL,
     "nobody listens on heddle.tasks.incoming", "asked", "heddle router --config"},
    {no_files, LIST("heddle.>"), "empty_bus", STATE_WARN, "no Heddle actor is on this bus", "asked",
     "heddle router"},
    {pair, LIST("heddle.>"), "no_router", STATE_FAIL, "no router", "hides this",
     "heddle router --config configs/router_rules.yaml"},
    {no_files, LIST("heddle.control.reload"), "refused_subscription", STATE_FAIL,
     "whatever its log says", "connection 0", "grep -n -A 8 permissions"},
    {no_files,
     LIST("heddle.tasks.echo.local processors-echo", "heddle.tasks.echo.local workers-echo"),
     "double_workers", STATE_FAIL, "heddle.tasks.echo.local: each task is done twice",
     "1 in queue group workers-echo", "pgrep"},
    {pair, LIST("heddle.tasks.incoming router", "heddle.tasks.echo.local workers-echo"),
     "wrong_command", STATE_FAIL, "started with `heddle worker`, and answers every task FAILED",
     "queue group workers-echo, tier local", "heddle processor --config configs/echo.yaml"},
    {no_files, LIST("heddle.tasks.incoming", "heddle.tasks.incoming"), "many_routers", STATE_FAIL,
     "several routers", "2 on heddle.tasks.incoming in no queue group", "pgrep"},
    {pair, LIST("heddle.tasks.incoming router", "heddle.tasks.echo.standard processors-echo"),
     "other_tier", STATE_WARN, "runs on tier standard, not on local",
     "1 subscribed on heddle.tasks.echo.standard", "--tier local"},
    {no_files, LIST("heddle.tasks.incoming router", "heddle.tasks.sum.bogus workers-sum"),
     "bogus_tier", STATE_WARN, "tier bogus, where no router sends", "connection", "--tier"},
    {no_files, LIST("heddle.tasks.incoming router", "heddle.tasks.*.local workers-*"), "wide_name",
     STATE_WARN, "a worker is named *", "heddle.tasks.*.local", "heddle validate"},
    {no_files,
     LIST("heddle.tasks.incoming router", "heddle.goals.incoming pipelines",
          "heddle.goals.incoming orchestrators"),
     "double_goals", STATE_WARN, "each runs it", "connection", "pgrep"},
    {pair, LIST("heddle.tasks.incoming router"), "not_running", STATE_FAIL,
     "1 declared here is not on the bus", "processor echo: nobody",
     "heddle processor --config configs/echo.yaml"},
};

START_TEST(a_trap_is_found_with_evidence_and_remedy_and_goes_by_itself)
{
    Story *story = mesh(traps[_i].files);
    const Finding *finding;
    gboolean evident = FALSE;
    g_autofree char *report = NULL, *summary = NULL;

    story_roster(story, traps[_i].roster);
    finding = story_finding(story, traps[_i].id);
    ck_assert_ptr_nonnull(finding);
    ck_assert_int_eq(finding->state, traps[_i].state);
    holds(finding->text, traps[_i].text);
    for (unsigned i = 0; i < finding->evidence->len; i++)
        evident |= strstr(g_ptr_array_index(finding->evidence, i), traps[_i].evidence) != NULL;
    ck_assert_msg(evident, "no evidence holds \"%s\"", traps[_i].evidence);
    holds(finding->next, traps[_i].next);
    ck_assert_int_ge(verdict_overall(story->model, &summary), traps[_i].state);
    story_roster(story, healthy);
    ck_assert_ptr_null(story_finding(story, traps[_i].id));
    story_free(story);
}
END_TEST

START_TEST(a_healthy_mesh_has_none)
{
    Story *story = mesh(pair);
    State worst;

    story_roster(story, healthy);
    ck_assert_uint_eq(findings_count(story->model, &worst), 0);
    ck_assert_int_eq(worst, STATE_OK);
    story_free(story);
}
END_TEST

/* Never "nobody" when the truth is "cannot see". */
START_TEST(what_cannot_be_seen_is_not_found)
{
    Story *story = mesh(pair);

    story_keep_alive(story, 1);
    ck_assert_ptr_null(story_finding(story, "no_router"));
    ck_assert_ptr_null(story_finding(story, "not_running"));
    story_roster(story, no_files);
    ck_assert_ptr_nonnull(story_finding(story, "no_router"));
    story_lost(story, CAUSE_CLOSED, NULL);
    ck_assert_ptr_null(story_finding(story, "no_router"));
    story_free(story);
}
END_TEST

START_TEST(a_broken_link_is_the_worst_and_goes_with_it)
{
    Story *story = mesh(pair);
    const Finding *finding;

    story_roster(story, healthy);
    story_lost(story, CAUSE_CLOSED, "the server ended the connection");
    story_broken(story, RUNG_TCP, CAUSE_REFUSED, "127.0.0.1:4222 refused");
    story_wait(story, 1.2);
    finding = g_ptr_array_index(story->model->findings, 0);
    ck_assert_str_eq(finding->id, "refused");
    ck_assert_str_eq(finding->text, "tcp: 127.0.0.1:4222 refused");
    holds(finding->next, "nats-server -a 127.0.0.1 -p 4222");
    story_link_up(story, story->model->link.number);
    ck_assert_ptr_null(story_finding(story, "refused"));
    story_free(story);
}
END_TEST

/* --- zombies --- */

static void blip(Story *story)
{
    story_lost(story, CAUSE_CLOSED, "the server is gone");
    story_wait(story, 2);
    story_link_up(story, story->model->link.number);
}

START_TEST(who_does_not_come_back_after_a_lost_connection_is_named_until_he_does)
{
    Story *story = mesh(pair);
    const Finding *finding;
    Check check;

    story_roster(story, healthy);
    blip(story);
    story_roster(story, no_files);
    story_keep_alive(story, 5);
    finding = story_finding(story, "zombie");
    ck_assert_ptr_nonnull(finding);
    ck_assert_ptr_eq(finding, g_ptr_array_index(story->model->findings, 0)); /* the worst */
    holds(finding->text,
          "restart router_rules, echo: not back since the connection was lost at 14:02:0");
    holds(finding->next, "heddle router --config configs/router_rules.yaml");
    holds(finding->next, "\nheddle processor --config configs/echo.yaml");
    check = verdict_check(story->model, g_ptr_array_index(story->model->panels, 1), CHECK_LIVE);
    ck_assert_str_eq(check.cause, "zombie");
    holds(check.text, "restart it");
    check_clear(&check);
    story_roster(story, LIST("heddle.tasks.incoming router"));
    finding = story_finding(story, "zombie");
    ck_assert_ptr_nonnull(finding);
    holds(finding->text, "restart echo: not back");
    story_roster(story, healthy);
    ck_assert_ptr_null(story_finding(story, "zombie"));
    story_free(story);
}
END_TEST

START_TEST(who_comes_back_in_time_or_leaves_by_himself_is_no_zombie)
{
    Story *story = mesh(pair);

    story_roster(story, healthy);
    blip(story);
    story_roster(story, healthy); /* another client of the same name would do the same */
    story_keep_alive(story, 5);
    ck_assert_ptr_null(story_finding(story, "zombie"));
    story_roster(story, LIST("heddle.tasks.incoming router")); /* ended by its operator */
    story_keep_alive(story, 5);
    ck_assert_ptr_null(story_finding(story, "zombie"));
    story_free(story);
}
END_TEST

/* --- poison --- */

static void poison(Story *story, const char *subject, const char *bytes)
{
    Event *event = event_new(EVENT_POISON);

    event->id = story->model->link.number;
    event->poison = poison_judge(subject, raw_text(bytes), TRUE);
    ck_assert_ptr_nonnull(event->poison);
    story_post(story, event);
}

START_TEST(a_poisonous_message_is_named_with_whom_it_took_down)
{
    Story *story = mesh(pair);
    const Finding *finding;

    story_roster(story, healthy);
    poison(story, "heddle.tasks.incoming", "[1,2]");
    finding = story_finding(story, "poison");
    ck_assert_ptr_nonnull(finding);
    ck_assert_int_eq(finding->state, STATE_WARN); /* nobody has gone so far */
    story_roster(story, LIST("heddle.tasks.echo.local processors-echo"));
    finding = story_finding(story, "poison");
    ck_assert_int_eq(finding->state, STATE_FAIL);
    holds(finding->text, "on heddle.tasks.incoming at 14:02:");
    holds(finding->text, "router router_rules taken down by a message ");
    holds(g_ptr_array_index(finding->evidence, 0), "[1,2]");
    holds(finding->next, "heddle router --config configs/router_rules.yaml");
    story_roster(story, healthy); /* it was started again */
    finding = story_finding(story, "poison");
    ck_assert_int_eq(finding->state, STATE_WARN);
    story->now_us += 301 * (gint64)G_USEC_PER_SEC;
    story_rtt(story, 0.3);
    story_keep_alive(story, 2);
    ck_assert_ptr_null(story_finding(story, "poison"));
    story_free(story);
}
END_TEST

START_TEST(who_was_gone_before_or_listens_elsewhere_is_no_victim)
{
    Story *story = mesh(pair);
    const Finding *finding;

    story_roster(story, healthy);
    poison(story, "heddle.tasks.other.local", "null");
    story_roster(story, LIST("heddle.tasks.incoming router"));
    finding = story_finding(story, "poison");
    ck_assert_ptr_nonnull(finding);
    ck_assert_int_eq(finding->state, STATE_WARN); /* echo serves another subject */
    poison(story, "heddle.tasks.echo.local", "null");
    for (unsigned i = 0; i < story->model->findings->len; i++)
        ck_assert_int_ne(
            ((Finding *)g_ptr_array_index(story->model->findings, i))->state == STATE_FAIL &&
                g_str_equal(((Finding *)g_ptr_array_index(story->model->findings, i))->id,
                            "poison"),
            TRUE);
    story_free(story);
}
END_TEST

/* --- the rest --- */

START_TEST(a_finding_can_be_dismissed_and_stays_so)
{
    Story *story = mesh(pair);
    const Finding *finding;
    Event *event = event_new(EVENT_DISMISS);
    gint64 since;
    State worst;

    story_roster(story, LIST("heddle.tasks.incoming router"));
    finding = story_finding(story, "not_running");
    since = finding->since_us;
    event->text = g_strdup(finding->key);
    event->on = TRUE;
    story_post(story, event);
    ck_assert_uint_eq(findings_count(story->model, &worst), 0);
    story_keep_alive(story, 3); /* worked out anew */
    finding = story_finding(story, "not_running");
    ck_assert(finding->dismissed);
    ck_assert_int_eq(finding->since_us, since);
    story_free(story);
}
END_TEST

static const char gateway[] =
    "{\"data\":{\"total\":1,\"connections\":[{\"cid\":9,\"ip\":\"10.0.0.9\",\"port\":4009,\"lang\":"
    "\"python3\",\"version\":\"2.16.0\",\"uptime\":\"1m3s\",\"subscriptions\":0}]}}";

START_TEST(a_silent_client_is_suspect_only_where_somebody_is_missing)
{
    Story *story = mesh(pair);
    const Finding *finding;

    story_roster(story, LIST("heddle.tasks.incoming router"));
    story_idle(story, gateway);
    story_keep_alive(story, 2);
    finding = story_finding(story, "stuck_start");
    ck_assert_ptr_nonnull(finding);
    holds(g_ptr_array_index(finding->evidence, 0), "10.0.0.9:4009 (python3 2.16.0), up for 1 m");
    story_roster(story, healthy);
    ck_assert_ptr_null(story_finding(story, "stuck_start"));
    story_free(story);
}
END_TEST

START_TEST(an_actor_that_lags_is_named)
{
    Story *story = mesh(no_files);
    const Finding *finding;

    story_connz(story, "{\"data\":{\"connections\":[{\"cid\":3,\"ip\":\"10.0.0.3\",\"port\":1,"
                       "\"pending_bytes\":3145728,\"subscriptions_list_detail\":[{\"subject\":"
                       "\"heddle.tasks.echo.local\",\"qgroup\":\"processors-echo\"}]}]}}");
    finding = story_finding(story, "slow_actor");
    ck_assert_ptr_nonnull(finding);
    holds(finding->text, "processor echo does not keep up: 3.0 MiB");
    story_free(story);
}
END_TEST

START_TEST(dead_letters_that_nobody_keeps_are_told_once_they_come)
{
    Story *story = mesh(pair);

    story_roster(story, healthy);
    ck_assert_ptr_null(story_finding(story, "dead_letter_unheard"));
    story_message(story, TAP_DEAD_LETTER, "{\"reason\":\"rate_limited: tier 'local'\"}");
    story_keep_alive(story, 2);
    ck_assert_ptr_nonnull(story_finding(story, "dead_letter_unheard"));
    story_free(story);
}
END_TEST

START_TEST(an_actor_on_another_server_is_told_with_its_url)
{
    Story *story = mesh(pair);
    Event *event = event_new(EVENT_SET_URL);
    const Finding *finding;

    event->id = ((Actor *)g_ptr_array_index(story->model->panels, 1))->id;
    event->url = g_strdup("nats://me:secret@10.0.0.9:4222");
    story_post(story, event);
    finding = story_finding(story, "url_split");
    ck_assert_ptr_nonnull(finding);
    holds(g_ptr_array_index(finding->evidence, 0),
          "processor echo uses nats://me:•••@10.0.0.9:4222");
    event = event_new(EVENT_SET_URL); /* the same server, written otherwise */
    event->id = ((Actor *)g_ptr_array_index(story->model->panels, 1))->id;
    event->url = g_strdup("127.0.0.1:4222/");
    story_post(story, event);
    ck_assert_ptr_null(story_finding(story, "url_split"));
    story_free(story);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("findings");

    tcase_add_loop_test(tcase, a_trap_is_found_with_evidence_and_remedy_and_goes_by_itself, 0,
                        G_N_ELEMENTS(traps));
    tcase_add_test(tcase, a_healthy_mesh_has_none);
    tcase_add_test(tcase, what_cannot_be_seen_is_not_found);
    tcase_add_test(tcase, a_broken_link_is_the_worst_and_goes_with_it);
    tcase_add_test(tcase, who_does_not_come_back_after_a_lost_connection_is_named_until_he_does);
    tcase_add_test(tcase, who_comes_back_in_time_or_leaves_by_himself_is_no_zombie);
    tcase_add_test(tcase, a_poisonous_message_is_named_with_whom_it_took_down);
    tcase_add_test(tcase, who_was_gone_before_or_listens_elsewhere_is_no_victim);
    tcase_add_test(tcase, a_finding_can_be_dismissed_and_stays_so);
    tcase_add_test(tcase, a_silent_client_is_suspect_only_where_somebody_is_missing);
    tcase_add_test(tcase, an_actor_that_lags_is_named);
    tcase_add_test(tcase, dead_letters_that_nobody_keeps_are_told_once_they_come);
    tcase_add_test(tcase, an_actor_on_another_server_is_told_with_its_url);
    return suite_run("findings", tcase, 20);
}
