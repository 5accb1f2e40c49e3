#include "classifier/tree_text.h"

#include <string.h>

#include "base/ini.h"
#include "base/text.h"

static const char *const section_names[TREE_SECTIONS] = {"genres", "own",  "alias",    "rename",
                                                         "merge",  "hide", "threshold"};

void tree_text_key(const char *name, char out[TREE_KEY_SIZE])
{
    size_t n = 0;
    bool gap = false;
    for (const char *s = name; *s != '\0' && n + 2 < TREE_KEY_SIZE; s++) {
        if (strchr(" \t_-", *s) != NULL) {
            gap = n > 0;
            continue;
        }
        if (gap) {
            out[n++] = '-';
        }
        gap = false;
        out[n++] = *s >= 'A' && *s <= 'Z' ? (char)(*s - 'A' + 'a') : *s;
    }
    out[n] = '\0';
}

const char *tree_text_section(enum tree_section section)
{
    return section_names[section];
}

static const struct tree_entry *entry_find(const struct tree_entries *t, size_t layer,
                                           enum tree_section section, const char *key)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct tree_entry *entry = &t->list[i];
        if (entry->section == section && entry->layer == layer && text_equal(entry->key, key)) {
            return entry;
        }
    }
    return NULL;
}

static enum err_code entry_take(void *ctx, const char *section, const char *key, const char *value,
                                int line, struct err *e)
{
    struct tree_entries *t = ctx;
    const size_t layer = t->n_texts - 1;
    char name[TREE_KEY_SIZE];
    size_t which = 0;
    while (which < TREE_SECTIONS && !text_equal(section, section_names[which])) {
        which++;
    }
    if (which == TREE_SECTIONS && section[0] == '\0') {
        return err_set(e, ERR_CONFIG, "line %d: \"%.40s\" stands before the first section", line,
                       key);
    }
    if (which == TREE_SECTIONS) {
        const char *near = text_nearest(section, section_names, TREE_SECTIONS);
        return err_set(e, ERR_CONFIG, "line %d: there is no section [%.40s]%s%s%s", line, section,
                       near ? "; did you mean [" : "", near ? near : "", near ? "]?" : "");
    }
    if (t->n == TREE_ENTRIES_MAX) {
        return err_set(e, ERR_CONFIG, "line %d: there are more than %d entries", line,
                       TREE_ENTRIES_MAX);
    }
    tree_text_key(key, name);
    const struct tree_entry *other = entry_find(t, layer, (enum tree_section)which, name);
    if (other != NULL) {
        return err_set(e, ERR_CONFIG, "line %d: \"%.40s\" stands in [%s] on line %d already", line,
                       key, section, other->line);
    }
    t->list[t->n++] = (struct tree_entry){
        .section = (enum tree_section)which,
        .layer = layer,
        .line = line,
        .written = arena_str(t->arena, key),
        .key = arena_str(t->arena, name),
        .value = arena_str(t->arena, value),
    };
    return ERR_OK;
}

static void name_text(const struct tree_text *text, struct err *e)
{
    if (text->name != NULL) {
        err_wrap(e, "%s", text->name);
    }
}

enum err_code tree_text_take(struct tree_entries *t, struct arena *a, const struct tree_text *text,
                             struct err *e)
{
    t->arena = a;
    t->texts[t->n_texts++] = *text;
    enum err_code code = ini_parse(text->text, text->n, entry_take, t, e);
    if (code != ERR_OK) {
        name_text(text, e);
    }
    return code;
}

void tree_text_at(const struct tree_entries *t, const struct tree_entry *entry, struct err *e)
{
    const struct tree_text *text = &t->texts[entry->layer];
    if (!text->made) {
        err_wrap(e, "line %d", entry->line);
    }
    name_text(text, e);
}
