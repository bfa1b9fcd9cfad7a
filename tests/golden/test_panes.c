/* What the panes and windows show of a scene, and where they stay when it goes on. */
#include <string.h>

#include "mesh/findings.h"
#include "tests/golden/scenes.h"
#include "tests/support/suite.h"
#include "ui/window_lines.h"

/* Whatever the shape of the actors, the panes below them keep their titles. */
START_TEST(no_pane_is_painted_over)
{
    static const int widths[] = {40, 79, 80, 119, 200, 300};
    View *view = view_new();
    Story *story = scene_tell("fleet", view);

    for (view->shape = 0; view->shape < SHAPES; view->shape++)
        for (gsize i = 0; i < G_N_ELEMENTS(widths); i++)
            for (int height = VIEW_MIN_HEIGHT; height <= 60; height += height < 26 ? 1 : 11) {
                Canvas *canvas = canvas_new(widths[i], height);
                g_autofree char *text = NULL;

                view_draw(story->model, view, canvas);
                text = canvas_text(canvas);
                ck_assert_msg(strstr(text, "\n─ smoke echo") != NULL, "%dx%d shape %d:\n%s",
                              widths[i], height, (int)view->shape, text);
                if (height > VIEW_MIN_HEIGHT + 2)
                    ck_assert_ptr_nonnull(strstr(text, "\n─ heddle.results.default"));
                if (view->shape == SHAPE_CARDS)
                    ck_assert_ptr_nonnull(strstr(text, "╰──"));
                canvas_free(canvas);
            }
    story_free(story);
    view_free(view);
}
END_TEST

/* What is read does not move when something happens; from the top it is followed. */
START_TEST(the_timeline_stays_where_it_is_read)
{
    View *view = view_new();
    Canvas *canvas = canvas_new(80, 24);
    Story *story = scene_tell("timeline", view);
    guint64 newest = story->model->timeline->count;
    g_autofree char *before = NULL, *after = NULL, *row = NULL;

    view->history = view_history_step(story->model, view, 0, 3);
    ck_assert_uint_eq(view->history, newest - 3);
    view_draw(story->model, view, canvas);
    before = canvas_text(canvas);
    ck_assert_ptr_nonnull(strstr(before, "3 newer: g"));
    story_lost(story, CAUSE_LAME_DUCK, "lame duck mode");
    view_draw(story->model, view, canvas);
    after = canvas_text(canvas);
    ck_assert_ptr_nonnull(strstr(after, "4 newer: g"));
    ck_assert_str_eq(strstr(before, "14:03:38"), strstr(after, "14:03:38"));
    view->history = 0;
    view_draw(story->model, view, canvas);
    row = canvas_text(canvas);
    ck_assert_ptr_nonnull(strstr(row, "lame_duck"));
    story_free(story);
    canvas_free(canvas);
    view_free(view);
}
END_TEST

START_TEST(the_timeline_heeds_the_filter)
{
    View *view = view_new();
    Canvas *canvas = canvas_new(80, 24);
    Story *story = scene_tell("timeline", view);
    g_autofree char *text = NULL, *none = NULL;
    guint64 oldest;

    g_free(view->filter);
    view->filter = g_strdup("TCP");
    oldest = view_history_step(story->model, view, 0, TIMELINE_KEPT);
    ck_assert_str_eq(timeline_entry(story->model->timeline, oldest)->track, "tcp");
    view_draw(story->model, view, canvas);
    text = canvas_text(canvas);
    ck_assert_ptr_nonnull(strstr(text, "tcp  refused → ok"));
    ck_assert_ptr_null(strstr(text, "smoke"));
    view->filter[0] = '@';
    view_draw(story->model, view, canvas);
    none = canvas_text(canvas);
    ck_assert_ptr_nonnull(strstr(none, "no change passes the filter"));
    story_free(story);
    canvas_free(canvas);
    view_free(view);
}
END_TEST

START_TEST(the_header_shows_that_it_has_the_floor)
{
    View *view = view_new();
    Canvas *canvas = canvas_new(80, 24);
    Story *story = scene_tell("refused", view);
    g_autofree char *next = NULL;

    view_draw(story->model, view, canvas);
    ck_assert_int_eq(canvas_cell(canvas, 1, 0)->style & STYLE_SELECTED, 0);
    view->focus = PANE_HEADER;
    view_draw(story->model, view, canvas);
    ck_assert_int_ne(canvas_cell(canvas, 1, 0)->style & STYLE_SELECTED, 0);
    next = view_next_command(story->model, view);
    ck_assert_ptr_nonnull(strstr(next, "nats-server -a 10.0.3.7"));
    story_free(story);
    canvas_free(canvas);
    view_free(view);
}
END_TEST

START_TEST(the_sparkline_holds_a_hundred_smokes)
{
    View *view = view_new();
    Canvas *canvas = canvas_new(300, 50);
    Story *story = story_well(story_pair);
    g_autofree char *text = NULL;

    for (int i = 0; i < SMOKES_KEPT; i++)
        scene_smoke(story, i == 0 ? "failed" : "completed", 2.0);
    view_draw(story->model, view, canvas);
    text = canvas_text(canvas);
    ck_assert(g_regex_match_simple("99 of 100 ok · loss 1 % .* · ✗█{99} ", text, 0, 0));
    story_free(story);
    canvas_free(canvas);
    view_free(view);
}
END_TEST

START_TEST(the_header_says_since_when_and_how_often)
{
    View *view = view_new();
    Canvas *canvas = canvas_new(120, 24);
    Story *story = story_well(story_pair);
    g_autofree char *text = NULL, *narrow = NULL;

    story_lost(story, CAUSE_CLOSED, "gone");
    story_link_up(story, story->model->link.number);
    story_keep_alive(story, 150);
    view_draw(story->model, view, canvas);
    text = canvas_text(canvas);
    ck_assert_ptr_nonnull(strstr(text, " 0.30 ms, 2 m, lost 1 time "));
    view->window = WINDOW_LADDER;
    canvas_resize(canvas, 40, 12);
    view_draw(story->model, view, canvas);
    narrow = canvas_text(canvas);
    ck_assert_ptr_nonnull(strstr(narrow, "127.0.0.1:4222  ● up"));
    ck_assert_ptr_nonnull(strstr(narrow, "lost      1 time"));
    story_free(story);
    canvas_free(canvas);
    view_free(view);
}
END_TEST

/* Of two ladders the one that broke has the command. */
START_TEST(the_ladders_next_command_is_of_what_broke)
{
    View *view = view_new();
    Story *story = scene_tell("ladder", view);
    g_autofree char *next = view_next_command(story->model, view);

    ck_assert_ptr_nonnull(strstr(next, "nats-server -a nats"));
    story_free(story);
    view_free(view);
}
END_TEST

static char *painted(const Story *story, View *view, int width, int height)
{
    Canvas *canvas = canvas_new(width, height);
    char *text;

    view_draw(story->model, view, canvas);
    text = canvas_text(canvas);
    canvas_free(canvas);
    return text;
}

/* Yes is only said of a server whose name can be read. */
START_TEST(the_question_names_the_server_and_a_goal_a_goal)
{
    View *view = view_new();
    Story *story = scene_tell("aim", view);
    g_autofree char *task = painted(story, view, 40, 12), *goal = NULL;

    ck_assert_ptr_nonnull(strstr(task, "nats://127.0.0.1:4222"));
    ck_assert_ptr_nonnull(strstr(task, "MAY COST MONEY: run summarizer"));
    view->aim_actor = 0;
    story->model->settings.mode = SMOKE_GOAL;
    goal = painted(story, view, 40, 12);
    ck_assert_ptr_nonnull(strstr(goal, "MAY COST MONEY: submit a goal"));
    ck_assert_ptr_nonnull(strstr(goal, "nats://127.0.0.1:4222"));
    ck_assert_ptr_null(strstr(goal, "run echo"));
    story_free(story);
    view_free(view);
}
END_TEST

START_TEST(what_is_dismissed_is_counted_too)
{
    View *view = view_new();
    Story *story = scene_tell("zombies", view);
    GPtrArray *findings = story->model->findings;
    g_autofree char *one = NULL, *narrow = NULL, *all = NULL;

    ck_assert_uint_eq(findings->len, 2);
    ((Finding *)g_ptr_array_index(findings, 1))->dismissed = TRUE;
    one = painted(story, view, 200, 50);
    narrow = painted(story, view, 80, 24);
    ck_assert_ptr_nonnull(strstr(one, "⚑ 1 finding (F) (+1 dismissed)"));
    ck_assert_ptr_nonnull(strstr(one, "findings ─ 1 (+1 dismissed)"));
    ck_assert_ptr_nonnull(strstr(narrow, "⚑ 1 +1"));
    ((Finding *)g_ptr_array_index(findings, 0))->dismissed = TRUE;
    all = painted(story, view, 200, 50);
    ck_assert_ptr_nonnull(strstr(all, "⚑ 2 dismissed"));
    story_free(story);
    view_free(view);
}
END_TEST

/* The link is down for all of them, and the header says so. */
START_TEST(a_broken_config_says_so_during_a_loss_too)
{
    View *view = view_new();
    Story *story = scene_tell("fleet", view);
    g_autofree char *text = NULL;

    story_lost(story, CAUSE_CLOSED, "gone");
    story_broken(story, RUNG_TCP, CAUSE_REFUSED, "127.0.0.1:4222 refused");
    view->shape = SHAPE_TABLE;
    text = painted(story, view, 80, 24);
    ck_assert_ptr_nonnull(strstr(text, "nats: 127.0.0.1"));
    ck_assert_ptr_nonnull(strstr(text, "config: line 7"));
    story_free(story);
    view_free(view);
}
END_TEST

START_TEST(cards_say_which_of_how_many_they_are)
{
    View *view = view_new();
    Story *story = scene_tell("fleet", view);
    g_autofree char *some = NULL, *all = NULL;

    view->shape = SHAPE_CARDS;
    some = painted(story, view, 80, 24);
    all = painted(story, view, 200, 50);
    ck_assert(g_regex_match_simple(" 1–[1-7] of 8 ─╯", some, 0, 0));
    ck_assert_ptr_null(strstr(all, " of 8 "));
    story_free(story);
    view_free(view);
}
END_TEST

START_TEST(a_note_has_the_columns_that_nothing_else_takes)
{
    View *view = view_new();
    Story *story = scene_tell("hostile", view);
    g_autofree char *text = painted(story, view, 80, 24);

    ck_assert_ptr_nonnull(strstr(text, "! JSON, but not an object: kills"));
    story_free(story);
    view_free(view);
}
END_TEST

START_TEST(what_came_since_the_freeze_is_told)
{
    View *view = view_new();
    Story *story = scene_tell("hostile", view);
    g_autofree char *text = NULL;

    view->frozen = g_ptr_array_new(); /* nothing had come */
    text = painted(story, view, 80, 24);
    ck_assert_ptr_nonnull(strstr(text, "FROZEN (p), 4 behind it"));
    ck_assert_ptr_nonnull(strstr(text, "frozen before anything came"));
    ck_assert_ptr_null(strstr(text, "nothing yet"));
    story_free(story);
    view_free(view);
}
END_TEST

/* What is copied with a mouse must be whole where a line can hold it. */
START_TEST(a_path_is_not_broken_where_a_line_can_hold_it)
{
    g_autoptr(GPtrArray) lines =
        lines_wrap("--config /srv/mesh/configs/workers/echo.yaml --tier local", 40);
    g_autoptr(GPtrArray) indented = lines_wrap("      abcdefgh", 10);

    ck_assert_str_eq(g_ptr_array_index(lines, 0), "--config");
    ck_assert_str_eq(g_ptr_array_index(lines, 1), "/srv/mesh/configs/workers/echo.yaml");
    ck_assert_str_eq(g_ptr_array_index(lines, 2), "--tier local");
    ck_assert_str_eq(g_ptr_array_index(indented, 0), "      abcd");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("panes");

    g_setenv("TZ", "UTC", TRUE);
    tcase_add_test(tcase, the_sparkline_holds_a_hundred_smokes);
    tcase_add_test(tcase, the_header_says_since_when_and_how_often);
    tcase_add_test(tcase, no_pane_is_painted_over);
    tcase_add_test(tcase, the_timeline_stays_where_it_is_read);
    tcase_add_test(tcase, the_timeline_heeds_the_filter);
    tcase_add_test(tcase, the_header_shows_that_it_has_the_floor);
    tcase_add_test(tcase, the_ladders_next_command_is_of_what_broke);
    tcase_add_test(tcase, the_question_names_the_server_and_a_goal_a_goal);
    tcase_add_test(tcase, what_is_dismissed_is_counted_too);
    tcase_add_test(tcase, a_broken_config_says_so_during_a_loss_too);
    tcase_add_test(tcase, cards_say_which_of_how_many_they_are);
    tcase_add_test(tcase, a_note_has_the_columns_that_nothing_else_takes);
    tcase_add_test(tcase, what_came_since_the_freeze_is_told);
    tcase_add_test(tcase, a_path_is_not_broken_where_a_line_can_hold_it);
    return suite_run("panes", tcase, 120);
}
