#include "classifier/sound/contest.h"

static const char *const model_name[CONTEST_MODELS] = {
    [CONTEST_KNN] = "kNN",
    [CONTEST_FOREST] = "random forest",
    [CONTEST_LOGISTIC] = "logistic regression",
    [CONTEST_MLP] = "MLP",
    [CONTEST_CNN] = "CNN on mel spectrograms",
    [CONTEST_LSTM_MFCC] = "LSTM on MFCC",
    [CONTEST_LSTM_MEL] = "LSTM on mel bands",
};

static const char *const model_key[CONTEST_MODELS] = {"knn", "forest",    "logistic", "mlp",
                                                      "cnn", "lstm_mfcc", "lstm_mel"};
static const char *const way_key[CONTEST_WAYS] = {"table_random", "table_blocks", "sound",
                                                  "augmented", "leaky"};

static const char *const way_name[CONTEST_WAYS] = {
    [CONTEST_TABLE_RANDOM] = "the table's rows, dealt at random",
    [CONTEST_TABLE_BLOCKS] = "the table's rows, neighbours kept together",
    [CONTEST_SOUND] = "recordings that were not learned from",
    [CONTEST_AUGMENTED] = "the same, learned from changed takes too",
    [CONTEST_LEAKY] = "segments dealt at random (leaky: do not believe this)",
};

void contest_print(const struct contest *c, FILE *out)
{
    for (size_t w = 0; w < CONTEST_WAYS; w++) {
        bool any = false;
        for (size_t m = 0; m < CONTEST_MODELS; m++) {
            const struct contest_score *s = &c->score[w][m];
            if (s->measured && !any)
                fprintf(out, "\n%s (%zu)\n  %-26s %8s %8s %8s\n", way_name[w], s->n, "", "right",
                        "F1", "AUC");
            any = any || s->measured;
            if (s->measured)
                fprintf(out, "  %-26s %8.3f %8.3f %8.3f\n", model_name[m], s->metric.best_right,
                        s->metric.macro_f1, s->metric.macro_auc);
        }
    }
}

static struct json *way_json(const struct contest *c, size_t way)
{
    struct json *j = json_object();
    struct json *models = json_array();
    json_set_str(j, "way", way_key[way]);
    for (size_t m = 0; m < CONTEST_MODELS; m++) {
        const struct contest_score *s = &c->score[way][m];
        if (!s->measured)
            continue;
        struct json *model = json_object();
        json_set_int(j, "judged", (int64_t)s->n);
        json_set_str(model, "model", model_key[m]);
        json_set_num(model, "right", s->metric.best_right);
        json_set_num(model, "f1", s->metric.macro_f1);
        json_set_num(model, "auc", s->metric.macro_auc);
        json_add(models, model);
    }
    json_set(j, "models", models);
    return j;
}

struct json *contest_json(const struct contest *c)
{
    struct json *j = json_object();
    struct json *ways = json_array();
    for (size_t w = 0; w < CONTEST_WAYS; w++) {
        if (c->score[w][CONTEST_KNN].measured)
            json_add(ways, way_json(c, w));
    }
    json_set(j, "ways", ways);
    json_set_int(j, "failed", (int64_t)c->failed);
    return j;
}
