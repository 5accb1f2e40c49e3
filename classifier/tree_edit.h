/* Changing a text in the syntax of genres.conf(5) line by line. Pure; any thread. */
#ifndef CLASSIFIER_TREE_EDIT_H
#define CLASSIFIER_TREE_EDIT_H

#include "base/buf.h"
#include "base/err.h"
#include "classifier/tree.h"
#include "classifier/tree_text.h"

/* Puts "key = value" into a section of the text, in place of what stood there of that key; NULL:
 * takes it out. The text is written anew, its entries in the order of the sections, without
 * comments. ERR_CONFIG when the text is none, or when the value cannot stand in such a text; then
 * it is as it was. */
ERR_NODISCARD enum err_code tree_edit_set(struct buf *text, enum tree_section section,
                                          const char *key, const char *value, struct err *e);
/* Takes out whatever the text says of a key. */
ERR_NODISCARD enum err_code tree_edit_forget(struct buf *text, const char *key, struct err *e);
/* Whether the text says something of the key in that section. */
ERR_NODISCARD enum err_code tree_edit_has(const struct buf *text, enum tree_section section,
                                          const char *key, bool *ret_has, struct err *e);
/* Whether the text can be laid over the others. */
typedef bool tree_edit_fits(void *ctx, const struct buf *text);
/* Takes out the entries with which the text cannot be laid over the others: each one that fits
 * those kept before it stays. Few that do not are found with few trials. */
ERR_NODISCARD enum err_code tree_edit_mend(struct buf *text, tree_edit_fits *fits, void *ctx,
                                           struct err *e);
/* Adds what `more` says of keys and sections of which the text says nothing, as far as it fits. */
ERR_NODISCARD enum err_code tree_edit_merge(struct buf *text, const struct buf *more,
                                            tree_edit_fits *fits, void *ctx, struct err *e);
/* A name for an own genre that a person calls `title`: its letters a-z and digits, dashes between
 * them; of a title without any, "own-" and eight digits of its hash. n > 1: with "-n" at its end,
 * for when the others are taken. */
void tree_edit_name(const char *title, unsigned n, char out[TREE_NAME_SIZE]);

#endif
