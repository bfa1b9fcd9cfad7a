/* What the line editor leaves behind of what was typed: nothing. The whole memory of this process
 * is looked through, so the password stands nowhere in it but coded, each byte one too high. */
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"
#include "ui/line_editor.h"

static const char coded[] = "tfdsfu.fyusbpsejobsz.91351";
enum { LEN = sizeof coded - 1, BLOCK = 1 << 16 };

static int count_in(const char *bytes, gsize len)
{
    const char *at = bytes, *end = bytes + len;
    int count = 0;

    /* By memchr(), which a sanitizer does not slow down: there may be gigabytes. */
    while (end - at >= LEN &&
           (at = memchr(at, coded[0] - 1, (gsize)(end - at) - LEN + 1)) != NULL) {
        gsize k = 0;

        while (k < LEN && at[k] == coded[k] - 1)
            k++;
        count += k == LEN;
        at++;
    }
    return count;
}

/* Copies of the password in all memory that can be written to; what cannot be read (the sanitizers
 * reserve much) is passed over. */
static int copies(void)
{
    static char block[BLOCK + LEN];
    FILE *maps = fopen("/proc/self/maps", "r");
    int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC), count = 0;
    char line[512], rights[8];
    unsigned long from, to;

    ck_assert(maps != NULL && mem >= 0);
    while (fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[1] != 'w' ||
            to - from > 1UL << 28)
            continue;
        for (; from < to; from += BLOCK) {
            gssize got = pread(mem, block, MIN(to - from, sizeof block), (off_t)from);

            count += got > 0 ? count_in(block, (gsize)got) : 0;
            memset(block, 0, sizeof block);
        }
    }
    close(mem);
    fclose(maps);
    return count;
}

/* Type the password and then `keys`. */
static LineOutcome type(const char *keys)
{
    LineOutcome outcome;
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    line_editor_begin("nats://", NULL);
    for (gsize i = 0; i < LEN; i++) {
        char byte = (char)(coded[i] - 1);

        ck_assert_int_eq(write(ends[1], &byte, 1), 1);
    }
    ck_assert_int_eq(write(ends[1], keys, strlen(keys)), (gssize)strlen(keys));
    outcome = line_editor_feed(ends[0]);
    close(ends[0]);
    close(ends[1]);
    return outcome;
}

START_TEST(an_accepted_line_is_left_nowhere_else)
{
    char *line;

    ck_assert_int_eq(type(""), LINE_GOING);
    ck_assert_int_gt(copies(), 0); /* it would be found */
    line_editor_cancel();
    ck_assert_int_eq(copies(), 0);

    ck_assert_int_eq(type("\r"), LINE_ACCEPTED);
    ck_assert_int_eq(copies(), 1); /* the line that was asked for */
    line = line_editor_take();
    ck_assert(g_str_has_prefix(line, "nats://s"));
    explicit_bzero(line, strlen(line));
    g_free(line);
    ck_assert_int_eq(copies(), 0);
}
END_TEST

START_TEST(what_was_rubbed_out_is_gone_too)
{
    char rubout[LEN + 2];
    char *line;

    memset(rubout, 0x7f, LEN);
    rubout[LEN] = '\r';
    rubout[LEN + 1] = '\0';
    ck_assert_int_eq(type(rubout), LINE_ACCEPTED);
    line = line_editor_take();
    ck_assert_str_eq(line, "nats://");
    g_free(line);
    ck_assert_int_eq(copies(), 0);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("line_editor");

    tcase_add_test(tcase, an_accepted_line_is_left_nowhere_else);
    tcase_add_test(tcase, what_was_rubbed_out_is_gone_too);
    return suite_run("line_editor", tcase, 120);
}
