/* Ten thousand actors on the screen: drawn, scrolled and filtered, each within a frame; and what
 * the main thread spends on a roster that shows them. In this process, on a story without a
 * terminal: what the terminal adds is measured by bench_roster.c. The same with ten actors is the
 * baseline. */
#include "mesh/engine.h"
#include "tests/bench/bench.h"
#include "tests/support/story.h"
#include "ui/dash.h"

enum { FEW = 10, MANY = 10000, FRAMES = 200, SWEEPS = 20, WIDTH = 120, HEIGHT = 40 };

/* A roster of `count` processors, none of which has a config here. Caller frees. */
static char *roster_json(int count)
{
    GString *json = g_string_new(NULL);

    g_string_printf(json,
                    "{\"server\":{\"id\":\"N1\",\"name\":\"n1\"},\"data\":{\"total\":%d,"
                    "\"connections\":[",
                    count);
    for (int i = 0; i < count; i++)
        g_string_append_printf(
            json,
            "%s{\"cid\":%d,\"ip\":\"127.0.0.1\",\"port\":%d,\"lang\":\"python3\",\"version\":"
            "\"2.9.0\",\"uptime\":\"3m\",\"rtt\":\"215µs\",\"subscriptions_list_detail\":[{"
            "\"subject\":\"heddle.tasks.w%d.local\",\"qgroup\":\"processors-w%d\",\"msgs\":0}]}",
            i > 0 ? "," : "", i + 5, 20000 + i, i, i);
    g_string_append(json, "]}}");
    return g_string_free(json, FALSE);
}

typedef struct Screen {
    Story *story;
    Dash dash;
} Screen;

static void screen_open(Screen *screen, const char *json)
{
    static const char *const none[] = {NULL};

    *screen = (Screen){.story = story_up("nats://127.0.0.1:4222")};
    story_fleet(screen->story, none);
    story_connz(screen->story, json);
    screen->dash.model = screen->story->model;
    screen->dash.view = view_new();
    screen->dash.canvas = canvas_new(WIDTH, HEIGHT);
    view_draw(screen->dash.model, screen->dash.view, screen->dash.canvas);
}

static void screen_close(Screen *screen)
{
    canvas_free(screen->dash.canvas);
    view_free(screen->dash.view);
    story_free(screen->story);
}

/* What happens before a frame that is measured. */
static void only_draw(Screen *screen, int frame)
{
    (void)screen, (void)frame;
}

static void scroll(Screen *screen, int frame)
{
    dash_move(&screen->dash, frame % 3 == 0 ? 30 : 1);
}

/* w 9 9 9 and back again, a letter a frame. */
static void type_filter(Screen *screen, int frame)
{
    static const char *const lines[] = {"w", "w9", "w99", "w999", "w99", "w9", "w", ""};

    g_free(screen->dash.view->filter);
    screen->dash.view->filter = g_strdup(lines[(gsize)frame % G_N_ELEMENTS(lines)]);
}

/* The model has changed before the frame: nothing that was worked out for the last one may count.
 */
static void tick(Screen *screen, int frame)
{
    if (frame % 10 == 0) /* or the link would be taken for silent */
        story_rtt(screen->story, 0.3);
    story_wait(screen->story, 0.1);
}

static const struct {
    const char *name;
    void (*before)(Screen *, int);
} sights[] = {{"panels_draw", only_draw},
              {"panels_scroll", scroll},
              {"panels_filter", type_filter},
              {"panels_tick", tick}};

static void frames(Screen *screen, void (*before)(Screen *, int), double *ms)
{
    for (int i = 0; i < FRAMES; i++) {
        gint64 begin = g_get_monotonic_time();

        before(screen, i);
        view_draw(screen->dash.model, screen->dash.view, screen->dash.canvas);
        ms[i] = (double)(g_get_monotonic_time() - begin) / 1000;
    }
}

static void put_rows(const char *name, double *ms, double *base, int count)
{
    g_autofree char *p50 = g_strdup_printf("%s_p50", name), *p99 = g_strdup_printf("%s_p99", name);

    bench_row(p50, bench_percentile(ms, count, 0.50), "ms", "10 actors",
              bench_percentile(base, count, 0.50), "");
    bench_row(p99, bench_percentile(ms, count, 0.99), "ms", "10 actors",
              bench_percentile(base, count, 0.99), "16 ms: one frame");
}

/* A new roster is taken in: update() alone, since it is read on a runner. */
static double take_roster_ms(Story *story, const char *json)
{
    Event *event = event_new(EVENT_ROSTER);
    char *why = NULL;
    gint64 begin;

    for (int i = 0; story->model->roster.round != ROUND_HEDDLE; i++) {
        if (i == 100)
            g_error("bench: the roster is not asked");
        story_keep_alive(story, 1);
        if (story->model->roster.round == ROUND_IDLE)
            story_idle(story, "{\"data\":{\"connections\":[]}}");
    }
    event->generation = story->model->roster.number;
    event->at_us = story->now_us;
    event->wall_us = story->now_wall;
    event->roster = roster_new();
    if (!roster_read(event->roster, raw_text(json), &why))
        g_error("bench: %s", why);
    event->bus = bus_read(event->roster);
    begin = g_get_monotonic_time();
    update(story->model, event, story->effects);
    event_free(event);
    return (double)(g_get_monotonic_time() - begin) / 1000;
}

/* A fleet of configs is taken in, each file by an event of its own. */
static double load_ms(int count)
{
    Story *story = story_up("nats://127.0.0.1:4222");
    g_auto(GStrv) files = g_new0(char *, (gsize)count + 1);
    gint64 begin;
    double ms;

    for (int i = 0; i < count; i++)
        files[i] = g_strdup_printf("processor:w%d", i);
    begin = g_get_monotonic_time();
    story_fleet(story, (const char *const *)files);
    ms = (double)(g_get_monotonic_time() - begin) / 1000;
    story_free(story);
    return ms;
}

void bench_panels(const Bench *bench)
{
    int sweeps = bench->quick ? 5 : SWEEPS;
    g_autofree char *few = roster_json(FEW), *many = roster_json(MANY);
    double ms[FRAMES], base[FRAMES];
    Screen big, small;

    screen_open(&small, few);
    screen_open(&big, many);
    for (gsize i = 0; i < G_N_ELEMENTS(sights); i++) {
        frames(&small, sights[i].before, base);
        frames(&big, sights[i].before, ms);
        put_rows(sights[i].name, ms, base, FRAMES);
    }
    for (int i = 0; i < sweeps; i++) {
        base[i] = take_roster_ms(small.story, few);
        ms[i] = take_roster_ms(big.story, many);
    }
    put_rows("panels_roster_taken", ms, base, sweeps);
    bench_row("panels_fleet_taken", load_ms(MANY), "ms", "10 configs", load_ms(FEW),
              "1000 ms in all: it is taken in pieces of 8 ms");
    screen_close(&big);
    screen_close(&small);
}
