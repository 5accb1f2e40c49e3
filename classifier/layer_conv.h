/* Convolution in two dimensions, stride 1, zeros around so that the size stays: PyTorch's
 * Conv2d(kernel_size = K, padding = "same"). By im2col (Chellapilla et al. 2006) and OpenBLAS. One
 * thread per call. */
#ifndef CLASSIFIER_LAYER_CONV_H
#define CLASSIFIER_LAYER_CONV_H

#include <stddef.h>

struct layer_conv {
    size_t n;      /* pictures of a batch */
    size_t in;     /* C, channels */
    size_t out;    /* O */
    size_t height; /* H */
    size_t width;  /* W */
    size_t kernel; /* K, odd */
};

/* Floats of scratch that a call needs: C * K * K * H * W. */
size_t layer_conv_scratch(const struct layer_conv *l);
/* x: (n, C, H, W), w: (O, C, K, K), b: (O), y: (n, O, H, W). */
void layer_conv_forward(const struct layer_conv *l, const float *x, const float *w, const float *b,
                        float *scratch, float *y);
/* dw (O, C, K, K) and db (O) are added to. */
void layer_conv_backward_weights(const struct layer_conv *l, const float *x, const float *dy,
                                 float *scratch, float *dw, float *db);
/* dx (n, C, H, W) is overwritten. */
void layer_conv_backward_input(const struct layer_conv *l, const float *dy, const float *w,
                               float *scratch, float *dx);

#endif
