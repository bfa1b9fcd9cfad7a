#include "tests/support/scratch.h"

#include "tests/support/server.h"

static char *folder; /* of the test that runs: Check's fixtures take no argument */

static void make(void)
{
    folder = folder_new();
}

static void clear(void)
{
    folder_remove(folder);
    g_clear_pointer(&folder, g_free);
}

void scratch_add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, make, clear);
}

const char *scratch_folder(void)
{
    return folder;
}

char *scratch_path(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

char *scratch_write(const char *name, const char *bytes, gssize len)
{
    char *path = scratch_path(name);

    ck_assert(g_file_set_contents(path, bytes, len, NULL));
    return path;
}
