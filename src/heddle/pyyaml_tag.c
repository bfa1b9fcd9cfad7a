/* See pyyaml_tag.h: names of tags, and PyYAML's resolver (its regular expressions, written out
 * since a file may hold millions of scalars). */
#include "heddle/pyyaml_tag.h"

#include <string.h>

static const struct {
    const char *name, *python;
} tags[] = {
    [PY_TAG_STR] = {"str", "str"},         [PY_TAG_NULL] = {"null", "NoneType"},
    [PY_TAG_BOOL] = {"bool", "bool"},      [PY_TAG_INT] = {"int", "int"},
    [PY_TAG_FLOAT] = {"float", "float"},   [PY_TAG_TIMESTAMP] = {"timestamp", "date"},
    [PY_TAG_BINARY] = {"binary", "bytes"}, [PY_TAG_SEQ] = {"seq", "list"},
    [PY_TAG_MAP] = {"map", "dict"},        [PY_TAG_OMAP] = {"omap", "list"},
    [PY_TAG_PAIRS] = {"pairs", "list"},    [PY_TAG_SET] = {"set", "set"},
    [PY_TAG_MERGE] = {"merge", NULL},      [PY_TAG_VALUE] = {"value", NULL},
};

PyTag py_tag_named(const char *text)
{
    static const char prefix[] = "tag:yaml.org,2002:";

    if (strncmp(text, prefix, sizeof prefix - 1) != 0)
        return PY_TAG_UNKNOWN;
    for (unsigned i = 0; i < G_N_ELEMENTS(tags); i++)
        if (strcmp(text + sizeof prefix - 1, tags[i].name) == 0)
            return (PyTag)i;
    return PY_TAG_UNKNOWN;
}

gboolean py_tag_is_scalar(PyTag tag)
{
    return tag <= PY_TAG_BINARY;
}

const char *py_tag_python_type(PyTag tag)
{
    return tag < PY_TAG_MERGE ? tags[tag].python : "object";
}

/* A text that is eaten from the left. */
typedef struct Rest {
    const char *at, *end;
} Rest;

static int peek(const Rest *rest)
{
    return rest->at < rest->end ? (guchar)*rest->at : -1;
}

static gboolean eat(Rest *rest, int c)
{
    if (peek(rest) != c)
        return FALSE;
    rest->at++;
    return TRUE;
}

/* Eat characters of `set`, at most `max`; returns how many. */
static gsize eat_set(Rest *rest, const char *set, gsize max)
{
    const char *start = rest->at;

    while (rest->at < rest->end && (gsize)(rest->at - start) < max && *rest->at != '\0' &&
           strchr(set, *rest->at) != NULL)
        rest->at++;
    return (gsize)(rest->at - start);
}

static const char digits[] = "0123456789", digits_or_blank[] = "0123456789_";

static gboolean eat_exponent(Rest *rest)
{
    if (!eat(rest, 'e') && !eat(rest, 'E'))
        return TRUE;
    return eat_set(rest, "+-", 1) == 1 && eat_set(rest, digits, G_MAXSIZE) > 0;
}

/* One or more of `:59`, base 60. */
static gboolean eat_sixtieths(Rest *rest)
{
    gboolean some = FALSE;

    while (eat(rest, ':')) {
        const char *start = rest->at;
        gsize count = eat_set(rest, digits, 2);

        if (count == 0 || (count == 2 && *start > '5'))
            return FALSE;
        some = TRUE;
    }
    return some;
}

static gboolean is_word(const Rest *rest, const char *const *words)
{
    gsize len = (gsize)(rest->end - rest->at);

    for (; *words != NULL; words++)
        if (strlen(*words) == len && memcmp(rest->at, *words, len) == 0)
            return TRUE;
    return FALSE;
}

static gboolean is_float(Rest rest)
{
    static const char *const infinite[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const nan[] = {".nan", ".NaN", ".NAN", NULL};
    gboolean sign;

    if (is_word(&rest, nan))
        return TRUE;
    sign = eat_set(&rest, "+-", 1) == 1;
    if (is_word(&rest, infinite))
        return TRUE;
    if (peek(&rest) == '.') {
        rest.at++;
        return !sign && eat_set(&rest, digits, 1) == 1 &&
               (eat_set(&rest, digits_or_blank, G_MAXSIZE), eat_exponent(&rest)) &&
               rest.at == rest.end;
    }
    if (eat_set(&rest, digits, 1) == 0)
        return FALSE;
    eat_set(&rest, digits_or_blank, G_MAXSIZE);
    if (peek(&rest) == ':') {
        if (!eat_sixtieths(&rest) || !eat(&rest, '.'))
            return FALSE;
        eat_set(&rest, digits_or_blank, G_MAXSIZE);
        return rest.at == rest.end;
    }
    if (!eat(&rest, '.'))
        return FALSE;
    eat_set(&rest, digits_or_blank, G_MAXSIZE);
    return eat_exponent(&rest) && rest.at == rest.end;
}

static gboolean is_int(Rest rest)
{
    eat_set(&rest, "+-", 1);
    if (eat(&rest, '0')) {
        const char *set = "01234567_";

        if (rest.at == rest.end)
            return TRUE;
        if (eat(&rest, 'b'))
            set = "01_";
        else if (eat(&rest, 'x'))
            set = "0123456789abcdefABCDEF_";
        return eat_set(&rest, set, G_MAXSIZE) > 0 && rest.at == rest.end;
    }
    if (eat_set(&rest, digits, 1) == 0)
        return FALSE;
    eat_set(&rest, digits_or_blank, G_MAXSIZE);
    return rest.at == rest.end || (eat_sixtieths(&rest) && rest.at == rest.end);
}

static gboolean eat_zone(Rest *rest)
{
    eat_set(rest, " \t", G_MAXSIZE);
    if (eat(rest, 'Z'))
        return TRUE;
    return eat_set(rest, "+-", 1) == 1 && eat_set(rest, digits, 2) > 0 &&
           (!eat(rest, ':') || eat_set(rest, digits, 2) == 2);
}

static gboolean is_timestamp(Rest rest)
{
    gsize month, day;

    if (eat_set(&rest, digits, 4) != 4 || !eat(&rest, '-'))
        return FALSE;
    month = eat_set(&rest, digits, 2);
    if (month == 0 || !eat(&rest, '-'))
        return FALSE;
    day = eat_set(&rest, digits, 2);
    if (day == 0)
        return FALSE;
    if (rest.at == rest.end)
        return month == 2 && day == 2;
    if (eat_set(&rest, "Tt", 1) == 0 && eat_set(&rest, " \t", G_MAXSIZE) == 0)
        return FALSE;
    if (eat_set(&rest, digits, 2) == 0 || !eat(&rest, ':') || eat_set(&rest, digits, 2) != 2 ||
        !eat(&rest, ':') || eat_set(&rest, digits, 2) != 2)
        return FALSE;
    if (eat(&rest, '.'))
        eat_set(&rest, digits, G_MAXSIZE);
    return rest.at == rest.end || (eat_zone(&rest) && rest.at == rest.end);
}

PyTag py_tag_implicit(const char *text, gsize len)
{
    static const char *const bools[] = {"yes",  "Yes",  "YES",   "no",    "No",    "NO", "true",
                                        "True", "TRUE", "false", "False", "FALSE", "on", "On",
                                        "ON",   "off",  "Off",   "OFF",   NULL};
    static const char *const nulls[] = {"~", "null", "Null", "NULL", NULL};
    Rest rest = {text, text + len};

    if (len == 0)
        return PY_TAG_NULL;
    if (strchr("-+.0123456789~=<nNyYtTfFoO", *text) == NULL || *text == '\0')
        return PY_TAG_STR;
    /* `$` in Python's expressions also matches before a last line feed, which only a scalar tagged
     * `!` can have here. */
    if (len > 1 && rest.end[-1] == '\n')
        rest.end--;
    if (strchr("-+.0123456789", *text) != NULL)
        return is_float(rest)                                 ? PY_TAG_FLOAT
               : is_int(rest)                                 ? PY_TAG_INT
               : g_ascii_isdigit(*text) && is_timestamp(rest) ? PY_TAG_TIMESTAMP
                                                              : PY_TAG_STR;
    len = (gsize)(rest.end - rest.at);
    if (is_word(&rest, bools))
        return PY_TAG_BOOL;
    if (is_word(&rest, nulls))
        return PY_TAG_NULL;
    if (len == 2 && memcmp(text, "<<", 2) == 0)
        return PY_TAG_MERGE;
    return len == 1 && *text == '=' ? PY_TAG_VALUE : PY_TAG_STR;
}
