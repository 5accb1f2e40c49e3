/* From probabilities to outbox rows: per chosen genre, what should be in its playlists and is not.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "daemon/jobs/work.h"
#include "spotify/diff.h"
#include "spotify/endpoint.h"

/* Two judgements nearer than this are one. */
#define SAME_P 1e-4

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
        p->frozen =
            p->frozen || all[i].gone || all[i].missing_s || mirror_is_unsafe(&w->mirror, all[i].id);
    }
    return ERR_OK;
}

static const struct store_playlist *volume_of(const struct plan *p, int64_t playlist)
{
    size_t at = 0;
    while (p->playlists[at]->id != playlist)
        at++;
    return p->playlists[at];
}

/* The probability of the item's song for the genre; NAN when it is not there to be judged. */
static double probability(const struct plan *p, int64_t track)
{
    const struct opinion *o = &p->w->opinion;
    size_t song = opinion_find(o, track);
    bool judged = song != OPINION_NONE && o->songs[song].p;
    return judged ? (double)o->p[song * o->genres + p->column] : (double)NAN;
}

/* Unlikely by now, though nobody but the model says so: tags that came late, a new model, or what
 * was learned of other songs. */
static bool is_judged_anew(const struct plan *p, const struct store_item *item)
{
    const struct opinion *o = &p->w->opinion;
    size_t song = opinion_find(o, item->track);
    if (song == OPINION_NONE || o->word[song * o->genres + p->column] != 0 ||
        opinion_is(o, song, p->column, p->w->options.stay_margin))
        return false;
    return !(fabs(probability(p, item->track) - item->p) < SAME_P);
}

/* What stands in a list leaves it for a new judgement only when the person agrees. */
static bool is_held(struct plan *p, const struct store_item *item)
{
    if (item->by != STORE_BY_GENRED)
        return false;
    if (!volume_of(p, item->playlist)->may_remove)
        return true;
    return !p->w->options.yes && is_judged_anew(p, item);
}

/* Remembers with which probability a song stands, so that a later judgement is known for one. */
static enum err_code remember_standing(struct plan *p, struct err *e)
{
    const struct opinion *o = &p->w->opinion;
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < p->n_items; i++) {
        const struct store_item *item = &p->stored[i];
        size_t song = opinion_find(o, item->track);
        double now = probability(p, item->track);
        if (item->by != STORE_BY_GENRED || song == OPINION_NONE || isnan(now) ||
            fabs(now - item->p) < SAME_P ||
            !opinion_is(o, song, p->column, p->w->options.stay_margin))
            continue;
        code = store_playlist_stands(p->w->env.store, item->playlist, item->track, now, e);
    }
    return code;
}

static enum err_code load_items(struct plan *p, struct err *e)
{
    enum err_code code = store_playlist_items(p->w->env.store, p->w->env.account, p->genre->genre,
                                              &p->arena, &p->stored, &p->n_items, e);
    if (code)
        return code;
    static const enum diff_by by[] = {
        [STORE_BY_GENRED] = DIFF_BY_GENRED,   [STORE_BY_PERSON] = DIFF_BY_PERSON,
        [STORE_BY_REMOVED] = DIFF_BY_REMOVED, [STORE_BY_KEPT] = DIFF_BY_PERSON,
        [STORE_BY_UNDONE] = DIFF_BY_REMOVED,  [STORE_BY_DOUBLED] = DIFF_BY_PERSON,
    };
    p->items = arena_alloc(&p->arena, (p->n_items + 1) * sizeof(*p->items));
    for (size_t i = 0; i < p->n_items; i++)
        p->items[i] = (struct diff_item){p->stored[i].track, p->stored[i].playlist,
                                         by[p->stored[i].by], is_held(p, &p->stored[i])};
    return ERR_OK;
}

char *plan_playlist_name(const struct work_options *o, const char *title, int64_t volume,
                         struct arena *a)
{
    const char *at = strstr(o->playlist_name, "{genre}");
    int before = (int)(at ? (size_t)(at - o->playlist_name) : strlen(o->playlist_name));
    const char *name = arena_printf(a, "%.*s%s%s", before, o->playlist_name, at ? title : "",
                                    at ? at + strlen("{genre}") : "");
    if (volume > 1)
        name = arena_printf(a, "%s %lld", name, (long long)volume);
    char *cut = arena_alloc(a, ENDPOINT_NAME_MAX + 1);
    text_copy(cut, ENDPOINT_NAME_MAX + 1, name);
    return cut;
}

static enum err_code add_volume(struct plan *p, struct err *e)
{
    struct work *w = p->w;
    int64_t volume = p->n_volumes ? p->playlists[p->n_volumes - 1]->volume + 1 : 1;
    int64_t id = 0;
    enum err_code code = store_playlist_new(
        w->env.store, w->env.account, p->genre->genre, volume,
        plan_playlist_name(&w->options, tree_at(w->env.tree, p->column)->title, volume, &p->arena),
        &id, e);
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
    size_t at = opinion_find(o, track);
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

static enum work_why why_of(const struct plan *p, int64_t track, bool added)
{
    const struct opinion *o = &p->w->opinion;
    size_t song = opinion_find(o, track);
    if (song == OPINION_NONE)
        return WORK_WHY_UNLIKED;
    if (o->word[song * o->genres + p->column] != 0)
        return WORK_WHY_SAID;
    return added ? WORK_WHY_PROBABLE : WORK_WHY_UNLIKELY;
}

static void note_change(struct plan *p, enum work_verb verb, int64_t playlist, int64_t track)
{
    const struct opinion *o = &p->w->opinion;
    struct work_genre *g = p->genre;
    size_t song = opinion_find(o, track);
    g->changes[g->n_changes++] = (struct work_change){
        .verb = verb,
        .why = verb == WORK_VETO ? WORK_WHY_EDITED : why_of(p, track, verb == WORK_ADD),
        .track = track,
        .playlist = playlist,
        .p = probability(p, track),
        .threshold =
            song == OPINION_NONE ? (double)NAN : (double)o->threshold[song * o->genres + p->column],
    };
}

/* Everything that a preview shows. */
static void note_changes(struct plan *p)
{
    struct work_genre *g = p->genre;
    size_t room = p->n_items + g->planned_add + g->planned_remove;
    g->changes = arena_alloc(&p->w->arena, (room + 1) * sizeof(*g->changes));
    for (size_t v = 0; v < p->n_volumes; v++) {
        const struct diff_volume *volume = &p->volumes[v];
        for (size_t i = 0; i < volume->n_remove; i++)
            note_change(p, WORK_REMOVE, volume->playlist, volume->remove[i]);
        for (size_t i = 0; i < volume->n_add; i++)
            note_change(p, WORK_ADD, volume->playlist, volume->add[i]);
    }
    for (size_t i = 0; i < p->n_items; i++) {
        const struct store_item *item = &p->stored[i];
        if (p->items[i].by == DIFF_BY_REMOVED) {
            note_change(p, WORK_VETO, item->playlist, item->track);
            if (item->by == STORE_BY_UNDONE)
                g->changes[g->n_changes - 1].why = WORK_WHY_UNDONE;
        } else if (p->items[i].held && is_judged_anew(p, item))
            note_change(p, WORK_HOLD, item->playlist, item->track);
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
    for (size_t i = 0; i < p->n_items; i++) {
        g->theirs += p->items[i].by == DIFF_BY_PERSON;
        g->held += p->items[i].held && is_judged_anew(p, &p->stored[i]);
    }
    if (p->w->options.dry_run)
        note_changes(p);
}

/* Songs to take out because they are no longer among those that are sorted. */
static size_t count_unliked(const struct plan *p)
{
    size_t n = 0;
    for (size_t v = 0; v < p->n_volumes; v++) {
        for (size_t i = 0; i < p->volumes[v].n_remove; i++)
            n += opinion_find(&p->w->opinion, p->volumes[v].remove[i]) == OPINION_NONE;
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
                   "liked, nor in a place that [sort] from names: if that is meant, run 'genrectl "
                   "sync --yes'; until then nothing is changed",
                   p->playlists[0]->name, unliked, (long long)total);
}

static enum err_code queue_volume(struct plan *p, size_t at, struct err *e)
{
    const struct diff_volume *v = &p->volumes[at];
    struct store *store = p->w->env.store;
    struct store_change *changes =
        arena_alloc(&p->arena, (v->n_add + v->n_remove + 2 * p->n_items + 1) * sizeof(*changes));
    size_t n = 0;
    for (size_t i = 0; i < v->n_remove; i++)
        changes[n++] =
            (struct store_change){STORE_REMOVE, v->remove[i], -1, (double)NAN, STORE_BY_NOBODY};
    enum err_code code =
        single_plan(store, v->playlist, p->stored, p->n_items, &p->arena, changes, &n, e);
    for (size_t i = 0; i < v->n_add; i++)
        changes[n++] = (struct store_change){STORE_ADD, v->add[i], -1, probability(p, v->add[i]),
                                             STORE_BY_GENRED};
    if (code == ERR_OK && !*p->playlists[at]->sid)
        code = store_outbox_put(store, v->playlist, STORE_CREATE, e);
    return code ? code : store_outbox_plan(store, v->playlist, changes, n, e);
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
    if (code == ERR_OK)
        code = remember_standing(p, e);
    for (size_t i = 0; code == ERR_OK && i < p->n_volumes; i++)
        code = queue_volume(p, i, e);
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
