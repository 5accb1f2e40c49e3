#include "classifier/sound/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/csv.h"
#include "base/mem.h"
#include "base/text.h"
#include "classifier/family.h"

#define ROOM ((size_t)256) /* for rows, at first */

struct reader {
    struct catalogue *to;
    const struct watch *watch;
    const char *source;
    size_t cap;
    const char **groups; /* (cap) what names each row's group; texts of the arena */
};

static void complain(struct reader *r, const char *name, const char *why)
{
    watch_complain(r->watch, name, why);
    r->to->bad++;
}

/* path: of the arena. group: "" for one of its own. */
static enum err_code row_add(struct reader *r, const char *path, uint32_t labels, const char *group,
                             struct err *e)
{
    struct catalogue *c = r->to;
    if (c->n == CATALOGUE_MOST) {
        return err_set(e, ERR_FORMAT, "%s has more than %zu files", r->source, CATALOGUE_MOST);
    }
    if (c->n == r->cap) {
        r->cap *= 2;
        c->rows = mem_resize(c->rows, r->cap, sizeof(*c->rows));
        r->groups = mem_resize(r->groups, r->cap, sizeof(*r->groups));
    }
    /* A path never meets a group of the same name. */
    r->groups[c->n] = *group != '\0' ? arena_printf(&c->arena, "group:%s", group)
                                     : arena_printf(&c->arena, "path:%s", path);
    c->rows[c->n++] = (struct catalogue_row){.path = path, .labels = labels};
    return ERR_OK;
}

/* --- folders -----------------------------------------------------------------------------------
 */

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* By bytes, whatever the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void names_free(struct dirent **names, int n)
{
    for (int i = 0; i < n; i++) {
        free(names[i]);
    }
    free(names);
}

/* Files beside the folders are none of ours. */
static enum err_code genre_read(struct reader *r, const char *name, struct err *e)
{
    struct dirent **names = NULL;
    enum err_code code = ERR_OK;
    const char *folder = arena_printf(&r->to->arena, "%s/%s", r->source, name);
    const uint32_t labels = family_of_labels(NULL, name);
    const int n = scandir(folder, &names, visible, by_name);
    if (n < 0 && errno != ENOTDIR) {
        complain(r, folder, "cannot be read");
    } else if (n >= 0 && labels == 0) {
        complain(r, folder, "is named by no genre");
    }
    for (int i = 0; i < n && labels != 0 && code == ERR_OK; i++) {
        const char *path = arena_printf(&r->to->arena, "%s/%s", folder, names[i]->d_name);
        code = row_add(r, path, labels, "", e);
    }
    names_free(names, n);
    return code;
}

static enum err_code folder_read(struct reader *r, struct err *e)
{
    struct dirent **names = NULL;
    enum err_code code = ERR_OK;
    const int n = scandir(r->source, &names, visible, by_name);
    if (n < 0) {
        return err_set(e, ERR_IO, "%s cannot be read: %s", r->source, strerror(errno));
    }
    for (int i = 0; i < n && code == ERR_OK; i++) {
        code = genre_read(r, names[i]->d_name, e);
    }
    names_free(names, n);
    return code;
}

/* --- a table -----------------------------------------------------------------------------------
 */

struct table {
    struct csv *csv;
    size_t path;
    size_t labels;
    size_t group;
};

static const char *path_of(struct reader *r, const char *path)
{
    const char *slash = strrchr(r->source, '/');
    if (path[0] == '/' || slash == NULL) {
        return arena_str(&r->to->arena, path);
    }
    return arena_printf(&r->to->arena, "%.*s%s", (int)(slash + 1 - r->source), r->source, path);
}

static enum err_code table_row(struct reader *r, const struct table *t, struct err *e)
{
    const char *labels = csv_field(t->csv, t->labels), *path = csv_field(t->csv, t->path);
    const uint32_t families = family_of_labels(NULL, labels);
    char name[64];
    if (*path != '\0' && families != 0) {
        return row_add(r, path_of(r, path), families, csv_field(t->csv, t->group), e);
    }
    snprintf(name, sizeof(name), "line %lld", (long long)csv_line(t->csv));
    complain(r, name, *path == '\0' ? "has no path" : "has no label that is a genre");
    return ERR_OK;
}

static enum err_code table_rows(struct reader *r, const struct table *t, struct err *e)
{
    enum err_code code = ERR_OK;
    struct err bad = {0};
    for (int got = 1; got != 0 && code == ERR_OK;) {
        got = csv_next(t->csv, &bad);
        if (got > 0) {
            code = table_row(r, t, e);
        } else if (got < 0 && bad.code == ERR_IO) {
            code = err_set(e, ERR_IO, "%s: %s", r->source, bad.text);
        } else if (got < 0) {
            complain(r, r->source, bad.text);
        }
    }
    return code;
}

static enum err_code table_read(struct reader *r, struct err *e)
{
    struct table t = {0};
    enum err_code code = csv_open(r->source, &t.csv, e);
    if (code != ERR_OK) {
        return code;
    }
    t.path = csv_column(t.csv, "path");
    t.labels = csv_column(t.csv, "labels");
    t.group = csv_column(t.csv, "group");
    if (t.labels == SIZE_MAX) {
        t.labels = csv_column(t.csv, "label");
    }
    if (t.path == SIZE_MAX || t.labels == SIZE_MAX) {
        code = err_set(e, ERR_FORMAT, "%s has no columns path and labels", r->source);
    } else {
        code = table_rows(r, &t, e);
    }
    csv_close(t.csv);
    return code;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

struct place {
    const char *group;
    size_t row;
};

static int by_group(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    const int order = strcmp(x->group, y->group);
    return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static void groups_number(struct reader *r)
{
    struct catalogue *c = r->to;
    struct place *places = mem_array(c->n, sizeof(*places));
    for (size_t i = 0; i < c->n; i++) {
        places[i] = (struct place){r->groups[i], i};
    }
    qsort(places, c->n, sizeof(*places), by_group);
    for (size_t i = 0; i < c->n; i++) {
        c->groups += i == 0 || !text_equal(places[i].group, places[i - 1].group);
        c->rows[places[i].row].group = c->groups - 1;
    }
    free(places);
}

enum err_code catalogue_read(const char *source, const struct watch *watch, struct catalogue *ret,
                             struct err *e)
{
    struct stat st;
    *ret = (struct catalogue){0};
    struct reader r = {.to = ret, .watch = watch, .source = source, .cap = ROOM};
    ret->rows = mem_array(r.cap, sizeof(*ret->rows));
    r.groups = mem_array(r.cap, sizeof(*r.groups));
    const bool folder = stat(source, &st) == 0 && S_ISDIR(st.st_mode);
    enum err_code code = folder ? folder_read(&r, e) : table_read(&r, e);
    if (code == ERR_OK && ret->n == 0) {
        code = err_set(e, ERR_FORMAT, "%s has no recording of a known genre", source);
    }
    if (code == ERR_OK) {
        groups_number(&r);
    } else {
        catalogue_free(ret);
    }
    free(r.groups);
    return code;
}

void catalogue_free(struct catalogue *c)
{
    arena_free(&c->arena);
    free(c->rows);
    *c = (struct catalogue){0};
}
