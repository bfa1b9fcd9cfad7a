/* Traps that configs, URLs and environments show. */
#include <string.h>

#include "mesh/findings_parts.h"
#include "mesh/verdict.h"

/* YAML that all three checks take, and an actor that dies or goes astray with it. */
void find_bad_configs(const Model *model, Found *found)
{
    for (unsigned i = 0; i < model->panels->len; i++) {
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

/* Do two URLs, as typed, mean another server? */
static gboolean differ(const char *a, const char *b)
{
    g_autofree char *why = NULL, *why_not = NULL;
    NatsUrl *one, *other;
    gboolean same;

    if (g_str_equal(a, b))
        return FALSE;
    one = nats_url_parse(a, &why);
    other = nats_url_parse(b, &why_not);
    same = one != NULL && other != NULL && g_ascii_strcasecmp(one->host, other->host) == 0 &&
           one->port == other->port;
    nats_url_free(one);
    nats_url_free(other);
    return !same;
}

void find_url_split(const Model *model, Found *found)
{
    Finding *finding = NULL;
    unsigned split = 0;

    for (unsigned i = 0; i < model->panels->len; i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);
        const char *url = actor_url(model, actor);
        g_autofree char *shown = NULL, *masked = NULL;

        if (actor_is_stranger(actor) || !differ(url, model->settings.url))
            continue;
        if (split++ == 0)
            finding = found_add(found, "url_split", STATE_WARN, "", NULL);
        shown = found_name(actor);
        masked = nats_url_mask(url);
        found_evidence(finding, g_strdup_printf("%s uses %s%s", shown, masked,
                                                actor->url != NULL ? "" : ", by its config"));
    }
    if (finding == NULL)
        return;
    finding->text = g_strdup_printf("%u %s another server than %s: they do not meet", split,
                                    split == 1 ? "actor uses" : "actors use", model->url_shown);
    found_remedy(finding, model, NULL);
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
