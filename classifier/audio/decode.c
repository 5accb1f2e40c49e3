#include "classifier/audio/decode.h"

#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "classifier/audio/container.h"

#define RATE_LEAST 1000
#define RATE_MOST  768000
#define BUFFER     ((size_t)1 << 17) /* samples of all channels together */
#define LOUDEST    1e6F
#define MISSING    0.01 /* share of a file that its header may promise too much */

struct decode {
    SNDFILE *file;
    size_t channels;
    int rate;
    double promised; /* frames */
    double read;     /* frames */
    float *buffer;   /* (BUFFER) */
    float *mono;     /* (DECODE_BLOCK) */
};

static enum err_code about_check(const SF_INFO *info, struct err *e)
{
    if (info->samplerate < RATE_LEAST || info->samplerate > RATE_MOST) {
        return err_set(e, ERR_FORMAT, "has a sample rate of %d Hz, not %d to %d", info->samplerate,
                       RATE_LEAST, RATE_MOST);
    }
    if (info->channels < 1 || (size_t)info->channels > BUFFER) {
        return err_set(e, ERR_FORMAT, "has %d channels", info->channels);
    }
    return ERR_OK;
}

enum err_code decode_open(int fd, struct decode **ret, struct decode_about *ret_about,
                          struct err *e)
{
    SF_INFO info = {0};
    enum err_code code = container_check(fd, e);
    if (code != ERR_OK) {
        close(fd);
        return code;
    }
    SNDFILE *file = sf_open_fd(fd, SFM_READ, &info, SF_TRUE);
    if (file == NULL) {
        close(fd);
        return err_set(e, ERR_FORMAT, "is no sound file that can be read");
    }
    code = about_check(&info, e);
    if (code != ERR_OK) {
        sf_close(file);
        return code;
    }
    struct decode *d = mem_alloc(sizeof(*d));
    *d = (struct decode){.file = file,
                         .channels = (size_t)info.channels,
                         .rate = info.samplerate,
                         .promised = (double)info.frames,
                         .buffer = mem_array(BUFFER, sizeof(float)),
                         .mono = mem_array(DECODE_BLOCK, sizeof(float))};
    *ret = d;
    *ret_about = (struct decode_about){info.samplerate, info.channels};
    return ERR_OK;
}

/* False when a sample is none. */
static bool mix(struct decode *d, size_t frames)
{
    const float share = 1.0F / (float)d->channels;
    bool sound = true;
    for (size_t i = 0; i < frames; i++) {
        const float *frame = d->buffer + i * d->channels;
        float sum = 0.0F;
        for (size_t c = 0; c < d->channels; c++) {
            sum += frame[c];
        }
        d->mono[i] = sum * share;
        sound = sound && fabsf(d->mono[i]) <= LOUDEST; /* not of NaN */
    }
    return sound;
}

/* Whether the end is where the header says. Some headers promise the encoder's padding too. */
static enum err_code end_check(const struct decode *d, struct err *e)
{
    const double rate = (double)d->rate;
    if (d->promised >= (double)SF_COUNT_MAX ||
        d->read >= (1.0 - MISSING) * d->promised - 0.1 * rate) {
        return ERR_OK;
    }
    return err_set(e, ERR_FORMAT, "ends early or is damaged: %.1f of %.1f s can be read",
                   d->read / rate, d->promised / rate);
}

enum err_code decode_read(struct decode *d, const float **ret_x, size_t *ret_n, struct err *e)
{
    const size_t fit = BUFFER / d->channels, most = fit < DECODE_BLOCK ? fit : DECODE_BLOCK;
    const sf_count_t n = sf_readf_float(d->file, d->buffer, (sf_count_t)most);
    if (n <= 0) {
        const enum err_code code = end_check(d, e);
        *ret_n = code == ERR_OK ? 0 : *ret_n;
        return code;
    }
    d->read += (double)n;
    if (!mix(d, (size_t)n)) {
        return err_set(e, ERR_FORMAT, "holds samples that are no numbers, or beyond a million");
    }
    *ret_x = d->mono;
    *ret_n = (size_t)n;
    return ERR_OK;
}

void decode_close(struct decode *d)
{
    if (d != NULL) {
        sf_close(d->file);
        free(d->buffer);
        free(d->mono);
        free(d);
    }
}
