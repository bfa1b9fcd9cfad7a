/* A link and what a test hears of it: its news in a queue, its messages in taps. */
#ifndef TESTS_SUPPORT_EAR_H
#define TESTS_SUPPORT_EAR_H

#include "base/queue.h"
#include "nats/link.h"

typedef struct Ear {
    Queue *queue; /* of LinkNews * */
    Tap *tap, *bus;
    Traffic *traffic;
    Link *link;
} Ear;

/* How to open a link whose news and messages go to `ear`: it watches heddle.results.default, and
 * the limits of its streams are small, so that a flood need not be one. The sentinel suspects
 * arrays. Free with ear_close() or ear_free(). */
LinkHow ear_how(Ear *ear, const char *url, int timeout_ms);

/* Open a link that has the floor; with what the URL does not say and a monitoring port to ask,
 * either of which may be NULL; or wait until it is up as well. */
void ear_open(Ear *ear, const char *url, int timeout_ms);
void ear_open_with(Ear *ear, const char *url, Access *access, int timeout_ms,
                   const char *monitor_url);
void ear_open_up(Ear *ear, const char *url);

/* Close it, which must not wait, and free what ear_how() made; or free only, once it is closed. */
void ear_close(Ear *ear);
void ear_free(Ear *ear);

/* The next news of a kind, or NULL when none comes in time; what comes before it is dropped. Caller
 * frees. Fail the test when it does not come; which of two comes first. */
LinkNews *ear_wait(Ear *ear, LinkNewsKind kind, int wait_ms);
void ear_expect(Ear *ear, LinkNewsKind kind, int wait_ms);
LinkNewsKind ear_either(Ear *ear, LinkNewsKind a, LinkNewsKind b);

/* Wait until no link of this process has a thread any more: however a test leaves its links, their
 * threads end by themselves. */
void ear_threads_end(void);

#endif
