#include "daemon/songs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/order.h"
#include "classifier/genre.h"
#include "daemon/app.h"
#include "daemon/choice.h"
#include "daemon/genres.h"
#include "daemon/jobs/opinion.h"
#include "store/playlist.h"

#define GUESSES 2 /* told of an unsure song */

struct json *songs_json(const struct store_labelled *song)
{
    struct json *j = json_object();
    json_set_str(j, "id", song->sid);
    json_set_str(j, "name", song->name);
    json_set_str(j, "artists", song->artists);
    return j;
}

static const char *genre_name_of(const struct opinion *o, size_t genre)
{
    return tree_at(o->tree, genre)->name;
}

static double threshold_of(const struct opinion *o, size_t song, size_t genre)
{
    return (double)o->threshold[song * o->genres + genre];
}

static double p_of(const struct opinion *o, size_t song, size_t genre)
{
    return (double)o->p[song * o->genres + genre];
}

/* --- songs of a genre
 * ----------------------------------------------------------------------------- */

/* A song of a list, by how sure. */
struct ranked {
    size_t song;
    double p;
    int64_t ord;
};

static int by_p(const void *a, const void *b)
{
    const struct ranked *x = a;
    const struct ranked *y = b;
    if (x->p > y->p || x->p < y->p)
        return x->p > y->p ? -1 : 1;
    return (x->ord < y->ord) - (x->ord > y->ord);
}

static void rank(struct ranked *ranked, size_t n)
{
    if (n > 0)
        qsort(ranked, n, sizeof(*ranked), by_p);
}

struct items {
    struct store_item *list; /* (n) ascending by track */
    size_t n;
};

static struct json *listed_json(const struct opinion *o, const struct ranked *r, size_t genre,
                                const struct items *items)
{
    struct store_item key = {.track = o->songs[r->song].track};
    const struct store_item *item =
        items->n ? bsearch(&key, items->list, items->n, sizeof(key), order_by_id) : NULL;
    struct json *j = songs_json(&o->songs[r->song]);
    json_set_num(j, "p", r->p);
    json_set_bool(j, "yours", o->word[r->song * o->genres + genre] != 0);
    json_set_bool(j, "playlist", item && item->by != STORE_BY_REMOVED);
    return j;
}

static struct json *list_json(const struct opinion *o, size_t genre, const struct items *items)
{
    struct ranked *ranked = mem_array(o->n + 1, sizeof(*ranked));
    struct json *tracks = json_array();
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++) {
        if (opinion_is(o, i, genre, 0) && !o->songs[i].excluded)
            ranked[n++] = (struct ranked){i, p_of(o, i, genre), o->songs[i].ord};
    }
    rank(ranked, n);
    for (size_t i = 0; i < n; i++)
        json_add(tracks, listed_json(o, &ranked[i], genre, items));
    struct json *j = json_object();
    json_set_str(j, "genre", genre_name_of(o, genre));
    json_set(j, "tracks", tracks);
    free(ranked);
    return j;
}

enum err_code songs_list(struct app *a, const char *name, struct json **ret, struct err *e)
{
    const struct opinion *o = NULL;
    struct arena arena = {0};
    struct items items = {0};
    size_t genre = 0;
    enum err_code code = choice_find(a, name, &genre, e);
    if (code == ERR_OK)
        code = opinions_get(a, false, &o, e);
    if (code == ERR_OK)
        code = store_playlist_items(a->store, a->token.account, genre_name_of(o, genre), &arena,
                                    &items.list, &items.n, e);
    if (code == ERR_OK)
        *ret = list_json(o, genre, &items);
    arena_free(&arena);
    return code;
}

/* --- the review
 * ----------------------------------------------------------------------------------- */

/* How near a song came to some genre: the largest p - threshold; above zero it is sorted. */
static double margin_of(const struct opinion *o, size_t song)
{
    double best = -1;
    for (size_t g = 0; g < o->genres; g++) {
        double margin = p_of(o, song, g) - threshold_of(o, song, g);
        if (opinion_is(o, song, g, 0))
            return 1;
        if (genres_is_shown(tree_at(o->tree, g)) && margin > best)
            best = margin;
    }
    return best;
}

/* The likeliest genre of a song after `above` others; families only, since a sub-genre says no
 * more. */
static size_t guess_of(const struct opinion *o, size_t song, const size_t *before, size_t n)
{
    size_t best = TREE_NONE;
    for (size_t g = 0; g < GENRE_N; g++) {
        bool told = o->word[song * o->genres + g] < 0 || !genres_is_shown(tree_at(o->tree, g));
        for (size_t i = 0; i < n; i++)
            told = told || before[i] == g;
        if (!told && (best == TREE_NONE || p_of(o, song, g) > p_of(o, song, best)))
            best = g;
    }
    return best;
}

static struct json *guesses_json(const struct opinion *o, size_t song)
{
    struct json *guesses = json_array();
    size_t told[GUESSES];
    for (size_t i = 0; i < GUESSES; i++) {
        told[i] = guess_of(o, song, told, i);
        if (told[i] == TREE_NONE)
            break;
        struct json *guess = json_object();
        json_set_str(guess, "genre", genre_name_of(o, told[i]));
        json_set_num(guess, "p", p_of(o, song, told[i]));
        json_set_num(guess, "threshold", threshold_of(o, song, told[i]));
        json_add(guesses, guess);
    }
    return guesses;
}

static struct json *unsure_json(const struct opinion *o, size_t song)
{
    const struct song *facts = &o->facts[song];
    struct json *j = songs_json(&o->songs[song]);
    struct json *reasons = json_array();
    json_set(j, "guesses", guesses_json(o, song));
    if (!o->songs[song].p)
        json_add_str(reasons, "it is not labelled yet: the next sync does that");
    else
        json_add_str(reasons, "no genre is as likely as its threshold");
    if (facts->stat_mask == 0)
        json_add_str(reasons, "its audio statistics are not known");
    if (*facts->tags == '\0')
        json_add_str(reasons, "no source knows genre tags of its artists");
    if (facts->year == 0)
        json_add_str(reasons, "its year is not known");
    json_set(j, "reasons", reasons);
    return j;
}

enum err_code songs_review(struct app *a, size_t most, struct json **ret, struct err *e)
{
    const struct opinion *o = NULL;
    enum err_code code = opinions_get(a, true, &o, e);
    if (code)
        return code;
    struct json *tracks = json_array();
    struct ranked *ranked = mem_array(o->n + 1, sizeof(*ranked));
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++) {
        double margin = margin_of(o, i);
        if (margin < 0 && !o->songs[i].excluded)
            ranked[n++] = (struct ranked){i, margin, o->songs[i].ord};
    }
    rank(ranked, n);
    for (size_t i = 0; i < n && i < most; i++)
        json_add(tracks, unsure_json(o, ranked[i].song));
    *ret = json_object();
    json_set_int(*ret, "songs", (int64_t)o->n);
    json_set_int(*ret, "unsure", (int64_t)n);
    json_set(*ret, "tracks", tracks);
    free(ranked);
    return ERR_OK;
}
