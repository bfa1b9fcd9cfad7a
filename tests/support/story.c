#include "tests/support/story.h"

static const gint64 first_us = 1000 * G_USEC_PER_SEC;
static const gint64 first_wall = 1795442520LL * G_USEC_PER_SEC; /* 2026-11-23T14:02:00Z */

Story *story_new(const char *url)
{
    Story *story = g_new0(Story, 1);
    ModelHow how = {
        .url = url,
        .origin = ORIGIN_FLAG,
        .tier = TIER_OWN,
        .timeout_ms = 5000,
        .smoke_timeout_ms = 5000,
        .worker_type = "echo",
        .payload = "{\"echo\":\"preflight\"}",
    };

    story->model = model_new(&how);
    story->effects = effects_new();
    story->now_us = first_us;
    story->now_wall = first_wall;
    story->model->now_us = first_us;
    story->model->now_wall = first_wall;
    update_start(story->model, story->effects);
    return story;
}

void story_free(Story *story)
{
    g_ptr_array_unref(story->effects);
    traffic_unref(story->traffic);
    model_free(story->model);
    g_free(story->connz);
    g_free(story);
}

void story_post(Story *story, Event *event)
{
    event->at_us = story->now_us;
    event->wall_us = story->now_wall;
    update(story->model, event, story->effects);
    event_free(event);
}

static void pass(Story *story, gint64 us)
{
    story->now_us += us;
    story->now_wall += us;
}

static void tick(Story *story)
{
    Event *event = event_new(EVENT_TICK);

    pass(story, 100 * 1000);
    /* An id that follows from the time, so that a story is always the same. */
    event->text = g_strdup_printf("00000000-0000-4000-8000-%012" G_GINT64_FORMAT, story->now_us);
    story_post(story, event);
}

void story_wait(Story *story, double seconds)
{
    for (int i = 0; i < (int)(seconds * 10 + 0.5); i++)
        tick(story);
}

void story_keep_alive(Story *story, double seconds)
{
    for (int i = 0; i < (int)(seconds * 10 + 0.5); i++) {
        tick(story);
        if (i % 10 == 9)
            story_rtt(story, 0.3);
    }
}

LinkNews *story_news(const Story *story, unsigned number, LinkNewsKind kind)
{
    LinkNews *news = g_new0(LinkNews, 1);

    news->kind = kind;
    news->link = number;
    news->at_us = story->now_us;
    news->wall_us = story->now_wall;
    return news;
}

void story_post_news(Story *story, LinkNews *news)
{
    Event *event = event_new(EVENT_LINK);

    event->link = news;
    story_post(story, event);
}

void story_rtt(Story *story, double ms)
{
    LinkNews *news = story_news(story, story->model->link.number, LINK_NEWS_RTT);

    news->ms = ms;
    story_post_news(story, news);
}

static void tell_of(Story *story, unsigned number, LinkNewsKind kind, Cause cause, const char *text)
{
    LinkNews *news = story_news(story, number, kind);

    news->cause = cause;
    news->text = g_strdup(text);
    story_post_news(story, news);
}

void story_tell(Story *story, LinkNewsKind kind, Cause cause, const char *text)
{
    tell_of(story, story->model->link.number, kind, cause, text);
}

void story_lost_link(Story *story, unsigned number, Cause cause, const char *text)
{
    tell_of(story, number, LINK_NEWS_LOST, cause, text);
}

void story_lost(Story *story, Cause cause, const char *text)
{
    story_tell(story, LINK_NEWS_LOST, cause, text);
}

Ladder *story_ladder(RungId broken, Cause cause, const char *text)
{
    Ladder *ladder = g_new0(Ladder, 1);

    for (RungId id = 0; id < RUNG_COUNT; id++) {
        Rung *rung = &ladder->rungs[id];

        rung->state = id < broken ? STATE_OK : id == broken ? STATE_FAIL : STATE_NOT_REACHED;
        rung->ms = id <= broken ? 0.1 : 0;
    }
    if (broken > RUNG_TLS)
        ladder->rungs[RUNG_TLS].state = STATE_SKIPPED;
    ladder->broken = broken;
    if (broken < RUNG_COUNT) {
        ladder->rungs[broken].cause = cause;
        ladder->rungs[broken].text = g_strdup(text);
    }
    ladder->url_shown = g_strdup("nats://127.0.0.1:4222");
    ladder->address = broken > RUNG_TCP ? g_strdup("127.0.0.1:4222") : NULL;
    if (broken > RUNG_INFO) {
        ladder->info.name = g_strdup("n1");
        ladder->info.version = g_strdup("2.9.10");
        ladder->info.max_payload = 1048576;
    }
    ladder->total_ms = 2.4;
    ladder->rtt_ms = 0.3;
    return ladder;
}

Ladder *story_rung(RungId id, State state, Cause cause, const char *text)
{
    Ladder *ladder = story_ladder(RUNG_COUNT, CAUSE_NONE, NULL);

    ladder->rungs[id].state = state;
    ladder->rungs[id].cause = cause;
    ladder->rungs[id].text = g_strdup(text);
    if (state == STATE_FAIL)
        ladder->broken = id;
    return ladder;
}

void story_climbed(Story *story, Probe *probe, Ladder *ladder)
{
    Event *event = event_new(EVENT_PROBE);

    probe->running = TRUE;
    event->generation = probe->generation;
    event->ladder = ladder;
    story_post(story, event);
}

void story_climb(Story *story, unsigned number, Ladder *ladder)
{
    LinkNews *news = story_news(story, number, LINK_NEWS_LADDER);

    news->ladder = ladder;
    story_post_news(story, news);
}

void story_link_up(Story *story, unsigned number)
{
    story_climb(story, number, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
    story_post_news(story, story_news(story, number, LINK_NEWS_UP));
}

void story_broken(Story *story, RungId rung, Cause cause, const char *text)
{
    story_climb(story, story->model->link.number, story_ladder(rung, cause, text));
}

Story *story_up(const char *url)
{
    Story *story = story_new(url);

    story_link_up(story, story->model->link.number);
    return story;
}

void story_set_url(Story *story, const char *url)
{
    Event *event = event_new(EVENT_SET_URL);

    event->url = g_strdup(url);
    story_post(story, event);
}

void story_own_url(Story *story, unsigned index, const char *url)
{
    Event *event = event_new(EVENT_SET_URL);

    event->id = ((Actor *)g_ptr_array_index(story->model->panels, index))->id;
    event->url = g_strdup(url);
    story_post(story, event);
}

int story_effects(const Story *story, EffectKind kind)
{
    int count = 0;

    for (unsigned i = 0; i < story->effects->len; i++)
        count += ((Effect *)g_ptr_array_index(story->effects, i))->kind == kind;
    return count;
}

const Effect *story_last(const Story *story, EffectKind kind)
{
    for (unsigned i = story->effects->len; i-- > 0;) {
        const Effect *effect = g_ptr_array_index(story->effects, i);

        if (effect->kind == kind)
            return effect;
    }
    return NULL;
}

char *story_log(const Story *story)
{
    GString *log = g_string_new(NULL);

    for (unsigned i = 0; i < story->effects->len; i++) {
        const Effect *effect = g_ptr_array_index(story->effects, i);

        g_string_append_printf(log, "%d %u %u %s %s\n", effect->kind, effect->id,
                               effect->generation, effect->text != NULL ? effect->text : "-",
                               effect->bytes != NULL ? effect->bytes : "-");
    }
    return g_string_free(log, FALSE);
}

void story_pass_ms(Story *story, double ms)
{
    pass(story, (gint64)(ms * 1000));
}

const Finding *story_finding(const Story *story, const char *id)
{
    for (unsigned i = 0; i < story->model->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(story->model->findings, i);

        if (g_str_equal(finding->id, id))
            return finding;
    }
    return NULL;
}
