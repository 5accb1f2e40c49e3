/* Rules for a person's own genres: "rock and not metal and (energy < 0.4 or tag "unplugged")".
 *
 * Terms, joined by and, or, not and parentheses (not binds closest, then and, then or):
 *   a genre          its name, or its name in double quotes
 *   a comparison     VARIABLE < <= > >= = != VALUE, of a statistic (song.h), year, decade (90s or
 *                    1990), duration (seconds, or as 3m); mode also as major and minor;
 *                    language = or != a code of language.h
 *   explicit         alone
 *   tag "PHRASE"     a tag of the song has these words in this order (phrase.h)
 *   none             of no song: what is in the genre, the person put there
 *
 * Every term gives a margin in [-0.5, 0.5], yes from 0: a genre its probability less its threshold,
 * any other term 0.5 or -0.5. and is the least, or the greatest, not the negative. What is not
 * known of a song gives -0.5 with or without `not` before it: unknown is never a yes. */
#ifndef CLASSIFIER_RULE_H
#define CLASSIFIER_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/song.h"

#define RULE_ITEMS 64 /* terms, operators and parentheses of one rule, at most */

struct rule;

/* The number of the genre of that name; an error, which the parser hands on as it is, if there is
 * none that a rule may use. */
typedef enum err_code rule_genre_fn(void *ctx, const char *name, size_t *ret_genre, struct err *e);

/* ERR_CONFIG with one sentence that names the word at fault. Caller: rule_free. */
ERR_NODISCARD enum err_code rule_parse(const char *text, rule_genre_fn *genre, void *ctx,
                                       struct rule **ret_rule, struct err *e);
void rule_free(struct rule *r);

/* p, threshold: of the genres by their number; a p of NaN is not known. In [-0.5, 0.5]. Any thread;
 * no allocation. */
float rule_margin(const struct rule *r, const struct song *song, const float *p,
                  const float *threshold);
/* Whether it is the one word none. */
bool rule_is_none(const struct rule *r);
/* Whether the word means something in rules, so that no genre may be called so (ASCII case). */
bool rule_is_word(const char *word);

#endif
