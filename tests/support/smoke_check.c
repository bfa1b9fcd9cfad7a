#include "tests/support/smoke_check.h"

#include <check.h>
#include <string.h>

const char *const smoke_monitor[] = {"heddle.>", NULL};
const char *const smoke_nobody[] = {NULL};

static const char *const fleet[] = {"router:router_rules", "processor:echo", "pipeline:digest",
                                    NULL};

Story *smoke_story(const char *const *subscribers)
{
    Story *story = story_up(SMOKE_URL);

    story_fleet(story, fleet);
    story_roster(story, subscribers);
    return story;
}

void smoke_news(Story *story, LinkNewsKind kind, Cause cause, const char *text)
{
    LinkNews *news = story_news(story, story->model->link.number, kind);

    news->cause = cause;
    news->text = g_strdup(text);
    news->id = g_strdup(model_last_smoke(story->model)->task_id);
    if (kind == LINK_NEWS_TRACE) {
        news->bytes = g_strdup(text);
        news->len = strlen(text);
    }
    story_post_news(story, news);
}

void smoke_traces(Story *story)
{
    LinkServer *server = &story->model->link.server;

    g_free(server->version);
    server->version = g_strdup("2.15.1");
    story->model->probe->ladder->info.headers = TRUE;
}

void smoke_set_mode(Story *story, SmokeMode mode)
{
    Event *event = event_new(EVENT_SET_MODE);

    event->mode = mode;
    story_post(story, event);
}

gboolean smoke_has_evidence(const Smoke *smoke, HopId id, HopSource source, const char *text)
{
    const GPtrArray *all = smoke->hops[id].evidence;

    for (guint i = 0; all != NULL && i < all->len; i++) {
        const Evidence *evidence = g_ptr_array_index(all, i);

        if (evidence->source == source && strstr(evidence->text, text) != NULL)
            return TRUE;
    }
    return FALSE;
}

void smoke_expect(const Smoke *smoke, SmokeVerdict verdict, const char *text, const char *remedy)
{
    ck_assert_msg(smoke->verdict == verdict, "%s: %s", smoke_word(smoke->verdict), smoke->text);
    ck_assert_msg(strstr(smoke->text, text) != NULL, "%s", smoke->text);
    ck_assert_msg(g_strcmp0(smoke->remedy, remedy) == 0, "%s", smoke->remedy);
}

void smoke_expect_next(const Story *story, const Smoke *smoke, const char *begin)
{
    g_autofree char *next = smoke_remedy(story->model, smoke, REMEDY_NEXT);

    ck_assert_msg(next != NULL && g_str_has_prefix(next, begin), "%s", next);
}
