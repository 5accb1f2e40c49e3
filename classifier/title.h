/* Titles without what says only which edition of a recording they name. */
#ifndef CLASSIFIER_TITLE_H
#define CLASSIFIER_TITLE_H

#include <stddef.h>
#include <stdint.h>

/* name in lower case, blanks joined, without guests ("(feat. X)", "ft. X", "[with X]") and without
 * editions of the same recording ("- Remastered 2011", "(Mono)", "- Radio Edit", "[Bonus Track]").
 * What names another recording stays: live, remix, acoustic, demo, cover and the like, also
 * together with an edition ("- Live / Remastered"). A title that would become empty stays whole.
 * Cut at a whole character when out_size is too small. Returns the length. */
size_t title_plain(const char *name, char *out, size_t out_size);

/* Hash of the plain title and the first of "A; B": equal for editions of one recording. Never 0. */
uint64_t title_key(const char *name, const char *artists);

#endif
