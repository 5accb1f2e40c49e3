#include "daemon/genres.h"

#include <string.h>

#include "classifier/genre.h"
#include "daemon/app.h"
#include "daemon/choice.h"
#include "daemon/edits.h"
#include "daemon/songs.h"
#include "store/playlist.h"

struct genres {
    const struct opinion *o;
    struct genres_count *counts; /* (genres) */
    char **chosen;               /* (n_chosen) */
    size_t n_chosen;
    struct store_playlist *playlists; /* (n_playlists) */
    size_t n_playlists;
};

bool genres_is_shown(const struct tree_genre *g)
{
    return !g->hidden && g->merged_into == TREE_NONE;
}

/* --- songs
 * ---------------------------------------------------------------------------------------- */

/* Of two songs as probable the one that was added last, which comes first in the list, stays
 * before. */
static void count_add(const struct opinion *o, struct genres_count *c, size_t song, size_t genre)
{
    size_t have = c->n < GENRES_EXAMPLES ? c->n : GENRES_EXAMPLES;
    size_t at = have;
    float p = o->p[song * o->genres + genre];
    while (at > 0 && p > o->p[c->example[at - 1] * o->genres + genre])
        at--;
    for (size_t k = have < GENRES_EXAMPLES ? have : GENRES_EXAMPLES - 1; k > at; k--)
        c->example[k] = c->example[k - 1];
    if (at < GENRES_EXAMPLES)
        c->example[at] = song;
    c->n++;
}

void genres_count(const struct opinion *o, struct genres_count *ret)
{
    memset(ret, 0, o->genres * sizeof(*ret));
    for (size_t i = 0; i < o->n; i++) {
        for (size_t g = 0; g < o->genres && !o->songs[i].excluded; g++) {
            if (opinion_is(o, i, g, 0))
                count_add(o, &ret[g], i, g);
        }
    }
}

struct json *genres_examples(const struct opinion *o, const struct genres_count *c)
{
    struct json *list = json_array();
    for (size_t i = 0; i < c->n && i < GENRES_EXAMPLES; i++)
        json_add(list, songs_json(&o->songs[c->example[i]]));
    return list;
}

/* --- one genre
 * ------------------------------------------------------------------------------------ */

static struct json *playlist_json(const struct genres *s, const char *genre)
{
    for (size_t i = 0; i < s->n_playlists; i++) {
        const struct store_playlist *p = &s->playlists[i];
        if (strcmp(p->genre, genre) != 0)
            continue;
        struct json *j = json_object();
        json_set_str(j, "name", p->name);
        json_set_str(j, "id", *p->sid ? p->sid : NULL);
        json_set_int(j, "total", p->total);
        return j;
    }
    return NULL;
}

static struct json *merged_json(const struct tree *tree, size_t into)
{
    struct json *list = json_array();
    for (size_t g = 0; g < tree_n(tree); g++) {
        if (tree_at(tree, g)->merged_into == into)
            json_add_str(list, tree_at(tree, g)->name);
    }
    return list;
}

static bool is_chosen(const struct genres *s, const char *name)
{
    for (size_t i = 0; i < s->n_chosen; i++) {
        if (strcmp(s->chosen[i], name) == 0)
            return true;
    }
    return false;
}

static bool is_from_page(const struct tree *tree, size_t genre)
{
    bool is = (tree_at(tree, genre)->said & EDITS_SAID) != 0;
    for (size_t g = 0; g < tree_n(tree) && !is; g++)
        is = tree_at(tree, g)->merged_into == genre && (tree_at(tree, g)->said & EDITS_SAID);
    return is;
}

static struct json *genre_json(const struct genres *s, size_t genre)
{
    const struct tree_genre *g = tree_at(s->o->tree, genre);
    struct json *playlist = playlist_json(s, g->name);
    struct json *j = json_object();
    json_set_str(j, "name", g->name);
    json_set_str(j, "title", g->title);
    json_set_int(j, "tracks", (int64_t)s->counts[genre].n);
    json_set_bool(j, "chosen", is_chosen(s, g->name));
    json_set(j, "playlist", playlist);
    if (!playlist)
        json_set_null(j, "playlist");
    json_set(j, "examples", genres_examples(s->o, &s->counts[genre]));
    json_set_num(j, "threshold", (double)g->threshold); /* NaN: null */
    json_set_str(j, "rule", g->rule_text);
    json_set_bool(j, "from_page", is_from_page(s->o->tree, genre));
    json_set(j, "merged", merged_json(s->o->tree, genre));
    return j;
}

/* --- the tree
 * ------------------------------------------------------------------------------------- */

/* The family that a sub-genre stands under: the first of its own that is shown, or that one counts
 * as. TREE_NONE: it stands at the top, as families and own genres do. */
static size_t family_of(const struct tree *tree, size_t genre)
{
    uint32_t parents = tree_at(tree, genre)->parents;
    for (size_t f = 0; f < GENRE_N; f++) {
        size_t into = tree_at(tree, f)->merged_into;
        size_t family = into != TREE_NONE ? into : f;
        if ((parents >> f & 1) && family < GENRE_N && genres_is_shown(tree_at(tree, family)))
            return family;
    }
    return TREE_NONE;
}

static struct json *children_json(const struct genres *s, size_t family)
{
    struct json *children = json_array();
    for (size_t g = GENRE_N; g < s->o->genres; g++) {
        if (!genres_is_shown(tree_at(s->o->tree, g)) || family_of(s->o->tree, g) != family)
            continue;
        struct json *child = genre_json(s, g);
        json_set(child, "children", json_array());
        json_add(children, child);
    }
    return children;
}

static struct json *tree_json(const struct genres *s)
{
    struct json *list = json_array();
    for (size_t g = 0; g < s->o->genres; g++) {
        if (!genres_is_shown(tree_at(s->o->tree, g)) || family_of(s->o->tree, g) != TREE_NONE)
            continue;
        struct json *j = genre_json(s, g);
        json_set(j, "children", g < GENRE_N ? children_json(s, g) : json_array());
        json_add(list, j);
    }
    return list;
}

static struct json *hidden_json(const struct tree *tree)
{
    struct json *list = json_array();
    for (size_t g = 0; g < tree_n(tree); g++) {
        const struct tree_genre *genre = tree_at(tree, g);
        if (genres_is_shown(genre))
            continue;
        size_t into = genre->merged_into;
        struct json *j = json_object();
        json_set_str(j, "name", genre->name);
        json_set_str(j, "title", genre->title);
        json_set_str(j, "merged_into", into != TREE_NONE ? tree_at(tree, into)->name : NULL);
        json_add(list, j);
    }
    return list;
}

enum err_code genres_json(struct app *a, struct json **ret, struct err *e)
{
    struct arena arena = {0};
    struct genres s = {.n_chosen = 0};
    enum err_code code = opinions_get(a, false, &s.o, e);
    if (code == ERR_OK)
        code = store_playlist_list(a->store, a->token.account, &arena, &s.playlists, &s.n_playlists,
                                   e);
    if (code == ERR_OK)
        code = choice_shown(a, &s.chosen, &s.n_chosen, e);
    if (code == ERR_OK) {
        struct json *j = json_object();
        s.counts = arena_alloc(&arena, s.o->genres * sizeof(*s.counts));
        genres_count(s.o, s.counts);
        json_set(j, "genres", tree_json(&s));
        json_set_int(j, "songs", (int64_t)s.o->n);
        json_set(j, "hidden", hidden_json(s.o->tree));
        *ret = j;
    }
    choice_free(s.chosen, s.n_chosen);
    arena_free(&arena);
    return code;
}
