#include "classifier/simulate.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/artist.h"
#include "classifier/dataset.h"
#include "classifier/family.h"
#include "classifier/genre.h"
#include "classifier/head.h"
#include "classifier/model.h"
#include "classifier/playlists.h"

#define PERSONS        60
#define PLAYLISTS_MOST 12
#define PLAYLISTS_LESS 6
#define SONGS_LEAST    15  /* of a playlist */
#define OF_FAMILY      0.5 /* share of a playlist's songs that make it one of the family */
#define CHUNK          64

static const size_t steps[SIMULATE_STEPS] = {0, 10, 25, 50, 100, 200};

/* What is known of all songs. */
struct world {
    struct songs songs;
    struct playlists playlists;
    struct model *model;
    uint32_t *families; /* (songs.n) by tags */
    uint64_t *artists;  /* (songs.n) */
    float *logits;      /* (songs.n, GENRE_N) */
    float *places;      /* (songs.n, space) */
    size_t *family;     /* (playlists.n) what most of a playlist is; GENRE_NONE: mixed */
};

/* A person's songs. */
struct person {
    size_t family[PLAYLISTS_MOST];
    size_t n_families;
    size_t *song;  /* (n) numbers of the world */
    size_t *truth; /* (n) the family of its playlist */
    size_t n;
};

static void world_look(struct world *w, bool tags)
{
    const size_t genres = model_genres(w->model), space = model_space(w->model);
    struct vector *vectors = mem_array(CHUNK, sizeof(*vectors));
    float *logits = mem_array(CHUNK, genres * sizeof(*logits));
    for (size_t i = 0; i < w->songs.n; i += CHUNK) {
        size_t n = w->songs.n - i < CHUNK ? w->songs.n - i : CHUNK;
        for (size_t k = 0; k < n; k++) {
            vector_make(&w->songs.at[i + k], &vectors[k]);
            if (!tags) {
                vector_drop_group(&vectors[k], VECTOR_TAG);
            }
        }
        model_run(w->model, vectors, n, logits, w->places + i * space);
        for (size_t k = 0; k < n; k++) {
            memcpy(w->logits + (i + k) * GENRE_N, logits + k * genres, GENRE_N * sizeof(float));
        }
    }
    free(vectors);
    free(logits);
}

static size_t family_of_playlist(const struct world *w, size_t playlist)
{
    const uint32_t *songs = w->playlists.songs;
    size_t count[GENRE_N] = {0}, tagged = 0, best = 0;
    for (size_t i = w->playlists.first[playlist]; i < w->playlists.first[playlist + 1]; i++) {
        tagged += w->families[songs[i]] != 0;
        for (size_t g = 0; g < GENRE_N; g++) {
            count[g] += w->families[songs[i]] >> g & 1;
        }
    }
    for (size_t g = 1; g < GENRE_N; g++) {
        best = count[g] > count[best] ? g : best;
    }
    return (double)count[best] >= OF_FAMILY * (double)tagged && count[best] >= SONGS_LEAST
               ? best
               : GENRE_NONE;
}

static void playlist_take(const struct world *w, size_t playlist, bool unseen, struct person *p)
{
    size_t start = p->n;
    for (size_t i = w->playlists.first[playlist]; i < w->playlists.first[playlist + 1]; i++) {
        size_t song = w->playlists.songs[i];
        bool twice = false;
        for (size_t k = 0; k < p->n; k++) {
            twice = twice || p->song[k] == song;
        }
        if (!twice && !(unseen && dataset_part(w->songs.at[song].artists) == DATASET_TRAIN)) {
            p->song[p->n] = song;
            p->truth[p->n++] = w->family[playlist];
        }
    }
    if (p->n - start < SONGS_LEAST / (unseen ? 5 : 1)) {
        p->n = start;
        return;
    }
    p->family[p->n_families++] = w->family[playlist];
}

/* Playlists in a random order until the person has enough families. */
static void person_make(const struct world *w, struct rand_seq *r, bool unseen, struct person *p)
{
    size_t wanted = PLAYLISTS_LESS + rand_below(r, PLAYLISTS_MOST - PLAYLISTS_LESS + 1);
    p->n = p->n_families = 0;
    for (size_t tries = 0; tries < 20 * w->playlists.n && p->n_families < wanted; tries++) {
        size_t playlist = rand_below(r, w->playlists.n);
        bool had = w->family[playlist] == GENRE_NONE;
        for (size_t i = 0; i < p->n_families; i++) {
            had = had || p->family[i] == w->family[playlist];
        }
        if (!had) {
            playlist_take(w, playlist, unseen, p);
        }
    }
}

static size_t guess_of(const struct person *p, const float *logits)
{
    size_t best = p->family[0];
    for (size_t i = 1; i < p->n_families; i++) {
        best = logits[p->family[i]] > logits[best] ? p->family[i] : best;
    }
    return best;
}

/* Share right of the songs in order[from..n). */
static double share_right(const struct person *p, const float *logits, const size_t *order,
                          size_t from)
{
    double right = 0.0;
    for (size_t i = from; i < p->n; i++) {
        right += guess_of(p, logits + order[i] * GENRE_N) == p->truth[order[i]];
    }
    return right / (double)(p->n - from);
}

/* What the first n songs in the order teach. places: (p->n, space). */
static size_t examples_make(const struct world *w, const struct person *p, const float *logits,
                            const float *places, const size_t *order, size_t n,
                            struct head_example *ret_examples)
{
    size_t made = 0;
    for (size_t i = 0; i < n; i++) {
        const float *row = logits + order[i] * GENRE_N;
        size_t truth = p->truth[order[i]], guess = guess_of(p, row);
        struct head_example x = {.place = places + order[i] * model_space(w->model),
                                 .artist = w->artists[p->song[order[i]]]};
        const int words = guess != truth ? 2 : 1;
        for (int no = 0; no < words; no++) {
            x.genre = (uint32_t)(no ? guess : truth);
            x.logit = row[x.genre];
            x.is = !no;
            ret_examples[made++] = x;
        }
    }
    return made;
}

static void person_correct(const struct world *w, const struct person *p, struct rand_seq *r,
                           struct simulate_result *result)
{
    const size_t space = model_space(w->model);
    size_t *order = mem_array(p->n, sizeof(*order));
    float *logits = mem_array(p->n, GENRE_N * sizeof(*logits));
    float *changed = mem_array(p->n, GENRE_N * sizeof(*changed));
    float *places = mem_array(p->n, space * sizeof(*places));
    uint64_t *artists = mem_array(p->n, sizeof(*artists));
    struct head_example *examples = mem_array(2 * steps[SIMULATE_STEPS - 1], sizeof(*examples));
    for (size_t i = 0; i < p->n; i++) {
        order[i] = i;
        artists[i] = w->artists[p->song[i]];
        memcpy(logits + i * GENRE_N, w->logits + p->song[i] * GENRE_N, GENRE_N * sizeof(float));
        memcpy(places + i * space, w->places + p->song[i] * space, space * sizeof(float));
    }
    for (size_t i = p->n; i > 1; i--) {
        size_t k = rand_below(r, i), swap = order[i - 1];
        order[i - 1] = order[k];
        order[k] = swap;
    }
    for (size_t s = 0; s < SIMULATE_STEPS; s++) {
        size_t n = examples_make(w, p, logits, places, order, steps[s], examples);
        struct head *head = head_fit(examples, n, space, GENRE_N);
        memcpy(changed, logits, p->n * GENRE_N * sizeof(*changed));
        head_apply(head, places, artists, p->n, changed);
        head_free(head);
        double before = share_right(p, logits, order, steps[s]);
        double after = share_right(p, changed, order, steps[s]);
        result->mean[s] += after - before;
        double lift = after - before;
        result->worst_lift[s] = lift < result->worst_lift[s] ? lift : result->worst_lift[s];
        result->mean[0] += s == 0 ? before : 0.0;
    }
    result->persons++;
    free(order);
    free(logits);
    free(changed);
    free(places);
    free(artists);
    free(examples);
}

static void kind_measure(struct world *w, const struct simulate_options *o, bool unseen,
                         struct simulate_result *ret_result)
{
    struct rand_seq r = {o->seed};
    struct person p = {.song = mem_array(w->songs.n, sizeof(*p.song)),
                       .truth = mem_array(w->songs.n, sizeof(*p.truth))};
    struct simulate_result result = {.persons = 0};
    for (size_t i = 0; i < PERSONS; i++) {
        person_make(w, &r, unseen, &p);
        if (p.n_families >= PLAYLISTS_LESS && p.n >= steps[SIMULATE_STEPS - 1] + 50) {
            person_correct(w, &p, &r, &result);
        }
    }
    for (size_t s = 0; s < SIMULATE_STEPS && result.persons > 0; s++) {
        result.mean[s] /= (double)result.persons;
    }
    free(p.song);
    free(p.truth);
    *ret_result = result;
}

static void result_print(const char *name, const struct simulate_result *r, FILE *out)
{
    fprintf(out, "%-38s %7zu %7.4f", name, r->persons, r->mean[0]);
    for (size_t s = 1; s < SIMULATE_STEPS; s++) {
        fprintf(out, "  %+6.1f (%+5.1f)", 100.0 * r->mean[s], 100.0 * r->worst_lift[s]);
    }
    fprintf(out, "\n");
}

static enum err_code world_make(struct world *w, const struct simulate_options *o, struct err *e)
{
    struct family *family = NULL;
    enum err_code code = model_open(o->model, &w->model, e);
    if (code == ERR_OK) {
        code = family_open(o->families, &family, e);
    }
    if (code == ERR_OK) {
        code = songs_load(&w->songs, o->data, o->data_n, false, e);
    }
    if (code == ERR_OK) {
        code = playlists_load(&w->playlists, o->playlists, &w->songs, PLAYLISTS_HOLD, e);
    }
    if (code == ERR_OK) {
        w->families = mem_array(w->songs.n, sizeof(*w->families));
        w->artists = mem_array(w->songs.n, sizeof(*w->artists));
        w->logits = mem_array(w->songs.n, GENRE_N * sizeof(*w->logits));
        w->places = mem_array(w->songs.n, model_space(w->model) * sizeof(*w->places));
        w->family = mem_array(w->playlists.n, sizeof(*w->family));
        for (size_t i = 0; i < w->songs.n; i++) {
            w->families[i] = family_of_tags(family, w->songs.at[i].tags);
            w->artists[i] = artist_key(w->songs.at[i].artists);
        }
        for (size_t i = 0; i < w->playlists.n; i++) {
            w->family[i] = family_of_playlist(w, i);
        }
    }
    family_close(family);
    return code;
}

enum err_code simulate_run(const struct simulate_options *o, FILE *out, struct err *e)
{
    struct world w = {0};
    enum err_code code = world_make(&w, o, e);
    if (code == ERR_OK) {
        fprintf(out,
                "%-38s %7s %7s  lift in points after 10, 25, 50, 100, 200 corrections "
                "(worst)\n",
                "songs", "persons", "right");
        for (int tags = 0; tags < 2; tags++) {
            world_look(&w, tags);
            for (int unseen = 0; unseen < 2; unseen++) {
                static const char *const names[2][2] = {
                    {"without tags, all artists", "without tags, validation artists"},
                    {"with tags, all artists", "with tags, validation artists"}};
                struct simulate_result r;
                kind_measure(&w, o, unseen, &r);
                result_print(names[tags][unseen], &r, out);
            }
        }
    }
    free(w.families);
    free(w.artists);
    free(w.logits);
    free(w.places);
    free(w.family);
    playlists_free(&w.playlists);
    songs_free(&w.songs);
    model_close(w.model);
    return code;
}
