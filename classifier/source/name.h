/* Names of artists as services write them differently: "Beyoncé" and "BEYONCE", "The Beatles" and
 * "Beatles, The", "Guns N' Roses" and "Guns N’ Roses". */
#ifndef CLASSIFIER_SOURCE_NAME_H
#define CLASSIFIER_SOURCE_NAME_H

#include <stdbool.h>

/* Equal but for case, accents of Latin letters, marks, blanks and "the". Names of nothing but marks
 * ("!!!") are compared as they are. */
bool name_equal(const char *a, const char *b);

#endif
