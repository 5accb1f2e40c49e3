#include "classifier/sound/ear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/genre.h"
#include "classifier/sound/teach.h"

#define EPOCHS ((int)30)
#define CROPS  ((size_t)4)   /* windows of each take that an epoch learns from */
#define WINDOW ((size_t)256) /* frames: six seconds */
#define STEPS  ((size_t)128) /* of them, two by two */
#define BANDS  ((size_t)64)  /* of MEL_N, two by two */
#define MFCC   ((size_t)20)

#define SEE(N)                                                                                     \
    {.kind = STACK_CONV, .n = (N)}, {.kind = STACK_NORM},                                          \
    {                                                                                              \
        .kind = STACK_RELU                                                                         \
    }

static const struct stack_row cnn[] = {SEE(12),
                                       {.kind = STACK_POOL},
                                       SEE(24),
                                       {.kind = STACK_POOL},
                                       SEE(32),
                                       {.kind = STACK_POOL},
                                       SEE(48),
                                       {.kind = STACK_MEAN},
                                       {.kind = STACK_DROP, .drop = 0.3F},
                                       {.kind = STACK_DENSE, .n = GENRE_N}};
static const struct stack_row lstm[] = {{.kind = STACK_LSTM, .n = 48},
                                        {.kind = STACK_STEPS},
                                        {.kind = STACK_DROP, .drop = 0.3F},
                                        {.kind = STACK_DENSE, .n = GENRE_N}};

static struct teach_net net_of(enum ear_kind kind)
{
    switch (kind) {
    case EAR_CNN:
        return (struct teach_net){cnn, sizeof(cnn) / sizeof(cnn[0]), {1, BANDS, STEPS}};
    case EAR_LSTM_MFCC:
        return (struct teach_net){lstm, sizeof(lstm) / sizeof(lstm[0]), {1, STEPS, MFCC}};
    case EAR_LSTM_MEL:
        break;
    }
    return (struct teach_net){lstm, sizeof(lstm) / sizeof(lstm[0]), {1, STEPS, BANDS}};
}

/* --- windows --------------------------------------------------------------------------------- */

/* Mean loudness, about -1 to 1, of step `step` and band `band` of a window that begins at `first`;
 * behind the strip's end silence. */
static float loudness(const struct strip *s, size_t first, size_t step, size_t band)
{
    unsigned sum = 0;
    for (size_t f = first + 2 * step; f < first + 2 * step + 2 && f < s->frames; f++)
        sum += (unsigned)s->mel[f][2 * band] + s->mel[f][2 * band + 1];
    return (float)sum / 510.0F - 1.0F;
}

static void window_mel(const struct strip *s, size_t first, bool by_step, float *x)
{
    for (size_t step = 0; step < STEPS; step++) {
        for (size_t band = 0; band < BANDS; band++) {
            const size_t at = by_step ? step * BANDS + band : band * STEPS + step;
            x[at] = loudness(s, first, step, band);
        }
    }
}

/* Cosines of the bands' loudness (DCT-II, orthonormal), the first divided down to the others' size.
 */
static void window_mfcc(const struct strip *s, size_t first, float *x)
{
    for (size_t step = 0; step < STEPS; step++) {
        for (size_t k = 0; k < MFCC; k++) {
            double sum = 0.0;
            for (size_t band = 0; band < BANDS; band++)
                sum += (double)loudness(s, first, step, band) *
                       cos(M_PI * (double)k * ((double)band + 0.5) / (double)BANDS);
            x[step * MFCC + k] = (float)(sum * sqrt(2.0 / (double)BANDS) / (k == 0 ? 8.0 : 1.0));
        }
    }
}

static void window_make(enum ear_kind kind, const struct strip *s, size_t first, float *x)
{
    if (kind == EAR_LSTM_MFCC)
        window_mfcc(s, first, x);
    else
        window_mel(s, first, kind == EAR_LSTM_MEL, x);
}

/* --- rows ------------------------------------------------------------------------------------ */

struct rows {
    enum ear_kind kind;
    const struct strip **strip; /* (n) */
    float *target;              /* (n, GENRE_N) */
    size_t *recording;          /* (n) */
    size_t n;
};

static void rows_add(struct rows *r, const struct recordings_row *row, size_t at, size_t take)
{
    for (size_t g = 0; g < GENRE_N; g++)
        r->target[r->n * GENRE_N + g] = row->labels >> g & 1 ? 1.0F : 0.0F;
    r->recording[r->n] = at;
    r->strip[r->n++] = row->takes[take].strip;
}

/* held: those that are judged, each EAR_LOOKS times; else those to learn from, CROPS times. */
static void rows_make(struct rows *r, const struct ear_split *split, enum ear_kind kind, bool held)
{
    const struct recordings *from = split->recordings;
    const size_t times = held ? EAR_LOOKS : CROPS;
    size_t most = 0;
    for (size_t i = 0; i < from->n; i++)
        most += times * from->rows[i].n_takes;
    *r = (struct rows){.kind = kind};
    r->strip = mem_array(most, sizeof(*r->strip));
    r->target = mem_array(most * GENRE_N, sizeof(*r->target));
    r->recording = mem_array(most, sizeof(*r->recording));
    for (size_t i = 0; i < from->n; i++) {
        const struct recordings_row *row = &from->rows[i];
        if ((split->group_fold[row->group] == split->fold) != held)
            continue;
        for (size_t t = 0; t < (split->changed && !held ? row->n_takes : 1); t++) {
            for (size_t k = 0; k < times; k++)
                rows_add(r, row, i, t);
        }
    }
}

static void rows_free(struct rows *r)
{
    free(r->strip);
    free(r->target);
    free(r->recording);
}

/* In training any window; else the look of that number, evenly from the first to the last. */
static void row_window(const void *ctx, size_t i, struct rand_seq *rand, float *x)
{
    const struct rows *r = ctx;
    const size_t frames = r->strip[i]->frames, room = frames > WINDOW ? frames - WINDOW : 0;
    const size_t look = i % EAR_LOOKS;
    window_make(r->kind, r->strip[i],
                rand ? rand_below(rand, room + 1) : room * look / (EAR_LOOKS - 1), x);
}

enum err_code ear_judge(const struct ear_split *split, const struct ear_options *o, float *probs,
                        struct err *e)
{
    const struct teach_net net = net_of(o->kind);
    const struct teach_options how = {.epochs = o->epochs > 0 ? o->epochs : EPOCHS,
                                      .batch = 16,
                                      .rate = o->kind == EAR_CNN ? 0.003 : 0.006,
                                      .decay = 0.05,
                                      .seed = o->seed};
    struct rows train, held;
    struct taught t;
    rows_make(&train, split, o->kind, false);
    rows_make(&held, split, o->kind, true);
    const struct teach_rows from = {row_window, &train, train.target, train.n}, none = {0};
    const struct teach_rows to = {row_window, &held, held.target, held.n};
    enum err_code code = ERR_OK;
    if (train.n == 0)
        code = err_set(e, ERR_FORMAT, "there is too little to learn from");
    if (code == ERR_OK)
        code = teach_run(&net, &from, &none, &how, &t, e);
    if (code == ERR_OK) {
        float *each = mem_array(held.n * GENRE_N + 1, sizeof(*each));
        teach_predict(t.stack, &to, each, NULL);
        for (size_t i = 0; i < held.n; i++)
            memset(probs + held.recording[i] * GENRE_N, 0, GENRE_N * sizeof(*probs));
        for (size_t i = 0; i < held.n * GENRE_N; i++)
            probs[held.recording[i / GENRE_N] * GENRE_N + i % GENRE_N] +=
                each[i] / (float)EAR_LOOKS;
        free(each);
        teach_free(&t);
    }
    rows_free(&train);
    rows_free(&held);
    return code;
}
