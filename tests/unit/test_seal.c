/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/seal.h"
#include "tests/unit/temp.h"

static const struct seal_key key = {.bytes = {1, 2, 3}};
static const struct seal_key other_key = {.bytes = {1, 2, 4}};

static void seal_text(const char *context, const char *text, struct buf *b)
{
    struct secret plain = {0};
    secret_set(&plain, text);
    seal_close(&key, context, &plain, b);
    secret_wipe(&plain);
}

static void assert_damaged(const struct seal_key *with, const char *context, const void *blob,
                           size_t n)
{
    struct secret plain = {0};
    struct err e = {0};
    secret_set(&plain, "before");
    assert_int_equal(seal_open(with, context, blob, n, &plain, &e), ERR_FORMAT);
    assert_string_equal(plain.bytes, "before");
    assert_int_equal(e.code, ERR_FORMAT);
    secret_wipe(&plain);
}

static void test_there_and_back(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "x", "a refresh token", NULL};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct buf blob = {0};
        struct secret plain = {0};
        struct err e;
        size_t len = texts[i] != NULL ? strlen(texts[i]) : 0;
        buf_add_str(&blob, "what was there before");
        seal_text("token", texts[i], &blob);
        assert_int_equal(blob.len, 29 + len);
        assert_int_equal(blob.data[0], 1);
        assert_int_equal(seal_open(&key, "token", blob.data, blob.len, &plain, &e), ERR_OK);
        assert_int_equal(plain.len, len);
        assert_memory_equal(plain.bytes, texts[i] != NULL ? texts[i] : "", len + 1);
        secret_wipe(&plain);
        buf_free(&blob);
    }
}

static void test_nonces_differ(void **state)
{
    (void)state;
    struct buf a = {0};
    struct buf b = {0};
    seal_text("token", "the same", &a);
    seal_text("token", "the same", &b);
    assert_memory_not_equal(a.data + 1, b.data + 1, 12);
    assert_memory_not_equal(a.data + 29, b.data + 29, 8);
    buf_free(&a);
    buf_free(&b);
}

static void test_tampering_is_seen_at_every_bit(void **state)
{
    (void)state;
    struct buf blob = {0};
    seal_text("token", "a refresh token", &blob);
    for (size_t bit = 0; bit < blob.len * 8; bit++) {
        blob.data[bit / 8] = (char)(blob.data[bit / 8] ^ (1 << bit % 8));
        assert_damaged(&key, "token", blob.data, blob.len);
        blob.data[bit / 8] = (char)(blob.data[bit / 8] ^ (1 << bit % 8));
    }
    for (size_t n = 0; n < blob.len; n++) {
        assert_damaged(&key, "token", blob.data, n);
    }
    buf_add_char(&blob, 'x');
    assert_damaged(&key, "token", blob.data, blob.len);
    buf_free(&blob);
}

static void test_key_and_context_count(void **state)
{
    (void)state;
    struct buf blob = {0};
    seal_text("token", "a refresh token", &blob);
    assert_damaged(&other_key, "token", blob.data, blob.len);
    assert_damaged(&key, "toke", blob.data, blob.len);
    assert_damaged(&key, "tokens", blob.data, blob.len);
    assert_damaged(&key, "", blob.data, blob.len);
    buf_free(&blob);
}

static void file_make(const char *path, size_t n, mode_t mode)
{
    static const char bytes[64] = "0123456789abcdef0123456789ABCDEF";
    struct err e;
    assert_int_equal(file_write(path, bytes, n, (unsigned)mode, &e), ERR_OK);
}

static void test_key_is_made_once(void **state)
{
    const char *path = temp_path(state, "made.key");
    struct seal_key a;
    struct seal_key b;
    struct err e;
    struct stat st;
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(seal_key_load(path, &a, &e), ERR_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, 32);
    assert_int_equal(st.st_nlink, 1);
    assert_int_equal(seal_key_load(path, &b, &e), ERR_OK);
    assert_memory_equal(&a, &b, sizeof(a));
}

static void test_key_modes(void **state)
{
    const char *path = temp_path(state, "mode.key");
    static const mode_t bad[] = {0640, 0604, 0660, 0602, 0610, 0601, 0777};
    struct seal_key got;
    struct err e;
    unsetenv("CREDENTIALS_DIRECTORY");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        file_make(path, 32, bad[i]);
        assert_int_equal(seal_key_load(path, &got, &e), ERR_CONFIG);
        assert_non_null(strstr(e.text, "chmod 600"));
        assert_non_null(strstr(e.text, path));
    }
    file_make(path, 32, 0600);
    assert_int_equal(seal_key_load(path, &got, &e), ERR_OK);
    assert_memory_equal(got.bytes, "0123456789abcdef0123456789ABCDEF", 32);
    file_make(path, 32, 0400);
    assert_int_equal(seal_key_load(path, &got, &e), ERR_OK);
}

static void test_key_of_wrong_size_is_kept(void **state)
{
    const char *path = temp_path(state, "size.key");
    static const size_t sizes[] = {0, 1, 31, 33, 64};
    struct seal_key got;
    struct err e;
    struct stat st;
    unsetenv("CREDENTIALS_DIRECTORY");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        file_make(path, sizes[i], 0600);
        assert_int_equal(seal_key_load(path, &got, &e), ERR_CONFIG);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_size, sizes[i]);
    }
}

static void test_key_path_may_fail(void **state)
{
    struct seal_key got;
    struct err e;
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(seal_key_load(temp_path(state, "no/dir.key"), &got, &e), ERR_IO);
    assert_int_equal(mkdir(temp_path(state, "dir.key"), 0700), 0);
    assert_int_equal(seal_key_load(temp_path(state, "dir.key"), &got, &e), ERR_CONFIG);
}

static void test_credential_comes_first(void **state)
{
    struct seal_key got;
    struct err e;
    setenv("CREDENTIALS_DIRECTORY", *state, 1);
    file_make(temp_path(state, "own.key"), 32, 0600);
    assert_int_equal(seal_key_load(temp_path(state, "own.key"), &got, &e), ERR_OK);
    assert_int_equal(got.bytes[0], '0');

    assert_int_equal(file_write(temp_path(state, "genred.key"), "abcdefghabcdefghabcdefghabcdefgh",
                                32, 0440, &e),
                     ERR_OK);
    assert_int_equal(seal_key_load(temp_path(state, "own.key"), &got, &e), ERR_OK);
    assert_int_equal(got.bytes[0], 'a');
    file_make(temp_path(state, "genred.key"), 31, 0440);
    assert_int_equal(seal_key_load(temp_path(state, "own.key"), &got, &e), ERR_CONFIG);
    unsetenv("CREDENTIALS_DIRECTORY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_nonces_differ),
        cmocka_unit_test(test_tampering_is_seen_at_every_bit),
        cmocka_unit_test(test_key_and_context_count),
        cmocka_unit_test_setup_teardown(test_key_is_made_once, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(test_key_modes, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(test_key_of_wrong_size_is_kept, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(test_key_path_may_fail, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(test_credential_comes_first, temp_setup, temp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
