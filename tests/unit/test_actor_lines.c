/* What is read out of the logs of real actors: tests/fuzz/corpus/log, Heddle 0.9.2 with nats-py
 * 2.16. */
#include <check.h>
#include <string.h>

#include "base/mask.h"
#include "heddle/actor_log.h"
#include "tests/support/suite.h"

static LogSummary recorded(const char *name)
{
    const char *top = g_getenv("top_srcdir");
    g_autofree char *file =
        g_build_filename(top != NULL ? top : ".", "tests/fuzz/corpus/log", name, NULL);
    ActorLog *log = actor_log_open(file);
    LogSummary sum;

    ck_assert(!actor_log_poll(log, &sum));
    ck_assert_str_eq(sum.trouble, "");
    ck_assert_uint_gt(sum.lines, 0);
    actor_log_free(log);
    return sum;
}

/* Wall clock of a time of 2026-11-24. */
static gint64 at(const char *time)
{
    g_autofree char *iso = g_strdup_printf("2026-11-24T%sZ", time);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(iso, utc);

    return g_date_time_to_unix(date) * G_USEC_PER_SEC + g_date_time_get_microsecond(date);
}

START_TEST(healthy_start_is_connected_then_subscribed)
{
    LogSummary sum = recorded("worker");
    const LogNote *notes = sum.notes;

    ck_assert_str_eq(sum.actor, "worker-echo-local");
    ck_assert_uint_eq(sum.starts, 1);
    ck_assert(notes[LOG_CONNECTED].seen && notes[LOG_CONNECTED].exact);
    ck_assert_str_eq(notes[LOG_CONNECTED].text, "nats://127.0.0.1:4222");
    ck_assert_int_eq(notes[LOG_CONNECTED].at_us, at("21:38:44.883468"));
    ck_assert_str_eq(notes[LOG_SUBSCRIBED].text, "heddle.tasks.echo.local");
    ck_assert_int_eq(notes[LOG_SUBSCRIBED].at_us, at("21:38:44.883675"));
    ck_assert_int_eq(notes[LOG_SUBSCRIBED].stage, LOG_STAGE_CONNECTED);
    ck_assert(!notes[LOG_RELOAD_FAILED].seen);
    ck_assert(!notes[LOG_EXCEPTION].seen);
    ck_assert_int_eq(sum.last_us, at("21:38:49.920945"));
}
END_TEST

/* Heddle 0.9.2 does not come to say bus.disconnected: nats-py's words are all there is. */
START_TEST(lost_server_is_seen_in_the_words_of_the_client)
{
    LogSummary sum = recorded("echo");
    const LogNote *lost = &sum.notes[LOG_DISCONNECTED];

    ck_assert_int_eq(sum.stage, LOG_STAGE_LOST);
    ck_assert_str_eq(lost->text, "nats.errors.UnexpectedEOF: nats: unexpected EOF");
    ck_assert(!lost->exact);
    ck_assert_int_ge(lost->at_us, sum.last_us);
    ck_assert_int_eq(lost->stage, LOG_STAGE_SUBSCRIBED);
    ck_assert(!sum.notes[LOG_EXCEPTION].seen);
    ck_assert(!sum.died);
    ck_assert_str_eq(sum.notes[LOG_RELOAD_FAILED].text,
                     "while parsing a flow node expected the node content, but found '<stream "
                     "end>'   in \"configs/workers/echo.yaml\", line 2, column 1");
    ck_assert_int_eq(recorded("router").stage, LOG_STAGE_LOST);
    ck_assert(recorded("router").notes[LOG_SUBSCRIBED].seen);
}
END_TEST

START_TEST(exception_between_connected_and_subscribed_is_named)
{
    LogSummary sum = recorded("bad_subject");

    ck_assert_int_eq(sum.stage, LOG_STAGE_CONNECTED);
    ck_assert(!sum.notes[LOG_SUBSCRIBED].seen);
    ck_assert_str_eq(sum.notes[LOG_EXCEPTION].text,
                     "nats.errors.BadSubjectError: nats: invalid subject");
    ck_assert_int_eq(sum.notes[LOG_EXCEPTION].stage, LOG_STAGE_CONNECTED);
    ck_assert(sum.died);
}
END_TEST

START_TEST(refused_subscription_is_told_though_it_says_subscribed)
{
    LogSummary sum = recorded("violation");

    ck_assert_int_eq(sum.stage, LOG_STAGE_SUBSCRIBED);
    ck_assert_str_eq(sum.notes[LOG_VIOLATION].text,
                     "nats.errors.Error: nats: permissions violation for subscription to "
                     "\"heddle.tasks.echo.local\" using queue \"processors-echo\"");
    ck_assert_str_eq(sum.notes[LOG_CONNECTED].text, "nats://me:" MASK_BULLETS "@127.0.0.1:4222");
    ck_assert(!sum.died);
}
END_TEST

START_TEST(start_that_heddle_refuses_gives_its_words)
{
    LogSummary sum = recorded("no_config");

    ck_assert_str_eq(sum.notes[LOG_REFUSED].text, "Config file not found: missing.yaml");
    ck_assert_int_eq(sum.stage, LOG_STAGE_STARTING);
    sum = recorded("no_variable");
    ck_assert(g_str_has_prefix(sum.notes[LOG_WARNED].text,
                               "Neither LM_STUDIO_URL nor OLLAMA_URL is set."));
    ck_assert(!sum.notes[LOG_REFUSED].seen);
}
END_TEST

START_TEST(stop_is_told_from_loss)
{
    LogSummary sum = recorded("pipe");

    ck_assert_int_eq(sum.stage, LOG_STAGE_STOPPING);
    ck_assert_str_eq(sum.notes[LOG_STOPPED].text, "SIGTERM");
    ck_assert(!sum.notes[LOG_DISCONNECTED].seen);
    ck_assert(!sum.notes[LOG_RELOAD_FAILED].seen);
    ck_assert(g_str_has_prefix(sum.notes[LOG_EXCEPTION].text, "TypeError: NATSBus.connect"));
    ck_assert_int_eq(sum.notes[LOG_EXCEPTION].stage, LOG_STAGE_STOPPING);
}
END_TEST

START_TEST(tracebacks_in_a_box_or_a_group_end_with_their_exception)
{
    LogSummary sum = recorded("rich");

    ck_assert_str_eq(sum.notes[LOG_EXCEPTION].text,
                     "ValueError: no such subject for nats://me:" MASK_BULLETS "@host:4222");
    sum = recorded("group");
    ck_assert_str_eq(sum.notes[LOG_EXCEPTION].text,
                     "nats.errors.NoServersError: nats: no servers available for connection");
}
END_TEST

START_TEST(json_and_dockers_wrapping_are_read_alike)
{
    LogSummary sum = recorded("json");

    ck_assert_str_eq(sum.notes[LOG_CONNECTED].text, "nats://me:" MASK_BULLETS "@127.0.0.1:4222");
    ck_assert_str_eq(sum.notes[LOG_SUBSCRIBED].text, "heddle.tasks.echo.local");
    ck_assert_int_eq(sum.notes[LOG_SUBSCRIBED].at_us, at("21:38:44.752292"));
    sum = recorded("docker");
    ck_assert_str_eq(sum.notes[LOG_SUBSCRIBED].text, "heddle.tasks.echo.local");
    ck_assert_int_eq(sum.stage, LOG_STAGE_SUBSCRIBED);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("actor_lines");

    tcase_add_test(tcase, healthy_start_is_connected_then_subscribed);
    tcase_add_test(tcase, lost_server_is_seen_in_the_words_of_the_client);
    tcase_add_test(tcase, exception_between_connected_and_subscribed_is_named);
    tcase_add_test(tcase, refused_subscription_is_told_though_it_says_subscribed);
    tcase_add_test(tcase, start_that_heddle_refuses_gives_its_words);
    tcase_add_test(tcase, stop_is_told_from_loss);
    tcase_add_test(tcase, tracebacks_in_a_box_or_a_group_end_with_their_exception);
    tcase_add_test(tcase, json_and_dockers_wrapping_are_read_alike);
    return suite_run("actor_lines", tcase, 20);
}
