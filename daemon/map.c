#include "daemon/map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/order.h"
#include "base/text.h"
#include "classifier/genre.h"
#include "classifier/map.h"
#include "daemon/app.h"
#include "daemon/genres.h"
#include "store/map.h"

#define FEW    20  /* once so many-th of the songs is new or was put among the others, all move */
#define DIGITS 1e4 /* of a position that is told */

/* A layout that is being made; from its start until its end it belongs to the worker thread. */
struct map_work {
    struct map *map;
    struct loop_work *handle;
    int64_t account;
    char *model;
    struct store_map_place *places; /* (task.n) */
    float *spaces;                  /* (task.n, dim) */
    struct map_task task;
    bool made;
};

/* The songs, and what is stored of them. */
struct view {
    const struct opinion *o;
    struct store_map kept;
    const struct store_map_place **at; /* (o->n) NULL: nothing is stored */
    uint64_t *of;                      /* (o->n) hash of its place, 0: it has none */
    size_t placeable;
    size_t fresh; /* of these, songs that lie where they should */
    size_t late;  /* of these, put there among the others */
};

void map_open(struct map *m, struct app *app)
{
    *m = (struct map){.app = app};
}

static void work_free(struct map_work *w)
{
    free(w->model);
    free(w->places);
    free(w->spaces);
    free(w->task.at);
    free(w);
}

static void on_gone(void *ctx)
{
    work_free(ctx);
}

void map_cancel(struct map *m)
{
    if (!m->work)
        return;
    atomic_store(&m->work->task.cancel, true);
    loop_work_cancel(m->work->handle, on_gone);
    m->work = NULL;
}

static void run(void *ctx)
{
    struct map_work *w = ctx;
    w->made = map_make(&w->task);
}

/* Stores what lies elsewhere than before. */
static enum err_code keep(struct map_work *w, struct store *store, struct err *e)
{
    const struct map_task *t = &w->task;
    struct store_map map = {.model = w->model, .scale = t->scale, .places = w->places};
    for (size_t i = 0; i < t->n; i++) {
        const float *at = t->at + 2 * i;
        struct store_map_place p = w->places[i];
        bool stays = p.x >= at[0] && p.x <= at[0] && p.y >= at[1] && p.y <= at[1];
        if (stays && !t->whole)
            continue;
        p.late = !t->whole;
        p.x = at[0];
        p.y = at[1];
        w->places[map.n++] = p;
    }
    return store_map_put(store, w->account, &map, e);
}

static void on_done(void *ctx)
{
    struct map_work *w = ctx;
    struct app *a = w->map->app;
    struct err e = {0};
    w->map->work = NULL;
    if (w->made && keep(w, a->store, &e))
        log_error("map: not kept reason='%s'", e.text);
    else if (w->made) {
        struct json *event = json_object();
        json_set_str(event, "message_type", "map");
        log_info("map: laid out songs=%zu all=%s", w->task.n, w->task.whole ? "yes" : "no");
        events_send(&a->events, 0, event, false);
    }
    work_free(w);
    app_rest(a);
}

/* --- what is to be laid out
 * -----------------------------------------------------------------------
 */

static void view_fill(struct view *v, struct arena *arena)
{
    const struct opinion *o = v->o;
    const size_t dim = model_space(o->model);
    v->at = arena_alloc(arena, (o->n + 1) * sizeof(*v->at));
    v->of = arena_alloc(arena, (o->n + 1) * sizeof(*v->of));
    for (size_t i = 0; i < o->n; i++) {
        const float *place = o->songs[i].place;
        struct store_map_place key = {.track = o->songs[i].track};
        if (v->kept.n)
            v->at[i] =
                bsearch(&key, v->kept.places, v->kept.n, sizeof(*v->kept.places), order_by_id);
        if (!place || !map_is_place(place, dim))
            continue;
        v->of[i] = text_hash(place, dim * sizeof(*place), TEXT_HASH_START) | 1;
        v->placeable++;
        bool fresh = v->at[i] && v->at[i]->of == v->of[i];
        v->fresh += fresh;
        v->late += fresh && v->at[i]->late;
    }
}

static struct map_work *work_make(struct map *m, const struct view *v, bool again)
{
    const struct opinion *o = v->o;
    const size_t dim = model_space(o->model);
    struct map_work *w = mem_alloc(sizeof(*w));
    w->map = m;
    w->account = m->app->token.account;
    w->model = mem_strdup(model_id(o->model));
    w->places = mem_array(v->placeable, sizeof(*w->places));
    w->spaces = mem_array(v->placeable * dim, sizeof(*w->spaces));
    w->task.at = mem_array(v->placeable, 2 * sizeof(*w->task.at));
    for (size_t i = 0; i < o->n; i++) {
        if (!v->of[i])
            continue;
        const size_t n = w->task.n++;
        const struct store_map_place *at = v->at[i];
        bool begins_there = at && (again || at->of == v->of[i]);
        w->places[n] = (struct store_map_place){.track = o->songs[i].track,
                                                .x = begins_there ? at->x : NAN,
                                                .y = begins_there ? at->y : NAN,
                                                .of = v->of[i]};
        w->task.at[2 * n] = w->places[n].x;
        w->task.at[2 * n + 1] = w->places[n].y;
        memcpy(w->spaces + n * dim, o->songs[i].place, dim * sizeof(*w->spaces));
    }
    w->task.dim = dim;
    w->task.places = w->spaces;
    w->task.again = again;
    w->task.scale = v->kept.scale;
    return w;
}

static void begin_if_needed(struct map *m, const struct view *v)
{
    const size_t off = v->placeable - v->fresh;
    bool other_model = strcmp(v->kept.model, model_id(v->o->model)) != 0;
    if (m->work || m->app->stopping || !v->placeable || (!off && !other_model))
        return;
    m->work = work_make(m, v, other_model || (off + v->late) * FEW >= v->placeable);
    m->work->handle = loop_work_start(m->app->loop, run, on_done, m->work);
}

/* --- the document
 * ---------------------------------------------------------------------------------
 */

/* The likeliest family that the song is of, the person's word first; -1: of none. */
static int family_of(const struct opinion *o, size_t song)
{
    int best = -1;
    double best_p = -1;
    for (size_t g = 0; g < GENRE_N; g++) {
        const struct tree_genre *family = tree_at(o->tree, g);
        const size_t at = song * o->genres + g;
        double p = (double)o->p[at] + (o->word[at] > 0 ? 1 : 0);
        if (!genres_is_shown(family) || !opinion_is(o, song, g, 0))
            continue;
        if (p > best_p) {
            best = (int)g;
            best_p = p;
        }
    }
    return best;
}

static struct json *families_json(const struct opinion *o)
{
    struct json *genres = json_array();
    for (size_t g = 0; g < GENRE_N; g++) {
        struct json *genre = json_object();
        json_set_str(genre, "name", tree_at(o->tree, g)->name);
        json_set_str(genre, "title", tree_at(o->tree, g)->title);
        json_add(genres, genre);
    }
    return genres;
}

static double rounded(float at)
{
    return round((double)at * DIGITS) / DIGITS;
}

static void songs_add(const struct view *v, struct json *j)
{
    static const char *const names[] = {"id", "name", "artists", "genre", "x", "y"};
    struct json *column[6];
    for (size_t c = 0; c < 6; c++)
        json_set(j, names[c], column[c] = json_array());
    for (size_t i = 0; i < v->o->n; i++) {
        const struct store_labelled *song = &v->o->songs[i];
        if (!v->at[i] || song->excluded)
            continue;
        json_add_str(column[0], song->sid);
        json_add_str(column[1], song->name);
        json_add_str(column[2], song->artists);
        json_add_num(column[3], family_of(v->o, i));
        json_add_num(column[4], rounded(v->at[i]->x));
        json_add_num(column[5], rounded(v->at[i]->y));
    }
}

static struct json *map_json(const struct map *m, const struct view *v)
{
    struct json *j = json_object();
    double done = m->work ? (double)atomic_load(&m->work->task.done) / MAP_DONE : 1;
    json_set_str(j, "state", m->work ? "computing" : v->placeable ? "ready" : "absent");
    json_set_num(j, "done", done);
    json_set(j, "genres", families_json(v->o));
    songs_add(v, j);
    return j;
}

enum err_code map_get(struct app *a, const struct server_request *req, const struct json *body,
                      struct json **ret, struct err *e)
{
    struct arena arena = {0};
    struct view v = {.o = NULL};
    (void)req;
    (void)body;
    enum err_code code = opinions_get(a, false, &v.o, e);
    if (code == ERR_OK)
        code = store_map_get(a->store, a->token.account, &arena, &v.kept, e);
    if (code == ERR_OK) {
        view_fill(&v, &arena);
        begin_if_needed(&a->map, &v);
        *ret = map_json(&a->map, &v);
    }
    arena_free(&arena);
    return code;
}
