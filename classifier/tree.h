/* The genre tree: the 22 families, the sub-genres of etc/genres.conf, and what a person's own file
 * (genres.conf(5)) makes of them: other names, merged and hidden genres, thresholds, own genres.
 * What was changed on the page is one more such text, over the file.
 *
 * Genres are numbered 0 .. n-1: the families in the order of genre_name[], then the sub-genres in
 * the order of the shipped file, then those that the person's file adds, then the person's own. */
#ifndef CLASSIFIER_TREE_H
#define CLASSIFIER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/song.h"
#include "classifier/rule.h"

#define TREE_MAX       256 /* genres */
#define TREE_NONE      SIZE_MAX
#define TREE_NAME_SIZE 32 /* of a genre's name, with its end */

struct tree;

struct tree_genre {
    const char *name;   /* a-z, 0-9 and dashes; what is stored */
    const char *title;  /* what is shown and given to playlists; often the name */
    uint32_t parents;   /* of a sub-genre: bit i for genre_name[i]; else 0 */
    size_t merged_into; /* the genre that this one counts as, itself not merged; or TREE_NONE */
    bool hidden;        /* not offered */
    float threshold;    /* the person's; NaN: the model's, and 0.5 for an own genre */
    const struct rule *rule; /* of an own genre; else NULL */
    const char *rule_text;   /* as it was written; else NULL */
    unsigned said;           /* bit i: text i has an entry about it; 0: the shipped one */
};

#define TREE_TEXTS_MAX 4 /* with the shipped one */

/* One of the texts that are laid one over another. */
struct tree_text {
    const char *name; /* stands before its errors; NULL: nothing does */
    const char *text; /* (n) */
    size_t n;
    bool made; /* by a program: errors do not name the line */
};

/* The shipped tree with the person's file laid over it; NULL: the shipped one alone. ERR_IO, or
 * ERR_CONFIG with one sentence that names the file and line. Caller: tree_close. */
ERR_NODISCARD enum err_code tree_open(const char *path, struct tree **ret_tree, struct err *e);
/* The same with one text more over the file; NULL: none. */
ERR_NODISCARD enum err_code tree_open_under(const char *path, const struct tree_text *more,
                                            struct tree **ret_tree, struct err *e);
/* The shipped tree with n texts laid over it, n < TREE_TEXTS_MAX: what a later one says of a genre
 * stands in place of what an earlier one did. They are borrowed for the call. */
ERR_NODISCARD enum err_code tree_layers(const struct tree_text *texts, size_t n,
                                        struct tree **ret_tree, struct err *e);
/* The same with one text, the person's file in memory, text[0..n). */
ERR_NODISCARD enum err_code tree_read(const char *text, size_t n, struct tree **ret_tree,
                                      struct err *e);
void tree_close(struct tree *t);

size_t tree_n(const struct tree *t);
size_t tree_given(const struct tree *t); /* families and sub-genres, without own genres */
const struct tree_genre *tree_at(const struct tree *t, size_t i); /* valid until tree_close */

/* The genre of that name, alias or title (in this order; ASCII case ignored; blanks, '_' and '-'
 * alike), TREE_NONE if there is none. */
size_t tree_find(const struct tree *t, const char *name);
/* The three genres whose names, aliases or titles are nearest to what a person typed, the best
 * first, merged ones left out. Returns how many of them, from the first, are near enough to
 * suggest. */
size_t tree_nearest(const struct tree *t, const char *name, size_t ret[3]);

/* hit: (n): 1 for each sub-genre that a tag of "a; b; c" speaks for (phrase.h), by itself and not
 * through what is merged into it; else, and for families and own genres, 0. Any thread. */
void tree_tags(const struct tree *t, const char *tags, unsigned char *hit);

/* The greatest margin, -0.5 to 0.5, of the genres that are merged into a given one, as tree_song
 * holds it against that one's own; -1 where none is. p, threshold: as there. */
float tree_merged_margin(const struct tree *t, size_t into, const float *p, const float *threshold);
/* p of a genre whose own is `p` beside such a margin, at a threshold of its own. */
float tree_merged_p(float p, float margin, float threshold);

/* What the tree makes of a song. p, threshold: (given) the model's probabilities and thresholds; a
 * NaN p is not known (of a sub-genre that the model lacks) and stays so. ret_p, ret_threshold: (n):
 * a genre into which others are merged has the greatest margin (p less threshold) of them all, and
 * a merged one p 0 and threshold 1; an own genre has p 0.5 + its rule's margin. The song belongs to
 * genre i if ret_p[i] >= ret_threshold[i]. Any thread; no allocation. */
void tree_song(const struct tree *t, const struct song *song, const float *p,
               const float *threshold, float *ret_p, float *ret_threshold);

#endif
