/* The model file: how the network of mlp.h lies on disk, checked before anything is believed.
 *
 *   80 bytes  magic "genredml", then little-endian: u32 version, u32 header bytes, u64 file bytes,
 *             u64 checksum (of the file with this field zero), u32 G T H1 H2 D K slots P, u32
 * numbers, 12 zero N names     (G, 32) bytes, terminated floats    mean scale knots w1 b1 w2 b2 w3
 * b3 calibration threshold projection, shapes as in mlp.h table     slots * (8 + D) bytes
 */
#ifndef CLASSIFIER_MODEL_H
#define CLASSIFIER_MODEL_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/song.h"
#include "classifier/mlp.h"

#define MODEL_VERSION   2
#define MODEL_NAME_SIZE 32 /* of a genre's name, with its end */

struct model;

/* The model in the file, mapped, or the shipped one for NULL. ERR_IO when it cannot be read,
 * ERR_FORMAT with one sentence when it is foreign, newer, truncated or damaged. Caller:
 * model_close. */
ERR_NODISCARD enum err_code model_open(const char *path, struct model **ret_model, struct err *e);
/* The same from memory at p (n bytes, 4-aligned), which stays the caller's and must outlive the
 * model. */
ERR_NODISCARD enum err_code model_read(const void *p, size_t n, struct model **ret_model,
                                       struct err *e);
void model_close(struct model *m);

/* Sixteen hexadecimal digits of its checksum: other content, other id. */
const char *model_id(const struct model *m);
size_t model_genres(const struct model *m);
const char *model_genre(const struct model *m, size_t i);
const struct mlp *model_mlp(const struct model *m);

/* The number of the genre of exactly that name, GENRE_NONE if it has none. */
size_t model_find(const struct model *m, const char *name);
/* The probability from which on the model's maker calls a song of the genre, of which as much is
 * known as regime (enum mlp_regime) says. Above 1: never. */
float model_threshold(const struct model *m, unsigned regime, size_t genre);
/* Dimensions of the space in which like songs are close. */
size_t model_space(const struct model *m);

/* What model_label gives; NULL: not wanted. */
struct model_out {
    float *probs;          /* (n, G) the probability of each genre, row-major */
    float *places;         /* (n, P) of unit length, P = model_space */
    unsigned char *regime; /* (n) enum mlp_regime */
};
/* Any thread, several at once; no allocation. out->probs must be given. */
void model_label(const struct model *m, const struct song *songs, size_t n,
                 const struct model_out *out);
/* The same from vectors made (and perhaps thinned out) by the caller. */
void model_label_vectors(const struct model *m, const struct vector *vectors, size_t n,
                         float *probs);
/* The same with logits (n, G) instead of probabilities. */
void model_run(const struct model *m, const struct vector *vectors, size_t n, float *logits,
               float *places);
/* Gives the model's pages back to the system; they are read again when needed. */
void model_release_memory(const struct model *m);

/* Appends the file of a network to b (whose max must allow it). names: (G). False when it does not
 * fit. */
bool model_pack(const struct mlp *mlp, const char *const *names, struct buf *b);

#endif
