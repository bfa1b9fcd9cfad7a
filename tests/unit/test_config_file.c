/* The file that a config is checked in: which paths are none, what may not be read, what changed.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heddle/config.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

START_TEST(paths_that_are_no_files_are_not_found)
{
    g_autofree char *fifo = scratch_path("fifo");
    g_autofree char *dangling = scratch_path("dangling");
    g_autofree char *circular = scratch_path("circular");
    g_autofree char *absent = scratch_path("absent");
    g_autofree char *longest = g_strnfill(5000, 'n');
    const char *const paths[] = {fifo,        dangling,         circular, absent,
                                 "/dev/null", scratch_folder(), "",       longest};

    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert_int_eq(symlink("nowhere", dangling), 0);
    ck_assert_int_eq(symlink("circular", circular), 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
        ConfigReport *report = config_check(paths[i], KIND_UNKNOWN);
        g_autofree char *text = g_strdup_printf("Config file not found: %s", paths[i]);

        ck_assert_int_eq(report->outcome, CONFIG_NOT_FOUND);
        ck_assert_int_eq(report->state, STATE_FAIL);
        ck_assert_str_eq(report->text, text);
        ck_assert(file_stamp_equal(report->stamp, (FileStamp){0, 0, 0}));
        config_report_free(report);
    }
}
END_TEST

START_TEST(a_link_to_a_file_is_the_file)
{
    g_autofree char *file = scratch_write("real.yaml", "name: x\nsystem_prompt: y\n", 24);
    g_autofree char *link = scratch_path("link.yaml");
    ConfigReport *report;

    ck_assert_int_eq(symlink("real.yaml", link), 0);
    report = config_check(link, KIND_UNKNOWN);
    ck_assert_int_eq(report->outcome, CONFIG_VALID);
    ck_assert(file_stamp_equal(report->stamp, config_stamp(file)));
    config_report_free(report);
}
END_TEST

START_TEST(a_file_that_may_not_be_read_dies)
{
    g_autofree char *path = scratch_write("locked.yaml", "a: 1\n", 5);
    ConfigReport *report;

    if (geteuid() == 0)
        return; /* root may read anything */
    ck_assert_int_eq(chmod(path, 0), 0);
    report = config_check(path, KIND_UNKNOWN);
    ck_assert_int_eq(report->outcome, CONFIG_DIES);
    ck_assert(report->unreadable);
    ck_assert_int_eq(report->state, STATE_FAIL);
    config_report_free(report);
}
END_TEST

START_TEST(a_file_over_the_limit_is_not_judged)
{
    g_autofree char *path = scratch_write("large.yaml", "a: 1\n", 5);
    ConfigReport *report;

    ck_assert_int_eq(truncate(path, CONFIG_MAX_BYTES + 1), 0);
    report = config_check(path, KIND_UNKNOWN);
    ck_assert_int_eq(report->outcome, CONFIG_TOO_LARGE);
    ck_assert_int_eq(report->state, STATE_UNKNOWN);
    ck_assert_ptr_nonnull(strstr(report->text, "over 16 MiB"));
    config_report_free(report);
}
END_TEST

START_TEST(a_stamp_tells_a_changed_file)
{
    g_autofree char *path = scratch_write("s.yaml", "a: 1\n", 5);
    ConfigReport *report = config_check(path, KIND_UNKNOWN);

    ck_assert(file_stamp_equal(report->stamp, config_stamp(path)));
    g_free(scratch_write("s.yaml", "a: 12\n", 6));
    ck_assert(!file_stamp_equal(report->stamp, config_stamp(path)));
    g_remove(path);
    ck_assert(file_stamp_equal(config_stamp(path), (FileStamp){0, 0, 0}));
    config_report_free(report);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("config_file");

    scratch_add(tcase);
    tcase_add_test(tcase, paths_that_are_no_files_are_not_found);
    tcase_add_test(tcase, a_link_to_a_file_is_the_file);
    tcase_add_test(tcase, a_file_that_may_not_be_read_dies);
    tcase_add_test(tcase, a_file_over_the_limit_is_not_judged);
    tcase_add_test(tcase, a_stamp_tells_a_changed_file);
    return suite_run("config_file", tcase, 120);
}
