/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

static int real_stderr;
static int reader;
static char got[8192];

static int64_t fixed_ms(void *ctx)
{
    (void)ctx;
    return 1795210140000; /* 2026-11-20T21:29:00Z */
}

static const struct clock_source fixed = {.utc_ms = fixed_ms, .boot_ms = fixed_ms};

static int setup(void **state)
{
    (void)state;
    int ends[2];
    if (pipe(ends) != 0) {
        return -1;
    }
    fflush(stderr);
    real_stderr = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    reader = ends[0];
    unsetenv("JOURNAL_STREAM");
    clock_set(&fixed);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    close(reader);
    clock_set(NULL);
    log_level_set(LOG_INFO);
    return 0;
}

/* What was written; a mark is written after it, so that silence can be read too. */
static const char *read_back(void)
{
    ssize_t n = write(STDERR_FILENO, "", 1);
    if (n == 1) {
        n = read(reader, got, sizeof(got));
    }
    if (n <= 0 || got[n - 1] != '\0') {
        return "nothing could be read";
    }
    return got;
}

static void test_time_stamp_and_level(void **state)
{
    (void)state;
    log_warning("sync: slow s=%d", 12);
    assert_string_equal(read_back(), "2026-11-20T21:29:00Z warning sync: slow s=12\n");
}

static void test_levels_drop(void **state)
{
    (void)state;
    log_debug("a: b");
    assert_string_equal(read_back(), "");
    log_level_set(LOG_ERROR);
    log_warning("a: b");
    assert_string_equal(read_back(), "");
    log_level_set(LOG_DEBUG);
    log_debug("a: b");
    assert_string_equal(read_back(), "2026-11-20T21:29:00Z debug a: b\n");
}

static void test_level_names(void **state)
{
    (void)state;
    enum log_level level = LOG_ERROR;
    assert_true(log_level_parse("debug", &level));
    assert_int_equal(level, LOG_DEBUG);
    assert_true(log_level_parse("error", &level));
    assert_int_equal(level, LOG_ERROR);
    assert_false(log_level_parse("Loud", &level));
    assert_false(log_level_parse("", &level));
    assert_int_equal(level, LOG_ERROR);
}

static void test_journal_prefix_only_for_our_own_stream(void **state)
{
    (void)state;
    struct stat st;
    char stream[64];
    assert_int_equal(fstat(STDERR_FILENO, &st), 0);
    snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    log_level_set(LOG_DEBUG);
    log_error("a: b");
    log_warning("a: b");
    log_info("a: b");
    log_debug("a: b");
    assert_string_equal(read_back(), "<3>a: b\n<4>a: b\n<6>a: b\n<7>a: b\n");

    setenv("JOURNAL_STREAM", "1:1", 1); /* a terminal's, handed down */
    log_info("a: b");
    assert_string_equal(read_back(), "2026-11-20T21:29:00Z info a: b\n");
}

static void test_a_song_cannot_forge_a_line(void **state)
{
    (void)state;
    log_info("name=%s", "x\n<3>fake\r\t\x1b[2J\x7f \xc2\x9b \xff \xc3\xa9");
    assert_string_equal(read_back(), "2026-11-20T21:29:00Z info name=x\\x0a<3>fake\\x0d\\x09"
                                     "\\x1b[2J\\x7f \\xc2\\x9b \\xff \xc3\xa9\n");
}

static void test_long_lines_are_cut_and_whole(void **state)
{
    (void)state;
    static char text[6000];
    memset(text, 'x', sizeof(text) - 1);
    log_info("%s", text);
    const char *line = read_back();
    assert_true(strlen(line) < 4096);
    assert_string_equal(line + strlen(line) - 5, "x...\n");

    for (size_t i = 1; i < sizeof(text) - 2; i += 2) {
        memcpy(text + i, "\xc3\xa9", 2);
    }
    log_info("%s", text);
    line = read_back();
    assert_true(text_is_utf8(line, strlen(line)));

    memset(text, '\n', sizeof(text) - 1);
    log_info("%s", text);
    line = read_back();
    assert_true(strlen(line) <= 4096);
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void test_errno_is_kept(void **state)
{
    (void)state;
    errno = EXDEV;
    log_info("a: b");
    assert_int_equal(errno, EXDEV);
    read_back();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_time_stamp_and_level, setup, teardown),
        cmocka_unit_test_setup_teardown(test_levels_drop, setup, teardown),
        cmocka_unit_test_setup_teardown(test_level_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_journal_prefix_only_for_our_own_stream, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_song_cannot_forge_a_line, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_lines_are_cut_and_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(test_errno_is_kept, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
