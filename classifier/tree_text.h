/* The texts that a tree is made of, in the syntax of genres.conf(5), as a list of entries. Pure;
 * any thread. */
#ifndef CLASSIFIER_TREE_TEXT_H
#define CLASSIFIER_TREE_TEXT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "classifier/tree.h"

#define TREE_ENTRIES_MAX 2048

/* In the order in which they are applied: later ones speak of genres that earlier ones make. */
enum tree_section {
    TREE_GENRES,
    TREE_OWN,
    TREE_ALIAS,
    TREE_RENAME,
    TREE_MERGE,
    TREE_HIDE,
    TREE_THRESHOLD,
    TREE_SECTIONS
};

struct tree_entry {
    enum tree_section section;
    size_t layer; /* which text */
    int line;
    const char *written; /* the key as it stands there */
    const char *key;     /* as tree_text_key writes it */
    const char *value;
    size_t genre; /* that it speaks of, once applied */
};

/* Zeroed: none. */
struct tree_entries {
    struct tree_entry list[TREE_ENTRIES_MAX];
    size_t n;
    struct tree_text texts[TREE_TEXTS_MAX]; /* (n_texts); names are borrowed */
    size_t n_texts;
    struct arena *arena; /* of the strings */
};

#define TREE_KEY_SIZE 128

/* A name for comparing: lower case (ASCII), runs of blanks, '_' and '-' as one dash, none at the
 * ends. Cut when longer than out. */
void tree_text_key(const char *name, char out[TREE_KEY_SIZE]);
/* Appends the entries of one text more. ERR_CONFIG with one sentence that names text and line. */
ERR_NODISCARD enum err_code tree_text_take(struct tree_entries *t, struct arena *a,
                                           const struct tree_text *text, struct err *e);
/* "SECTION" as it is written in brackets. */
const char *tree_text_section(enum tree_section section);
/* Puts the entry's line, and the name of its text, before the message. */
void tree_text_at(const struct tree_entries *t, const struct tree_entry *entry, struct err *e);

#endif
