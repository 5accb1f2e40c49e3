/* base/password.c and daemon/guard.c: the password as it is kept, sessions, waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

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

static enum err_code enter(struct guard *g, const char *password, int64_t now_ms, char *cookies,
                           int64_t *left_ms)
{
    char id[GUARD_TOKEN_SIZE];
    struct err e = {0};
    enum err_code code = guard_enter(g, password, now_ms, id, left_ms, &e);
    if (code == ERR_OK)
        snprintf(cookies, 128, "other=1; genred=%s; more=2", id);
    else
        assert_null(strstr(e.text, password));
    return code;
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
    assert_false(guard_is_in(&g, NULL, 0));
    assert_false(guard_is_in(&g, "genred=", 0));
    assert_int_equal(enter(&g, PASSWORD, 0, one, &left), ERR_OK);
    assert_int_equal(enter(&g, PASSWORD, 0, two, &left), ERR_OK);
    assert_string_not_equal(one, two);
    assert_true(guard_is_in(&g, one, 29 * DAY_MS)); /* goes on from here */
    assert_true(guard_is_in(&g, one, 58 * DAY_MS));
    assert_false(guard_is_in(&g, two, 30 * DAY_MS));
    assert_false(guard_is_in(&g, two, 1)); /* gone for good */
    char shifted[160];
    snprintf(shifted, sizeof(shifted), "x%s", strstr(one, "genred="));
    assert_false(guard_is_in(&g, shifted, 58 * DAY_MS));
    snprintf(shifted, sizeof(shifted), "%.*s0", 71, strstr(one, "genred="));
    assert_false(guard_is_in(&g, shifted, 58 * DAY_MS));
    guard_leave(&g, two);
    assert_true(guard_is_in(&g, one, 58 * DAY_MS));
    guard_leave(&g, one);
    assert_false(guard_is_in(&g, one, 58 * DAY_MS));
    assert_int_equal(enter(&g, PASSWORD, 0, one, &left), ERR_OK);
    guard_set_password(&g, hash);
    assert_false(guard_is_in(&g, one, 0));
    guard_set_password(&g, "");
    assert_true(guard_is_in(&g, NULL, 0));
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
    assert_true(guard_is_in(&g, first, 4));
    assert_int_equal(enter(&g, PASSWORD, 5, more, &left), ERR_OK);
    assert_true(guard_is_in(&g, first, 6));
    assert_false(guard_is_in(&g, second, 6));
    assert_true(guard_is_in(&g, more, 6));
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
    assert_true(guard_is_in(&g, cookies, now));
    assert_int_equal(enter(&g, "wrong one", now, cookies, &left), ERR_PASSWORD);
    assert_int_equal(enter(&g, PASSWORD, now, cookies, &left), ERR_OK); /* counted anew */
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
    };
    return cmocka_run_group_tests(tests, hash_once, NULL);
}
