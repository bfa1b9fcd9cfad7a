/* Which command lines are Heddle's actors, what they say, and what is shown of them. */
#include <check.h>
#include <string.h>

#include "base/mask.h"
#include "heddle/procs_args.h"
#include "tests/support/suite.h"

/* `line` as the kernel has it: arguments parted by `|` here, by NUL there. */
static GString *arguments(const char *line)
{
    GString *bytes = g_string_new(line);

    for (gsize i = 0; i < bytes->len; i++)
        if (bytes->str[i] == '|')
            bytes->str[i] = '\0';
    g_string_append_c(bytes, '\0');
    return bytes;
}

static const struct {
    const char *line;
    ActorKind kind;
    const char *config, *tier, *url;
    gboolean skip;
} actors[] = {
    {"/v/bin/heddle|worker|--config|w.yaml", KIND_WORKER, "w.yaml", NULL, NULL, FALSE},
    {"heddle|router", KIND_ROUTER, NULL, NULL, NULL, FALSE},
    {"/v/bin/python|/v/bin/heddle|processor|--config=a=b.yaml|--tier=local", KIND_PROCESSOR,
     "a=b.yaml", "local", NULL, FALSE},
    {"python3.11|-u|-X|dev|-Wdefault|/v/bin/heddle|pipeline|--config|p", KIND_PIPELINE, "p", NULL,
     NULL, FALSE},
    {"python3|-m|heddle.cli.main|scheduler|--config|s|--skip-preflight", KIND_SCHEDULER, "s", NULL,
     NULL, TRUE},
    {"/usr/bin/python3|-Bum|heddle.cli.main|mcp|--config|m|--port|8000", KIND_MCP, "m", NULL, NULL,
     FALSE},
    {"python|-mheddle.cli.main|orchestrator|--redis-url|--config|--config|o", KIND_ORCHESTRATOR,
     "o", NULL, NULL, FALSE},
    {"pypy3|/src/heddle/cli/main.py|worker|--config|c", KIND_WORKER, "c", NULL, NULL, FALSE},
    {"heddle|worker|--nats-url|nats://a|--nats-url|nats://b", KIND_WORKER, NULL, NULL, "nats://b",
     FALSE},
    {"heddle|worker|--nats-url=|--tier", KIND_WORKER, NULL, NULL, "", FALSE},
    {"heddle|worker|--config|--skip-preflight", KIND_WORKER, "--skip-preflight", NULL, NULL, FALSE},
    {"heddle|worker|--conf|x|--unknown=1", KIND_WORKER, NULL, NULL, NULL, FALSE},
};

START_TEST(actor_is_told_by_its_command_line)
{
    g_autoptr(GString) bytes = arguments(actors[_i].line);
    ProcArgs args;

    ck_assert(proc_args_read(&args, bytes->str, bytes->len));
    ck_assert_int_eq(args.kind, actors[_i].kind);
    ck_assert_pstr_eq(args.config, actors[_i].config);
    ck_assert_pstr_eq(args.tier, actors[_i].tier);
    ck_assert_pstr_eq(args.url, actors[_i].url);
    ck_assert_int_eq(args.skip_preflight, actors[_i].skip);
    proc_args_clear(&args);
}
END_TEST

static const char *const others[] = {
    "",
    "|",
    "heddle",
    "heddle|submit|echo",
    "heddle|workshop",
    "heddle|worker2",
    "heddle|--help",
    "heddle-preflight|worker",
    "uv|run|heddle|worker|--config|x",
    "sh|-c|heddle worker --config x",
    "sudo|heddle|worker",
    "timeout|9|heddle|worker",
    "bash|/usr/bin/heddle|worker",
    "python3",
    "python3|-c|import heddle|/v/bin/heddle|worker",
    "python3|-c|heddle|worker",
    "python3|-m",
    "python3|-m|http.server|heddle|worker",
    "python3|other.py|heddle|worker",
    "vim|heddle|worker",
};

START_TEST(other_programs_are_no_actors)
{
    g_autoptr(GString) bytes = arguments(others[_i]);
    ProcArgs args;

    ck_assert(!proc_args_read(&args, bytes->str, bytes->len));
    ck_assert_ptr_null(args.url);
}
END_TEST

START_TEST(command_is_shown_for_a_shell_without_passwords)
{
    g_autoptr(GString) bytes = arguments("heddle|worker|--nats-url|nats://me:s3 cr3t@h|--config|"
                                         "it's\033[2J.yaml|--redis-url=redis://:s3cr3t@r");
    g_autofree char *shown = proc_args_shown(bytes->str, bytes->len);

    ck_assert_str_eq(shown,
                     "heddle worker --nats-url nats://me:" MASK_BULLETS
                     "@h --config 'it'\\''s␛[2J.yaml' --redis-url=redis://:" MASK_BULLETS "@r");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("procs_args");

    tcase_add_loop_test(tcase, actor_is_told_by_its_command_line, 0, G_N_ELEMENTS(actors));
    tcase_add_loop_test(tcase, other_programs_are_no_actors, 0, G_N_ELEMENTS(others));
    tcase_add_test(tcase, command_is_shown_for_a_shell_without_passwords);
    return suite_run("procs_args", tcase, 20);
}
