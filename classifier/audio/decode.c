#include "classifier/audio/decode.h"

#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "classifier/audio/container.h"
#include "classifier/audio/decode_av.h"

#define RATE_LEAST 1000
#define RATE_MOST  768000
#define BUFFER     ((size_t)1 << 17) /* samples of all channels together */
#define LOUDEST    1e6F
#define MISSING    0.01 /* share of a file that its header may promise too much */

struct decode {
    int fd;
    SNDFILE *file;        /* NULL: it is */
    struct decode_av *av; /* an MPEG-4 file */
    size_t channels;
    int rate;
    double promised; /* frames; 0: nothing */
    double read;     /* frames */
    float *buffer;   /* (BUFFER) */
    float *mono;     /* (DECODE_BLOCK) */
};

static enum err_code about_check(const struct decode *d, struct err *e)
{
    if (d->rate < RATE_LEAST || d->rate > RATE_MOST) {
        return err_set(e, ERR_FORMAT, "has a sample rate of %d Hz, not %d to %d", d->rate,
                       RATE_LEAST, RATE_MOST);
    }
    if (d->channels < 1 || d->channels > BUFFER) {
        return err_set(e, ERR_FORMAT, "has %zu channels", d->channels);
    }
    return ERR_OK;
}

static enum err_code source_open(struct decode *d, struct err *e)
{
    bool mpeg4 = false;
    struct decode_av_about about = {0};
    SF_INFO info = {0};
    enum err_code code = container_check(d->fd, &mpeg4, e);
    if (code == ERR_OK && mpeg4) {
        code = decode_av_open(d->fd, &d->av, &about, e);
        d->rate = about.rate;
        d->channels = (size_t)about.channels;
        d->promised = about.frames;
    } else if (code == ERR_OK) {
        d->file = sf_open_fd(d->fd, SFM_READ, &info, SF_FALSE);
        d->rate = info.samplerate;
        d->channels = (size_t)info.channels;
        d->promised = info.frames < SF_COUNT_MAX ? (double)info.frames : 0.0;
        code =
            d->file != NULL ? ERR_OK : err_set(e, ERR_FORMAT, "is no sound file that can be read");
    }
    return code == ERR_OK ? about_check(d, e) : code;
}

enum err_code decode_open(int fd, struct decode **ret, struct decode_about *ret_about,
                          struct err *e)
{
    struct decode *d = mem_alloc(sizeof(*d));
    d->fd = fd;
    const enum err_code code = source_open(d, e);
    if (code != ERR_OK) {
        decode_close(d);
        return code;
    }
    d->buffer = mem_array(BUFFER, sizeof(float));
    d->mono = mem_array(DECODE_BLOCK, sizeof(float));
    *ret = d;
    *ret_about = (struct decode_about){d->rate, (int)d->channels};
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
    if (d->read >= (1.0 - MISSING) * d->promised - 0.1 * rate) {
        return ERR_OK;
    }
    return err_set(e, ERR_FORMAT, "ends early or is damaged: %.1f of %.1f s can be read",
                   d->read / rate, d->promised / rate);
}

enum err_code decode_read(struct decode *d, const float **ret_x, size_t *ret_n, struct err *e)
{
    const size_t fit = BUFFER / d->channels, most = fit < DECODE_BLOCK ? fit : DECODE_BLOCK;
    const sf_count_t n = d->file != NULL ? sf_readf_float(d->file, d->buffer, (sf_count_t)most)
                                         : (sf_count_t)decode_av_read(d->av, d->buffer, most);
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
        if (d->file != NULL) {
            sf_close(d->file);
        }
        decode_av_close(d->av);
        close(d->fd);
        free(d->buffer);
        free(d->mono);
        free(d);
    }
}
