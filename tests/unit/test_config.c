/* The config check against what Heddle 0.9.2 says: the rows are what PyYAML 6.0.3 did with the same
 * bytes. The whole comparison is tests/interop/diff_check.py; these are the rules, without Python.
 */
#include <string.h>

#include "heddle/config.h"
#include "tests/support/cpu.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

enum { OK = CONFIG_VALID, EMPTY = CONFIG_EMPTY, INVALID = CONFIG_INVALID, DIES = CONFIG_DIES };

typedef struct Row {
    const char *text;
    int outcome;
    unsigned line; /* 0: not compared */
} Row;

static ConfigReport *check_bytes(const char *bytes, gsize len)
{
    g_autofree char *path = scratch_write("x.yaml", bytes, (gssize)len);

    return config_check(path, KIND_UNKNOWN);
}

static ConfigReport *check_text(const char *text)
{
    return check_bytes(text, strlen(text));
}

static void expect(const Row *row)
{
    ConfigReport *report = check_text(row->text);

    ck_assert_msg((int)report->outcome == row->outcome, "\"%s\": outcome %d, expected %d (%s)",
                  row->text, report->outcome, row->outcome, report->text);
    if (row->line != 0)
        ck_assert_msg(report->line == row->line, "\"%s\": line %u, expected %u", row->text,
                      report->line, row->line);
    config_report_free(report);
}

static const Row rows[] = {
    /* tabs */
    {"a: 1\t\n", INVALID, 1},
    {"a:\t1\n", INVALID, 1},
    {"a\t: 1\n", INVALID, 1},
    {"a: 1\t# c\n", INVALID, 1},
    {"a: x\ty\n", INVALID, 1},
    {"[1,\t2]\n", INVALID, 1},
    {"{\n\t\"a\": 1\n}\n", INVALID, 2},
    {"---\ta\n", INVALID, 1},
    {"a: 1\nb:\n\t- c\n", INVALID, 3},
    {"a: \\\tb\n", INVALID, 1},
    {"a: 'b\n---\tc'\n", INVALID, 2},
    {"a: 'x\ty'\n", OK, 0},
    {"a: \"x\\\ty\"\n", OK, 0},
    {"a: 1 #\tc\n", OK, 0},
    {"a: |\n  \tx\n", OK, 0},
    {"a: !!binary |\n  \t aGk=\n", OK, 0},
    /* escapes */
    {"a: \"\\ud83d\\ude00\"\n", OK, 0},
    {"a: \"\\U0000d800\"\n", OK, 0},
    {"a: \"\\U00110000\"\n", DIES, 1},
    {"a: \"\\ud8\"\n", INVALID, 1},
    /* directives and documents */
    {"%FOO bar\n---\na\n", OK, 0},
    {"%FOO bar\na: 1\n", INVALID, 0},
    {"%YAML 1.0\n---\na\n", OK, 0},
    {"%YAML 2.0\n---\na\n", INVALID, 1},
    {"%YAML 1.1\n%YAML 1.1\n---\na\n", INVALID, 2},
    {"a: 1\n%FOO\n", INVALID, 3},
    {"a: 1\n---\nb: 2\n", INVALID, 2},
    {"---\n---\n", INVALID, 2},
    {"a: 1\n...\n", OK, 0},
    /* anchors and aliases */
    {"a: &x 1\nb: *x\n", OK, 0},
    {"a: &x 1\nb: &x 2\n", INVALID, 2},
    {"a: 1\nb: *x\n", INVALID, 2},
    {"a: &x [*x]\n", OK, 0},
    {"a: &x [1]\nb: {*x : 1}\n", INVALID, 1},
    {"a: &x 1\nb: {*x : 1}\n", OK, 0},
    /* tags */
    {"a: !foo b\n", INVALID, 1},
    {"a: !!python/object:os.system x\n", INVALID, 1},
    {"a: !!str 1\n", OK, 0},
    {"a: !!map [b]\n", INVALID, 1},
    {"a: !!seq {b: c}\n", INVALID, 1},
    {"a: !!str [b]\n", INVALID, 1},
    {"a: !!str {=: b}\n", OK, 0},
    {"a: !!int {=: x}\n", DIES, 1},
    {"a: !!set {[b], c}\n", INVALID, 1},
    {"a: !!omap [b: 1, c: 2]\n", OK, 0},
    {"a: !!omap [{b: 1, c: 2}]\n", INVALID, 1},
    {"a: !!pairs [b]\n", INVALID, 1},
    {"a: !!binary é\n", INVALID, 1},
    {"a: !!binary ab\n", INVALID, 1},
    {"a: !!binary '!!!'\n", OK, 0},
    {"a: !!int x\n", DIES, 1},
    {"a: !!int ''\n", DIES, 1},
    {"a: !!float inf\n", OK, 0},
    {"a: !!bool maybe\n", DIES, 1},
    {"a: !!timestamp nope\n", DIES, 1},
    {"a: ! '2024-13-45'\n", DIES, 1},
    {"[!!str, x]\n", INVALID, 1},
    /* merge and value keys */
    {"a: <<\n", INVALID, 1},
    {"a: =\n", INVALID, 1},
    {"=: 1\n", OK, 0},
    {"<<: {a: 1}\n", OK, 0},
    {"<<: x\n", INVALID, 1},
    {"<<: [{a: 1}, x]\n", INVALID, 1},
    {"<<: !foo {a: 1}\n", OK, 0},
    {"a: &x [1]\nb: {<<: *x}\n", INVALID, 1},
    {"a: &k =\nb: *k\n", INVALID, 1},
    {"? &k =\n: 1\nb: *k\n", OK, 0},
    /* keys */
    {"a: {{ x }}\n", INVALID, 1},
    {"? [a]\n: 1\n", INVALID, 1},
    {"2024-13-45: 1\n", DIES, 1},
    {"a: 1\na: 2\n", OK, 0},
    {"a: b: c\n", INVALID, 1},
    /* [ ] and { } */
    {"{a:[1]}\n", OK, 0},
    {"{a:{b:[c:]}}\n", OK, 0},
    {"[a:]\n", OK, 0},
    {"a: b:[c\n", OK, 0},
    {"[http://x/?q=1]\n", INVALID, 1},
    {"a: http://x/?q=1\n", OK, 0},
    {"[?]\n", OK, 0},
    {"[?:a, b]\n", OK, 0},
    {"[a\n", INVALID, 2},
    /* nothing in it */
    {"", EMPTY, 0},
    {"# c\n", EMPTY, 0},
    {"~\n", EMPTY, 0},
    {"NULL\n", EMPTY, 0},
    {"---\n", EMPTY, 0},
    {"&a\n", EMPTY, 0},
    {"!!null x\n", EMPTY, 0},
    {"nULL\n", OK, 0},
    {"{}\n", OK, 0},
    {"''\n", OK, 0},
    {"0\n", OK, 0},
    /* timestamps and numbers */
    {"a: 2024-02-29\n", OK, 0},
    {"a: 2024-02-30\n", DIES, 1},
    {"a: 0000-01-01\n", DIES, 1},
    {"a: 2024-2-31\n", OK, 0},
    {"a: '2024-13-45'\n", OK, 0},
    {"a: 2024-01-01 24:00:00\n", DIES, 1},
    {"a: 2024-01-01 23:59:60\n", DIES, 1},
    {"a: 2024-01-01 00:00:00 +24:00\n", DIES, 1},
    {"a: 2024-01-01 00:00:00 +23:59\n", OK, 0},
    {"a: 24:00:00\n", OK, 0},
    {"a: 0x_\n", DIES, 1},
    {"a: 0b_\n", DIES, 1},
    {"a: 0_\n", OK, 0},
    {"a: 08\n", OK, 0},
    /* which of two faults comes first */
    {"[2024-13-45, !foo x]\n", DIES, 1},
    {"<<: [{a: 2024-13-45}, {b: =}]\n", INVALID, 1},
    {"<<: [{a: =}, {b: 2024-13-45}]\n", DIES, 1},
    {"[[2024-13-45], !foo x]\n", INVALID, 1},
    {"{a: {b: 2024-13-45}, c: =}\n", INVALID, 1},
    /* text and lines */
    {"a: |#c\n x\n", INVALID, 1},
    {"a: |\n x\n", OK, 0},
    {"a: 1\r\nb: @\r\n", INVALID, 2},
    {"a: 1\xc2\x85"
     "b: @\n",
     INVALID, 2},
    /* byte order marks */
    {"\xef\xbb\xbf"
     "a: 1\n",
     OK, 0},
    {"a: 1\n\xef\xbb\xbf"
     "b: 2\n",
     OK, 0},
    {"a: 1\n\xef\xbb\xbf\n", INVALID, 0},
    /* not UTF-8, or not printable */
    {"a: \xe9\n", DIES, 1},
    {"a: \xc0\xaf\n", DIES, 1},
    {"a: \xed\xa0\x80\n", DIES, 1},
    {"a: \xc3", DIES, 1},
    {"a: \x1b[31m\n", INVALID, 1},
    {"a: \x7f\n", INVALID, 1},
};

START_TEST(config_is_judged_as_heddle_judges_it)
{
    expect(&rows[_i]);
}
END_TEST

START_TEST(encodings_other_than_utf8_die)
{
    static const char utf16[] = "\xff\xfe"
                                "a\0:\0 \0"
                                "1\0\n\0";
    ConfigReport *report = check_bytes(utf16, sizeof utf16 - 1);

    ck_assert_int_eq(report->outcome, CONFIG_DIES);
    config_report_free(report);
    report = check_bytes("a: \0\n", 5);
    ck_assert_int_eq(report->outcome, CONFIG_INVALID);
    config_report_free(report);
}
END_TEST

/* `unit` n times between `before` and `after`. */
static ConfigReport *check_repeated(const char *before, const char *unit, gsize n,
                                    const char *after)
{
    GString *text = g_string_new(before);
    ConfigReport *report;

    while (n-- > 0)
        g_string_append(text, unit);
    g_string_append(text, after);
    report = check_bytes(text->str, text->len);
    g_string_free(text, TRUE);
    return report;
}

static int outcome_repeated(const char *before, const char *unit, gsize n, const char *after)
{
    ConfigReport *report = check_repeated(before, unit, n, after);
    int outcome = (int)report->outcome;

    config_report_free(report);
    return outcome;
}

/* Python decodes 8 KiB at a time, and PyYAML takes 4,096 characters at a time. */
START_TEST(a_fault_at_the_top_comes_before_bad_bytes_far_below)
{
    ck_assert_int_eq(outcome_repeated("a: @\n", "# x\n", 10000, "\xff\n"), CONFIG_INVALID);
    ck_assert_int_eq(outcome_repeated("a: @\n", "# x\n", 100, "\xff\n"), CONFIG_DIES);
    ck_assert_int_eq(outcome_repeated("a: 1\n", "# x\n", 10000, "\xff\n"), CONFIG_DIES);
    ck_assert_int_eq(outcome_repeated("a: 1\n", "# x\n", 10000, "\x01\n"), CONFIG_INVALID);
    ck_assert_int_eq(outcome_repeated("a: \x01\n", "# x\n", 100, "\xff\n"), CONFIG_DIES);
    ck_assert_int_eq(outcome_repeated("a: \x01\n", "# x\n", 10000, "\xff\n"), CONFIG_INVALID);
}
END_TEST

START_TEST(ints_end_at_4300_digits)
{
    ck_assert_int_eq(outcome_repeated("a: ", "9", 4300, "\n"), CONFIG_VALID);
    ck_assert_int_eq(outcome_repeated("a: ", "9", 4301, "\n"), CONFIG_DIES);
    ck_assert_int_eq(outcome_repeated("a: ", "9_", 4300, "\n"), CONFIG_VALID);
    ck_assert_int_eq(outcome_repeated("a: 0x", "f", 5000, "\n"), CONFIG_VALID);
    ck_assert_int_eq(outcome_repeated("a: ", "9", 5000, ".0\n"), CONFIG_VALID);
}
END_TEST

/* `open` n times, `middle`, `close` n times. */
static int outcome_nested(const char *open, gsize n, const char *middle, const char *close)
{
    GString *before = g_string_new(NULL);
    int outcome;

    for (gsize i = 0; i < n; i++)
        g_string_append(before, open);
    g_string_append(before, middle);
    outcome = outcome_repeated(before->str, close, n, "\n");
    g_string_free(before, TRUE);
    return outcome;
}

START_TEST(nesting_ends_where_pythons_stack_does)
{
    ck_assert_int_eq(outcome_nested("[", 490, "", "]"), CONFIG_VALID);
    ck_assert_int_eq(outcome_nested("[", 491, "", "]"), CONFIG_DIES);
    ck_assert_int_eq(outcome_nested("{a: ", 487, "b", "}"), CONFIG_VALID);
    ck_assert_int_eq(outcome_nested("{a: ", 488, "b", "}"), CONFIG_DIES);
    ck_assert_int_eq(outcome_nested("- ", 487, "a", ""), CONFIG_VALID);
    ck_assert_int_eq(outcome_nested("- ", 488, "a", ""), CONFIG_DIES);
    ck_assert_int_eq(outcome_nested("[", 1000000, "", ""), CONFIG_DIES);
}
END_TEST

START_TEST(a_fault_has_its_sentence_and_place)
{
    g_autofree char *path = scratch_write("bad.yaml", "name: x\nlist: [a\n", 17);
    g_autofree char *start = g_strdup_printf("Config file has invalid YAML: %s (", path);
    ConfigReport *report = config_check(path, KIND_UNKNOWN);

    ck_assert(g_str_has_prefix(report->text, start));
    ck_assert_ptr_nonnull(strstr(report->text, ", line 3, column 1)"));
    ck_assert_uint_eq(report->line, 3);
    ck_assert_uint_eq(report->column, 1);
    ck_assert_ptr_nonnull(report->reason);
    ck_assert_ptr_null(strstr(report->reason, path));
    config_report_free(report);
}
END_TEST

START_TEST(nothing_of_a_file_reaches_the_terminal_raw)
{
    g_autofree char *path = scratch_write("\x1b]0;x\x07.yaml", "a: !\x1b", 5);
    ConfigReport *report = config_check(path, KIND_UNKNOWN);

    ck_assert_ptr_null(strchr(report->text, '\x1b'));
    ck_assert_ptr_null(strchr(report->text, '\x07'));
    config_report_free(report);
    report = check_text("a: !%1b%5b x\n");
    ck_assert_int_eq(report->outcome, CONFIG_INVALID);
    ck_assert_ptr_null(strchr(report->reason, '\x1b'));
    config_report_free(report);
    report = check_text("name: \"a\\e[2Jb\"\nsystem_prompt: x\n");
    ck_assert_str_eq(report->name, "a\xe2\x90\x9b[2Jb");
    config_report_free(report);
}
END_TEST

/* 10 MB take 0.1 to 0.8 s; the room here is for sanitizers and valgrind. */
START_TEST(large_files_do_not_keep_us)
{
    static const char *const parts[][3] = {{"[", "a,", "]"},
                                           {"", "a: b\n", ""},
                                           {"a: \"", "x y ", "\""},
                                           {"[", "=,", "]"},
                                           {"", "- {a:[1]}\n", ""}};

    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        gint64 start = cpu_us();
        gsize count = 512 * 1024 / strlen(parts[i][1]);
        ConfigReport *report = check_repeated(parts[i][0], parts[i][1], count, parts[i][2]);

        ck_assert_int_ne(report->outcome, CONFIG_NOT_FOUND);
        config_report_free(report);
        ck_assert_int_lt(cpu_us() - start, 60 * G_USEC_PER_SEC);
    }
}
END_TEST

/* Nine to the power of forty nodes, were they built. */
START_TEST(bombs_do_not_go_off)
{
    GString *text = g_string_new("a0: &a0 {k: 1}\nb0: &b0 x\nc0: &c0 {k: 1}\n");

    for (int i = 1; i < 40; i++) {
        g_string_append_printf(text, "a%d: &a%d {<<: [*a%d", i, i, i - 1);
        for (int j = 0; j < 8; j++)
            g_string_append_printf(text, ", *a%d", i - 1);
        g_string_append_printf(text, "]}\nb%d: &b%d [*b%d, *b%d]\n", i, i, i - 1, i - 1);
        g_string_append_printf(text, "c%d: &c%d {<<: *c%d, <<: *c%d}\n", i, i, i - 1, i - 1);
    }
    ck_assert_int_eq(outcome_repeated(text->str, "", 0, ""), CONFIG_VALID);
    g_string_append(text, "d: {<<: *a39, e: =}\n");
    ck_assert_int_eq(outcome_repeated(text->str, "", 0, ""), CONFIG_INVALID);
    g_string_free(text, TRUE);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("config");

    scratch_add(tcase);
    tcase_add_loop_test(tcase, config_is_judged_as_heddle_judges_it, 0, G_N_ELEMENTS(rows));
    tcase_add_test(tcase, encodings_other_than_utf8_die);
    tcase_add_test(tcase, a_fault_at_the_top_comes_before_bad_bytes_far_below);
    tcase_add_test(tcase, ints_end_at_4300_digits);
    tcase_add_test(tcase, nesting_ends_where_pythons_stack_does);
    tcase_add_test(tcase, a_fault_has_its_sentence_and_place);
    tcase_add_test(tcase, nothing_of_a_file_reaches_the_terminal_raw);
    tcase_add_test(tcase, large_files_do_not_keep_us);
    tcase_add_test(tcase, bombs_do_not_go_off);
    return suite_run("config", tcase, 600);
}
