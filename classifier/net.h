/* The network of mlp.h while it is trained: parameters, gradients and Adam's moments, each in one
 * block. */
#ifndef CLASSIFIER_NET_H
#define CLASSIFIER_NET_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/rand.h"
#include "base/team.h"
#include "classifier/example.h"
#include "classifier/mlp.h"
#include "classifier/vocab.h"

/* Where each array lies in a block. Shapes as in mlp.h; the table is (slots, D) floats. */
struct net_layout {
    size_t w1, b1, w2, b2, w3, b3;
    size_t table; /* last, from here on rows are updated one by one */
    size_t n;     /* floats in all */
};

/* What is kept out of an example in training. Each field is a probability. */
struct net_drop {
    float statistics;
    float year; /* the number and the tokens */
    float group[VECTOR_GROUPS];
    float token[VECTOR_GROUPS]; /* of each token where the group is kept */
    float hidden;
};

#define NET_SHARES                                                                                 \
    4 /* the table's slots are shared out to as many tasks: slot s to s % NET_SHARES */

struct net {
    struct mlp_shape shape;
    struct net_layout layout;
    float *params;
    float *grads;
    float *moment1;
    float *moment2;
    int64_t steps;
    float sub_weight; /* of a sub-genre's loss beside a family's; 1 unless set */
    struct rand_seq rand;
    struct team *team; /* what it computes does not depend on how many they are */
    /* Of one batch of at most `batch` rows. */
    size_t batch;
    float *x;      /* (batch, I) */
    float *dx;     /* (batch, I), of which the bags' part is used */
    float *h1;     /* (batch, T * H1) */
    float *dh1;    /* (batch, T * H1) */
    float *h2;     /* (T, batch, H2) */
    float *dh2;    /* (T, batch, H2) */
    float *logits; /* (T, batch, G), then their gradients */
    float *target; /* (batch, G) */
    double tower_loss[MLP_TOWERS_MAX];
    uint32_t *bag_rows; /* slots that the batch's bags are of, in order */
    size_t bag_rows_cap;
    size_t *bag_first; /* (batch, VECTOR_GROUPS + 1) into bag_rows */
    uint32_t *touched; /* slots with a gradient, each once; by shares */
    size_t touched_n[NET_SHARES];
    unsigned char *is_touched; /* (slots) */
};

struct net_step {
    double rate;
    double decay; /* of dense weights, per step times rate (AdamW) */
    double table_decay;
};

/* Random weights (He et al. 2015) from the seed. Caller: net_free. */
struct net *net_new(const struct mlp_shape *shape, size_t batch, uint64_t seed);
void net_free(struct net *n);

/* Fills the batch from `rows` examples (their numbers in `which`), thinned out as drop says; NULL:
 * whole. */
void net_load(struct net *n, const struct examples *e, const uint32_t *which, size_t rows,
              const struct net_drop *drop);
/* The mean loss of the loaded batch over the families, in nats per family, and the gradients of all
 * parameters, which were zero. e and which as they were loaded. */
double net_gradient(struct net *n, const struct examples *e, const uint32_t *which, size_t rows,
                    float hidden_drop);
/* One step of AdamW (Loshchilov and Hutter 2019) along the gradients, which are zero afterwards.
 * Rows of the table move only when touched (lazy Adam). */
void net_update(struct net *n, const struct net_step *step);
/* Probabilities of the loaded batch: probs (rows, G). */
void net_predict(struct net *n, size_t rows, float *probs);

/* The network as mlp.h wants it: m's dense arrays point into the net, its table into `table` (slots
 * * mlp_slot_bytes), quantised here to 8 bits with a scale for each row. */
void net_quantise(const struct net *n, const struct vocab *v, unsigned char *table, struct mlp *m);

#endif
