/* Sound files as they come, good and bad. */
/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "classifier/audio/analysis.h"
#include "classifier/audio/extract.h"
#include "classifier/audio/picture.h"
#include "classifier/audio/stft.h"
#include "tests/unit/temp.h"

/* A WAV file as it is made up. */
struct wav {
    int rate;
    int channels;
    int bits;     /* 8, 16, or 32 for floats */
    size_t n;     /* samples of each channel */
    double level; /* of a tone of 440 Hz */
    double shift;
    size_t missing; /* bytes at the end that the header promises all the same */
};

static void number_add(struct buf *b, uint32_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        buf_add_char(b, (char)(value >> (8 * i) & 0xff));
    }
}

static void sample_add(struct buf *b, const struct wav *w, double x)
{
    const double kept = fmax(-1.0, fmin(1.0, x));
    const float plain = (float)x;
    uint32_t bits;
    memcpy(&bits, &plain, sizeof(bits));
    if (w->bits == 32) {
        number_add(b, bits, 4);
    } else if (w->bits == 16) {
        number_add(b, (uint32_t)(int32_t)lrint(kept * 32767.0), 2);
    } else {
        number_add(b, (uint32_t)lrint(kept * 127.0) + 128U, 1);
    }
}

static void wav_head(const struct wav *w, struct buf *b)
{
    const uint32_t frame = (uint32_t)(w->channels * w->bits / 8);
    const uint32_t size = frame * (uint32_t)w->n;
    buf_add_str(b, "RIFF");
    number_add(b, size + 36, 4);
    buf_add_str(b, "WAVEfmt ");
    number_add(b, 16, 4);
    number_add(b, w->bits == 32 ? 3 : 1, 2);
    number_add(b, (uint32_t)w->channels, 2);
    number_add(b, (uint32_t)w->rate, 4);
    number_add(b, (uint32_t)w->rate * frame, 4);
    number_add(b, frame, 2);
    number_add(b, (uint32_t)w->bits, 2);
    buf_add_str(b, "data");
    number_add(b, size, 4);
}

static const char *wav_write(void **state, const char *name, const struct wav *w)
{
    struct buf b = {0};
    struct err e = {0};
    const char *path = temp_path(state, name);
    wav_head(w, &b);
    for (size_t i = 0; i < w->n; i++) {
        const double turn = 440.0 * (double)i / (double)w->rate;
        for (int c = 0; c < w->channels; c++) {
            sample_add(&b, w, w->shift + w->level * sin(2.0 * M_PI * turn));
        }
    }
    assert_int_equal(file_write(path, b.data, b.len - w->missing, 0600, &e), ERR_OK);
    buf_free(&b);
    return path;
}

static struct extract accepted(const char *path, const struct extract_options *o)
{
    struct extract x;
    struct err e = {0};
    if (extract_run(path, o, &x, &e) != ERR_OK) {
        fail_msg("%s %s", path, e.text);
    }
    return x;
}

static void refused(const char *path, const struct extract_options *o, enum err_code code,
                    const char *part)
{
    struct extract x;
    struct err e = {0};
    assert_int_equal(extract_run(path, o, &x, &e), code);
    if (strstr(e.text, part) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", e.text, part);
    }
}

static const struct extract_options plain = {.sketch = NULL};

static double mean_of(const struct extract *x, enum summary_id id)
{
    return summary_of(&x->summary, id)->mean;
}

static void near(double value, double wanted, double most)
{
    if (!(fabs(value - wanted) <= most)) {
        fail_msg("%.9g is not %.9g", value, wanted);
    }
}

static void test_every_shape_sounds_the_same(void **state)
{
    static const struct wav shapes[] = {
        {.rate = 22050, .channels = 1, .bits = 16, .n = 22050, .level = 0.5},
        {.rate = 22050, .channels = 1, .bits = 8, .n = 22050, .level = 0.5},
        {.rate = 44100, .channels = 2, .bits = 16, .n = 44100, .level = 0.5},
        {.rate = 192000, .channels = 1, .bits = 32, .n = 192000, .level = 0.5},
        {.rate = 8000, .channels = 32, .bits = 16, .n = 8000, .level = 0.5},
        {.rate = 11025, .channels = 1, .bits = 32, .n = 11025, .level = 0.5}};
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        const struct extract x = accepted(wav_write(state, "shape.wav", &shapes[i]), &plain);
        assert_int_equal(x.about.rate, shapes[i].rate);
        assert_int_equal(x.about.channels, shapes[i].channels);
        near(x.summary.duration_s, 1.0, 0.001);
        assert_int_equal(x.summary.frames, 44);
        near(mean_of(&x, SUMMARY_RMS), 0.346, 0.004);
        near(summary_of(&x.summary, SUMMARY_CHROMA)[9].mean, 1.0, 0.02); /* A */
        near(mean_of(&x, SUMMARY_CROSSING), 2.0 * 440.0 / 22050.0, 0.002);
        assert_false(x.summary.cut);
    }
}

/* --- compressed --------------------------------------------------------------------------------
 */

static const struct format {
    const char *name;
    int format;
    int rate;
} formats[] = {{"tone.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100},
               {"tone.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 44100},
               {"tone.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100},
               {"tone.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000},
               {"tone.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44100}};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* Ten seconds of A in two channels. */
static const char *tone_write(void **state, const struct format *f)
{
    SF_INFO info = {.samplerate = f->rate, .channels = 2, .format = f->format};
    const char *path = temp_path(state, f->name);
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    if (file == NULL) {
        fail_msg("%s: %s", path, sf_strerror(NULL));
    }
    for (int i = 0; i < 10 * f->rate; i++) {
        const float x = 0.5F * sinf((float)fmod(2.0 * M_PI * 440.0 * i / f->rate, 2.0 * M_PI));
        const float both[2] = {x, x};
        assert_int_equal(sf_writef_float(file, both, 1), 1);
    }
    sf_close(file);
    return path;
}

static void test_every_format_is_read(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        const struct extract x = accepted(tone_write(state, &formats[i]), &plain);
        assert_int_equal(x.about.rate, formats[i].rate);
        assert_int_equal(x.about.channels, 2);
        near(x.summary.duration_s, 10.0, 0.06);
        near(mean_of(&x, SUMMARY_RMS), 0.352, 0.004);
        near(summary_of(&x.summary, SUMMARY_CHROMA)[9].mean, 1.0, 0.02);
    }
}

/* Half of it is gone, or bytes in the middle are others. What is used must be most of the sound. */
static void test_no_format_is_trusted(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        const char *path = tone_write(state, &formats[i]);
        struct buf b = {0};
        struct err e = {0};
        struct extract x;
        assert_int_equal(file_read(path, &b, &e), ERR_OK);
        assert_int_equal(file_write(path, b.data, b.len / 2, 0600, &e), ERR_OK);
        if (extract_run(path, &plain, &x, &e) == ERR_OK) {
            fail_msg("half of %s is taken for %.1f s", path, x.summary.duration_s);
        }
        for (size_t k = b.len / 3; k < b.len / 3 + b.len / 8; k++) {
            b.data[k] = (char)(k * 2654435761U >> 7);
        }
        assert_int_equal(file_write(path, b.data, b.len, 0600, &e), ERR_OK);
        if (extract_run(path, &plain, &x, &e) == ERR_OK) {
            assert_true(summary_is_sound(&x.summary));
        } else {
            assert_int_equal(e.code, ERR_FORMAT);
        }
        buf_free(&b);
    }
}

static void test_odd_sounds_have_numbers(void **state)
{
    static const struct wav sounds[] = {
        {.rate = 22050, .channels = 1, .bits = 16, .n = 22050},                /* silence */
        {.rate = 22050, .channels = 1, .bits = 16, .n = 22050, .shift = 0.5},  /* direct current */
        {.rate = 22050, .channels = 1, .bits = 16, .n = 22050, .level = 50.0}, /* clipped */
        {.rate = 22050, .channels = 1, .bits = 16, .n = 1, .shift = 0.5},
        {.rate = 22050, .channels = 1, .bits = 32, .n = 22050, .level = 1e5},
    };
    for (size_t i = 0; i < sizeof(sounds) / sizeof(sounds[0]); i++) {
        const struct extract x = accepted(wav_write(state, "odd.wav", &sounds[i]), &plain);
        assert_true(summary_is_sound(&x.summary));
        near(x.summary.duration_s, (double)sounds[i].n / 22050.0, 1e-9);
        if (i == 0) {
            near(mean_of(&x, SUMMARY_RMS), 0.0, 0.0);
            near(mean_of(&x, SUMMARY_CENTROID), 0.0, 0.0);
        }
    }
}

static void test_what_is_no_sound(void **state)
{
    struct err e = {0};
    const char *path = temp_path(state, "text.mp3");
    assert_int_equal(file_write(path, "not a sound, but long enough", 28, 0600, &e), ERR_OK);
    refused(path, &plain, ERR_FORMAT, "is no sound file");
    assert_int_equal(file_write(path, "\0\0\0\040ftypM4A ", 12, 0600, &e), ERR_OK);
#ifdef GENRED_FFMPEG
    refused(path, &plain, ERR_FORMAT, "is no sound file");
#else
    refused(path, &plain, ERR_FORMAT, "FFMPEG=yes");
#endif
    assert_int_equal(file_write(path, "RIFF", 4, 0600, &e), ERR_OK);
    refused(path, &plain, ERR_FORMAT, "too short");
    assert_int_equal(file_write(path, "", 0, 0600, &e), ERR_OK);
    refused(path, &plain, ERR_FORMAT, "is empty");
    refused(temp_path(state, "none.wav"), &plain, ERR_IO, "No such file");
    refused(temp_path(state, "."), &plain, ERR_IO, "is a directory");
    refused("/dev/zero", &plain, ERR_IO, "is no regular file");
    path = temp_path(state, "pipe.wav");
    assert_int_equal(mkfifo(path, 0600), 0);
    refused(path, &plain, ERR_IO, "is no regular file"); /* and nobody waits for its other end */
}

static void test_what_is_broken_sound(void **state)
{
    const struct wav part = {
        .rate = 22050, .channels = 1, .bits = 16, .n = 22050, .missing = 20000, .level = 0.5};
    const struct wav none = {.rate = 22050, .channels = 1, .bits = 16, .n = 0};
    const struct wav nan = {
        .rate = 22050, .channels = 1, .bits = 32, .n = 5000, .shift = (double)NAN};
    const struct wav loud = {.rate = 22050, .channels = 1, .bits = 32, .n = 5000, .shift = 1e7};
    const struct wav slow = {.rate = 10, .channels = 1, .bits = 16, .n = 5000};
    refused(wav_write(state, "part.wav", &part), &plain, ERR_FORMAT, "ends early");
    refused(wav_write(state, "none.wav", &none), &plain, ERR_FORMAT, "holds no sound");
    refused(wav_write(state, "nan.wav", &nan), &plain, ERR_FORMAT, "no numbers");
    refused(wav_write(state, "loud.wav", &loud), &plain, ERR_FORMAT, "beyond a million");
    refused(wav_write(state, "slow.wav", &slow), &plain, ERR_FORMAT, "sample rate of 10 Hz");
}

/* An hour of silence that takes no room on the disk. */
static const char *hour_write(void **state)
{
    struct buf b = {0};
    struct err e = {0};
    const struct wav w = {.rate = 44100, .channels = 2, .bits = 16, .n = 3600UL * 44100};
    const char *path = temp_path(state, "hour.wav");
    wav_head(&w, &b);
    assert_int_equal(file_write(path, b.data, b.len, 0600, &e), ERR_OK);
    buf_free(&b);
    assert_int_equal(truncate(path, (off_t)(44 + w.n * 4)), 0);
    return path;
}

static void test_limits_hold(void **state)
{
    const char *path = hour_write(state);
    const struct extract_options soon = {.wall_ms = 1};
    const struct extract_options busy = {.limits = {.cpu_s = 1}};
    refused(path, &soon, ERR_FORMAT, "takes too long");
    refused(path, &busy, ERR_FORMAT, "takes too long");
#ifndef __SANITIZE_ADDRESS__
    /* A sanitizer ends a process that has no memory in its own way. */
    const struct extract_options small = {.limits = {.memory = 1 << 20}};
    refused(path, &small, ERR_FORMAT, "memory");
#endif
}

/* What the caged process finds when it tries: 0 is as it should be. */
static int escape(int inside)
{
    const struct cage_limits limits = {.cpu_s = 10, .memory = 1 << 24};
    struct err e = {0};
    char byte = 'x';
    if (cage_enter(&limits, &e) != ERR_OK) {
        return 1;
    }
    if (open("/dev/null", O_RDONLY) >= 0 || open("/dev/null", O_RDONLY | O_CREAT, 0600) >= 0) {
        return 2;
    }
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM) {
        return 3;
    }
    if (fork() >= 0 || unlink("/nonexistent") == 0 || errno != EPERM) {
        return 4;
    }
    return write(inside, &byte, 1) == 1 && malloc(1000) != NULL ? 0 : 5;
}

static void test_the_cage_is_shut(void **state)
{
    (void)state;
    int ends[2], status = 0;
    assert_int_equal(pipe(ends), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        _exit(escape(ends[1]));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(ends[0]);
    close(ends[1]);
}

static void test_pieces_do_not_matter(void **state)
{
    (void)state;
    static float x[50000];
    struct summary whole, pieces;
    for (size_t i = 0; i < 50000; i++) {
        x[i] = sinf(0.01F * (float)i) * (float)(i % 7) / 7.0F;
    }
    struct analysis *a = analysis_new();
    analysis_add(a, x, 50000);
    analysis_end(a, &whole);
    analysis_free(a);
    a = analysis_new();
    for (size_t i = 0, n = 1; i < 50000; i += n, n = n * 3 % 4001 + 1) {
        analysis_add(a, x + i, 50000 - i < n ? 50000 - i : n);
    }
    assert_int_equal(analysis_samples(a), 50000);
    analysis_end(a, &pieces);
    analysis_free(a);
    assert_memory_equal(&whole, &pieces, sizeof(whole));
}

static void test_picture(void **state)
{
    static struct sketch sketch;
    struct buf b = {0};
    struct err e = {0};
    const struct wav w = {.rate = 22050, .channels = 1, .bits = 16, .n = 44100, .level = 0.5};
    const struct extract_options o = {.sketch = &sketch};
    accepted(wav_write(state, "tone.wav", &w), &o);
    for (size_t c = 100; c < SKETCH_WIDTH - 100; c++) {
        assert_in_range(sketch.high[c], 30, 64);
        assert_in_range(-sketch.low[c], 30, 64);
        assert_in_range(sketch.chroma[c][9], 250, 255); /* A */
        assert_in_range(sketch.mel[c][16], 245, 255);   /* 440 Hz */
        assert_in_range(sketch.mel[c][100], 0, 20);
    }
    assert_int_equal(picture_make(&sketch, &b, &e), ERR_OK);
    assert_true(b.len > 1000);
    assert_memory_equal(b.data, "\211PNG\r\n\032\n", 8);
    buf_free(&b);
}

static const char *two_seconds(void **state)
{
    const struct wav w = {.rate = 22050, .channels = 1, .bits = 16, .n = 44100, .level = 0.5};
    return wav_write(state, "tone.wav", &w);
}

static void test_strip(void **state)
{
    static struct strip strip;
    const struct extract_options o = {.strip = &strip};
    const struct extract x = accepted(two_seconds(state), &o);
    assert_int_equal(strip.frames, x.summary.frames);
    for (size_t f = 2; f + 2 < strip.frames; f++) {
        assert_in_range(strip.mel[f][16], 245, 255); /* 440 Hz */
        assert_in_range(strip.mel[f][100], 0, 20);
    }
    assert_int_equal(strip.mel[strip.frames][16], 0);
    assert_int_equal(x.n_segments, 0);
}

/* Silence, then a tone from the 25th second on: the strip is of seconds 5 to 35. */
static void test_strip_is_of_the_middle(void **state)
{
    (void)state;
    static struct strip strip;
    static float x[4096];
    struct summary s;
    struct analysis_view view;
    struct analysis *a = analysis_new();
    for (size_t i = 0; i < (size_t)40 * STFT_RATE; i += 2100) {
        for (size_t k = 0; k < 2100; k++) {
            const double turn = 440.0 * (double)(i + k) / STFT_RATE;
            x[k] = i < (size_t)25 * STFT_RATE ? 0.0F : (float)sin(2.0 * M_PI * turn);
        }
        analysis_add(a, x, 2100);
    }
    analysis_end(a, &s);
    analysis_look(a, &view);
    strip_make(&view, &strip);
    analysis_free(a);
    assert_int_equal(strip.frames, 1292);
    const size_t begins = 20 * STFT_RATE / STFT_HOP;
    assert_int_equal(strip.mel[begins - 4][16], 0);
    assert_in_range(strip.mel[begins + 4][16], 245, 255);
}

static void test_segments(void **state)
{
    static struct summary segments[SEGMENT_MOST];
    const struct extract_options o = {.segments = segments, .segment_s = 0.8};
    const struct extract x = accepted(two_seconds(state), &o);
    assert_int_equal(x.n_segments, 3); /* 0.8, 0.8, 0.4 */
    near(segments[0].duration_s, 0.8, 1e-9);
    near(segments[2].duration_s, 0.4, 1e-9);
    for (size_t i = 0; i < 3; i++) {
        near(summary_of(&segments[i], SUMMARY_RMS)->max, 0.3535, 0.003);
        near(summary_of(&segments[i], SUMMARY_CHROMA)[9].mean, 1.0, 0.02);
    }
    near(x.summary.duration_s, 2.0, 1e-9);
    const struct extract plainly = accepted(two_seconds(state), &plain);
    assert_memory_equal(plainly.summary.at, x.summary.at, sizeof(x.summary.at));
}

static void test_how_many_segments(void **state)
{
    (void)state;
    assert_int_equal(segment_count(1, 6.0), 1);
    assert_int_equal(segment_count((size_t)9 * STFT_RATE - 1, 6.0), 1);
    assert_int_equal(segment_count((size_t)9 * STFT_RATE, 6.0), 2);
    assert_int_equal(segment_count((size_t)30 * STFT_RATE, 6.0), 5);
    assert_int_equal(segment_count((size_t)3600 * STFT_RATE, 6.0), SEGMENT_MOST);
    assert_int_equal(segment_count((size_t)2 * STFT_RATE, 0.0), 4);
}

static void test_changed_before_it_is_heard(void **state)
{
    static struct strip strip;
    const struct augment_plan faster = {.kept = 0.8, .rate = 1.25, .gain_db = -6.0};
    const struct extract_options o = {.augment = &faster, .strip = &strip};
    const struct extract x = accepted(two_seconds(state), &o);
    near(x.summary.duration_s, 2.0 * 0.8 / 1.25, 1e-4);
    near(summary_of(&x.summary, SUMMARY_CHROMA)[9].mean, 1.0, 0.02);
    near(mean_of(&x, SUMMARY_RMS), 0.5 * 0.346, 0.01);
    assert_int_equal(strip.frames, x.summary.frames);
    assert_false(x.summary.cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_shape_sounds_the_same),
        cmocka_unit_test(test_every_format_is_read),
        cmocka_unit_test(test_no_format_is_trusted),
        cmocka_unit_test(test_odd_sounds_have_numbers),
        cmocka_unit_test(test_what_is_no_sound),
        cmocka_unit_test(test_what_is_broken_sound),
        cmocka_unit_test(test_limits_hold),
        cmocka_unit_test(test_the_cage_is_shut),
        cmocka_unit_test(test_pieces_do_not_matter),
        cmocka_unit_test(test_picture),
        cmocka_unit_test(test_strip),
        cmocka_unit_test(test_strip_is_of_the_middle),
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_how_many_segments),
        cmocka_unit_test(test_changed_before_it_is_heard),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
