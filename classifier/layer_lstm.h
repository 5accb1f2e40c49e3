/* Long short-term memory (Hochreiter and Schmidhuber 1997, with forget gates: Gers et al. 2000), as
 * PyTorch's LSTM of one layer; its two biases are one here. One thread per call. */
#ifndef CLASSIFIER_LAYER_LSTM_H
#define CLASSIFIER_LAYER_LSTM_H

#include <stddef.h>

struct layer_lstm {
    size_t steps; /* T */
    size_t n;     /* sequences of a batch */
    size_t in;    /* I */
    size_t units; /* U */
};

/* Gates stand in the order input, forget, cell, output. */
struct layer_lstm_weights {
    const float *in;   /* (I, 4 U) */
    const float *back; /* (U, 4 U): of the step before */
    const float *bias; /* (4 U) */
};

/* What the way back needs. */
struct layer_lstm_trace {
    float *gates; /* (T, n, 4 U), after their sigmoid or tanh */
    float *cells; /* (T, n, U) */
};

struct layer_lstm_gradients {
    float *in; /* as the weights; added to */
    float *back;
    float *bias;
};

/* x: (T, n, I), h: (T, n, U), beginning from zero. */
void layer_lstm_forward(const struct layer_lstm *l, const struct layer_lstm_weights *w,
                        const float *x, const struct layer_lstm_trace *ret_trace, float *h);

/* What went forward, and dh (T, n, U), the loss's gradient by h. */
struct layer_lstm_past {
    const float *x;
    const float *h;
    const float *dh;
    const struct layer_lstm_trace *trace; /* its gates become their gradients */
};
/* dx (T, n, I) is overwritten, or NULL. */
void layer_lstm_backward(const struct layer_lstm *l, const struct layer_lstm_weights *w,
                         const struct layer_lstm_past *past,
                         const struct layer_lstm_gradients *grads, float *dx);

#endif
