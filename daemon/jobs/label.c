/* Labelling: songs whose inputs or model changed, in batches, on a worker thread. */
#include "daemon/jobs/work.h"

#define BATCH 1000

static void run_model(void *ctx)
{
    struct label_state *s = ctx;
    model_label(s->model, s->songs.song, s->songs.n, &s->out);
}

static enum err_code keep(struct job *j, struct err *e)
{
    struct work *w = j->state;
    struct label_state *s = &w->label;
    if (s->songs.n == 0)
        return ERR_OK;
    const struct store_labels labels = {.model = model_id(s->model),
                                        .n_genres = model_genres(s->model),
                                        .dim = model_space(s->model),
                                        .p = s->out.probs,
                                        .places = s->out.places,
                                        .regime = s->out.regime};
    enum err_code code = store_label_put(w->env.store, &s->songs, &labels, e);
    j->progress.done += (int64_t)s->songs.n;
    return code;
}

enum job_wish label_ask(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct label_state *s = &w->label;
    const char *id = model_id(w->env.model);
    s->model = w->env.model;
    if (!s->counted &&
        store_label_lacking_count(w->env.store, w->env.account, id, &j->progress.total, &io->err))
        return JOB_FAIL;
    s->counted = true;
    if (keep(j, &io->err))
        return JOB_FAIL;
    arena_free(&s->arena);
    s->songs.n = 0;
    if (store_label_lacking(w->env.store, w->env.account, id, BATCH, &s->arena, &s->songs,
                            &io->err))
        return JOB_FAIL;
    if (s->songs.n == 0) {
        arena_free(&s->arena);
        model_release_memory(w->env.model);
        return JOB_NEXT;
    }
    const size_t n = s->songs.n;
    s->out = (struct model_out){
        .probs = arena_alloc(&s->arena, n * model_genres(s->model) * sizeof(float)),
        .places = arena_alloc(&s->arena, n * model_space(s->model) * sizeof(float)),
        .regime = arena_alloc(&s->arena, n),
    };
    io->work = (struct job_work){run_model, s};
    return JOB_CPU;
}

void label_end(struct label_state *s)
{
    arena_free(&s->arena);
}
