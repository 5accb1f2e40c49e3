/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "daemon/accounts.h"
#include "daemon/net/child.h"

struct watched {
    struct loop *loop;
    struct child *child;
    char line[64];
    int said, ended;
    int64_t status;
    int signum; /* sent once it is ready; 0: none */
};

static void on_said(void *ctx, const char *line)
{
    struct watched *w = ctx;
    w->said++;
    text_copy(w->line, sizeof(w->line), line);
    if (w->signum != 0) {
        child_signal(w->child, w->signum);
    }
}

static void on_ended(void *ctx, int64_t status)
{
    struct watched *w = ctx;
    w->ended++;
    w->status = status;
    child_free(w->child);
    loop_stop(w->loop);
}

/* Runs a shell script to its end. */
static struct watched watch(const char *script, int signum)
{
    struct watched w = {.loop = loop_new(), .signum = signum};
    const struct child_observer observer = {.ctx = &w, .said = on_said, .ended = on_ended};
    char shell[] = "/bin/sh";
    char flag[] = "-c";
    char words[256];
    char *argv[] = {shell, flag, words, NULL};
    struct err e;
    assert_true(text_copy(words, sizeof(words), script));
    assert_int_equal(child_start(w.loop, argv, &observer, &w.child, &e), ERR_OK);
    assert_true(child_pid(w.child) > 0);
    loop_run(w.loop);
    loop_free(w.loop);
    return w;
}

static void test_a_line_and_a_status(void **state)
{
    (void)state;
    struct watched w = watch("printf 'one\\ntwo\\n' >&3; exit 7", 0);
    assert_int_equal(w.said, 1);
    assert_string_equal(w.line, "one");
    assert_int_equal(w.ended, 1);
    assert_int_equal(w.status, 7);
}

static void test_a_line_in_pieces(void **state)
{
    (void)state;
    struct watched w = watch("printf on >&3; printf 'e\\n' >&3; exec 3>&-; exit 0", 0);
    assert_int_equal(w.said, 1);
    assert_string_equal(w.line, "one");
    assert_int_equal(w.status, 0);
}

static void test_without_a_line(void **state)
{
    (void)state;
    struct watched w = watch("printf half >&3; exit 1", 0);
    assert_int_equal(w.said, 0);
    assert_int_equal(w.ended, 1);
    assert_int_equal(w.status, 1);
}

static void test_a_signal(void **state)
{
    (void)state;
    struct watched w = watch("echo >&3; exec tail -f /dev/null", SIGTERM);
    assert_int_equal(w.said, 1);
    assert_string_equal(w.line, "");
    assert_int_equal(w.status, 0 - SIGTERM);
}

static void test_what_is_no_program(void **state)
{
    (void)state;
    struct loop *l = loop_new();
    struct child *c = NULL;
    const struct child_observer observer = {.said = on_said, .ended = on_ended};
    char program[] = "/nonexistent/program";
    char *argv[] = {program, NULL};
    struct err e;
    assert_int_equal(child_start(l, argv, &observer, &c, &e), ERR_IO);
    assert_non_null(strstr(e.text, program));
    assert_null(c);
    loop_free(l);
}

static void test_no_callback_after_free(void **state)
{
    (void)state;
    struct loop *l = loop_new();
    struct watched w = {.loop = l};
    const struct child_observer observer = {.ctx = &w, .said = on_said, .ended = on_ended};
    char shell[] = "/bin/sh";
    char flag[] = "-c";
    char words[] = "echo >&3";
    char *argv[] = {shell, flag, words, NULL};
    struct err e;
    assert_int_equal(child_start(l, argv, &observer, &w.child, &e), ERR_OK);
    child_free(w.child);
    loop_free(l);
    assert_int_equal(w.said + w.ended, 0);
}

static void test_delays_double_up_to_five_minutes(void **state)
{
    (void)state;
    static const int64_t wanted_s[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300};
    for (unsigned i = 0; i < sizeof(wanted_s) / sizeof(wanted_s[0]); i++) {
        assert_int_equal(accounts_delay_ms(i), wanted_s[i] * 1000);
    }
    assert_int_equal(accounts_delay_ms(4000000000U), 300000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_and_a_status),
        cmocka_unit_test(test_a_line_in_pieces),
        cmocka_unit_test(test_without_a_line),
        cmocka_unit_test(test_a_signal),
        cmocka_unit_test(test_what_is_no_program),
        cmocka_unit_test(test_no_callback_after_free),
        cmocka_unit_test(test_delays_double_up_to_five_minutes),
    };
    return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
