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
#include "classifier/svg.h"

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

/* Well formed, nothing that runs or is fetched, no number that is none; empties b. */
static void assert_drawing(struct buf *b)
{
    static const char *const never[] = {"<img", "<script", "href", "nan", "inf", "onerror=\"x\""};
    assert_well_formed(buf_str(b));
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        assert_null(strstr(buf_str(b), never[i]));
    }
    buf_clear(b);
}

static const char *const names[] = {"a & b", "<img onerror=\"x\">"};

static void test_lines(void **state)
{
    (void)state;
    const double x[] = {0.0, 0.5, 1.0}, y[] = {0.1, (double)NAN, 0.9}, size[] = {0.1, 0.5, 1.0};
    const struct chart c = {.title = "<b>",
                            .desc = names[1],
                            .x_name = names[0],
                            .y_name = names[1],
                            .width = 300.0,
                            .height = 200.0,
                            .diagonal = 1};
    const struct chart_series s = {
        .name = names[1], .x = x, .y = y, .n = 3, .points = 1, .size = size};
    struct buf b = {0};
    chart_lines(&b, &c, &s, 1);
    assert_non_null(strstr(buf_str(&b), "<title>&lt;b&gt;</title>"));
    assert_non_null(strstr(buf_str(&b), "<desc>&lt;img onerror=&quot;x&quot;&gt;</desc>"));
    assert_non_null(strstr(buf_str(&b), ">a &amp; b<"));
    assert_non_null(strstr(buf_str(&b), "stroke-dasharray=\"4 4\""));
    assert_drawing(&b);
    const struct chart_panel panels[2] = {{.chart = c, .series = &s, .n = 1},
                                          {.chart = c, .series = &s, .n = 1}};
    chart_grid(&b, panels, 2);
    assert_drawing(&b);
    chart_stack(&b, names[1], panels, 2);
    assert_non_null(strstr(buf_str(&b), "prefers-color-scheme:dark"));
    assert_drawing(&b);
    buf_free(&b);
}

static void test_bars(void **state)
{
    (void)state;
    const double one[] = {0.9, -0.3}, two[] = {(double)NAN, -0.001};
    const struct chart_bar_set s = {.title = names[1],
                                    .names = names,
                                    .value_name = {"one", names[1]},
                                    .value = {one, two},
                                    .n = 2,
                                    .digits = 2};
    struct buf b = {0};
    chart_bars(&b, &s);
    assert_non_null(strstr(buf_str(&b), ">0.90<"));
    assert_non_null(strstr(buf_str(&b), ">-0.30<"));
    assert_non_null(strstr(buf_str(&b), ">-<"));
    assert_non_null(strstr(buf_str(&b), ">0.00<"));
    /* From -0.3 to 0.9 on 208: nought is at 120 + 52. */
    assert_non_null(strstr(buf_str(&b), "x=\"172.0\" y=\"53.0\" width=\"156.0\""));
    assert_non_null(strstr(buf_str(&b), "x=\"120.0\" y=\"70.0\" width=\"52.0\""));
    assert_drawing(&b);
    buf_free(&b);
}

static void test_heat(void **state)
{
    (void)state;
    const double cells[] = {0.9, 0.1, 0.0, 1.0};
    struct buf b = {0};
    chart_heat(&b, &(struct chart_cells){.title = "t", .names = names, .cells = cells, .n = 2});
    assert_non_null(strstr(buf_str(&b), "a &amp; b taken for a &amp; b: 90 %"));
    assert_non_null(
        strstr(buf_str(&b), "a &amp; b taken for &lt;img onerror=&quot;x&quot;&gt;: 10 %"));
    assert_null(strstr(buf_str(&b), "taken for a &amp; b: 0 %"));
    assert_drawing(&b);
    buf_free(&b);
}

static void test_values_lie_where_they_should(void **state)
{
    (void)state;
    const double x[] = {0.0, 10.0}, y[] = {0.0, 1.0};
    const struct chart c = {
        .title = "t", .x_name = "x", .y_name = "y", .width = 168.0, .height = 168.0};
    const struct chart_series s = {.x = x, .y = y, .n = 2};
    struct buf b = {0};
    chart_lines(&b, &c, &s, 1);
    /* 100 by 100 between the margins: left 56, top 28. */
    assert_non_null(strstr(buf_str(&b), "M56.0 128.0L156.0 28.0"));
    buf_free(&b);
}

static void test_ticks_are_round(void **state)
{
    (void)state;
    const double x[] = {1.0, 3.0}, y[] = {-0.31, 0.68};
    struct chart c = {.title = "t", .width = 300.0, .height = 200.0, .x_whole = 1};
    const struct chart_series s = {.x = x, .y = y, .n = 2};
    struct buf b = {0};
    chart_lines(&b, &c, &s, 1);
    static const char *const ticks[] = {">-0.4<", ">-0.2<", ">0<", ">0.6<", ">0.8<", ">2<", ">3<"};
    for (size_t i = 0; i < sizeof(ticks) / sizeof(ticks[0]); i++) {
        assert_non_null(strstr(buf_str(&b), ticks[i]));
    }
    assert_null(strstr(buf_str(&b), ">1.5<"));
    assert_null(strstr(buf_str(&b), ">-0<"));
    buf_free(&b);
}

static void test_odd_data(void **state)
{
    (void)state;
    const struct chart c = {
        .title = "t", .x_name = "x", .y_name = "y", .width = 200.0, .height = 200.0};
    const double odd[][2] = {{5.0, 5.0},
                             {1e300, -1e300},
                             {(double)NAN, (double)NAN},
                             {(double)INFINITY, 1.0},
                             {1e17, 1e17 + 16.0}};
    struct buf b = {0};
    chart_lines(&b, &c, NULL, 0);
    assert_drawing(&b);
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        const struct chart_series s = {.x = odd[i], .y = odd[i], .n = 2, .points = 1};
        chart_lines(&b, &c, &s, 1);
        assert_drawing(&b);
    }
    chart_bars(&b, &(struct chart_bar_set){.title = "t"});
    assert_drawing(&b);
    chart_heat(&b, &(struct chart_cells){.title = "t"});
    assert_drawing(&b);
    chart_grid(&b, NULL, 0);
    assert_drawing(&b);
    buf_free(&b);
}

static void test_text_that_xml_may_not_hold(void **state)
{
    (void)state;
    struct buf b = {0};
    svg_escape(&b, "\x01'\"<&>\xff\xef\xbf\xbf \xc3\xa9");
    assert_string_equal(buf_str(&b), "\xef\xbf\xbd&#39;&quot;&lt;&amp;&gt;\xef\xbf\xbd\xef\xbf\xbd"
                                     " \xc3\xa9");
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_bars),
        cmocka_unit_test(test_heat),
        cmocka_unit_test(test_values_lie_where_they_should),
        cmocka_unit_test(test_ticks_are_round),
        cmocka_unit_test(test_odd_data),
        cmocka_unit_test(test_text_that_xml_may_not_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
