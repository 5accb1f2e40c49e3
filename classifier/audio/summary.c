#include "classifier/audio/summary.h"

#include <math.h>
#include <stdio.h>

#include "classifier/audio/chroma.h"
#include "classifier/audio/contrast.h"
#include "classifier/audio/mfcc.h"
#include "classifier/audio/stft.h"
#include "classifier/audio/tonnetz.h"

const struct summary_row summary_rows[SUMMARY_N] = {
    {"melspectrogram", 1, 0, ""},
    {"mfcc", MFCC_N, 1, "dB"},
    {"chroma_stft", CHROMA_N, 21, ""},
    {"rms", 1, 33, ""},
    {"spectral_centroid", 1, 34, "Hz"},
    {"spectral_bandwidth", 1, 35, "Hz"},
    {"spectral_rolloff", 1, 36, "Hz"},
    {"zero_crossing_rate", 1, 37, ""},
    {"spectral_contrast", CONTRAST_N, 38, "dB"},
    {"tonnetz_from_chroma_stft", TONNETZ_N, 45, ""},
    {"harmonic", 1, 51, ""},
    {"percussive", 1, 52, ""},
    {"onset_strength", 1, 53, "dB"},
};

const char *const summary_cells[SUMMARY_CELLS] = {"mean", "var", "min", "max"};

void summary_cells_of(const struct moment *m, double ret[SUMMARY_CELLS])
{
    ret[0] = m->mean;
    ret[1] = moment_var(m);
    ret[2] = m->min;
    ret[3] = m->max;
}

struct moment *summary_at(struct summary *s, enum summary_id id)
{
    return s->at + summary_rows[id].first;
}

const struct moment *summary_of(const struct summary *s, enum summary_id id)
{
    return s->at + summary_rows[id].first;
}

bool summary_is_sound(const struct summary *s)
{
    bool sound = isfinite(s->tempo) && isfinite(s->tuning) && isfinite(s->duration_s);
    for (size_t i = 0; i < SUMMARY_MOMENTS; i++) {
        const struct moment *m = &s->at[i];
        sound = sound && isfinite(m->mean) && isfinite(m->squares) && isfinite(m->n) &&
                isfinite(m->min) && isfinite(m->max) && m->min <= m->max;
    }
    return sound;
}

/* Root of the mean square of a signal. */
static double root(const struct moment *m)
{
    return sqrt(moment_var(m) + m->mean * m->mean);
}

static struct json *moment_json(const struct moment *m)
{
    struct json *j = json_object();
    json_set_num(j, "mean", m->mean);
    json_set_num(j, "var", moment_var(m));
    return j;
}

static struct json *range_json(const struct moment *m)
{
    struct json *j = json_object();
    json_set_num(j, "min", m->min);
    json_set_num(j, "max", m->max);
    return j;
}

/* What `make` makes of a row's moment, or a list of what it makes of them all. */
static struct json *row_json(const struct summary *s, const struct summary_row *row,
                             struct json *(*make)(const struct moment *m))
{
    struct json *list = row->n > 1 ? json_array() : make(s->at + row->first);
    for (size_t k = 0; row->n > 1 && k < row->n; k++) {
        json_add(list, make(s->at + row->first + k));
    }
    return list;
}

void summary_json(const struct summary *s, struct json *object)
{
    struct json *range = json_object();
    json_set_int(object, "sample_rate", STFT_RATE);
    json_set_num(object, "duration_s", s->duration_s);
    json_set_bool(object, "cut", s->cut);
    json_set_int(object, "frames", (int64_t)s->frames);
    for (size_t i = 0; i < SUMMARY_N; i++) {
        const struct summary_row *row = &summary_rows[i];
        json_set(object, row->name, row_json(s, row, moment_json));
        json_set(range, row->name, row_json(s, row, range_json));
    }
    json_set(object, "range", range);
    json_set_num(object, "harmonic_rms", root(summary_of(s, SUMMARY_HARMONIC)));
    json_set_num(object, "percussive_rms", root(summary_of(s, SUMMARY_PERCUSSIVE)));
    json_set_num(object, "tempo", s->tempo);
    json_set_num(object, "tuning", s->tuning);
}

void summary_csv_head(struct buf *b)
{
    buf_add_str(b, "sample_rate,duration_s,frames,tempo,tuning");
    for (size_t i = 0; i < SUMMARY_N; i++) {
        const struct summary_row *row = &summary_rows[i];
        for (size_t k = 0; k < row->n; k++) {
            char place[24] = "";
            if (row->n > 1) {
                snprintf(place, sizeof(place), "%zu", k + 1);
            }
            for (size_t c = 0; c < SUMMARY_CELLS; c++) {
                buf_printf(b, ",%s%s_%s", row->name, place, summary_cells[c]);
            }
        }
    }
}

void summary_csv(const struct summary *s, struct buf *b)
{
    buf_printf(b, "%d,%.9g,%llu,%.9g,%.9g", STFT_RATE, s->duration_s, (unsigned long long)s->frames,
               s->tempo, s->tuning);
    for (size_t i = 0; i < SUMMARY_MOMENTS; i++) {
        double cells[SUMMARY_CELLS];
        summary_cells_of(&s->at[i], cells);
        for (size_t c = 0; c < SUMMARY_CELLS; c++) {
            buf_printf(b, ",%.9g", cells[c]);
        }
    }
}
