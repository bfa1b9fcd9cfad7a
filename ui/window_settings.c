/* The settings window: what is in force, and where each value comes from. Secrets are not shown. */
#include "ui/window_lines.h"

#include "base/text.h"

enum { LABEL_COLUMNS = 14, VALUE_CHARS = 200, MAX_STRANGERS = 20 };

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

static void add_seconds(Lines *to, const Settings *settings, SettingId id, const char *label,
                        int ms)
{
    g_autofree char *value = g_strdup_printf("%.4g s", ms / 1000.0);

    add_setting(to, label, value, origin_word(settings->origins[id]));
}

/* Raw text; NULL: it is not set. */
static void add_text(Lines *to, const Settings *settings, SettingId id, const char *label,
                     const char *text)
{
    g_autofree char *clean = text_clean(raw_text(text), VALUE_CHARS);

    if (text != NULL)
        add_setting(to, label, clean, origin_word(settings->origins[id]));
}

/* What it says of somebody who is not here is most often a name with a slip in it. */
static void add_strangers(Lines *to, const Model *model, const Profile *profile)
{
    g_autoptr(GHashTable) here = g_hash_table_new(NULL, NULL);
    unsigned strangers = 0;

    for (guint i = 0; i < model->panels->len; i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);

        g_hash_table_add(here, (gpointer)actor->profile);
    }
    for (guint i = 0; i < profile->actors->len && strangers < MAX_STRANGERS; i++) {
        ProfileActor *says = g_ptr_array_index(profile->actors, i);
        g_autofree char *line = g_strdup_printf("no config here is of its actor %s", says->name);

        if (g_hash_table_contains(here, says))
            continue;
        lines_text(to, STYLE_WARN, 0, line);
        strangers++;
    }
}

static void add_profile(Lines *to, const Model *model)
{
    const Profile *profile = model->settings.profile;

    if (profile == NULL)
        return;
    add_setting(to, "profile", profile->path != NULL ? profile->path : "", "flag");
    if (model->fleet_known)
        add_strangers(to, model, profile);
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
    add_text(to, settings, SETTING_TIER, "tier", tier_word(settings->tier));
    add_seconds(to, settings, SETTING_TIMEOUT, "timeout", settings->timeout_ms);
    add_seconds(to, settings, SETTING_SMOKE_TIMEOUT, "smoke timeout", settings->smoke_timeout_ms);
    add_text(to, settings, SETTING_MODE, "smoke mode", smoke_mode_word(settings->mode));
    add_text(to, settings, SETTING_WORKER, "worker", settings->worker_type);
    add_text(to, settings, SETTING_PAYLOAD, "payload", settings->payload);
    add_text(to, settings, SETTING_MONITOR, "monitor url", settings->monitor_url);
    add_text(to, settings, SETTING_ENV_FILE, "env file", model->env.path);
    /* The walk takes the list of a profile for arguments. */
    add_text(to, settings, SETTING_CONFIGS, "configs",
             settings->origins[SETTING_CONFIGS] == ORIGIN_PROFILE ? "list" : model->fleet_source);
    if (settings->read_only)
        lines_text(to, STYLE_NORMAL, 0, "read-only: nothing is published");
    add_profile(to, model);
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
