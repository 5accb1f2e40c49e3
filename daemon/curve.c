#include "daemon/curve.h"

#include <math.h>
#include <stdlib.h>

#include "daemon/app.h"
#include "daemon/choice.h"

#define FIRST  0.05
#define STEP   0.01
#define MIDDLE 0.5 /* where the pointer starts while nothing is labelled */

static int descending(const void *a, const void *b)
{
    const float *x = a;
    const float *y = b;
    return (*x < *y) - (*x > *y);
}

void curve_make(const struct curve_song *songs, size_t n, size_t sure,
                struct curve_point ret[CURVE_POINTS])
{
    for (size_t k = 0; k < CURVE_POINTS; k++) {
        double threshold = round((FIRST + STEP * (double)k) * 100) / 100;
        float least = (float)threshold;
        double sum = 0;
        size_t count = sure;
        for (size_t i = 0; i < n; i++) {
            float p = tree_merged_p(songs[i].p, songs[i].margin, least);
            bool in = p >= least;
            count += in;
            sum += in ? (double)p : 0;
        }
        ret[k] = (struct curve_point){threshold, count,
                                      count ? ((double)sure + sum) / (double)count : (double)NAN};
    }
}

/* The opinion on one genre, as columns. */
struct column {
    struct curve_song *songs; /* (n) without the person's word */
    size_t n;
    size_t sure;
    float *threshold; /* (n_thresholds) of the labelled songs */
    size_t n_thresholds;
    size_t now; /* songs of the genre */
    double sum; /* of p of those that are not sure */
};

static struct curve_song song_of(const struct opinion *o, size_t song, size_t genre)
{
    size_t target = o->target[genre];
    if (target == OPINION_NONE)
        return (struct curve_song){o->p[song * o->genres + genre], -1};
    size_t at = song * o->targets + target;
    return (struct curve_song){o->alone[at], o->margin[at]};
}

static struct column column_take(const struct opinion *o, size_t genre, struct arena *a)
{
    struct column c = {.songs = arena_alloc(a, (o->n + 1) * sizeof(*c.songs)),
                       .threshold = arena_alloc(a, (o->n + 1) * sizeof(*c.threshold))};
    for (size_t i = 0; i < o->n; i++) {
        size_t at = i * o->genres + genre;
        signed char word = o->word[at];
        if (o->songs[i].excluded)
            continue;
        if (opinion_is(o, i, genre, 0)) {
            c.now++;
            c.sum += word > 0 ? 0 : (double)o->p[at];
        }
        c.sure += word > 0;
        if (word == 0 && o->songs[i].p)
            c.songs[c.n++] = song_of(o, i, genre);
        if (o->songs[i].p)
            c.threshold[c.n_thresholds++] = o->threshold[at];
    }
    return c;
}

static struct json *points_json(const struct curve_point *points)
{
    struct json *list = json_array();
    for (size_t i = 0; i < CURVE_POINTS; i++) {
        struct json *point = json_object();
        json_set_num(point, "threshold", points[i].threshold);
        json_set_int(point, "count", (int64_t)points[i].count);
        json_set_num(point, "precision", points[i].precision);
        json_add(list, point);
    }
    return list;
}

static struct json *curve_json(const struct opinion *o, size_t genre)
{
    struct curve_point points[CURVE_POINTS];
    const struct tree_genre *g = tree_at(o->tree, genre);
    struct arena arena = {0};
    struct column c = column_take(o, genre, &arena);
    double shown = (double)g->threshold;
    curve_make(c.songs, c.n, c.sure, points);
    if (c.n_thresholds > 0)
        qsort(c.threshold, c.n_thresholds, sizeof(*c.threshold), descending);
    if (isnan(shown))
        shown = c.n_thresholds ? (double)c.threshold[c.n_thresholds / 2] : MIDDLE;
    struct json *j = json_object();
    json_set_str(j, "genre", g->name);
    json_set_num(j, "threshold", (double)g->threshold);
    json_set_num(j, "shown", shown);
    json_set_int(j, "count", (int64_t)c.now);
    json_set_num(j, "precision", c.now ? ((double)c.sure + c.sum) / (double)c.now : (double)NAN);
    json_set(j, "points", points_json(points));
    arena_free(&arena);
    return j;
}

enum err_code curve_get(struct app *a, const struct server_request *req, const struct json *body,
                        struct json **ret, struct err *e)
{
    const struct opinion *o = NULL;
    size_t genre = 0;
    const char *name = server_request_query(req, "genre");
    (void)body;
    enum err_code code = choice_find(a, name ? name : "", &genre, e);
    if (code == ERR_OK)
        code = opinions_get(a, false, &o, e);
    if (code == ERR_OK)
        *ret = curve_json(o, genre);
    return code;
}
