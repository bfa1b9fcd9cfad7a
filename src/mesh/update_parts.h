/* The parts of update(), one file each: what only they call among each other. */
#ifndef MESH_UPDATE_PARTS_H
#define MESH_UPDATE_PARTS_H

#include "mesh/update.h"

/* Periods and limits, microseconds. */
#define SECOND          G_USEC_PER_SEC
#define SILENT_AFTER    (SECOND * 3 / 2) /* the server answers a heartbeat every second */
#define WALK_FLEET      (1 * SECOND)
#define WALK_A_FILE     (SECOND / 250) /* a fleet of thousands is walked less often */
#define PROBE_AGAIN     (30 * SECOND)  /* one that holds */
#define PROBE_AGAIN_BAD (3 * SECOND)   /* one that broke */
#define ROSTER_AGAIN    (2 * SECOND)
#define ROSTER_REFUSED  (30 * SECOND)
#define ROSTER_QUIET    (SECOND * 3 / 20) /* no server answers any more */
#define SMOKE_EVERY     (5 * SECOND)
#define SMOKE_LATE      (60 * SECOND) /* an answer is still looked for */

/* update_link.c: the connection in force and the one being proved. */
void update_link(Model *model, const Event *event, Effects *effects);
void update_link_tick(Model *model, Effects *effects);
void update_set_url(Model *model, const char *url, Origin origin, Effects *effects);
void update_let_go(Model *model, Effects *effects);
void update_connect(Model *model, Effects *effects);

/* update_actors.c: files, panels, and which URL each needs proved. */
void update_fleet(Model *model, const Fleet *fleet, Effects *effects);
void update_config(Model *model, const Event *event, Effects *effects);
void update_actors_tick(Model *model, Effects *effects);
void update_recheck_actor(Model *model, Actor *actor, Effects *effects);
void update_panels(Model *model);

/* update_probes.c. The first: bytes of the smoke as it would be published now, about. */
gsize update_smoke_bytes(const Model *model);
void update_probes_sync(Model *model, Effects *effects);
void update_probes_tick(Model *model, Effects *effects);
void update_probe(Model *model, const Event *event);
void update_probe_now(Model *model, Probe *probe, Effects *effects);

/* update_smoke.c */
void update_smoke_ask(Model *model, const char *task_id, Effects *effects);
void update_smoke_news(Model *model, const LinkNews *news);
void update_smoke_lost(Model *model);
void update_smoke_tick(Model *model, const char *task_id, Effects *effects);

/* update_watch.c: the sampled bus and the roster. */
void update_sample(Model *model, const Event *event);
void update_watch_tick(Model *model);
void update_watch_reset(Model *model);
void update_roster(Model *model, const Event *event);
void update_roster_refused(Model *model, const char *why);
void update_roster_tick(Model *model, Effects *effects);

#endif
