/* Training a net of layers on rows that may each have several labels: shuffled batches, AdamW with
 * a rate that falls as a cosine, the parameters of the best epoch kept, an end when nothing gets
 * better, checkpoints from which it goes on as if it had not stopped. */
#ifndef CLASSIFIER_SOUND_TEACH_H
#define CLASSIFIER_SOUND_TEACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/rand.h"
#include "classifier/stack.h"

/* What there is to learn from, or to check against. */
struct teach_rows {
    /* Writes row i as the net takes it to x. r: may choose another part or version of the row each
     * time; NULL: always the same one. */
    void (*row)(const void *ctx, size_t i, struct rand_seq *r, float *x);
    const void *ctx;
    const float *target; /* (n, G) in [0, 1], or LAYER_UNKNOWN */
    size_t n;
};

struct teach_epoch {
    int64_t epoch;      /* from 1 on */
    double train_loss;  /* in nats per label */
    double check_loss;  /* likewise; that of training when nothing is held back */
    double check_right; /* share of rows whose likeliest label is true */
};

struct teach_options {
    int epochs;
    int patience; /* epochs without a better check loss, then it ends; 0: never */
    size_t batch;
    double rate;
    double decay;
    uint64_t seed;
    const char
        *checkpoint; /* written after each epoch, gone on from when it is there; NULL: none */
    /* Called after each epoch; false ends the training as if all epochs were over. NULL is fine. */
    bool (*told)(void *ctx, const struct teach_epoch *epoch);
    void *ctx;
};

struct taught {
    struct stack *stack;       /* as it was after the best epoch */
    struct teach_epoch *curve; /* (epochs) */
    size_t epochs;
    size_t best; /* place in the curve */
};

/* layers: (n_layers) of stack.h, borrowed for as long as what is taught lives. */
struct teach_net {
    const struct stack_row *layers;
    size_t n_layers;
    struct stack_shape in;
};

/* check: rows that are never learned from; n 0: none. ERR_IO, or ERR_FORMAT for a checkpoint of
 * another training. The same rows, options and seed give the same net, on one kind of processor.
 * Caller: teach_free. */
ERR_NODISCARD enum err_code teach_run(const struct teach_net *net, const struct teach_rows *train,
                                      const struct teach_rows *check, const struct teach_options *o,
                                      struct taught *ret, struct err *e);
void teach_free(struct taught *t);

/* probs: (rows->n, G), of what is always the same part of each row. embedding: (n, E) or NULL. */
void teach_predict(struct stack *s, const struct teach_rows *rows, float *probs, float *embedding);

#endif
