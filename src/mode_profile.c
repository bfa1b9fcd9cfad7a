#include "mode_profile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "heddle/profile_print.h"
#include "mesh/facts.h"

static void tell(const char *what, const char *why)
{
    fprintf(stderr, "heddle-preflight: %s is left out: %s\n", what, why);
}

/* Left out is what could not be read as it was written. */
static void set(ProfileValue *value, const char *word, const char *text)
{
    if (text != NULL && !profile_text_ok(text))
        tell(word, "it is not one line of plain text");
    else
        value->text = g_strdup(text);
}

/* The servers of a URL without their logins; NULL when it cannot be read. Caller frees. */
static char *without_login(const char *typed)
{
    g_autofree char *masked = nats_url_mask(typed);
    GString *servers;
    char *text;

    if (strstr(masked, "•••") == NULL)
        return g_strdup(typed);
    servers = g_string_new(NULL);
    for (unsigned i = 0; (text = nats_url_server(typed, i)) != NULL; i++) {
        g_autofree char *why = NULL;
        NatsUrl *url = nats_url_parse(text, &why);

        if (url != NULL)
            g_string_append_printf(servers, "%s%s", servers->len > 0 ? "," : "", url->plain);
        nats_url_free(url);
        nats_url_text_free(text);
    }
    tell("the login in a URL", "put it into a context of the nats CLI");
    return g_string_free(servers, FALSE);
}

static void set_url(ProfileValue *value, const char *word, const char *typed)
{
    g_autofree char *url = typed != NULL ? without_login(typed) : NULL;

    set(value, word, url);
}

/* Where the profile will stand is not known, so paths are whole ones. */
static void set_path(ProfileValue *value, const char *word, const char *path)
{
    g_autofree char *whole = path != NULL ? g_canonicalize_filename(path, NULL) : NULL;

    set(value, word, whole);
}

static void set_seconds(ProfileValue *value, int ms)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    value->text = g_strdup(g_ascii_formatd(text, sizeof text, "%.10g", ms / 1000.0));
}

static void put_settings(Profile *profile, const Options *options)
{
    ProfileValue *values = profile->values;

    /* A context's URL comes with it. */
    if (options->origin != ORIGIN_CONTEXT)
        set_url(&values[PROFILE_NATS_URL], "nats_url", options->url);
    set(&values[PROFILE_CONTEXT], "context", options->access->context);
    set(&values[PROFILE_MONITOR_URL], "monitor_url", options->monitor_url);
    set(&values[PROFILE_TIER], "tier", tier_word(options->tier));
    set_seconds(&values[PROFILE_TIMEOUT], options->timeout_ms);
    set_seconds(&values[PROFILE_SMOKE_TIMEOUT], options->smoke_timeout_ms);
    set(&values[PROFILE_SMOKE_MODE], "smoke_mode", smoke_mode_word(options->mode));
    set(&values[PROFILE_WORKER_TYPE], "worker_type", options->worker_type);
    set(&values[PROFILE_PAYLOAD], "payload", options->payload);
    set_path(&values[PROFILE_ENV_FILE], "env_file", options->env_file);
}

/* --- configs --- */

/* A kind in front stays there, unless it is part of a file's name (heddle/fleet.h). */
static void put_config(Profile *profile, const char *text)
{
    const char *colon = strchr(text, ':');
    g_autofree char *word = colon != NULL ? g_strndup(text, (gsize)(colon - text)) : NULL;
    gboolean forced =
        kind_from_word(word) != KIND_UNKNOWN && !g_file_test(text, G_FILE_TEST_EXISTS);
    g_autofree char *path = g_canonicalize_filename(forced ? colon + 1 : text, NULL);
    char *whole = forced ? g_strconcat(word, ":", path, NULL) : g_strdup(path);

    if (profile_text_ok(whole)) {
        g_ptr_array_add(profile->configs, whole);
    } else {
        g_autofree char *clean = text_clean(raw_text(whole), 0);

        tell(clean, "its name is not plain text");
        g_free(whole);
    }
}

/* Those that were named, else the folders that were taken in their place. */
static void put_configs(Profile *profile, const Options *options, const Fleet *fleet)
{
    const char *variable = g_getenv("HEDDLE_CONFIGS");
    g_auto(GStrv) folders = NULL;

    for (int i = 0; options->configs != NULL && options->configs[i] != NULL; i++)
        put_config(profile, options->configs[i]);
    if (profile->configs->len > 0 || fleet->source == NULL)
        return;
    folders = g_strsplit(fleet->source[0] == '$' ? variable : "configs", ":", -1);
    for (int i = 0; folders[i] != NULL; i++)
        if (folders[i][0] != '\0')
            put_config(profile, folders[i]);
}

/* --- actors --- */

static void copy_row(ProfileActor *to, const ProfileActor *from)
{
    for (ProfileActorKey key = 0; key < PROFILE_ACTOR_KEYS; key++) {
        const ProfileKeyInfo *info = profile_actor_key_info(key);

        if (key == PROFILE_ACTOR_URL)
            set_url(&to->values[key], info->word, from->values[key].text);
        else if (info->is_path)
            set_path(&to->values[key], info->word, from->values[key].text);
        else
            set(&to->values[key], info->word, from->values[key].text);
    }
}

/* `known`: the rows of the profile in force that have found their actor. */
static void put_actor(Profile *profile, const Options *options, const Actor *actor,
                      GHashTable *known)
{
    ActorKind kind = actor_kind(actor);
    const char *tier = actor_own_tier(actor);
    g_autofree char *name = actor_name(actor), *path = text_clean(raw_text(actor->path), 0);
    g_autofree char *word =
        kind != KIND_UNKNOWN ? g_strconcat(kind_info(kind)->word, "/", name, NULL) : g_strdup(name);
    const ProfileActor *says =
        options->profile != NULL ? profile_actor(options->profile, kind, name) : NULL;
    ProfileActor *row = actor_is_shown(actor) ? profile_add_actor(profile, word) : NULL;

    if (row == NULL)
        return; /* no actor, or a second config of the same */
    row->note = tier[0] != '\0' ? g_strdup_printf("%s, tier %s", path, tier) : g_strdup(path);
    if (says != NULL) {
        copy_row(row, says);
        g_hash_table_add(known, (gpointer)says);
    }
}

static void put_actors(Profile *profile, const Options *options, const Fleet *fleet)
{
    GHashTable *known = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < fleet->files->len; i++) {
        const FleetFile *file = g_ptr_array_index(fleet->files, i);
        Actor actor = {.path = file->path, .forced = file->forced, .named = file->named};

        actor.config = config_check(file->path, file->forced);
        put_actor(profile, options, &actor, known);
        config_report_free(actor.config);
    }
    for (guint i = 0; options->profile != NULL && i < options->profile->actors->len; i++) {
        const ProfileActor *says = g_ptr_array_index(options->profile->actors, i);
        ProfileActor *row =
            g_hash_table_contains(known, says) ? NULL : profile_add_actor(profile, says->name);

        if (row == NULL)
            continue;
        row->note = g_strdup("no config of this one was found");
        copy_row(row, says);
    }
    g_hash_table_destroy(known);
}

int mode_profile(const Options *options)
{
    Fleet *fleet = fleet_walk((const char *const *)options->configs);
    Profile *profile = profile_new();
    g_autofree char *text = NULL;

    put_settings(profile, options);
    put_configs(profile, options, fleet);
    put_actors(profile, options, fleet);
    text = profile_print(profile);
    profile_unref(profile);
    fleet_free(fleet);
    if (fputs(text, stdout) == EOF || fflush(stdout) == EOF) {
        fprintf(stderr, "heddle-preflight: cannot write the profile: %s\n", g_strerror(errno));
        return 3;
    }
    return 0;
}
