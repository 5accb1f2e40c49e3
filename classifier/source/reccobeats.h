#ifndef CLASSIFIER_SOURCE_RECCOBEATS_H
#define CLASSIFIER_SOURCE_RECCOBEATS_H

#include "classifier/source/source.h"

extern const struct source source_reccobeats;

#endif
