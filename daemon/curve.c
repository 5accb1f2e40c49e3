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

void curve_make(float *p, size_t n, size_t sure, struct curve_point ret[CURVE_POINTS])
{
    double sum = (double)sure;
    size_t in = 0;
    if (n > 0)
        qsort(p, n, sizeof(*p), descending);
    for (size_t k = CURVE_POINTS; k > 0; k--) {
        double threshold = round((FIRST + STEP * (double)(k - 1)) * 100) / 100;
        for (; in < n && p[in] >= (float)threshold; in++)
            sum += (double)p[in];
        size_t count = sure + in;
        ret[k - 1] =
            (struct curve_point){threshold, count, count ? sum / (double)count : (double)NAN};
    }
}

/* The opinion on one genre, as columns. */
struct column {
    float *p; /* (n) of songs without the person's word */
    size_t n;
    size_t sure;
    float *threshold; /* (n_thresholds) of the labelled songs */
    size_t n_thresholds;
    size_t now; /* songs of the genre */
    double sum; /* of what speaks for them */
};

static struct column column_take(const struct opinion *o, size_t genre, struct arena *a)
{
    struct column c = {.p = arena_alloc(a, (o->n + 1) * sizeof(*c.p)),
                       .threshold = arena_alloc(a, (o->n + 1) * sizeof(*c.threshold))};
    for (size_t i = 0; i < o->n; i++) {
        size_t at = i * o->genres + genre;
        signed char word = o->word[at];
        if (o->songs[i].excluded)
            continue;
        if (opinion_is(o, i, genre, 0)) {
            c.now++;
            c.sum += word > 0 ? 1 : (double)o->p[at];
        }
        c.sure += word > 0;
        if (word == 0 && o->songs[i].p && !isnan(o->p[at]))
            c.p[c.n++] = o->p[at];
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
    curve_make(c.p, c.n, c.sure, points);
    if (c.n_thresholds > 0)
        qsort(c.threshold, c.n_thresholds, sizeof(*c.threshold), descending);
    if (isnan(shown))
        shown = c.n_thresholds ? (double)c.threshold[c.n_thresholds / 2] : MIDDLE;
    struct json *j = json_object();
    json_set_str(j, "genre", g->name);
    json_set_num(j, "threshold", (double)g->threshold);
    json_set_num(j, "shown", shown);
    json_set_int(j, "count", (int64_t)c.now);
    json_set_num(j, "precision", c.now ? c.sum / (double)c.now : (double)NAN);
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
