#include "mesh/glyph.h"

static const struct {
    const char *utf8, *ascii;
} states[STATE_COUNT] = {
    [STATE_PENDING] = {"…", "~"},     [STATE_OK] = {"✓", "+"},      [STATE_SKIPPED] = {"–", "-"},
    [STATE_NOT_REACHED] = {"·", "."}, [STATE_UNKNOWN] = {"?", "?"}, [STATE_WARN] = {"!", "!"},
    [STATE_FAIL] = {"✗", "x"},
};

const char *glyph_state(State state, gboolean ascii)
{
    return ascii ? states[state].ascii : states[state].utf8;
}

static const struct {
    gunichar c;
    char ascii;
} table[] = {
    {0x2713, '+'}, {0x2717, 'x'},  {0x2013, '-'},  {0x2014, '-'}, {0xb7, '.'},   {0x2026, '~'},
    {0x25cf, '*'}, {0x25cb, 'o'},  {0x2192, '>'},  {0x2190, '<'}, {0x2191, '^'}, {0x2193, 'v'},
    {0x2022, '*'}, {0x25b8, '>'},  {0x23ce, '^'},  {0x2502, '|'}, {0x2500, '-'}, {0x256d, '+'},
    {0x256e, '+'}, {0x2570, '+'},  {0x256f, '+'},  {0x251c, '+'}, {0x2524, '+'}, {0x2581, '_'},
    {0x2582, '.'}, {0x2583, '-'},  {0x2584, '-'},  {0x2585, '='}, {0x2586, '*'}, {0x2587, '#'},
    {0x2588, '#'}, {0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'}, {0x201d, '"'}, {0xd7, 'x'},
    {0xb5, 'u'},   {0x2691, '!'},  {0x25be, 'v'},
};

char glyph_ascii(gunichar c)
{
    if (c < 0x80)
        return (char)c;
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        if (table[i].c == c)
            return table[i].ascii;
    return '?';
}
