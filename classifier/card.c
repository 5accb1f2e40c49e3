#include "classifier/card.h"

#include <math.h>
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
                eval_inputs_name((enum eval_inputs)i), c->of[i].metric.macro_auc,
                c->of[i].metric.best_right, c->of[i].macro_f1);
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
    const char *const others[] = {o->families, o->artists, o->playlists};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) && code == ERR_OK; i++) {
        code = others[i] != NULL ? file_line(b, others[i], e) : ERR_OK;
    }
    buf_printf(b,
               "\nSplit by artist: u is the first 32 bits of the SHA-256 of the artist's name in "
               "lower case, over 2^32.\nTrained only on songs all of whose artists have u >= 0.25; "
               "the scores below are of songs whose first\nartist has 0.15 <= u < 0.25.\n\n"
               "%zu rows were read (%zu malformed). Songs used: %zu for training (%zu more have no "
               "tag with a family),\n%zu for validation. Other songs with validation artists are "
               "left out.\n\n",
               c->train->read, c->train->bad, c->train->n, c->train->unlabelled, c->validate->n);
    buf_add_str(b, "## Cleaning\n\nOver all rows; merging and what follows from it over the songs "
                   "for training:\n\n");
    clean_table(c->train->reports, c->train->files, CLEAN_ALL, true, b);
    buf_add_str(b, "\nOver the songs for validation, of which each is measured once:\n\n");
    clean_table(c->validate->reports, c->validate->files, CLEAN_SONGS, true, b);
    buf_add_str(b, "\n");
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
    if (o->artists != NULL) {
        buf_printf(b, " --artists %s", file_name(o->artists));
    }
    if (o->playlists != NULL) {
        buf_printf(b, " --playlists %s", file_name(o->playlists));
    }
    buf_printf(b, " --families %s --seed %llu --epochs %d --out %s\n```\n\n",
               file_name(o->families), (unsigned long long)o->seed, r->epochs, file_name(o->out));
}

static void number_add(struct buf *b, double value, int digits)
{
    if (isfinite(value) && value <= 1.0) {
        buf_printf(b, " %.*f |", digits, value);
    } else {
        buf_add_str(b, " - |");
    }
}

static void families_add(struct buf *b, const struct card *c)
{
    const struct measure *plain = &c->of[EVAL_TEXT_AND_STATISTICS], *tags = &c->of[EVAL_ALL];
    buf_add_str(b,
                "| family | songs | AUC | calibration error | threshold | precision | coverage | "
                "with tags: AUC | threshold | precision | coverage |\n"
                "|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t g = 0; g < GENRE_N; g++) {
        buf_printf(b, "| %s | %zu |", genre_name[g], plain->metric.family[g].positives);
        for (int i = 0; i < 2; i++) {
            const struct measure *m = i == 0 ? plain : tags;
            number_add(b, m->metric.family[g].auc, 3);
            if (i == 0) {
                number_add(b, m->family[g].ece_cross, 3);
            }
            number_add(b, m->family[g].threshold, 2);
            number_add(b, m->family[g].precision, 2);
            number_add(b, m->family[g].coverage, 2);
        }
        buf_add_char(b, '\n');
    }
}

static void scores_add(struct buf *b, const struct card *c)
{
    buf_add_str(b, "## Scores\n\n| inputs | macro AUC | best guess is a true family | macro F1 | "
                   "precision | songs sorted |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < EVAL_INPUTS; i++) {
        const struct measure *m = &c->of[i];
        buf_printf(b, "| %s |", eval_inputs_name((enum eval_inputs)i));
        number_add(b, m->metric.macro_auc, 4);
        number_add(b, m->metric.best_right, 4);
        number_add(b, m->macro_f1, 4);
        number_add(b, m->precision, 3);
        number_add(b, m->sorted, 3);
        buf_add_char(b, '\n');
    }
    buf_add_str(b, "\nF1 is at thresholds chosen on the other half of the artists. Precision is of "
                   "what is over the model's own\nthresholds, and a song is sorted if any family "
                   "is. Recipe, epoch, calibration and thresholds were chosen by\nthese songs, so "
                   "that other artists may score a little lower. Spotify does not tell record "
                   "labels with the\nlikes: there the rows without them hold. Labels of the songs "
                   "come from the artists' tags: with tags the\nmodel mostly reads them.\n\n");
    families_add(b, c);
    buf_add_str(b, "\nWith everything but tags, and with tags. Coverage is the share of a family's "
                   "songs that are over its threshold;\na threshold is the lowest probability "
                   "from 0.5 at which four of five songs are right.\n\n");
}

enum err_code card_write(const struct card *c, const char *path, struct err *e)
{
    struct buf b;
    buf_init(&b, 0);
    buf_printf(
        &b,
        "# Model card\n\nModel `%s`, %zu bytes: %d genre families and %u sub-genres from what is "
        "known of a song (statistics, texts,\ntags; any may be absent).\n\n",
        c->model_id, c->model_bytes, GENRE_N, (unsigned)c->recipe->shape.genres - GENRE_N);
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
