#include "classifier/audio/decode_av.h"

#ifdef GENRED_FFMPEG

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

#define IO_BUFFER ((size_t)1 << 15)

struct decode_av {
    int fd;
    AVIOContext *io;
    AVFormatContext *format;
    AVCodecContext *codec;
    SwrContext *convert; /* to interleaved floats, nothing else */
    AVPacket *packet;
    AVFrame *frame;
    int stream;
    int channels;
    int sample_format;
    bool ended; /* no more packets */
};

static int io_read(void *context, uint8_t *ret, int n)
{
    const struct decode_av *d = context;
    const ssize_t got = read(d->fd, ret, (size_t)n);
    return got > 0 ? (int)got : got == 0 ? AVERROR_EOF : AVERROR(errno);
}

static int64_t io_seek(void *context, int64_t offset, int whence)
{
    const struct decode_av *d = context;
    if (whence == AVSEEK_SIZE) {
        const off_t at = lseek(d->fd, 0, SEEK_CUR), end = lseek(d->fd, 0, SEEK_END);
        lseek(d->fd, at, SEEK_SET);
        return end;
    }
    return lseek(d->fd, offset, whence & ~AVSEEK_FORCE);
}

static bool format_open(struct decode_av *d)
{
    unsigned char *buffer = av_malloc(IO_BUFFER);
    d->io = avio_alloc_context(buffer, (int)IO_BUFFER, 0, d, io_read, NULL, io_seek);
    d->format = avformat_alloc_context();
    if (d->io == NULL || d->format == NULL) {
        return false;
    }
    d->format->pb = d->io;
    return avformat_open_input(&d->format, NULL, av_find_input_format("mov"), NULL) == 0 &&
           avformat_find_stream_info(d->format, NULL) >= 0;
}

static bool codec_open(struct decode_av *d)
{
    const AVCodec *codec = NULL;
    d->stream = av_find_best_stream(d->format, AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
    if (d->stream < 0 || codec == NULL) {
        return false;
    }
    d->codec = avcodec_alloc_context3(codec);
    d->codec->thread_count = 1;
    return avcodec_parameters_to_context(d->codec, d->format->streams[d->stream]->codecpar) >= 0 &&
           avcodec_open2(d->codec, codec, NULL) == 0 && d->codec->ch_layout.nb_channels > 0;
}

static bool convert_open(struct decode_av *d)
{
    AVCodecContext *c = d->codec;
    d->channels = c->ch_layout.nb_channels;
    d->sample_format = c->sample_fmt;
    return swr_alloc_set_opts2(&d->convert, &c->ch_layout, AV_SAMPLE_FMT_FLT, c->sample_rate,
                               &c->ch_layout, c->sample_fmt, c->sample_rate, 0, NULL) == 0 &&
           swr_init(d->convert) == 0;
}

enum err_code decode_av_open(int fd, struct decode_av **ret, struct decode_av_about *ret_about,
                             struct err *e)
{
    struct decode_av *d = mem_alloc(sizeof(*d));
    av_log_set_level(AV_LOG_QUIET);
    *d = (struct decode_av){.fd = fd, .packet = av_packet_alloc(), .frame = av_frame_alloc()};
    if (d->packet == NULL || d->frame == NULL || !format_open(d) || !codec_open(d) ||
        !convert_open(d)) {
        decode_av_close(d);
        return err_set(e, ERR_FORMAT, "is no sound file that can be read");
    }
    const AVStream *s = d->format->streams[d->stream];
    *ret_about = (struct decode_av_about){.rate = d->codec->sample_rate,
                                          .channels = d->codec->ch_layout.nb_channels};
    if (s->duration > 0) {
        ret_about->frames =
            (double)s->duration * av_q2d(s->time_base) * (double)d->codec->sample_rate;
    }
    *ret = d;
    return ERR_OK;
}

/* The next packet of the stream to the codec. False once there is nothing to expect. */
static bool packet_send(struct decode_av *d)
{
    while (!d->ended) {
        if (av_read_frame(d->format, d->packet) < 0) {
            d->ended = true;
            return avcodec_send_packet(d->codec, NULL) == 0;
        }
        const bool ours = d->packet->stream_index == d->stream;
        const bool taken = ours && avcodec_send_packet(d->codec, d->packet) == 0;
        av_packet_unref(d->packet);
        if (taken) {
            return true;
        }
    }
    return false;
}

/* A decoded frame into the converter. */
static bool frame_take(struct decode_av *d)
{
    int got = avcodec_receive_frame(d->codec, d->frame);
    while (got == AVERROR(EAGAIN) && packet_send(d)) {
        got = avcodec_receive_frame(d->codec, d->frame);
    }
    if (got != 0) {
        return false;
    }
    /* A frame of another shape than the first would be read beyond its end. */
    const AVFrame *f = d->frame;
    const bool same = f->format == d->sample_format && f->ch_layout.nb_channels == d->channels;
    const bool taken =
        same && swr_convert(d->convert, NULL, 0, (void *)f->extended_data, f->nb_samples) >= 0;
    av_frame_unref(d->frame);
    return taken;
}

size_t decode_av_read(struct decode_av *d, float *ret, size_t frames)
{
    uint8_t *out = (uint8_t *)ret;
    int n = 0;
    do {
        n = swr_convert(d->convert, &out, (int)frames, NULL, 0);
    } while (n == 0 && frame_take(d));
    return n > 0 ? (size_t)n : 0;
}

void decode_av_close(struct decode_av *d)
{
    if (d == NULL) {
        return;
    }
    swr_free(&d->convert);
    avcodec_free_context(&d->codec);
    avformat_close_input(&d->format);
    if (d->io != NULL) {
        av_freep((void *)&d->io->buffer);
        avio_context_free(&d->io);
    }
    av_packet_free(&d->packet);
    av_frame_free(&d->frame);
    free(d);
}

#else

enum err_code decode_av_open(int fd, struct decode_av **ret, struct decode_av_about *ret_about,
                             struct err *e)
{
    (void)fd;
    (void)ret;
    (void)ret_about;
    return err_set(e, ERR_FORMAT,
                   "is an MPEG-4 file (M4A, AAC), which needs a build with FFMPEG=yes");
}

size_t decode_av_read(struct decode_av *d, float *ret, size_t frames)
{
    (void)d;
    (void)ret;
    (void)frames;
    return 0;
}

void decode_av_close(struct decode_av *d)
{
    (void)d;
}

#endif
