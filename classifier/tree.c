#include "classifier/tree.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "classifier/tree_read.h"
#include "classifier/tree_text.h"

#define FILE_MAX ((size_t)256 << 10)

/* From classifier/model/tree.S. */
extern const char tree_shipped_begin[];
extern const char tree_shipped_end[];

enum err_code tree_layers(const struct tree_text *texts, size_t n, struct tree **ret_tree,
                          struct err *e)
{
    struct tree *t = mem_alloc(sizeof(*t));
    struct tree_text all[TREE_TEXTS_MAX] = {
        {.text = tree_shipped_begin,
         .n = (size_t)((uintptr_t)tree_shipped_end - (uintptr_t)tree_shipped_begin)}};
    assert(n < TREE_TEXTS_MAX);
    for (size_t i = 0; i < n; i++) {
        all[i + 1] = texts[i];
    }
    enum err_code code = tree_read_into(t, all, n + 1, e);
    if (code != ERR_OK) {
        tree_close(t);
        return code;
    }
    *ret_tree = t;
    return ERR_OK;
}

enum err_code tree_read(const char *text, size_t n, struct tree **ret_tree, struct err *e)
{
    return tree_layers(&(struct tree_text){.text = text, .n = n}, 1, ret_tree, e);
}

enum err_code tree_open_under(const char *path, const struct tree_text *more,
                              struct tree **ret_tree, struct err *e)
{
    struct buf b;
    struct tree_text texts[2] = {{.name = path}};
    buf_init(&b, FILE_MAX);
    enum err_code code = path != NULL ? file_read(path, &b, e) : ERR_OK;
    if (code == ERR_OK) {
        texts[0].text = buf_str(&b);
        texts[0].n = b.len;
        if (more != NULL) {
            texts[1] = *more;
        }
        code = tree_layers(texts, more != NULL ? 2 : 1, ret_tree, e);
    }
    buf_free(&b);
    return code;
}

enum err_code tree_open(const char *path, struct tree **ret_tree, struct err *e)
{
    return tree_open_under(path, NULL, ret_tree, e);
}

void tree_close(struct tree *t)
{
    if (t == NULL) {
        return;
    }
    for (size_t i = 0; i < t->n; i++) {
        rule_free(t->rules[i]);
    }
    phrase_free(t->phrases);
    arena_free(&t->arena);
    free(t);
}

size_t tree_n(const struct tree *t)
{
    return t->n;
}

size_t tree_given(const struct tree *t)
{
    return t->given;
}

const struct tree_genre *tree_at(const struct tree *t, size_t i)
{
    return &t->genres[i];
}

size_t tree_find(const struct tree *t, const char *name)
{
    char key[TREE_KEY_SIZE];
    tree_text_key(name, key);
    for (size_t i = 0; i < t->n; i++) {
        if (text_equal(t->genres[i].name, key)) {
            return i;
        }
    }
    for (size_t i = 0; i < t->aliases_n; i++) {
        if (text_equal(t->aliases[i].name, key)) {
            return t->aliases[i].genre;
        }
    }
    for (size_t i = 0; i < t->n; i++) {
        if (text_equal(t->title_keys[i], key)) {
            return i;
        }
    }
    return TREE_NONE;
}

/* --- the nearest names ------------------------------------------------------------------------ */

struct near {
    size_t genre;
    size_t distance;
    bool enough;
};

static struct near near_of(const char *key, const char *name, size_t genre)
{
    size_t a = strlen(key), b = strlen(name);
    struct near near = {.genre = genre, .distance = text_distance(key, name)};
    bool begins = a >= 3 && text_starts_with(name, key);
    near.enough = begins || near.distance * 3 <= (a > b ? a : b);
    return near;
}

static bool is_nearer(const struct near *a, const struct near *b)
{
    return a->enough != b->enough ? a->enough : a->distance < b->distance;
}

size_t tree_nearest(const struct tree *t, const char *name, size_t ret[3])
{
    char key[TREE_KEY_SIZE];
    tree_text_key(name, key);
    struct near of[TREE_MAX];
    for (size_t i = 0; i < t->n; i++) {
        of[i] = near_of(key, t->genres[i].name, i);
        struct near title = near_of(key, t->title_keys[i], i);
        of[i] = is_nearer(&title, &of[i]) ? title : of[i];
    }
    for (size_t i = 0; i < t->aliases_n; i++) {
        struct near alias = near_of(key, t->aliases[i].name, t->aliases[i].genre);
        struct near *have = &of[alias.genre];
        *have = is_nearer(&alias, have) ? alias : *have;
    }
    struct near best[3];
    size_t found = 0, enough = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (t->genres[i].merged_into != TREE_NONE) {
            continue;
        }
        size_t at = found;
        while (at > 0 && is_nearer(&of[i], &best[at - 1])) {
            at--;
        }
        if (at < 3) {
            for (size_t k = found < 3 ? found : 2; k > at; k--) {
                best[k] = best[k - 1];
            }
            best[at] = of[i];
            found += found < 3;
        }
    }
    for (size_t i = 0; i < 3; i++) {
        ret[i] = i < found ? best[i].genre : TREE_NONE;
        enough += i < found && best[i].enough;
    }
    return enough;
}

/* --- songs ------------------------------------------------------------------------------------ */

void tree_tags(const struct tree *t, const char *tags, unsigned char *hit)
{
    phrase_find(t->phrases, tags, hit, t->n);
}

static float clamped(float x, float low, float high)
{
    return fminf(fmaxf(x, low), high); /* fmaxf takes low for NaN */
}

static float margin_of(float p, float threshold)
{
    return clamped(p - threshold, -0.5F, 0.5F);
}

static float threshold_of(const struct tree *t, size_t i, const float *threshold)
{
    float own = t->genres[i].threshold;
    return isnan(own) ? threshold[i] : own;
}

float tree_merged_margin(const struct tree *t, size_t into, const float *p, const float *threshold)
{
    float best = -1.0F;
    for (size_t i = 0; i < t->given; i++) {
        if (t->genres[i].merged_into == into) {
            best = fmaxf(best, margin_of(p[i], threshold_of(t, i, threshold)));
        }
    }
    return best;
}

float tree_merged_p(float p, float margin, float threshold)
{
    return margin > margin_of(p, threshold) ? clamped(threshold + margin, 0.0F, 1.0F) : p;
}

void tree_song(const struct tree *t, const struct song *song, const float *p,
               const float *threshold, float *ret_p, float *ret_threshold)
{
    float margin[TREE_MAX]; /* the greatest of those merged into it */
    for (size_t i = 0; i < t->given; i++) {
        ret_threshold[i] = threshold_of(t, i, threshold);
        margin[i] = -1.0F;
    }
    for (size_t i = 0; i < t->given; i++) {
        size_t into = t->genres[i].merged_into;
        if (into != TREE_NONE) {
            margin[into] = fmaxf(margin[into], margin_of(p[i], ret_threshold[i]));
        }
    }
    for (size_t i = 0; i < t->given; i++) {
        bool merged = t->genres[i].merged_into != TREE_NONE;
        ret_p[i] = merged ? 0.0F : tree_merged_p(p[i], margin[i], ret_threshold[i]);
        ret_threshold[i] = merged ? 1.0F : ret_threshold[i];
    }
    for (size_t i = t->given; i < t->n; i++) {
        float own = t->genres[i].threshold;
        if (rule_is_none(t->rules[i])) {
            ret_p[i] = 0.0F;
            ret_threshold[i] = 1.0F;
            continue;
        }
        ret_p[i] = 0.5F + rule_margin(t->rules[i], song, ret_p, ret_threshold);
        ret_threshold[i] = isnan(own) ? 0.5F : own;
    }
}
