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

#include "daemon/ctl_plan.h"

static const char summary[] =
    "{\"playlists\":[{\"genre\":\"hip-hop\",\"name\":\"Hip hop\",\"volumes\":["
    "{\"row\":1,\"id\":\"P1\",\"name\":\"Hip\\nhop # 1\",\"snapshot\":\"s1\"},"
    "{\"row\":2,\"id\":null,\"name\":\"Hip hop 2\",\"snapshot\":\"\"}],\"changes\":["
    "{\"verb\":\"add\",\"playlist\":1,\"id\":\"A\",\"name\":\"x\\n- Z\",\"artists\":\"y\","
    "\"p\":0.93,\"why\":\"probable\"},"
    "{\"verb\":\"remove\",\"playlist\":1,\"id\":\"B\",\"name\":\"#\",\"artists\":\"\","
    "\"why\":\"unliked\"},"
    "{\"verb\":\"hold\",\"playlist\":1,\"id\":\"C\",\"why\":\"unlikely\"},"
    "{\"verb\":\"veto\",\"playlist\":2,\"id\":\"D\",\"why\":\"edited\"}]}]}";

static struct json *parsed(const char *text)
{
    struct json *plan = NULL;
    struct err e = {0};
    if (ctl_plan_parse(text, &plan, &e))
        fail_msg("%s", e.text);
    return plan;
}

static void assert_change(const struct json *change, const char *verb, const char *id)
{
    assert_string_equal(json_get_str(change, "verb"), verb);
    assert_string_equal(json_get_str(change, "id"), id);
}

/* Names with line ends, signs and comment marks change nothing. */
static void what_is_written_is_read(void **state)
{
    (void)state;
    struct json *j = NULL;
    struct err e = {0};
    struct buf text = {0};
    assert_int_equal(json_parse(summary, strlen(summary), &j, &e), ERR_OK);
    ctl_plan_print(j, &text);
    struct json *plan = parsed(buf_str(&text));
    const struct json *p = json_first(json_get(plan, "playlists"));
    assert_string_equal(json_get_str(p, "id"), "P1");
    assert_string_equal(json_get_str(p, "snapshot"), "s1");
    assert_string_equal(json_get_str(p, "genre"), "hip-hop");
    const struct json *c = json_first(json_get(p, "changes"));
    assert_change(c, "add", "A");
    assert_int_equal(json_size(json_get(p, "changes")), 2);
    assert_change(json_next(c), "remove", "B");
    p = json_next(p);
    assert_string_equal(json_get_str(p, "id"), "");
    assert_string_equal(json_get_str(p, "snapshot"), "");
    assert_change(json_first(json_get(p, "changes")), "veto", "D");
    json_free(plan);
    json_free(j);
    buf_free(&text);
}

static void a_person_edits_it(void **state)
{
    (void)state;
    struct json *plan = parsed("\xef\xbb\xbf# mine\r\n"
                               "  playlist new - rock   # to be made\r\n"
                               "\t+ A\r\n"
                               "#+ B\n"
                               "-   C   #not this\n"
                               "! D");
    const struct json *p = json_first(json_get(plan, "playlists"));
    assert_int_equal(json_get_int(p, "line", 0), 2);
    const struct json *c = json_first(json_get(p, "changes"));
    assert_change(c, "add", "A");
    c = json_next(c);
    assert_change(c, "remove", "C");
    c = json_next(c);
    assert_change(c, "veto", "D");
    assert_int_equal(json_get_int(c, "line", 0), 6);
    assert_null(json_next(c));
    json_free(plan);
}

static void what_is_wrong_is_told_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *told;
    } cases[] = {
        {"", "no playlist"},
        {"# only this\n", "no playlist"},
        {"+ A\n", "line 1: a song before"},
        {"playlist new\n", "line 1: a playlist needs"},
        {"playlist new - rock\n+\n", "line 2: neither"},
        {"playlist new - rock\n+ A B\n", "line 2: neither"},
        {"playlist new - rock\n\n* A\n", "line 3: neither"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct json *plan = NULL;
        struct err e = {0};
        assert_int_equal(ctl_plan_parse(cases[i].text, &plan, &e), ERR_USAGE);
        if (!strstr(e.text, cases[i].told))
            fail_msg("%s: %s", cases[i].text, e.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_person_edits_it),
        cmocka_unit_test(what_is_wrong_is_told_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
