#include "mesh/verdict.h"

#include <string.h>

#include "base/clock.h"
#include "heddle/remedy.h"
#include "mesh/local.h"
#include "mesh/verdict_parts.h"

static const char *const check_words[CHECK_COUNT] = {"nats", "env", "config", "live"};

const char *check_word(CheckId id)
{
    return check_words[id];
}

void check_clear(Check *check)
{
    g_free(check->brief);
    g_free(check->text);
    *check = (Check){0};
}

Check check_of(State state, char *brief, char *text)
{
    return (Check){.state = state, .brief = brief, .text = text, .ms = -1, .replicas = -1};
}

/* --- nats --- */

static Check nats_broken(const char *shown, Cause cause, const char *what)
{
    Check check = check_of(STATE_FAIL, g_strdup(what),
                           g_strdup_printf("Cannot connect to NATS at %s. %s", shown, what));

    check.cause = cause_word(cause);
    check.remedy = check.cause;
    return check;
}

/* A session that stands, and what the other rungs say of it: rights that it lacks, a certificate
 * that is about to end, a URL that Heddle takes otherwise. */
static Check nats_connected(const char *shown, const Ladder *ladder)
{
    RungId worst = verdict_worst_rung(ladder);
    const Rung *rung = worst < RUNG_COUNT ? &ladder->rungs[worst] : NULL;
    Check check;

    if (rung == NULL) {
        check = check_of(STATE_OK, g_strdup_printf("connected %.1f ms", ladder->total_ms),
                         g_strdup_printf("Connected to NATS at %s", shown));
    } else {
        const char *text = rung->text != NULL ? rung->text : cause_word(rung->cause);

        check = check_of(
            rung->state, g_strdup_printf("%s: %s", rung_label(worst), text),
            g_strdup_printf("Connected to NATS at %s, but %s: %s", shown, rung_label(worst), text));
        check.cause = check.remedy = cause_word(rung->cause);
    }
    check.ms = ladder->total_ms;
    return check;
}

static Check nats_by_ladder(const Model *model, const Probe *probe)
{
    Ladder *ladder = verdict_probe_ladder(model, probe);
    Check check;

    if (ladder == NULL)
        return check_of(STATE_PENDING, g_strdup("connecting…"),
                        g_strdup_printf("Connecting to NATS at %s", probe->shown));
    if (ladder_connects(ladder)) {
        check = nats_connected(probe->shown, ladder);
    } else {
        const char *text = ladder->rungs[ladder->broken].text;

        check = nats_broken(probe->shown, ladder_cause(ladder),
                            text != NULL ? text : cause_word(ladder_cause(ladder)));
    }
    ladder_free(ladder);
    return check;
}

char *verdict_silence(const Model *model, Cause *cause)
{
    const LinkView *link = &model->link;
    g_autofree char *span = clock_span(model->now_us - link->heard_us);

    *cause = link->cause == CAUSE_PATH_LOST ? CAUSE_PATH_LOST : CAUSE_SILENT;
    return link->text != NULL ? g_strdup_printf("no answer for %s: %s", span, link->text)
                              : g_strdup_printf("no answer for %s", span);
}

Check verdict_link(const Model *model)
{
    const LinkView *link = &model->link;

    if (link->state == LINK_SILENT) {
        Cause cause;
        g_autofree char *what = verdict_silence(model, &cause);

        return nats_broken(model->url_shown, cause, what);
    }
    /* The last climb may have held and the connection been lost since. */
    if (link->state == LINK_DOWN &&
        (model->probe->ladder == NULL || ladder_connects(model->probe->ladder)))
        return nats_broken(model->url_shown, link->cause,
                           link->text != NULL && link->text[0] != '\0' ? link->text
                                                                       : "connection lost");
    if (link->state == LINK_CONNECTING && model->probe->ladder != NULL)
        return check_of(STATE_PENDING, g_strdup("connecting…"),
                        g_strdup_printf("Connecting to NATS at %s", model->url_shown));
    return nats_by_ladder(model, model->probe);
}

static Check check_nats(const Model *model, const Actor *actor)
{
    if (actor->probe == NULL)
        return check_of(STATE_PENDING, g_strdup("…"), g_strdup("not looked at yet"));
    return actor->probe == model->probe ? verdict_link(model) : nats_by_ladder(model, actor->probe);
}

/* --- env --- */

/* Heddle's sentence, and in brackets what it does not say. This process's environment is what is
 * meant where nothing is said. */
static char *env_text(const Model *model, const Actor *actor, const EnvReport *report)
{
    g_autofree char *source = actor_env_source(model, actor);
    GString *text = g_string_new(report->text);

    if (report->state == STATE_UNKNOWN) /* it names the file */
        g_clear_pointer(&source, g_free);
    if (report->note != NULL)
        g_string_append_printf(text, " (%s%s", report->note, source != NULL ? "; " : ")");
    if (source != NULL)
        g_string_append_printf(text, "%sfrom %s)", report->note == NULL ? " (" : "", source);
    return g_string_free(text, FALSE);
}

static Check check_env(const Model *model, const Actor *actor)
{
    const char *tier = actor_tier(model, actor);
    const HeddleProc *proc = actor_is_stranger(actor) ? local_proc(model, actor) : NULL;
    const EnvReport *report;
    Check check;

    if (actor_is_stranger(actor) && kind_info(actor_kind(actor))->checks_env &&
        (proc == NULL || !proc->env_readable))
        return check_of(STATE_SKIPPED, g_strdup("not known: seen on the bus"),
                        g_strdup("seen on the bus; its environment cannot be seen from here"));
    if (actor_kind(actor) == KIND_UNKNOWN)
        return check_of(actor->config == NULL ? STATE_PENDING : STATE_SKIPPED,
                        g_strdup("kind unknown"), g_strdup("the kind of actor is not known"));
    if (!kind_info(actor_kind(actor))->checks_env)
        return check_of(STATE_SKIPPED, g_strdup("this kind needs none"),
                        g_strdup("Heddle checks no environment variables for this kind"));
    if (tier_from_word(tier) >= TIER_OWN)
        return check_of(STATE_SKIPPED, g_strdup_printf("tier %s asks for none", tier),
                        g_strdup_printf("Heddle checks nothing for tier %s", tier));
    report = actor_env(model, actor, tier_from_word(tier));
    if (report == NULL)
        return check_of(STATE_PENDING, g_strdup("…"), g_strdup("not looked at yet"));
    check = check_of(report->state, g_strdup(report->brief), env_text(model, actor, report));
    if (report->state == STATE_WARN) {
        check.cause = "env_missing";
        check.remedy = g_str_equal(tier, tier_word(TIER_LOCAL)) ? "env_missing" : "env_missing_key";
    }
    return check;
}

/* --- config --- */

static const char *const outcome_words[] = {
    [CONFIG_VALID] = NULL,           [CONFIG_NOT_FOUND] = "config_not_found",
    [CONFIG_EMPTY] = "config_empty", [CONFIG_INVALID] = "config_invalid",
    [CONFIG_DIES] = "config_dies",   [CONFIG_TOO_LARGE] = NULL,
};

static Check check_config(const Actor *actor)
{
    const ConfigReport *report = actor->config;
    g_autofree char *base = NULL;
    Check check;

    if (actor_is_stranger(actor))
        return check_of(STATE_SKIPPED, g_strdup("none here: seen on the bus"),
                        g_strdup("seen on the bus; no config of it was given here"));
    base = g_path_get_basename(actor->path);
    if (report == NULL)
        return check_of(STATE_PENDING, text_clean(raw_text(base), 40),
                        g_strdup("not looked at yet"));
    check = check_of(report->state, NULL,
                     report->warning == NULL
                         ? g_strdup(report->text)
                         : g_strdup_printf("%s; but %s", report->text, report->warning));
    if (report->outcome == CONFIG_VALID && report->warning == NULL)
        check.brief = text_clean(raw_text(base), 40);
    else if (report->line != 0)
        check.brief = g_strdup_printf("line %u: %s", report->line, report->reason);
    else
        check.brief = g_strdup(report->warning != NULL  ? report->warning
                               : report->reason != NULL ? report->reason
                                                        : report->text);
    check.cause = check.remedy =
        report->unreadable ? "config_unreadable" : outcome_words[report->outcome];
    return check;
}

Check verdict_check(const Model *model, const Actor *actor, CheckId id)
{
    switch (id) {
    case CHECK_NATS:
        return check_nats(model, actor);
    case CHECK_ENV:
        return check_env(model, actor);
    case CHECK_CONFIG:
        return check_config(actor);
    default:
        return verdict_live(model, actor);
    }
}

State verdict_actor(const Model *model, const Actor *actor)
{
    State worst = STATE_OK;

    for (CheckId id = 0; id < CHECK_COUNT; id++) {
        Check check = verdict_check(model, actor, id);

        worst = state_worse(worst, check.state);
        check_clear(&check);
    }
    return worst;
}

/* --- remedies --- */

/* The tier that a remedy is about: an actor's, or the one that smokes ask for. */
static const char *tier_of(const Model *model, const Actor *actor)
{
    const Smoke *smoke = model_last_smoke(model);

    if (actor != NULL)
        return actor_tier(model, actor);
    return smoke != NULL ? smoke->tier : NULL;
}

/* Where a remedy leads: what was typed, or, where one address of the host swallows packets and that
 * is the trouble, the one that answers; or the one server of a list that is down. NULL if it cannot
 * be read. Caller frees. */
static NatsUrl *target_of(const Model *model, const Actor *actor, const char *typed,
                          const char *remedy_id)
{
    const Probe *probe = actor != NULL && actor->probe != NULL ? actor->probe : model->probe;
    const Ladder *ladder = probe->ladder;
    g_autofree char *why = NULL;

    if (ladder != NULL && ladder->silent != NULL && ladder->address != NULL &&
        g_str_equal(remedy_id, cause_word(CAUSE_HEDDLE_URL)))
        typed = ladder->address;
    else if (ladder != NULL && ladder->down != NULL &&
             g_str_equal(remedy_id, cause_word(CAUSE_SERVER_DOWN)))
        typed = ladder->down;
    return nats_url_parse(typed, &why);
}

char *verdict_fill(const Model *model, const Actor *actor, const char *name, const char *tier,
                   const char *remedy_id, const char *pattern)
{
    const char *typed = actor != NULL ? actor_url(model, actor) : model->settings.url;
    g_autofree char *own = actor != NULL ? actor_name(actor) : NULL;
    g_autofree char *path =
        actor != NULL && !actor_is_stranger(actor) ? text_clean(raw_text(actor->path), 0) : NULL;
    g_autofree char *shown = nats_url_mask(typed);
    NatsUrl *url = target_of(model, actor, typed, remedy_id);
    RemedyFacts facts = {
        .url = shown,
        .host = url != NULL ? url->host : NULL,
        .port = url != NULL ? url->port : 0,
        .path = path,
        .name = name != NULL  ? name
                : own != NULL ? own
                              : model->settings.worker_type,
        .kind = actor != NULL ? kind_info(actor_kind(actor))->word : NULL,
        .tier = tier != NULL ? tier : tier_of(model, actor),
    };
    char *text = remedy_fill(pattern, &facts);

    nats_url_free(url);
    return text;
}

/* What mends an actor that nobody sees is to start it, just so, or as its profile says; what mends
 * an env file is to write into that. NULL: the remedy's own words. */
static char *next_of_actor(const Model *model, const Actor *actor, const char *remedy_id)
{
    if (g_str_has_prefix(remedy_id, "env_missing"))
        return actor_env_command(model, actor);
    if (!g_str_equal(remedy_id, "no_router") && !g_str_equal(remedy_id, "no_worker") &&
        !g_str_equal(remedy_id, "not_running"))
        return NULL;
    return actor_restart(model, actor);
}

char *verdict_remedy(const Model *model, const Actor *actor, const char *remedy_id, RemedyPart part)
{
    const Remedy *remedy = remedy_id != NULL ? remedy_find(remedy_id) : NULL;

    if (remedy == NULL)
        return NULL;
    if (part == REMEDY_NEXT && actor != NULL) {
        char *own = next_of_actor(model, actor, remedy_id);

        if (own != NULL)
            return own;
    }
    return verdict_fill(model, actor, NULL, NULL, remedy_id,
                        part == REMEDY_WHY    ? remedy->why
                        : part == REMEDY_NEXT ? remedy->next
                                              : remedy->verify);
}

char *verdict_next(const Model *model, const Actor *actor, const char *remedy_id)
{
    return verdict_remedy(model, actor, remedy_id, REMEDY_NEXT);
}
