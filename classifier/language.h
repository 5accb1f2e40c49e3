/* The language of a song, as far as its title and album tell.
 *
 * Scripts tell ko, ja, zh, ru, el, he, ar, th and hi; for Latin script, short tables of common
 * words and of letters tell de, en, es, fi, fr, it, nl, pl, pt, sv and tr. Short titles, names and
 * made-up words often stay unsure, and an English title may belong to a song that is not sung in
 * English: this is a hint, not knowledge. */
#ifndef CLASSIFIER_LANGUAGE_H
#define CLASSIFIER_LANGUAGE_H

#include <stdbool.h>

/* ISO 639-1 code, or "" when unsure. What is in brackets or after " - " and only says which version
 * it is ("Live", "2011 Remaster", "feat. ...") does not count. Any thread; no allocation. */
void language_tell(const char *title, const char *album, char ret_code[3]);
/* Whether the code is one of those that language_tell gives (ASCII case). */
bool language_known(const char *code);

#endif
