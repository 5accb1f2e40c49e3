#include "daemon/jobs/opinion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "classifier/genre.h"
#include "classifier/head.h"

#define TAG_P         0.9F /* of a sub-genre that a tag names, where the model has no word on it */
#define TAG_THRESHOLD 0.8F

/* Rules look at the song itself, and a sub-genre that the model lacks goes by its tags. */
static bool needs_facts(const struct opinion *o)
{
    bool needed = false;
    for (size_t g = tree_given(o->tree); g < tree_n(o->tree); g++)
        needed = needed || !rule_is_none(tree_at(o->tree, g)->rule);
    for (size_t g = 0; g < tree_given(o->tree); g++)
        needed = needed || model_find(o->model, tree_at(o->tree, g)->name) == GENRE_NONE;
    return needed;
}

static void order_make(struct opinion *o)
{
    o->by_track = arena_alloc(&o->arena, (o->n + 1) * sizeof(*o->by_track));
    for (size_t i = 0; i < o->n; i++)
        o->by_track[i] = (struct opinion_at){o->songs[i].track, i};
    if (o->n)
        qsort(o->by_track, o->n, sizeof(*o->by_track), order_by_id);
}

enum err_code opinion_load(struct opinion *o, struct store *store, int64_t account,
                           const struct model *model, const struct tree *tree, struct err *e)
{
    *o = (struct opinion){.tree = tree, .model = model, .account = account, .genres = tree_n(tree)};
    const struct store_labels of = {
        .model = model_id(model), .n_genres = model_genres(model), .dim = model_space(model)};
    enum err_code code = store_label_list(store, account, &of, &o->arena, &o->songs, &o->n, e);
    if (code)
        return code;
    order_make(o);
    code = store_correction_list(store, account, &o->arena, &o->corrections, &o->n_corrections, e);
    return code || !needs_facts(o) ? code : opinion_facts(o, store, e);
}

enum err_code opinion_facts(struct opinion *o, struct store *store, struct err *e)
{
    struct store_songs all = {0};
    size_t at = 0;
    if (o->facts)
        return ERR_OK;
    enum err_code code = store_label_songs(store, o->account, &o->arena, &all, e);
    if (code)
        return code;
    struct song *facts = arena_alloc(&o->arena, (o->n + 1) * sizeof(*facts));
    for (size_t i = 0; i < o->n; i++) {
        while (at < all.n && all.row[at] < o->by_track[i].track)
            at++;
        if (at == all.n || all.row[at] != o->by_track[i].track)
            return err_set(e, ERR_STORE, "a song is gone while its like is not");
        facts[o->by_track[i].song] = all.song[at];
    }
    o->facts = facts;
    return ERR_OK;
}

size_t opinion_find(const struct opinion *o, int64_t track)
{
    struct opinion_at key = {.track = track};
    const struct opinion_at *at = bsearch(&key, o->by_track, o->n, sizeof(*at), order_by_id);
    return at ? at->song : OPINION_NONE;
}

static void say(signed char *word, size_t genre, bool is)
{
    word[genre] = is ? 1 : -1;
}

/* A song of a sub-genre is of its families too. */
static void say_families(const struct opinion *o, signed char *word, size_t genre)
{
    uint32_t families = tree_at(o->tree, genre)->parents;
    for (size_t f = 0; f < GENRE_N; f++) {
        if (families >> f & 1 && word[f] == 0)
            say(word, f, true);
    }
}

static void words_take(struct opinion *o)
{
    signed char *words = arena_alloc(&o->arena, o->n * o->genres + 1);
    for (size_t i = 0; i < o->n_corrections; i++) {
        const struct store_correction *c = &o->corrections[i];
        size_t song = opinion_find(o, c->track);
        size_t genre = tree_find(o->tree, c->genre);
        if (song == OPINION_NONE || genre == TREE_NONE)
            continue;
        signed char *word = words + song * o->genres;
        say(word, genre, c->is);
        if (c->is)
            say_families(o, word, genre);
    }
    o->word = words;
}

/* --- the model's word, moved -------------------------------------------------------------------
 */

static float logit_of(float p)
{
    const float least = 1e-6F;
    float kept = fmaxf(least, fminf(1.0F - least, p));
    return logf(kept / (1.0F - kept));
}

/* Columns of the model for the tree's given genres, GENRE_NONE where it has none. */
static size_t *columns_make(const struct opinion *o, struct arena *a)
{
    const size_t given = tree_given(o->tree);
    size_t *columns = arena_alloc(a, (given + 1) * sizeof(*columns));
    for (size_t g = 0; g < given; g++)
        columns[g] = model_find(o->model, tree_at(o->tree, g)->name);
    return columns;
}

/* The labelled songs, as the head wants them. */
struct labelled {
    size_t *song; /* (n) */
    size_t n;
    float *logits;     /* (n, given) */
    float *places;     /* (n, dim) */
    uint64_t *artists; /* (n) */
};

/* A sub-genre that the model lacks is as sure as a tag that names it. */
static void tags_judge(const struct opinion *o, const size_t *columns, size_t song, float *logits)
{
    unsigned char hit[TREE_MAX];
    if (o->facts == NULL)
        return;
    tree_tags(o->tree, o->facts[song].tags, hit);
    for (size_t g = 0; g < tree_given(o->tree); g++) {
        if (columns[g] == GENRE_NONE)
            logits[g] = logit_of(hit[g] ? TAG_P : 0.0F);
    }
}

static struct labelled labelled_take(const struct opinion *o, const size_t *columns,
                                     struct arena *a)
{
    const size_t dim = model_space(o->model), given = tree_given(o->tree);
    struct labelled l = {
        .song = arena_alloc(a, (o->n + 1) * sizeof(*l.song)),
        .logits = arena_alloc(a, (o->n + 1) * given * sizeof(*l.logits)),
        .places = arena_alloc(a, (o->n + 1) * dim * sizeof(*l.places)),
        .artists = arena_alloc(a, (o->n + 1) * sizeof(*l.artists)),
    };
    for (size_t i = 0; i < o->n; i++) {
        const struct store_labelled *song = &o->songs[i];
        float *logits = l.logits + l.n * given;
        if (!song->p)
            continue;
        for (size_t g = 0; g < given; g++)
            logits[g] = columns[g] != GENRE_NONE ? logit_of(song->p[columns[g]]) : 0.0F;
        tags_judge(o, columns, i, logits);
        memcpy(l.places + l.n * dim, song->place, dim * sizeof(float));
        l.artists[l.n] = (uint64_t)song->artist;
        l.song[l.n++] = i;
    }
    return l;
}

/* What the person said, as examples for the head. */
static struct head_example *examples_make(const struct opinion *o, const struct labelled *l,
                                          struct arena *a, size_t *ret_n)
{
    const size_t dim = model_space(o->model);
    size_t n = 0;
    struct head_example *examples = NULL;
    for (int pass = 0; pass < 2; pass++) {
        if (pass)
            examples = arena_alloc(a, (n + 1) * sizeof(*examples));
        n = 0;
        for (size_t k = 0; k < l->n; k++) {
            const signed char *word = o->word + l->song[k] * o->genres;
            for (size_t g = 0; g < tree_given(o->tree); g++) {
                if (word[g] == 0)
                    continue;
                if (pass)
                    examples[n] =
                        (struct head_example){.place = l->places + k * dim,
                                              .artist = l->artists[k],
                                              .genre = (uint32_t)g,
                                              .logit = l->logits[k * tree_given(o->tree) + g],
                                              .is = word[g] > 0};
                n++;
            }
        }
    }
    *ret_n = n;
    return examples;
}

static void corrections_apply(const struct opinion *o, const struct labelled *l, struct arena *a)
{
    size_t n = 0;
    struct head *head = NULL;
    const struct head_example *examples = examples_make(o, l, a, &n);
    if (n == 0)
        return;
    head = head_fit(examples, n, model_space(o->model), tree_given(o->tree));
    head_apply(head, l->places, l->artists, l->n, l->logits);
    head_free(head);
}

/* Thresholds of the given genres for a song of which as much is known as `regime` says. */
static void thresholds_make(const struct opinion *o, const size_t *columns, unsigned regime,
                            double everywhere, float *threshold)
{
    for (size_t g = 0; g < tree_given(o->tree); g++) {
        float own = tree_at(o->tree, g)->threshold;
        threshold[g] = everywhere >= 0            ? (float)everywhere
                       : !isnan(own)              ? own
                       : columns[g] != GENRE_NONE ? model_threshold(o->model, regime, columns[g])
                                                  : TAG_THRESHOLD;
    }
}

/* Room for what a threshold of such a genre would need to know. */
static void targets_make(struct opinion *o)
{
    o->target = arena_alloc(&o->arena, o->genres * sizeof(*o->target));
    for (size_t g = 0; g < o->genres; g++)
        o->target[g] = OPINION_NONE;
    for (size_t g = 0; g < tree_given(o->tree); g++) {
        size_t into = tree_at(o->tree, g)->merged_into;
        if (into != TREE_NONE && o->target[into] == OPINION_NONE)
            o->target[into] = o->targets++;
    }
    o->alone = arena_alloc(&o->arena, (o->n * o->targets + 1) * sizeof(*o->alone));
    o->margin = arena_alloc(&o->arena, (o->n * o->targets + 1) * sizeof(*o->margin));
}

static void targets_take(struct opinion *o, size_t song, const float *p, const float *threshold)
{
    for (size_t g = 0; g < tree_given(o->tree) && o->targets; g++) {
        size_t at = song * o->targets + o->target[g];
        if (o->target[g] == OPINION_NONE)
            continue;
        o->alone[at] = p[g];
        o->margin[at] = tree_merged_margin(o->tree, g, p, threshold);
    }
}

void opinion_judge(struct opinion *o, double everywhere)
{
    static const struct song nothing = {
        .id = "", .name = "", .artists = "", .album = "", .label = "", .tags = ""};
    const size_t given = tree_given(o->tree);
    struct arena scratch = {0}; /* what is judged may be kept for long */
    const size_t *columns = columns_make(o, &scratch);
    float p[TREE_MAX];
    float threshold[MLP_REGIMES][TREE_MAX];
    o->p = arena_alloc(&o->arena, (o->n * o->genres + 1) * sizeof(*o->p));
    o->threshold = arena_alloc(&o->arena, (o->n * o->genres + 1) * sizeof(*o->threshold));
    words_take(o);
    targets_make(o);
    struct labelled l = labelled_take(o, columns, &scratch);
    corrections_apply(o, &l, &scratch);
    for (unsigned regime = 0; regime < MLP_REGIMES; regime++)
        thresholds_make(o, columns, regime, everywhere, threshold[regime]);
    for (size_t k = 0; k < l.n; k++) {
        size_t i = l.song[k];
        for (size_t g = 0; g < given; g++)
            p[g] = mlp_probability(l.logits[k * given + g]);
        const float *least = threshold[o->songs[i].regime % MLP_REGIMES];
        targets_take(o, i, p, least);
        tree_song(o->tree, o->facts ? &o->facts[i] : &nothing, p, least, o->p + i * o->genres,
                  o->threshold + i * o->genres);
    }
    arena_free(&scratch);
}

bool opinion_is(const struct opinion *o, size_t song, size_t genre, double margin)
{
    signed char word = o->word[song * o->genres + genre];
    if (word != 0)
        return word > 0;
    size_t at = song * o->genres + genre;
    return o->songs[song].p && (double)o->p[at] >= (double)o->threshold[at] - margin;
}

void opinion_free(struct opinion *o)
{
    arena_free(&o->arena);
    *o = (struct opinion){0};
}
