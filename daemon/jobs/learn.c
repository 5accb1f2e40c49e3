#include "daemon/jobs/learn.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "classifier/offer.h"
#include "spotify/endpoint.h"
#include "spotify/parse.h"

#define SHARES 3 /* genres that are told of a playlist */

struct lesson {
    const char *wanted; /* as the person named it */
    const char *sid;    /* "": not found */
    const char *name;
    bool refused;
    int64_t *tracks; /* (n), owned */
    size_t n;
    size_t known; /* of them among the songs that are sorted */
    struct offer offer;
    bool offered;
};

struct learn {
    struct work_env env;
    struct arena arena;
    const char *as;
    struct lesson *lessons; /* (n) */
    size_t n;
    int64_t offset;
    int64_t limit; /* -1: the first page has not come */
    size_t at;     /* the playlist being read */
    bool judged;
    struct opinion opinion;
    struct offer_song *songs; /* (opinion.n) */
};

/* --- the list
 * ------------------------------------------------------------------------------------- */

static void restart(struct learn *l)
{
    l->offset = 0;
    l->limit = -1;
}

static enum job_wish find_ask(struct job *j, struct job_io *io)
{
    struct learn *l = j->state;
    if (l->offset > 0 && l->limit < 0)
        return JOB_WAIT;
    if (l->limit < 0 || l->offset < l->limit) {
        endpoint_playlists(&io->req, l->env.api_url, l->offset);
        l->offset += ENDPOINT_PLAYLISTS_PAGE;
        return JOB_SEND;
    }
    if (j->outstanding)
        return JOB_WAIT;
    for (size_t i = 0; i < l->n; i++) {
        if (*l->lessons[i].sid)
            continue;
        err_set(&io->err, ERR_USAGE, "there is no playlist '%s' among yours", l->lessons[i].wanted);
        return JOB_FAIL;
    }
    restart(l);
    return JOB_NEXT;
}

static void find_in(struct learn *l, const struct library_playlist *p)
{
    for (size_t i = 0; i < l->n; i++) {
        struct lesson *lesson = &l->lessons[i];
        bool fits = strcmp(p->sid, lesson->wanted) == 0 || strcasecmp(p->name, lesson->wanted) == 0;
        if (!fits || *lesson->sid)
            continue;
        lesson->sid = p->sid;
        lesson->name = p->name;
    }
}

static enum job_after find_take(struct job *j, struct job_io *io)
{
    struct learn *l = j->state;
    struct library_playlists page;
    if (access_learn(l->env.access, ENDPOINT_PLAYLISTS, &io->res, clock_utc_s()) !=
        ACCESS_ACCEPTED) {
        err_set(&io->err, ERR_REFUSED, "Spotify refuses the list of playlists (status %d)",
                io->res.status);
        return JOB_TAKE_FAIL;
    }
    if (parse_playlists(&io->res.body, &l->arena, &page, &io->err))
        return JOB_TAKE_FAIL;
    if (l->limit < 0)
        l->limit = page.total;
    for (size_t i = 0; i < page.n; i++)
        find_in(l, &page.playlists[i]);
    return JOB_AGAIN;
}

/* --- their songs
 * ---------------------------------------------------------------------------------- */

static enum job_wish read_ask(struct job *j, struct job_io *io)
{
    struct learn *l = j->state;
    if (l->offset > 0 && l->limit < 0)
        return JOB_WAIT;
    if (l->at < l->n && (l->limit < 0 || l->offset < l->limit)) {
        endpoint_items(&io->req, l->env.api_url, access_shape(l->env.access, ENDPOINT_ITEMS_READ),
                       l->lessons[l->at].sid, l->offset);
        l->offset += ENDPOINT_ITEMS_PAGE;
        return JOB_SEND;
    }
    if (j->outstanding)
        return JOB_WAIT;
    if (l->at < l->n && ++l->at < l->n) {
        restart(l);
        return read_ask(j, io);
    }
    return JOB_NEXT;
}

static enum err_code keep_song(struct learn *l, struct lesson *lesson,
                               const struct library_track *t, struct err *e)
{
    int64_t track = 0;
    enum err_code code = store_track_find(l->env.store, t->sid, t->isrc, &track, e);
    if (code == ERR_OK && !track)
        code = store_track_put(l->env.store, t, &track, e);
    lesson->tracks = mem_resize(lesson->tracks, lesson->n + 1, sizeof(*lesson->tracks));
    lesson->tracks[lesson->n++] = track;
    return code;
}

static enum err_code take_page(struct learn *l, struct job_io *io)
{
    struct arena a = {0};
    struct library_page page;
    enum err_code code = parse_page(&io->res.body, &a, &page, &io->err);
    if (code == ERR_OK && l->limit < 0)
        l->limit = page.total;
    if (code == ERR_OK)
        code = store_begin(l->env.store, &io->err);
    bool begun = code == ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < page.n; i++) {
        if (page.entries[i].kind == LIBRARY_TRACK)
            code = keep_song(l, &l->lessons[l->at], &page.entries[i].track, &io->err);
    }
    if (begun)
        code = store_end(l->env.store, code, &io->err);
    arena_free(&a);
    return code;
}

static enum job_after read_take(struct job *j, struct job_io *io)
{
    struct learn *l = j->state;
    switch (access_learn(l->env.access, ENDPOINT_ITEMS_READ, &io->res, clock_utc_s())) {
    case ACCESS_ACCEPTED:
        return take_page(l, io) ? JOB_TAKE_FAIL : JOB_AGAIN;
    case ACCESS_TRY_OTHER:
        restart(l);
        return JOB_AGAIN;
    case ACCESS_DENIED:
    case ACCESS_OTHER:
        l->lessons[l->at].refused = true;
        l->limit = 0;
        return JOB_AGAIN;
    }
    return JOB_AGAIN;
}

/* --- what they tell
 * ------------------------------------------------------------------------------- */

static bool is_in(const struct lesson *lesson, int64_t track)
{
    for (size_t i = 0; i < lesson->n; i++) {
        if (lesson->tracks[i] == track)
            return true;
    }
    return false;
}

static void run_offers(void *ctx)
{
    struct learn *l = ctx;
    const struct opinion *o = &l->opinion;
    opinion_judge(&l->opinion, -1);
    for (size_t k = 0; k < l->n; k++) {
        struct lesson *lesson = &l->lessons[k];
        size_t n = 0;
        for (size_t i = 0; i < o->n; i++) {
            if (!o->songs[i].p)
                continue;
            bool in = is_in(lesson, o->songs[i].track);
            lesson->known += in;
            l->songs[n++] = (struct offer_song){&o->facts[i], o->p + i * o->genres,
                                                o->threshold + i * o->genres, in};
        }
        lesson->offered = offer_make(l->env.tree, l->songs, n, &lesson->offer);
    }
}

static enum err_code label_all(struct learn *l, struct err *e)
{
    enum err_code code = store_begin(l->env.store, e);
    if (code)
        return code;
    for (size_t k = 0; k < l->n; k++) {
        for (size_t i = 0; code == ERR_OK && i < l->lessons[k].n; i++) {
            struct store_correction word = {l->lessons[k].tracks[i], l->as, true, clock_utc_s()};
            code = store_correction_put(l->env.store, l->env.account, &word, e);
        }
    }
    return store_end(l->env.store, code, e);
}

static enum job_wish offer_ask(struct job *j, struct job_io *io)
{
    struct learn *l = j->state;
    if (l->judged)
        return l->as && label_all(l, &io->err) ? JOB_FAIL : JOB_NEXT;
    if (opinion_load(&l->opinion, l->env.store, l->env.account, l->env.model, l->env.tree,
                     &io->err) ||
        opinion_facts(&l->opinion, l->env.store, &io->err))
        return JOB_FAIL;
    l->songs = arena_alloc(&l->arena, (l->opinion.n + 1) * sizeof(*l->songs));
    l->judged = true;
    io->work = (struct job_work){run_offers, l};
    return JOB_CPU;
}

/* --- summary
 * -------------------------------------------------------------------------------------- */

static double share_of(const struct learn *l, const struct lesson *lesson, size_t genre)
{
    size_t hits = 0;
    for (size_t i = 0; i < lesson->n; i++) {
        size_t song = opinion_find(&l->opinion, lesson->tracks[i]);
        hits += song != OPINION_NONE && opinion_is(&l->opinion, song, genre, 0);
    }
    return lesson->known ? (double)hits / (double)lesson->known : 0;
}

static struct json *shares_json(const struct learn *l, const struct lesson *lesson)
{
    struct json *list = json_array();
    bool told[TREE_MAX] = {false};
    for (int k = 0; k < SHARES; k++) {
        size_t best = TREE_NONE;
        double most = 0;
        for (size_t g = 0; g < tree_n(l->env.tree); g++) {
            double share = told[g] ? 0 : share_of(l, lesson, g);
            if (share > most) {
                most = share;
                best = g;
            }
        }
        if (best == TREE_NONE)
            break;
        told[best] = true;
        struct json *genre = json_object();
        json_set_str(genre, "genre", tree_at(l->env.tree, best)->name);
        json_set_num(genre, "share", most);
        json_add(list, genre);
    }
    return list;
}

static struct json *lesson_json(const struct learn *l, const struct lesson *lesson)
{
    struct json *j = json_object();
    json_set_str(j, "name", lesson->name);
    json_set_str(j, "id", lesson->sid);
    json_set_bool(j, "refused", lesson->refused);
    json_set_int(j, "songs", (int64_t)lesson->n);
    json_set_int(j, "known", (int64_t)lesson->known);
    json_set(j, "genres", shares_json(l, lesson));
    json_set_str(j, "rule", lesson->offered ? lesson->offer.rule : NULL);
    if (lesson->offered) {
        json_set_num(j, "precision", lesson->offer.precision);
        json_set_num(j, "recall", lesson->offer.recall);
    }
    return j;
}

static struct json *summary(struct job *j, const struct err *e)
{
    const struct learn *l = j->state;
    struct json *s = json_object();
    struct json *lessons = json_array();
    for (size_t i = 0; e->code == ERR_OK && i < l->n; i++)
        json_add(lessons, lesson_json(l, &l->lessons[i]));
    json_set(s, "lessons", lessons);
    json_set_str(s, "labelled_as", l->as);
    json_set_int(s, "requests", j->requests);
    json_set_int(s, "exit_status", err_exit_status(e->code));
    return s;
}

static void learn_free(void *state)
{
    struct learn *l = state;
    for (size_t i = 0; i < l->n; i++)
        free(l->lessons[i].tracks);
    opinion_free(&l->opinion);
    arena_free(&l->arena);
    free(l);
}

static const struct job_step steps[] = {
    {"find", find_ask, find_take},
    {"read", read_ask, read_take},
    {"offer", offer_ask, NULL},
};

struct job *learn_new(const struct work_env *env, char **playlists, size_t n, const char *as)
{
    struct learn *l = mem_alloc(sizeof(*l));
    struct job *j = mem_alloc(sizeof(*j));
    l->env = *env;
    l->env.user_id = NULL; /* the caller's, and not needed */
    l->as = as ? arena_str(&l->arena, as) : NULL;
    l->lessons = arena_alloc(&l->arena, (n + 1) * sizeof(*l->lessons));
    l->n = n;
    for (size_t i = 0; i < n; i++)
        l->lessons[i] =
            (struct lesson){.wanted = arena_str(&l->arena, playlists[i]), .sid = "", .name = ""};
    restart(l);
    *j = (struct job){
        .name = "learn",
        .steps = steps,
        .n_steps = sizeof(steps) / sizeof(steps[0]),
        .next = JOB_NEXT_IN_ORDER,
        .state = l,
        .state_free = learn_free,
        .summary = summary,
    };
    return j;
}
