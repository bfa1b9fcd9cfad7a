/* What the files of findings share, and nobody else includes. A detector looks at the model and
 * adds what it finds. */
#ifndef MESH_FINDINGS_PARTS_H
#define MESH_FINDINGS_PARTS_H

#include "mesh/facts.h"
#include "mesh/findings.h"

typedef GPtrArray Found; /* of Finding * */

/* Add one, about `what` (an actor's name, a connection: with the id it is the key). Takes `text`.
 * Returns it, for its evidence and what to type. */
Finding *found_add(Found *found, const char *id, State state, const char *what, char *text);

/* A detector gives at most so many of one id: strangers can make as many as they open connections.
 * findings_refresh() tells them as one, and that there may be others. */
enum { FOUND_MOST = 200 };

/* May the detector at work, which adds nothing but findings of this id, add another? */
gboolean found_room(const Found *found, const char *id);

/* Add a line of evidence; takes it. */
void found_evidence(Finding *finding, char *line);

/* What to type, from the remedy of the finding's id filled in for `actor` (NULL: the link). */
void found_remedy(Finding *finding, const Model *model, const Actor *actor);

/* What brings these actors (of Actor *) back, to be pasted as it is: a command a line, none of
 * which keeps the terminal unless it is the only one. NULL: nothing can be typed. Caller frees. */
char *found_restarts(const Model *model, const GPtrArray *actors);

/* "router router_rules", "processor echo". Caller frees. */
char *found_name(const Actor *actor);

/* "connection 7 from 10.0.0.7:4001 (python3 2.16.0), up for 3 m, on n1". Caller frees. */
char *found_client(const RosterClient *client);

/* How many lines of evidence are told of what can be many. */
enum { EVIDENCE_MOST = 12 };

/* Add found_client() of each of these (of RosterClient *) to the evidence, EVIDENCE_MOST at most.
 */
void found_clients(Finding *finding, const GPtrArray *clients);

/* Is the roster known, whole, and of a connection that stands? */
gboolean found_roster(const Model *model);

/* findings_link.c */
void find_broken_link(const Model *model, Found *found);

/* findings_lost.c */
/* It went with our own connection and has had the time to come back; or its process, which can be
 * seen, lives without any connection. */
gboolean found_is_zombie(const Model *model, const Actor *actor);
void find_zombies(const Model *model, Found *found);
void find_poison(const Model *model, Found *found);

/* findings_bus.c */
void find_refused_subscriptions(const Model *model, Found *found);
void find_double_workers(const Model *model, Found *found);
void find_wrong_command(const Model *model, Found *found);
void find_ungrouped_routers(const Model *model, Found *found);
void find_other_tier(const Model *model, Found *found);
void find_bogus_tier(const Model *model, Found *found);
void find_wide_name(const Model *model, Found *found);
void find_double_goals(const Model *model, Found *found);
void find_slow_actor(const Model *model, Found *found);
void find_unheard_dead_letters(const Model *model, Found *found);

/* findings_running.c */
void find_no_router(const Model *model, Found *found);
void find_not_running(const Model *model, Found *found);
void find_stuck_start(const Model *model, Found *found);

/* findings_config.c */
void find_bad_configs(const Model *model, Found *found);
void find_url_split(const Model *model, Found *found);
void find_in_logs(const Model *model, Found *found);
void find_env_notes(const Model *model, Found *found);

#endif
