/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/ctl_count.h"
#include "daemon/ctl_events.h"
#include "daemon/ctl_http.h"
#include "daemon/ctl_table.h"

static void test_time_that_is_left(void **state)
{
    (void)state;
    assert_int_equal(ctl_count_left_s(5000, 0, 10), -1);
    assert_int_equal(ctl_count_left_s(5000, 5, 10), 5);
    assert_int_equal(ctl_count_left_s(5001, 5, 10), 6);
    assert_int_equal(ctl_count_left_s(100, 1, 3), 1);
    assert_int_equal(ctl_count_left_s(5000, 10, 10), 0);
}

/* Whatever the pieces in which the bytes come, the events are the same. */
static void test_events_in_pieces(void **state)
{
    (void)state;
    static const char stream[] = ": hello\n\nid: 1\ndata: one\n\n\n\ndata:two\r\ndata: more\r\n\r\n"
                                 "event: x\n\ndata: three\n\ndata: unfinished\n";
    for (size_t piece = 1; piece < sizeof(stream); piece++) {
        struct ctl_events s;
        struct buf got = {0};
        const char *data;
        ctl_events_init(&s);
        for (size_t at = 0; at < sizeof(stream) - 1; at += piece) {
            size_t left = sizeof(stream) - 1 - at;
            buf_add(&s.bytes, stream + at, left < piece ? left : piece);
            while ((data = ctl_events_next(&s)) != NULL) {
                buf_printf(&got, "[%s]", data);
            }
        }
        assert_string_equal(buf_str(&got), "[one][two\nmore][three]");
        buf_free(&got);
        ctl_events_free(&s);
    }
}

static void test_comments_do_not_pile_up(void **state)
{
    (void)state;
    struct ctl_events s;
    ctl_events_init(&s);
    for (int i = 0; i < 1000; i++) {
        buf_add_str(&s.bytes, ": still there\n\n");
        assert_null(ctl_events_next(&s));
    }
    assert_true(s.bytes.len < 64);
    ctl_events_free(&s);
}

/* A reply read through a socket pair. */
static enum err_code reply_read(const char *reply, struct buf *body, int *ret_status)
{
    int pair[2];
    struct err e;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    assert_int_equal(write(pair[1], reply, strlen(reply)), (ssize_t)strlen(reply));
    shutdown(pair[1], SHUT_WR);
    struct ctl_http c = {.fd = pair[0], .stop_fd = -1};
    buf_clear(body);
    enum err_code code = ctl_http_ask(&c, "GET", "/", NULL, &e);
    if (code == ERR_OK) {
        code = ctl_http_read_all(&c, body, &e);
    }
    *ret_status = c.status;
    ctl_http_close(&c);
    close(pair[1]);
    return code;
}

static void test_replies(void **state)
{
    (void)state;
    struct buf body = {0};
    int status;
    assert_int_equal(reply_read("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", &body, &status),
                     ERR_OK);
    assert_string_equal(buf_str(&body), "body");
    assert_int_equal(reply_read("HTTP/1.1 409 No\r\nTransfer-Encoding: "
                                "chunked\r\n\r\n3\r\nbod\r\n1;x=y\r\ny\r\n0\r\n\r\n",
                                &body, &status),
                     ERR_OK);
    assert_string_equal(buf_str(&body), "body");
    assert_int_equal(status, 409);
    assert_int_equal(reply_read("HTTP/1.0 200 OK\r\n\r\nto the end", &body, &status), ERR_OK);
    assert_string_equal(buf_str(&body), "to the end");
    assert_int_equal(reply_read("HTTP/1.1 204 None\r\nContent-Length: 0\r\n\r\n", &body, &status),
                     ERR_OK);
    assert_int_equal(body.len, 0);
    buf_free(&body);
}

static void test_replies_that_are_cut_or_nonsense(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody",
        "HTTP/1.1 200 OK\r\nContent-Length: -9\r\n\r\nbody",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nbody",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nbody",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbody",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nbody",
        "SSH-2.0-OpenSSH\r\n\r\n",
    };
    struct buf body = {0};
    int status;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(reply_read(bad[i], &body, &status), ERR_UNREACHABLE);
    }
    buf_free(&body);
}

static void test_clean(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Zweites Lied \xc3\x84", "Zweites Lied \xc3\x84"},
        {"a\x1b[2Jb\nc\x7f", "a?[2Jb?c?"},
        {"\xc2\x9b", "?"},
        {"\xe2\x80\xae", "?"},
        {"\xff\xc3", "??"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *clean = ctl_table_clean(cases[i][0]);
        assert_string_equal(clean, cases[i][1]);
        free(clean);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_that_is_left),
        cmocka_unit_test(test_events_in_pieces),
        cmocka_unit_test(test_comments_do_not_pile_up),
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_replies_that_are_cut_or_nonsense),
        cmocka_unit_test(test_clean),
    };
    return cmocka_run_group_tests_name("ctl", tests, NULL, NULL);
}
