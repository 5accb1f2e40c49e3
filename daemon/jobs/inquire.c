#include "daemon/jobs/inquire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/fact.h"
#include "store/inquiry.h"

#define STAGES_MAX      8
#define BATCHES_AT_ONCE 8 /* read from the store */
#define SINGLES_AT_ONCE 2000
/* After so many single look-ups their finds are asked on about, though they fill no batch. */
#define SINGLES_A_FLUSH 60
#define UNSAID_AGAIN_S  3600
#define TOO_LONG_S      86400

static_assert((int)SOURCE_TRACKS == (int)STORE_TRACKS && (int)SOURCE_ARTISTS == (int)STORE_ARTISTS,
              "one is cast into the other");

struct inquire {
    struct inquire_env env;
    struct arena arena;         /* of the list */
    struct store_inquiry *list; /* (n) due at the stage */
    size_t n;
    size_t at; /* the first that was not asked about */
    size_t stage;
    size_t batch[STORE_STAGES]; /* halved when a request was too long */
    size_t singles;             /* look-ups since a batch stage had its turn */
    bool counted;
    struct err failed; /* of an answer that made no sense: the job ends once the others are taken */
    int64_t known;
    int64_t absent;
};

static struct store_stage stage_of(const struct source *s, size_t stage)
{
    enum source_subject subject = s->stages[stage].subject;
    return (struct store_stage){s->name, (enum store_subject)subject, (int64_t)stage,
                                stage == source_first_stage(s, subject), s->stats};
}

/* --- what next
 * -------------------------------------------------------------------------------------- */

/* Items due at each stage of the source. */
static enum err_code count_due(struct store *s, const struct source *source,
                               int64_t ret_n[STORE_STAGES], struct err *e)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < STORE_STAGES; i++)
        ret_n[i] = 0;
    for (int subject = 0; code == ERR_OK && subject < SOURCE_SUBJECTS; subject++) {
        size_t begin = source_first_stage(source, (enum source_subject)subject);
        int64_t n[STORE_STAGES] = {0};
        if (begin == source->n_stages)
            continue;
        const struct store_stage first = stage_of(source, begin);
        code = store_inquiry_count(s, &first, clock_utc_s(), n, e);
        for (size_t i = 0; i < STORE_STAGES; i++)
            ret_n[i] += n[i];
    }
    return code;
}

enum err_code inquire_pending(struct store *s, const struct source *source,
                              enum source_subject subject, int64_t *ret_n, struct err *e)
{
    int64_t n[STORE_STAGES];
    int64_t all = 0;
    enum err_code code = count_due(s, source, n, e);
    for (size_t i = 0; i < source->n_stages; i++)
        all += source->stages[i].subject == subject ? n[i] : 0;
    if (code == ERR_OK)
        *ret_n = all;
    return code;
}

enum err_code inquire_calls(struct store *s, const struct source *source, int64_t *ret_calls,
                            struct err *e)
{
    int64_t n[STORE_STAGES];
    int64_t calls = 0;
    enum err_code code = count_due(s, source, n, e);
    for (size_t i = 0; i < source->n_stages; i++) {
        int64_t batch = (int64_t)source->stages[i].batch;
        calls += (n[i] + batch - 1) / batch;
    }
    if (code == ERR_OK)
        *ret_calls = calls;
    return code;
}

static enum err_code count_all(struct job *j, struct err *e)
{
    struct inquire *q = j->state;
    int64_t n[STORE_STAGES];
    if (q->counted)
        return ERR_OK;
    enum err_code code = count_due(q->env.store, q->env.source, n, e);
    for (size_t i = 0; code == ERR_OK && i < STORE_STAGES; i++)
        j->progress.total += n[i];
    q->counted = true;
    return code;
}

/* Stages that take many at once go first, when they can be filled or nothing else was done
 * meanwhile; single look-ups are for when there is nothing better. n_stages: nothing is due. */
static enum err_code choose_stage(struct inquire *q, size_t *ret_stage, struct err *e)
{
    const struct source *s = q->env.source;
    bool flush = q->singles == 0 || q->singles >= SINGLES_A_FLUSH;
    size_t any_batch = s->n_stages;
    size_t single = s->n_stages;
    int64_t n[STORE_STAGES];
    enum err_code code = count_due(q->env.store, s, n, e);
    if (code)
        return code;
    for (size_t i = 0; i < s->n_stages; i++) {
        bool is_batch = s->stages[i].batch > 1;
        if (n[i] == 0)
            continue;
        if (is_batch && (flush || n[i] >= (int64_t)s->stages[i].batch)) {
            *ret_stage = i;
            return ERR_OK;
        }
        if (is_batch && any_batch == s->n_stages)
            any_batch = i;
        if (!is_batch && single == s->n_stages)
            single = i;
    }
    *ret_stage = single < s->n_stages ? single : any_batch;
    return ERR_OK;
}

/* Reads the next list; n is 0 when nothing is due. */
static enum err_code load(struct inquire *q, struct err *e)
{
    const struct source *s = q->env.source;
    size_t stage = 0;
    q->n = q->at = 0;
    arena_free(&q->arena);
    enum err_code code = choose_stage(q, &stage, e);
    if (code || stage == s->n_stages)
        return code;
    bool is_batch = s->stages[stage].batch > 1;
    const struct store_stage from = stage_of(s, stage);
    q->stage = stage;
    if (is_batch || q->singles >= SINGLES_A_FLUSH)
        q->singles = 0;
    q->singles += !is_batch;
    return store_inquiry_due(q->env.store, &from, clock_utc_s(),
                             is_batch ? q->batch[stage] * BATCHES_AT_ONCE : SINGLES_AT_ONCE,
                             &q->arena, &q->list, &q->n, e);
}

/* --- asking
 * ----------------------------------------------------------------------------------------- */

/* The first of "A; B". */
static const char *first_of(struct arena *a, const char *names)
{
    const char *end = strstr(names, "; ");
    return end ? arena_printf(a, "%.*s", (int)(end - names), names) : names;
}

static void items_of(struct inquire *q, size_t first, size_t n, struct source_item *ret_items)
{
    for (size_t i = 0; i < n; i++) {
        const struct store_inquiry *from = &q->list[first + i];
        ret_items[i] = (struct source_item){.sid = from->sid,
                                            .name = from->name,
                                            .artist = first_of(&q->arena, from->artist),
                                            .isrc = from->isrc,
                                            .title = from->title,
                                            .link = from->link};
    }
}

/* Moves items of the same ISRC as the next one to it; how many they are. */
static size_t gather_isrc(struct inquire *q)
{
    struct store_inquiry *first = &q->list[q->at];
    size_t n = 1;
    for (size_t i = q->at + 1; *first->isrc && i < q->n && n < SOURCE_BATCH_MAX; i++) {
        struct store_inquiry item = q->list[i];
        if (strcmp(item.isrc, first->isrc) != 0)
            continue;
        q->list[i] = q->list[q->at + n];
        q->list[q->at + n++] = item;
    }
    return n;
}

static enum job_wish inquire_ask(struct job *j, struct job_io *io)
{
    struct inquire *q = j->state;
    struct source_item items[SOURCE_BATCH_MAX];
    if (q->failed.code && !j->outstanding) {
        io->err = q->failed;
        return JOB_FAIL;
    }
    if (q->failed.code)
        return JOB_WAIT;
    if (q->singles >= SINGLES_A_FLUSH)
        q->n = q->at; /* the rest is read again, after the batch stages had their turn */
    if (q->at == q->n) {
        if (j->outstanding)
            return JOB_WAIT;
        if (count_all(j, &io->err) || load(q, &io->err))
            return JOB_FAIL;
        if (q->n == 0)
            return JOB_NEXT;
    }
    size_t n = q->n - q->at < q->batch[q->stage] ? q->n - q->at : q->batch[q->stage];
    if (q->env.source->stages[q->stage].per_isrc)
        n = gather_isrc(q);
    items_of(q, q->at, n, items);
    q->env.source->ask(&q->env.place, q->stage, items, n, &io->req);
    io->req.tag = (int64_t)(q->at * (SOURCE_BATCH_MAX + 1) + n);
    q->at += n;
    if (q->env.source->stages[q->stage].batch == 1)
        q->singles++;
    return JOB_SEND;
}

/* --- taking
 * ----------------------------------------------------------------------------------------- */

/* Where an item goes after what was found. */
static struct store_step step_of(const struct inquire *q, const struct source_find *find)
{
    const struct source *s = q->env.source;
    int64_t now = clock_utc_s();
    struct store_step step = {.stage = (int64_t)q->stage, .link = find->link, .answered = true};
    switch (find->verdict) {
    case SOURCE_UNSAID:
        step.due_s = now + UNSAID_AGAIN_S;
        step.answered = false;
        break;
    case SOURCE_ABSENT:
        step.stage = (int64_t)source_first_stage(s, s->stages[q->stage].subject);
        step.link = "";
        step.due_s = s->absent_again_s ? now + s->absent_again_s : STORE_NEVER;
        break;
    case SOURCE_KNOWN:
        step.due_s = s->known_again_s ? now + s->known_again_s : STORE_NEVER;
        break;
    case SOURCE_ON:
        step.stage = (int64_t)find->stage;
        break;
    }
    return step;
}

static enum err_code keep_values(struct inquire *q, int64_t row, const struct source_find *find,
                                 struct err *e)
{
    const struct source *s = q->env.source;
    int64_t now = clock_utc_s();
    const struct store_words words = {find->tags ? find->tags : "",
                                      find->weights ? find->weights : "", ""};
    enum err_code code = ERR_OK;
    if (s->stages[q->stage].subject == SOURCE_ARTISTS)
        return store_fact_artist_put(q->env.store, row, s->name, now, &words, e);
    if (find->stat_mask)
        code =
            store_fact_stats_put(q->env.store, row, s->name, now, find->stat_mask, find->stat, e);
    if (code == ERR_OK && find->tags)
        code = store_fact_track_put(q->env.store, row, s->name, now, &words, e);
    return code;
}

static enum err_code keep(struct inquire *q, size_t first, size_t n,
                          const struct source_find *finds, struct err *e)
{
    enum store_subject subject = (enum store_subject)q->env.source->stages[q->stage].subject;
    size_t known = 0;
    enum err_code code = store_begin(q->env.store, e);
    if (code)
        return code;
    for (size_t i = 0; code == ERR_OK && i < n; i++) {
        int64_t row = q->list[first + i].row;
        const struct store_step step = step_of(q, &finds[i]);
        known += finds[i].verdict == SOURCE_KNOWN;
        q->absent += finds[i].verdict == SOURCE_ABSENT;
        if (finds[i].verdict == SOURCE_KNOWN)
            code = keep_values(q, row, &finds[i], e);
        if (code == ERR_OK)
            code = store_inquiry_put(q->env.store, q->env.source->name, subject, row, clock_utc_s(),
                                     &step, e);
    }
    code = store_end(q->env.store, code, e);
    if (code == ERR_OK) {
        q->known += (int64_t)known;
        if (q->env.learned)
            q->env.learned(q->env.ctx, known);
    }
    return code;
}

static bool is_too_long(int status)
{
    return status == 413 || status == 414 || status == 431;
}

/* A request that was too long is cut in two the next time; a single item can only wait. */
static enum err_code shorten(struct inquire *q, size_t first, size_t n, struct err *e)
{
    const struct source *s = q->env.source;
    log_info("inquire: request too long source=%s items=%zu", s->name, n);
    if (n > 1 && s->stages[q->stage].batch > 1) {
        q->batch[q->stage] = n / 2;
        return ERR_OK; /* they stay due */
    }
    const struct store_step step = {(int64_t)q->stage, NULL, clock_utc_s() + TOO_LONG_S, false};
    return store_inquiry_put(q->env.store, s->name, (enum store_subject)s->stages[q->stage].subject,
                             q->list[first].row, clock_utc_s(), &step, e);
}

static enum job_after inquire_take(struct job *j, struct job_io *io)
{
    struct inquire *q = j->state;
    const struct source *s = q->env.source;
    size_t first = (size_t)io->req.tag / (SOURCE_BATCH_MAX + 1);
    size_t n = (size_t)io->req.tag % (SOURCE_BATCH_MAX + 1);
    struct source_item items[SOURCE_BATCH_MAX];
    struct source_find finds[SOURCE_BATCH_MAX] = {0};
    struct arena a = {0};
    enum err_code code;
    bool is_batch = s->stages[q->stage].batch > 1;
    if (is_too_long(io->res.status) || (io->res.status == 400 && is_batch && n > 1))
        code = shorten(q, first, n, &io->err);
    else {
        items_of(q, first, n, items);
        if (s->take(q->stage, items, n, &io->res, &a, finds, &q->failed))
            code = ERR_OK;
        else
            code = keep(q, first, n, finds, &io->err);
        j->progress.done += (int64_t)n;
    }
    arena_free(&a);
    return code ? JOB_TAKE_FAIL : JOB_AGAIN;
}

/* --- the job
 * ---------------------------------------------------------------------------------------- */

static struct json *summary(struct job *j, const struct err *e)
{
    const struct inquire *q = j->state;
    struct json *s = json_object();
    (void)e;
    json_set_int(s, "known", q->known);
    json_set_int(s, "absent", q->absent);
    return s;
}

static void inquire_free(void *state)
{
    struct inquire *q = state;
    arena_free(&q->arena);
    free(q);
}

static const struct job_step steps[] = {{"inquire", inquire_ask, inquire_take}};

struct job *inquire_new(const struct inquire_env *env)
{
    struct inquire *q = mem_alloc(sizeof(*q));
    struct job *j = mem_alloc(sizeof(*j));
    assert(env->source->n_stages <= STORE_STAGES);
    q->env = *env;
    for (size_t i = 0; i < env->source->n_stages; i++)
        q->batch[i] = env->source->stages[i].batch;
    *j = (struct job){
        .name = env->source->name,
        .steps = steps,
        .n_steps = 1,
        .next = JOB_NEXT_IN_ORDER,
        .state = q,
        .state_free = inquire_free,
        .summary = summary,
    };
    return j;
}
