/* What PyYAML's constructors do with a scalar's text (py_value_judge() of pyyaml_tag.h): Python's
 * int(), float(), datetime and base64, as far as they tell a value from an exception. The file
 * itself decides which texts come here, so nothing is taken for granted: `!!int` may stand before
 * anything. */
#include "heddle/pyyaml_tag.h"

#include <string.h>

enum {
    MAX_INT_DIGITS = 4300,     /* sys.int_info.default_max_str_digits, Python 3.11 and later */
    MAX_FLOAT_SIXTIETHS = 174, /* 60 to the power of 174 is more than a float holds */
};

/* Python's str.strip() and its decimal digits: the text as int() and float() look at it, in ASCII,
 * without underscores (PyYAML takes them out itself). Other characters become `?`. */
static GString *as_ascii(const char *text, gsize len)
{
    GString *out = g_string_sized_new(len);
    const char *end = text + len;

    for (; text < end; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        int digit = c < 0x80 ? -1 : g_unichar_digit_value(c);

        if (c == '_')
            continue;
        if (c < 0x80)
            g_string_append_c(out, c == 0 ? '?' : (char)c);
        else if (g_unichar_isspace(c) || c == 0x85)
            g_string_append_c(out, ' ');
        else
            g_string_append_c(out, digit >= 0 ? (char)('0' + digit) : '?');
    }
    return out;
}

static gboolean is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char *strip(char *text)
{
    gsize len;

    while (is_space(*text))
        text++;
    for (len = strlen(text); len > 0 && is_space(text[len - 1]); len--)
        text[len - 1] = '\0';
    return text;
}

static gboolean all_digits(const char *text, unsigned base)
{
    const char *p = text;

    for (; *p != '\0'; p++) {
        int value = g_ascii_xdigit_value(*p);

        if (value < 0 || (unsigned)value >= base)
            return FALSE;
    }
    return p > text;
}

/* int(text, base) works. Changes `text`. */
static gboolean int_works(char *text, unsigned base)
{
    const char prefix = base == 2 ? 'b' : base == 8 ? 'o' : 'x';

    text = strip(text);
    if (*text == '+' || *text == '-')
        text++;
    if (base != 10 && text[0] == '0' && (text[1] | 0x20) == prefix)
        text += 2;
    return all_digits(text, base) && (base != 10 || strlen(text) <= MAX_INT_DIGITS);
}

/* Both number constructors take one sign off and look at what is left; FALSE when Python would look
 * at a character that is not there. */
static gboolean take_sign(char **text)
{
    if (**text == '+' || **text == '-')
        ++*text;
    return **text != '\0';
}

/* TRUE if `works` holds for every part between colons. Changes `text`; counts the parts. */
static gboolean parts_work(char *text, gboolean (*works)(char *text), gsize *count)
{
    char *next;

    for (*count = 0; text != NULL; text = next, ++*count) {
        next = strchr(text, ':');
        if (next != NULL)
            *next++ = '\0';
        if (!works(text))
            return FALSE;
    }
    return TRUE;
}

static gboolean decimal_works(char *text)
{
    return int_works(text, 10);
}

static PyOutcome judge_int(char *text, const char **reason)
{
    gsize parts;
    gboolean ok = *text != '\0' && take_sign(&text);

    *reason = "not a number that Python can make an int of";
    if (!ok)
        return PY_DIES;
    if (g_str_has_prefix(text, "0b"))
        ok = int_works(text + 2, 2);
    else if (g_str_has_prefix(text, "0x"))
        ok = int_works(text + 2, 16);
    else if (*text == '0')
        ok = int_works(text, 8);
    else
        ok = parts_work(text, decimal_works, &parts);
    if (!ok && strlen(text) > MAX_INT_DIGITS)
        *reason = "an int of more than 4,300 digits";
    return ok ? PY_OK : PY_DIES;
}

/* float(text) works; `text` is in lower case. Changes it. */
static gboolean float_works(char *text)
{
    gsize whole, fraction = 0;

    text = strip(text);
    if (*text == '+' || *text == '-')
        text++;
    if (strcmp(text, "inf") == 0 || strcmp(text, "infinity") == 0 || strcmp(text, "nan") == 0)
        return TRUE;
    whole = strspn(text, "0123456789");
    text += whole;
    if (*text == '.') {
        fraction = strspn(++text, "0123456789");
        text += fraction;
    }
    if (whole + fraction == 0)
        return FALSE;
    if (*text == 'e') {
        text++;
        if (*text == '+' || *text == '-')
            text++;
        return all_digits(text, 10);
    }
    return *text == '\0';
}

static PyOutcome judge_float(char *text, const char **reason)
{
    gsize parts = 0;
    gboolean ok;

    *reason = "not a number that Python can make a float of";
    for (char *p = text; *p != '\0'; p++)
        *p = g_ascii_tolower(*p);
    ok = *text != '\0' && take_sign(&text) &&
         (strcmp(text, ".inf") == 0 || strcmp(text, ".nan") == 0 ||
          parts_work(text, float_works, &parts));
    return ok && parts <= MAX_FLOAT_SIXTIETHS ? PY_OK : PY_DIES;
}

static int take_number(const char **at, unsigned max)
{
    int value = 0;

    for (; max > 0 && g_ascii_isdigit(**at); max--)
        value = value * 10 + *(*at)++ - '0';
    return value;
}

/* The part after the date: FALSE if Python has no such time or zone. The shape is known. */
static gboolean time_exists(const char *at)
{
    int hour, minute, second, zone_hour, zone_minute = 0;

    while (*at == 'T' || *at == 't' || *at == ' ' || *at == '\t')
        at++;
    hour = take_number(&at, 2);
    at++;
    minute = take_number(&at, 2);
    at++;
    second = take_number(&at, 2);
    at += *at == '.' ? strspn(at, ".0123456789") : 0;
    at += strspn(at, " \t");
    if (hour > 23 || minute > 59 || second > 59)
        return FALSE;
    if (*at != '+' && *at != '-')
        return TRUE;
    at++;
    zone_hour = take_number(&at, 2);
    if (*at == ':') {
        at++;
        zone_minute = take_number(&at, 2);
    }
    return zone_hour * 60 + zone_minute < 24 * 60; /* datetime.timezone's limit */
}

/* `text` has the shape that the constructor's own expression asks for: the resolver's, but a date
 * alone may have a month or a day of one digit. */
static gboolean has_timestamp_shape(const char *text, gsize len)
{
    g_autoptr(GString) full = NULL;

    if (memchr(text, '\0', len) != NULL)
        return FALSE;
    if (len > 0 && text[len - 1] == '\n')
        len--;
    if (py_tag_implicit(text, len) == PY_TAG_TIMESTAMP)
        return TRUE;
    full = g_string_new_len(text, (gssize)len);
    g_string_append(full, " 00:00:00");
    return len < 11 && py_tag_implicit(full->str, full->len) == PY_TAG_TIMESTAMP;
}

static PyOutcome judge_timestamp(const char *text, gsize len, const char **reason)
{
    g_autofree char *copy = g_strndup(text, len);
    const char *at = copy;
    int year, month, day;

    *reason = "not a timestamp";
    if (!has_timestamp_shape(text, len))
        return PY_DIES;
    year = take_number(&at, 4);
    at++;
    month = take_number(&at, 2);
    at++;
    day = take_number(&at, 2);
    *reason = "a date or time that does not exist";
    if (year < 1 || !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return PY_DIES;
    if (*at == '\0' || *at == '\n')
        return PY_OK;
    return time_exists(at) ? PY_OK : PY_DIES;
}

static PyOutcome judge_bool(const char *text, gsize len, const char **reason)
{
    static const char *const words[] = {"yes", "no", "true", "false", "on", "off"};

    *reason = "neither true nor false";
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        if (strlen(words[i]) == len && g_ascii_strncasecmp(text, words[i], len) == 0)
            return PY_OK;
    return PY_DIES;
}

/* binascii.a2b_base64(): skips what is not base64, stops at the padding, wants whole groups. */
static PyOutcome judge_binary(const char *text, gsize len, const char **reason)
{
    unsigned position = 0, pads = 0;

    *reason = "binary with characters beyond ASCII";
    for (gsize i = 0; i < len; i++)
        if ((guchar)text[i] >= 0x80)
            return PY_INVALID;
    *reason = "incomplete base64";
    for (gsize i = 0; i < len; i++) {
        if (text[i] == '=') {
            if (position >= 2 && position + ++pads >= 4)
                return PY_OK;
        } else if (g_ascii_isalnum(text[i]) || text[i] == '+' || text[i] == '/') {
            pads = 0;
            position = (position + 1) % 4;
        }
    }
    return position == 0 ? PY_OK : PY_INVALID;
}

PyOutcome py_value_judge(PyTag tag, const char *text, gsize len, const char **reason)
{
    g_autoptr(GString) ascii = NULL;

    *reason = NULL;
    switch (tag) {
    case PY_TAG_INT:
        ascii = as_ascii(text, len);
        return judge_int(ascii->str, reason);
    case PY_TAG_FLOAT:
        ascii = as_ascii(text, len);
        return judge_float(ascii->str, reason);
    case PY_TAG_TIMESTAMP:
        return judge_timestamp(text, len, reason);
    case PY_TAG_BOOL:
        return judge_bool(text, len, reason);
    case PY_TAG_BINARY:
        return judge_binary(text, len, reason);
    default:
        return PY_OK;
    }
}
