#include "daemon/jobs/work.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/jobs/history.h"
#include "store/account.h"

void work_note(struct work *w, const char *fmt, ...)
{
    char text[400];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    for (size_t i = 0; i < w->n_notes; i++) {
        if (__builtin_strcmp(w->notes[i], text) == 0)
            return;
    }
    log_warning("%s: %s", w->options.name, text);
    if (w->n_notes < sizeof(w->notes) / sizeof(w->notes[0]))
        w->notes[w->n_notes++] = arena_str(&w->arena, text);
}

void work_note_gone(struct work *w, const struct store_playlist *p)
{
    work_note(w,
              "the playlist '%s' was deleted, so it is left alone; after 'genrectl release %s' a "
              "sort makes a new one",
              p->name, p->genre);
}

void work_choose(struct work *w, const char *genre)
{
    const char **chosen = arena_alloc(&w->arena, (w->n_chosen + 1) * sizeof(*chosen));
    for (size_t i = 0; i < w->n_chosen; i++)
        chosen[i] = w->chosen[i];
    chosen[w->n_chosen++] = arena_str(&w->arena, genre);
    w->chosen = chosen;
}

void work_wake_sources(struct work *w, bool eager)
{
    if (w->env.sources && !w->options.dry_run)
        w->env.sources->wake(w->env.sources->ctx, eager);
}

static enum job_wish finish_ask(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    return store_account_synced(w->env.store, w->env.account, clock_utc_s(), w->options.sort,
                                &io->err)
               ? JOB_FAIL
               : JOB_NEXT;
}

static const struct job_step sync_steps[] = {
    {"liked", liked_ask, liked_take},
    {"gather", gather_ask, gather_take},
    {"statistics", features_statistics_ask, features_statistics_take},
    {"artists", features_artists_ask, features_artists_take},
    {"dataset", dataset_ask, NULL},
    {WORK_AWAIT_STEP, await_ask, NULL},
    {"label", label_ask, NULL},
    {"finish", finish_ask, NULL},
};

static const struct job_step sort_steps[] = {
    {"liked", liked_ask, liked_take},
    {"gather", gather_ask, gather_take},
    {"statistics", features_statistics_ask, features_statistics_take},
    {"artists", features_artists_ask, features_artists_take},
    {"dataset", dataset_ask, NULL},
    {WORK_AWAIT_STEP, await_ask, NULL},
    {"label", label_ask, NULL},
    {"mirror", mirror_ask, mirror_take},
    {"plan", plan_ask, NULL},
    {"write", write_ask, write_take},
    {"finish", finish_ask, NULL},
};

static const struct job_step undo_steps[] = {
    {"mirror", mirror_ask, mirror_take},
    {"undo", undo_ask, NULL},
    {"write", write_ask, write_take},
};

static const struct job_step apply_steps[] = {
    {"liked", liked_ask, liked_take}, /* so that the plan's songs are known */
    {"gather", gather_ask, gather_take}, {"mirror", mirror_ask, mirror_take},
    {"apply", apply_ask, NULL},          {"write", write_ask, write_take},
};

static const struct job_step adopt_steps[] = {
    {"adopt", adopt_ask, adopt_take},
    {"mirror", mirror_ask, mirror_take},
};

void work_options_free(struct work_options *o)
{
    for (size_t i = 0; i < o->n_genres; i++)
        free(o->genres[i]);
    for (size_t i = 0; i < o->n_from; i++)
        free(o->from[i]);
    free(o->genres);
    free(o->from);
    free(o->playlist_name);
    free(o->adopt);
    json_free(o->plan);
    *o = (struct work_options){0};
}

static void work_free(void *state)
{
    struct work *w = state;
    gather_end(&w->gather);
    features_end(&w->statistics);
    features_end(&w->artists);
    label_end(&w->label);
    mirror_end(&w->mirror);
    write_end(&w->write);
    arena_free(&w->adopt.arena);
    opinion_free(&w->opinion);
    if (w->options.dry_run)
        store_close(w->env.store);
    work_options_free(&w->options);
    arena_free(&w->arena);
    free(w);
}

/* --- summary
 * -------------------------------------------------------------------------------------- */

static size_t missing_from(const int64_t *sorted, size_t n, const int64_t *in, size_t n_in)
{
    size_t missing = 0;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        while (k < n_in && in[k] < sorted[i])
            k++;
        missing += k == n_in || in[k] != sorted[i];
    }
    return missing;
}

static void count_changes(struct work *w, const struct work_genre *g, size_t *ret_added,
                          size_t *ret_removed)
{
    struct err ignored = {0};
    struct arena a = {0};
    struct store_item *items = NULL;
    size_t n = 0;
    *ret_added = g->planned_add;
    *ret_removed = g->planned_remove;
    if (!w->options.dry_run && g->before &&
        store_playlist_items(w->env.store, w->env.account, g->genre, &a, &items, &n, &ignored) ==
            ERR_OK) {
        int64_t *now = arena_alloc(&a, (n + 1) * sizeof(*now));
        size_t n_now = 0;
        for (size_t i = 0; i < n; i++) {
            if (items[i].by == STORE_BY_GENRED)
                now[n_now++] = items[i].track;
        }
        *ret_added = missing_from(now, n_now, g->before, g->n_before);
        *ret_removed = missing_from(g->before, g->n_before, now, n_now);
    }
    arena_free(&a);
}

static struct json *examples(const struct work_genre *g)
{
    struct json *list = json_array();
    for (size_t i = 0; i < 3 && g->example[i]; i++) {
        struct json *example = json_object();
        json_set_str(example, "name", g->example[i]->name);
        json_set_str(example, "artists", g->example[i]->artists);
        json_set_num(example, "p", g->example_p[i]);
        json_add(list, example);
    }
    return list;
}

/* The playlists of the genre, as a plan names them. */
static struct json *volumes_json(const struct store_playlist *list, size_t n, const char *genre)
{
    struct json *volumes = json_array();
    for (size_t i = 0; i < n; i++) {
        if (__builtin_strcmp(list[i].genre, genre) != 0)
            continue;
        struct json *v = json_object();
        json_set_int(v, "row", list[i].id);
        json_set_str(v, "id", *list[i].sid ? list[i].sid : NULL);
        json_set_str(v, "name", list[i].name);
        json_set_str(v, "snapshot", list[i].snapshot);
        json_add(volumes, v);
    }
    return volumes;
}

static struct json *playlist_json(struct work *w, const struct work_genre *g, struct json *sums)
{
    struct err ignored = {0};
    struct arena a = {0};
    struct store_playlist *list = NULL;
    size_t n = 0;
    size_t added = 0;
    size_t removed = 0;
    int64_t total = 0;
    const struct store_playlist *first = NULL;
    count_changes(w, g, &added, &removed);
    if (store_playlist_list(w->env.store, w->env.account, &a, &list, &n, &ignored))
        n = 0;
    for (size_t i = 0; i < n; i++) {
        if (__builtin_strcmp(list[i].genre, g->genre) != 0)
            continue;
        first = first ? first : &list[i];
        total += list[i].total;
    }
    if (w->options.dry_run)
        total += (int64_t)added - (int64_t)removed;
    struct json *j = json_object();
    json_set_str(j, "genre", g->genre);
    json_set_str(j, "name", first ? first->name : NULL);
    json_set_str(j, "id", first && *first->sid ? first->sid : NULL);
    json_set_int(j, "added", (int64_t)added);
    json_set_int(j, "removed", (int64_t)removed);
    json_set_int(j, "total", total);
    json_set_int(j, "held", (int64_t)g->held);
    json_set_int(j, "theirs", (int64_t)g->theirs);
    json_set(j, "examples", examples(g));
    if (w->options.dry_run) {
        json_set(j, "volumes", volumes_json(list, n, g->genre));
        json_set(j, "changes", preview_json(w, g));
    }
    json_set_int(sums, "added", json_get_int(sums, "added", 0) + (int64_t)added);
    json_set_int(sums, "removed", json_get_int(sums, "removed", 0) + (int64_t)removed);
    arena_free(&a);
    return j;
}

/* What a sort after this dry run will cost: it reads what this one read, and writes. */
static struct json *cost_json(struct job *j)
{
    struct work *w = j->state;
    struct err ignored = {0};
    struct json *cost = json_object();
    int64_t writes = 0;
    double seconds = (double)(clock_boot_ms() - w->started_boot_ms) / 1000;
    bool adds = false;
    if (store_outbox_calls(w->env.store, w->env.account, ENDPOINT_WRITE_MAX, &writes, &ignored))
        writes = 0;
    for (size_t i = 0; w->planned && i < w->options.n_genres; i++)
        adds = adds || w->genres[i].planned_add > 0;
    /* After additions the list is looked at once more. */
    json_set_int(cost, "reads", j->requests + (adds ? 1 : 0));
    json_set_int(cost, "writes", writes);
    json_set_num(cost, "seconds",
                 j->requests ? seconds * (double)(j->requests + writes) / (double)j->requests : 0);
    json_set(cost, "sources",
             w->env.sources ? w->env.sources->cost(w->env.sources->ctx, w->env.store)
                            : json_array());
    return cost;
}

static struct json *summary(struct job *j, const struct err *e)
{
    struct work *w = j->state;
    struct err ignored = {0};
    struct json *s = json_object();
    struct store_liked_counts counts = {0};
    if (store_liked_count(w->env.store, w->env.account, model_id(w->env.model), &counts, &ignored))
        counts = (struct store_liked_counts){0};
    json_set_bool(s, "dry_run", w->options.dry_run);
    json_set_int(s, "tracks", counts.liked + counts.others);
    json_set_int(s, "labelled", counts.labelled);
    json_set_int(s, "unsorted", (int64_t)w->unsorted);
    json_set_int(s, "requests", j->requests);
    json_set_num(s, "seconds", (double)(clock_boot_ms() - w->started_boot_ms) / 1000);
    json_set_int(s, "added", 0);
    json_set_int(s, "removed", 0);
    struct json *playlists = json_array();
    for (size_t i = 0; w->planned && i < w->options.n_genres; i++)
        json_add(playlists, playlist_json(w, &w->genres[i], s));
    json_set(s, "playlists", playlists);
    struct json *notes = json_array();
    for (size_t i = 0; i < w->n_notes; i++)
        json_add_str(notes, w->notes[i]);
    if (w->env.sources && !w->options.dry_run)
        w->env.sources->tell(w->env.sources->ctx, notes);
    if (w->options.dry_run)
        json_set(s, "cost", cost_json(j));
    json_set(s, "notes", notes);
    json_set_int(s, "exit_status",
                 err_exit_status(e->code     ? e->code
                                 : w->partly ? ERR_PARTLY
                                             : ERR_OK));
    return s;
}

/* Of a job that works on the playlists alone: what it wrote, or took under care. */
static struct json *edit_summary(struct job *j, const struct err *e)
{
    struct work *w = j->state;
    struct err ignored = {0};
    struct json *s = json_object();
    struct json *playlists = NULL;
    int64_t added = 0;
    int64_t removed = 0;
    if (history_json(w->env.store, w->env.run, false, &playlists, &ignored))
        playlists = json_array();
    for (const struct json *p = json_first(playlists); p; p = json_next(p)) {
        added += json_get_int(p, "added", 0);
        removed += json_get_int(p, "removed", 0);
    }
    if (w->options.undo)
        json_set_int(s, "undone", w->options.undo);
    if (w->adopt.n_found == 1) {
        json_set_str(s, "adopted", w->adopt.found[0].name);
        json_set_str(s, "genre", w->options.genres[0]);
    }
    json_set_int(s, "added", added);
    json_set_int(s, "removed", removed);
    json_set_int(s, "requests", j->requests);
    json_set(s, "playlists", playlists);
    struct json *chosen = json_array();
    for (size_t i = 0; i < w->n_chosen; i++)
        json_add_str(chosen, w->chosen[i]);
    json_set(s, "chosen", chosen);
    struct json *notes = json_array();
    for (size_t i = 0; i < w->n_notes; i++)
        json_add_str(notes, w->notes[i]);
    json_set(s, "notes", notes);
    json_set_int(s, "exit_status",
                 err_exit_status(e->code     ? e->code
                                 : w->partly ? ERR_PARTLY
                                             : ERR_OK));
    return s;
}

#define STEPS(list) list, sizeof(list) / sizeof((list)[0])

static const struct kind {
    const struct job_step *steps;
    size_t n_steps;
    struct json *(*summary)(struct job *j, const struct err *e);
} kinds[] = {
    {STEPS(sync_steps), summary},       {STEPS(sort_steps), summary},
    {STEPS(undo_steps), edit_summary},  {STEPS(apply_steps), edit_summary},
    {STEPS(adopt_steps), edit_summary},
};

static const struct kind *kind_of(const struct work_options *o)
{
    size_t kind = o->undo ? 2 : o->plan ? 3 : o->adopt ? 4 : o->sort;
    return &kinds[kind];
}

struct job *work_new(const struct work_env *env, struct work_options *options)
{
    struct work *w = mem_alloc(sizeof(*w));
    struct job *j = mem_alloc(sizeof(*j));
    w->env = *env;
    w->env.user_id = env->user_id ? arena_str(&w->arena, env->user_id) : NULL;
    w->options = *options;
    *options = (struct work_options){0};
    w->genres = arena_alloc(&w->arena, (w->options.n_genres + 1) * sizeof(*w->genres));
    w->started_boot_ms = clock_boot_ms();
    liked_begin(&w->liked);
    w->adopt.limit = -1;
    const struct kind *kind = kind_of(&w->options);
    *j = (struct job){
        .name = w->options.name,
        .steps = kind->steps,
        .n_steps = kind->n_steps,
        .next = JOB_NEXT_IN_ORDER,
        .state = w,
        .state_free = work_free,
        .summary = kind->summary,
    };
    return j;
}
