/* A small personal head: what a person's corrections change in a model's logits.
 *
 * For each genre of which the person said something, kernel logistic regression with the model's
 * logit as an offset (Zhu and Hastie 2005, "Kernel Logistic Regression and the Import Vector
 * Machine"; solved by coordinates in the dual as Keerthi et al. 2005):
 *
 *   logit' = logit + sum over corrections i of weight_i k(song, i)
 *   k = NEAR exp(SHARP (cosine of the places - 1)) + SAME_ARTIST [same artist] + EVERYWHERE
 *
 * A logit beyond +-SURE_MOST counts as that. The penalty (PENALTY / 2) weight' K weight keeps the
 * change small where few corrections speak and lets contradicting ones cancel. The song that was
 * corrected moves far, but its own genre is for the caller to take outright from the person. */
#ifndef CLASSIFIER_HEAD_H
#define CLASSIFIER_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAD_EXAMPLES 1000 /* of a genre; of more the last ones count */

struct head;

/* One song and genre of which the person said something. */
struct head_example {
    const float *place; /* (dim) of unit length; borrowed until head_free */
    uint64_t artist;    /* 0: none */
    uint32_t genre;
    float logit; /* the model's */
    bool is;     /* of the genre */
};

/* examples: (n), oldest first. genres: G. Examples whose numbers are not finite are left out.
 * Deterministic; any thread. Caller: head_free. */
struct head *head_fit(const struct head_example *examples, size_t n, size_t dim, size_t genres);
void head_free(struct head *h);
/* logits: (n, G) in place; places: (n, dim); artists: (n). */
void head_apply(const struct head *h, const float *places, const uint64_t *artists, size_t n,
                float *logits);

#endif
