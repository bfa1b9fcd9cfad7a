/* Every key does one thing, every action has a key, and every key is in the help. */
#include "tests/support/suite.h"
#include "ui/keys.h"

START_TEST(no_key_has_two_meanings)
{
    unsigned count;
    const KeyRow *rows = keys_table(&count);

    for (unsigned i = 0; i < count; i++)
        for (int k = 0; k < KEYS_A_ROW && rows[i].keys[k] != 0; k++)
            ck_assert_int_eq(keys_request(rows[i].keys[k]), rows[i].request);
}
END_TEST

START_TEST(every_request_has_a_key_and_a_help_text)
{
    unsigned count;
    const KeyRow *rows = keys_table(&count);

    for (Request request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++) {
        unsigned found = 0;

        for (unsigned i = 0; i < count; i++)
            if (rows[i].request == request && rows[i].keys[0] != 0 && rows[i].help != NULL &&
                rows[i].label != NULL)
                found++;
        ck_assert_msg(found == 1, "request %d has %u rows", request, found);
    }
}
END_TEST

START_TEST(other_keys_mean_nothing)
{
    ck_assert_int_eq(keys_request('Z'), REQUEST_NONE);
    ck_assert_int_eq(keys_request(0x65e5), REQUEST_NONE);
    ck_assert_int_eq(keys_request(KEY_CODE_OTHER), REQUEST_NONE);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("keys");

    tcase_add_test(tcase, no_key_has_two_meanings);
    tcase_add_test(tcase, every_request_has_a_key_and_a_help_text);
    tcase_add_test(tcase, other_keys_mean_nothing);
    return suite_run("keys", tcase, 10);
}
