/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/map.h"
#include "classifier/map_align.h"
#include "classifier/map_graph.h"
#include "classifier/principal.h"

#define DIM      32
#define CLUSTERS 20
#define SONGS    400
#define NEAR     15

/* Songs around CLUSTERS centres, song i around i % CLUSTERS. Caller: free. */
static float *clusters_make(size_t n, uint64_t seed)
{
    float centre[CLUSTERS][DIM], *places = mem_array(n * DIM, sizeof(*places));
    struct rand_seq r = {1};
    for (size_t c = 0; c < CLUSTERS; c++) {
        for (size_t d = 0; d < DIM; d++) {
            centre[c][d] = (float)rand_normal(&r);
        }
    }
    r.state = seed;
    for (size_t i = 0; i < n; i++) {
        float sum = 0.0F, *place = places + i * DIM;
        for (size_t d = 0; d < DIM; d++) {
            place[d] = centre[i % CLUSTERS][d] + 0.35F * (float)rand_normal(&r);
            sum += place[d] * place[d];
        }
        for (size_t d = 0; d < DIM; d++) {
            place[d] /= sqrtf(sum);
        }
    }
    return places;
}

/* (n, 2) of NaN. Caller: free. */
static float *nowhere(size_t n)
{
    float *at = mem_array(2 * n + 1, sizeof(*at));
    for (size_t i = 0; i < 2 * n; i++) {
        at[i] = NAN;
    }
    return at;
}

static void assert_inside(const float *at, size_t n)
{
    for (size_t i = 0; i < 2 * n; i++) {
        assert_true(isfinite(at[i]) && at[i] >= -1.0F && at[i] <= 1.0F);
    }
}

/* --- principal components
 * -------------------------------------------------------------------------
 */

static void test_components_of_a_cross(void **state)
{
    (void)state;
    const float x[] = {2, 5, 0, -2, 5, 0, 0, 6, 0, 0, 4, 0}; /* (4, 3) around (0, 5, 0) */
    double mean[3], axes[9], variances[3];
    principal_fit(x, 4, 3, 3, mean, axes, variances);
    assert_true(fabs(mean[0]) < 1e-12 && fabs(mean[1] - 5.0) < 1e-12);
    assert_true(fabs(variances[0] - 8.0 / 3.0) < 1e-12);
    assert_true(fabs(variances[1] - 2.0 / 3.0) < 1e-12);
    assert_true(fabs(variances[2]) < 1e-12);
    assert_true(fabs(axes[0] - 1.0) < 1e-12 && fabs(axes[4] - 1.0) < 1e-12);
}

/* x = 3 u p + 1.5 v q with u and v at right angles, at a slant to all dimensions. */
static void test_components_of_a_known_covariance(void **state)
{
    (void)state;
    const size_t n = 20000, dim = 6;
    const double u[] = {0.5, 0.5, 0.5, 0.5, 0, 0}, v[] = {0.5, -0.5, 0.5, -0.5, 0, 0};
    double mean[6], axes[36], variances[6], along_u = 0, along_v = 0;
    struct rand_seq r = {3};
    float *x = mem_array(n * dim, sizeof(*x));
    for (size_t i = 0; i < n; i++) {
        const double p = 3.0 * rand_normal(&r), q = 1.5 * rand_normal(&r);
        for (size_t d = 0; d < dim; d++) {
            x[i * dim + d] = (float)(u[d] * p + v[d] * q + 0.1 * rand_normal(&r) + 7.0);
        }
    }
    principal_fit(x, n, dim, dim, mean, axes, variances);
    for (size_t d = 0; d < dim; d++) {
        assert_true(fabs(mean[d] - 7.0) < 0.1);
        along_u += axes[d] * u[d];
        along_v += axes[dim + d] * v[d];
    }
    assert_true(fabs(along_u) > 0.999 && fabs(along_v) > 0.999);
    assert_true(fabs(variances[0] - 9.01) < 0.2 && fabs(variances[1] - 2.26) < 0.06);
    for (size_t i = 2; i < dim; i++) {
        assert_true(fabs(variances[i] - 0.01) < 0.001);
    }
    for (size_t a = 0; a < dim; a++) {
        for (size_t b = 0; b < dim; b++) {
            double dot = 0;
            for (size_t d = 0; d < dim; d++) {
                dot += axes[a * dim + d] * axes[b * dim + d];
            }
            assert_true(fabs(dot - (a == b)) < 1e-9);
        }
    }
    free(x);
}

/* --- neighbours
 * -----------------------------------------------------------------------------------
 */

struct ranked {
    double distance;
    size_t item;
};

static int by_distance(const void *a, const void *b)
{
    const struct ranked *x = a;
    const struct ranked *y = b;
    if (x->distance < y->distance || x->distance > y->distance) {
        return x->distance < y->distance ? -1 : 1;
    }
    return (x->item > y->item) - (x->item < y->item);
}

/* All n items by the distance of their rows of x (n, dim) to row i, i itself first. */
static void rank(const float *x, size_t n, size_t dim, size_t i, struct ranked *ranked)
{
    for (size_t k = 0; k < n; k++) {
        double sum = 0;
        for (size_t d = 0; d < dim; d++) {
            const double by = (double)x[i * dim + d] - (double)x[k * dim + d];
            sum += by * by;
        }
        ranked[k] = (struct ranked){k == i ? -1.0 : sum, k};
    }
    qsort(ranked, n, sizeof(*ranked), by_distance);
}

static void test_the_graph_is_that_of_the_nearest(void **state)
{
    (void)state;
    float *x = clusters_make(SONGS, 2);
    struct ranked ranked[SONGS];
    struct map_graph g = {0};
    atomic_uint done = 0;
    atomic_bool cancel = false;
    const struct map_graph_progress progress = {&done, 100, &cancel};
    size_t n_edges = 0;
    assert_true(map_graph_make(&g, x, DIM, NULL, SONGS, &progress));
    assert_int_equal(g.k, NEAR - 1);
    for (size_t i = 0; i < SONGS; i++) {
        double sum = 0;
        rank(x, SONGS, DIM, i, ranked);
        for (size_t c = 0; c < g.k; c++) {
            /* Among places of unit length the distance orders as the cosine does. */
            assert_int_equal(g.other[i * g.k + c], ranked[c + 1].item);
            sum += (double)g.weight[i * g.k + c];
        }
        assert_true(fabs(sum - log2(NEAR)) < 1e-3);
        assert_true(g.weight[i * g.k] >= 1.0F);
    }
    struct map_graph_edge *edges = map_graph_edges(&g, &n_edges);
    double there = 0, back = 0;
    for (size_t i = 0; i < n_edges; i++) {
        const double by = 1.0 + edges[i].head * 0.5 + edges[i].tail;
        there += (double)edges[i].weight * by;
        back += (double)edges[i].weight * (1.0 + edges[i].tail * 0.5 + edges[i].head);
        assert_true(edges[i].weight >= 0.0F && edges[i].weight <= 1.0F);
    }
    assert_true(fabs(there - back) < 1e-6 * there); /* each edge is there both ways */
    free(edges);
    map_graph_free(&g);
    free(x);
}

/* Venna and Kaski 2001: 1 when those who are near in the plane were near before. */
static double trustworthiness(const float *x, const float *at, size_t n)
{
    struct ranked *before = mem_array(n, sizeof(*before)), *after = mem_array(n, sizeof(*after));
    size_t *place = mem_array(n, sizeof(*place));
    double over = 0;
    for (size_t i = 0; i < n; i++) {
        rank(x, n, DIM, i, before);
        rank(at, n, 2, i, after);
        for (size_t k = 0; k < n; k++) {
            place[before[k].item] = k;
        }
        for (size_t k = 1; k <= NEAR; k++) {
            const size_t was = place[after[k].item];
            over += was > NEAR ? (double)(was - NEAR) : 0.0;
        }
    }
    free(before);
    free(after);
    free(place);
    return 1.0 - 2.0 / (double)(n * NEAR * (2 * n - 3 * NEAR - 1)) * over;
}

static void components_make(const float *x, size_t n, float *at)
{
    double mean[DIM], axes[2 * DIM], variances[2];
    principal_fit(x, n, DIM, 2, mean, axes, variances);
    for (size_t i = 0; i < 2 * n; i++) {
        double sum = 0;
        for (size_t d = 0; d < DIM; d++) {
            sum += ((double)x[i / 2 * DIM + d] - mean[d]) * axes[i % 2 * DIM + d];
        }
        at[i] = (float)sum;
    }
}

static void test_neighbours_stay_neighbours(void **state)
{
    (void)state;
    float *x = clusters_make(SONGS, 2), *at = nowhere(SONGS), *plain = nowhere(SONGS);
    struct map_task t = {.n = SONGS, .dim = DIM, .places = x, .at = at};
    assert_true(map_make(&t));
    assert_true(t.whole && t.scale > 0.0);
    assert_int_equal(atomic_load(&t.done), MAP_DONE);
    assert_inside(at, SONGS);
    components_make(x, SONGS, plain);
    const double ours = trustworthiness(x, at, SONGS), theirs = trustworthiness(x, plain, SONGS);
    print_message("trustworthiness %.4f, of the components %.4f\n", ours, theirs);
    assert_true(ours > 0.95 && ours > theirs + 0.05);
    /* Hardly a song lies closer to another cluster's than to its own. */
    struct ranked ranked[SONGS];
    size_t strangers = 0;
    for (size_t i = 0; i < SONGS; i++) {
        rank(at, SONGS, 2, i, ranked);
        strangers += ranked[1].item % CLUSTERS != i % CLUSTERS;
    }
    assert_true(strangers < SONGS / 50);
    free(x);
    free(at);
    free(plain);
}

/* --- from one layout to the next
 * ------------------------------------------------------------------
 */

static void test_the_same_again(void **state)
{
    (void)state;
    float *x = clusters_make(SONGS, 2), *one = nowhere(SONGS), *other = nowhere(SONGS);
    struct map_task t = {.n = SONGS, .dim = DIM, .places = x, .at = one};
    struct map_task u = {.n = SONGS, .dim = DIM, .places = x, .at = other};
    assert_true(map_make(&t) && map_make(&u));
    assert_memory_equal(one, other, 2 * SONGS * sizeof(*one));
    /* With nothing new nothing is done. */
    const double scale = t.scale;
    assert_true(map_make(&t));
    assert_false(t.whole);
    assert_memory_equal(one, other, 2 * SONGS * sizeof(*one));
    assert_true(t.scale >= scale && t.scale <= scale);
    free(x);
    free(one);
    free(other);
}

static void test_few_new_ones_move_nobody(void **state)
{
    (void)state;
    const size_t all = SONGS + SONGS / 100;
    float *x = clusters_make(all, 2), *at = nowhere(all);
    struct map_task t = {.n = SONGS, .dim = DIM, .places = x, .at = at};
    assert_true(map_make(&t));
    float *before = nowhere(all);
    memcpy(before, at, 2 * SONGS * sizeof(*at));
    t.n = all;
    assert_true(map_make(&t));
    assert_false(t.whole);
    assert_memory_equal(before, at, 2 * SONGS * sizeof(*at));
    assert_inside(at, all);
    struct ranked *ranked = mem_array(all, sizeof(*ranked));
    for (size_t i = SONGS; i < all; i++) { /* and they lie among their like */
        rank(at, all, 2, i, ranked);
        for (size_t k = 1; k <= 5; k++) {
            assert_int_equal(ranked[k].item % CLUSTERS, i % CLUSTERS);
        }
    }
    free(ranked);
    free(before);
    free(x);
    free(at);
}

static double moved(const float *before, const float *after, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += hypot((double)after[2 * i] - (double)before[2 * i],
                     (double)after[2 * i + 1] - (double)before[2 * i + 1]);
    }
    return sum / (double)n;
}

/* A third is new, then the model is another one: the picture is still the old one. */
static void test_many_new_ones_move_all_a_little(void **state)
{
    (void)state;
    float *x = clusters_make(SONGS, 2), *at = nowhere(SONGS), *before = nowhere(SONGS);
    const size_t first = SONGS / 3 * 2;
    struct map_task t = {.n = first, .dim = DIM, .places = x, .at = at};
    assert_true(map_make(&t));
    memcpy(before, at, 2 * SONGS * sizeof(*at));
    t.n = SONGS;
    assert_true(map_make(&t));
    assert_true(t.whole);
    assert_inside(at, SONGS);
    print_message("a third more moves by %.4f\n", moved(before, at, first));
    assert_true(moved(before, at, first) < 0.3);
    memcpy(before, at, 2 * SONGS * sizeof(*at));
    t.again = true;
    assert_true(map_make(&t));
    assert_true(t.whole);
    print_message("all anew moves by %.4f\n", moved(before, at, SONGS));
    assert_true(moved(before, at, SONGS) < 0.35);
    assert_true(memcmp(before, at, 2 * SONGS * sizeof(*at)) != 0);
    free(before);
    free(x);
    free(at);
}

static void test_a_layout_is_turned_back(void **state)
{
    (void)state;
    enum { N = 200 };
    float old[2 * N], at[2 * N];
    for (int mirror = 0; mirror < 2; mirror++) {
        struct rand_seq r = {9};
        for (size_t i = 0; i < N; i++) {
            const float x = 1.8F * (float)rand_unit(&r) - 0.9F;
            const float y = 1.2F * (float)rand_unit(&r) - 0.5F;
            old[2 * i] = x;
            old[2 * i + 1] = y;
            at[2 * i] = 8.0F * (0.6F * x - 0.8F * y) + 3.0F;
            at[2 * i + 1] = (mirror ? -8.0F : 8.0F) * (0.8F * x + 0.6F * y) - 2.0F;
        }
        old[10] = old[11] = NAN; /* a new one, which is placed as the others are */
        const double scale = map_align(at, old, N);
        assert_true(fabs(scale - 8.0) < 1e-4);
        for (size_t i = 0; i < 2 * N; i++) {
            assert_true(isnan(old[i]) || fabsf(at[i] - old[i]) < 1e-5F);
        }
    }
}

/* --- what is no library
 * ----------------------------------------------------------------------------
 */

static void test_hardly_any_songs(void **state)
{
    (void)state;
    float *x = clusters_make(50, 2);
    for (size_t n = 0; n < 9; n++) {
        float *at = nowhere(n);
        struct map_task t = {.n = n, .dim = DIM, .places = x, .at = at};
        assert_true(map_make(&t));
        assert_inside(at, n);
        for (size_t i = 1; i < n; i++) {
            assert_true(moved(at, at + 2 * i, 1) > 0.01);
        }
        free(at);
    }
    float *at = nowhere(50);
    struct map_task t = {.dim = DIM, .places = x, .at = at};
    for (t.n = 1; t.n <= 50; t.n++) { /* one comes after another */
        assert_true(map_make(&t));
        assert_inside(at, t.n);
    }
    free(at);
    free(x);
}

static void test_equal_songs(void **state)
{
    (void)state;
    float *x = mem_array(100 * DIM, sizeof(*x)), *at = nowhere(100);
    for (size_t i = 0; i < 100; i++) {
        x[i * DIM + 3] = 1.0F;
    }
    for (size_t n = 1; n <= 100; n += 33) {
        float *all = nowhere(n);
        struct map_task t = {.n = n, .dim = DIM, .places = x, .at = all};
        assert_true(map_make(&t));
        assert_inside(all, n);
        free(all);
    }
    free(at);
    free(x);
}

static void test_what_is_no_place_is_left_out(void **state)
{
    (void)state;
    float *x = clusters_make(100, 2), *at = nowhere(100), *others = nowhere(98);
    float *good = mem_array(98 * DIM, sizeof(*good));
    x[7 * DIM + 4] = NAN;
    memset(x + 50 * DIM, 0, DIM * sizeof(*x));
    for (size_t i = 0, k = 0; i < 100; i++) {
        if (map_is_place(x + i * DIM, DIM)) {
            memcpy(good + k++ * DIM, x + i * DIM, DIM * sizeof(*x));
        }
    }
    struct map_task t = {.n = 100, .dim = DIM, .places = x, .at = at};
    struct map_task u = {.n = 98, .dim = DIM, .places = good, .at = others};
    assert_true(map_make(&t) && map_make(&u));
    for (size_t i = 0, k = 0; i < 100; i++) {
        const bool is_out = i == 7 || i == 50;
        assert_int_equal(isnan(at[2 * i]) && isnan(at[2 * i + 1]), is_out);
        if (!is_out) {
            assert_memory_equal(at + 2 * i, others + 2 * k++, 2 * sizeof(*at));
        }
    }
    free(good);
    free(others);
    free(at);
    free(x);
}

static void test_cancelled(void **state)
{
    (void)state;
    float *x = clusters_make(100, 2), *at = nowhere(100);
    struct map_task t = {.n = 100, .dim = DIM, .places = x, .at = at};
    at[0] = at[1] = 0.25F;
    atomic_store(&t.cancel, true);
    assert_false(map_make(&t));
    assert_true(at[0] >= 0.25F && at[0] <= 0.25F && isnan(at[2]));
    free(at);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_components_of_a_cross),
        cmocka_unit_test(test_components_of_a_known_covariance),
        cmocka_unit_test(test_the_graph_is_that_of_the_nearest),
        cmocka_unit_test(test_neighbours_stay_neighbours),
        cmocka_unit_test(test_the_same_again),
        cmocka_unit_test(test_few_new_ones_move_nobody),
        cmocka_unit_test(test_many_new_ones_move_all_a_little),
        cmocka_unit_test(test_a_layout_is_turned_back),
        cmocka_unit_test(test_hardly_any_songs),
        cmocka_unit_test(test_equal_songs),
        cmocka_unit_test(test_what_is_no_place_is_left_out),
        cmocka_unit_test(test_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
