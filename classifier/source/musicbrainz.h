/* MusicBrainz: genre tags of artists (musicbrainz.org/doc/MusicBrainz_API), one request a second.
 *
 * A hundred artists take two requests: their Spotify addresses to MBIDs ("links"), the MBIDs to
 * tags ("tags"). Whoever is not linked is looked up by the ISRC of a song ("isrc"), else by name
 * ("name"), and then a recording of theirs by that song's title must exist ("song"). Tags and
 * genres are under CC BY-NC-SA 3.0: for the person's own use, not to be passed on. */
#ifndef CLASSIFIER_SOURCE_MUSICBRAINZ_H
#define CLASSIFIER_SOURCE_MUSICBRAINZ_H

#include "classifier/source/source.h"

extern const struct source source_musicbrainz;

#endif
