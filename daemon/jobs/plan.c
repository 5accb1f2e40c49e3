/* From probabilities to outbox rows: per chosen genre, what should be in its playlists and is not.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "daemon/jobs/work.h"
#include "spotify/diff.h"
#include "spotify/endpoint.h"

struct plan {
    struct work *w;
    struct work_genre *genre;
    size_t column; /* of the opinion: the genre in the tree */
    struct arena arena;
    struct diff_song *songs;
    struct store_item *stored;
    struct diff_item *items;
    size_t n_items;
    struct diff_volume *volumes;
    struct store_playlist **playlists; /* (n_volumes) */
    size_t n_volumes;
    bool frozen; /* the person deleted one of its playlists, or one could not be read */
};

static void judge_songs(struct plan *p)
{
    const struct opinion *o = &p->w->opinion;
    p->songs = arena_alloc(&p->arena, (o->n + 1) * sizeof(*p->songs));
    p->genre->wanted = 0;
    for (size_t i = 0; i < o->n; i++) {
        const struct store_labelled *song = &o->songs[i];
        p->songs[i] = (struct diff_song){
            song->track, opinion_is(o, i, p->column, 0) && song->addable && !song->excluded,
            opinion_is(o, i, p->column, p->w->options.stay_margin) && !song->excluded};
        p->genre->wanted += p->songs[i].enters;
    }
}

static bool is_unsafe(const struct mirror_state *m, int64_t playlist)
{
    for (size_t i = 0; i < m->n; i++) {
        if (m->playlists[i].id == playlist)
            return m->mark[i].unsafe;
    }
    return false;
}

static enum err_code load_volumes(struct plan *p, struct err *e)
{
    struct work *w = p->w;
    struct store_playlist *all = NULL;
    size_t n = 0;
    enum err_code code = store_playlist_list(w->env.store, w->env.account, &p->arena, &all, &n, e);
    if (code)
        return code;
    p->playlists = arena_alloc(&p->arena, (n + 1) * sizeof(struct store_playlist *));
    p->n_volumes = 0;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(all[i].genre, p->genre->genre) != 0)
            continue;
        p->playlists[p->n_volumes++] = &all[i];
        p->frozen = p->frozen || all[i].gone || is_unsafe(&w->mirror, all[i].id);
    }
    return ERR_OK;
}

static enum err_code load_items(struct plan *p, struct err *e)
{
    enum err_code code = store_playlist_items(p->w->env.store, p->w->env.account, p->genre->genre,
                                              &p->arena, &p->stored, &p->n_items, e);
    if (code)
        return code;
    static const enum diff_by by[] = {
        [STORE_BY_GENRED] = DIFF_BY_GENRED,
        [STORE_BY_PERSON] = DIFF_BY_PERSON,
        [STORE_BY_REMOVED] = DIFF_BY_REMOVED,
    };
    p->items = arena_alloc(&p->arena, (p->n_items + 1) * sizeof(*p->items));
    for (size_t i = 0; i < p->n_items; i++)
        p->items[i] =
            (struct diff_item){p->stored[i].track, p->stored[i].playlist, by[p->stored[i].by]};
    return ERR_OK;
}

/* "{genre} (genred)", with the volume's number from the second on. */
static const char *playlist_name(struct plan *p, int64_t volume)
{
    const char *template = p->w->options.playlist_name;
    const char *title = tree_at(p->w->env.tree, p->column)->title;
    const char *at = strstr(template, "{genre}");
    int before = at ? (int)(at - template) : (int)strlen(template);
    const char *name = arena_printf(&p->arena, "%.*s%s%s", before, template, at ? title : "",
                                    at ? at + strlen("{genre}") : "");
    if (volume > 1)
        name = arena_printf(&p->arena, "%s %lld", name, (long long)volume);
    char *cut = arena_alloc(&p->arena, ENDPOINT_NAME_MAX + 1);
    text_copy(cut, ENDPOINT_NAME_MAX + 1, name);
    return cut;
}

static enum err_code add_volume(struct plan *p, struct err *e)
{
    struct work *w = p->w;
    int64_t volume = (int64_t)p->n_volumes + 1;
    int64_t id = 0;
    enum err_code code = store_playlist_new(w->env.store, w->env.account, p->genre->genre, volume,
                                            playlist_name(p, volume), &id, e);
    return code ? code : load_volumes(p, e);
}

static void diff(struct plan *p, size_t *ret_overflow)
{
    struct work *w = p->w;
    p->volumes = arena_alloc(&p->arena, (p->n_volumes + 1) * sizeof(*p->volumes));
    for (size_t i = 0; i < p->n_volumes; i++)
        p->volumes[i] = (struct diff_volume){
            .playlist = p->playlists[i]->id,
            .total = p->playlists[i]->total,
            .add = arena_alloc(&p->arena, (w->opinion.n + 1) * sizeof(int64_t)),
            .remove = arena_alloc(&p->arena, (p->n_items + 1) * sizeof(int64_t)),
        };
    diff_plan(p->songs, w->opinion.n, p->items, p->n_items, p->volumes, p->n_volumes,
              ENDPOINT_PLAYLIST_CAP, ret_overflow);
}

static void note_example(struct plan *p, int64_t track)
{
    struct work_genre *g = p->genre;
    const struct opinion *o = &p->w->opinion;
    size_t at = 0;
    while (o->songs[at].track != track)
        at++;
    const struct store_labelled *song = &o->songs[at];
    double probability = (double)o->p[at * o->genres + p->column];
    for (size_t i = 0; i < 3; i++) {
        if (g->example[i] && g->example_p[i] >= probability)
            continue;
        for (size_t k = 2; k > i; k--) {
            g->example[k] = g->example[k - 1];
            g->example_p[k] = g->example_p[k - 1];
        }
        g->example[i] = song;
        g->example_p[i] = probability;
        return;
    }
}

static void note_first_plan(struct plan *p)
{
    struct work_genre *g = p->genre;
    g->before = arena_alloc(&p->w->arena, (p->n_items + 1) * sizeof(*g->before));
    for (size_t i = 0; i < p->n_items; i++) {
        if (p->items[i].by == DIFF_BY_GENRED)
            g->before[g->n_before++] = p->items[i].track;
    }
    for (size_t v = 0; v < p->n_volumes; v++) {
        g->planned_add += p->volumes[v].n_add;
        g->planned_remove += p->volumes[v].n_remove;
        for (size_t i = 0; i < p->volumes[v].n_add; i++)
            note_example(p, p->volumes[v].add[i]);
    }
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Songs to take out because they are no longer liked. */
static size_t count_unliked(struct plan *p)
{
    const struct opinion *o = &p->w->opinion;
    int64_t *liked = arena_alloc(&p->arena, (o->n + 1) * sizeof(*liked));
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++)
        liked[i] = o->songs[i].track;
    qsort(liked, o->n, sizeof(*liked), ascending);
    for (size_t v = 0; v < p->n_volumes; v++) {
        for (size_t i = 0; i < p->volumes[v].n_remove; i++)
            n += bsearch(&p->volumes[v].remove[i], liked, o->n, sizeof(*liked), ascending) == NULL;
    }
    return n;
}

/* Much that goes at once, because likes are missing, may be a likes list that came incomplete. */
static enum err_code check_loss(struct plan *p, struct err *e)
{
    size_t removed = 0;
    int64_t total = 0;
    for (size_t v = 0; v < p->n_volumes; v++) {
        removed += p->volumes[v].n_remove;
        total += p->volumes[v].total;
    }
    if (p->w->options.yes || p->w->options.dry_run || removed < WORK_LOSS_LEAST)
        return ERR_OK;
    size_t unliked = count_unliked(p);
    if (unliked < WORK_LOSS_LEAST || 5 * (int64_t)unliked <= total)
        return ERR_OK;
    return err_set(e, ERR_CONFIRM,
                   "the playlist '%s' would lose %zu of its %lld songs because they are no longer "
                   "liked: if you un-liked them, run 'genrectl sync --yes'; until then nothing is "
                   "changed",
                   p->playlists[0]->name, unliked, (long long)total);
}

static enum err_code plan_genre(struct plan *p, struct err *e)
{
    struct work *w = p->w;
    size_t overflow = 0;
    enum err_code code = load_volumes(p, e);
    if (code == ERR_OK)
        code = load_items(p, e);
    if (code)
        return code;
    judge_songs(p);
    bool enough = p->genre->wanted > 0 && (int64_t)p->genre->wanted >= w->options.min_tracks;
    if (p->n_volumes == 0 && !enough)
        return ERR_OK;
    if (p->n_volumes == 0)
        code = add_volume(p, e);
    for (;;) {
        if (code || p->frozen)
            return code;
        diff(p, &overflow);
        if (overflow == 0)
            break;
        code = add_volume(p, e);
    }
    code = check_loss(p, e);
    if (code == ERR_OK && !w->planned)
        note_first_plan(p);
    for (size_t i = 0; code == ERR_OK && i < p->n_volumes; i++) {
        const struct diff_volume *v = &p->volumes[i];
        if (!*p->playlists[i]->sid)
            code = store_outbox_put(w->env.store, v->playlist, STORE_CREATE, e);
        if (code == ERR_OK)
            code = store_outbox_plan(w->env.store, v->playlist, v->add, v->n_add, v->remove,
                                     v->n_remove, e);
    }
    return code;
}

static void run_judge(void *ctx)
{
    struct work *w = ctx;
    opinion_judge(&w->opinion, w->options.threshold);
}

static bool is_chosen(const struct work *w, const char *genre)
{
    for (size_t i = 0; i < w->options.n_genres; i++) {
        if (strcmp(w->options.genres[i], genre) == 0)
            return true;
    }
    return false;
}

/* What an interrupted run left queued for a genre that is no longer chosen. */
static enum err_code clear_unchosen(struct work *w, struct err *e)
{
    struct arena a = {0};
    struct store_playlist *list = NULL;
    size_t n = 0;
    enum err_code code = store_playlist_list(w->env.store, w->env.account, &a, &list, &n, e);
    for (size_t i = 0; code == ERR_OK && i < n; i++) {
        if (!is_chosen(w, list[i].genre))
            code = store_outbox_clear(w->env.store, list[i].id, e);
    }
    arena_free(&a);
    return code;
}

static void count_unsorted(struct work *w)
{
    const struct opinion *o = &w->opinion;
    w->unsorted = 0;
    for (size_t i = 0; i < o->n; i++) {
        bool sorted = false;
        for (size_t g = 0; g < w->options.n_genres; g++) {
            size_t genre = tree_find(w->env.tree, w->options.genres[g]);
            sorted = sorted || opinion_is(o, i, genre, 0);
        }
        w->unsorted += !sorted;
    }
}

static enum err_code plan_all(struct work *w, struct err *e)
{
    enum err_code code = store_begin(w->env.store, e);
    if (code)
        return code;
    code = clear_unchosen(w, e);
    for (size_t i = 0; code == ERR_OK && i < w->options.n_genres; i++) {
        struct plan p = {.w = w, .genre = &w->genres[i]};
        p.genre->genre = w->options.genres[i];
        p.column = tree_find(w->env.tree, w->options.genres[i]);
        code = p.column == TREE_NONE
                   ? err_set(e, ERR_USAGE, "there is no genre '%s'", w->options.genres[i])
                   : plan_genre(&p, e);
        arena_free(&p.arena);
    }
    return store_end(w->env.store, code, e);
}

enum job_wish plan_ask(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    if (!w->opinion.tree) {
        if (opinion_load(&w->opinion, w->env.store, w->env.account, w->env.model, w->env.tree,
                         &io->err))
            return JOB_FAIL;
        io->work = (struct job_work){run_judge, w};
        return JOB_CPU;
    }
    if (plan_all(w, &io->err))
        return JOB_FAIL;
    if (!w->planned)
        count_unsorted(w);
    w->planned = true;
    if (w->options.dry_run)
        j->next = j->n_steps;
    return JOB_NEXT;
}
