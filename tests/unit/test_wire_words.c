/* From libnats' words to our causes and sentences: nats/wire_words. */
#include "nats/wire_words.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "tests/support/suite.h"

static const struct {
    const char *text;
    Cause cause;
    const char *sentence;
} rows[] = {
    {"'Authorization Violation'", CAUSE_AUTH_FAILED, "'Authorization Violation'"},
    {"User Authentication Expired", CAUSE_AUTH_EXPIRED, "User Authentication Expired"},
    {"User Authentication Revoked", CAUSE_AUTH_EXPIRED, "User Authentication Revoked"},
    {"Permissions Violation for Publish to \"a.b\"", CAUSE_PERMISSIONS,
     "Permissions Violation for Publish to \"a.b\""},
    {"Maximum Payload Violation", CAUSE_MAX_PAYLOAD, "Maximum Payload Violation"},
    {"(conn.c:1909): Expected 'PONG', got '-ERR 'maximum connections exceeded''",
     CAUSE_MAX_CONNECTIONS, "maximum connections exceeded"},
    {"(conn.c:1909): Expected 'PONG', got ''", CAUSE_CLOSED, "closed without a word after CONNECT"},
    {"Expected 'PONG', got 'HTTP/1.1 400'", CAUSE_NOT_NATS,
     "the server sent what is no NATS protocol"},
    {"Parse Error [0]: 'xxxxxxxxxxxxxxxxxxxxxxxxxx…'", CAUSE_NOT_NATS,
     "the server sent what is no NATS protocol"},
    {"Stale Connection", CAUSE_SILENT, "no answer to two PINGs in a row"},
    {"recv error: 104", CAUSE_RESET, "connection reset"},
    {"(comsock.c:442): send error: 32", CAUSE_RESET, "connection reset"},
    {"recv error: 1040", CAUSE_CLOSED, "recv error: 1040"},
    {"IO Error", CAUSE_RESET, "connection reset"},
    {"Connection Closed", CAUSE_CLOSED, "closed by the server without a word"},
    {"Slow Consumer", CAUSE_SLOW_CONSUMER, "Slow Consumer"},
    {"Something else", CAUSE_CLOSED, "Something else"},
    {"(", CAUSE_CLOSED, "("},
    {"", CAUSE_CLOSED, ""},
};

START_TEST(each_of_libnats_words_has_its_cause_and_a_sentence)
{
    g_autofree char *sentence = NULL;

    ck_assert_int_eq(wire_words(rows[_i].text, &sentence), rows[_i].cause);
    ck_assert_str_eq(sentence, rows[_i].sentence);
}
END_TEST

START_TEST(the_peers_bytes_are_cleaned_and_cut)
{
    g_autofree char *text = g_strnfill(4000, 'e'), *sentence = NULL;

    memcpy(text, "-ERR '\033[2J\r\n", 12);
    wire_words(text, &sentence);
    ck_assert_str_eq(sentence, "␛[2J");
    g_clear_pointer(&sentence, g_free);
    wire_words(text + 12, &sentence);
    ck_assert_int_eq(g_utf8_strlen(sentence, -1), 121); /* the last is an ellipsis */
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("wire_words");

    tcase_add_loop_test(tcase, each_of_libnats_words_has_its_cause_and_a_sentence, 0,
                        G_N_ELEMENTS(rows));
    tcase_add_test(tcase, the_peers_bytes_are_cleaned_and_cut);
    return suite_run("wire_words", tcase, 30);
}
