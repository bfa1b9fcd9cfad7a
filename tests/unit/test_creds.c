/* Credentials files, NKeys and what they say: nats/creds, nats/nkey. */
#include <string.h>
#include <sys/stat.h>

#include "nats/creds.h"
#include "tests/support/jwt.h"
#include "tests/support/server.h"
#include "tests/support/suite.h"

/* Made with PyPI's nkeys 0.2.1, which signs with PyNaCl. */
static const struct {
    const char *seed, *public_key, *answer; /* to "nonce" */
} vectors[] = {
    {"SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y",
     "UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK",
     "-HTq4d6DDHVNb8MsTRAZtSIa0vXA_yuZblwTA7JT5wYzmKBxJ2wpYfjHh7hcptZlidbVw_6ZLyubjm_yDk-OCQ"},
    {"SUAACAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAN7EY",
     "UCFIRY65OQE7DFP5KLNS2PF2LVZMUZYJX4OZIEQ36N2IQANUB5XVZ45L",
     "cz5TjDSBtpHH5sPHg5aR0K17SjHK9PTvmVExMImbEovF_0r9n5vtloCcN64YIIRJzEbv9oTfcot1ACjyMWWjCQ"},
};

static Creds *parse(const char *text, CredsKind kind, char **why)
{
    return creds_parse(raw_text(text), kind, why);
}

START_TEST(a_seed_gives_the_key_and_the_signature_that_others_get)
{
    g_autofree char *why = NULL;
    Creds *creds = parse(vectors[_i].seed, CREDS_SEED, &why);
    g_autofree char *answer = NULL;

    ck_assert_msg(creds != NULL, "%s", why);
    answer = creds_answer(creds, "nonce");
    ck_assert_str_eq(creds->public_key, vectors[_i].public_key);
    ck_assert_str_eq(answer, vectors[_i].answer);
    ck_assert_ptr_null(creds->jwt);
    creds_free(creds);
}
END_TEST

static const char *const seed_files[] = {
    "  SUAACAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAN7EY \r\n",
    "# of the check\n\nSUAACAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAN7EY",
    "-----BEGIN USER NKEY SEED-----\n"
    "SUAACAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAN7EY\n"
    "------END USER NKEY SEED------\n",
};

START_TEST(a_seed_is_found_in_its_file)
{
    g_autofree char *why = NULL;
    Creds *creds = parse(seed_files[_i], CREDS_SEED, &why);

    ck_assert_msg(creds != NULL, "%s", why);
    ck_assert_str_eq(creds->public_key, vectors[1].public_key);
    creds_free(creds);
}
END_TEST

static const struct {
    const char *text, *why;
} bad_seeds[] = {
    {"", "has no line that is a seed (SU…)"},
    {"hello", "has no line that is a seed (SU…)"},
    {"SUAACAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAN7E",
     "its seed has not the 58 characters of a seed"},
    {"SUAACAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAN7E1",
     "its seed has a character that no seed has"},
    {"SUAACAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQDAIBAEAQCAIBAEAQCAN7EY",
     "its seed does not fit its checksum: a character is wrong"},
    {"SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI",
     "its seed is that of an account, not of a user"},
    {"SOAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H2AJA",
     "its seed is that of an operator, not of a user"},
};

START_TEST(a_bad_seed_is_told_why)
{
    g_autofree char *why = NULL;

    ck_assert_ptr_null(parse(bad_seeds[_i].text, CREDS_SEED, &why));
    ck_assert_str_eq(why, bad_seeds[_i].why);
}
END_TEST

START_TEST(a_credentials_file_tells_whose_it_is_and_until_when)
{
    const JwtUser user = {.name = "ops\x1b[2J", .expires_s = 1800000000, .key = 7};
    g_autofree char *text = jwt_creds(&user);
    g_autofree char *jwt = jwt_of_user(&user);
    g_autofree char *key = jwt_public('U', 7);
    g_autofree char *why = NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *dos = g_strjoinv("\r\n", lines);
    Creds *creds = parse(dos, CREDS_CHAINED, &why);

    ck_assert_msg(creds != NULL, "%s", why);
    ck_assert_str_eq(creds->jwt, jwt);
    ck_assert_str_eq(creds->user, key);
    ck_assert_str_eq(creds->public_key, key);
    ck_assert_str_eq(creds->name, "ops␛[2J");
    ck_assert(creds->issuer[0] == 'A');
    ck_assert_int_eq(creds->issued_s, 1700000000);
    ck_assert_int_eq(creds->expires_s, 1800000000);
    ck_assert_int_eq(creds->not_before_s, 0);
    creds_free(creds);
}
END_TEST

/* A bearer's JWT is enough by itself. */
START_TEST(a_bearer_needs_no_seed)
{
    g_autofree char *jwt = jwt_of_user(&(JwtUser){.name = "b", .bearer = TRUE, .key = 7});
    g_autofree char *bearer = g_strdup_printf("---A---\n%s\n---B---\n", jwt);
    g_autofree char *plain_jwt = jwt_of_user(&(JwtUser){.name = "b", .key = 7});
    g_autofree char *plain = g_strdup_printf("---A---\n%s\n---B---\n", plain_jwt);
    g_autofree char *why = NULL, *fault = NULL;
    Creds *creds = parse(bearer, CREDS_CHAINED, &why);

    ck_assert_ptr_nonnull(creds);
    ck_assert_ptr_null(creds_answer(creds, "nonce"));
    creds_free(creds);
    ck_assert_ptr_null(parse(plain, CREDS_CHAINED, &fault));
    ck_assert_str_eq(fault, "has no seed after its JWT");
}
END_TEST

static void ck_bad(const char *jwt, const char *seed, const char *expected)
{
    g_autofree char *text =
        g_strdup_printf("---A---\n%s\n---B---\n---A---\n%s\n---B---", jwt, seed);
    g_autofree char *why = NULL;

    ck_assert_ptr_null(parse(text, CREDS_CHAINED, &why));
    ck_assert_str_eq(why, expected);
}

START_TEST(a_bad_credentials_file_is_told_why)
{
    g_autofree char *jwt = jwt_of_user(&(JwtUser){.name = "b", .key = 7});
    g_autofree char *account = jwt_of_account();
    g_autofree char *seed = jwt_seed('U', 7), *other = jwt_seed('U', 8);
    g_autofree char *account_seed = jwt_seed('A', 7);
    g_autofree char *cut = g_strndup(jwt, 60);
    g_autofree char *why = NULL;

    ck_bad(jwt, other, "its seed belongs to another user than its JWT");
    ck_bad(jwt, account_seed, "its seed is that of an account, not of a user");
    ck_bad(jwt, jwt, "its seed does not begin with SU");
    ck_bad(account, seed, "its JWT is for “account”, not for a user");
    ck_bad(cut, seed, "its JWT cannot be decoded: a part of it is missing or changed");
    ck_bad("a.b.c", seed, "its JWT cannot be decoded: a part of it is missing or changed");
    ck_bad("a.WzFd.c", seed, "its JWT cannot be decoded: a part of it is missing or changed");
    ck_assert_ptr_null(parse(jwt, CREDS_CHAINED, &why));
    ck_assert_str_eq(why, "is no credentials file: no block between lines of dashes");
}
END_TEST

/* --- files --- */

static void ck_unreadable(const char *path, const char *what)
{
    g_autofree char *expected = g_strdup_printf("%s: %s", path, what);
    g_autofree char *why = NULL;

    ck_assert_ptr_null(creds_read(path, CREDS_SEED, &why));
    ck_assert_str_eq(why, expected);
}

START_TEST(a_file_that_cannot_be_used_is_named)
{
    g_autofree char *folder = folder_new();
    g_autofree char *path = g_build_filename(folder, "f", NULL);
    g_autofree char *fifo = g_build_filename(folder, "fifo", NULL);
    g_autofree char *large = g_strnfill(64 * 1024 + 1, ' ');

    ck_unreadable(path, "No such file or directory");
    ck_unreadable(folder, "is a folder");
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_unreadable(fifo, "is no regular file");
    ck_assert(g_file_set_contents(path, "", 0, NULL));
    ck_unreadable(path, "has no line that is a seed (SU…)");
    ck_assert(g_file_set_contents(path, large, -1, NULL));
    ck_unreadable(path, "is too large to be what it should be");
    folder_remove(folder);
}
END_TEST

START_TEST(a_file_that_everyone_can_read_is_seen)
{
    g_autofree char *folder = folder_new();
    g_autofree char *path = g_build_filename(folder, "f", NULL);
    g_autofree char *why = NULL;
    Creds *closed, *open;

    ck_assert(g_file_set_contents(path, vectors[0].seed, -1, NULL));
    ck_assert_int_eq(chmod(path, 0640), 0); /* a group's: Kubernetes mounts secrets so */
    closed = creds_read(path, CREDS_SEED, &why);
    ck_assert_int_eq(chmod(path, 0644), 0);
    open = creds_read(path, CREDS_SEED, &why);
    ck_assert(!closed->open);
    ck_assert(open->open);
    creds_free(closed);
    creds_free(open);
    folder_remove(folder);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("creds");

    tcase_add_loop_test(tcase, a_seed_gives_the_key_and_the_signature_that_others_get, 0,
                        G_N_ELEMENTS(vectors));
    tcase_add_loop_test(tcase, a_seed_is_found_in_its_file, 0, G_N_ELEMENTS(seed_files));
    tcase_add_loop_test(tcase, a_bad_seed_is_told_why, 0, G_N_ELEMENTS(bad_seeds));
    tcase_add_test(tcase, a_credentials_file_tells_whose_it_is_and_until_when);
    tcase_add_test(tcase, a_bearer_needs_no_seed);
    tcase_add_test(tcase, a_bad_credentials_file_is_told_why);
    tcase_add_test(tcase, a_file_that_cannot_be_used_is_named);
    tcase_add_test(tcase, a_file_that_everyone_can_read_is_seen);
    return suite_run("creds", tcase, 20);
}
