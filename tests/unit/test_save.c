/* A message is saved to a new file of one's own, or not at all. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/save.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

START_TEST(a_new_file_is_for_its_owner_alone)
{
    g_autofree char *folder = folder_new(), *path = g_build_filename(folder, "m.json", NULL);
    g_autofree char *why = NULL, *text = NULL;
    struct stat st;
    gsize len;

    ck_assert(save_new_file(path, "a\0b", 3, &why));
    ck_assert(g_file_get_contents(path, &text, &len, NULL));
    ck_assert_uint_eq(len, 3);
    ck_assert_int_eq(memcmp(text, "a\0b", 3), 0);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    ck_assert(!save_new_file(path, "other", 5, &why)); /* never over what is there */
    ck_assert_str_eq(why, "it is there already, and is not overwritten");
    g_free(text);
    ck_assert(g_file_get_contents(path, &text, &len, NULL));
    ck_assert_uint_eq(len, 3);
    folder_remove(folder);
}
END_TEST

START_TEST(a_link_is_not_followed)
{
    g_autofree char *folder = folder_new(), *path = g_build_filename(folder, "link", NULL);
    g_autofree char *target = g_build_filename(folder, "target", NULL), *why = NULL;

    ck_assert_int_eq(symlink(target, path), 0);
    ck_assert(!save_new_file(path, "x", 1, &why));
    ck_assert(!g_file_test(target, G_FILE_TEST_EXISTS));
    folder_remove(folder);
}
END_TEST

START_TEST(what_cannot_be_written_says_why)
{
    g_autofree char *folder = folder_new(), *why = NULL, *other = NULL;
    g_autofree char *path = g_build_filename(folder, "none", "m.json", NULL);

    ck_assert(!save_new_file(path, "x", 1, &why));
    ck_assert_str_eq(why, "No such file or directory");
    ck_assert(!save_new_file("", "x", 1, &other));
    folder_remove(folder);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("save");

    tcase_add_test(tcase, a_new_file_is_for_its_owner_alone);
    tcase_add_test(tcase, a_link_is_not_followed);
    tcase_add_test(tcase, what_cannot_be_written_says_why);
    return suite_run("save", tcase, 30);
}
