/* A story: a model told as events, with a clock of its own, for tests without server or terminal.
 */
#ifndef TESTS_SUPPORT_STORY_H
#define TESTS_SUPPORT_STORY_H

#include "mesh/findings.h"
#include "mesh/update.h"

typedef struct Story {
    Model *model;
    Effects *effects; /* all that were asked for so far */
    gint64 now_us, now_wall;
    char *connz;      /* the last roster told; NULL: none */
    Traffic *traffic; /* of story_bus(); NULL: none yet */
} Story;

/* A model that has just started: 2026-11-23T14:02:00Z, smoke deadline 5 s. */
Story *story_new(const char *url);
/* … and whose link has come up. */
Story *story_up(const char *url);
/* … in which all is well besides: the environment is set, these configs were checked, and a router
 * and the processor `echo` have subscribed. Such configs are story_pair, such words
 * story_listening. */
Story *story_well(const char *const *files);
extern const char *const story_pair[], *const story_listening[];
void story_free(Story *story);

/* Take an event in, stamped with the story's time unless it has one. Owns it. */
void story_post(Story *story, Event *event);

/* Let time pass in ticks of 100 ms: in silence, or with a heartbeat every second. */
void story_wait(Story *story, double seconds);
void story_keep_alive(Story *story, double seconds);

/* News of the link in force (or of another one), each 0.1 ms after the last. */
void story_rtt(Story *story, double ms);
void story_tell(Story *story, LinkNewsKind kind, Cause cause, const char *text);
void story_lost(Story *story, Cause cause, const char *text);
void story_lost_link(Story *story, unsigned number, Cause cause, const char *text);
void story_link_up(Story *story, unsigned number);
void story_broken(Story *story, RungId rung, Cause cause, const char *text);

/* News that have more to say: of a link, of now; take them in. */
LinkNews *story_news(const Story *story, unsigned link, LinkNewsKind kind);
void story_post_news(Story *story, LinkNews *news);

/* A link's climb ended with `ladder`, which is taken. */
void story_climb(Story *story, unsigned number, Ladder *ladder);

/* The URL is edited: the link's, or that of the actor of panel `index`. */
void story_set_url(Story *story, const char *url);
void story_own_url(Story *story, unsigned index, const char *url);

/* A ladder on which all holds, or that broke. Caller frees. */
Ladder *story_ladder(RungId broken, Cause cause, const char *text);
/* One on which all holds but this rung. Caller frees. */
Ladder *story_rung(RungId id, State state, Cause cause, const char *text);
/* The climb of `probe` ends with `ladder`, which is taken. */
void story_climbed(Story *story, Probe *probe, Ladder *ladder);

/* Ask for a smoke; returns it. What follows is about the newest: `ms` after it was sent. */
const Smoke *story_smoke(Story *story);
void story_sent(Story *story, double ms);
void story_no_responders(Story *story);
void story_match(Story *story, TapClass class, const char *subject, const char *body, double ms);
void story_result(Story *story, const char *status, double ms);

/* A fleet of configs that were checked: `files` is a NULL-terminated list of "kind:name" words. */
void story_fleet(Story *story, const char *const *files);
/* Environment in which all is set, or nothing. */
void story_env(Story *story, gboolean set);
/* What a profile says, from before the fleet is told; an actor's own env file, likewise. */
void story_profile(Story *story, const char *yaml);
void story_env_file(Story *story, const Actor *actor, gboolean set);
/* Who is subscribed: "subject queue" words. */
void story_roster(Story *story, const char *const *subscribers);
/* Likewise, as a server's reply; and which connections have subscribed least. */
void story_connz(Story *story, const char *json);
void story_idle(Story *story, const char *json);
/* The first finding with this id; NULL: there is none. */
const Finding *story_finding(const Story *story, const char *id);
/* A message on the bus. */
void story_message(Story *story, TapClass class, const char *bytes);

/* The whole bus: the operator turns to it or away; a message on it; the guard's word; a message
 * that the sentinel found suspect. */
void story_listen(Story *story, LinkStream stream, gboolean on);
void story_bus(Story *story, const char *subject, const char *bytes);
void story_narrowed(Story *story, LinkStream stream, StreamWidth width, const char *why);
void story_suspect(Story *story, const char *subject, const char *bytes);

/* Time passes without a tick. */
void story_pass_ms(Story *story, double ms);

/* How many effects of a kind were asked for; the last of a kind; all as text (caller frees). */
int story_effects(const Story *story, EffectKind kind);
const Effect *story_last(const Story *story, EffectKind kind);
char *story_log(const Story *story);

#endif
