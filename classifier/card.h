/* The model's card: what it was trained on and how well it does, in Markdown. */
#ifndef CLASSIFIER_CARD_H
#define CLASSIFIER_CARD_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "classifier/corpus.h"
#include "classifier/eval.h"
#include "classifier/measure.h"
#include "classifier/train.h"

struct card {
    const struct train_options *options;
    const struct train_recipe *recipe;
    const struct corpus *train;
    const struct corpus *validate;
    uint32_t tokens;
    int best_epoch;
    const char *model_id;
    size_t model_bytes;
    const struct measure *of; /* (EVAL_INPUTS) */
};

/* The scores as plain lines. */
void card_print(const struct card *c, FILE *out);
/* The whole card to a file, atomically. Files are called by their name, without directories. */
ERR_NODISCARD enum err_code card_write(const struct card *c, const char *path, struct err *e);

#endif
