#include "classifier/card.h"

#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/rand.h"

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void card_print(const struct card *c, FILE *out)
{
    fprintf(out, "model %s, %zu bytes, epoch %d\n", c->model_id, c->model_bytes, c->best_epoch);
    for (size_t i = 0; i < EVAL_INPUTS; i++) {
        fprintf(out, "%-42s macro AUC %.4f, best guess right %.4f, macro F1 %.4f\n",
                eval_inputs_name((enum eval_inputs)i), c->metric[i].macro_auc,
                c->metric[i].best_right, c->metric[i].macro_f1);
    }
}

static enum err_code file_line(struct buf *b, const char *path, struct err *e)
{
    struct buf content;
    buf_init(&content, (size_t)1 << 30);
    enum err_code code = file_read(path, &content, e);
    if (code == ERR_OK) {
        uint8_t digest[32];
        rand_sha256(buf_str(&content), content.len, digest);
        buf_printf(b, "| `%s` | `", file_name(path));
        for (size_t i = 0; i < sizeof(digest); i++) {
            buf_printf(b, "%02x", digest[i]);
        }
        buf_add_str(b, "` |\n");
    }
    buf_free(&content);
    return code;
}

static enum err_code data_add(struct buf *b, const struct card *c, struct err *e)
{
    const struct train_options *o = c->options;
    buf_add_str(b, "## Trained on\n\n| file | sha256 |\n|---|---|\n");
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < o->data_n && code == ERR_OK; i++) {
        code = file_line(b, o->data[i], e);
    }
    if (code == ERR_OK) {
        code = file_line(b, o->families, e);
    }
    buf_printf(b,
               "\nSplit by artist: u is the first 32 bits of the SHA-256 of the artist's name in "
               "lower case, over 2^32.\nTrained only on songs all of whose artists have u >= 0.25; "
               "the scores below are of songs whose first\nartist has 0.15 <= u < 0.25.\n\n"
               "%zu rows were read (%zu malformed). Songs used: %zu for training (%zu more have no "
               "tag with a family),\n%zu for validation. Other songs with validation artists are "
               "left out.\n\n",
               c->train->read, c->train->bad, c->train->n, c->train->unlabelled, c->validate->n);
    return code;
}

static void method_add(struct buf *b, const struct card *c)
{
    const struct train_recipe *r = c->recipe;
    const struct train_options *o = c->options;
    buf_printf(b,
               "## How\n\nEmbedding bags (%u tokens of %u dimensions, 8 bits) and %d numbers into "
               "%u towers of %u and %u units,\nwhose logits are averaged into %u sigmoids. "
               "AdamW, %d epochs of which number %d was kept, batches of %zu,\nlearning rate %g. "
               "Groups of inputs are dropped at random, so that one model serves every "
               "combination of what is known.\n\nSeed %llu, on any number of threads: the same "
               "files, seed and processor type give the same model. The command:\n\n```\n"
               "genrectl train",
               (unsigned)c->tokens, (unsigned)r->shape.dim, (int)VECTOR_NUMBERS,
               (unsigned)r->shape.towers, (unsigned)r->shape.hidden1, (unsigned)r->shape.hidden2,
               (unsigned)r->shape.genres, r->epochs, c->best_epoch, r->batch, r->rate,
               (unsigned long long)o->seed);
    for (size_t i = 0; i < o->data_n; i++) {
        buf_printf(b, " --data %s", file_name(o->data[i]));
    }
    buf_printf(b, " --families %s --seed %llu --epochs %d --out %s\n```\n\n",
               file_name(o->families), (unsigned long long)o->seed, r->epochs, file_name(o->out));
}

static void scores_add(struct buf *b, const struct card *c)
{
    buf_add_str(b, "## Scores\n\n| inputs | macro AUC | best guess is a true family | macro F1 "
                   "|\n|---|---|---|---|\n");
    for (size_t i = 0; i < EVAL_INPUTS; i++) {
        buf_printf(b, "| %s | %.4f | %.4f | %.4f |\n", eval_inputs_name((enum eval_inputs)i),
                   c->metric[i].macro_auc, c->metric[i].best_right, c->metric[i].macro_f1);
    }
    buf_add_str(b, "\nEpoch and recipe were chosen by these songs, so that other artists may "
                   "score a little lower. Spotify does not\ntell record labels with the likes: "
                   "there the rows without them hold. Labels of the songs come from the\nartists' "
                   "tags: with tags the model mostly reads them.\n\n| family | songs | AUC | "
                   "precision | recall | F1 "
                   "|\n|---|---|---|---|---|---|\n");
    for (size_t g = 0; g < GENRE_N; g++) {
        const struct metric_family *f = &c->metric[EVAL_TEXT_AND_STATISTICS].family[g];
        buf_printf(b, "| %s | %zu | %.4f | %.4f | %.4f | %.4f |\n", genre_name[g], f->positives,
                   f->auc, f->precision, f->recall, f->f1);
    }
    buf_printf(b, "\nPer family with everything but tags; precision, recall and F1 at "
                  "probability 0.5.\n\n");
}

enum err_code card_write(const struct card *c, const char *path, struct err *e)
{
    struct buf b;
    buf_init(&b, 0);
    buf_printf(&b,
               "# Model card\n\nModel `%s`, %zu bytes: 22 genre families from what is known of a "
               "song (statistics, texts, tags; any may\nbe absent).\n\n",
               c->model_id, c->model_bytes);
    enum err_code code = data_add(&b, c, e);
    if (code == ERR_OK) {
        method_add(&b, c);
        scores_add(&b, c);
        buf_add_str(&b, "## Terms\n\nThis project asks for training on Spotify's audio statistics. "
                        "Spotify's terms forbid training\nmachine-learning models on their "
                        "content. `genrectl train --data` takes sets that are free of it.\n");
        code = file_write(path, b.data, b.len, 0644, e);
    }
    buf_free(&b);
    return code;
}
