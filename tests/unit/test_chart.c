/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <string.h>

#include "classifier/chart.h"

/* Tags open and close in order, and no text starts a tag. */
static void assert_well_formed(const char *svg)
{
    const char *open[16];
    size_t lengths[16], depth = 0;
    for (const char *s = svg; (s = strchr(s, '<')) != NULL; s++) {
        const char *end = strchr(s, '>');
        assert_non_null(end);
        const char *name = s + 1 + (s[1] == '/');
        size_t n = strcspn(name, " />");
        if (s[1] == '/') {
            assert_true(depth > 0);
            depth--;
            assert_int_equal(n, lengths[depth]);
            assert_memory_equal(name, open[depth], n);
        } else if (end[-1] != '/') {
            assert_true(depth < 16);
            open[depth] = name;
            lengths[depth++] = n;
        }
    }
    assert_int_equal(depth, 0);
}

static void test_all_kinds_are_well_formed(void **state)
{
    (void)state;
    const double x[] = {0.0, 0.5, 1.0}, y[] = {0.1, (double)NAN, 0.9}, size[] = {0.1, 0.5, 1.0};
    const char *const names[] = {"a & b", "<img onerror=\"x\">"};
    const double cells[] = {0.9, 0.1, 0.0, 1.0};
    const struct chart c = {.title = "<b>",
                            .x_name = "x",
                            .y_name = "y",
                            .width = 300.0,
                            .height = 200.0,
                            .diagonal = 1};
    const struct chart_series s = {
        .name = names[1], .x = x, .y = y, .n = 3, .points = 1, .size = size};
    struct buf b = {0};
    chart_lines(&b, &c, &s, 1);
    assert_well_formed(buf_str(&b));
    assert_null(strstr(buf_str(&b), "<img"));
    assert_non_null(strstr(buf_str(&b), "&lt;img onerror=&quot;x&quot;&gt;"));
    assert_null(strstr(buf_str(&b), "nan"));
    buf_clear(&b);
    chart_bars(&b, "t", names, cells, 2, 2);
    assert_well_formed(buf_str(&b));
    assert_non_null(strstr(buf_str(&b), ">0.90<"));
    buf_clear(&b);
    chart_heat(&b, "t", names, cells, 2);
    assert_well_formed(buf_str(&b));
    assert_non_null(strstr(buf_str(&b), "a &amp; b taken for a &amp; b: 90 %"));
    buf_free(&b);
}

static void test_values_lie_where_they_should(void **state)
{
    (void)state;
    const double x[] = {0.0, 10.0}, y[] = {0.0, 1.0};
    const struct chart c = {
        .title = "t", .x_name = "x", .y_name = "y", .width = 164.0, .height = 168.0};
    const struct chart_series s = {.x = x, .y = y, .n = 2};
    struct buf b = {0};
    chart_lines(&b, &c, &s, 1);
    /* 100 by 100 between the margins: left 52, top 28. */
    assert_non_null(strstr(buf_str(&b), "M52.0 128.0L152.0 28.0"));
    buf_free(&b);
}

static void test_nothing_to_draw(void **state)
{
    (void)state;
    const struct chart c = {
        .title = "t", .x_name = "x", .y_name = "y", .width = 200.0, .height = 200.0};
    const struct chart_series s = {.n = 0};
    struct buf b = {0};
    chart_lines(&b, &c, &s, 1);
    assert_well_formed(buf_str(&b));
    assert_null(strstr(buf_str(&b), "inf"));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_kinds_are_well_formed),
        cmocka_unit_test(test_values_lie_where_they_should),
        cmocka_unit_test(test_nothing_to_draw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
