/* Nothing that may be a password is left of a command line or a log line, and the rest is. */
#include <check.h>
#include <string.h>

#include "base/mask.h"
#include "tests/support/suite.h"

#define B MASK_BULLETS

static const struct {
    const char *text, *masked;
} words[] = {
    {"", ""},
    {"worker", "worker"},
    {"nats://127.0.0.1:4222", "nats://127.0.0.1:4222"},
    {"nats://me:s3cr3t@host:4222", "nats://me:" B "@host:4222"},
    {"nats://t0ken@host", "nats://" B "@host"},
    {"nats://me:s3@cr3t@host", "nats://me:" B "@host"},
    {"nats://me:two words@host", "nats://me:" B "@host"},
    {"nats://a,b:pw@host", "nats://" B "@host"},
    {"--nats-url=nats://me:s3cr3t@host", "--nats-url=nats://me:" B "@host"},
    {"--nats-url=t0ken@host", "--nats-url=" B "@host"},
    {"--nats-url=me:s3cr3t@host", "--nats-url=me:" B "@host"},
    {"me:s3cr3t@host:4222", "me:" B "@host:4222"},
    {"nats://me:s3cr3t", "nats://me:" B},
    {"nats://me:s3cr3t@a:1,nats://b:2", "nats://me:" B "@a:1,nats://b:2"},
    {"nats://me:s3cr3t@a,nats://you:0ther@b", "nats://me:" B "@b"},
    {"me:s3cr3t@a,nats://you:0ther@b", "me:" B "@b"},
    {"--x:s3cr3t@=a@b", "--x:" B "@b"},
    {"nats://a:4222,nats://b:4222", "nats://a:4222,nats://b:4222"},
    {"nats://host:4222/?pw=s3cr3t", "nats://host:4222/?" B},
    {"nats://[::1]:4222", "nats://[::1]:4222"},
    {"nats://me:s3cr3t@[::1]:4222", "nats://me:" B "@[::1]:4222"},
    {"(nats://host:4222).", "(nats://host:4222)."},
    {"redis://:s3cr3t@redis:6379/0", "redis://:" B "@redis:6379/0"},
    {"@click.command", "@click.command"},
};

START_TEST(login_in_a_word_is_masked)
{
    g_autoptr(GString) out = g_string_new(NULL);

    mask_word(out, words[_i].text, strlen(words[_i].text));
    ck_assert_str_eq(out->str, words[_i].masked);
}
END_TEST

START_TEST(each_word_of_a_line_is_looked_at)
{
    static const char line[] = "  Connected to NATS at nats://me:s3cr3t@host:4222  and "
                               "nats://you:0ther@host,\tthen nats://host:4222.";
    g_autoptr(GString) out = g_string_new(NULL);

    mask_line(out, line, strlen(line));
    ck_assert_str_eq(out->str, "  Connected to NATS at nats://me:" B "@host:4222  and "
                               "nats://you:" B "@host,\tthen nats://host:4222.");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("mask");

    tcase_add_loop_test(tcase, login_in_a_word_is_masked, 0, G_N_ELEMENTS(words));
    tcase_add_test(tcase, each_word_of_a_line_is_looked_at);
    return suite_run("mask", tcase, 20);
}
