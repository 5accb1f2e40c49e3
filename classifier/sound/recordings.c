#include "classifier/sound/recordings.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/team.h"
#include "base/text.h"
#include "classifier/audio/extract.h"
#include "classifier/genre.h"

/* One take that is to be made. */
struct task {
    size_t row;     /* of the catalogue */
    size_t version; /* 0: as it is */
    struct recordings_take take;
    enum err_code code;
    struct err err;
};

struct work {
    const struct catalogue *catalogue;
    const struct recordings_options *options;
    const struct watch *watch;
    struct task *tasks;
    size_t n;
    size_t done;
    pthread_mutex_t told;
};

/* --- what is to be done ------------------------------------------------------------------------
 */

static int by_size(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Families with fewer recordings than the median of those that have any. */
static uint32_t rare_families(const struct catalogue *c)
{
    size_t count[GENRE_N] = {0}, some[GENRE_N] = {0}, n = 0;
    uint32_t rare = 0;
    for (size_t i = 0; i < c->n; i++) {
        for (size_t g = 0; g < GENRE_N; g++) {
            count[g] += c->rows[i].labels >> g & 1;
        }
    }
    for (size_t g = 0; g < GENRE_N; g++) {
        if (count[g] > 0) {
            some[n++] = count[g];
        }
    }
    qsort(some, n, sizeof(*some), by_size);
    const size_t twice = n > 0 ? some[(n - 1) / 2] + some[n / 2] : 0;
    for (size_t g = 0; g < GENRE_N; g++) {
        rare |= count[g] > 0 && 2 * count[g] < twice ? UINT32_C(1) << g : 0;
    }
    return rare;
}

static void tasks_make(struct work *w)
{
    const struct catalogue *c = w->catalogue;
    const uint32_t rare = w->options->of_all ? UINT32_MAX : rare_families(c);
    w->tasks = mem_array(c->n * (1 + w->options->versions), sizeof(*w->tasks));
    for (size_t i = 0; i < c->n; i++) {
        const size_t versions = (c->rows[i].labels & rare) != 0 ? w->options->versions : 0;
        for (size_t v = 0; v <= versions; v++) {
            w->tasks[w->n++] = (struct task){.row = i, .version = v};
        }
    }
}

/* --- reading -----------------------------------------------------------------------------------
 */

static uint64_t seed_of(const struct recordings_options *o, const char *path, size_t version)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    const uint64_t numbers[] = {o->seed, version};
    return text_hash(name, strlen(name), text_hash(numbers, sizeof(numbers), TEXT_HASH_START));
}

static struct augment_plan plan_of(const struct recordings_options *o, const char *path,
                                   size_t version)
{
    const struct augment augment = {.seed = seed_of(o, path, version),
                                    .kinds = o->kinds != 0 ? o->kinds : AUGMENT_ALL,
                                    .strength = o->strength};
    return augment_plan(&augment);
}

static void task_told(struct work *w)
{
    pthread_mutex_lock(&w->told);
    watch_progress(w->watch, ++w->done, w->n);
    pthread_mutex_unlock(&w->told);
}

static void take_free(struct recordings_take *t)
{
    free(t->segments);
    free(t->strip);
    *t = (struct recordings_take){0};
}

static void task_run(void *context, size_t part)
{
    struct work *w = context;
    struct task *t = &w->tasks[part];
    const struct recordings_options *o = w->options;
    const char *path = w->catalogue->rows[t->row].path;
    const struct augment_plan plan = plan_of(o, path, t->version);
    struct extract_options extract_options = {.segment_s = o->segment_s,
                                              .augment = t->version > 0 ? &plan : NULL};
    struct extract x;
    if (o->segment_s > 0.0) {
        t->take.segments = mem_array(SEGMENT_MOST, sizeof(*t->take.segments));
    }
    if (o->strips) {
        t->take.strip = mem_alloc(sizeof(*t->take.strip));
    }
    extract_options.segments = t->take.segments;
    extract_options.strip = t->take.strip;
    t->code = extract_run(path, &extract_options, &x, &t->err);
    if (t->code != ERR_OK) {
        take_free(&t->take);
    } else {
        t->take.summary = x.summary;
        t->take.n_segments = x.n_segments;
    }
    if (t->take.segments != NULL) {
        t->take.segments =
            mem_resize(t->take.segments, t->take.n_segments, sizeof(*t->take.segments));
    }
    task_told(w);
}

/* --- the result --------------------------------------------------------------------------------
 */

/* The tasks of one row, which are neighbours; how many they are. What was made goes over. */
static size_t row_take(struct work *w, size_t first, struct recordings *ret)
{
    const struct catalogue_row *row = &w->catalogue->rows[w->tasks[first].row];
    struct task *t = w->tasks + first;
    size_t n = 1;
    while (first + n < w->n && t[n].row == t->row) {
        n++;
    }
    if (t->code != ERR_OK) {
        watch_complain(w->watch, row->path, t->err.text);
        ret->failed++;
        for (size_t i = 1; i < n; i++) {
            take_free(&t[i].take);
        }
        return n;
    }
    struct recordings_row *made = &ret->rows[ret->n++];
    *made = (struct recordings_row){.path = row->path,
                                    .labels = row->labels,
                                    .group = row->group,
                                    .takes = mem_array(n, sizeof(*made->takes))};
    for (size_t i = 0; i < n; i++) {
        if (t[i].code == ERR_OK) {
            made->takes[made->n_takes++] = t[i].take;
        }
    }
    return n;
}

enum err_code recordings_read(const char *source, const struct recordings_options *options,
                              const struct watch *watch, struct recordings *ret, struct err *e)
{
    *ret = (struct recordings){0};
    enum err_code code = catalogue_read(source, watch, &ret->catalogue, e);
    if (code != ERR_OK) {
        return code;
    }
    struct work w = {.catalogue = &ret->catalogue,
                     .options = options,
                     .watch = watch,
                     .told = PTHREAD_MUTEX_INITIALIZER};
    struct team *team = team_new(options->threads);
    tasks_make(&w);
    watch_progress(watch, 0, w.n);
    team_run(team, task_run, &w, w.n);
    team_free(team);
    ret->rows = mem_array(ret->catalogue.n, sizeof(*ret->rows));
    ret->groups = ret->catalogue.groups;
    ret->failed = ret->catalogue.bad;
    for (size_t i = 0; i < w.n;) {
        i += row_take(&w, i, ret);
    }
    free(w.tasks);
    if (ret->n == 0) {
        recordings_free(ret);
        return err_set(e, ERR_FORMAT, "%s has no recording that can be used", source);
    }
    return ERR_OK;
}

void recordings_free(struct recordings *r)
{
    for (size_t i = 0; i < r->n; i++) {
        for (size_t k = 0; k < r->rows[i].n_takes; k++) {
            take_free(&r->rows[i].takes[k]);
        }
        free(r->rows[i].takes);
    }
    free(r->rows);
    catalogue_free(&r->catalogue);
    *r = (struct recordings){0};
}
