#include "classifier/audio/augment.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/audio/vocoder.h"

#define LEAST_KEPT 0.7
#define RATE       1.25
#define SEMITONES  2.0
#define NOISE_DB   40.0
#define NOISE_SPAN 20.0
#define GAIN_DB    6.0

const char *const augment_name[AUGMENT_N] = {"crop", "stretch", "pitch", "noise", "gain"};

static bool has(const struct augment *a, enum augment_kind kind)
{
    return (a->kinds & AUGMENT_BIT(kind)) != 0;
}

struct augment_plan augment_plan(const struct augment *a)
{
    struct rand_seq r = {a->seed};
    const double strength = a->strength > 0.0 ? fmin(1.0, a->strength) : 1.0;
    const double crop = strength * rand_unit(&r), place = rand_unit(&r);
    const double stretch = strength * (2.0 * rand_unit(&r) - 1.0);
    const double pitch = strength * (2.0 * rand_unit(&r) - 1.0);
    const double noise = strength * rand_unit(&r);
    const double gain = strength * (2.0 * rand_unit(&r) - 1.0);
    return (struct augment_plan){
        .kept = has(a, AUGMENT_CROP) ? 1.0 - (1.0 - LEAST_KEPT) * crop : 1.0,
        .place = place,
        .rate = has(a, AUGMENT_STRETCH) ? pow(RATE, stretch) : 1.0,
        .semitones = has(a, AUGMENT_PITCH) ? SEMITONES * pitch : 0.0,
        .noise_db = has(a, AUGMENT_NOISE) ? NOISE_DB - NOISE_SPAN * noise : 0.0,
        .gain_db = has(a, AUGMENT_GAIN) ? GAIN_DB * gain : 0.0,
        .seed = rand_next(&r),
    };
}

static double power(const float *x, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)x[i] * (double)x[i];
    }
    return sum / (double)n;
}

static void noise_add(float *x, size_t n, double below_db, uint64_t seed)
{
    struct rand_seq r = {seed};
    const double level = sqrt(power(x, n) * pow(10.0, -below_db / 10.0));
    for (size_t i = 0; i < n; i++) {
        x[i] += (float)(level * rand_normal(&r));
    }
}

enum err_code augment_apply(const struct augment_plan *plan, const float *x, size_t n, float **ret,
                            size_t *ret_n, struct err *e)
{
    const double wanted = ceil(plan->kept * (double)n);
    const size_t kept = wanted < (double)n ? (size_t)wanted : n;
    const size_t first = (size_t)floor(plan->place * (double)(n - kept));
    const struct vocoder_change by = {plan->rate, plan->semitones};
    const float gain = (float)pow(10.0, plan->gain_db / 20.0);
    size_t out_n = kept;
    float *out = NULL;
    if (by.rate != 1.0 || by.semitones != 0.0) {
        const enum err_code code = vocoder_apply(x + first, kept, &by, &out, &out_n, e);
        if (code != ERR_OK) {
            return code;
        }
    } else {
        out = mem_array(kept, sizeof(*out));
        memcpy(out, x + first, kept * sizeof(*out));
    }
    if (plan->noise_db > 0.0) {
        noise_add(out, out_n, plan->noise_db, plan->seed);
    }
    for (size_t i = 0; i < out_n; i++) {
        out[i] *= gain;
    }
    *ret = out;
    *ret_n = out_n;
    return ERR_OK;
}
