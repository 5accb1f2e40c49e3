#include "classifier/tree_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* --- reading and writing ---------------------------------------------------------------------- */

struct edit {
    struct arena arena;
    struct tree_entries *entries;
};

static enum err_code edit_open(struct edit *d, const struct buf *text, struct err *e)
{
    struct tree_text whole = {.text = buf_str(text), .n = text->len, .made = true};
    *d = (struct edit){.entries = mem_alloc(sizeof(*d->entries))};
    return tree_text_take(d->entries, &d->arena, &whole, e);
}

static void edit_close(struct edit *d)
{
    arena_free(&d->arena);
    free(d->entries);
}

/* In double quotes, where a comment would begin in it otherwise. */
static void entry_write(const struct tree_entry *entry, struct buf *out)
{
    const char *value = entry->value;
    bool quoted = strchr("#;", value[0]) != NULL || strstr(value, " #") || strstr(value, " ;") ||
                  strstr(value, "\t#") || strstr(value, "\t;");
    const char *mark = quoted && value[0] != '\0' ? "\"" : "";
    buf_printf(out, "%s = %s%s%s\n", entry->written, mark, value, mark);
}

static void entries_write(const struct tree_entry *list, size_t n, struct buf *out)
{
    buf_clear(out);
    for (size_t s = 0; s < TREE_SECTIONS; s++) {
        bool any = false;
        for (size_t i = 0; i < n; i++) {
            if (list[i].section != s) {
                continue;
            }
            if (!any) {
                buf_printf(out, "[%s]\n", tree_text_section((enum tree_section)s));
            }
            any = true;
            entry_write(&list[i], out);
        }
    }
}

/* What the syntax has no way to write. */
static enum err_code value_check(const char *value, struct err *e)
{
    for (const char *s = value; *s != '\0'; s++) {
        if ((unsigned char)*s < ' ' || *s == 0x7f) {
            return err_set(e, ERR_CONFIG, "\"%.40s\" has a control character or a line end in it",
                           value);
        }
    }
    bool quote = strchr(value, '"') != NULL;
    if (value[0] == '"' || (quote && (strstr(value, " #") || strstr(value, " ;") ||
                                      value[0] == '#' || value[0] == ';'))) {
        return err_set(e, ERR_CONFIG,
                       "\"%.40s\" cannot be kept: it begins with a double quote, or has both a "
                       "double quote and \" #\" or \" ;\"",
                       value);
    }
    return ERR_OK;
}

static enum err_code text_replace(struct buf *text, const struct tree_entries *t, struct err *e)
{
    struct buf fresh;
    buf_init(&fresh, text->max);
    entries_write(t->list, t->n, &fresh);
    if (fresh.overflow) {
        size_t max = fresh.max;
        buf_free(&fresh);
        return err_set(e, ERR_CONFIG, "there are too many changes: more than %zu KiB", max >> 10);
    }
    buf_free(text);
    *text = fresh;
    return ERR_OK;
}

/* --- changes ---------------------------------------------------------------------------------- */

static void entry_remove(struct tree_entries *t, size_t i)
{
    t->n--;
    memmove(&t->list[i], &t->list[i + 1], (t->n - i) * sizeof(t->list[0]));
}

static size_t entry_find(const struct tree_entries *t, enum tree_section section, const char *key)
{
    char name[TREE_KEY_SIZE];
    size_t i = 0;
    tree_text_key(key, name);
    while (i < t->n && !(t->list[i].section == section && text_equal(t->list[i].key, name))) {
        i++;
    }
    return i;
}

enum err_code tree_edit_set(struct buf *text, enum tree_section section, const char *key,
                            const char *value, struct err *e)
{
    struct edit d = {0};
    char *copy = mem_strdup(value != NULL ? value : "");
    const char *trimmed = text_trim(copy);
    enum err_code code = value_check(trimmed, e);
    code = code ? code : edit_open(&d, text, e);
    struct tree_entries *t = d.entries;
    size_t i = code == ERR_OK ? entry_find(t, section, key) : 0;
    if (code == ERR_OK && value != NULL && i == TREE_ENTRIES_MAX) {
        code = err_set(e, ERR_CONFIG, "there are more than %d changes", TREE_ENTRIES_MAX);
    } else if (code == ERR_OK && value != NULL) {
        t->list[i] = (struct tree_entry){.section = section, .written = key, .value = trimmed};
        t->n += i == t->n;
    } else if (code == ERR_OK && i < t->n) {
        entry_remove(t, i);
    }
    code = code ? code : text_replace(text, t, e);
    edit_close(&d);
    free(copy);
    return code;
}

enum err_code tree_edit_forget(struct buf *text, const char *key, struct err *e)
{
    enum err_code code = ERR_OK;
    for (size_t s = 0; code == ERR_OK && s < TREE_SECTIONS; s++) {
        code = tree_edit_set(text, (enum tree_section)s, key, NULL, e);
    }
    return code;
}

enum err_code tree_edit_has(const struct buf *text, enum tree_section section, const char *key,
                            bool *ret_has, struct err *e)
{
    struct edit d = {0};
    enum err_code code = edit_open(&d, text, e);
    if (code == ERR_OK) {
        *ret_has = entry_find(d.entries, section, key) < d.entries->n;
    }
    edit_close(&d);
    return code;
}

/* Of list[from..n) those stay with which the text fits: as many at a time as seem to, fewer after a
 * failure, so that a few that do not are found with few trials. */
static void entries_keep(struct tree_entries *t, size_t from, size_t max, tree_edit_fits *fits,
                         void *ctx)
{
    struct buf trial;
    struct tree_entry *tried = mem_array(t->n + 1, sizeof(*tried));
    size_t kept = from;
    size_t step = t->n - from;
    buf_init(&trial, max);
    for (size_t i = from; i < t->n;) {
        step = step < t->n - i ? step : t->n - i;
        memcpy(tried, t->list, kept * sizeof(*tried));
        memcpy(tried + kept, t->list + i, step * sizeof(*tried));
        entries_write(tried, kept + step, &trial);
        if (!trial.overflow && fits(ctx, &trial)) {
            memmove(t->list + kept, t->list + i, step * sizeof(*tried));
            kept += step;
            i += step;
            step *= 2;
        } else if (step > 1) {
            step /= 2;
        } else {
            i++;
        }
    }
    t->n = kept;
    buf_free(&trial);
    free(tried);
}

enum err_code tree_edit_mend(struct buf *text, tree_edit_fits *fits, void *ctx, struct err *e)
{
    struct edit d = {0};
    enum err_code code = edit_open(&d, text, e);
    if (code == ERR_OK) {
        entries_keep(d.entries, 0, text->max, fits, ctx);
        code = text_replace(text, d.entries, e);
    }
    edit_close(&d);
    return code;
}

enum err_code tree_edit_merge(struct buf *text, const struct buf *more, tree_edit_fits *fits,
                              void *ctx, struct err *e)
{
    struct edit here = {0};
    struct edit other = {0};
    enum err_code code = edit_open(&here, text, e);
    code = code ? code : edit_open(&other, more, e);
    size_t from = code == ERR_OK ? here.entries->n : 0;
    for (size_t i = 0; code == ERR_OK && i < other.entries->n; i++) {
        const struct tree_entry *entry = &other.entries->list[i];
        struct tree_entries *t = here.entries;
        if (t->n < TREE_ENTRIES_MAX && entry_find(t, entry->section, entry->written) == t->n) {
            t->list[t->n++] = *entry;
        }
    }
    if (code == ERR_OK) {
        entries_keep(here.entries, from, text->max, fits, ctx);
        code = text_replace(text, here.entries, e);
    }
    edit_close(&here);
    edit_close(&other);
    return code;
}

/* --- names ------------------------------------------------------------------------------------ */

void tree_edit_name(const char *title, unsigned n, char out[TREE_NAME_SIZE])
{
    char name[TREE_NAME_SIZE] = "";
    char end[16] = "";
    size_t len = 0;
    bool gap = false;
    if (n > 1) {
        snprintf(end, sizeof(end), "-%u", n);
    }
    const size_t room = TREE_NAME_SIZE - 1 - strlen(end);
    for (const char *s = title; *s != '\0' && len + gap < room; s++) {
        char c = *s >= 'A' && *s <= 'Z' ? (char)(*s - 'A' + 'a') : *s;
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            gap = len > 0;
            continue;
        }
        if (gap) {
            name[len++] = '-';
        }
        gap = false;
        name[len++] = c;
    }
    name[len] = '\0';
    if (len == 0) {
        uint64_t hash = text_hash(title, strlen(title), TEXT_HASH_START);
        snprintf(name, sizeof(name), "own-%08x", (unsigned)(hash & 0xffffffffU));
    }
    if (rule_is_word(name)) { /* "energy" would mean something else in a rule */
        char *longer = mem_printf("my-%s", name);
        text_copy(name, room + 1, longer);
        free(longer);
    }
    char *whole = mem_printf("%s%s", name, end);
    text_copy(out, TREE_NAME_SIZE, whole);
    free(whole);
}
