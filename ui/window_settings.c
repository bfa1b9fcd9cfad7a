/* The settings window: what is in force, and where each value comes from. Secrets are not shown. */
#include "ui/window_lines.h"

#include "base/text.h"

enum { LABEL_COLUMNS = 14, VALUE_CHARS = 200 };

/* A value with its origin behind it, on as many lines as it takes. */
static void add_setting(Lines *to, const char *label, const char *value, const char *origin)
{
    g_autofree char *line = g_strdup_printf("%-*s %s  (%s)", LABEL_COLUMNS, label, value, origin);

    lines_text(to, STYLE_NORMAL, 0, line);
}

static void add_access(Lines *to, const Access *access)
{
    unsigned set = 0;

    for (AccessField field = 0; field < ACCESS_FIELDS; field++) {
        const char *value = access_get(access, field);
        g_autofree char *clean = text_clean(raw_text(value), VALUE_CHARS);

        if (value == NULL)
            continue;
        add_setting(to, access_word(field), access_is_secret(field) ? "•••" : clean,
                    origin_word(access->origins[field]));
        set++;
    }
    if (set == 0)
        lines_text(to, STYLE_DIM, 0, "nothing beside the URL");
    if (access->context != NULL)
        add_setting(to, "context", access->context, "nats CLI");
    for (guint i = 0; access->notes != NULL && i < access->notes->len; i++)
        lines_text(to, STYLE_WARN, 0, g_ptr_array_index(access->notes, i));
}

static void add_seconds(Lines *to, const char *label, int ms)
{
    g_autofree char *line = g_strdup_printf("%-*s %.4g s", LABEL_COLUMNS, label, ms / 1000.0);

    lines_text(to, STYLE_NORMAL, 0, line);
}

static void add_smoke(Lines *to, const Settings *settings)
{
    g_autofree char *worker = text_clean(raw_text(settings->worker_type), VALUE_CHARS);
    g_autofree char *payload = text_clean(raw_text(settings->payload), VALUE_CHARS);
    g_autofree char *line = g_strdup_printf("%-*s %s %s, %s", LABEL_COLUMNS, "smoke",
                                            smoke_mode_word(settings->mode), worker, payload);

    lines_text(to, STYLE_NORMAL, 0, line);
    if (settings->read_only)
        lines_text(to, STYLE_NORMAL, 0, "read-only: nothing is published");
}

/* The wide subscriptions, and how much of them there is. */
static void add_streams(Lines *to, const Model *model)
{
    static const char *const labels[LINK_STREAMS] = {
        [STREAM_BUS] = "bus watch",
        [STREAM_SENTINEL] = "sentinel",
    };
    static const char *const words[] = {"whole", "narrowed", "left"};

    for (LinkStream id = 0; id < LINK_STREAMS; id++) {
        const StreamView *stream = &model->streams[id];
        const char *why = stream->text != NULL ? stream->text : stream->denied;

        if (stream->wanted)
            lines_add(to, why != NULL ? STYLE_WARN : STYLE_NORMAL,
                      g_strdup_printf("%-*s %s%s%s", LABEL_COLUMNS, labels[id],
                                      words[stream->width], why != NULL ? ": " : "",
                                      why != NULL ? why : ""));
    }
}

void window_settings_lines(Lines *to, const Model *model, const View *view)
{
    const Settings *settings = &model->settings;

    (void)view;
    lines_text(to, STYLE_TITLE, 0, "in force");
    add_setting(to, "url", model->url_shown, url_origin_word(settings->origin));
    lines_add(to, STYLE_NORMAL,
              g_strdup_printf("%-*s %s", LABEL_COLUMNS, "tier", tier_word(settings->tier)));
    add_seconds(to, "timeout", settings->timeout_ms);
    add_seconds(to, "smoke timeout", settings->smoke_timeout_ms);
    add_smoke(to, settings);
    if (model->fleet_source != NULL)
        lines_add(to, STYLE_NORMAL,
                  g_strdup_printf("%-*s %s", LABEL_COLUMNS, "configs", model->fleet_source));
    add_streams(to, model);
    lines_blank(to);
    lines_text(to, STYLE_TITLE, 0,
               "beside the URL: for the link only, since Heddle's actors have no "
               "option for it");
    add_access(to, settings->access);
    lines_blank(to);
    lines_text(to, STYLE_DIM, 0,
               "A stronger origin wins: default, profile, context, environment, flag, edited.");
}
