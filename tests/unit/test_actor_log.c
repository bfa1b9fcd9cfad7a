/* How the file of an actor's log is followed that grows, moves, shrinks or is none. What its lines
 * say is in test_actor_lines.c. */
#include <check.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heddle/actor_log.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

static char *folder, *path;

static void make_folder(void)
{
    folder = folder_new();
    path = g_build_filename(folder, "echo.log", NULL);
}

static void remove_folder(void)
{
    folder_remove(folder);
    g_free(folder);
    g_free(path);
}

#define LINE(time, event) "2026-11-24T" time "Z [info     ] " event "\n"

static void append(const char *text)
{
    FILE *file = fopen(path, "a");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
}

static void fill(gsize bytes)
{
    g_autofree char *text = g_malloc(bytes + 1);

    for (gsize i = 0; i < bytes; i++)
        text[i] = i % 100 == 99 ? '\n' : 'x';
    text[bytes] = '\0';
    append(text);
}

START_TEST(only_what_is_new_is_read_and_whole_lines)
{
    ActorLog *log = actor_log_open(path);
    LogSummary sum;

    append(LINE("10:00:00.000000", "bus.connected url=nats://h:4222"));
    ck_assert(!actor_log_poll(log, &sum));
    ck_assert_uint_eq(sum.lines, 1);
    append("2026-11-24T10:00:01.000000Z actor.subscr");
    actor_log_poll(log, &sum);
    ck_assert_uint_eq(sum.lines, 1);
    append("ibed subject=heddle.tasks.a@b.local\n");
    actor_log_poll(log, &sum);
    ck_assert_uint_eq(sum.lines, 2);
    ck_assert_str_eq(sum.notes[LOG_SUBSCRIBED].text, "heddle.tasks.a@b.local");
    actor_log_free(log);
}
END_TEST

START_TEST(next_start_forgets_but_for_how_the_last_ended)
{
    ActorLog *log = actor_log_open(path);
    LogSummary sum;

    append(LINE("10:00:00.000000", "bus.connected url=nats://h:4222"));
    append("Traceback (most recent call last):\n  File \"x\"\nnats.errors.BadSubjectError: no\n");
    append("Pre-flight OK: Connected to NATS at nats://h:4222\n");
    append(LINE("10:00:09.000000", "bus.connected url=nats://h:4222"));
    actor_log_poll(log, &sum);
    ck_assert_uint_eq(sum.starts, 2);
    ck_assert(!sum.notes[LOG_EXCEPTION].seen);
    ck_assert_str_eq(sum.earlier.text, "nats.errors.BadSubjectError: no");
    ck_assert_int_eq(sum.earlier.at_us, sum.last_us - 9 * G_USEC_PER_SEC);
    actor_log_free(log);
}
END_TEST

START_TEST(exception_that_it_survives_is_no_death)
{
    ActorLog *log = actor_log_open(path);
    static const struct timespec written[2] = {{2000000000, 7000}, {2000000000, 7000}};
    LogSummary sum;

    append("Traceback (most recent call last):\n  File \"x\"\nKeyError: 'x'\n");
    ck_assert_int_eq(utimensat(AT_FDCWD, path, written, 0), 0);
    actor_log_poll(log, &sum);
    ck_assert(sum.died);
    ck_assert(!sum.notes[LOG_EXCEPTION].exact);
    ck_assert_int_eq(sum.notes[LOG_EXCEPTION].at_us, 2000000000 * (gint64)G_USEC_PER_SEC + 7);
    append(LINE("10:00:09.000000", "actor.processed ms=1"));
    actor_log_poll(log, &sum);
    ck_assert(!sum.died);
    ck_assert_str_eq(sum.notes[LOG_EXCEPTION].text, "KeyError: 'x'");
    actor_log_free(log);
}
END_TEST

START_TEST(renamed_file_is_read_to_its_end_and_the_new_one_from_its_beginning)
{
    g_autofree char *old = g_strconcat(path, ".1", NULL);
    ActorLog *log = actor_log_open(path);
    LogSummary sum;
    FILE *writer;

    append(LINE("10:00:00.000000", "bus.connected url=nats://h:4222"));
    writer = fopen(path, "a");
    actor_log_poll(log, &sum);
    ck_assert_int_eq(g_rename(path, old), 0);
    fputs(LINE("10:00:01.000000", "actor.subscribed subject=heddle.tasks.a.local"), writer);
    fflush(writer);
    actor_log_poll(log, &sum);
    ck_assert_str_eq(sum.trouble, "is not there");
    ck_assert_str_eq(sum.notes[LOG_SUBSCRIBED].text, "heddle.tasks.a.local");
    fputs(LINE("10:00:02.000000", "actor.reload_failed error=first"), writer);
    fclose(writer);
    append(LINE("10:00:03.000000", "bus.disconnected url=nats://h:4222"));
    fill(300 * 1000);
    actor_log_poll(log, &sum);
    ck_assert_str_eq(sum.trouble, "");
    ck_assert_str_eq(sum.notes[LOG_RELOAD_FAILED].text, "first");
    ck_assert_int_eq(sum.stage, LOG_STAGE_LOST);
    ck_assert_uint_eq(sum.lines, 3004);
    ck_assert_uint_eq(sum.skipped, 0);
    actor_log_free(log);
}
END_TEST

START_TEST(truncated_file_is_read_from_its_beginning)
{
    ActorLog *log = actor_log_open(path);
    LogSummary sum;

    append(LINE("10:00:00.000000", "bus.connected url=nats://h:4222"));
    append("half a li");
    actor_log_poll(log, &sum);
    ck_assert_int_eq(truncate(path, 0), 0);
    actor_log_poll(log, &sum);
    append(LINE("10:00:01.000000", "bus.disconnected"));
    actor_log_poll(log, &sum);
    ck_assert_uint_eq(sum.lines, 2);
    ck_assert_int_eq(sum.stage, LOG_STAGE_LOST);
    actor_log_free(log);
}
END_TEST

START_TEST(long_file_is_read_from_near_its_end_and_a_flood_is_passed_over)
{
    ActorLog *log = actor_log_open(path);
    LogSummary sum;
    unsigned polls = 1;

    append(LINE("10:00:00.000000", "bus.connected url=nats://h:4222"));
    fill(1000 * 1000);
    append(LINE("10:00:01.000000", "actor.subscribed subject=s"));
    ck_assert(!actor_log_poll(log, &sum));
    ck_assert(!sum.notes[LOG_CONNECTED].seen);
    ck_assert(sum.notes[LOG_SUBSCRIBED].seen);
    ck_assert_uint_lt(sum.lines, 256 * 1024 / 100 + 2);
    ck_assert_uint_gt(sum.skipped, 700 * 1000);
    fill(3 * 1000 * 1000);
    append(LINE("10:00:02.000000", "bus.disconnected"));
    while (actor_log_poll(log, &sum))
        polls++;
    ck_assert_uint_eq(polls, 3);
    ck_assert_int_eq(sum.stage, LOG_STAGE_LOST);
    fill(20 * 1000 * 1000);
    append(LINE("10:00:03.000000", "bus.reconnected"));
    ck_assert(!actor_log_poll(log, &sum));
    ck_assert_int_eq(sum.stage, LOG_STAGE_SUBSCRIBED);
    actor_log_free(log);
}
END_TEST

/* The rest of a line in which reading begins may look like a line of its own. */
START_TEST(line_in_which_reading_begins_is_left_out)
{
    static const char event[] = LINE("10:00:00.000000", "actor.subscribed subject=s");
    ActorLog *log = actor_log_open(path);
    LogSummary sum;

    append("error='");
    append(event);
    fill(256 * 1024 - strlen(event));
    actor_log_poll(log, &sum);
    ck_assert_uint_eq(sum.skipped, strlen("error='"));
    ck_assert_uint_gt(sum.lines, 2000);
    ck_assert(!sum.notes[LOG_SUBSCRIBED].seen);
    actor_log_free(log);
}
END_TEST

START_TEST(endless_line_is_cut_without_half_a_password)
{
    ActorLog *log = actor_log_open(path);
    g_autoptr(GString) line = g_string_new("2026-11-24T10:00:00Z actor.reload_failed pad=");
    LogSummary sum;

    while (line->len < 16000)
        g_string_append_c(line, 'x');
    g_string_append(line, " error=nats://12345678901234567890");
    while (line->len < 100 * 1024)
        g_string_append_c(line, '1');
    g_string_append(line, "@host\n");
    append(line->str);
    append(LINE("10:00:03.000000", "bus.disconnected"));
    actor_log_poll(log, &sum);
    ck_assert_uint_eq(sum.lines, 2);
    ck_assert(sum.notes[LOG_RELOAD_FAILED].seen);
    ck_assert_ptr_null(strstr(sum.notes[LOG_RELOAD_FAILED].text, "123"));
    ck_assert_int_eq(sum.stage, LOG_STAGE_LOST);
    actor_log_free(log);
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
    ActorLog *device = actor_log_open("/dev/zero"), *dir = actor_log_open(folder);
    ActorLog *log = actor_log_open(path);
    LogSummary sum;

    ck_assert(!actor_log_poll(log, &sum));
    ck_assert_str_eq(sum.trouble, "is not there");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert(!actor_log_poll(log, &sum));
    ck_assert_str_eq(sum.trouble, "is no regular file");
    ck_assert(!actor_log_poll(device, &sum));
    ck_assert_str_eq(sum.trouble, "is no regular file");
    ck_assert(!actor_log_poll(dir, &sum));
    ck_assert_str_eq(sum.trouble, "is no regular file");
    ck_assert_int_eq(unlink(path), 0);
    append(LINE("10:00:03.000000", "bus.disconnected"));
    actor_log_poll(log, &sum);
    ck_assert_str_eq(sum.trouble, "");
    ck_assert_uint_eq(sum.lines, 1);
    actor_log_free(device);
    actor_log_free(dir);
    actor_log_free(log);
}
END_TEST

START_TEST(escape_sequences_are_gone_and_others_are_shown)
{
    ActorLog *log = actor_log_open(path);
    LogSummary sum;

    append("\033[2m2026-11-24T10:00:00Z\033[0m \033]0;title\a\033[1mactor.subscribed \033[0m"
           " \033[36msubject\033[0m=\033[35m'a\033[2J b\\n c\\'d\001'\033[0m\r\n");
    actor_log_poll(log, &sum);
    ck_assert_str_eq(sum.notes[LOG_SUBSCRIBED].text, "a b  c'd␁");
    actor_log_free(log);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("actor_log");

    tcase_add_checked_fixture(tcase, make_folder, remove_folder);
    tcase_add_test(tcase, only_what_is_new_is_read_and_whole_lines);
    tcase_add_test(tcase, next_start_forgets_but_for_how_the_last_ended);
    tcase_add_test(tcase, exception_that_it_survives_is_no_death);
    tcase_add_test(tcase, renamed_file_is_read_to_its_end_and_the_new_one_from_its_beginning);
    tcase_add_test(tcase, truncated_file_is_read_from_its_beginning);
    tcase_add_test(tcase, long_file_is_read_from_near_its_end_and_a_flood_is_passed_over);
    tcase_add_test(tcase, line_in_which_reading_begins_is_left_out);
    tcase_add_test(tcase, endless_line_is_cut_without_half_a_password);
    tcase_add_test(tcase, what_is_no_file_is_refused);
    tcase_add_test(tcase, escape_sequences_are_gone_and_others_are_shown);
    return suite_run("actor_log", tcase, 30);
}
