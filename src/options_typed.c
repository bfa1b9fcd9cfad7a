#include "options_typed.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "heddle/kind.h"

void options_scrub(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        /* A URL may lack its scheme, so that anything before an @ may be a login. */
        char *at = strrchr(argv[i], '@'), *start = argv[i], *scheme, *equals;

        if (at == NULL)
            continue;
        scheme = strstr(argv[i], "://");
        equals = g_str_has_prefix(argv[i], "--") ? strchr(argv[i], '=') : NULL;
        if (equals != NULL && equals < at)
            start = equals + 1;
        if (scheme != NULL && scheme < at)
            start = scheme + 3;
        memset(start, 'x', (gsize)(at - start));
    }
}

/* It would be told as a file that is not there, password and all. */
static char *looks_like_url(const char *config, const char *colon, ActorKind kind)
{
    const char *at = strchr(config, '@');
    gboolean login = at != NULL && colon != NULL && colon < at && kind == KIND_UNKNOWN;

    return login || strstr(config, "://") != NULL
               ? g_strdup("a CONFIG is a file or a folder, and what was given looks like a URL: "
                          "did you mean --nats-url URL?")
               : NULL;
}

/* It would be told as a file that is not there, though the file is. */
static char *is_no_kind(const char *config, const char *colon, ActorKind kind)
{
    g_autofree char *word = NULL;
    GString *why;

    if (colon == NULL || kind != KIND_UNKNOWN || !g_file_test(colon + 1, G_FILE_TEST_EXISTS))
        return NULL;
    word = text_clean((RawText){config, (gsize)(colon - config)}, 40);
    why = g_string_new(NULL);
    g_string_append_printf(why, "'%s' is no kind of actor: KIND:FILE takes", word);
    for (ActorKind known = KIND_UNKNOWN + 1; known < KIND_COUNT; known++)
        g_string_append_printf(why, "%s %s",
                               known == KIND_UNKNOWN + 1 ? ""
                               : known == KIND_COUNT - 1 ? " or"
                                                         : ",",
                               kind_info(known)->word);
    return g_string_free(why, FALSE);
}

/* "processor:" would be told as a file without a name that is not there. */
static char *names_no_file(const char *config, const char *colon, ActorKind kind)
{
    return config[0] == '\0'
               ? g_strdup("a CONFIG is a file or a folder, and an empty word was given")
           : colon != NULL && colon[1] == '\0' && kind != KIND_UNKNOWN
               ? g_strdup_printf("'%s' names no file: KIND:FILE has one behind the colon", config)
               : NULL;
}

char *options_configs_wrong(const char *const *configs)
{
    char *why = NULL;

    for (; configs != NULL && *configs != NULL && why == NULL; configs++) {
        const char *colon = strchr(*configs, ':');
        g_autofree char *word =
            colon != NULL ? g_strndup(*configs, (gsize)(colon - *configs)) : NULL;
        ActorKind kind = kind_from_word(word);

        if (g_file_test(*configs, G_FILE_TEST_EXISTS))
            continue;
        why = looks_like_url(*configs, colon, kind);
        if (why == NULL)
            why = names_no_file(*configs, colon, kind);
        if (why == NULL)
            why = is_no_kind(*configs, colon, kind);
    }
    return why;
}
