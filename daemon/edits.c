#include "daemon/edits.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "classifier/tree_edit.h"
#include "daemon/app.h"
#include "daemon/choice.h"
#include "daemon/genres.h"
#include "daemon/songs.h"
#include "store/account.h"
#include "store/correction.h"

#define LAYER     "the page's edits"
#define RULE_MAX  2000
#define NAME_MOST 60
#define PREVIEW   "preview of a rule"

/* --- the text
 * ------------------------------------------------------------------------------------ */

static enum err_code text_read(struct app *a, struct buf *text, struct err *e)
{
    struct arena arena = {0};
    struct store_account account;
    enum err_code code = store_account_get(a->store, a->token.account, &arena, &account, e);
    buf_init(text, EDITS_MAX);
    if (code == ERR_OK && !buf_add_str(text, account.tree)) {
        buf_clear(text);
        log_warning("genres: edits too long account=%lld", (long long)account.id);
    }
    arena_free(&arena);
    return code;
}

static enum err_code tree_make(const char *path, const struct buf *text, const char *name,
                               struct tree **ret_tree, struct err *e)
{
    struct tree_text more = {.name = name, .text = buf_str(text), .n = text->len, .made = true};
    return tree_open_under(*path ? path : NULL, text->len ? &more : NULL, ret_tree, e);
}

enum err_code edits_tree(struct app *a, const char *path, struct tree **ret_tree, struct err *e)
{
    struct buf text;
    struct err why = {0};
    enum err_code code = text_read(a, &text, e);
    free(a->edits_left_out);
    a->edits_left_out = NULL;
    if (code == ERR_OK && tree_make(path, &text, LAYER, ret_tree, &why) != ERR_OK) {
        code = tree_open(*path ? path : NULL, ret_tree, e);
        if (code == ERR_OK) {
            a->edits_left_out =
                mem_printf("what you changed in genres on the page does not fit genres.conf any "
                           "more and is left out (%s); the next change there keeps what fits",
                           why.text);
            log_warning("genres: edits left out reason='%s'", why.text);
        }
    }
    buf_free(&text);
    return code;
}

void edits_renew(struct app *a)
{
    struct tree *tree = NULL;
    struct err e = {0};
    a->edits_wanted = runs_is_busy(&a->runs);
    if (a->edits_wanted || a->stopping)
        return;
    if (edits_tree(a, a->config.tree, &tree, &e)) {
        log_error("genres: kept reason='%s'", e.text);
        return;
    }
    app_use_tree(a, tree);
}

/* --- a change
 * ------------------------------------------------------------------------------------ */

enum err_code edits_lay(struct app *a, const struct buf *text, struct tree **ret_tree,
                        struct err *e)
{
    return tree_make(a->config.tree, text, LAYER, ret_tree, e);
}

static bool fits(void *ctx, const struct buf *text)
{
    struct tree *tree = NULL;
    struct err e = {0};
    bool fit = edits_lay(ctx, text, &tree, &e) == ERR_OK;
    tree_close(tree);
    return fit;
}

static bool fits_anyway(void *ctx, const struct buf *text)
{
    (void)ctx;
    (void)text;
    return true;
}

enum err_code edits_merge(struct app *a, struct buf *text, const struct buf *more, struct err *e)
{
    return tree_edit_merge(text, more, fits(a, text) ? fits : fits_anyway, a, e);
}

enum err_code edits_open(struct app *a, struct edits *d, struct err *e)
{
    *d = (struct edits){.tree = NULL};
    if (!a->token.account)
        return err_set(e, ERR_LOGIN, "nobody is logged in, so no genres can be kept");
    if (runs_is_busy(&a->runs))
        return err_set(e, ERR_BUSY, "a run is at work: change genres when it is done");
    enum err_code code = text_read(a, &d->text, e);
    if (code == ERR_OK)
        code = tree_open(*a->config.tree ? a->config.tree : NULL, &d->base, e);
    if (code == ERR_OK && a->edits_left_out)
        code = tree_edit_mend(&d->text, fits, a, e);
    return code;
}

/* The person is not to read in a browser that their configuration is wrong. */
static enum err_code as_usage(enum err_code code, struct err *e)
{
    struct err why = *e;
    return code == ERR_CONFIG ? err_set(e, ERR_USAGE, "%s", why.text) : code;
}

enum err_code edits_try(struct app *a, struct edits *d, struct err *e)
{
    tree_close(d->tree);
    d->tree = NULL;
    return as_usage(tree_make(a->config.tree, &d->text, NULL, &d->tree, e), e);
}

enum err_code edits_add_own(struct edits *d, const struct tree *now, const char *title,
                            const char *rule, char name[TREE_NAME_SIZE], struct err *e)
{
    char key[TREE_NAME_SIZE];
    unsigned n = 1;
    do
        tree_edit_name(title, n++, key);
    while (tree_find(now, key) != TREE_NONE && n < TREE_MAX);
    enum err_code code = tree_edit_set(&d->text, TREE_OWN, key, rule, e);
    if (code == ERR_OK && strcmp(key, title) != 0)
        code = tree_edit_set(&d->text, TREE_RENAME, key, title, e);
    memcpy(name, key, sizeof(key));
    return as_usage(code, e);
}

void edits_use(struct app *a, struct edits *d)
{
    app_use_tree(a, d->tree);
    d->tree = NULL;
    free(a->edits_left_out);
    a->edits_left_out = NULL;
}

void edits_close(struct edits *d)
{
    buf_free(&d->text);
    tree_close(d->base);
    tree_close(d->tree);
    *d = (struct edits){.tree = NULL};
}

/* --- POST /api/tree
 * ------------------------------------------------------------------------------ */

/* One genre that is changed. */
struct change {
    struct app *app;
    struct edits *edits;
    const struct json *body;
    size_t now;  /* in the tree in force */
    size_t base; /* in the tree without the page's edits; TREE_NONE: it is the page's own */
    char name[TREE_NAME_SIZE];
    bool vanishes; /* with what was said of its songs, and from the choice */
};

/* Below the page's edits, as it would stand in a text; NULL: nothing is said. */
static enum err_code set(struct change *c, enum tree_section section, const char *value,
                         const char *below, struct err *e)
{
    assert(value);
    bool same = below ? strcmp(value, below) == 0 : *value == '\0';
    return tree_edit_set(&c->edits->text, section, c->name, same ? NULL : value, e);
}

static const struct tree_genre *below_of(const struct change *c)
{
    return c->base != TREE_NONE ? tree_at(c->edits->base, c->base) : NULL;
}

static enum err_code wrong(struct err *e, const char *what)
{
    return err_set(e, ERR_USAGE, "%s", what);
}

static enum err_code title_set(struct change *c, const struct json *value, struct err *e)
{
    const struct tree_genre *below = below_of(c);
    const char *title = json_str(value);
    if ((!title && !json_is_null(value)) || (title && (!*title || strlen(title) > NAME_MOST)))
        return err_set(e, ERR_USAGE, "a title is a text of 1 to %d bytes, or null", NAME_MOST);
    if (!title)
        title = below ? below->title : c->name;
    return set(c, TREE_RENAME, title, below ? below->title : c->name, e);
}

static enum err_code threshold_set(struct change *c, const struct json *value, struct err *e)
{
    const struct tree_genre *below = below_of(c);
    char text[32] = "";
    double number = json_num(value, (double)NAN);
    const struct tree_genre *now = c->now != TREE_NONE ? tree_at(c->app->tree, c->now) : NULL;
    if (!json_is_null(value) && !(json_is_number(value) && number >= 0 && number <= 1))
        return wrong(e, "a threshold is a number from 0 to 1, or null");
    if (now && now->rule && rule_is_none(now->rule))
        return wrong(e, "a genre of songs that you picked has no threshold");
    if (!json_is_null(value))
        snprintf(text, sizeof(text), "%.4g", number);
    bool said = below && !isnan(below->threshold);
    bool same = said ? fabs((double)below->threshold - number) < 1e-6 : *text == '\0';
    return tree_edit_set(&c->edits->text, TREE_THRESHOLD, c->name, same ? NULL : text, e);
}

static enum err_code hidden_set(struct change *c, const struct json *value, struct err *e)
{
    const struct tree_genre *below = below_of(c);
    if (!json_is_bool(value))
        return wrong(e, "hidden is true or false");
    return set(c, TREE_HIDE, json_bool(value, false) ? "yes" : "no",
               below && below->hidden ? "yes" : "no", e);
}

/* Genres are named by their names in the text, since titles change. */
static enum err_code merge_set(struct change *c, const struct json *value, struct err *e)
{
    const struct tree_genre *below = below_of(c);
    const char *into = json_str(value);
    size_t genre = TREE_NONE;
    if (!into && !json_is_null(value))
        return wrong(e, "merge_into is a genre's name, or null");
    if (into && (genre = tree_find(c->app->tree, into)) == TREE_NONE)
        return choice_find(c->app, into, &genre, e);
    const char *name = into ? tree_at(c->app->tree, genre)->name : "";
    const char *was = below && below->merged_into != TREE_NONE
                          ? tree_at(c->edits->base, below->merged_into)->name
                          : NULL;
    return set(c, TREE_MERGE, name, was, e);
}

static enum err_code rule_remove(struct change *c, struct err *e)
{
    const struct tree_genre *below = below_of(c);
    bool has = false;
    enum err_code code = tree_edit_has(&c->edits->text, TREE_OWN, c->name, &has, e);
    if (code || (below && has))
        return code ? code : tree_edit_set(&c->edits->text, TREE_OWN, c->name, NULL, e);
    if (below)
        return err_set(e, ERR_USAGE,
                       "the genre '%s' stands in genres.conf: take it out there, or hide it",
                       c->name);
    c->vanishes = true;
    return tree_edit_forget(&c->edits->text, c->name, e);
}

/* A rule that begins with a name in quotes would be taken for a quoted value. */
static enum err_code rule_put(struct change *c, const char *rule, struct err *e)
{
    char *kept = *rule == '"' ? mem_printf("(%s)", rule) : mem_strdup(rule);
    enum err_code code = tree_edit_set(&c->edits->text, TREE_OWN, c->name, kept, e);
    free(kept);
    return code;
}

static enum err_code rule_set(struct change *c, const struct json *value, struct err *e)
{
    const char *rule = json_str(value);
    const struct tree_genre *now = c->now != TREE_NONE ? tree_at(c->app->tree, c->now) : NULL;
    if ((!rule && !json_is_null(value)) || (rule && strlen(rule) > RULE_MAX))
        return err_set(e, ERR_USAGE, "a rule is a text of %d bytes at most, or null", RULE_MAX);
    if (now && !now->rule)
        return err_set(e, ERR_USAGE, "'%s' came with genred: only genres of your own have a rule",
                       now->name);
    return rule ? rule_put(c, rule, e) : rule_remove(c, e);
}

static enum err_code change_find(struct change *c, struct err *e)
{
    const char *genre = json_get_str(c->body, "genre");
    const char *rule = json_get_str(c->body, "rule");
    if (!genre || !*genre || strlen(genre) > NAME_MOST)
        return err_set(e, ERR_USAGE, "the genre must be named, with %d bytes at most", NAME_MOST);
    c->base = TREE_NONE;
    c->now = tree_find(c->app->tree, genre);
    if (c->now == TREE_NONE && !rule)
        return choice_find(c->app, genre, &c->now, e);
    if (c->now == TREE_NONE)
        return edits_add_own(c->edits, c->app->tree, genre, "none", c->name, e);
    text_copy(c->name, sizeof(c->name), tree_at(c->app->tree, c->now)->name);
    for (size_t i = 0; i < tree_n(c->edits->base); i++) {
        if (strcmp(tree_at(c->edits->base, i)->name, c->name) == 0)
            c->base = i;
    }
    return ERR_OK;
}

static enum err_code change_make(struct change *c, struct err *e)
{
    static const struct {
        const char *key;
        enum err_code (*fn)(struct change *c, const struct json *value, struct err *e);
    } fields[] = {{"rule", rule_set},
                  {"title", title_set},
                  {"threshold", threshold_set},
                  {"merge_into", merge_set},
                  {"hidden", hidden_set}};
    size_t n = 0;
    enum err_code code = change_find(c, e);
    for (size_t i = 0; code == ERR_OK && i < sizeof(fields) / sizeof(fields[0]); i++) {
        const struct json *value = json_get(c->body, fields[i].key);
        if (!value || c->vanishes)
            continue;
        n++;
        code = fields[i].fn(c, value, e);
    }
    if (code == ERR_OK && n == 0)
        code = wrong(e, "nothing is to be changed: title, threshold, merge_into, hidden or rule");
    return as_usage(code, e);
}

static enum err_code change_keep(struct change *c, struct err *e)
{
    struct app *a = c->app;
    enum err_code code = store_begin(a->store, e);
    if (code)
        return code;
    code = store_account_edit(a->store, a->token.account, buf_str(&c->edits->text), e);
    if (code == ERR_OK && c->vanishes)
        code = choice_drop(a, c->name, e);
    if (code == ERR_OK && c->vanishes)
        code = store_correction_drop_genre(a->store, a->token.account, c->name, e);
    return store_end(a->store, code, e);
}

enum err_code edits_post_tree(struct app *a, const struct server_request *req,
                              const struct json *body, struct json **ret, struct err *e)
{
    struct edits d;
    struct change c = {.app = a, .edits = &d, .body = body};
    (void)req;
    enum err_code code = edits_open(a, &d, e);
    if (code == ERR_OK)
        code = change_make(&c, e);
    if (code == ERR_OK)
        code = edits_try(a, &d, e);
    if (code == ERR_OK)
        code = change_keep(&c, e);
    if (code == ERR_OK) {
        log_info("genres: changed on the page genre=%s", c.name);
        edits_use(a, &d);
    }
    edits_close(&d);
    return code ? code : choice_kept(genres_json(a, ret, e), e);
}

/* --- POST /api/rule
 * ------------------------------------------------------------------------------ */

static enum err_code preview(struct app *a, struct edits *d, const char *name, struct json **ret,
                             struct err *e)
{
    struct opinion o = {0};
    enum err_code code = opinions_make(a, d->tree, &o, e);
    size_t genre = tree_find(d->tree, name);
    if (code == ERR_OK && genre != TREE_NONE) {
        struct genres_count *counts = arena_alloc(&o.arena, o.genres * sizeof(*counts));
        genres_count(&o, counts);
        *ret = json_object();
        json_set_int(*ret, "count", (int64_t)counts[genre].n);
        json_set(*ret, "examples", genres_examples(&o, &counts[genre]));
    }
    opinion_free(&o);
    return code;
}

enum err_code edits_post_rule(struct app *a, const struct server_request *req,
                              const struct json *body, struct json **ret, struct err *e)
{
    struct edits d = {.tree = NULL};
    struct change c = {.app = a, .edits = &d, .now = TREE_NONE, .base = TREE_NONE};
    const char *rule = json_get_str(body, "rule");
    (void)req;
    if (!rule || strlen(rule) > RULE_MAX)
        return err_set(e, ERR_USAGE, "a rule is a text of %d bytes at most", RULE_MAX);
    enum err_code code = text_read(a, &d.text, e);
    if (code == ERR_OK && a->edits_left_out)
        buf_clear(&d.text);
    if (code == ERR_OK)
        code = edits_add_own(&d, a->tree, PREVIEW, "none", c.name, e);
    if (code == ERR_OK)
        code = as_usage(rule_put(&c, rule, e), e);
    if (code == ERR_OK)
        code = edits_try(a, &d, e);
    if (code == ERR_OK)
        code = preview(a, &d, c.name, ret, e);
    edits_close(&d);
    return code;
}
