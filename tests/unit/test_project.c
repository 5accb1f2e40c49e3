/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/rand.h"
#include "classifier/mlp.h"
#include "classifier/project.h"
#include "classifier/recall.h"
#include "tests/unit/temp.h"

#define SONGS 40
#define FROM  6

static const char *written(void **state, const char *name, const char *text)
{
    struct err e = {0};
    const char *path = temp_path(state, name);
    assert_int_equal(file_write(path, text, strlen(text), 0600, &e), ERR_OK);
    return path;
}

/* 40 songs of 20 artists, the even ones in one playlist and the odd ones in another. */
static void made(void **state, struct songs *songs, struct playlists *lists, bool of_artists)
{
    char table[4000] = "track_id,track_name,artists,energy,valence\n";
    char rows[4000] = "playlist,title,track_ids\n";
    struct err e = {0};
    for (size_t i = 0; i < SONGS; i++) {
        char row[80];
        snprintf(row, sizeof(row), "s%zu,Song %zu,Artist %zu,0.%zu,0.5\n", i, i, i / 2, i % 9);
        strcat(table, row);
    }
    for (size_t list = 0; list < 2; list++) {
        strcat(rows, list ? "b,," : "a,,");
        for (size_t i = list; i < SONGS; i += 2) {
            char id[8];
            snprintf(id, sizeof(id), "s%zu ", i);
            strcat(rows, id);
        }
        strcat(rows, "unknown\n");
    }
    const char *path = written(state, "songs.csv", table);
    assert_int_equal(songs_load(songs, &path, 1, false, &e), ERR_OK);
    if (of_artists) {
        playlists_of_artists(lists, songs);
    } else {
        const char *file = written(state, "lists.csv", rows);
        assert_int_equal(playlists_load(lists, file, songs, PLAYLISTS_LEARN, &e), ERR_OK);
    }
}

static void test_songs_are_found_again(void **state)
{
    struct songs songs;
    struct playlists lists;
    struct err e = {0};
    size_t song = 0;
    made(state, &songs, &lists, false);
    assert_int_equal(songs.n, SONGS);
    assert_int_equal(songs_find(&songs, "s17"), 17);
    assert_int_equal(songs_find(&songs, "x"), SONGS_NONE);
    assert_int_equal(songs_named(&songs, "song 3", &song, &e), ERR_OK);
    assert_int_equal(song, 3);
    assert_int_equal(songs_named(&songs, "Song 30 - artist 15", &song, &e), ERR_OK);
    assert_int_equal(song, 30);
    assert_int_equal(songs_named(&songs, "Song 30 - Artist 16", &song, &e), ERR_USAGE);
    playlists_free(&lists);
    songs_free(&songs);
}

static void test_playlists_of_artists(void **state)
{
    struct songs songs;
    struct playlists lists;
    made(state, &songs, &lists, true);
    assert_int_equal(lists.n, SONGS / 2);
    for (size_t i = 0; i < lists.n; i++) {
        assert_int_equal(lists.first[i + 1] - lists.first[i], 2);
        assert_int_equal(lists.songs[2 * i] / 2, lists.songs[2 * i + 1] / 2);
    }
    playlists_free(&lists);
    songs_free(&songs);
}

static void places_make(const float *x, const float *projection, float *places)
{
    for (size_t i = 0; i < SONGS; i++) {
        float sum = 0.0F;
        for (size_t d = 0; d < 2; d++) {
            places[2 * i + d] = 0.0F;
            for (size_t k = 0; k < FROM; k++) {
                places[2 * i + d] += x[i * FROM + k] * projection[2 * k + d];
            }
            sum += places[2 * i + d] * places[2 * i + d];
        }
        for (size_t d = 0; d < 2; d++) {
            places[2 * i + d] /= sqrtf(sum);
        }
    }
}

/* One direction of six tells the playlists apart, under noise in the others: it is found, and songs
 * of one playlist become the nearest. */
static void test_what_belongs_together_comes_together(void **state)
{
    static float x[SONGS * FROM], places[SONGS * 2];
    float projection[FROM * 2], again[FROM * 2];
    struct songs songs;
    struct playlists lists;
    struct recall r;
    struct rand_seq rand = {9};
    made(state, &songs, &lists, false);
    for (size_t i = 0; i < SONGS; i++) {
        for (size_t k = 0; k < FROM; k++) {
            x[i * FROM + k] = 3.0F * (float)rand_normal(&rand);
        }
        x[i * FROM + 4] = i % 2 ? 1.0F : -1.0F;
    }
    project_fit(x, FROM, 2, &lists, 1, projection);
    project_fit(x, FROM, 2, &lists, 1, again);
    assert_memory_equal(projection, again, sizeof(projection));
    places_make(x, projection, places);
    recall_measure(&songs, &lists, places, 2, &r);
    assert_int_equal(r.queries, 2 * RECALL_QUERIES);
    double within = 0.0, across = 0.0;
    for (size_t i = 0; i < SONGS; i++) {
        for (size_t k = 0; k < SONGS; k++) {
            double cosine =
                (double)(places[2 * i] * places[2 * k] + places[2 * i + 1] * places[2 * k + 1]);
            *(i % 2 == k % 2 ? &within : &across) += cosine;
        }
    }
    assert_true(within > across + 200.0);
    playlists_free(&lists);
    songs_free(&songs);
}

static void test_bad_playlists_are_refused(void **state)
{
    struct songs songs;
    struct playlists lists;
    struct err e = {0};
    made(state, &songs, &lists, false);
    playlists_free(&lists);
    const char *foreign = written(state, "foreign.csv", "a,b\n1,2\n");
    const char *empty = written(state, "few.csv", "playlist,track_ids\na,s1 zz\n");
    assert_int_equal(playlists_load(&lists, foreign, &songs, PLAYLISTS_LEARN, &e), ERR_FORMAT);
    assert_int_equal(playlists_load(&lists, empty, &songs, PLAYLISTS_LEARN, &e), ERR_FORMAT);
    assert_int_equal(playlists_load(&lists, "/absent", &songs, PLAYLISTS_LEARN, &e), ERR_IO);
    songs_free(&songs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_songs_are_found_again),
        cmocka_unit_test(test_playlists_of_artists),
        cmocka_unit_test(test_what_belongs_together_comes_together),
        cmocka_unit_test(test_bad_playlists_are_refused),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
