/* base/password.c and daemon/guard.c: the password as it is kept, sessions, waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/guard.h"

#define PASSWORD "correct horse \xc3\xa4"
#define DAY_MS   ((int64_t)86400 * 1000)

static char hash[PASSWORD_HASH_SIZE]; /* of PASSWORD */

static int hash_once(void **state)
{
    (void)state;
    password_hash(PASSWORD, hash);
    return 0;
}

static void a_password_is_kept_as_a_hash(void **state)
{
    char again[PASSWORD_HASH_SIZE];
    (void)state;
    assert_int_equal(strlen(hash), strlen("scrypt15:") + 22 + 1 + 43);
    assert_null(strstr(hash, "horse"));
    assert_true(password_matches(PASSWORD, hash));
    assert_false(password_matches("correct horse", hash));
    assert_false(password_matches("", hash));
    password_hash(PASSWORD, again);
    assert_string_not_equal(again, hash); /* another salt */
    assert_false(password_matches(PASSWORD, ""));
    assert_false(password_matches(PASSWORD, "scrypt15:"));
    assert_false(password_matches(PASSWORD, PASSWORD));
    again[strlen(again) - 1] = '\0';
    assert_false(password_matches(PASSWORD, again));
}

/* Computed by Python's hashlib.scrypt with n=2**15, r=8, p=1 and the salt's 22 characters. */
static void another_program_makes_the_same_hash(void **state)
{
    (void)state;
    assert_true(password_matches(
        "12345678", "scrypt15:AAAAAAAAAAAAAAAAAAAAAA:9uZ73xs53hx9a5-hnIc7nQmOqWFiHppkt38bUCRkBk0"));
}

static void what_may_be_a_password(void **state)
{
    char longest[PASSWORD_MAX + 2];
    struct err e = {0};
    (void)state;
    assert_int_equal(password_check("12345678", &e), ERR_OK);
    assert_int_equal(password_check("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", &e),
                     ERR_USAGE); /* 14 bytes, 7 characters */
    assert_non_null(strstr(e.text, "8 characters"));
    assert_int_equal(password_check("1234567\xff", &e), ERR_USAGE);
    memset(longest, 'x', sizeof(longest));
    longest[PASSWORD_MAX + 1] = '\0';
    assert_int_equal(password_check(longest, &e), ERR_USAGE);
    longest[PASSWORD_MAX] = '\0';
    assert_int_equal(password_check(longest, &e), ERR_OK);
}

static void a_token_is_of_one_start(void **state)
{
    struct guard a;
    struct guard b;
    (void)state;
    guard_open(&a, "");
    guard_open(&b, "");
    assert_int_equal(strlen(a.token), 64);
    assert_int_equal(strspn(a.token, "0123456789abcdef"), 64);
    assert_true(guard_token_is(&a, a.token));
    assert_false(guard_token_is(&a, b.token));
    assert_false(guard_token_is(&a, NULL));
    assert_false(guard_token_is(&a, ""));
    guard_close(&a);
    assert_false(guard_token_is(&a, ""));
}

static struct guard_peer user(uid_t uid)
{
    return (struct guard_peer){.uid = uid};
}

static struct guard_peer address(uint8_t network, uint8_t host)
{
    return (struct guard_peer){.uid = (uid_t)-1,
                               .address = {[0] = 0x20, [7] = network, [15] = host}};
}

static enum err_code enter_as(struct guard *g, struct guard_peer peer, const char *password,
                              int64_t now_ms, char *cookies, int64_t *left_ms)
{
    const struct guard_session *session = NULL;
    struct err e = {0};
    enum err_code code = guard_enter(g, &peer, password, now_ms, &session, left_ms, &e);
    if (code == ERR_OK)
        snprintf(cookies, 128, "other=1; genred=%s; more=2", session->id);
    else
        assert_null(strstr(e.text, password));
    return code;
}

static enum err_code enter(struct guard *g, const char *password, int64_t now_ms, char *cookies,
                           int64_t *left_ms)
{
    return enter_as(g, user(7), password, now_ms, cookies, left_ms);
}

static bool is_in(struct guard *g, const char *cookies, int64_t now_ms)
{
    uint64_t session = 1;
    bool in = guard_is_in(g, cookies, 7, now_ms, &session);
    assert_int_equal(session != 0, in && guard_has_password(g));
    return in;
}

static void sessions_are_held_and_end(void **state)
{
    struct guard g;
    char one[128];
    char two[128];
    int64_t left = 0;
    (void)state;
    guard_open(&g, hash);
    assert_true(guard_has_password(&g));
    assert_false(is_in(&g, NULL, 0));
    assert_false(is_in(&g, "genred=", 0));
    assert_int_equal(enter(&g, PASSWORD, 0, one, &left), ERR_OK);
    assert_int_equal(enter(&g, PASSWORD, 0, two, &left), ERR_OK);
    assert_string_not_equal(one, two);
    assert_true(is_in(&g, one, 29 * DAY_MS)); /* goes on from here */
    assert_true(is_in(&g, one, 58 * DAY_MS));
    assert_false(is_in(&g, two, 30 * DAY_MS));
    assert_false(is_in(&g, two, 1)); /* gone for good */
    char shifted[160];
    snprintf(shifted, sizeof(shifted), "x%s", strstr(one, "genred="));
    assert_false(is_in(&g, shifted, 58 * DAY_MS));
    snprintf(shifted, sizeof(shifted), "%.*s0", 71, strstr(one, "genred="));
    assert_false(is_in(&g, shifted, 58 * DAY_MS));
    guard_leave(&g, two, 7);
    assert_true(is_in(&g, one, 58 * DAY_MS));
    guard_leave(&g, one, 7);
    assert_false(is_in(&g, one, 58 * DAY_MS));
    assert_int_equal(enter(&g, PASSWORD, 0, one, &left), ERR_OK);
    guard_set_password(&g, hash);
    assert_false(is_in(&g, one, 0));
    guard_set_password(&g, "");
    assert_true(is_in(&g, NULL, 0));
    assert_int_equal(enter(&g, PASSWORD, 0, one, &left), ERR_USAGE);
    guard_close(&g);
}

static void the_oldest_session_makes_room(void **state)
{
    struct guard g;
    char first[128];
    char second[128];
    char more[128];
    int64_t left = 0;
    (void)state;
    guard_open(&g, hash);
    assert_int_equal(enter(&g, PASSWORD, 1, first, &left), ERR_OK);
    assert_int_equal(enter(&g, PASSWORD, 2, second, &left), ERR_OK);
    for (int i = 2; i < GUARD_SESSIONS; i++)
        assert_int_equal(enter(&g, PASSWORD, 3, more, &left), ERR_OK);
    assert_true(is_in(&g, first, 4));
    assert_int_equal(enter(&g, PASSWORD, 5, more, &left), ERR_OK);
    assert_true(is_in(&g, first, 6));
    assert_false(is_in(&g, second, 6));
    assert_true(is_in(&g, more, 6));
    guard_close(&g);
}

static void wrong_passwords_have_to_wait(void **state)
{
    struct guard g;
    char cookies[128];
    int64_t left = 0;
    int64_t now = 1000;
    (void)state;
    guard_open(&g, hash);
    for (int i = 0; i < GUARD_TRIES; i++)
        assert_int_equal(enter(&g, "wrong one", now, cookies, &left), ERR_PASSWORD);
    for (int64_t wait = GUARD_WAIT_MS; wait < GUARD_WAIT_MOST; wait *= 2) {
        assert_int_equal(enter(&g, PASSWORD, now + wait - 1, cookies, &left), ERR_RATE);
        assert_int_equal(left, 1);
        now += wait;
        assert_int_equal(enter(&g, "wrong one", now, cookies, &left), ERR_PASSWORD);
    }
    assert_int_equal(enter(&g, PASSWORD, now, cookies, &left), ERR_RATE);
    assert_int_equal(left, GUARD_WAIT_MOST);
    now += GUARD_WAIT_MOST;
    assert_int_equal(enter(&g, PASSWORD, now, cookies, &left), ERR_OK);
    assert_true(is_in(&g, cookies, now));
    assert_int_equal(enter(&g, "wrong one", now, cookies, &left), ERR_PASSWORD);
    assert_int_equal(enter(&g, PASSWORD, now, cookies, &left), ERR_OK); /* counted anew */
    guard_close(&g);
}

static void wrong_ones_count_for_whom_they_came_from(void **state)
{
    struct guard g;
    char cookies[128];
    int64_t left = 0;
    (void)state;
    guard_open(&g, hash);
    for (int i = 0; i < GUARD_TRIES; i++) {
        assert_int_equal(enter_as(&g, user(8), "wrong one", 0, cookies, &left), ERR_PASSWORD);
        assert_int_equal(enter_as(&g, address(1, (uint8_t)i), "wrong one", 0, cookies, &left),
                         ERR_PASSWORD);
    }
    assert_int_equal(enter_as(&g, user(8), PASSWORD, 1, cookies, &left), ERR_RATE);
    assert_int_equal(enter_as(&g, address(1, 99), PASSWORD, 1, cookies, &left), ERR_RATE);
    assert_int_equal(enter_as(&g, user(7), PASSWORD, 1, cookies, &left), ERR_OK);
    assert_int_equal(enter_as(&g, address(2, 0), PASSWORD, 1, cookies, &left), ERR_OK);
    assert_int_equal(enter_as(&g, user(8), PASSWORD, GUARD_WAIT_MS, cookies, &left), ERR_OK);
    guard_close(&g);
}

/* Those who find no place of their own share one; ours is kept for us. */
static void many_peers_win_no_more_tries(void **state)
{
    struct guard g;
    char cookies[128];
    int64_t left = 0;
    (void)state;
    guard_open(&g, hash);
    for (size_t i = 1; i < GUARD_PEERS - 1; i++)
        g.tries[0][i] = (struct guard_tries){.peer = user(getuid() + 100 + (uid_t)i), .wrong = 1};
    for (int i = 0; i < GUARD_TRIES; i++)
        assert_int_equal(
            enter_as(&g, user(getuid() + 1 + (uid_t)i), "wrong one", 1, cookies, &left),
            ERR_PASSWORD);
    assert_int_equal(enter_as(&g, user(getuid() + 50), PASSWORD, 2, cookies, &left), ERR_RATE);
    assert_int_equal(enter_as(&g, user(getuid()), PASSWORD, 2, cookies, &left), ERR_OK);
    /* A place that nobody used for long is another's. */
    assert_int_equal(enter_as(&g, user(getuid() + 50), PASSWORD, GUARD_FORGET_MS, cookies, &left),
                     ERR_OK);
    guard_close(&g);
}

static void a_session_is_its_users(void **state)
{
    struct guard g;
    char cookies[128];
    uint64_t session = 1;
    int64_t left = 0;
    (void)state;
    guard_open(&g, hash);
    assert_int_equal(enter(&g, PASSWORD, 0, cookies, &left), ERR_OK);
    assert_false(guard_is_in(&g, cookies, 8, 0, &session));
    assert_int_equal(session, 0);
    assert_false(guard_is_in(&g, cookies, (uid_t)-1, 0, &session));
    guard_leave(&g, cookies, 8);
    assert_true(is_in(&g, cookies, 0));
    guard_close(&g);
    assert_false(guard_is_in(&g, NULL, 7, 0, &session)); /* while the program ends */
}

struct ends {
    int n;
    uint64_t last;
};

static void note_end(void *ctx, uint64_t session)
{
    struct ends *ends = ctx;
    ends->n++;
    ends->last = session;
}

static void the_end_of_a_session_is_told(void **state)
{
    struct guard g;
    struct ends ends = {0};
    char cookies[128];
    char more[128];
    int64_t left = 0;
    (void)state;
    guard_open(&g, hash);
    g.ended = note_end;
    g.ctx = &ends;
    assert_int_equal(guard_expire(&g, 0), -1);
    assert_int_equal(enter(&g, PASSWORD, 0, cookies, &left), ERR_OK);
    guard_leave(&g, cookies, 7);
    assert_int_equal(ends.n, 1);
    assert_int_equal(ends.last, 1);
    for (int i = 0; i < GUARD_SESSIONS; i++)
        assert_int_equal(enter(&g, PASSWORD, i, more, &left), ERR_OK);
    assert_int_equal(ends.n, 1);
    assert_int_equal(enter(&g, PASSWORD, GUARD_SESSIONS, cookies, &left), ERR_OK);
    assert_int_equal(ends.n, 2);
    assert_int_equal(ends.last, 2);
    assert_int_equal(guard_expire(&g, GUARD_SESSIONS), GUARD_IDLE_MS + 1 - GUARD_SESSIONS);
    assert_int_equal(guard_expire(&g, GUARD_IDLE_MS + 2), 1);
    assert_int_equal(ends.n, 4);
    guard_set_password(&g, hash);
    assert_int_equal(ends.n, 2 + GUARD_SESSIONS);
    guard_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_is_kept_as_a_hash),
        cmocka_unit_test(another_program_makes_the_same_hash),
        cmocka_unit_test(what_may_be_a_password),
        cmocka_unit_test(a_token_is_of_one_start),
        cmocka_unit_test(sessions_are_held_and_end),
        cmocka_unit_test(the_oldest_session_makes_room),
        cmocka_unit_test(wrong_passwords_have_to_wait),
        cmocka_unit_test(wrong_ones_count_for_whom_they_came_from),
        cmocka_unit_test(many_peers_win_no_more_tries),
        cmocka_unit_test(a_session_is_its_users),
        cmocka_unit_test(the_end_of_a_session_is_told),
    };
    return cmocka_run_group_tests(tests, hash_once, NULL);
}
