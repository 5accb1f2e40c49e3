/* Which tokens a model gets rows for. */
#ifndef CLASSIFIER_VOCAB_H
#define CLASSIFIER_VOCAB_H

#include <stddef.h>
#include <stdint.h>

#include "classifier/corpus.h"
#include "classifier/mlp.h"

struct vocab {
    uint32_t slots;  /* a quarter more than there are tokens */
    uint32_t tokens; /* kept */
    uint64_t *token; /* (slots): where open addressing put them; 0: free */
};

/* Keeps a token of an artist's name that is on at least two songs, and any other that at least
 * `artists` different first artists have: what only one has would be learned by heart. At most
 * `most` tokens, the commonest. The rows need no order. */
void vocab_make(struct vocab *v, const struct corpus *c, uint32_t artists, uint32_t most);
void vocab_free(struct vocab *v);
/* Slot of a token, UINT32_MAX when it has none. */
uint32_t vocab_find(const struct vocab *v, uint64_t token);

#endif
