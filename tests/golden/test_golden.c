/* Screens painted to text and compared with files: tests/golden/screens/SCENE-WIDTHxHEIGHT.txt. To
 * remake them after a change that is meant, run this program with GOLDEN_REMAKE=1 and read the
 * diff. */
#include <stdio.h>
#include <string.h>

#include "tests/support/story.h"
#include "tests/support/suite.h"
#include "ui/view.h"

static const char *const fleet[] = {
    "router:router_rules", "processor:echo",       "worker:summarizer",
    "pipeline:digest",     "orchestrator:planner", "scheduler:nightly",
    "mcp:gateway",         "worker:broken",        NULL};
static const char *const pair[] = {"router:router_rules", "processor:echo", NULL};
static const char *const listening[] = {"heddle.tasks.incoming router",
                                        "heddle.tasks.echo.local processors-echo", NULL};

static Story *healthy(const char *const *files)
{
    Story *story = story_up("nats://127.0.0.1:4222");

    story_env(story, TRUE);
    story_fleet(story, files);
    story_roster(story, listening);
    return story;
}

static void smoke(Story *story, const char *status, double ms)
{
    story_smoke(story);
    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.local", "", 0.4);
    story_result(story, status, ms);
}

static Story *scene_start(View *view)
{
    (void)view;
    return story_new("nats://127.0.0.1:4222");
}

static Story *scene_cards(View *view)
{
    Story *story = healthy(pair);

    (void)view;
    smoke(story, "completed", 2.1);
    smoke(story, "completed", 3.0);
    smoke(story, "failed", 4.0);
    return story;
}

static Story *scene_fleet(View *view)
{
    (void)view;
    return healthy(fleet);
}

static Story *scene_refused(View *view)
{
    Story *story = story_new("nats://op:secret@10.0.3.7:4222");

    (void)view;
    story_env(story, FALSE);
    story_fleet(story, pair);
    story_broken(story, RUNG_TCP, CAUSE_REFUSED, "10.0.3.7:4222 refused");
    return story;
}

static Story *scene_silent(View *view)
{
    Story *story = healthy(pair);

    (void)view;
    story_wait(story, 2.1);
    return story;
}

static Story *scene_proving(View *view)
{
    Story *story = healthy(pair);
    Event *event = event_new(EVENT_LINK);

    (void)view;
    story_set_url(story, "nats://op:secret@nats.example:4222");
    event->link = g_new0(LinkNews, 1);
    event->link->kind = LINK_NEWS_LADDER;
    event->link->link = story->model->proving.link;
    event->link->ladder =
        story_ladder(RUNG_RESOLVE, CAUSE_UNKNOWN_HOST, "no such host: nats.example");
    story_post(story, event);
    return story;
}

static Story *scene_hostile(View *view)
{
    Story *story = healthy(pair);

    story_message(story, TAP_RESULT, "\033[2J\033]0;owned\a not json \xff\xfe");
    story_message(
        story, TAP_RESULT,
        "{\"status\":\"\\u001b[31mcompleted\",\"worker_type\":\"\\u202eohce\",\"output\":{}}");
    story_message(story, TAP_RESULT, "[1,2]");
    story_message(story, TAP_RESULT,
                  "{\"status\":\"completed\",\"worker_type\":\"日本\",\"output\":"
                  "{\"text\":\"日本語のとても長い文字列日本語のとても長い文字列\"}}");
    view->focus = PANE_WATCH;
    return story;
}

static Story *scene_help(View *view)
{
    view->window = WINDOW_HELP;
    return healthy(pair);
}

static Story *scene_details(View *view)
{
    Story *story = healthy(fleet);
    const Actor *actor = g_ptr_array_index(story->model->panels, 7);

    view->window = WINDOW_ACTOR;
    view->window_id = actor->id;
    return story;
}

static Story *scene_ascii(View *view)
{
    Story *story = healthy(pair);

    (void)view;
    smoke(story, "completed", 2.1);
    return story;
}

static Story *scene_no_router(View *view)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    static const char *const nobody[] = {NULL};

    view->focus = PANE_SMOKE;
    story_env(story, FALSE);
    story_fleet(story, pair);
    story_roster(story, nobody);
    story_smoke(story);
    story_sent(story, 0.2);
    story_no_responders(story);
    return story;
}

/* Its panel knows what the profile says of it: elsewhere, in another environment. */
static Story *scene_elsewhere(View *view)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    static const char *const nobody[] = {NULL};
    const Actor *actor;

    story_profile(story, "actors:\n"
                         "  processor/echo:\n"
                         "    tier: standard\n"
                         "    env_file: echo.env\n"
                         "    log: /var/log/heddle/echo.log\n"
                         "    restart: ssh n7 sudo systemctl restart heddle-echo\n");
    story_env(story, TRUE);
    story_fleet(story, pair);
    actor = g_ptr_array_index(story->model->panels, 1);
    story_env_file(story, actor, FALSE);
    story_roster(story, nobody);
    view->window = WINDOW_ACTOR;
    view->window_id = actor->id;
    return story;
}

/* The server says that it goes, and nobody listens for tasks: both must be seen. */
static Story *scene_lame_duck(View *view)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    static const char *const nobody[] = {NULL};
    Event *event = event_new(EVENT_LINK);

    (void)view;
    story_env(story, TRUE);
    story_fleet(story, pair);
    story_roster(story, nobody);
    event->link = g_new0(LinkNews, 1);
    event->link->kind = LINK_NEWS_ERROR;
    event->link->link = story->model->link.number;
    event->link->wall_us = story->now_wall;
    event->link->cause = CAUSE_LAME_DUCK;
    event->link->text = g_strdup("lame duck: the server is being shut down and sends its clients "
                                 "away");
    story_post(story, event);
    return story;
}

static Story *scene_settings(View *view)
{
    Story *story = healthy(pair);
    Settings *settings = &story->model->settings;
    Access *access = settings->access;

    view->window = WINDOW_SETTINGS;
    story_profile(story, "actors: {echo: , ehco: {tier: local}}");
    settings->origins[SETTING_TIER] = ORIGIN_PROFILE;
    settings->origins[SETTING_TIMEOUT] = ORIGIN_FLAG;
    settings->origins[SETTING_PAYLOAD] = ORIGIN_EDITED;
    settings->origins[SETTING_CONFIGS] = ORIGIN_PROFILE;
    settings->origins[SETTING_ENV_FILE] = ORIGIN_PROFILE;
    settings->monitor_url = g_strdup("http://127.0.0.1:8222");
    story->model->env.path = g_strdup("/etc/heddle/all\033[2J.env");
    story_fleet(story, pair); /* its configs are read anew */
    access_set(access, ACCESS_USER, "op", ORIGIN_CONTEXT);
    access_set(access, ACCESS_PASSWORD, "secret", ORIGIN_ENVIRONMENT);
    access_set(access, ACCESS_TLS_CA, "/etc/ssl/mesh\033[2J-ca.pem", ORIGIN_FLAG);
    access->context = g_strdup("prod");
    access_note(access, g_strdup("context prod: socks_proxy is not heeded"));
    return story;
}

/* Asked for while nothing is connected. */
static Story *scene_unsent(View *view)
{
    Story *story = scene_refused(view);

    story_smoke(story);
    return story;
}

static Story *scene_tier(View *view)
{
    Story *story = healthy(pair);

    view->ask = ASK_TIER;
    view->ask_actor = ((Actor *)g_ptr_array_index(story->model->panels, 1))->id;
    return story;
}

/* A line that was refused stays in sight, and so does the reason. */
static Story *scene_trouble(View *view)
{
    view->ask = ASK_WORKER;
    g_free(view->edit);
    view->edit = g_strdup("a worker");
    view->edit_cursor = text_width(view->edit);
    view->edit_trouble = g_strdup("one plain subject token: no blank, dot, * or > (it would go "
                                  "astray, or kill the router)");
    return healthy(pair);
}

/* A rung's line and what a climb brings with it, in the words of nats/ladder_*.c. */
static void evidence(Ladder *ladder, RungId id, const char *text, const char *const *lines)
{
    Rung *rung = &ladder->rungs[id];

    g_free(rung->text);
    rung->text = g_strdup(text);
    rung->evidence = g_ptr_array_new_with_free_func(g_free);
    for (; *lines != NULL; lines++)
        g_ptr_array_add(rung->evidence, g_strdup(*lines));
}

static const char *const two_addresses[] = {"10.0.3.6 (IPv4)", "10.0.3.7 (IPv4)", NULL};
static const char *const two_refused[] = {"10.0.3.6:4222 refused, 0.1 ms",
                                          "10.0.3.7:4222 refused, 0.1 ms", NULL};
static const char *const connected[] = {"127.0.0.1:4222 connected, 0.1 ms", NULL};
static const char *const greeted[] = {"server n1, version 2.9.10",
                                      "JetStream off, login not required, TLS not offered",
                                      "max_payload 1048576 bytes, we are client 7", NULL};

/* The link holds; two actors use another URL, which is refused. */
static Story *scene_ladder(View *view)
{
    static const char *const four[] = {"router:router_rules", "processor:echo", "mcp:gateway",
                                       "worker:summarizer", NULL};
    Story *story = healthy(four);
    Event *event;

    view->window = WINDOW_LADDER;
    for (unsigned i = 2; i < 4; i++) {
        event = event_new(EVENT_SET_URL);
        event->id = ((Actor *)g_ptr_array_index(story->model->panels, i))->id;
        event->url = g_strdup("nats://op:secret@nats:4222");
        story_post(story, event);
    }
    event = event_new(EVENT_PROBE);
    event->generation = ((Probe *)g_ptr_array_index(story->model->probes, 0))->generation;
    event->ladder = story_ladder(RUNG_TCP, CAUSE_REFUSED, "10.0.3.7:4222 refused");
    evidence(event->ladder, RUNG_RESOLVE, "2 addresses", two_addresses);
    evidence(event->ladder, RUNG_TCP, "10.0.3.6:4222 refused, 10.0.3.7:4222 refused", two_refused);
    story_post(story, event);
    evidence(story->model->probe->ladder, RUNG_TCP, "127.0.0.1:4222", connected);
    evidence(story->model->probe->ladder, RUNG_INFO, "nats-server 2.9.10, n1", greeted);
    return story;
}

static Story *scene_timeline(View *view)
{
    static const char *const nobody[] = {NULL};
    Story *story = healthy(fleet);

    view->window = WINDOW_TIMELINE;
    smoke(story, "completed", 2.1);
    story_keep_alive(story, 90);
    for (int i = 0; i < 3; i++) {
        story_lost(story, CAUSE_CLOSED, "the server ended the connection");
        story_broken(story, RUNG_TCP, CAUSE_REFUSED, "127.0.0.1:4222 refused");
        story_wait(story, 2);
        story_link_up(story, story->model->link.number);
    }
    story_rtt(story, 0.3);
    story_roster(story, listening);
    smoke(story, "failed", 4.0);
    story_roster(story, nobody);
    return story;
}

/* A router that moves the task to a tier where nobody is, each hop with its source. */
static Story *scene_smoke_moved(View *view)
{
    Story *story = healthy(pair);

    view->window = WINDOW_SMOKE;
    view->window_id = 1;
    story_smoke(story);
    story_sent(story, 0.2);
    story_match(story, TAP_TASK, "heddle.tasks.echo.standard", "", 0.4);
    story_keep_alive(story, 0.4);
    story_roster(story, listening);
    return story;
}

/* The question before an LLM is asked. */
static Story *scene_aim(View *view)
{
    Story *story = healthy(fleet);

    view->ask = ASK_SMOKE;
    view->aim_actor = ((Actor *)g_ptr_array_index(story->model->actors, 2))->id;
    return story;
}

/* After a server's restart nobody of Heddle's has come back. */
static Story *scene_zombies(View *view)
{
    static const char *const nobody[] = {NULL};
    Story *story = healthy(pair);

    (void)view;
    story_lost(story, CAUSE_CLOSED, "the server ended the connection");
    story_wait(story, 2);
    story_link_up(story, story->model->link.number);
    story_roster(story, nobody);
    story_keep_alive(story, 6);
    return story;
}

static Story *scene_findings(View *view)
{
    view->window = WINDOW_FINDINGS;
    return scene_zombies(view);
}

/* The same among the panes. */
static Story *scene_changes(View *view)
{
    Story *story = scene_timeline(view);

    view->window = WINDOW_NONE;
    return story;
}

/* A mesh at work: a goal with two tasks, a dead letter, a result without a task, odd bytes. */
static Story *scene_bus(View *view)
{
    Story *story = healthy(pair);
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

static const struct {
    const char *name;
    Story *(*tell)(View *);
} scenes[] = {
    {"start", scene_start},
    {"cards", scene_cards},
    {"fleet", scene_fleet},
    {"refused", scene_refused},
    {"silent", scene_silent},
    {"proving", scene_proving},
    {"hostile", scene_hostile},
    {"help", scene_help},
    {"details", scene_details},
    {"ascii", scene_ascii},
    {"no_router", scene_no_router},
    {"ladder", scene_ladder},
    {"settings", scene_settings},
    {"timeline", scene_timeline},
    {"changes", scene_changes},
    {"unsent", scene_unsent},
    {"tier", scene_tier},
    {"trouble", scene_trouble},
    {"bus", scene_bus},
    {"bus_messages", scene_bus_messages},
    {"bus_filter", scene_bus_filter},
    {"bus_narrowed", scene_bus_narrowed},
    {"bus_message", scene_bus_message},
    {"elsewhere", scene_elsewhere},
    {"zombies", scene_zombies},
    {"smoke", scene_smoke_moved},
    {"aim", scene_aim},
    {"findings", scene_findings},
    {"lame_duck", scene_lame_duck},
};

static const struct {
    int width, height;
} sizes[] = {{80, 24}, {40, 12}, {200, 50}};

static char *paint(int scene, int width, int height)
{
    View *view = view_new();
    Canvas *canvas = canvas_new(width, height);
    Story *story = scenes[scene].tell(view);
    char *text;

    canvas->ascii = g_str_equal(scenes[scene].name, "ascii");
    view_draw(story->model, view, canvas);
    text = canvas_text(canvas);
    story_free(story);
    canvas_free(canvas);
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
    g_autofree char *path = g_strdup_printf("%s/%s-%dx%d.txt", folder, scenes[scene].name,
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

/* No size and no scene may leave a password, a control character or a cell outside. */
START_TEST(every_size_can_be_painted)
{
    for (int width = 1; width <= 300; width += width < 90 ? 1 : 35)
        for (int height = 1; height <= 100; height += height < 30 ? 3 : 23) {
            g_autofree char *text = paint(_i, width, height);

            ck_assert_ptr_null(strstr(text, "secret"));
            ck_assert(g_utf8_validate(text, -1, NULL));
            for (const char *at = text; *at != '\0'; at++)
                ck_assert((unsigned char)*at >= 0x20 || *at == '\n');
        }
}
END_TEST

/* Whatever the shape of the actors, the panes below them keep their titles. */
START_TEST(no_pane_is_painted_over)
{
    static const int widths[] = {40, 79, 80, 119, 200, 300};
    View *view = view_new();
    Story *story = scene_fleet(view);

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
    Story *story = scene_timeline(view);
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
    Story *story = scene_timeline(view);
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
    Story *story = scene_refused(view);
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
    Story *story = healthy(pair);
    g_autofree char *text = NULL;

    for (int i = 0; i < SMOKES_KEPT; i++)
        smoke(story, i == 0 ? "failed" : "completed", 2.0);
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
    Story *story = healthy(pair);
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
    Story *story = scene_ladder(view);
    g_autofree char *next = view_next_command(story->model, view);

    ck_assert_ptr_nonnull(strstr(next, "nats-server -a nats"));
    story_free(story);
    view_free(view);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("golden");

    g_setenv("TZ", "UTC", TRUE);
    tcase_add_loop_test(tcase, screen_is_as_it_was, 0,
                        (int)(G_N_ELEMENTS(scenes) * G_N_ELEMENTS(sizes)));
    tcase_add_test(tcase, the_sparkline_holds_a_hundred_smokes);
    tcase_add_test(tcase, the_header_says_since_when_and_how_often);
    tcase_add_test(tcase, no_pane_is_painted_over);
    tcase_add_test(tcase, the_timeline_stays_where_it_is_read);
    tcase_add_test(tcase, the_timeline_heeds_the_filter);
    tcase_add_test(tcase, the_header_shows_that_it_has_the_floor);
    tcase_add_test(tcase, the_ladders_next_command_is_of_what_broke);
    tcase_add_loop_test(tcase, every_size_can_be_painted, 0, (int)G_N_ELEMENTS(scenes));
    return suite_run("golden", tcase, 120);
}
