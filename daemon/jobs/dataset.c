#include "daemon/jobs/dataset.h"

#include "base/clock.h"
#include "classifier/title.h"
#include "daemon/jobs/work.h"
#include "store/dataset.h"
#include "store/fact.h"
#include "store/inquiry.h"

#define SONGS_AT_ONCE 500

static enum err_code keep(struct store *s, int64_t track, const struct store_dataset_row *row,
                          struct err *e)
{
    int64_t now = clock_utc_s();
    const struct store_step done = {.due_s = STORE_NEVER, .answered = true};
    enum err_code code = ERR_OK;
    if (row->key) {
        const struct store_words words = {row->tags, "", row->label};
        code = store_fact_stats_put(s, track, DATASET_SOURCE, now, row->stat_mask, row->stat, e);
        if (code == ERR_OK)
            code = store_fact_track_put(s, track, DATASET_SOURCE, now, &words, e);
    }
    return code ? code : store_inquiry_put(s, DATASET_SOURCE, STORE_TRACKS, track, now, &done, e);
}

static enum err_code match_some(struct store *s, struct arena *a, size_t *ret_n, struct err *e)
{
    const struct store_stage stage = {DATASET_SOURCE, STORE_TRACKS, 0, true, 0};
    struct store_inquiry *list = NULL;
    enum err_code code =
        store_inquiry_due(s, &stage, clock_utc_s(), SONGS_AT_ONCE, a, &list, ret_n, e);
    if (code == ERR_OK && *ret_n)
        code = store_begin(s, e);
    if (code || *ret_n == 0)
        return code;
    for (size_t i = 0; code == ERR_OK && i < *ret_n; i++) {
        struct store_dataset_row row;
        uint64_t song = title_key(list[i].name, list[i].artist);
        code = store_dataset_find(s, list[i].sid, list[i].isrc, song, a, &row, e);
        if (code == ERR_OK)
            code = keep(s, list[i].row, &row, e);
    }
    return store_end(s, code, e);
}

enum err_code dataset_match(struct store *s, struct err *e)
{
    int64_t rows = 0;
    size_t n = 1;
    bool counts = false;
    enum err_code code = store_dataset_count(s, &rows, e);
    if (code == ERR_OK)
        code = store_fact_counts(s, DATASET_SOURCE, &counts, e);
    while (code == ERR_OK && counts && rows && n) {
        struct arena a = {0};
        code = match_some(s, &a, &n, e);
        arena_free(&a);
    }
    return code;
}

enum job_wish dataset_ask(struct job *j, struct job_io *io)
{
    const struct work *w = j->state;
    return dataset_match(w->env.store, &io->err) ? JOB_FAIL : JOB_NEXT;
}
