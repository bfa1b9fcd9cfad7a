/* See env_file.h. */
#include "heddle/env_file.h"

#include <string.h>

#include "base/secret.h"

typedef enum Given { GIVEN_NOT, GIVEN_EMPTY, GIVEN_SET } Given;

struct EnvFile {
    Given given[ENV_ASKED];
};

typedef struct Cursor {
    const char *at, *end;
    unsigned line; /* 1-based */
    char *why;     /* what is wrong; NULL so far */
} Cursor;

static gboolean refuse(Cursor *cursor, unsigned line, const char *what)
{
    cursor->why = g_strdup_printf("line %u: %s", line, what);
    return FALSE;
}

/* The byte under the cursor; the end of the text is the end of a line. */
static char here(const Cursor *cursor)
{
    return cursor->at < cursor->end ? *cursor->at : '\n';
}

static void step(Cursor *cursor)
{
    if (cursor->at >= cursor->end)
        return;
    if (*cursor->at == '\n')
        cursor->line++;
    cursor->at++;
}

/* A carriage return counts only when it does not end the line. */
static gboolean is_blank(const Cursor *cursor)
{
    char c = here(cursor);

    return c == ' ' || c == '\t' ||
           (c == '\r' && (cursor->at + 1 >= cursor->end || cursor->at[1] == '\n'));
}

static void skip_blanks(Cursor *cursor)
{
    while (is_blank(cursor))
        step(cursor);
}

static void skip_line(Cursor *cursor)
{
    while (here(cursor) != '\n')
        step(cursor);
    step(cursor);
}

/* --- values: only whether anything is in them --- */

/* From the opening quote to behind the closing one. */
static gboolean take_quoted(Cursor *cursor, Given *given)
{
    unsigned line = cursor->line;
    char quote = here(cursor);

    for (step(cursor); cursor->at < cursor->end && *cursor->at != quote; step(cursor)) {
        if (quote == '"' && *cursor->at == '\\') {
            step(cursor);
            if (here(cursor) == '\n')
                continue; /* joins two lines */
        }
        *given = GIVEN_SET;
    }
    if (cursor->at >= cursor->end)
        return refuse(cursor, line, "a quote that is not closed");
    step(cursor);
    return TRUE;
}

/* To the line's end; one behind a backslash does not count. */
static void take_plain(Cursor *cursor, Given *given)
{
    for (; here(cursor) != '\n'; step(cursor)) {
        if (here(cursor) == '\\') {
            step(cursor);
            if (here(cursor) == '\r' && is_blank(cursor))
                step(cursor);
            if (here(cursor) == '\n')
                continue;
            *given = GIVEN_SET;
        } else if (!is_blank(cursor)) {
            *given = GIVEN_SET;
        }
    }
}

/* From behind the `=` to behind the line's end. */
static gboolean take_value(Cursor *cursor, Given *given)
{
    *given = GIVEN_EMPTY;
    skip_blanks(cursor);
    while (here(cursor) == '"' || here(cursor) == '\'') {
        if (!take_quoted(cursor, given))
            return FALSE;
        skip_blanks(cursor);
    }
    take_plain(cursor, given);
    step(cursor);
    return TRUE;
}

/* --- lines --- */

static int find_asked(const char *name, gsize len)
{
    for (int i = 0; i < ENV_ASKED; i++)
        if (strlen(env_asked[i]) == len && strncmp(env_asked[i], name, len) == 0)
            return i;
    return -1;
}

/* docker's names are wider than a shell's. */
static gsize name_length(const Cursor *cursor)
{
    gsize len = 0, left = (gsize)(cursor->end - cursor->at);

    while (len < left && (g_ascii_isalnum(cursor->at[len]) || strchr("_.-", cursor->at[len])))
        len++;
    return len > 0 && g_ascii_isdigit(cursor->at[0]) ? 0 : len;
}

static void skip_export(Cursor *cursor)
{
    static const char word[] = "export";
    gsize len = sizeof word - 1;

    if ((gsize)(cursor->end - cursor->at) > len && memcmp(cursor->at, word, len) == 0 &&
        (cursor->at[len] == ' ' || cursor->at[len] == '\t')) {
        cursor->at += len;
        skip_blanks(cursor);
    }
}

static gboolean take_line(Cursor *cursor, EnvFile *file)
{
    unsigned line = cursor->line;
    Given given;
    gsize len;
    int asked;

    skip_export(cursor);
    len = name_length(cursor);
    asked = find_asked(cursor->at, len);
    cursor->at += len;
    skip_blanks(cursor);
    if (len > 0 && here(cursor) == '\n' && asked < 0) {
        step(cursor);
        return TRUE;
    }
    if (len > 0 && here(cursor) == '\n') {
        g_autofree char *what = g_strdup_printf(
            "%s has no value here, so it is taken from wherever the actor is started",
            env_asked[asked]);

        return refuse(cursor, line, what);
    }
    if (len == 0 || here(cursor) != '=')
        return refuse(cursor, line, "no KEY=VALUE");
    step(cursor);
    if (!take_value(cursor, &given))
        return FALSE;
    if (asked >= 0)
        file->given[asked] = given;
    return TRUE;
}

static gboolean has_no_nul(Cursor *cursor)
{
    const char *nul = memchr(cursor->at, '\0', (gsize)(cursor->end - cursor->at));
    unsigned line = 1;

    if (nul == NULL)
        return TRUE;
    for (const char *c = cursor->at; c < nul; c++)
        line += *c == '\n';
    return refuse(cursor, line, "a NUL byte: this is no text");
}

EnvFile *env_file_parse(RawText text, char **why)
{
    static const char mark[] = "\xEF\xBB\xBF";
    EnvFile *file = g_new0(EnvFile, 1);
    Cursor cursor = {text.bytes, text.bytes + text.len, 1, NULL};

    if (text.len == 0)
        return file;
    if (text.len >= strlen(mark) && memcmp(text.bytes, mark, strlen(mark)) == 0)
        cursor.at += strlen(mark);
    if (has_no_nul(&cursor)) {
        while (cursor.why == NULL && cursor.at < cursor.end) {
            skip_blanks(&cursor);
            if (here(&cursor) == '\n' || here(&cursor) == '#' || here(&cursor) == ';')
                skip_line(&cursor);
            else
                take_line(&cursor, file);
        }
    }
    if (cursor.why == NULL)
        return file;
    *why = cursor.why;
    g_free(file);
    return NULL;
}

EnvFile *env_file_read(const char *path, char **why)
{
    g_autofree char *fault = NULL;
    SecretFile bytes;
    EnvFile *file;

    if (!secret_file_read(&bytes, path, ENV_FILE_MAX_BYTES, why))
        return NULL;
    file = env_file_parse(raw_bytes(bytes.bytes, bytes.len), &fault);
    secret_file_clear(&bytes);
    if (file == NULL) {
        g_autofree char *shown = text_clean(raw_text(path), 0);

        *why = g_strdup_printf("%s: %s", shown, fault);
    }
    return file;
}

void env_file_free(EnvFile *file)
{
    g_free(file);
}

const char *env_file_lookup(const char *name, void *data)
{
    static const char *const words[] = {
        [GIVEN_NOT] = NULL, [GIVEN_EMPTY] = "", [GIVEN_SET] = "set"};
    const EnvFile *file = data;
    int asked = find_asked(name, strlen(name));

    return asked >= 0 ? words[file->given[asked]] : NULL;
}

EnvView *env_file_view(const char *path)
{
    /* Before the read: a file that changes meanwhile has another stamp at the next look. */
    FileStamp stamp = config_stamp(path);
    g_autofree char *shown = text_clean(raw_text(path), 0);
    g_autofree char *why = NULL;
    EnvFile *file = env_file_read(path, &why);
    EnvView *view;

    /* The reader's own ~/.heddle says nothing of an actor that runs elsewhere. */
    view = file != NULL ? env_view_new(shown, env_file_lookup, file, NULL)
                        : env_view_unknown(shown, why);
    view->stamp = stamp;
    env_file_free(file);
    return view;
}
