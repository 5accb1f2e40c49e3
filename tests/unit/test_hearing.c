/* The nets hear what is in the order of sounds, where a linear model of means and variances is
 * deaf. */
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

#include "base/mem.h"
#include "classifier/audio/analysis.h"
#include "classifier/audio/mel.h"
#include "classifier/logistic.h"
#include "classifier/sound/teach.h"
#include "tests/unit/made_styles.h"

#define TRAIN   400
#define CHECK   100
#define PIECES  (TRAIN + CHECK)
#define SAMPLES ((size_t)4 * STYLES_RATE)
#define FRAMES  ((size_t)168) /* of 173 */
#define BANDS   ((size_t)32)  /* of 128: means of four */
#define MOMENTS ((size_t)2 * SUMMARY_MOMENTS + 1)

struct pieces {
    float mel[PIECES][FRAMES][BANDS];
    float moments[PIECES][MOMENTS];
    float target[PIECES][STYLES];
    uint32_t labels[PIECES];
};

static void piece_hear(struct pieces *all, size_t i, const float *x)
{
    struct analysis *a = analysis_new();
    struct analysis_view view;
    struct summary s;
    analysis_add(a, x, SAMPLES);
    analysis_end(a, &s);
    analysis_look(a, &view);
    for (size_t f = 0; f < FRAMES; f++) {
        for (size_t b = 0; b < MEL_N; b++) {
            const float decibel = view.mel[(f / 8 * MEL_N + b) * 8 + f % 8];
            all->mel[i][f][b / 4] += (decibel + 40.0F) / 80.0F;
        }
    }
    for (size_t m = 0; m < SUMMARY_MOMENTS; m++) {
        all->moments[i][2 * m] = (float)s.at[m].mean;
        all->moments[i][2 * m + 1] = (float)moment_var(&s.at[m]);
    }
    all->moments[i][MOMENTS - 1] = (float)s.tempo;
    analysis_free(a);
}

static struct pieces *pieces_make(void)
{
    struct pieces *all = mem_alloc(sizeof(*all));
    float *x = mem_array(SAMPLES, sizeof(*x));
    struct rand_seq r = {17};
    for (size_t i = 0; i < PIECES; i++) {
        const size_t style = i % STYLES;
        styles_play(style, &r, x, SAMPLES);
        piece_hear(all, i, x);
        all->target[i][style] = 1.0F;
        all->labels[i] = UINT32_C(1) << style;
    }
    free(x);
    return all;
}

/* --- the linear model ------------------------------------------------------------------------ */

static void standardise(struct pieces *all)
{
    for (size_t m = 0; m < MOMENTS; m++) {
        double sum = 0.0, squares = 0.0;
        for (size_t i = 0; i < TRAIN; i++)
            sum += (double)all->moments[i][m];
        for (size_t i = 0; i < TRAIN; i++) {
            const double away = (double)all->moments[i][m] - sum / TRAIN;
            squares += away * away;
        }
        const double scale = squares > 0.0 ? sqrt(TRAIN / squares) : 0.0;
        for (size_t i = 0; i < PIECES; i++)
            all->moments[i][m] = (float)(((double)all->moments[i][m] - sum / TRAIN) * scale);
    }
}

static double right_of(const float *probs, size_t step)
{
    size_t right = 0;
    for (size_t i = 0; i < CHECK; i++) {
        size_t best = 0;
        for (size_t s = 0; s < STYLES; s++)
            best = probs[i * step + s] > probs[i * step + best] ? s : best;
        right += best == (TRAIN + i) % STYLES;
    }
    return (double)right / CHECK;
}

static double linear_right(struct pieces *all)
{
    static float probs[CHECK * GENRE_N];
    const struct logistic_options options = {.l2 = 0.01, .steps = 500, .slope = 1e-4};
    struct logistic fitted;
    struct matrix train = {&all->moments[0][0], all->labels, TRAIN, MOMENTS};
    struct matrix check = {&all->moments[TRAIN][0], all->labels + TRAIN, CHECK, MOMENTS};
    logistic_fit(&fitted, &train, NULL, &options);
    logistic_predict(&fitted, &check, NULL, probs);
    logistic_free(&fitted);
    return right_of(probs, GENRE_N);
}

/* --- the nets -------------------------------------------------------------------------------- */

struct part {
    const struct pieces *all;
    size_t first;
};

/* As a picture, bands below each other: (1, BANDS, FRAMES). */
static void picture(const void *ctx, size_t i, struct rand_seq *r, float *x)
{
    const struct part *p = ctx;
    (void)r;
    for (size_t b = 0; b < BANDS; b++) {
        for (size_t f = 0; f < FRAMES; f++)
            x[b * FRAMES + f] = p->all->mel[p->first + i][f][b] / 4.0F;
    }
}

/* As a sequence of frames: (1, FRAMES, BANDS). */
static void sequence(const void *ctx, size_t i, struct rand_seq *r, float *x)
{
    const struct part *p = ctx;
    (void)r;
    for (size_t k = 0; k < FRAMES * BANDS; k++)
        x[k] = p->all->mel[p->first + i][k / BANDS][k % BANDS] / 4.0F;
}

static double net_right(const struct pieces *all, const struct teach_net *net,
                        const struct teach_options *o)
{
    static float probs[CHECK * STYLES];
    struct taught t;
    struct err e = {0};
    const struct part front = {all, 0}, back = {all, TRAIN};
    const bool is_picture = net->in.height == BANDS;
    const struct teach_rows train = {is_picture ? picture : sequence, &front, &all->target[0][0],
                                     TRAIN};
    const struct teach_rows check = {is_picture ? picture : sequence, &back, &all->target[TRAIN][0],
                                     CHECK};
    const struct teach_rows none = {0};
    assert_int_equal(teach_run(net, &train, &none, o, &t, &e), ERR_OK);
    teach_predict(t.stack, &check, probs, NULL);
    teach_free(&t);
    return right_of(probs, STYLES);
}

static void test_nets_hear_order(void **state)
{
    (void)state;
    static const struct stack_row convolutions[] = {{.kind = STACK_CONV, .n = 12},
                                                    {.kind = STACK_NORM},
                                                    {.kind = STACK_RELU},
                                                    {.kind = STACK_POOL},
                                                    {.kind = STACK_CONV, .n = 24},
                                                    {.kind = STACK_NORM},
                                                    {.kind = STACK_RELU},
                                                    {.kind = STACK_POOL},
                                                    {.kind = STACK_CONV, .n = 32},
                                                    {.kind = STACK_NORM},
                                                    {.kind = STACK_RELU},
                                                    {.kind = STACK_POOL},
                                                    {.kind = STACK_CONV, .n = 48},
                                                    {.kind = STACK_NORM},
                                                    {.kind = STACK_RELU},
                                                    {.kind = STACK_MEAN},
                                                    {.kind = STACK_DENSE, .n = STYLES}};
    static const struct stack_row lstm[] = {
        {.kind = STACK_LSTM, .n = 64}, {.kind = STACK_STEPS}, {.kind = STACK_DENSE, .n = STYLES}};
    const struct teach_net seeing = {
        convolutions, sizeof(convolutions) / sizeof(convolutions[0]), {1, BANDS, FRAMES}};
    const struct teach_net hearing = {lstm, 3, {1, FRAMES, BANDS}};
    const struct teach_options seeing_options = {
        .epochs = 12, .batch = 20, .rate = 0.004, .decay = 0.01, .seed = 1};
    const struct teach_options hearing_options = {
        .epochs = 60, .batch = 20, .rate = 0.01, .decay = 0.01, .seed = 1};
    struct pieces *all = pieces_make();
    const double by_cnn = net_right(all, &seeing, &seeing_options);
    const double by_lstm = net_right(all, &hearing, &hearing_options);
    standardise(all);
    const double linear = linear_right(all);
    print_message("right of 100: linear %.0f, convolutions %.0f, LSTM %.0f\n", 100.0 * linear,
                  100.0 * by_cnn, 100.0 * by_lstm);
    assert_true(linear < 0.5);
    assert_true(by_cnn > 0.9);
    assert_true(by_lstm > 0.85);
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nets_hear_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
