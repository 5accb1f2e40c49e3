#include "classifier/why.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/rand.h"
#include "base/text.h"
#include "classifier/vector.h"

const char *const why_group_name[WHY_GROUPS] = {
    [WHY_SOUND] = "sound",   [WHY_DURATION] = "duration",  [WHY_YEAR] = "year",
    [WHY_EXPLICIT] = "text", [WHY_ARTIST] = "artist",      [WHY_ALBUM] = "album",
    [WHY_TITLE] = "title",   [WHY_LABEL] = "record label", [WHY_TAG] = "tag",
};

/* Parts of one group at most, so that all groups fit. */
static const size_t parts_most[WHY_GROUPS] = {
    [WHY_SOUND] = SONG_STATS, [WHY_DURATION] = 1, [WHY_YEAR] = 1,
    [WHY_EXPLICIT] = 1,       [WHY_ARTIST] = 6,   [WHY_ALBUM] = 12,
    [WHY_TITLE] = 12,         [WHY_LABEL] = 1,    [WHY_TAG] = 18,
};

/* The song taken apart, and put together again without some of its parts. */
struct puzzle {
    const struct song *song;
    const struct model *model;
    struct why *why;
    struct {
        const char *at; /* of a text part, in the song's text */
        size_t n;
        enum song_stat stat;
    } piece[WHY_PARTS];
    size_t first[WHY_GROUPS + 1]; /* parts of group g: [first[g], first[g + 1]) */
    struct buf text[WHY_GROUPS];
};

static struct why_part *part_add(struct puzzle *p, enum why_group group)
{
    struct why_part *part = &p->why->part[p->why->n++];
    *part = (struct why_part){.group = group};
    return part;
}

/* Parts of a text between separators: words between blanks, or list entries between semicolons. */
static void text_split(struct puzzle *p, enum why_group group, const char *text,
                       const char *separators)
{
    size_t n_parts = 0;
    for (const char *s = text + strspn(text, separators); *s;) {
        bool last = ++n_parts == parts_most[group];
        size_t n = last ? strlen(s) : strcspn(s, separators);
        size_t i = p->why->n;
        struct why_part *part = part_add(p, group);
        p->piece[i].at = s;
        p->piece[i].n = n;
        size_t shown = n < sizeof(part->text) ? n : sizeof(part->text) - 1;
        char *copy = mem_strndup(s, shown);
        text_copy(part->text, sizeof(part->text), text_trim(copy));
        free(copy);
        s += n;
        s += strspn(s, separators);
    }
}

/* How far from the middle of what the model learned from. */
static const char *height_of(double z)
{
    static const struct {
        double above;
        const char *word;
    } words[] = {{1.7, "very high"}, {0.8, "high"}, {-0.8, "middling"}, {-1.7, "low"}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (z >= words[i].above) {
            return words[i].word;
        }
    }
    return "very low";
}

static double height_z(const struct model *m, enum song_stat stat, double value)
{
    static const int numbers[SONG_STATS] = {
        [SONG_DANCEABILITY] = VECTOR_DANCEABILITY,
        [SONG_ENERGY] = VECTOR_ENERGY,
        [SONG_KEY] = -1,
        [SONG_LOUDNESS] = VECTOR_LOUDNESS,
        [SONG_MODE] = -1,
        [SONG_SPEECHINESS] = VECTOR_SPEECHINESS,
        [SONG_ACOUSTICNESS] = VECTOR_ACOUSTICNESS,
        [SONG_INSTRUMENTALNESS] = VECTOR_INSTRUMENTALNESS,
        [SONG_LIVENESS] = VECTOR_LIVENESS,
        [SONG_VALENCE] = VECTOR_VALENCE,
        [SONG_TEMPO] = VECTOR_TEMPO,
        [SONG_TIME_SIGNATURE] = -1,
    };
    const struct mlp *mlp = model_mlp(m);
    int i = numbers[stat];
    return i < 0 ? (double)NAN : (value - (double)mlp->mean[i]) * (double)mlp->scale[i];
}

static void sound_split(struct puzzle *p)
{
    for (size_t s = 0; s < SONG_STATS; s++) {
        if (!(p->song->stat_mask >> s & 1)) {
            continue;
        }
        double value = (double)p->song->stat[s];
        double z = height_z(p->model, (enum song_stat)s, value);
        p->piece[p->why->n].stat = (enum song_stat)s;
        struct why_part *part = part_add(p, WHY_SOUND);
        if (isnan(z)) {
            snprintf(part->text, sizeof(part->text), "%s %g", song_stat_name[s], value);
        } else {
            snprintf(part->text, sizeof(part->text), "%s %.3g (%s)", song_stat_name[s], value,
                     height_of(z));
        }
    }
}

static void song_split(struct puzzle *p)
{
    const struct song *s = p->song;
    for (size_t g = 0; g < WHY_GROUPS; g++) {
        p->first[g] = p->why->n;
        if (g == WHY_SOUND) {
            sound_split(p);
        } else if (g == WHY_DURATION && s->duration_ms > 0) {
            struct why_part *part = part_add(p, WHY_DURATION);
            snprintf(part->text, sizeof(part->text), "%lld:%02lld min",
                     (long long)(s->duration_ms / 60000), (long long)(s->duration_ms / 1000 % 60));
        } else if (g == WHY_YEAR && s->year > 0) {
            struct why_part *part = part_add(p, WHY_YEAR);
            snprintf(part->text, sizeof(part->text), "%d", s->year);
        } else if (g == WHY_EXPLICIT && s->is_explicit >= 0) {
            struct why_part *part = part_add(p, WHY_EXPLICIT);
            snprintf(part->text, sizeof(part->text), "%s",
                     s->is_explicit ? "explicit" : "not explicit");
        }
    }
}

/* As song_split for the texts, whose groups come last. */
static void texts_split(struct puzzle *p)
{
    const struct song *s = p->song;
    const struct {
        enum why_group group;
        const char *text;
        const char *separators;
    } texts[] = {{WHY_ARTIST, s->artists, ";"},
                 {WHY_ALBUM, s->album, " "},
                 {WHY_TITLE, s->name, " "},
                 {WHY_LABEL, s->label, "\n"},
                 {WHY_TAG, s->tags, ";"}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        p->first[texts[i].group] = p->why->n;
        text_split(p, texts[i].group, texts[i].text, texts[i].separators);
    }
    p->first[WHY_GROUPS] = p->why->n;
}

/* The text of a group made of the parts that are in. */
static const char *text_join(struct puzzle *p, enum why_group group, const bool *in)
{
    struct buf *b = &p->text[group];
    const char *between = group == WHY_ARTIST || group == WHY_TAG ? "; " : " ";
    buf_clear(b);
    for (size_t i = p->first[group]; i < p->first[group + 1]; i++) {
        if (in[i]) {
            buf_add_str(b, b->len > 0 ? between : "");
            buf_add(b, p->piece[i].at, p->piece[i].n);
        }
    }
    return buf_str(b);
}

/* The vector of the song as if only the parts that are in were known. */
static void vector_of(struct puzzle *p, const bool *in, struct vector *v)
{
    struct song song = {.id = p->song->id, .is_explicit = -1};
    memcpy(song.stat, p->song->stat, sizeof(song.stat));
    for (size_t i = 0; i < p->first[WHY_ARTIST]; i++) {
        switch (in[i] ? p->why->part[i].group : WHY_GROUPS) {
        case WHY_SOUND:
            song.stat_mask |= UINT32_C(1) << p->piece[i].stat;
            break;
        case WHY_DURATION:
            song.duration_ms = p->song->duration_ms;
            break;
        case WHY_YEAR:
            song.year = p->song->year;
            break;
        case WHY_EXPLICIT:
            song.is_explicit = p->song->is_explicit;
            break;
        case WHY_ARTIST:
        case WHY_ALBUM:
        case WHY_TITLE:
        case WHY_LABEL:
        case WHY_TAG:
        case WHY_GROUPS:
            break;
        }
    }
    song.artists = text_join(p, WHY_ARTIST, in);
    song.album = text_join(p, WHY_ALBUM, in);
    song.name = text_join(p, WHY_TITLE, in);
    song.label = text_join(p, WHY_LABEL, in);
    song.tags = text_join(p, WHY_TAG, in);
    vector_make(&song, v);
}

static void shuffle(size_t *items, size_t n, struct rand_seq *r)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = rand_below(r, i), swap = items[i - 1];
        items[i - 1] = items[k];
        items[k] = swap;
    }
}

/* All parts in an order in which groups stay together. */
static void order_make(const struct puzzle *p, struct rand_seq *r, size_t *order)
{
    size_t groups[WHY_GROUPS], n = 0;
    for (size_t g = 0; g < WHY_GROUPS; g++) {
        groups[g] = g;
    }
    shuffle(groups, WHY_GROUPS, r);
    for (size_t g = 0; g < WHY_GROUPS; g++) {
        size_t start = n;
        for (size_t i = p->first[groups[g]]; i < p->first[groups[g] + 1]; i++) {
            order[n++] = i;
        }
        shuffle(order + start, n - start, r);
    }
}

/* Adds to each part's value how the logits change as the parts come in one by one. */
static void order_walk(struct puzzle *p, const size_t *order, struct vector *vectors, float *logits)
{
    struct why *w = p->why;
    bool in[WHY_PARTS] = {false};
    for (size_t k = 0; k < w->n; k++) {
        in[order[k]] = true;
        vector_of(p, in, &vectors[k + 1]);
    }
    model_run(p->model, vectors, w->n + 1, logits, NULL);
    for (size_t k = 0; k < w->n; k++) {
        const float *before = logits + k * w->genres, *after = before + w->genres;
        for (size_t g = 0; g < w->genres; g++) {
            w->value[order[k] * w->genres + g] += (double)after[g] - (double)before[g];
        }
    }
}

void why_make(const struct model *m, const struct song *song, struct why *ret_why)
{
    struct why w = {.genres = model_genres(m)};
    struct puzzle p = {.song = song, .model = m, .why = &w};
    struct rand_seq rand = {1};
    size_t order[WHY_PARTS] = {0}, reverse[WHY_PARTS] = {0};
    const bool none[WHY_PARTS] = {false};
    song_split(&p);
    texts_split(&p);
    struct vector *vectors = mem_array(w.n + 1, sizeof(*vectors));
    float *logits = mem_array((w.n + 1) * w.genres, sizeof(*logits));
    w.value = mem_array(w.n * w.genres + 1, sizeof(*w.value));
    w.base = mem_array(w.genres, sizeof(*w.base));
    w.total = mem_array(w.genres, sizeof(*w.total));
    vector_of(&p, none, &vectors[0]);
    for (int i = 0; i < WHY_ORDERS; i += 2) {
        order_make(&p, &rand, order);
        for (size_t k = 0; k < w.n; k++) {
            reverse[k] = order[w.n - 1 - k];
        }
        order_walk(&p, order, vectors, logits);
        order_walk(&p, reverse, vectors, logits);
    }
    for (size_t i = 0; i < w.n * w.genres; i++) {
        w.value[i] /= WHY_ORDERS;
    }
    memcpy(w.base, logits, w.genres * sizeof(*w.base));
    memcpy(w.total, logits + w.n * w.genres, w.genres * sizeof(*w.total));
    for (size_t g = 0; g < WHY_GROUPS; g++) {
        buf_free(&p.text[g]);
    }
    free(vectors);
    free(logits);
    *ret_why = w;
}

void why_free(struct why *w)
{
    free(w->value);
    free(w->base);
    free(w->total);
    *w = (struct why){0};
}

/* --- as a document -----------------------------------------------------------------------------
 */

static struct json *part_json(const struct why *w, size_t part, double value, double sizes,
                              const char *const source[WHY_GROUPS])
{
    const struct why_part *p = &w->part[part];
    struct json *j = json_object();
    json_set_str(j, "input", why_group_name[p->group]);
    json_set_str(j, "what", p->text);
    json_set_num(j, "logit", value);
    json_set_num(j, "share", sizes > 0.0 ? fabs(value) / sizes : 0.0);
    json_set_str(j, "source", source[p->group]);
    return j;
}

struct json *why_json(const struct why *w, const struct model *m, size_t genre,
                      const char *const source[WHY_GROUPS])
{
    struct json *j = json_object();
    struct json *parts = json_array();
    bool told[WHY_PARTS] = {false};
    double sizes = 0.0;
    for (size_t i = 0; i < w->n; i++) {
        sizes += fabs(w->value[i * w->genres + genre]);
    }
    for (size_t i = 0; i < w->n; i++) {
        size_t best = SIZE_MAX;
        for (size_t k = 0; k < w->n; k++) {
            double size = fabs(w->value[k * w->genres + genre]);
            if (!told[k] && (best == SIZE_MAX || size > fabs(w->value[best * w->genres + genre]))) {
                best = k;
            }
        }
        told[best] = true;
        json_add(parts, part_json(w, best, w->value[best * w->genres + genre], sizes, source));
    }
    json_set_str(j, "genre", model_genre(m, genre));
    json_set_num(j, "p", (double)mlp_probability(w->total[genre]));
    json_set_num(j, "p_of_nothing", (double)mlp_probability(w->base[genre]));
    json_set_num(j, "logit", (double)w->total[genre]);
    json_set_num(j, "logit_of_nothing", (double)w->base[genre]);
    json_set(j, "parts", parts);
    return j;
}
