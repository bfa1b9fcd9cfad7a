#include "mesh/flows.h"

#include <string.h>

#include "base/text.h"

struct Flows {
    Flow *ring[FLOWS_KEPT];
    guint64 count;     /* flows so far: the next goes to count % FLOWS_KEPT */
    GHashTable *by_id; /* borrowed ids and flows */
};

static void flow_free(Flow *flow)
{
    if (flow == NULL)
        return;
    g_free(flow->id);
    g_free(flow->parent);
    g_free(flow->worker_type);
    g_free(flow->tier);
    g_free(flow->routed_tier);
    g_free(flow->status);
    g_free(flow->reason);
    g_free(flow);
}

Flows *flows_new(void)
{
    Flows *flows = g_new0(Flows, 1);

    flows->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    return flows;
}

void flows_clear(Flows *flows)
{
    g_hash_table_remove_all(flows->by_id);
    for (unsigned i = 0; i < FLOWS_KEPT; i++)
        flow_free(g_steal_pointer(&flows->ring[i]));
    flows->count = 0;
}

void flows_free(Flows *flows)
{
    flows_clear(flows);
    g_hash_table_unref(flows->by_id);
    g_free(flows);
}

static char *bounded(const char *text, gsize most)
{
    return text != NULL ? text_clean(raw_text(text), most) : NULL;
}

/* The flow of an id, made when there is none. */
static Flow *flow_for(Flows *flows, const char *id)
{
    g_autofree char *key = bounded(id, FLOW_ID);
    Flow *flow = g_hash_table_lookup(flows->by_id, key), **place;

    if (flow != NULL)
        return flow;
    place = &flows->ring[flows->count++ % FLOWS_KEPT];
    if (*place != NULL)
        g_hash_table_remove(flows->by_id, (*place)->id);
    flow_free(*place);
    *place = flow = g_new0(Flow, 1);
    flow->id = g_steal_pointer(&key);
    g_hash_table_insert(flows->by_id, flow->id, flow);
    return flow;
}

/* What is known stays: the first word counts. */
static void learn(char **place, const char *text, gsize most)
{
    if (*place == NULL)
        *place = bounded(text, most);
}

static void end_flow(Flow *flow, const char *status, gint64 wall_us)
{
    flow->ended++;
    if (flow->ended_us != 0)
        return;
    flow->ended_us = wall_us;
    learn(&flow->status, status, FLOW_WORD);
}

static gboolean is_end(const char *status)
{
    return g_strcmp0(status, "pending") != 0 && g_strcmp0(status, "processing") != 0;
}

void flows_note(Flows *flows, const Note *note, gint64 wall_us)
{
    Flow *flow;

    if (note->id == NULL || note->id[0] == '\0' || note->kind == NOTE_OTHER ||
        note->kind == NOTE_CONTROL)
        return;
    flow = flow_for(flows, note->id);
    learn(&flow->parent, note->parent, FLOW_ID);
    learn(&flow->worker_type, note->worker_type, FLOW_WORD);
    switch (note->kind) {
    case NOTE_GOAL:
        flow->is_goal = TRUE; /* then as a task */
        /* fall through */
    case NOTE_TASK:
        if (flow->asked_us == 0)
            flow->asked_us = wall_us;
        learn(&flow->tier, note->tier, FLOW_WORD);
        break;
    case NOTE_ROUTED:
        flow->routed++;
        if (flow->routed_us == 0)
            flow->routed_us = wall_us;
        learn(&flow->routed_tier, note->tier, FLOW_WORD);
        break;
    case NOTE_RESULT:
        if (is_end(note->status))
            end_flow(flow, note->status != NULL ? note->status : "result", wall_us);
        break;
    default:
        end_flow(flow, "dead letter", wall_us);
        learn(&flow->reason, note->text, 200);
        break;
    }
}

const Flow *flows_find(const Flows *flows, const char *id)
{
    g_autofree char *key = bounded(id, FLOW_ID);

    return key != NULL ? g_hash_table_lookup(flows->by_id, key) : NULL;
}

GPtrArray *flows_of_goal(const Flows *flows, const char *goal_id)
{
    g_autofree char *key = bounded(goal_id, FLOW_ID);
    GPtrArray *tasks = g_ptr_array_new();
    guint64 first = flows->count > FLOWS_KEPT ? flows->count - FLOWS_KEPT : 0;

    for (guint64 i = first; key != NULL && i < flows->count; i++) {
        Flow *flow = flows->ring[i % FLOWS_KEPT];

        if (g_strcmp0(flow->parent, key) == 0)
            g_ptr_array_add(tasks, flow);
    }
    return tasks;
}

/* Times are of two threads' messages at most, so none goes back. */
static double ms_between(gint64 from_us, gint64 to_us)
{
    return from_us != 0 && to_us != 0 ? (double)MAX(to_us - from_us, 0) / 1000 : -1;
}

double flow_ms(const Flow *flow)
{
    return ms_between(flow->asked_us != 0 ? flow->asked_us : flow->routed_us, flow->ended_us);
}

static void add_step(GString *text, const char *what, double ms)
{
    g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", what);
    if (ms >= 0)
        g_string_append_printf(text, " after %.1f ms", ms);
}

char *flow_sentence(const Flow *flow)
{
    GString *text = g_string_new(NULL);

    if (flow->asked_us == 0 && flow->routed_us == 0)
        g_string_append(text, flow->is_goal ? "" : "its way was not seen");
    if (flow->routed_us != 0) {
        g_autofree char *routed = g_strdup_printf(
            "routed to %s%s", flow->routed_tier != NULL ? flow->routed_tier : "a worker",
            flow->routed > 1 ? " more than once" : "");

        add_step(text, routed, ms_between(flow->asked_us, flow->routed_us));
    }
    if (flow->ended_us != 0) {
        g_autofree char *ended =
            g_strdup_printf("%s%s", flow->status, flow->ended > 1 ? " more than once" : "");

        add_step(text, ended, flow_ms(flow));
    } else {
        add_step(text, flow->routed_us != 0 || flow->is_goal ? "no result yet" : "not routed yet",
                 -1);
    }
    return g_string_free(text, FALSE);
}
