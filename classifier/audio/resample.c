#include "classifier/audio/resample.h"

#include <soxr.h>
#include <stdlib.h>

#include "base/mem.h"
#include "classifier/audio/stft.h"

#define OUT 8192

struct resample {
    soxr_t soxr; /* NULL: nothing to do */
    resample_sink_fn sink;
    void *context;
    float out[OUT];
};

enum err_code resample_new(double rate, resample_sink_fn sink, void *context, struct resample **ret,
                           struct err *e)
{
    soxr_error_t error = NULL;
    soxr_t soxr = NULL;
    if (rate != (double)STFT_RATE) {
        const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
        const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
        const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
        soxr = soxr_create(rate, STFT_RATE, 1, &error, &io, &quality, &runtime);
        if (soxr == NULL) {
            return err_set(e, ERR_BUG, "cannot be resampled from %.0f Hz: %s", rate,
                           error != NULL ? error : "?");
        }
    }
    struct resample *r = mem_alloc(sizeof(*r));
    *r = (struct resample){.soxr = soxr, .sink = sink, .context = context};
    *ret = r;
    return ERR_OK;
}

enum err_code resample_add(struct resample *r, const float *x, size_t n, struct err *e)
{
    size_t used = 0, made = OUT;
    if (r->soxr == NULL) {
        if (n > 0) {
            r->sink(r->context, x, n);
        }
        return ERR_OK;
    }
    /* A full buffer may have more behind it. */
    while (used < n || made == OUT) {
        size_t taken = 0;
        soxr_error_t error =
            soxr_process(r->soxr, n > 0 ? x + used : NULL, n - used, &taken, r->out, OUT, &made);
        if (error != NULL) {
            return err_set(e, ERR_BUG, "cannot be resampled: %s", error);
        }
        if (made > 0) {
            r->sink(r->context, r->out, made);
        }
        used += taken;
    }
    return ERR_OK;
}

void resample_free(struct resample *r)
{
    if (r != NULL) {
        soxr_delete(r->soxr);
        free(r);
    }
}
