/* Traps that configs, URLs and environments show. */
#include <string.h>

#include "base/clock.h"
#include "mesh/findings_parts.h"
#include "mesh/local.h"
#include "mesh/verdict.h"

/* YAML that all three checks take, and an actor that dies or goes astray with it. */
void find_bad_configs(const Model *model, Found *found)
{
    for (unsigned i = 0; i < model->panels->len && found_room(found, "bad_config"); i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);
        g_autofree char *shown = NULL, *path = NULL;
        Finding *finding;

        if (actor->config == NULL || actor->config->outcome != CONFIG_VALID ||
            actor->config->warning == NULL)
            continue;
        shown = found_name(actor);
        path = text_clean(raw_text(actor->path), 0);
        finding = found_add(found, "bad_config", STATE_FAIL, shown,
                            g_strdup_printf("%s: %s", shown, actor->config->warning));
        found_evidence(finding,
                       g_strdup_printf("%s is valid YAML, so Heddle's checks pass it", path));
        found_remedy(finding, model, actor);
    }
}

/* An actor of ours whose process was told another server. Processes with other configs are another
 * mesh's, which one machine may well have. */
static unsigned split_processes(const Model *model, const Actor *actor, Found *found,
                                Finding **finding)
{
    g_autoptr(GPtrArray) procs = local_procs(model, actor);
    g_autofree char *shown = found_name(actor);
    unsigned split = 0;

    for (unsigned i = 0; i < procs->len; i++) {
        const HeddleProc *proc = g_ptr_array_index(procs, i);
        g_autofree char *masked = NULL, *name = NULL;

        if (!local_is_elsewhere(model, actor, proc))
            continue;
        if (*finding == NULL)
            *finding = found_add(found, "url_split", STATE_WARN, "", NULL);
        split++;
        masked = nats_url_mask(proc->url);
        name = local_name(proc);
        found_evidence(
            *finding,
            g_strdup_printf("%s, %s, uses %s%s", shown, name, masked,
                            proc->url_origin == ORIGIN_DEFAULT ? ", Heddle's default" : ""));
    }
    return split;
}

/* Is one of those that are declared here on this bus? */
static gboolean any_here(const Model *model)
{
    for (unsigned i = 0; i < model->panels->len; i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);

        if (!actor_is_stranger(actor) && actor->presence.replicas > 0)
            return TRUE;
    }
    return FALSE;
}

/* Where they run on another server and none of them here, this one is likely the wrong one: then it
 * explains all that is missing, and comes before it. */
void find_url_split(const Model *model, Found *found)
{
    Finding *finding = NULL;
    unsigned split = 0, by_config;

    for (unsigned i = 0; i < model->panels->len; i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);
        const char *url = actor_url(model, actor);
        g_autofree char *shown = NULL, *masked = NULL;

        if (actor_is_stranger(actor) || g_str_equal(url, model->settings.url) ||
            nats_url_meet(url, model->settings.url))
            continue;
        if (split++ == 0)
            finding = found_add(found, "url_split", STATE_WARN, "", NULL);
        shown = found_name(actor);
        masked = nats_url_mask(url);
        found_evidence(finding, g_strdup_printf("%s uses %s%s", shown, masked,
                                                actor->url != NULL ? "" : ", by its config"));
    }
    by_config = split;
    for (unsigned i = 0; i < model->panels->len; i++)
        split += split_processes(model, g_ptr_array_index(model->panels, i), found, &finding);
    if (finding == NULL)
        return;
    finding->count = split;
    if (split > by_config && found_roster(model) && !any_here(model)) {
        finding->state = STATE_FAIL;
        finding->text = g_strdup_printf("is %s the wrong server? %u of the actors declared here "
                                        "%s on another, and none on it",
                                        model->url_shown, split - by_config,
                                        split - by_config == 1 ? "runs" : "run");
    } else {
        finding->text = g_strdup_printf("%u %s another server than %s: they do not meet", split,
                                        split == 1 ? "actor uses" : "actors use", model->url_shown);
    }
    found_remedy(finding, model, NULL);
}

/* What an actor's log says that the bus does not show, or shows later. */
static const struct {
    LogMark mark;
    const char *words;
    State state;
} log_marks[] = {
    {LOG_VIOLATION, "the server refused it a subject, though its log says subscribed", STATE_FAIL},
    {LOG_EXCEPTION, "it ended between connect and subscribe", STATE_FAIL},
    {LOG_REFUSED, "it did not start", STATE_FAIL},
    {LOG_RELOAD_FAILED, "a reload failed: it runs with its old config", STATE_WARN},
};

/* Does it hold now? What was said before the actor came up again does not. */
static gboolean log_holds(const LogSummary *log, LogMark mark)
{
    const LogNote *note = &log->notes[mark];

    return note->seen && (mark != LOG_EXCEPTION || note->stage == LOG_STAGE_CONNECTED);
}

void find_in_logs(const Model *model, Found *found)
{
    for (unsigned i = 0; i < model->panels->len && found_room(found, "log_says"); i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);
        const LogSummary *log = actor->log.summary;

        for (gsize k = 0; log != NULL && k < G_N_ELEMENTS(log_marks); k++) {
            const LogNote *note = &log->notes[log_marks[k].mark];
            g_autofree char *shown = NULL, *path = NULL, *at = NULL, *what = NULL;
            Finding *finding;

            if (!log_holds(log, log_marks[k].mark))
                continue;
            shown = found_name(actor);
            path = text_clean(raw_text(actor->log.path), 0);
            at = note->at_us != 0 ? clock_iso(note->at_us) : g_strdup("at a time not told");
            what = g_strdup_printf("%s %d", shown, log_marks[k].mark);
            finding =
                found_add(found, "log_says", log_marks[k].state, what,
                          g_strdup_printf("%s: %s: %s", shown, log_marks[k].words, note->text));
            found_evidence(finding,
                           g_strdup_printf("%s, %s%s", path, note->exact ? "" : "about ", at));
            found_remedy(finding, model, actor);
        }
    }
}

/* What the environment check says beside its verdict: a false alarm, or a choice it made. */
void find_env_notes(const Model *model, Found *found)
{
    for (unsigned i = 0; i < HEDDLE_TIERS; i++) {
        const EnvReport *report = model->env.view != NULL ? model->env.view->by_tier[i] : NULL;
        Finding *finding;

        if (report == NULL || report->note == NULL)
            continue;
        finding = found_add(found, "env_note", STATE_WARN, tier_word((Tier)i),
                            g_strdup_printf("tier %s: %s", tier_word((Tier)i), report->note));
        found_evidence(finding, g_strdup(report->text));
        found_remedy(finding, model, NULL);
    }
}
