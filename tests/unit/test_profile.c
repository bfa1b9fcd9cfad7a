/* Profiles: what they may hold, what is refused and how it is said, and that what is printed can be
 * read. */
#include <string.h>
#include <sys/stat.h>

#include "heddle/profile_print.h"
#include "tests/support/cpu.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

static Profile *parse(const char *text)
{
    g_autofree char *why = NULL;
    Profile *profile = profile_parse(raw_text(text), "/etc/heddle", &why);

    ck_assert_msg(profile != NULL, "%s", why);
    return profile;
}

START_TEST(all_keys_are_read)
{
    Profile *profile = parse("nats_url: nats://op:hush@n1:4222\n"
                             "context: prod\n"
                             "monitor_url: http://n1:8222\n"
                             "tier: standard\n"
                             "timeout: 2.5\n"
                             "smoke_timeout: 7\n"
                             "smoke_mode: goal\n"
                             "worker_type: summarizer\n"
                             "payload: '{\"a\": 1}'\n"
                             "env_file: heddle.env\n"
                             "configs: [configs, /srv/x.yaml, worker:sub/y.yaml, odd:z.yaml]\n"
                             "actors:\n"
                             "  echo: {url: nats://n2, tier: local}\n"
                             "  worker/echo:\n"
                             "    env_file: /run/echo.env\n"
                             "    log: logs/echo.log\n"
                             "    restart: systemctl restart heddle-echo\n"
                             "  nothing:\n");
    static const char *const values[PROFILE_KEYS] = {"nats://op:hush@n1:4222",
                                                     "prod",
                                                     "http://n1:8222",
                                                     "standard",
                                                     "2.5",
                                                     "7",
                                                     "goal",
                                                     "summarizer",
                                                     "{\"a\": 1}",
                                                     "/etc/heddle/heddle.env"};
    static const char *const configs[] = {"/etc/heddle/configs", "/srv/x.yaml",
                                          "worker:/etc/heddle/sub/y.yaml",
                                          "/etc/heddle/odd:z.yaml"};
    const ProfileActor *actor = profile_actor(profile, KIND_PROCESSOR, "echo");

    for (ProfileKey key = 0; key < PROFILE_KEYS; key++) {
        ck_assert_pstr_eq(profile->values[key].text, values[key]);
        ck_assert_uint_eq(profile->values[key].line, key + 1);
    }
    ck_assert_uint_eq(profile->configs->len, G_N_ELEMENTS(configs));
    for (guint i = 0; i < profile->configs->len; i++)
        ck_assert_str_eq(g_ptr_array_index(profile->configs, i), configs[i]);
    ck_assert_pstr_eq(actor->values[PROFILE_ACTOR_URL].text, "nats://n2");
    ck_assert_pstr_eq(actor->values[PROFILE_ACTOR_TIER].text, "local");
    ck_assert_pstr_eq(actor->values[PROFILE_ACTOR_LOG].text, NULL);
    actor = profile_actor(profile, KIND_WORKER, "echo");
    ck_assert_str_eq(actor->name, "worker/echo");
    ck_assert_pstr_eq(actor->values[PROFILE_ACTOR_ENV_FILE].text, "/run/echo.env");
    ck_assert_pstr_eq(actor->values[PROFILE_ACTOR_LOG].text, "/etc/heddle/logs/echo.log");
    ck_assert_pstr_eq(actor->values[PROFILE_ACTOR_RESTART].text, "systemctl restart heddle-echo");
    ck_assert_uint_eq(actor->values[PROFILE_ACTOR_RESTART].line, 17);
    ck_assert_ptr_null(profile_actor(profile, KIND_WORKER, "other"));
    profile_unref(profile);
}
END_TEST

static const char *const empty_ones[] = {
    "", "# nothing\n", "---\n", "~\n", "{}\n", "actors:\nconfigs:\n", "configs: []\nactors: {}\n",
};

START_TEST(nothing_is_a_profile_too)
{
    Profile *profile = parse(empty_ones[_i]);

    for (ProfileKey key = 0; key < PROFILE_KEYS; key++)
        ck_assert_ptr_null(profile->values[key].text);
    ck_assert_uint_eq(profile->configs->len, 0);
    ck_assert_uint_eq(profile->actors->len, 0);
    profile_unref(profile);
}
END_TEST

static const struct {
    const char *text, *why;
} faults[] = {
    {"tier: own\nteir: own\n", "line 2: there is no key 'teir'; the nearest is 'tier'"},
    {"url: x", "line 1: there is no key 'url'; the nearest is 'nats_url'"},
    {"natsurl: x", "line 1: there is no key 'natsurl'; the nearest is 'nats_url'"},
    {"actor: {}", "line 1: there is no key 'actor'; the nearest is 'actors'"},
    {"config: []", "line 1: there is no key 'config'; the nearest is 'configs'"},
    {"<<: {}", "line 1: there is no such key"},
    {"nats://op:hush@h: 1", "line 1: there is no such key"},
    {"actors:\n  a:\n    restrat: x",
     "line 3: there is no key 'restrat'; the nearest is 'restart'"},
    {"actors:\n  a: {nats_url: x}", "line 2: there is no key 'nats_url'; the nearest is 'url'"},
    {"tier: own\ntier: own", "line 2: tier is given twice, first in line 1"},
    {"actors:\n\nactors:", "line 3: actors is given twice, first in line 1"},
    {"actors: {a: {log: x,\n log: y}}", "line 2: log is given twice, first in line 1"},
    {"actors: {a: , b: ,\n a: }", "line 2: actor 'a' is given twice"},
    {"tier: big", "line 1: tier takes local, standard, frontier or own"},
    {"actors:\n  a:\n    tier: ''\n", "line 3: tier is empty (leave it out, or put # in front)"},
    {"tier:", "line 1: tier is empty (leave it out, or put # in front)"},
    {"context: [a]", "line 1: context takes a text, and here is a list"},
    {"\nnats_url: {hush: 1}", "line 2: nats_url takes a text, and here is a mapping"},
    {"payload: |\n  {}\n", "line 1: payload takes one line without control characters"},
    {"context: \"a\\0b\"", "line 1: context takes one line without control characters"},
    {"context: \"\\e[2J\"", "line 1: context takes one line without control characters"},
    {"configs: here", "line 1: configs takes a list of files and folders"},
    {"configs: [[a]]", "line 1: an item of configs takes a text, and here is a list"},
    {"actors: [a]", "line 1: actors takes a mapping of names"},
    {"actors: {a: b}", "line 1: an actor takes a mapping"},
    {"actors: {[a]: {}}", "line 1: an actor's name takes a text, and here is a list"},
    {"{[a]: b}", "line 1: a key is a word, not a list or a mapping"},
    {"just text", "line 1: a profile is a mapping of keys"},
    {"- a", "line 1: a profile is a mapping of keys"},
    {"tier: &a own", "line 1: aliases, anchors and tags have no place in a profile"},
    {"tier: *a", "line 1: aliases, anchors and tags have no place in a profile"},
    {"tier: !!str own", "line 1: aliases, anchors and tags have no place in a profile"},
    {"&a {}", "line 1: aliases, anchors and tags have no place in a profile"},
    {"tier: own\n---\ntier: own", "line 2: a second document has no place in a profile"},
    {"tier: 'own", "line 1: is no YAML: found unexpected end of stream"},
    {"context: b: c", "line 1: is no YAML: mapping values are not allowed in this context"},
};

START_TEST(a_fault_is_named_by_line_and_key)
{
    g_autofree char *why = NULL;

    ck_assert_ptr_null(profile_parse(raw_text(faults[_i].text), "/", &why));
    ck_assert_str_eq(why, faults[_i].why);
}
END_TEST

/* Flow brackets in brackets are what a parser may take forever or a lot of memory for. */
START_TEST(depth_and_number_are_bounded)
{
    g_autofree char *deep = g_strnfill(PROFILE_MAX_BYTES, '[');
    GString *many = g_string_new("actors:\n");
    g_autofree char *why = NULL;
    gint64 begin = cpu_us();

    ck_assert_ptr_null(profile_parse(raw_text(deep), "/", &why));
    ck_assert_str_eq(why, "line 1: a profile is a mapping of keys");
    g_clear_pointer(&why, g_free);
    for (int i = 0; i <= PROFILE_MAX_ITEMS; i++)
        g_string_append_printf(many, "  a%d:\n", i);
    ck_assert_ptr_null(profile_parse(raw_bytes(many->str, many->len), "/", &why));
    ck_assert_str_eq(why, "line 10002: more than 10000 actors");
    ck_assert_int_lt(cpu_us() - begin, 5 * G_USEC_PER_SEC);
    g_string_free(many, TRUE);
}
END_TEST

/* --- printing --- */

static void must_be_equal(const Profile *a, const Profile *b)
{
    for (ProfileKey key = 0; key < PROFILE_KEYS; key++)
        ck_assert_pstr_eq(a->values[key].text, b->values[key].text);
    ck_assert_uint_eq(a->configs->len, b->configs->len);
    for (guint i = 0; i < a->configs->len; i++)
        ck_assert_str_eq(g_ptr_array_index(a->configs, i), g_ptr_array_index(b->configs, i));
    ck_assert_uint_eq(a->actors->len, b->actors->len);
    for (guint i = 0; i < a->actors->len; i++) {
        const ProfileActor *x = g_ptr_array_index(a->actors, i);
        const ProfileActor *y = g_ptr_array_index(b->actors, i);

        ck_assert_str_eq(x->name, y->name);
        for (ProfileActorKey key = 0; key < PROFILE_ACTOR_KEYS; key++)
            ck_assert_pstr_eq(x->values[key].text, y->values[key].text);
    }
}

static const char *const texts[] = {
    "plain", "no",    "~",           "'",      "it's # not", "a: b", "- a", "{a}", "*a",
    "&a",    "!!str", " blank",      "日本 é", "\"q\"",      "%x",   "-",   "?",   "1.5",
    "Null",  "@x",    "back\\slash", ": ",     "trailing: ", "`x`",  ">"};

START_TEST(what_is_printed_is_read_as_the_same)
{
    Profile *profile = profile_new(), *read;
    g_autofree char *text = NULL;
    guint count = 0;

    for (ProfileKey key = 0; key < PROFILE_KEYS; key++)
        if (key != PROFILE_TIER && key != PROFILE_ENV_FILE)
            profile->values[key].text = g_strdup(texts[count++]);
    profile->values[PROFILE_TIER].text = g_strdup("local");
    profile->values[PROFILE_ENV_FILE].text = g_strdup("/x y/#z");
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        ProfileActor *actor = profile_add_actor(profile, texts[i]);
        g_autofree char *path = g_strconcat("/", texts[i], NULL);

        g_ptr_array_add(profile->configs, g_strdup(path));
        actor->note = g_strdup(texts[i]);
        actor->values[PROFILE_ACTOR_LOG].text = g_strdup(path);
        actor->values[PROFILE_ACTOR_RESTART].text = g_strdup(texts[i]);
    }
    text = profile_print(profile);
    read = parse(text);
    must_be_equal(profile, read);
    profile_unref(profile);
    profile_unref(read);
}
END_TEST

/* Every key stands there, and as a comment whose example is good. */
START_TEST(an_empty_one_shows_all_keys_as_comments)
{
    Profile *profile = profile_new(), *read;
    g_autofree char *text = profile_print(profile);
    g_auto(GStrv) lines = NULL;
    GString *full = g_string_new(NULL);

    read = parse(text);
    must_be_equal(profile, read);
    profile_unref(read);
    lines = g_strsplit(text, "\n", -1);
    for (int i = 0; lines[i] != NULL; i++)
        for (ProfileKey key = 0; key < PROFILE_KEYS; key++) {
            g_autofree char *begin = g_strdup_printf("# %s: ", profile_key_info(key)->word);

            if (g_str_has_prefix(lines[i], begin))
                g_string_append_printf(full, "%s\n", lines[i] + 2);
        }
    read = parse(full->str);
    for (ProfileKey key = 0; key < PROFILE_KEYS; key++)
        ck_assert_pstr_eq(read->values[key].text, profile_key_info(key)->example);
    profile_unref(read);
    profile_unref(profile);
    g_string_free(full, TRUE);
}
END_TEST

START_TEST(a_file_is_read_and_what_is_none_refused)
{
    char *folder = folder_new();
    g_autofree char *path = g_build_filename(folder, "p.yaml", NULL);
    g_autofree char *fifo = g_build_filename(folder, "fifo", NULL);
    g_autofree char *env = g_build_filename(folder, "x.env", NULL);
    g_autofree char *expected = g_strdup_printf("%s: is no regular file", fifo);
    g_autofree char *large = g_strnfill(PROFILE_MAX_BYTES + 1, '\n');
    g_autofree char *why = NULL;
    Profile *profile;

    ck_assert(g_file_set_contents(path, "env_file: x.env\n", -1, NULL));
    profile = profile_read(path, &why);
    ck_assert_str_eq(profile->values[PROFILE_ENV_FILE].text, env);
    ck_assert_str_eq(profile->path, path);
    profile_unref(profile);
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert_ptr_null(profile_read(fifo, &why));
    ck_assert_str_eq(why, expected);
    g_clear_pointer(&why, g_free);
    ck_assert(g_file_set_contents(path, large, -1, NULL));
    ck_assert_ptr_null(profile_read(path, &why));
    ck_assert_ptr_nonnull(strstr(why, "p.yaml: is too large"));
    folder_remove(folder);
    g_free(folder);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("profile");

    tcase_add_test(tcase, all_keys_are_read);
    tcase_add_loop_test(tcase, nothing_is_a_profile_too, 0, G_N_ELEMENTS(empty_ones));
    tcase_add_loop_test(tcase, a_fault_is_named_by_line_and_key, 0, G_N_ELEMENTS(faults));
    tcase_add_test(tcase, depth_and_number_are_bounded);
    tcase_add_test(tcase, what_is_printed_is_read_as_the_same);
    tcase_add_test(tcase, an_empty_one_shows_all_keys_as_comments);
    tcase_add_test(tcase, a_file_is_read_and_what_is_none_refused);
    return suite_run("profile", tcase, 20);
}
