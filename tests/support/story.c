#include "tests/support/story.h"

#include <string.h>

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

static LinkNews *news_of(const Story *story, unsigned number, LinkNewsKind kind)
{
    LinkNews *news = g_new0(LinkNews, 1);

    news->kind = kind;
    news->link = number;
    news->at_us = story->now_us;
    news->wall_us = story->now_wall;
    return news;
}

static void post_news(Story *story, LinkNews *news)
{
    Event *event = event_new(EVENT_LINK);

    event->link = news;
    story_post(story, event);
}

void story_rtt(Story *story, double ms)
{
    LinkNews *news = news_of(story, story->model->link.number, LINK_NEWS_RTT);

    news->ms = ms;
    post_news(story, news);
}

void story_lost_link(Story *story, unsigned number, Cause cause, const char *text)
{
    LinkNews *news = news_of(story, number, LINK_NEWS_LOST);

    news->cause = cause;
    news->text = g_strdup(text);
    post_news(story, news);
}

void story_lost(Story *story, Cause cause, const char *text)
{
    story_lost_link(story, story->model->link.number, cause, text);
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

static void post_ladder(Story *story, unsigned number, Ladder *ladder)
{
    LinkNews *news = news_of(story, number, LINK_NEWS_LADDER);

    news->ladder = ladder;
    post_news(story, news);
}

void story_link_up(Story *story, unsigned number)
{
    post_ladder(story, number, story_ladder(RUNG_COUNT, CAUSE_NONE, NULL));
    post_news(story, news_of(story, number, LINK_NEWS_UP));
}

void story_broken(Story *story, RungId rung, Cause cause, const char *text)
{
    post_ladder(story, story->model->link.number, story_ladder(rung, cause, text));
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

const Smoke *story_smoke(Story *story)
{
    Event *event = event_new(EVENT_SMOKE);

    event->text = g_strdup_printf("00000000-0000-4000-8000-%012u", story->model->smoke_count + 1);
    story_post(story, event);
    return model_last_smoke(story->model);
}

static LinkNews *smoke_news(const Story *story, LinkNewsKind kind, double ms)
{
    const Smoke *smoke = model_last_smoke(story->model);
    LinkNews *news = news_of(story, story->model->link.number, kind);

    news->at_us = smoke->asked_us + (gint64)(ms * 1000);
    news->id = g_strdup(smoke->task_id);
    return news;
}

void story_sent(Story *story, double ms)
{
    LinkNews *news = smoke_news(story, LINK_NEWS_SENT, 0);

    news->ms = ms;
    post_news(story, news);
}

void story_no_responders(Story *story)
{
    post_news(story, smoke_news(story, LINK_NEWS_NO_RESPONDERS, 0.1));
}

void story_match(Story *story, TapClass class, const char *subject, const char *body, double ms)
{
    LinkNews *news = smoke_news(story, LINK_NEWS_MATCH, ms);

    news->class = class;
    news->subject = g_strdup(subject);
    news->bytes = g_strconcat(body, body[0] == '\0' ? news->id : "", NULL);
    news->len = strlen(news->bytes);
    g_clear_pointer(&news->id, g_free);
    post_news(story, news);
}

void story_result(Story *story, const char *status, double ms)
{
    g_autofree char *body = g_strdup_printf(
        "{\"task_id\":\"%s\",\"worker_type\":\"echo\",\"status\":\"%s\",\"output\":{\"echo\":"
        "\"preflight\"},\"error\":%s,\"processing_time_ms\":2}",
        model_last_smoke(story->model)->task_id, status,
        g_str_equal(status, "failed") ? "\"backend on fire\"" : "null");

    story_match(story, TAP_RESULT, SUBJECT_RESULTS, body, ms);
    story_message(story, TAP_RESULT, body);
}

static ConfigReport *report_of(const char *kind, const char *name, const char *path)
{
    ConfigReport *report = g_new0(ConfigReport, 1);

    report->outcome = CONFIG_VALID;
    report->state = STATE_OK;
    report->kind = kind_from_word(kind);
    report->text = g_strdup_printf("Config file is valid YAML: %s", path);
    report->name = g_strdup(name);
    report->stamp = (FileStamp){1, 1, 1};
    if (g_str_equal(name, "broken")) {
        g_free(report->text);
        report->outcome = CONFIG_INVALID;
        report->state = STATE_FAIL;
        report->reason = g_strdup("tab in indentation");
        report->line = 7;
        report->column = 1;
        report->text = g_strdup_printf(
            "Config file has invalid YAML: %s (tab in indentation, line 7, column 1)", path);
    }
    return report;
}

static void free_file(void *data)
{
    FleetFile *file = data;

    g_free(file->path);
    g_free(file);
}

void story_fleet(Story *story, const char *const *files)
{
    Event *event = event_new(EVENT_FLEET);
    Fleet *fleet = g_new0(Fleet, 1);

    fleet->files = g_ptr_array_new_with_free_func(free_file);
    fleet->skipped = g_ptr_array_new();
    fleet->source = g_strdup("arguments");
    for (unsigned i = 0; files[i] != NULL; i++) {
        FleetFile *file = g_new0(FleetFile, 1);

        file->path = g_strdup_printf("configs/%s.yaml", strchr(files[i], ':') + 1);
        g_ptr_array_add(fleet->files, file);
    }
    event->fleet = fleet;
    story_post(story, event);
    for (unsigned i = 0; files[i] != NULL; i++) {
        const Actor *actor = g_ptr_array_index(story->model->actors, i);
        g_auto(GStrv) words = g_strsplit(files[i], ":", 2);

        event = event_new(EVENT_CONFIG);
        event->id = actor->id;
        event->config = report_of(words[0], words[1], actor->path);
        story_post(story, event);
    }
}

static void tell_env(Story *story, unsigned actor, const EnvSource *from, gboolean set)
{
    Event *event = event_new(EVENT_ENV);

    event->id = actor;
    event->generation = from->generation;
    event->env = g_new0(EnvView, 1);
    event->env->source = g_strdup(from->path);
    event->env->stamp = (FileStamp){from->path != NULL, 1, 1};
    for (unsigned i = 0; i < HEDDLE_TIERS; i++) {
        EnvReport *report = g_new0(EnvReport, 1);

        report->state = set ? STATE_OK : STATE_WARN;
        report->text = g_strdup(set ? "OLLAMA_URL is set" : "ANTHROPIC_API_KEY not set.");
        report->brief = g_strdup(set ? "OLLAMA_URL is set" : "ANTHROPIC_API_KEY not set");
        event->env->by_tier[i] = report;
    }
    story_post(story, event);
}

void story_env(Story *story, gboolean set)
{
    tell_env(story, 0, &story->model->env, set);
}

void story_env_file(Story *story, const Actor *actor, gboolean set)
{
    tell_env(story, actor->id, &actor->env, set);
}

void story_profile(Story *story, const char *yaml)
{
    g_autofree char *why = NULL;
    Profile *profile = profile_parse(raw_text(yaml), "/etc/heddle", &why);

    if (profile == NULL)
        g_error("story: %s", why);
    profile->path = g_strdup("/etc/heddle/prod.yaml");
    story->model->settings.profile = profile;
}

static void answer_round(Story *story, const char *json)
{
    Event *event = event_new(EVENT_ROSTER);

    event->generation = story->model->roster.number;
    event->roster = roster_new();
    if (!roster_read(event->roster, raw_text(json), &event->text))
        g_error("story: %s", event->text);
    event->bus = bus_read(event->roster);
    story_post(story, event);
}

static const char no_connections[] = "{\"data\":{\"connections\":[]}}";

/* Let time pass until a round of this sort is under way; others are answered as before. */
static void await_round(Story *story, RosterRound round)
{
    for (int i = 0; story->model->roster.round != round; i++) {
        if (i > 150)
            g_error("story: the roster is not asked");
        if (story->model->roster.round == ROUND_HEDDLE && story->connz != NULL)
            answer_round(story, story->connz);
        else if (story->model->roster.round != ROUND_NONE)
            answer_round(story, no_connections);
        story_keep_alive(story, 0.1);
        if (i % 10 == 9)
            story_rtt(story, 0.3);
    }
}

static void post_round(Story *story, RosterRound round, const char *json)
{
    if (story->model->roster.round == ROUND_NONE)
        story_keep_alive(story, 2.5);
    await_round(story, round);
    answer_round(story, json);
    story_keep_alive(story, 0.3);
}

void story_connz(Story *story, const char *json)
{
    post_round(story, ROUND_HEDDLE, json);
    g_free(story->connz);
    story->connz = g_strdup(json);
}

void story_idle(Story *story, const char *json)
{
    post_round(story, ROUND_IDLE, json);
}

void story_roster(Story *story, const char *const *subscribers)
{
    GString *json = g_string_new("{\"data\":{\"total\":3,\"connections\":[");

    for (unsigned i = 0; subscribers[i] != NULL; i++) {
        g_auto(GStrv) words = g_strsplit(subscribers[i], " ", 2);

        g_string_append_printf(json, "%s{\"subscriptions_list_detail\":[{\"subject\":\"%s\"",
                               i > 0 ? "," : "", words[0]);
        if (words[1] != NULL)
            g_string_append_printf(json, ",\"qgroup\":\"%s\"", words[1]);
        g_string_append(json, "}]}");
    }
    g_string_append(json, "]}}");
    story_connz(story, json->str);
    g_string_free(json, TRUE);
}

static void free_record(void *data)
{
    TapRecord *record = data;

    g_free(record->subject);
    g_free(record);
}

void story_message(Story *story, TapClass class, const char *bytes)
{
    gsize len = strlen(bytes);
    TapRecord *record = g_malloc0(sizeof(TapRecord) + len + 1);
    Event *event = event_new(EVENT_SAMPLE);

    record->seq = story->model->watch.last_seq + 1;
    record->wall_us = story->now_wall;
    record->class = class;
    record->subject = g_strdup(class == TAP_RESULT ? SUBJECT_RESULTS : SUBJECT_DEAD_LETTER);
    record->size = record->len = len;
    memcpy(record->bytes, bytes, len);
    event->rows = g_ptr_array_new_with_free_func(free_record);
    g_ptr_array_add(event->rows, record);
    event->counts = story->model->watch.counts;
    event->counts.seen[class]++;
    event->counts.bytes[class] += len;
    event->counts.last_seq = record->seq;
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

/* --- the watch of the whole bus --- */

void story_listen(Story *story, LinkStream stream, gboolean on)
{
    Event *event = event_new(EVENT_LISTEN);

    event->stream = stream;
    event->on = on;
    story_post(story, event);
}

void story_bus(Story *story, const char *subject, const char *bytes)
{
    gsize len = strlen(bytes);
    TapRecord *record = g_malloc0(sizeof(TapRecord) + len + 1);
    Event *event = event_new(EVENT_BUS);

    if (story->traffic == NULL)
        story->traffic = traffic_new();
    traffic_put(story->traffic, subject, len);
    record->seq = story->model->bus.last_seq + 1;
    record->wall_us = story->now_wall;
    record->class = TAP_BUS;
    record->subject = g_strdup(subject);
    record->size = record->len = len;
    memcpy(record->bytes, bytes, len);
    event->rows = g_ptr_array_new_with_free_func(free_record);
    g_ptr_array_add(event->rows, record);
    event->counts.last_seq = record->seq;
    event->traffic = traffic_take(story->traffic);
    for (unsigned i = 0; i < event->traffic->count; i++) /* as all times of a story */
        event->traffic->rows[i].wall_us = story->now_wall;
    story_post(story, event);
}

void story_narrowed(Story *story, LinkStream stream, StreamWidth width, const char *why)
{
    LinkNews *news = news_of(story, story->model->link.number, LINK_NEWS_NARROWED);

    news->stream = stream;
    news->count = width;
    news->text = g_strdup(why);
    post_news(story, news);
}

void story_suspect(Story *story, const char *subject, const char *bytes)
{
    Event *event = event_new(EVENT_POISON);

    event->id = story->model->link.number;
    event->poison = poison_judge(subject, raw_text(bytes), TRUE);
    story_post(story, event);
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
