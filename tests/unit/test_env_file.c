/* Env files: what of systemd's and docker's forms counts as set, and that nothing of a value is
 * ever kept or shown. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "heddle/env_file.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

#define BOM "\xEF\xBB\xBF"

static const struct {
    const char *text;
    const char *ollama, *anthropic; /* as env_file_lookup() has them */
} files[] = {
    {"", NULL, NULL},
    {"OLLAMA_URL=http://h:1", "set", NULL},
    {"OLLAMA_URL=x\nANTHROPIC_API_KEY=k\n", "set", "set"},
    {"OLLAMA_URL=x\r\nANTHROPIC_API_KEY=k\r\n", "set", "set"},
    {"OLLAMA_URL=\r\nANTHROPIC_API_KEY=\n", "", ""},
    {"OLLAMA_URL=", "", NULL},
    {"OLLAMA_URL=\r", "", NULL},
    {"OLLAMA_URL=   \t\n", "", NULL},
    {BOM "OLLAMA_URL=x\n", "set", NULL},
    {"export OLLAMA_URL=x\nexport\tANTHROPIC_API_KEY=k", "set", "set"},
    {"exported=1\nexport=2\n  OLLAMA_URL = x\n", "set", NULL},
    {"# OLLAMA_URL=x\n; ANTHROPIC_API_KEY=k\n", NULL, NULL},
    {"  #OLLAMA_URL=x\n\n \t\n\r\n", NULL, NULL},
    {"# goes on \\\nOLLAMA_URL=x\n", "set", NULL},
    {"OLLAMA_URL=\"\"\nANTHROPIC_API_KEY='' ''\n", "", ""},
    {"OLLAMA_URL=\" \"\nANTHROPIC_API_KEY='k'", "set", "set"},
    {"OTHER='a\nOLLAMA_URL=x\n'\nANTHROPIC_API_KEY=k", NULL, "set"},
    {"OTHER=\"a\\\"\nOLLAMA_URL=x\n\"", NULL, NULL},
    {"OTHER='a\\'\nOLLAMA_URL=x", "set", NULL},
    {"OTHER=it's\nOLLAMA_URL=x", "set", NULL},
    {"OTHER=a\\\nOLLAMA_URL=x", NULL, NULL},
    {"OTHER=a\\\r\nOLLAMA_URL=x", NULL, NULL},
    {"OTHER=a\\b\nOLLAMA_URL=x", "set", NULL},
    {"OTHER=a\\", NULL, NULL},
    {"OLLAMA_URL=\\\n\nANTHROPIC_API_KEY=\\\nk", "", "set"},
    {"OLLAMA_URL=\"\\\n\"", "", NULL},
    {"OLLAMA_URL=x\nOLLAMA_URL=\n", "", NULL},
    {"OLLAMA_URL=\nOLLAMA_URL=x\n", "set", NULL},
    {"HOME\nexport PATH\nOLLAMA_URL=x", "set", NULL},
    {"OLLAMA_URLS=x\nollama_url=x\nMY.OLLAMA-URL=1", NULL, NULL},
};

START_TEST(what_counts_as_set)
{
    g_autofree char *why = NULL;
    EnvFile *file = env_file_parse(raw_text(files[_i].text), &why);

    ck_assert_msg(file != NULL, "%s", why);
    ck_assert_pstr_eq(env_file_lookup("OLLAMA_URL", file), files[_i].ollama);
    ck_assert_pstr_eq(env_file_lookup("ANTHROPIC_API_KEY", file), files[_i].anthropic);
    ck_assert_ptr_null(env_file_lookup("HOME", file));
    env_file_free(file);
}
END_TEST

static const struct {
    const char *text, *why;
} faults[] = {
    {"A=1\nhush-hush/secret\n", "line 2: no KEY=VALUE"},
    {"=hush", "line 1: no KEY=VALUE"},
    {"1A=hush", "line 1: no KEY=VALUE"},
    {"A B=hush", "line 1: no KEY=VALUE"},
    {"export =hush", "line 1: no KEY=VALUE"},
    {"A=1\nB='hush\n\n", "line 2: a quote that is not closed"},
    {"A=\"hush\\\"", "line 1: a quote that is not closed"},
    {"A='x\ny'\nhush", NULL}, /* a lone name */
    {"A='x\ny'\nhush!", "line 3: no KEY=VALUE"},
    {"A=\\\n1\nhush!", "line 3: no KEY=VALUE"},
    {"ANTHROPIC_API_KEY\n", "line 1: ANTHROPIC_API_KEY has no value here, so it is taken from "
                            "wherever the actor is started"},
};

START_TEST(a_fault_is_named_by_its_line_and_never_repeats_it)
{
    g_autofree char *why = NULL;
    EnvFile *file = env_file_parse(raw_text(faults[_i].text), &why);

    ck_assert_pstr_eq(why, faults[_i].why);
    ck_assert_int_eq(file == NULL, faults[_i].why != NULL);
    env_file_free(file);
}
END_TEST

START_TEST(a_nul_byte_is_no_text)
{
    static const char bytes[] = "A=1\nB=\0x\nOLLAMA_URL=x";
    g_autofree char *why = NULL;

    ck_assert_ptr_null(env_file_parse(raw_bytes(bytes, sizeof bytes - 1), &why));
    ck_assert_str_eq(why, "line 2: a NUL byte: this is no text");
}
END_TEST

/* --- files --- */

START_TEST(a_view_says_where_it_is_from_and_shows_no_value)
{
    g_autofree char *path = scratch_write("actor.env", "ANTHROPIC_API_KEY=hush\n", -1);
    EnvView *view = env_file_view(path);

    ck_assert_str_eq(view->source, path);
    ck_assert(file_stamp_equal(view->stamp, config_stamp(path)));
    ck_assert_int_eq(view->by_tier[0]->state, STATE_WARN);
    ck_assert_int_eq(view->by_tier[1]->state, STATE_OK);
    ck_assert_str_eq(view->by_tier[1]->text, "ANTHROPIC_API_KEY is set");
    ck_assert_int_eq(view->by_tier[2]->state, STATE_OK);
    env_view_free(view);
}
END_TEST

START_TEST(this_processs_environment_does_not_shine_through)
{
    g_autofree char *path = scratch_write("actor.env", "OTHER=1\n", -1);
    EnvView *view;

    g_setenv("OLLAMA_URL", "http://127.0.0.1:1", TRUE);
    view = env_file_view(path);
    ck_assert_int_eq(view->by_tier[0]->state, STATE_WARN);
    env_view_free(view);
}
END_TEST

static void must_be_refused(const char *path, const char *reason)
{
    g_autofree char *why = NULL;
    g_autofree char *expected = g_strdup_printf("%s: %s", path, reason);
    g_autofree char *text = g_strdup_printf("cannot tell what is set: %s", expected);
    EnvView *view = env_file_view(path);

    ck_assert_ptr_null(env_file_read(path, &why));
    ck_assert_str_eq(why, expected);
    for (unsigned i = 0; i < HEDDLE_TIERS; i++) {
        ck_assert_int_eq(view->by_tier[i]->state, STATE_UNKNOWN);
        ck_assert_str_eq(view->by_tier[i]->text, text);
    }
    env_view_free(view);
}

START_TEST(what_is_no_small_file_is_refused_at_once)
{
    g_autofree char *fifo = scratch_path("fifo");
    g_autofree char *none = scratch_path("none");
    g_autofree char *large = g_strnfill(ENV_FILE_MAX_BYTES + 1, '\n');
    g_autofree char *path = scratch_write("actor.env", large, -1);

    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    must_be_refused(fifo, "is no regular file");
    must_be_refused("/dev/zero", "is no regular file");
    must_be_refused(scratch_folder(), "is a folder");
    must_be_refused(none, "No such file or directory");
    must_be_refused(path, "is too large to be what it should be");
}
END_TEST

START_TEST(a_fault_in_a_file_begins_with_its_path)
{
    g_autofree char *path = scratch_write("actor.env", "A=1\nhush hush\n", -1);

    must_be_refused(path, "line 2: no KEY=VALUE");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("env_file");

    scratch_add(tcase);
    tcase_add_loop_test(tcase, what_counts_as_set, 0, G_N_ELEMENTS(files));
    tcase_add_loop_test(tcase, a_fault_is_named_by_its_line_and_never_repeats_it, 0,
                        G_N_ELEMENTS(faults));
    tcase_add_test(tcase, a_nul_byte_is_no_text);
    tcase_add_test(tcase, a_view_says_where_it_is_from_and_shows_no_value);
    tcase_add_test(tcase, this_processs_environment_does_not_shine_through);
    tcase_add_test(tcase, what_is_no_small_file_is_refused_at_once);
    tcase_add_test(tcase, a_fault_in_a_file_begins_with_its_path);
    return suite_run("env_file", tcase, 20);
}
