/* The live row: is somebody subscribed on this actor's subject, as the actor would be? It is what
 * Heddle's own checks cannot tell. */
#include <string.h>

#include "base/clock.h"
#include "mesh/verdict_parts.h"

/* "heddle.tasks.echo.local" is "…tasks.echo.local" on a row. */
static const char *short_subject(const char *subject)
{
    return g_str_has_prefix(subject, "heddle.") ? subject + strlen("heddle.") : subject;
}

static Check here(const char *subject, unsigned count)
{
    return check_of(STATE_OK, g_strdup_printf("%u on …%s", count, short_subject(subject)),
                    g_strdup_printf("%u subscribed on %s", count, subject));
}

/* Of those on `subject`, who is of another kind that is meant to be there too: pipelines and
 * orchestrators meet on one subject. Worker and processor do so by name, and one of them is wrong.
 */
static unsigned by_design(const Model *model, ActorKind kind, const char *subject)
{
    const char *pattern = kind_info(kind)->subject;
    unsigned count = 0;

    for (ActorKind other = KIND_UNKNOWN + 1; other < KIND_COUNT; other++)
        if (other != kind && strstr(pattern, "%n") == NULL &&
            g_strcmp0(kind_info(other)->subject, pattern) == 0)
            count += roster_count(model->roster.roster, subject, kind_info(other)->queue);
    return count;
}

/* The queue group says which command started it: another kind, or Heddle from git. */
static Check others_here(const char *subject, const char *queue, unsigned others)
{
    Check check =
        check_of(STATE_WARN, g_strdup_printf("%u other on …%s", others, short_subject(subject)),
                 g_strdup_printf("%u subscribed on %s, but not in queue group %s", others, subject,
                                 queue != NULL ? queue : "(none)"));

    check.cause = "wrong_command";
    check.remedy = "wrong_command";
    return check;
}

static Check on_other_tier(const Model *model, const Actor *actor, const char *subject)
{
    unsigned count;
    BusActor *const *found = actor_tiers_on_bus(model, actor, &count);
    g_autoptr(GString) tiers = g_string_new(NULL);
    Check check;

    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(tiers, "%s%s", i > 0 ? ", " : "", found[i]->tier);
    check = check_of(
        STATE_WARN, g_strdup_printf("on %s, not %s", tiers->str, actor_tier(model, actor)),
        g_strdup_printf("nobody is subscribed on %s; it runs on tier %s", subject, tiers->str));
    check.cause = check.remedy = "other_tier";
    return check;
}

/* It went with a connection that was lost, and others' are back: Heddle 0.9.2 never reconnects. */
static Check not_back(const Model *model, const Actor *actor, const char *subject)
{
    g_autofree char *lost = clock_local(actor->presence.lost_wall);
    Check check;

    if (!actor_is_left_behind(model, actor))
        return check_of(STATE_PENDING, g_strdup_printf("not back yet, lost %s", lost),
                        g_strdup_printf("it went with the connection at %s, and may be on its way "
                                        "back to %s",
                                        lost, subject));
    check = check_of(
        STATE_FAIL, g_strdup_printf("zombie since %s", lost),
        g_strdup_printf("it has not come back to %s since the connection was lost at %s; Heddle's "
                        "actors never do by themselves: restart it",
                        subject, lost));

    check.cause = check.remedy = "zombie";
    return check;
}

/* Others are there, by design: "heddle.goals.incoming in queue group orchestrators". */
static char *place_of(const char *subject, const char *queue, unsigned siblings)
{
    return siblings > 0 ? g_strdup_printf("%s in queue group %s", subject, queue)
                        : g_strdup(subject);
}

static const char *nobody_remedy(ActorKind kind)
{
    return kind == KIND_ROUTER                                  ? "no_router"
           : kind == KIND_PIPELINE || kind == KIND_ORCHESTRATOR ? "not_running"
                                                                : "no_worker";
}

static Check nobody(const Actor *actor, const char *subject)
{
    const Presence *presence = &actor->presence;
    g_autofree char *since = presence->gone_wall != 0 ? clock_local(presence->gone_wall) : NULL;
    Check check =
        since == NULL
            ? check_of(STATE_FAIL, g_strdup_printf("nobody on …%s", short_subject(subject)),
                       g_strdup_printf("nobody is subscribed on %s", subject))
            : check_of(STATE_FAIL, g_strdup_printf("gone since %s", since),
                       g_strdup_printf("nobody is subscribed on %s; it is gone from the bus since "
                                       "%s, before that %u %s there",
                                       subject, since, presence->most,
                                       presence->most == 1 ? "was" : "were"));

    check.cause = "not_running";
    check.remedy = nobody_remedy(actor_kind(actor));
    return check;
}

static Check count_all(const Model *model, const Actor *actor, const char *subject)
{
    g_autofree char *name = actor_name(actor);
    g_autofree char *queue = kind_queue(actor_kind(actor), name);
    unsigned count = roster_count(model->roster.roster, subject, queue), tiers;
    unsigned siblings = by_design(model, actor_kind(actor), subject);
    unsigned others = roster_count(model->roster.roster, subject, "*") - count;
    g_autofree char *place = place_of(subject, queue, siblings);
    Check check;

    others -= MIN(others, siblings);
    /* Heddle from git puts its routers in no group, and the name of a stranger is what it was seen
     * by: neither is somebody else. */
    if (count == 0 && others > 0 && (actor_is_stranger(actor) || actor_kind(actor) == KIND_ROUTER))
        count = actor_replicas(model, actor);
    if (count > 0)
        check = here(subject, count);
    else if (others > 0)
        check = others_here(subject, queue, others);
    else if (actor_tiers_on_bus(model, actor, &tiers) != NULL && !actor_is_stranger(actor))
        check = on_other_tier(model, actor, subject);
    else if (roster_is_partial(model))
        check = check_of(STATE_UNKNOWN, g_strdup("cannot see: a server is silent"),
                         g_strdup("a server of the cluster does not answer who is subscribed: it "
                                  "may be there"));
    else if (roster_is_of_part(model))
        check =
            check_of(STATE_UNKNOWN, g_strdup("cannot see: another account"),
                     g_strdup("nobody in this account is subscribed on its subject, and a smoke "
                              "was answered all the same: they listen in another account"));
    else if (actor->presence.gone_us != 0 && actor->presence.with_link)
        check = not_back(model, actor, subject);
    else
        check = nobody(actor, place);
    check.replicas = (int)count;
    return check;
}

/* What was last seen is said with its age, never as if it were so now. */
static char *last_seen(const Model *model, const Actor *actor)
{
    const Presence *presence = &actor->presence;
    g_autofree char *age = NULL;

    if (presence->seen_us == 0 || presence->gone_us != 0)
        return NULL;
    age = clock_span(model->now_us - presence->seen_us);
    return g_strdup_printf("last seen %s ago", age);
}

static Check unknown(const Model *model, const Actor *actor)
{
    const RosterView *roster = &model->roster;
    g_autofree char *seen = last_seen(model, actor);

    if (model->link.state != LINK_UP)
        return check_of(model->link.state == LINK_CONNECTING ? STATE_PENDING : STATE_UNKNOWN,
                        g_strdup(seen != NULL ? seen : "cannot see: no connection"),
                        g_strdup_printf("who is subscribed cannot be seen without a connection%s%s",
                                        seen != NULL ? "; " : "", seen != NULL ? seen : ""));
    if (roster->state == ROSTER_CANNOT_TELL)
        return check_of(STATE_UNKNOWN, g_strdup("cannot tell"),
                        g_strdup_printf("cannot tell who is subscribed: %s", roster->why));
    return check_of(STATE_PENDING, g_strdup("…"), g_strdup("asking who is subscribed"));
}

Check verdict_live(const Model *model, const Actor *actor)
{
    g_autofree char *name = actor_name(actor);
    g_autofree char *subject = NULL;

    if (actor->config == NULL && !actor_is_stranger(actor))
        return check_of(STATE_PENDING, g_strdup("…"), g_strdup("not looked at yet"));
    subject = kind_subject(actor_kind(actor), name, actor_tier(model, actor));
    if (subject == NULL)
        return check_of(STATE_SKIPPED, g_strdup("listens on no subject"),
                        g_strdup("this kind subscribes nothing that could be seen"));
    if (actor->probe != model->probe)
        return check_of(STATE_UNKNOWN, g_strdup("cannot see: another URL"),
                        g_strdup("it uses another URL than this connection"));
    if (model->link.state != LINK_UP || model->roster.state != ROSTER_KNOWN)
        return unknown(model, actor);
    return count_all(model, actor, subject);
}
