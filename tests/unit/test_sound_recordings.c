/* Sound files as a set to learn from. */
/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "classifier/audio/augment.h"
#include "classifier/genre.h"
#include "classifier/sound/recordings.h"
#include "tests/unit/temp.h"

/* What the watch was told. */
struct told {
    struct buf complaints; /* "name why\n" */
    size_t last;
    size_t total;
    bool backwards;
};

static void on_complaint(void *context, const char *name, const char *why)
{
    struct told *t = context;
    const char *slash = strrchr(name, '/');
    buf_printf(&t->complaints, "%s %s\n", slash != NULL ? slash + 1 : name, why);
}

static void on_progress(void *context, size_t done, size_t total)
{
    struct told *t = context;
    t->backwards = t->backwards || done < t->last;
    t->last = done;
    t->total = total;
}

static struct watch watching(struct told *t)
{
    return (struct watch){on_complaint, on_progress, t};
}

static void folder_make(void **state, const char *name)
{
    struct err e = {0};
    assert_int_equal(file_make_dir(temp_path(state, name), 0700, &e), ERR_OK);
}

/* Three seconds of a tone. */
static void tone_write(void **state, const char *name, double hz)
{
    SF_INFO info = {.samplerate = 22050, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    SNDFILE *file = sf_open(temp_path(state, name), SFM_WRITE, &info);
    assert_non_null(file);
    for (int i = 0; i < 3 * 22050; i++) {
        const float x = 0.5F * (float)sin(2.0 * M_PI * hz * i / 22050.0);
        assert_int_equal(sf_writef_float(file, &x, 1), 1);
    }
    sf_close(file);
}

static const char *text_write(void **state, const char *name, const char *text)
{
    struct err e = {0};
    const char *path = temp_path(state, name);
    assert_int_equal(file_write(path, text, strlen(text), 0600, &e), ERR_OK);
    return path;
}

static uint32_t bit(const char *genre)
{
    return UINT32_C(1) << genre_find(genre);
}

/* Blues twice, disco twice, hip-hop once, jazz none that can be read. */
static int tree_make(void **state)
{
    static const char *const folders[] = {"set",        "set/blues", "set/disco",
                                          "set/hiphop", "set/jazz",  "set/quatsch"};
    if (temp_setup(state) != 0) {
        return -1;
    }
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        folder_make(state, folders[i]);
    }
    tone_write(state, "set/blues/b.wav", 220.0);
    tone_write(state, "set/blues/a.wav", 330.0);
    tone_write(state, "set/disco/c.wav", 440.0);
    tone_write(state, "set/disco/d.wav", 550.0);
    tone_write(state, "set/hiphop/e.wav", 660.0);
    text_write(state, "set/jazz/broken.mp3", "no sound at all, but long enough");
    text_write(state, "set/jazz/.hidden", "x");
    text_write(state, "set/readme.txt", "x");
    text_write(state, "set/quatsch/x.wav", "x");
    return 0;
}

static struct recordings recorded(void **state, const char *source,
                                  const struct recordings_options *o, struct told *t)
{
    const struct watch watch = watching(t);
    struct recordings r;
    struct err e = {0};
    if (recordings_read(temp_path(state, source), o, &watch, &r, &e) != ERR_OK) {
        fail_msg("%s", e.text);
    }
    return r;
}

static void test_folders_named_by_genre(void **state)
{
    static const char *const names[] = {"a.wav", "b.wav", "c.wav", "d.wav", "e.wav"};
    const uint32_t labels[] = {bit("blues"), bit("blues"), bit("funk-disco"), bit("funk-disco"),
                               bit("hip-hop")};
    struct told t = {0};
    const struct recordings_options o = {.threads = 2};
    struct recordings r = recorded(state, "set", &o, &t);
    assert_int_equal(r.n, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(strrchr(r.rows[i].path, '/') + 1, names[i]);
        assert_int_equal(r.rows[i].labels, labels[i]);
        assert_int_equal(r.rows[i].n_takes, 1);
        assert_null(r.rows[i].takes[0].segments);
        assert_null(r.rows[i].takes[0].strip);
        assert_true(fabs(r.rows[i].takes[0].summary.duration_s - 3.0) < 1e-9);
        assert_true(r.rows[i].group < r.groups);
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(r.rows[i].group, r.rows[k].group);
        }
    }
    assert_int_equal(r.failed, 2);
    assert_string_equal(buf_str(&t.complaints), "quatsch is named by no genre\n"
                                                "broken.mp3 is no sound file that can be read\n");
    assert_int_equal(t.last, 6);
    assert_int_equal(t.total, 6);
    assert_false(t.backwards);
    buf_free(&t.complaints);
    recordings_free(&r);
}

static void test_segments_and_strips(void **state)
{
    struct told t = {0};
    const struct recordings_options o = {.segment_s = 1.0, .strips = true};
    struct recordings r = recorded(state, "set", &o, &t);
    for (size_t i = 0; i < r.n; i++) {
        const struct recordings_take *take = &r.rows[i].takes[0];
        assert_int_equal(take->n_segments, 3);
        assert_int_equal(take->strip->frames, take->summary.frames);
        assert_true(fabs(take->segments[2].duration_s - 1.0) < 1e-9);
    }
    buf_free(&t.complaints);
    recordings_free(&r);
}

/* Of the genres' 1, 1, 2, 2 files the median is 1.5: jazz has none that can be read. */
static void test_rare_genres_are_heard_in_other_ways_too(void **state)
{
    struct told t = {0}, u = {0};
    const struct recordings_options o = {
        .versions = 2, .kinds = AUGMENT_BIT(AUGMENT_STRETCH), .seed = 5, .threads = 1};
    struct recordings r = recorded(state, "set", &o, &t), s = recorded(state, "set", &o, &u);
    assert_int_equal(t.total, 4 + 3 + 3);
    for (size_t i = 0; i < r.n; i++) {
        const bool rare = r.rows[i].labels == bit("hip-hop");
        assert_int_equal(r.rows[i].n_takes, rare ? 3 : 1);
        assert_true(fabs(r.rows[i].takes[0].summary.duration_s - 3.0) < 1e-9);
        for (size_t k = 1; k < r.rows[i].n_takes; k++) {
            const double s_k = r.rows[i].takes[k].summary.duration_s;
            assert_true(fabs(s_k - 3.0) > 1e-6 && s_k > 2.3 && s_k < 3.8);
            assert_memory_equal(&r.rows[i].takes[k].summary, &s.rows[i].takes[k].summary,
                                sizeof(struct summary));
        }
    }
    const struct recordings_options all = {
        .versions = 1, .of_all = true, .kinds = AUGMENT_BIT(AUGMENT_GAIN)};
    recordings_free(&s);
    s = recorded(state, "set", &all, &u);
    assert_int_equal(u.total, 12);
    buf_free(&t.complaints);
    buf_free(&u.complaints);
    recordings_free(&r);
    recordings_free(&s);
}

static void test_a_table_of_files(void **state)
{
    struct told t = {0};
    const struct recordings_options o = {.threads = 2};
    text_write(state, "set/list.csv",
               "labels,path,group\n"
               "blues;rap,blues/a.wav,Ann\n"
               "Blues,blues/b.wav,\n"
               "disco,disco/c.wav,Ann\n"
               "nonsense,disco/d.wav,Bob\n"
               "disco,none.wav,Bob\n"
               "disco,,Bob\n"
               "disco,disco/c.wav,\n");
    struct recordings r = recorded(state, "set/list.csv", &o, &t);
    assert_int_equal(r.n, 4);
    assert_int_equal(r.rows[0].labels, bit("blues") | bit("hip-hop"));
    assert_int_equal(r.rows[1].labels, bit("blues"));
    assert_int_equal(r.rows[0].group, r.rows[2].group);
    assert_int_not_equal(r.rows[0].group, r.rows[1].group);
    assert_int_not_equal(r.rows[2].group, r.rows[3].group);
    assert_int_equal(r.groups, 4);
    assert_int_equal(r.failed, 3);
    assert_string_equal(buf_str(&t.complaints),
                        "line 5 has no label that is a genre\n"
                        "line 7 has no path\n"
                        "none.wav cannot be opened: No such file or directory\n");
    buf_free(&t.complaints);
    recordings_free(&r);
}

static void refused(void **state, const char *source, enum err_code code, const char *part)
{
    const struct recordings_options o = {.threads = 1};
    const struct watch nobody = {0};
    struct recordings r;
    struct err e = {0};
    assert_int_equal(recordings_read(temp_path(state, source), &o, &nobody, &r, &e), code);
    if (strstr(e.text, part) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", e.text, part);
    }
    assert_int_equal(r.n, 0);
    recordings_free(&r);
}

static void test_what_is_no_set(void **state)
{
    refused(state, "nowhere", ERR_IO, "nowhere");
    folder_make(state, "empty");
    refused(state, "empty", ERR_FORMAT, "has no recording of a known genre");
    text_write(state, "odd.csv", "path,colour\na.wav,red\n");
    refused(state, "odd.csv", ERR_FORMAT, "has no columns path and labels");
    text_write(state, "gone.csv", "path,label\na.wav,pop\n");
    refused(state, "gone.csv", ERR_FORMAT, "has no recording that can be used");
    text_write(state, "none.csv", "path,label\n");
    refused(state, "none.csv", ERR_FORMAT, "has no recording of a known genre");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folders_named_by_genre),
        cmocka_unit_test(test_segments_and_strips),
        cmocka_unit_test(test_rare_genres_are_heard_in_other_ways_too),
        cmocka_unit_test(test_a_table_of_files),
        cmocka_unit_test(test_what_is_no_set),
    };
    return cmocka_run_group_tests(tests, tree_make, temp_teardown);
}
