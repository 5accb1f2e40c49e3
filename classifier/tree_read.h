/* The inside of a tree, and how its files become one; for tree.c alone. */
#ifndef CLASSIFIER_TREE_READ_H
#define CLASSIFIER_TREE_READ_H

#include "base/arena.h"
#include "classifier/phrase.h"
#include "classifier/tree.h"

#define TREE_ALIASES_MAX 1024

struct tree_alias {
    const char *name; /* as tree_read_key writes it */
    size_t genre;
};

struct tree {
    struct arena arena; /* all strings */
    struct tree_genre genres[TREE_MAX];
    struct rule *rules[TREE_MAX];     /* owned */
    const char *said[TREE_MAX];       /* further phrases of a sub-genre; "" for none */
    const char *title_keys[TREE_MAX]; /* titles as tree_read_key writes them */
    struct tree_alias aliases[TREE_ALIASES_MAX];
    size_t n;
    size_t given;
    size_t aliases_n;
    struct phrase_table *phrases;
};

#define TREE_KEY_SIZE 128

/* A name for comparing: lower case (ASCII), runs of blanks, '_' and '-' as one dash, none at the
 * ends. Cut when longer than out. */
void tree_read_key(const char *name, char out[TREE_KEY_SIZE]);
/* Fills t, which is zeroed, from the shipped text and the person's (n bytes; 0: none). On failure t
 * holds what tree_close can free. Errors as of tree_open, without the file's name. */
ERR_NODISCARD enum err_code tree_read_into(struct tree *t, const char *shipped, size_t shipped_n,
                                           const char *text, size_t n, struct err *e);

#endif
