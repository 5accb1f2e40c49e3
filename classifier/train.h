/* Training the model from track lists, the same result from the same files and seed. */
#ifndef CLASSIFIER_TRAIN_H
#define CLASSIFIER_TRAIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "classifier/corpus.h"
#include "classifier/net.h"

/* How it is trained; zero fields of the shape and of counts take the default's. */
struct train_recipe {
    struct mlp_shape shape; /* genres and slots are filled in */
    struct net_drop drop;
    float sub_weight; /* of a sub-genre's loss beside a family's */
    size_t batch;
    int epochs;
    double rate;  /* at its highest, after the first epoch; falls to zero along a cosine */
    double decay; /* of dense weights */
    double table_decay;
    uint32_t token_artists; /* a token must have that many first artists */
    uint32_t tokens_most;
};

extern const struct train_recipe train_recipe_default;

struct train_options {
    const char *const
        *data; /* (data_n) files as in dataset.h; the first one's validation part decides */
    size_t data_n;
    const char *families;  /* tag-families.csv */
    const char *artists;   /* further tags of artists, as artist.h reads them; NULL: none */
    const char *playlists; /* songs that belong together, as playlists.h reads them; NULL: none */
    const char *out;       /* the model file; an old one stays unless training succeeds */
    const char *curve;     /* loss and scores of the epochs drawn as SVG; NULL: not */
    const char *card;      /* what was done, in Markdown; NULL: none */
    const char *report;    /* what cleaning the data did; NULL: none */
    uint64_t seed;
    int epochs;                        /* 0: the recipe's */
    const struct train_recipe *recipe; /* NULL: the default */
};

/* Progress and what cleaning did go to standard error. ERR_FORMAT when a file is bad or there is
 * too little to learn from, ERR_IO when something cannot be read or written; then nothing is
 * written, but for the report, which comes before training. */
ERR_NODISCARD enum err_code train_run(const struct train_options *o, struct err *e);
/* The same without files, the genres being the families and the sub-genres of `tree` (NULL: the
 * families alone): the best epoch by `validate`, the last one where that is NULL or empty.
 * *ret_model: the model file's bytes for model_read; caller: buf_free; empty on failure. train:
 * not empty. Progress goes to standard error. ERR_BUG when the model is too large. */
struct train_corpora {
    const struct corpus *train;
    const struct corpus *validate; /* or NULL */
    const struct tree *tree;
};
ERR_NODISCARD enum err_code train_fit(const struct train_recipe *recipe,
                                      const struct train_corpora *corpora, uint64_t seed,
                                      struct buf *ret_model, struct err *e);

#endif
