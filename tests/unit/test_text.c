/* Nothing that comes from outside may steer a terminal: base/text. */
#include <string.h>

#include "base/text.h"
#include "tests/support/suite.h"

static const struct {
    const char *raw;
    size_t len; /* 0: strlen */
    const char *clean;
} cleaned[] = {
    {"plain", 0, "plain"},
    {"é 日 😀", 0, "é 日 😀"},
    {"\033[2J\033]0;title\a", 0, "␛[2J␛]0;title␇"},
    {"a\nb\tc\r", 0, "a␊b␉c␍"},
    {"a\0b", 3, "a␀b"},
    {"\x7f", 0, "␡"},
    {"\xc2\x9b"
     "31m",
     0,
     "\xef\xbf\xbd"
     "31m"}, /* C1 control: CSI in one character */
    {"\xe2\x80\xae"
     "cba",
     0,
     "\xef\xbf\xbd"
     "cba"}, /* right-to-left override */
    {"\xe2\x80\x8b"
     "x",
     0, "\xef\xbf\xbdx"},                                          /* zero width space */
    {"\xff\xfe", 0, "\xef\xbf\xbd\xef\xbf\xbd"},                   /* not UTF-8 */
    {"\xed\xa0\x80", 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},   /* a surrogate */
    {"\xc3", 0, "\xef\xbf\xbd"},                                   /* cut off in a character */
    {"e\xcc\x81\xcc\x81\xcc\x81\xcc\x81", 0, "e\xcc\x81\xcc\x81"}, /* marks are limited */
    {"", 0, ""},
};

START_TEST(outside_text_becomes_harmless)
{
    size_t len = cleaned[_i].len != 0 ? cleaned[_i].len : strlen(cleaned[_i].raw);
    char *clean = text_clean(raw_bytes(cleaned[_i].raw, len), 0);

    ck_assert_str_eq(clean, cleaned[_i].clean);
    g_free(clean);
}
END_TEST

START_TEST(every_byte_pair_gives_valid_text_without_controls)
{
    for (unsigned pair = 0; pair < 65536; pair++) {
        unsigned char raw[3] = {(unsigned char)(pair >> 8), (unsigned char)pair, 'x'};
        char *clean = text_clean(raw_bytes(raw, 3), 0);

        ck_assert(g_utf8_validate(clean, -1, NULL));
        for (const char *at = clean; *at != '\0'; at = g_utf8_next_char(at)) {
            gunichar c = g_utf8_get_char(at);

            ck_assert(c >= 0x20 && !(c >= 0x7f && c < 0xa0));
        }
        g_free(clean);
    }
}
END_TEST

START_TEST(long_text_is_cut_with_an_ellipsis)
{
    char *clean = text_clean(raw_text("abcdefgh"), 4);

    ck_assert_str_eq(clean, "abcd…");
    g_free(clean);
    clean = text_clean(raw_text("abcd"), 4);
    ck_assert_str_eq(clean, "abcd");
    g_free(clean);
}
END_TEST

START_TEST(lines_keep_feeds_and_widen_tabs)
{
    char *clean = text_clean_lines(raw_text("a\tb\n\033c"), 0);

    ck_assert_str_eq(clean, "a   b\n␛c");
    g_free(clean);
}
END_TEST

START_TEST(width_counts_columns)
{
    ck_assert_int_eq(text_width("abc"), 3);
    ck_assert_int_eq(text_width("日本"), 4);
    ck_assert_int_eq(text_width("e\xcc\x81"), 1);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("text");

    tcase_add_loop_test(tcase, outside_text_becomes_harmless, 0, G_N_ELEMENTS(cleaned));
    tcase_add_test(tcase, every_byte_pair_gives_valid_text_without_controls);
    tcase_add_test(tcase, long_text_is_cut_with_an_ellipsis);
    tcase_add_test(tcase, lines_keep_feeds_and_widen_tabs);
    tcase_add_test(tcase, width_counts_columns);
    return suite_run("text", tcase, 20);
}
