/* Profiles and env files come from anywhere: each is taken or refused with one clean sentence that
 * begins with the line, and a profile that was taken is printed as one that says the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/env_file.h"
#include "heddle/profile_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_clean(const char *text)
{
    g_autofree char *clean = text_clean(raw_text(text), 0);

    if (strcmp(clean, text) != 0)
        abort();
}

/* Of an env file no byte is repeated; its sentences have none but these. */
static void try_env_file(RawText text)
{
    g_autofree char *why = NULL;
    EnvFile *file = env_file_parse(text, &why);

    if ((file == NULL) != (why != NULL))
        abort();
    if (why != NULL) {
        const char *what = strstr(why, ": ");

        if (!g_str_has_prefix(why, "line ") || what == NULL)
            abort();
        if (strcmp(what, ": no KEY=VALUE") != 0 && strstr(what, " NUL ") == NULL &&
            strstr(what, " quote ") == NULL && strstr(what, " no value here") == NULL)
            abort();
    }
    for (int i = 0; file != NULL && i < ENV_ASKED; i++) {
        const char *value = env_file_lookup(env_asked[i], file);

        if (value != NULL && value[0] != '\0' && strcmp(value, "set") != 0)
            abort();
    }
    env_file_free(file);
}

static gboolean is_printable(const Profile *profile)
{
    gboolean ok = TRUE;

    for (ProfileKey key = 0; key < PROFILE_KEYS; key++)
        ok =
            ok && (profile->values[key].text == NULL || profile_text_ok(profile->values[key].text));
    for (guint i = 0; i < profile->configs->len; i++)
        ok = ok && profile_text_ok(g_ptr_array_index(profile->configs, i));
    for (guint i = 0; i < profile->actors->len; i++) {
        const ProfileActor *actor = g_ptr_array_index(profile->actors, i);

        must_be_clean(actor->name);
        ok = ok && strlen(actor->name) < 250; /* YAML's limit of a key is 1,024 characters */
        for (ProfileActorKey key = 0; key < PROFILE_ACTOR_KEYS; key++)
            ok =
                ok && (actor->values[key].text == NULL || profile_text_ok(actor->values[key].text));
    }
    return ok;
}

static void try_profile(RawText text)
{
    g_autofree char *why = NULL, *printed = NULL, *again = NULL;
    Profile *profile = profile_parse(text, "/etc", &why), *copy;

    if ((profile == NULL) != (why != NULL))
        abort();
    if (profile == NULL) {
        must_be_clean(why);
        if (!g_str_has_prefix(why, "line "))
            abort();
        return;
    }
    if (is_printable(profile)) {
        printed = profile_print(profile);
        copy = profile_parse(raw_text(printed), "/etc", &why);
        if (copy == NULL)
            abort();
        again = profile_print(copy);
        if (strcmp(printed, again) != 0)
            abort();
        profile_unref(copy);
    }
    profile_unref(profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    RawText text = raw_bytes(data, size);

    try_env_file(text);
    try_profile(text);
    return 0;
}
