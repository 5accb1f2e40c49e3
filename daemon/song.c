#include "daemon/song.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "classifier/genre.h"
#include "classifier/near.h"
#include "classifier/why.h"
#include "daemon/app.h"
#include "daemon/choice.h"
#include "daemon/songs.h"
#include "daemon/track.h"
#include "store/fact.h"
#include "store/playlist.h"

/* --- the person's word
 * ---------------------------------------------------------------------------- */

static enum err_code word_keep(struct app *a, int64_t track, const char *genre, bool is,
                               struct err *e)
{
    size_t found = 0;
    enum err_code code = choice_find(a, genre, &found, e);
    struct store_correction c = {.track = track, .is = is, .made_s = clock_utc_s()};
    if (code)
        return code;
    c.genre = tree_at(a->tree, found)->name;
    return store_correction_put(a->store, a->token.account, &c, e);
}

static enum err_code word_put(struct app *a, const struct song_word *word, int64_t track,
                              struct err *e)
{
    int64_t dropped = 0;
    enum err_code code = store_begin(a->store, e);
    if (code == ERR_OK && word->forget)
        code = store_correction_drop(a->store, a->token.account, track, &dropped, e);
    for (size_t i = 0; code == ERR_OK && i < word->n_is; i++)
        code = word_keep(a, track, word->is[i], true, e);
    for (size_t i = 0; code == ERR_OK && i < word->n_is_not; i++)
        code = word_keep(a, track, word->is_not[i], false, e);
    return store_end(a->store, code, e);
}

static struct json *genres_of(const struct opinion *o, size_t song)
{
    struct json *genres = json_array();
    for (size_t g = 0; g < o->genres; g++) {
        if (!opinion_is(o, song, g, 0))
            continue;
        struct json *genre = json_object();
        json_set_str(genre, "genre", tree_at(o->tree, g)->name);
        json_set_num(genre, "p", (double)o->p[song * o->genres + g]);
        json_set_bool(genre, "yours", o->word[song * o->genres + g] != 0);
        json_add(genres, genre);
    }
    return genres;
}

/* Songs other than `but` whose genres differ between two opinions on the same list. */
static struct json *moved_json(const struct opinion *before, const struct opinion *now, size_t but)
{
    struct json *moved = json_array();
    for (size_t i = 0; i < now->n && before->n == now->n; i++) {
        for (size_t g = 0; g < now->genres && i != but; g++) {
            bool was = opinion_is(before, i, g, 0);
            if (was == opinion_is(now, i, g, 0))
                continue;
            struct json *j = songs_json(&now->songs[i]);
            json_set_str(j, "genre", tree_at(now->tree, g)->name);
            json_set_bool(j, "entered", !was);
            json_set_num(j, "p", (double)now->p[i * now->genres + g]);
            json_add(moved, j);
        }
    }
    return moved;
}

enum err_code song_label(struct app *a, const struct song_word *word, struct json **ret,
                         struct err *e)
{
    struct opinion before = {0};
    const struct opinion *now = NULL;
    int64_t track = 0;
    enum err_code code = track_find(a, word->track, &track, e);
    if (code == ERR_OK)
        code = opinions_take(a, &before, e);
    if (code == ERR_OK)
        code = word_put(a, word, track, e);
    if (code == ERR_OK)
        code = choice_kept(opinions_get(a, false, &now, e), e);
    if (code == ERR_OK) {
        size_t song = opinion_find(now, track);
        bool there = song != OPINION_NONE;
        struct json *j = there ? songs_json(&now->songs[song]) : json_object();
        json_set_bool(j, "excluded", there && now->songs[song].excluded);
        json_set(j, "genres", there ? genres_of(now, song) : json_array());
        json_set(j, "moved", moved_json(&before, now, song));
        *ret = j;
    }
    opinion_free(&before);
    return code;
}

/* --- why
 * ------------------------------------------------------------------------------------------ */

#define WHY_GUESSES 2

/* Where the inputs of a song came from: texts from Spotify with the like itself. */
static enum err_code sources_find(struct app *a, int64_t track, struct arena *arena,
                                  const char *source[WHY_GROUPS], struct err *e)
{
    struct store_origin origin = {0};
    enum err_code code = store_fact_origin(a->store, track, arena, &origin, e);
    for (size_t g = 0; g < WHY_GROUPS; g++)
        source[g] = "spotify";
    source[WHY_SOUND] = origin.stats;
    source[WHY_TAG] = origin.tags;
    source[WHY_LABEL] = origin.label;
    return code;
}

static bool is_told(const size_t *told, size_t n, size_t genre)
{
    for (size_t i = 0; i < n; i++) {
        if (told[i] == genre)
            return true;
    }
    return false;
}

/* Genres that the song is of, then the likeliest others among the families. */
static size_t genres_of_interest(const struct opinion *o, size_t song, size_t *ret_genres)
{
    size_t n = 0;
    for (size_t g = 0; g < tree_given(o->tree); g++) {
        if (opinion_is(o, song, g, 0))
            ret_genres[n++] = g;
    }
    for (int i = 0; i < WHY_GUESSES; i++) {
        size_t best = TREE_NONE;
        for (size_t g = 0; g < GENRE_N; g++) {
            const float *p = o->p + song * o->genres;
            if (!is_told(ret_genres, n, g) && (best == TREE_NONE || p[g] > p[best]))
                best = g;
        }
        ret_genres[n++] = best;
    }
    return n;
}

static enum err_code genres_named(struct app *a, const char *names, size_t *ret_genres,
                                  size_t *ret_n, struct err *e)
{
    enum err_code code = ERR_OK;
    char *list = mem_strdup(names);
    char *save = NULL;
    *ret_n = 0;
    for (char *name = strtok_r(list, ",", &save); name && code == ERR_OK && *ret_n < TREE_MAX;
         name = strtok_r(NULL, ",", &save))
        code = choice_find(a, text_trim(name), &ret_genres[(*ret_n)++], e);
    free(list);
    return code;
}

/* What corrections of other songs add, so that everything adds up to what is shown. */
static void corrections_add(const struct opinion *o, size_t song, size_t genre, struct json *j)
{
    double p = (double)o->p[song * o->genres + genre];
    double model = json_get_num(j, "logit", 0);
    double least = 1e-6;
    double kept = p < least ? least : p > 1 - least ? 1 - least : p;
    json_set_num(j, "corrections", log(kept / (1 - kept)) - model);
    json_set_num(j, "p", p);
    json_set_num(j, "threshold", (double)o->threshold[song * o->genres + genre]);
    json_set_bool(j, "is", opinion_is(o, song, genre, 0));
    json_set_bool(j, "yours", o->word[song * o->genres + genre] != 0);
}

static struct json *why_genres(const struct opinion *o, size_t song, const struct why *why,
                               const size_t *genres, size_t n, const char *const source[WHY_GROUPS])
{
    struct json *list = json_array();
    for (size_t i = 0; i < n; i++) {
        size_t column = model_find(o->model, tree_at(o->tree, genres[i])->name);
        if (column == GENRE_NONE)
            continue;
        struct json *j = why_json(why, o->model, column, source);
        corrections_add(o, song, genres[i], j);
        json_add(list, j);
    }
    return list;
}

enum err_code song_why(struct app *a, const char *track, const char *genres, struct json **ret,
                       struct err *e)
{
    const struct opinion *o = NULL;
    struct arena arena = {0};
    const char *source[WHY_GROUPS];
    size_t interest[TREE_MAX + WHY_GUESSES];
    size_t n = 0;
    int64_t row = 0;
    enum err_code code = track_find(a, track, &row, e);
    if (code == ERR_OK && genres)
        code = genres_named(a, genres, interest, &n, e);
    if (code == ERR_OK)
        code = opinions_get(a, true, &o, e);
    if (code == ERR_OK)
        code = sources_find(a, row, &arena, source, e);
    size_t at = code == ERR_OK ? opinion_find(o, row) : OPINION_NONE;
    if (code == ERR_OK && (at == OPINION_NONE || !o->songs[at].p))
        code = err_set(e, ERR_USAGE, "the song is not labelled yet: the next sync does that");
    if (code == ERR_OK) {
        struct why why;
        if (!genres)
            n = genres_of_interest(o, at, interest);
        why_make(a->model, &o->facts[at], &why);
        *ret = songs_json(&o->songs[at]);
        json_set_bool(*ret, "excluded", o->songs[at].excluded);
        json_set(*ret, "genres", why_genres(o, at, &why, interest, n, source));
        json_set_str(*ret, "method", WHY_METHOD);
        why_free(&why);
    }
    arena_free(&arena);
    return code;
}

/* --- similar
 * -------------------------------------------------------------------------------------- */

/* A place, and the songs that it was made of. */
struct query {
    float place[NEAR_DIM_MAX];
    bool *mine; /* (n) of the opinion's songs */
    size_t n_mine;
};

static void query_add(const struct opinion *o, struct query *q, size_t song)
{
    const float *place = o->songs[song].place;
    q->mine[song] = true;
    q->n_mine += place != NULL;
    for (size_t d = 0; place && d < model_space(o->model); d++)
        q->place[d] += place[d];
}

static void query_scale(const struct opinion *o, struct query *q)
{
    float sum = 0;
    for (size_t d = 0; d < model_space(o->model); d++)
        sum += q->place[d] * q->place[d];
    for (size_t d = 0; d < model_space(o->model) && sum > 0; d++)
        q->place[d] /= sqrtf(sum);
}

/* The genre whose playlist has that id, else the genre of that name. */
static enum err_code playlist_genre(struct app *a, const char *playlist, struct arena *arena,
                                    const char **ret_genre, struct err *e)
{
    struct store_playlist *list = NULL;
    size_t n = 0;
    size_t genre = 0;
    enum err_code code = store_playlist_list(a->store, a->token.account, arena, &list, &n, e);
    for (size_t i = 0; code == ERR_OK && i < n; i++) {
        if (strcmp(list[i].sid, playlist) == 0) {
            *ret_genre = list[i].genre;
            return ERR_OK;
        }
    }
    if (code == ERR_OK)
        code = choice_find(a, playlist, &genre, e);
    if (code == ERR_OK)
        *ret_genre = tree_at(a->tree, genre)->name;
    return code;
}

static enum err_code query_playlist(struct app *a, const struct opinion *o, const char *playlist,
                                    struct query *q, struct err *e)
{
    struct arena arena = {0};
    const char *genre = NULL;
    struct store_item *items = NULL;
    size_t n = 0;
    enum err_code code = playlist_genre(a, playlist, &arena, &genre, e);
    if (code == ERR_OK)
        code = store_playlist_items(a->store, a->token.account, genre, &arena, &items, &n, e);
    for (size_t i = 0; code == ERR_OK && i < n; i++) {
        size_t song = opinion_find(o, items[i].track);
        if (song != OPINION_NONE && items[i].by != STORE_BY_REMOVED)
            query_add(o, q, song);
    }
    if (code == ERR_OK && q->n_mine == 0)
        code = err_set(e, ERR_USAGE, "no playlist of genred's with labelled songs is of '%s'",
                       playlist);
    arena_free(&arena);
    return code;
}

static enum err_code query_song(struct app *a, const struct opinion *o, const char *track,
                                struct query *q, struct err *e)
{
    int64_t row = 0;
    enum err_code code = track_find(a, track, &row, e);
    if (code)
        return code;
    size_t song = opinion_find(o, row);
    if (song != OPINION_NONE)
        query_add(o, q, song);
    return q->n_mine
               ? ERR_OK
               : err_set(e, ERR_USAGE, "the song is not labelled yet: the next sync does that");
}

static struct json *hits_json(const struct opinion *o, const struct query *q, size_t n)
{
    struct near *near = near_new(model_space(o->model));
    struct json *tracks = json_array();
    size_t *song = mem_array(o->n + 1, sizeof(*song));
    struct near_hit *hits = mem_array(n + 1, sizeof(*hits));
    size_t candidates = 0;
    for (size_t i = 0; i < o->n; i++) {
        if (!o->songs[i].place || o->songs[i].excluded || q->mine[i])
            continue;
        near_add(near, o->songs[i].place);
        song[candidates++] = i;
    }
    size_t got = near_search(near, q->place, n, hits);
    for (size_t i = 0; i < got; i++) {
        struct json *j = songs_json(&o->songs[song[hits[i].item]]);
        json_set_num(j, "cosine", (double)hits[i].cosine);
        json_add(tracks, j);
    }
    near_free(near);
    free(song);
    free(hits);
    return tracks;
}

enum err_code song_similar(struct app *a, const char *track, const char *playlist, size_t n,
                           struct json **ret, struct err *e)
{
    const struct opinion *o = NULL;
    struct query q = {.n_mine = 0};
    enum err_code code = opinions_get(a, false, &o, e);
    if (code)
        return code;
    q.mine = mem_alloc(o->n + 1);
    code = track ? query_song(a, o, track, &q, e) : query_playlist(a, o, playlist, &q, e);
    if (code == ERR_OK) {
        query_scale(o, &q);
        *ret = json_object();
        json_set(*ret, "tracks", hits_json(o, &q, n < o->n ? n : o->n));
    }
    free(q.mine);
    return code;
}
