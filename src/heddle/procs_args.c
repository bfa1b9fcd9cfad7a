/* See procs_args.h. Arguments are views into the caller's bytes until one is kept. */
#include "heddle/procs_args.h"

#include <string.h>

#include "base/mask.h"
#include "base/secret.h"
#include "base/text.h"

enum { SHOWN_MAX_CHARS = 1024 };

/* --- arguments --- */

typedef struct Words {
    const char *at, *end;
} Words;

/* The next argument, not terminated; the last may lack its NUL where the bytes were cut. */
static gboolean next_word(Words *words, RawText *word)
{
    const char *stop;

    if (words->at >= words->end)
        return FALSE;
    stop = memchr(words->at, '\0', (gsize)(words->end - words->at));
    if (stop == NULL)
        stop = words->end;
    *word = raw_bytes(words->at, (gsize)(stop - words->at));
    words->at = stop + 1;
    return TRUE;
}

static gboolean word_is(RawText word, const char *text)
{
    return word.len == strlen(text) && memcmp(word.bytes, text, word.len) == 0;
}

static gboolean word_ends(RawText word, const char *text)
{
    gsize len = strlen(text);

    return word.len >= len && memcmp(word.bytes + word.len - len, text, len) == 0;
}

static RawText word_base(RawText word)
{
    const char *slash = memrchr(word.bytes, '/', word.len);

    return slash == NULL ? word
                         : raw_bytes(slash + 1, (gsize)(word.bytes + word.len - (slash + 1)));
}

/* --- which program --- */

/* python, python3.11, pypy3: what the rest of the name is matters little, as a script follows. */
static gboolean is_python(RawText word)
{
    RawText base = word_base(word);

    return (base.len >= 6 && memcmp(base.bytes, "python", 6) == 0) ||
           (base.len >= 4 && memcmp(base.bytes, "pypy", 4) == 0);
}

static gboolean is_script(RawText word)
{
    return word_is(word_base(word), "heddle") || word_ends(word, "/heddle/cli/main.py") ||
           word_is(word, "heddle/cli/main.py");
}

static gboolean is_module(RawText word)
{
    return word_is(word, "heddle.cli.main") || word_is(word, "heddle.cli") ||
           word_is(word, "heddle");
}

/* One of Python's own options, letters after a dash. TRUE with *module when it names one. *ends is
 * set when no script can follow. */
static gboolean python_option(Words *words, RawText word, RawText *module, gboolean *ends)
{
    for (gsize i = 1; i < word.len; i++) {
        RawText rest = raw_bytes(word.bytes + i + 1, word.len - i - 1);

        switch (word.bytes[i]) {
        case 'm':
            if (rest.len == 0 && !next_word(words, &rest))
                break;
            *module = rest;
            return TRUE;
        case 'c':
            *ends = TRUE;
            return FALSE;
        case 'X':
        case 'W':
            if (rest.len == 0)
                next_word(words, &rest);
            return FALSE;
        default:
            break;
        }
    }
    return FALSE;
}

/* Past everything that stands before Heddle's own arguments. */
static gboolean skip_program(Words *words)
{
    RawText word, module;
    gboolean ends = FALSE;

    if (!next_word(words, &word))
        return FALSE;
    if (word_is(word_base(word), "heddle"))
        return TRUE;
    if (!is_python(word))
        return FALSE;
    while (!ends && next_word(words, &word)) {
        if (word.len == 0 || word.bytes[0] != '-')
            return is_script(word);
        if (word_is(word, "--check-hash-based-pycs"))
            next_word(words, &word);
        else if (word.len > 1 && word.bytes[1] != '-' && python_option(words, word, &module, &ends))
            return is_module(module);
    }
    return FALSE;
}

/* --- Heddle's options --- */

static void keep_config(ProcArgs *args, char *value)
{
    g_free(args->config);
    args->config = value;
}

static void keep_tier(ProcArgs *args, char *value)
{
    g_free(args->tier);
    args->tier = value;
}

static void keep_url(ProcArgs *args, char *value)
{
    secret_free(args->url);
    args->url = value;
}

/* Those that take a value; `keep` NULL: not ours to know. What a kind does not have ends its start,
 * so there is no need to say here which kind has which. */
static const struct {
    const char *name;
    void (*keep)(ProcArgs *args, char *value);
} options[] = {
    {"--config", keep_config}, {"--nats-url", keep_url}, {"--tier", keep_tier},
    {"--redis-url", NULL},     {"--transport", NULL},    {"--host", NULL},
    {"--port", NULL},
};

static void read_option(ProcArgs *args, Words *words, RawText word)
{
    const char *equals = memchr(word.bytes, '=', word.len);
    RawText name = raw_bytes(word.bytes, equals == NULL ? word.len : (gsize)(equals - word.bytes));
    RawText value = {NULL, 0};

    if (word_is(word, "--skip-preflight"))
        args->skip_preflight = TRUE;
    for (unsigned i = 0; i < G_N_ELEMENTS(options); i++) {
        if (!word_is(name, options[i].name))
            continue;
        if (equals != NULL)
            value = raw_bytes(equals + 1, word.len - name.len - 1);
        else if (!next_word(words, &value))
            return;
        if (options[i].keep != NULL)
            options[i].keep(args, g_strndup(value.bytes, value.len));
        return;
    }
}

gboolean proc_args_read(ProcArgs *args, const char *bytes, gsize len)
{
    Words words = {bytes, bytes + len};
    RawText word;
    g_autofree char *command = NULL;

    *args = (ProcArgs){0};
    if (len == 0 || !skip_program(&words) || !next_word(&words, &word))
        return FALSE;
    command = g_strndup(word.bytes, MIN(word.len, 32));
    args->kind = kind_from_word(command);
    args->monitor = strcmp(command, "ui") == 0;
    if (args->kind == KIND_UNKNOWN && !args->monitor)
        return FALSE;
    while (next_word(&words, &word))
        read_option(args, &words, word);
    return TRUE;
}

void proc_args_clear(ProcArgs *args)
{
    g_free(args->config);
    g_free(args->tier);
    secret_free(args->url);
    *args = (ProcArgs){0};
}

/* --- for people --- */

/* A shell takes it as one word as it is. */
static gboolean is_plain(const char *word)
{
    if (*word == '\0')
        return FALSE;
    for (; *word != '\0'; word++)
        if ((guchar)*word < 0x80 && !g_ascii_isalnum(*word) && strchr("_-./:=@,+%", *word) == NULL)
            return FALSE;
    return TRUE;
}

char *proc_args_shown(const char *bytes, gsize len)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GString) masked = g_string_new(NULL);
    Words words = {bytes, bytes + len};
    RawText word;

    while (out->len < SHOWN_MAX_CHARS * 4 && next_word(&words, &word)) {
        if (out->len > 0)
            g_string_append_c(out, ' ');
        g_string_truncate(masked, 0);
        mask_word(masked, word.bytes, word.len);
        if (is_plain(masked->str)) {
            g_string_append(out, masked->str);
        } else {
            g_autofree char *quoted = g_shell_quote(masked->str);

            g_string_append(out, quoted);
        }
    }
    return text_clean(raw_bytes(out->str, out->len), SHOWN_MAX_CHARS);
}
