#include "daemon/song_facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "classifier/genre.h"
#include "daemon/app.h"
#include "daemon/choice.h"
#include "daemon/genres.h"
#include "daemon/songs.h"
#include "daemon/track.h"
#include "store/liked.h"
#include "store/playlist.h"
#include "store/saying.h"

#define LIKELIEST 3 /* genres that are told though the song is not of them */

/* Numbers that count something have a bin for each value. */
const struct song_facts_scale song_facts_scales[SONG_STATS] = {
    [SONG_DANCEABILITY] = {"Danceability", 0, 1, 24},
    [SONG_ENERGY] = {"Energy", 0, 1, 24},
    [SONG_KEY] = {"Key", 0, 12, 12},
    [SONG_LOUDNESS] = {"Loudness (dB)", -48, 0, 24},
    [SONG_MODE] = {"Mode", 0, 2, 2},
    [SONG_SPEECHINESS] = {"Speechiness", 0, 1, 24},
    [SONG_ACOUSTICNESS] = {"Acousticness", 0, 1, 24},
    [SONG_INSTRUMENTALNESS] = {"Instrumentalness", 0, 1, 24},
    [SONG_LIVENESS] = {"Liveness", 0, 1, 24},
    [SONG_VALENCE] = {"Valence", 0, 1, 24},
    [SONG_TEMPO] = {"Tempo (beats per minute)", 0, 240, 24},
    [SONG_TIME_SIGNATURE] = {"Time signature", 0, 8, 8},
};

size_t song_facts_bin(enum song_stat stat, double value)
{
    const struct song_facts_scale *s = &song_facts_scales[stat];
    double at = floor((value - s->low) / (s->high - s->low) * (double)s->bins);
    return at <= 0 ? 0 : at >= (double)s->bins ? s->bins - 1 : (size_t)at;
}

/* All that a document is made of. */
struct facts {
    const struct opinion *o;
    struct arena arena;
    size_t at;    /* of the song in the opinion */
    size_t genre; /* whose songs the numbers are held against; TREE_NONE */
    const struct song *song;
    int64_t liked_s;
    struct store_saying *sayings; /* (n_sayings) */
    size_t n_sayings;
    const char **playlists; /* (n_playlists) genres */
    size_t n_playlists;
};

/* --- genres
 * --------------------------------------------------------------------------------------- */

static int word_of(const struct facts *f, size_t genre)
{
    return (int)f->o->word[f->at * f->o->genres + genre];
}

static double p_of(const struct facts *f, size_t genre)
{
    return (double)f->o->p[f->at * f->o->genres + genre];
}

static bool is_in_playlist(const struct facts *f, const char *genre)
{
    for (size_t i = 0; i < f->n_playlists; i++) {
        if (strcmp(f->playlists[i], genre) == 0)
            return true;
    }
    return false;
}

struct told {
    size_t genre;
    bool is;
    double p;
};

static int by_told(const void *a, const void *b)
{
    const struct told *x = a;
    const struct told *y = b;
    if (x->is != y->is)
        return x->is ? -1 : 1;
    if (x->p > y->p || x->p < y->p)
        return x->p > y->p ? -1 : 1;
    return (x->genre > y->genre) - (x->genre < y->genre);
}

/* Those of the song and its likeliest others, the surest first. */
static size_t genres_take(const struct facts *f, struct told told[TREE_MAX])
{
    struct told all[TREE_MAX] = {{0}};
    size_t n = 0;
    size_t kept = 0;
    size_t others = 0;
    for (size_t g = 0; g < f->o->genres; g++) {
        if (genres_is_shown(tree_at(f->o->tree, g)))
            all[n++] = (struct told){g, opinion_is(f->o, f->at, g, 0), p_of(f, g)};
    }
    qsort(all, n, sizeof(all[0]), by_told);
    for (size_t i = 0; i < n; i++) {
        bool guess = !all[i].is && word_of(f, all[i].genre) == 0 && all[i].genre < GENRE_N;
        bool wanted = all[i].is || word_of(f, all[i].genre) != 0 || all[i].genre == f->genre;
        if (!wanted && (!guess || others == LIKELIEST || !f->o->songs[f->at].p))
            continue;
        others += !wanted;
        told[kept++] = all[i];
    }
    return kept;
}

static struct json *genres_list(const struct facts *f, const struct told *told, size_t n)
{
    struct json *list = json_array();
    for (size_t i = 0; i < n; i++) {
        size_t g = told[i].genre;
        const struct tree_genre *genre = tree_at(f->o->tree, g);
        struct json *j = json_object();
        json_set_str(j, "name", genre->name);
        json_set_str(j, "title", genre->title);
        json_set_num(j, "p", told[i].p);
        json_set_num(j, "threshold", (double)f->o->threshold[f->at * f->o->genres + g]);
        json_set_bool(j, "is", told[i].is);
        json_set_int(j, "word", word_of(f, g));
        json_set_bool(j, "playlist", is_in_playlist(f, genre->name));
        json_add(list, j);
    }
    return list;
}

/* --- numbers
 * -------------------------------------------------------------------------------------- */

struct histogram {
    size_t all[SONG_FACTS_BINS];
    size_t genre[SONG_FACTS_BINS];
};

static bool is_known(uint32_t mask, const float *stat, size_t i)
{
    bool told = (mask >> i & 1) && !isnan(stat[i]);
    return told && (i != SONG_KEY || stat[i] >= 0); /* -1: none was found */
}

static void histograms_make(const struct facts *f, struct histogram ret[SONG_STATS])
{
    memset(ret, 0, SONG_STATS * sizeof(*ret));
    for (size_t song = 0; song < f->o->n; song++) {
        const struct song *s = &f->o->facts[song];
        bool in = f->genre != TREE_NONE && opinion_is(f->o, song, f->genre, 0) &&
                  !f->o->songs[song].excluded;
        for (size_t i = 0; i < SONG_STATS; i++) {
            if (!is_known(s->stat_mask, s->stat, i))
                continue;
            size_t bin = song_facts_bin((enum song_stat)i, (double)s->stat[i]);
            ret[i].all[bin]++;
            ret[i].genre[bin] += in;
        }
    }
}

static struct json *bins_json(const size_t *bins, size_t n)
{
    struct json *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_add_int(list, (int64_t)bins[i]);
    return list;
}

/* "reccobeats 2026-11-21": who told the value that counts. */
static const char *source_of(struct facts *f, size_t stat)
{
    for (size_t i = 0; i < f->n_sayings; i++) {
        char when[24];
        const struct store_saying *s = &f->sayings[i];
        if (!(s->mask >> stat & 1))
            continue;
        text_time(s->asked_s, when, sizeof(when));
        return arena_printf(&f->arena, "%s %.10s", s->source, when);
    }
    return NULL;
}

static struct json *numbers_json(struct facts *f)
{
    struct histogram histograms[SONG_STATS];
    struct json *list = json_array();
    histograms_make(f, histograms);
    for (size_t i = 0; i < SONG_STATS; i++) {
        const struct song_facts_scale *scale = &song_facts_scales[i];
        bool known = is_known(f->song->stat_mask, f->song->stat, i);
        struct json *j = json_object();
        json_set_str(j, "name", song_stat_name[i]);
        json_set_str(j, "title", scale->title);
        json_set_num(j, "value", known ? (double)f->song->stat[i] : (double)NAN);
        json_set_str(j, "source", known ? source_of(f, i) : NULL);
        json_set_num(j, "low", scale->low);
        json_set_num(j, "high", scale->high);
        json_set(j, "all", bins_json(histograms[i].all, scale->bins));
        json_set(j, "genre", bins_json(histograms[i].genre, scale->bins));
        json_add(list, j);
    }
    return list;
}

/* --- sources
 * -------------------------------------------------------------------------------------- */

static const char *said_of(struct facts *f, const struct store_saying *s)
{
    struct arena *a = &f->arena;
    int n = __builtin_popcount(s->mask);
    const char *said = n ? arena_printf(a, "%d audio statistic%s", n, n == 1 ? "" : "s") : "";
    if (*s->tags)
        said = arena_printf(a, "%s%stags: %s", said, *said ? "; " : "", s->tags);
    if (*s->label)
        said = arena_printf(a, "%s%srecord label: %s", said, *said ? "; " : "", s->label);
    return *said ? said : "nothing";
}

static struct json *sources_list(struct facts *f)
{
    struct json *list = json_array();
    for (size_t i = 0; i < f->n_sayings; i++) {
        char when[24];
        const struct store_saying *s = &f->sayings[i];
        struct json *j = json_object();
        text_time(s->asked_s, when, sizeof(when));
        json_set_str(j, "name", s->source);
        json_set_str(j, "title", sources_json_title(s->source));
        json_set_str(j, "said", said_of(f, s));
        json_set_str(j, "at", s->asked_s > 0 ? when : NULL);
        json_add(list, j);
    }
    return list;
}

/* --- the document
 * --------------------------------------------------------------------------------- */

static struct json *tags_json(const char *tags)
{
    struct json *list = json_array();
    while (*tags) {
        char tag[200];
        size_t n = strcspn(tags, ";");
        if (n < sizeof(tag)) {
            memcpy(tag, tags, n);
            tag[n] = '\0';
            json_add_str(list, text_trim(tag));
        }
        tags += n;
        tags += strspn(tags, "; ");
    }
    return list;
}

static struct json *facts_json(struct facts *f)
{
    char when[24];
    struct told told[TREE_MAX];
    const struct store_labelled *song = &f->o->songs[f->at];
    size_t n = genres_take(f, told);
    if (f->genre == TREE_NONE && n > 0)
        f->genre = told[0].genre;
    text_time(f->liked_s, when, sizeof(when));
    struct json *j = songs_json(song);
    json_set_str(j, "album", f->song->album);
    json_set_num(j, "year", f->song->year ? f->song->year : (double)NAN);
    json_set_num(j, "duration_ms",
                 f->song->duration_ms ? (double)f->song->duration_ms : (double)NAN);
    json_set_str(j, "liked_at", f->liked_s > 0 ? when : NULL);
    json_set(j, "tags", tags_json(f->song->tags));
    json_set_bool(j, "excluded", song->excluded);
    json_set_str(j, "genre", f->genre != TREE_NONE ? tree_at(f->o->tree, f->genre)->name : NULL);
    json_set(j, "genres", genres_list(f, told, n));
    json_set(j, "numbers", numbers_json(f));
    json_set(j, "sources", sources_list(f));
    return j;
}

static enum err_code facts_read(struct app *a, int64_t track, struct facts *f, struct err *e)
{
    const int64_t account = a->token.account;
    struct arena *arena = &f->arena;
    enum err_code code = opinions_get(a, true, &f->o, e);
    if (code)
        return code;
    f->at = opinion_find(f->o, track);
    if (f->at == OPINION_NONE)
        return err_set(e, ERR_USAGE, "the same song stands among yours under another id");
    f->song = &f->o->facts[f->at];
    code = store_liked_since(a->store, account, track, &f->liked_s, e);
    if (code == ERR_OK)
        code = store_saying_list(a->store, track, arena, &f->sayings, &f->n_sayings, e);
    return code ? code
                : store_playlist_having(a->store, account, track, arena, &f->playlists,
                                        &f->n_playlists, e);
}

enum err_code song_facts_get(struct app *a, const struct server_request *req,
                             const struct json *body, struct json **ret, struct err *e)
{
    struct facts f = {.genre = TREE_NONE};
    const char *name = server_request_query(req, "track");
    const char *genre = server_request_query(req, "genre");
    int64_t track = 0;
    (void)body;
    enum err_code code = track_find(a, name ? name : "", &track, e);
    if (code == ERR_OK && genre && *genre)
        code = choice_find(a, genre, &f.genre, e);
    if (code == ERR_OK)
        code = facts_read(a, track, &f, e);
    if (code == ERR_OK)
        *ret = facts_json(&f);
    arena_free(&f.arena);
    return code;
}
