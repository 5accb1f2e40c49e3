#include "classifier/sound/columns.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/mem.h"
#include "base/text.h"
#include "classifier/audio/chroma.h"
#include "classifier/audio/mfcc.h"
#include "classifier/family.h"

/* --- names and numbers -------------------------------------------------------------------------
 */

/* The columns of a table that are no MFCC: mean and var of each, and then the tempo. */
static const struct {
    const char *name;
    enum summary_id id;
} table_rows[] = {
    {"chroma_stft", SUMMARY_CHROMA},
    {"rms", SUMMARY_RMS},
    {"spectral_centroid", SUMMARY_CENTROID},
    {"spectral_bandwidth", SUMMARY_BANDWIDTH},
    {"rolloff", SUMMARY_ROLLOFF},
    {"zero_crossing_rate", SUMMARY_CROSSING},
    {"harmony", SUMMARY_HARMONIC},
    {"perceptr", SUMMARY_PERCUSSIVE},
};
#define TABLE_ROWS (sizeof(table_rows) / sizeof(table_rows[0]))
#define TEMPO      (2 * TABLE_ROWS)

static_assert(COLUMNS_TABLE_N == TEMPO + 1 + 2 * MFCC_N, "a column of the table is missing");

size_t columns_n(enum columns_set set)
{
    return set == COLUMNS_OWN ? COLUMNS_OWN_N : COLUMNS_TABLE_N;
}

static void own_name(size_t i, char out[COLUMNS_NAME])
{
    const size_t moment = i / SUMMARY_CELLS;
    size_t r = 0;
    while (r + 1 < SUMMARY_N && summary_rows[r + 1].first <= moment) {
        r++;
    }
    const struct summary_row *row = &summary_rows[r];
    const char *cell = summary_cells[i % SUMMARY_CELLS];
    if (row->n > 1) {
        snprintf(out, COLUMNS_NAME, "%s%zu_%s", row->name, moment - row->first + 1, cell);
    } else {
        snprintf(out, COLUMNS_NAME, "%s_%s", row->name, cell);
    }
}

void columns_name(enum columns_set set, size_t i, char out[COLUMNS_NAME])
{
    const size_t mfcc = i - TEMPO - 1;
    if (i == (set == COLUMNS_OWN ? COLUMNS_OWN_N - 1 : TEMPO)) {
        snprintf(out, COLUMNS_NAME, "tempo");
    } else if (set == COLUMNS_OWN) {
        own_name(i, out);
    } else if (i < TEMPO) {
        snprintf(out, COLUMNS_NAME, "%s_%s", table_rows[i / 2].name, summary_cells[i % 2]);
    } else {
        snprintf(out, COLUMNS_NAME, "mfcc%zu_%s", mfcc / 2 + 1, summary_cells[mfcc % 2]);
    }
}

/* Of the numbers of n moments, as many in each, together. */
static void pair_of(const struct moment *m, size_t n, float ret[2])
{
    double mean = 0.0, square = 0.0;
    for (size_t i = 0; i < n; i++) {
        mean += m[i].mean / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        const double away = m[i].mean - mean;
        square += (moment_var(&m[i]) + away * away) / (double)n;
    }
    ret[0] = (float)mean;
    ret[1] = (float)square;
}

static void table_of(const struct summary *s, float *ret)
{
    const struct moment *mfcc = summary_of(s, SUMMARY_MFCC);
    for (size_t r = 0; r < TABLE_ROWS; r++) {
        const enum summary_id id = table_rows[r].id;
        pair_of(summary_of(s, id), summary_rows[id].n, ret + 2 * r);
    }
    ret[TEMPO] = (float)s->tempo;
    for (size_t i = 0; i < MFCC_N; i++) {
        pair_of(mfcc + i, 1, ret + TEMPO + 1 + 2 * i);
    }
}

void columns_of(enum columns_set set, const struct summary *s, float *ret)
{
    if (set == COLUMNS_TABLE) {
        table_of(s, ret);
        return;
    }
    for (size_t i = 0; i < SUMMARY_MOMENTS; i++) {
        double cells[SUMMARY_CELLS];
        summary_cells_of(&s->at[i], cells);
        for (size_t c = 0; c < SUMMARY_CELLS; c++) {
            ret[i * SUMMARY_CELLS + c] = (float)cells[c];
        }
    }
    ret[COLUMNS_OWN_N - 1] = (float)s->tempo;
}

/* --- tables ------------------------------------------------------------------------------------
 */

struct reader {
    struct csv *csv;
    size_t label;
    size_t filename; /* SIZE_MAX: none */
    size_t column[COLUMNS_TABLE_N];
    struct columns_table table;
    size_t cap;
};

static enum err_code columns_find(struct reader *r, const char *path, struct err *e)
{
    r->label = csv_column(r->csv, "label");
    r->filename = csv_column(r->csv, "filename");
    if (r->label == SIZE_MAX) {
        return err_set(e, ERR_FORMAT, "%s has no column label", path);
    }
    for (size_t i = 0; i < COLUMNS_TABLE_N; i++) {
        char name[COLUMNS_NAME];
        columns_name(COLUMNS_TABLE, i, name);
        r->column[i] = csv_column(r->csv, name);
        if (r->column[i] == SIZE_MAX) {
            return err_set(e, ERR_FORMAT, "%s has no column %s", path, name);
        }
    }
    return ERR_OK;
}

static void name_read(const char *filename, struct columns_row *ret)
{
    text_copy(ret->name, sizeof(ret->name), filename);
    char *end = strrchr(ret->name, '.');
    if (end != NULL && !isdigit((unsigned char)end[1])) {
        *end = '\0'; /* a file's kind, not a number */
    }
    const char *digits = ret->name + strlen(ret->name);
    while (digits > ret->name && isdigit((unsigned char)digits[-1])) {
        digits--;
    }
    if (!text_to_int(digits, 0, INT32_MAX, &ret->number)) {
        ret->number = -1;
    }
}

/* False when the row says what cannot be; why goes to `why`. */
static bool row_read(const struct reader *r, struct columns_row *ret, float *ret_x, char *why,
                     size_t why_size)
{
    const char *label = csv_field(r->csv, r->label);
    ret->labels = family_of_labels(NULL, label);
    if (ret->labels == 0) {
        snprintf(why, why_size, "has no label that is a genre: \"%.40s\"", label);
        return false;
    }
    for (size_t i = 0; i < COLUMNS_TABLE_N; i++) {
        const char *field = csv_field(r->csv, r->column[i]);
        double value = 0.0;
        if (!text_to_num(field, -1e12, 1e12, &value)) {
            char name[COLUMNS_NAME];
            columns_name(COLUMNS_TABLE, i, name);
            snprintf(why, why_size, "has no number for %s: \"%.40s\"", name, field);
            return false;
        }
        ret_x[i] = (float)value;
    }
    name_read(csv_field(r->csv, r->filename), ret);
    return true;
}

static void row_add(struct reader *r, const struct watch *watch)
{
    struct columns_table *t = &r->table;
    char name[48], why[160];
    if (t->n == r->cap) {
        r->cap = r->cap == 0 ? 256 : 2 * r->cap;
        t->rows = mem_resize(t->rows, r->cap, sizeof(*t->rows));
        t->x = mem_resize(t->x, r->cap, COLUMNS_TABLE_N * sizeof(*t->x));
    }
    if (row_read(r, &t->rows[t->n], t->x + t->n * COLUMNS_TABLE_N, why, sizeof(why))) {
        t->n++;
        return;
    }
    snprintf(name, sizeof(name), "line %lld", (long long)csv_line(r->csv));
    watch_complain(watch, name, why);
    t->bad++;
}

static enum err_code rows_read(struct reader *r, const char *path, const struct watch *watch,
                               struct err *e)
{
    struct err bad = {0};
    for (int got = 1; got != 0;) {
        got = csv_next(r->csv, &bad);
        if (got > 0) {
            row_add(r, watch);
        } else if (got < 0 && bad.code == ERR_IO) {
            return err_set(e, ERR_IO, "%s: %s", path, bad.text);
        } else if (got < 0) {
            watch_complain(watch, path, bad.text);
            r->table.bad++;
        }
    }
    return r->table.n > 0 ? ERR_OK : err_set(e, ERR_FORMAT, "%s has no row that can be used", path);
}

enum err_code columns_read(const char *path, const struct watch *watch, struct columns_table *ret,
                           struct err *e)
{
    struct reader r = {0};
    enum err_code code = csv_open(path, &r.csv, e);
    if (code != ERR_OK) {
        return code;
    }
    code = columns_find(&r, path, e);
    if (code == ERR_OK) {
        code = rows_read(&r, path, watch, e);
    }
    csv_close(r.csv);
    if (code != ERR_OK) {
        columns_free(&r.table);
        return code;
    }
    *ret = r.table;
    return ERR_OK;
}

void columns_free(struct columns_table *t)
{
    free(t->rows);
    free(t->x);
    *t = (struct columns_table){0};
}
