/* UTF-8 as titles and names hold it: decoding, lower case, words, scripts. Independent of the
 * locale, so that the same song gives the same tokens on every machine. */
#ifndef CLASSIFIER_WORD_H
#define CLASSIFIER_WORD_H

#include <stddef.h>
#include <stdint.h>

enum word_script {
    WORD_NONE, /* no letter at all */
    WORD_LATIN,
    WORD_GREEK,
    WORD_CYRILLIC,
    WORD_HEBREW,
    WORD_ARABIC,
    WORD_INDIC,
    WORD_THAI,
    WORD_KANA,
    WORD_HANGUL,
    WORD_HAN,
    WORD_OTHER,
    WORD_SCRIPTS
};

/* The code point at *s, which moves behind it; 0 at the end. A byte that is no UTF-8 reads as
 * U+FFFD. */
uint32_t word_decode(const char **s);
/* Writes c as UTF-8 into out (at least 4 bytes) and returns how many. */
size_t word_encode(uint32_t c, char *out);
/* Unicode's simple lower case of one code point (UnicodeData 14). */
uint32_t word_lower_char(uint32_t c);
/* s in lower case, terminated, cut at a whole character when out_size is too small. Returns its
 * length. As Python's str.lower() but for a final sigma, which becomes a plain one unless it ends
 * the text or is followed by something that is no letter. */
size_t word_lower(const char *s, char *out, size_t out_size);
/* The next word (run of letters and digits; one character in Han and kana) of a lower-cased text at
 * *s: its start, and its length in *ret_len; NULL at the end. */
const char *word_next(const char **s, size_t *ret_len);
enum word_script word_script(uint32_t c);

#endif
