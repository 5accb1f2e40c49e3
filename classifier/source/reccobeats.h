/* ReccoBeats: audio statistics by Spotify id, forty ids a call, without a key
 * (api.reccobeats.com, GET /v1/audio-features). Rows come in any order and not for every id; there
 * is no time signature. */
#ifndef CLASSIFIER_SOURCE_RECCOBEATS_H
#define CLASSIFIER_SOURCE_RECCOBEATS_H

#include "classifier/source/source.h"

extern const struct source source_reccobeats;

#endif
