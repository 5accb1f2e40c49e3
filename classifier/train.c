#include "classifier/train.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "classifier/calibrate.h"
#include "classifier/card.h"
#include "classifier/chart.h"
#include "classifier/eval.h"
#include "classifier/genre.h"
#include "classifier/metric.h"
#include "classifier/model.h"
#include "classifier/space.h"
#include "classifier/tree.h"

#define ROWS_LEAST       100 /* labelled songs; fewer teach nothing */
#define MODEL_BYTES_MOST ((size_t)256 << 20)

const struct train_recipe train_recipe_default = {
    .shape = {.towers = 4, .hidden1 = 128, .hidden2 = 64, .dim = 32, .pieces = 8, .space = 32},
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
    .sub_weight = 0.3F,
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
    double *history; /* (3, epochs): loss, macro AUC, macro AUC without statistics */
    unsigned char *table;
    const struct tree *tree; /* NULL: families alone */
    struct tree *owned;      /* tree where it was opened here */
    float *calibration;
    float *threshold;
    float *projection;
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
    free(r->history);
    free(r->table);
    free(r->calibration);
    free(r->threshold);
    free(r->projection);
    tree_close(r->owned);
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
    struct corpus_sources sources = {
        .paths = o->data, .n = o->data_n, .families = o->families, .artists = o->artists};
    enum err_code code = tree_open(NULL, &r->owned, e);
    sources.tree = r->tree = r->owned;
    if (code == ERR_OK) {
        code = corpus_load(&r->train, &sources, DATASET_TRAIN, e);
    }
    if (code == ERR_OK) {
        /* Its bad rows were told already. */
        sources.n = 1;
        sources.quiet = true;
        code = corpus_load(&r->validate, &sources, DATASET_VALIDATE, e);
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
    r->recipe.shape.genres = (uint32_t)(r->tree ? tree_given(r->tree) : GENRE_N);
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
    const size_t genres = r->recipe.shape.genres, batch = r->recipe.batch;
    float *probs = mem_array(e->n, GENRE_N * sizeof(*probs));
    float *all = mem_array(batch, genres * sizeof(*all));
    uint32_t *labels = mem_array(e->n, sizeof(*labels));
    uint32_t *which = mem_array(batch, sizeof(*which));
    for (size_t i = 0; i < e->n;) {
        size_t rows = 0, start = i;
        for (; rows < batch && i < e->n; rows++, i++) {
            which[rows] = (uint32_t)i;
            labels[i] = genre_set_families(&e->at[i].yes);
        }
        net_load(r->net, e, which, rows, drop);
        net_predict(r->net, rows, all);
        for (size_t k = 0; k < rows; k++) {
            memcpy(probs + (start + k) * GENRE_N, all + k * genres, GENRE_N * sizeof(*probs));
        }
    }
    struct metric m;
    metric_make(probs, labels, e->n, &m);
    free(which);
    free(labels);
    free(all);
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
    r->history = mem_array(3 * (size_t)r->recipe.epochs, sizeof(*r->history));
    int64_t start_ms = clock_boot_ms();
    for (int epoch = 0; epoch < r->recipe.epochs; epoch++) {
        double loss = epoch_train(r, order, epoch);
        double auc = validate_auc(r, &without_tags), auc_text = validate_auc(r, &text);
        double score = (auc + auc_text) / 2.0;
        if (score > r->best_score || r->validate_examples.n == 0) {
            memcpy(r->best, r->net->params, bytes);
            r->best_score = score;
            r->best_epoch = epoch + 1;
        }
        r->history[epoch] = loss;
        r->history[r->recipe.epochs + epoch] = auc;
        r->history[2 * r->recipe.epochs + epoch] = auc_text;
        fprintf(stderr, "epoch %d of %d: loss %.5f, ", epoch + 1, r->recipe.epochs, loss);
        if (r->validate.n > 0) {
            fprintf(stderr, "macro AUC %.4f, without statistics %.4f, ", auc, auc_text);
        }
        fprintf(stderr, "%.2f s\n", (double)(clock_boot_ms() - start_ms) / 1000.0);
    }
    memcpy(r->net->params, r->best, bytes);
    free(order);
}

static enum err_code pack(const struct run *r, struct buf *b, struct err *e)
{
    const char *names[MLP_GENRES_MAX];
    for (size_t g = 0; g < r->recipe.shape.genres; g++) {
        names[g] = r->tree ? tree_at(r->tree, g)->name : genre_name[g];
    }
    buf_clear(b);
    return model_pack(&r->mlp, names, b) ? ERR_OK : err_set(e, ERR_BUG, "the model is too large");
}

/* Logits as they come out of the network. */
static void calibration_clear(struct run *r)
{
    const size_t genres = r->recipe.shape.genres;
    r->calibration = mem_array((size_t)MLP_REGIMES * 2 * genres, sizeof(float));
    r->threshold = mem_array((size_t)MLP_REGIMES * genres, sizeof(float));
    for (size_t i = 0; i < MLP_REGIMES * genres; i++) {
        r->calibration[i / genres * 2 * genres + i % genres] = 1.0F;
        r->threshold[i] = (float)CALIBRATE_PRECISION;
    }
    r->mlp.calibration = r->calibration;
    r->mlp.threshold = r->threshold;
}

/* Without files there is nothing to learn likeness from: any directions keep most of it (Johnson
 * and Lindenstrauss 1984). */
static enum err_code projection_make(struct run *r, struct err *e)
{
    struct rand_seq rand = {1};
    const size_t n = mlp_hidden(&r->recipe.shape) * r->recipe.shape.space;
    r->projection = mem_array(n, sizeof(float));
    for (size_t i = 0; i < n; i++) {
        r->projection[i] = (float)rand_normal(&rand);
    }
    r->mlp.projection = r->projection;
    if (r->options == NULL) {
        return ERR_OK;
    }
    const struct space_sources sources = {
        .data = r->options->data, .data_n = 1, .playlists = r->options->playlists};
    return space_fit(&r->mlp, &sources, r->options->seed, r->projection, e);
}

/* Packs the best epoch's network into b, calibrated on the validation songs. */
static enum err_code result_pack(struct run *r, struct buf *b, struct err *e)
{
    struct model *raw = NULL;
    r->table = mem_array(r->vocab.slots, mlp_slot_bytes(&r->recipe.shape));
    net_quantise(r->net, &r->vocab, r->table, &r->mlp);
    calibration_clear(r);
    enum err_code code = projection_make(r, e);
    if (code == ERR_OK) {
        code = pack(r, b, e);
    }
    if (code != ERR_OK || r->validate.n == 0) {
        return code;
    }
    code = model_read(b->data, b->len, &raw, e);
    if (code == ERR_OK) {
        calibrate_model(raw, &r->validate, r->calibration, r->threshold);
        model_close(raw);
        code = pack(r, b, e);
    }
    return code;
}

/* Loss and scores by epoch, one chart above the other. */
static enum err_code curve_write(const struct run *r, struct err *e)
{
    const size_t n = (size_t)r->recipe.epochs;
    double *epoch = mem_array(n, sizeof(*epoch));
    struct buf b = {0};
    for (size_t i = 0; i < n; i++) {
        epoch[i] = (double)i + 1.0;
    }
    const struct chart_series loss = {.x = epoch, .y = r->history, .n = n, .points = 1};
    const struct chart_series auc[2] = {
        {.name = "all but tags", .x = epoch, .y = r->history + n, .n = n, .points = 1},
        {.name = "without statistics", .x = epoch, .y = r->history + 2 * n, .n = n, .points = 1}};
    struct chart_panel panels[2] = {
        {.chart = {.title = "Training loss", .x_name = "epoch", .y_name = "nats per family"},
         .series = &loss,
         .n = 1},
        {.chart = {.title = "Macro AUC on validation artists",
                   .x_name = "epoch",
                   .y_name = "macro AUC"},
         .series = auc,
         .n = 2}};
    for (size_t i = 0; i < 2; i++) {
        panels[i].chart.x_whole = 1;
        panels[i].chart.width = 560.0;
        panels[i].chart.height = 300.0;
    }
    chart_stack(&b, "Training, epoch by epoch", panels, 2);
    enum err_code code = file_write(r->options->curve, b.data, b.len, 0644, e);
    buf_free(&b);
    free(epoch);
    return code;
}

/* Measures what was packed, writes it and its card. */
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
    buf_init(&b, MODEL_BYTES_MOST);
    enum err_code code = result_pack(r, &b, e);
    if (code == ERR_OK) {
        code = model_read(b.data, b.len, &model, e);
    }
    struct measure *of = mem_array(EVAL_INPUTS, sizeof(*of));
    for (size_t i = 0; i < EVAL_INPUTS && code == ERR_OK; i++) {
        measure_make(model, &r->validate, (enum eval_inputs)i, &of[i]);
    }
    card.of = of;
    if (code == ERR_OK && o->curve) {
        code = curve_write(r, e);
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
    free(of);
    model_close(model);
    buf_free(&b);
    return code;
}

/* From the corpora of r to the best epoch's network in r->net. */
static void run_fit(struct run *r, uint64_t seed)
{
    /* One thread for each product: sums in another order would make another model. */
    openblas_set_num_threads(1);
    inputs_make(r);
    fprintf(stderr, "%zu songs to train on, %zu to validate on, %u tokens\n", r->train.n,
            r->validate.n, (unsigned)r->vocab.tokens);
    r->net = net_new(&r->recipe.shape, r->recipe.batch, seed);
    r->net->sub_weight = r->recipe.sub_weight;
    epochs_train(r);
}

enum err_code train_fit(const struct train_recipe *recipe, const struct train_corpora *corpora,
                        uint64_t seed, struct buf *ret_model, struct err *e)
{
    struct run r = {.recipe = *recipe, .train = *corpora->train, .tree = corpora->tree};
    if (corpora->validate) {
        r.validate = *corpora->validate;
    }
    buf_init(ret_model, MODEL_BYTES_MOST);
    run_fit(&r, seed);
    enum err_code code = result_pack(&r, ret_model, e);
    if (code != ERR_OK) {
        buf_free(ret_model);
    }
    r.train = (struct corpus){0}; /* the caller's */
    r.validate = (struct corpus){0};
    run_free(&r);
    return code;
}

enum err_code train_run(const struct train_options *o, struct err *e)
{
    struct run r = {.options = o, .recipe = o->recipe ? *o->recipe : train_recipe_default};
    r.recipe.epochs = o->epochs > 0 ? o->epochs : r.recipe.epochs;
    enum err_code code = corpora_load(&r, e);
    if (code == ERR_OK) {
        run_fit(&r, o->seed);
        code = result_write(&r, e);
    }
    run_free(&r);
    return code;
}
