#include "daemon/statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "base/text.h"
#include "classifier/genre.h"
#include "daemon/app.h"
#include "daemon/genres.h"
#include "store/liked.h"

#define TEMPO_LOW    40 /* beats per minute; what lies beyond counts in the outermost bins */
#define TEMPO_HIGH   220
#define TEMPO_BINS   36
#define ARTISTS      30
#define MONTHS       (12 * 200)
#define YEAR_FIRST   2000 /* no like is older: an earlier date is a service's stand-in for none */
#define DECADES      300
#define MONTH_NO     (-1)
#define ARTIST_BREAK "; "

struct figures {
    const struct opinion *o;
    struct arena *arena;
    struct store_liked_time *times; /* (n_times) */
    size_t n_times;
    bool *counts;           /* (o->n) not excluded */
    size_t songs;           /* that count */
    size_t family[GENRE_N]; /* (families) numbers of those that have songs, most first */
    size_t tracks[GENRE_N]; /* by number */
    size_t families;
};

static bool is_of(const struct figures *f, size_t song, size_t family)
{
    return f->counts[song] && opinion_is(f->o, song, family, 0);
}

static void families_find(struct figures *f)
{
    for (size_t g = 0; g < GENRE_N; g++) {
        const struct tree_genre *genre = tree_at(f->o->tree, g);
        bool shown = genres_is_shown(genre);
        for (size_t i = 0; shown && i < f->o->n; i++)
            f->tracks[g] += is_of(f, i, g);
        if (f->tracks[g] == 0)
            continue;
        size_t at = f->families++;
        for (; at > 0 && f->tracks[f->family[at - 1]] < f->tracks[g]; at--)
            f->family[at] = f->family[at - 1];
        f->family[at] = g;
    }
}

static const char *name_of(const struct figures *f, size_t place)
{
    return tree_at(f->o->tree, f->family[place])->name;
}

static struct json *shares_json(const struct figures *f)
{
    struct json *genres = json_array();
    for (size_t k = 0; k < f->families; k++) {
        struct json *genre = json_object();
        json_set_str(genre, "name", name_of(f, k));
        json_set_str(genre, "title", tree_at(f->o->tree, f->family[k])->title);
        json_set_int(genre, "tracks", (int64_t)f->tracks[f->family[k]]);
        json_add(genres, genre);
    }
    return genres;
}

/* --- over time
 * ------------------------------------------------------------------------------------
 */

/* Months since January of YEAR_FIRST; MONTH_NO when the song is not liked or nobody knows when. */
static int month_of(const struct figures *f, size_t song)
{
    char when[24];
    int year = 0, month = 0;
    struct store_liked_time key = {.track = f->o->songs[song].track};
    const struct store_liked_time *at =
        f->n_times ? bsearch(&key, f->times, f->n_times, sizeof(key), order_by_id) : NULL;
    if (!at || !f->counts[song])
        return MONTH_NO;
    text_time(at->added_s, when, sizeof(when));
    int64_t value = 0;
    when[4] = when[7] = '\0';
    if (text_to_int(when, YEAR_FIRST, YEAR_FIRST + MONTHS / 12 - 1, &value))
        year = (int)value;
    if (text_to_int(when + 5, 1, 12, &value))
        month = (int)value;
    return year && month ? (year - YEAR_FIRST) * 12 + month - 1 : MONTH_NO;
}

/* counts (rows, families) += 1 in `row` for each family that the song is of. */
static void row_count(const struct figures *f, size_t song, int64_t *counts, size_t row)
{
    for (size_t k = 0; k < f->families; k++)
        counts[row * f->families + k] += is_of(f, song, f->family[k]);
}

static struct json *row_json(const struct figures *f, const int64_t *counts, size_t row)
{
    struct json *list = json_array();
    for (size_t k = 0; k < f->families; k++)
        json_add_num(list, (double)counts[row * f->families + k]);
    return list;
}

static struct json *months_json(const struct figures *f)
{
    int64_t *counts = arena_alloc(f->arena, MONTHS * (f->families + 1) * sizeof(*counts));
    int first = MONTHS, last = -1;
    char from[16] = "";
    for (size_t i = 0; i < f->o->n; i++) {
        int month = month_of(f, i);
        if (month == MONTH_NO)
            continue;
        first = month < first ? month : first;
        last = month > last ? month : last;
        row_count(f, i, counts, (size_t)month);
    }
    struct json *rows = json_array();
    for (int month = first; month <= last; month++)
        json_add(rows, row_json(f, counts, (size_t)month));
    if (last >= 0)
        snprintf(from, sizeof(from), "%04d-%02d", YEAR_FIRST + first / 12, first % 12 + 1);
    struct json *j = json_object();
    json_set_str(j, "from", from);
    json_set(j, "counts", rows);
    return j;
}

static struct json *decades_json(const struct figures *f)
{
    int64_t *counts = arena_alloc(f->arena, DECADES * (f->families + 1) * sizeof(*counts));
    bool known[DECADES] = {false};
    for (size_t i = 0; i < f->o->n; i++) {
        int decade = f->o->facts[i].year / 10;
        if (!f->counts[i] || decade <= 0 || decade >= DECADES)
            continue;
        known[decade] = true;
        row_count(f, i, counts, (size_t)decade);
    }
    struct json *list = json_array();
    for (size_t decade = 0; decade < DECADES; decade++) {
        if (!known[decade])
            continue;
        struct json *j = json_object();
        json_set_int(j, "decade", (int64_t)decade * 10);
        json_set(j, "counts", row_json(f, counts, decade));
        json_add(list, j);
    }
    return list;
}

/* --- numbers
 * --------------------------------------------------------------------------------------
 */

static bool knows(const struct figures *f, size_t song, enum song_stat stat)
{
    const struct song *facts = &f->o->facts[song];
    return f->counts[song] && (facts->stat_mask >> stat & 1) && isfinite(facts->stat[stat]);
}

static struct json *tempo_json(const struct figures *f)
{
    int64_t bins[TEMPO_BINS] = {0}, known = 0;
    for (size_t i = 0; i < f->o->n; i++) {
        /* A tempo of 0 is one that could not be found. */
        if (!knows(f, i, SONG_TEMPO) || f->o->facts[i].stat[SONG_TEMPO] <= 0)
            continue;
        double at = ((double)f->o->facts[i].stat[SONG_TEMPO] - TEMPO_LOW) * TEMPO_BINS /
                    (TEMPO_HIGH - TEMPO_LOW);
        bins[at < 0 ? 0 : at >= TEMPO_BINS ? TEMPO_BINS - 1 : (size_t)at]++;
        known++;
    }
    struct json *list = json_array();
    for (size_t b = 0; b < TEMPO_BINS; b++)
        json_add_num(list, (double)bins[b]);
    struct json *j = json_object();
    json_set_int(j, "low", TEMPO_LOW);
    json_set_int(j, "high", TEMPO_HIGH);
    json_set(j, "bins", list);
    json_set_int(j, "known", known);
    return j;
}

static int by_value(const void *a, const void *b)
{
    const float *x = a;
    const float *y = b;
    return (*x > *y) - (*x < *y);
}

/* sorted: (n), n > 0 */
static double quantile(const float *sorted, size_t n, double share)
{
    double at = share * (double)(n - 1);
    size_t below = (size_t)at;
    double value = (double)sorted[below];
    return below + 1 < n ? value + (at - floor(at)) * ((double)sorted[below + 1] - value) : value;
}

static struct json *energy_json(const struct figures *f)
{
    struct json *list = json_array();
    float *values = arena_alloc(f->arena, (f->o->n + 1) * sizeof(*values));
    for (size_t k = 0; k < f->families; k++) {
        size_t n = 0;
        double sum = 0;
        for (size_t i = 0; i < f->o->n; i++) {
            if (!knows(f, i, SONG_ENERGY) || !is_of(f, i, f->family[k]))
                continue;
            values[n++] = f->o->facts[i].stat[SONG_ENERGY];
            sum += (double)f->o->facts[i].stat[SONG_ENERGY];
        }
        if (n == 0)
            continue;
        qsort(values, n, sizeof(*values), by_value);
        struct json *j = json_object();
        json_set_str(j, "genre", name_of(f, k));
        json_set_num(j, "mean", sum / (double)n);
        json_set_num(j, "low", quantile(values, n, 0.25));
        json_set_num(j, "high", quantile(values, n, 0.75));
        json_set_int(j, "known", (int64_t)n);
        json_add(list, j);
    }
    return list;
}

/* --- artists
 * --------------------------------------------------------------------------------------
 */

struct artist {
    int64_t row;
    size_t first; /* of its songs in the list by artist */
    size_t n;
    const char *name;
};

struct by_artist {
    int64_t artist;
    size_t song;
};

static int by_artist(const void *a, const void *b)
{
    const struct by_artist *x = a;
    const struct by_artist *y = b;
    if (x->artist != y->artist)
        return x->artist < y->artist ? -1 : 1;
    return (x->song > y->song) - (x->song < y->song);
}

static int by_songs(const void *a, const void *b)
{
    const struct artist *x = a;
    const struct artist *y = b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return strcmp(x->name, y->name);
}

static const char *first_artist(const struct figures *f, size_t song)
{
    const char *artists = f->o->songs[song].artists;
    const char *end = strstr(artists, ARTIST_BREAK);
    return arena_printf(f->arena, "%.*s", (int)(end ? end - artists : (long)strlen(artists)),
                        artists);
}

/* NULL: none of the songs is of any. */
static const char *genre_of(const struct figures *f, const struct by_artist *songs, size_t n)
{
    const char *best = NULL;
    size_t most = 0;
    for (size_t k = 0; k < f->families; k++) {
        size_t tracks = 0;
        for (size_t i = 0; i < n; i++)
            tracks += is_of(f, songs[i].song, f->family[k]);
        if (tracks > most) {
            best = name_of(f, k);
            most = tracks;
        }
    }
    return best;
}

/* All artists, most songs first. songs: (n) ordered by artist. */
static struct artist *artists_make(const struct figures *f, const struct by_artist *songs, size_t n,
                                   size_t *ret_n)
{
    struct artist *artists = arena_alloc(f->arena, (n + 1) * sizeof(*artists));
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || songs[i].artist != songs[i - 1].artist)
            artists[k++] = (struct artist){
                .row = songs[i].artist, .first = i, .name = first_artist(f, songs[i].song)};
        artists[k - 1].n++;
    }
    if (k > 0)
        qsort(artists, k, sizeof(*artists), by_songs);
    *ret_n = k;
    return artists;
}

static struct json *artists_json(const struct figures *f)
{
    struct by_artist *songs = arena_alloc(f->arena, (f->o->n + 1) * sizeof(*songs));
    struct json *list = json_array();
    size_t n = 0, n_artists = 0;
    for (size_t i = 0; i < f->o->n; i++) {
        if (f->counts[i] && f->o->songs[i].artist)
            songs[n++] = (struct by_artist){f->o->songs[i].artist, i};
    }
    if (n > 0)
        qsort(songs, n, sizeof(*songs), by_artist);
    const struct artist *artists = artists_make(f, songs, n, &n_artists);
    for (size_t i = 0; i < n_artists && i < ARTISTS; i++) {
        struct json *j = json_object();
        json_set_str(j, "name", artists[i].name);
        json_set_int(j, "tracks", (int64_t)artists[i].n);
        json_set_str(j, "genre", genre_of(f, songs + artists[i].first, artists[i].n));
        json_add(list, j);
    }
    return list;
}

static struct json *figures_json(struct figures *f)
{
    f->counts = arena_alloc(f->arena, f->o->n + 1);
    for (size_t i = 0; i < f->o->n; i++) {
        f->counts[i] = !f->o->songs[i].excluded;
        f->songs += f->counts[i];
    }
    families_find(f);
    struct json *j = json_object();
    json_set_int(j, "songs", (int64_t)f->songs);
    json_set(j, "genres", shares_json(f));
    json_set(j, "months", months_json(f));
    json_set(j, "decades", decades_json(f));
    json_set(j, "tempo", tempo_json(f));
    json_set(j, "energy", energy_json(f));
    json_set(j, "artists", artists_json(f));
    return j;
}

enum err_code statistics_get(struct app *a, const struct server_request *req,
                             const struct json *body, struct json **ret, struct err *e)
{
    struct arena arena = {0};
    struct figures f = {.arena = &arena};
    (void)req;
    (void)body;
    enum err_code code = opinions_get(a, true, &f.o, e);
    if (code == ERR_OK)
        code = store_liked_times(a->store, a->token.account, &arena, &f.times, &f.n_times, e);
    if (code == ERR_OK)
        *ret = figures_json(&f);
    arena_free(&arena);
    return code;
}
