/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/temp.h"

static size_t entries(const char *path)
{
    DIR *dir = opendir(path);
    assert_non_null(dir);
    size_t n = 0;
    while (readdir(dir) != NULL) {
        n++;
    }
    closedir(dir);
    return n - 2;
}

static unsigned mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void test_write_and_read(void **state)
{
    const char *path = temp_path(state, "a");
    struct buf b = {0};
    struct err e;
    mode_t old = umask(077);
    assert_int_equal(file_write(path, "one\0two", 7, 0644, &e), ERR_OK);
    umask(old);
    assert_int_equal(mode_of(path), 0644);
    assert_true(buf_add_str(&b, "what was there before"));
    assert_int_equal(file_read(path, &b, &e), ERR_OK);
    assert_int_equal(b.len, 7);
    assert_memory_equal(b.data, "one\0two", 8);
    assert_int_equal(file_write(path, "", 0, 0600, &e), ERR_OK);
    assert_int_equal(file_read(path, &b, &e), ERR_OK);
    assert_int_equal(b.len, 0);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(entries(*state), 1);
    buf_free(&b);
}

static void test_read_is_bounded(void **state)
{
    const char *path = temp_path(state, "a");
    struct buf b;
    struct err e;
    size_t n = 200000;
    char *bytes = calloc(1, n);
    assert_non_null(bytes);
    assert_int_equal(file_write(path, bytes, n, 0600, &e), ERR_OK);
    buf_init(&b, n);
    assert_int_equal(file_read(path, &b, &e), ERR_OK);
    assert_int_equal(b.len, n);
    buf_free(&b);
    buf_init(&b, n - 1);
    assert_int_equal(file_read(path, &b, &e), ERR_IO);
    assert_non_null(strstr(e.text, "199999"));
    buf_free(&b);
    free(bytes);
}

static void test_read_fails_with_a_reason(void **state)
{
    struct buf b = {0};
    struct err e;
    assert_int_equal(file_read(temp_path(state, "none"), &b, &e), ERR_IO);
    assert_non_null(strstr(e.text, "none: No such file"));
    assert_int_equal(file_read(*state, &b, &e), ERR_IO);
    assert_non_null(strstr(e.text, "directory"));
    buf_free(&b);
}

static void test_standard_input(void **state)
{
    (void)state;
    struct buf b = {0};
    struct err e;
    int ends[2];
    int real = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "piped", 5), 5);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    assert_int_equal(file_read("-", &b, &e), ERR_OK);
    assert_string_equal(buf_str(&b), "piped");
    dup2(real, STDIN_FILENO);
    close(real);
    buf_free(&b);
}

static void test_failed_write_leaves_nothing(void **state)
{
    struct err e;
    assert_int_equal(file_write(temp_path(state, "no/file"), "x", 1, 0600, &e), ERR_IO);
    assert_int_equal(mkdir(temp_path(state, "dir"), 0700), 0);
    assert_int_equal(file_write(temp_path(state, "dir"), "x", 1, 0600, &e), ERR_IO);
    assert_int_equal(entries(*state), 1);
}

static void test_create_keeps_what_is_there(void **state)
{
    const char *path = temp_path(state, "a");
    struct buf b = {0};
    struct err e;
    bool made = false;
    assert_int_equal(file_create(path, "one", 3, 0600, &made, &e), ERR_OK);
    assert_true(made);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(file_create(path, "two", 3, 0644, &made, &e), ERR_OK);
    assert_false(made);
    assert_int_equal(file_read(path, &b, &e), ERR_OK);
    assert_string_equal(buf_str(&b), "one");
    assert_int_equal(entries(*state), 1);
    assert_int_equal(file_create(temp_path(state, "no/a"), "x", 1, 0600, &made, &e), ERR_IO);
    buf_free(&b);
}

static void test_make_dir(void **state)
{
    struct err e;
    mode_t old = umask(022);
    assert_int_equal(file_make_dir(temp_path(state, "a/b//c/"), 0770, &e), ERR_OK);
    umask(old);
    assert_int_equal(mode_of(temp_path(state, "a/b/c")), 0770);
    assert_int_equal(mode_of(temp_path(state, "a/b")), 0755);
    assert_int_equal(file_make_dir(temp_path(state, "a/b"), 0700, &e), ERR_OK);
    assert_int_equal(mode_of(temp_path(state, "a/b")), 0755);
    assert_int_equal(file_make_dir("/", 0700, &e), ERR_OK);

    assert_int_equal(file_write(temp_path(state, "file"), "", 0, 0600, &e), ERR_OK);
    assert_int_equal(file_make_dir(temp_path(state, "file"), 0700, &e), ERR_IO);
    assert_non_null(strstr(e.text, "Not a directory"));
    assert_int_equal(file_make_dir(temp_path(state, "file/x/y"), 0700, &e), ERR_IO);
    assert_int_equal(file_make_dir("", 0700, &e), ERR_IO);
}

static void test_exists(void **state)
{
    struct err e;
    assert_false(file_exists(temp_path(state, "a")));
    assert_int_equal(file_write(temp_path(state, "a"), "", 0, 0000, &e), ERR_OK);
    assert_true(file_exists(temp_path(state, "a")));
    assert_true(file_exists(*state));
}

static void test_lock_holds_the_pid(void **state)
{
    const char *path = temp_path(state, "lock");
    struct buf b = {0};
    struct err e;
    int fd = -1;
    char pid[32];
    snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
    assert_int_equal(file_write(path, "a much longer text than a pid\n", 30, 0600, &e), ERR_OK);
    assert_int_equal(file_lock(path, &fd, &e), ERR_OK);
    assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    assert_int_equal(file_read(path, &b, &e), ERR_OK);
    assert_string_equal(buf_str(&b), pid);
    close(fd);
    assert_int_equal(file_lock(path, &fd, &e), ERR_OK);
    close(fd);
    assert_int_equal(file_lock(temp_path(state, "no/lock"), &fd, &e), ERR_IO);
    buf_free(&b);
}

static void test_lock_of_another_process(void **state)
{
    const char *path = temp_path(state, "lock");
    struct err e;
    char byte;
    int ends[2];
    int fd = -1;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        bool held = file_lock(path, &fd, &e) == ERR_OK;
        _exit(held && write(ends[1], "x", 1) == 1 ? pause() : 1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_int_equal(file_lock(path, &fd, &e), ERR_BUSY);
    assert_int_equal(fd, -1);
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "is locked by process %d", (int)child);
    assert_non_null(strstr(e.text, wanted));

    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(file_lock(path, &fd, &e), ERR_OK);
    close(fd);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_write_and_read, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(test_read_is_bounded, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(test_read_fails_with_a_reason, temp_setup, temp_teardown),
        cmocka_unit_test(test_standard_input),
        cmocka_unit_test_setup_teardown(test_failed_write_leaves_nothing, temp_setup,
                                        temp_teardown),
        cmocka_unit_test_setup_teardown(test_create_keeps_what_is_there, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(test_make_dir, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(test_exists, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(test_lock_holds_the_pid, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(test_lock_of_another_process, temp_setup, temp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
