/* The reading of a profile (profile.h): libyaml's events, taken one after the other by the shape
 * that a profile has. Whatever does not fit ends the reading, so nothing is built that the file
 * does not need, and no depth but the profile's own is ever reached. */
#include <string.h>
#include <yaml.h>

#include "base/secret.h"
#include "heddle/profile.h"

enum { MAX_WORD = 40 /* of an unknown key that is compared with the known ones and shown */ };

typedef struct Reader {
    yaml_parser_t parser;
    yaml_event_t event; /* looked at now */
    Profile *profile;
    const char *folder; /* of relative paths */
    char *why;          /* what is wrong; NULL so far */
} Reader;

typedef const ProfileKeyInfo *(*KeyInfo)(int key);

static const ProfileKeyInfo *top_key(int key)
{
    return profile_key_info((ProfileKey)key);
}

static const ProfileKeyInfo *actor_key(int key)
{
    return profile_actor_key_info((ProfileActorKey)key);
}

static unsigned line_of(const Reader *reader)
{
    return (unsigned)reader->event.start_mark.line + 1;
}

G_GNUC_PRINTF(3, 4)
static gboolean refuse(Reader *reader, unsigned line, const char *format, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    g_free(reader->why);
    reader->why = g_strdup_printf("line %u: %s", line, what);
    return FALSE;
}

/* --- events --- */

static gboolean is_plain_event(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return FALSE;
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor == NULL && event->data.scalar.tag == NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor == NULL && event->data.sequence_start.tag == NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor == NULL && event->data.mapping_start.tag == NULL;
    default:
        return TRUE;
    }
}

/* Go on to the next event. FALSE: the text is no YAML, or none of a profile's. */
static gboolean next(Reader *reader)
{
    yaml_event_delete(&reader->event);
    if (!yaml_parser_parse(&reader->parser, &reader->event)) {
        g_autofree char *problem = text_clean(raw_text(reader->parser.problem), 0);

        memset(&reader->event, 0, sizeof reader->event);
        return refuse(reader, (unsigned)reader->parser.problem_mark.line + 1, "is no YAML: %s",
                      problem[0] != '\0' ? problem : "out of memory");
    }
    if (!is_plain_event(&reader->event))
        return refuse(reader, line_of(reader),
                      "aliases, anchors and tags have no place in a profile");
    return TRUE;
}

static gboolean is_at(const Reader *reader, yaml_event_type_t type)
{
    return reader->event.type == type;
}

/* Nothing, `~` or null. */
static gboolean is_null(const Reader *reader)
{
    const char *text = (const char *)reader->event.data.scalar.value;

    return is_at(reader, YAML_SCALAR_EVENT) &&
           reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (text[0] == '\0' || g_str_equal(text, "~") || g_str_equal(text, "null"));
}

/* One line of text that is not empty; `key` for the sentence. NULL with the fault said. Caller
 * frees. */
static char *take_text(Reader *reader, const char *key)
{
    const char *text = (const char *)reader->event.data.scalar.value;

    if (!is_at(reader, YAML_SCALAR_EVENT)) {
        refuse(reader, line_of(reader), "%s takes a text, and here is a %s", key,
               is_at(reader, YAML_SEQUENCE_START_EVENT) ? "list" : "mapping");
        return NULL;
    }
    if (is_null(reader) || text[0] == '\0') {
        refuse(reader, line_of(reader), "%s is empty (leave it out, or put # in front)", key);
        return NULL;
    }
    for (gsize i = 0; i < reader->event.data.scalar.length; i++)
        if ((guchar)text[i] < ' ' || text[i] == '\x7f') {
            refuse(reader, line_of(reader), "%s takes one line without control characters", key);
            return NULL;
        }
    return g_strdup(text);
}

/* --- keys --- */

/* Levenshtein's distance of two short words. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[MAX_WORD + 2], len = (unsigned)strlen(b);

    for (unsigned k = 0; k <= len; k++)
        row[k] = k;
    for (unsigned i = 1; a[i - 1] != '\0'; i++) {
        unsigned before = row[0];

        row[0] = i;
        for (unsigned k = 1; k <= len; k++) {
            unsigned above = row[k];

            row[k] = MIN(MIN(row[k], row[k - 1]) + 1, before + (a[i - 1] != b[k - 1]));
            before = above;
        }
    }
    return row[len];
}

/* The words that a mapping knows: those of its table, and (or NULL) two more. */
static const char *word_at(KeyInfo info, int keys, const char *const *more, int i)
{
    return i < keys ? info(i)->word : more != NULL ? more[i - keys] : NULL;
}

/* Index of the word under the cursor, or -1 with the fault said. */
static int find_key(Reader *reader, KeyInfo info, int keys, const char *const *more)
{
    const char *text = (const char *)reader->event.data.scalar.value, *word, *nearest = NULL;
    unsigned least = G_MAXUINT;

    if (!is_at(reader, YAML_SCALAR_EVENT)) {
        refuse(reader, line_of(reader), "a key is a word, not a list or a mapping");
        return -1;
    }
    for (int i = 0; (word = word_at(info, keys, more, i)) != NULL; i++)
        if (g_str_equal(text, word))
            return i;
    /* Only what looks like a key is shown: anything else may be a secret in the wrong place. */
    if (strlen(text) > MAX_WORD ||
        strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-") != strlen(text)) {
        refuse(reader, line_of(reader), "there is no such key");
        return -1;
    }
    for (int i = 0; (word = word_at(info, keys, more, i)) != NULL; i++) {
        /* `url` is nearer to nats_url, which it ends, than to tier. */
        gboolean part = strlen(text) > 2 && strstr(word, text) != NULL;
        unsigned far = part ? 0 : distance(text, word);

        if (far < least) {
            least = far;
            nearest = word;
        }
    }
    refuse(reader, line_of(reader), "there is no key '%s'; the nearest is '%s'", text, nearest);
    return -1;
}

static gboolean is_tier(const char *text)
{
    for (unsigned i = 0; i < HEDDLE_TIERS; i++)
        if (g_str_equal(text, heddle_tiers[i]))
            return TRUE;
    return g_str_equal(text, "own");
}

static char *resolve(const Reader *reader, const char *path)
{
    return g_path_is_absolute(path) || g_str_equal(reader->folder, ".")
               ? g_strdup(path)
               : g_build_filename(reader->folder, path, NULL);
}

/* The value behind a key, whose event is looked at. */
static gboolean take_value(Reader *reader, const ProfileKeyInfo *info, ProfileValue *value)
{
    char *text;

    if (!next(reader) || (text = take_text(reader, info->word)) == NULL)
        return FALSE;
    value->line = line_of(reader);
    value->text = info->is_path ? resolve(reader, text) : g_strdup(text);
    secret_free(text);
    if (info->is_tier && !is_tier(value->text))
        return refuse(reader, value->line, "%s takes local, standard, frontier or own", info->word);
    return next(reader);
}

static gboolean is_new(Reader *reader, unsigned line, const char *word)
{
    return line == 0 ||
           refuse(reader, line_of(reader), "%s is given twice, first in line %u", word, line);
}

/* --- actors --- */

static gboolean take_actor(Reader *reader, ProfileActor *actor)
{
    if (is_null(reader))
        return next(reader);
    if (!is_at(reader, YAML_MAPPING_START_EVENT))
        return refuse(reader, line_of(reader), "an actor takes a mapping");
    if (!next(reader))
        return FALSE;
    while (!is_at(reader, YAML_MAPPING_END_EVENT)) {
        int key = find_key(reader, actor_key, PROFILE_ACTOR_KEYS, NULL);

        if (key < 0 || !is_new(reader, actor->values[key].line, actor_key(key)->word) ||
            !take_value(reader, actor_key(key), &actor->values[key]))
            return FALSE;
    }
    return next(reader);
}

static gboolean take_actors(Reader *reader)
{
    if (is_null(reader))
        return next(reader);
    if (!is_at(reader, YAML_MAPPING_START_EVENT))
        return refuse(reader, line_of(reader), "actors takes a mapping of names");
    if (!next(reader))
        return FALSE;
    while (!is_at(reader, YAML_MAPPING_END_EVENT)) {
        unsigned line = line_of(reader);
        g_autofree char *text = take_text(reader, "an actor's name"), *name = NULL;
        ProfileActor *actor;

        if (text == NULL)
            return FALSE;
        if (reader->profile->actors->len >= PROFILE_MAX_ITEMS)
            return refuse(reader, line, "more than %d actors", PROFILE_MAX_ITEMS);
        name = text_clean(raw_text(text), 0);
        actor = profile_add_actor(reader->profile, name);
        if (actor == NULL)
            return refuse(reader, line, "actor '%s' is given twice", name);
        if (!next(reader) || !take_actor(reader, actor))
            return FALSE;
    }
    return next(reader);
}

/* --- configs --- */

/* A kind in front stays there. */
static char *resolve_config(const Reader *reader, const char *text)
{
    const char *colon = strchr(text, ':');
    g_autofree char *word = colon != NULL ? g_strndup(text, (gsize)(colon - text)) : NULL;
    g_autofree char *path = NULL;

    if (word == NULL || kind_from_word(word) == KIND_UNKNOWN)
        return resolve(reader, text);
    path = resolve(reader, colon + 1);
    return g_strconcat(word, ":", path, NULL);
}

static gboolean take_configs(Reader *reader)
{
    if (is_null(reader))
        return next(reader);
    if (!is_at(reader, YAML_SEQUENCE_START_EVENT))
        return refuse(reader, line_of(reader), "configs takes a list of files and folders");
    if (!next(reader))
        return FALSE;
    while (!is_at(reader, YAML_SEQUENCE_END_EVENT)) {
        g_autofree char *text = take_text(reader, "an item of configs");

        if (text == NULL)
            return FALSE;
        if (reader->profile->configs->len >= PROFILE_MAX_ITEMS)
            return refuse(reader, line_of(reader), "more than %d configs", PROFILE_MAX_ITEMS);
        g_ptr_array_add(reader->profile->configs, resolve_config(reader, text));
        if (!next(reader))
            return FALSE;
    }
    return next(reader);
}

/* --- all of it --- */

static gboolean take_top(Reader *reader)
{
    static const char *const more[] = {"configs", "actors", NULL};
    static gboolean (*const takers[])(Reader *) = {take_configs, take_actors};
    unsigned lines[G_N_ELEMENTS(takers)] = {0};

    while (!is_at(reader, YAML_MAPPING_END_EVENT)) {
        int key = find_key(reader, top_key, PROFILE_KEYS, more);

        if (key < 0)
            return FALSE;
        if (key < PROFILE_KEYS) {
            ProfileValue *value = &reader->profile->values[key];

            if (!is_new(reader, value->line, top_key(key)->word) ||
                !take_value(reader, top_key(key), value))
                return FALSE;
        } else {
            unsigned *line = &lines[key - PROFILE_KEYS];

            if (!is_new(reader, *line, more[key - PROFILE_KEYS]))
                return FALSE;
            *line = line_of(reader);
            if (!next(reader) || !takers[key - PROFILE_KEYS](reader))
                return FALSE;
        }
    }
    return next(reader);
}

static gboolean take_stream(Reader *reader)
{
    if (!next(reader) || !next(reader)) /* the stream's start, then a document's or its end */
        return FALSE;
    if (is_at(reader, YAML_STREAM_END_EVENT))
        return TRUE; /* comments only */
    if (!next(reader))
        return FALSE;
    if (is_null(reader)) {
        if (!next(reader))
            return FALSE;
    } else if (!is_at(reader, YAML_MAPPING_START_EVENT)) {
        return refuse(reader, line_of(reader), "a profile is a mapping of keys");
    } else if (!next(reader) || !take_top(reader)) {
        return FALSE;
    }
    if (!next(reader)) /* over the document's end */
        return FALSE;
    return is_at(reader, YAML_STREAM_END_EVENT) ||
           refuse(reader, line_of(reader), "a second document has no place in a profile");
}

Profile *profile_parse(RawText text, const char *folder, char **why)
{
    Reader reader = {.profile = profile_new(), .folder = folder};

    if (!yaml_parser_initialize(&reader.parser))
        g_error("libyaml: out of memory");
    yaml_parser_set_input_string(&reader.parser, (const guchar *)text.bytes, text.len);
    if (!take_stream(&reader))
        g_clear_pointer(&reader.profile, profile_unref);
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    *why = reader.why;
    return reader.profile;
}

Profile *profile_read(const char *path, char **why)
{
    g_autofree char *shown = text_clean(raw_text(path), 0);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *fault = NULL;
    SecretFile file;
    Profile *profile;

    if (!secret_file_read(&file, path, PROFILE_MAX_BYTES, why))
        return NULL;
    profile = profile_parse(raw_bytes(file.bytes, file.len), folder, &fault);
    secret_file_clear(&file);
    if (profile == NULL)
        *why = g_strdup_printf("%s: %s", shown, fault);
    else
        profile->path = g_steal_pointer(&shown);
    return profile;
}
