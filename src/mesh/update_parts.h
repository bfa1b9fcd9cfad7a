/* The parts of update(), one file each: what only they call among each other. */
#ifndef MESH_UPDATE_PARTS_H
#define MESH_UPDATE_PARTS_H

#include "mesh/update.h"

/* Periods and limits, microseconds. */
#define SECOND             G_USEC_PER_SEC
#define SILENT_AFTER       (SECOND * 3 / 2) /* the server answers a heartbeat every second */
#define POLL_ENV           (1 * SECOND)     /* a stat(2) each */
#define WALK_FLEET         (1 * SECOND)
#define WALK_A_FILE        (SECOND / 250) /* a fleet of thousands is walked less often */
#define PROBE_AGAIN        (30 * SECOND)  /* one that holds */
#define PROBE_AGAIN_BAD    (3 * SECOND)   /* one that broke */
#define ADDRESS_AGAIN      (4 * SECOND)
#define RIGHTS_AGAIN       (SECOND / 2) /* one whose rights are complained about */
#define ROSTER_AGAIN       (2 * SECOND) /* or ROSTER_SHARE times what a round costs */
#define ROSTER_SHARE       10
#define ROSTER_REFUSED     (30 * SECOND)
#define IDLE_AGAIN         (10 * SECOND)
#define SERVER_MISSED      (15 * SECOND)  /* one that does not answer any more is gone for good */
#define ROSTER_QUIET_ALONE (SECOND / 25)  /* … where there is no cluster */
#define STRANGER_KEPT      (600 * SECOND) /* gone from the bus */
#define ROSTER_QUIET       (SECOND * 3 / 20) /* no server answers any more */
#define PROCS_AGAIN        (5 * SECOND)      /* or PROCS_SHARE times what a look costs */
#define PROCS_SHARE        50
#define LOG_AGAIN          (2 * SECOND)
#define SMOKE_EVERY        (5 * SECOND)
#define SMOKE_LATE         (60 * SECOND) /* an answer is still looked for */
#define SMOKE_ROSTER       (SECOND / 4)  /* without one by then the roster is asked */

/* update_link.c: the connection in force. */
void update_link(Model *model, const Event *event, Effects *effects);
void update_link_tick(Model *model, Effects *effects);
/* It is in `state` since then; a move that is not legal ends the program. `news` of LINK_NEWS_UP:
 * it stands. A copy of `ladder` in place of another, or of none. */
void update_link_state(Model *model, LinkState state, gint64 since_us);
void update_link_up(Model *model, const LinkNews *news);
void update_ladder(Ladder **place, const Ladder *ladder);

/* update_url.c: the URL in force and the one being proved. update_proving(): news of the latter.
 * update_forget_former(): there is no way back to the URL before. */
void update_set_url(Model *model, const char *url, Origin origin, Effects *effects);
void update_let_go(Model *model, Effects *effects);
void update_connect(Model *model, Effects *effects);
void update_proving(Model *model, const LinkNews *news, Effects *effects);
void update_forget_former(Model *model);

/* update_actors.c: files, panels, and which URL each needs proved. */
void update_fleet(Model *model, const Fleet *fleet, Effects *effects);
void update_config(Model *model, const Event *event, Effects *effects);
void update_actors_tick(Model *model, Effects *effects);
void update_recheck_actor(Model *model, Actor *actor, Effects *effects);
void update_panels(Model *model);
/* When panels that wait for more configs are put right at the latest; G_MAXINT64: none wait. */
gint64 update_panels_due(const Model *model);

/* update_env.c: environments, and what the profile says of an actor. `actor` NULL: the one of all.
 */
void update_env(Model *model, const Event *event);
void update_env_now(Model *model, Actor *actor, Effects *effects);
gboolean update_env_poll(Model *model, Actor *actor, Effects *effects);
void update_profile(Model *model, Actor *actor, Effects *effects);

/* update_probes.c. The first: bytes of the smoke as it would be published now, about. */
gsize update_smoke_bytes(const Model *model);
void update_probes_sync(Model *model, Effects *effects);
void update_probes_tick(Model *model, Effects *effects);
void update_probe(Model *model, const Event *event);
void update_probe_now(Model *model, Probe *probe, Effects *effects);

/* update_address.c. The first: a look-up or a climb found these, sorted; NULL: none. */
void update_address_known(Model *model, Probe *probe, char *const *addresses);
void update_address(Model *model, const Event *event, Effects *effects);
void update_address_tick(Model *model, Effects *effects);

/* update_smoke.c */
void update_smoke_ask(Model *model, const char *task_id, Effects *effects);
void update_smoke_news(Model *model, const LinkNews *news, Effects *effects);
void update_smoke_lost(Model *model);
void update_smoke_tick(Model *model, const char *task_id, Effects *effects);
/* A new roster is known: it may show where a smoke died. Does one wait for a roster? */
void update_smoke_roster(Model *model);
gboolean update_smoke_wants_roster(const Model *model, const Smoke *smoke);

/* update_bus.c: the watch of heddle.> and the sentinel. update_bus_afresh(): another link is in
 * force. */
void update_bus_sample(Model *model, const Event *event);
void update_bus_news(Model *model, const LinkNews *news);
void update_bus_afresh(Model *model, gboolean other_url, Effects *effects);
void update_listen(Model *model, LinkStream stream, gboolean on, Effects *effects);
void update_poison(Model *model, const Event *event);

/* update_watch.c: the sampled bus. */
WatchRow *update_watch_row(TapRecord *record);
void update_sample(Model *model, const Event *event);
void update_watch_tick(Model *model);
void update_watch_reset(Model *model);

/* update_roster.c: who is subscribed. */
void update_roster(Model *model, const Event *event, Effects *effects);
void update_roster_reply(Model *model, const LinkNews *news);
void update_roster_refused(Model *model, const char *why, Effects *effects);
void update_roster_tick(Model *model, Effects *effects);
gint64 update_roster_quiet(const Model *model);
/* Forget what is known: another connection is in force; or only ask anew. */
void update_roster_forget(Model *model);
void update_roster_again(Model *model);

/* update_local.c: the processes of this machine, and the actors' logs. */
void update_procs(Model *model, const Event *event);
void update_log(Model *model, const Event *event);
void update_local_tick(Model *model, Effects *effects);

/* update_presence.c: what a new roster says of each actor, and who is on it without a config. */
void update_presence(Model *model);
void update_presence_forget(Model *model);

#endif
