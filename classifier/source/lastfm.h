#ifndef CLASSIFIER_SOURCE_LASTFM_H
#define CLASSIFIER_SOURCE_LASTFM_H

#include "classifier/source/source.h"

extern const struct source source_lastfm;

#endif
