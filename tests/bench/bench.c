/* What can be measured inside one process: `bench NAME...` prints one JSON line per figure.
 *
 * Times come with the time of a calibration loop in the same run, so that only ratios are compared.
 */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/rand.h"
#include "classifier/audio/analysis.h"
#include "classifier/map.h"
#include "classifier/model.h"
#include "classifier/near.h"
#include "classifier/why.h"
#include "spotify/diff.h"
#include "spotify/parse.h"

#define SONGS 10000

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A second's worth of integer work on a machine of 2020, more or less. */
static double calibrate(void)
{
    struct rand_seq r = {1};
    uint64_t sum = 0;
    double start = now_s();
    for (int i = 0; i < 200000000; i++)
        sum += rand_next(&r);
    double taken = now_s() - start;
    if (sum == 42)
        puts("");
    return taken;
}

static void tell(const char *name, double seconds, double calibration)
{
    printf("{\"name\":\"%s\",\"seconds\":%.4f,\"ratio\":%.4f}\n", name, seconds,
           seconds / calibration);
}

/* Plausible texts and numbers, a thousand artists. */
static void make_songs(struct arena *a, struct song *songs)
{
    struct rand_seq r = {7};
    for (size_t i = 0; i < SONGS; i++) {
        struct song *s = &songs[i];
        *s = (struct song){
            .id = arena_printf(a, "%022zu", i),
            .name = arena_printf(a, "The %zu Long Roads Home (Live)", rand_below(&r, 5000)),
            .artists = arena_printf(a, "Band Number %zu; Guest %zu", rand_below(&r, 1000),
                                    rand_below(&r, 1000)),
            .album = arena_printf(a, "Collected Works Vol. %zu", rand_below(&r, 2000)),
            .label = "",
            .tags = i % 2 ? "indie rock; dream pop; shoegaze" : "",
            .year = 1960 + (int)rand_below(&r, 65),
            .duration_ms = 120000 + (int64_t)rand_below(&r, 200000),
            .is_explicit = (int)rand_below(&r, 2),
            .stat_mask = i % 3 ? (UINT32_C(1) << SONG_STATS) - 1 : 0,
        };
        for (int k = 0; k < SONG_STATS; k++)
            s->stat[k] = (float)rand_unit(&r);
    }
}

static void bench_label(double calibration)
{
    struct arena a = {0};
    struct err e = {0};
    struct model *m = NULL;
    struct song *songs = mem_array(SONGS, sizeof(*songs));
    double start = now_s();
    if (model_open(NULL, &m, &e))
        exit(1);
    tell("model_open", now_s() - start, calibration);
    float *p = mem_array(SONGS * model_genres(m), sizeof(*p));
    make_songs(&a, songs);
    start = now_s();
    model_label(m, songs, SONGS, &(struct model_out){.probs = p});
    tell("label_10000", now_s() - start, calibration);
    free(p);
    free(songs);
    model_close(m);
    arena_free(&a);
}

#define PLACES  1000000
#define QUERIES 10

/* The closest of a million songs, on one core. */
static void bench_near(double calibration)
{
    float place[32], sum;
    struct rand_seq r = {11};
    struct near_hit hits[100];
    struct near *near = near_new(32);
    double least = 1e9;
    for (int i = 0; i < PLACES + QUERIES; i++) {
        sum = 0;
        for (int d = 0; d < 32; d++) {
            place[d] = (float)rand_unit(&r) - 0.5F;
            sum += place[d] * place[d];
        }
        for (int d = 0; d < 32; d++)
            place[d] /= sqrtf(sum);
        if (i < PLACES) {
            near_add(near, place);
            continue;
        }
        double start = now_s();
        if (near_search(near, place, 100, hits) != 100)
            exit(1);
        least = now_s() - start < least ? now_s() - start : least;
    }
    tell("near_1000000", least, calibration);
    near_free(near);
}

#define MAPPED 20000

/* A map of a large library, on one core: songs around 400 centres. */
static void bench_map(double calibration)
{
    float centre[400][32];
    struct rand_seq r = {13};
    float *places = mem_array(MAPPED, sizeof(centre[0]));
    float *at = mem_array(MAPPED, 2 * sizeof(*at));
    for (size_t i = 0; i < sizeof(centre) / sizeof(float); i++)
        centre[i / 32][i % 32] = (float)rand_normal(&r);
    for (size_t i = 0; i < MAPPED; i++) {
        for (size_t d = 0; d < 32; d++)
            places[i * 32 + d] = centre[i % 400][d] + 0.5F * (float)rand_normal(&r);
        at[2 * i] = at[2 * i + 1] = NAN;
    }
    struct map_task t = {.n = MAPPED, .dim = 32, .places = places, .at = at};
    double start = now_s();
    if (!map_make(&t))
        exit(1);
    tell("map_20000", now_s() - start, calibration);
    free(places);
    free(at);
}

static void bench_why(double calibration)
{
    struct arena a = {0};
    struct err e = {0};
    struct model *m = NULL;
    struct why why;
    struct song *songs = mem_array(SONGS, sizeof(*songs));
    if (model_open(NULL, &m, &e))
        exit(1);
    make_songs(&a, songs);
    double start = now_s();
    why_make(m, &songs[1], &why);
    tell("why", now_s() - start, calibration);
    why_free(&why);
    free(songs);
    model_close(m);
    arena_free(&a);
}

static void bench_diff(double calibration)
{
    struct diff_song *songs = mem_array(SONGS, sizeof(*songs));
    struct diff_item *items = mem_array(SONGS, sizeof(*items));
    struct diff_volume v = {.playlist = 1, .total = SONGS};
    size_t overflow = 0;
    for (int64_t i = 0; i < SONGS; i++) {
        songs[i] = (struct diff_song){(i * 7919) % 20011, true, true};
        items[i] = (struct diff_item){2 * i, 1, DIFF_BY_GENRED, false};
    }
    v.add = mem_array(SONGS, sizeof(*v.add));
    v.remove = mem_array(SONGS, sizeof(*v.remove));
    double start = now_s();
    diff_plan(songs, SONGS, items, SONGS, &v, 1, 2 * SONGS, &overflow);
    tell("diff_10000", now_s() - start, calibration);
    free(v.add);
    free(v.remove);
    free(songs);
    free(items);
}

#define SOUND_S 30

/* All features of a sound, on one core, as a share of the time that it takes to hear it. */
static void bench_features(void)
{
    const size_t n = SOUND_S * 22050;
    struct rand_seq r = {5};
    float *x = mem_array(n, sizeof(*x));
    double least = 1e9;
    for (size_t i = 0; i < n; i++) {
        const double t = (double)i / 22050.0, beat = exp(-8.0 * fmod(t, 0.5));
        x[i] = (float)(0.3 * sin(2764.0 * t) + 0.2 * beat * (rand_unit(&r) - 0.5));
    }
    for (int trial = 0; trial < 5; trial++) {
        struct summary summary;
        double start = now_s();
        struct analysis *a = analysis_new();
        analysis_add(a, x, n);
        analysis_end(a, &summary);
        analysis_free(a);
        least = now_s() - start < least ? now_s() - start : least;
    }
    printf("{\"name\":\"features_per_sound\",\"value\":%.6f}\n", least / SOUND_S);
    free(x);
}

/* --- allocations ---------------------------------------------------------------------------------
 */

static size_t allocations;
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
    allocations++;
    return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    allocations++;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    allocations++;
    return __real_realloc(p, n);
}

static struct json *liked_track(size_t i)
{
    char text[64];
    struct json *track = json_object();
    struct json *album = json_object();
    struct json *artists = json_array();
    struct json *artist = json_object();
    snprintf(text, sizeof(text), "%022zu", i);
    json_set_str(track, "id", text);
    json_set_str(track, "type", "track");
    json_set_str(track, "name", "A Song");
    json_set_int(track, "duration_ms", 200000);
    json_set_bool(track, "explicit", false);
    json_set_str(artist, "id", text);
    json_set_str(artist, "name", "An Artist");
    json_add(artists, artist);
    json_set(track, "artists", artists);
    json_set_str(album, "name", "An Album");
    json_set_str(album, "release_date", "2001-02-03");
    json_set(track, "album", album);
    return track;
}

/* Our own allocations for one page; what the JSON library takes inside is its own affair. */
static void bench_page(void)
{
    struct json *page = json_object();
    struct json *items = json_array();
    for (size_t i = 0; i < 50; i++) {
        struct json *entry = json_object();
        json_set_str(entry, "added_at", "2026-01-02T03:04:05Z");
        json_set(entry, "track", liked_track(i));
        json_add(items, entry);
    }
    json_set(page, "items", items);
    json_set_int(page, "total", 50);
    struct buf body;
    buf_init(&body, 0);
    json_print(page, false, &body);
    json_free(page);
    struct arena a = {0};
    struct err e = {0};
    struct library_page read;
    allocations = 0;
    if (parse_page(&body, &a, &read, &e) || read.n != 50)
        exit(1);
    printf("{\"name\":\"page_allocations\",\"value\":%zu}\n", allocations);
    arena_free(&a);
    buf_free(&body);
}

int main(void)
{
    double calibration = calibrate();
    tell("calibration", calibration, calibration);
    bench_label(calibration);
    bench_near(calibration);
    bench_map(calibration);
    bench_why(calibration);
    bench_diff(calibration);
    bench_features();
    bench_page();
    return 0;
}
