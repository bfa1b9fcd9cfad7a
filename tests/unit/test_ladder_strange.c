/* The ladder against servers that are none, or that stop in the middle: nats/ladder. */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/fake.h"
#include "tests/support/ladder_check.h"
#include "tests/support/suite.h"
#include "tests/support/talk.h"

enum { SLOW_MS = 1000, DRIP_US = 20 * 1000 };

/* --- what they say --- */

static void say_smtp(int fd)
{
    fake_say(fd, "220 mail.example ESMTP\r\n");
    fake_be_silent(fd);
}

static void say_few_bytes(int fd)
{
    fake_say(fd, "J\0");
    fake_be_silent(fd);
}

static void be_tls(int fd)
{
    fake_hear_line(fd);
    fake_say(fd, "\x15\x03\x01");
    fake_be_silent(fd);
}

static void say_bad_json(int fd)
{
    fake_say(fd, "INFO {\"server_id\":}\r\n");
    fake_be_silent(fd);
}

static void say_array(int fd)
{
    fake_say(fd, "INFO []\r\n");
    fake_be_silent(fd);
}

static void say_empty_info(int fd)
{
    fake_say(fd, "INFO \r\n");
    fake_be_silent(fd);
}

static void refuse_at_once(int fd)
{
    fake_say(fd, "-ERR 'maximum connections exceeded'\r\n");
}

static void close_at_once(int fd)
{
    (void)fd;
}

static void close_in_info(int fd)
{
    fake_say(fd, "INFO {\"server_id\"");
}

static void close_after_info(int fd)
{
    fake_say(fd, TALK_INFO);
    fake_hear_line(fd); /* CONNECT */
    fake_hear_line(fd); /* PING */
}

static void answer_nonsense(int fd)
{
    fake_say(fd, TALK_INFO);
    fake_hear_line(fd);
    fake_say(fd, "what?\r\n");
    fake_be_silent(fd);
}

static void refuse_route(int fd)
{
    fake_say(fd, TALK_INFO);
    fake_hear_line(fd);
    fake_say(fd, "-ERR 'attempted to connect to route port'\r\n");
    fake_be_silent(fd);
}

static void refuse_expired(int fd)
{
    fake_say(fd, TALK_INFO);
    fake_hear_line(fd);
    fake_say(fd, "-ERR 'User Authentication Expired'\r\n");
    fake_be_silent(fd);
}

static void refuse_oddly(int fd)
{
    fake_say(fd, TALK_INFO);
    fake_hear_line(fd);
    fake_say(fd, "-ERR 'no \033[2J today'\r\n");
    fake_be_silent(fd);
}

/* The cause is known as soon as they have spoken; none of these may take anything like the 10 s
 * that there are. Who may speak TLS is asked in TLS, and a sanitizer is slow to read whom to trust.
 */
static const struct {
    FakeTalk talk;
    RungId rung;
    Cause cause;
    const char *text;
    int max_ms;
} talkers[] = {
    {talk_garbage, RUNG_INFO, CAUSE_NOT_NATS, "not NATS: it said “␛[2J␁garbage”", 4000},
    {talk_ssh, RUNG_INFO, CAUSE_NOT_NATS, "not NATS: an SSH server", 4000},
    {say_smtp, RUNG_INFO, CAUSE_NOT_NATS, "not NATS: a mail or FTP server", 4000},
    {say_few_bytes, RUNG_INFO, CAUSE_NOT_NATS, "not NATS: it said “J”", 4000},
    {talk_redis, RUNG_INFO, CAUSE_NOT_NATS, "not NATS: a Redis server", 6000},
    {be_tls, RUNG_INFO, CAUSE_NOT_NATS, "not NATS: a port that speaks TLS from the first byte",
     9500},
    {talk_http, RUNG_INFO, CAUSE_NOT_NATS, "not NATS: a web server or a WebSocket port", 6000},
    {say_bad_json, RUNG_INFO, CAUSE_NOT_NATS, "its INFO cannot be read: unexpected token near '}'",
     4000},
    {say_array, RUNG_INFO, CAUSE_NOT_NATS, "its INFO cannot be read: no JSON object", 4000},
    {say_empty_info, RUNG_INFO, CAUSE_NOT_NATS, "its INFO is empty", 4000},
    {talk_endless_info, RUNG_INFO, CAUSE_NOT_NATS, "an INFO line without end (over 1 MiB)", 5000},
    {refuse_at_once, RUNG_INFO, CAUSE_MAX_CONNECTIONS,
     "refused at once: maximum connections exceeded", 4000},
    {close_at_once, RUNG_INFO, CAUSE_CLOSED, "connected, but it closed without a word", 9500},
    {close_in_info, RUNG_INFO, CAUSE_CLOSED, "closed in the middle of its INFO", 4000},
    {close_after_info, RUNG_LOGIN, CAUSE_CLOSED, "closed without a word after INFO", 4000},
    {answer_nonsense, RUNG_LOGIN, CAUSE_NOT_NATS, "no NATS answer: “what?”", 4000},
    {talk_without_end, RUNG_LOGIN, CAUSE_NOT_NATS, "it talks without end after INFO", 4000},
    {refuse_route, RUNG_LOGIN, CAUSE_ROUTE_PORT, "refused: attempted to connect to route port",
     4000},
    {refuse_expired, RUNG_LOGIN, CAUSE_AUTH_EXPIRED, "login refused: User Authentication Expired",
     4000},
    {refuse_oddly, RUNG_LOGIN, CAUSE_CLOSED, "refused: no ␛[2J today", 4000},
};

START_TEST(a_stranger_is_named_as_soon_as_it_has_spoken)
{
    Fake *fake = fake_start(talkers[_i].talk);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = fake->url, .timeout_ms = 10000});

    ck_broken(ladder, talkers[_i].rung, talkers[_i].cause, talkers[_i].text);
    ck_assert_msg(ladder->total_ms < talkers[_i].max_ms, "took %.0f ms", ladder->total_ms);
    ladder_free(ladder);
    fake_free(fake);
}
END_TEST

/* --- those that keep us waiting --- */

static void be_silent_after_login(int fd)
{
    fake_say(fd, TALK_INFO);
    fake_hear_line(fd);
    fake_hear_line(fd);
    fake_say(fd, "PONG\r\n");
    fake_be_silent(fd);
}

static void drip_after_info(int fd)
{
    fake_say(fd, TALK_INFO);
    while (write(fd, "x", 1) == 1)
        g_usleep(DRIP_US);
}

static const struct {
    FakeTalk talk;
    RungId rung;
    Cause cause;
    const char *begins; /* the text */
} stallers[] = {
    {talk_nothing, RUNG_INFO, CAUSE_SILENT, "connected, but it said nothing for "},
    {talk_info_only, RUNG_LOGIN, CAUSE_SILENT, "silent after INFO, "},
    {be_silent_after_login, RUNG_PING, CAUSE_SILENT, "silent after login, "},
    {talk_drip, RUNG_INFO, CAUSE_TIMED_OUT, "INFO not complete after "},
    {drip_after_info, RUNG_LOGIN, CAUSE_SILENT, "silent after INFO, "},
};

START_TEST(a_staller_gets_no_more_than_the_time_given)
{
    Fake *fake = fake_start(stallers[_i].talk);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = fake->url, .timeout_ms = SLOW_MS});

    ck_broke_at(ladder, stallers[_i].rung, stallers[_i].cause);
    ck_assert_msg(g_str_has_prefix(ladder->rungs[stallers[_i].rung].text, stallers[_i].begins),
                  "%s", ladder->rungs[stallers[_i].rung].text);
    ck_assert(ladder->total_ms > SLOW_MS - 10 && ladder->total_ms < SLOW_MS + 1500);
    ladder_free(ladder);
    fake_free(fake);
}
END_TEST

/* --- cancelling --- */

typedef struct Canceller {
    int cancelled;
    gint64 at_us;
} Canceller;

static void *cancel_soon(void *data)
{
    Canceller *canceller = data;

    g_usleep(500 * 1000); /* in the middle of the climb, which lasts 5 s otherwise */
    canceller->at_us = clock_now();
    __atomic_store_n(&canceller->cancelled, 1, __ATOMIC_RELAXED);
    return NULL;
}

START_TEST(a_cancelled_climb_ends_at_once)
{
    Fake *fake = fake_start(stallers[_i].talk);
    Canceller canceller = {0};
    pthread_t thread;
    Ladder *ladder;
    gint64 end;

    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, &canceller), 0);
    ladder = ladder_climb(
        &(LadderHow){.url = fake->url, .timeout_ms = 5000, .cancelled = &canceller.cancelled});
    end = clock_now();
    pthread_join(thread, NULL);
    ck_broke_at(ladder, stallers[_i].rung, CAUSE_CANCELLED);
    ck_assert_int_eq(ladder->rungs[stallers[_i].rung].state, STATE_UNKNOWN);
    ck_assert(end >= canceller.at_us && end - canceller.at_us < 1500 * 1000);
    ladder_free(ladder);
    fake_free(fake);
}
END_TEST

/* --- slow, but a server --- */

static void be_slow(int fd)
{
    g_usleep(1200 * 1000); /* past the moment when a silent port is asked who it is */
    fake_say(fd,
             "INFO {\"version\":\"2.9.\\u001b[2J\", \"max_payload\":-5, \"client_id\":\"x\"}\r\n");
    fake_hear_line(fd);
    fake_hear_line(fd);
    fake_say(fd, "PING\r\n+OK\r\nINFO {}\r\npong\r\n");
    fake_hear_line(fd); /* the PONG */
    for (int lines = 0; lines < 30; lines++) {
        fake_hear_line(fd);
        fake_say(fd, "PONG\r\n"); /* more than it need be asked for */
    }
    fake_be_silent(fd);
}

START_TEST(a_slow_server_is_waited_for_and_its_words_are_cleaned)
{
    Fake *fake = fake_start(be_slow);
    Ladder *ladder = ladder_climb(&(LadderHow){.url = fake->url, .timeout_ms = 5000});

    ck_holds(ladder);
    ck_assert_str_eq(ladder->info.version, "2.9.␛[2J");
    ck_assert_int_eq(ladder->info.max_payload, 0);
    ck_assert_ptr_null(ladder->info.name);
    ladder_free(ladder);
    fake_free(fake);
}
END_TEST

/* --- old, but a server --- */

static const char *old_version; /* set before the fake starts */

static void be_old(int fd)
{
    g_autofree char *info = g_strdup_printf("INFO {\"version\":\"%s\"}\r\n", old_version);

    fake_say(fd, info);
    fake_hear_line(fd);
    for (int lines = 0; lines < 30; lines++) {
        fake_hear_line(fd);
        fake_say(fd, "PONG\r\n");
    }
}

static const struct {
    const char *version, *text; /* NULL: it is new enough */
} ages[] = {
    {"1.4.1", "nats-server 1.4.1: Heddle's client needs 2.2 or later"},
    {"2.1.9", "nats-server 2.1.9: Heddle's client needs 2.2 or later"},
    {"2.2.0", "nats-server 2.2.0: before 2.4 it does not tell who listens"},
    {"2.3.4", "nats-server 2.3.4: before 2.4 it does not tell who listens"},
    {"2.4.0", NULL},
    {"2.10.1", NULL}, /* not 2.1 */
    {"10.0.0", NULL},
    {"unheard-of", NULL},
};

START_TEST(a_server_that_is_too_old_warns_of_what_it_lacks)
{
    const Rung *info;
    Ladder *ladder;
    Fake *fake;

    old_version = ages[_i].version;
    fake = fake_start(be_old);
    ladder = ladder_climb(&(LadderHow){.url = fake->url, .timeout_ms = 5000});
    info = &ladder->rungs[RUNG_INFO];
    ck_holds(ladder);
    ck_assert_int_eq(info->state, ages[_i].text != NULL ? STATE_WARN : STATE_OK);
    ck_assert_int_eq(info->cause, ages[_i].text != NULL ? CAUSE_OLD_SERVER : CAUSE_NONE);
    if (ages[_i].text != NULL)
        ck_assert_str_eq(info->text, ages[_i].text);
    ladder_free(ladder);
    fake_free(fake);
}
END_TEST

/* --- where nobody can be --- */

/* The broadcast address: the kernel makes no TCP connection to it. */
START_TEST(an_address_that_cannot_be_dialled_is_unreachable)
{
    Ladder *ladder =
        ladder_climb(&(LadderHow){.url = "nats://255.255.255.255:4222", .timeout_ms = 2000});

    ck_broke_at(ladder, RUNG_TCP, CAUSE_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(ladder->rungs[RUNG_TCP].text, "255.255.255.255:4222"));
    ladder_free(ladder);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("ladder_strange");

    tcase_add_loop_test(tcase, a_stranger_is_named_as_soon_as_it_has_spoken, 0,
                        G_N_ELEMENTS(talkers));
    tcase_add_loop_test(tcase, a_staller_gets_no_more_than_the_time_given, 0,
                        G_N_ELEMENTS(stallers));
    tcase_add_loop_test(tcase, a_cancelled_climb_ends_at_once, 0, G_N_ELEMENTS(stallers));
    tcase_add_test(tcase, a_slow_server_is_waited_for_and_its_words_are_cleaned);
    tcase_add_loop_test(tcase, a_server_that_is_too_old_warns_of_what_it_lacks, 0,
                        G_N_ELEMENTS(ages));
    tcase_add_test(tcase, an_address_that_cannot_be_dialled_is_unreachable);
    return suite_run("ladder_strange", tcase, 30);
}
