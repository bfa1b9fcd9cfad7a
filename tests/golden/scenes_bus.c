/* Scenes of the whole bus: a mesh at work. */
#include "tests/golden/scenes_parts.h"

/* A mesh at work: a goal with two tasks, a dead letter, a result without a task, odd bytes. */
static Story *scene_bus(View *view)
{
    Story *story = story_well(story_pair);
    static const struct {
        const char *subject, *bytes;
        double ms;
    } said[] = {
        {SUBJECT_GOALS, "{\"goal_id\":\"g-1\",\"instruction\":\"digest the news\"}", 0.3},
        {SUBJECT_INCOMING,
         "{\"task_id\":\"t-1\",\"parent_task_id\":\"g-1\",\"worker_type\":\"echo\",\"model_tier\":"
         "\"local\",\"payload\":{\"text\":\"one\"}}",
         0.4},
        {"heddle.tasks.echo.local",
         "{\"task_id\":\"t-1\",\"parent_task_id\":\"g-1\",\"worker_type\":\"echo\",\"payload\":{"
         "\"text\":\"one\"}}",
         1.7},
        {"heddle.results.g-1",
         "{\"task_id\":\"t-1\",\"parent_task_id\":\"g-1\",\"worker_type\":\"echo\",\"status\":"
         "\"completed\",\"output\":{\"text\":\"eno\"}}",
         12},
        {SUBJECT_INCOMING,
         "{\"task_id\":\"t-2\",\"parent_task_id\":\"g-1\",\"worker_type\":\"summarizer\","
         "\"payload\":"
         "{}}",
         0.2},
        {SUBJECT_DEAD_LETTER,
         "{\"task_id\":\"t-2\",\"worker_type\":\"summarizer\",\"reason\":\"rate_limited: tier "
         "'standard' has no available capacity\",\"original_task\":{\"parent_task_id\":\"g-1\"}}",
         30},
        {"heddle.results.default", "{\"task_id\":\"t-0\",\"status\":\"failed\",\"error\":\"fire\"}",
         1},
        {"heddle.\033[2J.\xff", "\033]0;owned\a", 1},
        {"heddle.control.reload", "{\"action\":\"reload\"}", 1},
    };

    view->class = TAP_BUS;
    view->focus = PANE_WATCH;
    story_listen(story, STREAM_BUS, TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS(said); i++) {
        story_bus(story, said[i].subject, said[i].bytes);
        story_pass_ms(story, said[i].ms);
    }
    story_keep_alive(story, 1.2);
    for (int i = 0; i < 3; i++)
        story_bus(story, "heddle.tasks.echo.local",
                  "{\"task_id\":\"t-9\",\"worker_type\":\"echo\"}");
    return story;
}

/* The tasks alone. */
static Story *scene_bus_messages(View *view)
{
    Story *story = scene_bus(view);

    view->bus_subject = g_strdup("heddle.tasks");
    view->bus_list = TRUE;
    return story;
}

/* Only what a message that is kept says, or a subject. */
static Story *scene_bus_filter(View *view)
{
    Story *story = scene_bus(view);

    g_free(view->filter);
    view->filter = g_strdup("Capacity");
    return story;
}

static Story *scene_bus_narrowed(View *view)
{
    Story *story = scene_bus(view);

    story_narrowed(story, STREAM_BUS, STREAM_NARROWED,
                   "without heddle.tasks.>: 912,345 messages a second");
    story_suspect(story, SUBJECT_INCOMING, "[1,2]");
    view->focus = PANE_ACTORS;
    return story;
}

/* One message whole, with the way of its task and what else its goal asked for. */
static Story *scene_bus_message(View *view)
{
    Story *story = scene_bus(view);

    for (unsigned i = 0; i < story->model->bus.rows->len; i++) {
        WatchRow *row = g_ptr_array_index(story->model->bus.rows, i);

        if (view->window_row == NULL && row->note != NULL && row->note->kind == NOTE_DEAD_LETTER)
            view->window_row = watch_row_ref(row);
    }
    view->window = WINDOW_MESSAGE;
    view->window_lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(view->window_lines, g_strdup("{}"));
    return story;
}

const Scene scenes_of_bus[] = {
    {"bus", scene_bus},
    {"bus_messages", scene_bus_messages},
    {"bus_filter", scene_bus_filter},
    {"bus_narrowed", scene_bus_narrowed},
    {"bus_message", scene_bus_message},
    {NULL, NULL},
};
