#include "classifier/sound/contest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/forest.h"
#include "classifier/knn.h"
#include "classifier/logistic.h"
#include "classifier/sound/columns.h"
#include "classifier/sound/ear.h"
#include "classifier/sound/recordings.h"
#include "classifier/sound/teach.h"

#define NEIGHBOURS ((size_t)5)
#define TREES      ((size_t)300)

/* What one way deals out: rows of numbers to learn from, and units that are judged by the mean over
 * their rows. */
struct field {
    float *x; /* (n, columns) */
    size_t columns;
    uint32_t *labels; /* (n) */
    size_t *unit;     /* (n) below n_units; of a row that is only learned from NONE */
    size_t *fold;     /* (n) below `folds` */
    size_t n;
    size_t n_units;
    size_t folds;
};

#define NONE SIZE_MAX

static void field_make(struct field *f, size_t n, size_t columns, size_t folds)
{
    *f = (struct field){.columns = columns, .folds = folds};
    f->x = mem_array(n * columns, sizeof(*f->x));
    f->labels = mem_array(n, sizeof(*f->labels));
    f->unit = mem_array(n, sizeof(*f->unit));
    f->fold = mem_array(n, sizeof(*f->fold));
}

static void field_free(struct field *f)
{
    free(f->x);
    free(f->labels);
    free(f->unit);
    free(f->fold);
}

static float *field_add(struct field *f, uint32_t labels, size_t unit, size_t fold)
{
    f->labels[f->n] = labels;
    f->unit[f->n] = unit;
    f->fold[f->n] = fold;
    if (unit != NONE && unit >= f->n_units)
        f->n_units = unit + 1;
    return f->x + f->n++ * f->columns;
}

/* deal (n): the numbers below `folds`, each as often as the others, in a random order. */
static void deal(size_t *deal, size_t n, size_t folds, uint64_t seed)
{
    struct rand_seq r = {seed};
    for (size_t i = 0; i < n; i++)
        deal[i] = i % folds;
    for (size_t i = n; i > 1; i--) {
        const size_t k = rand_below(&r, i), other = deal[k];
        deal[k] = deal[i - 1];
        deal[i - 1] = other;
    }
}

/* --- one fold of the models that take columns ------------------------------------------------ */

struct part {
    struct matrix train;
    struct matrix test;
    size_t *test_row; /* (test.n) places in the field */
};

/* Standardised by the training rows. */
static void part_scale(struct part *p)
{
    for (size_t c = 0; c < p->train.columns; c++) {
        double sum = 0.0, squares = 0.0;
        for (size_t i = 0; i < p->train.n; i++)
            sum += (double)p->train.x[i * p->train.columns + c];
        const double mean = sum / (double)p->train.n;
        for (size_t i = 0; i < p->train.n; i++) {
            const double away = (double)p->train.x[i * p->train.columns + c] - mean;
            squares += away * away;
        }
        const double scale = squares > 0.0 ? sqrt((double)p->train.n / squares) : 0.0;
        struct matrix *both[] = {&p->train, &p->test};
        for (size_t k = 0; k < 2; k++) {
            for (size_t i = 0; i < both[k]->n; i++) {
                float *x = &both[k]->x[i * p->train.columns + c];
                *x = (float)(((double)*x - mean) * scale);
            }
        }
    }
}

static void part_make(struct part *p, const struct field *f, size_t fold)
{
    struct matrix *const m[] = {&p->train, &p->test};
    *p = (struct part){0};
    p->test_row = mem_array(f->n, sizeof(*p->test_row));
    for (size_t k = 0; k < 2; k++) {
        m[k]->columns = f->columns;
        m[k]->x = mem_array(f->n * f->columns, sizeof(float));
        m[k]->labels = mem_array(f->n, sizeof(uint32_t));
    }
    for (size_t i = 0; i < f->n; i++) {
        const bool held = f->fold[i] == fold;
        if (held && f->unit[i] == NONE)
            continue;
        struct matrix *to = m[held];
        if (held)
            p->test_row[to->n] = i;
        memcpy(to->x + to->n * f->columns, f->x + i * f->columns, f->columns * sizeof(float));
        to->labels[to->n++] = f->labels[i];
    }
    part_scale(p);
}

static void part_free(struct part *p)
{
    matrix_free(&p->train);
    matrix_free(&p->test);
    free(p->test_row);
}

static void matrix_row(const void *ctx, size_t i, struct rand_seq *r, float *x)
{
    const struct matrix *m = ctx;
    (void)r;
    memcpy(x, m->x + i * m->columns, m->columns * sizeof(*x));
}

/* (n, GENRE_N) of labels. Caller: free. */
static float *targets_of(const uint32_t *labels, size_t n)
{
    float *target = mem_array(n * GENRE_N, sizeof(*target));
    for (size_t i = 0; i < n * GENRE_N; i++)
        target[i] = labels[i / GENRE_N] >> (i % GENRE_N) & 1 ? 1.0F : 0.0F;
    return target;
}

static enum err_code mlp_run(const struct part *p, uint64_t seed, float *probs, struct err *e)
{
    static const struct stack_row layers[] = {{.kind = STACK_DROP, .drop = 0.1F},
                                              {.kind = STACK_DENSE, .n = 128},
                                              {.kind = STACK_NORM},
                                              {.kind = STACK_RELU},
                                              {.kind = STACK_DROP, .drop = 0.4F},
                                              {.kind = STACK_DENSE, .n = GENRE_N}};
    const struct teach_net net = {
        layers, sizeof(layers) / sizeof(layers[0]), {1, 1, p->train.columns}};
    const struct teach_options o = {
        .epochs = 60, .batch = 32, .rate = 0.003, .decay = 0.05, .seed = seed};
    float *target = targets_of(p->train.labels, p->train.n);
    const struct teach_rows train = {matrix_row, &p->train, target, p->train.n}, none = {0};
    const struct teach_rows test = {.row = matrix_row, .ctx = &p->test, .n = p->test.n};
    struct taught t;
    const enum err_code code = teach_run(&net, &train, &none, &o, &t, e);
    if (code == ERR_OK) {
        teach_predict(t.stack, &test, probs, NULL);
        teach_free(&t);
    }
    free(target);
    return code;
}

static enum err_code part_run(const struct part *p, enum contest_model model, uint64_t seed,
                              float *probs, struct err *e)
{
    if (model == CONTEST_KNN) {
        knn_predict(&p->train, &p->test, NEIGHBOURS, probs);
    } else if (model == CONTEST_FOREST) {
        const struct forest_options o = {.trees = TREES, .seed = seed};
        struct forest *forest = forest_fit(&p->train, &o);
        forest_predict(forest, &p->test, probs);
        forest_free(forest);
    } else if (model == CONTEST_LOGISTIC) {
        const struct logistic_options o = {
            .l2 = 3.0 / (double)p->train.n, .steps = 500, .slope = 1e-4};
        struct logistic fitted;
        logistic_fit(&fitted, &p->train, NULL, &o);
        logistic_predict(&fitted, &p->test, NULL, probs);
        logistic_free(&fitted);
    } else {
        return mlp_run(p, seed, probs, e);
    }
    return ERR_OK;
}

/* --- judging --------------------------------------------------------------------------------- */

struct verdict {
    float *probs;     /* (n_units, GENRE_N) sums, then means */
    uint32_t *labels; /* (n_units) */
    size_t *rows;     /* (n_units) that were added */
    size_t n;
};

static void verdict_make(struct verdict *v, size_t n)
{
    v->n = n;
    v->probs = mem_array(n * GENRE_N, sizeof(*v->probs));
    v->labels = mem_array(n, sizeof(*v->labels));
    v->rows = mem_array(n, sizeof(*v->rows));
}

static void verdict_add(struct verdict *v, size_t unit, uint32_t labels, const float *probs)
{
    for (size_t g = 0; g < GENRE_N; g++)
        v->probs[unit * GENRE_N + g] += probs[g];
    v->labels[unit] = labels;
    v->rows[unit]++;
}

static void verdict_give(struct verdict *v, struct contest_score *ret)
{
    for (size_t u = 0; u < v->n; u++) {
        for (size_t g = 0; g < GENRE_N && v->rows[u] > 0; g++)
            v->probs[u * GENRE_N + g] /= (float)v->rows[u];
    }
    metric_make(v->probs, v->labels, v->n, &ret->metric);
    ret->measured = true;
    ret->n = v->n;
    free(v->probs);
    free(v->labels);
    free(v->rows);
}

static enum err_code field_run(const struct field *f, uint64_t seed,
                               struct contest_score score[CONTEST_MODELS], struct err *e)
{
    enum err_code code = ERR_OK;
    struct verdict verdict[CONTEST_CNN];
    float *probs = mem_array(f->n * GENRE_N, sizeof(*probs));
    for (size_t m = 0; m < CONTEST_CNN; m++)
        verdict_make(&verdict[m], f->n_units);
    for (size_t fold = 0; fold < f->folds && code == ERR_OK; fold++) {
        struct part p;
        part_make(&p, f, fold);
        for (size_t m = 0; m < CONTEST_CNN && code == ERR_OK && p.test.n > 0; m++) {
            code = p.train.n > 0 ? part_run(&p, (enum contest_model)m, seed + fold, probs, e)
                                 : err_set(e, ERR_FORMAT, "there is too little to learn from");
            for (size_t i = 0; i < p.test.n && code == ERR_OK; i++) {
                const size_t row = p.test_row[i];
                verdict_add(&verdict[m], f->unit[row], f->labels[row], probs + i * GENRE_N);
            }
        }
        part_free(&p);
    }
    for (size_t m = 0; m < CONTEST_CNN; m++)
        verdict_give(&verdict[m], &score[m]);
    free(probs);
    return code;
}

/* --- a published table ----------------------------------------------------------------------- */

static enum err_code table_run(const struct contest_options *o, const struct watch *watch,
                               struct contest *ret, struct err *e)
{
    struct columns_table t;
    const size_t folds = o->folds > 0 ? o->folds : CONTEST_FOLDS;
    enum err_code code = columns_read(o->table, watch, &t, e);
    if (code)
        return code;
    size_t *dealt = mem_array(t.n, sizeof(*dealt));
    deal(dealt, t.n, folds, o->seed);
    for (size_t w = CONTEST_TABLE_RANDOM; w <= CONTEST_TABLE_BLOCKS && code == ERR_OK; w++) {
        struct field f;
        field_make(&f, t.n, COLUMNS_TABLE_N, folds);
        for (size_t i = 0; i < t.n; i++) {
            const size_t block = t.rows[i].number >= 0 ? (size_t)t.rows[i].number / 10 : i;
            float *x = field_add(&f, t.rows[i].labels, i,
                                 w == CONTEST_TABLE_RANDOM ? dealt[i] : block % folds);
            memcpy(x, t.x + i * COLUMNS_TABLE_N, COLUMNS_TABLE_N * sizeof(*x));
        }
        code = field_run(&f, o->seed, ret->score[w], e);
        field_free(&f);
    }
    ret->failed += t.bad;
    free(dealt);
    columns_free(&t);
    return code;
}

/* --- sound ----------------------------------------------------------------------------------- */

static size_t takes_of(const struct recordings *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        for (size_t t = 0; t < r->rows[i].n_takes; t++)
            n += r->rows[i].takes[t].n_segments;
    }
    return n;
}

/* Segments as rows. leaky: each is a unit of its own and dealt by itself. */
static void sound_field(const struct recordings *r, bool leaky, bool changed,
                        const size_t *group_fold, size_t folds, struct field *f)
{
    const size_t n = takes_of(r);
    size_t *dealt = mem_array(n, sizeof(*dealt));
    deal(dealt, n, folds, 7);
    field_make(f, n, COLUMNS_OWN_N, folds);
    for (size_t i = 0; i < r->n; i++) {
        const struct recordings_row *row = &r->rows[i];
        for (size_t t = 0; t < (changed ? row->n_takes : 1); t++) {
            for (size_t k = 0; k < row->takes[t].n_segments; k++) {
                const size_t unit = t > 0 ? NONE : leaky ? f->n : i;
                const size_t fold = leaky ? dealt[f->n] : group_fold[row->group];
                float *x = field_add(f, row->labels, unit, fold);
                columns_of(COLUMNS_OWN, &row->takes[t].segments[k], x);
            }
        }
    }
    free(dealt);
}

static enum err_code ears_run(const struct recordings *r, const struct contest_options *o,
                              const size_t *group_fold, size_t folds, bool changed,
                              struct contest_score score[CONTEST_MODELS], struct err *e)
{
    static const enum ear_kind kinds[] = {[CONTEST_CNN] = EAR_CNN,
                                          [CONTEST_LSTM_MFCC] = EAR_LSTM_MFCC,
                                          [CONTEST_LSTM_MEL] = EAR_LSTM_MEL};
    enum err_code code = ERR_OK;
    float *probs = mem_array(r->n * GENRE_N, sizeof(*probs));
    for (size_t m = CONTEST_CNN; m < CONTEST_MODELS && code == ERR_OK; m++) {
        struct verdict v;
        verdict_make(&v, r->n);
        for (size_t fold = 0; fold < folds && code == ERR_OK; fold++) {
            const struct ear_split split = {r, group_fold, fold, changed};
            const struct ear_options eo = {kinds[m], o->epochs, o->seed + fold};
            code = ear_judge(&split, &eo, probs, e);
            for (size_t i = 0; i < r->n && code == ERR_OK; i++) {
                if (group_fold[r->rows[i].group] == fold)
                    verdict_add(&v, i, r->rows[i].labels, probs + i * GENRE_N);
            }
        }
        verdict_give(&v, &score[m]);
    }
    free(probs);
    return code;
}

static enum err_code way_run(const struct recordings *r, const struct contest_options *o,
                             enum contest_way way, const size_t *group_fold, struct contest *ret,
                             struct err *e)
{
    const size_t folds = (o->folds > 0 ? o->folds : CONTEST_FOLDS) / 2;
    const bool changed = way == CONTEST_AUGMENTED, leaky = way == CONTEST_LEAKY;
    struct field f;
    sound_field(r, leaky, changed, group_fold, folds, &f);
    enum err_code code = field_run(&f, o->seed, ret->score[way], e);
    field_free(&f);
    if (code == ERR_OK && !leaky)
        code = ears_run(r, o, group_fold, folds, changed, ret->score[way], e);
    return code;
}

static enum err_code sound_run(const struct contest_options *o, const struct watch *watch,
                               struct contest *ret, struct err *e)
{
    const struct recordings_options how = {.segment_s = o->segment_s > 0.0 ? o->segment_s : 6.0,
                                           .strips = true,
                                           .versions = o->augment ? 3 : 0,
                                           .of_all = true,
                                           .seed = o->seed};
    struct recordings r;
    enum err_code code = recordings_read(o->audio, &how, watch, &r, e);
    if (code)
        return code;
    size_t *group_fold = mem_array(r.groups, sizeof(*group_fold));
    deal(group_fold, r.groups, (o->folds > 0 ? o->folds : CONTEST_FOLDS) / 2, o->seed);
    code = way_run(&r, o, CONTEST_SOUND, group_fold, ret, e);
    if (code == ERR_OK && o->augment)
        code = way_run(&r, o, CONTEST_AUGMENTED, group_fold, ret, e);
    if (code == ERR_OK)
        code = way_run(&r, o, CONTEST_LEAKY, group_fold, ret, e);
    ret->failed += r.failed;
    free(group_fold);
    recordings_free(&r);
    return code;
}

enum err_code contest_run(const struct contest_options *o, const struct watch *watch,
                          struct contest *ret, struct err *e)
{
    struct contest *c = mem_alloc(sizeof(*c));
    enum err_code code = o->table ? table_run(o, watch, c, e) : ERR_OK;
    if (code == ERR_OK && o->audio)
        code = sound_run(o, watch, c, e);
    if (code == ERR_OK)
        *ret = *c;
    free(c);
    return code;
}
