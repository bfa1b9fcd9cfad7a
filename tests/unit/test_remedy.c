/* Every cause has a remedy that can be typed: heddle/remedy. */
#include <string.h>

#include "heddle/remedy.h"
#include "nats/url.h"
#include "tests/support/suite.h"

static const RemedyFacts facts = {
    .url = "nats://db.example:4223",
    .host = "db.example",
    .port = 4223,
    .path = "configs/echo.yaml",
    .name = "echo",
    .kind = "processor",
    .tier = "local",
};

static char *fill(const char *id, const RemedyFacts *with)
{
    const Remedy *remedy = remedy_find(id);

    ck_assert_msg(remedy != NULL, "no remedy for %s", id);
    return remedy_fill(remedy->next, with);
}

START_TEST(every_cause_but_none_and_cancelled_has_one)
{
    for (Cause cause = 0; cause < CAUSE_COUNT; cause++) {
        gboolean has = remedy_find(cause_word(cause)) != NULL;

        ck_assert_msg(has == (cause != CAUSE_NONE && cause != CAUSE_CANCELLED), "%s",
                      cause_word(cause));
    }
}
END_TEST

START_TEST(every_other_fault_has_one)
{
    static const char *const ids[] = {
        "no_router",      "no_worker",         "worker_silent",   "dead_lettered", "failed",
        "denied",         "not_connected",     "duplicate",       "timed_out",     "router_silent",
        "moved_tier",     "no_goal_taker",     "goal_silent",     "rate_limited",  "invalid_task",
        "unknown_tier",   "started_as_worker", "failed_goal",     "deaf",          "read_only",
        "harmful_smoke",  "env_missing",       "env_missing_key", "zombie",        "config_empty",
        "config_invalid", "config_not_found",  "config_dies",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ids); i++)
        ck_assert_msg(remedy_find(ids[i]) != NULL, "%s", ids[i]);
    ck_assert_ptr_null(remedy_find("no such thing"));
}
END_TEST

/* A pattern of the table is filled in whole, whatever is known. */
START_TEST(no_entry_leaves_a_place_open)
{
    static const RemedyFacts nothing = {0};
    unsigned count;
    const Remedy *table = remedy_table(&count);

    for (unsigned i = 0; i < count; i++) {
        const char *patterns[] = {table[i].why, table[i].next, table[i].verify};

        ck_assert_ptr_eq(remedy_find(table[i].id), &table[i]); /* ids are unique */
        for (gsize j = 0; j < G_N_ELEMENTS(patterns); j++) {
            g_autofree char *known = remedy_fill(patterns[j], &facts);
            g_autofree char *unknown = remedy_fill(patterns[j], &nothing);

            ck_assert_msg(known[0] != '\0' && strpbrk(known, "{}") == NULL, "%s", known);
            ck_assert_msg(unknown[0] != '\0' && strpbrk(unknown, "{}") == NULL, "%s", unknown);
        }
    }
}
END_TEST

START_TEST(facts_go_where_they_belong)
{
    g_autofree char *refused = fill("refused", &facts);
    g_autofree char *worker = fill("no_worker", &facts);
    g_autofree char *silent = fill("silent", &facts);

    ck_assert_str_eq(refused, "nats-server -a db.example -p 4223   "
                              "or: docker run -p 4223:4222 nats:latest");
    ck_assert_str_eq(worker, "heddle processor --config configs/workers/echo.yaml "
                             "--nats-url nats://db.example:4223 --tier local");
    ck_assert(g_str_has_prefix(silent, "ssh db.example systemctl status"));
}
END_TEST

START_TEST(a_server_here_needs_no_ssh)
{
    RemedyFacts here = facts;
    g_autofree char *silent = NULL;

    here.host = "127.0.0.1";
    silent = fill("silent", &here);
    ck_assert(g_str_has_prefix(silent, "systemctl"));
}
END_TEST

START_TEST(an_ipv6_host_is_spelled_for_urls)
{
    RemedyFacts v6 = facts;
    g_autofree char *next = NULL;

    v6.host = "::1";
    next = fill("tls_required", &v6);
    ck_assert_str_eq(next, "heddle-preflight --nats-url tls://[::1]:4223");
}
END_TEST

START_TEST(a_masked_url_is_named_by_its_variable)
{
    RemedyFacts masked = facts;
    g_autofree char *shown = nats_url_mask("nats://me:secret@h:1");
    g_autofree char *next = NULL;

    masked.url = shown;
    next = fill("no_router", &masked);
    ck_assert_str_eq(next, "heddle router --config configs/router_rules.yaml --nats-url $NATS_URL");
}
END_TEST

/* A config's name or path is a stranger's text on its way into the operator's shell. */
START_TEST(hostile_facts_are_quoted)
{
    RemedyFacts hostile = facts;
    g_autofree char *invalid = NULL, *worker = NULL;

    hostile.path = "a b;$(reboot)'.yaml";
    hostile.name = "-x`id`";
    invalid = fill("config_invalid", &hostile);
    worker = fill("worker_silent", &hostile);
    ck_assert_str_eq(invalid, "heddle validate 'a b;$(reboot)'\\''.yaml'");
    ck_assert(g_str_has_suffix(worker, "'-x`id`'"));
}
END_TEST

/* `heddle KIND --help`: the commands of the others end at --tier. */
START_TEST(only_kinds_with_a_tier_are_given_one)
{
    static const struct {
        const char *kind;
        gboolean tier;
    } kinds[] = {{"worker", TRUE},        {"processor", TRUE},  {"pipeline", FALSE},
                 {"orchestrator", FALSE}, {"scheduler", FALSE}, {"router", FALSE}};
    static const char *const ids[] = {"wrong_command", "zombie"};

    for (gsize i = 0; i < G_N_ELEMENTS(kinds) * G_N_ELEMENTS(ids); i++) {
        RemedyFacts of = facts;
        g_autofree char *next = NULL;

        of.kind = kinds[i / 2].kind;
        next = fill(ids[i % 2], &of);
        ck_assert_msg((strstr(next, " --tier local") != NULL) == kinds[i / 2].tier, "%s", next);
        ck_assert_msg((strstr(next, "--tier") != NULL) == kinds[i / 2].tier, "%s", next);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("remedy");

    tcase_add_test(tcase, every_cause_but_none_and_cancelled_has_one);
    tcase_add_test(tcase, every_other_fault_has_one);
    tcase_add_test(tcase, no_entry_leaves_a_place_open);
    tcase_add_test(tcase, facts_go_where_they_belong);
    tcase_add_test(tcase, a_server_here_needs_no_ssh);
    tcase_add_test(tcase, an_ipv6_host_is_spelled_for_urls);
    tcase_add_test(tcase, a_masked_url_is_named_by_its_variable);
    tcase_add_test(tcase, hostile_facts_are_quoted);
    tcase_add_test(tcase, only_kinds_with_a_tier_are_given_one);
    return suite_run("remedy", tcase, 20);
}
