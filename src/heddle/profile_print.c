/* See profile_print.h. */
#include "heddle/profile_print.h"

#include <string.h>

static const char head[] =
    "# A profile of heddle-preflight: heddle-preflight --profile FILE\n"
    "#\n"
    "# A flag is stronger than the environment, that than the nats CLI's context, that than the\n"
    "# profile. Relative paths are relative to this file's folder. Every key may be left out.\n";

static const char actors_head[] =
    "\n# What is known of actors that run elsewhere, by name or KIND/NAME:\n";

/* One line of valid UTF-8 without control characters in quotes: then nothing in it means anything
 * to YAML. */
static void put_quoted(GString *out, const char *text)
{
    g_string_append_c(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            g_string_append_c(out, '\'');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '\'');
}

/* Without quotes only where nobody could read it otherwise. */
static void put_scalar(GString *out, const char *text)
{
    static const char *const words[] = {"null", "true", "false", "yes", "no", "on", "off"};
    gboolean plain = g_ascii_isalnum(text[0]) || text[0] == '/';

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        plain = plain && g_ascii_strcasecmp(text, words[i]) != 0;
    if (plain && strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "/._-+@") == strlen(text))
        g_string_append(out, text);
    else
        put_quoted(out, text);
}

static void put_value(GString *out, const char *indent, const ProfileKeyInfo *info,
                      const ProfileValue *value)
{
    g_string_append_printf(out, "%s%s%s: ", indent, value->text == NULL ? "# " : "", info->word);
    put_scalar(out, value->text != NULL ? value->text : info->example);
    g_string_append_c(out, '\n');
}

static void put_configs(GString *out, const GPtrArray *configs)
{
    g_string_append(out, "\n# Config files, folders of them, or KIND:FILE to force the kind.\n");
    if (configs->len == 0)
        g_string_append(out, "# configs:\n#   - configs\n#   - worker:other/echo.yaml\n");
    else
        g_string_append(out, "configs:\n");
    for (guint i = 0; i < configs->len; i++) {
        g_string_append(out, "  - ");
        put_scalar(out, g_ptr_array_index(configs, i));
        g_string_append_c(out, '\n');
    }
}

static void put_actor(GString *out, const ProfileActor *actor)
{
    if (actor->note != NULL)
        g_string_append_printf(out, "  # %s\n", actor->note);
    g_string_append(out, "  ");
    put_scalar(out, actor->name);
    g_string_append(out, ":\n");
    for (ProfileActorKey key = 0; key < PROFILE_ACTOR_KEYS; key++)
        put_value(out, "    ", profile_actor_key_info(key), &actor->values[key]);
}

char *profile_print(const Profile *profile)
{
    GString *out = g_string_new(head);

    for (ProfileKey key = 0; key < PROFILE_KEYS; key++) {
        g_string_append_printf(out, "\n# %s.\n", profile_key_info(key)->help);
        put_value(out, "", profile_key_info(key), &profile->values[key]);
    }
    put_configs(out, profile->configs);
    g_string_append(out, actors_head);
    for (ProfileActorKey key = 0; key < PROFILE_ACTOR_KEYS; key++)
        g_string_append_printf(out, "#   %-9s %s.\n", profile_actor_key_info(key)->word,
                               profile_actor_key_info(key)->help);
    g_string_append(out, profile->actors->len > 0
                             ? "actors:\n"
                             : "# actors:\n#   worker/echo:\n#     tier: local\n");
    for (guint i = 0; i < profile->actors->len; i++)
        put_actor(out, g_ptr_array_index(profile->actors, i));
    return g_string_free(out, FALSE);
}
