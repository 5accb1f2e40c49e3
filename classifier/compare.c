#include "classifier/compare.h"

#include <cblas.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "classifier/compare_table.h"
#include "classifier/eval.h"
#include "classifier/forest.h"
#include "classifier/genre.h"
#include "classifier/knn.h"
#include "classifier/logistic.h"
#include "classifier/matrix.h"
#include "classifier/metric.h"
#include "classifier/model.h"

#define ROWS_LEAST 50 /* in a split's training part */
#define STEPS_MOST 500
#define SLOPE_END  2e-4 /* below this no score changes by more than some 0.0005 */
#define CHUNK      64

#define GROUP(group)   (UINT32_C(1) << VECTOR_##group)
#define ARTIST_GROUPS  (GROUP(ARTIST) | GROUP(ARTIST_WORD))
#define TEXT_GROUPS    (ARTIST_GROUPS | GROUP(ALBUM) | GROUP(TITLE) | GROUP(LABEL))
#define EVERY_NUMBER   ((UINT32_C(1) << VECTOR_NUMBERS) - 1)
#define EVERY_GROUP    ((UINT32_C(1) << VECTOR_GROUPS) - 1)
#define WITHOUT_STATS  (EVERY_NUMBER & ~VECTOR_STATISTICS)
#define WITHOUT_YEAR   (EVERY_NUMBER & ~(UINT32_C(1) << VECTOR_YEAR_NUMBER))
#define WITHOUT(drops) (EVERY_GROUP & ~(GROUP(TAG) | (drops)))

/* What is left of a song. */
struct sight {
    uint32_t numbers; /* bits of enum vector_number */
    uint32_t groups;  /* bits of enum vector_group */
    bool to_plain;    /* the models that see only numbers notice a difference, or are named here */
};

static const struct sight sights[COMPARE_INPUTS] = {
    [COMPARE_NO_TAGS] = {EVERY_NUMBER, WITHOUT(0), true},
    [COMPARE_NO_STATISTICS] = {WITHOUT_STATS, WITHOUT(0), true},
    [COMPARE_NO_TEXT] = {EVERY_NUMBER, WITHOUT(TEXT_GROUPS), true},
    [COMPARE_NO_ARTIST] = {EVERY_NUMBER, WITHOUT(ARTIST_GROUPS), false},
    [COMPARE_NO_ALBUM] = {EVERY_NUMBER, WITHOUT(GROUP(ALBUM)), false},
    [COMPARE_NO_TITLE] = {EVERY_NUMBER, WITHOUT(GROUP(TITLE)), false},
    [COMPARE_NO_LABEL] = {EVERY_NUMBER, WITHOUT(GROUP(LABEL)), false},
    [COMPARE_NO_YEAR] = {WITHOUT_YEAR, WITHOUT(GROUP(YEAR)), true},
    [COMPARE_ALL] = {EVERY_NUMBER, EVERY_GROUP, false},
};

/* One way to split, while its models are measured. */
struct bench {
    const struct tree *tree;
    const struct compare_options *o;
    struct compare *result;
    enum split_way way;
    struct split split;
    uint32_t *labels; /* (test.n) */
    float *probs;     /* (test.n, GENRE_N) */
    int64_t start_ms;
};

__attribute__((format(printf, 2, 3))) static void tell(const struct bench *b, const char *fmt, ...)
{
    va_list args;
    fprintf(stderr, "%s, %lld s: ", split_name(b->way),
            (long long)(clock_boot_ms() - b->start_ms) / 1000);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
}

/* --- scores ------------------------------------------------------------------------------------
 */

static void score_make(const struct bench *b, enum compare_rows rows,
                       struct compare_score *ret_score)
{
    const size_t n = b->split.test.n;
    float *probs = mem_array(n, GENRE_N * sizeof(*probs));
    uint32_t *labels = mem_array(n, sizeof(*labels));
    size_t taken = 0;
    for (size_t i = 0; i < n; i++) {
        if (rows == COMPARE_EVERY || b->split.seen[i] == (rows == COMPARE_SEEN)) {
            memcpy(probs + taken * GENRE_N, b->probs + i * GENRE_N, GENRE_N * sizeof(*probs));
            labels[taken++] = b->labels[i];
        }
    }
    struct metric m;
    metric_make(probs, labels, taken, &m);
    *ret_score = (struct compare_score){
        taken > 0, taken, m.macro_auc, m.best_right, m.macro_f1,
    };
    free(labels);
    free(probs);
}

static void scores_make(const struct bench *b, enum compare_inputs inputs, enum compare_model model)
{
    struct compare_score *score = b->result->way[b->way].score[inputs][model];
    for (int rows = 0; rows < COMPARE_ROWS; rows++) {
        score_make(b, (enum compare_rows)rows, &score[rows]);
    }
    tell(b, "%s, %s: macro AUC %.4f, best guess right %.4f", compare_table_model(model),
         compare_table_inputs(inputs), score[COMPARE_EVERY].macro_auc,
         score[COMPARE_EVERY].best_right);
}

/* --- the models --------------------------------------------------------------------------------
 */

static void plain_measure(struct bench *b, enum compare_inputs inputs, const struct matrix *train,
                          const struct matrix *test)
{
    const struct forest_options options = {.trees = b->o->trees ? b->o->trees : COMPARE_TREES,
                                           .seed = b->o->seed};
    knn_predict(train, test, COMPARE_NEIGHBOURS, b->probs);
    scores_make(b, inputs, COMPARE_KNN);
    struct forest *forest = forest_fit(train, &options);
    forest_predict(forest, test, b->probs);
    scores_make(b, inputs, COMPARE_FOREST);
    forest_free(forest);
}

static void logistic_measure(struct bench *b, enum compare_inputs inputs,
                             const struct matrix *train, const struct matrix *test)
{
    const struct logistic_options options = {
        .l2 = 1.0 / (double)train->n, .steps = STEPS_MOST, .slope = SLOPE_END};
    const unsigned bits = b->o->place_bits ? b->o->place_bits : COMPARE_PLACE_BITS;
    struct matrix_sparse train_text, test_text;
    struct logistic l;
    matrix_sparse_make(&train_text, &b->split.train, sights[inputs].groups, bits);
    matrix_sparse_make(&test_text, &b->split.test, sights[inputs].groups, bits);
    logistic_fit(&l, train, &train_text, &options);
    logistic_predict(&l, test, &test_text, b->probs);
    tell(b, "logistic regression: %zu steps, loss %.4f, slope %.6f", l.steps, l.loss, l.slope);
    scores_make(b, inputs, COMPARE_LOGISTIC);
    logistic_free(&l);
    matrix_sparse_free(&train_text);
    matrix_sparse_free(&test_text);
}

static enum err_code matrix_write(const struct bench *b, const struct matrix *m, const char *part,
                                  struct err *e)
{
    struct buf text;
    buf_init(&text, (size_t)1 << 30);
    for (size_t f = 0; f < m->columns; f++) {
        buf_printf(&text, "x%zu,", f);
    }
    buf_add_str(&text, "labels\n");
    for (size_t i = 0; i < m->n; i++) {
        for (size_t f = 0; f < m->columns; f++) {
            buf_printf(&text, "%.9g,", (double)m->x[i * m->columns + f]);
        }
        buf_printf(&text, "%u\n", (unsigned)m->labels[i]);
    }
    char *path = mem_printf("%s/%s-%s.csv", b->o->dump, split_key(b->way), part);
    enum err_code code = text.overflow
                             ? err_set(e, ERR_USAGE, "too many rows to write as text: %zu", m->n)
                             : file_write(path, text.data, text.len, 0644, e);
    free(path);
    buf_free(&text);
    return code;
}

/* The models that are fitted for each set of inputs. */
static enum err_code inputs_measure(struct bench *b, enum compare_inputs inputs, struct err *e)
{
    const struct sight *sight = &sights[inputs];
    struct compare_score(*score)[COMPARE_MODELS][COMPARE_ROWS] = b->result->way[b->way].score;
    struct matrix_rule rule;
    struct matrix train, test;
    enum err_code code = ERR_OK;
    matrix_rule_make(&rule, &b->split.train, sight->numbers);
    matrix_make(&train, &rule, &b->split.train);
    matrix_make(&test, &rule, &b->split.test);
    if (b->o->dump) {
        code = matrix_write(b, &train, "train", e);
        code = code == ERR_OK ? matrix_write(b, &test, "test", e) : code;
    }
    if (inputs == COMPARE_NO_TEXT) { /* to them the same as all */
        memcpy(score[inputs][COMPARE_KNN], score[COMPARE_NO_TAGS][COMPARE_KNN],
               sizeof(score[inputs][COMPARE_KNN]));
        memcpy(score[inputs][COMPARE_FOREST], score[COMPARE_NO_TAGS][COMPARE_FOREST],
               sizeof(score[inputs][COMPARE_FOREST]));
    } else if (sight->to_plain && code == ERR_OK) {
        plain_measure(b, inputs, &train, &test);
    }
    if (!b->o->dump && code == ERR_OK) {
        logistic_measure(b, inputs, &train, &test);
    }
    matrix_free(&train);
    matrix_free(&test);
    return code;
}

static void vector_thin(struct vector *v, const struct sight *sight)
{
    for (size_t i = 0; i < VECTOR_NUMBERS; i++) {
        v->number[i] = sight->numbers >> i & 1 ? v->number[i] : 0.0F;
    }
    v->known &= sight->numbers;
    for (size_t g = 0; g < VECTOR_GROUPS; g++) {
        if (!(sight->groups >> g & 1)) {
            vector_drop_group(v, (enum vector_group)g);
        }
    }
}

static void mlp_predict(struct bench *b, const struct model *m, const struct sight *sight)
{
    const struct corpus *test = &b->split.test;
    struct vector *vectors = mem_array(CHUNK, sizeof(*vectors));
    for (size_t i = 0; i < test->n; i += CHUNK) {
        size_t n = test->n - i < CHUNK ? test->n - i : CHUNK;
        for (size_t k = 0; k < n; k++) {
            vector_make(&test->rows[i + k].song, &vectors[k]);
            vector_thin(&vectors[k], sight);
        }
        eval_families(m, vectors, n, b->probs + i * GENRE_N);
    }
    free(vectors);
}

/* Its epochs are a fixed number: choosing one by the rows of the test would flatter it. */
static enum err_code mlp_measure(struct bench *b, struct err *e)
{
    struct train_recipe recipe = b->o->recipe ? *b->o->recipe : train_recipe_default;
    struct buf bytes = {0};
    struct model *model = NULL;
    recipe.epochs = b->o->epochs > 0 ? b->o->epochs : recipe.epochs;
    enum err_code code = train_fit(&recipe, &(struct train_corpora){&b->split.train, NULL, b->tree},
                                   b->o->seed, &bytes, e);
    if (code == ERR_OK) {
        code = model_read(bytes.data, bytes.len, &model, e);
    }
    for (int i = 0; i < COMPARE_INPUTS && code == ERR_OK; i++) {
        mlp_predict(b, model, &sights[i]);
        scores_make(b, (enum compare_inputs)i, COMPARE_MLP);
    }
    model_close(model);
    buf_free(&bytes);
    return code;
}

/* --- all of it ---------------------------------------------------------------------------------
 */

static enum err_code split_check(const struct split *s, struct err *e)
{
    if (s->train.n < ROWS_LEAST || s->test.n == 0) {
        return err_set(
            e, ERR_FORMAT,
            "too little to compare with: %zu labelled songs to learn from and %zu to ask "
            "about",
            s->train.n, s->test.n);
    }
    return ERR_OK;
}

static enum err_code way_measure(struct bench *b, struct err *e)
{
    const struct corpus *test = &b->split.test;
    enum err_code code = split_check(&b->split, e);
    if (code != ERR_OK) {
        return code;
    }
    b->labels = mem_array(test->n, sizeof(*b->labels));
    b->probs = mem_array(test->n, GENRE_N * sizeof(*b->probs));
    size_t seen = 0;
    for (size_t i = 0; i < test->n; i++) {
        b->labels[i] = test->rows[i].families;
        seen += b->split.seen[i];
    }
    b->result->way[b->way].train = b->split.train.n;
    b->result->way[b->way].test = test->n;
    b->result->way[b->way].seen = seen;
    b->result->way[b->way].dropped = b->split.dropped;
    tell(b, "%zu rows to train, %zu to test, %zu of them of artists seen in training",
         b->split.train.n, test->n, seen);
    const int inputs = b->o->dump ? 1 : COMPARE_INPUTS;
    for (int i = 0; i < inputs && code == ERR_OK; i++) {
        code = inputs_measure(b, (enum compare_inputs)i, e);
    }
    if (code == ERR_OK && !b->o->dump) {
        code = mlp_measure(b, e);
    }
    free(b->labels);
    free(b->probs);
    return code;
}

enum err_code compare_make(struct compare *ret_compare, const struct compare_options *o,
                           struct err *e)
{
    struct corpus train = {0}, validate = {0};
    struct compare *result = mem_alloc(sizeof(*result));
    const int64_t start_ms = clock_boot_ms();
    result->rows = o->rows > 0 ? o->rows : COMPARE_ROWS_MOST;
    result->seed = o->seed;
    openblas_set_num_threads(1); /* the order of sums must not change */
    struct tree *tree = NULL;
    enum err_code code = tree_open(NULL, &tree, e);
    const struct corpus_sources sources = {
        .paths = o->data,
        .n = o->data_n,
        .families = o->families,
        .tree = tree,
        .repeats = true, /* what they are worth is one of the questions */
    };
    if (code == ERR_OK) {
        code = corpus_load(&train, &sources, DATASET_TRAIN, e);
    }
    if (code == ERR_OK) {
        code = corpus_load(&validate, &sources, DATASET_VALIDATE, e);
    }
    result->bad = train.bad;
    for (int way = 0; way < SPLIT_WAYS && code == ERR_OK; way++) {
        struct bench b = {.o = o,
                          .tree = tree,
                          .result = result,
                          .way = (enum split_way)way,
                          .start_ms = start_ms};
        split_make(&b.split, b.way, &train, &validate, result->rows, o->seed);
        code = way_measure(&b, e);
        split_free(&b.split);
    }
    corpus_free(&train);
    corpus_free(&validate);
    tree_close(tree);
    if (code == ERR_OK) {
        *ret_compare = *result;
    }
    free(result);
    return code;
}

enum err_code compare_run(const struct compare_options *o, FILE *out, struct err *e)
{
    struct compare *c = mem_alloc(sizeof(*c));
    enum err_code code = compare_make(c, o, e);
    if (code == ERR_OK) {
        struct buf b = {0};
        compare_table_json(c, &b);
        if (o->json) {
            fputs(buf_str(&b), out);
        } else {
            compare_table_print(c, out);
        }
        code = o->out ? file_write(o->out, b.data, b.len, 0644, e) : ERR_OK;
        if (code == ERR_OK && o->html) {
            buf_clear(&b);
            compare_table_html(c, &b);
            code = file_write(o->html, b.data, b.len, 0644, e);
        }
        buf_free(&b);
    }
    if (code == ERR_OK) {
        if (ferror(out) || fflush(out) != 0) {
            code = err_set(e, ERR_IO, "cannot write the result");
        } else if (c->bad > 0) {
            code = err_set(e, ERR_PARTLY, "%zu rows were bad and left out", c->bad);
        }
    }
    free(c);
    return code;
}
