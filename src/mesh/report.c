#include "mesh/report.h"

#include <string.h>

#include "base/clock.h"
#include "mesh/findings.h"
#include "mesh/glyph.h"
#include "mesh/report_json.h"
#include "mesh/verdict.h"

static const char *const form_words[REPORT_FORMS] = {"table", "json", "short", "nagios"};

ReportForm report_form_from_word(const char *word)
{
    for (ReportForm form = 0; form < REPORT_FORMS; form++)
        if (g_str_equal(word, form_words[form]))
            return form;
    return REPORT_FORMS;
}

int report_exit(const Model *model)
{
    static const int status[STATE_COUNT] = {
        [STATE_PENDING] = 3, [STATE_OK] = 0,   [STATE_SKIPPED] = 0, [STATE_NOT_REACHED] = 0,
        [STATE_UNKNOWN] = 3, [STATE_WARN] = 1, [STATE_FAIL] = 2,
    };
    g_autofree char *summary = NULL;

    return status[verdict_overall(model, &summary)];
}

typedef struct Table {
    GString *out;
    ReportLook look;
} Table;

static const char *const colours[STATE_COUNT] = {
    [STATE_PENDING] = "2",  [STATE_OK] = "32",   [STATE_SKIPPED] = "2", [STATE_NOT_REACHED] = "2",
    [STATE_UNKNOWN] = "33", [STATE_WARN] = "33", [STATE_FAIL] = "31",
};

static void put_glyph(Table *table, State state)
{
    const char *glyph = glyph_state(state, table->look.ascii);

    if (table->look.colour)
        g_string_append_printf(table->out, "\033[%sm%s\033[0m", colours[state], glyph);
    else
        g_string_append(table->out, glyph);
}

/* Clean text, in ASCII where that is all the terminal has. */
static void put(Table *table, const char *text)
{
    if (!table->look.ascii) {
        g_string_append(table->out, text);
        return;
    }
    for (; *text != '\0'; text = g_utf8_next_char(text))
        g_string_append_c(table->out, glyph_ascii(g_utf8_get_char(text)));
}

static void put_row(Table *table, int indent, State state, const char *label, const char *text)
{
    g_string_append_printf(table->out, "%*s", indent, "");
    put_glyph(table, state);
    g_string_append_printf(table->out, " %-8s", label);
    put(table, text != NULL ? text : "");
    g_string_append_c(table->out, '\n');
}

static void put_next(Table *table, int indent, const char *next)
{
    if (next == NULL)
        return;
    g_string_append_printf(table->out, "%*snext: ", indent, "");
    put(table, next);
    g_string_append_c(table->out, '\n');
}

static void put_ladder(Table *table, const Model *model)
{
    Ladder *ladder = verdict_ladder(model);
    g_autofree char *router = NULL;
    State state;

    for (RungId id = 0; ladder != NULL && id < RUNG_COUNT; id++) {
        const Rung *rung = &ladder->rungs[id];
        g_autofree char *next =
            rung->cause != CAUSE_NONE ? verdict_next(model, NULL, cause_word(rung->cause)) : NULL;
        g_autofree char *text =
            rung->state == STATE_NOT_REACHED ? g_strdup("not reached")
            : rung->state == STATE_OK && rung->ms > 0
                ? g_strdup_printf("%s%s%.1f ms", rung->text != NULL ? rung->text : "",
                                  rung->text != NULL ? "  " : "", rung->ms)
                : g_strdup(rung->text);

        put_row(table, 2, rung->state, rung_label(id), text);
        put_next(table, 12, next);
    }
    if (ladder != NULL)
        ladder_free(ladder);
    state = verdict_router(model, &router);
    put_row(table, 2, state, "router",
            router[0] != '\0'   ? router
            : state == STATE_OK ? "1 listens"
                                : "not reached");
}

static void put_actor(Table *table, const Model *model, const Actor *actor)
{
    g_autofree char *name = actor_name(actor);
    const char *tier = actor_tier(model, actor);

    g_string_append(table->out, "\n");
    put(table, kind_info(actor_kind(actor))->word);
    put(table, " · ");
    put(table, name);
    g_string_append_printf(table->out, "%s%s\n", tier[0] != '\0' ? "  " : "", tier);
    for (CheckId id = 0; id < CHECK_COUNT; id++) {
        Check check = verdict_check(model, actor, id);
        g_autofree char *next = verdict_next(model, actor, check.remedy);

        put_row(table, 2, check.state, check_word(id), check.text);
        if (id != CHECK_NATS || actor->probe != model->probe) /* the ladder has said that one */
            put_next(table, 12, next);
        check_clear(&check);
    }
}

static void put_proof(Table *table, const Smoke *smoke, HopSource source, gint64 at_us,
                      const char *text)
{
    g_string_append_printf(table->out, "%*s%.1f ms %s: ", 10, "",
                           (double)MAX(at_us - smoke->sent_us, 0) / 1000, hop_source_word(source));
    put(table, text);
    g_string_append_c(table->out, '\n');
}

/* Of one that did not come back as it should: what shows where it died. */
static void put_hops(Table *table, const Smoke *smoke)
{
    for (HopId id = 0; id < HOP_COUNT; id++) {
        const Hop *hop = &smoke->hops[id];

        if (hop->at_us != 0 && hop->text != NULL)
            put_proof(table, smoke, hop->source, hop->at_us, hop->text);
        for (guint i = 0; hop->evidence != NULL && i < hop->evidence->len; i++) {
            const Evidence *evidence = g_ptr_array_index(hop->evidence, i);

            put_proof(table, smoke, evidence->source, evidence->at_us, evidence->text);
        }
    }
}

static void put_smoke(Table *table, const Model *model)
{
    const Smoke *smoke = model_last_smoke(model);
    g_autofree char *next = NULL, *text = NULL;

    if (smoke == NULL)
        return;
    next = smoke_remedy(model, smoke, REMEDY_NEXT);
    text = smoke->ms < 0
               ? g_strdup_printf("%s/%s: %s", smoke->worker_type, smoke->tier, smoke->text)
               : g_strdup_printf("%s/%s: %s in %.1f ms", smoke->worker_type, smoke->tier,
                                 smoke->text, smoke->ms);
    g_string_append_c(table->out, '\n');
    put_row(table, 0, smoke_state(smoke->verdict), "smoke", text);
    if (smoke_state(smoke->verdict) != STATE_OK)
        put_hops(table, smoke);
    put_next(table, 10, next);
}

static void put_findings(Table *table, const Model *model)
{
    for (unsigned i = 0; i < model->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(model->findings, i);
        g_auto(GStrv) next = g_strsplit(finding->next != NULL ? finding->next : "", "\n", -1);

        g_string_append(table->out, i == 0 ? "\nfindings\n" : "");
        put_row(table, 2, finding->state, "", finding->text);
        for (unsigned k = 0; k < finding->evidence->len; k++) {
            g_string_append_printf(table->out, "%*s", 13, "");
            put(table, g_ptr_array_index(finding->evidence, k));
            g_string_append_c(table->out, '\n');
        }
        for (unsigned k = 0; next[k] != NULL; k++)
            put_next(table, 12, next[k]);
    }
}

static void put_skipped(Table *table, const Model *model)
{
    for (unsigned i = 0; i < model->actors->len + model->skipped->len; i++) {
        const Actor *actor = i < model->actors->len ? g_ptr_array_index(model->actors, i) : NULL;
        const Skip *skip =
            actor == NULL ? g_ptr_array_index(model->skipped, i - model->actors->len) : NULL;
        g_autofree char *path = text_clean(raw_text(actor != NULL ? actor->path : skip->path), 0);

        if (actor != NULL && actor_is_shown(actor))
            continue;
        g_string_append(table->out, "\n");
        put_glyph(table, STATE_SKIPPED);
        g_string_append(table->out, " skipped ");
        put(table, path);
        put(table, ": ");
        put(table, skip != NULL                         ? skip->reason
                   : actor->config->why_no_kind != NULL ? actor->config->why_no_kind
                                                        : "no kind");
    }
    if (table->out->str[table->out->len - 1] != '\n')
        g_string_append_c(table->out, '\n');
}

/* Of the server that the link is on; without one, of the last that a climb came to. */
static const char *server_version(const Model *model)
{
    const Ladder *ladder = model->probe->ladder;

    if (model->link.state == LINK_UP || model->link.state == LINK_SILENT)
        return model->link.server.version;
    return ladder != NULL ? ladder->info.version : NULL;
}

static char *report_table(const Model *model, ReportLook look)
{
    Table table = {g_string_new(NULL), look};
    g_autofree char *summary = NULL;
    State verdict = verdict_overall(model, &summary);
    const char *version = server_version(model);

    g_string_append(table.out, "heddle-preflight  ");
    put(&table, model->url_shown);
    g_string_append_printf(table.out, "  %s", url_origin_word(model->settings.origin));
    if (version != NULL)
        g_string_append_printf(table.out, "  server %s", version);
    g_string_append_printf(table.out, "  tier %s\n", tier_word(model->settings.tier));
    put_ladder(&table, model);
    for (unsigned i = 0; i < model->panels->len; i++)
        put_actor(&table, model, g_ptr_array_index(model->panels, i));
    put_smoke(&table, model);
    put_findings(&table, model);
    put_skipped(&table, model);
    g_string_append_c(table.out, '\n');
    put_row(&table, 0, verdict, state_word(verdict), summary);
    return g_string_free(table.out, FALSE);
}

static char *report_short(const Model *model)
{
    g_autofree char *summary = NULL;
    State verdict = verdict_overall(model, &summary);

    return g_strdup_printf("%s: %s\n", state_word(verdict), summary);
}

/* One line, "SERVICE STATUS - text | label=value": what Nagios plugins print. A `|` in the text
 * would begin the figures. */
static char *report_nagios(const Model *model)
{
    static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    g_autofree char *summary = NULL;
    const Smoke *smoke = model_last_smoke(model);
    double rtt = link_rtt(&model->link);
    GString *line = g_string_new(NULL);

    verdict_overall(model, &summary);
    g_strdelimit(summary, "|", '/');
    g_string_printf(line, "HEDDLE %s - %s | actors=%u", words[report_exit(model)], summary,
                    model->panels->len);
    if (rtt >= 0)
        g_string_append_printf(line, " rtt=%.3fms", rtt);
    if (smoke != NULL && smoke->ms >= 0)
        g_string_append_printf(line, " smoke=%.3fms", smoke->ms);
    g_string_append_c(line, '\n');
    return g_string_free(line, FALSE);
}

char *report_text(const Model *model, ReportForm form, ReportLook look)
{
    switch (form) {
    case REPORT_JSON:
        return report_json(model);
    case REPORT_SHORT:
        return report_short(model);
    case REPORT_NAGIOS:
        return report_nagios(model);
    default:
        return report_table(model, look);
    }
}
