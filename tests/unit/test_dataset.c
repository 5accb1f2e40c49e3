/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/file.h"
#include "classifier/clean.h"
#include "classifier/dataset.h"
#include "tests/unit/temp.h"

static struct dataset *opened(void **state, const char *text)
{
    const char *path = temp_path(state, "x.csv");
    struct dataset *d = NULL;
    struct err e = {0};
    assert_int_equal(file_write(path, text, strlen(text), 0600, &e), ERR_OK);
    if (dataset_open(path, &d, &e) != ERR_OK) {
        fail_msg("%s", e.text);
    }
    return d;
}

static void test_track_table(void **state)
{
    struct dataset *d = opened(
        state, "track_id,track_name,artists,album,release_date,duration_ms,explicit,record_label,"
               "artist_genres,energy,tempo,time_signature\n"
               "a1,\"One, Two\",\"Foo, Bar; Baz\",Alb,1999-01-02,1000,1,Lab,x; y z,0.5,120,\n");
    struct song s;
    struct err e = {0};
    assert_int_equal(dataset_next(d, &s, &e), 1);
    assert_string_equal(s.id, "a1");
    assert_string_equal(s.name, "One, Two");
    assert_string_equal(s.artists, "Foo, Bar; Baz");
    assert_string_equal(s.album, "Alb");
    assert_string_equal(s.label, "Lab");
    assert_string_equal(s.tags, "x; y z");
    assert_int_equal(s.year, 1999);
    assert_int_equal(s.duration_ms, 1000);
    assert_int_equal(s.is_explicit, 1);
    assert_int_equal(s.stat_mask, 1u << SONG_ENERGY | 1u << SONG_TEMPO);
    assert_int_equal(dataset_next(d, &s, &e), 0);
    dataset_close(d);
}

static void test_exportify_new_and_old(void **state)
{
    static const char *const texts[] = {
        "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Explicit,"
        "Genres,Record Label,Key\n"
        "spotify:track:q,N,Al,Foo;Bar,1971,2000,true,\"art rock,glam\",L,7\n",
        "\xef\xbb\xbf\"Spotify ID\",\"Artist IDs\",\"Track Name\",\"Album Name\","
        "\"Artist Name(s)\",\"Release Date\",\"Duration (ms)\",\"Explicit\",\"Genres\",\"Label\","
        "\"Key\"\r\n"
        "\"q\",\"i,j\",\"N\",\"Al\",\"Foo,Bar\",\"1971\",\"2000\",\"TRUE\",\"art rock,glam\","
        "\"L\",\"7\"\r\n",
        "Track ID;Track Name;Album Name;Artist Name(s);Album Release Date;Track Duration (ms);"
        "Explicit;Artist Genres;Label;Key\n"
        "q;N;Al;Foo, Bar;1971-05;2000;True;art rock, glam;L;7\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct dataset *d = opened(state, texts[i]);
        struct song s;
        struct err e = {0};
        assert_int_equal(dataset_next(d, &s, &e), 1);
        assert_string_equal(s.id, "q");
        assert_string_equal(s.artists, "Foo; Bar");
        assert_string_equal(s.tags, "art rock; glam");
        assert_string_equal(s.label, "L");
        assert_int_equal(s.year, 1971);
        assert_int_equal(s.duration_ms, 2000);
        assert_int_equal(s.is_explicit, 1);
        assert_true(s.stat[SONG_KEY] > 6.9F && s.stat_mask == 1u << SONG_KEY);
        dataset_close(d);
    }
}

static void test_escaped_comma(void **state)
{
    struct dataset *d =
        opened(state, "Track URI,Track Name,Artist Name(s)\nu,N,\"Foo\\, Jr., Bar\"\n");
    struct song s;
    struct err e = {0};
    assert_int_equal(dataset_next(d, &s, &e), 1);
    assert_string_equal(s.artists, "Foo, Jr.; Bar");
    dataset_close(d);
}

static void test_only_id_and_name(void **state)
{
    struct dataset *d = opened(state, "name\tid\nN\ti\n\n\nM\tj\n");
    struct song s;
    struct err e = {0};
    assert_int_equal(dataset_next(d, &s, &e), 1);
    assert_string_equal(s.artists, "");
    assert_string_equal(s.tags, "");
    assert_int_equal(s.is_explicit, -1);
    assert_int_equal(s.stat_mask, 0);
    assert_int_equal(s.year, 0);
    assert_int_equal(dataset_next(d, &s, &e), 1);
    assert_string_equal(s.id, "j");
    assert_int_equal(dataset_next(d, &s, &e), 0);
    dataset_close(d);
}

/* The columns of a published list of ten genres: no ids, keys and modes as words, `?`, -1. */
static void test_list_without_ids(void **state)
{
    struct dataset *d =
        opened(state, "instance_id,artist_name,track_name,duration_ms,key,mode,tempo,music_genre\n"
                      "1.0,\"Earth, Sea\",One,-1.0,A#,Minor,?,Hip-Hop\n"
                      "2.0,\"earth, sea\",One,215613.0,Bb,Major,99.5,\n"
                      "3.0,\"EARTH, SEA\",ONE,2.0,C,Minor,99.5,Rap\n"
                      "4.0,empty_field,Two,200000,G,Major,99.5,Jazz\n"
                      ",,,,,,,\n"
                      "6.0,Foo,Bar,1,H,Major,99.5,Jazz\n");
    struct song s;
    struct err e = {0};
    char id[64];
    assert_int_equal(dataset_next(d, &s, &e), 1);
    assert_string_equal(s.artists, "Earth, Sea"); /* one artist: the comma is its own */
    assert_string_equal(s.tags, "");
    assert_string_equal(dataset_row(d)->labels, "Hip-Hop");
    assert_int_equal(s.duration_ms, 0);
    assert_int_equal(s.stat_mask, 1u << SONG_KEY | 1u << SONG_MODE);
    assert_true(s.stat[SONG_KEY] > 9.9F && s.stat[SONG_MODE] < 0.1F);
    assert_int_equal(dataset_row(d)->found,
                     CLEAN_BIT(CLEAN_STAT_MISSING) | CLEAN_BIT(CLEAN_DURATION_MISSING));
    assert_int_equal(dataset_next(d, &s, &e), 1);
    snprintf(id, sizeof(id), "%s", s.id);
    assert_true(strlen(id) > 8);
    assert_string_equal(dataset_row(d)->labels, "");
    assert_int_equal(s.duration_ms, 215613);
    assert_true(s.stat[SONG_KEY] > 9.9F && s.stat[SONG_MODE] > 0.9F);
    assert_int_equal(dataset_next(d, &s, &e), 1);
    assert_string_equal(s.id, id); /* case does not matter */
    assert_int_equal(dataset_row(d)->found, CLEAN_BIT(CLEAN_DURATION_RANGE));
    assert_int_equal(dataset_next(d, &s, &e), 1);
    assert_string_not_equal(s.id, id);
    assert_string_equal(s.artists, "");
    assert_int_equal(dataset_row(d)->found, CLEAN_BIT(CLEAN_PLACEHOLDER));
    assert_int_equal(dataset_next(d, &s, &e), -1);
    assert_non_null(strstr(e.text, "line 6: it has no id"));
    assert_int_equal(dataset_next(d, &s, &e), -1);
    assert_non_null(strstr(e.text, "line 7: \"H\" is no number for key"));
    assert_int_equal(dataset_next(d, &s, &e), 0);
    dataset_close(d);
}

/* The columns of a published list of playlists' tracks, and an own one's. */
static void test_genre_columns_are_labels(void **state)
{
    static const struct {
        const char *text;
        const char *labels, *tags, *label;
    } rows[] = {
        {"track_id,track_name,track_artist,playlist_genre,playlist_subgenre\na,N,A,pop,dance pop\n",
         "pop; dance pop", "", ""},
        {"track_id,track_name,artists,record_label,artist_genres,label\n"
         "a,N,A,Lab,x; y,Hip Hop; Rock\n",
         "Hip Hop; Rock", "x; y", "Lab"},
        {"id,name,label,Genre\na,N,Lab,\"rock, pop\"\n", "rock; pop", "", "Lab"},
        {"id,name,genres,track_genre\na,N,?,emo\n", "emo", "", ""},
        {"Track URI,Track Name,Artist Name(s),Genres\na,N,A,\"rock,pop\"\n", "", "rock; pop", ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dataset *d = opened(state, rows[i].text);
        struct song s;
        struct err e = {0};
        assert_int_equal(dataset_next(d, &s, &e), 1);
        assert_string_equal(dataset_row(d)->labels, rows[i].labels);
        assert_string_equal(s.tags, rows[i].tags);
        assert_string_equal(s.label, rows[i].label);
        dataset_close(d);
    }
}

/* One row in layouts that differ in all that may: the same song each time. */
static void test_layouts(void **state)
{
    static const char *const texts[] = {
        "track_id,track_name,artists,energy,loudness,isrc,release_date\n"
        "a,\"N, \"\"M\"\"\",Foo; Bar,0.25,-7.5,QQ1,1999\n",
        "\xef\xbb\xbfISRC;Loudness;ENERGY;Release Date;Track Name;Artists;Track_ID\r\n"
        "QQ1;-7,5;0,25;5/16/1999;\"N, \"\"M\"\"\";Foo ; Bar;a\r\n",
        "\xef\xbb\xbfISRC;Loudness;ENERGY;Release Date;Track Name;Artists;Track_ID\r\n"
        "QQ1;-7,5; 0,25 ;16.5.99;\"N, \"\"M\"\"\";\"Foo ;Bar\";a\r\n",
        "isrc\t loudness \tenergy\tyear\ttrack name\tartists\ttrack id\n"
        "QQ1\t-7.5\t0,25\t1999-05-16\tN, \"M\"\tFoo;Bar\ta\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct dataset *d = opened(state, texts[i]);
        struct song s;
        struct err e = {0};
        int got = dataset_next(d, &s, &e);
        if (i == 1) { /* an artist too many, as a semicolon must be quoted there */
            assert_int_equal(got, -1);
            assert_non_null(strstr(e.text, "line 2: it has another number of fields"));
            dataset_close(d);
            continue;
        }
        assert_int_equal(got, 1);
        assert_string_equal(s.id, "a");
        assert_string_equal(s.name, "N, \"M\"");
        assert_string_equal(s.artists, "Foo; Bar");
        assert_string_equal(dataset_row(d)->isrc, "QQ1");
        assert_int_equal(s.year, 1999);
        assert_true(s.stat[SONG_ENERGY] > 0.24F && s.stat[SONG_ENERGY] < 0.26F);
        assert_true(s.stat[SONG_LOUDNESS] > -7.6F && s.stat[SONG_LOUDNESS] < -7.4F);
        assert_int_equal(dataset_next(d, &s, &e), 0);
        dataset_close(d);
    }
}

/* A comma is no decimal one where it parts the columns. */
static void test_decimal_comma_needs_another_delimiter(void **state)
{
    struct dataset *d = opened(state, "id,name,energy\na,N,\"0,5\"\nb,N,0.5\n");
    struct song s;
    struct err e = {0};
    assert_int_equal(dataset_next(d, &s, &e), -1);
    assert_int_equal(dataset_next(d, &s, &e), 1);
    dataset_close(d);
    d = opened(state, "id;name;energy\na;N;1.234,5\n");
    assert_int_equal(dataset_next(d, &s, &e), -1);
    dataset_close(d);
}

static void test_bad_rows_tell_their_line(void **state)
{
    struct dataset *d = opened(state, "id,name,tempo,duration_ms\n"
                                      "a,A,fast,1\n"
                                      "b,B,?,-1\n"
                                      ",C,1,1\n"
                                      "d,D\n"
                                      "e,E,100,x\n"
                                      "f,F,nan,5.0\n");
    static const char *const whys[] = {"line 2: \"fast\" is no number for tempo",
                                       NULL,
                                       "line 4: it has no id",
                                       "line 5: it has another",
                                       "line 6: \"x\" is no number for duration_ms",
                                       NULL};
    for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++) {
        struct song s;
        struct err e = {0};
        assert_int_equal(dataset_next(d, &s, &e), whys[i] ? -1 : 1);
        assert_true(!whys[i] || strstr(e.text, whys[i]));
        assert_true(whys[i] || s.stat_mask == 0);
        assert_int_equal(dataset_line(d), i + 2);
    }
    dataset_close(d);
}

static void test_without_id_or_name_is_refused(void **state)
{
    const char *path = temp_path(state, "y.csv");
    struct dataset *d = NULL;
    struct err e = {0};
    assert_int_equal(file_write(path, "id,tempo\na,1\n", 13, 0600, &e), ERR_OK);
    assert_int_equal(dataset_open(path, &d, &e), ERR_FORMAT);
    assert_non_null(strstr(e.text, "names"));
    assert_int_equal(file_write(path, "name,tempo\na,1\n", 15, 0600, &e), ERR_OK);
    assert_int_equal(dataset_open(path, &d, &e), ERR_FORMAT);
    assert_non_null(strstr(e.text, "ids"));
}

/* From Python: int(hashlib.sha256(s.lower().encode()).hexdigest()[:8], 16) / 2**32 */
static void test_place(void **state)
{
    (void)state;
    static const struct {
        const char *artist;
        double u;
    } rows[] = {
        {"Some Band", 0.693886831}, {"SOME BAND", 0.693886831}, {"ÉLÈVE Ж", 0.320782492},
        {"ΟΔΟΣ", 0.227243311},      {"İx", 0.226860559},        {"東京", 0.074220103},
        {"x", 0.177506820},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        double u = dataset_place(rows[i].artist, strlen(rows[i].artist));
        assert_true(u - rows[i].u < 1e-8 && rows[i].u - u < 1e-8);
    }
}

static void test_part(void **state)
{
    (void)state;
    assert_int_equal(dataset_part("Band 1"), DATASET_TRAIN);
    assert_int_equal(dataset_part("Band 1; Band 2"), DATASET_TRAIN);
    assert_int_equal(dataset_part("Band 30"), DATASET_VALIDATE);
    assert_int_equal(dataset_part("Band 30; Band 1"), DATASET_VALIDATE);
    assert_int_equal(dataset_part("Band 1; Band 30"), DATASET_NEITHER);
    assert_int_equal(dataset_part("Band 0"), DATASET_NEITHER);
    assert_int_equal(dataset_part("Band 1; Band 0"), DATASET_NEITHER);
    assert_int_equal(dataset_part(""), DATASET_NEITHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_track_table),
        cmocka_unit_test(test_exportify_new_and_old),
        cmocka_unit_test(test_escaped_comma),
        cmocka_unit_test(test_only_id_and_name),
        cmocka_unit_test(test_list_without_ids),
        cmocka_unit_test(test_genre_columns_are_labels),
        cmocka_unit_test(test_layouts),
        cmocka_unit_test(test_decimal_comma_needs_another_delimiter),
        cmocka_unit_test(test_bad_rows_tell_their_line),
        cmocka_unit_test(test_without_id_or_name_is_refused),
        cmocka_unit_test(test_place),
        cmocka_unit_test(test_part),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
