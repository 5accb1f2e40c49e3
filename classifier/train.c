#include "classifier/train.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "classifier/card.h"
#include "classifier/eval.h"
#include "classifier/genre.h"
#include "classifier/metric.h"
#include "classifier/model.h"

#define ROWS_LEAST 100 /* labelled songs; fewer teach nothing */

const struct train_recipe train_recipe_default = {
    .shape =
        {.genres = GENRE_N, .towers = 4, .hidden1 = 128, .hidden2 = 64, .dim = 32, .pieces = 8},
    .drop = {.statistics = 0.3F,
             .year = 0.2F,
             .group = {[VECTOR_ARTIST] = 0.8F,
                       [VECTOR_ARTIST_WORD] = 0.3F,
                       [VECTOR_ALBUM] = 0.3F,
                       [VECTOR_TITLE] = 0.2F,
                       [VECTOR_LABEL] = 0.3F,
                       [VECTOR_YEAR] = 0.2F,
                       [VECTOR_TAG] = 0.8F},
             .token = {[VECTOR_ARTIST] = 0.1F,
                       [VECTOR_ARTIST_WORD] = 0.85F,
                       [VECTOR_ALBUM] = 0.85F,
                       [VECTOR_TITLE] = 0.85F,
                       [VECTOR_LABEL] = 0.2F,
                       [VECTOR_TAG] = 0.3F},
             .hidden = 0.2F},
    .batch = 512,
    .epochs = 30,
    .rate = 2e-3,
    .decay = 0.05,
    .table_decay = 0.05,
    .token_artists = 4,
    .tokens_most = 65536,
};

/* What a training run holds. */
struct run {
    const struct train_options *options;
    struct train_recipe recipe;
    struct corpus train;
    struct corpus validate;
    struct vocab vocab;
    struct mlp mlp; /* scaling, and after net_quantise everything */
    float *scaling; /* mean, scale, knots in one block */
    struct examples train_examples;
    struct examples validate_examples;
    struct net *net;
    float *best; /* parameters of the best epoch */
    double best_score;
    int best_epoch;
    unsigned char *table;
};

static void run_free(struct run *r)
{
    corpus_free(&r->train);
    corpus_free(&r->validate);
    vocab_free(&r->vocab);
    example_free(&r->train_examples);
    example_free(&r->validate_examples);
    net_free(r->net);
    free(r->scaling);
    free(r->best);
    free(r->table);
}

/* What cleaning did: as a table to standard error, with examples into the report. */
static enum err_code cleaning_tell(const struct run *r, struct err *e)
{
    enum err_code code = ERR_OK;
    struct buf b;
    buf_init(&b, 0);
    clean_table(r->train.reports, r->train.files, CLEAN_ALL, false, &b);
    fprintf(stderr, "%zu rows were read. What cleaning found:\n%s", r->train.read, buf_str(&b));
    if (r->options->report) {
        buf_clear(&b);
        buf_add_str(&b, "Rows of each file, and songs for training:\n\n");
        clean_text(r->train.reports, r->train.files, CLEAN_ALL, &b);
        buf_add_str(&b, "\nSongs for validation:\n\n");
        clean_text(r->validate.reports, r->validate.files, CLEAN_SONGS, &b);
        code = file_write(r->options->report, buf_str(&b), b.len, 0644, e);
    }
    buf_free(&b);
    return code;
}

static enum err_code corpora_load(struct run *r, struct err *e)
{
    const struct train_options *o = r->options;
    enum err_code code = corpus_load(&r->train, o->data, o->data_n, o->families, DATASET_TRAIN, e);
    if (code == ERR_OK) {
        code = corpus_load_again(&r->validate, o->data, 1, o->families, DATASET_VALIDATE, e);
    }
    if (code == ERR_OK) {
        code = cleaning_tell(r, e);
    }
    if (code == ERR_OK && (r->train.n < ROWS_LEAST || r->validate.n == 0)) {
        code = err_set(e, ERR_FORMAT,
                       "too little to learn from: %zu labelled songs of training artists and "
                       "%zu of validation artists",
                       r->train.n, r->validate.n);
    }
    return code;
}

static void inputs_make(struct run *r)
{
    const size_t pieces = r->recipe.shape.pieces;
    r->scaling =
        mem_array(2 * (size_t)VECTOR_NUMBERS + (size_t)VECTOR_SMOOTH * (pieces + 1), sizeof(float));
    float *mean = r->scaling, *scale = mean + VECTOR_NUMBERS, *knots = scale + VECTOR_NUMBERS;
    example_scale(&r->train, pieces, mean, scale, knots);
    vocab_make(&r->vocab, &r->train, r->recipe.token_artists, r->recipe.tokens_most);
    r->recipe.shape.slots = r->vocab.slots;
    r->mlp = (struct mlp){.shape = r->recipe.shape, .mean = mean, .scale = scale, .knots = knots};
    example_make(&r->train_examples, &r->train, &r->mlp, &r->vocab);
    example_make(&r->validate_examples, &r->validate, &r->mlp, &r->vocab);
}

static void shuffle(uint32_t *order, size_t n, struct rand_seq *rand)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = rand_below(rand, i);
        uint32_t swapped = order[i - 1];
        order[i - 1] = order[k];
        order[k] = swapped;
    }
}

/* Rises linearly in the first epoch, then falls along a cosine. done: steps behind us, of all. */
static double rate_at(const struct train_recipe *recipe, double done)
{
    const double warm = 1.0 / recipe->epochs;
    if (done < warm) {
        return recipe->rate * (0.02 + 0.98 * done / warm);
    }
    return recipe->rate * 0.5 * (1.0 + cos(3.14159265358979323846 * (done - warm) / (1.0 - warm)));
}

/* Returns the epoch's mean loss. */
static double epoch_train(struct run *r, uint32_t *order, int epoch)
{
    const size_t n = r->train_examples.n, batch = r->recipe.batch;
    double loss = 0.0, batches = 0.0;
    shuffle(order, n, &r->net->rand);
    for (size_t i = 0; i < n; i += batch) {
        size_t rows = n - i < batch ? n - i : batch;
        struct net_step step = {
            .rate = rate_at(&r->recipe, (epoch + (double)i / (double)n) / r->recipe.epochs),
            .decay = r->recipe.decay,
            .table_decay = r->recipe.table_decay};
        net_load(r->net, &r->train_examples, order + i, rows, &r->recipe.drop);
        loss += net_gradient(r->net, &r->train_examples, order + i, rows, r->recipe.drop.hidden);
        batches += 1.0;
        net_update(r->net, &step);
    }
    return loss / batches;
}

/* Macro AUC on the validation artists with what `drop` leaves. */
static double validate_auc(struct run *r, const struct net_drop *drop)
{
    const struct examples *e = &r->validate_examples;
    float *probs = mem_array(e->n, GENRE_N * sizeof(*probs));
    uint32_t *labels = mem_array(e->n, sizeof(*labels));
    uint32_t which[64];
    for (size_t i = 0; i < e->n;) {
        size_t rows = 0, start = i;
        for (; rows < 64 && rows < r->recipe.batch && i < e->n; rows++, i++) {
            which[rows] = (uint32_t)i;
            labels[i] = e->at[i].families;
        }
        net_load(r->net, e, which, rows, drop);
        net_predict(r->net, rows, probs + start * GENRE_N);
    }
    struct metric m;
    metric_make(probs, labels, e->n, &m);
    free(labels);
    free(probs);
    return m.macro_auc;
}

static void epochs_train(struct run *r)
{
    static const struct net_drop without_tags = {.group = {[VECTOR_TAG] = 1.0F}};
    static const struct net_drop text = {.statistics = 1.0F, .group = {[VECTOR_TAG] = 1.0F}};
    const size_t n = r->train_examples.n;
    const size_t bytes = r->net->layout.n * sizeof(float);
    uint32_t *order = mem_array(n, sizeof(*order));
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
    r->best = mem_alloc(bytes);
    int64_t start_ms = clock_boot_ms();
    for (int epoch = 0; epoch < r->recipe.epochs; epoch++) {
        double loss = epoch_train(r, order, epoch);
        double auc = validate_auc(r, &without_tags), auc_text = validate_auc(r, &text);
        double score = (auc + auc_text) / 2.0;
        if (score > r->best_score) {
            memcpy(r->best, r->net->params, bytes);
            r->best_score = score;
            r->best_epoch = epoch + 1;
        }
        fprintf(stderr,
                "epoch %d of %d: loss %.5f, macro AUC %.4f, without statistics %.4f, %lld s\n",
                epoch + 1, r->recipe.epochs, loss, auc, auc_text,
                (long long)(clock_boot_ms() - start_ms) / 1000);
    }
    memcpy(r->net->params, r->best, bytes);
    free(order);
}

/* Packs the best epoch's network, measures what was packed, writes it and its card. */
static enum err_code result_write(struct run *r, struct err *e)
{
    const struct train_options *o = r->options;
    struct model *model = NULL;
    struct card card = {.options = o,
                        .recipe = &r->recipe,
                        .train = &r->train,
                        .validate = &r->validate,
                        .tokens = r->vocab.tokens,
                        .best_epoch = r->best_epoch};
    struct buf b;
    buf_init(&b, (size_t)256 << 20);
    r->table = mem_array(r->vocab.slots, mlp_slot_bytes(&r->recipe.shape));
    net_quantise(r->net, &r->vocab, r->table, &r->mlp);
    enum err_code code = ERR_OK;
    if (!model_pack(&r->mlp, genre_name, &b)) {
        code = err_set(e, ERR_BUG, "the model is too large");
        goto out;
    }
    code = model_read(b.data, b.len, &model, e);
    for (size_t i = 0; i < EVAL_INPUTS && code == ERR_OK; i++) {
        code = eval_measure(model, &r->validate, (enum eval_inputs)i, &card.metric[i], e);
    }
    if (code == ERR_OK) {
        card.model_id = model_id(model);
        card.model_bytes = b.len;
        code = file_write(o->out, b.data, b.len, 0644, e);
    }
    if (code == ERR_OK) {
        card_print(&card, stderr);
        code = o->card ? card_write(&card, o->card, e) : ERR_OK;
    }
out:
    model_close(model);
    buf_free(&b);
    return code;
}

enum err_code train_run(const struct train_options *o, struct err *e)
{
    struct run r = {.options = o, .recipe = o->recipe ? *o->recipe : train_recipe_default};
    r.recipe.epochs = o->epochs > 0 ? o->epochs : r.recipe.epochs;
    /* One thread: sums in another order would make another model. */
    openblas_set_num_threads(1);
    enum err_code code = corpora_load(&r, e);
    if (code == ERR_OK) {
        inputs_make(&r);
        fprintf(stderr, "%zu songs to train on, %zu to validate on, %u tokens\n", r.train.n,
                r.validate.n, (unsigned)r.vocab.tokens);
        r.net = net_new(&r.recipe.shape, r.recipe.batch, o->seed);
        epochs_train(&r);
        code = result_write(&r, e);
    }
    run_free(&r);
    return code;
}
