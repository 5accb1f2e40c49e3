/* The inside of a tree, and how its files become one; for tree.c alone. */
#ifndef CLASSIFIER_TREE_READ_H
#define CLASSIFIER_TREE_READ_H

#include "base/arena.h"
#include "classifier/phrase.h"
#include "classifier/tree.h"

#define TREE_ALIASES_MAX 1024

struct tree_alias {
    const char *name; /* as tree_text_key writes it */
    size_t genre;
};

struct tree {
    struct arena arena; /* all strings */
    struct tree_genre genres[TREE_MAX];
    struct rule *rules[TREE_MAX];     /* owned */
    const char *said[TREE_MAX];       /* further phrases of a sub-genre; "" for none */
    const char *title_keys[TREE_MAX]; /* titles as tree_text_key writes them */
    struct tree_alias aliases[TREE_ALIASES_MAX];
    size_t n;
    size_t given;
    size_t aliases_n;
    struct phrase_table *phrases;
};

/* Fills t, which is zeroed, from n texts, the shipped one first. On failure t holds what tree_close
 * can free. Errors as of tree_layers. */
ERR_NODISCARD enum err_code tree_read_into(struct tree *t, const struct tree_text *texts, size_t n,
                                           struct err *e);

#endif
