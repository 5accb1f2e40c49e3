#include "classifier/tree_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "classifier/genre.h"
#include "classifier/tree_text.h"

enum { TITLE_MAX = 60 };

struct reader {
    struct tree *tree;
    struct tree_entries texts;
    const struct tree_entry *made[TREE_MAX];   /* the entry that a sub-genre or own genre is of */
    const struct tree_entry *merged[TREE_MAX]; /* the one that merges a genre */
};

static enum err_code at_line(const struct reader *r, const struct tree_entry *entry, struct err *e)
{
    tree_text_at(&r->texts, entry, e);
    return e->code;
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

static enum err_code name_check(const struct tree_entry *entry, struct err *e)
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
    tree_text_key(title, key);
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
static enum err_code sub_genre_read(struct reader *r, struct tree_entry *entry, struct err *e)
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

static enum err_code own_add(struct reader *r, struct tree_entry *entry, struct err *e)
{
    struct tree *t = r->tree;
    size_t there = name_find(t, entry->key);
    if (there != TREE_NONE && r->made[there] != NULL && r->made[there]->section == TREE_OWN) {
        r->made[there] = entry; /* another rule for what an earlier text made */
        entry->genre = there;
        return ERR_OK;
    }
    if (there != TREE_NONE) {
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

static enum err_code alias_read(struct tree *t, const struct tree_entry *entry, struct err *e)
{
    size_t genre = 0;
    if (entry->key[0] == '\0' || name_find(t, entry->key) != TREE_NONE) {
        if (entry->layer == 0) {
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

static enum err_code rename_read(struct tree *t, size_t genre, const struct tree_entry *entry,
                                 struct err *e)
{
    char key[TREE_KEY_SIZE];
    tree_text_key(entry->value, key);
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

static enum err_code merge_read(struct reader *r, size_t genre, const struct tree_entry *entry,
                                struct err *e)
{
    struct tree *t = r->tree;
    size_t into = TREE_NONE;
    bool none = entry->value[0] == '\0';
    enum err_code code = none ? ERR_OK : genre_named(t, entry->value, &into, e);
    if (code == ERR_OK && !none && (genre >= t->given || into >= t->given)) {
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
            return at_line(r, r->merged[end[i]], e);
        }
    }
    for (size_t i = 0; i < t->given; i++) {
        t->genres[i].merged_into = end[i] == i ? TREE_NONE : end[i];
    }
    return ERR_OK;
}

static enum err_code threshold_read(struct tree *t, size_t genre, const struct tree_entry *entry,
                                    struct err *e)
{
    double value = (double)NAN; /* with nothing said: the model's again */
    if (entry->value[0] != '\0' && !text_to_num(entry->value, 0.0, 1.0, &value)) {
        return err_set(e, ERR_CONFIG, "the threshold of \"%s\" is no number from 0 to 1: \"%.40s\"",
                       entry->key, entry->value);
    }
    t->genres[genre].threshold = (float)value;
    return ERR_OK;
}

static enum err_code entry_apply(struct reader *r, struct tree_entry *entry, struct err *e)
{
    struct tree *t = r->tree;
    size_t genre = 0;
    if (entry->section == TREE_GENRES) {
        return sub_genre_read(r, entry, e);
    }
    if (entry->section == TREE_OWN) {
        return own_add(r, entry, e);
    }
    if (entry->section == TREE_ALIAS) {
        return alias_read(t, entry, e);
    }
    enum err_code code = genre_named(t, entry->written, &genre, e);
    if (code != ERR_OK) {
        return code;
    }
    entry->genre = genre;
    if (entry->section == TREE_RENAME) {
        return rename_read(t, genre, entry, e);
    }
    if (entry->section == TREE_MERGE) {
        return merge_read(r, genre, entry, e);
    }
    if (entry->section == TREE_THRESHOLD) {
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

static enum err_code section_apply(struct reader *r, enum tree_section section, struct err *e)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < r->texts.n; i++) {
        if (r->texts.list[i].section == section) {
            code = entry_apply(r, &r->texts.list[i], e);
            code = code == ERR_OK ? code : at_line(r, &r->texts.list[i], e);
        }
    }
    return code;
}

/* What can only be looked at when every genre and name is known. */
static enum err_code entry_finish(struct reader *r, const struct tree_entry *entry, struct err *e)
{
    struct tree *t = r->tree;
    bool names = entry->section == TREE_RENAME || entry->section == TREE_GENRES ||
                 entry->section == TREE_OWN;
    if (names && entry->layer > 0) {
        enum err_code code = title_check(t, entry->genre, e);
        if (code != ERR_OK) {
            return code;
        }
    }
    if (entry->section != TREE_ALIAS) {
        t->genres[entry->genre].said |= 1U << entry->layer;
    }
    if (entry->section == TREE_OWN && r->made[entry->genre] == entry) {
        t->genres[entry->genre].rule_text = entry->value;
        return rule_parse(entry->value, rule_genre, t, &t->rules[entry->genre], e);
    }
    if (entry->section == TREE_GENRES && r->made[entry->genre] == entry) {
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
    for (size_t i = 0; code == ERR_OK && i < TREE_SECTIONS; i++) {
        code = section_apply(r, (enum tree_section)i, e);
        t->given = i == TREE_GENRES ? t->n : t->given;
        if (code == ERR_OK && i == TREE_MERGE) {
            code = merges_follow(r, e);
        }
    }
    for (size_t i = 0; code == ERR_OK && i < r->texts.n; i++) {
        code = entry_finish(r, &r->texts.list[i], e);
        code = code == ERR_OK ? code : at_line(r, &r->texts.list[i], e);
    }
    for (size_t i = 0; i < t->n; i++) {
        t->genres[i].rule = t->rules[i];
    }
    return code;
}

enum err_code tree_read_into(struct tree *t, const struct tree_text *texts, size_t n, struct err *e)
{
    struct reader *r = mem_alloc(sizeof(*r));
    enum err_code code = ERR_OK;
    r->tree = t;
    t->phrases = phrase_new();
    for (size_t i = 0; code == ERR_OK && i < n; i++) {
        code = tree_text_take(&r->texts, &t->arena, &texts[i], e);
    }
    code = code == ERR_OK ? reader_apply(r, e) : code;
    free(r);
    return code;
}
