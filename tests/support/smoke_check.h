/* Smokes on a mesh of a router, a processor `echo` and a pipeline, told as a story, and what is
 * expected of them. */
#ifndef TESTS_SUPPORT_SMOKE_CHECK_H
#define TESTS_SUPPORT_SMOKE_CHECK_H

#include "mesh/verdict.h"
#include "tests/support/story.h"

#define SMOKE_URL "nats://127.0.0.1:4222"

/* Who subscribes, for smoke_story() and story_roster(), beside story_listening: nobody but a
 * listener on a wildcard, as `heddle ui` is one; nobody. */
extern const char *const smoke_monitor[], *const smoke_nobody[];

/* A story that is up, with the configs of the mesh and these subscribers. */
Story *smoke_story(const char *const *subscribers);

/* News of the link about the newest smoke; of LINK_NEWS_TRACE `text` is the trace. */
void smoke_news(Story *story, LinkNewsKind kind, Cause cause, const char *text);

/* From here on the server is one that traces. */
void smoke_traces(Story *story);

void smoke_set_mode(Story *story, SmokeMode mode);

/* Has the hop evidence from `source` that says `text`? */
gboolean smoke_has_evidence(const Smoke *smoke, HopId id, HopSource source, const char *text);

/* Fail the test unless that is its verdict, its text says `text` and its remedy is this one (NULL:
 * none); unless what the operator is told to type begins so. */
void smoke_expect(const Smoke *smoke, SmokeVerdict verdict, const char *text, const char *remedy);
void smoke_expect_next(const Story *story, const Smoke *smoke, const char *begin);

#endif
