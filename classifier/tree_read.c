#include "classifier/tree_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ini.h"
#include "base/mem.h"
#include "base/text.h"
#include "classifier/genre.h"

enum { ENTRIES_MAX = 2048, TITLE_MAX = 60 };

/* In the order in which they are applied: later ones speak of genres that earlier ones make. */
enum section { GENRES, OWN, ALIAS, RENAME, MERGE, HIDE, THRESHOLD, SECTIONS };

static const char *const section_names[SECTIONS] = {"genres", "own",  "alias",    "rename",
                                                    "merge",  "hide", "threshold"};

struct entry {
    enum section section;
    bool shipped;
    int line;
    const char *written; /* the key as it stands there */
    const char *key;
    const char *value;
    size_t genre; /* that it speaks of, once applied */
};

struct reader {
    struct tree *tree;
    struct entry entries[ENTRIES_MAX];
    size_t n;
    bool shipped;                         /* the text that is being read */
    const struct entry *made[TREE_MAX];   /* the entry that a sub-genre or own genre is of */
    const struct entry *merged[TREE_MAX]; /* the one that merges a genre */
};

void tree_read_key(const char *name, char out[TREE_KEY_SIZE])
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

/* --- entries ---------------------------------------------------------------------------------- */

static enum err_code entry_take(void *ctx, const char *section, const char *key, const char *value,
                                int line, struct err *e)
{
    struct reader *r = ctx;
    char name[TREE_KEY_SIZE];
    size_t which = 0;
    while (which < SECTIONS && !text_equal(section, section_names[which])) {
        which++;
    }
    if (which == SECTIONS && section[0] == '\0') {
        return err_set(e, ERR_CONFIG, "line %d: \"%.40s\" stands before the first section", line,
                       key);
    }
    if (which == SECTIONS) {
        const char *near = text_nearest(section, section_names, SECTIONS);
        return err_set(e, ERR_CONFIG, "line %d: there is no section [%.40s]%s%s%s", line, section,
                       near ? "; did you mean [" : "", near ? near : "", near ? "]?" : "");
    }
    if (r->n == ENTRIES_MAX) {
        return err_set(e, ERR_CONFIG, "line %d: there are more than %d entries", line, ENTRIES_MAX);
    }
    tree_read_key(key, name);
    for (size_t i = 0; i < r->n; i++) {
        const struct entry *other = &r->entries[i];
        if (other->section == which && other->shipped == r->shipped &&
            text_equal(other->key, name)) {
            return err_set(e, ERR_CONFIG, "line %d: \"%.40s\" stands in [%s] on line %d already",
                           line, key, section, other->line);
        }
    }
    r->entries[r->n++] = (struct entry){
        .section = (enum section)which,
        .shipped = r->shipped,
        .line = line,
        .written = arena_str(&r->tree->arena, key),
        .key = arena_str(&r->tree->arena, name),
        .value = arena_str(&r->tree->arena, value),
    };
    return ERR_OK;
}

static enum err_code at_line(const struct entry *entry, struct err *e)
{
    return err_wrap(e, "line %d", entry->line);
}

/* --- genres ----------------------------------------------------------------------------------- */

static size_t name_find(const struct tree *t, const char *key)
{
    for (size_t i = 0; i < t->n; i++) {
        if (text_equal(t->genres[i].name, key)) {
            return i;
        }
    }
    return TREE_NONE;
}

static enum err_code name_check(const struct entry *entry, struct err *e)
{
    size_t n = strlen(entry->key);
    if (n == 0 || n >= TREE_NAME_SIZE ||
        strspn(entry->key, "abcdefghijklmnopqrstuvwxyz0123456789-") != n) {
        return err_set(e, ERR_CONFIG,
                       "\"%.40s\" cannot name a genre: 1 to %d letters a-z, digits and dashes",
                       entry->written, TREE_NAME_SIZE - 1);
    }
    if (rule_is_word(entry->key)) {
        return err_set(e, ERR_CONFIG, "\"%s\" is a word of rules and cannot name a genre",
                       entry->key);
    }
    return ERR_OK;
}

static enum err_code genre_add(struct tree *t, const char *name, const char *title, struct err *e)
{
    if (t->n == TREE_MAX) {
        return err_set(e, ERR_CONFIG, "there are more than %d genres", TREE_MAX);
    }
    char key[TREE_KEY_SIZE];
    tree_read_key(title, key);
    /* As it was written where that is as long, so that "Chill Rock" keeps its capitals. */
    title = strlen(title) == strlen(name) && strchr(title, '\t') == NULL ? title : name;
    t->said[t->n] = "";
    t->title_keys[t->n] = arena_str(&t->arena, key);
    t->genres[t->n++] = (struct tree_genre){.name = arena_str(&t->arena, name),
                                            .title = arena_str(&t->arena, title),
                                            .merged_into = TREE_NONE,
                                            .threshold = NAN};
    return ERR_OK;
}

/* Cuts the next of the comma separated items at *text off, trimmed; NULL at the end. */
static char *item_next(char **text)
{
    char *item = *text;
    if (item == NULL) {
        return NULL;
    }
    char *comma = strchr(item, ',');
    *text = comma != NULL ? comma + 1 : NULL;
    if (comma != NULL) {
        *comma = '\0';
    }
    return text_trim(item);
}

static enum err_code parents_read(char *text, uint32_t *ret_parents, struct err *e)
{
    uint32_t parents = 0;
    for (char *item; (item = item_next(&text)) != NULL;) {
        size_t family = genre_find(item);
        if (family == GENRE_NONE) {
            const char *near = genre_nearest(item);
            return err_set(e, ERR_CONFIG, "there is no family \"%.40s\"%s%s%s", item,
                           near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        }
        parents |= UINT32_C(1) << family;
    }
    *ret_parents = parents;
    return ERR_OK;
}

/* A [genres] entry's value: "family, family : phrase, phrase". */
static enum err_code sub_genre_read(struct reader *r, struct entry *entry, struct err *e)
{
    struct tree *t = r->tree;
    size_t i = name_find(t, entry->key);
    if (i < GENRE_N) {
        return err_set(e, ERR_CONFIG, "\"%s\" is a family", entry->key);
    }
    enum err_code code = name_check(entry, e);
    if (code == ERR_OK && i == TREE_NONE) {
        i = t->n;
        code = genre_add(t, entry->key, entry->written, e);
    }
    if (code != ERR_OK) {
        return code;
    }
    r->made[i] = entry;
    entry->genre = i;
    char *text = mem_strdup(entry->value);
    char *colon = strchr(text, ':');
    if (colon != NULL) {
        *colon = '\0';
        t->said[i] = arena_str(&t->arena, text_trim(colon + 1));
    } else {
        t->said[i] = "";
    }
    code = parents_read(text, &t->genres[i].parents, e);
    free(text);
    return code;
}

static enum err_code phrases_add(struct tree *t, size_t genre, struct err *e)
{
    char *copy = mem_strdup(t->said[genre]);
    char *text = copy[0] != '\0' ? copy : NULL;
    enum err_code code = ERR_OK;
    uint64_t name = phrase_hash(t->genres[genre].name);
    if (name != 0) {
        phrase_add(t->phrases, name, genre, false);
    }
    for (char *item; code == ERR_OK && (item = item_next(&text)) != NULL;) {
        bool against = text_starts_with(item, "not ");
        uint64_t phrase = phrase_hash(item + (against ? 4 : 0));
        if (phrase == 0) {
            code = err_set(e, ERR_CONFIG, "the phrase \"%.40s\" needs one to %d words", item,
                           PHRASE_WORDS);
            break;
        }
        phrase_add(t->phrases, phrase, genre, against);
    }
    free(copy);
    return code;
}

static enum err_code own_add(struct reader *r, struct entry *entry, struct err *e)
{
    struct tree *t = r->tree;
    if (name_find(t, entry->key) != TREE_NONE) {
        return err_set(e, ERR_CONFIG, "there is a genre \"%s\" already", entry->key);
    }
    enum err_code code = name_check(entry, e);
    code = code == ERR_OK ? genre_add(t, entry->key, entry->written, e) : code;
    if (code == ERR_OK) {
        entry->genre = t->n - 1;
        r->made[entry->genre] = entry;
    }
    return code;
}

/* --- what is said of genres ------------------------------------------------------------------- */

/* A genre that the file speaks of. */
static enum err_code genre_named(const struct tree *t, const char *name, size_t *ret_genre,
                                 struct err *e)
{
    size_t near[3];
    size_t i = tree_find(t, name);
    if (i == TREE_NONE) {
        bool any = tree_nearest(t, name, near) > 0;
        return err_set(e, ERR_CONFIG, "there is no genre \"%.40s\"%s%s%s", name,
                       any ? "; did you mean \"" : "", any ? t->genres[near[0]].name : "",
                       any ? "\"?" : "");
    }
    *ret_genre = i;
    return ERR_OK;
}

static enum err_code alias_read(struct tree *t, const struct entry *entry, struct err *e)
{
    size_t genre = 0;
    if (entry->key[0] == '\0' || name_find(t, entry->key) != TREE_NONE) {
        if (entry->shipped) {
            return ERR_OK; /* the person called a genre of theirs so */
        }
        return err_set(e, ERR_CONFIG, "\"%.40s\" names a genre already", entry->written);
    }
    enum err_code code = genre_named(t, entry->value, &genre, e);
    if (code != ERR_OK) {
        return code;
    }
    size_t i = 0;
    while (i < t->aliases_n && !text_equal(t->aliases[i].name, entry->key)) {
        i++;
    }
    if (i == TREE_ALIASES_MAX) {
        return err_set(e, ERR_CONFIG, "there are more than %d aliases", TREE_ALIASES_MAX);
    }
    t->aliases[i] = (struct tree_alias){.name = entry->key, .genre = genre};
    t->aliases_n += i == t->aliases_n;
    return ERR_OK;
}

static enum err_code rename_read(struct tree *t, size_t genre, const struct entry *entry,
                                 struct err *e)
{
    char key[TREE_KEY_SIZE];
    tree_read_key(entry->value, key);
    bool control = false;
    for (const char *s = entry->value; *s != '\0'; s++) {
        control |= (unsigned char)*s < ' ' || *s == 0x7f;
    }
    if (key[0] == '\0' || control || strlen(entry->value) > TITLE_MAX) {
        return err_set(e, ERR_CONFIG, "the name of \"%s\" needs 1 to %d bytes of text", entry->key,
                       TITLE_MAX);
    }
    t->genres[genre].title = entry->value;
    t->title_keys[genre] = arena_str(&t->arena, key);
    return ERR_OK;
}

/* Two genres of one name could not be told apart by who names them. */
static enum err_code title_check(const struct tree *t, size_t genre, struct err *e)
{
    for (size_t i = 0; i < t->n; i++) {
        if (i != genre && (text_equal(t->genres[i].name, t->title_keys[genre]) ||
                           text_equal(t->title_keys[i], t->title_keys[genre]))) {
            return err_set(e, ERR_CONFIG, "\"%s\" is the name of \"%s\" already",
                           t->genres[genre].title, t->genres[i].name);
        }
    }
    return ERR_OK;
}

static enum err_code merge_read(struct reader *r, size_t genre, const struct entry *entry,
                                struct err *e)
{
    struct tree *t = r->tree;
    size_t into = 0;
    enum err_code code = genre_named(t, entry->value, &into, e);
    if (code == ERR_OK && (genre >= t->given || into >= t->given)) {
        code = err_set(e, ERR_CONFIG, "the own genre \"%s\" cannot be merged",
                       t->genres[genre >= t->given ? genre : into].name);
    }
    if (code == ERR_OK) {
        t->genres[genre].merged_into = into;
        r->merged[genre] = entry;
    }
    return code;
}

/* Points every merged genre at the end of its chain. */
static enum err_code merges_follow(struct reader *r, struct err *e)
{
    struct tree *t = r->tree;
    size_t end[TREE_MAX];
    for (size_t i = 0; i < t->given; i++) {
        size_t steps = 0;
        end[i] = i;
        while (t->genres[end[i]].merged_into != TREE_NONE && steps++ <= t->given) {
            end[i] = t->genres[end[i]].merged_into;
        }
        if (t->genres[end[i]].merged_into != TREE_NONE) {
            err_set(e, ERR_CONFIG, "\"%s\" is merged into itself in the end",
                    t->genres[end[i]].name);
            return at_line(r->merged[end[i]], e);
        }
    }
    for (size_t i = 0; i < t->given; i++) {
        t->genres[i].merged_into = end[i] == i ? TREE_NONE : end[i];
    }
    return ERR_OK;
}

static enum err_code threshold_read(struct tree *t, size_t genre, const struct entry *entry,
                                    struct err *e)
{
    double value;
    if (!text_to_num(entry->value, 0.0, 1.0, &value)) {
        return err_set(e, ERR_CONFIG, "the threshold of \"%s\" is no number from 0 to 1: \"%.40s\"",
                       entry->key, entry->value);
    }
    t->genres[genre].threshold = (float)value;
    return ERR_OK;
}

static enum err_code entry_apply(struct reader *r, struct entry *entry, struct err *e)
{
    struct tree *t = r->tree;
    size_t genre = 0;
    if (entry->section == GENRES) {
        return sub_genre_read(r, entry, e);
    }
    if (entry->section == OWN) {
        return own_add(r, entry, e);
    }
    if (entry->section == ALIAS) {
        return alias_read(t, entry, e);
    }
    enum err_code code = genre_named(t, entry->written, &genre, e);
    if (code != ERR_OK) {
        return code;
    }
    entry->genre = genre;
    if (entry->section == RENAME) {
        return rename_read(t, genre, entry, e);
    }
    if (entry->section == MERGE) {
        return merge_read(r, genre, entry, e);
    }
    if (entry->section == THRESHOLD) {
        return threshold_read(t, genre, entry, e);
    }
    if (!text_to_bool(entry->value, &t->genres[genre].hidden)) {
        return err_set(e, ERR_CONFIG, "\"%s\" is hidden or not: yes or no", entry->key);
    }
    return ERR_OK;
}

/* --- rules and phrases ------------------------------------------------------------------------ */

static enum err_code rule_genre(void *ctx, const char *name, size_t *ret_genre, struct err *e)
{
    const struct tree *t = ctx;
    size_t genre = 0;
    enum err_code code = genre_named(t, name, &genre, e);
    if (code == ERR_OK && genre >= t->given) {
        code =
            err_set(e, ERR_CONFIG, "a rule cannot use the own genre \"%s\"", t->genres[genre].name);
    }
    if (code == ERR_OK) {
        size_t into = t->genres[genre].merged_into;
        *ret_genre = into == TREE_NONE ? genre : into;
    }
    return code;
}

static enum err_code section_apply(struct reader *r, enum section section, struct err *e)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < r->n; i++) {
        if (r->entries[i].section == section) {
            code = entry_apply(r, &r->entries[i], e);
            code = code == ERR_OK ? code : at_line(&r->entries[i], e);
        }
    }
    return code;
}

/* What can only be looked at when every genre and name is known. */
static enum err_code entry_finish(struct reader *r, const struct entry *entry, struct err *e)
{
    struct tree *t = r->tree;
    bool names = entry->section == RENAME || entry->section == GENRES || entry->section == OWN;
    if (names && !entry->shipped) {
        enum err_code code = title_check(t, entry->genre, e);
        if (code != ERR_OK) {
            return code;
        }
    }
    if (entry->section == OWN) {
        return rule_parse(entry->value, rule_genre, t, &t->rules[entry->genre], e);
    }
    if (entry->section == GENRES && r->made[entry->genre] == entry) {
        return phrases_add(t, entry->genre, e);
    }
    return ERR_OK;
}

static enum err_code reader_apply(struct reader *r, struct err *e)
{
    struct tree *t = r->tree;
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < GENRE_N; i++) {
        code = genre_add(t, genre_name[i], genre_name[i], e);
    }
    for (size_t i = 0; code == ERR_OK && i < SECTIONS; i++) {
        code = section_apply(r, (enum section)i, e);
        t->given = i == GENRES ? t->n : t->given;
        if (code == ERR_OK && i == MERGE) {
            code = merges_follow(r, e);
        }
    }
    for (size_t i = 0; code == ERR_OK && i < r->n; i++) {
        code = entry_finish(r, &r->entries[i], e);
        code = code == ERR_OK ? code : at_line(&r->entries[i], e);
    }
    for (size_t i = 0; i < t->n; i++) {
        t->genres[i].rule = t->rules[i];
    }
    return code;
}

enum err_code tree_read_into(struct tree *t, const char *shipped, size_t shipped_n,
                             const char *text, size_t n, struct err *e)
{
    struct reader *r = mem_alloc(sizeof(*r));
    r->tree = t;
    r->shipped = true;
    t->phrases = phrase_new();
    enum err_code code = ini_parse(shipped, shipped_n, entry_take, r, e);
    r->shipped = false;
    code = code == ERR_OK ? ini_parse(text, n, entry_take, r, e) : code;
    code = code == ERR_OK ? reader_apply(r, e) : code;
    free(r);
    return code;
}
