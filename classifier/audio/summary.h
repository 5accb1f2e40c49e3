/* What is kept of a sound file: one table of names and shapes, from which JSON, CSV and the printed
 * table are made. Names are those of librosa's functions. */
#ifndef CLASSIFIER_AUDIO_SUMMARY_H
#define CLASSIFIER_AUDIO_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "classifier/audio/moment.h"

enum summary_id {
    SUMMARY_MEL,
    SUMMARY_MFCC,
    SUMMARY_CHROMA,
    SUMMARY_RMS,
    SUMMARY_CENTROID,
    SUMMARY_BANDWIDTH,
    SUMMARY_ROLLOFF,
    SUMMARY_CROSSING,
    SUMMARY_CONTRAST,
    SUMMARY_TONNETZ,
    SUMMARY_HARMONIC,
    SUMMARY_PERCUSSIVE,
    SUMMARY_ONSET,
    SUMMARY_N
};

struct summary_row {
    const char *name;
    size_t n;     /* moments; 1: one, not a list */
    size_t first; /* place in struct summary's `at` */
    const char *unit;
};

extern const struct summary_row summary_rows[SUMMARY_N];

#define SUMMARY_MOMENTS 54 /* of all rows together */

/* Plain numbers, so that a child process can hand them on. */
struct summary {
    struct moment at[SUMMARY_MOMENTS];
    uint64_t frames;
    double tempo;  /* per minute */
    double tuning; /* semitones */
    double duration_s;
    bool cut; /* the file went on */
};

/* What is told of each moment, and the ends of the columns' names. */
#define SUMMARY_CELLS ((size_t)4)
extern const char *const summary_cells[SUMMARY_CELLS];
void summary_cells_of(const struct moment *m, double ret[SUMMARY_CELLS]);

struct moment *summary_at(struct summary *s, enum summary_id id);
const struct moment *summary_of(const struct summary *s, enum summary_id id);
/* Whether all of it is finite, and no minimum above its maximum. */
bool summary_is_sound(const struct summary *s);
/* Adds name: {mean, var} or a list of such to `object`, and frames, tempo and the rest; `range` has
 * name: {min, max} or a list of such. */
void summary_json(const struct summary *s, struct json *object);
/* Names of the columns, and the numbers, between commas, without an end of line. */
void summary_csv_head(struct buf *b);
void summary_csv(const struct summary *s, struct buf *b);

#endif
