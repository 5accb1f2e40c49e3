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

#include "classifier/mlp.h"
#include "tests/unit/tiny_model.h"

static const struct mlp_shape shape = {
    .genres = 5, .towers = 3, .hidden1 = 7, .hidden2 = 6, .dim = 8, .pieces = 3};

static double relu(double x)
{
    return x > 0.0 ? x : 0.0;
}

/* Naive twin of mlp_forward for one song, in double and output by output. */
static void naive_forward(const struct mlp *m, const float *x, double *logits)
{
    const struct mlp_shape *s = &m->shape;
    for (size_t g = 0; g < s->genres; g++) {
        double sum = 0.0;
        for (size_t t = 0; t < s->towers; t++) {
            double logit = (double)m->b3[t * s->genres + g];
            for (size_t k = 0; k < s->hidden2; k++) {
                double h2 = (double)m->b2[t * s->hidden2 + k];
                for (size_t j = 0; j < s->hidden1; j++) {
                    size_t column = t * s->hidden1 + j;
                    double h1 = (double)m->b1[column];
                    for (size_t i = 0; i < mlp_input(s); i++) {
                        h1 += (double)x[i] * (double)m->w1[i * s->towers * s->hidden1 + column];
                    }
                    h2 += relu(h1) * (double)m->w2[(t * s->hidden1 + j) * s->hidden2 + k];
                }
                logit += relu(h2) * (double)m->w3[(t * s->hidden2 + k) * s->genres + g];
            }
            sum += logit;
        }
        logits[g] = sum / s->towers;
    }
}

static void test_forward_is_as_naive(void **state)
{
    (void)state;
    struct tiny_model t;
    struct rand_seq r = {3};
    tiny_model_make(&t, shape, NULL, 0);
    const size_t input = mlp_input(&shape);
    float x[MLP_BLOCK * MLP_INPUT_MAX], logits[MLP_BLOCK * MLP_GENRES_MAX];
    float hidden[MLP_BLOCK * 18];
    for (size_t i = 0; i < MLP_BLOCK * input; i++) {
        x[i] = i % 4 == 0 ? 0.0F : (float)rand_normal(&r);
    }
    for (size_t n = 1; n <= MLP_BLOCK; n++) {
        mlp_forward(&t.mlp, x, n, logits, hidden);
        for (size_t i = 0; i < n; i++) {
            double wanted[MLP_GENRES_MAX];
            naive_forward(&t.mlp, x + i * input, wanted);
            for (size_t g = 0; g < shape.genres; g++) {
                assert_true(fabs((double)logits[i * shape.genres + g] - wanted[g]) < 1e-5);
            }
        }
    }
    tiny_model_free(&t);
}

static void test_numbers_in_pieces(void **state)
{
    (void)state;
    struct tiny_model t;
    struct vector v = {.known = UINT32_C(1) << VECTOR_ENERGY | UINT32_C(1) << VECTOR_MODE};
    float out[2 * VECTOR_NUMBERS + VECTOR_SMOOTH * 3];
    tiny_model_make(&t, shape, NULL, 0);
    v.number[VECTOR_ENERGY] = 0.5F; /* half of the second of three pieces */
    v.number[VECTOR_MODE] = 1.0F;
    mlp_encode_numbers(&t.mlp, &v, out);
    const float *pieces = out + 2 * VECTOR_NUMBERS;
    for (size_t i = 0; i < VECTOR_NUMBERS; i++) {
        bool known = i == VECTOR_ENERGY || i == VECTOR_MODE;
        float z = known ? (v.number[i] - t.mlp.mean[i]) * t.mlp.scale[i] : 0.0F;
        assert_true(fabsf(out[2 * i] - z) < 1e-6F);
        assert_true(fabsf(out[2 * i + 1] - (known ? 1.0F : 0.0F)) < 1e-6F);
    }
    for (size_t k = 0; k < VECTOR_SMOOTH * 3; k++) {
        float wanted = k == VECTOR_ENERGY * 3 ? 1.0F : k == VECTOR_ENERGY * 3 + 1 ? 0.5F : 0.0F;
        assert_true(fabsf(pieces[k] - wanted) < 1e-5F);
    }
    tiny_model_free(&t);
}

static void test_bags(void **state)
{
    (void)state;
    static const uint64_t tokens[] = {11, 22u << 20, UINT64_C(0x123456789abcdef), 5, 6, 7};
    struct tiny_model t;
    tiny_model_make(&t, shape, tokens, 6);
    struct vector v = {.known = 0};
    v.tokens[VECTOR_TITLE] = 3;
    v.token[VECTOR_TITLE][0] = tokens[2];
    v.token[VECTOR_TITLE][1] = UINT64_C(0x9999999900000001); /* not in the table */
    v.token[VECTOR_TITLE][2] = tokens[1];
    float out[MLP_INPUT_MAX];
    mlp_encode(&t.mlp, &v, out);
    const float *bag =
        out + 2 * VECTOR_NUMBERS + VECTOR_SMOOTH * shape.pieces + VECTOR_TITLE * (shape.dim + 1);
    const size_t bytes = mlp_slot_bytes(&shape);
    const unsigned char *a = t.table + mlp_slot_find(&t.mlp, tokens[2]) * bytes;
    const unsigned char *b = t.table + mlp_slot_find(&t.mlp, tokens[1]) * bytes;
    for (size_t d = 0; d < shape.dim; d++) {
        int sum = (signed char)a[sizeof(struct mlp_slot) + d] +
                  (signed char)b[sizeof(struct mlp_slot) + d];
        assert_true(fabsf(bag[d] - 0.02F * (float)sum / sqrtf(2.0F)) < 1e-4F);
    }
    assert_true(bag[shape.dim] > 0.5F && bag[shape.dim + shape.dim + 1] < 0.5F);
    tiny_model_free(&t);
}

static void test_full_table_ends_the_search(void **state)
{
    (void)state;
    struct tiny_model t;
    tiny_model_make(&t, shape, NULL, 0);
    for (size_t i = 0; i < t.mlp.shape.slots; i++) {
        memset(t.table + i * mlp_slot_bytes(&shape), 0x55, 4);
    }
    assert_true(mlp_slot_find(&t.mlp, 12345) == SIZE_MAX);
    tiny_model_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forward_is_as_naive),
        cmocka_unit_test(test_numbers_in_pieces),
        cmocka_unit_test(test_bags),
        cmocka_unit_test(test_full_table_ends_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
