/* Traps that the roster shows by who is not on it: no router, actors that are declared here and do
 * not run, clients that stopped between connect and subscribe. */
#include <string.h>

#include "base/clock.h"
#include "mesh/findings_parts.h"

enum { NAMES_MOST = 40 };
#define STUCK_AFTER_S 10

/* How old what is told is. */
static char *roster_age(const Model *model)
{
    g_autofree char *age = clock_span(model->now_us - model->roster.as_of_us);

    return g_strdup_printf("of %u connections on %u %s, asked %s ago",
                           model->roster.roster->connections, model->roster.roster->servers,
                           model->roster.roster->servers == 1 ? "server" : "servers", age);
}

/* Its config ends it at its start, or makes it do harm: find_bad_configs() and find_wide_name()
 * tell, and starting it mends nothing. */
static gboolean is_doomed(const Actor *actor)
{
    g_autofree char *name = actor_name(actor);

    return actor->config == NULL || actor->config->outcome != CONFIG_VALID ||
           actor->config->warning != NULL || strpbrk(name, "*>") != NULL;
}

void find_no_router(const Model *model, Found *found)
{
    Finding *finding;

    if (!found_roster(model) || roster_count(model->roster.roster, SUBJECT_INCOMING, "*") > 0)
        return;
    if (model->panels->len == 0) { /* nor anybody else: is it the right server? */
        finding = found_add(found, "empty_bus", STATE_WARN, "",
                            g_strdup(model->skipped->len == 0
                                         ? "no Heddle actor is on this bus, and no config is given"
                                         : "no Heddle actor is on this bus, and what was given "
                                           "has no actor's config"));
        for (unsigned i = 0; i < MIN(model->skipped->len, EVIDENCE_MOST); i++) {
            const FleetSkip *skip = g_ptr_array_index(model->skipped, i);
            g_autofree char *path = text_clean(raw_text(skip->path), 0);

            found_evidence(finding, g_strdup_printf("%s: %s", path, skip->reason));
        }
        found_evidence(finding, roster_age(model));
        found_remedy(finding, model, NULL);
        return;
    }
    finding = found_add(found, "no_router", STATE_FAIL, "",
                        g_strdup("no router: nobody listens on " SUBJECT_INCOMING
                                 ", so every task is lost as it is sent"));
    found_evidence(finding, roster_age(model));
    if (model->roster.bus->monitors > 0)
        found_evidence(finding,
                       g_strdup_printf("%u %s to all of heddle.>, which hides this from whoever "
                                       "publishes",
                                       model->roster.bus->monitors,
                                       model->roster.bus->monitors == 1 ? "listens" : "listen"));
    found_remedy(finding, model, NULL);
    for (unsigned i = 0; i < model->panels->len; i++) {
        const Actor *actor = g_ptr_array_index(model->panels, i);

        if (actor_kind(actor) == KIND_ROUTER && !actor_is_stranger(actor) && !is_doomed(actor)) {
            g_free(finding->next);
            finding->next = actor_restart(model, actor);
        }
    }
}

/* Pipelines and orchestrators share their subject, so there only the queue group says who it is.
 * Elsewhere another group on the subject is a finding of its own. */
static gboolean is_on_bus(const Model *model, const Actor *actor)
{
    ActorKind kind = actor_kind(actor);
    gboolean shares = kind == KIND_PIPELINE || kind == KIND_ORCHESTRATOR;
    g_autofree char *name = actor_name(actor);
    g_autofree char *subject = kind_subject(kind, name, actor_tier(model, actor));
    g_autofree char *queue = shares ? kind_queue(kind, name) : g_strdup("*");
    unsigned count;

    return subject == NULL || roster_count(model->roster.roster, subject, queue) > 0 ||
           (!shares && actor_tiers_on_bus(model, actor, &count) != NULL);
}

/* Declared here and not there; neither a zombie, which is told by that name, nor one that may still
 * come back after a lost connection. */
static gboolean is_missing(const Model *model, const Actor *actor)
{
    return !actor_is_stranger(actor) && actor->config != NULL &&
           actor->config->outcome == CONFIG_VALID && actor->probe == model->probe &&
           actor_kind(actor) != KIND_ROUTER && /* find_no_router() tells */
           !actor->presence.with_link && !is_on_bus(model, actor) && !found_is_zombie(model, actor);
}

/* "worker w1", and its file where that has another name: two files may hold one. */
static char *missing_name(const Actor *actor)
{
    g_autofree char *shown = found_name(actor), *name = actor_name(actor);
    g_autofree char *base = g_path_get_basename(actor->path);
    g_autofree char *path = text_clean(raw_text(actor->path), 0);
    const char *dot = strrchr(base, '.');
    gsize len = dot != NULL ? (gsize)(dot - base) : strlen(base);

    return strlen(name) == len && strncmp(name, base, len) == 0
               ? g_steal_pointer(&shown)
               : g_strdup_printf("%s (%s)", shown, path);
}

static char *missing_line(const Actor *actor)
{
    g_autofree char *shown = missing_name(actor);
    g_autofree char *since =
        actor->presence.gone_wall != 0 ? clock_local(actor->presence.gone_wall) : NULL;

    return since != NULL      ? g_strdup_printf("%s: gone since %s", shown, since)
           : is_doomed(actor) ? g_strdup_printf("%s: nobody on its subject, and its config would "
                                                "do harm",
                                                shown)
                              : g_strdup_printf("%s: nobody on its subject", shown);
}

/* The names of those that are told no more of. */
static char *other_names(const GPtrArray *actors, unsigned from)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (unsigned i = from; i < MIN(actors->len, from + NAMES_MOST); i++) {
        g_autofree char *name = found_name(g_ptr_array_index(actors, i));

        g_string_append_printf(names, "%s%s", i > from ? ", " : "", name);
    }
    return g_strdup_printf("and %u more: %s%s", actors->len - from, names->str,
                           actors->len > from + NAMES_MOST ? ", …" : "");
}

void find_not_running(const Model *model, Found *found)
{
    g_autoptr(GPtrArray) missing = g_ptr_array_new(), startable = g_ptr_array_new();
    Finding *finding;

    if (!found_roster(model))
        return;
    for (unsigned i = 0; i < model->panels->len; i++) {
        Actor *actor = g_ptr_array_index(model->panels, i);

        if (!is_missing(model, actor))
            continue;
        g_ptr_array_add(missing, actor);
        if (!is_doomed(actor))
            g_ptr_array_add(startable, actor);
    }
    if (missing->len == 0)
        return;
    finding = found_add(found, "not_running", STATE_FAIL, "",
                        g_strdup_printf("%u declared here %s not on the bus", missing->len,
                                        missing->len == 1 ? "is" : "are"));
    finding->count = missing->len;
    for (unsigned i = 0; i < MIN(missing->len, EVIDENCE_MOST); i++)
        found_evidence(finding, missing_line(g_ptr_array_index(missing, i)));
    if (missing->len > EVIDENCE_MOST)
        found_evidence(finding, other_names(missing, EVIDENCE_MOST));
    finding->next = startable->len > 0 ? found_restarts(model, startable) : NULL;
}

static gboolean is_idle(const RosterClient *client)
{
    return client->subscriptions == 0 && client->sub_len == 0 && !client->leaf &&
           g_str_equal(client->lang, "python3") && client->uptime_s >= STUCK_AFTER_S;
}

static unsigned declared_gateways(const Model *model)
{
    unsigned count = 0;

    for (unsigned i = 0; i < model->panels->len; i++)
        count += actor_kind(g_ptr_array_index(model->panels, i)) == KIND_MCP;
    return count;
}

/* Somebody is declared and not there, and somebody else is connected and listens to nothing: that
 * may be it, stuck between connect and subscribe. It may as well be a gateway or a publisher. */
void find_stuck_start(const Model *model, Found *found)
{
    const Roster *idle = model->roster.idle;
    g_autoptr(GPtrArray) clients = g_ptr_array_new();
    gboolean missing = FALSE;
    Finding *finding;

    if (!found_roster(model) || idle == NULL)
        return;
    for (unsigned i = 0; i < model->panels->len && !missing; i++)
        missing = is_missing(model, g_ptr_array_index(model->panels, i));
    for (unsigned i = 0; i < idle->clients->len; i++)
        if (is_idle(roster_client(idle, i)))
            g_ptr_array_add(clients, (gpointer)roster_client(idle, i));
    if (!missing || clients->len <= declared_gateways(model))
        return;
    finding =
        found_add(found, "stuck_start", STATE_WARN, "",
                  g_strdup_printf("%u Python %s connected and subscribed to nothing: an "
                                  "idle MCP gateway, a publisher, or an actor stuck in its "
                                  "start",
                                  clients->len, clients->len == 1 ? "client is" : "clients are"));
    finding->count = clients->len;
    found_clients(finding, clients);
    found_remedy(finding, model, NULL);
}
