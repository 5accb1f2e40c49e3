/* Runs of whole words in genre tags: which of many phrases occur in "a; b; c".
 *
 * A tag and a phrase are compared as words (word.h) in lower case, so that blanks, dashes, '&' and
 * other marks are alike; "and" and "n" between words are skipped: "drum and bass", "drum & bass",
 * "drum 'n' bass" and "Drum-n-Bass" are the same, and so are "r&b" and "R & B" (but not "rnb"). */
#ifndef CLASSIFIER_PHRASE_H
#define CLASSIFIER_PHRASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PHRASE_WORDS  5   /* of a phrase, at most */
#define PHRASE_VALUES 256 /* values are below this */

struct phrase_table;

/* A number for the phrase: the same for the same words, another one for others (64-bit hash). 0
 * when the text has no word, or more than PHRASE_WORDS. */
uint64_t phrase_hash(const char *text);
/* Whether the phrase of that hash occurs in one of the tags in "a; b; c". Any thread. */
bool phrase_in(const char *tags, uint64_t phrase);

/* Empty. Caller: phrase_free. */
struct phrase_table *phrase_new(void);
void phrase_free(struct phrase_table *t);
/* A tag with the phrase (a hash, not 0) speaks for the value, or never does if `against`: "not post
 * grunge" keeps a "post-grunge" from speaking for grunge. */
void phrase_add(struct phrase_table *t, uint64_t phrase, size_t value, bool against);
/* hit: (n): 1 for each value below n that a tag of "a; b; c" speaks for, else 0. Of a tag, the
 * first 255 bytes and 32 words count. Any thread; no allocation. */
void phrase_find(const struct phrase_table *t, const char *tags, unsigned char *hit, size_t n);

#endif
