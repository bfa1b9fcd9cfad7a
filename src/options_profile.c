#include "options_profile.h"

#include "nats/url.h"

void given_clear(Given *given)
{
    g_free(given->who);
    *given = (Given){0};
}

char *options_profile_place(const Options *options, unsigned line, const char *word)
{
    return g_strdup_printf("%s: line %u: %s", options->profile->path, line, word);
}

Given options_given(Options *options, SettingId id, const char *flag, const char *word,
                    ProfileKey key)
{
    const ProfileValue *value = options->profile != NULL ? &options->profile->values[key] : NULL;

    options->origins[id] = word != NULL                           ? ORIGIN_FLAG
                           : value != NULL && value->text != NULL ? ORIGIN_PROFILE
                                                                  : ORIGIN_DEFAULT;
    if (options->origins[id] != ORIGIN_PROFILE)
        return (Given){word, g_strdup(flag)};
    return (Given){value->text,
                   options_profile_place(options, value->line, profile_key_info(key)->word)};
}

gboolean options_profile_read(Options *options, const char *path, char **why)
{
    g_autofree char *fault = NULL;

    if (path == NULL)
        return TRUE;
    if (options->demo) {
        *why = g_strdup("--demo brings a mesh of its own, so --profile has no place beside it");
        return FALSE;
    }
    options->profile = profile_read(path, &fault);
    if (options->profile == NULL)
        *why = g_strdup_printf("--profile: %s", fault);
    return options->profile != NULL;
}

gboolean options_profile_check(const Options *options, char **why)
{
    const Profile *profile = options->profile;

    for (guint i = 0; profile != NULL && i < profile->actors->len; i++) {
        const ProfileActor *actor = g_ptr_array_index(profile->actors, i);
        const ProfileValue *value = &actor->values[PROFILE_ACTOR_URL];
        g_autofree char *fault = NULL, *place = NULL;
        NatsUrl *url = value->text != NULL ? nats_url_parse(value->text, &fault) : NULL;

        nats_url_free(url);
        if (fault == NULL)
            continue;
        place = options_profile_place(options, value->line, "url");
        *why = g_strdup_printf("%s: %s", place, fault);
        return FALSE;
    }
    return TRUE;
}

char **options_profile_configs(Options *options, char **words)
{
    const GPtrArray *configs = options->profile != NULL ? options->profile->configs : NULL;
    char **copy;

    options->origins[SETTING_CONFIGS] = words != NULL ? ORIGIN_FLAG : ORIGIN_DEFAULT;
    if (words != NULL || configs == NULL || configs->len == 0)
        return words;
    options->origins[SETTING_CONFIGS] = ORIGIN_PROFILE;
    copy = g_new0(char *, configs->len + 1);
    for (guint i = 0; i < configs->len; i++)
        copy[i] = g_strdup(g_ptr_array_index(configs, i));
    return copy;
}
