/* The directives before the first document, by PyYAML's rules. libyaml takes %TAG alike, but
 * refuses unknown ones and YAML versions that PyYAML takes: those become comments of the same
 * length. */
#include "heddle/pyyaml_reader.h"

#include <string.h>

/* libyaml looks through all %TAG lines for each tag, so their number must be bounded. */
enum { MAX_DIRECTIVES = 1000, MAX_INT_DIGITS = 4300 };

static gboolean ends_line(const char *p)
{
    return *p == '\0' || py_is_break(p);
}

static const char *skip_line(const char *p)
{
    while (!ends_line(p))
        p = g_utf8_next_char(p);
    return p;
}

static gboolean refuse(const PyText *text, const char *at, PyOutcome outcome, const char *reason,
                       PyFault *fault)
{
    gsize line, column;

    py_text_place(text, (gsize)(at - text->text->str), &line, &column);
    return py_fault_set(fault, outcome, line, column, "%s", reason);
}

/* The value of %YAML, up to the end of its minor number. */
static gboolean judge_version(const PyText *text, const char **at, const char *directive,
                              PyFault *fault)
{
    const char *p = *at, *major = p + strspn(p, " ");
    gsize digits = strspn(major, "0123456789"), minor;
    const char *significant = major + strspn(major, "0");

    p = major + digits;
    minor = *p == '.' ? strspn(p + 1, "0123456789") : 0;
    if (digits == 0 || minor == 0 || !(ends_line(p + 1 + minor) || p[1 + minor] == ' '))
        return refuse(text, p, PY_INVALID, "a %YAML directive without a version", fault);
    if (digits > MAX_INT_DIGITS || minor > MAX_INT_DIGITS)
        return refuse(text, directive, PY_DIES, "a version number too long for Python", fault);
    if (p - significant != 1 || *significant != '1')
        return refuse(text, directive, PY_INVALID, "YAML of another version than 1", fault);
    *at = p + 1 + minor;
    return TRUE;
}

static gboolean judge_directive(PyText *text, char *directive, gboolean *version, PyFault *fault)
{
    const char *name = directive + 1;
    gsize len = strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_");
    const char *p = name + len;

    if (len == 0 || !(ends_line(p) || *p == ' '))
        return refuse(text, p, PY_INVALID, "a directive without a name", fault);
    if (len == 3 && strncmp(name, "TAG", 3) == 0)
        return TRUE; /* libyaml judges it */
    if (len == 4 && strncmp(name, "YAML", 4) == 0) {
        if (!judge_version(text, &p, directive, fault))
            return FALSE;
        p += strspn(p, " ");
        if (*p != '#' && !ends_line(p))
            return refuse(text, p, PY_INVALID, "more than a version after %YAML", fault);
        if (*version)
            return refuse(text, directive, PY_INVALID, "a second %YAML directive", fault);
        *version = TRUE;
    }
    *directive = '#';
    text->directive = TRUE;
    return TRUE;
}

gboolean py_text_directives(PyText *text, PyFault *fault)
{
    char *p = text->text->str;
    gboolean version = FALSE;
    unsigned count = 0;

    while (*p != '\0') {
        char *line = p;

        p += strspn(p, " ");
        if (p == line && *p == '%') {
            if (++count > MAX_DIRECTIVES)
                return refuse(text, p, PY_UNSURE, "more than 1,000 directives", fault);
            if (!judge_directive(text, p, &version, fault))
                return FALSE;
        } else if (*p != '#' && !ends_line(p)) {
            break;
        }
        p = (char *)skip_line(p);
        if (*p != '\0')
            p = g_utf8_next_char(p);
    }
    return TRUE;
}
