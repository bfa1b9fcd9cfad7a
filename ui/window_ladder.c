/* The ladder window: a line a rung with all that was seen on it, for the link's URL and for every
 * other that an actor uses; what broke has its remedy below it. */
#include <string.h>

#include "base/clock.h"
#include "mesh/glyph.h"
#include "ui/window_lines.h"

/* The words of the help's legend. */
static const char *const words[STATE_COUNT] = {
    [STATE_PENDING] = "under way",   [STATE_OK] = "holds",
    [STATE_SKIPPED] = "not needed",  [STATE_NOT_REACHED] = "not reached",
    [STATE_UNKNOWN] = "cannot tell", [STATE_WARN] = "look at it",
    [STATE_FAIL] = "broken",
};

/* Below this a rung's text has a line of its own. */
enum { ROOM_FOR_TEXT = 60, LABEL = 10, INDENT = 4 };

#define HEAD "%-*s%s %-11s %9s %9s"

static void add_heading(Lines *to)
{
    lines_add(to, STYLE_DIM, g_strdup_printf(HEAD, LABEL, "rung", " ", "state", "took", "for"));
}

/* `ms` below 0: not timed; `age_us` below 0: not known. */
static void add_rung(Lines *to, const char *label, State state, double ms, gint64 age_us,
                     const char *text)
{
    Style style = state == STATE_OK ? STYLE_NORMAL : canvas_state_style(state);
    g_autofree char *time = ms < 0 ? g_strdup("") : g_strdup_printf("%.2f ms", ms);
    g_autofree char *age = age_us < 0 ? g_strdup("") : clock_span(age_us);
    g_autofree char *head =
        g_strdup_printf(HEAD, LABEL, label, glyph_state(state, FALSE), words[state], time, age);

    if (text == NULL || text[0] == '\0') {
        lines_add(to, style, g_strdup(g_strchomp(head)));
    } else if (to->columns < ROOM_FOR_TEXT) {
        lines_add(to, style, g_strdup(g_strchomp(head)));
        lines_text(to, style, INDENT, text);
    } else {
        guint at = to->lines->len;
        WindowLine *first;
        char *joined;

        lines_text(to, style, text_width(head) + 2, text);
        first = g_ptr_array_index(to->lines, at);
        joined = g_strdup_printf("%s%s", head, first->text + text_width(head));
        g_free(first->text);
        first->text = joined;
    }
}

static void add_ladder(Lines *to, const Model *model, const Actor *actor, const Probe *probe,
                       const Ladder *ladder)
{
    RungId worst = verdict_worst_rung(ladder);

    add_heading(to);
    for (RungId id = 0; id < RUNG_COUNT; id++) {
        const Rung *rung = &ladder->rungs[id];
        gboolean tried = rung->state != STATE_NOT_REACHED && rung->state != STATE_SKIPPED;
        gint64 since_us = verdict_rung_since(model, probe, id, rung);

        add_rung(to, rung_label(id), rung->state, tried ? rung->ms : -1,
                 since_us != 0 ? MAX(model->now_us - since_us, 0) : -1,
                 rung->state == STATE_NOT_REACHED ? NULL : rung->text);
        for (guint i = 0; rung->evidence != NULL && i < rung->evidence->len; i++)
            lines_text(to, STYLE_DIM, INDENT, g_ptr_array_index(rung->evidence, i));
        if (id == worst && rung->cause != CAUSE_NONE) {
            lines_field(to, "  cause", cause_word(rung->cause));
            lines_remedy(to, model, actor, cause_word(rung->cause));
        }
    }
}

static void add_listeners(Lines *to, const Model *model)
{
    g_autofree char *text = NULL;
    State state = verdict_router(model, &text);
    const Track *seen = &model->timeline->listeners;
    gint64 age_us = seen->word != NULL && seen->state == state
                        ? MAX(model->now_us - MAX(seen->since_us, model->link.up_us), 0)
                        : -1;

    add_rung(to, "listeners", state, -1, age_us,
             state == STATE_OK && text[0] == '\0' ? "a router listens" : text);
    if (state == STATE_FAIL)
        lines_remedy(to, model, NULL, "no_router");
}

/* Where the connection is, and, where the last climb ended elsewhere, that too: the rungs are its.
 */
static void add_server(Lines *to, const Model *model, const Ladder *ladder)
{
    const LinkServer *server = &model->link.server;
    gboolean up = model->link.state == LINK_UP || model->link.state == LINK_SILENT;

    if (!up) {
        lines_field(to, "address", ladder->address);
        lines_field(to, "server", ladder->info.name);
        lines_field(to, "version", ladder->info.version);
        return;
    }
    lines_field(to, "address", server->address);
    lines_field(to, "server", server->name);
    lines_field(to, "version", server->version);
    if (ladder->address != NULL && g_strcmp0(ladder->address, server->address) != 0)
        lines_field(to, "looked at", ladder->address);
}

static void add_link(Lines *to, const Model *model)
{
    Ladder *ladder = verdict_ladder(model);
    g_autofree char *since = clock_span(model->now_us - model->link.since_us);
    g_autofree char *lost =
        g_strdup_printf("%u time%s", model->link.lost, model->link.lost == 1 ? "" : "s");

    lines_field(to, "url", model->url_shown);
    lines_field(to, "origin", url_origin_word(model->settings.origin));
    lines_field(to, "since", since);
    if (model->link.lost > 0)
        lines_field(to, "lost", lost);
    if (ladder == NULL) {
        lines_text(to, STYLE_DIM, 0, "the first climb is under way");
        return;
    }
    add_server(to, model, ladder);
    lines_blank(to);
    add_ladder(to, model, NULL, model->probe, ladder);
    add_listeners(to, model);
    ladder_free(ladder);
}

/* An actor that uses it, for the remedy's facts: there is one as long as there is the probe. */
static const Actor *user_of(const Model *model, const Probe *probe)
{
    for (unsigned i = 0; i < model->panels->len; i++)
        if (((Actor *)g_ptr_array_index(model->panels, i))->probe == probe)
            return g_ptr_array_index(model->panels, i);
    return NULL;
}

/* All of them: "echo, gateway". Caller frees. */
static char *users_of(const Model *model, const Probe *probe)
{
    GString *names = g_string_new(NULL);

    for (unsigned i = 0; i < model->panels->len; i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);
        g_autofree char *name = NULL;

        if (actor->probe != probe)
            continue;
        name = actor_name(actor);
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
    }
    return g_string_free(names, FALSE);
}

static void add_probe(Lines *to, const Model *model, const Probe *probe)
{
    g_autofree char *users = users_of(model, probe);
    Ladder *ladder = verdict_probe_ladder(model, probe);

    lines_blank(to);
    lines_field(to, "url", probe->shown);
    lines_field(to, "used by", users);
    if (ladder == NULL) {
        lines_text(to, STYLE_DIM, 0, "the first climb is under way");
        return;
    }
    lines_field(to, "address", ladder->address);
    lines_blank(to);
    add_ladder(to, model, user_of(model, probe), probe, ladder);
    ladder_free(ladder);
}

void window_ladder_lines(Lines *to, const Model *model, const View *view)
{
    (void)view;
    add_link(to, model);
    for (unsigned i = 0; i < model->probes->len; i++)
        add_probe(to, model, g_ptr_array_index(model->probes, i));
}

static char *next_of(const Model *model, const Actor *actor, const Ladder *ladder, State state)
{
    RungId id = ladder != NULL ? verdict_worst_rung(ladder) : RUNG_COUNT;

    return id < RUNG_COUNT && ladder->rungs[id].state == state
               ? verdict_next(model, actor, cause_word(ladder->rungs[id].cause))
               : NULL;
}

char *window_ladder_next(const Model *model)
{
    Ladder *link = verdict_ladder(model);
    g_autofree char *listeners = NULL;
    char *next = NULL;

    for (State state = STATE_FAIL; state >= STATE_WARN && next == NULL; state--) {
        next = next_of(model, NULL, link, state);
        if (next == NULL && state == STATE_FAIL && verdict_router(model, &listeners) == state)
            next = verdict_next(model, NULL, "no_router");
        for (unsigned i = 0; i < model->probes->len && next == NULL; i++) {
            const Probe *probe = g_ptr_array_index(model->probes, i);
            Ladder *ladder = verdict_probe_ladder(model, probe);

            next = next_of(model, user_of(model, probe), ladder, state);
            ladder_free(ladder);
        }
    }
    if (link != NULL)
        ladder_free(link);
    return next;
}
