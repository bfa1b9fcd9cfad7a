/* Which files an operator means: arguments, folders, prefixes, defaults. */
#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heddle/config.h"
#include "heddle/fleet.h"
#include "tests/support/cpu.h"
#include "tests/support/suite.h"

static char *folder, *before;

/* Every test runs in a folder of its own. */
static void make_folder(void)
{
    before = g_get_current_dir();
    folder = g_dir_make_tmp("preflight-fleet-XXXXXX", NULL);
    ck_assert_ptr_nonnull(folder);
    ck_assert_int_eq(g_chdir(folder), 0);
    g_unsetenv("HEDDLE_CONFIGS");
}

static void remove_tree(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *inside = g_build_filename(path, name, NULL);

        remove_tree(inside);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_remove(path);
}

static void remove_folder(void)
{
    ck_assert_int_eq(g_chdir(before), 0);
    remove_tree(folder);
    g_clear_pointer(&folder, g_free);
    g_clear_pointer(&before, g_free);
}

static void put(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);

    ck_assert_int_eq(g_mkdir_with_parents(dir, 0700), 0);
    ck_assert(g_file_set_contents(path, "name: x\nsystem_prompt: y\n", -1, NULL));
}

/* "a b c" of the paths found, and "path (reason)" of those skipped, joined by blanks. */
static char *files_of(const Fleet *fleet)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < fleet->files->len; i++) {
        const FleetFile *file = fleet->files->pdata[i];

        g_string_append_printf(out, "%s%s", i > 0 ? " " : "", file->path);
    }
    return g_string_free(out, FALSE);
}

static const char *reason_of(const Fleet *fleet, const char *path)
{
    for (guint i = 0; i < fleet->skipped->len; i++) {
        const FleetSkip *skipped = fleet->skipped->pdata[i];

        if (strcmp(skipped->path, path) == 0)
            return skipped->reason;
    }
    return NULL;
}

START_TEST(folders_are_walked_in_order)
{
    const char *const args[] = {"b.yaml", "configs", "b.yaml", NULL};
    g_autofree char *files = NULL;
    Fleet *fleet;

    put("b.yaml");
    put("configs/workers/z.yaml");
    put("configs/workers/a.yml");
    put("configs/router_rules.yaml");
    put("configs/workers/notes.txt");
    put("configs/_template.yaml");
    put("configs/councils/c.yaml");
    put("configs/.git/config.yaml");
    put("configs/README");
    put("configs/.keep");
    fleet = fleet_walk(args);
    files = files_of(fleet);
    ck_assert_str_eq(files, "b.yaml configs/router_rules.yaml configs/workers/a.yml "
                            "configs/workers/z.yaml");
    ck_assert_str_eq(fleet->source, "arguments");
    ck_assert(((FleetFile *)fleet->files->pdata[0])->named);
    ck_assert(!((FleetFile *)fleet->files->pdata[1])->named);
    ck_assert_ptr_nonnull(reason_of(fleet, "configs/_template.yaml"));
    ck_assert_ptr_nonnull(reason_of(fleet, "configs/councils"));
    ck_assert_str_eq(reason_of(fleet, "configs/.git"), "a hidden folder");
    ck_assert_str_eq(reason_of(fleet, "configs/workers"),
                     "1 file in it ends neither in .yaml nor .yml");
    ck_assert_str_eq(reason_of(fleet, "configs"), "2 files in it end neither in .yaml nor .yml");
    ck_assert_uint_eq(fleet->skipped->len, 5);
    fleet_free(fleet);
}
END_TEST

START_TEST(an_empty_folder_is_told)
{
    const char *const args[] = {"configs", "full/a.yaml", "full", NULL};
    Fleet *fleet;

    ck_assert_int_eq(g_mkdir_with_parents("configs/workers", 0700), 0);
    put("full/a.yaml"); /* is listed once, and its folder has it */
    fleet = fleet_walk(args);
    ck_assert_uint_eq(fleet->files->len, 1);
    ck_assert_uint_eq(fleet->skipped->len, 1);
    ck_assert_str_eq(reason_of(fleet, "configs"), "no file in it");
    fleet_free(fleet);
}
END_TEST

START_TEST(prefix_forces_a_kind)
{
    const char *const args[] = {"worker:a.yaml", "router:d",      "absent.yaml",
                                "mcp:real.yaml", "tailor:a.yaml", NULL};
    Fleet *fleet;

    put("a.yaml");
    put("d/b.yaml");
    put("mcp:real.yaml");
    fleet = fleet_walk(args);
    ck_assert_uint_eq(fleet->files->len, 5);
    ck_assert_str_eq(((FleetFile *)fleet->files->pdata[0])->path, "a.yaml");
    ck_assert_int_eq(((FleetFile *)fleet->files->pdata[0])->forced, KIND_WORKER);
    ck_assert_str_eq(((FleetFile *)fleet->files->pdata[1])->path, "d/b.yaml");
    ck_assert_int_eq(((FleetFile *)fleet->files->pdata[1])->forced, KIND_ROUTER);
    ck_assert_str_eq(((FleetFile *)fleet->files->pdata[2])->path, "absent.yaml");
    ck_assert(((FleetFile *)fleet->files->pdata[2])->named);
    ck_assert_str_eq(((FleetFile *)fleet->files->pdata[3])->path, "mcp:real.yaml");
    ck_assert_int_eq(((FleetFile *)fleet->files->pdata[3])->forced, KIND_UNKNOWN);
    ck_assert_str_eq(((FleetFile *)fleet->files->pdata[4])->path, "tailor:a.yaml");
    fleet_free(fleet);
}
END_TEST

START_TEST(nothing_named_means_the_usual_places)
{
    const char *const none[] = {NULL};
    Fleet *fleet = fleet_walk(NULL);
    g_autofree char *by_variable = NULL, *here = NULL;

    ck_assert_ptr_null(fleet->source);
    ck_assert_uint_eq(fleet->files->len, 0);
    fleet_free(fleet);

    put("one/a.yaml");
    put("two/b.yaml");
    g_setenv("HEDDLE_CONFIGS", "one::two:three", TRUE);
    fleet = fleet_walk(none);
    by_variable = files_of(fleet);
    ck_assert_str_eq(by_variable, "one/a.yaml two/b.yaml");
    ck_assert_str_eq(fleet->source, "$HEDDLE_CONFIGS");
    ck_assert_ptr_nonnull(reason_of(fleet, "three"));
    fleet_free(fleet);

    put("configs/c.yaml");
    fleet = fleet_walk(none);
    here = files_of(fleet);
    ck_assert_str_eq(here, "configs/c.yaml");
    ck_assert_str_eq(fleet->source, "configs/");
    fleet_free(fleet);
}
END_TEST

START_TEST(loops_of_links_are_cut)
{
    const char *const args[] = {"d", NULL};
    g_autofree char *files = NULL;
    Fleet *fleet;

    put("d/a.yaml");
    put("elsewhere/b.yaml");
    ck_assert_int_eq(symlink("../d", "d/loop"), 0);
    ck_assert_int_eq(symlink("../elsewhere", "d/other"), 0);
    ck_assert_int_eq(symlink("nowhere", "d/dangling.yaml"), 0);
    ck_assert_int_eq(mkfifo("d/fifo.yaml", 0600), 0);
    fleet = fleet_walk(args);
    files = files_of(fleet);
    ck_assert_str_eq(files, "d/a.yaml d/dangling.yaml d/fifo.yaml d/other/b.yaml");
    ck_assert_ptr_nonnull(reason_of(fleet, "d/loop"));
    fleet_free(fleet);
}
END_TEST

START_TEST(depth_has_a_limit_that_is_said)
{
    const char *const args[] = {"d", NULL};
    GString *path = g_string_new("d");
    Fleet *fleet;

    for (int i = 0; i < 40; i++)
        g_string_append(path, "/d");
    g_string_append(path, "/a.yaml");
    put(path->str);
    put("d/b.yaml");
    fleet = fleet_walk(args);
    ck_assert_uint_eq(fleet->files->len, 1);
    ck_assert_uint_eq(fleet->skipped->len, 1);
    ck_assert_ptr_nonnull(
        strstr(((FleetSkip *)fleet->skipped->pdata[0])->reason, "32 folders deep"));
    fleet_free(fleet);
    g_string_free(path, TRUE);
}
END_TEST

START_TEST(number_of_files_has_a_limit_that_is_said)
{
    const char *const args[] = {"d", NULL};
    Fleet *fleet;

    ck_assert_int_eq(g_mkdir("d", 0700), 0);
    for (int i = 0; i < 10003; i++) {
        g_autofree char *path = g_strdup_printf("d/%05d.yaml", i);

        ck_assert_int_eq(symlink("x", path), 0);
    }
    fleet = fleet_walk(args);
    ck_assert_uint_eq(fleet->files->len, 10000);
    ck_assert_uint_eq(fleet->skipped->len, 1);
    ck_assert_ptr_nonnull(reason_of(fleet, "d/10000.yaml"));
    fleet_free(fleet);
}
END_TEST

START_TEST(five_hundred_configs_are_checked_in_a_second)
{
    const char *const args[] = {"d", NULL};
    gint64 start;
    Fleet *fleet;

    for (int i = 0; i < 500; i++) {
        g_autofree char *path = g_strdup_printf("d/%03d.yaml", i);

        put(path);
    }
    start = cpu_us();
    fleet = fleet_walk(args);
    ck_assert_uint_eq(fleet->files->len, 500);
    for (guint i = 0; i < fleet->files->len; i++) {
        const FleetFile *file = fleet->files->pdata[i];
        ConfigReport *report = config_check(file->path, file->forced);

        ck_assert_int_eq(report->state, STATE_OK);
        ck_assert_int_eq(report->kind, KIND_WORKER);
        config_report_free(report);
    }
    fleet_free(fleet);
    /* 12 ms when measured; the room is for sanitizers and valgrind */
    ck_assert_int_lt(cpu_us() - start, 20 * G_USEC_PER_SEC);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("fleet");

    tcase_add_checked_fixture(tcase, make_folder, remove_folder);
    tcase_add_test(tcase, folders_are_walked_in_order);
    tcase_add_test(tcase, an_empty_folder_is_told);
    tcase_add_test(tcase, prefix_forces_a_kind);
    tcase_add_test(tcase, nothing_named_means_the_usual_places);
    tcase_add_test(tcase, loops_of_links_are_cut);
    tcase_add_test(tcase, depth_has_a_limit_that_is_said);
    tcase_add_test(tcase, number_of_files_has_a_limit_that_is_said);
    tcase_add_test(tcase, five_hundred_configs_are_checked_in_a_second);
    return suite_run("fleet", tcase, 60);
}
