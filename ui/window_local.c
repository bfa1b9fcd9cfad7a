/* What is known of an actor beside its checks: its connections as their server tells them, its
 * processes on this machine, its log. */
#include "ui/window_lines.h"

#include "base/clock.h"
#include "mesh/local.h"

enum { CLIENTS_SHOWN = 20 };

static void add_client(Lines *to, const RosterClient *client)
{
    g_autofree char *up = client->uptime_s >= 0
                              ? clock_span(client->uptime_s * (gint64)G_USEC_PER_SEC)
                              : g_strdup("?");
    g_autofree char *rtt =
        client->rtt_ms >= 0 ? g_strdup_printf(", %.1f ms", client->rtt_ms) : g_strdup("");
    g_autofree char *line = g_strdup_printf(
        "%s:%u  %s %s, up %s%s, %" G_GUINT64_FORMAT " in, %" G_GUINT64_FORMAT
        " out, %" G_GUINT64_FORMAT " B pending%s%s%s",
        client->ip, client->port, client->lang, client->version, up, rtt, client->in_msgs,
        client->out_msgs, client->pending_bytes, client->leaf ? ", a leaf node" : "",
        client->server_name[0] != '\0' ? ", on " : "", client->server_name);

    lines_text(to, STYLE_NORMAL, 4, line);
}

static void add_bus(Lines *to, const Model *model, const Actor *actor)
{
    unsigned count;
    BusActor *const *tiers = actor_tiers_on_bus(model, actor, &count);
    g_autofree char *age = clock_span(model->now_us - model->roster.as_of_us);

    if (tiers == NULL)
        return;
    lines_blank(to);
    lines_add(to, STYLE_DIM,
              g_strdup_printf("on the bus, %s ago%s", age,
                              model->roster.by_monitor
                                  ? ", by the monitoring port: all accounts of "
                                    "one server"
                                  : ""));
    for (unsigned i = 0; i < count; i++) {
        const GPtrArray *clients = tiers[i]->clients;

        if (tiers[i]->tier[0] != '\0')
            lines_add(to, STYLE_NORMAL, g_strdup_printf("  tier %s", tiers[i]->tier));
        for (unsigned k = 0; k < MIN(clients->len, CLIENTS_SHOWN); k++)
            add_client(to, g_ptr_array_index(clients, k));
        if (clients->len > CLIENTS_SHOWN)
            lines_add(to, STYLE_DIM,
                      g_strdup_printf("    and %u more", clients->len - CLIENTS_SHOWN));
    }
}

static void add_process(Lines *to, const HeddleProc *proc)
{
    g_autofree char *name = local_name(proc), *url = NULL, *since = clock_local(proc->started_us);
    g_autofree char *head = NULL, *line = NULL;

    url = proc->url != NULL ? nats_url_mask(proc->url) : g_strdup("the URL of its config");
    head = g_strdup_printf("%s since %s: %s", name, since, proc->command);
    line = g_strdup_printf("tier %s%s, %s%s%s", proc->tier != NULL ? proc->tier : "none",
                           proc->tier != NULL && !proc->tier_given ? " by default" : "", url,
                           !proc->sockets_readable  ? ", another user's: its connections and its "
                                                      "environment cannot be seen"
                           : local_is_cut_off(proc) ? ", without a TCP connection"
                                                    : "",
                           proc->state == 'T' ? ", stopped" : "");
    lines_text(to, STYLE_NORMAL, 2, head);
    lines_text(to, local_is_cut_off(proc) ? STYLE_FAIL : STYLE_NORMAL, 4, line);
}

static void add_processes(Lines *to, const Model *model, const Actor *actor)
{
    g_autoptr(GPtrArray) procs = local_procs(model, actor);

    if (procs->len == 0)
        return;
    lines_blank(to);
    lines_add(to, STYLE_DIM, g_strdup("on this machine"));
    for (unsigned i = 0; i < procs->len; i++)
        add_process(to, g_ptr_array_index(procs, i));
}

static const char *const mark_labels[LOG_MARKS] = {
    [LOG_CONNECTED] = "connected",  [LOG_SUBSCRIBED] = "listens",  [LOG_DISCONNECTED] = "lost",
    [LOG_RELOAD_FAILED] = "reload", [LOG_EXCEPTION] = "exception", [LOG_VIOLATION] = "refused",
    [LOG_REFUSED] = "no start",     [LOG_WARNED] = "warned",       [LOG_STOPPED] = "stopped",
};

static void add_log(Lines *to, const Actor *actor)
{
    const LogSummary *log = actor->log.summary;
    g_autofree char *path = NULL;

    if (actor->log.path == NULL)
        return;
    path = text_clean(raw_text(actor->log.path), 0);
    lines_blank(to);
    lines_add(to, STYLE_DIM, g_strdup_printf("its log %s", path));
    if (log == NULL || log->trouble[0] != '\0') {
        lines_text(to, STYLE_WARN, 2, log == NULL ? "not read yet" : log->trouble);
        return;
    }
    for (LogMark mark = 0; mark < LOG_MARKS; mark++) {
        const LogNote *note = &log->notes[mark];
        g_autofree char *at = note->at_us != 0 ? clock_local(note->at_us) : g_strdup("?");
        g_autofree char *line = g_strdup_printf("%s%s %s", note->exact ? "" : "~", at, note->text);

        if (note->seen)
            lines_field(to, mark_labels[mark], line);
    }
}

void window_local_lines(Lines *to, const Model *model, const Actor *actor)
{
    add_bus(to, model, actor);
    add_processes(to, model, actor);
    add_log(to, actor);
}
