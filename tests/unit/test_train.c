/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/json.h"
#include "classifier/card.h"
#include "classifier/eval.h"
#include "classifier/examine.h"
#include "classifier/model.h"
#include "classifier/train.h"
#include "tests/unit/made_songs.h"
#include "tests/unit/temp.h"

static char songs[512], families[512], model[512], card[512];
static const char *data[] = {songs};

static const struct train_recipe recipe = {
    .shape = {.genres = GENRE_N,
              .towers = 2,
              .hidden1 = 16,
              .hidden2 = 8,
              .dim = 4,
              .pieces = 4,
              .space = 8},
    .drop = {.statistics = 0.3F, .hidden = 0.1F, .group = {[VECTOR_TAG] = 0.8F}},
    .batch = 64,
    .epochs = 12,
    .rate = 0.01,
    .token_artists = 2,
    .tokens_most = 1000,
};

static struct train_options options(uint64_t seed)
{
    return (struct train_options){.data = data,
                                  .data_n = 1,
                                  .families = families,
                                  .out = model,
                                  .card = card,
                                  .seed = seed,
                                  .recipe = &recipe};
}

static void id_of(const char *path, char id[17])
{
    struct model *m = NULL;
    struct err e = {0};
    if (model_open(path, &m, &e) != ERR_OK) {
        fail_msg("%s", e.text);
    }
    snprintf(id, 17, "%s", model_id(m));
    model_close(m);
}

static void trained(uint64_t seed, char id[17])
{
    struct train_options o = options(seed);
    struct err e = {0};
    if (train_run(&o, &e) != ERR_OK) {
        fail_msg("%s", e.text);
    }
    id_of(model, id);
}

static void test_same_seed_same_model(void **state)
{
    (void)state;
    char first[17], again[17], other[17];
    trained(1, first);
    trained(1, again);
    trained(2, other);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
}

static void test_fit_needs_no_files(void **state)
{
    (void)state;
    char id[17];
    struct err e = {0};
    struct corpus train, validate;
    struct model *m = NULL;
    struct buf fitted;
    struct tree *tree = NULL;
    trained(1, id);
    assert_int_equal(tree_open(NULL, &tree, &e), ERR_OK);
    const struct corpus_sources sources = {
        .paths = data, .n = 1, .families = families, .tree = tree};
    assert_int_equal(corpus_load(&train, &sources, DATASET_TRAIN, &e), ERR_OK);
    assert_int_equal(corpus_load(&validate, &sources, DATASET_VALIDATE, &e), ERR_OK);
    const struct train_corpora both = {.train = &train, .validate = &validate, .tree = tree};
    assert_int_equal(train_fit(&recipe, &both, 1, &fitted, &e), ERR_OK);
    assert_int_equal(model_read(fitted.data, fitted.len, &m, &e), ERR_OK);
    /* The same but for the space of likeness, which is learned from files. */
    struct model *filed = NULL;
    struct metric metric, other;
    assert_int_equal(model_open(model, &filed, &e), ERR_OK);
    assert_int_equal(eval_measure(m, &validate, EVAL_ALL, &metric, &e), ERR_OK);
    assert_int_equal(eval_measure(filed, &validate, EVAL_ALL, &other, &e), ERR_OK);
    assert_memory_equal(&metric, &other, sizeof(metric));
    assert_memory_equal(model_mlp(m)->w1, model_mlp(filed)->w1,
                        mlp_input(&model_mlp(m)->shape) * sizeof(float));
    model_close(filed);
    model_close(m);
    buf_free(&fitted);
    assert_int_equal(train_fit(&recipe, &(struct train_corpora){.train = &train}, 1, &fitted, &e),
                     ERR_OK);
    assert_int_equal(model_read(fitted.data, fitted.len, &m, &e), ERR_OK);
    assert_int_equal(eval_measure(m, &validate, EVAL_ALL, &metric, &e), ERR_OK);
    assert_true(metric.macro_auc > 0.9);
    model_close(m);
    buf_free(&fitted);
    corpus_free(&train);
    corpus_free(&validate);
    tree_close(tree);
}

static void test_card(void **state)
{
    (void)state;
    char id[17];
    struct buf b = {0};
    struct err e = {0};
    trained(1, id);
    assert_int_equal(file_read(card, &b, &e), ERR_OK);
    static const char *const parts[] = {"`songs.csv` | `",  "`families.csv` | `", "Seed 1,",
                                        "--data songs.csv", "terms forbid",       "| jazz |"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        assert_non_null(strstr(buf_str(&b), parts[i]));
    }
    assert_non_null(strstr(buf_str(&b), id));
    assert_null(strstr(buf_str(&b), "/tmp"));
    buf_free(&b);
}

static void test_it_learned(void **state)
{
    (void)state;
    char id[17];
    struct err e = {0};
    struct model *m = NULL;
    struct corpus c;
    struct metric metric;
    trained(1, id);
    assert_int_equal(model_open(model, &m, &e), ERR_OK);
    assert_int_equal(
        corpus_load(&c, &(struct corpus_sources){.paths = data, .n = 1, .families = families},
                    DATASET_VALIDATE, &e),
        ERR_OK);
    for (int i = 0; i < EVAL_INPUTS; i++) {
        assert_int_equal(eval_measure(m, &c, (enum eval_inputs)i, &metric, &e), ERR_OK);
        assert_true(metric.macro_auc > 0.9);
    }
    corpus_free(&c);
    model_close(m);
}

static void test_failure_keeps_the_old_model(void **state)
{
    char first[17], after[17];
    struct err e = {0};
    trained(1, first);
    struct train_options o = options(3);
    const char *bad[] = {songs, "/absent.csv"};
    o.data = bad;
    o.data_n = 2;
    assert_int_equal(train_run(&o, &e), ERR_IO);
    const char *few = temp_path(state, "few.csv");
    assert_true(made_songs_write(few, 20, 1));
    o.data = &few;
    o.data_n = 1;
    assert_int_equal(train_run(&o, &e), ERR_FORMAT);
    assert_non_null(strstr(e.text, "too little"));
    id_of(model, after);
    assert_string_equal(first, after);
}

static void test_eval_json_and_table(void **state)
{
    (void)state;
    char id[17], *text = NULL;
    size_t n = 0;
    struct err e = {0};
    struct json *j = NULL;
    trained(1, id);
    struct examine_options o = {
        .data = data, .data_n = 1, .families = families, .model = model, .json = true};
    FILE *out = open_memstream(&text, &n);
    assert_int_equal(examine_run(&o, out, &e), ERR_OK);
    fclose(out);
    assert_int_equal(json_parse(text, n, &j, &e), ERR_OK);
    assert_string_equal(json_get_str(j, "model"), id);
    assert_true(json_get_num(json_get(j, "without_tags"), "macro_auc", 0.0) > 0.9);
    assert_int_equal(json_size(json_get(json_get(j, "with_tags"), "families")), GENRE_N);
    json_free(j);
    free(text);
    o.json = false;
    out = open_memstream(&text, &n);
    assert_int_equal(examine_run(&o, out, &e), ERR_OK);
    fclose(out);
    assert_non_null(strstr(text, "all but tags"));
    assert_non_null(strstr(text, "soundtrack"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_seed_same_model),
        cmocka_unit_test(test_fit_needs_no_files),
        cmocka_unit_test(test_card),
        cmocka_unit_test(test_it_learned),
        cmocka_unit_test(test_failure_keeps_the_old_model),
        cmocka_unit_test(test_eval_json_and_table),
    };
    void *state = NULL;
    if (temp_setup(&state) != 0) {
        return 1;
    }
    snprintf(songs, sizeof(songs), "%s", temp_path(&state, "songs.csv"));
    snprintf(families, sizeof(families), "%s", temp_path(&state, "families.csv"));
    snprintf(model, sizeof(model), "%s", temp_path(&state, "made.model"));
    snprintf(card, sizeof(card), "%s", temp_path(&state, "CARD.md"));
    if (!made_songs_write(songs, 1200, 1) || !made_families_write(families)) {
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, temp_setup, temp_teardown);
    return temp_teardown(&state) != 0 || failed != 0;
}
