/* See profile.h: the keys, and a profile in memory. Reading is in profile_read.c, printing in
 * profile_print.c. */
#include "heddle/profile.h"

#include <string.h>

#include "base/secret.h"

static const ProfileKeyInfo keys[PROFILE_KEYS] = {
    [PROFILE_NATS_URL] = {"nats_url", "nats://localhost:4222", "NATS server", FALSE, FALSE},
    [PROFILE_CONTEXT] =
        {"context", "prod",
         "Context of the nats CLI: how to get in. Its URL is stronger than nats_url", FALSE, FALSE},
    [PROFILE_MONITOR_URL] = {"monitor_url", "http://localhost:8222",
                             "The server's HTTP monitoring port", FALSE, FALSE},
    [PROFILE_TIER] = {"tier", "own", "local, standard, frontier, or own: each actor's own", FALSE,
                      TRUE},
    [PROFILE_TIMEOUT] = {"timeout", "5", "Of a NATS check, seconds", FALSE, FALSE},
    [PROFILE_SMOKE_TIMEOUT] = {"smoke_timeout", "5",
                               "Seconds after which the silent hop of a smoke is named", FALSE,
                               FALSE},
    [PROFILE_SMOKE_MODE] = {"smoke_mode", "task",
                            "task, direct (past the router) or goal (as `heddle submit` does)",
                            FALSE, FALSE},
    [PROFILE_WORKER_TYPE] = {"worker_type", "echo", "Worker that the smoke is for", FALSE, FALSE},
    [PROFILE_PAYLOAD] = {"payload", "{\"echo\": \"preflight\"}", "Of the smoke, a JSON object",
                         FALSE, FALSE},
    [PROFILE_ENV_FILE] = {"env_file", "/etc/heddle/heddle.env",
                          "KEY=VALUE lines that take the place of this process's environment in "
                          "the checks of all actors",
                          TRUE, FALSE},
};

static const ProfileKeyInfo actor_keys[PROFILE_ACTOR_KEYS] = {
    [PROFILE_ACTOR_URL] = {"url", "nats://localhost:4222", "The NATS server it uses", FALSE, FALSE},
    [PROFILE_ACTOR_TIER] = {"tier", "local", "The tier it was started with", FALSE, TRUE},
    [PROFILE_ACTOR_ENV_FILE] = {"env_file", "/etc/heddle/echo.env", "Its environment", TRUE, FALSE},
    [PROFILE_ACTOR_LOG] = {"log", "/var/log/heddle/echo.log", "Where its output goes", TRUE, FALSE},
    [PROFILE_ACTOR_RESTART] = {"restart", "systemctl restart heddle-echo",
                               "The command that restarts it: what to type when it is gone", FALSE,
                               FALSE},
};

const ProfileKeyInfo *profile_key_info(ProfileKey key)
{
    return &keys[key];
}

const ProfileKeyInfo *profile_actor_key_info(ProfileActorKey key)
{
    return &actor_keys[key];
}

static void actor_free(void *data)
{
    ProfileActor *actor = data;

    for (ProfileActorKey key = 0; key < PROFILE_ACTOR_KEYS; key++)
        secret_free(actor->values[key].text);
    g_free(actor->name);
    g_free(actor->note);
    g_free(actor);
}

Profile *profile_new(void)
{
    Profile *profile = g_new0(Profile, 1);

    refs_init(&profile->refs);
    profile->configs = g_ptr_array_new_with_free_func(g_free);
    profile->actors = g_ptr_array_new_with_free_func(actor_free);
    profile->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    return profile;
}

Profile *profile_ref(Profile *profile)
{
    refs_take(&profile->refs);
    return profile;
}

void profile_unref(Profile *profile)
{
    if (profile == NULL || !refs_drop(&profile->refs))
        return;
    for (ProfileKey key = 0; key < PROFILE_KEYS; key++)
        secret_free(profile->values[key].text);
    g_hash_table_destroy(profile->by_name);
    g_ptr_array_unref(profile->configs);
    g_ptr_array_unref(profile->actors);
    g_free(profile->path);
    g_free(profile);
}

ProfileActor *profile_add_actor(Profile *profile, const char *name)
{
    ProfileActor *actor;

    if (g_hash_table_contains(profile->by_name, name))
        return NULL;
    actor = g_new0(ProfileActor, 1);
    actor->name = g_strdup(name);
    g_ptr_array_add(profile->actors, actor);
    g_hash_table_insert(profile->by_name, actor->name, actor);
    return actor;
}

gboolean profile_text_ok(const char *text)
{
    g_autofree char *clean = text_clean(raw_text(text), 0);

    return text[0] != '\0' && g_str_equal(text, clean);
}

const ProfileActor *profile_actor(const Profile *profile, ActorKind kind, const char *name)
{
    g_autofree char *with_kind = g_strconcat(kind_info(kind)->word, "/", name, NULL);
    const ProfileActor *actor = g_hash_table_lookup(profile->by_name, with_kind);

    return actor != NULL ? actor : g_hash_table_lookup(profile->by_name, name);
}
