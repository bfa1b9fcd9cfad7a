/* Screens painted to text and compared with files: tests/golden/screens/SCENE-WIDTHxHEIGHT.txt. To
 * remake them after a change that is meant, run this program with GOLDEN_REMAKE=1 and read the
 * diff. */
#include <string.h>

#include "tests/golden/scenes.h"
#include "tests/support/suite.h"

static const struct {
    int width, height;
} sizes[] = {{80, 24}, {40, 12}, {200, 50}};

static char *paint_at(int scene, const Story *story, View *view, int width, int height)
{
    Canvas *canvas = canvas_new(width, height);
    char *text;

    canvas->ascii = g_str_equal(scene_name(scene), "ascii");
    view_draw(story->model, view, canvas);
    text = canvas_text(canvas);
    canvas_free(canvas);
    return text;
}

static char *paint(int scene, int width, int height)
{
    View *view = view_new();
    Story *story = scene_tell(scene_name(scene), view);
    char *text = paint_at(scene, story, view, width, height);

    story_free(story);
    view_free(view);
    return text;
}

/* The first line in which they differ: Check takes no message as long as a screen. */
static char *difference(const char *golden, const char *text)
{
    g_auto(GStrv) was = g_strsplit(golden, "\n", -1), is = g_strsplit(text, "\n", -1);
    unsigned line = 0;

    while (was[line] != NULL && is[line] != NULL && g_str_equal(was[line], is[line]))
        line++;
    return g_strdup_printf("line %u was:\n%s\nand is:\n%s", line + 1,
                           was[line] != NULL ? was[line] : "", is[line] != NULL ? is[line] : "");
}

START_TEST(screen_is_as_it_was)
{
    int scene = _i / (int)G_N_ELEMENTS(sizes), size = _i % (int)G_N_ELEMENTS(sizes);
    const char *folder =
        g_getenv("GOLDEN_DIR") != NULL ? g_getenv("GOLDEN_DIR") : "tests/golden/screens";
    g_autofree char *text = paint(scene, sizes[size].width, sizes[size].height);
    g_autofree char *path = g_strdup_printf("%s/%s-%dx%d.txt", folder, scene_name(scene),
                                            sizes[size].width, sizes[size].height);
    g_autofree char *golden = NULL;

    if (g_getenv("GOLDEN_REMAKE") != NULL)
        ck_assert(g_file_set_contents(path, text, -1, NULL));
    ck_assert_msg(g_file_get_contents(path, &golden, NULL, NULL), "no file %s", path);
    if (!g_str_equal(golden, text)) {
        g_autofree char *where = difference(golden, text);

        ck_abort_msg("%s: %s", path, where);
    }
}
END_TEST

/* No size and no scene may leave a password, a control character or a cell outside; one view has
 * them all, as that of a terminal which is dragged about. */
START_TEST(every_size_can_be_painted)
{
    View *view = view_new();
    Story *story = scene_tell(scene_name(_i), view);

    for (int width = 1; width <= 300; width += width < 42 ? 1 : width < 90 ? 3 : 35)
        for (int height = 1; height <= 100; height += height < 30 ? 4 : 23) {
            g_autofree char *text = paint_at(_i, story, view, width, height);

            ck_assert_ptr_null(strstr(text, "secret"));
            ck_assert(g_utf8_validate(text, -1, NULL));
            for (const char *at = text; *at != '\0'; at++)
                ck_assert((unsigned char)*at >= 0x20 || *at == '\n');
        }
    story_free(story);
    view_free(view);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("golden");

    g_setenv("TZ", "UTC", TRUE);
    tcase_add_loop_test(tcase, screen_is_as_it_was, 0, scene_count() * (int)G_N_ELEMENTS(sizes));
    tcase_add_loop_test(tcase, every_size_can_be_painted, 0, scene_count());
    return suite_run("golden", tcase, 120);
}
