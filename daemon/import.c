#include "daemon/import.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon/app.h"
#include "daemon/jobs/dataset.h"
#include "store/dataset.h"
#include "store/fact.h"
#include "store/inquiry.h"

static const char *text_of(const struct json *row, const char *key)
{
    const char *text = json_get_str(row, key);
    return text ? text : "";
}

static bool read_row(const struct json *j, struct store_dataset_row *row)
{
    const struct json *stats = json_get(j, "stats");
    *row = (struct store_dataset_row){
        .key = text_of(j, "key"),
        .isrc = text_of(j, "isrc"),
        .song = strtoull(text_of(j, "song"), NULL, 16),
        .tags = text_of(j, "tags"),
        .label = text_of(j, "label"),
    };
    for (int i = 0; i < SONG_STATS; i++) {
        double value = json_get_num(stats, song_stat_name[i], (double)NAN);
        if (!isfinite(value))
            continue;
        row->stat[i] = (float)value;
        row->stat_mask |= UINT32_C(1) << i;
    }
    return *row->key != '\0';
}

static enum err_code keep(struct app *a, const struct json *rows, struct err *e)
{
    size_t n = 0;
    bool ok = true;
    struct store_dataset_row *list = mem_array(json_size(rows) + 1, sizeof(*list));
    for (const struct json *row = json_first(rows); ok && row; row = json_next(row))
        ok = read_row(row, &list[n++]);
    enum err_code code = ok ? store_dataset_put(a->store, list, n, e)
                            : err_set(e, ERR_USAGE, "a song to import has no key");
    free(list);
    return code;
}

static enum err_code look_up(struct app *a, struct json *answer, struct err *e)
{
    struct store_coverage c = {0};
    bool counts = false;
    enum err_code code = store_inquiry_reopen(a->store, DATASET_SOURCE, e);
    if (code == ERR_OK)
        code = dataset_match(a->store, e);
    if (code == ERR_OK)
        code = store_inquiry_coverage(a->store, DATASET_SOURCE, STORE_TRACKS, clock_utc_s(), &c, e);
    if (code == ERR_OK)
        code = store_fact_counts(a->store, DATASET_SOURCE, &counts, e);
    json_set_int(answer, "all", c.all);
    json_set_int(answer, "known", c.known);
    json_set_bool(answer, "counts", counts);
    return code;
}

enum err_code import_rows(struct app *a, const struct json *body, struct json **ret, struct err *e)
{
    struct json *answer = json_object();
    enum err_code code = keep(a, json_get(body, "rows"), e);
    if (code == ERR_OK && json_get_bool(body, "done", false)) {
        code = look_up(a, answer, e);
        sources_settle(&a->sources);
    }
    if (code) {
        json_free(answer);
        return code;
    }
    *ret = answer;
    return ERR_OK;
}
