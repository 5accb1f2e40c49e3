/* A finished layout, brought to where its songs were, and into -1 .. 1. */
#ifndef CLASSIFIER_MAP_ALIGN_H
#define CLASSIFIER_MAP_ALIGN_H

#include <stddef.h>

/* at, old: (n, 2); old is NaN for a new item. With three old items or more that do not all lie on
 * one spot: `at` is turned or mirrored to them (orthogonal Procrustes, in closed form for a plane),
 * scaled to their spread and shifted to their mean; else centred and scaled. Then scaled again
 * where it would leave -1 .. 1 or fill less than half of it; 1 of 200 items may lie beyond, and is
 * moved to the edge. Returns the units of `at` before per 1 after. */
double map_align(float *at, const float *old, size_t n);

#endif
