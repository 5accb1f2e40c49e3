/* Last.fm: top tags of artists and songs with weights of 0 to 100 (www.last.fm/api,
 * artist.getTopTags and track.getTopTags), one a call, with the person's own key. Errors come
 * inside of a 200. */
#ifndef CLASSIFIER_SOURCE_LASTFM_H
#define CLASSIFIER_SOURCE_LASTFM_H

#include "classifier/source/source.h"

extern const struct source source_lastfm;

#endif
