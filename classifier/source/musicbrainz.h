#ifndef CLASSIFIER_SOURCE_MUSICBRAINZ_H
#define CLASSIFIER_SOURCE_MUSICBRAINZ_H

#include "classifier/source/source.h"

extern const struct source source_musicbrainz;

#endif
